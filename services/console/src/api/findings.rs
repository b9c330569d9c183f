//! Open findings, the latest first.
use axum::{
    Json,
    extract::{Query, State},
};
use gongkai_store::StoredFinding;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Answer, Listing, Paging, Problem,
    dismissals::{self, DismissalItem},
    reports::Which,
};
use crate::{
    ConsoleState,
    frame::Frame,
    pages::item::{Acts, acts_of},
};

/// Words of the report.
#[derive(Serialize, ToSchema)]
struct EvidenceItem {
    text: String,
    /// First character.
    start: u32,
    /// One past the last.
    end: u32,
}

/// A cell that may be the wrong one.
#[derive(Serialize, ToSchema)]
struct SuspectItem {
    table: &'static str,
    row: &'static str,
    column: &'static str,
    printed: String,
    likely: String,
}

/// A finding in the shape of `gongkai check --format json`, with what it hangs on and since when.
#[derive(Serialize, ToSchema)]
pub(super) struct FindingItem {
    fingerprint: String,
    code: String,
    rule: String,
    /// error, warning, hint
    severity: &'static str,
    /// publication, reading, unclear
    origin: &'static str,
    table: Option<String>,
    row: Option<String>,
    column: Option<String>,
    expected: Option<String>,
    actual: Option<String>,
    message: String,
    basis: String,
    evidence: Vec<EvidenceItem>,
    suspects: Vec<SuspectItem>,
    body: Option<String>,
    year: Option<i16>,
    /// `body/year`, or `url#index` while one of the two is unknown.
    identity: String,
    first_seen_at: String,
    last_seen_at: String,
    /// How it was dismissed and taken up again, oldest first.
    dismissals: Vec<DismissalItem>,
}

pub(super) fn item(f: &Frame, stored: StoredFinding, histories: &Acts) -> FindingItem {
    let finding = stored.finding;
    let dismissals = dismissals::items(histories, &finding.fingerprint);
    let evidence = finding.evidence.into_iter();
    let suspects = finding.suspects.into_iter();
    FindingItem {
        fingerprint: finding.fingerprint,
        code: finding.code,
        rule: finding.rule,
        severity: finding.severity.as_str(),
        origin: finding.origin.as_str(),
        table: finding.table,
        row: finding.row,
        column: finding.column,
        expected: finding.expected,
        actual: finding.actual,
        message: finding.message.get(f.lang).to_owned(),
        basis: finding.basis.get(f.lang).to_owned(),
        evidence: evidence
            .map(|e| EvidenceItem { text: e.text, start: e.span.start, end: e.span.end })
            .collect(),
        suspects: suspects
            .map(|s| SuspectItem {
                table: s.table.as_str(),
                row: s.row.as_str(),
                column: s.column.as_str(),
                printed: s.printed,
                likely: s.likely,
            })
            .collect(),
        body: stored.body,
        year: stored.year,
        identity: stored.identity,
        first_seen_at: stored.first_seen_at.to_string(),
        last_seen_at: stored.last_seen_at.to_string(),
        dismissals,
    }
}

/// Open findings of current reports and of what is due, the latest first.
#[utoipa::path(get, path = "/api/v1/findings", params(Which, Paging), responses((status = 200, body = Listing<FindingItem>), (status = 400, body = Problem)))]
pub(super) async fn list(
    State(state): State<ConsoleState>,
    f: Frame,
    Query(which): Query<Which>,
    Query(paging): Query<Paging>,
) -> Answer<Listing<FindingItem>> {
    let (page, per_page) = paging.read()?;
    let found = state.store.latest_findings(&which.filter(page, per_page)?).await?;
    let histories = acts_of(&state, &found).await?;
    let items = found.into_iter().map(|stored| item(&f, stored, &histories)).collect();
    Ok(Json(Listing::of(items, page, per_page)))
}
