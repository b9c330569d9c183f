//! What reading a document gave, in the form in which it goes on: reports as JSON, which nobody on the way needs to take apart,
//! and of each what the parser asks.
use std::collections::BTreeMap;

use gongkai_model::{DocumentKind, Item, Quote, Report};
use gongkai_reading::content;
use gongkai_store::{BlobId, ReportDocument, Scope, StoreResult};
use jiff::civil::Date;
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
    /// Number within the document, from 0.
    pub index: u32,
    /// What the document is.
    pub kind: DocumentKind,
    /// Title as printed.
    pub title: Option<Quote>,
    /// Publisher as printed.
    pub publisher: Option<Quote>,
    /// Report year, as the text has it.
    pub year: Option<i16>,
    /// Date of publication.
    pub published: Option<Date>,
    /// For whom it speaks.
    pub scope: Scope,
    /// The numbers that are summed over reports.
    pub items: BTreeMap<Item, i64>,
}

impl Readout {
    /// The form in which these reports go on.
    pub fn of(reports: &[Report]) -> StoreResult<Self> {
        let read = |report: &Report| {
            Ok(ReadReport { head: Head::of(report), json: ReportDocument::of(report)?.json })
        };
        Ok(Self { text_hash: hash(reports), reports: reports.iter().map(read).collect::<StoreResult<_>>()? })
    }
}

impl Head {
    fn of(report: &Report) -> Self {
        Self {
            index: report.index,
            kind: report.kind,
            title: report.title.clone(),
            publisher: report.publisher.clone(),
            year: report.year,
            published: report.published.as_ref().map(|published| published.date),
            scope: scope(report),
            items: Item::values(&report.tables),
        }
    }
}

impl From<ReadReport> for ReportDocument {
    fn from(ReadReport { head, json }: ReadReport) -> Self {
        let title = head.title.map(|title| title.text);
        Self { index: head.index, kind: head.kind, title, published: head.published, items: head.items, json }
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
