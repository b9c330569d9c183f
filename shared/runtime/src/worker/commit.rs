//! Results into the ledger: whatever waits is committed together, and only then acknowledged.
use std::{collections::BTreeSet, sync::Arc, time::Duration};

use gongkai_model::Stage;
use gongkai_store::{Ended, Failure, FailureClass, Finished, StageResult, Ticket};
use tokio::{sync::mpsc, time::timeout};

use super::{Deps, InHand, Shared, Worked};
use crate::{
    checkpoint::Moment,
    patience::GaveUp,
    policy::{Next, decide},
};

/// How long results are waited for that can be committed along with the first.
const GATHER: Duration = Duration::from_millis(5);
/// The same while results come in numbers: one larger transaction costs less than several.
const GATHER_MANY: Duration = Duration::from_millis(100);
/// So many at a time are numbers.
const MANY: usize = 3;

/// The one task of a worker that writes results.
pub(super) struct Committer {
    shared: Arc<Shared>,
}

/// Results that are good, and what settles them.
#[derive(Default)]
struct Good {
    worked: Vec<InHand>,
    finished: Vec<Finished>,
}

impl Good {
    fn add(&mut self, worked: InHand, result: StageResult) {
        self.finished.push(Finished { ticket: worked.task.ticket(), result });
        self.worked.push(worked);
    }

    /// Each by itself.
    fn singly(self) -> impl Iterator<Item = Self> {
        let pairs = self.worked.into_iter().zip(self.finished);
        pairs.map(|(worked, finished)| Self { worked: vec![worked], finished: vec![finished] })
    }
}

impl Committer {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Commits until all senders are gone. A batch is what comes within a moment: waiting for longer would only cost time.
    pub(super) async fn run(self, mut results: mpsc::Receiver<Worked>) {
        let most = usize::from(self.shared.options.batch);
        let mut waiting = Vec::with_capacity(most);
        let mut pause = GATHER;
        while results.recv_many(&mut waiting, most).await > 0 {
            let gather = async {
                while let Some(room @ 1..) = most.checked_sub(waiting.len())
                    && results.recv_many(&mut waiting, room).await > 0
                {}
            };
            // What has come by then is in `waiting`.
            let _ = timeout(pause, gather).await;
            pause = if waiting.len() < MANY { GATHER } else { GATHER_MANY };
            let mut good = Good::default();
            for Worked { of: worked, result } in waiting.drain(..) {
                match result {
                    Ok(result) => good.add(worked, result),
                    Err(failure) => self.fail(worked, failure).await,
                }
            }
            self.finish(good).await;
            self.shared.deps.wake.room(self.shared.stage);
        }
    }

    /// Ends rows together; when the store refuses the batch, one by one, so that one bad result costs no other.
    async fn finish(&self, batch: Good) {
        if batch.finished.is_empty() {
            return;
        }
        match self.commit(&batch.finished).await {
            Ok(ended) => {
                self.pass_on(ended.handed, ended.waiting).await;
                self.acknowledge(batch.worked, &ended.own).await;
            }
            Err(GaveUp::Refused(_)) if batch.finished.len() > 1 => {
                for good in batch.singly() {
                    Box::pin(self.finish(good)).await;
                }
            }
            Err(GaveUp::Refused(error)) => {
                for worked in batch.worked {
                    self.fail(worked, refused(&error.to_string())).await;
                }
            }
            // Not acknowledged: the deliveries go back.
            Err(GaveUp::Stopped) => drop(batch),
            Err(GaveUp::TooLong) => self.acknowledge(batch.worked, &[]).await,
        }
    }

    async fn commit(&self, batch: &[Finished]) -> Result<Ended, GaveUp> {
        self.shared.reached(Moment::BeforeCommit);
        let Deps { store, clock, wake, .. } = &self.shared.deps;
        let over = wake.over();
        self.shared.patience.call(|| store.end(batch, &over, clock.now())).await
    }

    /// New rows go to the relay, by hand or by a call. What nobody takes by hand any more, because the process stops, is left to
    /// the relays of others; should that fail, they find it when its lease has ended.
    async fn pass_on(&self, handed: Vec<Ticket>, waiting: BTreeSet<Stage>) {
        let Deps { store, clock, wake, .. } = &self.shared.deps;
        let left = wake.hand(handed);
        if !left.is_empty() {
            let why = "the process that made it stopped before it was sent";
            if let Err(error) = store.give_back(&left, clock.now(), why, clock.now()).await {
                tracing::debug!(%error, rows = left.len(), "rows could not be left to others at the stop");
            }
        }
        if !waiting.is_empty() {
            wake.desk().fell_short(waiting.iter().copied());
            wake.wake(&waiting.into_iter().collect::<Vec<_>>());
        }
    }

    async fn acknowledge(&self, batch: Vec<InHand>, written: &[bool]) {
        self.shared.reached(Moment::BeforeAck);
        for (at, worked) in batch.into_iter().enumerate() {
            // A row that was no longer open belongs to another delivery or generation, and is counted there.
            if written.get(at).copied().unwrap_or(false) {
                self.shared.count("done");
            }
            worked.share.ack().await;
        }
        self.shared.reached(Moment::AfterAck);
    }

    /// Another attempt later, or set aside, as the failure's class says.
    async fn fail(&self, worked: InHand, failure: Failure) {
        let (store, now) = (&self.shared.deps.store, self.shared.deps.clock.now());
        let ticket = worked.task.ticket();
        let next = decide(&failure, worked.task.attempt, now);
        let noted = match next {
            Next::RetryAt(at) => self.shared.patience.call(|| store.retry(&ticket, &failure, at, now)).await,
            Next::Park => self.shared.patience.call(|| store.park(&ticket, &failure, now)).await,
        };
        match noted {
            Ok(()) => {
                self.told(&worked, &failure, next);
                worked.share.ack().await;
            }
            Err(gave_up) => self.shared.left(worked.share, &gave_up).await,
        }
    }

    fn told(&self, worked: &InHand, failure: &Failure, next: Next) {
        let (stage, class, attempt) =
            (self.shared.stage.as_str(), failure.class.as_str(), worked.task.attempt + 1);
        let (task, subject, error) = (worked.task.id, &worked.task.subject, &failure.message);
        match next {
            Next::RetryAt(at) => {
                tracing::warn!(stage, %task, subject, class, attempt, %error, retry_at = %at, "work failed; tried again later");
                self.shared.count("retried");
            }
            Next::Park => {
                tracing::error!(stage, %task, subject, class, attempt, %error, "work failed; set aside");
                self.shared.count("dead_lettered");
            }
        }
    }
}

fn refused(error: &str) -> Failure {
    Failure {
        class: FailureClass::Contract,
        message: format!("its result could not be stored: {error}"),
        retry_at: None,
    }
}
