//! The client against a server that misbehaves.
use std::{sync::Once, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use tokio::net::TcpListener;

use super::*;

/// 100,000 letters a, compressed.
const GZIP: [u8; 133] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 172, 235, 95, 194, 26, 30, 64, 1, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 175, 6, 135, 250, 226, 27,
    160, 134, 1, 0,
];

fn provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn config() -> HttpConfig {
    provider();
    HttpConfig {
        user_agent: "gongkai-test/1".into(),
        allow_private: false,
        overrides: HashMap::new(),
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(20),
        max_bytes: 50_000,
        max_redirects: 3,
    }
}

async fn redirect(request: Request) -> Response {
    let to = request.uri().query().unwrap_or_default().to_owned();
    (StatusCode::FOUND, [("location", to)]).into_response()
}

async fn echo(headers: HeaderMap) -> String {
    let mut lines: Vec<String> =
        headers.iter().map(|(k, v)| format!("{k}: {}", v.to_str().unwrap())).collect();
    lines.sort();
    lines.join("\n")
}

async fn conditional(headers: HeaderMap) -> Response {
    let known = headers.get("if-none-match").is_some_and(|v| v == "\"v1\"");
    let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    (status, [("etag", "\"v1\""), ("content-type", "text/html; charset=gbk"), ("retry-after", "7")], "x")
        .into_response()
}

fn app() -> Router {
    Router::new()
        .route("/ok", get(|| async { "fine" }))
        .route("/redirect", get(redirect))
        .route("/echo", any(echo))
        .route("/conditional", get(conditional))
        .route("/large", get(|| async { vec![b'a'; 50_001] }))
        .route("/exact", get(|| async { vec![b'a'; 50_000] }))
        .route("/bomb", get(|| async { ([("content-encoding", "gzip")], GZIP.to_vec()) }))
        .route(
            "/drip",
            get(|| async {
                let drops = futures_util::stream::unfold((), |()| async {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    Some((Ok::<_, std::io::Error>("drop"), ()))
                });
                Body::from_stream(drops)
            }),
        )
}

/// A client to which `site.invalid` is the server.
async fn served(config: HttpConfig) -> HttpClient {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app()).await });
    let overrides =
        HashMap::from([("site.invalid".to_owned(), address), ("www.site.invalid".to_owned(), address)]);
    HttpClient::new(HttpConfig { overrides, ..config }).unwrap()
}

fn site(path: &str) -> GetRequest {
    GetRequest::new(Url::parse("http://site.invalid").unwrap().join(path).unwrap())
}

async fn failure(path: &str) -> HttpError {
    served(config()).await.get(&site(path)).await.unwrap_err()
}

#[tokio::test]
async fn a_named_listener_answers() {
    let fetched = served(config()).await.get(&site("/ok")).await.unwrap();
    assert_eq!((fetched.status, fetched.body.as_slice()), (200, &b"fine"[..]));
}

#[tokio::test]
async fn a_name_that_leads_to_loopback_is_refused_and_allowed_when_set() {
    let url = Url::parse("http://localhost:9/").unwrap();
    let refused = HttpClient::new(config()).unwrap().get(&GetRequest::new(url.clone())).await.unwrap_err();
    assert!(matches!(refused, HttpError::PrivateAddress { .. }), "{refused}");
    assert!(refused.to_string().contains("fetch.allow_private"), "{refused}");
    let allowed = HttpClient::new(HttpConfig { allow_private: true, ..config() }).unwrap();
    let error = allowed.get(&GetRequest::new(url)).await.unwrap_err();
    assert!(matches!(error, HttpError::Refused { .. }), "{error}");
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    for target in [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest",
        "http://localhost/",
        "http://site.invalid:22/",
        "//[::1]/",
    ] {
        let error = failure(&format!("/redirect?{target}")).await;
        assert!(matches!(error, HttpError::PrivateAddress { .. }), "{target}: {error}");
    }
}

#[tokio::test]
async fn redirects_are_followed_up_to_the_limit() {
    let client = served(config()).await;
    let fetched = client.get(&site("/redirect?/redirect?/ok")).await.unwrap();
    assert_eq!(fetched.final_url.as_str(), "http://site.invalid/ok");
    let endless = client.get(&site("/redirect?")).await.unwrap_err();
    assert!(matches!(endless, HttpError::TooManyRedirects { limit: 3, .. }), "{endless}");
}

#[tokio::test]
async fn a_redirect_that_the_caller_does_not_want_is_not_followed() {
    let client = served(config()).await;
    let request = site("/redirect?http://www.site.invalid/ok")
        .following(Arc::new(|url| url.host_str() == Some("site.invalid")));
    assert!(matches!(client.get(&request).await, Err(HttpError::RedirectRefused { .. })));
}

#[tokio::test]
async fn a_redirect_to_another_scheme_is_refused() {
    assert!(matches!(failure("/redirect?file:///etc/passwd").await, HttpError::BadUrl { .. }));
}

#[test]
fn https_may_fall_back_to_http_on_the_same_host_only() {
    let hop = |from: &str, to: &str| {
        let (from, to) = (Url::parse(from).unwrap(), Url::parse(to).unwrap());
        check_hop(&from, &to, &GetRequest::new(from.clone())).is_ok()
    };
    assert!(hop("https://a.example/", "http://a.example/x"));
    assert!(!hop("https://a.example/", "http://b.example/"));
    assert!(hop("http://a.example/", "http://b.example/"));
}

#[tokio::test]
async fn the_size_is_counted_after_decompression() {
    assert!(matches!(failure("/large").await, HttpError::TooLarge { limit: 50_000, .. }));
    assert!(matches!(failure("/bomb").await, HttpError::TooLarge { limit: 50_000, .. }));
    let client = served(config()).await;
    assert_eq!(client.get(&site("/exact")).await.unwrap().body.len(), 50_000);
    let cut = client.get(&site("/bomb").limited(1000, OnLimit::Cut)).await.unwrap();
    assert_eq!((cut.body.len(), cut.cut), (1000, true));
}

#[tokio::test]
async fn an_answer_without_end_runs_into_the_limit_on_time() {
    let client = served(HttpConfig { timeout: Duration::from_millis(300), ..config() }).await;
    let error = client.get(&site("/drip")).await.unwrap_err();
    assert!(matches!(error, HttpError::Timeout { .. }) && error.is_transient(), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_fails_as_tls() {
    let error = served(config())
        .await
        .get(&GetRequest::new(Url::parse("https://site.invalid/ok").unwrap()))
        .await
        .unwrap_err();
    assert!(matches!(error, HttpError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn conditional_headers_are_sent_and_headers_come_back() {
    let client = served(config()).await;
    let first = client.get(&site("/conditional")).await.unwrap();
    assert_eq!(
        (first.status, first.media_type().as_deref(), first.retry_after.as_deref()),
        (200, Some("text/html"), Some("7"))
    );
    let again = client.get(&site("/conditional").conditional(first.etag, None)).await.unwrap();
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn a_webhook_carries_its_key_and_is_not_redirected() {
    let client = served(config()).await;
    let url = |path: &str| Url::parse("http://site.invalid").unwrap().join(path).unwrap();
    let answer = client.post_json(&url("/echo"), &serde_json::json!({"a": 1}), "alert-1").await.unwrap();
    let seen = String::from_utf8(answer.body).unwrap();
    assert!(
        seen.contains("idempotency-key: alert-1") && seen.contains("content-type: application/json"),
        "{seen}"
    );
    assert!(seen.contains("user-agent: gongkai-test/1"), "{seen}");
    let error = client.post_json(&url("http://127.0.0.1/secret"), &1, "k").await.unwrap_err();
    assert!(
        matches!(error, HttpError::PrivateAddress { .. }) && !error.to_string().contains("secret"),
        "{error}"
    );
}
