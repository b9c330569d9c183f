//! One piece of work: the handler's run under its deadline, and what it is counted as.
use std::sync::Arc;

use gongkai_store::{Failure, FailureClass, StageResult, Task};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Instant, timeout},
};
use tokio_util::task::AbortOnDropHandle;

use super::{InHand, Share, Shared, Worked};
use crate::{checkpoint::Moment, lifecycle::panic_text, patience::GaveUp};

/// Works on a row up to its result. The slot is free again when the handler has ended.
pub(super) async fn work(
    shared: Arc<Shared>,
    opened: InHand,
    slot: OwnedSemaphorePermit,
    worked: mpsc::Sender<Worked>,
) {
    let Some(slot) = shared.slot_for(&opened.task, slot).await else { return };
    let result = shared.run_handler(&opened.task).await;
    drop(slot);
    // Nobody receives only when everything is being dropped; then the delivery goes back.
    let _ = worked.send(Worked { of: opened, result }).await;
}

impl Shared {
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

    /// A delivery whose row could not be asked for: acknowledged, so that the ledger sends it again; at a stop it goes back.
    pub(super) async fn left(&self, share: Share, gave_up: &GaveUp) {
        match gave_up {
            GaveUp::Stopped => drop(share),
            GaveUp::TooLong => share.ack().await,
            GaveUp::Refused(error) => {
                tracing::error!(stage = self.stage.as_str(), %error, "the store refused; the row is sent again later");
                share.ack().await;
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
