//! Tokens: what may be done and read with which, and drafts.
use axum::{
    Router,
    body::Body as HttpBody,
    http::{Method, Request, StatusCode, header},
};
use base64::Engine;
use gongkai_console::Access;
use gongkai_store::Filter;
use serde_json::json;
use tower::ServiceExt;

use super::{HOSTILE, Scene, ask, console, console_with, page};

/// A dismissal that says why, in words that a page must not take for its own.
const SAID: &str = r#"{"dismissed":true,"note":"<script>alert(1)</script>","by":" 张三 "}"#;
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) async fn send(
    router: &Router,
    request: axum::http::request::Builder,
    body: &str,
) -> (StatusCode, String, String) {
    let response =
        router.clone().oneshot(request.body(HttpBody::from(body.to_owned())).unwrap()).await.unwrap();
    let place = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
    (status, place.unwrap_or_default(), String::from_utf8_lossy(&bytes).into_owned())
}

pub(crate) fn post(uri: &str, kind: &str) -> axum::http::request::Builder {
    Request::builder().method(Method::POST).uri(uri).header(header::CONTENT_TYPE, kind)
}

#[tokio::test]
async fn a_finding_is_dismissed_with_the_token_alone() {
    let scene = Scene::filled().await;
    let console = console_with(&scene, Access::new("sesame", ""));
    let form = |token: &str, dismissed| {
        format!("token={token}&fingerprint=feed&report={}&dismissed={dismissed}&note=why", scene.report)
    };
    let open = async || scene.store.latest_findings(&Filter::default()).await.unwrap().len();
    let (status, ..) = send(&console, post("/findings/dismiss", FORM), &form("wrong", true)).await;
    assert_eq!((status, open().await), (StatusCode::UNAUTHORIZED, 1));
    let (status, place, _) = send(&console, post("/findings/dismiss", FORM), &form("sesame", true)).await;
    assert_eq!((status, open().await), (StatusCode::SEE_OTHER, 0));
    assert_eq!(place, format!("/reports/{}#findings", scene.report));
    send(&console, post("/findings/dismiss", FORM), &form("sesame", false)).await;
    assert_eq!(open().await, 1);
    let get = Request::builder().uri("/findings/dismiss?token=sesame&fingerprint=feed&dismissed=true");
    assert_eq!(send(&console, get, "").await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_report_page_says_who_dismissed_when_and_why_and_the_words_stay_text() {
    let scene = Scene::filled().await;
    let console = console_with(&scene, Access::new("sesame", ""));
    let form = |dismissed, note: &str, by: &str| {
        let report = scene.report;
        format!("token=sesame&fingerprint=feed&report={report}&dismissed={dismissed}&note={note}&by={by}")
    };
    let sends = async |body: &str| send(&console, post("/findings/dismiss", FORM), body).await;
    let long = "a".repeat(501);
    for (note, by) in
        [("", ""), ("+", "a"), (long.as_str(), ""), ("a%0Ab", ""), ("a", "%00"), ("%E2%80%AEa", "")]
    {
        let (status, _, html) = sends(&form(true, note, by)).await;
        assert!(
            status == StatusCode::BAD_REQUEST && html.contains("忽略问题须写明理由"),
            "{note} {by}: {html}"
        );
    }
    assert_eq!(scene.store.latest_findings(&Filter::default()).await.unwrap().len(), 1);
    let hostile = HOSTILE.replace('<', "%3C").replace('>', "%3E");
    assert_eq!(sends(&form(true, &hostile, &hostile)).await.0, StatusCode::SEE_OTHER);
    assert_eq!(sends(&form(false, "", "")).await.0, StatusCode::SEE_OTHER, "taking up again needs no reason");
    let html = page(&console, &format!("/reports/{}", scene.report)).await;
    assert!(!html.contains("<script"), "{html}");
    let acts: Vec<_> = html.lines().filter(|line| line.contains("class=\"act\"")).map(super::words).collect();
    let said = HOSTILE.replace('<', "&#60;").replace('>', "&#62;");
    assert_eq!(
        acts,
        [format!("忽略 2025-02-10 10:00 · {said} · 理由：{said}"), "恢复 2025-02-10 10:00".to_owned()]
    );
}

#[tokio::test]
async fn programs_act_with_the_header_and_get_errors_as_json() {
    let scene = Scene::filled().await;
    let console = console_with(&scene, Access::new("sesame", ""));
    let dismiss = || post("/api/v1/findings/feed/dismiss", "application/json");
    let (status, _, text) = send(&console, dismiss(), "{\"dismissed\":true}").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(problem["code"], "unauthorised");
    let signed =
        |request: axum::http::request::Builder| request.header(header::AUTHORIZATION, "Bearer sesame");
    let (status, _, text) = send(&console, signed(dismiss()), SAID).await;
    let act = json!({ "dismissed": true, "note": HOSTILE, "by": "张三", "at": "2025-02-10T02:00:00Z" });
    let given: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (status, &given),
        (StatusCode::OK, &json!({ "fingerprint": "feed", "dismissed": true, "dismissals": [act] }))
    );
    let answer =
        async |uri: &str| -> serde_json::Value { serde_json::from_str(&page(&console, uri).await).unwrap() };
    assert_eq!(answer("/api/v1/findings/feed/dismissals").await, json!([act]));
    let report = answer(&format!("/api/v1/reports/{}", scene.report)).await;
    assert_eq!(
        (&report["document"]["findings"], &report["dismissed"][0]["dismissals"]),
        (&json!([]), &json!([act]))
    );
    send(&console, signed(dismiss()), "{\"dismissed\":false}").await;
    let findings = answer("/api/v1/findings").await;
    let again = json!({ "dismissed": false, "note": null, "by": null, "at": "2025-02-10T02:00:00Z" });
    assert_eq!(findings["items"][0]["dismissals"], json!([act, again]));
    assert_eq!(answer("/api/v1/findings/none/dismissals").await, json!([]));
    for refused in ["{}", "{\"dismissed\":true}", "{\"dismissed\":true,\"note\":\"a\\nb\"}"] {
        assert_eq!(send(&console, signed(dismiss()), refused).await.0, StatusCode::BAD_REQUEST, "{refused}");
    }
    let replay = post(&format!("/api/v1/reports/{}/replay", scene.report), "application/json");
    let (status, _, text) = send(&console, signed(replay), "{\"from\":\"parsed\"}").await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "{\"raised\":1}"));
    let nobody = post("/api/v1/findings/none/dismiss", "application/json");
    assert_eq!(send(&console, signed(nobody), SAID).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_a_token_configured_there_are_no_actions_and_the_page_says_so() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    let html = page(&console, &format!("/reports/{}", scene.report)).await;
    assert!(html.contains("未配置 http.token") && !html.contains("method=\"post\""), "{html}");
    let form = format!("token=&fingerprint=feed&report={}&dismissed=true", scene.report);
    assert_eq!(send(&console, post("/findings/dismiss", FORM), &form).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn reading_can_be_put_behind_a_token() {
    let scene = Scene::filled().await;
    let console = console_with(&scene, Access::new("sesame", "open"));
    let (response, _) = ask(&console, "/bodies?year=2024", None).await;
    assert_eq!(response.headers()[header::LOCATION], "/login?next=%2Fbodies%3Fyear%3D2024");
    for uri in ["/api/v1/bodies", "/feed/reports.atom"] {
        let (response, _) = ask(&console, uri, None).await;
        let ways: Vec<_> = response.headers().get_all(header::WWW_AUTHENTICATE).iter().collect();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(ways, ["Bearer realm=\"gongkai\"", "Basic realm=\"gongkai\", charset=\"UTF-8\""]);
    }
    assert_eq!(ask(&console, "/assets/console.css", None).await.0.status(), StatusCode::OK);
    assert_eq!(send(&console, post("/login", FORM), "token=shut&next=%2F").await.0, StatusCode::UNAUTHORIZED);
    let (status, place, _) =
        send(&console, post("/login", FORM), "token=open&next=%2F%2Felsewhere.example").await;
    assert_eq!((status, place.as_str()), (StatusCode::SEE_OTHER, "/elsewhere.example"));
    let request = post("/login", FORM).body(HttpBody::from("token=open&next=/")).unwrap();
    let response = tower::ServiceExt::oneshot(console.clone(), request).await.unwrap();
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Secure"),
        "{cookie}"
    );
    let (response, _) = ask(&console, "/bodies", cookie.split(';').next()).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_feed_reader_gives_the_token_as_a_password_which_opens_no_page_and_no_action() {
    let scene = Scene::filled().await;
    let console = console_with(&scene, Access::new("sesame", "open"));
    let asks = async |method, uri: &str, token: &str| {
        let pair = base64::prelude::BASE64_STANDARD.encode(format!("reader:{token}"));
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header(header::CONTENT_TYPE, FORM)
            .header(header::AUTHORIZATION, format!("Basic {pair}"));
        send(&console, request, SAID).await.0
    };
    for uri in ["/feed/reports.atom", "/feed/findings.atom", "/api/v1/findings"] {
        assert_eq!(asks(Method::GET, uri, "open").await, StatusCode::OK, "{uri}");
        assert_eq!(asks(Method::GET, uri, "shut").await, StatusCode::UNAUTHORIZED, "{uri}");
    }
    assert_eq!(asks(Method::GET, "/bodies", "open").await, StatusCode::SEE_OTHER);
    // A browser that knows a password sends it with every request, also with one that another site made it send.
    for token in ["open", "sesame"] {
        let dismiss = "/api/v1/findings/feed/dismiss";
        assert_eq!(asks(Method::POST, dismiss, token).await, StatusCode::UNAUTHORIZED, "{token}");
        assert_eq!(asks(Method::POST, "/findings/dismiss", token).await, StatusCode::UNAUTHORIZED, "{token}");
    }
    assert_eq!(scene.store.latest_findings(&Filter::default()).await.unwrap().len(), 1);
}

/// Four reviews of which the total says three.
const DRAFT: &str = "临川市水务局2024年政府信息公开工作年度报告\n四、政府信息公开行政复议、行政诉讼情况\n";

#[tokio::test]
async fn a_draft_is_checked_and_nothing_of_it_is_kept() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    let before = scene.store.latest(&Filter::default()).await.unwrap();
    let part = |name: &str, text: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let body = format!("{}--x--\r\n", part("text", &format!("{DRAFT}</textarea><script>alert(1)</script>")));
    let (status, _, html) = send(&console, post("/draft", "multipart/form-data; boundary=x"), &body).await;
    assert_eq!(status, StatusCode::OK, "{html}");
    assert!(html.contains("S102") && html.contains("S103"), "{html}");
    assert!(!html.contains("<script>alert"), "{html}");
    let (_, _, empty) = send(
        &console,
        post("/draft", "multipart/form-data; boundary=x"),
        &format!("{}--x--\r\n", part("text", " ")),
    )
    .await;
    assert!(empty.contains("请粘贴文字或选择文件"));
    let (status, _, json) = send(&console, post("/api/v1/check", "text/plain; charset=utf-8"), DRAFT).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (status, &json[0]["kind"], &json[0]["year"]),
        (StatusCode::OK, &"annual_report".into(), &2024.into())
    );
    let large = "年".repeat(3 << 20);
    assert_eq!(
        send(&console, post("/api/v1/check", "text/plain"), &large).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(scene.store.latest(&Filter::default()).await.unwrap(), before);
}
