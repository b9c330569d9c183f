//! What can go wrong in the alerter.
use thiserror::Error;

/// A failure of the alerter itself.
#[derive(Debug, Error)]
pub enum AlerterError {
    /// The webhook's address cannot be used.
    #[error("alert.webhook_url is no http or https address: {0}")]
    WebhookUrl(String),
    /// Alertmanager's address cannot be used.
    #[error("alert.alertmanager.url is no http or https address: {0}")]
    AlertmanagerUrl(String),
    /// The e-mail channel cannot be set up.
    #[error("{0}")]
    Email(String),
}
