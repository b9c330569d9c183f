//! What can go wrong in the alerter, and what the ledger is to do about a store that fails.
use gongkai_store::{Failure, FailureClass, StoreError};
use thiserror::Error;

/// A failure of the alerter itself.
#[derive(Debug, Error)]
pub enum AlerterError {
    /// The webhook's address cannot be used.
    #[error("alert.webhook_url is no http or https address: {0}")]
    WebhookUrl(String),
}

/// What the ledger is told about a store that failed.
pub(crate) fn store_failure(error: &StoreError) -> Failure {
    let class = if error.is_transient() { FailureClass::Transient } else { FailureClass::Contract };
    Failure { class, message: error.to_string(), retry_at: None }
}
