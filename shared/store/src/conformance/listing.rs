//! The whole of the store in pages.
use std::sync::Arc;

use gongkai_model::{Severity, Stage};
use uuid::Uuid;

use super::scene::{
    LIST, SITE, at, body, due, fetched, finding, judge, listed, nobodys, of, read, watched, work,
};
use crate::{
    DueAssessed, DueState, ListedFinding, ListedReport, Owner, ParsedReport, Scope, StageResult, Store,
    Wanted,
};

/// A report on a page of its own; gives its version.
async fn told(store: &dyn Store, column: Uuid, name: &str, report: ParsedReport) -> Uuid {
    let source = listed(store, column, &format!("{LIST}{name}.html")).await;
    let version = fetched(store, source, name, at(2)).await;
    read(store, version, name, vec![report], at(3)).await;
    version
}

/// Reports of two bodies, both scopes of one of them, and one of nobody; gives the version of jiaoyu/2025.
async fn filled(store: &dyn Store) -> (Uuid, Uuid) {
    let column = watched(store).await;
    store.put_bodies(&[body("jiaoyu"), body("caizheng")], at(0)).await.unwrap();
    let version = told(store, column, "a", of("jiaoyu", 2025)).await;
    told(store, column, "b", ParsedReport { scope: Scope::Area, ..of("jiaoyu", 2025) }).await;
    told(store, column, "c", of("caizheng", 2024)).await;
    told(store, column, "d", nobodys()).await;
    let hint = gongkai_model::Finding { severity: Severity::Hint, ..finding("S113", "f2") };
    judge(store, version, vec![finding("T301", "f1"), hint], &["T301", "S113"], at(4)).await;
    (column, version)
}

async fn reports(store: &dyn Store, wanted: &Wanted, limit: u32) -> Vec<ListedReport> {
    let mut all: Vec<ListedReport> = Vec::new();
    loop {
        let page = store.reports_after(wanted, all.last(), limit).await.unwrap();
        assert!(page.len() <= limit as usize);
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

async fn findings(store: &dyn Store, wanted: &Wanted, limit: u32) -> Vec<ListedFinding> {
    let mut all: Vec<ListedFinding> = Vec::new();
    loop {
        let page = store.findings_after(wanted, all.last(), limit).await.unwrap();
        assert!(page.len() <= limit as usize);
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

fn identities(reports: &[ListedReport]) -> Vec<String> {
    reports.iter().map(|listed| listed.row.identity().to_string()).collect()
}

/// What is due of jiaoyu for 2025, with a finding of the calendar.
async fn assess(store: &dyn Store) {
    let assessed = DueAssessed {
        due: due("jiaoyu", 2025, DueState::Late, at(5)),
        findings: vec![finding("P801", "f3")],
        evaluated: vec!["P801".into()],
        alerts: Vec::new(),
    };
    work(store, Stage::Due, "jiaoyu/2025", StageResult::Due(Box::new(assessed)), at(5)).await;
}

pub async fn current_reports_are_told_once_each_in_pages(store: Arc<dyn Store>) {
    let store = &*store;
    filled(store).await;
    assess(store).await;
    let all = reports(store, &Wanted::default(), 10).await;
    let nobody = format!("{LIST}d.html#0");
    assert_eq!(identities(&all), ["caizheng/2024", nobody.as_str(), "jiaoyu/2025", "jiaoyu/2025"]);
    for limit in 1..4 {
        assert_eq!(reports(store, &Wanted::default(), limit).await, all, "in pages of {limit}");
    }
    let own = all.iter().find(|listed| listed.row.scope == Scope::Own && listed.errors > 0).unwrap();
    let owner = Owner {
        name: "临河市jiaoyu局".into(),
        region: "9901".into(),
        level: body("x").level,
        kind: body("x").kind,
    };
    assert_eq!((own.owner.as_ref(), own.site.as_str(), own.first_seen_at), (Some(&owner), SITE, at(1)));
    assert_eq!((own.errors, own.warnings, own.hints), (2, 0, 1), "those of the calendar too");
    assert_eq!((own.due, own.due_state), (Some(jiff::civil::date(2026, 1, 31)), Some(DueState::Late)));
    assert_eq!(own.row.report.tables[0].cells.len(), 2);
    let nobodys = &all[1];
    assert_eq!((&nobodys.owner, nobodys.due_state, nobodys.errors), (&None, None, 0));
}

pub async fn a_report_that_is_renewed_between_two_pages_is_told_once(store: Arc<dyn Store>) {
    let store = &*store;
    let (column, _) = filled(store).await;
    let first = store.reports_after(&Wanted::default(), None, 1).await.unwrap();
    assert_eq!(identities(&first), ["caizheng/2024"]);
    let source = listed(store, column, &format!("{LIST}e.html")).await;
    let newer = fetched(store, source, "e", at(6)).await;
    read(store, newer, "e", vec![of("caizheng", 2024)], at(7)).await;
    assert!(store.reports_of_version(newer).await.unwrap()[0].current);
    let rest = store.reports_after(&Wanted::default(), first.last(), 10).await.unwrap();
    let again = rest.iter().filter(|listed| listed.row.body.as_deref() == Some("caizheng")).count();
    assert_eq!((rest.len(), again), (3, 0));
}

pub async fn findings_are_told_with_their_life_and_whose_they_are(store: Arc<dyn Store>) {
    let store = &*store;
    let (_, version) = filled(store).await;
    assess(store).await;
    judge(store, version, vec![finding("T301", "f1")], &["T301", "S113"], at(6)).await;
    let all = findings(store, &Wanted::default(), 10).await;
    let told: Vec<(&str, &str)> =
        all.iter().map(|listed| (listed.scope.as_str(), listed.found.finding.code.as_str())).collect();
    assert_eq!(told, [("due", "P801"), ("own", "T301"), ("own", "S113")]);
    for limit in 1..3 {
        assert_eq!(findings(store, &Wanted::default(), limit).await, all, "in pages of {limit}");
    }
    let report = store.reports_of_version(version).await.unwrap()[0].id;
    assert_eq!((all[0].report, all[1].report), (None, Some(report)));
    let owner = all[1].owner.as_ref().unwrap();
    assert_eq!((owner.name.as_str(), owner.region.as_str()), ("临河市jiaoyu局", "9901"));
    let found = &all[1].found;
    assert_eq!((found.first_seen_at, found.last_seen_at, found.fixed_at), (at(4), at(6), None));
    assert_eq!(all[2].found.fixed_at, Some(at(6)));
    let open = findings(store, &Wanted { open: true, ..Wanted::default() }, 10).await;
    assert_eq!(open.len(), 2, "the one that is fixed is left out");
}

pub async fn what_is_wanted_restricts_both(store: Arc<dyn Store>) {
    let store = &*store;
    filled(store).await;
    let bodies = |ids: &[&str]| Some(ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
    for (wanted, of_reports, of_findings) in [
        (Wanted::default(), 4, 2),
        (Wanted { bodies: bodies(&["jiaoyu"]), ..Wanted::default() }, 2, 2),
        (Wanted { bodies: bodies(&["jiaoyu", "caizheng"]), ..Wanted::default() }, 3, 2),
        (Wanted { bodies: bodies(&[]), ..Wanted::default() }, 0, 0),
        (Wanted { year: Some(2024), ..Wanted::default() }, 1, 0),
        (Wanted { bodies: bodies(&["caizheng"]), year: Some(2025), open: true }, 0, 0),
    ] {
        assert_eq!(reports(store, &wanted, 2).await.len(), of_reports, "{wanted:?}");
        assert_eq!(findings(store, &wanted, 2).await.len(), of_findings, "{wanted:?}");
    }
}
