//! The documents of a run, each once: also those without a finding, with what they are and what their tables amount to.
use std::collections::HashMap;

use gongkai_model::Lang;
use serde_json::{Value, json};

use super::{super::Document, uri, wording::message};

/// The name of standard input.
const STDIN: &str = "-";

/// The documents so far.
#[derive(Debug, Default)]
pub(super) struct Artifacts {
    places: HashMap<String, usize>,
    found: Vec<Artifact>,
}

#[derive(Debug)]
struct Artifact {
    location: Value,
    is_stdin: bool,
    charset: String,
    reports: Vec<Value>,
}

impl Artifacts {
    /// Where a document is, to be referred to. A source that was named twice is one artifact.
    pub(super) fn location(&mut self, document: &Document<'_>, lang: Lang) -> Value {
        let next = self.found.len();
        let index = *self.places.entry(document.source.to_owned()).or_insert(next);
        if index == next {
            self.found.push(Artifact::of(document, index, lang));
        }
        let Some(artifact) = self.found.get_mut(index) else { return Value::Null };
        let report = about(document);
        if !artifact.reports.contains(&report) {
            artifact.reports.push(report);
        }
        json!({ "uri": artifact.location["uri"], "index": index })
    }

    pub(super) fn listed(self) -> Vec<Value> {
        self.found.into_iter().map(Artifact::written).collect()
    }
}

impl Artifact {
    fn of(document: &Document<'_>, index: usize, lang: Lang) -> Self {
        let is_stdin = document.source == STDIN;
        let mut location = json!({ "uri": uri::reference(document.source), "index": index });
        if is_stdin {
            let words = if lang == Lang::Zh { "标准输入" } else { "standard input" };
            location["description"] = message(words);
        }
        Self { location, is_stdin, charset: document.report.charset.clone(), reports: Vec::new() }
    }

    fn written(self) -> Value {
        let roles: &[&str] =
            if self.is_stdin { &["analysisTarget", "standardStream"] } else { &["analysisTarget"] };
        let mut artifact = json!({
            "location": self.location,
            "roles": roles,
            "properties": { "reports": self.reports },
        });
        if !self.charset.is_empty() {
            artifact["encoding"] = self.charset.into();
        }
        artifact
    }
}

fn about(document: &Document<'_>) -> Value {
    let (report, judgement) = (document.report, document.judgement);
    json!({
        "index": report.index,
        "kind": report.kind.as_str(),
        "title": report.title.as_ref().map(|title| title.text.as_str()),
        "year": report.year,
        "form": report.form(),
        "verdict": judgement.verdict.map(|verdict| verdict.as_str()),
        "counts": judgement.counts,
    })
}
