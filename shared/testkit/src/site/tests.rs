//! What the fake site promises, seen by a client that speaks bare HTTP/1.1.
use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::*;

struct Reply {
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

async fn get(site: &Site, path: &str, headers: &str) -> Reply {
    let mut stream = TcpStream::connect(site.address()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: demo.invalid\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A body cut on purpose ends in an error; what came before it counts.
    let _ = stream.read_to_end(&mut bytes).await;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    Reply { head: String::from_utf8_lossy(&bytes[..end]).into_owned(), body: bytes[end + 4..].to_vec() }
}

#[tokio::test]
async fn an_empty_site_has_no_page() {
    let site = Site::start().await.unwrap();
    assert_eq!(get(&site, "/", "").await.status(), 404);
    assert_eq!(site.root(), format!("http://{}/", site.address()));
}

#[tokio::test]
async fn a_page_is_served_with_its_status_and_headers_and_requests_are_kept() {
    let site = Site::start().await.unwrap();
    site.put("/a?page=2", Page::html("<p>第二页</p>").status(203).header("x-from", "cms"));
    let reply = get(&site, "/a?page=2", "user-agent: gongkai-test\r\n").await;
    assert_eq!(
        (reply.status(), reply.header("x-from"), reply.text().as_str()),
        (203, Some("cms"), "<p>第二页</p>")
    );
    assert_eq!(get(&site, "/a", "").await.status(), 404);
    assert_eq!((site.hits("/a?page=2"), site.hits("/a"), site.hits("/b")), (1, 1, 0));
    assert_eq!(site.requests()[0].header("user-agent"), "gongkai-test");
}

#[tokio::test]
async fn a_page_changes_after_the_named_request_and_can_be_removed() {
    let site = Site::start().await.unwrap();
    site.put("/r", Page::html("first"));
    site.put_after("/r", 2, Page::html("second"));
    let mut texts = Vec::new();
    for _ in 0..3 {
        texts.push(get(&site, "/r", "").await.text());
    }
    assert_eq!(texts, ["first", "first", "second"]);
    site.remove("/r");
    assert_eq!(get(&site, "/r", "").await.status(), 404);
    site.put("/r", Page::html("back"));
    assert_eq!(get(&site, "/r", "").await.text(), "back");
}

#[tokio::test]
async fn an_unchanged_page_answers_304_by_tag_and_by_date() {
    let site = Site::start().await.unwrap();
    let at: jiff::Timestamp = "2026-04-06T08:00:00Z".parse().unwrap();
    site.put("/r", Page::html("one").etag().modified(at));
    let first = get(&site, "/r", "").await;
    assert_eq!(first.header("last-modified"), Some("Mon, 06 Apr 2026 08:00:00 GMT"));
    let tag = first.header("etag").unwrap().to_owned();
    let again = get(&site, "/r", &format!("if-none-match: {tag}\r\n")).await;
    assert_eq!((again.status(), again.body.len()), (304, 0));
    let since = |date: &str| format!("if-modified-since: {date}\r\n");
    assert_eq!(get(&site, "/r", &since("Mon, 06 Apr 2026 08:00:00 GMT")).await.status(), 304);
    assert_eq!(get(&site, "/r", &since("Mon, 06 Apr 2026 07:59:59 GMT")).await.status(), 200);
    site.put("/r", Page::html("two").etag());
    assert_eq!(get(&site, "/r", &format!("if-none-match: {tag}\r\n")).await.status(), 200);
}

#[tokio::test]
async fn redirects_and_retry_after_carry_their_headers() {
    let site = Site::start().await.unwrap();
    site.put("/old", Page::redirect(301, "/new"));
    site.put("/busy", Page::retry_after(429, "7"));
    let (old, busy) = (get(&site, "/old", "").await, get(&site, "/busy", "").await);
    assert_eq!((old.status(), old.header("location")), (301, Some("/new")));
    assert_eq!((busy.status(), busy.header("retry-after")), (429, Some("7")));
}

#[tokio::test]
async fn challenge_login_and_empty_list_look_the_part() {
    let site = Site::start().await.unwrap();
    site.put("/c", Page::challenge());
    site.put("/s", Page::script_challenge());
    site.put("/l", Page::login());
    site.put("/e", Page::empty_list());
    assert_eq!(get(&site, "/c", "").await.status(), 412);
    let (script, login, empty) =
        (get(&site, "/s", "").await, get(&site, "/l", "").await, get(&site, "/e", "").await);
    assert_eq!((script.status(), script.text().contains("location[")), (200, true));
    assert!(login.text().contains("type=\"password\"") && !empty.text().contains("<li"));
}

#[tokio::test]
async fn gbk_pages_are_gbk_bytes_without_a_declared_charset() {
    let site = Site::start().await.unwrap();
    site.put("/g", Page::gbk("年度报告"));
    let reply = get(&site, "/g", "").await;
    assert_eq!(reply.header("content-type"), Some("text/html"));
    assert_eq!(encoding_rs::GBK.decode(&reply.body).0, "年度报告");
    assert_ne!(reply.text(), "年度报告");
}

#[tokio::test]
async fn compressed_pages_unpack_to_their_text() {
    let site = Site::start().await.unwrap();
    site.put("/z", Page::huge(1_000_000).gzip());
    let reply = get(&site, "/z", "").await;
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    assert!(reply.body.len() < 20_000, "{}", reply.body.len());
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(reply.body.as_slice()), &mut text)
        .unwrap();
    assert!(text.len() >= 1_000_000);
}

#[tokio::test]
async fn a_cut_page_announces_more_than_it_sends() {
    let site = Site::start().await.unwrap();
    site.put("/cut", Page::text("0123456789").cut_at(4));
    let reply = get(&site, "/cut", "").await;
    assert_eq!(reply.header("content-length"), Some("10"));
    assert!(reply.body.len() <= 4, "{}", reply.text());
}

#[tokio::test]
async fn slow_pages_take_their_time() {
    let site = Site::start().await.unwrap();
    site.put("/slow", Page::text("abcd").delay(Duration::from_millis(20)).slow(1, Duration::from_millis(10)));
    let before = std::time::Instant::now();
    assert!(get(&site, "/slow", "").await.text().contains('d'));
    assert!(before.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_folder_is_served_without_leaving_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("list")).unwrap();
    std::fs::write(folder.path().join("list/index.html"), "<p>列表</p>").unwrap();
    std::fs::write(folder.path().join("robots.txt"), "User-agent: *\n").unwrap();
    let site = Site::serving(folder.path().join("list")).await.unwrap();
    assert_eq!(get(&site, "/", "").await.text(), "<p>列表</p>");
    assert_eq!(get(&site, "/../robots.txt", "").await.status(), 404);
    let whole = Site::serving(folder.path()).await.unwrap();
    assert_eq!(get(&whole, "/robots.txt", "").await.header("content-type"), Some("text/plain"));
    assert!(get(&whole, "/list/", "").await.header("etag").is_some());
    whole.remove("/list/index.html");
    assert_eq!(get(&whole, "/list/index.html", "").await.status(), 404);
    whole.put_after("/robots.txt", 1, Page::text("User-agent: *\nDisallow: /\n"));
    assert!(get(&whole, "/robots.txt", "").await.text().contains("Disallow"));
}

#[tokio::test]
async fn a_dropped_site_stops_listening() {
    let site = Site::start().await.unwrap();
    let address = site.address();
    drop(site);
    for _ in 0..100 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("still listening on {address}");
}
