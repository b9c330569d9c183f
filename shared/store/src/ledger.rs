//! The ledger: one row a piece of work, which is outbox, inbox, retry, dead letters and replay in one.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use gongkai_model::Stage;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{error::StoreError, results::StageResult};

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    /// To be sent once `not_before` has passed.
    Ready,
    /// Handed to the bus, under a lease.
    Sent,
    /// Finished.
    Done,
    /// Set aside with a reason; `redrive` brings it back.
    Parked,
}

impl TaskState {
    /// The name in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Parked => "parked",
        }
    }
}

/// Classes of failure; they decide what happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Database away, timeout, 5xx, 429: later.
    Transient,
    /// Unreadable, too large, encrypted: parked, with a finding.
    Document,
    /// Unknown schema, missing blob: parked and alerted.
    Contract,
    /// Deadline passed or the worker died: parked after some attempts.
    Poison,
    /// 200 without items, challenge page, changed structure: last good kept, alerted.
    SiteChanged,
}

impl FailureClass {
    /// The name in the store, logs and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Document => "document",
            Self::Contract => "contract",
            Self::Poison => "poison",
            Self::SiteChanged => "site_changed",
        }
    }
}

/// Why a piece of work failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Class.
    pub class: FailureClass,
    /// What happened, where, what to do.
    pub message: String,
    /// The earliest time to try again, when the other side named one (Retry-After).
    pub retry_at: Option<Timestamp>,
}

impl Failure {
    /// A failure to which the other side has named no time.
    pub fn new(class: FailureClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), retry_at: None }
    }
}

/// A store that is away is waited for; one that refuses will refuse again.
impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let class = if error.is_transient() { FailureClass::Transient } else { FailureClass::Contract };
        Self::new(class, error.to_string())
    }
}

/// A row as it is handed to the bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Row id.
    pub task: Uuid,
    /// Generation that is meant.
    pub generation: i64,
    /// Stage.
    pub stage: Stage,
    /// Subject.
    pub subject: String,
    /// To be handled by itself.
    pub alone: bool,
}

/// A row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Row id (UUIDv7).
    pub id: Uuid,
    /// Stage.
    pub stage: Stage,
    /// Subject; unique within the stage.
    pub subject: String,
    /// State.
    pub state: TaskState,
    /// Raised by replay, redrive and new marks.
    pub generation: i64,
    /// Failed attempts of this generation.
    pub attempt: i32,
    /// To be handled by itself, because its message was dead-lettered once.
    pub alone: bool,
    /// Not to be sent before.
    pub not_before: Timestamp,
    /// Sent and silent until then means: send again.
    pub lease_until: Option<Timestamp>,
    /// Last failure.
    pub error: Option<String>,
    /// Its class.
    pub class: Option<FailureClass>,
    /// First made.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
}

impl Task {
    /// The version that is the subject of stages parse and judge.
    ///
    /// # Errors
    /// A failure of class contract when the subject is no id.
    pub fn version(&self) -> Result<Uuid, Failure> {
        let no_id = |_| Failure::new(FailureClass::Contract, format!("`{}` is no version id", self.subject));
        self.subject.parse().map_err(no_id)
    }

    /// What names this row and generation.
    pub fn ticket(&self) -> Ticket {
        Ticket {
            task: self.id,
            generation: self.generation,
            stage: self.stage,
            subject: self.subject.clone(),
            alone: self.alone,
        }
    }
}

/// A finished piece of work: written in one transaction with the end of its row and the rows of the next stage.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Which row.
    pub ticket: Ticket,
    /// What came of it.
    pub result: StageResult,
}

/// What the relay of a process takes over from a commit: rows that are due at once are then sent already when they are made,
/// under a lease, and need not be looked for.
#[derive(Clone, Debug, Default)]
pub struct HandOver {
    /// How long the rows are the relay's; whoever comes by may send them afterwards.
    pub lease: Duration,
    /// The most rows of a stage; none where it is not named.
    pub room: BTreeMap<Stage, usize>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// For each result whether its row was still open; nothing is written of the others.
    pub own: Vec<bool>,
    /// New rows that the relay is to send.
    pub handed: Vec<Ticket>,
    /// Stages with new rows that wait to be looked for.
    pub waiting: BTreeSet<Stage>,
}

/// A parked row, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// Row id.
    pub task: Uuid,
    /// Stage.
    pub stage: Stage,
    /// Subject.
    pub subject: String,
    /// What the subject is (address, body and year).
    pub about: String,
    /// Class of the last failure.
    pub class: Option<FailureClass>,
    /// Last failure.
    pub error: Option<String>,
    /// Attempts made.
    pub attempt: i32,
    /// Parked since.
    pub since: Timestamp,
}

/// How many rows of a stage are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StageCount {
    /// Stage.
    pub stage: Stage,
    /// Ready and due now.
    pub ready: u64,
    /// Ready, waiting for a later time after a failure.
    pub delayed: u64,
    /// Sent.
    pub sent: u64,
    /// Done.
    pub done: u64,
    /// Parked.
    pub parked: u64,
    /// Since when the oldest unfinished row (ready, delayed or sent) has waited.
    pub oldest_unfinished: Option<Timestamp>,
}
