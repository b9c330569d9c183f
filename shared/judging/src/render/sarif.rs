//! SARIF 2.1.0, the format in which build servers and editors take findings: one run over all documents, written as they come.
//!
//! A finding's offsets count characters of the text as read, not of the file, so no region is claimed: the place is a logical
//! location (table, row, column), and the words that the finding rests on are properties of the result.
mod artifacts;
mod places;
mod result;
mod tool;
mod uri;
mod wording;

use gongkai_model::{DocumentKind, Lang};
use serde_json::{Value, json};

use super::Document;
use artifacts::Artifacts;
use places::Places;
use wording::{language, message};

/// The id of the only notice that a run gives.
const UNREADABLE: &str = "unreadable";

/// A log that is being written: what it gives is to be printed in order.
#[derive(Debug)]
pub struct Sarif {
    lang: Lang,
    begun: bool,
    with_results: bool,
    artifacts: Artifacts,
    places: Places,
    notifications: Vec<Value>,
}

impl Sarif {
    /// A log with messages in one language.
    pub fn new(lang: Lang) -> Self {
        Self {
            lang,
            begun: false,
            with_results: false,
            artifacts: Artifacts::default(),
            places: Places::default(),
            notifications: Vec::new(),
        }
    }

    /// What is to be printed for a document; before the first one also the head.
    pub fn document(&mut self, document: &Document<'_>) -> String {
        let mut out = self.head();
        let artifact = self.artifacts.location(document, self.lang);
        for finding in &document.judgement.findings {
            let place = self.places.of(finding);
            let result = result::result(document, finding, &artifact, place.as_ref(), self.lang);
            out.push_str(if self.with_results { ",\n" } else { "\n" });
            out.push_str(&result.to_string());
            self.with_results = true;
        }
        if document.report.kind == DocumentKind::Unreadable {
            self.notifications.push(self.unreadable(document, &artifact));
        }
        out
    }

    /// The rest, with the code that the process ends with. It is a whole log even if there was no document.
    pub fn end(mut self, exit_code: u8) -> String {
        let mut out = self.head();
        let successful = self.notifications.is_empty();
        let invocation = json!({
            "executionSuccessful": successful,
            "exitCode": exit_code,
            "toolExecutionNotifications": self.notifications,
        });
        out.push_str(&format!("\n],\n\"artifacts\":{},\n", Value::from(self.artifacts.listed())));
        out.push_str(&format!("\"logicalLocations\":{},\n", Value::from(self.places.listed())));
        out.push_str(&format!("\"invocations\":[{invocation}]}}]}}\n"));
        out
    }

    fn head(&mut self) -> String {
        if std::mem::replace(&mut self.begun, true) {
            return String::new();
        }
        format!(
            "{{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{},\n\"language\":\"{}\",\n\"results\":[",
            tool::tool(self.lang),
            language(self.lang)
        )
    }

    /// What could not be read was not analysed: that is a notice of the run, never a result.
    fn unreadable(&self, document: &Document<'_>, artifact: &Value) -> Value {
        let error = document.report.error.as_ref();
        let (code, why) = error.map_or(("", ""), |error| (error.code.as_str(), error.message.as_str()));
        let words = match self.lang {
            Lang::Zh => format!("无法读取（{code}）：{why}"),
            Lang::En => format!("could not be read ({code}): {why}"),
        };
        json!({
            "descriptor": { "id": UNREADABLE, "index": 0 },
            "level": "error",
            "message": message(&words),
            "locations": [{ "physicalLocation": { "artifactLocation": artifact } }],
            "properties": { "code": code },
        })
    }
}
