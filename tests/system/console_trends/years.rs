//! A store with six report years of two prefectures, and one year between them of which nothing is known: what trends are drawn from.
use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use gongkai_model::{Body, DocumentKind, Quote, Report, Span, Stage, Text, Verdict};
use gongkai_store::{
    BlobId, ColumnPolled, Due, DueAssessed, DueState, Finished, Found, Judged, JudgedReport, PageFetched,
    PageOutcome, Parsed, ParsedReport, Poll, PollOutcome, ReportDocument, Scope, Site, StageResult, Store,
    open_store_shared,
};
use jiff::{Timestamp, civil::date};
use uuid::Uuid;

/// Nothing of 2022.
pub(crate) const YEARS: [i16; 6] = [2019, 2020, 2021, 2023, 2024, 2025];
const PLACES: [(&str, &str); 2] = [("9901", "云泽市"), ("9902", "青岚市")];
const OFFICES: [&str; 5] = ["水务局", "教育局", "财政局", "农业农村局", "退役军人事务局"];

/// Each place with its government, its departments, and those of its counties.
pub(crate) fn registry() -> String {
    let mut registry = String::from(
        "id,name,former_names,code,level,kind,parent,site,local_due,vertical,rule_making,reports_itself,valid_from,valid_to,successor\n",
    );
    for (region, name) in PLACES {
        let mut line = |id: String, name: String, of: &str| {
            registry += &format!("{id},{name},,{region}00,{of},,,,false,,true,,,\n");
        };
        line(region.into(), format!("{name}人民政府"), "prefecture,government");
        for (number, office) in OFFICES.iter().enumerate() {
            line(format!("{region}-{number}"), format!("{name}{office}"), "prefecture,department");
            for (letter, county) in [("s", "石岭县"), ("w", "望楼区")] {
                line(format!("{region}-{number}{letter}"), format!("{county}{office}"), "county,department");
            }
        }
    }
    registry
}

/// Fills the store of this file, which a running console reads.
pub(crate) fn fill(database: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open_store_shared(&format!("sqlite:{}", database.display())).await.unwrap();
        Filling { store, reports: HashMap::new() }.all().await;
    });
}

struct Filling {
    store: Arc<dyn Store>,
    /// By body and year.
    reports: HashMap<(String, i16), Uuid>,
}

impl Filling {
    async fn all(mut self) {
        let bodies = self.store.bodies().await.unwrap();
        let of: Vec<_> = bodies.iter().flat_map(|body| YEARS.iter().map(move |year| (body, *year))).collect();
        let there = of.iter().filter(|(body, year)| fate(&body.id, *year) < 8);
        self.list(there.map(|(body, year)| found(body, *year)).collect()).await;
        self.fetch().await;
        self.parse().await;
        self.judge().await;
        for (body, year) in of {
            self.due(body, year).await;
        }
    }

    async fn take(&self, stage: Stage) -> Vec<(gongkai_store::Ticket, Uuid)> {
        let tickets = self.store.take_due(stage, 500, 500, Duration::from_secs(30), now()).await.unwrap();
        tickets.into_iter().map(|ticket| (ticket.clone(), ticket.subject.parse().unwrap())).collect()
    }

    async fn finish(&self, batch: Vec<Finished>) {
        assert!(!batch.is_empty());
        assert!(self.store.finish(batch, now()).await.unwrap().into_iter().all(|done| done));
    }

    async fn list(&self, found: Vec<Found>) {
        let home = "http://www.yunze.example/";
        let site = Site {
            id: "yunze".into(),
            name: "云泽市政府网".into(),
            region: "9901".into(),
            home: home.into(),
        };
        self.store.put_site(&site, &[("annual".into(), format!("{home}xxgk/"))], now()).await.unwrap();
        self.store.schedule_fetches(100, 100, now()).await.unwrap();
        let (ticket, source) = self.take(Stage::Fetch).await.remove(0);
        let (pages, items, next_fetch_at) = (1, found.len() as u32, later());
        let poll = Poll {
            site: "yunze".into(),
            column: "annual".into(),
            at: now(),
            outcome: PollOutcome::Ok,
            complete: true,
            pages,
            items,
            detail: None,
        };
        let polled = ColumnPolled { source, poll, found, concerns: Vec::new(), next_fetch_at, soon_at: None };
        self.finish(vec![Finished { ticket, result: StageResult::Column(polled) }]).await;
    }

    async fn fetch(&self) {
        let fetched = self.take(Stage::Fetch).await.into_iter().map(|(ticket, source)| {
            let outcome = PageOutcome::Fresh {
                blob: BlobId::of(source.as_bytes()),
                size: 16,
                media_type: Some("text/html".into()),
                etag: None,
                last_modified: None,
            };
            let page = PageFetched { source, at: now(), outcome, next_fetch_at: later() };
            Finished { ticket, result: StageResult::Page(page) }
        });
        self.finish(fetched.collect()).await;
    }

    async fn parse(&self) {
        let mut batch = Vec::new();
        for (ticket, version) in self.take(Stage::Parse).await {
            let source = self.store.version(version).await.unwrap().unwrap().source;
            let source = self.store.source(source).await.unwrap().unwrap();
            let report = ReportDocument::of(&report(source.title.as_deref().unwrap())).unwrap();
            let (body, year) = (source.body, source.year);
            let reports = vec![ParsedReport { report, body, year, scope: Scope::Own }];
            let parsed = Parsed { version, text_hash: version.to_string(), normaliser: 1, reports };
            batch.push(Finished { ticket, result: StageResult::Parsed(parsed) });
        }
        self.finish(batch).await;
    }

    async fn judge(&mut self) {
        let mut batch = Vec::new();
        for (ticket, version) in self.take(Stage::Judge).await {
            let row = self.store.reports_of_version(version).await.unwrap().remove(0);
            let of = (row.body.clone().unwrap(), row.year.unwrap());
            let verdict = match fate(&of.0, of.1) {
                2 => Verdict::Inconsistent,
                3 if of.1 < 2021 => Verdict::Incomplete,
                _ => Verdict::Consistent,
            };
            self.reports.insert(of, row.id);
            let judged = JudgedReport {
                report: row.id,
                identity: row.identity(),
                verdict: Some(verdict),
                findings: Vec::new(),
                evaluated: Vec::new(),
            };
            let judged = Judged { version, reports: vec![judged] };
            batch.push(Finished { ticket, result: StageResult::Judged(judged) });
        }
        self.finish(batch).await;
    }

    async fn due(&self, body: &Body, year: i16) {
        let report = self.reports.get(&(body.id.clone(), year)).copied();
        let state = match (report, fate(&body.id, year)) {
            (Some(_), 0 | 1) => DueState::Late,
            (Some(_), _) => DueState::InTime,
            (None, 8) => DueState::Missing,
            (None, _) => DueState::Unknown,
        };
        let due = Due {
            body: body.id.clone(),
            year,
            due: Some(date(year + 1, 1, 31)),
            state,
            report,
            published: report.map(|_| date(year + 1, 1, 20)),
            reason: Text::new("栏目已完整巡查", "the list was read completely"),
            assessed_at: now(),
        };
        let assessed = DueAssessed { due, findings: Vec::new(), evaluated: Vec::new(), alerts: Vec::new() };
        let ticket =
            self.store.raise(Stage::Due, &format!("{}/{year}", body.id), now(), now()).await.unwrap();
        self.finish(vec![Finished { ticket, result: StageResult::Due(Box::new(assessed)) }]).await;
    }
}

fn now() -> Timestamp {
    "2026-05-11T02:00:00Z".parse().unwrap()
}

fn later() -> Timestamp {
    "2099-01-01T00:00:00Z".parse().unwrap()
}

/// What becomes of a report, 0 to 9: the same in each run, other from year to year.
fn fate(body: &str, year: i16) -> u32 {
    let sum =
        body.bytes().fold(u32::from(year.unsigned_abs()) * 31, |sum, byte| sum * 33 % 9973 + u32::from(byte));
    sum % 10
}

fn found(body: &Body, year: i16) -> Found {
    Found {
        url: format!("http://www.yunze.example/xxgk/{}/{year}.html", body.id),
        title: format!("{}{year}年政府信息公开工作年度报告", body.name),
        date: None,
        body: Some(body.id.clone()),
        year: Some(year),
    }
}

fn report(title: &str) -> Report {
    Report {
        kind: DocumentKind::AnnualReport,
        charset: "UTF-8".into(),
        title: Some(Quote { text: title.into(), span: Span::default() }),
        ..Report::default()
    }
}
