//! Versions, their reports, and which of them is current.
use std::sync::Arc;

use gongkai_model::{DocumentKind, Report, Stage};
use uuid::Uuid;

use super::scene::{
    COLUMN, COPY, LIST, PAGE, at, body, fetched, found, identity, judge, listed, nobodys, of, page, poll,
    polled, read, report, site, stored, take, watched, work,
};
use crate::{BlobId, Filter, Found, PageOutcome, Parsed, ParsedReport, Scope, Site, StageResult, Store};

pub async fn fresh_bytes_become_a_version_that_is_read_and_judged(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let id = fetched(&*store, source, "bytes", at(2)).await;
    let version = store.version(id).await.unwrap().unwrap();
    assert_eq!((version.source, version.size, version.fetched_at), (source, 5, at(2)));
    assert_eq!((version.text_hash, version.normaliser, version.unchanged_from), (None, None, None));
    let seen = store.source(source).await.unwrap().unwrap();
    assert_eq!((seen.blob, seen.etag.as_deref()), (Some(BlobId::of(b"bytes")), Some("\"5\"")));
    read(&*store, id, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    assert_eq!(take(&*store, Stage::Judge, at(3)).await[0].subject, id.to_string());
    let version = store.version(id).await.unwrap().unwrap();
    assert_eq!((version.text_hash.as_deref(), version.normaliser), (Some("h1"), Some(1)));
    let row = store.reports_of_version(id).await.unwrap().remove(0);
    assert_eq!((row.current, row.verdict, row.url.as_str(), row.source), (true, None, PAGE, source));
    assert_eq!(row.report, report(0, "年度报告"), "what was read comes back as it was");
    assert_eq!(row.identity().to_string(), identity("jiaoyu", 2025));
    assert_eq!(store.report(row.id).await.unwrap(), Some(row));
}

pub async fn the_same_text_brings_nothing_new(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let first = fetched(&*store, source, "one", at(2)).await;
    read(&*store, first, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    take(&*store, Stage::Judge, at(3)).await;
    for (bytes, now) in [("one plus a counter", 4), ("one plus two", 6)] {
        let next = fetched(&*store, source, bytes, at(now)).await;
        read(&*store, next, "h1", vec![of("jiaoyu", 2025)], at(now + 1)).await;
        assert_eq!(store.version(next).await.unwrap().unwrap().unchanged_from, Some(first));
        assert!(store.reports_of_version(next).await.unwrap().is_empty());
        assert!(take(&*store, Stage::Judge, at(now + 1)).await.is_empty());
    }
    assert!(store.reports_of_version(first).await.unwrap()[0].current);
    assert_eq!(store.history("jiaoyu", 2025, 10).await.unwrap().len(), 1);
}

pub async fn a_text_that_comes_back_is_a_revision(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let mut versions = Vec::new();
    for (hash, now) in [("h1", 2), ("h2", 4), ("h1", 6)] {
        let version = fetched(&*store, source, &format!("{now}"), at(now)).await;
        read(&*store, version, hash, vec![of("jiaoyu", 2025)], at(now + 1)).await;
        versions.push(version);
    }
    let history = store.history("jiaoyu", 2025, 10).await.unwrap();
    let order: Vec<_> = history.iter().map(|row| (row.version, row.current)).collect();
    assert_eq!(order, [(versions[2], true), (versions[1], false), (versions[0], false)]);
    assert_eq!(store.history("jiaoyu", 2025, 1).await.unwrap().len(), 1);
}

pub async fn another_normaliser_is_never_unchanged(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let first = fetched(&*store, source, "one", at(2)).await;
    read(&*store, first, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    let second = fetched(&*store, source, "two", at(4)).await;
    let parsed =
        Parsed { version: second, text_hash: "h1".into(), normaliser: 2, reports: vec![of("jiaoyu", 2025)] };
    work(&*store, Stage::Parse, &second.to_string(), StageResult::Parsed(parsed), at(5)).await;
    assert_eq!(store.version(second).await.unwrap().unwrap().unchanged_from, None);
    assert!(store.reports_of_version(second).await.unwrap()[0].current);
}

pub async fn the_newest_version_is_current_whatever_the_order_of_reading(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let old = fetched(&*store, source, "one", at(2)).await;
    let new = fetched(&*store, source, "two", at(4)).await;
    read(&*store, new, "h2", vec![of("jiaoyu", 2025)], at(5)).await;
    read(&*store, old, "h1", vec![of("jiaoyu", 2025)], at(6)).await;
    assert!(store.reports_of_version(new).await.unwrap()[0].current);
    assert!(!store.reports_of_version(old).await.unwrap()[0].current);
    // Back to the text of `new` while the version between is read last: what the newest says counts.
    let between = fetched(&*store, source, "three", at(7)).await;
    let back = fetched(&*store, source, "two again", at(8)).await;
    read(&*store, back, "h2", vec![of("jiaoyu", 2025)], at(9)).await;
    read(&*store, between, "h3", vec![of("jiaoyu", 2025)], at(10)).await;
    assert!(store.reports_of_version(new).await.unwrap()[0].current);
    assert!(!store.reports_of_version(between).await.unwrap()[0].current);
}

pub async fn an_older_version_read_again_does_not_become_current(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let old = fetched(&*store, source, "one", at(2)).await;
    read(&*store, old, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    let new = fetched(&*store, source, "two", at(4)).await;
    read(&*store, new, "h2", vec![of("jiaoyu", 2025)], at(5)).await;
    read(&*store, old, "h1b", vec![of("jiaoyu", 2025)], at(6)).await;
    assert!(!store.reports_of_version(old).await.unwrap()[0].current);
    assert!(store.reports_of_version(new).await.unwrap()[0].current);
}

pub async fn reading_again_keeps_the_ids_of_reports(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let version = fetched(&*store, source, "one", at(2)).await;
    read(&*store, version, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    judge(&*store, version, Vec::new(), &[], at(4)).await;
    let before = store.reports_of_version(version).await.unwrap().remove(0);
    take(&*store, Stage::Judge, at(4)).await;
    read(&*store, version, "h1", vec![of("jiaoyu", 2025)], at(5)).await;
    let same = store.reports_of_version(version).await.unwrap().remove(0);
    assert_eq!(same, before, "read the same: same id, same verdict");
    assert_eq!(take(&*store, Stage::Judge, at(5)).await.len(), 1, "judged again all the same");
    let other = ParsedReport { report: stored(&report(0, "另一标题")), ..of("jiaoyu", 2024) };
    read(&*store, version, "h1", vec![other], at(6)).await;
    let after = store.reports_of_version(version).await.unwrap().remove(0);
    assert_eq!((after.id, after.year, after.verdict, after.current), (before.id, Some(2024), None, true));
    assert!(store.history("jiaoyu", 2025, 10).await.unwrap().is_empty());
    assert!(
        take(&*store, Stage::Due, at(6)).await.iter().any(|ticket| ticket.subject == "jiaoyu/2025"),
        "who lost its report is settled again"
    );
}

pub async fn a_document_with_fewer_reports_drops_the_rest(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let version = fetched(&*store, source, "one", at(2)).await;
    let second = ParsedReport { report: stored(&report(1, "第二份")), ..of("caizheng", 2025) };
    read(&*store, version, "h1", vec![of("jiaoyu", 2025), second], at(3)).await;
    let rows = store.reports_of_version(version).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| (row.report.index, row.current)).collect::<Vec<_>>(),
        [(0, true), (1, true)]
    );
    read(&*store, version, "h1", vec![of("jiaoyu", 2025)], at(4)).await;
    assert_eq!(store.reports_of_version(version).await.unwrap().len(), 1);
    assert!(store.history("caizheng", 2025, 10).await.unwrap().is_empty());
}

/// The page and a copy of it; gives the sources.
async fn page_and_copy(store: &dyn Store) -> (Uuid, Uuid) {
    let source = page(store, PAGE).await;
    let column = store.trail(LIST, at(1)).await.unwrap().unwrap();
    let column = column.steps.iter().find(|step| step.detail.starts_with("fetch ")).unwrap();
    let column = column.detail.split(' ').nth(1).unwrap().parse().unwrap();
    (source, listed(store, column, COPY).await)
}

pub async fn a_copy_takes_over_when_the_page_turns_into_another_report(store: Arc<dyn Store>) {
    let (source, copy) = page_and_copy(&*store).await;
    let copied = fetched(&*store, copy, "copy", at(2)).await;
    read(&*store, copied, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    let first = fetched(&*store, source, "one", at(4)).await;
    read(&*store, first, "h1", vec![of("jiaoyu", 2025)], at(5)).await;
    assert!(store.reports_of_version(first).await.unwrap()[0].current, "the newest of the identity");
    assert!(!store.reports_of_version(copied).await.unwrap()[0].current);
    take(&*store, Stage::Judge, at(5)).await;
    let second = fetched(&*store, source, "two", at(6)).await;
    read(&*store, second, "h2", vec![of("jiaoyu", 2024)], at(7)).await;
    assert!(store.reports_of_version(second).await.unwrap()[0].current);
    assert!(!store.reports_of_version(first).await.unwrap()[0].current);
    assert!(store.reports_of_version(copied).await.unwrap()[0].current);
    let judged: Vec<String> =
        take(&*store, Stage::Judge, at(7)).await.into_iter().map(|t| t.subject).collect();
    assert!(judged.contains(&copied.to_string()), "its findings count from now on, so it is judged again");
}

pub async fn a_page_about_the_report_does_not_displace_it(store: Arc<dyn Store>) {
    let (source, news) = page_and_copy(&*store).await;
    let version = fetched(&*store, source, "one", at(2)).await;
    read(&*store, version, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    let later = fetched(&*store, news, "news", at(4)).await;
    let mut about = of("jiaoyu", 2025);
    about.report = stored(&Report { kind: DocumentKind::NotAReport, ..report(0, "年度报告") });
    read(&*store, later, "h9", vec![about], at(5)).await;
    assert!(store.reports_of_version(version).await.unwrap()[0].current);
    assert!(!store.reports_of_version(later).await.unwrap()[0].current);
}

pub async fn a_page_that_is_listed_as_the_report_and_read_as_something_else_carries_it_no_more(
    store: Arc<dyn Store>,
) {
    let column = watched(&*store).await;
    let link =
        Found { body: Some("jiaoyu".into()), year: Some(2025), ..found(PAGE, "年度报告的通知") };
    poll(&*store, polled(column, vec![link], at(1)), at(1)).await;
    let source = take(&*store, Stage::Fetch, at(1)).await[0].subject.parse().unwrap();
    assert_eq!(store.sources_of("jiaoyu", 2025).await.unwrap().len(), 1, "listed, not read yet");
    let version = fetched(&*store, source, "notice", at(2)).await;
    let mut notice = ParsedReport { body: None, year: None, ..of("jiaoyu", 2025) };
    notice.report = stored(&Report { kind: DocumentKind::NotAReport, ..report(0, "年度报告") });
    read(&*store, version, "h1", vec![notice], at(3)).await;
    assert!(store.sources_of("jiaoyu", 2025).await.unwrap().is_empty());
    let version = fetched(&*store, source, "report", at(4)).await;
    read(&*store, version, "h2", vec![of("jiaoyu", 2025)], at(5)).await;
    assert_eq!(store.sources_of("jiaoyu", 2025).await.unwrap().len(), 1);
}

pub async fn a_newer_copy_on_another_site_does_not_displace_the_publishers_own(store: Arc<dyn Store>) {
    let own = page(&*store, PAGE).await;
    store.put_bodies(&[body("jiaoyu")], at(1)).await.unwrap();
    let version = fetched(&*store, own, "own", at(2)).await;
    read(&*store, version, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    let portal = Site { id: "portal".into(), ..site() };
    let list = "http://portal.invalid/list/";
    store.put_site(&portal, &[(COLUMN.into(), list.into())], at(4)).await.unwrap();
    store.schedule_fetches(1000, 1000, at(4)).await.unwrap();
    let column = take(&*store, Stage::Fetch, at(4)).await[0].subject.parse().unwrap();
    let mut copies = polled(column, vec![found("http://portal.invalid/1.html", "年度报告")], at(5));
    copies.poll.site = portal.id;
    poll(&*store, copies, at(5)).await;
    let copy = take(&*store, Stage::Fetch, at(5)).await[0].subject.parse().unwrap();
    let copied = fetched(&*store, copy, "copy", at(6)).await;
    read(&*store, copied, "h2", vec![of("jiaoyu", 2025)], at(7)).await;
    assert!(store.reports_of_version(version).await.unwrap()[0].current);
    assert!(!store.reports_of_version(copied).await.unwrap()[0].current);
}

pub async fn a_report_without_owner_is_kept_and_counted(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    assert_eq!(store.unassigned().await.unwrap(), 0);
    let first = fetched(&*store, source, "one", at(2)).await;
    read(&*store, first, "h1", vec![nobodys()], at(3)).await;
    let second = fetched(&*store, source, "two", at(4)).await;
    read(&*store, second, "h2", vec![nobodys()], at(5)).await;
    let row = store.reports_of_version(second).await.unwrap().remove(0);
    assert_eq!((row.current, row.identity().to_string()), (true, format!("{PAGE}#0")));
    assert!(!store.reports_of_version(first).await.unwrap()[0].current);
    assert_eq!(store.unassigned().await.unwrap(), 1);
}

pub async fn own_and_area_reports_stand_side_by_side(store: Arc<dyn Store>) {
    let (own, area) = page_and_copy(&*store).await;
    let own = fetched(&*store, own, "own", at(2)).await;
    read(&*store, own, "h1", vec![of("shi", 2025)], at(3)).await;
    let area = fetched(&*store, area, "area", at(4)).await;
    read(&*store, area, "h2", vec![ParsedReport { scope: Scope::Area, ..of("shi", 2025) }], at(5)).await;
    assert!(store.reports_of_version(own).await.unwrap()[0].current);
    assert!(store.reports_of_version(area).await.unwrap()[0].current);
}

pub async fn replay_raises_the_versions_of_its_filter(store: Arc<dyn Store>) {
    let (source, copy) = page_and_copy(&*store).await;
    let version = fetched(&*store, source, "one", at(2)).await;
    read(&*store, version, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    let unchanged = fetched(&*store, source, "one!", at(4)).await;
    read(&*store, unchanged, "h1", vec![of("jiaoyu", 2025)], at(5)).await;
    let unread = fetched(&*store, copy, "copy", at(6)).await;
    take(&*store, Stage::Judge, at(6)).await;
    let all = Filter::default();
    assert_eq!(
        store.replay(Stage::Parse, &all, at(7)).await.unwrap(),
        2,
        "what brought nothing new is left out"
    );
    let subjects: Vec<String> =
        take(&*store, Stage::Parse, at(7)).await.into_iter().map(|t| t.subject).collect();
    assert_eq!(subjects, [version.to_string(), unread.to_string()], "oldest first");
    assert_eq!(store.replay(Stage::Judge, &all, at(8)).await.unwrap(), 1, "only what was read can be judged");
    let of_body = Filter { body: Some("jiaoyu".into()), year: Some(2025), ..all.clone() };
    assert_eq!(store.replay(Stage::Parse, &of_body, at(9)).await.unwrap(), 1);
    assert_eq!(
        store.replay(Stage::Parse, &Filter { id: Some(copy), ..all.clone() }, at(9)).await.unwrap(),
        1
    );
    assert_eq!(
        store.replay(Stage::Parse, &Filter { id: Some(unchanged), ..all.clone() }, at(9)).await.unwrap(),
        1
    );
    assert_eq!(
        store.replay(Stage::Parse, &Filter { site: Some("x".into()), ..all.clone() }, at(9)).await.unwrap(),
        0
    );
    assert_eq!(store.replay(Stage::Parse, &Filter { limit: 1, ..all.clone() }, at(9)).await.unwrap(), 1);
    assert!(store.replay(Stage::Notify, &all, at(9)).await.is_err());
}

pub async fn blobs_that_rows_name_are_known(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    fetched(&*store, source, "one", at(2)).await;
    fetched(&*store, source, "two", at(3)).await;
    super::scene::page_answers(&*store, source, PageOutcome::Same, at(4)).await;
    for (bytes, named) in [("one", true), ("two", true), ("three", false)] {
        assert_eq!(store.blob_is_named(&BlobId::of(bytes.as_bytes())).await.unwrap(), named, "{bytes}");
    }
}
