//! A poll of a column. Every poll is recorded, failed ones too: only so can be told "not published" from "not seen".
use std::time::Duration;

use gongkai_store::{ColumnPolled, Poll, PollOutcome, Source, StageResult};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{FetchHandler, Outcome, later};
use crate::{
    discover::{Discovery, Limits, discover},
    profile::{Column, Profile},
};

/// The first wait after a failed poll; it doubles with each further one, up to the usual interval.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// Longest time for reading one list. The deadline of the stage is 10 minutes; the last page, with robots.txt and its
/// turn, may take two of them.
const LONGEST: Duration = Duration::from_secs(7 * 60);

impl FetchHandler {
    pub(super) async fn column(&self, profile: &Profile, source: &Source) -> Outcome {
        // Taken out of the profile: its history stays, the work ends.
        let Some(column) = profile.column(&source.column) else {
            tracing::info!(
                site = profile.id,
                column = source.column,
                "the profile has no such column any more"
            );
            return (Ok(StageResult::Nothing), "no_column");
        };
        let pages = column.max_pages.unwrap_or(self.settings.max_list_pages);
        let limits = Limits { pages, time: LONGEST };
        let until = Instant::now() + LONGEST;
        let seen = discover(&self.client, self.clock.as_ref(), profile, column, limits).await;
        let earlier = self.recent(&profile.id, column, &seen).await;
        let seen = self.with_hint(profile, column, source, seen, &earlier, until).await;
        let outcome = seen.outcome;
        if outcome != PollOutcome::Ok || !seen.complete {
            tracing::warn!(
                site = profile.id,
                column = column.name,
                outcome = outcome.as_str(),
                complete = seen.complete,
                pages = seen.pages,
                items = seen.items,
                detail = seen.detail.as_deref(),
                "column polled incompletely"
            );
        }
        let next_fetch_at = self.next_poll(profile, column, source, &seen, &earlier);
        (Ok(StageResult::Column(self.polled(profile, column, source, seen, next_fetch_at))), outcome.as_str())
    }

    fn polled(
        &self,
        profile: &Profile,
        column: &Column,
        source: &Source,
        seen: Discovery,
        next_fetch_at: Timestamp,
    ) -> ColumnPolled {
        let years = || self.watched().into_iter().filter(|year| *year >= self.first_year);
        // A failed poll has a time of its own, which the host may have asked for.
        let went_well = seen.outcome == PollOutcome::Ok;
        ColumnPolled {
            source: source.id,
            poll: Poll {
                site: profile.id.clone(),
                column: column.name.clone(),
                at: self.clock.now(),
                outcome: seen.outcome,
                complete: seen.complete,
                pages: seen.pages,
                items: seen.items,
                detail: seen.detail,
            },
            found: seen.found,
            concerns: column
                .carries
                .iter()
                .flat_map(|body| years().map(|year| (body.clone(), year)))
                .collect(),
            next_fetch_at,
            soon_at: went_well.then(|| self.soon()),
        }
    }

    /// The polls of the last two days before a failed one.
    async fn recent(&self, site: &str, column: &Column, seen: &Discovery) -> Vec<Poll> {
        if seen.outcome == PollOutcome::Ok {
            return Vec::new();
        }
        let since = self.clock.now().checked_sub(SignedDuration::from_hours(48)).unwrap_or(Timestamp::MIN);
        self.store.polls(site, Some(&column.name), since).await.unwrap_or_default()
    }

    /// After a failure sooner than usual, but later each time, and never before the host wants it.
    fn next_poll(
        &self,
        profile: &Profile,
        column: &Column,
        source: &Source,
        seen: &Discovery,
        earlier: &[Poll],
    ) -> Timestamp {
        let usual = self.next_visit(profile, Some(column), source);
        if seen.outcome == PollOutcome::Ok {
            return usual;
        }
        let failed = earlier.iter().rev().take_while(|poll| poll.outcome != PollOutcome::Ok).count().min(16);
        let wait = FIRST_WAIT.saturating_mul(1 << failed).mul_f64(1.0 + fastrand::f64() / 10.0);
        let soon = later(self.clock.now(), wait).min(usual);
        seen.retry_at.map_or(soon, |asked| asked.max(soon))
    }
}
