//! `gongkai check`: reads, judges, prints.
use gongkai_judging::{
    JudgeContext, Judgement, judge,
    render::{Document, Style, Summary, numbered},
};
use gongkai_model::{DocumentKind, Report};

use crate::{
    cli::{CheckArguments, FailOn, SettingsArguments},
    documents,
    output::{self, Exit},
};

mod csv;
mod page;
mod printer;

use printer::{Printer, printed};

/// A judged report with what is printed of it, made where it was read.
struct Checked {
    source: String,
    printed: String,
    report: Report,
    judgement: Judgement,
}

impl Checked {
    const fn document(&self) -> Document<'_> {
        Document {
            source: self.source.as_str(),
            report: &self.report,
            judgement: &self.judgement,
            body: None,
        }
    }
}

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &CheckArguments) -> anyhow::Result<Exit> {
    let inputs = documents::inputs(&arguments.paths)?;
    let style = Style { lang: arguments.lang.into(), colour: output::colour() };
    let checked = |source: &str, report: Report| {
        // Of several reports of one source each has fingerprints of its own.
        let judgement = judge(&report, &JudgeContext::new(numbered(source, &report)));
        let checked = Checked { source: source.to_owned(), printed: String::new(), report, judgement };
        Checked { printed: printed(&checked.document(), arguments.format, style), ..checked }
    };
    let mut tally = Tally::default();
    let mut printer = Printer::begin(arguments.format, style)?;
    documents::each(
        settings,
        &inputs,
        |source, reports| reports.into_iter().map(|report| checked(source, report)).collect::<Vec<_>>(),
        |documents| {
            documents.iter().try_for_each(|checked| {
                tally.add(checked, arguments.fail_on);
                printer.document(checked)
            })
        },
    )?;
    printer.end(&tally.summary, tally.exit())?;
    Ok(tally.exit())
}

#[derive(Default)]
struct Tally {
    summary: Summary,
    found: bool,
    unreadable: bool,
}

impl Tally {
    fn add(&mut self, checked: &Checked, fail_on: FailOn) {
        self.summary.add(&checked.report, &checked.judgement);
        self.unreadable |= checked.report.kind == DocumentKind::Unreadable;
        let least = fail_on.least();
        self.found |= checked
            .judgement
            .findings
            .iter()
            .any(|finding| least.is_some_and(|least| finding.severity >= least));
    }

    const fn exit(&self) -> Exit {
        match (self.unreadable, self.found) {
            (true, _) => Exit::CouldNotRun,
            (false, true) => Exit::Findings,
            (false, false) => Exit::Fine,
        }
    }
}
