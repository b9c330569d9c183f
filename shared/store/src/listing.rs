//! All that is current, page by page, for whoever takes the whole of it away: reports with whose they are, and findings.
use gongkai_model::{Kind, Level};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    dues::DueState,
    records::{ReportRow, StoredFinding},
};

/// What is wanted; empty fields do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of these bodies.
    pub bodies: Option<Vec<String>>,
    /// Of this report year.
    pub year: Option<i16>,
    /// Findings: neither fixed nor dismissed.
    pub open: bool,
}

/// Whose it is, as the registry has or had it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// Name.
    pub name: String,
    /// 4-digit region code.
    pub region: String,
    /// Level.
    pub level: Level,
    /// Kind.
    pub kind: Kind,
}

/// A current report, whose it is, and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ListedReport {
    /// The report.
    pub row: ReportRow,
    /// Whose, when known.
    pub owner: Option<Owner>,
    /// Site profile.
    pub site: String,
    /// When its page was first found.
    pub first_seen_at: Timestamp,
    /// Its last day in time, when there is one.
    pub due: Option<Date>,
    /// How it stands with the calendar, once settled.
    pub due_state: Option<DueState>,
    /// Open findings by gravity: errors.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Hints.
    pub hints: u64,
}

/// A finding of a current report, or of what is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedFinding {
    /// The finding with its life.
    pub found: StoredFinding,
    /// Scope of the report, or `due`.
    pub scope: String,
    /// Whose, when known.
    pub owner: Option<Owner>,
    /// The current report it was found in; none for what is due.
    pub report: Option<Uuid>,
}
