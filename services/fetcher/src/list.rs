//! One list page: its entries, their titles and dates, and the way to the next page.
use jiff::civil::Date;
use regex::Regex;
use scraper::{Html, Selector};
use url::Url;

use crate::profile::{Column, NextPage};
use next::Way;

mod date;
mod entry;
mod json;
mod next;

pub(crate) use entry::name_of;

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Canonical address; `None` when the link is none that can be fetched (a script, a broken address).
    pub url: Option<Url>,
    /// The link as written.
    pub href: String,
    /// Title.
    pub title: String,
    /// Date.
    pub date: Option<Date>,
}

/// What a list page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// The page has what a list page must have.
    pub is_list: bool,
    /// Its entries, in the order of the page.
    pub items: Vec<Item>,
    /// Where the link to the next page leads.
    pub next: Option<Url>,
    /// The link to the next page where it runs a script, which is not followed.
    pub script: Option<String>,
    /// How many pages the list has, as the page tells people (共 5 页) beside a link to the next one.
    pub announced: Option<u32>,
    /// How many pages the list has, where the profile says how the page says it.
    pub count: Option<u32>,
    /// How many entries the list announces, where the page says it.
    pub total: Option<u32>,
    /// Records in which no entry was recognised.
    pub unread: u32,
}

/// Reads a list page. `address` is where it was found after redirects.
pub fn read(column: &Column, address: &Url, html: &Html, source: &str) -> ListPage {
    let base = base(html, address);
    let (items, unread, has_list) = match (&column.json, &column.records) {
        (Some(list), _) => {
            let items = json::read(list, &base, source);
            let has_list = items.is_some();
            (items.unwrap_or_default(), 0, has_list)
        }
        (None, Some(pattern)) => {
            let (items, unread) = records(column, &base, pattern, source);
            let any = !items.is_empty() || unread > 0;
            (items, unread, any)
        }
        (None, None) => (entries(column, &base, html), 0, false),
    };
    let (mut way, mut count) = (Way::default(), None);
    match &column.next {
        Some(NextPage::Link(selector)) => way = next::way(html, selector, &base),
        Some(NextPage::Numbered { count: Some(pattern), .. }) => count = number(pattern, source),
        _ => {}
    }
    let total = column.total.as_ref().and_then(|pattern| number(pattern, source));
    let is_list = column.list.as_ref().map_or(has_list, |list| html.select(list).next().is_some());
    ListPage {
        is_list,
        items,
        next: way.next,
        script: way.script,
        announced: way.announced,
        count,
        total,
        unread,
    }
}

fn entries(column: &Column, base: &Url, html: &Html) -> Vec<Item> {
    let Some(selector) = &column.item else { return Vec::new() };
    html.select(selector).filter_map(|element| entry::item(column, base, element)).collect()
}

/// The entries within records, and how many records have none: a record that is not understood may be a report.
fn records(column: &Column, base: &Url, pattern: &Regex, source: &str) -> (Vec<Item>, u32) {
    let (mut items, mut unread) = (Vec::new(), 0);
    for record in pattern.captures_iter(source).filter_map(|found| found.get(1)) {
        let markup = record.as_str().trim();
        // Rows of a table are dropped by the parser where no table is.
        let row = markup.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<tr"));
        let html =
            Html::parse_fragment(&if row { format!("<table>{markup}</table>") } else { markup.to_owned() });
        let found = entries(column, base, &html);
        unread += u32::from(found.is_empty());
        items.extend(found);
    }
    (items, unread)
}

/// The one spelling of an address: without fragment, without session id in the path.
pub fn canonical(mut url: Url) -> Url {
    url.set_fragment(None);
    let path = url.path().to_owned();
    if let Some((head, _)) = path.split_once(";jsessionid=") {
        url.set_path(head);
    }
    if url.query() == Some("") {
        url.set_query(None);
    }
    url
}

/// True when a selector finds a link to a next page that can be followed, or the last page's idle one.
pub(crate) fn leads_on(html: &Html, selector: &Selector, address: &Url) -> bool {
    let way = next::way(html, selector, &base(html, address));
    way.next.is_some() || (way.script.is_none() && way.announced.is_some_and(|pages| pages <= 1))
}

fn base(html: &Html, address: &Url) -> Url {
    let href =
        Selector::parse("base[href]").ok().and_then(|selector| html.select(&selector).next()?.attr("href"));
    href.and_then(|href| address.join(href.trim()).ok()).unwrap_or_else(|| address.clone())
}

fn address(base: &Url, href: &str) -> Option<Url> {
    let url = base.join(href).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| canonical(url))
}

fn number(pattern: &Regex, source: &str) -> Option<u32> {
    pattern.captures(source)?.get(1)?.as_str().trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn page(column: &Column, html: &str) -> ListPage {
        read(
            column,
            &Url::parse("http://a.example/list/index.html").unwrap(),
            &Html::parse_document(html),
            html,
        )
    }

    #[test]
    fn entries_have_address_title_and_date() {
        let column = fixture::column("");
        let page = page(
            &column,
            r#"<ul class="list">
            <li><a href="../r/1.html;jsessionid=AB12#top" title="云泽市财政局2024年政府信息公开工作年度报告">云泽市财政局2024年政府信…</a><span>2025-01-20</span></li>
            <li><a href="2.html?">云泽市教育局 2024 年年度报告（2024-12-31 止）</a> [2025年1月9日]</li>
            <li><a href="javascript:open(3)">三</a></li>
            <li class="line"></li>
            <li><a href="http://other.example/x">四</a>2025-02-30</li></ul>"#,
        );
        let seen: Vec<String> = page
            .items
            .iter()
            .map(|item| {
                format!("{} | {} | {:?}", item.url.as_ref().map_or("-", Url::as_str), item.title, item.date)
            })
            .collect();
        insta::assert_snapshot!(seen.join("\n"), @r"
        http://a.example/r/1.html | 云泽市财政局2024年政府信息公开工作年度报告 | Some(2025-01-20)
        http://a.example/list/2.html | 云泽市教育局 2024 年年度报告（2024-12-31 止） | Some(2025-01-09)
        - | 三 | None
        http://other.example/x | 四 | None
        ");
    }

    #[test]
    fn the_way_on_is_a_link_or_a_number() {
        let column = fixture::column("next = { selector = 'a.next' }");
        let next = |html: &str| page(&column, html).next.map(|url| url.to_string());
        assert_eq!(
            next("<a class=next href='index_1.html#x'>"),
            Some("http://a.example/list/index_1.html".into())
        );
        assert_eq!(
            next("<base href='/b/'><a class=next href='2.html'>"),
            Some("http://a.example/b/2.html".into())
        );
        let script = |html: &str| page(&column, html).script;
        for nowhere in [
            "<a class=next>",
            "<a class=next href='#'>",
            "<a class=next href='javascript:void(0)'>",
            "<a class=next href='javascript:;'>",
            "<p>",
        ] {
            assert_eq!((next(nowhere), script(nowhere)), (None, None), "{nowhere}");
        }
        let scripted = "<a class=next href='JavaScript:goPage(2)'>";
        assert_eq!((next(scripted), script(scripted)), (None, Some("JavaScript:goPage(2)".into())));
        let counted =
            fixture::column(r"next = { pattern = 'index_{n}.html', count = 'createPageHTML\((\d+)' }");
        assert_eq!(page(&counted, "<script>createPageHTML(12, 0, 'index', 'html')</script>").count, Some(12));
    }

    #[test]
    fn records_in_a_script_are_entries() {
        let column = fixture::column(
            r"records = '(?s)<record><!\[CDATA\[(.*?)\]\]></record>'
total = '<totalrecord>(\d+)<'",
        );
        let page = page(
            &Column { item: Selector::parse("li, tr").ok(), ..column },
            r#"<ul class="list"></ul><script type="text/xml"><datastore><totalrecord>4</totalrecord>
            <record><![CDATA[<li><a href="../r/1.html">一</a><span>2026-01-20</span></li>]]></record>
            <record><![CDATA[
              <TR><td><a href="/r/2.html">二</a></td><td>2026-01-21</td></TR>]]></record>
            <record><![CDATA[<p>无</p>]]></record></datastore></script>"#,
        );
        let seen: Vec<String> = page
            .items
            .iter()
            .map(|item| format!("{} {} {:?}", item.url.as_ref().unwrap(), item.title, item.date))
            .collect();
        insta::assert_snapshot!(seen.join("\n"), @r"
        http://a.example/r/1.html 一 Some(2026-01-20)
        http://a.example/r/2.html 二 Some(2026-01-21)
        ");
        assert_eq!((page.is_list, page.total, page.unread), (true, Some(4), 1));
    }

    #[test]
    fn a_page_without_the_list_is_no_list_page() {
        let column = fixture::column("");
        assert!(!page(&column, "<div>公告</div>").is_list);
        assert!(page(&column, "<ul class=list></ul>").is_list);
    }
}
