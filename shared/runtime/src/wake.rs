//! Commits speak to the relay through this, so that the next stage need not wait for the poll.
use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use gongkai_model::Stage;
use gongkai_store::{HandOver, Ticket};
use tokio::sync::Notify;

use crate::desk::Desk;

/// A handle that tells the relay which stages may have rows to send. Clones speak of the same relay.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Stages with new rows.
    stages: AtomicU8,
    /// Stages of which rows have ended, so that there is room for others.
    room: AtomicU8,
    /// New rows that need not be looked for.
    desk: Desk,
    changed: Notify,
}

/// What the relay is woken for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Calls {
    /// Stages with new rows in the ledger.
    pub(crate) new: Vec<Stage>,
    /// Other stages of which rows have ended.
    pub(crate) room: Vec<Stage>,
}

impl Wake {
    /// A handle with nothing to tell.
    pub fn new() -> Self {
        Self::default()
    }

    /// These stages may have due rows. Call it after the commit.
    pub fn wake(&self, stages: &[Stage]) {
        let bits = stages.iter().fold(0, |bits, stage| bits | bit(*stage));
        self.0.stages.fetch_or(bits, Ordering::AcqRel);
        self.0.changed.notify_one();
    }

    /// Rows of a stage have ended: more of it may be sent, if more waits.
    pub(crate) fn room(&self, stage: Stage) {
        self.0.room.fetch_or(bit(stage), Ordering::AcqRel);
        self.0.changed.notify_one();
    }

    /// All stages may have due rows.
    pub fn wake_all(&self) {
        self.wake(&Stage::ALL);
    }

    /// Where new rows go from hand to hand.
    pub(crate) fn desk(&self) -> &Desk {
        &self.0.desk
    }

    /// What a commit may hand over to the relay.
    pub fn over(&self) -> HandOver {
        self.0.desk.over()
    }

    /// Hands rows over, after the commit that made them; gives back what nobody takes any more.
    pub fn hand(&self, tickets: Vec<Ticket>) -> Vec<Ticket> {
        if tickets.is_empty() {
            return tickets;
        }
        let left = self.0.desk.hand(tickets);
        self.0.changed.notify_one();
        left
    }

    /// Waits until somebody calls; tells what was said since the last time.
    pub(crate) async fn woken(&self) -> Calls {
        loop {
            let new = self.0.stages.swap(0, Ordering::AcqRel);
            let room = self.0.room.swap(0, Ordering::AcqRel) & !new;
            if (new | room) != 0 || !self.0.desk.ripe().is_empty() {
                let named =
                    |bits: u8| Stage::ALL.into_iter().filter(|stage| bits & bit(*stage) != 0).collect();
                return Calls { new: named(new), room: named(room) };
            }
            self.0.changed.notified().await;
        }
    }
}

const fn bit(stage: Stage) -> u8 {
    1 << match stage {
        Stage::Fetch => 0,
        Stage::Parse => 1,
        Stage::Judge => 2,
        Stage::Due => 3,
        Stage::Notify => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn calls_before_the_wait_are_kept_and_coalesced() {
        let wake = Wake::new();
        wake.wake(&[Stage::Judge]);
        wake.clone().wake(&[Stage::Fetch, Stage::Judge]);
        wake.room(Stage::Judge);
        wake.room(Stage::Due);
        let calls = Calls { new: vec![Stage::Fetch, Stage::Judge], room: vec![Stage::Due] };
        assert_eq!(wake.woken().await, calls);
        let later = tokio::time::timeout(std::time::Duration::from_millis(1), wake.woken()).await;
        assert!(later.is_err());
    }
}
