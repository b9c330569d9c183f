//! The moments at which a process may die without harm; tests put an end to it at each of them.
use std::fmt;

use gongkai_model::Stage;

/// A moment in the life of a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Rows are taken and not published.
    BeforePublish,
    /// Published, and the broker has confirmed; the ledger does not know.
    BeforeConfirm,
    /// The ledger knows of the confirm.
    AfterConfirm,
    /// The work is done and not written.
    BeforeCommit,
    /// Written, and not acknowledged.
    BeforeAck,
    /// Acknowledged.
    AfterAck,
}

impl Moment {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::BeforePublish,
        Self::BeforeConfirm,
        Self::AfterConfirm,
        Self::BeforeCommit,
        Self::BeforeAck,
        Self::AfterAck,
    ];
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BeforePublish => "before_publish",
            Self::BeforeConfirm => "before_confirm",
            Self::AfterConfirm => "after_confirm",
            Self::BeforeCommit => "before_commit",
            Self::BeforeAck => "before_ack",
            Self::AfterAck => "after_ack",
        })
    }
}

/// Is told of every moment that work of a stage has reached.
pub trait Checkpoint: Send + Sync {
    /// Work of this stage has reached this moment.
    fn reached(&self, stage: Stage, moment: Moment);
}

/// Nobody is interested: what every service runs with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Checkpoint for Unwatched {
    fn reached(&self, _stage: Stage, _moment: Moment) {}
}
