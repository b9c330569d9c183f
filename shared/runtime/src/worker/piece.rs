//! A piece of work, one row or several: the handler's run under its deadline, and what it is counted as.
use std::{sync::Arc, time::Duration};

use gongkai_store::{Failure, FailureClass, StageResult, Task};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::{Instant, timeout},
};
use tokio_util::task::AbortOnDropHandle;

use super::{InHand, Share, Shared, Worked};
use crate::{checkpoint::Moment, handler::all_failed, lifecycle::panic_text, patience::GaveUp};

/// Works on rows up to their results. The slot is free again when the handler has ended.
pub(super) async fn work(
    shared: Arc<Shared>,
    piece: Vec<InHand>,
    slot: OwnedSemaphorePermit,
    worked: mpsc::Sender<Worked>,
) {
    let tasks: Vec<Task> = piece.iter().map(|row| row.task.clone()).collect();
    let Some(slot) = shared.slot_for(&tasks, slot).await else { return };
    let results = shared.run_handler(tasks).await;
    drop(slot);
    for (of, result) in piece.into_iter().zip(results) {
        // Nobody receives only when everything is being dropped; then the delivery goes back.
        let _ = worked.send(Worked { of, result }).await;
    }
}

impl Shared {
    /// A row whose message was dead-lettered before is worked on by itself: it waits for all slots.
    async fn slot_for(&self, tasks: &[Task], slot: OwnedSemaphorePermit) -> Option<OwnedSemaphorePermit> {
        if tasks.iter().all(|task| !task.alone) {
            return Some(slot);
        }
        drop(slot);
        Arc::clone(&self.slots).acquire_many_owned(self.options.slots.into()).await.ok()
    }

    /// The handler's results. Where it fails over several rows, each of them is done by itself, so that only the one that is
    /// to blame fails.
    async fn run_handler(&self, tasks: Vec<Task>) -> Vec<Result<StageResult, Failure>> {
        let failure = match self.run_at_once(tasks.clone()).await {
            Ok(results) if results.len() == tasks.len() => return results,
            Ok(results) => {
                poison(format!("the handler gave {} results for {} rows", results.len(), tasks.len()))
            }
            Err(failure) => failure,
        };
        if tasks.len() <= 1 {
            return all_failed(&tasks, failure);
        }
        let mut results = Vec::with_capacity(tasks.len());
        for task in tasks {
            let alone = self.run_at_once(vec![task]).await;
            results.push(alone.and_then(|mut results| results.pop().unwrap_or(Err(failure.clone()))));
        }
        results
    }

    /// A panic or a passed deadline is poison. Several rows have as much time as they would have one after the other.
    async fn run_at_once(&self, tasks: Vec<Task>) -> Result<Vec<Result<StageResult, Failure>>, Failure> {
        let (handler, rows, start) = (Arc::clone(&self.handler), tasks.len(), Instant::now());
        let running = tokio::spawn(async move {
            match tasks.as_slice() {
                [task] => vec![handler.handle(task).await],
                tasks => handler.handle_all(tasks).await,
            }
        });
        let mut running = AbortOnDropHandle::new(running);
        let deadline = self.options.deadline * u32::try_from(rows).unwrap_or(u32::MAX).max(1);
        let ended = timeout(deadline, &mut running).await;
        self.took(start.elapsed(), rows);
        match ended {
            Ok(Ok(results)) => Ok(results),
            Ok(Err(error)) => Err(poison(format!("the handler {}", panic_text(error)))),
            Err(_) => Err(poison(format!("not done within {deadline:?}"))),
        }
    }

    /// Rows that were handled at once took their share of the time each.
    fn took(&self, time: Duration, rows: usize) {
        let histogram = self.deps.metrics.stage_seconds.with_label_values(&[self.stage.as_str()]);
        let rows = u32::try_from(rows).unwrap_or(u32::MAX).max(1);
        for _ in 0..rows {
            histogram.observe((time / rows).as_secs_f64());
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
