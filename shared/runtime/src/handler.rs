//! What a service implements: how one piece of work of one stage is done.
use async_trait::async_trait;
use gongkai_model::Stage;
use gongkai_store::{Failure, StageResult, Task};

/// Several pieces of which none could be begun, for one reason.
pub fn all_failed(tasks: &[Task], reason: impl Into<Failure>) -> Vec<Result<StageResult, Failure>> {
    vec![Err(reason.into()); tasks.len()]
}

/// Does the work of one stage. It reads what it needs and returns the result; the worker loop commits it.
#[async_trait]
pub trait Handler: Send + Sync {
    /// The stage it serves.
    fn stage(&self) -> Stage;

    /// Does one piece of work. Everything it returns is written in one transaction with the end of the row.
    async fn handle(&self, task: &Task) -> Result<StageResult, Failure>;

    /// These pieces come soon, each at most once: what they need may be looked up together. Nothing may depend on it.
    async fn prepare(&self, _tasks: &[&Task]) {}

    /// How many pieces it may be given at once. More than one where reading for several costs little more than for one.
    fn at_once(&self) -> usize {
        1
    }

    /// Does several pieces, and tells of each in their order. Where this panics or takes too long, each is done by itself.
    async fn handle_all(&self, tasks: &[Task]) -> Vec<Result<StageResult, Failure>> {
        let mut results = Vec::with_capacity(tasks.len());
        for task in tasks {
            results.push(self.handle(task).await);
        }
        results
    }
}
