//! `gongkai export`: the ledger of problems (问题台账) as a spreadsheet or as CSV, of one body, of an office, or of all.
mod csv_file;
mod ledger;
mod sheet;

use std::{fs, io::Write as _, path::Path};

use anyhow::{Context, bail};
use gongkai_runtime::clock::date_in_shanghai;
use jiff::Timestamp;

use crate::{
    cli::{ExportArguments, ExportFormat, ExportWhat, SettingsArguments},
    open,
    output::{self, Exit},
};

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &ExportArguments) -> anyhow::Result<Exit> {
    // There is one thing to export so far; more will be told apart here.
    let ExportWhat::Ledger = arguments.what;
    let to_file = arguments.output.is_some();
    if arguments.format == ExportFormat::Xlsx && !to_file {
        bail!("XLSX 须写入文件，请加 --output FILE (a spreadsheet needs --output FILE)");
    }
    let entries = open::runtime()?.block_on(async {
        let (loaded, store) = open::reading(settings).await?;
        let today = loaded.settings.calendar.today.unwrap_or_else(|| date_in_shanghai(Timestamp::now()));
        let of = ledger::Of {
            body: arguments.body.as_deref(),
            office: arguments.office.as_deref(),
            year: arguments.year,
            open_only: arguments.open,
            days: arguments.days,
        };
        ledger::entries(store.as_ref(), &of, today).await
    })?;
    let bytes = match arguments.format {
        ExportFormat::Csv => csv_file::bytes(&entries)?,
        ExportFormat::Xlsx => sheet::bytes(&entries)?,
    };
    match &arguments.output {
        Some(file) => {
            write(file, &bytes)?;
            let (count, place) = (entries.len(), file.display());
            output::print(&format!("{count} 条问题已写入 {place} ({count} entries written)\n"))?;
        }
        None => output::print(&String::from_utf8(bytes)?)?,
    }
    Ok(Exit::Fine)
}

/// Beside its place first, then into it: who opens the file sees the old one or the new one.
fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let about = || format!("无法写入 {0} (cannot write {0})", file.display());
    let mut beside = file.as_os_str().to_owned();
    beside.push(".part");
    let written = fs::File::create(&beside).and_then(|mut part| {
        part.write_all(bytes)?;
        part.sync_all()?;
        fs::rename(&beside, file)
    });
    if written.is_err() {
        // The half that was written is of no use; that it could not be removed either changes nothing.
        let _ = fs::remove_file(&beside);
    }
    written.with_context(about)
}
