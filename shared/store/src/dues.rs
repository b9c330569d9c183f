//! What is due of a body for a year, and in which state it stands.
use gongkai_model::Text;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// State of a due report (contract 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// More than 7 days left.
    NotDue,
    /// At most 7 days left.
    DueSoon,
    /// Published by its date.
    InTime,
    /// Published after its date.
    Late,
    /// Date passed, proven absent.
    Overdue,
    /// 30 days after the date, proven absent.
    Missing,
    /// Date passed and no complete poll since: nothing can be said.
    Unknown,
}

impl DueState {
    /// The name in the store, metrics and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotDue => "not_due",
            Self::DueSoon => "due_soon",
            Self::InTime => "in_time",
            Self::Late => "late",
            Self::Overdue => "overdue",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// What is due of a body for a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Registry id.
    pub body: String,
    /// Report year.
    pub year: i16,
    /// Last day in time (Asia/Shanghai); `None` when neither law nor registry sets one.
    pub due: Option<Date>,
    /// State.
    pub state: DueState,
    /// Current report, when found.
    pub report: Option<Uuid>,
    /// Date it counts as published, when known.
    pub published: Option<Date>,
    /// Why the state is what it is.
    pub reason: Text,
    /// Last settled.
    pub assessed_at: Timestamp,
}
