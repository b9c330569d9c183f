//! `gongkai extract`: the cells of the statutory tables, as a table, a spreadsheet, or as JSON with the text they stand in.
use std::{
    env,
    io::{self, IsTerminal, Write},
};

use anyhow::bail;
use gongkai_model::{Cell, Report};
use serde_json::json;

use crate::{
    cli::{ExportFormat, ExtractArguments, ExtractFormat, SettingsArguments},
    documents::{self, Input},
    output::{self, Beside, Exit, folder_of},
    table::{Column, Kind, Out, Sink, Table, Value},
};

const TSV_HEAD: &str = "source\ttable\trow\tcolumn\tvalue\tstate\tprinted\tindex\n";

/// The same columns as a spreadsheet.
static TABLE: Table = Table { name: "cells", columns: &COLUMNS };

static COLUMNS: [Column; 8] = [
    Kind::Text.column("source"),
    Kind::Text.column("table"),
    Kind::Text.column("row"),
    Kind::Text.column("column"),
    Kind::Decimal.column("value"),
    Kind::Text.column("state"),
    Kind::Text.column("printed"),
    Kind::Whole.column("index"),
];

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &ExtractArguments) -> anyhow::Result<Exit> {
    let inputs = documents::inputs(&arguments.paths)?;
    let file = arguments.output.as_deref().map(Beside::begin).transpose()?;
    let out: Out = match &file {
        Some(file) => Box::new(file.file()?),
        None => Box::new(io::stdout()),
    };
    let exit = match arguments.format {
        ExtractFormat::Xlsx => workbook(settings, arguments, &inputs, out)?,
        ExtractFormat::Tsv | ExtractFormat::Json => text(settings, arguments.format, &inputs, out)?,
    };
    if let Some(file) = file {
        file.complete()?;
    }
    Ok(exit)
}

/// As text, each document as soon as it is read.
fn text(
    settings: &SettingsArguments,
    format: ExtractFormat,
    inputs: &[Input],
    mut out: Out,
) -> anyhow::Result<Exit> {
    let is_json = format == ExtractFormat::Json;
    let mut exit = Exit::Fine;
    let mut separator = if is_json { "[" } else { TSV_HEAD };
    let made = |source: &str, reports: Vec<Report>| {
        let printed: Vec<String> = if is_json {
            reports.iter().map(|report| document(source, report).to_string()).collect()
        } else {
            vec![reports.iter().map(|report| tsv(source, report)).collect()]
        };
        (printed, complaint(source, &reports))
    };
    documents::each(settings, inputs, made, |(printed, complaint)| {
        for part in printed {
            out.write_all(format!("{separator}{part}").as_bytes())?;
            out.flush()?;
            separator = if is_json { ",\n" } else { "" };
        }
        exit = complained(complaint, exit);
        Ok(())
    })?;
    if is_json {
        out.write_all(if separator == "[" { b"[]\n" } else { b"]\n" })?;
        out.flush()?;
    }
    Ok(exit)
}

/// As a spreadsheet.
fn workbook(
    settings: &SettingsArguments,
    arguments: &ExtractArguments,
    inputs: &[Input],
    out: Out,
) -> anyhow::Result<Exit> {
    let aside = match &arguments.output {
        Some(place) => folder_of(place).to_owned(),
        None if io::stdout().is_terminal() => {
            bail!(
                "XLSX 不能显示在屏幕上，请加 --output FILE 或重定向到文件 (a spreadsheet needs --output FILE or a redirection)"
            )
        }
        None => env::temp_dir(),
    };
    let mut exit = Exit::Fine;
    let mut sink = Sink::begin(ExportFormat::Xlsx, &TABLE, out, &aside)?;
    let made = |source: &str, reports: Vec<Report>| {
        let rows: Vec<_> = reports.iter().flat_map(|report| rows(source, report)).collect();
        (rows, complaint(source, &reports))
    };
    documents::each(settings, inputs, made, |(rows, complaint)| {
        exit = complained(complaint, exit);
        rows.iter().try_for_each(|row| sink.row(row))
    })?;
    sink.finish()?;
    Ok(exit)
}

/// What kept a document from being read.
fn complaint(source: &str, reports: &[Report]) -> Option<String> {
    let error = reports.iter().find_map(|report| report.error.as_ref())?;
    Some(format!("{source}: {}", error.message))
}

fn complained(complaint: Option<String>, exit: Exit) -> Exit {
    let Some(complaint) = complaint else { return exit };
    output::complain(&complaint);
    Exit::CouldNotRun
}

fn cells(report: &Report) -> impl Iterator<Item = (&gongkai_model::Table, &Cell)> {
    report.tables.iter().flat_map(|table| table.cells.iter().map(move |cell| (table, cell)))
}

fn value(cell: &Cell) -> Option<String> {
    cell.value.map(|value| value.normalize().to_string())
}

fn rows(source: &str, report: &Report) -> Vec<[Value; COLUMNS.len()]> {
    let row = |(table, cell): (&gongkai_model::Table, &Cell)| {
        [
            Value::text(source),
            Value::text(table.key.as_str()),
            Value::text(cell.row.as_str()),
            Value::text(cell.column.as_str()),
            Value::known(value(cell), Value::Decimal),
            Value::text(cell.state.as_str()),
            Value::text(&cell.printed),
            Value::Whole(report.index.into()),
        ]
    };
    cells(report).map(row).collect()
}

fn tsv(source: &str, report: &Report) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n");
    let mut lines = String::new();
    for (table, cell) in cells(report) {
        let fields = [
            &escaped(source),
            table.key.as_str(),
            cell.row.as_str(),
            cell.column.as_str(),
            &value(cell).unwrap_or_default(),
            cell.state.as_str(),
            &escaped(&cell.printed),
            &report.index.to_string(),
        ];
        lines.push_str(&fields.join("\t"));
        lines.push('\n');
    }
    lines
}

fn document(source: &str, report: &Report) -> serde_json::Value {
    let quote = |quote: &Option<gongkai_model::Quote>| quote.as_ref().map(|quote| quote.text.clone());
    let tables: Vec<_> = report
        .tables
        .iter()
        .map(|table| json!({ "table": table.key, "form": table.form, "start": table.span.start, "end": table.span.end, "absent": table.absent, "cells": table.cells }))
        .collect();
    json!({
        "schema": 1, "source": source, "index": report.index, "kind": report.kind, "error": report.error,
        "title": quote(&report.title), "publisher": quote(&report.publisher), "year": report.year,
        "index_number": quote(&report.index_number), "published": report.published, "signed": report.signed,
        "form": report.form(), "charset": report.charset, "sections": report.sections, "tables": tables,
        "doubts": report.doubts, "text": report.text,
    })
}
