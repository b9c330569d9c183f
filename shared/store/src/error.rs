//! What can go wrong with the store, by what is to be done about it.
use thiserror::Error;

/// Result of a store call.
pub type StoreResult<T> = Result<T, StoreError>;

/// A store that failed. "Not found" is `Ok(None)`, never an error.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database is away or busy: try again later.
    #[error("the store is away: {0}")]
    Away(String),
    /// The archive's disk failed.
    #[error("the archive failed at {path}: {source}")]
    Archive {
        /// File concerned.
        path: String,
        /// Cause.
        source: std::io::Error,
    },
    /// Stored data does not have the shape this release writes.
    #[error("stored {what} cannot be read: {detail}")]
    Corrupt {
        /// Table and id.
        what: String,
        /// What is wrong.
        detail: String,
    },
    /// The statement or the setting is wrong: a defect or a configuration error; trying again will not help.
    #[error("the store refused: {0}")]
    Refused(String),
}

impl StoreError {
    /// True when the same call may succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Away(_) | Self::Archive { .. })
    }
}
