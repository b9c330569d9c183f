//! What each stage hands to the store when a piece of work is finished.
use std::collections::BTreeMap;

use gongkai_model::{DocumentKind, Finding, Item, Report, Severity, Text, Verdict};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    alerts::AlertKind,
    archive::BlobId,
    dues::Due,
    error::StoreResult,
    records::{Identity, Poll, Scope},
    sql::json_of,
};

/// The result of a stage.
#[derive(Clone, Debug)]
pub enum StageResult {
    /// Stage fetch, a column: the poll is recorded; new pages become sources with a `fetch` row, listed ones are marked.
    Column(ColumnPolled),
    /// Stage fetch, a page: new bytes become a version with a `parse` row.
    Page(PageFetched),
    /// Stage parse: the reports are stored; unless the text is unchanged a `judge` row follows.
    Parsed(Parsed),
    /// Stage judge: findings are renewed, ended or born; a `due` row follows for each known (body, year).
    Judged(Judged),
    /// Stage due: the due report and its P findings are stored; each alert change becomes a `notify` row.
    Due(Box<DueAssessed>),
    /// Stage notify: the alert was told.
    Notified(Notified),
    /// The work has become pointless (its subject is gone).
    Nothing,
}

/// A poll of a column.
#[derive(Clone, Debug)]
pub struct ColumnPolled {
    /// Source id of the column.
    pub source: Uuid,
    /// The record of the poll.
    pub poll: Poll,
    /// Report links recognised on the pages that were read.
    pub found: Vec<Found>,
    /// Bodies whose reports this column carries: each gets a `due` row for the years that are watched.
    pub concerns: Vec<(String, i16)>,
    /// To be polled again at.
    pub next_fetch_at: Timestamp,
    /// The same, sooner, for the case that something new was listed.
    pub soon_at: Option<Timestamp>,
}

/// A report link in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Canonical URL.
    pub url: String,
    /// Title in the list.
    pub title: String,
    /// Date in the list.
    pub date: Option<Date>,
    /// Body that the profile assigns.
    pub body: Option<String>,
    /// Year that the profile assigns.
    pub year: Option<i16>,
}

/// A fetch of a page.
#[derive(Clone, Debug)]
pub struct PageFetched {
    /// Source id of the page.
    pub source: Uuid,
    /// When.
    pub at: Timestamp,
    /// What the server gave.
    pub outcome: PageOutcome,
    /// To be fetched again at.
    pub next_fetch_at: Timestamp,
}

/// What the server gave for a page.
#[derive(Clone, Debug)]
pub enum PageOutcome {
    /// 304, or the same bytes as last time.
    Same,
    /// Other bytes than last time, archived before this is written.
    Fresh {
        /// Archive address.
        blob: BlobId,
        /// Size in bytes.
        size: u64,
        /// Media type.
        media_type: Option<String>,
        /// ETag.
        etag: Option<String>,
        /// Last-Modified.
        last_modified: Option<String>,
    },
    /// 404 or 410.
    Gone {
        /// HTTP status.
        status: u16,
    },
}

/// What was read from a version.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Version.
    pub version: Uuid,
    /// Hash of the normalised report text.
    pub text_hash: String,
    /// Normaliser that made it.
    pub normaliser: i32,
    /// The reports of the document.
    pub reports: Vec<ParsedReport>,
}

/// A report and whose it is.
#[derive(Clone, Debug)]
pub struct ParsedReport {
    /// What was read.
    pub report: ReportDocument,
    /// Body.
    pub body: Option<String>,
    /// Year.
    pub year: Option<i16>,
    /// Scope.
    pub scope: Scope,
}

/// A report as it is stored. Who reads documents elsewhere hands its JSON on as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportDocument {
    /// What is shown and asked of it without its tables.
    pub facts: ReportFacts,
    /// The whole [`Report`].
    pub json: String,
}

/// What is shown and asked of a report without its tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFacts {
    /// Number within the document, from 0.
    pub index: u32,
    /// What the document is.
    pub kind: DocumentKind,
    /// Title as printed.
    pub title: Option<String>,
    /// Date of publication.
    pub published: Option<Date>,
    /// The numbers that are summed over reports.
    pub items: BTreeMap<Item, i64>,
}

impl ReportDocument {
    /// The stored form of a report.
    pub fn of(report: &Report) -> StoreResult<Self> {
        let facts = ReportFacts {
            index: report.index,
            kind: report.kind,
            title: report.title.as_ref().map(|title| title.text.clone()),
            published: report.published.as_ref().map(|published| published.date),
            items: Item::values(&report.tables),
        };
        Ok(Self { facts, json: json_of(report)? })
    }
}

/// How a version's reports were judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Version.
    pub version: Uuid,
    /// One entry a report.
    pub reports: Vec<JudgedReport>,
}

/// How one report was judged.
#[derive(Clone, Debug)]
pub struct JudgedReport {
    /// Report row.
    pub report: Uuid,
    /// What the findings hang on.
    pub identity: Identity,
    /// Verdict.
    pub verdict: Option<Verdict>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Codes of the rules that could be evaluated: an open finding of one of these that is not in `findings` is fixed.
    pub evaluated: Vec<String>,
}

/// What is due of a body for a year, as the calendar sees it now.
#[derive(Clone, Debug)]
pub struct DueAssessed {
    /// The due report.
    pub due: Due,
    /// P findings that hold; open P findings of this (body, year) that are not among them and whose code is in `evaluated` are fixed.
    pub findings: Vec<Finding>,
    /// Codes that could be evaluated.
    pub evaluated: Vec<String>,
    /// Alerts that open or close, for every channel.
    pub alerts: Vec<AlertChange>,
}

/// How a change of an alert reaches people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Telling {
    /// By itself, at once.
    #[default]
    AtOnce,
    /// With the digest that it is kept for.
    Held,
    /// Not at all: another alert says it.
    Never,
}

/// An alert that shall be open (or closed). Opening an open one, or closing one that is not open, changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertChange {
    /// Kind.
    pub kind: AlertKind,
    /// Key within the kind.
    pub key: String,
    /// Channel.
    pub channel: String,
    /// Open or close.
    pub open: bool,
    /// How it is told.
    pub telling: Telling,
    /// Gravity.
    pub severity: Severity,
    /// Site.
    pub site: Option<String>,
    /// Body.
    pub body: Option<String>,
    /// Year.
    pub year: Option<i16>,
    /// What to tell.
    pub message: Text,
}

/// An alert was told to its channel.
#[derive(Clone, Debug)]
pub struct Notified {
    /// Alert.
    pub alert: Uuid,
    /// When.
    pub at: Timestamp,
}
