//! The last net: what the bus gave up delivering finds its row again, once alone and then set aside.
use gongkai_bus::{Delivery, Envelope, Row};
use gongkai_store::Task;
use uuid::Uuid;

use crate::{
    feed::{Feed, Queue, ack},
    lifecycle::Stop,
    patience::{GaveUp, Patience},
    worker::Deps,
};

/// Dead letters out at a time.
const PREFETCH: u16 = 20;

/// The consumer of the dead-letter queue; one a process is enough.
pub struct DeadLetters {
    deps: Deps,
}

impl DeadLetters {
    /// A consumer with nothing consumed.
    pub const fn new(deps: Deps) -> Self {
        Self { deps }
    }

    /// Consumes until the stop.
    pub async fn run(self, stop: Stop) {
        let patience = Patience::new("dead letters", stop.clone()).shown_in(&self.deps.metrics);
        let mut feed =
            Feed::new(self.deps.bus.clone(), Queue::DeadLetters, PREFETCH, stop).shown_in(&self.deps.metrics);
        while let Some(delivery) = feed.next().await {
            match self.bury(&patience, &delivery).await {
                Ok(()) => ack(delivery).await,
                Err(GaveUp::Stopped) => drop(delivery),
                Err(GaveUp::TooLong) => ack(delivery).await,
                Err(GaveUp::Refused(error)) => {
                    tracing::error!(%error, "a dead letter could not be recorded; its row's lease brings it back");
                    ack(delivery).await;
                }
            }
        }
    }

    async fn bury(&self, patience: &Patience, delivery: &Delivery) -> Result<(), GaveUp> {
        let store = &self.deps.store;
        let rows = Envelope::rows_of(&delivery.body);
        if rows.is_empty() {
            return self.keep(patience, delivery, "a dead letter that names no row").await;
        }
        // Of several rows nobody knows which is to blame: each of them is sent alone.
        for Row { task, generation } in rows {
            match patience.call(|| store.open_task(task, generation)).await? {
                Some(row) => self.row(patience, &row).await?,
                None if self.is_known(patience, task).await? => {}
                None => self.keep(patience, delivery, "a dead letter whose row is not in the ledger").await?,
            }
        }
        Ok(())
    }

    async fn row(&self, patience: &Patience, row: &Task) -> Result<(), GaveUp> {
        let (store, now) = (&self.deps.store, self.deps.clock.now());
        let again = patience.call(|| store.dead_lettered(row.id, now)).await?;
        let (stage, task, subject) = (row.stage.as_str(), row.id, &row.subject);
        tracing::warn!(stage, %task, subject, again, "a message was delivered too often");
        self.deps
            .metrics
            .messages
            .with_label_values(&[stage, if again { "retried" } else { "dead_lettered" }])
            .inc();
        if again {
            self.deps.wake.wake(&[row.stage]);
        }
        Ok(())
    }

    /// Whether the ledger knows the row at all; one that is done or in a newer generation needs nothing.
    async fn is_known(&self, patience: &Patience, task: Uuid) -> Result<bool, GaveUp> {
        let (id, now) = (task.to_string(), self.deps.clock.now());
        Ok(patience.call(|| self.deps.store.trail(&id, now)).await?.is_some())
    }

    async fn keep(&self, patience: &Patience, delivery: &Delivery, why: &str) -> Result<(), GaveUp> {
        let now = self.deps.clock.now();
        tracing::warn!(why, "a dead letter was kept aside");
        patience.call(|| self.deps.store.keep_unroutable(&delivery.body, why, now)).await
    }
}
