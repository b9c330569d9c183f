//! Deliveries that came together: what they name, and which of it is still to be done.
use std::collections::HashMap;

use gongkai_bus::{Delivery, Envelope, EnvelopeError, Row};
use gongkai_store::Task;
use uuid::Uuid;

use super::{InHand, Share, Shared, busy::Mark};

/// What a delivery asks for.
enum Asked {
    /// Work on these rows; by a newer release than this one, where its version is given.
    Rows(Vec<Row>, Option<u32>),
    /// Nothing that can be understood.
    Unroutable(String),
}

/// A row that a delivery names and that nobody here works on yet.
struct Named {
    share: Share,
    mark: Mark,
    row: Row,
    newer: Option<u32>,
}

impl Shared {
    /// The rows of these deliveries of which there is something to do; the others are settled.
    pub(super) async fn open(&self, deliveries: Vec<Delivery>) -> Vec<InHand> {
        let mut named = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            self.name(delivery, &mut named).await;
        }
        if named.is_empty() {
            return Vec::new();
        }
        let rows: Vec<(Uuid, i64)> =
            named.iter().map(|named| (named.row.task, named.row.generation)).collect();
        let tasks = match self.patience.call(|| self.deps.store.open_tasks(&rows)).await {
            Ok(tasks) => tasks,
            Err(gave_up) => {
                for named in named {
                    self.left(named.share, &gave_up).await;
                }
                return Vec::new();
            }
        };
        let mut tasks: HashMap<(Uuid, i64), Task> =
            tasks.into_iter().map(|task| ((task.id, task.generation), task)).collect();
        let mut opened = Vec::with_capacity(named.len());
        for Named { share, mark, row, newer } in named {
            match (tasks.remove(&(row.task, row.generation)), newer) {
                (Some(task), None) => opened.push(InHand { share, task, _mark: mark }),
                (Some(task), Some(version)) => self.newer(share, &task, version).await,
                // Done already, or a newer generation is on its way.
                (None, _) => share.ack().await,
            }
        }
        opened
    }

    /// Adds the rows that a delivery names; a delivery that names none is settled, and the share of a row that is in work here.
    async fn name(&self, delivery: Delivery, named: &mut Vec<Named>) {
        let (rows, newer) = match self.asked(&delivery.body) {
            Asked::Rows(rows, newer) => (rows, newer),
            Asked::Unroutable(why) => return self.unroutable(delivery, &why).await,
        };
        for (share, row) in Share::of(delivery, rows.len()).zip(rows) {
            match self.busy.mark(row.task, row.generation) {
                Some(mark) => named.push(Named { share, mark, row, newer }),
                None => share.ack().await,
            }
        }
    }

    fn asked(&self, body: &[u8]) -> Asked {
        match Envelope::parse(body) {
            Ok(envelope) if envelope.kind.stage() == self.stage => {
                Asked::Rows(envelope.rows().collect(), None)
            }
            Ok(envelope) => Asked::Unroutable(format!(
                "a message of stage {} in the queue of {}",
                envelope.kind.stage().as_str(),
                self.stage.as_str()
            )),
            Err(EnvelopeError::Newer(version)) => {
                let rows = Envelope::rows_of(body);
                if rows.is_empty() {
                    return Asked::Unroutable(format!("a message of version {version} that names no row"));
                }
                Asked::Rows(rows, Some(version))
            }
            Err(error @ EnvelopeError::Malformed(_)) => Asked::Unroutable(error.to_string()),
        }
    }

    async fn unroutable(&self, delivery: Delivery, why: &str) {
        let (store, now) = (&self.deps.store, self.deps.clock.now());
        let kept = self.patience.call(|| store.keep_unroutable(&delivery.body, why, now)).await;
        for share in Share::of(delivery, 1) {
            match &kept {
                Ok(()) => {
                    tracing::warn!(
                        stage = self.stage.as_str(),
                        why,
                        "a message without a row was kept aside"
                    );
                    self.count("dead_lettered");
                    share.ack().await;
                }
                Err(gave_up) => self.left(share, gave_up).await,
            }
        }
    }
}
