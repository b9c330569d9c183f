//! Atom feeds: `/feed/reports.atom` (new reports) and `/feed/findings.atom` (open findings), the latest first.
use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use gongkai_store::{Filter, Latest, StoredFinding};
use jiff::Timestamp;

use crate::{
    ConsoleState,
    error::PageError,
    frame::Frame,
    words::{self, segment},
};

/// Entries of a feed.
const ENTRIES: u32 = 50;
const KIND: &str = "application/atom+xml; charset=utf-8";

/// An entry; its id stays the same for ever.
struct Entry {
    id: String,
    title: String,
    link: String,
    updated: Timestamp,
    summary: String,
}

#[derive(Template)]
#[template(path = "feed.xml")]
struct Feed {
    lang: &'static str,
    id: &'static str,
    title: &'static str,
    own: String,
    home: String,
    updated: Timestamp,
    entries: Vec<Entry>,
}

/// New reports: a version that replaces another is an entry of its own.
pub(crate) async fn reports(State(state): State<ConsoleState>, f: Frame) -> Result<Response, PageError> {
    let found = state.store.latest(&Filter { limit: ENTRIES, ..Filter::default() }).await?;
    let entries = found.iter().map(|line| report(&f, line, &state.public_url)).collect();
    let title = f.t("公开年报巡查：新采集的报告", "gongkai: new reports");
    feed(&state, &f, ("urn:gongkai:feed:reports", title, "feed/reports.atom"), entries)
}

/// Open findings.
pub(crate) async fn findings(State(state): State<ConsoleState>, f: Frame) -> Result<Response, PageError> {
    let found = state.store.latest_findings(&Filter { limit: ENTRIES, ..Filter::default() }).await?;
    let bodies = state.store.bodies().await?;
    let names: HashMap<&str, &str> =
        bodies.iter().map(|body| (body.id.as_str(), body.name.as_str())).collect();
    let entries = found.iter().map(|stored| finding(&f, stored, &names, &state.public_url)).collect();
    let title = f.t("公开年报巡查：发现的问题", "gongkai: findings");
    feed(&state, &f, ("urn:gongkai:feed:findings", title, "feed/findings.atom"), entries)
}

fn report(f: &Frame, line: &Latest, public_url: &str) -> Entry {
    let verdict = words::verdict(f, line.verdict).word;
    let body = line.body_name.as_deref().unwrap_or_else(|| f.t("单位未确定", "body not known"));
    Entry {
        id: format!("urn:uuid:{}", line.report),
        title: line.title.clone(),
        link: format!("{public_url}reports/{}", line.report),
        updated: line.fetched_at,
        summary: format!("{body} · {} {verdict}", f.t("表内勾稽", "tables")),
    }
}

fn finding(f: &Frame, stored: &StoredFinding, names: &HashMap<&str, &str>, public_url: &str) -> Entry {
    let finding = &stored.finding;
    let page = match (&stored.body, stored.year) {
        (Some(body), Some(year)) => {
            format!("bodies/{}/{year}#f-{}", segment(body), segment(&finding.fingerprint))
        }
        _ => String::new(),
    };
    let name = stored.body.as_deref().map_or("", |body| names.get(body).copied().unwrap_or(body));
    let year = stored.year.map(|year| year.to_string()).unwrap_or_default();
    Entry {
        // One finding of one report; the moment of its first sight stays when it is seen again.
        id: format!("urn:gongkai:finding:{}:{}", segment(&stored.identity), segment(&finding.fingerprint)),
        title: format!("{} {name} {year} {}", finding.code, finding.message.get(f.lang)),
        link: format!("{public_url}{page}"),
        updated: stored.first_seen_at,
        summary: format!(
            "{}: {} · {}",
            words::severity(f, finding.severity).word,
            finding.message.get(f.lang),
            finding.basis.get(f.lang)
        ),
    }
}

fn feed(
    state: &ConsoleState,
    f: &Frame,
    (id, title, path): (&'static str, &'static str, &str),
    entries: Vec<Entry>,
) -> Result<Response, PageError> {
    let updated = entries.iter().map(|entry| entry.updated).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let home = state.public_url.clone();
    let feed = Feed { lang: f.code(), id, title, own: format!("{home}{path}"), home, updated, entries };
    let text: String = feed.render()?.chars().filter(|letter| is_xml(*letter)).collect();
    Ok(([(header::CONTENT_TYPE, KIND)], text).into_response())
}

/// Letters that XML has; pages of the web hold others, and one of them would make the whole feed unreadable.
const fn is_xml(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
