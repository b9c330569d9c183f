//! From the file's values to a profile that works; every mistake with its place.
use std::{collections::HashSet, ops::Range, path::Path, time::Duration};

use gongkai_model::{Body, BodyIndex, Text};
use scraper::Selector;
use url::Url;

use super::{
    BodyRule, Column, Detail, Hosts, Profile, YearPlace, YearRule,
    file::{BodyFile, ColumnFile, File, Value, YearFile},
};
use crate::problem::Problem;

/// Compiles one file and keeps what is wrong with it.
pub(super) struct Compiler<'c> {
    path: &'c Path,
    text: &'c str,
    bodies: &'c [Body],
    pub(super) problems: Vec<Problem>,
}

impl<'c> Compiler<'c> {
    pub(super) fn new(path: &'c Path, text: &'c str, bodies: &'c [Body]) -> Self {
        Self { path, text, bodies, problems: Vec::new() }
    }

    pub(super) fn wrong(&mut self, span: Range<usize>, zh: String, en: String) {
        self.problems.push(Problem::at(self.path, self.text, span, Text::new(zh, en)));
    }

    pub(super) fn wrong_near<'a>(
        &mut self,
        value: &Value,
        zh: &str,
        en: &str,
        right: impl IntoIterator<Item = &'a str>,
    ) {
        let wrong = value.get_ref();
        let message = Text::new(format!("{zh}：`{wrong}`"), format!("{en}: `{wrong}`"));
        self.problems.push(Problem::at(self.path, self.text, value.span(), message).near(wrong, right));
    }

    /// The profile; only of use when no problem was found.
    pub(super) fn profile(&mut self, file: &File) -> Option<Profile> {
        self.label(&file.id);
        let region = file.region.get_ref();
        if region.len() != 4 || !region.bytes().all(|b| b.is_ascii_digit()) {
            let (zh, en) = ("region 应为四位区划代码", "region must be a 4-digit code");
            self.wrong(file.region.span(), format!("{zh}：`{region}`"), format!("{en}: `{region}`"));
        }
        let hosts = self.hosts(&file.hosts);
        let encoding = self.encoding(file.encoding.as_ref());
        let home = self.url(&file.home);
        if file.column.is_empty() {
            self.wrong(
                file.id.span(),
                "没有任何 [[column]]，抓取不到报告".into(),
                "no [[column]]: nothing would be fetched".into(),
            );
        }
        let columns: Vec<Option<Column>> = file.column.iter().map(|column| self.column(column)).collect();
        let index = BodyIndex::new(self.bodies);
        let index = match &file.prefix {
            Some(prefix) => index.without_prefix(prefix.get_ref()),
            None => index,
        };
        let mut profile = Profile {
            id: file.id.get_ref().clone(),
            name: file.name.get_ref().clone(),
            region: region.clone(),
            home: home?,
            hosts: Hosts::new(hosts),
            encoding,
            interval: file.interval_ms.map(Duration::from_millis),
            revisit: file.revisit_s.map(Duration::from_secs),
            columns: columns.into_iter().collect::<Option<_>>()?,
            index,
        };
        self.check_hosts(&profile, file);
        self.check_names(file);
        self.carries(&mut profile, file);
        Some(profile)
    }

    fn column(&mut self, file: &ColumnFile) -> Option<Column> {
        self.label(&file.name);
        if file.start.get_ref().is_empty() {
            self.wrong(
                file.start.span(),
                "至少要有一个起始页".into(),
                "at least one start page is needed".into(),
            );
        }
        if file.max_pages.as_ref().is_some_and(|max| *max.get_ref() == 0) {
            let span = file.max_pages.as_ref().map(toml::Spanned::span).unwrap_or_default();
            self.wrong(span, "max_pages 至少为 1".into(), "max_pages is at least 1".into());
        }
        let start: Vec<Option<Url>> = file.start.get_ref().iter().map(|value| self.url(value)).collect();
        let list = file.list.as_ref().map(|value| self.selector(value));
        let json = file.json.as_ref().map(|value| self.json(value.get_ref()));
        let post = file.post.as_ref().map(|value| self.post(value.get_ref(), value.span()));
        self.one_reading(file);
        let records = file.records.as_ref().map(|value| self.regex_with_group(value));
        let item = file.item.as_ref().map(|value| self.selector(value));
        let total = file.total.as_ref().map(|value| self.regex_with_group(value));
        let link = match &file.link {
            Some(value) => self.selector(value),
            None => Selector::parse("a[href]").ok(),
        };
        let title = file.title.as_ref().map(|value| self.selector(value));
        let date = file.date.as_ref().map(|value| self.selector(value));
        let content = file.content.as_ref().map(|value| self.selector(value));
        let next = file.next.as_ref().map(|value| self.next(value.get_ref(), file, value.span()));
        let include: Vec<_> = file.include.iter().map(|value| self.regex(value)).collect();
        let exclude: Vec<_> = file.exclude.iter().map(|value| self.regex(value)).collect();
        let detail = self.detail(file.detail.as_ref());
        let body = self.body(file.body.get_ref(), file.body.span());
        let year = self.year(file);
        Some(Column {
            name: file.name.get_ref().clone(),
            start: start.into_iter().collect::<Option<_>>()?,
            list: flat(list)?,
            json: flat(json)?,
            post: flat(post)?,
            records: flat(records)?,
            item: flat(item)?,
            total: flat(total)?,
            link: link?,
            title: flat(title)?,
            date: flat(date)?,
            next: flat(next)?,
            max_pages: file.max_pages.as_ref().map(|max| *max.get_ref()),
            include: include.into_iter().collect::<Option<_>>()?,
            exclude: exclude.into_iter().collect::<Option<_>>()?,
            detail: detail?,
            content: flat(content)?,
            body: body?,
            year: year?,
            carries: Vec::new(),
            revisit: file.revisit_s.map(Duration::from_secs),
        })
    }

    fn detail(&mut self, value: Option<&Value>) -> Option<Detail> {
        let Some(value) = value else { return Some(Detail::Any) };
        match value.get_ref().as_str() {
            "any" => Some(Detail::Any),
            "page" => Some(Detail::Page),
            "file" => Some(Detail::File),
            _ => {
                self.wrong_near(
                    value,
                    "detail 应为 any、page 或 file",
                    "detail is any, page or file",
                    ["any", "page", "file"],
                );
                None
            }
        }
    }

    fn body(&mut self, file: &BodyFile, span: Range<usize>) -> Option<BodyRule> {
        match (&file.fixed, file.named, &file.patterns) {
            (Some(id), None, None) => self.known_body(id).map(BodyRule::Fixed),
            (None, Some(true), None) => Some(BodyRule::Named),
            (None, None, Some(patterns)) => {
                let rules: Vec<_> = patterns
                    .iter()
                    .map(|one| {
                        let (pattern, id) = (self.regex(&one.title), self.known_body(&one.body));
                        Some((pattern?, id?))
                    })
                    .collect();
                rules.into_iter().collect::<Option<_>>().map(BodyRule::Patterns)
            }
            _ => {
                let (zh, en) = (
                    "body 应为 { fixed }、{ named = true } 或 { patterns } 之一",
                    "body is one of { fixed }, { named = true }, { patterns }",
                );
                self.wrong(span, zh.into(), en.into());
                None
            }
        }
    }

    fn known_body(&mut self, id: &Value) -> Option<String> {
        if self.bodies.iter().any(|body| body.id == *id.get_ref()) {
            return Some(id.get_ref().clone());
        }
        let bodies = self.bodies;
        let (zh, en) = ("名录中没有这个机构", "the registry has no such body");
        self.wrong_near(id, zh, en, bodies.iter().map(|body| body.id.as_str()));
        None
    }

    fn year(&mut self, column: &ColumnFile) -> Option<YearRule> {
        let rule = |place, pattern| YearRule::Pattern { pattern, place };
        match &column.year {
            None => Some(YearRule::Title),
            Some(YearFile { title: Some(value), url: None }) => {
                self.regex_with_group(value).map(|pattern| rule(YearPlace::Title, pattern))
            }
            Some(YearFile { title: None, url: Some(value) }) => {
                self.regex_with_group(value).map(|pattern| rule(YearPlace::Url, pattern))
            }
            Some(_) => {
                let (zh, en) = ("year 应为 { title } 或 { url } 之一", "year is one of { title }, { url }");
                self.wrong(column.name.span(), zh.into(), en.into());
                None
            }
        }
    }

    fn check_hosts(&mut self, profile: &Profile, file: &File) {
        let starts = file.column.iter().flat_map(|column| column.start.get_ref());
        for value in starts {
            let Ok(url) = Url::parse(value.get_ref()) else { continue };
            if !profile.hosts.has(&url) {
                let host = url.host_str().unwrap_or_default();
                let (zh, en) = (
                    format!("起始页的主机 `{host}` 不在 hosts 中"),
                    format!("the host `{host}` is not in hosts"),
                );
                let problem = Problem::at(self.path, self.text, value.span(), Text::new(zh, en));
                self.problems.push(problem.near(host, profile.hosts.names()));
            }
        }
    }

    fn check_names(&mut self, file: &File) {
        let mut addresses: Vec<(&str, &Value)> = Vec::new();
        for (at, column) in file.column.iter().enumerate() {
            let name = &column.name;
            if file.column.iter().take(at).any(|other| other.name.get_ref() == name.get_ref()) {
                let name_text = name.get_ref();
                self.wrong(
                    name.span(),
                    format!("栏目重名：`{name_text}`"),
                    format!("two columns of the name `{name_text}`"),
                );
            }
            addresses.extend(column.start.get_ref().first().map(|url| (url.get_ref().as_str(), url)));
        }
        for (at, (address, value)) in addresses.iter().enumerate() {
            if addresses.iter().take(at).any(|(other, _)| other == address) {
                let (zh, en) = ("另一个栏目已用此起始页", "another column starts at this address");
                self.wrong(value.span(), zh.into(), en.into());
            }
        }
    }

    /// Which bodies each column stands for: as written, or by its rule; with `named` the site's bodies that no other column claims.
    fn carries(&mut self, profile: &mut Profile, file: &File) {
        let written: Vec<Option<Vec<String>>> = file
            .column
            .iter()
            .map(|column| {
                let ids = column.carries.as_ref()?;
                Some(ids.iter().filter_map(|id| self.known_body(id)).collect())
            })
            .collect();
        for (column, written) in profile.columns.iter_mut().zip(written) {
            column.carries = match (&column.body, written) {
                (_, Some(ids)) => ids,
                (BodyRule::Fixed(id), None) => vec![id.clone()],
                (BodyRule::Patterns(patterns), None) => {
                    let mut ids: Vec<String> = patterns.iter().map(|(_, id)| id.clone()).collect();
                    ids.sort();
                    ids.dedup();
                    ids
                }
                (BodyRule::Named, None) => Vec::new(),
            };
        }
        let claimed: HashSet<&str> =
            profile.columns.iter().flat_map(|column| column.carries.iter().map(String::as_str)).collect();
        let here = |body: &&Body| body.site.as_deref() == Some(profile.id.as_str()) && body.reports_itself;
        let rest: Vec<String> = self
            .bodies
            .iter()
            .filter(here)
            .map(|body| body.id.clone())
            .filter(|id| !claimed.contains(id.as_str()))
            .collect();
        for (column, file) in profile.columns.iter_mut().zip(&file.column) {
            if matches!(column.body, BodyRule::Named) && file.carries.is_none() {
                column.carries.clone_from(&rest);
            }
        }
    }
}

/// A value that is absent, right, or (`None`) wrong.
pub(super) fn flat<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(None) => None,
        Some(right) => Some(right),
    }
}
