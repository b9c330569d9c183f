//! A drafted profile is right, and finds the reports of the site that it was drafted from.
use gongkai_testkit::site::{Page as SitePage, Site};

use super::*;
use crate::{
    discover::{Limits, discover},
    fixture,
};

const LIMITS: Limits = Limits { pages: 20, time: std::time::Duration::from_secs(60) };

fn home() -> Url {
    Url::parse("http://site.invalid/").unwrap()
}

async fn drafted(site: &Site) -> Result<Draft, DraftError> {
    draft(&fixture::client(site, |_| {}), &home()).await
}

/// Reports that the drafted profile finds on the same site.
async fn found_by(site: &Site, draft: &Draft) -> Vec<String> {
    let text = draft.toml.replace("\"0000\"", "\"9901\"").replace("id = \"site-invalid\"", "id = \"yunze\"");
    let profiles = fixture::profiles(&[("yunze.toml", &text)])
        .unwrap_or_else(|problems| panic!("{}\n{text}", problems[0]));
    let profile = profiles.get("yunze").unwrap();
    let client = fixture::client(site, |_| {});
    let mut found = Vec::new();
    for column in &profile.columns {
        let seen = discover(&client, fixture::clock().as_ref(), profile, column, LIMITS).await;
        assert!(seen.complete, "{seen:?}\n{text}");
        found.extend(seen.found.into_iter().map(|found| found.title));
    }
    found
}

fn html(title: &str, body: &str) -> SitePage {
    SitePage::html(format!(
        "<html><head><title>{title}</title></head><body>{body}<p>{}</p></body></html>",
        "云泽".repeat(250)
    ))
}

#[tokio::test]
async fn a_counted_list_two_steps_from_the_home_page_is_found() {
    let site = Site::start().await.unwrap();
    site.put(
        "/",
        html(
            "云泽市人民政府门户网站-首页",
            "<ul><li><a href='/news/'>新闻</a></li><li><a href='/xxgk/'>政府信息公开</a></li></ul>",
        ),
    );
    site.put(
        "/xxgk/",
        html(
            "政府信息公开",
            "<a href='/xxgk/zn/'>政府信息公开指南</a><a href='nb/index.html'>政府信息公开年报</a>",
        ),
    );
    let page = |items: &str| {
        html(
            "年报",
            &format!(
                "<div><ul class='list gl'>{items}</ul></div><script>createPageHTML(2, 0, 'index', 'html')</script>"
            ),
        )
    };
    let entry = |name: &str| {
        format!(
            "<li><a href='/r/{name}.html'>云泽市{name}2025年政府信息公开工作年度报告</a><span>2026-01-20</span></li>"
        )
    };
    site.put("/xxgk/nb/index.html", page(&(entry("财政局") + &entry("教育局"))));
    site.put(
        "/xxgk/nb/index_1.html",
        page(&(entry("人民政府") + "<li><a href='/r/n.html'>关于编写年报的通知</a></li>")),
    );
    let draft = drafted(&site).await.unwrap();
    assert_eq!(draft.columns, 1);
    assert!(draft.toml.contains("name = \"云泽市人民政府门户网站\""), "{}", draft.toml);
    assert_eq!(found_by(&site, &draft).await.len(), 3);
    assert_eq!(site.hits("/news/"), 0, "what has nothing to do with it is not fetched");
}

#[tokio::test]
async fn a_table_with_a_next_link_is_found_whatever_its_path_is() {
    let site = Site::start().await.unwrap();
    site.put("/", html("云泽", "<div id='nav'><a href='/a/77.html'>历年年度报告</a></div>"));
    let row = |name: &str| {
        format!(
            "<tr><td><a href='/r/{name}.html'>云泽市{name}2025年政府信息公开工作年度报告</a></td><td>2026-01-20</td></tr>"
        )
    };
    let page = |rows: &str, next: &str| {
        html("历年", &format!("<table id='t9'>{rows}</table><div class='pages'>{next}</div>"))
    };
    site.put(
        "/a/77.html",
        page(&(row("财政局") + &row("教育局")), "<a class='next' href='/a/78.html'>下一页</a>"),
    );
    site.put("/a/78.html", page(&row("人民政府"), ""));
    let draft = drafted(&site).await.unwrap();
    assert_eq!(found_by(&site, &draft).await.len(), 3);
}

#[tokio::test]
async fn reports_among_the_news_and_names_of_columns_are_not_taken_for_the_list() {
    let site = Site::start().await.unwrap();
    let entry = |name: &str| {
        format!("<li><a href='/r/{name}.html'>云泽市{name}2025年政府信息公开工作年度报告</a></li>")
    };
    let menu = "<ul><li><a href='/nb/'>政府信息公开工作年度报告</a></li>
        <li><a href='/bm/'>各部门信息公开年度报告</a></li></ul>";
    site.put("/", html("云泽", &format!("<div>{menu}</div><ul>{}</ul>", entry("财政局") + &entry("教育局"))));
    site.put("/bm/", html("部门", menu));
    site.put(
        "/nb/",
        html(
            "年报",
            &format!("<ul class='l'>{}</ul>", entry("人民政府") + &entry("教育局") + &entry("财政局")),
        ),
    );
    let draft = drafted(&site).await.unwrap();
    assert!(draft.toml.contains("start = [\"http://site.invalid/nb/\"]"), "{}", draft.toml);
    assert_eq!(draft.columns, 1, "{}", draft.toml);
}

#[tokio::test]
async fn a_table_with_a_row_a_body_and_a_column_a_year_gives_every_report() {
    let site = Site::start().await.unwrap();
    let cell = |name: &str, year: u16| {
        format!(
            "<td><a href='/r/{name}{year}.html' title='云泽市{name}{year}年政府信息公开工作年度报告'>{year}年</a></td>"
        )
    };
    let row = |name: &str| {
        let cells: String = (2021..2026).map(|year| cell(name, year)).collect();
        format!("<tr><th>{name}</th>{cells}</tr>")
    };
    site.put(
        "/",
        html("年报", &format!("<table class='nb'>{}{}{}</table>", row("财政局"), row("教育局"), row("旧局"))),
    );
    let draft = drafted(&site).await.unwrap();
    assert_eq!(found_by(&site, &draft).await.len(), 15, "{}", draft.toml);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let site = Site::start().await.unwrap();
    assert!(matches!(drafted(&site).await, Err(DraftError::Home { why, .. }) if why == "status 404"));
    site.put("/", SitePage::html("<html><body>请开启JavaScript并刷新该页</body></html>"));
    assert!(matches!(drafted(&site).await, Err(DraftError::Home { why, .. }) if why.contains("challenge")));
    site.put("/", html("云泽", "<a href='/x/'>信息公开</a>"));
    assert!(matches!(drafted(&site).await, Err(DraftError::Nothing { pages: 2, .. })));
}
