//! Whether a page is a list of annual reports, by what its links say, and how its entries are found again.
use std::{collections::HashSet, sync::LazyLock};

use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::list::{leads_on, name_of};

/// Fewer reports make no list.
const FEWEST: usize = 2;
/// What speaks about reports and is none, nor a list of them.
pub(super) const ABOUT: [&str; 4] = ["解读", "通知", "办法", "图解"];

#[expect(clippy::expect_used, reason = "a constant pattern; a test compiles it")]
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:19|20)\d\d\s*年?.*(?:年度报告|年报)|信息公开(?:工作)?年度报告").expect("constant pattern")
});
#[expect(clippy::expect_used, reason = "a constant pattern; a test compiles it")]
static COLUMN_NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:历年|历届|各|级|部门|单位|[省市县区乡镇]|街道|直属?|本|我|机关|政府|政务|的|和|及|、)*信息公开(?:工作)?(?:年度|情况)?(?:年度报告|年报|报告)(?:专栏|栏目|列表|目录)?$",
    )
    .expect("constant pattern")
});
#[expect(clippy::expect_used, reason = "a constant pattern; a test compiles it")]
static NEXT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:下一?页|后一页|后页)\s*[>»›→]*$").expect("constant pattern"));
#[expect(clippy::expect_used, reason = "a constant pattern; a test compiles it")]
static COUNT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"createPageHTML\(\s*(\d+)").expect("constant pattern"));

/// A list as it was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListFound {
    pub(crate) url: Url,
    /// What links to it call it, else the page itself.
    pub(crate) name: String,
    /// Selector of what holds the entries.
    pub(crate) list: String,
    /// Selector of an entry.
    pub(crate) item: String,
    pub(crate) next: Next,
    /// Titles of the first reports, as a proof for people.
    pub(crate) titles: Vec<String>,
    pub(crate) reports: usize,
}

/// The way to the following pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    None,
    Link(String),
    /// A link to the next page that no class or id tells from others.
    Unclear,
    /// A script instead of a link.
    Scripted,
    Counted(String),
}

/// The list that a page is, if it is one.
pub(crate) fn recognise(url: &Url, html: &Html, source: &str) -> Option<ListFound> {
    let selector = Selector::parse("a[href]").ok()?;
    let reports: Vec<ElementRef<'_>> =
        html.select(&selector).filter(|link| is_report(&name_of(*link))).collect();
    if reports.len() < FEWEST {
        return None;
    }
    let (list, item) = in_one(html, &reports).or_else(|| in_groups(html, &reports))?;
    Some(ListFound {
        url: url.clone(),
        name: String::new(),
        next: next(url, html, source),
        titles: reports.iter().take(3).map(|link| name_of(*link)).collect(),
        reports: reports.len(),
        list,
        item,
    })
}

/// One element whose children are the entries.
fn in_one(html: &Html, reports: &[ElementRef<'_>]) -> Option<(String, String)> {
    let (holder, entry) = holder(reports)?;
    let list = path_of(holder);
    let item = format!("{list} > {}", entry.value().name());
    let covered = covered(html, &item, reports)?;
    // More of them elsewhere are entries as well, unless few stand beside the list as news.
    (covered >= FEWEST && covered * 5 >= reports.len() * 4).then_some((list, item))
}

/// Entries in several groups below one element, one for each year for instance, or several in a row of a table: the lowest element
/// that holds enough of them, and of what lies between it and a report the widest that holds no two.
fn in_groups(html: &Html, reports: &[ElementRef<'_>]) -> Option<(String, String)> {
    let first = reports.first()?;
    let path: Vec<ElementRef<'_>> = first.ancestors().filter_map(ElementRef::wrap).collect();
    let enough = |item: &str| covered(html, item, reports).is_some_and(|held| held * 5 >= reports.len() * 4);
    let candidates = path.iter().enumerate().filter(|(_, above)| above.value().name() != "html");
    candidates.map(|(at, above)| (path_of(*above), path.get(..at).unwrap_or_default())).find_map(
        |(list, between)| {
            let kinds =
                between.iter().rev().map(|kind| format!("{list} {}:has(a[href])", kind.value().name()));
            let links = std::iter::once(format!("{list} a[href]"));
            let item = kinds.chain(links).find(|item| enough(item))?;
            Some((list, item))
        },
    )
}

/// How many of the reports the entries of a selector hold; `None` when one entry holds several, which is no entry then.
fn covered(html: &Html, item: &str, reports: &[ElementRef<'_>]) -> Option<usize> {
    let selector = Selector::parse(item).ok()?;
    let entries: HashSet<_> = html.select(&selector).map(|entry| entry.id()).collect();
    let mut held = HashSet::new();
    let mut count = 0;
    for report in reports {
        let path = std::iter::once(**report).chain(report.ancestors());
        for entry in path.map(|node| node.id()).filter(|id| entries.contains(id)) {
            if !held.insert(entry) {
                return None;
            }
            count += 1;
        }
    }
    Some(count)
}

/// The title of a report: it names a year or whose report it is, which the name of a column does not.
pub(super) fn is_report(title: &str) -> bool {
    TITLE.is_match(title) && !COLUMN_NAME.is_match(title) && !ABOUT.iter().any(|words| title.contains(words))
}

/// The lowest element that holds most of the reports in different children, and the first of these children.
fn holder<'h>(reports: &[ElementRef<'h>]) -> Option<(ElementRef<'h>, ElementRef<'h>)> {
    let most = reports.len().div_ceil(2).max(FEWEST);
    let first = reports.first()?;
    let mut below = *first;
    for above in first.ancestors().filter_map(ElementRef::wrap) {
        let child_of = |link: &ElementRef<'_>| {
            let mut path = std::iter::once(**link).chain(link.ancestors());
            path.find(|node| node.parent().is_some_and(|parent| parent.id() == above.id()))
                .map(|node| node.id())
        };
        let children: HashSet<_> = reports.iter().filter_map(child_of).collect();
        if children.len() >= most {
            return Some((above, below));
        }
        below = above;
    }
    None
}

/// A selector of an element: its id or class, else its place below one that has one.
fn path_of(element: ElementRef<'_>) -> String {
    let plain = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let own = |element: ElementRef<'_>| {
        let value = element.value();
        let starts = |name: &&str| plain(name) && name.starts_with(|c: char| c.is_ascii_alphabetic());
        let id = value.id().filter(starts).map(|id| format!("#{id}"));
        id.or_else(|| value.classes().find(starts).map(|class| format!(".{class}")))
    };
    let mut path = element.value().name().to_owned();
    if let Some(mark) = own(element) {
        return path + &mark;
    }
    for above in element.ancestors().filter_map(ElementRef::wrap) {
        let name = above.value().name();
        let mark = own(above);
        path = format!("{name}{} > {path}", mark.as_deref().unwrap_or_default());
        if mark.is_some() {
            break;
        }
    }
    path
}

fn next(url: &Url, html: &Html, source: &str) -> Next {
    if COUNT.is_match(source) {
        let file = url.path_segments().and_then(Iterator::last).unwrap_or_default();
        let stem = file.rsplit_once('.').map_or("index", |(stem, _)| stem);
        return Next::Counted(format!("{stem}_{{n}}.html"));
    }
    let is_next = |link: &ElementRef<'_>| NEXT.is_match(&name_of(*link));
    let Ok(selector) = Selector::parse("a, button, span, li") else { return Next::None };
    let Some(link) = html.select(&selector).find(is_next) else { return Next::None };
    let link = link.descendent_elements().find(|inner| inner.value().name() == "a").unwrap_or(link);
    let path = path_of(link);
    let Ok(selector) = Selector::parse(&path) else { return Next::Unclear };
    if html.select(&selector).count() != 1 {
        return Next::Unclear;
    }
    if leads_on(html, &selector, url) { Next::Link(path) } else { Next::Scripted }
}
