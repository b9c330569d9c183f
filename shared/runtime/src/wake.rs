//! Commits wake the relay through this, so that the next stage need not wait for the poll.
use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use gongkai_model::Stage;
use tokio::sync::Notify;

/// A handle that tells the relay which stages may have rows to send. Clones speak of the same relay.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    stages: AtomicU8,
    changed: Notify,
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

    /// All stages may have due rows.
    pub fn wake_all(&self) {
        self.wake(&Stage::ALL);
    }

    /// Waits until somebody calls; tells the stages that were named since the last time.
    pub(crate) async fn woken(&self) -> Vec<Stage> {
        loop {
            let bits = self.0.stages.swap(0, Ordering::AcqRel);
            if bits != 0 {
                return Stage::ALL.into_iter().filter(|stage| bits & bit(*stage) != 0).collect();
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

/// The stages that may have rows to send after rows of `stage` have ended: its own (room in the window) and the next ones.
pub(crate) const fn after(stage: Stage) -> &'static [Stage] {
    match stage {
        Stage::Fetch => &[Stage::Fetch, Stage::Parse, Stage::Due],
        Stage::Parse => &[Stage::Parse, Stage::Judge],
        Stage::Judge => &[Stage::Judge, Stage::Due],
        Stage::Due => &[Stage::Due, Stage::Notify],
        Stage::Notify => &[Stage::Notify],
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
        assert_eq!(wake.woken().await, [Stage::Fetch, Stage::Judge]);
        let later = tokio::time::timeout(std::time::Duration::from_millis(1), wake.woken()).await;
        assert!(later.is_err());
    }
}
