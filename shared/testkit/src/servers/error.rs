//! Why a server of the tests did not do what it should: what was tried, what was said, what can be done.
use std::{io, sync::Arc};

use thiserror::Error;

/// A failure of a test's server. It can be cloned, because all tests of a process share the failed start of a shared one.
#[derive(Clone, Debug, Error)]
pub enum ServerError {
    /// A program that is needed is not installed.
    #[error("{program} is missing; install it with: {install}")]
    Missing {
        /// The program.
        program: String,
        /// A command that installs it on Debian or Ubuntu.
        install: &'static str,
    },
    /// The system refused something.
    #[error("cannot {doing}: {error}")]
    System {
        /// What was tried.
        doing: String,
        /// What the system said.
        error: Arc<io::Error>,
    },
    /// A server ended, or did not get ready or away in time.
    #[error("{server} {what}; the end of its log:\n{log}")]
    Server {
        /// Which one.
        server: &'static str,
        /// What happened.
        what: String,
        /// Its last lines.
        log: String,
    },
    /// A command failed.
    #[error("{command} failed: {said}")]
    Command {
        /// The command with its arguments.
        command: String,
        /// What it wrote.
        said: String,
    },
    /// All ports that were tried are taken.
    #[error("no free port was found on 127.0.0.1")]
    NoPort,
    /// An address in the environment cannot be used.
    #[error("`{url}` is no address of a server, as in {example}")]
    Url {
        /// What was given.
        url: String,
        /// What is understood.
        example: &'static str,
    },
}

impl ServerError {
    pub(super) fn system(doing: impl Into<String>, error: io::Error) -> Self {
        Self::System { doing: doing.into(), error: Arc::new(error) }
    }
}
