//! The rows behind the chain: sites, sources, polls, versions, reports, findings.
use std::fmt;

pub use gongkai_model::Scope;
use gongkai_model::{Finding, Report, Verdict};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::archive::BlobId;

/// What a finding hangs on: a report that is known to be somebody's, or a source that is nobody's yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Identity {
    /// The report of a body for a year.
    Report {
        /// Registry id.
        body: String,
        /// Report year.
        year: i16,
    },
    /// A report whose body or year is unknown: the source's URL and the number within the document.
    Source {
        /// Canonical URL.
        url: String,
        /// Number within the document.
        index: u32,
    },
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Report { body, year } => write!(f, "{body}/{year}"),
            Self::Source { url, index } => write!(f, "{url}#{index}"),
        }
    }
}

/// A site as a profile describes it, with what was last seen of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Site {
    /// Profile id.
    pub id: String,
    /// Name.
    pub name: String,
    /// 4-digit region code.
    pub region: String,
    /// Address people can open.
    pub home: String,
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A list with its following pages.
    Column,
    /// A page or file that carries a report.
    Page,
}

impl SourceKind {
    /// The name in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Column => "column",
            Self::Page => "page",
        }
    }
}

/// Something with a canonical URL that is fetched again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Site profile.
    pub site: String,
    /// Column or page.
    pub kind: SourceKind,
    /// Canonical URL.
    pub url: String,
    /// The column's name within its profile; for a page the column that listed it.
    pub column: String,
    /// Title in the list, for pages.
    pub title: Option<String>,
    /// Date in the list, for pages.
    pub listed_date: Option<Date>,
    /// Body that the profile assigns.
    pub body: Option<String>,
    /// Year that the profile assigns.
    pub year: Option<i16>,
    /// ETag of the last answer.
    pub etag: Option<String>,
    /// Last-Modified of the last answer.
    pub last_modified: Option<String>,
    /// Archive address of the last bytes.
    pub blob: Option<BlobId>,
    /// First found.
    pub first_seen_at: Timestamp,
    /// Last time a complete list named it (pages), or last complete poll (columns).
    pub last_listed_at: Option<Timestamp>,
    /// Last successful fetch.
    pub last_fetched_at: Option<Timestamp>,
    /// Since when it has answered 404 or 410.
    pub gone_since: Option<Timestamp>,
    /// To be fetched next.
    pub next_fetch_at: Timestamp,
}

/// How a poll of a column ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollOutcome {
    /// Items found.
    Ok,
    /// 200, and no item recognised.
    Empty,
    /// A challenge instead of the list (412, a page of script).
    Challenge,
    /// A login page.
    Login,
    /// Not a web page.
    WrongType,
    /// Time-out, connection refused, 5xx.
    Unreachable,
    /// Another HTTP status.
    Status,
    /// robots.txt forbids it.
    Forbidden,
}

impl PollOutcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::Empty,
        Self::Challenge,
        Self::Login,
        Self::WrongType,
        Self::Unreachable,
        Self::Status,
        Self::Forbidden,
    ];

    /// The name in the store, metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Empty => "empty",
            Self::Challenge => "challenge",
            Self::Login => "login",
            Self::WrongType => "wrong_type",
            Self::Unreachable => "unreachable",
            Self::Status => "status",
            Self::Forbidden => "forbidden",
        }
    }

    /// True when the site answered, and not with its list. A server that is away says nothing about the site.
    pub const fn is_strange(self) -> bool {
        match self {
            Self::Empty
            | Self::Challenge
            | Self::Login
            | Self::WrongType
            | Self::Status
            | Self::Forbidden => true,
            Self::Ok | Self::Unreachable => false,
        }
    }
}

/// One poll of a column: the proof behind "not found".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Poll {
    /// Site.
    pub site: String,
    /// Column within the profile.
    pub column: String,
    /// When it ended.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: PollOutcome,
    /// Every page of the list was read.
    pub complete: bool,
    /// List pages read.
    pub pages: u32,
    /// Items recognised.
    pub items: u32,
    /// What went wrong, if anything.
    pub detail: Option<String>,
}

/// One state of a source's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Id (UUIDv7); subject of `parse` and `judge`.
    pub id: Uuid,
    /// Source.
    pub source: Uuid,
    /// Archive address.
    pub blob: BlobId,
    /// Media type as the server said.
    pub media_type: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// Hash of the normalised text; `None` until read.
    pub text_hash: Option<String>,
    /// Normaliser that made the hash.
    pub normaliser: Option<i32>,
    /// The earlier version with the same text, if this one brought nothing new.
    pub unchanged_from: Option<Uuid>,
}

/// A report as stored: what was read, whose it is, and how it was judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportRow {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Version it was read from.
    pub version: Uuid,
    /// Source of the version.
    pub source: Uuid,
    /// URL of the source.
    pub url: String,
    /// Archive address of the original.
    pub blob: BlobId,
    /// When the version was fetched.
    pub fetched_at: Timestamp,
    /// Body.
    pub body: Option<String>,
    /// Year.
    pub year: Option<i16>,
    /// Scope.
    pub scope: Scope,
    /// The newest version of its identity.
    pub current: bool,
    /// Verdict, once judged.
    pub verdict: Option<Verdict>,
    /// What was read.
    pub report: Report,
}

impl ReportRow {
    /// What its findings hang on.
    pub fn identity(&self) -> Identity {
        match (&self.body, self.year) {
            (Some(body), Some(year)) => Identity::Report { body: body.clone(), year },
            _ => Identity::Source { url: self.url.clone(), index: self.report.index },
        }
    }
}

/// A finding with its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// What it hangs on, as text.
    pub identity: String,
    /// Body, when known.
    pub body: Option<String>,
    /// Year, when known.
    pub year: Option<i16>,
    /// First seen.
    pub first_seen_at: Timestamp,
    /// Last seen.
    pub last_seen_at: Timestamp,
    /// Not there any more since.
    pub fixed_at: Option<Timestamp>,
    /// Dismissed by a person since.
    pub dismissed_at: Option<Timestamp>,
}
