//! Who reads a document: the boundary between the parser's rows and the reading core, wherever that runs.
use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use gongkai_reading::{Hints, read};
use gongkai_store::{Failure, FailureClass, StoreResult};

use crate::readout::Readout;

/// A document with what is known of it besides its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The bytes as fetched.
    pub bytes: Vec<u8>,
    /// Media type as declared.
    pub content_type: Option<String>,
    /// Address it came from.
    pub url: String,
}

impl Document {
    /// Reads it here and now.
    pub(crate) fn read(&self) -> StoreResult<Readout> {
        let hints = Hints { content_type: self.content_type.as_deref(), url: Some(&self.url) };
        Readout::of(&read(&self.bytes, hints))
    }
}

/// Reads documents; always at least one report a document.
#[async_trait]
pub trait DocumentReader: Send + Sync {
    /// The reports of a document. A failure is of class poison when the document brought the reader down.
    async fn read(&self, document: Document) -> Result<Readout, Failure>;
}

/// Reads in this process, without a limit on memory and without a deadline: for tests and for documents that are trusted.
#[derive(Clone, Copy, Debug, Default)]
pub struct InProcess;

#[async_trait]
impl DocumentReader for InProcess {
    async fn read(&self, document: Document) -> Result<Readout, Failure> {
        let url = document.url.clone();
        let reading = tokio::task::spawn_blocking(move || {
            std::panic::catch_unwind(AssertUnwindSafe(|| document.read()))
        });
        reading
            .await
            .map_err(|error| poison(format!("reading {url} was broken off: {error}")))?
            .map_err(|_| poison(format!("reading {url} failed inside the reader; report this document")))?
            .map_err(Failure::from)
    }
}

pub(crate) fn poison(message: String) -> Failure {
    Failure::new(FailureClass::Poison, message)
}
