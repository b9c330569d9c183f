//! Drafts of the console are read where pages of the web are: in processes with a memory limit that are killed at their deadline.
use std::time::Duration;

use async_trait::async_trait;
use gongkai_console::draft::{Draft, DraftReader};
use gongkai_model::Report;
use gongkai_parser::{Document, DocumentReader, Readers};

use super::wiring::reader_command;

/// Processes; a further draft waits.
const SLOTS: u16 = 2;
/// Longest time for one draft; somebody waits for it.
const DEADLINE: Duration = Duration::from_secs(10);
/// What the log calls a draft.
const NAME: &str = "draft";

/// Reads drafts in processes of their own, apart from those of the parser.
pub(super) struct DraftReaders(Readers);

impl DraftReaders {
    /// No process is started before the first draft.
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self(Readers::new(reader_command()?, SLOTS, DEADLINE)))
    }
}

#[async_trait]
impl DraftReader for DraftReaders {
    async fn read(&self, draft: Draft) -> Result<Vec<Report>, String> {
        let Draft { bytes, content_type } = draft;
        let document = Document { bytes, content_type, url: NAME.to_owned() };
        let read = self.0.read(document).await.map_err(|failure| failure.message)?;
        let reports = read.reports.iter().map(|report| serde_json::from_str(&report.json));
        reports.collect::<Result<_, _>>().map_err(|error| error.to_string())
    }
}
