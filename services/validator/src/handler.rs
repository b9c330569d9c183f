//! One piece of work: the reports of a version, judged.
use std::sync::Arc;

use async_trait::async_trait;
use gongkai_judging::{JudgeContext, judge};
use gongkai_model::Stage;
use gongkai_runtime::handler::Handler;
use gongkai_store::{Failure, FailureClass, Judged, JudgedReport, ReportRow, StageResult, Store, Task};
use uuid::Uuid;

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
        let contract =
            |_| Failure::new(FailureClass::Contract, format!("`{}` is no version id", task.subject));
        let version = task.subject.parse::<Uuid>().map_err(contract)?;
        let rows = self.store.reports_of_version(version).await?;
        let judging = tokio::task::spawn_blocking(move || rows.iter().map(judged).collect::<Vec<_>>());
        let broken_off = |error| {
            Failure::new(FailureClass::Poison, format!("judging version {version} was broken off: {error}"))
        };
        let reports = judging.await.map_err(broken_off)?;
        Ok(StageResult::Judged(Judged { version, reports }))
    }
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
