//! What a rule says about a report: which cell, what is printed, what the other figures imply, and on what basis.
use serde::{Deserialize, Serialize};

use crate::{key::Key, report::Span, text::Text};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a look.
    Hint,
    /// Expected otherwise; an exception needs a reason.
    Warning,
    /// Form or law says otherwise.
    Error,
}

impl Severity {
    /// The name in JSON, metrics and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Whose fault a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The publisher's.
    Publication,
    /// Our reading's.
    Reading,
    /// Not clear.
    Unclear,
}

impl Origin {
    /// The name in JSON and in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publication => "publication",
            Self::Reading => "reading",
            Self::Unclear => "unclear",
        }
    }
}

/// What the document's own tables amount to (表内勾稽).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every relation was tested and holds.
    Consistent,
    /// A relation of the form is broken.
    Inconsistent,
    /// A part, a table or a cell is missing, so that not every relation could be tested.
    Incomplete,
}

impl Verdict {
    /// The name in JSON, metrics and the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consistent => "consistent",
            Self::Inconsistent => "inconsistent",
            Self::Incomplete => "incomplete",
        }
    }
}

/// Words of the report that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The slice `start..end` of the normalised text.
    pub text: String,
    /// Where it stands.
    #[serde(flatten)]
    pub span: Span,
}

/// A cell that may be the wrong one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// Table key.
    pub table: Key,
    /// Row key.
    pub row: Key,
    /// Column key.
    pub column: Key,
    /// What is printed there.
    pub printed: String,
    /// What would make the relations hold; decimal.
    pub likely: String,
}

/// A smallest set of cells whose change makes every relation hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// The cells to change together.
    pub cells: Vec<Suspect>,
}

/// One finding. Fields that do not apply are `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Identity over time: code, report, table, row, column; never values or wording. Filled by the registry.
    pub fingerprint: String,
    /// `T301`.
    pub code: String,
    /// `row-total`.
    pub rule: String,
    /// How grave.
    pub severity: Severity,
    /// Whose fault.
    pub origin: Origin,
    /// Table key, or for S103 the table that is missing.
    pub table: Option<String>,
    /// Row key; for S102 the part's number.
    pub row: Option<String>,
    /// Column key.
    pub column: Option<String>,
    /// What the other figures imply; decimal.
    pub expected: Option<String>,
    /// What is printed; decimal.
    pub actual: Option<String>,
    /// What is wrong.
    pub message: Text,
    /// Article, notice or practice it rests on.
    pub basis: Text,
    /// Words of the report.
    pub evidence: Vec<Evidence>,
    /// Cells that may be the wrong ones.
    pub suspects: Vec<Suspect>,
}
