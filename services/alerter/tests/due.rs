//! The alerter over a real store: what is due is settled, told once, and taken back.
#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that goes wrong")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use gongkai_alerter::{
    DueHandler, Imports, NotifyHandler, StoreGauges, Ticker,
    channel::{Channel, Note},
};
use gongkai_model::{
    Body, Cell, CellState, DocumentKind, Finding, Key, Kind, Level, Origin, Published, PublishedKind, Report,
    Severity, Span, Stage, Table, Text, Verdict, form,
};
use gongkai_runtime::{
    clock::{Clock, FrozenClock},
    handler::Handler,
    telemetry::Metrics,
};
use gongkai_store::{
    BlobId, ColumnPolled, DueState, Failure, FailureClass, Filter, Finished, Found, Judged, JudgedReport,
    PageFetched, PageOutcome, Parsed, ParsedReport, Poll, PollOutcome, Remark, ReportDocument, Scope, Site,
    SqlStore, StageResult, Store,
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[path = "due/passing.rs"]
mod passing;
#[path = "due/replays.rs"]
mod replays;

/// Every year of the forms counts.
const FIRST_YEAR: i16 = 2008;
const PAGE: &str = "http://www.linchuan.example/xxgk/1.html";

/// Keeps what it was told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

#[async_trait]
impl Channel for Told {
    fn name(&self) -> &str {
        "webhook"
    }

    async fn tell(&self, note: &Note) -> Result<(), Failure> {
        self.0.lock().unwrap().push(format!("{} {} {}", note.change, note.kind, note.message.zh));
        Ok(())
    }
}

struct Scene {
    store: Arc<dyn Store>,
    clock: FrozenClock,
    told: Arc<Told>,
    due: DueHandler,
    notify: NotifyHandler,
    ticker: Ticker,
    metrics: Arc<Metrics>,
    column: Uuid,
}

fn body() -> Body {
    Body {
        id: "water".into(),
        name: "临川县水务局".into(),
        former_names: Vec::new(),
        code: "990101".into(),
        level: Level::County,
        kind: Kind::Department,
        parent: None,
        site: Some("linchuan".into()),
        local_due: None,
        vertical: false,
        rule_making: None,
        reports_itself: true,
        valid_from: None,
        valid_to: None,
        successor: None,
    }
}

impl Scene {
    /// One body on one site, whose column was never polled; the clock stands at `now`.
    async fn at(now: &str) -> Self {
        let store: Arc<dyn Store> = Arc::new(SqlStore::sqlite_in_memory().await.unwrap());
        let clock = FrozenClock::at(now.parse().unwrap());
        let site = Site {
            id: "linchuan".into(),
            name: "临川县政府网".into(),
            region: "9901".into(),
            home: "http://www.linchuan.example/".into(),
        };
        let list = "http://www.linchuan.example/xxgk/";
        store.put_site(&site, &[("annual".into(), list.into())], clock.now()).await.unwrap();
        store.put_bodies(&[body()], clock.now()).await.unwrap();
        store.schedule_fetches(100, 100, clock.now()).await.unwrap();
        let tickets =
            store.take_due(Stage::Fetch, 10, 10, Duration::from_secs(30), clock.now()).await.unwrap();
        let column = tickets[0].subject.parse().unwrap();
        let told = Arc::new(Told::default());
        let channels = vec!["webhook".to_owned()];
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let imports = Arc::new(Imports::new(store.clone()));
        let metrics = Arc::new(Metrics::new("0").unwrap());
        let gauges = StoreGauges::new(metrics.clone(), Vec::new()).unwrap();
        Self {
            due: DueHandler::new(
                store.clone(),
                shared.clone(),
                channels.clone(),
                imports.clone(),
                FIRST_YEAR,
            ),
            notify: NotifyHandler::new(
                store.clone(),
                shared.clone(),
                vec![told.clone()],
                "http://console.example",
            ),
            ticker: Ticker::new(store.clone(), shared, channels, imports, gauges, FIRST_YEAR),
            store,
            clock,
            told,
            metrics,
            column,
        }
    }

    /// The calendar of another process, or of this one after a restart.
    fn another_ticker(&self) -> Ticker {
        let gauges = StoreGauges::new(Arc::new(Metrics::new("0").unwrap()), Vec::new()).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let imports = Arc::new(Imports::new(self.store.clone()));
        Ticker::new(self.store.clone(), clock, vec!["webhook".to_owned()], imports, gauges, FIRST_YEAR)
    }

    /// The handler of another process, or of this one after a restart.
    fn another_handler(&self) -> DueHandler {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let imports = Arc::new(Imports::new(self.store.clone()));
        DueHandler::new(self.store.clone(), clock, vec!["webhook".to_owned()], imports, FIRST_YEAR)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn move_to(&self, now: &str) {
        self.clock.set(now.parse().unwrap());
    }

    async fn work(&self, stage: Stage, subject: &str, result: StageResult) {
        let ticket = self.store.raise(stage, subject, self.now(), self.now()).await.unwrap();
        let finished = self.store.finish(vec![Finished { ticket, result }], self.now()).await.unwrap();
        assert_eq!(finished, [true]);
    }

    async fn poll(&self, found: Vec<Found>) {
        self.polled(found, PollOutcome::Ok).await;
    }

    async fn polled(&self, found: Vec<Found>, outcome: PollOutcome) {
        let poll = Poll {
            site: "linchuan".into(),
            column: "annual".into(),
            at: self.now(),
            outcome,
            complete: outcome == PollOutcome::Ok,
            pages: 1,
            items: 1,
            detail: None,
        };
        let next_fetch_at = "2099-01-01T00:00:00Z".parse().unwrap();
        let polled = ColumnPolled {
            soon_at: None,
            source: self.column,
            poll,
            found,
            concerns: vec![("water".into(), 2024)],
            next_fetch_at,
        };
        self.work(Stage::Fetch, &self.column.to_string(), StageResult::Column(polled)).await;
    }

    /// The page is listed, fetched, read and judged: `upheld` reviews, published by its own line on that day.
    async fn publish(&self, upheld: i64, published: &str) {
        let found = Found {
            url: PAGE.into(),
            title: "临川县水务局2024年政府信息公开工作年度报告".into(),
            date: None,
            body: Some("water".into()),
            year: Some(2024),
        };
        self.poll(vec![found]).await;
        let source = self.store.sources_of("water", 2024).await.unwrap()[0].id;
        let bytes = format!("{upheld} at {}", self.now());
        let outcome = PageOutcome::Fresh {
            blob: BlobId::of(bytes.as_bytes()),
            size: 10,
            media_type: None,
            etag: None,
            last_modified: None,
        };
        let next_fetch_at = "2099-01-01T00:00:00Z".parse().unwrap();
        let fetched = PageFetched { source, at: self.now(), outcome, next_fetch_at };
        self.work(Stage::Fetch, &source.to_string(), StageResult::Page(fetched)).await;
        let tickets =
            self.store.take_due(Stage::Parse, 10, 10, Duration::from_secs(30), self.now()).await.unwrap();
        let version: Uuid = tickets[0].subject.parse().unwrap();
        let report = ParsedReport {
            report: ReportDocument::of(&report(upheld, published)).unwrap(),
            body: Some("water".into()),
            year: Some(2024),
            scope: Scope::Own,
        };
        let parsed = Parsed { version, text_hash: bytes, normaliser: 1, reports: vec![report] };
        self.work(Stage::Parse, &version.to_string(), StageResult::Parsed(parsed)).await;
        let row = self.store.reports_of_version(version).await.unwrap().remove(0);
        let judged = JudgedReport {
            report: row.id,
            identity: row.identity(),
            verdict: Some(Verdict::Consistent),
            findings: Vec::new(),
            evaluated: Vec::new(),
        };
        let judged = Judged { version, reports: vec![judged] };
        self.work(Stage::Judge, &version.to_string(), StageResult::Judged(judged)).await;
    }

    /// Judges what a replay has raised: this time the tables are inconsistent, or sound.
    async fn judge_again(&self, verdict: Verdict) {
        let lease = Duration::from_secs(30);
        for ticket in self.store.take_due(Stage::Judge, 10, 10, lease, self.now()).await.unwrap() {
            let version: Uuid = ticket.subject.parse().unwrap();
            let row = self.store.reports_of_version(version).await.unwrap().remove(0);
            let finding = Finding {
                fingerprint: "t301".into(),
                code: "T301".into(),
                rule: "row-total".into(),
                severity: Severity::Error,
                origin: Origin::Publication,
                table: None,
                row: None,
                column: None,
                expected: None,
                actual: None,
                message: Text::new("合计不符", "the sum does not match"),
                basis: Text::default(),
                evidence: Vec::new(),
                suspects: Vec::new(),
            };
            let report = JudgedReport {
                report: row.id,
                identity: row.identity(),
                verdict: Some(verdict),
                findings: (verdict == Verdict::Inconsistent).then_some(finding).into_iter().collect(),
                evaluated: vec!["T301".into()],
            };
            let result = StageResult::Judged(Judged { version, reports: vec![report] });
            self.store.finish(vec![Finished { ticket, result }], self.now()).await.unwrap();
        }
    }

    /// Ticks and works off what is due and what is to be told, until nothing is left.
    async fn settle(&mut self) {
        for _ in 0..4 {
            self.ticker.tick(&CancellationToken::new()).await.unwrap();
            self.work_off(&self.due).await;
            self.work_off(&self.notify).await;
            // First imports are asked about every few seconds only.
            self.clock.set(self.now() + jiff::SignedDuration::from_secs(6));
        }
    }

    /// Everything that waits for a handler.
    async fn work_off(&self, handler: &dyn Handler) {
        // Marks wait a little so that many become one; a later moment finds them all.
        let later = self.now() + jiff::SignedDuration::from_mins(1);
        let lease = Duration::from_secs(30);
        for ticket in self.store.take_due(handler.stage(), 100, 100, lease, later).await.unwrap() {
            let task = self.store.open_task(ticket.task, ticket.generation).await.unwrap().unwrap();
            let result = handler.handle(&task).await.unwrap();
            self.store.finish(vec![Finished { ticket, result }], self.now()).await.unwrap();
        }
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.0.lock().unwrap())
    }

    async fn state(&self) -> DueState {
        let filter = Filter { body: Some("water".into()), year: Some(2024), ..Filter::default() };
        self.store.dues(&filter).await.unwrap()[0].state
    }
}

fn report(upheld: i64, published: &str) -> Report {
    let shape = form("2021").unwrap().table("proceedings").unwrap();
    let value = |row: Key, column: Key| {
        Decimal::from(if row == "review" && (column == "upheld" || column == "total") { upheld } else { 0 })
    };
    let cell = |row: Key, column: Key| Cell {
        row,
        column,
        state: CellState::Printed,
        value: Some(value(row, column)),
        printed: value(row, column).to_string(),
        span: Span::default(),
        unit: None,
    };
    let cells = shape
        .rows()
        .flat_map(|(block, row)| block.columns.iter().map(move |c| cell(row.key, c.key)))
        .collect();
    Report {
        index: 0,
        kind: DocumentKind::AnnualReport,
        error: None,
        text: String::new(),
        charset: "UTF-8".into(),
        title: None,
        publisher: None,
        year: Some(2024),
        index_number: None,
        published: Some(Published {
            date: published.parse().unwrap(),
            kind: PublishedKind::PublishLine,
            span: None,
        }),
        signed: None,
        sections: Vec::new(),
        tables: vec![Table {
            key: shape.key,
            form: Key::find("2021").unwrap(),
            span: Span::default(),
            absent: Vec::new(),
            cells,
        }],
        hints: Vec::new(),
        doubts: Vec::new(),
    }
}

/// The site's first import is over and told; the report of 2024 is not there, its date has passed.
async fn after_import() -> Scene {
    let mut scene = Scene::at("2025-02-01T02:00:00Z").await;
    scene.poll(Vec::new()).await;
    scene.settle().await;
    scene
}

#[tokio::test]
async fn the_first_import_of_a_site_is_told_in_one_digest() {
    let scene = after_import().await;
    assert_eq!(scene.state().await, DueState::Overdue);
    assert_eq!(
        scene.told(),
        [
            "open digest 临川县政府网首次导入完成：缺失1，逾期未见1",
            "open office_digest 无上级的单位：2024年度报告期限2025-01-31（已过1天），应发布1家，已按时发布0家；逾期未见1家：临川县水务局",
        ]
    );
    let findings = scene.store.findings("water/2024").await.unwrap();
    assert_eq!(findings.iter().map(|f| f.finding.code.as_str()).collect::<Vec<_>>(), ["P802"]);
    let text = scene.metrics.text().unwrap();
    let overdue =
        "gongkai_reports_overdue{kind=\"department\",level=\"county\",region=\"9901\",year=\"2024\"} 1";
    assert!(text.contains(overdue), "{text}");
}

#[tokio::test]
async fn a_report_that_appears_late_is_told_once_and_ends_the_accusation() {
    let mut scene = after_import().await;
    scene.told();
    scene.move_to("2025-02-05T02:00:00Z");
    scene.publish(3, "2025-02-05").await;
    scene.settle().await;
    assert_eq!(scene.state().await, DueState::Late);
    let mut told = scene.told();
    told.sort();
    insta::assert_snapshot!(told.join("\n"));
    let open = scene.store.findings("water/2024").await.unwrap().into_iter().filter(|f| f.fixed_at.is_none());
    assert_eq!(open.map(|f| f.finding.code).collect::<Vec<_>>(), ["P801"]);
    scene.move_to("2025-02-06T02:00:00Z");
    scene.settle().await;
    assert_eq!(scene.told(), Vec::<String>::new(), "nothing changed, nothing is told");
}

#[tokio::test]
async fn a_revision_after_the_date_is_told_with_the_difference() {
    let mut scene = after_import().await;
    scene.move_to("2025-02-05T02:00:00Z");
    scene.publish(3, "2025-01-20").await;
    scene.settle().await;
    scene.told();
    scene.move_to("2025-03-01T02:00:00Z");
    scene.publish(5, "2025-01-20").await;
    scene.settle().await;
    assert_eq!(
        scene.told(),
        [
            "open revised 临川县水务局2024年度报告期限后有变动（2025-03-01发现）：行政复议/结果维持：3→5；行政复议/总计：3→5"
        ]
    );
    assert_eq!(scene.store.revisions().await.unwrap(), [("9901".to_owned(), 1)]);
}

#[tokio::test]
async fn a_site_that_cannot_be_seen_is_told_instead_of_its_bodies_and_taken_back_when_it_can() {
    let mut scene = Scene::at("2025-02-01T02:00:00Z").await;
    scene.settle().await;
    assert_eq!(scene.state().await, DueState::Unknown);
    assert_eq!(scene.told(), Vec::<String>::new(), "its first poll is still to come");
    scene.polled(Vec::new(), PollOutcome::Challenge).await;
    scene.settle().await;
    assert_eq!(scene.state().await, DueState::Unknown);
    assert!(scene.store.findings("water/2024").await.unwrap().is_empty());
    let told = scene.told();
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("open site_blind "), "{told:?}");
    scene.poll(Vec::new()).await;
    scene.settle().await;
    let mut told = scene.told();
    told.sort();
    assert!(told[0].starts_with("closed site_blind "), "{told:?}");
    // The report of 2023 is overdue as well: both stand in the digest.
    assert!(told[1].starts_with("open digest "), "{told:?}");
    assert!(told[2].starts_with("open office_digest "), "{told:?}");
    assert_eq!(told.len(), 3);
}

#[tokio::test]
async fn a_dismissed_finding_is_silent_and_speaks_again_when_it_is_taken_up_again() {
    let mut scene = after_import().await;
    scene.told();
    let finding = scene.store.findings("water/2024").await.unwrap().remove(0).finding.fingerprint;
    scene.store.dismiss(&finding, true, &Remark::default(), scene.now()).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.told(), ["closed overdue 临川县水务局2024年度报告：未见报告的提醒结束"]);
    scene.move_to("2025-02-02T02:00:00Z");
    scene.settle().await;
    assert_eq!(scene.told(), Vec::<String>::new(), "silent the next day as well");
    scene.store.dismiss(&finding, false, &Remark::default(), scene.now()).await.unwrap();
    scene.settle().await;
    let told = scene.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("open overdue 临川县水务局2024年度报告未发现"), "{told:?}");
}

#[tokio::test]
async fn an_office_is_told_once_by_two_alerters_and_after_a_restart() {
    let mut scene = after_import().await;
    let digests = |told: Vec<String>| told.iter().filter(|line| line.contains("office_digest")).count();
    assert_eq!(digests(scene.told()), 1);
    // A year later two weeks before the next date, two calendars at the same time.
    scene.move_to("2026-01-17T02:00:00Z");
    let mut other = scene.another_ticker();
    for _ in 0..3 {
        other.tick(&CancellationToken::new()).await.unwrap();
        scene.settle().await;
    }
    assert_eq!(digests(scene.told()), 1);
    scene.ticker = scene.another_ticker();
    scene.settle().await;
    assert_eq!(digests(scene.told()), 0, "a restart tells nothing again");
}

#[tokio::test]
async fn a_list_that_is_empty_twice_and_work_that_was_set_aside_are_told_and_taken_back() {
    let mut scene = after_import().await;
    scene.told();
    scene.polled(Vec::new(), PollOutcome::Empty).await;
    scene.settle().await;
    assert_eq!(scene.told(), Vec::<String>::new(), "once may be a hiccup");
    scene.polled(Vec::new(), PollOutcome::Empty).await;
    let ticket = scene.store.raise(Stage::Parse, "7", scene.now(), scene.now()).await.unwrap();
    let failure = Failure::new(FailureClass::Contract, "`7` is no version id");
    scene.store.park(&ticket, &failure, scene.now()).await.unwrap();
    scene.settle().await;
    let told = scene.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("open site_changed 临川县政府网栏目annual没有可识别的条目"), "{told:?}");
    assert!(told[1].starts_with("open parked 解析阶段有1项任务被搁置"), "{told:?}");
    scene.poll(Vec::new()).await;
    scene.work(Stage::Parse, "7", StageResult::Nothing).await;
    scene.settle().await;
    let told = scene.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("closed site_changed ") && told[1].starts_with("closed parked "), "{told:?}");
}

#[tokio::test]
async fn a_body_that_the_registry_relieves_is_no_longer_accused() {
    let mut scene = after_import().await;
    let relieved = Body { reports_itself: false, ..body() };
    scene.move_to("2025-02-02T02:00:00Z");
    scene.store.put_bodies(&[relieved], scene.now()).await.unwrap();
    scene.settle().await;
    assert_eq!(scene.state().await, DueState::NotDue);
    let open = scene.store.findings("water/2024").await.unwrap().into_iter().filter(|f| f.fixed_at.is_none());
    assert_eq!(open.count(), 0);
}
