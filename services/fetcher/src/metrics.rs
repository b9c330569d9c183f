//! What the fetcher counts.
use std::time::Duration;

use prometheus::{Histogram, IntCounterVec};

/// The fetcher's series, as the process has registered them.
#[derive(Clone, Debug)]
pub struct FetchMetrics {
    fetched: IntCounterVec,
    seconds: Histogram,
}

impl FetchMetrics {
    /// `fetched` is `gongkai_documents_fetched_total{site,outcome}`, `seconds` is `gongkai_fetch_seconds`.
    pub fn new(fetched: IntCounterVec, seconds: Histogram) -> Self {
        Self { fetched, seconds }
    }

    pub(crate) fn record(&self, site: &str, outcome: &str, elapsed: Duration) {
        self.fetched.with_label_values(&[site, outcome]).inc();
        self.seconds.observe(elapsed.as_secs_f64());
    }
}
