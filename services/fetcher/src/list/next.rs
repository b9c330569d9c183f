//! The way to the next page of a list: a link, an address in an attribute, or a script, which is not run.
use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::address;

#[expect(clippy::expect_used, reason = "a constant pattern; a test compiles it")]
static PAGES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"共\s*(\d+)\s*页|第?\s*\d+\s*/\s*(\d+)\s*页").expect("constant pattern"));

/// Attributes in which scripts keep the address of a page, and in which they keep its number.
const ADDRESSES: [&str; 3] = ["data-href", "data-url", "data-link"];
const NUMBERS: [&str; 5] = ["data-page", "data-pageno", "data-page-no", "data-index", "data-num"];

/// What a page says about the next one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) next: Option<Url>,
    /// What runs instead of a link.
    pub(super) script: Option<String>,
    /// How many pages the list has, as people read it.
    pub(super) announced: Option<u32>,
}

/// The way from a page. On a last page the link is often there and leads nowhere.
pub(super) fn way(html: &Html, selector: &Selector, base: &Url) -> Way {
    let announced = announced(html);
    let Some(link) = html.select(selector).next() else { return Way { announced, ..Way::default() } };
    let href = html.select(selector).find_map(|link| link.attr("href")).unwrap_or_default().trim();
    if let Some(code) = script(href) {
        return Way { script: Some(code.to_owned()), announced, ..Way::default() };
    }
    if !is_idle(href) {
        return Way { next: address(base, href), announced, ..Way::default() };
    }
    if is_disabled(link) {
        return Way { announced, ..Way::default() };
    }
    let kept = ADDRESSES.iter().find_map(|name| link.attr(name)).map(str::trim).filter(|kept| !is_idle(kept));
    let script = if kept.is_some() { None } else { handler(link) };
    Way { next: kept.and_then(|kept| address(base, kept)), script, announced }
}

fn is_idle(href: &str) -> bool {
    href.is_empty() || href.starts_with('#') || code_of(href).is_some()
}

fn code_of(href: &str) -> Option<&str> {
    let (scheme, code) = href.split_once(':')?;
    scheme.eq_ignore_ascii_case("javascript").then(|| code.trim_start())
}

/// A link that runs something which leads on.
fn script(href: &str) -> Option<&str> {
    let code = code_of(href)?;
    let idle = code.is_empty() || ["void", "return false", ";"].iter().any(|idle| code.starts_with(idle));
    (!idle).then_some(href)
}

/// What a script reads from a link that itself leads nowhere.
fn handler(link: ElementRef<'_>) -> Option<String> {
    let shown = |name: &&str| link.attr(name).map(|value| format!("{name}={:?}", value.trim()));
    let click = link.attr("onclick").map(str::trim);
    let click = click.filter(|code| !code.is_empty() && !code.starts_with("return false"));
    click.map(str::to_owned).or_else(|| NUMBERS.iter().find_map(shown))
}

fn is_disabled(link: ElementRef<'_>) -> bool {
    let says = |element: ElementRef<'_>| {
        let mut classes = element.value().classes();
        classes.any(|class| class.contains("disable") || class.contains("nolink"))
            || element.attr("aria-disabled") == Some("true")
            || element.attr("disabled").is_some()
    };
    says(link) || link.parent().and_then(ElementRef::wrap).is_some_and(says)
}

/// Several lists on one page may announce different numbers; then none is believed.
fn announced(html: &Html) -> Option<u32> {
    let text: String = html.root_element().text().collect();
    let mut numbers = PAGES
        .captures_iter(&text)
        .filter_map(|found| found.get(1).or_else(|| found.get(2))?.as_str().parse().ok());
    let first = numbers.next()?;
    numbers.all(|number: u32| number == first).then_some(first)
}
