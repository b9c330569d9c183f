//! The draft check: a report that is not published yet is read and judged at once, and nothing of it is kept.
//!
//! It is bounded four ways: a body of at most [`MAX_BODY`], at most [`AT_ONCE`] drafts in memory, a deadline for all of it, and
//! reading by whoever the app passes in: `run` gives processes with a memory limit that are killed at their own deadline, as for
//! pages of the web. Judging is pure and quick, and runs off the async threads.
use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use gongkai_judging::{JudgeContext, Judgement, judge};
use gongkai_model::Report;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::error::PageError;

/// Bytes of a request.
pub const MAX_BODY: usize = 8 << 20;
/// Drafts under way; with more the answer is to come back in a moment.
pub const AT_ONCE: usize = 8;
/// Longest time for reading and judging.
const PATIENCE: Duration = Duration::from_secs(15);
/// What fingerprints of drafts hang on.
const IDENTITY: &str = "draft";

/// A draft as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type, where that is certain.
    pub content_type: Option<String>,
}

/// Reads drafts: hostile input, so never in the console's own process.
#[async_trait]
pub trait DraftReader: Send + Sync {
    /// The reports of a draft; an error in words for the log where the reader failed.
    async fn read(&self, draft: Draft) -> Result<Vec<Report>, String>;
}

/// The way to the reader, with its limits.
#[derive(Clone)]
pub struct Drafts {
    reader: Arc<dyn DraftReader>,
    places: Arc<Semaphore>,
}

impl Drafts {
    /// Drafts that this reader reads.
    pub fn new(reader: Arc<dyn DraftReader>) -> Self {
        Self { reader, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// A place, to be taken before the body is.
    pub(crate) fn place(&self) -> Result<OwnedSemaphorePermit, PageError> {
        let busy = |_| PageError::Away(format!("{AT_ONCE} drafts are under way"));
        self.places.clone().try_acquire_owned().map_err(busy)
    }

    /// Reads and judges.
    pub(crate) async fn check(&self, draft: Draft) -> Result<Vec<(Report, Judgement)>, PageError> {
        let work = async {
            let reports = self.reader.read(draft).await.map_err(PageError::Away)?;
            let judging = tokio::task::spawn_blocking(move || {
                let judged = |report: Report| {
                    let judgement = judge(&report, &JudgeContext::new(IDENTITY));
                    (report, judgement)
                };
                reports.into_iter().map(judged).collect()
            });
            judging.await.map_err(|error| PageError::Failed(error.to_string()))
        };
        let late = |_| PageError::Away(format!("a draft took longer than {} s", PATIENCE.as_secs()));
        timeout(PATIENCE, work).await.map_err(late)?
    }
}
