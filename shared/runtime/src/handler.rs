//! What a service implements: how one piece of work of one stage is done.
use async_trait::async_trait;
use gongkai_model::Stage;
use gongkai_store::{Failure, StageResult, Task};

/// Does the work of one stage. It reads what it needs and returns the result; the worker loop commits it.
#[async_trait]
pub trait Handler: Send + Sync {
    /// The stage it serves.
    fn stage(&self) -> Stage;

    /// Does one piece of work. Everything it returns is written in one transaction with the end of the row.
    async fn handle(&self, task: &Task) -> Result<StageResult, Failure>;
}
