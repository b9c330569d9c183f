//! A store with one site, two bodies, one inconsistent report with a hostile title, and one report that is overdue.
use std::{sync::Arc, time::Duration};

use gongkai_model::{
    Body, Cell, CellState, DocumentKind, Evidence, Finding, Key, Kind, Level, Origin, Published,
    PublishedKind, Quote, Report, Severity, Span, Stage, Table, Text, Verdict, form,
};
use gongkai_runtime::clock::FrozenClock;
use gongkai_store::{
    Archive, BlobId, ColumnPolled, Due, DueAssessed, DueState, FileArchive, Finished, Found, Judged,
    JudgedReport, PageFetched, PageOutcome, Parsed, ParsedReport, Poll, PollOutcome, ReportDocument, Scope,
    Site, SqlStore, StageResult, Store,
};
use jiff::{Timestamp, civil::date};
use rust_decimal::Decimal;
use uuid::Uuid;

/// What must never reach a page as it stands.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>";
/// The bytes of the page.
pub(crate) const ORIGINAL: &str = "<html><script>alert('original')</script></html>";

/// A store and what is in it.
pub(crate) struct Scene {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) clock: Arc<FrozenClock>,
    pub(crate) report: Uuid,
    pub(crate) blob: BlobId,
    _folder: tempfile::TempDir,
}

fn now() -> Timestamp {
    "2025-02-10T02:00:00Z".parse().unwrap()
}

fn body(id: &str, name: &str, kind: Kind, level: Level) -> Body {
    Body {
        id: id.into(),
        name: name.into(),
        former_names: Vec::new(),
        code: "990100".into(),
        level,
        kind,
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
    /// Nothing at all.
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: Arc::new(SqlStore::sqlite_in_memory().await.unwrap()),
            archive: Arc::new(FileArchive::open(folder.path()).unwrap()),
            clock: Arc::new(FrozenClock::at(now())),
            report: Uuid::nil(),
            blob: BlobId::of(b""),
            _folder: folder,
        }
    }

    /// One report found and wrong, one overdue.
    pub(crate) async fn filled() -> Self {
        let mut scene = Self::empty().await;
        let column = scene.watch().await;
        let source = scene.list(column).await;
        let version = scene.fetch(source).await;
        scene.judge(version).await;
        scene.due("water", DueState::InTime, Some(scene.report), Vec::new()).await;
        scene.due("schools", DueState::Overdue, None, Vec::new()).await;
        scene
    }

    /// The report of a body for 2024 is missing, and that is a finding.
    pub(crate) async fn misses(&self, body: &str) {
        self.due(body, DueState::Missing, None, vec![missing(body)]).await;
    }

    /// The page of the one report is another body's report now: there is a version of before, and no current one.
    pub(crate) async fn moves(&mut self) {
        let source = self.store.report(self.report).await.unwrap().unwrap().source;
        self.fetched(source, "now it is the city's").await;
        self.parsed("city").await;
    }

    async fn work(&self, stage: Stage, subject: &str, result: StageResult) {
        let ticket = self.store.raise(stage, subject, now(), now()).await.unwrap();
        assert_eq!(self.store.finish(vec![Finished { ticket, result }], now()).await.unwrap(), [true]);
    }

    async fn take(&self, stage: Stage) -> Uuid {
        let tickets = self.store.take_due(stage, 10, 10, Duration::from_secs(30), now()).await.unwrap();
        tickets[0].subject.parse().unwrap()
    }

    async fn watch(&self) -> Uuid {
        let site = Site {
            id: "linchuan".into(),
            name: "临川市政府网".into(),
            region: "9901".into(),
            home: "http://www.linchuan.example/".into(),
        };
        self.store
            .put_site(&site, &[("annual".into(), "http://www.linchuan.example/xxgk/".into())], now())
            .await
            .unwrap();
        let bodies = [
            body("city", "临川市人民政府", Kind::Government, Level::Prefecture),
            body("water", "临川市水务局", Kind::Department, Level::Prefecture),
            body("schools", "临川市教育局", Kind::Department, Level::Prefecture),
        ];
        self.store.put_bodies(&bodies, now()).await.unwrap();
        self.store.schedule_fetches(100, 100, now()).await.unwrap();
        self.take(Stage::Fetch).await
    }

    async fn list(&self, column: Uuid) -> Uuid {
        let poll = Poll {
            site: "linchuan".into(),
            column: "annual".into(),
            at: now(),
            outcome: PollOutcome::Ok,
            complete: true,
            pages: 1,
            items: 1,
            detail: None,
        };
        let found = Found {
            url: "http://www.linchuan.example/xxgk/1.html".into(),
            title: HOSTILE.into(),
            date: None,
            body: Some("water".into()),
            year: Some(2024),
        };
        let next_fetch_at = "2099-01-01T00:00:00Z".parse().unwrap();
        let polled = ColumnPolled {
            source: column,
            poll,
            found: vec![found],
            concerns: Vec::new(),
            next_fetch_at,
            soon_at: None,
        };
        self.work(Stage::Fetch, &column.to_string(), StageResult::Column(polled)).await;
        self.take(Stage::Fetch).await
    }

    async fn fetch(&mut self, source: Uuid) -> Uuid {
        self.blob = self.fetched(source, ORIGINAL).await;
        self.parsed("water").await
    }

    async fn fetched(&self, source: Uuid, page: &str) -> BlobId {
        let blob = self.archive.put(page.as_bytes()).await.unwrap();
        let outcome = PageOutcome::Fresh {
            blob: blob.clone(),
            size: page.len() as u64,
            media_type: Some("text/html".into()),
            etag: None,
            last_modified: None,
        };
        let next_fetch_at = "2099-01-01T00:00:00Z".parse().unwrap();
        let fetched = PageFetched { source, at: now(), outcome, next_fetch_at };
        self.work(Stage::Fetch, &source.to_string(), StageResult::Page(fetched)).await;
        blob
    }

    async fn parsed(&self, body: &str) -> Uuid {
        let version = self.take(Stage::Parse).await;
        let report = ParsedReport {
            report: ReportDocument::of(&report()).unwrap(),
            body: Some(body.into()),
            year: Some(2024),
            scope: Scope::Own,
        };
        let parsed = Parsed { version, text_hash: body.into(), normaliser: 1, reports: vec![report] };
        self.work(Stage::Parse, &version.to_string(), StageResult::Parsed(parsed)).await;
        version
    }

    async fn judge(&mut self, version: Uuid) {
        let row = self.store.reports_of_version(version).await.unwrap().remove(0);
        self.report = row.id;
        let judged = JudgedReport {
            report: row.id,
            identity: row.identity(),
            verdict: Some(Verdict::Inconsistent),
            findings: vec![finding()],
            evaluated: vec!["T401".into()],
        };
        let judged = Judged { version, reports: vec![judged] };
        self.work(Stage::Judge, &version.to_string(), StageResult::Judged(judged)).await;
    }

    async fn due(&self, body: &str, state: DueState, report: Option<Uuid>, findings: Vec<Finding>) {
        let due = Due {
            body: body.into(),
            year: 2024,
            due: Some(date(2025, 1, 31)),
            state,
            report,
            published: report.map(|_| date(2025, 1, 20)),
            reason: Text::new("栏目已完整巡查", "the list was read completely"),
            assessed_at: now(),
        };
        let assessed = DueAssessed { due, findings, evaluated: Vec::new(), alerts: Vec::new() };
        self.work(Stage::Due, &format!("{body}/2024"), StageResult::Due(Box::new(assessed))).await;
    }
}

fn finding() -> Finding {
    Finding {
        fingerprint: "feed".into(),
        code: "T401".into(),
        rule: "proceedings-total".into(),
        severity: Severity::Error,
        origin: Origin::Publication,
        table: Some("proceedings".into()),
        row: Some("review".into()),
        column: Some("total".into()),
        expected: Some("4".into()),
        actual: Some("3".into()),
        message: Text::new("行政复议总计应为4，实为3", "total of reviews should be 4, is 3"),
        basis: Text::new("国办公开办函〔2021〕30号", "notice 30 of 2021"),
        evidence: vec![Evidence { text: format!("行政复议{HOSTILE}"), span: Span::new(0, 4) }],
        suspects: Vec::new(),
    }
}

fn missing(body: &str) -> Finding {
    Finding {
        fingerprint: format!("lost-{body}"),
        code: "P802".into(),
        rule: "report-missing".into(),
        table: None,
        row: None,
        column: None,
        expected: None,
        actual: None,
        message: Text::new("2024年度报告未发现", "no report for 2024 was found"),
        basis: Text::new("《政府信息公开条例》第四十九条", "Regulation, Art. 49"),
        evidence: Vec::new(),
        ..finding()
    }
}

/// A report with the table of proceedings alone: four reviews of which the total says three, one cell blank.
fn report() -> Report {
    let shape = form("2021").unwrap().table("proceedings").unwrap();
    let cell = |row: Key, column: Key| {
        let value = match (row.as_str(), column.as_str()) {
            ("review", "upheld") => Some(4),
            ("review", "total") => Some(3),
            ("litigation_direct", "pending") => None,
            _ => Some(0),
        };
        Cell {
            row,
            column,
            state: if value.is_some() { CellState::Printed } else { CellState::Blank },
            value: value.map(Decimal::from),
            printed: value.map(|value| value.to_string()).unwrap_or_default(),
            span: Span::default(),
            unit: None,
        }
    };
    let cells = shape
        .rows()
        .flat_map(|(block, row)| block.columns.iter().map(move |c| cell(row.key, c.key)))
        .collect();
    let quote = |text: &str| Some(Quote { text: text.into(), span: Span::default() });
    Report {
        index: 0,
        kind: DocumentKind::AnnualReport,
        error: None,
        text: String::new(),
        charset: "UTF-8".into(),
        title: quote(&format!("临川市水务局2024年政府信息公开工作年度报告{HOSTILE}")),
        publisher: quote(HOSTILE),
        year: Some(2024),
        index_number: None,
        published: Some(Published { date: date(2025, 1, 20), kind: PublishedKind::PublishLine, span: None }),
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
