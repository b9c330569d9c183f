//! Something outside (store, bus) that is away: said once when it begins and once when it ends, and how long it lasts.
use std::{
    fmt::Display,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use prometheus::IntGauge;
use tokio::time::Instant;

use crate::telemetry::Metrics;

/// Whether something is away, and since when.
#[derive(Debug)]
pub(crate) struct Outage {
    /// Who is asking and what is away, for the log.
    who: &'static str,
    what: &'static str,
    since: Mutex<Option<(Instant, u32)>>,
    /// Counts those to whom it is away; and whether this one is counted.
    gauge: Option<IntGauge>,
    counted: AtomicBool,
}

impl Outage {
    pub(crate) const fn new(who: &'static str, what: &'static str) -> Self {
        Self { who, what, since: Mutex::new(None), gauge: None, counted: AtomicBool::new(false) }
    }

    /// The same, shown in `gongkai_away` as well.
    pub(crate) fn shown_in(mut self, metrics: &Metrics) -> Self {
        self.gauge = Some(metrics.away.with_label_values(&[self.what]));
        self
    }

    fn show(&self, away: bool) {
        let Some(gauge) = &self.gauge else { return };
        if self.counted.swap(away, Ordering::Relaxed) != away {
            gauge.add(if away { 1 } else { -1 });
        }
    }

    /// It answers again; whether it also works remains to be seen, and the outage lasts until then.
    pub(crate) fn answered(&self) {
        self.show(false);
    }

    /// A call failed; tells how many have failed in a row and for how long.
    pub(crate) fn failed(&self, error: &dyn Display) -> (u32, Duration) {
        self.show(true);
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
        self.show(false);
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

impl Drop for Outage {
    fn drop(&mut self) {
        self.show(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_misses_something_is_counted_once_and_until_it_answers_or_asks_no_more() {
        let metrics = Metrics::new("1").unwrap();
        let away = |what: &str| metrics.away.with_label_values(&[what]).get();
        let [relay, feed] = ["relay", "feed"].map(|who| Outage::new(who, "bus").shown_in(&metrics));
        assert_eq!((away("bus"), away("store")), (0, 0));
        relay.failed(&"gone");
        assert_eq!(relay.failed(&"gone").0, 2);
        feed.failed(&"gone");
        assert_eq!((away("bus"), away("store")), (2, 0));
        feed.answered();
        assert_eq!(away("bus"), 1);
        assert_eq!(feed.failed(&"gone again").0, 2, "it had only answered");
        relay.over();
        assert_eq!(away("bus"), 1);
        drop(feed);
        assert_eq!(away("bus"), 0);
    }
}
