//! Columns of a site that behaves as real sites do.
use std::time::Duration;

use gongkai_runtime::http::HttpConfig;
use gongkai_testkit::site::{Page, Site};

use super::*;
use crate::fixture;

mod layouts;

const LIST: &str = "/list/index.html";
const FINANCE: (&str, &str) = ("../r/czj.html", "云泽市财政局2025年政府信息公开工作年度报告");
const SCHOOLS: (&str, &str) = ("../r/jyj.html", "云泽市教育局2025年政府信息公开工作年度报告");
const CITY: (&str, &str) = ("../r/gov.html", "云泽市人民政府2024年政府信息公开工作年度报告");
const LIMITS: Limits = Limits { pages: 20, time: Duration::from_secs(60) };
const NEXT: &str = "next = { selector = 'a.next' }";

async fn poll_with(site: &Site, column: &str, change: impl FnOnce(&mut HttpConfig)) -> Discovery {
    let (client, profile) = (fixture::client(site, change), fixture::profile(column));
    discover(&client, fixture::clock().as_ref(), &profile, &profile.columns[0], LIMITS).await
}

async fn poll(site: &Site, column: &str) -> Discovery {
    poll_with(site, column, |_| {}).await
}

/// A site whose first list page is this.
async fn first(page: Page) -> Site {
    let site = Site::start().await.unwrap();
    site.put(LIST, page);
    site
}

async fn listing(items: &[(&str, &str)], end: &str) -> Site {
    first(Page::html(fixture::list(items, end))).await
}

fn short(seen: &Discovery) -> String {
    let found: Vec<String> = seen
        .found
        .iter()
        .map(|found| {
            format!("{} {:?} {:?}", found.url.rsplit('/').next().unwrap(), found.body.as_deref(), found.year)
        })
        .collect();
    format!(
        "{} complete={} pages={} items={} found=[{}] {}",
        seen.outcome.as_str(),
        seen.complete,
        seen.pages,
        seen.items,
        found.join(", "),
        seen.detail.as_deref().unwrap_or_default()
    )
}

#[tokio::test]
async fn all_pages_are_read_and_reports_told_from_the_rest() {
    let site = listing(
        &[FINANCE, ("../r/jd.html", "云泽市2025年政府信息公开工作年度报告解读")],
        "<a class=next href=index_1.html>",
    )
    .await;
    site.put(
        "/list/index_1.html",
        Page::html(fixture::list(&[SCHOOLS, FINANCE], "<a class=next href=index_2.html>")),
    );
    site.put("/list/index_2.html", Page::html(fixture::list(&[CITY], "<a class=next href=index_2.html>")));
    insta::assert_snapshot!(short(&poll(&site, NEXT).await), @r#"ok complete=true pages=3 items=4 found=[czj.html Some("yz-czj") Some(2025), jyj.html Some("yz-jyj") Some(2025), gov.html Some("yz-gov") Some(2024)]"#);
}

#[tokio::test]
async fn a_list_that_runs_in_a_circle_ends_and_proves_nothing() {
    let site = listing(&[FINANCE], "<a class=next href=index_1.html>").await;
    site.put("/list/index_1.html", Page::html(fixture::list(&[SCHOOLS], "<a class=next href=index.html>")));
    insta::assert_snapshot!(short(&poll(&site, NEXT).await), @r#"ok complete=false pages=2 items=2 found=[czj.html Some("yz-czj") Some(2025), jyj.html Some("yz-jyj") Some(2025)] http://site.invalid/list/index_1.html: the next page is http://site.invalid/list/index.html, which was read before"#);
}

#[tokio::test]
async fn a_list_that_always_goes_on_with_the_same_entries_ends() {
    let site = listing(&[FINANCE], "<a class=next href='?p=2'>").await;
    site.put("/list/index.html?p=2", Page::html(fixture::list(&[FINANCE], "<a class=next href='?p=3'>")));
    insta::assert_snapshot!(short(&poll(&site, NEXT).await), @r#"ok complete=false pages=2 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index.html?p=2: only entries that were listed before"#);
}

#[tokio::test]
async fn a_next_page_behind_a_script_is_not_the_end() {
    let site = listing(&[FINANCE], "<a class=next href='javascript:goPage(2)'>下一页</a>").await;
    insta::assert_snapshot!(short(&poll(&site, NEXT).await), @r#"ok complete=false pages=1 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index.html: the way to the next page is a script, which is not run (javascript:goPage(2))"#);
}

#[tokio::test]
async fn a_list_longer_than_the_limit_is_not_complete() {
    let site = listing(&[FINANCE], "<a class=next href=index_1.html>").await;
    insta::assert_snapshot!(short(&poll(&site, &format!("{NEXT}\nmax_pages = 5")).await).split_once("index_1").unwrap().0, @r#"status complete=false pages=1 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/"#);
    let (client, profile) = (fixture::client(&site, |_| {}), fixture::profile(NEXT));
    let seen = discover(
        &client,
        fixture::clock().as_ref(),
        &profile,
        &profile.columns[0],
        Limits { pages: 1, ..LIMITS },
    )
    .await;
    insta::assert_snapshot!(short(&seen), @r#"ok complete=false pages=1 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index_1.html was not read: the limit is 1 pages (max_pages)"#);
}

#[tokio::test]
async fn a_list_that_takes_too_long_is_recorded_as_not_read_to_its_end() {
    let site = listing(&[FINANCE], "<a class=next href=index_1.html>").await;
    site.put("/list/index_1.html", Page::html(fixture::list(&[SCHOOLS], "")));
    let profile = fixture::profile(NEXT);
    let limits = Limits { time: Duration::ZERO, ..LIMITS };
    let client = fixture::client(&site, |_| {});
    let seen = discover(&client, fixture::clock().as_ref(), &profile, &profile.columns[0], limits).await;
    insta::assert_snapshot!(short(&seen), @r#"ok complete=false pages=1 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index_1.html was not read: reading the list took longer than 0 s"#);
}

#[tokio::test]
async fn a_later_page_that_fails_leaves_what_was_found_and_no_proof() {
    let site = listing(&[FINANCE], "<a class=next href=index_1.html>").await;
    site.put("/list/index_1.html", Page::html("").status(503));
    insta::assert_snapshot!(short(&poll(&site, NEXT).await), @r#"unreachable complete=false pages=1 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index_1.html: status 503"#);
}

#[tokio::test]
async fn counted_pages_end_with_404_or_with_the_last_page_again() {
    let numbered = "next = { pattern = 'index_{n}.html' }";
    let site = listing(&[FINANCE], "").await;
    site.put("/list/index_1.html", Page::html(fixture::list(&[SCHOOLS], "")));
    insta::assert_snapshot!(short(&poll(&site, numbered).await), @r#"ok complete=true pages=2 items=2 found=[czj.html Some("yz-czj") Some(2025), jyj.html Some("yz-jyj") Some(2025)]"#);
    site.put("/list/index_2.html", Page::html(fixture::list(&[SCHOOLS], "")));
    insta::assert_snapshot!(short(&poll(&site, numbered).await), @r#"ok complete=true pages=3 items=2 found=[czj.html Some("yz-czj") Some(2025), jyj.html Some("yz-jyj") Some(2025)]"#);
    site.put("/list/index_1.html", Page::html(fixture::list(&[FINANCE], "")));
    insta::assert_snapshot!(short(&poll(&site, numbered).await), @r#"ok complete=false pages=2 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index_1.html: only entries that were listed before; is next.pattern right?"#);
}

#[tokio::test]
async fn a_server_that_is_busy_is_no_end_of_a_counted_list() {
    let site = listing(&[FINANCE], "").await;
    site.put("/list/index_1.html", Page::html("<p>系统繁忙，请稍后再试</p>"));
    insta::assert_snapshot!(short(&poll(&site, "next = { pattern = 'index_{n}.html' }").await), @r#"unreachable complete=false pages=1 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index_1.html: an error page under status 200 (系统繁忙)"#);
}

#[tokio::test]
async fn a_page_count_is_read_to_the_last_page() {
    let counted = r"next = { pattern = 'index_{n}.html', count = 'createPageHTML\((\d+)' }";
    let site = listing(&[FINANCE], "<script>createPageHTML(2, 0)</script>").await;
    insta::assert_snapshot!(short(&poll(&site, counted).await), @r#"status complete=false pages=1 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index_1.html: status 404"#);
    site.put("/list/index_1.html", Page::html(fixture::list(&[SCHOOLS], "")));
    insta::assert_snapshot!(short(&poll(&site, counted).await), @r#"ok complete=true pages=2 items=2 found=[czj.html Some("yz-czj") Some(2025), jyj.html Some("yz-jyj") Some(2025)]"#);
    let silent = listing(&[FINANCE], "").await;
    insta::assert_snapshot!(short(&poll(&silent, counted).await), @r#"ok complete=false pages=1 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index.html: the number of pages was not found (next.count)"#);
}

#[tokio::test]
async fn soft_failures_are_told_apart() {
    let cases = [
        ("challenge 412", Page::challenge()),
        ("challenge 200", Page::script_challenge()),
        ("login", Page::login()),
        ("empty", Page::empty_list()),
        ("another page", Page::html(format!("<body><p>{}</p></body>", "公告".repeat(500)))),
        ("apology", Page::html("<title>出错了</title><p>您访问的页面不存在</p>")),
        ("file", Page::bytes("application/pdf", "%PDF-1.4")),
        ("json", Page::bytes("application/json", "{}")),
        ("403", Page::html("<p>Forbidden</p>").status(403)),
        ("404", Page::html("").status(404)),
        ("503", Page::retry_after(503, "120")),
        ("429", Page::retry_after(429, "Sun, 01 Feb 2026 01:00:00 GMT")),
        ("huge", Page::huge(1_100_000)),
        ("cut", Page::html(fixture::list(&[FINANCE], "")).cut_at(40)),
        ("no reports", Page::html(fixture::list(&[("a.html", "机构职能")], ""))),
        ("redirect to loopback", Page::redirect(302, "http://127.0.0.1:9/")),
        ("redirect to a foreign host", Page::redirect(302, "http://sso.invalid/")),
        ("redirect in a circle", Page::redirect(302, LIST)),
    ];
    let mut lines = Vec::new();
    for (name, page) in cases {
        let site = first(page).await;
        let seen = poll(&site, "").await;
        assert!(!seen.complete, "{name}");
        let again = seen.retry_at.map(|at| format!(" again {at}")).unwrap_or_default();
        lines.push(format!("{name}: {}{again} | {}", seen.outcome.as_str(), seen.detail.unwrap_or_default()));
    }
    insta::assert_snapshot!(lines.join("\n"), @r"
    challenge 412: challenge | http://site.invalid/list/index.html: status 412
    challenge 200: challenge | http://site.invalid/list/index.html: a challenge instead of the page (a script and no text)
    login: login | http://site.invalid/list/index.html: a login page
    empty: empty | http://site.invalid/list/index.html: the list has no entries
    another page: empty | http://site.invalid/list/index.html: nothing on the page fits the profile's `list`
    apology: empty | http://site.invalid/list/index.html: an error page under status 200 (页面不存在)
    file: wrong_type | http://site.invalid/list/index.html: application/pdf where a list page should be
    json: wrong_type | http://site.invalid/list/index.html: application/json where a list page should be
    403: status | http://site.invalid/list/index.html: status 403
    404: status | http://site.invalid/list/index.html: status 404
    503: unreachable again 2026-02-01T00:02:00Z | http://site.invalid/list/index.html: status 503
    429: unreachable again 2026-02-01T01:00:00Z | http://site.invalid/list/index.html: status 429
    huge: wrong_type | http://site.invalid/list/index.html: larger than 1000000 bytes; raise fetch.max_bytes if the document is meant to be so large
    cut: unreachable | http://site.invalid/list/index.html: the answer broke off (end of file before message length reached); it is tried again later
    no reports: empty | 1 entries, none with the title of a report (include, exclude)
    redirect to loopback: status | http://site.invalid/list/index.html: redirects to http://127.0.0.1:9/, which is not followed because the host is not one of the site's; add the host to the profile if it belongs to the site
    redirect to a foreign host: status | http://site.invalid/list/index.html: redirects to http://sso.invalid/, which is not followed because the host is not one of the site's; add the host to the profile if it belongs to the site
    redirect in a circle: status | http://site.invalid/list/index.html: more than 5 redirects; open it in a browser and put its final address into the profile
    ");
}

#[tokio::test]
async fn a_site_that_is_down_or_slow_is_unreachable() {
    let site = listing(&[FINANCE], "").await;
    site.put(LIST, Page::html(fixture::list(&[FINANCE], "")).slow(8, Duration::from_millis(100)));
    let seen = poll_with(&site, "", |config| config.timeout = Duration::from_millis(400)).await;
    assert_eq!((seen.outcome, seen.complete), (PollOutcome::Unreachable, false), "{seen:?}");
    assert!(seen.detail.unwrap().contains("no complete answer within"));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let seen = poll_with(&site, "", |config| {
        config.overrides.insert("site.invalid".into(), closed);
    })
    .await;
    assert_eq!(seen.outcome, PollOutcome::Unreachable, "{seen:?}");
}

#[tokio::test]
async fn a_list_in_gbk_is_read() {
    let text = fixture::list(&[FINANCE], "").replace("charset=utf-8", "charset=gb2312");
    let seen = poll(&first(Page::gbk(&text)).await, "").await;
    assert_eq!(seen.found[0].title, FINANCE.1);
    assert_eq!(seen.found[0].date, Some(jiff::civil::date(2026, 1, 20)));
}

#[tokio::test]
async fn a_report_that_cannot_be_fetched_stands_in_the_way_of_completeness() {
    let foreign = ("http://elsewhere.invalid/czj.html", FINANCE.1);
    insta::assert_snapshot!(short(&poll(&listing(&[SCHOOLS, foreign], "").await, "").await), @r#"ok complete=false pages=1 items=2 found=[jyj.html Some("yz-jyj") Some(2025)] 《云泽市财政局2025年政府信息公开工作年度报告》 is on elsewhere.invalid, which is not one of the site's hosts"#);
    let script = ("javascript:open(1)", FINANCE.1);
    insta::assert_snapshot!(short(&poll(&listing(&[SCHOOLS, script], "").await, "").await), @r#"ok complete=false pages=1 items=2 found=[jyj.html Some("yz-jyj") Some(2025)] 《云泽市财政局2025年政府信息公开工作年度报告》: its link cannot be fetched (javascript:open(1))"#);
}

#[tokio::test]
async fn robots_txt_is_kept_and_asked_for_once() {
    let site = listing(&[FINANCE], "<a class=next href=index_1.html>").await;
    site.put("/list/index_1.html", Page::html(fixture::list(&[SCHOOLS], "")));
    site.put(
        "/robots.txt",
        Page::text("User-agent: *\nDisallow: /\n\nUser-agent: gongkai\nDisallow: /list/index_1"),
    );
    let seen = poll(&site, NEXT).await;
    insta::assert_snapshot!(short(&seen), @r#"forbidden complete=false pages=1 items=1 found=[czj.html Some("yz-czj") Some(2025)] http://site.invalid/list/index_1.html: robots.txt forbids it (Disallow: /list/index_1); leave the column out of the profile or ask the site's operator"#);
    assert_eq!((site.hits("/robots.txt"), site.hits("/list/index_1.html")), (1, 0));
    assert!(site.requests().iter().all(|request| request.header("user-agent") == "gongkai/0.1 (test)"));
}

#[tokio::test]
async fn a_robots_txt_that_fails_forbids_for_the_time_being() {
    let site = listing(&[FINANCE], "").await;
    site.put("/robots.txt", Page::text("").status(500));
    let seen = poll(&site, "").await;
    assert_eq!((seen.outcome, site.hits(LIST)), (PollOutcome::Unreachable, 0));
    assert_eq!(seen.retry_at, Some("2026-02-01T00:05:00Z".parse().unwrap()));
    site.put("/robots.txt", Page::text("User-agent: *\nDisallow: /").status(403));
    assert_eq!(poll(&site, "").await.outcome, PollOutcome::Ok);
}

#[tokio::test]
async fn a_host_that_asks_for_silence_is_not_asked_again() {
    let site = first(Page::retry_after(429, "600")).await;
    let (client, profile) = (fixture::client(&site, |_| {}), fixture::profile(""));
    let until = Some("2026-02-01T00:10:00Z".parse().unwrap());
    for _ in 0..3 {
        let seen = discover(&client, fixture::clock().as_ref(), &profile, &profile.columns[0], LIMITS).await;
        assert_eq!((seen.outcome, seen.retry_at), (PollOutcome::Unreachable, until));
    }
    assert_eq!(site.hits(LIST), 1);
}

#[tokio::test]
async fn the_demo_site_is_read_to_its_end_and_every_report_has_its_body() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let registry = crate::Registry::read(&examples.join("registry.csv")).unwrap();
    let profiles = crate::check_profiles(&examples.join("sites"), &registry).unwrap();
    let profile = profiles.get("yunze").unwrap();
    let site = Site::serving(examples.join("site")).await.unwrap();
    let client = fixture::client(&site, |config| {
        config.overrides.insert("demo.invalid".into(), site.address());
    });
    let seen = discover(&client, fixture::clock().as_ref(), profile, &profile.columns[0], LIMITS).await;
    assert_eq!((seen.outcome, seen.complete, seen.pages), (PollOutcome::Ok, true, 2), "{seen:?}");
    for found in &seen.found {
        // The file of a report is named after its body's id, or begins as it does.
        let file = found.url.rsplit('/').next().unwrap();
        let (id, year) = file.trim_end_matches(".html").rsplit_once('-').unwrap();
        assert!(found.body.as_deref().is_some_and(|body| body.starts_with(id)), "{found:?}");
        assert_eq!(found.year, year.parse().ok(), "{found:?}");
    }
    assert_eq!((seen.found.len(), seen.items), (18, 20));
}

const RECORDS: &str = r"records = '(?s)<record><!\[CDATA\[(.*?)\]\]></record>'
total = '<totalrecord>(\d+)<'
next = { pattern = '?page={n}', first = 2, count = '<totalpage>(\d+)<' }";

fn records(total: &str, items: &[(&str, &str)]) -> Page {
    let items: String = items
        .iter()
        .map(|(url, title)| {
            format!(
                "<record><![CDATA[<li><a href='{url}'>{title}</a><span>2026-01-20</span></li>]]></record>"
            )
        })
        .collect();
    Page::html(format!(
        "<html><body><ul class='list'></ul><script type='text/xml'><datastore>{total}<totalpage>2</totalpage>{items}</datastore></script></body></html>"
    ))
}

/// The entries are in a script, so `item` looks into the records.
async fn poll_records(total: &str) -> Discovery {
    let site = first(records(total, &[FINANCE])).await;
    site.put("/list/index.html?page=2", records(total, &[SCHOOLS]));
    let (client, mut profile) = (fixture::client(&site, |_| {}), fixture::profile(RECORDS));
    profile.columns[0].item = scraper::Selector::parse("li").ok();
    discover(&client, fixture::clock().as_ref(), &profile, &profile.columns[0], LIMITS).await
}

#[tokio::test]
async fn records_are_read_on_all_pages_and_counted_against_the_announced_total() {
    let whole = poll_records("<totalrecord>2</totalrecord>").await;
    assert_eq!(
        (whole.outcome, whole.complete, whole.pages, whole.found.len()),
        (PollOutcome::Ok, true, 2, 2)
    );
    assert_eq!(whole.detail, None);
    for (total, why) in [
        ("<totalrecord>3</totalrecord>", "the list announces 3 entries, 2 were read (total)"),
        ("", "the number of entries was not found (total)"),
    ] {
        let cut = poll_records(total).await;
        assert_eq!((cut.outcome, cut.complete, cut.found.len()), (PollOutcome::Ok, false, 2), "{total}");
        assert!(cut.detail.as_deref().unwrap().ends_with(why), "{:?}", cut.detail);
    }
}

/// What the recorded site of an example answers.
#[derive(serde::Deserialize)]
struct Recorded {
    reports: usize,
    page: Vec<RecordedPage>,
}

#[derive(serde::Deserialize)]
struct RecordedPage {
    path: String,
    post: Option<String>,
    file: String,
    r#type: String,
}

#[tokio::test]
async fn every_example_profile_reads_its_recorded_site_to_its_end() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/profiles");
    let registry = crate::Registry::read(&examples.join("registry.csv")).unwrap();
    let profiles =
        crate::check_profiles(&examples, &registry).unwrap_or_else(|problems| panic!("{}", problems[0]));
    assert!(profiles.len() >= 6, "{}", profiles.len());
    for profile in profiles.iter() {
        let folder = examples.join("pages").join(&profile.id);
        let recorded = std::fs::read_to_string(folder.join("site.toml")).unwrap();
        let recorded: Recorded = toml::from_str(&recorded).unwrap();
        let site = Site::start().await.unwrap();
        for page in &recorded.page {
            let body = std::fs::read(folder.join(&page.file)).unwrap();
            let path =
                page.post.as_ref().map_or_else(|| page.path.clone(), |post| format!("{} {post}", page.path));
            site.put(&path, Page::bytes(&page.r#type, body));
        }
        let client = fixture::client(&site, |config| {
            config.overrides.insert(format!("{}.invalid", profile.id), site.address());
        });
        let seen = discover(&client, fixture::clock().as_ref(), profile, &profile.columns[0], LIMITS).await;
        assert_eq!((seen.outcome, seen.complete), (PollOutcome::Ok, true), "{}: {seen:?}", profile.id);
        assert_eq!(seen.found.len(), recorded.reports, "{}: {seen:?}", profile.id);
        for found in &seen.found {
            assert!(found.body.as_deref().is_some_and(|body| body.starts_with(&profile.id)), "{found:?}");
            assert!(found.year.is_some_and(|year| year >= 2024), "{found:?}");
            assert!(found.date.is_some() || profile.id == "meigang", "{found:?}");
        }
        // One page less, and the same list is no longer complete.
        let last = recorded.page.last().unwrap();
        if recorded.page.len() > 1 {
            let path =
                last.post.as_ref().map_or_else(|| last.path.clone(), |post| format!("{} {post}", last.path));
            site.put(&path, Page::html("<p>系统繁忙，请稍后再试</p>"));
            let cut =
                discover(&client, fixture::clock().as_ref(), profile, &profile.columns[0], LIMITS).await;
            assert!(!cut.complete, "{}: {cut:?}", profile.id);
        }
    }
}
