//! What the checks share: moments, an invented site, and the chain's steps in one call each.
use std::time::Duration;

use gongkai_model::{
    Body, Cell, CellState, DocumentKind, Finding, Key, Kind, Level, Origin, Quote, Report, Severity, Span,
    Stage, Table, Text, Verdict,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    AlertChange, AlertKind, BlobId, ColumnPolled, Due, DueState, Failure, FailureClass, Finished, Found,
    Identity, Judged, JudgedReport, PageFetched, PageOutcome, Parsed, ParsedReport, Poll, PollOutcome,
    ReportDocument, Scope, Site, StageResult, Store, Telling, Ticket,
};

pub(super) const SITE: &str = "linhe";
pub(super) const COLUMN: &str = "annual";
pub(super) const LIST: &str = "http://linhe.invalid/annual/";
pub(super) const PAGE: &str = "http://linhe.invalid/annual/1.html";
pub(super) const COPY: &str = "http://linhe.invalid/copies/1.html";

/// A moment, in seconds after the start of the story.
pub(super) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

pub(super) fn site() -> Site {
    Site {
        id: SITE.into(),
        name: "临河市".into(),
        region: "9901".into(),
        home: "http://linhe.invalid/".into(),
    }
}

pub(super) fn body(id: &str) -> Body {
    Body {
        id: id.into(),
        name: format!("临河市{id}局"),
        former_names: Vec::new(),
        code: "990100".into(),
        level: Level::Prefecture,
        kind: Kind::Department,
        parent: None,
        site: Some(SITE.into()),
        local_due: None,
        vertical: false,
        rule_making: None,
        reports_itself: true,
        valid_from: None,
        valid_to: None,
        successor: None,
    }
}

/// Takes everything that is due of a stage.
pub(super) async fn take(store: &dyn Store, stage: Stage, now: Timestamp) -> Vec<Ticket> {
    let lease = Duration::from_secs(30);
    let mut taken = store.take_expired(stage, 1000, lease, now).await.unwrap();
    taken.extend(store.take_due(stage, 1000, 1000, lease, now).await.unwrap());
    taken
}

/// Ends one row.
pub(super) async fn finish(store: &dyn Store, ticket: &Ticket, result: StageResult, now: Timestamp) -> bool {
    let done = store.finish(vec![Finished { ticket: ticket.clone(), result }], now).await.unwrap();
    assert_eq!(done.len(), 1);
    done[0]
}

/// Raises a row and ends it at once with this result.
pub(super) async fn work(
    store: &dyn Store,
    stage: Stage,
    subject: &str,
    result: StageResult,
    now: Timestamp,
) {
    let ticket = store.raise(stage, subject, now, now).await.unwrap();
    assert!(finish(store, &ticket, result, now).await);
}

pub(super) fn failure(class: FailureClass, message: &str) -> Failure {
    Failure { class, message: message.into(), retry_at: None }
}

/// The configured site; gives the source of its column, its first fetch taken.
pub(super) async fn watched(store: &dyn Store) -> Uuid {
    store.put_site(&site(), &[(COLUMN.into(), LIST.into())], at(0)).await.unwrap();
    store.schedule_fetches(1000, 1000, at(0)).await.unwrap();
    take(store, Stage::Fetch, at(0)).await[0].subject.parse().unwrap()
}

pub(super) fn found(url: &str, title: &str) -> Found {
    Found { url: url.into(), title: title.into(), date: None, body: None, year: None }
}

pub(super) fn polled(column: Uuid, found: Vec<Found>, now: Timestamp) -> ColumnPolled {
    let items = u32::try_from(found.len()).unwrap();
    let poll = Poll {
        site: SITE.into(),
        column: COLUMN.into(),
        at: now,
        outcome: PollOutcome::Ok,
        complete: true,
        pages: 1,
        items,
        detail: None,
    };
    ColumnPolled {
        soon_at: None,
        source: column,
        poll,
        found,
        concerns: Vec::new(),
        next_fetch_at: now + SignedDuration::from_hours(1),
    }
}

pub(super) async fn poll(store: &dyn Store, polled: ColumnPolled, now: Timestamp) {
    let subject = polled.source.to_string();
    work(store, Stage::Fetch, &subject, StageResult::Column(polled), now).await;
}

/// A listed page; gives its source, its first fetch taken.
pub(super) async fn page(store: &dyn Store, url: &str) -> Uuid {
    let column = watched(store).await;
    listed(store, column, url).await
}

/// Another listed page of the same column.
pub(super) async fn listed(store: &dyn Store, column: Uuid, url: &str) -> Uuid {
    poll(store, polled(column, vec![found(url, "年度报告")], at(1)), at(1)).await;
    take(store, Stage::Fetch, at(1)).await[0].subject.parse().unwrap()
}

pub(super) async fn page_answers(store: &dyn Store, source: Uuid, outcome: PageOutcome, now: Timestamp) {
    let next_fetch_at = now + SignedDuration::from_hours(24);
    let fetched = PageFetched { source, at: now, outcome, next_fetch_at };
    work(store, Stage::Fetch, &source.to_string(), StageResult::Page(fetched), now).await;
}

pub(super) fn fresh(bytes: &str) -> PageOutcome {
    PageOutcome::Fresh {
        blob: BlobId::of(bytes.as_bytes()),
        size: bytes.len() as u64,
        media_type: Some("text/html".into()),
        etag: Some(format!("\"{}\"", bytes.len())),
        last_modified: None,
    }
}

/// Fetches new bytes; gives the version, its `parse` row taken.
pub(super) async fn fetched(store: &dyn Store, source: Uuid, bytes: &str, now: Timestamp) -> Uuid {
    page_answers(store, source, fresh(bytes), now).await;
    let tickets = take(store, Stage::Parse, now).await;
    assert_eq!(tickets.len(), 1, "one new version, one row to read it");
    tickets[0].subject.parse().unwrap()
}

/// The form in which a report is stored.
pub(super) fn stored(report: &Report) -> ReportDocument {
    ReportDocument::of(report).unwrap()
}

pub(super) fn report(index: u32, title: &str) -> Report {
    let quote = Quote { text: title.into(), span: Span::new(0, 4) };
    let cell = |column: &str, state, value: Option<i64>, printed: &str| Cell {
        row: Key::find("new_received").unwrap(),
        column: Key::find(column).unwrap(),
        state,
        value: value.map(Into::into),
        printed: printed.into(),
        span: Span::default(),
        unit: None,
    };
    let table = Table {
        key: Key::find("requests").unwrap(),
        form: Key::find("2021").unwrap(),
        span: Span::default(),
        absent: Vec::new(),
        cells: vec![
            cell("natural_person", CellState::Printed, Some(12), "12件"),
            cell("other", CellState::Blank, None, "—"),
        ],
    };
    Report {
        index,
        kind: DocumentKind::AnnualReport,
        error: None,
        text: format!("{title}全文"),
        charset: "UTF-8".into(),
        title: Some(quote),
        publisher: None,
        year: None,
        index_number: None,
        published: None,
        signed: None,
        sections: Vec::new(),
        tables: vec![table],
        hints: Vec::new(),
        doubts: Vec::new(),
    }
}

pub(super) fn of(body: &str, year: i16) -> ParsedReport {
    ParsedReport {
        report: stored(&report(0, "年度报告")),
        body: Some(body.into()),
        year: Some(year),
        scope: Scope::Own,
    }
}

pub(super) fn nobodys() -> ParsedReport {
    ParsedReport { report: stored(&report(0, "年度报告")), body: None, year: None, scope: Scope::Own }
}

/// Reads a version, normaliser 1.
pub(super) async fn read(
    store: &dyn Store,
    version: Uuid,
    hash: &str,
    reports: Vec<ParsedReport>,
    now: Timestamp,
) {
    let parsed = Parsed { version, text_hash: hash.into(), normaliser: 1, reports };
    work(store, Stage::Parse, &version.to_string(), StageResult::Parsed(parsed), now).await;
}

/// Judges the first report of a version.
pub(super) async fn judge(
    store: &dyn Store,
    version: Uuid,
    findings: Vec<Finding>,
    evaluated: &[&str],
    now: Timestamp,
) {
    let row = store.reports_of_version(version).await.unwrap().remove(0);
    let report = JudgedReport {
        report: row.id,
        identity: row.identity(),
        verdict: Some(if findings.is_empty() { Verdict::Consistent } else { Verdict::Inconsistent }),
        findings,
        evaluated: evaluated.iter().map(|code| (*code).to_owned()).collect(),
    };
    let judged = Judged { version, reports: vec![report] };
    work(store, Stage::Judge, &version.to_string(), StageResult::Judged(judged), now).await;
}

pub(super) fn finding(code: &str, fingerprint: &str) -> Finding {
    Finding {
        fingerprint: fingerprint.into(),
        code: code.into(),
        rule: "a-rule".into(),
        severity: Severity::Error,
        origin: Origin::Publication,
        table: None,
        row: None,
        column: None,
        expected: None,
        actual: None,
        message: Text::new("合计不符", "the sum does not match"),
        basis: Text::new("依据", "basis"),
        evidence: Vec::new(),
        suspects: Vec::new(),
    }
}

pub(super) fn due(body: &str, year: i16, state: DueState, now: Timestamp) -> Due {
    Due {
        body: body.into(),
        year,
        due: Some(jiff::civil::date(2026, 1, 31)),
        state,
        report: None,
        published: None,
        reason: Text::new("因为", "because"),
        assessed_at: now,
    }
}

pub(super) fn alert(key: &str, open: bool) -> AlertChange {
    AlertChange {
        kind: AlertKind::Overdue,
        key: key.into(),
        channel: "hook".into(),
        open,
        telling: Telling::AtOnce,
        severity: Severity::Warning,
        site: Some(SITE.into()),
        body: Some("jiaoyu".into()),
        year: Some(2025),
        message: Text::new("逾期未发布", "overdue"),
    }
}

pub(super) fn identity(body: &str, year: i16) -> String {
    Identity::Report { body: body.into(), year }.to_string()
}
