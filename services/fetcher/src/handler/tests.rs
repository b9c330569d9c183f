//! The handler over a real store and a site that misbehaves.
use std::time::Duration;

use gongkai_runtime::clock::FrozenClock;
use gongkai_store::{Finished, PageOutcome, PollOutcome, Ticket, open_archive, open_store};
use gongkai_testkit::site::{Page, Site};

use super::*;
use crate::{fixture, profile::Profiles, scheduler::Scheduler};

mod moved;
mod visits;

const LIST: &str = "/list/index.html";
const PAGE: &str = "/r/czj.html";
const TITLE: &str = "云泽市财政局2025年政府信息公开工作年度报告";

struct World {
    site: Site,
    clock: FrozenClock,
    handler: FetchHandler,
    folder: tempfile::TempDir,
}

impl World {
    /// A site with a list of one report, known to a store.
    async fn new(column: &str) -> Self {
        let site = Site::start().await.unwrap();
        site.put(LIST, Page::html(fixture::list(&[(PAGE, TITLE)], "")));
        site.put(PAGE, report("3"));
        let folder = tempfile::tempdir().unwrap();
        let clock = FrozenClock::at("2026-02-01T00:00:00Z".parse().unwrap());
        let profiles = fixture::profiles(&[("yunze.toml", &fixture::profile_toml(column))])
            .unwrap_or_else(|problems| panic!("{}", problems[0]));
        let store = open_store("sqlite::memory:").await.unwrap();
        crate::sync(store.as_ref(), &profiles, &fixture::registry(), clock.now()).await.unwrap();
        let handler = FetchHandler {
            store,
            archive: open_archive(&format!("file:{}", folder.path().display())).unwrap(),
            client: fixture::client_at(&site, Arc::new(clock.clone())),
            profiles: Arc::new(profiles),
            clock: Arc::new(clock.clone()),
            settings: fixture::settings(),
            first_year: 2008,
            metrics: fixture::metrics(),
            known: Known::default(),
        };
        Self { site, clock, handler, folder }
    }

    /// What is due now becomes work, and the work is done; tells (kind, result) of each.
    async fn round(&self) -> Vec<(Source, Result<StageResult, Failure>)> {
        let store = &self.handler.store;
        let scheduler = Scheduler::new(Arc::clone(store), Arc::new(self.clock.clone()), 100, Arc::new(|| {}));
        scheduler.tick().await.unwrap();
        let tickets =
            store.take_due(Stage::Fetch, 100, 100, Duration::from_secs(30), self.clock.now()).await.unwrap();
        let mut done = Vec::new();
        for ticket in tickets {
            done.push(self.work(ticket).await);
        }
        done
    }

    async fn work(&self, ticket: Ticket) -> (Source, Result<StageResult, Failure>) {
        let store = &self.handler.store;
        let task = store.open_task(ticket.task, ticket.generation).await.unwrap().unwrap();
        let source = store.source(task.subject.parse().unwrap()).await.unwrap().unwrap();
        let result = self.handler.handle(&task).await;
        if let Ok(result) = &result {
            store.finish(vec![Finished { ticket, result: result.clone() }], self.clock.now()).await.unwrap();
        }
        (source, result)
    }

    fn pass(&self, hours: i64) {
        self.clock.set(later(self.clock.now(), SignedDuration::from_hours(hours)));
    }

    /// The list, then the page, once each: the page is stored after it.
    async fn settled(column: &str) -> Self {
        let world = Self::new(column).await;
        assert_eq!(world.round().await.len(), 1);
        let pages = world.round().await;
        assert!(matches!(page(&pages[0].1), PageOutcome::Fresh { .. }), "{pages:?}");
        world
    }

    /// The page's fetch an interval later; the list's is done beside it.
    async fn page_again(&self) -> Result<StageResult, Failure> {
        self.pass(2);
        let mut done = self.round().await;
        let at = done.iter().position(|(source, _)| source.kind == SourceKind::Page).unwrap();
        done.swap_remove(at).1
    }

    fn files(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
        }
        count(self.folder.path())
    }
}

fn report(total: &str) -> Page {
    Page::html(format!(
        "<html><body><h1>{TITLE}</h1><p>本年新收政府信息公开申请{total}件。</p></body></html>"
    ))
    .etag()
}

fn page(result: &Result<StageResult, Failure>) -> &PageOutcome {
    match result {
        Ok(StageResult::Page(page)) => &page.outcome,
        other => panic!("no page: {other:?}"),
    }
}

#[tokio::test]
async fn a_list_concerns_no_year_before_the_first() {
    let mut world = World::new("").await;
    world.handler.first_year = 2025;
    let (_, result) = world.round().await.remove(0);
    let Ok(StageResult::Column(polled)) = result else { panic!("{result:?}") };
    let years: Vec<i16> = polled.concerns.iter().map(|(_, year)| *year).collect();
    assert_eq!(years, [2025, 2025, 2025]);
}

#[tokio::test]
async fn a_list_gives_sources_with_body_year_and_what_it_concerns() {
    let world = World::new("").await;
    let (_, result) = world.round().await.remove(0);
    let Ok(StageResult::Column(polled)) = result else { panic!("{result:?}") };
    assert_eq!((polled.poll.outcome, polled.poll.complete, polled.poll.items), (PollOutcome::Ok, true, 1));
    let found = &polled.found[0];
    assert_eq!((found.body.as_deref(), found.year), (Some("yz-czj"), Some(2025)));
    let concerns: Vec<String> = polled.concerns.iter().map(|(body, year)| format!("{body}/{year}")).collect();
    assert_eq!(
        concerns,
        ["yz-gov/2025", "yz-gov/2024", "yz-czj/2025", "yz-czj/2024", "yz-jyj/2025", "yz-jyj/2024"]
    );
    let hour = polled.next_fetch_at.duration_since(world.clock.now()).as_secs();
    assert!((3600..=3960).contains(&hour), "{hour}");
}

#[tokio::test]
async fn a_page_is_archived_once_and_asked_for_with_its_tag() {
    let world = World::settled("").await;
    assert_eq!(world.files(), 1);
    assert!(matches!(page(&world.page_again().await), PageOutcome::Same));
    let requests = world.site.requests();
    let last = requests.iter().rfind(|request| request.path == PAGE).unwrap();
    assert!(last.header("if-none-match").starts_with('"'), "{last:?}");
    assert_eq!(world.files(), 1);
}

#[tokio::test]
async fn the_same_bytes_without_a_tag_are_the_same_and_others_are_fresh() {
    let world = World::settled("").await;
    let same =
        Page::html(format!("<html><body><h1>{TITLE}</h1><p>本年新收政府信息公开申请3件。</p></body></html>"));
    world.site.put(PAGE, same);
    assert!(matches!(page(&world.page_again().await), PageOutcome::Same));
    world.site.put(PAGE, report("4"));
    assert!(matches!(page(&world.page_again().await), PageOutcome::Fresh { .. }));
    assert_eq!(world.files(), 2);
}

#[tokio::test]
async fn what_is_no_document_never_takes_the_place_of_the_last_good_version() {
    let world = World::settled("").await;
    world.site.put("/", Page::html(format!("<html><body><p>{}</p></body></html>", "要闻".repeat(500))));
    let cases = [
        ("home page", Page::redirect(302, "/"), FailureClass::SiteChanged),
        ("challenge", Page::challenge(), FailureClass::SiteChanged),
        ("challenge 200", Page::script_challenge(), FailureClass::SiteChanged),
        ("login", Page::login(), FailureClass::SiteChanged),
        ("blank", Page::html("<html><body></body></html>"), FailureClass::SiteChanged),
        ("nothing", Page::html(""), FailureClass::SiteChanged),
        ("apology", Page::html("<p>您访问的页面不存在</p>"), FailureClass::SiteChanged),
        ("json", Page::bytes("application/json", "{}"), FailureClass::SiteChanged),
        ("403", Page::html("x").status(403), FailureClass::SiteChanged),
        ("foreign", Page::redirect(302, "http://127.0.0.1:9/"), FailureClass::SiteChanged),
        ("huge", Page::huge(1_100_000), FailureClass::Document),
        ("cut", report("5").cut_at(20), FailureClass::Transient),
    ];
    for (name, page, class) in cases {
        world.site.put(PAGE, page);
        world.pass(1);
        let sources = world.handler.store.sources_of("yz-czj", 2025).await.unwrap();
        let result = world.handler.page(fixture_profile(&world), &sources[0], 0).await;
        let failure = result.0.unwrap_err();
        assert_eq!(failure.class, class, "{name}: {failure:?}");
        assert!(failure.message.contains(PAGE), "{name}: {failure:?}");
    }
    assert_eq!(world.files(), 1);
}

fn fixture_profile(world: &World) -> &Profile {
    world.handler.profiles.get("yunze").unwrap()
}

#[tokio::test]
async fn a_page_that_is_gone_is_said_to_be_gone() {
    let world = World::settled("").await;
    world.site.remove(PAGE);
    assert!(matches!(page(&world.page_again().await), PageOutcome::Gone { status: 404 }));
}

#[tokio::test]
async fn an_overloaded_host_is_asked_again_when_it_says_so_and_a_long_outage_is_not_given_up() {
    let world = World::settled("").await;
    world.site.put(PAGE, Page::retry_after(503, "7200"));
    let failure = world.page_again().await.unwrap_err();
    assert_eq!(failure.class, FailureClass::Transient);
    assert_eq!(failure.retry_at, Some(later(world.clock.now(), SignedDuration::from_hours(2))));
    let sources = world.handler.store.sources_of("yz-czj", 2025).await.unwrap();
    let again = world.handler.page(fixture_profile(&world), &sources[0], 6).await.0.unwrap_err();
    assert_eq!(
        (again.class, again.retry_at),
        (FailureClass::SiteChanged, failure.retry_at),
        "held without asking"
    );
}

#[tokio::test]
async fn a_failed_poll_is_recorded_and_the_next_one_comes_later_each_time() {
    let world = World::new("").await;
    world.site.put(LIST, Page::challenge());
    let mut waits = Vec::new();
    for _ in 0..4 {
        let (_, result) = world.round().await.remove(0);
        let Ok(StageResult::Column(polled)) = result else { panic!("{result:?}") };
        assert_eq!((polled.poll.outcome, polled.poll.complete), (PollOutcome::Challenge, false));
        waits.push(polled.next_fetch_at.duration_since(world.clock.now()).as_secs());
        world.clock.set(polled.next_fetch_at);
    }
    assert!(waits.windows(2).all(|pair| pair[1] > pair[0]) && waits[0] < 70, "{waits:?}");
    let polls = world.handler.store.polls("yunze", Some("reports"), Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(polls.len(), 4);
}

#[tokio::test]
async fn a_site_that_is_taken_out_is_left_alone() {
    let mut world = World::settled("").await;
    world.handler.profiles = Arc::new(Profiles::default());
    world.pass(2);
    let done = world.round().await;
    assert_eq!(done.len(), 2);
    assert!(done.iter().all(|(_, result)| matches!(result, Ok(StageResult::Nothing))), "{done:?}");
    world.pass(2);
    assert!(world.round().await.is_empty());
}

#[tokio::test]
async fn a_file_is_taken_where_files_are_expected_only() {
    let files = World::new("detail = 'file'").await;
    files.site.put(PAGE, Page::bytes("application/pdf", "%PDF-1.4 x"));
    files.round().await;
    assert!(matches!(page(&files.round().await[0].1), PageOutcome::Fresh { size: 10, .. }));
    let pages = World::new("detail = 'page'").await;
    pages.site.put(PAGE, Page::bytes("application/pdf", "%PDF-1.4 x"));
    pages.round().await;
    let failure = pages.round().await.remove(0).1.unwrap_err();
    assert!(failure.message.contains("application/pdf where a web page should be"), "{failure:?}");
}

#[tokio::test]
async fn settled_years_are_visited_more_seldom() {
    let world = World::new("").await;
    let profile = fixture_profile(&world);
    world.round().await;
    let mut source = world.handler.store.sources_of("yz-czj", 2025).await.unwrap().remove(0);
    let wait = |source: &Source| {
        world.handler.next_visit(profile, None, source).duration_since(world.clock.now()).as_secs()
    };
    assert!(wait(&source) < 4000);
    source.year = Some(2023);
    assert!(wait(&source) >= 7 * 3600);
}
