//! Layouts that reading once got wrong: what they list, and what a draft makes of them.
use super::*;
use crate::draft::draft;

/// Title, date, year and address of each report of a site whose list this is, and whether the list was read to its end.
async fn seen(site: &Site, column: &str) -> String {
    let profile = fixture::profile_toml("").split_once("list = ").unwrap().0.to_owned()
        + column
        + "\ninclude = ['年度报告']\nexclude = ['解读']\nbody = { named = true }\n";
    let profiles =
        fixture::profiles(&[("yunze.toml", &profile)]).unwrap_or_else(|problems| panic!("{}", problems[0]));
    told(site, profiles.get("yunze").unwrap()).await
}

async fn told(site: &Site, profile: &Profile) -> String {
    let client = fixture::client(site, |_| {});
    let seen = discover(&client, fixture::clock().as_ref(), profile, &profile.columns[0], LIMITS).await;
    let line = |found: &Found| {
        let date = found.date.map_or_else(|| "-".to_owned(), |date| date.to_string());
        let body = found.body.as_deref().unwrap_or("-");
        format!("{date} {} {body} {}", found.year.unwrap_or(0), found.url.rsplit('/').next().unwrap())
    };
    let mut lines: Vec<String> = seen.found.iter().map(line).collect();
    lines.push(format!("complete={} {}", seen.complete, seen.detail.unwrap_or_default()));
    lines.join("\n")
}

/// What the profile that is drafted from the list finds, with the lines that say what is unsure.
async fn drafted(site: &Site) -> String {
    let client = fixture::client(site, |_| {});
    let text =
        draft(&client, &Url::parse("http://site.invalid/list/index.html").unwrap()).await.unwrap().toml;
    let text = text.replace("\"0000\"", "\"9901\"").replace("id = \"site-invalid\"", "id = \"yunze\"");
    let profiles = fixture::profiles(&[("yunze.toml", &text)])
        .unwrap_or_else(|problems| panic!("{}\n{text}", problems[0]));
    told(site, profiles.get("yunze").unwrap()).await
}

async fn site(page: &'static str) -> Site {
    first(Page::html(page)).await
}

#[tokio::test]
async fn a_table_has_the_date_in_a_cell_and_numbers_that_look_like_dates_beside_it() {
    let site = site(include_str!("../layouts/table.html")).await;
    insta::assert_snapshot!(seen(&site, "list = 'table.zfxx'\nitem = 'table.zfxx tr'").await, @r"
    2026-01-20 2025 yz-czj t1.html
    2026-01-21 2025 yz-jyj t2.html
    2025-03-09 2024 yz-gov t3.html
    complete=true
    ");
    insta::assert_snapshot!(drafted(&site).await, @r"
    2026-01-20 2025 yz-czj t1.html
    2026-01-21 2025 yz-jyj t2.html
    2025-03-09 2024 yz-gov t3.html
    complete=true
    ");
}

#[tokio::test]
async fn a_link_without_a_text_is_called_as_its_attribute_or_picture_says() {
    let site = site(include_str!("../layouts/pictures.html")).await;
    insta::assert_snapshot!(seen(&site, "list = 'ul.pics'\nitem = 'ul.pics > li'").await, @r"
    2026-01-20 2025 yz-czj p1.html
    2026-01-21 2025 yz-jyj p2.html
    2025-03-09 2024 yz-gov p3.html
    complete=true
    ");
    insta::assert_snapshot!(drafted(&site).await, @r"
    2026-01-20 2025 yz-czj p1.html
    2026-01-21 2025 yz-jyj p2.html
    2025-03-09 2024 yz-gov p3.html
    complete=true
    ");
}

#[tokio::test]
async fn a_pager_whose_links_run_a_script_is_not_the_end_of_the_list() {
    let site = site(include_str!("../layouts/scripted.html")).await;
    let column = "list = 'ul.news'\nitem = 'ul.news > li'\nnext = { selector = 'a.nextpage' }";
    insta::assert_snapshot!(seen(&site, column).await, @r#"
    2026-01-20 2025 yz-czj d1.html
    2026-01-21 2025 yz-jyj d2.html
    complete=false http://site.invalid/list/index.html: the way to the next page is a script, which is not run (data-page="2")
    "#);
    let bare = include_str!("../layouts/scripted.html").replace(" data-page=\"2\"", "");
    site.put(LIST, Page::html(bare));
    insta::assert_snapshot!(seen(&site, column).await, @r"
    2026-01-20 2025 yz-czj d1.html
    2026-01-21 2025 yz-jyj d2.html
    complete=false http://site.invalid/list/index.html: the list announces 2 pages, 1 were read; is `next` right?
    ");
    let kept = include_str!("../layouts/scripted.html").replace("data-page=\"2\"", "data-url='index_2.html'");
    site.put(LIST, Page::html(kept));
    site.put("/list/index_2.html", Page::html(include_str!("../layouts/scripted_2.html")));
    insta::assert_snapshot!(seen(&site, column).await, @r"
    2026-01-20 2025 yz-czj d1.html
    2026-01-21 2025 yz-jyj d2.html
    2025-03-09 2024 yz-gov d3.html
    complete=true
    ");
    insta::assert_snapshot!(drafted(&site).await, @r"
    2026-01-20 2025 yz-czj d1.html
    2026-01-21 2025 yz-jyj d2.html
    2025-03-09 2024 yz-gov d3.html
    complete=true
    ");
}

#[tokio::test]
async fn a_draft_says_that_a_pager_is_a_script() {
    let site = site(include_str!("../layouts/scripted.html")).await;
    let client = fixture::client(&site, |_| {});
    let text =
        draft(&client, &Url::parse("http://site.invalid/list/index.html").unwrap()).await.unwrap().toml;
    assert!(text.contains("# “下一页”由脚本翻页") && !text.contains("\nnext ="), "{text}");
}

#[tokio::test]
async fn month_and_day_stand_below_their_year_unless_it_may_be_the_reports_year() {
    let site = site(include_str!("../layouts/years.html")).await;
    insta::assert_snapshot!(seen(&site, "list = 'div.box'\nitem = 'div.box li'").await, @r"
    2026-03-28 2025 yz-czj y1.html
    2026-01-21 2025 yz-jyj y2.html
    2025-03-09 2024 yz-gov y3.html
    - 2025 yz-czj y4.html
    complete=true
    ");
    insta::assert_snapshot!(drafted(&site).await, @r"
    2026-03-28 2025 yz-czj y1.html
    2026-01-21 2025 yz-jyj y2.html
    2025-03-09 2024 yz-gov y3.html
    - 2025 yz-czj y4.html
    complete=true
    ");
    let apart = include_str!("../layouts/years.html").replacen("<ul>", "<ul id='y26'>", 1);
    site.put(LIST, Page::html(apart.replacen("<ul>", "<ul id='y25'>", 1)));
    insta::assert_snapshot!(drafted(&site).await, @r"
    2026-03-28 2025 yz-czj y1.html
    2026-01-21 2025 yz-jyj y2.html
    2025-03-09 2024 yz-gov y3.html
    - 2025 yz-czj y4.html
    complete=true
    ");
}

#[tokio::test]
async fn a_title_that_is_cut_is_whole_in_an_attribute_and_a_date_may_stand_within_the_link() {
    let site = site(include_str!("../layouts/cut.html")).await;
    let column = "list = 'div.cards'\nitem = 'div.cards > div.card'";
    insta::assert_snapshot!(seen(&site, column).await, @r"
    2026-01-20 2025 yz-czj c1.html
    2026-01-21 2025 yz-jyj c2.html
    2025-03-09 2024 yz-gov c3.html
    complete=true
    ");
    insta::assert_snapshot!(drafted(&site).await, @r"
    2026-01-20 2025 yz-czj c1.html
    2026-01-21 2025 yz-jyj c2.html
    2025-03-09 2024 yz-gov c3.html
    complete=true
    ");
    let cut = include_str!("../layouts/cut.html").replace("aria-label", "data-x");
    site.put(LIST, Page::html(cut));
    insta::assert_snapshot!(seen(&site, column).await, @r"
    2026-01-20 2025 yz-czj c1.html
    2025-03-09 2024 yz-gov c3.html
    complete=false 《云泽市教育局2025年政府信息公...》: the title is cut, so nobody can tell whether it is a report (title, exclude)
    ");
}

#[tokio::test]
async fn data_within_data_is_read_with_dates_as_milliseconds_digits_or_wrapped() {
    let site = first(Page::bytes("application/json", include_str!("../layouts/nested.json"))).await;
    let column = "json = { items = 'data.page.rows', title = 'doc.meta.title', link = '{urls[0].pc}', date = 'doc.meta.pub' }";
    insta::assert_snapshot!(seen(&site, column).await, @r"
    2026-01-20 2025 yz-czj j1.html
    2026-01-21 2025 yz-jyj j2.html
    2025-03-09 2024 yz-gov j3.html
    complete=true
    ");
}

#[tokio::test]
async fn a_page_in_gbk_is_read_whatever_its_header_says_though_a_byte_of_it_is_broken() {
    let table = include_str!("../layouts/table.html").replace("utf-8", "gb2312");
    let gbk = encoding_rs::GBK.encode(&table).0.into_owned();
    let broken = [gbk.as_slice(), b"<p>\xd4</p>"].concat();
    let column = "list = 'table.zfxx'\nitem = 'table.zfxx tr'";
    for header in ["text/html; charset=utf-8", "text/html; charset=ISO-8859-1", "text/html"] {
        for bytes in [&gbk, &broken] {
            let site = first(Page::bytes(header, bytes.clone())).await;
            let seen = seen(&site, column).await;
            assert!(
                seen.contains("2026-01-21 2025 yz-jyj t2.html") && seen.contains("complete=true"),
                "{header}: {seen}"
            );
        }
    }
}
