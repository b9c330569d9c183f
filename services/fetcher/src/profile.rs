//! A site as its profile describes it, compiled and checked: what cannot be used does not get here.
use std::{collections::BTreeMap, sync::Arc, time::Duration};

use encoding_rs::Encoding;
use gongkai_model::BodyIndex;
use regex::Regex;
use scraper::Selector;
use url::Url;

use crate::title;

mod check;
mod compile;
mod file;
mod json;
mod lists;
mod value;

pub use check::check_profiles;
pub use json::{JsonList, Path};

/// All profiles of a folder, by id.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    by_id: BTreeMap<String, Profile>,
}

impl Profiles {
    pub(crate) fn new(profiles: Vec<Profile>) -> Self {
        Self { by_id: profiles.into_iter().map(|profile| (profile.id.clone(), profile)).collect() }
    }

    /// The profile of this id.
    pub fn get(&self, id: &str) -> Option<&Profile> {
        self.by_id.get(id)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.by_id.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

/// One site.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Id: the label `site` of metrics.
    pub id: String,
    /// Name.
    pub name: String,
    /// 4-digit region code.
    pub region: String,
    /// Address people can open.
    pub home: Url,
    /// Hosts that belong to it.
    pub hosts: Hosts,
    /// Encoding of its pages, where they do not say it or lie.
    pub encoding: Option<&'static Encoding>,
    /// Least time between two requests to one of its hosts.
    pub interval: Option<Duration>,
    /// Time between two fetches of a source.
    pub revisit: Option<Duration>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Bodies of the registry, with names that need no area on this site.
    pub(crate) index: BodyIndex,
}

impl Profile {
    /// A profile of nothing but a host, to look at a site that has none yet.
    pub(crate) fn of_host(home: &Url) -> Option<Self> {
        Some(Self {
            id: "draft".to_owned(),
            name: String::new(),
            region: "0000".to_owned(),
            home: home.clone(),
            hosts: Hosts::new(vec![home.host_str()?.to_owned()]),
            encoding: None,
            interval: None,
            revisit: None,
            columns: Vec::new(),
            index: BodyIndex::default(),
        })
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The body of a report that this column lists under this title.
    pub fn body_of(&self, column: &Column, title: &str) -> Option<String> {
        match &column.body {
            BodyRule::Fixed(id) => Some(id.clone()),
            BodyRule::Named => self.index.find_on(title, Some(&self.id)).map(str::to_owned),
            BodyRule::Patterns(patterns) => {
                let mut ids =
                    patterns.iter().filter(|(pattern, _)| pattern.is_match(title)).map(|(_, id)| id);
                let first = ids.next()?;
                ids.all(|id| id == first).then(|| first.clone())
            }
        }
    }
}

/// Hosts of a site; `*.` in front stands for any sub-domain.
#[derive(Clone, Debug)]
pub struct Hosts(Arc<[String]>);

impl Hosts {
    pub(crate) fn new(names: Vec<String>) -> Self {
        Self(names.into())
    }

    /// True when the address is on one of them.
    pub fn has(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        self.0.iter().any(|known| match known.strip_prefix("*.") {
            Some(domain) => host.strip_suffix(domain).is_some_and(|head| head.ends_with('.')),
            None => known == host,
        })
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// A list of reports with its following pages.
#[derive(Clone, Debug)]
pub struct Column {
    /// Name within the profile.
    pub name: String,
    /// Start pages; the first one is the column's address.
    pub start: Vec<Url>,
    /// What a list page must have; without it the page is no list page.
    pub list: Option<Selector>,
    /// How the list is read where it comes as data.
    pub json: Option<JsonList>,
    /// How it is asked for, where not by a plain GET.
    pub post: Option<Post>,
    /// Finds records in the page's source, whose markup holds the entries; `None` = the entries are in the page itself.
    pub records: Option<Regex>,
    /// One entry of the list, or of a record.
    pub item: Option<Selector>,
    /// Finds how many entries the list announces; fewer that were read are no complete list.
    pub total: Option<Regex>,
    /// The link within an entry.
    pub link: Selector,
    /// The title within an entry; `None` = the link's `title` attribute or text without a date of its own, whichever is longer;
    /// where that is cut or empty, another attribute or a picture's text.
    pub title: Option<Selector>,
    /// The date within an entry; `None` = the first date in its text, beside the link or within it; month and day alone are taken
    /// with a year that stands above.
    pub date: Option<Selector>,
    /// How to get to the next page; `None` = the list has one page.
    pub next: Option<NextPage>,
    /// Most pages read.
    pub max_pages: Option<u32>,
    /// A report's title matches one of these (all titles do when empty) …
    pub include: Vec<Regex>,
    /// … and none of these.
    pub exclude: Vec<Regex>,
    /// What the links lead to.
    pub detail: Detail,
    /// What a detail page must have.
    pub content: Option<Selector>,
    /// Whose reports they are.
    pub body: BodyRule,
    /// Which year they are for.
    pub year: YearRule,
    /// Bodies whose reports are expected here: a complete poll without theirs proves that they are missing.
    pub carries: Vec<String>,
    /// Time between two fetches.
    pub revisit: Option<Duration>,
}

impl Column {
    /// True for the title of a report.
    pub fn wants(&self, title: &str) -> bool {
        let included = self.include.is_empty() || self.include.iter().any(|pattern| pattern.is_match(title));
        included && !self.exclude.iter().any(|pattern| pattern.is_match(title))
    }

    /// True for a title that is not wanted only because its end was cut off, it may be a report's.
    pub fn may_want(&self, title: &str) -> bool {
        title::may_be_report(title) && !self.exclude.iter().any(|pattern| pattern.is_match(title))
    }

    /// The year of the report under this title and address.
    pub fn year_of(&self, text: &str, url: &Url) -> Option<i16> {
        match &self.year {
            YearRule::Title => title::year(text),
            YearRule::Pattern { pattern, place } => {
                let text = if *place == YearPlace::Url { url.as_str() } else { text };
                pattern
                    .captures(text)?
                    .get(1)?
                    .as_str()
                    .parse()
                    .ok()
                    .filter(|year| (2008..=2100).contains(year))
            }
        }
    }
}

/// How to get to the next page of a list.
#[derive(Clone, Debug)]
pub enum NextPage {
    /// A link on the page; the last page has none, or one that leads nowhere new.
    Link(Selector),
    /// Addresses that are counted.
    Numbered {
        /// Relative to the start page, with `{n}` for the number, or `{from}`, `{to}`, `{offset}` for entries. Empty: the start
        /// page itself, asked again with another body.
        pattern: String,
        /// Entries of a page.
        size: Option<u32>,
        /// Number of the second page.
        first: u32,
        /// Finds the number of pages in the page's source; without it the list ends with 404 or an empty page.
        count: Option<Regex>,
    },
}

/// The body of a POST that asks for a list, with the signs of a page's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Media type.
    pub content_type: &'static str,
    /// Body.
    pub body: String,
}

/// Puts the number of a page in place of its signs: `{n}`; `{from}` and `{to}`, the first and the last entry counted from 1;
/// `{offset}`, how many entries stand before it. `at` counts pages from 0.
pub(crate) fn numbered(pattern: &str, number: u32, at: u32, size: u32) -> String {
    let offset = at.saturating_mul(size);
    let signs = [
        ("{n}", number),
        ("{from}", offset.saturating_add(1)),
        ("{to}", offset.saturating_add(size)),
        ("{offset}", offset),
    ];
    signs.iter().fold(pattern.to_owned(), |text, (sign, value)| text.replace(sign, &value.to_string()))
}

/// What the links of a column lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Pages or files.
    #[default]
    Any,
    /// Web pages.
    Page,
    /// Files (PDF, Word, OFD …).
    File,
}

/// Whose reports a column lists.
#[derive(Clone, Debug)]
pub enum BodyRule {
    /// One body's.
    Fixed(String),
    /// The body that the title names.
    Named,
    /// By patterns over the title; several that match must agree.
    Patterns(Vec<(Regex, String)>),
}

/// Which year a report is for.
#[derive(Clone, Debug)]
pub enum YearRule {
    /// The year in the title.
    Title,
    /// The first group of a pattern.
    Pattern {
        /// Pattern with one group.
        pattern: Regex,
        /// Where it is looked for.
        place: YearPlace,
    },
}

/// Where a year stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearPlace {
    /// In the title.
    Title,
    /// In the address.
    Url,
}
