//! Something outside (store, bus) that is away: said once when it begins and once when it ends, and how long it lasts.
use std::{
    fmt::Display,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Whether something is away, and since when.
#[derive(Debug)]
pub(crate) struct Outage {
    /// Who is asking and what is away, for the log.
    who: &'static str,
    what: &'static str,
    since: Mutex<Option<(Instant, u32)>>,
}

impl Outage {
    pub(crate) const fn new(who: &'static str, what: &'static str) -> Self {
        Self { who, what, since: Mutex::new(None) }
    }

    /// A call failed; tells how many have failed in a row and for how long.
    pub(crate) fn failed(&self, error: &dyn Display) -> (u32, Duration) {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, failures) = since.get_or_insert_with(|| (Instant::now(), 0));
        *failures = failures.saturating_add(1);
        if *failures == 1 {
            tracing::warn!(who = self.who, what = self.what, %error, "away; trying again until it is back");
        }
        (*failures, start.elapsed())
    }

    /// A call succeeded.
    pub(crate) fn over(&self) {
        let ended = self.since.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((start, failures)) = ended {
            tracing::info!(
                who = self.who,
                what = self.what,
                failures,
                away_s = start.elapsed().as_secs(),
                "back"
            );
        }
    }
}
