//! What people and dashboards ask of the store: counts, lists, histories.
use gongkai_model::{Kind, Level, Severity, Verdict};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use uuid::Uuid;

use crate::records::{Poll, Site};

/// Counts for one region, level, kind and year. Areas are never counted with their parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// 4-digit code.
    pub region: String,
    /// Level.
    pub level: Level,
    /// Kind.
    pub kind: Kind,
    /// Report year.
    pub year: i16,
    /// Bodies that must report.
    pub expected: u64,
    /// Reports found.
    pub found: u64,
    /// In time.
    pub in_time: u64,
    /// Late.
    pub late: u64,
    /// Overdue, not yet missing.
    pub overdue: u64,
    /// Missing.
    pub missing: u64,
    /// Date passed, nothing can be said.
    pub unknown: u64,
    /// Verdict consistent.
    pub consistent: u64,
    /// Verdict inconsistent.
    pub inconsistent: u64,
    /// Verdict incomplete.
    pub incomplete: u64,
    /// Found, without an S error or warning.
    pub well_formed: u64,
}

/// A line of a list of reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Latest {
    /// Report row.
    pub report: Uuid,
    /// Title, or the URL where there is none.
    pub title: String,
    /// Body id and name.
    pub body: Option<String>,
    /// Name in the registry.
    pub body_name: Option<String>,
    /// Year.
    pub year: Option<i16>,
    /// Verdict.
    pub verdict: Option<Verdict>,
    /// Open findings by gravity: errors, warnings, hints.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Hints.
    pub hints: u64,
    /// Date of publication.
    pub published: Option<Date>,
    /// When the version was fetched.
    pub fetched_at: Timestamp,
    /// URL.
    pub url: String,
}

/// A site with its last polls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SiteStatus {
    /// The site.
    pub site: Site,
    /// Last poll that read every page of a column and found items.
    pub last_success_at: Option<Timestamp>,
    /// Last poll of any outcome.
    pub last_poll: Option<Poll>,
}

/// The history of a document or report, for `why`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trail {
    /// What was asked for.
    pub about: String,
    /// Steps in the order of time.
    pub steps: Vec<TrailStep>,
    /// What it waits for now.
    pub waits_for: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrailStep {
    /// When.
    pub at: Timestamp,
    /// Short name: listed, fetched, read, judged, due, alert, failed, parked …
    pub what: String,
    /// Particulars.
    pub detail: String,
    /// Gravity, for failures and findings.
    pub severity: Option<Severity>,
}
