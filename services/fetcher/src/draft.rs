//! A profile to begin with: from a site's home page to its lists of annual reports, as far as links and their texts show them.
//! What was recognised and what is unsure stands in it as comments; people finish it.
use std::collections::{HashSet, VecDeque};

use gongkai_runtime::http::{Fetched, GetRequest};
use scraper::{ElementRef, Html, Selector};
use thiserror::Error;
use url::Url;

use crate::{
    charset,
    client::PoliteClient,
    list::canonical,
    look::{self, Format, Look},
    profile::Profile,
};

mod list;
mod write;

use list::{ListFound, recognise};

/// Pages looked at; a home page names its annual reports within a few steps.
const MOST_PAGES: usize = 15;
/// Steps from the home page.
const DEEPEST: u8 = 3;
/// Links that lead to the reports themselves, and those that lead towards them.
const REPORTS: [&str; 2] = ["年报", "年度报告"];
const TOWARDS: [&str; 2] = ["信息公开", "政务公开"];

/// Why there is no profile.
#[derive(Debug, Error)]
pub enum DraftError {
    /// The home page did not come.
    #[error("{url} could not be read: {why}")]
    Home {
        /// Address.
        url: String,
        /// Reason.
        why: String,
    },
    /// No list of reports was recognised.
    #[error(
        "no list of annual reports was found on {pages} page(s) from {url}; give the address of the list itself"
    )]
    Nothing {
        /// Address.
        url: String,
        /// Pages looked at.
        pages: usize,
    },
}

/// A profile as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The file.
    pub toml: String,
    /// Columns in it.
    pub columns: usize,
}

/// A page that was read.
struct Page {
    url: Url,
    html: Html,
    source: String,
}

/// Looks for lists of annual reports from a home page (or from the list itself) and writes a profile for them.
///
/// # Errors
/// The home page cannot be read, or no list is recognised.
pub async fn draft(client: &PoliteClient, home: &Url) -> Result<Draft, DraftError> {
    let failed = |why: String| DraftError::Home { url: home.to_string(), why };
    let Some(profile) = Profile::of_host(home) else { return Err(failed("it names no host".to_owned())) };
    let first = read(client, &profile, home).await.map_err(failed)?;
    let name = write::site_name(&first.html);
    let (mut found, mut pages) = (Vec::new(), 1);
    let mut seen = HashSet::from([canonical(home.clone())]);
    let mut queue = VecDeque::new();
    take_in(&first, &profile, 0, &mut found, &mut queue, &mut seen);
    while let Some((url, depth)) = queue.pop_front() {
        if pages >= MOST_PAGES {
            break;
        }
        pages += 1;
        // A page that does not come costs only what it links to.
        if let Ok(page) = read(client, &profile, &url).await {
            take_in(&page, &profile, depth, &mut found, &mut queue, &mut seen);
        }
    }
    if found.is_empty() {
        return Err(DraftError::Nothing { url: home.to_string(), pages });
    }
    Ok(Draft { toml: write::profile(home, &name, &found), columns: found.len() })
}

async fn read(client: &PoliteClient, profile: &Profile, url: &Url) -> Result<Page, String> {
    let fetched =
        client.get(profile, GetRequest::new(url.clone())).await.map_err(|error| error.to_string())?;
    page(&fetched)
}

fn page(fetched: &Fetched) -> Result<Page, String> {
    if !(200..300).contains(&fetched.status) {
        return Err(format!("status {}", fetched.status));
    }
    if look::format(fetched) != Format::Html {
        return Err("it is no web page".to_owned());
    }
    let source = charset::decode(&fetched.body, fetched.content_type.as_deref(), None);
    let html = Html::parse_document(&source);
    match look::look(&html) {
        Look::Content => Ok(Page { url: fetched.final_url.clone(), html, source }),
        look => Err(look.complaint().unwrap_or_default()),
    }
}

/// A list is noted; of another page the links that may lead to one are queued, the likelier ones first.
fn take_in(
    page: &Page,
    profile: &Profile,
    depth: u8,
    found: &mut Vec<ListFound>,
    queue: &mut VecDeque<(Url, u8)>,
    seen: &mut HashSet<Url>,
) {
    if let Some(list) = recognise(&page.url, &page.html, &page.source) {
        found.push(list);
        return;
    }
    if depth >= DEEPEST {
        return;
    }
    let mut towards = Vec::new();
    for (text, url) in links(&page.html, &page.url) {
        let likely = REPORTS.iter().any(|words| text.contains(words));
        let wanted = likely || TOWARDS.iter().any(|words| text.contains(words));
        if !wanted || !profile.hosts.has(&url) || !seen.insert(url.clone()) {
            continue;
        }
        if likely { queue.push_front((url, depth + 1)) } else { towards.push((url, depth + 1)) }
    }
    queue.extend(towards);
}

/// Every link with its text.
fn links(html: &Html, base: &Url) -> Vec<(String, Url)> {
    let Ok(selector) = Selector::parse("a[href]") else { return Vec::new() };
    let link = |element: ElementRef<'_>| {
        let url = base.join(element.attr("href")?.trim()).ok()?;
        let http = matches!(url.scheme(), "http" | "https");
        http.then(|| (list::text_of(element), canonical(url)))
    };
    html.select(&selector).filter_map(link).collect()
}

#[cfg(test)]
mod tests;
