//! When a source is visited again: by the season or the interval, and soon after something new.
use super::*;

/// Hours until the next visit of the list and of the page that are due now.
async fn waits(now: &str, world: &mut World) -> Vec<(SourceKind, i64)> {
    world.clock.set(now.parse().unwrap());
    let mut hours = Vec::new();
    for (source, _) in world.round().await {
        let after = world.handler.store.source(source.id).await.unwrap().unwrap();
        hours.push((source.kind, after.next_fetch_at.duration_since(world.clock.now()).as_hours()));
    }
    hours
}

fn hours(waits: &[(SourceKind, i64)], kind: SourceKind) -> i64 {
    waits.iter().find(|wait| wait.0 == kind).unwrap().1
}

#[tokio::test]
async fn without_an_interval_visits_follow_the_season_and_what_is_new() {
    let mut world = World::new("").await;
    world.handler.settings.revisit_s = 0;
    let first = waits("2026-02-01T00:00:00Z", &mut world).await;
    assert_eq!(hours(&first, SourceKind::Column), 1, "something new was listed");
    let read = waits("2026-02-01T00:01:00Z", &mut world).await;
    assert!((24..=26).contains(&hours(&read, SourceKind::Page)), "{read:?}");
    let quiet = waits("2026-02-01T02:00:00Z", &mut world).await;
    assert!((24..=26).contains(&hours(&quiet, SourceKind::Column)), "daily in the season: {quiet:?}");
    world.site.put(PAGE, report("4"));
    let changed = waits("2026-02-04T00:00:00Z", &mut world).await;
    assert_eq!(hours(&changed, SourceKind::Page), 1, "a report that changed is looked at again soon");
    let summer = waits("2026-08-01T00:00:00Z", &mut world).await;
    assert!((168..=185).contains(&hours(&summer, SourceKind::Column)), "weekly outside it: {summer:?}");
}

#[tokio::test]
async fn after_something_new_an_interval_of_days_is_cut_short_and_one_of_minutes_stays() {
    let mut world = World::new("revisit_s = 172800").await;
    let first = waits("2026-02-01T00:00:00Z", &mut world).await;
    assert_eq!(hours(&first, SourceKind::Column), 1, "something new was listed");
    waits("2026-02-01T00:01:00Z", &mut world).await;
    let quiet = waits("2026-02-01T02:00:00Z", &mut world).await;
    assert!((48..=53).contains(&hours(&quiet, SourceKind::Column)), "{quiet:?}");
    let more = [(PAGE, TITLE), ("/r/jyj.html", "云泽市教育局2025年政府信息公开工作年度报告")];
    world.site.put(LIST, Page::html(fixture::list(&more, "")));
    let listed = waits("2026-02-04T00:00:00Z", &mut world).await;
    assert_eq!(hours(&listed, SourceKind::Column), 1, "the same day");
    let mut world = World::new("revisit_s = 600").await;
    assert_eq!(hours(&waits("2026-02-01T00:00:00Z", &mut world).await, SourceKind::Column), 0);
}

#[tokio::test]
async fn a_page_whose_bytes_always_change_is_not_visited_every_hour() {
    let mut world = World::new("revisit_s = 172800").await;
    waits("2026-02-01T00:00:00Z", &mut world).await;
    waits("2026-02-01T00:01:00Z", &mut world).await;
    let mut seen = Vec::new();
    for (now, total) in [("2026-02-04T00:00:00Z", "4"), ("2026-02-04T01:10:00Z", "5")] {
        world.site.put(PAGE, report(total));
        seen.push(hours(&waits(now, &mut world).await, SourceKind::Page));
    }
    assert_eq!(seen[0], 1, "a report that changed is looked at again soon");
    assert!((48..=53).contains(&seen[1]), "once: {seen:?}");
}

#[tokio::test]
async fn a_host_that_asks_for_silence_gets_it_though_its_list_has_something_new() {
    let world = World::new("next = { selector = 'a.next' }").await;
    let first = fixture::list(&[(PAGE, TITLE)], "<a class=next href='/list/2.html'>下一页</a>");
    world.site.put(LIST, Page::html(first));
    world.site.put("/list/2.html", Page::retry_after(503, "7200"));
    let (source, _) = world.round().await.remove(0);
    let after = world.handler.store.source(source.id).await.unwrap().unwrap();
    assert!(after.next_fetch_at.duration_since(world.clock.now()).as_hours() >= 2);
}
