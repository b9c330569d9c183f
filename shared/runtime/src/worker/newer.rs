//! Messages of a newer release, as during a rolling upgrade: their rows are sent again for an hour, then set aside.
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use gongkai_store::{Failure, FailureClass, Task};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Share, Shared};
use crate::{backoff::Backoff, patience::GaveUp, relay::later};

/// How long a newer worker is waited for.
const WAIT: Duration = Duration::from_secs(3_600);
/// Pause before the row is sent again.
const PAUSES: Backoff = Backoff::new(Duration::from_secs(60), Duration::from_secs(60));
/// Entries at which old ones are looked for and forgotten.
const MANY: usize = 1_000;

/// When rows with a newer message were first seen here.
#[derive(Debug, Default)]
pub(super) struct FirstSeen(Mutex<HashMap<Uuid, Timestamp>>);

impl FirstSeen {
    /// True while a row's hour runs; the hour begins with the first call.
    fn may_wait(&self, task: Uuid, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MANY {
            seen.retain(|_, first| now < later(*first, WAIT * 2));
        }
        let first = *seen.entry(task).or_insert(now);
        let waits = now < later(first, WAIT);
        if !waits {
            seen.remove(&task);
        }
        waits
    }
}

impl Shared {
    /// The row waits in the ledger for a worker that reads the message, or for this one's upgrade; not an attempt.
    pub(super) async fn newer(&self, share: Share, task: &Task, version: u32) {
        let (store, now, ticket) = (&self.deps.store, self.deps.clock.now(), task.ticket());
        let why = format!("its message has version {version}, which this release does not read");
        let waits = self.first_seen.may_wait(task.id, now);
        let noted = if waits {
            let (tickets, at) = ([ticket], later(now, PAUSES.after(1)));
            self.patience.call(|| store.give_back(&tickets, at, &why, now)).await
        } else {
            let failure = Failure { class: FailureClass::Contract, message: why.clone(), retry_at: None };
            self.patience.call(|| store.park(&ticket, &failure, now)).await
        };
        if !matches!(noted, Err(GaveUp::Stopped)) {
            tracing::warn!(stage = self.stage.as_str(), task = %task.id, version, parked = !waits, "a message of a newer release");
            self.count(if waits { "retried" } else { "dead_lettered" });
            share.ack().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_waits_one_hour_from_its_first_sight() {
        let seen = FirstSeen::default();
        let start: Timestamp = "2025-03-01T00:00:00Z".parse().unwrap();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(seen.may_wait(one, start));
        assert!(seen.may_wait(one, later(start, WAIT / 2)));
        assert!(seen.may_wait(other, later(start, WAIT)));
        assert!(!seen.may_wait(one, later(start, WAIT)));
        assert!(seen.may_wait(one, later(start, WAIT)), "a redriven row gets its hour anew");
    }
}
