//! One piece of work: a version's bytes out of the archive, through a reader.
use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use gongkai_model::{BodyIndex, Stage};
use gongkai_reading::NORMALISER;
use gongkai_runtime::handler::{Handler, all_failed};
use gongkai_store::{
    Archive, Failure, FailureClass, Parsed, Source, StageResult, Store, StoreResult, Task, Version,
};
use uuid::Uuid;

use crate::{
    assign::assign,
    reader::{Document, DocumentReader},
};

/// Versions that are looked up in the store together.
const AT_ONCE: usize = 8;

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

    /// The versions with their sources, asked of the store once for all. One that is not there has nothing to be read.
    async fn known(&self, tasks: &[Task]) -> StoreResult<HashMap<Uuid, (Version, Source)>> {
        let ids: Vec<Uuid> = tasks.iter().filter_map(|task| task.version().ok()).collect();
        let versions = self.store.versions(&ids).await?;
        let of: Vec<Uuid> = versions.values().map(|version| version.source).collect();
        let sources = self.store.sources(&of).await?;
        let known = versions.into_iter().filter_map(|(id, version)| {
            let source = sources.get(&version.source)?.clone();
            Some((id, (version, source)))
        });
        Ok(known.collect())
    }

    async fn read(&self, version: &Version, source: &Source) -> Result<StageResult, Failure> {
        let bytes = self.archive.get(&version.blob).await?;
        let bytes = bytes
            .ok_or_else(|| contract(format!("the archive has lost {} of {}", version.blob, source.url)))?;
        let document = Document { bytes, content_type: version.media_type.clone(), url: source.url.clone() };
        let read = self.reader.read(document).await?;
        let alone = read.reports.len() == 1;
        let reports = read.reports.into_iter();
        Ok(StageResult::Parsed(Parsed {
            version: version.id,
            text_hash: read.text_hash,
            normaliser: NORMALISER,
            reports: reports.map(|report| assign(report, source, &self.bodies, alone)).collect(),
        }))
    }
}

#[async_trait]
impl Handler for ParseHandler {
    fn stage(&self) -> Stage {
        Stage::Parse
    }

    async fn handle(&self, task: &Task) -> Result<StageResult, Failure> {
        let id = task.version()?;
        match self.known(std::slice::from_ref(task)).await?.get(&id) {
            Some((version, source)) => self.read(version, source).await,
            None => Ok(StageResult::Nothing),
        }
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    async fn handle_all(&self, tasks: &[Task]) -> Vec<Result<StageResult, Failure>> {
        let known = match self.known(tasks).await {
            Ok(known) => known,
            Err(error) => return all_failed(tasks, error),
        };
        let mut results = Vec::with_capacity(tasks.len());
        for task in tasks {
            results.push(match task.version().map(|id| known.get(&id)) {
                Ok(Some((version, source))) => self.read(version, source).await,
                Ok(None) => Ok(StageResult::Nothing),
                Err(failure) => Err(failure),
            });
        }
        results
    }
}

fn contract(message: String) -> Failure {
    Failure::new(FailureClass::Contract, message)
}
