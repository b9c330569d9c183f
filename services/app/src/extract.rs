//! `gongkai extract`: the cells of the statutory tables, as a table or as JSON with the text they stand in.
use gongkai_model::Report;
use serde_json::json;

use crate::{
    cli::{ExtractArguments, ExtractFormat, SettingsArguments},
    documents,
    output::{self, Exit},
};

const TSV_HEAD: &str = "source\ttable\trow\tcolumn\tvalue\tstate\tprinted\tindex\n";

/// Runs the command.
pub(crate) fn command(settings: &SettingsArguments, arguments: &ExtractArguments) -> anyhow::Result<Exit> {
    let inputs = documents::inputs(&arguments.paths)?;
    let mut exit = Exit::Fine;
    let mut separator = match arguments.format {
        ExtractFormat::Tsv => TSV_HEAD,
        ExtractFormat::Json => "[",
    };
    documents::each(
        settings,
        &inputs,
        |source, reports| {
            let complaint = reports
                .iter()
                .filter_map(|report| report.error.as_ref())
                .map(|e| format!("{source}: {}", e.message))
                .next();
            let printed: Vec<String> = match arguments.format {
                ExtractFormat::Tsv => vec![reports.iter().map(|report| tsv(source, report)).collect()],
                ExtractFormat::Json => {
                    reports.iter().map(|report| document(source, report).to_string()).collect()
                }
            };
            (printed, complaint)
        },
        |(printed, complaint)| {
            for part in printed {
                output::print(&format!("{separator}{part}"))?;
                separator = if arguments.format == ExtractFormat::Json { ",\n" } else { "" };
            }
            if let Some(complaint) = complaint {
                exit = Exit::CouldNotRun;
                output::complain(&complaint);
            }
            Ok(())
        },
    )?;
    if arguments.format == ExtractFormat::Json {
        output::print(if separator == "[" { "[]\n" } else { "]\n" })?;
    }
    Ok(exit)
}

fn tsv(source: &str, report: &Report) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n");
    let mut lines = String::new();
    for table in &report.tables {
        for cell in &table.cells {
            let value = cell.value.map(|value| value.normalize().to_string()).unwrap_or_default();
            let fields = [
                &escaped(source),
                table.key.as_str(),
                cell.row.as_str(),
                cell.column.as_str(),
                &value,
                cell.state.as_str(),
                &escaped(&cell.printed),
                &report.index.to_string(),
            ];
            lines.push_str(&fields.join("\t"));
            lines.push('\n');
        }
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
