//! Findings of years that have no report page: shown at the body, and dismissed there.
use axum::http::{StatusCode, header};
use gongkai_console::Access;
use gongkai_store::Filter;

use super::{
    HOSTILE, Scene,
    acting::{FORM, post, send},
    ask, console, console_with, page, words,
};

async fn open(scene: &Scene) -> Vec<String> {
    let found = scene.store.latest_findings(&Filter::default()).await.unwrap();
    found.into_iter().map(|stored| stored.finding.fingerprint).collect()
}

#[tokio::test]
async fn the_link_of_a_missing_report_leads_to_its_finding_at_the_body() {
    let scene = Scene::filled().await;
    scene.misses("schools").await;
    let console = console(&scene);
    let overview = page(&console, "/").await;
    assert!(overview.contains("href=\"/bodies/schools/2024#f-lost-schools\""), "{overview}");
    // A browser takes the fragment along.
    let (response, _) = ask(&console, "/bodies/schools/2024", None).await;
    assert_eq!(response.headers()[header::LOCATION], "/bodies/schools");
    let html = page(&console, "/bodies/schools").await;
    assert!(html.contains("id=\"f-lost-schools\""), "{html}");
    let section = html.split("id=\"findings\"").nth(1).unwrap().split("</section>").next().unwrap();
    let shown = "无现行报告年度的问题\n1\n✕\n错误\nP802\n2024年度报告未发现\n依据：《政府信息公开条例》第四十九条 · 来源：公布内容 · 首次发现 2025-02-10 10:00\n处置操作（忽略、重新处理）未启用：未配置 http.token。";
    assert_eq!(words(section).trim_start_matches(">\n"), shown);
    assert!(!html.contains("method=\"post\""), "without http.token there is no form");
    assert!(page(&console, "/bodies/schools?lang=en").await.contains("no report for 2024 was found"));
    assert!(!page(&console, "/bodies/water").await.contains("id=\"findings\""), "its report page shows them");
}

#[tokio::test]
async fn a_missing_report_is_dismissed_and_taken_up_again_at_the_body() {
    let scene = Scene::filled().await;
    scene.misses("schools").await;
    let console = console_with(&scene, Access::new("sesame", ""));
    let html = page(&console, "/bodies/schools").await;
    assert!(html.contains("<input type=\"hidden\" name=\"body\" value=\"schools\">"), "{html}");
    let hostile = HOSTILE.replace('<', "%3C").replace('>', "%3E");
    let form = |token: &str, dismissed| {
        format!(
            "token={token}&fingerprint=lost-schools&body=schools&dismissed={dismissed}&note={hostile}&by={hostile}"
        )
    };
    let sends = async |body: &str| send(&console, post("/findings/dismiss", FORM), body).await;
    assert_eq!(sends(&form("wrong", true)).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(open(&scene).await.len(), 2);
    let (status, place, _) = sends(&form("sesame", true)).await;
    assert_eq!((status, place.as_str()), (StatusCode::SEE_OTHER, "/bodies/schools#findings"));
    assert_eq!(open(&scene).await, ["feed"]);
    let html = page(&console, "/bodies/schools").await;
    let said = HOSTILE.replace('<', "&#60;").replace('>', "&#62;");
    assert!(html.contains("bad dismissed\" id=\"f-lost-schools\""), "{html}");
    assert!(html.contains(&format!("忽略 2025-02-10 10:00 · {said} · 理由：{said}")), "{html}");
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(sends(&form("sesame", false)).await.0, StatusCode::SEE_OTHER);
    assert_eq!(open(&scene).await.len(), 2);
}

#[tokio::test]
async fn a_form_names_no_place_but_a_report_or_a_body_that_owes_one() {
    let scene = Scene::filled().await;
    scene.misses("schools").await;
    let console = console_with(&scene, Access::new("sesame", ""));
    for (place, status) in [
        ("", StatusCode::BAD_REQUEST),
        ("&body=", StatusCode::NOT_FOUND),
        ("&body=..", StatusCode::NOT_FOUND),
        ("&body=%2F%2Felsewhere.example", StatusCode::NOT_FOUND),
        ("&body=https%3A%2F%2Felsewhere.example%2F", StatusCode::NOT_FOUND),
        ("&report=%2F%2Felsewhere.example", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let form = format!("token=sesame&fingerprint=lost-schools&dismissed=true&note=why{place}");
        let (answered, location, _) = send(&console, post("/findings/dismiss", FORM), &form).await;
        assert_eq!((answered, location.as_str()), (status, ""), "{place}");
    }
    assert_eq!(open(&scene).await.len(), 2, "and nothing was dismissed");
}

#[tokio::test]
async fn a_year_with_versions_of_before_and_no_current_one_is_shown_at_the_body() {
    let mut scene = Scene::filled().await;
    let report = scene.report;
    scene.moves().await;
    scene.misses("water").await;
    let console = console(&scene);
    let (response, _) = ask(&console, "/bodies/water/2024", None).await;
    assert_eq!(response.headers()[header::LOCATION], "/bodies/water");
    let html = page(&console, "/bodies/water").await;
    assert!(
        html.contains("id=\"f-lost-water\"") && html.contains(&format!("href=\"/reports/{report}\"")),
        "{html}"
    );
    assert!(
        !html.contains("id=\"f-feed\""),
        "what was found in a report that is none any more counts nowhere"
    );
    let html = page(&console, &format!("/reports/{report}")).await;
    assert!(html.contains("该年度现在没有当前版本") && !html.contains("没有发现问题"), "{html}");
    assert!(html.contains("href=\"/bodies/water#findings\""), "{html}");
}

#[tokio::test]
async fn a_body_that_the_registry_has_no_more_still_has_its_page() {
    let scene = Scene::filled().await;
    scene.misses("closed").await;
    let html = page(&console(&scene), "/bodies/closed").await;
    assert!(html.contains("名录中已没有这个单位") && html.contains("id=\"f-lost-closed\""), "{html}");
}
