//! Stage fetch: a source is looked at, and what was found, new or gone becomes the result.
use std::{sync::Arc, time::Instant};

use async_trait::async_trait;
use gongkai_model::Stage;
use gongkai_runtime::{
    clock::{Clock, watched_years},
    handler::Handler,
    settings::FetchSettings,
};
use gongkai_store::{Archive, Failure, FailureClass, Source, SourceKind, StageResult, Store, Task};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    client::PoliteClient,
    metrics::FetchMetrics,
    pace,
    profile::{Column, Profile, Profiles},
};

mod column;
mod known;
mod moved;
mod page;

pub use known::Known;

/// Report years before the last two rarely change: their pages are fetched again so many times more seldom.
const SETTLED: i32 = 7;

/// Everything that fetching needs.
pub struct FetchHandler {
    /// Sources.
    pub store: Arc<dyn Store>,
    /// Where bytes go before their row.
    pub archive: Arc<dyn Archive>,
    /// The way out.
    pub client: PoliteClient,
    /// The sites.
    pub profiles: Arc<Profiles>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// `fetch.*`
    pub settings: FetchSettings,
    /// `calendar.first_year`: what a poll says of earlier years concerns nobody.
    pub first_year: i16,
    /// What is counted.
    pub metrics: FetchMetrics,
    /// Sources of rows that come next.
    pub known: Known,
}

#[async_trait]
impl Handler for FetchHandler {
    fn stage(&self) -> Stage {
        Stage::Fetch
    }

    async fn prepare(&self, tasks: &[&Task]) {
        self.known.ask(self.store.as_ref(), tasks).await;
    }

    async fn handle(&self, task: &Task) -> Result<StageResult, Failure> {
        let id = Uuid::parse_str(&task.subject).map_err(|error| {
            Failure::new(
                FailureClass::Contract,
                format!("subject {:?} is no source id: {error}", task.subject),
            )
        })?;
        let known = match self.known.take(task) {
            Some(known) => Some(known),
            None => self.store.source(id).await?,
        };
        let Some(source) = known else { return Ok(StageResult::Nothing) };
        // Taken out of the configuration: its history stays, the work ends.
        let Some(profile) = self.profiles.get(&source.site) else {
            tracing::info!(url = source.url, site = source.site, "the site has no profile any more");
            return Ok(StageResult::Nothing);
        };
        let started = Instant::now();
        let (result, outcome) = match source.kind {
            SourceKind::Column => self.column(profile, &source).await,
            SourceKind::Page => self.page(profile, &source, task.attempt).await,
        };
        self.metrics.record(&source.site, outcome, started.elapsed());
        result
    }
}

/// A result with its name for the metrics.
type Outcome = (Result<StageResult, Failure>, &'static str);

impl FetchHandler {
    /// The interval that somebody set: the column's, the site's, or the setting's.
    fn interval_set(&self, profile: &Profile, column: Option<&Column>) -> Option<SignedDuration> {
        let set = column.and_then(|column| column.revisit).or(profile.revisit).map(|set| set.as_secs());
        let seconds = set.unwrap_or(self.settings.revisit_s);
        let interval = || SignedDuration::from_secs(i64::try_from(seconds.max(1)).unwrap_or(i64::MAX / 16));
        (set.is_some() || seconds > 0).then(interval)
    }

    /// When to come again after something new, whatever the interval is; a shorter one stays.
    fn soon(&self) -> Timestamp {
        later(self.clock.now(), pace::SOON.mul_f64(1.0 + fastrand::f64() / 10.0))
    }

    /// When to come again: after the interval that was set, else by the season; spread by a tenth.
    fn next_visit(&self, profile: &Profile, column: Option<&Column>, source: &Source) -> Timestamp {
        let settled =
            source.kind == SourceKind::Page && source.year.is_some_and(|year| year < self.watched()[1]);
        let base = self.interval_set(profile, column).unwrap_or_else(|| pace::usual(self.clock.now()));
        let base = if settled { base.saturating_mul(SETTLED) } else { base };
        later(self.clock.now(), base.mul_f64(1.0 + fastrand::f64() / 10.0))
    }

    /// Report years that are watched: last year's and the one before.
    fn watched(&self) -> [i16; 2] {
        watched_years(self.clock.today())
    }
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
