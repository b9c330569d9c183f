//! Looks for a site's lists of annual reports as people would: from its home page, by what links are called.
use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use gongkai_runtime::http::{Fetched, GetRequest};
use scraper::{ElementRef, Html, Selector};
use tokio::time::Instant;
use url::Url;

use crate::{
    charset,
    client::PoliteClient,
    list::{canonical, name_of},
    look::{self, Format, Look},
    profile::Profile,
};

pub(crate) mod list;

use list::{ABOUT, ListFound, is_report, recognise};

/// Steps from the home page.
const DEEPEST: u8 = 3;
/// Links that lead to the reports themselves, those that lead towards them, and the last resort where menus are made by scripts.
const REPORTS: [&str; 2] = ["年报", "年度报告"];
const TOWARDS: [&str; 3] = ["信息公开", "政务公开", "主动公开"];
const MAP: [&str; 2] = ["网站地图", "站点地图"];
/// Yearly reports of another kind.
const OTHERS: [&str; 5] = ["企业", "公司", "统计", "财务", "质量"];
/// Names of columns are short; longer texts that lead towards something are news.
const LONGEST_NAME: usize = 20;

/// How far a search may go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    /// Pages asked for.
    pub(crate) pages: usize,
    /// No page is begun later than so long after the first.
    pub(crate) time: Duration,
}

/// A link with what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) title: String,
    pub(crate) url: Url,
}

/// A search and what it has found.
pub(crate) struct Search<'s> {
    client: &'s PoliteClient,
    profile: &'s Profile,
    reach: Reach,
    began: Instant,
    /// Pages asked for.
    pub(crate) pages: usize,
    /// Lists that were recognised.
    pub(crate) lists: Vec<ListFound>,
    /// Pages that are called lists of reports and on which none was recognised: a script may fill them.
    pub(crate) named: Vec<Link>,
    /// Links called so that were not followed: to hosts that are not the site's, or beyond the reach.
    pub(crate) unread: Vec<Link>,
    /// Links to follow, the likelier ones first.
    queues: [VecDeque<(Link, u8)>; 3],
    seen: HashSet<Url>,
}

impl<'s> Search<'s> {
    pub(crate) fn new(client: &'s PoliteClient, profile: &'s Profile, reach: Reach) -> Self {
        Self {
            client,
            profile,
            reach,
            began: Instant::now(),
            pages: 0,
            lists: Vec::new(),
            named: Vec::new(),
            unread: Vec::new(),
            queues: Default::default(),
            seen: HashSet::new(),
        }
    }

    /// Reads a page to start from; tells its title.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(crate) async fn start(&mut self, url: &Url) -> Result<String, String> {
        let link = Link { title: String::new(), url: canonical(url.clone()) };
        self.seen.insert(link.url.clone());
        self.visit(&link, 0).await
    }

    /// Follows the links of the pages that were read, the likelier ones first.
    pub(crate) async fn go_on(&mut self) {
        while self.pages < self.reach.pages && self.began.elapsed() < self.reach.time {
            let Some((link, depth)) = self.queues.iter_mut().find_map(VecDeque::pop_front) else { return };
            // A page that does not come costs only what it links to.
            if let Err(error) = self.visit(&link, depth).await {
                tracing::debug!(url = %link.url, error, "a page was passed over");
            }
        }
        let [called, ..] = &mut self.queues;
        self.unread.extend(called.drain(..).map(|(link, _)| link));
    }

    async fn visit(&mut self, link: &Link, depth: u8) -> Result<String, String> {
        self.pages += 1;
        let request = GetRequest::new(link.url.clone());
        let fetched = self.client.get(self.profile, request).await.map_err(|error| error.to_string())?;
        self.take_in(&fetched, link, depth)
    }

    /// A list is noted; of another page the links that may lead to one are queued. A home page shows reports as news.
    fn take_in(&mut self, fetched: &Fetched, link: &Link, depth: u8) -> Result<String, String> {
        let (html, source) = page(self.profile, fetched)?;
        let title = title_of(&html);
        let url = &canonical(fetched.final_url.clone());
        if *url != link.url && !self.seen.insert(url.clone()) {
            // Addresses that have gone often lead back to the home page.
            return Ok(title);
        }
        let found = recognise(url, &html, &source);
        let is_list = found.is_some();
        if let Some(list) = found {
            let name = if link.title.is_empty() { title.clone() } else { link.title.clone() };
            self.note(ListFound { name, ..list });
        } else if is_called_reports(&link.title) {
            self.named.push(Link { title: link.title.clone(), url: url.clone() });
        }
        if depth < DEEPEST && (!is_list || depth == 0) {
            self.queue(links(&html, url), depth + 1);
        }
        Ok(title)
    }

    /// The same list under two addresses is one.
    fn note(&mut self, list: ListFound) {
        let same = |known: &ListFound| (&known.titles, known.reports) == (&list.titles, list.reports);
        if !self.lists.iter().any(same) {
            self.lists.push(list);
        }
    }

    fn queue(&mut self, links: Vec<Link>, depth: u8) {
        for link in links {
            let Some(rank) = rank(&link.title) else { continue };
            if !self.seen.insert(link.url.clone()) {
                continue;
            }
            if self.profile.hosts.has(&link.url) {
                if let Some(queue) = self.queues.get_mut(rank) {
                    queue.push_back((link, depth));
                }
            } else if rank == 0 {
                self.unread.push(link);
            }
        }
    }
}

/// Which links are followed first.
fn rank(text: &str) -> Option<usize> {
    let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
    let is_short = text.chars().count() <= LONGEST_NAME;
    match () {
        () if is_called_reports(text) => Some(0),
        () if is_short && says(&TOWARDS) => Some(1),
        () if is_short && says(&MAP) => Some(2),
        () => None,
    }
}

/// Called a list of reports, whatever its exact name is; not a single report, nor what speaks about them.
fn is_called_reports(text: &str) -> bool {
    if text.chars().count() > LONGEST_NAME {
        return false;
    }
    let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
    says(&REPORTS) && !says(&ABOUT) && !says(&OTHERS) && !is_report(text)
}

/// The page of an answer, with its source.
fn page(profile: &Profile, fetched: &Fetched) -> Result<(Html, String), String> {
    if !(200..300).contains(&fetched.status) {
        return Err(format!("status {}", fetched.status));
    }
    if look::format(fetched) != Format::Html {
        return Err("it is no web page".to_owned());
    }
    let source = charset::decode(&fetched.body, fetched.content_type.as_deref(), profile.encoding);
    let html = Html::parse_document(&source);
    match look::look(&html) {
        Look::Content => Ok((html, source)),
        look => Err(look.complaint().unwrap_or_default()),
    }
}

fn title_of(html: &Html) -> String {
    let title = Selector::parse("title").ok().and_then(|selector| html.select(&selector).next());
    let title = title.map(|title| title.text().collect::<String>()).unwrap_or_default();
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every link with its text.
fn links(html: &Html, base: &Url) -> Vec<Link> {
    let Ok(selector) = Selector::parse("a[href]") else { return Vec::new() };
    let link = |element: ElementRef<'_>| {
        let url = base.join(element.attr("href")?.trim()).ok()?;
        let http = matches!(url.scheme(), "http" | "https");
        http.then(|| Link { title: name_of(element), url: canonical(url) })
    };
    html.select(&selector).filter_map(link).collect()
}
