//! A finding as a SARIF result.
use gongkai_model::{Finding, Lang};
use serde_json::{Value, json};

use super::{
    super::Document,
    tool,
    wording::{level, message},
};
use crate::label;

/// The name of our fingerprint; another way of making it gets another number.
const FINGERPRINT: &str = "gongkaiFinding/v1";

pub(super) fn result(
    document: &Document<'_>,
    finding: &Finding,
    artifact: &Value,
    place: Option<&Value>,
    lang: Lang,
) -> Value {
    let mut location = json!({ "physicalLocation": { "artifactLocation": artifact } });
    if let Some(place) = place {
        location["logicalLocations"] = json!([place]);
    }
    let words = label::place(document.report, finding, lang);
    if !words.is_empty() {
        location["message"] = message(&words);
    }
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": message(finding.message.get(lang)),
        "locations": [location],
        "partialFingerprints": { FINGERPRINT: finding.fingerprint },
        "properties": properties(document, finding, lang),
    });
    if let Some(index) = tool::index(&finding.code) {
        result["ruleIndex"] = index.into();
    }
    result
}

/// What `check --format json` says besides, under the same names.
fn properties(document: &Document<'_>, finding: &Finding, lang: Lang) -> Value {
    json!({
        "index": document.report.index,
        "severity": finding.severity.as_str(),
        "origin": finding.origin.as_str(),
        "table": finding.table,
        "row": finding.row,
        "column": finding.column,
        "expected": finding.expected,
        "actual": finding.actual,
        "basis": finding.basis.get(lang),
        "evidence": finding.evidence,
        "suspects": finding.suspects,
    })
}
