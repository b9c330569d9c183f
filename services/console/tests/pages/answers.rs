//! Lists, the API and the feeds over the scene's store.
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{HOSTILE, Scene, ask, console, page};

async fn answer(scene: &Scene, uri: &str) -> Value {
    serde_json::from_str(&page(&console(scene), uri).await).unwrap()
}

#[tokio::test]
async fn bodies_are_filtered_by_state_kind_region_and_name() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    for (query, water, schools) in [
        ("", true, true),
        ("?state=overdue", false, true),
        ("?state=in_time&kind=department&level=prefecture&region=9901&year=2024", true, false),
        ("?text=%E6%95%99%E8%82%B2", false, true),
        ("?region=1234", false, false),
        ("?year=2020", true, true),
    ] {
        let html = page(&console, &format!("/bodies{query}")).await;
        let there = ["water", "schools"].map(|id| html.contains(&format!("href=\"/bodies/{id}\"")));
        assert_eq!(there, [water, schools], "{query}");
    }
    assert_eq!(ask(&console, "/bodies?state=gone", None).await.0.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn search_finds_bodies_and_titles() {
    let scene = Scene::filled().await;
    let html = page(&console(&scene), "/search?q=%E6%B0%B4%E5%8A%A1").await;
    assert!(
        html.contains("href=\"/bodies/water\"")
            && html.contains(&format!("href=\"/reports/{}\"", scene.report))
    );
    let nothing = page(&console(&scene), "/search?q=%3Cscript%3E1").await;
    assert!(nothing.contains("没有符合条件的单位") && !nothing.contains("<script"));
}

#[tokio::test]
async fn the_api_gives_reports_with_cells_and_findings() {
    let scene = Scene::filled().await;
    let report = answer(&scene, &format!("/api/v1/reports/{}", scene.report)).await;
    assert_eq!(report["document"]["verdict"], "inconsistent");
    assert_eq!(report["document"]["findings"][0]["expected"], "4");
    assert_eq!(report["document"]["counts"], json!({ "error": 1, "warning": 0, "hint": 0 }));
    let blank = report["cells"].as_array().unwrap().iter().find(|cell| cell["state"] == "blank").unwrap();
    assert_eq!(
        *blank,
        json!({ "table": "proceedings", "row": "litigation_direct", "column": "pending", "value": null, "state": "blank", "printed": "" })
    );
    let findings = answer(&scene, "/api/v1/findings?year=2024&lang=en").await;
    assert_eq!(findings["items"][0]["message"], "total of reviews should be 4, is 3");
    assert_eq!(findings["items"][0]["identity"], "water/2024");
}

#[tokio::test]
async fn the_api_pages_and_says_what_is_wrong_with_a_question() {
    let scene = Scene::filled().await;
    let first = answer(&scene, "/api/v1/bodies?per_page=2").await;
    let second = answer(&scene, "/api/v1/bodies?per_page=2&page=2").await;
    assert_eq!((&first["next"], &second["next"]), (&json!(2), &Value::Null));
    assert_eq!((first["items"].as_array().unwrap().len(), second["items"].as_array().unwrap().len()), (2, 1));
    let console = console(&scene);
    for (uri, status, code) in [
        ("/api/v1/reports?year=next", 400, "bad_request"),
        ("/api/v1/bodies?per_page=0", 400, "bad_request"),
        ("/api/v1/reports?year=1&year=2", 400, "bad_request"),
        ("/api/v1/reports/1", 404, "not_found"),
        ("/api/v1/nowhere", 404, "not_found"),
    ] {
        let (response, text) = ask(&console, uri, None).await;
        let problem: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{uri}: {error}: {text}"));
        assert_eq!((response.status().as_u16(), &problem["code"]), (status, &json!(code)), "{uri}");
    }
}

#[tokio::test]
async fn rates_dues_sites_and_status_are_the_stores() {
    let scene = Scene::filled().await;
    let rates = answer(&scene, "/api/v1/rates?year=2024").await;
    let departments = rates.as_array().unwrap().iter().find(|cohort| cohort["kind"] == "department").unwrap();
    let published = json!({ "rate": "published", "numerator": 1, "denominator": 2, "n": 2, "left_out": 0, "percent": "50.0%" });
    assert_eq!(departments["publication"][0], published);
    let dues = answer(&scene, "/api/v1/dues?state=overdue").await;
    assert_eq!(dues["items"][0]["body"], "schools");
    assert_eq!(answer(&scene, "/api/v1/sites").await[0]["last_poll"]["outcome"], "ok");
    let status = answer(&scene, "/api/v1/status").await;
    assert!(
        status["stages"]
            .as_array()
            .unwrap()
            .iter()
            .any(|stage| stage["stage"] == "judge" && stage["done"] == 1)
    );
}

#[tokio::test]
async fn every_route_that_the_description_names_is_there() {
    let scene = Scene::filled().await;
    let described = answer(&scene, "/api/v1/openapi.json").await;
    assert!(described["openapi"].as_str().unwrap().starts_with("3."));
    let paths = described["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 13);
    let console = console(&scene);
    for (path, methods) in paths.iter().filter(|(_, methods)| methods.get("get").is_some()) {
        let uri = path
            .replace("/bodies/{id}", "/bodies/water")
            .replace("{fingerprint}", "feed")
            .replace("/reports/{id}", &format!("/reports/{}", scene.report));
        let (response, text) = ask(&console, &uri, None).await;
        assert_eq!(response.status(), StatusCode::OK, "{uri}: {text} {methods}");
    }
}

#[tokio::test]
async fn feeds_have_stable_ids_and_absolute_links_and_text_stays_text() {
    let scene = Scene::filled().await;
    let console = console(&scene);
    let (response, reports) = ask(&console, "/feed/reports.atom", None).await;
    assert_eq!(response.headers()["content-type"], "application/atom+xml; charset=utf-8");
    assert!(reports.contains(&format!("<id>urn:uuid:{}</id>", scene.report)));
    assert!(reports.contains(&format!("href=\"https://watch.example/reports/{}\"", scene.report)));
    assert!(reports.contains("<updated>2025-02-10T02:00:00Z</updated>") && !reports.contains(HOSTILE));
    let findings = page(&console, "/feed/findings.atom").await;
    assert!(findings.contains("<id>urn:gongkai:finding:water%2F2024:feed</id>"), "{findings}");
    assert!(findings.contains("href=\"https://watch.example/bodies/water/2024#f-feed\""));
    assert_eq!(findings, page(&console, "/feed/findings.atom").await);
}
