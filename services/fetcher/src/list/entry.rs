//! One entry of a list in markup: its link, what it is called, and the date beside or within the link.
use jiff::civil::Date;
use scraper::ElementRef;
use url::Url;

use super::{Item, address, date};
use crate::profile::Column;

/// Attributes that may carry a title where the page shows a part of it or none, besides `title`.
const SPARE: [&str; 2] = ["data-title", "aria-label"];
const TITLE_LABELS: [&str; 2] = ["标题：", "标题:"];

/// The entry of an element; `None` without a link.
pub(super) fn item(column: &Column, base: &Url, element: ElementRef<'_>) -> Option<Item> {
    let is_link = |element: &ElementRef<'_>| column.link.matches(element) && element.attr("href").is_some();
    let link = element.select(&column.link).find(|link| link.attr("href").is_some());
    let link = link.or_else(|| Some(element).filter(is_link))?;
    let href = link.attr("href")?.trim().to_owned();
    let title = match &column.title {
        Some(selector) => element.select(selector).next().map(text).unwrap_or_default(),
        None => name_of(link),
    };
    let date = date_of(column, element, link, &title);
    Some(Item { url: address(base, &href), href, title, date })
}

/// What a link is called: its text without a date of its own, or the attribute that says more.
pub(crate) fn name_of(link: ElementRef<'_>) -> String {
    longer(squeeze(&without_dates(link)), link)
}

/// True for a title of which the page shows the beginning only.
fn is_cut(title: &str) -> bool {
    title.ends_with('…') || title.ends_with("...")
}

/// The text of an element, with spaces between its pieces.
pub(super) fn spaced(element: ElementRef<'_>) -> String {
    squeeze(&element.text().collect::<Vec<_>>().join(" "))
}

pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn date_of(column: &Column, element: ElementRef<'_>, link: ElementRef<'_>, title: &str) -> Option<Date> {
    if let Some(selector) = &column.date {
        let beside = element.select(selector).next().map(spaced)?;
        return date::of_entry(element, &beside, title);
    }
    // The title may name dates of its own: what stands outside the link is looked at first, then what is nothing but a date.
    let beside = outside(element, link);
    date::of_entry(element, &beside, title).or_else(|| {
        let mut own = link.descendent_elements().map(spaced).filter(|text| date::is_date(text));
        own.find_map(|text| date::of_entry(element, &text, title))
    })
}

/// The text of an entry that is not its link's.
fn outside(element: ElementRef<'_>, link: ElementRef<'_>) -> String {
    let pieces = element.descendants().filter_map(|node| {
        let text = node.value().as_text()?;
        (!node.ancestors().any(|above| above.id() == link.id())).then_some(&**text)
    });
    squeeze(&pieces.collect::<Vec<_>>().join(" "))
}

fn without_dates(link: ElementRef<'_>) -> String {
    let pieces = link.descendants().filter_map(|node| {
        let text = node.value().as_text()?;
        let mut within =
            node.ancestors().take_while(|above| above.id() != link.id()).filter_map(ElementRef::wrap);
        (!within.any(|element| date::is_date(&spaced(element)))).then_some(&**text)
    });
    pieces.collect()
}

/// List pages cut long titles and keep the whole one in an attribute; some do it the other way round.
fn longer(shown: String, link: ElementRef<'_>) -> String {
    let lacks = shown.is_empty() || is_cut(&shown);
    let title = link.attr("title").map(titled).filter(|title| !title.is_empty());
    match title {
        Some(title) if lacks || title.chars().count() > shown.chars().count() => title,
        // Other attributes may say more than the title, so they only stand in for one.
        _ if lacks => spare(link).unwrap_or(shown),
        _ => shown,
    }
}

fn spare(link: ElementRef<'_>) -> Option<String> {
    let own = SPARE.iter().find_map(|name| link.attr(name));
    let picture = || link.descendent_elements().find_map(|element| element.attr("alt"));
    own.or_else(picture).map(titled).filter(|title| !title.is_empty())
}

/// Some attributes list particulars, the title first.
fn titled(attribute: &str) -> String {
    let labelled = TITLE_LABELS.iter().find_map(|label| attribute.trim().strip_prefix(label));
    squeeze(labelled.map_or(attribute, |rest| rest.trim_start().lines().next().unwrap_or_default()))
}

fn text(element: ElementRef<'_>) -> String {
    squeeze(&element.text().collect::<String>())
}
