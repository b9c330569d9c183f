//! One piece of work: the reports of a version, judged.
use std::sync::Arc;

use async_trait::async_trait;
use gongkai_judging::{JudgeContext, judge};
use gongkai_model::Stage;
use gongkai_runtime::handler::{Handler, all_failed};
use gongkai_store::{Failure, FailureClass, Judged, JudgedReport, ReportRow, StageResult, Store, Task};
use uuid::Uuid;

/// Versions read from the store together.
const AT_ONCE: usize = 16;

/// Judges versions.
pub struct JudgeHandler {
    store: Arc<dyn Store>,
}

impl JudgeHandler {
    /// A handler over a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Handler for JudgeHandler {
    fn stage(&self) -> Stage {
        Stage::Judge
    }

    async fn handle(&self, task: &Task) -> Result<StageResult, Failure> {
        let version = task.version()?;
        let rows = self.store.reports_of_version(version).await?;
        let judging = tokio::task::spawn_blocking(move || judged_version(version, &rows));
        judging.await.map_err(|error| {
            Failure::new(FailureClass::Poison, format!("judging version {version} was broken off: {error}"))
        })
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    async fn handle_all(&self, tasks: &[Task]) -> Vec<Result<StageResult, Failure>> {
        let versions: Vec<Uuid> = tasks.iter().filter_map(|task| task.version().ok()).collect();
        let found = self.store.reports_of_versions(&versions).await;
        let mut rows = match found {
            Ok(rows) => rows,
            Err(error) => return all_failed(tasks, error),
        };
        let asked: Vec<_> = tasks
            .iter()
            .map(|task| task.version().map(|version| (version, rows.remove(&version).unwrap_or_default())))
            .collect();
        let judging = tokio::task::spawn_blocking(move || {
            asked.into_iter().map(|of| of.map(|(version, rows)| judged_version(version, &rows))).collect()
        });
        // Where it breaks off, whoever is to blame is found one by one.
        judging.await.unwrap_or_default()
    }
}

fn judged_version(version: Uuid, rows: &[ReportRow]) -> StageResult {
    StageResult::Judged(Judged { version, reports: rows.iter().map(judged).collect() })
}

/// Findings hang on the identity of the report, so that they persist from version to version.
fn judged(row: &ReportRow) -> JudgedReport {
    let identity = row.identity();
    let judgement = judge(&row.report, &JudgeContext::new(identity.to_string()));
    JudgedReport {
        report: row.id,
        identity,
        verdict: judgement.verdict,
        findings: judgement.findings,
        evaluated: judgement.evaluated.into_iter().map(str::to_owned).collect(),
    }
}
