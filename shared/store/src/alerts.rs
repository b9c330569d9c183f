//! What people are told: alerts, each to one channel.
use gongkai_model::{Severity, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A report appeared.
    New,
    /// Published after its date (P801).
    Late,
    /// Date passed, none found (P802).
    Overdue,
    /// None found 30 days after the date (P802): what was overdue until then.
    Missing,
    /// Its tables contradict themselves.
    Inconsistent,
    /// Changed after publication (P806).
    Revised,
    /// Taken away (P807).
    Withdrawn,
    /// Title and period name different years, or it was published years later (P803).
    YearMismatch,
    /// Dated before the period's end (P804).
    PublishedEarly,
    /// Title and signature name different bodies (P805).
    PublisherMismatch,
    /// A copy on a foreign host (P808).
    UntrustedHost,
    /// Copies carry different cells (P809).
    CopiesDiffer,
    /// A list is empty, or a challenge or login stands in its place.
    SiteChanged,
    /// Work was set aside and waits for people.
    Parked,
    /// A site cannot be watched; nothing can be said about its bodies.
    SiteBlind,
    /// Many of these at once: first import of a site, or a replay.
    Digest,
    /// How the bodies of a supervising office stand before and after a due date.
    OfficeDigest,
}

impl AlertKind {
    /// The name in the store and in webhooks.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Late => "late",
            Self::Overdue => "overdue",
            Self::Missing => "missing",
            Self::Inconsistent => "inconsistent",
            Self::Revised => "revised",
            Self::Withdrawn => "withdrawn",
            Self::YearMismatch => "year_mismatch",
            Self::PublishedEarly => "published_early",
            Self::PublisherMismatch => "publisher_mismatch",
            Self::UntrustedHost => "untrusted_host",
            Self::CopiesDiffer => "copies_differ",
            Self::SiteChanged => "site_changed",
            Self::Parked => "parked",
            Self::SiteBlind => "site_blind",
            Self::Digest => "digest",
            Self::OfficeDigest => "office_digest",
        }
    }

    /// The rule that it comes from, where it comes from one.
    pub const fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::Late => "P801",
            Self::Overdue | Self::Missing => "P802",
            Self::YearMismatch => "P803",
            Self::PublishedEarly => "P804",
            Self::PublisherMismatch => "P805",
            Self::Revised => "P806",
            Self::Withdrawn => "P807",
            Self::UntrustedHost => "P808",
            Self::CopiesDiffer => "P809",
            Self::New
            | Self::Inconsistent
            | Self::SiteBlind
            | Self::SiteChanged
            | Self::Parked
            | Self::Digest
            | Self::OfficeDigest => return None,
        })
    }

    /// True for what is told once and does not last: nothing ends it.
    pub const fn is_news(self) -> bool {
        matches!(self, Self::New | Self::Digest | Self::OfficeDigest)
    }
}

/// Whether what an alert says still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// It holds.
    Open,
    /// It ended.
    Closed,
    /// Collected for a digest; told with it. One with `closed_at` was told and has ended since: its end is what is collected.
    Held,
}

impl AlertState {
    /// The name in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Held => "held",
        }
    }
}

/// An alert to one channel. Keyed (kind, key, channel); told once per change of open and closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// Id (UUIDv7); goes out as `Idempotency-Key`.
    pub id: Uuid,
    /// What it is about.
    pub kind: AlertKind,
    /// Fingerprint, `body/year`, version id or site id.
    pub key: String,
    /// Channel name.
    pub channel: String,
    /// Open or closed.
    pub state: AlertState,
    /// Gravity.
    pub severity: Severity,
    /// Site, body and year it concerns, when known.
    pub site: Option<String>,
    /// Body.
    pub body: Option<String>,
    /// Year.
    pub year: Option<i16>,
    /// What to tell.
    pub message: Text,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When it closed.
    pub closed_at: Option<Timestamp>,
    /// When the last change was told.
    pub told_at: Option<Timestamp>,
}

impl Alert {
    /// It was told, has ended since, and a digest is to say so.
    pub fn is_ending(&self) -> bool {
        self.state == AlertState::Held && self.closed_at.is_some()
    }
}
