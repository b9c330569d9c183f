//! A ledger, a memory bus, a relay and one worker, on a clock that follows tokio's (paused) time.
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use gongkai_bus::{Bus, Envelope, MemoryBus};
use gongkai_model::Stage;
use gongkai_runtime::{
    checkpoint::Unwatched,
    clock::Clock,
    dead_letters::DeadLetters,
    handler::Handler,
    lifecycle::Stop,
    relay::Relay,
    telemetry::Metrics,
    wake::Wake,
    worker::{Deps, Worker, WorkerOptions},
};
use gongkai_store::{Failure, FailureClass, StageResult, Store, Task, TaskState};
use jiff::Timestamp;
use tokio::{task::JoinHandle, time::Instant};
use uuid::Uuid;

use crate::ledger::Ledger;

/// Follows tokio's time, so that sleeping and the ledger agree.
pub(crate) struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2025-03-01T00:00:00Z".parse().unwrap();
        start.checked_add(self.0.elapsed()).unwrap()
    }
}

/// Does what the subject says: `ok`, `slow` (1 s), `panic`, `hang`, `document`, `busy 3` (transient three times).
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) runs: Mutex<BTreeMap<String, Vec<Timestamp>>>,
    pub(crate) running: AtomicUsize,
    pub(crate) most: AtomicUsize,
    pub(crate) company_of_alone: AtomicUsize,
    pub(crate) clock: Mutex<Option<Arc<TokioClock>>>,
}

impl Script {
    pub(crate) fn runs_of(&self, subject: &str) -> usize {
        self.runs.lock().unwrap().get(subject).map_or(0, Vec::len)
    }

    async fn act(&self, task: &Task) -> Result<StageResult, Failure> {
        let failure = |class, message: &str| Failure { class, message: message.to_owned(), retry_at: None };
        let mut words = task.subject.split(' ');
        match words.next().unwrap_or_default() {
            "slow" => tokio::time::sleep(Duration::from_secs(1)).await,
            "panic" => panic!("a page that breaks us"),
            "hang" => std::future::pending().await,
            "document" => return Err(failure(FailureClass::Document, "encrypted")),
            "busy" => {
                let times: i32 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
                if task.attempt < times {
                    return Err(failure(FailureClass::Transient, "503"));
                }
            }
            _ => {}
        }
        Ok(StageResult::Nothing)
    }
}

#[async_trait]
impl Handler for Script {
    fn stage(&self) -> Stage {
        Stage::Parse
    }

    async fn handle(&self, task: &Task) -> Result<StageResult, Failure> {
        let now = self.clock.lock().unwrap().as_ref().unwrap().now();
        self.runs.lock().unwrap().entry(task.subject.clone()).or_default().push(now);
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        if task.alone {
            self.company_of_alone.fetch_max(running, Ordering::SeqCst);
        }
        let result = self.act(task).await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        result
    }
}

pub(crate) struct Chain {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) bus: Arc<MemoryBus>,
    pub(crate) script: Arc<Script>,
    pub(crate) deps: Deps,
    pub(crate) clock: Arc<TokioClock>,
}

pub(crate) const OPTIONS: WorkerOptions =
    WorkerOptions { slots: 4, batch: 8, deadline: Duration::from_secs(60) };

impl Chain {
    pub(crate) fn new() -> Self {
        let (ledger, bus) = (Arc::new(Ledger::default()), Arc::new(MemoryBus::new()));
        let clock = Arc::new(TokioClock(Instant::now()));
        let script = Arc::new(Script::default());
        *script.clock.lock().unwrap() = Some(Arc::clone(&clock));
        let deps = Deps {
            store: Arc::clone(&ledger) as Arc<dyn Store>,
            bus: Arc::clone(&bus) as Arc<dyn Bus>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            wake: Wake::new(),
            metrics: Arc::new(Metrics::new("test").unwrap()),
            checkpoint: Arc::new(Unwatched),
        };
        Self { ledger, bus, script, deps, clock }
    }

    /// A row of stage parse, due now; the relay is not woken.
    pub(crate) async fn raise(&self, subject: &str) -> Uuid {
        let now = self.clock.now();
        self.ledger.raise(Stage::Parse, subject, now, now).await.unwrap().task
    }

    pub(crate) fn relay(&self, window: u32, stop: &Stop) -> JoinHandle<()> {
        tokio::spawn(Relay::new(self.deps.clone(), window).run(stop.clone()))
    }

    pub(crate) fn worker(&self, options: WorkerOptions, stop: &Stop) -> JoinHandle<()> {
        let worker = Worker::new(self.deps.clone(), Arc::clone(&self.script) as Arc<dyn Handler>, options);
        let stop = stop.clone();
        tokio::spawn(async move { worker.run(stop).await.unwrap() })
    }

    pub(crate) fn dead_letters(&self, stop: &Stop) -> JoinHandle<()> {
        tokio::spawn(DeadLetters::new(self.deps.clone()).run(stop.clone()))
    }

    /// All three with usual settings.
    pub(crate) fn start(&self) -> Stop {
        let stop = Stop::new();
        self.relay(1_000, &stop);
        self.worker(OPTIONS, &stop);
        self.dead_letters(&stop);
        stop
    }

    /// Waits (in paused time: at once) until a fact holds; at most so long.
    pub(crate) async fn until(&self, limit: Duration, holds: impl Fn() -> bool) {
        let wait = async {
            while !holds() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        assert!(tokio::time::timeout(limit, wait).await.is_ok(), "not within {limit:?}");
    }

    pub(crate) async fn until_state(&self, task: Uuid, state: TaskState, limit: Duration) {
        self.until(limit, || self.ledger.row(task).state == state).await;
    }

    pub(crate) fn counted(&self, outcome: &str) -> u64 {
        self.deps.metrics.messages.with_label_values(&["parse", outcome]).get()
    }

    /// The body of a message for a row.
    pub(crate) fn body(&self, task: Uuid, generation: i64) -> Vec<u8> {
        Envelope::new(Stage::Parse, task, generation, "subject").to_bytes()
    }
}
