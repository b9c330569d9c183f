//! The pages over a real store: what they show, in which language, and that hostile text stays text.
#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that goes wrong")]

use axum::{
    Router,
    body::Body as HttpBody,
    http::{Request, Response, StatusCode, header},
};
use std::sync::Arc;

use gongkai_console::{
    Access, ConsoleState,
    draft::{Draft, DraftReader, Drafts},
    router,
};
use scene::{HOSTILE, Scene};
use tower::ServiceExt;

#[path = "pages/absent.rs"]
mod absent;
#[path = "pages/acting.rs"]
mod acting;
#[path = "pages/answers.rs"]
mod answers;
#[path = "pages/scene.rs"]
mod scene;

async fn ask(router: &Router, uri: &str, cookie: Option<&str>) -> (Response<()>, String) {
    let mut request = Request::builder().uri(uri);
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    let response = router.clone().oneshot(request.body(HttpBody::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (Response::from_parts(parts, ()), String::from_utf8_lossy(&bytes).into_owned())
}

async fn page(router: &Router, uri: &str) -> String {
    let (response, text) = ask(router, uri, None).await;
    assert_eq!(response.status(), StatusCode::OK, "{uri}: {text}");
    text
}

/// Reads drafts in the test's own process.
struct Plain;

#[async_trait::async_trait]
impl DraftReader for Plain {
    async fn read(&self, draft: Draft) -> Result<Vec<gongkai_model::Report>, String> {
        let hints = gongkai_reading::Hints { content_type: draft.content_type.as_deref(), url: None };
        Ok(gongkai_reading::read(&draft.bytes, hints))
    }
}

fn console(scene: &Scene) -> Router {
    console_with(scene, Access::default())
}

fn console_with(scene: &Scene, access: Access) -> Router {
    router(ConsoleState {
        access,
        drafts: Drafts::new(Arc::new(Plain)),
        public_url: "https://watch.example/".into(),
        store: scene.store.clone(),
        archive: scene.archive.clone(),
        clock: scene.clock.clone(),
    })
}

/// The text between tags, a line a piece.
fn words(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => (inside, _) = (false, out.push('\n')),
            _ if !inside => out.push(letter),
            _ => {}
        }
    }
    out.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn an_empty_console_says_that_there_is_nothing_yet() {
    let scene = Scene::empty().await;
    let text = words(&page(&console(&scene), "/").await);
    for word in ["2024年度报告概览", "尚无应发布的单位", "尚未采集到报告", "没有未消除的问题", "尚未配置网站"]
    {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[tokio::test]
async fn the_overview_counts_names_what_is_overdue_and_shows_the_latest() {
    let scene = Scene::filled().await;
    let text = words(&page(&console(&scene), "/").await);
    let main = text.split("2024年度报告概览").last().unwrap().split("最新报告").next().unwrap();
    insta::assert_snapshot!(main);
}

#[tokio::test]
async fn the_report_page_marks_the_wrong_cell_with_what_is_expected_and_leads_to_the_finding() {
    let scene = Scene::filled().await;
    let html = page(&console(&scene), &format!("/reports/{}", scene.report)).await;
    assert!(html.contains("应为 4"), "the value that the other figures imply");
    assert!(html.contains("<td class=\"n wrong\">3<small class=\"expected\">"), "{html}");
    assert!(html.contains("href=\"#f-feed\"") && html.contains("id=\"f-feed\""));
    assert!(html.contains("<small class=\"state\">空</small>"), "a blank cell is called blank");
    assert!(html.contains("未识别到此表"), "the two absent tables are named");
    insta::assert_snapshot!(words(html.split("<main").nth(1).unwrap()));
}

#[tokio::test]
async fn text_of_reports_is_escaped_everywhere() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    for uri in
        ["/".to_owned(), "/reports".into(), format!("/reports/{}", scene.report), "/bodies/water".into()]
    {
        let html = page(&console, &uri).await;
        assert!(!html.contains(HOSTILE), "{uri}");
        assert!(!html.contains("<script"), "{uri}");
        assert!(!html.contains(" style=") && !html.contains("javascript:\""), "{uri}");
    }
    let echoed = page(&console, "/reports?text=%22%3E%3Cscript%3E").await;
    assert!(!echoed.contains("<script"));
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_asks_no_other_host() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    for uri in ["/", "/reports", "/assets/console.css", "/nowhere", &format!("/reports/{}", scene.report)] {
        let (response, text) = ask(&console, uri, None).await;
        let of = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(
            of(header::CONTENT_SECURITY_POLICY).unwrap(),
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(of(header::X_CONTENT_TYPE_OPTIONS).unwrap(), "nosniff");
        assert_eq!(of(header::REFERRER_POLICY).unwrap(), "no-referrer");
        for loading in ["src=\"http", "url(http", "@import", "href=\"//"] {
            assert!(!text.contains(loading), "{uri} loads {loading}");
        }
    }
}

#[tokio::test]
async fn the_original_is_given_as_sandboxed_text_and_only_when_the_store_names_it() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    let (response, text) = ask(&console, &format!("/original/{}", scene.blob), None).await;
    let of = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap();
    assert_eq!(text, scene::ORIGINAL);
    assert_eq!(of(header::CONTENT_TYPE), "text/plain");
    assert!(of(header::CONTENT_DISPOSITION).starts_with("attachment; filename="));
    assert_eq!(of(header::CONTENT_SECURITY_POLICY), "sandbox; default-src 'none'");
    assert_eq!(of(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    for other in ["0".repeat(64), "../../etc/passwd".replace('/', "%2F"), "x".into()] {
        assert_eq!(
            ask(&console, &format!("/original/{other}"), None).await.0.status(),
            StatusCode::NOT_FOUND
        );
    }
}

#[tokio::test]
async fn english_is_asked_for_by_the_query_and_remembered_by_a_cookie() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    let (response, english) = ask(&console, "/?lang=en", None).await;
    assert!(english.contains("<html lang=\"en\">") && english.contains("Reports for 2024"));
    let cookie = response.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
    assert!(cookie.starts_with("lang=en; "), "{cookie}");
    let (response, remembered) = ask(&console, "/", Some("lang=en")).await;
    assert!(remembered.contains("Reports for 2024"));
    assert!(response.headers().get(header::SET_COOKIE).is_none());
    assert!(page(&console, "/").await.contains("<html lang=\"zh-CN\">"));
}

#[tokio::test]
async fn what_is_not_there_is_a_page_in_style_in_the_readers_language() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    for uri in ["/nowhere", "/reports/1", "/reports/00000000-0000-0000-0000-000000000000", "/bodies/nobody"] {
        let (response, text) = ask(&console, uri, None).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{uri}");
        assert!(text.contains("没有这个页面") && text.contains("console.css"), "{uri}");
    }
    assert!(ask(&console, "/nowhere?lang=en", None).await.1.contains("No such page"));
    let (response, text) = ask(&console, "/reports?year=next", None).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(text.contains("年度应为四位数字"));
}

#[tokio::test]
async fn a_body_shows_its_years_and_leads_to_its_current_report() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    insta::assert_snapshot!(words(page(&console, "/bodies/water").await.split("<main").nth(1).unwrap()));
    let (response, _) = ask(&console, "/bodies/water/2024", None).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers().get(header::LOCATION).unwrap(), &format!("/reports/{}", scene.report));
    let (response, _) = ask(&console, "/bodies/schools/2024", None).await;
    assert_eq!(response.headers().get(header::LOCATION).unwrap(), "/bodies/schools");
}

#[tokio::test]
async fn the_list_is_filtered_by_text_and_year() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    let link = format!("href=\"/reports/{}\"", scene.report);
    for (query, there) in
        [("", true), ("?text=水务&year=2024", true), ("?year=2023", false), ("?text=无此", false)]
    {
        let query = query.replace("水务", "%E6%B0%B4%E5%8A%A1").replace("无此", "%E6%97%A0%E6%AD%A4");
        assert_eq!(page(&console, &format!("/reports{query}")).await.contains(&link), there, "{query}");
    }
}
