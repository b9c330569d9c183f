//! One piece of work: a version's bytes out of the archive, through a reader.
use std::sync::Arc;

use async_trait::async_trait;
use gongkai_model::{BodyIndex, Report, Stage};
use gongkai_reading::{NORMALISER, content};
use gongkai_runtime::handler::Handler;
use gongkai_store::{
    Archive, BlobId, Failure, FailureClass, Parsed, Source, StageResult, Store, Task, Version,
};
use uuid::Uuid;

use crate::{
    assign::assign,
    reader::{Document, DocumentReader},
};

/// Reads versions.
pub struct ParseHandler {
    store: Arc<dyn Store>,
    archive: Arc<dyn Archive>,
    bodies: Arc<BodyIndex>,
    reader: Arc<dyn DocumentReader>,
}

impl ParseHandler {
    /// A handler over a store, an archive, the registry's names and a reader.
    pub fn new(
        store: Arc<dyn Store>,
        archive: Arc<dyn Archive>,
        bodies: Arc<BodyIndex>,
        reader: Arc<dyn DocumentReader>,
    ) -> Self {
        Self { store, archive, bodies, reader }
    }

    async fn load(&self, task: &Task) -> Result<Option<(Version, Source, Vec<u8>)>, Failure> {
        let id = task
            .subject
            .parse::<Uuid>()
            .map_err(|_| contract(format!("`{}` is no version id", task.subject)))?;
        let Some(version) = self.store.version(id).await? else { return Ok(None) };
        let Some(source) = self.store.source(version.source).await? else {
            return Ok(None);
        };
        let bytes = self.archive.get(&version.blob).await?;
        let bytes = bytes
            .ok_or_else(|| contract(format!("the archive has lost {} of {}", version.blob, source.url)))?;
        Ok(Some((version, source, bytes)))
    }
}

#[async_trait]
impl Handler for ParseHandler {
    fn stage(&self) -> Stage {
        Stage::Parse
    }

    async fn handle(&self, task: &Task) -> Result<StageResult, Failure> {
        let Some((version, source, bytes)) = self.load(task).await? else { return Ok(StageResult::Nothing) };
        let document = Document { bytes, content_type: version.media_type.clone(), url: source.url.clone() };
        let reports = self.reader.read(document).await?;
        let alone = reports.len() == 1;
        Ok(StageResult::Parsed(Parsed {
            version: version.id,
            text_hash: hash(&reports),
            normaliser: NORMALISER,
            reports: reports.into_iter().map(|report| assign(report, &source, &self.bodies, alone)).collect(),
        }))
    }
}

/// Hash of what a revision would change: the reports' own text, without the page around them.
fn hash(reports: &[Report]) -> String {
    let text: String = reports.iter().map(content).collect::<Vec<_>>().join("\u{1E}");
    BlobId::of(text.as_bytes()).as_str().to_owned()
}

fn contract(message: String) -> Failure {
    Failure::new(FailureClass::Contract, message)
}
