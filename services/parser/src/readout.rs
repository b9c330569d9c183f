//! What reading a document gave, in the form in which it goes on: reports as JSON, which nobody on the way needs to take apart,
//! and of each what the parser asks.
use gongkai_model::Report;
use gongkai_reading::content;
use gongkai_store::{BlobId, ReportDocument, ReportFacts, Scope, StoreResult};
use serde::{Deserialize, Serialize};

/// Words in part one by which a report speaks for its whole area.
const AREA: [&str; 9] = [
    "全市各级",
    "全县各级",
    "全区各级",
    "全省各级",
    "全州各级",
    "各县区、",
    "全市行政机关",
    "全县行政机关",
    "本行政区域",
];

/// The reports of a document; always at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readout {
    /// SHA-256 of what a revision would change: the reports' own text, without the page around them.
    pub text_hash: String,
    /// The reports, in their order.
    pub reports: Vec<ReadReport>,
}

/// One report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadReport {
    /// What the parser asks of it.
    pub head: Head,
    /// The whole [`Report`] as JSON.
    pub json: String,
}

/// What is asked of a report before it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// What is stored beside it.
    pub facts: ReportFacts,
    /// Publisher as printed.
    pub publisher: Option<String>,
    /// Report year, as the text has it.
    pub year: Option<i16>,
    /// For whom it speaks.
    pub scope: Scope,
}

impl Readout {
    /// The form in which these reports go on.
    pub fn of(reports: &[Report]) -> StoreResult<Self> {
        let read = reports.iter().map(ReadReport::of).collect::<StoreResult<_>>()?;
        Ok(Self { text_hash: hash(reports), reports: read })
    }
}

impl ReadReport {
    fn of(report: &Report) -> StoreResult<Self> {
        let ReportDocument { facts, json } = ReportDocument::of(report)?;
        let publisher = report.publisher.as_ref().map(|publisher| publisher.text.clone());
        let head = Head { facts, publisher, year: report.year, scope: scope(report) };
        Ok(Self { head, json })
    }
}

impl From<ReadReport> for ReportDocument {
    fn from(ReadReport { head, json }: ReadReport) -> Self {
        Self { facts: head.facts, json }
    }
}

fn scope(report: &Report) -> Scope {
    let part = report.section(1).map(|section| section.span.of(&report.text)).unwrap_or_default();
    if AREA.iter().any(|words| part.contains(words)) { Scope::Area } else { Scope::Own }
}

fn hash(reports: &[Report]) -> String {
    let text: String = reports.iter().map(content).collect::<Vec<_>>().join("\u{1E}");
    BlobId::of(text.as_bytes()).as_str().to_owned()
}
