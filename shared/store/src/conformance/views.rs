//! Lists and counts for people.
use std::sync::Arc;

use gongkai_model::{Severity, Stage};
use uuid::Uuid;

use super::scene::{
    PAGE, SITE, alert, at, body, due, failure, fetched, finding, judge, nobodys, of, page, poll, polled,
    read, take, watched, work,
};
use crate::{Coverage, DueAssessed, DueState, FailureClass, Filter, PollOutcome, StageResult, Store};

/// A judged report of a body for 2025; gives its version.
async fn judged(store: &dyn Store) -> Uuid {
    store.put_bodies(&[body("jiaoyu"), body("caizheng")], at(0)).await.unwrap();
    let source = page(store, PAGE).await;
    let version = fetched(store, source, "one", at(2)).await;
    read(store, version, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    let hint = gongkai_model::Finding { severity: Severity::Hint, ..finding("S113", "f2") };
    judge(store, version, vec![finding("T301", "f1"), hint], &["T301", "S113"], at(4)).await;
    version
}

async fn assess(store: &dyn Store, body: &str, state: DueState, report: Option<Uuid>) {
    let due = crate::Due { report, ..due(body, 2025, state, at(5)) };
    let assessed =
        DueAssessed { due, findings: Vec::new(), evaluated: Vec::new(), alerts: vec![alert(body, true)] };
    work(store, Stage::Due, &format!("{body}/2025"), StageResult::Due(Box::new(assessed)), at(5)).await;
}

pub async fn latest_lists_current_reports_by_filter(store: Arc<dyn Store>) {
    judged(&*store).await;
    let all = store.latest(&Filter::default()).await.unwrap();
    assert_eq!(all.len(), 1);
    let line = &all[0];
    assert_eq!((line.title.as_str(), line.body_name.as_deref()), ("年度报告", Some("临河市jiaoyu局")));
    assert_eq!((line.errors, line.warnings, line.hints, line.fetched_at), (1, 0, 1, at(2)));
    assert_eq!((line.body.as_deref(), line.year, line.url.as_str()), (Some("jiaoyu"), Some(2025), PAGE));
    let shown = [
        (Filter { site: Some(SITE.into()), ..Filter::default() }, 1),
        (Filter { site: Some("x".into()), ..Filter::default() }, 0),
        (Filter { body: Some("jiaoyu".into()), ..Filter::default() }, 1),
        (Filter { year: Some(2024), ..Filter::default() }, 0),
        (Filter { text: Some("临河".into()), ..Filter::default() }, 1),
        (Filter { text: Some("年度".into()), ..Filter::default() }, 1),
        (Filter { text: Some("%".into()), ..Filter::default() }, 0),
        (Filter { offset: 1, ..Filter::default() }, 0),
        (Filter { id: Some(line.report), ..Filter::default() }, 1),
    ];
    for (filter, expected) in shown {
        assert_eq!(store.latest(&filter).await.unwrap().len(), expected, "{filter:?}");
    }
}

pub async fn coverage_counts_what_is_expected_found_and_sound(store: Arc<dyn Store>) {
    let version = judged(&*store).await;
    let report = store.reports_of_version(version).await.unwrap()[0].id;
    assess(&*store, "jiaoyu", DueState::InTime, Some(report)).await;
    assess(&*store, "caizheng", DueState::Overdue, None).await;
    let expected = Coverage {
        region: "9901".into(),
        level: body("x").level,
        kind: body("x").kind,
        year: 2025,
        expected: 2,
        found: 1,
        in_time: 1,
        late: 0,
        overdue: 1,
        missing: 0,
        unknown: 0,
        consistent: 0,
        inconsistent: 1,
        incomplete: 0,
        well_formed: 1,
    };
    assert_eq!(store.coverage().await.unwrap(), std::slice::from_ref(&expected));
    judge(&*store, version, vec![finding("S103", "f3")], &["T301", "S103"], at(6)).await;
    assert_eq!(store.coverage().await.unwrap(), [Coverage { well_formed: 0, ..expected }]);
}

pub async fn sites_tell_their_last_success(store: Arc<dyn Store>) {
    let column = watched(&*store).await;
    assert!(store.column_outcomes().await.unwrap().is_empty(), "not polled yet");
    let status = store.sites().await.unwrap().remove(0);
    assert_eq!((status.site.id.as_str(), status.last_success_at, status.last_poll), (SITE, None, None));
    poll(&*store, polled(column, vec![super::scene::found(PAGE, "年报")], at(1)), at(1)).await;
    let mut blind = polled(column, Vec::new(), at(2));
    blind.poll.outcome = PollOutcome::Empty;
    let ended = |outcome| vec![(SITE.to_owned(), outcome, 1)];
    assert_eq!(store.column_outcomes().await.unwrap(), ended(PollOutcome::Ok));
    poll(&*store, blind.clone(), at(2)).await;
    assert_eq!(store.column_outcomes().await.unwrap(), ended(PollOutcome::Empty));
    let status = store.sites().await.unwrap().remove(0);
    assert_eq!((status.last_success_at, status.last_poll), (Some(at(1)), Some(blind.poll)));
}

pub async fn findings_are_counted_by_region(store: Arc<dyn Store>) {
    let version = judged(&*store).await;
    let counts = store.finding_counts(2025).await.unwrap();
    let row = |code: &str, severity: &str| (code.to_owned(), severity.to_owned(), "9901".to_owned(), 1);
    assert_eq!(counts, [row("S113", "hint"), row("T301", "error")]);
    assert!(store.finding_counts(2024).await.unwrap().is_empty());
    assert!(store.revisions().await.unwrap().is_empty());
    judge(&*store, version, vec![finding("P806", "f9")], &["P806"], at(6)).await;
    judge(&*store, version, Vec::new(), &["P806"], at(7)).await;
    assert_eq!(store.revisions().await.unwrap(), [("9901".to_owned(), 1)], "ever found, fixed or not");
}

pub async fn a_trail_tells_every_stage(store: Arc<dyn Store>) {
    let version = judged(&*store).await;
    let row = store.reports_of_version(version).await.unwrap().remove(0);
    assess(&*store, "jiaoyu", DueState::InTime, Some(row.id)).await;
    let named = [
        PAGE.to_owned(),
        "jiaoyu/2025".into(),
        version.to_string(),
        row.id.to_string(),
        row.source.to_string(),
    ];
    for what in named {
        let trail = store.trail(&what, at(9)).await.unwrap().unwrap();
        assert_eq!(trail.about, what);
        assert!(trail.steps.is_sorted_by_key(|step| step.at), "{what}");
        let told: Vec<&str> = trail.steps.iter().map(|step| step.what.as_str()).collect();
        for stage in ["listed", "fetched", "read", "judged", "finding", "due", "alert", "done", "polled"] {
            assert!(told.contains(&stage), "{what}: no {stage} in {told:?}");
        }
    }
    let other = store.trail("caizheng/2025", at(9)).await.unwrap().unwrap();
    assert!(other.steps.iter().all(|step| step.what == "polled"), "known, and nothing happened but a poll");
}

pub async fn a_trail_says_what_is_waited_for(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let version = fetched(&*store, source, "one", at(2)).await;
    let waits = async |now| store.trail(PAGE, at(now)).await.unwrap().unwrap().waits_for.unwrap();
    assert!(waits(3).await.starts_with("parse：处理中"));
    let ticket = store.raise(Stage::Parse, &version.to_string(), at(4), at(4)).await.unwrap();
    assert!(waits(4).await.starts_with("parse：排队中"));
    store.retry(&ticket, &failure(FailureClass::Transient, "timeout"), at(90), at(5)).await.unwrap();
    let text = waits(5).await;
    assert!(text.contains("重试") && text.contains("timeout"), "{text}");
    store.park(&ticket, &failure(FailureClass::Document, "encrypted"), at(6)).await.unwrap();
    let text = waits(6).await;
    assert!(text.contains("redrive") && text.contains("encrypted"), "{text}");
    let by_task = store.trail(&ticket.task.to_string(), at(6)).await.unwrap().unwrap();
    let parked = by_task.steps.iter().find(|step| step.what == "parked").unwrap();
    assert_eq!(parked.severity, Some(Severity::Error));
    read(&*store, version, "h1", vec![nobodys()], at(7)).await;
    judge(&*store, version, Vec::new(), &[], at(8)).await;
    let text = waits(9).await;
    assert!(text.starts_with("下次抓取"), "{text}");
    assert!(take(&*store, Stage::Due, at(9)).await.is_empty(), "nobody's report is due of nobody");
}

pub async fn nothing_is_known_of_what_never_was(store: Arc<dyn Store>) {
    for what in ["http://nowhere.invalid/", "jiaoyu/2025", "", "x/y", &Uuid::now_v7().to_string()] {
        assert_eq!(store.trail(what, at(0)).await.unwrap(), None, "{what}");
    }
    let id = Uuid::now_v7();
    assert!(store.source(id).await.unwrap().is_none() && store.version(id).await.unwrap().is_none());
    assert!(store.report(id).await.unwrap().is_none() && store.alert(id).await.unwrap().is_none());
    assert!(store.open_task(id, 1).await.unwrap().is_none());
    assert!(store.reports_of_version(id).await.unwrap().is_empty());
}
