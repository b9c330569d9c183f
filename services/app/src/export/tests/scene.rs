//! A small store of invented bodies: a report with every sort of cell and with text that looks like formulas, one of nobody, and
//! findings at each point of their life.
use std::time::Duration;

use gongkai_model::{
    Body, Cell, CellState, DocumentKind, Evidence, Finding, Key, Kind, Level, Origin, Published,
    PublishedKind, Quote, Report, Section, Severity, Span, Stage, Suspect, Table, Text, Unit, Verdict,
};
use gongkai_store::{
    BlobId, ColumnPolled, Due, DueAssessed, DueState, Finished, Found, Judged, JudgedReport, PageFetched,
    PageOutcome, Parsed, ParsedReport, Poll, PollOutcome, Remark, ReportDocument, Scope, Site, SqlStore,
    StageResult, Store,
};
use jiff::{SignedDuration, Timestamp, civil::date};
use uuid::Uuid;

pub(super) const TITLE: &str =
    "=HYPERLINK(\"http://evil.example\")临河市水务局2025年政府信息公开工作年度报告";
const SITE: &str = "linhe";
const URL: &str = "http://linhe.invalid/annual/";

/// A moment, in seconds after the start of the story.
pub(super) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

/// The store.
pub(super) async fn filled() -> SqlStore {
    let store = SqlStore::sqlite_in_memory().await.unwrap();
    let city = body("linhe", "临河市人民政府", "990100", Kind::Government, None);
    let water = body("water", "临河市水务局", "990100", Kind::Department, Some("linhe"));
    let schools = body("schools", "青塘市教育局", "990200", Kind::Department, None);
    store.put_bodies(&[city, water, schools], at(0)).await.unwrap();
    let column = watch(&store).await;
    let own = read(&store, column, "water", report(), Some("water")).await;
    let other = read(&store, column, "schools", without_tables(), Some("schools")).await;
    read(&store, column, "nobody", without_tables(), None).await;
    let three = [finding("T301", "f1"), finding("S113", "f2"), finding("T302", "f3")];
    judge(&store, own, three.to_vec(), at(4)).await;
    judge(&store, own, vec![finding("T301", "f1"), finding("T302", "f3")], at(5)).await;
    judge(&store, other, vec![finding("S103", "f4")], at(5)).await;
    assert!(store.dismiss("f3", true, &Remark::default(), at(6)).await.unwrap());
    due(&store, "water", DueState::InTime).await;
    due(&store, "schools", DueState::Late).await;
    store
}

fn body(id: &str, name: &str, code: &str, kind: Kind, parent: Option<&str>) -> Body {
    Body {
        id: id.into(),
        name: name.into(),
        former_names: Vec::new(),
        code: code.into(),
        level: Level::Prefecture,
        kind,
        parent: parent.map(Into::into),
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

async fn work(store: &dyn Store, stage: Stage, subject: &str, result: StageResult, now: Timestamp) {
    let ticket = store.raise(stage, subject, now, now).await.unwrap();
    assert_eq!(store.finish(vec![Finished { ticket, result }], now).await.unwrap(), [true]);
}

async fn take(store: &dyn Store, stage: Stage) -> Uuid {
    let tickets = store.take_due(stage, 1, 10, Duration::from_secs(30), at(1)).await.unwrap();
    tickets[0].subject.parse().unwrap()
}

async fn watch(store: &dyn Store) -> Uuid {
    let site = Site { id: SITE.into(), name: "临河市".into(), region: "9901".into(), home: URL.into() };
    store.put_site(&site, &[("annual".into(), URL.into())], at(0)).await.unwrap();
    store.schedule_fetches(100, 100, at(0)).await.unwrap();
    take(store, Stage::Fetch).await
}

/// Lists a page, fetches and reads it; gives the version.
async fn read(store: &dyn Store, column: Uuid, name: &str, report: Report, whose: Option<&str>) -> Uuid {
    let poll = Poll {
        site: SITE.into(),
        column: "annual".into(),
        at: at(1),
        outcome: PollOutcome::Ok,
        complete: true,
        pages: 1,
        items: 1,
        detail: None,
    };
    let url = format!("{URL}{name}.html");
    let found = Found { url, title: name.into(), date: None, body: None, year: None };
    let next_fetch_at = "2099-01-01T00:00:00Z".parse().unwrap();
    let polled = ColumnPolled {
        source: column,
        poll,
        found: vec![found],
        concerns: Vec::new(),
        next_fetch_at,
        soon_at: None,
    };
    work(store, Stage::Fetch, &column.to_string(), StageResult::Column(polled), at(1)).await;
    let source = take(store, Stage::Fetch).await;
    let outcome = PageOutcome::Fresh {
        blob: BlobId::of(name.as_bytes()),
        size: 9,
        media_type: Some("text/html".into()),
        etag: None,
        last_modified: None,
    };
    let fetched = PageFetched { source, at: at(1), outcome, next_fetch_at };
    work(store, Stage::Fetch, &source.to_string(), StageResult::Page(fetched), at(1)).await;
    let version = take(store, Stage::Parse).await;
    let report = ParsedReport {
        report: ReportDocument::of(&report).unwrap(),
        body: whose.map(Into::into),
        year: whose.map(|_| 2025),
        scope: Scope::Own,
    };
    let parsed = Parsed { version, text_hash: name.into(), normaliser: 1, reports: vec![report] };
    work(store, Stage::Parse, &version.to_string(), StageResult::Parsed(parsed), at(2)).await;
    version
}

async fn judge(store: &dyn Store, version: Uuid, findings: Vec<Finding>, now: Timestamp) {
    let row = store.reports_of_version(version).await.unwrap().remove(0);
    let judged = JudgedReport {
        report: row.id,
        identity: row.identity(),
        verdict: Some(Verdict::Inconsistent),
        findings,
        evaluated: ["T301", "S113", "T302", "S103"].map(Into::into).to_vec(),
    };
    let judged = Judged { version, reports: vec![judged] };
    work(store, Stage::Judge, &version.to_string(), StageResult::Judged(judged), now).await;
}

async fn due(store: &dyn Store, body: &str, state: DueState) {
    let due = Due {
        body: body.into(),
        year: 2025,
        due: Some(date(2026, 1, 31)),
        state,
        report: None,
        published: None,
        reason: Text::new("栏目已完整巡查", "the list was read completely"),
        assessed_at: at(7),
    };
    let assessed = DueAssessed { due, findings: Vec::new(), evaluated: Vec::new(), alerts: Vec::new() };
    work(store, Stage::Due, &format!("{body}/2025"), StageResult::Due(Box::new(assessed)), at(7)).await;
}

fn quote(text: &str) -> Option<Quote> {
    Some(Quote { text: text.into(), span: Span::default() })
}

fn without_tables() -> Report {
    Report { kind: DocumentKind::AnnualReport, title: quote("年度报告"), ..Report::default() }
}

fn report() -> Report {
    let section = |number| Section { number, heading: None, span: Span::default() };
    Report {
        title: quote(TITLE),
        publisher: quote("临河市水务局"),
        published: Some(Published { date: date(2026, 1, 20), kind: PublishedKind::PublishLine, span: None }),
        sections: vec![section(1), section(2)],
        tables: vec![
            table(
                "disclosure",
                vec![cell("fees", "amount_wan_yuan", "3.5", "3.5万元（含减免）", Some(Unit::WanYuan))],
            ),
            table(
                "requests",
                vec![
                    cell("new_received", "natural_person", "12", "+12", None),
                    cell("new_received", "other", "", "-", None),
                    Cell { state: CellState::Unreadable, ..cell("new_received", "total", "", "=1+1", None) },
                    cell("granted", "total", "-0.5", "-0.5", None),
                ],
            ),
        ],
        ..without_tables()
    }
}

fn table(key: &str, cells: Vec<Cell>) -> Table {
    let form = Key::find("2021").unwrap();
    Table { key: Key::find(key).unwrap(), form, span: Span::default(), absent: Vec::new(), cells }
}

fn cell(row: &str, column: &str, value: &str, printed: &str, unit: Option<Unit>) -> Cell {
    Cell {
        row: Key::find(row).unwrap(),
        column: Key::find(column).unwrap(),
        state: if value.is_empty() { CellState::Blank } else { CellState::Printed },
        value: value.parse().ok(),
        printed: printed.into(),
        span: Span::default(),
        unit,
    }
}

fn finding(code: &str, fingerprint: &str) -> Finding {
    let total = Suspect {
        table: Key::find("requests").unwrap(),
        row: Key::find("new_received").unwrap(),
        column: Key::find("total").unwrap(),
        printed: "35".into(),
        likely: "25".into(),
    };
    Finding {
        fingerprint: fingerprint.into(),
        code: code.into(),
        rule: "a-rule".into(),
        severity: if code == "S113" { Severity::Hint } else { Severity::Error },
        origin: Origin::Publication,
        table: Some("requests".into()),
        row: Some("new_received".into()),
        column: Some("total".into()),
        expected: Some("25".into()),
        actual: Some("35".into()),
        message: Text::new("总计应为25，实为35", "the total should be 25, it is 35"),
        basis: Text::new("国办公开办函〔2021〕30号", "notice 30 of 2021"),
        evidence: vec![Evidence { text: "@合计 35".into(), span: Span::new(4, 9) }],
        suspects: vec![total],
    }
}
