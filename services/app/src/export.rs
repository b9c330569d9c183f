//! `gongkai export`: what the store has, for other programs: reports, cells and findings as tables, and the ledger of problems
//! (问题台账) for offices.
mod cells;
mod findings;
mod ledger;
mod reports;
mod selection;
mod sheet;
#[cfg(test)]
mod tests;

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use anyhow::bail;
use gongkai_runtime::clock::date_in_shanghai;
use gongkai_store::{ListedReport, Store};
use jiff::{Timestamp, civil::Date};

use self::selection::Selection;
use crate::{
    cli::{ExportArguments, ExportFormat, ExportWhat, SettingsArguments},
    open,
    output::{self, Beside, Exit, folder_of},
    table::{self, Out, Sink, Table, Value},
};

/// Reports read together: each comes with its text, some ten kilobytes.
const REPORTS: u32 = 100;
/// Findings read together.
const FINDINGS: u32 = 1000;
/// Days from the discovery of a problem to the date by which it is to be mended, unless told otherwise.
const DAYS: u16 = 30;

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &ExportArguments) -> anyhow::Result<Exit> {
    check(arguments)?;
    open::runtime()?.block_on(async {
        let (loaded, store) = open::reading(settings).await?;
        let today = loaded.settings.calendar.today.unwrap_or_else(|| date_in_shanghai(Timestamp::now()));
        let rows = export(store.as_ref(), arguments, today).await?;
        if let Some(file) = &arguments.output {
            let place = file.display();
            output::print(&match arguments.what {
                ExportWhat::Ledger => format!("{rows} 条问题已写入 {place} ({rows} entries written)\n"),
                _ => format!("{rows} 行已写入 {place} ({rows} rows written)\n"),
            })?;
        }
        Ok(Exit::Fine)
    })
}

/// What does not go together is refused before anything is opened.
fn check(arguments: &ExportArguments) -> anyhow::Result<()> {
    let what = arguments.what;
    table::must_be_built_in(arguments.format)?;
    if arguments.format != ExportFormat::Csv && arguments.output.is_none() {
        bail!(
            "XLSX 和 Parquet 须写入文件，请加 --output FILE (a spreadsheet or Parquet needs --output FILE)"
        );
    }
    if arguments.open && matches!(what, ExportWhat::Reports | ExportWhat::Cells) {
        bail!("--open 只用于 findings 和 ledger (--open is for findings and the ledger)");
    }
    if arguments.days.is_some() && what != ExportWhat::Ledger {
        bail!("--days 只用于 ledger (--days is for the ledger)");
    }
    if arguments
        .region
        .as_ref()
        .is_some_and(|code| code.is_empty() || !code.bytes().all(|b| b.is_ascii_digit()))
    {
        bail!("--region 是区划代码的前几位数字，如 33、3301 (the first digits of a division code)");
    }
    Ok(())
}

/// Writes what is asked for to its place; tells how many rows.
async fn export(store: &dyn Store, arguments: &ExportArguments, today: Date) -> anyhow::Result<u64> {
    let selection = Selection::of(store, arguments).await?;
    let file = arguments.output.as_deref().map(Beside::begin).transpose()?;
    let out: Out = match &file {
        Some(file) => Box::new(BufWriter::new(file.file()?)),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let aside = arguments.output.as_deref().map_or(Path::new("."), folder_of);
    let begin = |table, out| Sink::begin(arguments.format, table, out, aside);
    let rows = match arguments.what {
        ExportWhat::Reports => {
            of_reports(store, &selection, begin(&reports::TABLE, out)?, |listed| [reports::row(listed)])
                .await?
        }
        ExportWhat::Cells => of_reports(store, &selection, begin(&cells::TABLE, out)?, cells::rows).await?,
        ExportWhat::Findings => of_findings(store, &selection, begin(&findings::TABLE, out)?).await?,
        ExportWhat::Ledger => {
            let entries = ledger::entries(store, &selection, arguments.days.unwrap_or(DAYS), today).await?;
            write_ledger(&entries, arguments.format, out, begin)?;
            entries.len() as u64
        }
    };
    if let Some(file) = file {
        file.complete()?;
    }
    Ok(rows)
}

/// What `rows` makes of each current report.
async fn of_reports<R: AsRef<[Value]>, I: IntoIterator<Item = R>>(
    store: &dyn Store,
    selection: &Selection,
    mut sink: Sink,
    rows: impl Fn(&ListedReport) -> I,
) -> anyhow::Result<u64> {
    let (wanted, mut count, mut last) = (selection.wanted(), 0, None);
    loop {
        let page = store.reports_after(&wanted, last.as_ref(), REPORTS).await?;
        for row in page.iter().flat_map(&rows) {
            sink.row(row.as_ref())?;
            count += 1;
        }
        last = page.into_iter().next_back();
        if last.is_none() {
            sink.finish()?;
            return Ok(count);
        }
    }
}

async fn of_findings(store: &dyn Store, selection: &Selection, mut sink: Sink) -> anyhow::Result<u64> {
    let (wanted, mut rows, mut last) = (selection.wanted(), 0, None);
    loop {
        let page = store.findings_after(&wanted, last.as_ref(), FINDINGS).await?;
        for listed in &page {
            sink.row(&findings::row(listed))?;
            rows += 1;
        }
        last = page.into_iter().next_back();
        if last.is_none() {
            sink.finish()?;
            return Ok(rows);
        }
    }
}

/// As a spreadsheet it is for people, with a summary; else a table like the others.
fn write_ledger(
    entries: &[ledger::Entry],
    format: ExportFormat,
    mut out: Out,
    begin: impl FnOnce(&'static Table, Out) -> anyhow::Result<Sink>,
) -> anyhow::Result<()> {
    if format == ExportFormat::Xlsx {
        out.write_all(&sheet::bytes(entries)?)?;
        return Ok(out.flush()?);
    }
    let mut sink = begin(&ledger::TABLE, out)?;
    for entry in entries {
        sink.row(&entry.row())?;
    }
    sink.finish()
}
