//! Where a column may be now that worked before and has gone: looked for once a day from the home page, told as a hint.
//! The profile stays as it is; people change it.
use std::time::Duration;

use gongkai_store::{Moved, Place, Poll, PollOutcome, Source};
use tokio::time::Instant;
use url::Url;

use super::FetchHandler;
use crate::{
    discover::Discovery,
    profile::{Column, Profile},
    search::{Link, Reach, Search, list::ListFound},
};

/// Pages asked for in one search.
const MOST_PAGES: usize = 10;
/// Places that are told.
const MOST_PLACES: usize = 5;

/// A rebuilt site answers, and not with the list. A challenge or robots.txt says that we are not welcome, not that the list is
/// elsewhere; then nothing more is asked for.
const fn may_have_moved(outcome: PollOutcome) -> bool {
    match outcome {
        PollOutcome::Empty | PollOutcome::Login | PollOutcome::WrongType | PollOutcome::Status => true,
        PollOutcome::Ok | PollOutcome::Challenge | PollOutcome::Unreachable | PollOutcome::Forbidden => false,
    }
}

impl FetchHandler {
    /// The poll's problem, with the hint behind it where the column has worked before and failed at least twice in a row: once
    /// is a hiccup. `earlier` are the polls before this one; a hint of today is told again, and nobody looks.
    pub(super) async fn with_hint(
        &self,
        profile: &Profile,
        column: &Column,
        source: &Source,
        seen: Discovery,
        earlier: &[Poll],
        until: Instant,
    ) -> Discovery {
        let mut decisive = earlier.iter().rev().filter(|poll| poll.outcome != PollOutcome::Unreachable);
        let again = decisive.next().is_some_and(|poll| poll.outcome.is_strange());
        if !may_have_moved(seen.outcome) || !again || source.last_fetched_at.is_none() {
            return seen;
        }
        let today = self.clock.today();
        let told = earlier.iter().rev().find_map(|poll| poll.problem_and_hint().1);
        let moved = match told.filter(|told| told.day == today) {
            Some(told) => told,
            None => {
                let places = self.places(profile, column, seen.outcome, until).await;
                places.map_or_else(|| Moved::unread(today), |places| Moved::new(today, &places))
            }
        };
        let detail = Some(moved.behind(seen.detail.as_deref().unwrap_or_default()));
        Discovery { detail, ..seen }
    }

    /// Likely places, best first; `None` when no page to begin with came.
    async fn places(
        &self,
        profile: &Profile,
        column: &Column,
        outcome: PollOutcome,
        until: Instant,
    ) -> Option<Vec<Place>> {
        let time = until.saturating_duration_since(Instant::now()).max(Duration::from_secs(1));
        let mut search = Search::new(&self.client, profile, Reach { pages: MOST_PAGES, time });
        let homes = homes(profile, column);
        let mut began = false;
        for home in &homes {
            match search.start(home).await {
                Ok(_) => {
                    began = true;
                    break;
                }
                Err(error) => tracing::info!(site = profile.id, %home, error, "the home page did not come"),
            }
        }
        // The address may have kept its list in another form.
        if outcome == PollOutcome::Empty
            && let Some(start) = column.start.first().filter(|start| !homes.contains(start))
        {
            began |= search.start(start).await.is_ok();
        }
        search.go_on().await;
        began.then(|| ranked(search, column))
    }
}

/// Where to begin: the profile's home page, else the root of the column's own address.
fn homes(profile: &Profile, column: &Column) -> Vec<Url> {
    let root = column.start.first().and_then(|start| start.join("/").ok());
    let mut homes: Vec<Url> = Vec::new();
    for home in [Some(profile.home.clone()), root].into_iter().flatten() {
        if profile.hosts.has(&home) && !homes.contains(&home) {
            homes.push(home);
        }
    }
    homes
}

/// Lists with the most reports that the column would take, then what is called a list of reports.
fn ranked(search: Search<'_>, column: &Column) -> Vec<Place> {
    let mut lists = search.lists;
    let wanted = |list: &ListFound| list.titles.iter().any(|title| column.wants(title));
    lists.sort_by_key(|list| (!wanted(list), std::cmp::Reverse(list.reports)));
    let lists = lists.into_iter().map(|list| Link { title: list.name, url: list.url });
    let mut called: Vec<Link> = search.named.into_iter().chain(search.unread).collect();
    called.sort_by_key(|link| !link.title.contains("信息公开"));
    let place = |link: Link| Place { title: link.title, url: link.url.to_string() };
    lists.chain(called).take(MOST_PLACES).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn without_a_home_page_of_its_own_the_root_of_the_columns_address_is_the_beginning() {
        let own = fixture::profile("");
        let elsewhere = Profile { home: "http://portal.example/".parse().unwrap(), ..own.clone() };
        let deep = Profile { home: "http://site.invalid/gk/".parse().unwrap(), ..own.clone() };
        let begins = |profile: &Profile| {
            let homes = homes(profile, &profile.columns[0]);
            homes.iter().map(Url::to_string).collect::<Vec<_>>()
        };
        assert_eq!(begins(&own), ["http://site.invalid/"]);
        assert_eq!(begins(&elsewhere), ["http://site.invalid/"]);
        assert_eq!(begins(&deep), ["http://site.invalid/gk/", "http://site.invalid/"]);
    }
}
