//! `gongkai check`: reads, judges, prints.
use gongkai_judging::{
    JudgeContext, Judgement, judge,
    render::{Document, Style, Summary, json, text},
};
use gongkai_model::{DocumentKind, Report};

use crate::{
    cli::{CheckArguments, CheckFormat, FailOn, SettingsArguments},
    documents,
    output::{self, Exit},
};

/// A judged report with its printed form, made where it was read.
struct Checked {
    printed: String,
    report: Report,
    judgement: Judgement,
}

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &CheckArguments) -> anyhow::Result<Exit> {
    let inputs = documents::inputs(&arguments.paths)?;
    let style = Style { lang: arguments.lang.into(), colour: output::colour() };
    let mut tally = Tally::default();
    let mut separator = if arguments.format == CheckFormat::Json { "[" } else { "" };
    if arguments.format == CheckFormat::Csv {
        output::print(CSV_HEAD)?;
    }
    documents::each(
        settings,
        &inputs,
        |source, reports| {
            reports
                .into_iter()
                .map(|report| checked(source, report, arguments.format, style))
                .collect::<Vec<_>>()
        },
        |documents| {
            for checked in documents {
                tally.add(&checked, arguments.fail_on);
                output::print(&format!("{separator}{}", checked.printed))?;
                separator = if arguments.format == CheckFormat::Json { ",\n" } else { "" };
            }
            Ok(())
        },
    )?;
    match arguments.format {
        CheckFormat::Json => output::print(if separator == "[" { "[]\n" } else { "]\n" })?,
        CheckFormat::Text => output::print(&format!("{}\n", tally.summary.line(style)))?,
        CheckFormat::Jsonl | CheckFormat::Csv => {}
    }
    Ok(tally.exit())
}

fn checked(source: &str, report: Report, format: CheckFormat, style: Style) -> Checked {
    let judgement = judge(&report, &JudgeContext::new(source));
    let document = Document { source, report: &report, judgement: &judgement, body: None };
    let printed = match format {
        CheckFormat::Text => format!("{}\n", text(&document, style)),
        CheckFormat::Json => {
            serde_json::to_string(&json::document(&document, style.lang)).unwrap_or_default()
        }
        CheckFormat::Jsonl => {
            format!("{}\n", json::line(&document, style.lang).unwrap_or_default().trim_end())
        }
        CheckFormat::Csv => csv_lines(&document, style),
    };
    Checked { printed, report, judgement }
}

const CSV_HEAD: &str =
    "source,index,title,year,code,rule,severity,table,row,column,expected,actual,message,basis\n";

/// One line a finding; a document without any gives none.
fn csv_lines(document: &Document<'_>, style: Style) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let or_empty = |field: &Option<String>| field.clone().unwrap_or_default();
    for finding in &document.judgement.findings {
        let fields = [
            document.source.to_owned(),
            document.report.index.to_string(),
            document.report.title.as_ref().map(|title| title.text.clone()).unwrap_or_default(),
            document.report.year.map(|year| year.to_string()).unwrap_or_default(),
            finding.code.clone(),
            finding.rule.clone(),
            finding.severity.as_str().to_owned(),
            or_empty(&finding.table),
            or_empty(&finding.row),
            or_empty(&finding.column),
            or_empty(&finding.expected),
            or_empty(&finding.actual),
            finding.message.get(style.lang).to_owned(),
            finding.basis.get(style.lang).to_owned(),
        ];
        // Writing to memory does not fail.
        let _ = writer.write_record(fields.map(|field| harmless(&field)));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A field that a spreadsheet would take for a formula is made text.
fn harmless(field: &str) -> String {
    let formula = field.starts_with(['=', '@', '\t', '\r'])
        || (field.starts_with(['+', '-']) && field.parse::<f64>().is_err());
    if formula { format!("'{field}") } else { field.to_owned() }
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
