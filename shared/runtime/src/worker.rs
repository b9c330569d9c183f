//! The loop of every stage: deliveries in, work done by a handler, results committed together with the end of their rows,
//! deliveries acknowledged after the commit.
//!
//! A delivery is acknowledged only when the ledger knows what became of its row. Whatever is lost on the way (a crash, a stop,
//! a store that is away) is sent again by the relay once the row's lease has run out.
use std::{sync::Arc, time::Duration};

use futures_util::FutureExt;
use gongkai_bus::Bus;
use gongkai_model::Stage;
use gongkai_store::{Failure, StageResult, Store, Task};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::{JoinError, JoinSet},
};

use crate::{
    checkpoint::Checkpoint,
    clock::Clock,
    error::RuntimeError,
    feed::{Feed, Queue},
    handler::Handler,
    lifecycle::{Stop, panic_text},
    patience::Patience,
    settings::WorkerSettings,
    telemetry::Metrics,
    wake::Wake,
};

mod busy;
mod commit;
mod newer;
mod opening;
mod piece;
mod share;

use busy::{Busy, Mark};
use commit::Committer;
use newer::FirstSeen;
use share::Share;

/// So many rows a message is reckoned with: about half of the most that the relay puts into one.
const ROWS_A_MESSAGE: u16 = 8;

/// What every worker stands on.
#[derive(Clone)]
pub struct Deps {
    /// Ledger and records.
    pub store: Arc<dyn Store>,
    /// Transport.
    pub bus: Arc<dyn Bus>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Tells the relay of commits.
    pub wake: Wake,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Who is told how far work has come; in tests, what ends the process there.
    pub checkpoint: Arc<dyn Checkpoint>,
}

/// How a worker works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerOptions {
    /// Pieces of work at a time.
    pub slots: u16,
    /// Results committed together, when so many wait.
    pub batch: u16,
    /// Longest time for one piece of work; then it is dropped and counts as poison.
    pub deadline: Duration,
}

impl WorkerOptions {
    /// The options of a stage's settings.
    pub const fn new(settings: &WorkerSettings, deadline: Duration) -> Self {
        Self { slots: settings.slots, batch: settings.batch, deadline }
    }

    /// Messages out at a time. Under load each names several rows; one worker must not have all of them.
    fn prefetch(&self) -> u16 {
        let rows = self.slots.saturating_mul(self.batch);
        (rows / ROWS_A_MESSAGE).max(self.slots.saturating_add(1))
    }
}

/// The worker of one stage.
pub struct Worker {
    deps: Deps,
    handler: Arc<dyn Handler>,
    options: WorkerOptions,
}

/// What the pieces of work of one worker share.
struct Shared {
    deps: Deps,
    stage: Stage,
    handler: Arc<dyn Handler>,
    options: WorkerOptions,
    slots: Arc<Semaphore>,
    busy: Busy,
    first_seen: FirstSeen,
    patience: Patience,
}

/// A row and its share of the delivery that named it.
struct InHand {
    share: Share,
    task: Task,
    /// Keeps a second delivery of the row away until this one is settled.
    _mark: Mark,
}

/// A piece of work that was done, one way or the other; not yet in the ledger.
struct Worked {
    of: InHand,
    result: Result<StageResult, Failure>,
}

impl Worker {
    /// A worker for the handler's stage.
    pub fn new(deps: Deps, handler: Arc<dyn Handler>, options: WorkerOptions) -> Self {
        let options = WorkerOptions { slots: options.slots.max(1), batch: options.batch.max(1), ..options };
        Self { deps, handler, options }
    }

    /// Works until the stop: then begins nothing new, finishes and commits what is begun. Dropping the future drops the work.
    /// An error is a defect of the loop itself; work that fails never ends it.
    pub async fn run(self, stop: Stop) -> Result<(), RuntimeError> {
        let stage = self.handler.stage();
        self.deps.metrics.expect_work(stage);
        let prefetch = self.options.prefetch();
        let shared = Arc::new(Shared {
            stage,
            slots: Arc::new(Semaphore::new(usize::from(self.options.slots))),
            busy: Busy::default(),
            first_seen: FirstSeen::default(),
            patience: Patience::new(stage.as_str(), stop.clone()).shown_in(&self.deps.metrics),
            deps: self.deps,
            handler: self.handler,
            options: self.options,
        });
        // The feed outlives the last commit: its end gives deliveries back that are not settled.
        let mut feed = Feed::new(Arc::clone(&shared.deps.bus), Queue::Of(stage), prefetch, stop.clone())
            .shown_in(&shared.deps.metrics);
        let (worked, results) = mpsc::channel(usize::from(prefetch));
        let committer = Committer::new(Arc::clone(&shared));
        let (taken, ()) = tokio::join!(take_in(&shared, &mut feed, worked, &stop), committer.run(results));
        taken
    }
}

/// Starts a piece of work for each delivery, at most one a slot; at the stop waits for those that are under way. Deliveries that
/// are there together are looked up in the ledger together.
async fn take_in(
    shared: &Arc<Shared>,
    feed: &mut Feed,
    worked: mpsc::Sender<Worked>,
    stop: &Stop,
) -> Result<(), RuntimeError> {
    let mut pieces = JoinSet::new();
    let most = usize::from(shared.options.batch);
    'deliveries: while let Some(first) = feed.next().await {
        let mut deliveries = vec![first];
        while deliveries.len() < most
            && let Some(Some(next)) = feed.next().now_or_never()
        {
            deliveries.push(next);
        }
        let opened = shared.open(deliveries).await;
        shared.handler.prepare(&opened.iter().map(|row| &row.task).collect::<Vec<_>>()).await;
        for piece in pieces_of(opened, shared.handler.at_once()) {
            // No slot is held while there is nothing to do: a row that is to be alone waits for all of them.
            let Some(slot) = free_slot(shared, stop).await else { break 'deliveries };
            pieces.spawn(piece::work(Arc::clone(shared), piece, slot, worked.clone()));
            while let Some(ended) = pieces.try_join_next() {
                looked_at(shared.stage, ended)?;
            }
        }
    }
    while let Some(ended) = pieces.join_next().await {
        looked_at(shared.stage, ended)?;
    }
    Ok(())
}

/// Rows that are handled at once; one that is to be alone is a piece by itself.
fn pieces_of(opened: Vec<InHand>, at_once: usize) -> Vec<Vec<InHand>> {
    let mut pieces: Vec<Vec<InHand>> = Vec::new();
    for row in opened {
        match pieces.last_mut() {
            Some(piece)
                if piece.len() < at_once
                    && !row.task.alone
                    && piece.iter().all(|other| !other.task.alone) =>
            {
                piece.push(row);
            }
            _ => pieces.push(vec![row]),
        }
    }
    pieces
}

async fn free_slot(shared: &Shared, stop: &Stop) -> Option<OwnedSemaphorePermit> {
    tokio::select! {
        biased;
        () = stop.soft.cancelled() => None,
        slot = Arc::clone(&shared.slots).acquire_owned() => slot.ok(),
    }
}

/// A handler's panic is caught around the handler; one that arrives here is the loop's own.
fn looked_at(stage: Stage, ended: Result<(), JoinError>) -> Result<(), RuntimeError> {
    ended.map_err(|error| RuntimeError::Task { name: stage.as_str(), detail: panic_text(error) })
}
