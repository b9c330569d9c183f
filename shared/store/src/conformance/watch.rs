//! Columns, pages, polls.
use std::sync::Arc;

use gongkai_model::Stage;
use jiff::civil::date;

use super::scene::{
    COLUMN, COPY, LIST, PAGE, SITE, at, body, failure, fetched, finish, found, fresh, judge, of, page,
    page_answers, poll, polled, read, site, take, watched,
};
use crate::{
    ColumnPolled, FailureClass, Found, PageOutcome, Poll, PollOutcome, SourceKind, StageResult, Store,
};

pub async fn a_configured_column_is_fetched_and_a_removed_one_rests(store: Arc<dyn Store>) {
    let column = watched(&*store).await;
    assert_eq!(store.columns(SITE).await.unwrap(), [COLUMN]);
    assert!(store.columns("elsewhere").await.unwrap().is_empty());
    let source = store.source(column).await.unwrap().unwrap();
    assert_eq!(
        (source.kind, source.url.as_str(), source.column.as_str()),
        (SourceKind::Column, LIST, COLUMN)
    );
    poll(&*store, polled(column, Vec::new(), at(1)), at(1)).await;
    store.put_site(&site(), &[(COLUMN.into(), LIST.into())], at(2)).await.unwrap();
    assert_eq!(
        store.schedule_fetches(1000, 10, at(2)).await.unwrap(),
        0,
        "a restart polls nothing before its time"
    );
    let other = "http://linhe.invalid/other/";
    store.put_site(&site(), &[("other".into(), other.into())], at(9000)).await.unwrap();
    assert_eq!(store.schedule_fetches(1000, 10, at(9000)).await.unwrap(), 1);
    assert_eq!(store.columns(SITE).await.unwrap(), ["other"]);
    let ticket = take(&*store, Stage::Fetch, at(9000)).await.remove(0);
    assert_eq!(store.source(ticket.subject.parse().unwrap()).await.unwrap().unwrap().url, other);
    store.put_site(&site(), &[(COLUMN.into(), LIST.into())], at(9001)).await.unwrap();
    assert_eq!(store.schedule_fetches(1000, 10, at(9001)).await.unwrap(), 1, "configured again");
    assert_eq!(take(&*store, Stage::Fetch, at(9001)).await[0].subject, column.to_string());
}

pub async fn what_a_list_names_becomes_a_source_once(store: Arc<dyn Store>) {
    let column = watched(&*store).await;
    let link = Found {
        date: Some(date(2026, 1, 20)),
        body: Some("jiaoyu".into()),
        year: Some(2025),
        ..found(PAGE, "教育局年度报告")
    };
    let links = vec![link.clone(), link, found(LIST, "本栏目")];
    for n in 1..=3 {
        poll(&*store, polled(column, links.clone(), at(n)), at(n)).await;
    }
    let tickets = take(&*store, Stage::Fetch, at(3)).await;
    assert_eq!(tickets.len(), 1, "three polls, a link named twice and the list itself: one page");
    let source = store.source(tickets[0].subject.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((source.site.as_str(), source.column.as_str(), source.kind), (SITE, COLUMN, SourceKind::Page));
    assert_eq!(
        (source.title.as_deref(), source.listed_date),
        (Some("教育局年度报告"), Some(date(2026, 1, 20)))
    );
    assert_eq!((source.body.as_deref(), source.year), (Some("jiaoyu"), Some(2025)));
    assert_eq!((source.first_seen_at, source.last_listed_at), (at(1), Some(at(3))));
    assert_eq!(store.sources_of("jiaoyu", 2025).await.unwrap(), [source]);
    assert_eq!(store.polls(SITE, Some(COLUMN), at(2)).await.unwrap().len(), 2);
    assert_eq!(store.polls(SITE, Some("other"), at(0)).await.unwrap().len(), 0);
    let column = store.source(column).await.unwrap().unwrap();
    assert_eq!((column.kind, column.last_listed_at), (SourceKind::Column, Some(at(3))));
    assert_eq!((column.last_fetched_at, column.title), (Some(at(3)), None));
}

pub async fn another_title_in_the_list_brings_a_new_fetch(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let column = watched_column(&*store).await;
    page_answers(&*store, source, fresh("one"), at(2)).await;
    assert_eq!(store.schedule_fetches(1000, 10, at(3)).await.unwrap(), 0);
    poll(&*store, polled(column, vec![found(PAGE, "年度报告")], at(4)), at(4)).await;
    assert_eq!(store.schedule_fetches(1000, 10, at(4)).await.unwrap(), 0, "the same title");
    poll(&*store, polled(column, vec![found(PAGE, "年度报告（修订）")], at(5)), at(5)).await;
    assert_eq!(store.schedule_fetches(1000, 10, at(5)).await.unwrap(), 1);
    assert_eq!(take(&*store, Stage::Fetch, at(5)).await[0].subject, source.to_string());
}

/// The column of `page`, found through a poll's own row.
async fn watched_column(store: &dyn Store) -> uuid::Uuid {
    store.put_site(&site(), &[(COLUMN.into(), LIST.into())], at(1)).await.unwrap();
    let what = store.trail(LIST, at(1)).await.unwrap().unwrap();
    let done = what.steps.iter().find(|step| step.detail.starts_with("fetch ")).unwrap();
    done.detail.split(' ').nth(1).unwrap().parse().unwrap()
}

pub async fn a_page_in_two_columns_does_not_seem_to_change(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    page_answers(&*store, source, fresh("one"), at(2)).await;
    let column = watched_column(&*store).await;
    let mut other = polled(column, vec![found(PAGE, "公开年报")], at(3));
    other.poll.column = "other".into();
    poll(&*store, other, at(3)).await;
    assert_eq!(store.schedule_fetches(1000, 10, at(3)).await.unwrap(), 0);
    let seen = store.source(source).await.unwrap().unwrap();
    assert_eq!((seen.title.as_deref(), seen.column.as_str()), (Some("年度报告"), COLUMN));
    assert_eq!(seen.last_listed_at, Some(at(3)), "but it is listed");
}

pub async fn only_a_complete_or_a_failed_poll_changes_what_is_due(store: Arc<dyn Store>) {
    let column = watched(&*store).await;
    let mut cut = polled(column, Vec::new(), at(1));
    cut.concerns = vec![("jiaoyu".into(), 2025)];
    cut.poll.complete = false;
    poll(&*store, cut.clone(), at(1)).await;
    assert!(take(&*store, Stage::Due, at(1)).await.is_empty());
    cut.poll.outcome = PollOutcome::Challenge;
    poll(&*store, cut.clone(), at(2)).await;
    assert_eq!(take(&*store, Stage::Due, at(2)).await[0].subject, "jiaoyu/2025");
    cut.poll.outcome = PollOutcome::Ok;
    cut.poll.complete = true;
    cut.concerns = vec![("caizheng".into(), 2025)];
    poll(&*store, cut, at(3)).await;
    assert_eq!(take(&*store, Stage::Due, at(3)).await[0].subject, "caizheng/2025");
}

pub async fn only_a_complete_poll_counts_as_listing(store: Arc<dyn Store>) {
    let column = watched(&*store).await;
    let mut cut = polled(column, vec![found(PAGE, "年度报告")], at(1));
    cut.poll.complete = false;
    poll(&*store, cut, at(1)).await;
    let source = take(&*store, Stage::Fetch, at(1)).await[0].subject.parse().unwrap();
    assert_eq!(store.source(source).await.unwrap().unwrap().last_listed_at, None);
    let seen = store.source(column).await.unwrap().unwrap();
    assert_eq!((seen.last_listed_at, seen.last_fetched_at), (None, Some(at(1))));
}

pub async fn no_fetch_is_scheduled_while_too_much_is_unfinished(store: Arc<dyn Store>) {
    store.put_site(&site(), &[("a".into(), LIST.into()), ("b".into(), COPY.into())], at(0)).await.unwrap();
    let open = store.raise(Stage::Due, "jiaoyu/2025", at(0), at(0)).await.unwrap();
    take(&*store, Stage::Due, at(0)).await;
    assert_eq!(store.schedule_fetches(1, 10, at(0)).await.unwrap(), 0);
    assert_eq!(store.schedule_fetches(0, 10, at(0)).await.unwrap(), 0);
    finish(&*store, &open, StageResult::Nothing, at(1)).await;
    assert_eq!(store.schedule_fetches(1, 1, at(1)).await.unwrap(), 1, "no more than the limit");
    assert_eq!(store.schedule_fetches(1, 1, at(1)).await.unwrap(), 0);
    let refused = take(&*store, Stage::Fetch, at(1)).await.remove(0);
    store.retry(&refused, &failure(FailureClass::SiteChanged, "403"), at(9000), at(2)).await.unwrap();
    assert_eq!(
        store.schedule_fetches(1, 1, at(2)).await.unwrap(),
        1,
        "what waits for later keeps nobody waiting"
    );
}

pub async fn an_open_or_parked_fetch_is_not_scheduled_again(store: Arc<dyn Store>) {
    store.put_site(&site(), &[(COLUMN.into(), LIST.into())], at(0)).await.unwrap();
    assert_eq!(store.schedule_fetches(100, 10, at(0)).await.unwrap(), 1);
    assert_eq!(store.schedule_fetches(100, 10, at(1)).await.unwrap(), 0, "ready");
    let ticket = take(&*store, Stage::Fetch, at(1)).await.remove(0);
    assert_eq!(store.schedule_fetches(100, 10, at(2)).await.unwrap(), 0, "sent");
    store.park(&ticket, &failure(FailureClass::Poison, "died"), at(3)).await.unwrap();
    assert_eq!(store.schedule_fetches(100, 10, at(4)).await.unwrap(), 0, "parked waits for people");
}

pub async fn a_pointless_fetch_rests_until_it_is_listed_again(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let column = watched_column(&*store).await;
    let ticket = store.raise(Stage::Fetch, &source.to_string(), at(2), at(2)).await.unwrap();
    assert!(finish(&*store, &ticket, StageResult::Nothing, at(2)).await);
    assert_eq!(store.schedule_fetches(100, 10, at(100)).await.unwrap(), 0);
    poll(&*store, polled(column, vec![found(PAGE, "年度报告")], at(101)), at(101)).await;
    assert_eq!(store.schedule_fetches(100, 10, at(101)).await.unwrap(), 1);
    assert_eq!(take(&*store, Stage::Fetch, at(101)).await[0].subject, source.to_string());
}

pub async fn a_page_that_goes_and_comes_back_marks_what_is_due(store: Arc<dyn Store>) {
    let source = page(&*store, PAGE).await;
    let version = fetched(&*store, source, "one", at(2)).await;
    read(&*store, version, "h1", vec![of("jiaoyu", 2025)], at(3)).await;
    judge(&*store, version, Vec::new(), &[], at(4)).await;
    let settle = async |now| {
        let marked = take(&*store, Stage::Due, at(now)).await;
        for ticket in &marked {
            finish(&*store, ticket, StageResult::Nothing, at(now)).await;
        }
        marked.len()
    };
    settle(5).await;
    page_answers(&*store, source, PageOutcome::Same, at(6)).await;
    assert_eq!(settle(6).await, 0);
    for now in [7, 8] {
        page_answers(&*store, source, PageOutcome::Gone { status: 404 }, at(now)).await;
        assert_eq!(settle(now).await, 1);
        let gone = store.source(source).await.unwrap().unwrap();
        assert_eq!((gone.gone_since, gone.last_fetched_at), (Some(at(7)), Some(at(6))));
    }
    page_answers(&*store, source, PageOutcome::Same, at(9)).await;
    assert_eq!(settle(9).await, 1);
    assert_eq!(store.source(source).await.unwrap().unwrap().gone_since, None);
    page_answers(&*store, source, PageOutcome::Gone { status: 410 }, at(10)).await;
    settle(10).await;
    page_answers(&*store, source, fresh("two"), at(11)).await;
    assert_eq!(settle(11).await, 1);
    assert_eq!(store.source(source).await.unwrap().unwrap().gone_since, None);
}

pub async fn a_column_with_something_new_is_visited_sooner(store: Arc<dyn Store>) {
    let column = watched(&*store).await;
    let next = async || store.source(column).await.unwrap().unwrap().next_fetch_at;
    let listing = |second| ColumnPolled {
        soon_at: Some(at(second + 10)),
        next_fetch_at: at(second + 100),
        ..polled(column, vec![found("http://www.example.invalid/new.html", "new")], at(second))
    };
    poll(&*store, listing(1), at(1)).await;
    assert_eq!(next().await, at(11));
    poll(&*store, listing(20), at(20)).await;
    assert_eq!(next().await, at(120), "nothing was new");
}

pub async fn bodies_are_those_of_the_last_registry(store: Arc<dyn Store>) {
    store.put_bodies(&[body("jiaoyu"), body("caizheng")], at(0)).await.unwrap();
    assert_eq!(store.bodies().await.unwrap(), [body("caizheng"), body("jiaoyu")]);
    store.put_bodies(&[body("jiaoyu")], at(1)).await.unwrap();
    assert_eq!(store.bodies().await.unwrap(), [body("jiaoyu")]);
    store.put_bodies(&[body("jiaoyu"), body("caizheng")], at(2)).await.unwrap();
    assert_eq!(store.bodies().await.unwrap().len(), 2);
}

pub async fn old_polls_are_thinned_to_the_first_and_last_of_a_day(store: Arc<dyn Store>) {
    let column = watched(&*store).await;
    // Midnight in Shanghai is at 16:00 UTC: the story begins at 08:00 there.
    let moments = [0, 3_600, 7_200, 10_800, 57_600, 61_200, 200_000, 200_001, 200_002];
    for now in moments {
        poll(&*store, polled(column, Vec::new(), at(now)), at(now)).await;
    }
    let failed = Poll { outcome: PollOutcome::Empty, ..polled(column, Vec::new(), at(5_000)).poll };
    let failed = ColumnPolled { poll: failed, ..polled(column, Vec::new(), at(5_000)) };
    poll(&*store, failed, at(5_000)).await;
    let left = async || {
        let polls = store.polls(SITE, None, at(0)).await.unwrap();
        polls.into_iter().map(|poll| poll.at).collect::<Vec<_>>()
    };
    assert_eq!(store.thin_polls(at(100_000), at(0)).await.unwrap(), 2);
    let kept = [0, 5_000, 10_800, 57_600, 61_200, 200_000, 200_001, 200_002].map(at);
    assert_eq!(left().await, kept);
    assert_eq!(store.thin_polls(at(100_000), at(0)).await.unwrap(), 0, "once");
    assert_eq!(store.thin_polls(at(100_000), at(50_000)).await.unwrap(), 3);
    assert_eq!(left().await, [57_600, 61_200, 200_000, 200_001, 200_002].map(at));
}
