//! `run --demo`, undisturbed: what it finds, tells and serves, and that a second start changes nothing.
use std::{sync::OnceLock, time::Duration};

use crate::{exposition::Exposition, receiver::Receiver};
use gongkai_harness::{
    folder::{Folder, repository},
    picture::{DEMO_STORE, Picture, complete_polls, settle},
    service::{ORDERLY, Service},
    wait::until,
    web,
};

/// Pages of the demo's list; one of them is replaced between two polls.
const LISTED: usize = 18;

/// What was seen of one undisturbed run, once for all tests that compare with it.
pub(crate) struct Undisturbed {
    pub(crate) picture: Picture,
    summary: String,
    errors: String,
    stop: Duration,
    keys: Vec<String>,
}

/// The undisturbed run: until nothing is left to do, ended by Ctrl-C.
pub(crate) fn undisturbed() -> &'static Undisturbed {
    static RUN: OnceLock<Undisturbed> = OnceLock::new();
    RUN.get_or_init(|| {
        let (folder, receiver) = (Folder::new(), Receiver::start());
        let store = folder.path().join(DEMO_STORE);
        let mut service = Service::demo(folder.path(), &[("GONGKAI_ALERT__WEBHOOK_URL", &receiver.url())]);
        let summary = service.summary();
        settle("the demo", &service, &store, 3);
        let errors = service.errors();
        let (status, stop) = service.interrupt();
        assert!(status.success(), "{status:?}");
        Undisturbed { picture: Picture::of(&store), summary, errors, stop, keys: receiver.keys() }
    })
}

#[test]
fn the_summary_names_what_was_planted() {
    let summary = &undisturbed().summary;
    for words in [
        "读到 18 份报告：表内勾稽一致 15，表内勾稽不一致 1，表内勾稽不完整 2",
        "未发布  云泽市财政局 2025 年度报告，应于 2026-01-31 前发布",
        "迟发  云泽市教育局 2025 年度报告，应于 2026-01-31 前发布，2026-02-11 发布",
        "P806 警告  云泽市市场监督管理局 2025 年度",
        "（一）予以公开/总计：55→46",
        "S103 错误  云泽市人力资源和社会保障局 2025 年度",
        "S110 错误  霁川区人民政府 2025 年度",
        "T301 错误  云泽市公安局 2025 年度",
        "T303 错误  云泽市公安局 2025 年度",
        "S104 警告  云泽市自然资源和规划局 2024 年度",
    ] {
        assert!(summary.contains(words), "{words}\n{summary}");
    }
    // Corrected by then: no longer an open finding.
    assert!(!summary.contains("T301 错误  云泽市市场监督管理局"), "{summary}");
}

#[test]
fn the_demo_runs_without_a_warning_and_stops_in_time() {
    let run = undisturbed();
    assert_eq!(run.errors, "");
    assert!(run.stop <= ORDERLY, "took {:?}", run.stop);
}

#[test]
fn the_store_holds_what_was_planted_and_nothing_twice() {
    let picture = &undisturbed().picture;
    // One page has two versions.
    assert_eq!(picture.count("report"), LISTED + 1);
    assert_eq!(picture.count("parked"), 0);
    let planted: [&[&str]; 12] = [
        &["finding yz-gaj/2025 T301 error", "unavailable.not_held", "total", "\"25\"", "\"35\"", "open"],
        &["finding yz-gaj/2025 T302 error", "results_total", "\"107\"", "\"97\"", "open"],
        &["finding yz-gaj/2025 T303 error", "natural_person", "\"92\"", "\"89\"", "open"],
        &["finding yz-rsj/2025 S103 error", "\"requests\"", "open"],
        &["finding jichuan-gov/2025 S110 error", "denied.administrative_query", "open"],
        &["finding shiling-town/2025 S113 hint", "open"],
        &["finding yz-zrzy/2024 S104 warning", "open"],
        &["finding yz-scjg/2025 T301 error", "granted", "\"46\"", "\"55\"", "fixed"],
        &["finding yz-scjg/2025 P806 warning", "open"],
        &["finding yz-jyj/2025 P801", "open"],
        &["finding yz-czj/2025 P802 error", "open"],
        &["due yz-czj/2025 missing due=Some(2026-01-31)", "found=false"],
    ];
    for parts in planted {
        assert!(picture.has(parts), "{parts:?}");
    }
    // The page of sentences gave no cell; the empty column stayed empty.
    assert!(!picture.has(&["cell yz-rsj/2025"]));
    assert!(picture.has(&["cell shiling-town/2025", "requests new_received total blank None"]));
    assert!(!picture.has(&["cell shiling-town/2025", "total printed Some(0)", "requests"]));
    // The page in GBK was read as such.
    assert!(picture.has(&["cell yz-wjw/2025", "requests new_received total printed"]));
}

#[test]
fn every_alert_is_told_once() {
    let run = undisturbed();
    let mut keys = run.keys.clone();
    keys.sort();
    let told = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), told, "told twice: {:?}", run.keys);
    assert!(!keys.is_empty() && keys.iter().all(|key| !key.is_empty()), "{keys:?}");
    let picture = &run.picture;
    assert!(picture.has(&["alert revised", "yz-scjg"]), "{picture:#?}");
    assert!(picture.has(&["alert missing", "yz-czj"]), "{picture:#?}");
    assert!(picture.has(&["alert digest"]));
}

#[test]
fn a_second_start_loses_and_doubles_nothing() {
    let folder = Folder::new();
    let store = folder.path().join(DEMO_STORE);
    let mut first = Service::demo(folder.path(), &[]);
    first.summary();
    settle("the first run", &first, &store, 3);
    assert!(first.interrupt().0.success());
    let before = Picture::of(&store);
    let polls = complete_polls(&store);
    let mut second = Service::demo(folder.path(), &[]);
    second.summary();
    settle("the second run", &second, &store, polls + 2);
    assert!(second.interrupt().0.success());
    before.assert_same(&Picture::of(&store), "a second start");
}

#[test]
fn two_services_on_one_store_are_refused() {
    let folder = Folder::new();
    let mut first = Service::demo(folder.path(), &[]);
    first.console();
    let said = folder.shell("GONGKAI_HTTP__LISTEN=127.0.0.1:0 timeout 20 \"$GONGKAI\" run --demo").err_of(2);
    assert!(said.contains("正被另一个 gongkai run"), "{said}");
    first.summary();
}

#[test]
fn metrics_say_what_the_store_says() {
    let folder = Folder::new();
    let store = folder.path().join(DEMO_STORE);
    let mut service = Service::demo(folder.path(), &[]);
    let console = service.console();
    settle("the demo", &service, &store, 3);
    // The alerter reads the store once a second.
    let metrics = until("the gauges follow", Duration::from_secs(20), || {
        let metrics = Exposition::of(&console);
        (metrics.sum("gongkai_reports_revised_total", &[]) == 1.0).then_some(metrics)
    });
    kinds_and_labels(&metrics);
    values(&metrics);
    assert_eq!(web::get(&format!("{console}healthz")).status, 200);
    assert_eq!(web::get(&format!("{console}readyz")).status, 200);
}

fn kinds_and_labels(metrics: &Exposition) {
    for (name, kind, labels) in [
        ("gongkai_documents_fetched_total", "counter", &["outcome", "site"][..]),
        ("gongkai_site_last_success_timestamp_seconds", "gauge", &["site"]),
        ("gongkai_messages_total", "counter", &["outcome", "queue"]),
        ("gongkai_queue_depth", "gauge", &["queue"]),
        ("gongkai_dead_letters", "gauge", &["queue"]),
        ("gongkai_oldest_unfinished_seconds", "gauge", &[]),
        ("gongkai_reports", "gauge", &["level", "region", "verdict", "year"]),
        ("gongkai_findings", "gauge", &["code", "region", "severity"]),
        ("gongkai_reports_expected", "gauge", &["kind", "level", "region", "year"]),
        ("gongkai_reports_missing", "gauge", &["kind", "level", "region", "year"]),
        ("gongkai_reports_overdue", "gauge", &["kind", "level", "region", "year"]),
        ("gongkai_reports_late", "gauge", &["kind", "level", "region", "year"]),
        ("gongkai_reports_revised_total", "counter", &["region"]),
        ("gongkai_build_info", "gauge", &["version"]),
    ] {
        assert_eq!(metrics.kind(name), kind, "{name}");
        assert_eq!(metrics.labels(name), labels, "{name}");
    }
    assert_eq!(metrics.kind("gongkai_fetch_seconds"), "histogram");
    assert_eq!(metrics.kind("gongkai_stage_seconds"), "histogram");
    assert_eq!(metrics.labels("gongkai_stage_seconds_count"), ["stage"]);
}

fn values(metrics: &Exposition) {
    let region = ("region", "9901");
    // 16 bodies for 2025; one is missing, one was late, one report was revised.
    let year = ("year", "2025");
    assert_eq!(metrics.sum("gongkai_reports_expected", &[region, year]), 16.0);
    assert_eq!(metrics.sum("gongkai_reports_missing", &[region, year]), 1.0);
    assert_eq!(metrics.sum("gongkai_reports_late", &[region, year]), 1.0);
    assert_eq!(metrics.sum("gongkai_reports_overdue", &[region, year]), 0.0);
    assert_eq!(metrics.sum("gongkai_reports", &[region, year]), 15.0);
    assert_eq!(metrics.sum("gongkai_reports", &[("verdict", "inconsistent"), year]), 1.0);
    assert_eq!(metrics.sum("gongkai_findings", &[("code", "T301"), ("severity", "error")]), 1.0);
    assert_eq!(metrics.sum("gongkai_findings", &[("code", "T401"), region]), 0.0);
    // 18 pages, the revision, and the lists.
    assert!(metrics.sum("gongkai_documents_fetched_total", &[("site", "yunze")]) >= 19.0);
    assert_eq!(metrics.sum("gongkai_messages_total", &[("queue", "parse"), ("outcome", "done")]), 19.0);
    assert_eq!(metrics.sum("gongkai_messages_total", &[("queue", "judge"), ("outcome", "done")]), 19.0);
    assert_eq!(metrics.sum("gongkai_messages_total", &[("outcome", "dead_lettered")]), 0.0);
    assert_eq!(metrics.sum("gongkai_dead_letters", &[]), 0.0);
    assert_eq!(metrics.sum("gongkai_stage_seconds_count", &[("stage", "parse")]), 19.0);
    assert_eq!(metrics.sum("gongkai_build_info", &[]), 1.0);
    let now = jiff::Timestamp::now().as_millisecond() as f64 / 1000.0;
    let success = metrics.sum("gongkai_site_last_success_timestamp_seconds", &[("site", "yunze")]);
    assert!(success > now - 120.0 && success <= now, "{success} {now}");
}

#[test]
fn the_original_is_served_as_it_was_published() {
    let folder = Folder::new();
    let mut service = Service::demo(folder.path(), &[]);
    let console = service.console();
    service.summary();
    let page = web::get(&format!("{console}bodies/yz-wjw/2025"));
    let place =
        page.head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default().to_owned();
    assert!(page.status == 303 || page.status == 307 || page.status == 302, "{}", page.head);
    let report = web::get(&format!("{}{place}", console.trim_end_matches('/'))).text();
    let blob = report.split("/original/").nth(1).unwrap().split('"').next().unwrap();
    let original = web::get(&format!("{console}original/{blob}"));
    let published = std::fs::read(repository().join("examples/site/reports/yz-wjw-2025.html")).unwrap();
    assert!(original.body == published, "the archive's bytes differ from what the site served");
    assert!(original.head.to_lowercase().contains("content-security-policy"), "{}", original.head);
    assert_eq!(web::get(&format!("{console}original/{}", "0".repeat(64))).status, 404);
    assert_eq!(web::get(&format!("{console}nowhere")).status, 404);
}
