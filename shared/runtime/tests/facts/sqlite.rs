//! The loop on the real store, in real time: what the ledger of the other tests imitates.
use std::{collections::HashMap, sync::Arc, sync::Mutex, time::Duration};

use async_trait::async_trait;
use gongkai_bus::{Bus, MemoryBus};
use gongkai_model::Stage;
use gongkai_runtime::{
    checkpoint::Unwatched,
    clock::{Clock, SystemClock},
    handler::Handler,
    lifecycle::Stop,
    relay::Relay,
    telemetry::Metrics,
    wake::Wake,
    worker::{Deps, Worker, WorkerOptions},
};
use gongkai_store::{Failure, FailureClass, SqlStore, StageResult, Store, Task};

/// Does everything at the first try but every tenth row, which needs a second one.
#[derive(Default)]
struct Counter(Mutex<HashMap<String, u32>>);

#[async_trait]
impl Handler for Counter {
    fn stage(&self) -> Stage {
        Stage::Parse
    }

    async fn handle(&self, task: &Task) -> Result<StageResult, Failure> {
        *self.0.lock().unwrap().entry(task.subject.clone()).or_default() += 1;
        if task.subject.ends_with('0') && task.attempt == 0 {
            return Err(Failure {
                class: FailureClass::Transient,
                message: "503".to_owned(),
                retry_at: None,
            });
        }
        Ok(StageResult::Nothing)
    }
}

#[tokio::test]
async fn rows_of_the_real_store_are_done_once_each_and_retried_where_they_failed() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(SqlStore::sqlite(folder.path().join("g.db")).await.unwrap());
    let clock = Arc::new(SystemClock::default());
    for n in 0..300 {
        store.raise(Stage::Parse, &format!("row {n}"), clock.now(), clock.now()).await.unwrap();
    }
    let deps = Deps {
        store: Arc::clone(&store),
        bus: Arc::new(MemoryBus::new()) as Arc<dyn Bus>,
        clock: clock.clone(),
        wake: Wake::new(),
        metrics: Arc::new(Metrics::new("test").unwrap()),
        checkpoint: Arc::new(Unwatched),
    };
    let (stop, counter) = (Stop::new(), Arc::new(Counter::default()));
    let options = WorkerOptions { slots: 4, batch: 16, deadline: Duration::from_secs(5) };
    let relay = Relay::new(deps.clone(), 1_000);
    let relay = tokio::spawn(relay.run(stop.clone()));
    let worker = tokio::spawn(Worker::new(deps.clone(), counter.clone(), options).run(stop.clone()));
    let done = async {
        loop {
            let counts = store.stage_counts(clock.now()).await.unwrap();
            let parse = counts.iter().find(|count| count.stage == Stage::Parse).unwrap();
            if parse.done == 300 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), done).await.unwrap();
    stop.soft.cancel();
    relay.await.unwrap();
    worker.await.unwrap().unwrap();
    let runs = counter.0.lock().unwrap();
    assert!(runs.iter().all(|(row, runs)| *runs == if row.ends_with('0') { 2 } else { 1 }), "{runs:?}");
    let count = |outcome| deps.metrics.messages.with_label_values(&["parse", outcome]).get();
    assert_eq!((count("done"), count("retried"), count("dead_lettered")), (300, 30, 0));
}
