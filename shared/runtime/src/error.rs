//! What can go wrong in running a service; work that fails is a `Failure` of its row, not one of these.
use thiserror::Error;

use crate::settings::Problem;

/// A reason for which a process does not start, or ends.
#[derive(Debug, Error)]
pub enum RuntimeError {
    /// Settings that cannot be used, a line each.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Settings(Vec<Problem>),
    /// A task that should run until the stop has ended.
    #[error("{name} failed: {detail}")]
    Task {
        /// Name of the task.
        name: &'static str,
        /// Its error, or what it panicked with.
        detail: String,
    },
    /// The address to listen on is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Address.
        address: String,
        /// Cause.
        source: std::io::Error,
    },
    /// The operating system refused something.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Cause.
        source: std::io::Error,
    },
    /// Logging or a metric is set up wrongly.
    #[error("telemetry: {0}")]
    Telemetry(String),
}

impl RuntimeError {
    pub(crate) const fn settings(problems: Vec<Problem>) -> Self {
        Self::Settings(problems)
    }

    /// True when the operator has to change a setting.
    pub const fn is_settings(&self) -> bool {
        matches!(self, Self::Settings(_))
    }
}

impl From<prometheus::Error> for RuntimeError {
    fn from(error: prometheus::Error) -> Self {
        Self::Telemetry(error.to_string())
    }
}
