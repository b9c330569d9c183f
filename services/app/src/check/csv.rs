//! Findings as lines for a spreadsheet.
use gongkai_judging::render::{Document, Style};

pub(super) const HEAD: &str =
    "source,index,title,year,code,rule,severity,table,row,column,expected,actual,message,basis\n";

/// One line a finding; a document without any gives none.
pub(super) fn lines(document: &Document<'_>, style: Style) -> String {
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
