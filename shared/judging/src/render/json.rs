//! The object that `check --format json` and `jsonl` print for a document; names and order are the contract's.
use gongkai_model::{DocumentKind, DoubtKind, Evidence, Finding, Lang, ReadError, Repair, Report, Suspect};
use serde::Serialize;

use super::Document;
use crate::judge::Counts;

/// Version of the object's shape.
const SCHEMA: u8 = 1;

/// Parts that the form has; additions (七、附件) are not told.
const STATUTORY_PARTS: u8 = 6;

/// The name of the form before 2019, of which only traces are read.
const OLD_FORM: &str = "2008";

/// A document as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct JsonDocument<'d> {
    schema: u8,
    source: &'d str,
    index: u32,
    kind: DocumentKind,
    error: Option<&'d ReadError>,
    title: Option<&'d str>,
    publisher: Option<&'d str>,
    body: Option<&'d str>,
    year: Option<i16>,
    form: Option<&'static str>,
    forms: JsonForms,
    published: Option<String>,
    published_kind: Option<&'static str>,
    sections: Vec<u8>,
    verdict: Option<&'static str>,
    counts: Counts,
    findings: Vec<JsonFinding<'d>>,
    repairs: Vec<Repair>,
}

#[derive(Clone, Debug, Serialize)]
struct JsonForms {
    disclosure: Option<&'static str>,
    requests: Option<&'static str>,
    proceedings: Option<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct JsonFinding<'d> {
    fingerprint: &'d str,
    code: &'d str,
    rule: &'d str,
    severity: &'static str,
    origin: &'static str,
    table: Option<&'d str>,
    row: Option<&'d str>,
    column: Option<&'d str>,
    expected: Option<&'d str>,
    actual: Option<&'d str>,
    message: &'d str,
    basis: &'d str,
    evidence: &'d [Evidence],
    suspects: &'d [Suspect],
}

/// The document with messages in one language, to be put into an array or written alone.
pub fn document<'d>(document: &Document<'d>, lang: Lang) -> JsonDocument<'d> {
    let (report, judgement) = (document.report, document.judgement);
    let form_of = |key| report.table(key).map(|table| table.form.as_str());
    JsonDocument {
        schema: SCHEMA,
        source: document.source,
        index: report.index,
        kind: report.kind,
        error: report.error.as_ref(),
        title: report.title.as_ref().map(|quote| quote.text.as_str()),
        publisher: report.publisher.as_ref().map(|quote| quote.text.as_str()),
        body: document.body,
        year: report.year,
        form: form_name(report),
        forms: JsonForms {
            disclosure: form_of("disclosure"),
            requests: form_of("requests"),
            proceedings: form_of("proceedings"),
        },
        published: report.published.as_ref().map(|published| published.date.to_string()),
        published_kind: report.published.as_ref().map(|published| published.kind.as_str()),
        sections: report
            .sections
            .iter()
            .map(|section| section.number)
            .filter(|number| *number <= STATUTORY_PARTS)
            .collect(),
        verdict: judgement.verdict.map(|verdict| verdict.as_str()),
        counts: judgement.counts,
        findings: judgement.findings.iter().map(|found| finding(found, lang)).collect(),
        repairs: Vec::new(),
    }
}

/// The document on one line, without a line break: `jsonl`.
pub fn line(judged: &Document<'_>, lang: Lang) -> serde_json::Result<String> {
    serde_json::to_string(&document(judged, lang))
}

fn form_name(report: &Report) -> Option<&'static str> {
    let old = || report.doubts.iter().any(|doubt| doubt.kind == DoubtKind::OldStatistics).then_some(OLD_FORM);
    report.form().or_else(old)
}

fn finding(finding: &Finding, lang: Lang) -> JsonFinding<'_> {
    JsonFinding {
        fingerprint: &finding.fingerprint,
        code: &finding.code,
        rule: &finding.rule,
        severity: finding.severity.as_str(),
        origin: finding.origin.as_str(),
        table: finding.table.as_deref(),
        row: finding.row.as_deref(),
        column: finding.column.as_deref(),
        expected: finding.expected.as_deref(),
        actual: finding.actual.as_deref(),
        message: finding.message.get(lang),
        basis: finding.basis.get(lang),
        evidence: &finding.evidence,
        suspects: &finding.suspects,
    }
}
