//! The clock of the fetcher: what is due becomes work, once a second.
use std::{sync::Arc, time::Duration};

use gongkai_runtime::clock::Clock;
use gongkai_store::{Store, StoreResult};
use tokio_util::sync::CancellationToken;

/// Time between two looks, give or take a fifth.
const TICK: Duration = Duration::from_secs(1);
/// Most sources that are raised by one look.
const BATCH: u32 = 500;

/// Called when there is new work, to wake the relay.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Raises fetch rows for sources whose time has come.
pub struct Scheduler {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    max_unfinished: u64,
    wake: Wake,
}

impl Scheduler {
    /// Over a store; raises nothing while `max_unfinished` rows are unfinished.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, max_unfinished: u64, wake: Wake) -> Self {
        Self { store, clock, max_unfinished, wake }
    }

    /// Looks once a second until cancelled. A store that is away is waited for.
    ///
    /// # Errors
    /// When the store refuses, which waiting does not mend.
    pub async fn run(&self, stop: CancellationToken) -> StoreResult<()> {
        while !stop.is_cancelled() {
            match self.tick().await {
                Ok(_) => {}
                Err(error) if error.is_transient() => tracing::warn!(%error, "cannot schedule fetches"),
                Err(error) => return Err(error),
            }
            let pause = TICK.mul_f64(0.8 + fastrand::f64() * 0.4);
            let _ = tokio::time::timeout(pause, stop.cancelled()).await;
        }
        Ok(())
    }

    /// One look; tells how many rows were raised.
    ///
    /// # Errors
    /// As the store says.
    pub async fn tick(&self) -> StoreResult<u64> {
        let raised = self.store.schedule_fetches(self.max_unfinished, BATCH, self.clock.now()).await?;
        if raised > 0 {
            tracing::debug!(raised, "fetches are due");
            (self.wake)();
        }
        Ok(raised)
    }
}
