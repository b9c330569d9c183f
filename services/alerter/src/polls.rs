//! What the polls of a site prove: when each of its columns was read completely. Kept a day at a time, so that years
//! of polls stay small, and filled from the store by increments.
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use gongkai_runtime::clock::date_in_shanghai;
use gongkai_store::{Poll, PollOutcome, Store, StoreResult};
use jiff::{SignedDuration, Timestamp, civil::Date};
use tokio::sync::Mutex;

/// How far a refresh goes back behind the newest poll known: another process may commit a little later than it polled.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);
/// A poll that ended so shortly before a page was first seen may be the very poll that found it: it proves nothing. Workers hold a
/// finished poll back for at most 20 minutes while the store is away.
const FINDING: SignedDuration = SignedDuration::from_mins(30);

/// A site that was polled before and has not been for so long is not just between two polls.
const SILENCE: SignedDuration = SignedDuration::from_hours(48);

/// So many strange answers in a row are no accident.
const STRANGE: u32 = 2;

/// First and last complete poll of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Day {
    first: Timestamp,
    last: Timestamp,
}

/// The polls of a column.
#[derive(Clone, Debug, Default)]
struct ColumnPolls {
    complete: BTreeMap<Date, Day>,
    newest: Option<Timestamp>,
    /// The last poll, and how many in a row showed something else than a list.
    last: Option<Poll>,
    strange: u32,
}

/// The polls of a site, column by column.
#[derive(Clone, Debug, Default)]
pub struct SitePolls {
    columns: BTreeMap<String, ColumnPolls>,
    /// The columns that the site has now; one of them may never have been polled.
    expected: Vec<String>,
    newest: Option<Timestamp>,
    oldest: Option<Timestamp>,
}

impl SitePolls {
    /// These are the columns that the site has now: nothing is proven before each of them was read.
    pub fn expect(&mut self, columns: Vec<String>) {
        self.expected = columns;
    }

    /// Adds a poll; adding it again changes nothing.
    pub fn add(&mut self, poll: &Poll) {
        self.newest = self.newest.max(Some(poll.at));
        self.oldest = Some(self.oldest.map_or(poll.at, |oldest| oldest.min(poll.at)));
        let column = self.columns.entry(poll.column.clone()).or_default();
        if column.newest.is_none_or(|newest| newest < poll.at) {
            column.strange = match poll.outcome {
                outcome if outcome.is_strange() => column.strange.saturating_add(1),
                PollOutcome::Ok => 0,
                _ => column.strange,
            };
            column.last = Some(poll.clone());
        }
        column.newest = column.newest.max(Some(poll.at));
        if poll.complete && poll.outcome == PollOutcome::Ok {
            let day = column
                .complete
                .entry(date_in_shanghai(poll.at))
                .or_insert(Day { first: poll.at, last: poll.at });
            day.first = day.first.min(poll.at);
            day.last = day.last.max(poll.at);
        }
    }

    /// True when the site has columns and each of them satisfies this; one without a poll satisfies nothing.
    fn each(&self, satisfies: impl Fn(&ColumnPolls) -> bool) -> bool {
        let known = |name: &String| self.columns.get(name).is_some_and(&satisfies);
        !self.expected.is_empty() && self.expected.iter().all(known)
    }

    /// True when every column of the site was read completely on a later day than `date`.
    ///
    /// Which column carries which body is known to the profile only, so all of them are asked for.
    pub fn complete_after(&self, date: Date) -> bool {
        self.each(|column| column.complete.last_key_value().is_some_and(|(day, _)| *day > date))
    }

    /// True when a column was looked at in vain on a later day than `date`, or has not been looked at for long. That a
    /// date has just passed, or that the first poll is still under way, makes no site blind.
    pub fn blind_after(&self, date: Date, now: Timestamp) -> bool {
        let long_ago = |at: Timestamp| now.duration_since(at) >= SILENCE;
        self.expected.iter().map(|name| self.columns.get(name)).any(|column| {
            let read = column.and_then(|column| column.complete.last_key_value()).map(|(day, _)| *day);
            let newest = column.and_then(|column| column.newest);
            let tried = newest.is_some_and(|at| date_in_shanghai(at) > date);
            let silent = newest.or(self.oldest).is_some_and(long_ago);
            read.is_none_or(|day| day <= date) && (tried || silent)
        })
    }

    /// The last day, from `from` on, on which `column` was read completely before `seen`, and so lacked what was first
    /// seen then.
    pub fn lacked(&self, column: &str, from: Date, seen: Timestamp) -> Option<Date> {
        let before = seen.checked_sub(FINDING).ok()?;
        let days = self.columns.get(column)?.complete.range(from..);
        days.rev().find(|(_, day)| day.first < before).map(|(date, _)| *date)
    }

    /// How many complete polls of `column` after `since` lie at least `apart` from each other, counted up to `enough`.
    pub fn spaced(&self, column: &str, since: Timestamp, apart: SignedDuration, enough: usize) -> usize {
        let Some(column) = self.columns.get(column) else { return 0 };
        let (mut count, mut earliest) = (0, since);
        for at in column.complete.values().flat_map(|day| [day.first, day.last]) {
            if at > since && at >= earliest {
                count += 1;
                earliest = at.checked_add(apart).unwrap_or(Timestamp::MAX);
            }
            if count == enough {
                break;
            }
        }
        count
    }

    /// The last poll of each column of the site that has answered with something else than a list since its last good
    /// answer, at least twice in a row: once is a hiccup.
    pub fn strange(&self) -> impl Iterator<Item = &Poll> {
        let columns = self.expected.iter().filter_map(|name| self.columns.get(name));
        columns.filter(|column| column.strange >= STRANGE).filter_map(|column| column.last.as_ref())
    }

    /// The first poll of any outcome.
    pub const fn oldest(&self) -> Option<Timestamp> {
        self.oldest
    }

    /// True when every column has been read completely at least once.
    pub fn complete_once(&self) -> bool {
        self.each(|column| !column.complete.is_empty())
    }
}

/// The polls of all sites, read from the store as far as they are new.
pub(crate) struct PollBook {
    store: Arc<dyn Store>,
    sites: Mutex<HashMap<String, SitePolls>>,
}

impl PollBook {
    /// An empty book over a store.
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, sites: Mutex::new(HashMap::new()) }
    }

    /// The polls of a site as of now.
    pub(crate) async fn of(&self, site: &str) -> StoreResult<SitePolls> {
        let known = self.sites.lock().await.get(site).and_then(|polls| polls.newest);
        let since =
            known.and_then(|newest| newest.checked_sub(OVERLAP).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
        let columns = self.store.columns(site).await?;
        let news = self.store.polls(site, None, since).await?;
        let mut sites = self.sites.lock().await;
        let polls = sites.entry(site.to_owned()).or_default();
        polls.expect(columns);
        news.iter().for_each(|poll| polls.add(poll));
        Ok(polls.clone())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sample::{at, poll};

    fn polls(entries: &[(&str, &str, bool)]) -> SitePolls {
        let mut polls = SitePolls::default();
        polls.expect(entries.iter().map(|(column, ..)| (*column).to_owned()).collect());
        for (column, when, complete) in entries {
            polls.add(&poll("s", column, when, *complete));
        }
        polls
    }

    #[test]
    fn a_column_that_was_never_polled_or_not_for_long_leaves_everything_open() {
        let due = date(2025, 1, 31);
        let mut polls = polls(&[("a", "2025-02-02T00:00:00Z", true)]);
        assert!(polls.complete_after(due) && polls.complete_once());
        polls.expect(vec!["a".into(), "b".into()]);
        assert!(!polls.complete_after(due) && !polls.complete_once(), "b waits for its first poll");
        polls.add(&poll("s", "b", "2024-11-01T00:00:00Z", true));
        assert!(!polls.complete_after(due), "b stands still, for whatever reason");
        polls.expect(vec!["a".into()]);
        assert!(polls.complete_after(due), "b was taken out of the profile");
        polls.expect(Vec::new());
        assert!(!polls.complete_after(due), "the site is no longer watched");
    }

    #[test]
    fn a_site_proves_something_only_when_each_of_its_columns_was_read_completely() {
        let due = date(2025, 1, 31);
        assert!(!SitePolls::default().complete_after(due));
        assert!(
            !polls(&[("a", "2025-01-31T15:00:00Z", true)]).complete_after(due),
            "the day itself is in time"
        );
        assert!(polls(&[("a", "2025-01-31T16:00:00Z", true)]).complete_after(due), "midnight in Shanghai");
        assert!(
            !polls(&[("a", "2025-02-02T00:00:00Z", true), ("b", "2025-02-02T00:00:00Z", false)])
                .complete_after(due)
        );
    }

    #[test]
    fn a_site_is_blind_when_it_was_looked_at_in_vain_or_not_for_long() {
        let due = date(2025, 1, 31);
        let midnight = at("2025-01-31T16:00:05Z");
        assert!(!SitePolls::default().blind_after(due, midnight));
        let mut site = polls(&[("a", "2025-01-31T12:00:00Z", true)]);
        assert!(!site.blind_after(due, midnight), "the date has just passed");
        assert!(site.blind_after(due, at("2025-02-02T13:00:00Z")), "nobody looks any more");
        site.add(&poll("s", "a", "2025-01-31T18:00:00Z", false));
        assert!(site.blind_after(due, at("2025-01-31T18:00:01Z")), "looked at in vain");
        site.add(&poll("s", "a", "2025-01-31T20:00:00Z", true));
        assert!(!site.blind_after(due, at("2025-01-31T20:00:01Z")));
        site.expect(vec!["a".into(), "b".into()]);
        assert!(!site.blind_after(due, at("2025-01-31T20:00:01Z")), "b waits for its first poll");
        assert!(site.blind_after(due, at("2025-02-03T00:00:00Z")), "b was never polled");
    }

    #[test]
    fn a_poll_before_the_first_sight_shows_that_the_report_was_lacking() {
        let polls = polls(&[("a", "2025-02-01T01:00:00Z", true), ("a", "2025-02-03T01:00:00Z", true)]);
        let due = date(2025, 1, 31);
        assert_eq!(polls.lacked("a", due, at("2025-02-05T00:00:00Z")), Some(date(2025, 2, 3)));
        assert_eq!(
            polls.lacked("a", due, at("2025-02-03T01:00:01Z")),
            Some(date(2025, 2, 1)),
            "not the poll that found it"
        );
        assert_eq!(polls.lacked("a", due, at("2025-02-01T01:00:05Z")), None);
        assert_eq!(polls.lacked("b", due, at("2025-02-05T00:00:00Z")), None);
    }

    #[test]
    fn a_column_is_strange_after_two_strange_answers_until_a_good_one() {
        let mut polls = polls(&[("a", "2025-02-01T00:00:00Z", true)]);
        let empty =
            |when: &str| Poll { outcome: PollOutcome::Empty, complete: false, ..poll("s", "a", when, false) };
        for _ in 0..3 {
            polls.add(&empty("2025-02-01T06:00:00Z"));
        }
        assert_eq!(polls.strange().count(), 0, "one poll that is read again is one poll");
        polls.add(&poll("s", "a", "2025-02-01T06:01:00Z", false));
        polls.add(&empty("2025-02-01T06:02:00Z"));
        assert_eq!(polls.strange().map(|poll| poll.outcome).collect::<Vec<_>>(), [PollOutcome::Empty]);
        polls.add(&poll("s", "a", "2025-02-01T06:05:00Z", false));
        assert_eq!(polls.strange().count(), 1, "a server that is away proves nothing");
        polls.add(&poll("s", "a", "2025-02-01T06:10:00Z", true));
        assert_eq!(polls.strange().count(), 0);
    }

    #[test]
    fn polls_count_only_when_they_lie_a_day_apart() {
        let entries: Vec<_> = (1..=3)
            .flat_map(|day| [format!("2025-02-0{day}T01:00:00Z"), format!("2025-02-0{day}T09:00:00Z")])
            .collect();
        let mut polls = SitePolls::default();
        entries.iter().for_each(|when| polls.add(&poll("s", "a", when, true)));
        let day = SignedDuration::from_hours(24);
        assert_eq!(polls.spaced("a", at("2025-02-01T00:00:00Z"), day, 3), 3);
        assert_eq!(polls.spaced("a", at("2025-02-01T10:00:00Z"), day, 3), 2);
    }
}
