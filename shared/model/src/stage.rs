//! The stages a document or report goes through; each has one queue and one kind of ledger row.
use serde::{Deserialize, Serialize};

/// A stage of the chain. A ledger row is (stage, subject).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Get a source (a list column or a page). Subject: source id.
    Fetch,
    /// Read a version. Subject: version id.
    Parse,
    /// Judge a version's reports. Subject: version id.
    Judge,
    /// Settle what is due of a body for a year. Subject: `body/year`.
    Due,
    /// Tell a channel of an alert. Subject: alert id.
    Notify,
}

impl Stage {
    /// All stages in the order of the chain.
    pub const ALL: [Self; 5] = [Self::Fetch, Self::Parse, Self::Judge, Self::Due, Self::Notify];

    /// The name in the ledger, metrics and queue names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Parse => "parse",
            Self::Judge => "judge",
            Self::Due => "due",
            Self::Notify => "notify",
        }
    }

    /// The stage of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == name)
    }
}
