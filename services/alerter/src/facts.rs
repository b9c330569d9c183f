//! What is known of a body's report for a year when it is assessed: everything the P rules look at. Pure.
use std::collections::HashMap;

use gongkai_model::{Body, DocumentKind, Finding, Origin, Severity, Text};
use gongkai_runtime::clock::date_in_shanghai;
use gongkai_store::{Identity, ReportRow, Source};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{around::Around, calendar::Deadline, polls::SitePolls, rules::RuleDoc};

/// The facts of one (body, year).
pub struct Facts {
    /// The body.
    pub body: Body,
    /// Report year.
    pub year: i16,
    /// Today in Asia/Shanghai, as the calendar has it.
    pub today: Date,
    /// Now.
    pub now: Timestamp,
    /// Until when.
    pub deadline: Deadline,
    /// Pages that carry or carried the report.
    pub sources: Vec<Source>,
    /// Every stored version of it, newest first.
    pub history: Vec<ReportRow>,
    /// The normaliser of each version in `history`.
    pub normalisers: HashMap<Uuid, i32>,
    /// Polls of the body's site.
    pub polls: SitePolls,
    /// The rest of the registry, and the hosts of the sites.
    pub around: Around,
}

impl Facts {
    /// What P findings hang on.
    pub fn identity(&self) -> String {
        Identity::Report { body: self.body.id.clone(), year: self.year }.to_string()
    }

    /// Versions that are the report, or a page or file that must be taken for it: a scan or an attachment is published too.
    pub fn published_rows(&self) -> impl Iterator<Item = &ReportRow> {
        self.history.iter().filter(|row| row.report.kind != DocumentKind::NotAReport)
    }

    /// The current report.
    pub fn current(&self) -> Option<&ReportRow> {
        self.published_rows().find(|row| row.current).or_else(|| self.published_rows().next())
    }

    /// The current report, where it could be read.
    pub(crate) fn read(&self) -> Option<&ReportRow> {
        self.current().filter(|row| row.report.kind == DocumentKind::AnnualReport)
    }

    /// Pages that are the report, or may be it because they were not read yet; a page that was read and is something
    /// else is not among them, nor is one that vanished unread.
    pub fn carriers(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| {
            let mut rows = self.history.iter().filter(|row| row.source == source.id).peekable();
            let unread = rows.peek().is_none();
            if unread {
                source.gone_since.is_none()
            } else {
                rows.any(|row| row.report.kind != DocumentKind::NotAReport)
            }
        })
    }

    /// True when the report was found.
    pub fn found(&self) -> bool {
        self.published_rows().next().is_some() || self.carriers().next().is_some()
    }

    /// The day of a moment, never later than the calendar's today (`calendar.today` may stand still).
    pub fn day(&self, at: Timestamp) -> Date {
        date_in_shanghai(at).min(self.today)
    }

    /// A P finding of this body and year.
    pub(crate) fn finding(&self, doc: &RuleDoc, severity: Severity, message: Text, basis: Text) -> Finding {
        Finding {
            fingerprint: fingerprint(doc.code, &self.identity()),
            code: doc.code.to_owned(),
            rule: doc.name.to_owned(),
            severity,
            origin: Origin::Publication,
            table: None,
            row: None,
            column: None,
            expected: None,
            actual: None,
            message,
            basis,
            evidence: Vec::new(),
            suspects: Vec::new(),
        }
    }
}

/// The identity of a finding over time, by the recipe of the judging rules: first 16 bytes of SHA-256 over code, identity,
/// table, row and column, each ended by a zero byte. P findings hang on body and year and have no place.
pub(crate) fn fingerprint(code: &str, identity: &str) -> String {
    let mut hash = Sha256::new();
    for part in [code, identity, "", "", ""] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
