//! One delivery: what it names, whether that is still to be done, and the handler's run under its deadline.
use std::sync::Arc;

use gongkai_bus::{Delivery, Envelope, EnvelopeError};
use gongkai_store::{Failure, FailureClass, StageResult, Task};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Instant, timeout},
};
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use super::{Shared, Worked};
use crate::{checkpoint::Moment, feed::ack, lifecycle::panic_text, patience::GaveUp};

/// What a delivery asks for.
enum Asked {
    /// Work on this row and generation.
    Row(Uuid, i64),
    /// The same, by a newer release than this one.
    Newer(Uuid, i64, u32),
    /// Nothing that can be understood.
    Unroutable(String),
}

/// Handles one delivery up to its result. The slot is free again when the handler has ended.
pub(super) async fn work(
    shared: Arc<Shared>,
    delivery: Delivery,
    slot: OwnedSemaphorePermit,
    worked: mpsc::Sender<Worked>,
) {
    let (task, generation, newer) = match shared.asked(&delivery.body) {
        Asked::Row(task, generation) => (task, generation, None),
        Asked::Newer(task, generation, version) => (task, generation, Some(version)),
        Asked::Unroutable(why) => return shared.unroutable(delivery, &why).await,
    };
    let Some(mark) = shared.busy.mark(task, generation) else { return ack(delivery).await };
    let Some((delivery, task)) = shared.open(delivery, task, generation).await else { return };
    if let Some(version) = newer {
        return shared.newer(delivery, &task, version).await;
    }
    let Some(slot) = shared.slot_for(&task, slot).await else { return };
    let result = shared.run_handler(&task).await;
    drop(slot);
    // Nobody receives only when everything is being dropped; then the delivery goes back.
    let _ = worked.send(Worked { delivery, task, result, _mark: mark }).await;
}

impl Shared {
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

    /// The row with the delivery, if there is something to do; otherwise the delivery is settled.
    async fn open(&self, delivery: Delivery, task: Uuid, generation: i64) -> Option<(Delivery, Task)> {
        match self.patience.call(|| self.deps.store.open_task(task, generation)).await {
            Ok(Some(row)) => return Some((delivery, row)),
            // Done already, or a newer generation is on its way.
            Ok(None) => ack(delivery).await,
            Err(gave_up) => self.left(delivery, gave_up).await,
        }
        None
    }

    /// A row whose message was dead-lettered before is worked on by itself: it waits for all slots.
    async fn slot_for(&self, task: &Task, slot: OwnedSemaphorePermit) -> Option<OwnedSemaphorePermit> {
        if !task.alone {
            return Some(slot);
        }
        drop(slot);
        Arc::clone(&self.slots).acquire_many_owned(self.options.slots.into()).await.ok()
    }

    /// The handler's result; a panic or a passed deadline is poison.
    async fn run_handler(&self, task: &Task) -> Result<StageResult, Failure> {
        let (handler, row) = (Arc::clone(&self.handler), task.clone());
        let start = Instant::now();
        let mut running = AbortOnDropHandle::new(tokio::spawn(async move { handler.handle(&row).await }));
        let ended = timeout(self.options.deadline, &mut running).await;
        self.deps
            .metrics
            .stage_seconds
            .with_label_values(&[self.stage.as_str()])
            .observe(start.elapsed().as_secs_f64());
        match ended {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => Err(poison(format!("the handler {}", panic_text(error)))),
            Err(_) => Err(poison(format!("not done within {:?}", self.options.deadline))),
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
            Err(gave_up) => self.left(delivery, gave_up).await,
        }
    }

    /// A delivery whose row could not be asked for: acknowledged, so that the ledger sends it again; at a stop it goes back.
    pub(super) async fn left(&self, delivery: Delivery, gave_up: GaveUp) {
        match gave_up {
            GaveUp::Stopped => drop(delivery),
            GaveUp::TooLong => ack(delivery).await,
            GaveUp::Refused(error) => {
                tracing::error!(stage = self.stage.as_str(), %error, "the store refused; the row is sent again later");
                ack(delivery).await;
            }
        }
    }

    /// Tells whoever watches how far the work has come.
    pub(super) fn reached(&self, moment: Moment) {
        self.deps.checkpoint.reached(self.stage, moment);
    }

    /// Counts a message by what became of it.
    pub(super) fn count(&self, outcome: &str) {
        self.deps.metrics.messages.with_label_values(&[self.stage.as_str(), outcome]).inc();
    }
}

const fn poison(message: String) -> Failure {
    Failure { class: FailureClass::Poison, message, retry_at: None }
}
