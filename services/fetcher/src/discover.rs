//! Reads a column to its end. `complete` is a proof: it is only said when every page of the list was read.
use std::{collections::HashSet, fmt, time::Duration};

use gongkai_runtime::{clock::Clock, http::GetRequest};
use gongkai_store::{Found, PollOutcome};
use jiff::Timestamp;
use tokio::time::Instant;
use url::Url;

use crate::{
    client::PoliteClient,
    list::{self, Item, ListPage},
    profile::{Column, NextPage, Profile, numbered},
};

mod page;

use page::{Stop, read_page, stop_of};

/// What reading a column gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// How it ended.
    pub outcome: PollOutcome,
    /// Every page was read, and every report on them can be fetched.
    pub complete: bool,
    /// List pages read.
    pub pages: u32,
    /// Entries recognised, reports or not.
    pub items: u32,
    /// Links to reports.
    pub found: Vec<Found>,
    /// What went wrong or stands in the way of completeness.
    pub detail: Option<String>,
    /// When the host wants to be asked again.
    pub retry_at: Option<Timestamp>,
}

/// How far reading a column may go. Beyond, the poll is recorded as incomplete: work that is dropped at its deadline
/// would be set aside in the end, and its column never read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// List pages read.
    pub pages: u32,
    /// No page is begun later than so long after the first.
    pub time: Duration,
}

/// Reads all pages of a column, within limits.
pub async fn discover(
    client: &PoliteClient,
    clock: &dyn Clock,
    profile: &Profile,
    column: &Column,
    limits: Limits,
) -> Discovery {
    let mut walk = Walk { limits, ..Walk::new(client, clock, profile, column) };
    let mut failure = None;
    for (at, start) in column.start.iter().enumerate() {
        if at > 0 && walk.is_late(start) {
            break;
        }
        if let Err(stop) = walk.read_from(start).await {
            failure = Some(stop);
            break;
        }
    }
    walk.end(failure)
}

/// What asks for one page of a list.
struct Ask {
    url: Url,
    post: Option<(&'static str, String)>,
}

impl Ask {
    fn request(&self) -> GetRequest {
        let request = GetRequest::new(self.url.clone());
        match &self.post {
            Some((content_type, body)) => request.posting(content_type, body.clone()),
            None => request,
        }
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.post {
            Some((_, body)) => write!(f, "{} ({body})", self.url),
            None => write!(f, "{}", self.url),
        }
    }
}

/// How many pages so many entries fill.
fn pages_of(total: u32, size: Option<u32>, on_first: usize) -> u32 {
    let on_first = u32::try_from(on_first).unwrap_or(u32::MAX);
    total.div_ceil(size.unwrap_or(on_first).max(1))
}

struct Walk<'w> {
    client: &'w PoliteClient,
    clock: &'w dyn Clock,
    profile: &'w Profile,
    column: &'w Column,
    limits: Limits,
    began: Instant,
    pages: u32,
    items: u32,
    visited: HashSet<Url>,
    listed: HashSet<Url>,
    found: Vec<Found>,
    /// What stands in the way of completeness, though reading went on.
    gaps: Vec<String>,
}

impl<'w> Walk<'w> {
    fn new(client: &'w PoliteClient, clock: &'w dyn Clock, profile: &'w Profile, column: &'w Column) -> Self {
        Self {
            client,
            clock,
            profile,
            column,
            limits: Limits { pages: 1, time: Duration::ZERO },
            began: Instant::now(),
            pages: 0,
            items: 0,
            visited: HashSet::new(),
            listed: HashSet::new(),
            found: Vec::new(),
            gaps: Vec::new(),
        }
    }

    async fn read_from(&mut self, start: &Url) -> Result<(), Stop> {
        let first = self.page(&self.ask(start.clone(), 0)).await?;
        if first.items.is_empty() {
            return Err(Stop::new(PollOutcome::Empty, format!("{start}: the list has no entries")));
        }
        let (before, total) = (self.items, first.total);
        self.keep(&first);
        self.follow(start, first).await?;
        self.compare(start, total, self.items - before);
        Ok(())
    }

    async fn follow(&mut self, start: &Url, first: ListPage) -> Result<(), Stop> {
        match &self.column.next {
            None => Ok(()),
            Some(NextPage::Link(_)) => self.follow_links(start, first).await,
            Some(NextPage::Numbered { pattern, count, size, .. }) => {
                let announced = first.total.map(|total| pages_of(total, *size, first.items.len()));
                match first.count.or(announced) {
                    Some(count) => self.follow_count(start, pattern, count).await,
                    None if count.is_some() => {
                        self.gaps.push(format!("{start}: the number of pages was not found (next.count)"));
                        Ok(())
                    }
                    None => self.follow_numbers(start, pattern, first).await,
                }
            }
        }
    }

    async fn follow_links(&mut self, start: &Url, first: ListPage) -> Result<(), Stop> {
        let (mut at, mut page, mut read) = (start.clone(), first, 1);
        while let Some(next) = page.next.take() {
            if next == list::canonical(at.clone()) {
                return Ok(());
            }
            if self.visited.contains(&next) {
                self.gaps.push(format!("{at}: the next page is {next}, which was read before"));
                return Ok(());
            }
            if self.is_full(&next) {
                return Ok(());
            }
            page = self.page(&Ask { url: next.clone(), post: None }).await?;
            if page.items.is_empty() {
                self.gaps.push(format!("{next}: a following page without entries"));
                return Ok(());
            }
            if !self.keep(&page) {
                self.gaps.push(format!("{next}: only entries that were listed before"));
                return Ok(());
            }
            (at, read) = (next, read + 1);
        }
        match (page.script, page.announced) {
            // A last page may keep its script.
            (_, Some(pages)) if pages <= read => {}
            (Some(script), _) => self
                .gaps
                .push(format!("{at}: the way to the next page is a script, which is not run ({script})")),
            (None, Some(pages)) => self
                .gaps
                .push(format!("{at}: the list announces {pages} pages, {read} were read; is `next` right?")),
            (None, None) => {}
        }
        Ok(())
    }

    async fn follow_count(&mut self, start: &Url, pattern: &str, count: u32) -> Result<(), Stop> {
        for at in 1..count {
            let Some(ask) = self.numbered(start, pattern, at) else { return Ok(()) };
            if self.is_full(&ask.url) {
                return Ok(());
            }
            let page = self.page(&ask).await?;
            if !self.keep(&page) {
                self.gaps.push(format!("{ask}: no entries, or only such that were listed before"));
                return Ok(());
            }
        }
        Ok(())
    }

    async fn follow_numbers(&mut self, start: &Url, pattern: &str, page: ListPage) -> Result<(), Stop> {
        let mut previous = page;
        for at in 1.. {
            let Some(ask) = self.numbered(start, pattern, at) else { return Ok(()) };
            if self.is_full(&ask.url) {
                return Ok(());
            }
            let page = match self.page(&ask).await {
                Ok(page) => page,
                Err(stop) if stop.past_the_end => return Ok(()),
                Err(stop) => return Err(stop),
            };
            if page.items.is_empty() {
                return Ok(());
            }
            // Past the end some servers give the last page again; the first one again is a pattern that does not count.
            if page.items == previous.items && at > 1 {
                return Ok(());
            }
            if !self.keep(&page) {
                self.gaps
                    .push(format!("{ask}: only entries that were listed before; is next.pattern right?"));
                return Ok(());
            }
            previous = page;
        }
        Ok(())
    }

    /// A list that announces more entries than were read is not complete; nor is one whose number is not found.
    fn compare(&mut self, start: &Url, total: Option<u32>, read: u32) {
        match total {
            Some(total) if read < total => {
                self.gaps
                    .push(format!("{start}: the list announces {total} entries, {read} were read (total)"));
            }
            None if self.column.total.is_some() => {
                self.gaps.push(format!("{start}: the number of entries was not found (total)"));
            }
            _ => {}
        }
    }

    /// What asks for the page of this place, counted from 0; a following page.
    fn numbered(&mut self, start: &Url, pattern: &str, at: u32) -> Option<Ask> {
        match start.join(&self.counted(pattern, at)) {
            Ok(url) => Some(self.ask(url, at)),
            Err(error) => {
                self.gaps.push(format!("{start}: next.pattern gives no address ({error})"));
                None
            }
        }
    }

    /// The request for an address, with the body of the page of this place.
    fn ask(&self, url: Url, at: u32) -> Ask {
        let post = self.column.post.as_ref();
        Ask { url, post: post.map(|post| (post.content_type, self.counted(&post.body, at))) }
    }

    fn counted(&self, pattern: &str, at: u32) -> String {
        let (first, size) = match &self.column.next {
            Some(NextPage::Numbered { first, size, .. }) => (*first, size.unwrap_or(0)),
            _ => (1, 0),
        };
        numbered(pattern, first.saturating_add(at).saturating_sub(1), at, size)
    }

    fn is_full(&mut self, next: &Url) -> bool {
        let most = self.limits.pages;
        let full = self.pages >= most;
        if full {
            self.gaps.push(format!("{next} was not read: the limit is {most} pages (max_pages)"));
        }
        full || self.is_late(next)
    }

    fn is_late(&mut self, next: &Url) -> bool {
        let late = self.began.elapsed() >= self.limits.time;
        if late {
            let most = self.limits.time.as_secs();
            self.gaps.push(format!("{next} was not read: reading the list took longer than {most} s"));
        }
        late
    }

    /// Notes what a page lists; `false` when nothing of it is new.
    fn keep(&mut self, page: &ListPage) -> bool {
        let mut new = false;
        for item in &page.items {
            let known = item.url.as_ref().is_some_and(|url| !self.listed.insert(url.clone()));
            if !known {
                new |= item.url.is_some();
                self.items += 1;
                self.keep_report(item);
            }
        }
        new
    }

    fn keep_report(&mut self, item: &Item) {
        if !self.column.wants(&item.title) {
            if self.column.may_want(&item.title) {
                self.gaps.push(format!(
                    "《{}》: the title is cut, so nobody can tell whether it is a report (title, exclude)",
                    item.title
                ));
            }
            return;
        }
        let Some(url) = &item.url else {
            self.gaps.push(format!("《{}》: its link cannot be fetched ({})", item.title, item.href));
            return;
        };
        if !self.profile.hosts.has(url) {
            self.gaps.push(format!(
                "《{}》 is on {}, which is not one of the site's hosts",
                item.title,
                url.host_str().unwrap_or_default()
            ));
            return;
        }
        self.found.push(Found {
            url: url.to_string(),
            title: item.title.clone(),
            date: item.date,
            body: self.profile.body_of(self.column, &item.title),
            year: self.column.year_of(&item.title, url),
        });
    }

    async fn page(&mut self, ask: &Ask) -> Result<ListPage, Stop> {
        let url = &ask.url;
        self.visited.insert(list::canonical(url.clone()));
        let fetched = self.client.get(self.profile, ask.request()).await.map_err(stop_of)?;
        self.visited.insert(list::canonical(fetched.final_url.clone()));
        let page = read_page(self.profile, self.column, &fetched, self.clock.now())?;
        self.pages += 1;
        if page.unread > 0 {
            self.gaps.push(format!("{url}: no entry in {} of the records (records, item)", page.unread));
        }
        Ok(page)
    }

    fn end(self, failure: Option<Stop>) -> Discovery {
        let (mut outcome, mut complete, mut details, mut retry_at) =
            (PollOutcome::Ok, self.gaps.is_empty(), self.gaps, None);
        if let Some(stop) = failure {
            (outcome, complete, retry_at) = (stop.outcome, false, stop.retry_at);
            details.insert(0, stop.detail);
        } else if self.found.is_empty() && complete {
            // A column of reports without a report proves a change of the site, not that every body is late.
            (outcome, complete) = (PollOutcome::Empty, false);
            details
                .push(format!("{} entries, none with the title of a report (include, exclude)", self.items));
        }
        let detail = (!details.is_empty()).then(|| details.join("; "));
        Discovery {
            outcome,
            complete,
            pages: self.pages,
            items: self.items,
            found: self.found,
            detail,
            retry_at,
        }
    }
}

#[cfg(test)]
mod tests;
