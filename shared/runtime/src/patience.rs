//! Calls to the store that outlast its absence: tried again with growing pauses, up to a limit.
use std::{future::Future, time::Duration};

use gongkai_store::{StoreError, StoreResult};
use tokio::time::timeout;

use crate::{backoff::Backoff, lifecycle::Stop, outage::Outage, telemetry::Metrics};

/// How long a delivery is kept unacknowledged while the store is away; a broker takes it back after 30 min by itself.
const LONGEST: Duration = Duration::from_secs(20 * 60);
/// How long one call may take.
const CALL: Duration = Duration::from_secs(30);
/// Pauses between tries.
const PAUSES: Backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(3));

/// Why a call was not made in the end.
#[derive(Debug)]
pub(crate) enum GaveUp {
    /// The process stops and the store is away: the ledger keeps the work.
    Stopped,
    /// The store has been away for too long: the ledger sends the work again.
    TooLong,
    /// The store is there and says no; another try would be told the same.
    Refused(StoreError),
}

/// One user's patience with the store.
pub(crate) struct Patience {
    outage: Outage,
    stop: Stop,
}

impl Patience {
    pub(crate) const fn new(who: &'static str, stop: Stop) -> Self {
        Self { outage: Outage::new(who, "store"), stop }
    }

    /// The same, whose absence of the store is shown in the metrics.
    pub(crate) fn shown_in(mut self, metrics: &Metrics) -> Self {
        self.outage = self.outage.shown_in(metrics);
        self
    }

    /// Makes a call until the store answers. A call that timed out may have been carried out: calls must bear repetition.
    pub(crate) async fn call<T, F>(&self, call: impl Fn() -> F + Send) -> Result<T, GaveUp>
    where
        F: Future<Output = StoreResult<T>> + Send,
    {
        loop {
            let answer = timeout(CALL, call()).await;
            let error = match answer
                .unwrap_or_else(|_| Err(StoreError::Away(format!("no answer within {CALL:?}"))))
            {
                Ok(value) => {
                    self.outage.over();
                    return Ok(value);
                }
                Err(error) if error.is_transient() => error,
                Err(error) => return Err(GaveUp::Refused(error)),
            };
            let (failures, away) = self.outage.failed(&error);
            if away >= LONGEST {
                return Err(GaveUp::TooLong);
            }
            if !self.stop.sleep(PAUSES.after(failures)).await {
                return Err(GaveUp::Stopped);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn a_store_that_comes_back_is_waited_for() {
        let tries = AtomicU32::new(0);
        let call = async || match tries.fetch_add(1, Ordering::Relaxed) {
            0..5 => Err(StoreError::Away("busy".to_owned())),
            _ => Ok(7),
        };
        let patience = Patience::new("test", Stop::new());
        assert_eq!(patience.call(call).await.unwrap(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_after_twenty_minutes_also_with_a_store_that_never_answers() {
        let patience = Patience::new("test", Stop::new());
        let start = Instant::now();
        let given_up = patience.call(std::future::pending::<StoreResult<()>>).await;
        assert!(matches!(given_up, Err(GaveUp::TooLong)));
        // The first failure shows after one call; the last pause and call may begin just before the end.
        let latest = LONGEST + 2 * CALL + PAUSES.longest;
        assert!(
            (LONGEST..=latest + Duration::from_secs(1)).contains(&start.elapsed()),
            "{:?}",
            start.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_final_and_a_stop_ends_the_wait() {
        let stop = Stop::new();
        let patience = Patience::new("test", stop.clone());
        let refused = patience.call(async || Err::<(), _>(StoreError::Refused("no".to_owned()))).await;
        assert!(matches!(refused, Err(GaveUp::Refused(_))));
        stop.soft.cancel();
        let stopped = patience.call(async || Err::<(), _>(StoreError::Away("gone".to_owned()))).await;
        assert!(matches!(stopped, Err(GaveUp::Stopped)));
    }
}
