//! Deliveries that came together: what they name, and which of it is still to be done.
use std::collections::HashMap;

use gongkai_bus::{Delivery, Envelope, EnvelopeError};
use gongkai_store::Task;
use uuid::Uuid;

use super::{InHand, Shared, busy::Mark};
use crate::{feed::ack, patience::GaveUp};

/// What a delivery asks for.
enum Asked {
    /// Work on this row and generation.
    Row(Uuid, i64),
    /// The same, by a newer release than this one.
    Newer(Uuid, i64, u32),
    /// Nothing that can be understood.
    Unroutable(String),
}

/// A delivery that names a row which nobody here works on yet.
struct Named {
    delivery: Delivery,
    mark: Mark,
    row: (Uuid, i64),
    newer: Option<u32>,
}

impl Shared {
    /// The deliveries of which there is something to do; the others are settled.
    pub(super) async fn open(&self, deliveries: Vec<Delivery>) -> Vec<InHand> {
        let mut named = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            named.extend(self.named(delivery).await);
        }
        if named.is_empty() {
            return Vec::new();
        }
        let rows: Vec<(Uuid, i64)> = named.iter().map(|named| named.row).collect();
        let tasks = match self.patience.call(|| self.deps.store.open_tasks(&rows)).await {
            Ok(tasks) => tasks,
            Err(gave_up) => {
                self.leave(named.into_iter().map(|named| named.delivery), &gave_up).await;
                return Vec::new();
            }
        };
        let mut tasks: HashMap<(Uuid, i64), Task> =
            tasks.into_iter().map(|task| ((task.id, task.generation), task)).collect();
        let mut opened = Vec::with_capacity(named.len());
        for Named { delivery, mark, row, newer } in named {
            match (tasks.remove(&row), newer) {
                (Some(task), None) => opened.push(InHand { delivery, task, _mark: mark }),
                (Some(task), Some(version)) => self.newer(delivery, &task, version).await,
                // Done already, or a newer generation is on its way.
                (None, _) => ack(delivery).await,
            }
        }
        opened
    }

    /// A delivery with the row that it names; one that names none, or one that is in work here, is settled.
    async fn named(&self, delivery: Delivery) -> Option<Named> {
        let (task, generation, newer) = match self.asked(&delivery.body) {
            Asked::Row(task, generation) => (task, generation, None),
            Asked::Newer(task, generation, version) => (task, generation, Some(version)),
            Asked::Unroutable(why) => {
                self.unroutable(delivery, &why).await;
                return None;
            }
        };
        match self.busy.mark(task, generation) {
            Some(mark) => Some(Named { delivery, mark, row: (task, generation), newer }),
            None => {
                ack(delivery).await;
                None
            }
        }
    }

    fn asked(&self, body: &[u8]) -> Asked {
        match Envelope::parse(body) {
            Ok(envelope) if envelope.kind.stage() == self.stage => {
                Asked::Row(envelope.task, envelope.generation)
            }
            Ok(envelope) => Asked::Unroutable(format!(
                "a message of stage {} in the queue of {}",
                envelope.kind.stage().as_str(),
                self.stage.as_str()
            )),
            Err(EnvelopeError::Newer(version)) => match Envelope::row_of(body) {
                Some((task, generation)) => Asked::Newer(task, generation, version),
                None => Asked::Unroutable(format!("a message of version {version} that names no row")),
            },
            Err(error @ EnvelopeError::Malformed(_)) => Asked::Unroutable(error.to_string()),
        }
    }

    async fn unroutable(&self, delivery: Delivery, why: &str) {
        let (store, now) = (&self.deps.store, self.deps.clock.now());
        match self.patience.call(|| store.keep_unroutable(&delivery.body, why, now)).await {
            Ok(()) => {
                tracing::warn!(stage = self.stage.as_str(), why, "a message without a row was kept aside");
                self.count("dead_lettered");
                ack(delivery).await;
            }
            Err(gave_up) => self.left(delivery, &gave_up).await,
        }
    }

    async fn leave(&self, deliveries: impl Iterator<Item = Delivery>, gave_up: &GaveUp) {
        for delivery in deliveries {
            self.left(delivery, gave_up).await;
        }
    }
}
