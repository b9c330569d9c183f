//! Whom a report speaks for: the body alone or its whole area. The two are never counted together.
use serde::{Deserialize, Serialize};

/// Whether a report speaks for the body alone or for its area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The body alone.
    #[default]
    Own,
    /// All bodies of its area.
    Area,
}

impl Scope {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Own, Self::Area];

    /// The name in the store and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Area => "area",
        }
    }
}
