//! The life of a process: every task is tracked, the first failure or a signal ends it in order, and within a limit.
use std::{
    fmt::Display,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinError, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::error::RuntimeError;

/// From the first signal to the end.
const WHOLE: Duration = Duration::from_secs(5);
/// Of it, how long tasks may finish what they have begun.
const SOFT: Duration = Duration::from_secs(4);

/// The two signs to stop, as tasks see them.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Begin nothing new; finish and settle what is begun.
    pub soft: CancellationToken,
    /// Drop everything now.
    pub hard: CancellationToken,
}

impl Stop {
    /// Signs that nobody has given yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// True once stopping has begun.
    pub fn is_stopping(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// Sleeps; `false` when stopping began meanwhile.
    pub async fn sleep(&self, pause: Duration) -> bool {
        timeout(pause, self.soft.cancelled()).await.is_err()
    }
}

/// Where requests to end come from.
pub trait Signals: Send {
    /// The next request to end; never returns when none can come any more.
    fn next(&mut self) -> impl Future<Output = ()> + Send;
}

impl Signals for mpsc::Receiver<()> {
    async fn next(&mut self) {
        if self.recv().await.is_none() {
            std::future::pending().await
        }
    }
}

/// Ctrl-C and, on Unix, SIGTERM.
pub struct OsSignals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl OsSignals {
    /// Listens to them from now on; needs a running tokio runtime.
    #[cfg(unix)]
    pub fn listen() -> Result<Self, RuntimeError> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind).map_err(|source| RuntimeError::System { what: "cannot listen to signals", source })
        };
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    /// Listens to them from now on; needs a running tokio runtime.
    #[cfg(not(unix))]
    pub fn listen() -> Result<Self, RuntimeError> {
        Ok(Self {})
    }
}

impl Signals for OsSignals {
    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

/// The tasks of a process. Clones speak of the same tasks.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    stop: Stop,
    tasks: TaskTracker,
    failure: Arc<Mutex<Option<RuntimeError>>>,
}

impl Lifecycle {
    /// No tasks yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The signs to stop, for tasks.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Runs a task. Its error or panic is logged once and ends the process with that error; a good end does not.
    pub fn spawn<E: Display + Send + 'static>(
        &self,
        name: &'static str,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        let life = self.clone();
        self.tasks.spawn(async move {
            let mut running = tokio::spawn(task);
            let ended = tokio::select! {
                ended = &mut running => ended,
                () = life.stop.hard.cancelled() => {
                    running.abort();
                    running.await
                }
            };
            if let Some(detail) = failure_of(ended) {
                life.failed(name, detail);
            }
        });
    }

    /// Begins to stop, as a signal does.
    pub fn shut_down(&self) {
        self.stop.soft.cancel();
    }

    /// Waits for a signal, a failure or the end of all tasks; then ends the process's tasks: within 5 s, at once on a second
    /// signal. Gives the first failure, if there was one.
    pub async fn run(self, mut signals: impl Signals) -> Result<(), RuntimeError> {
        self.tasks.close();
        tokio::select! {
            () = signals.next() => tracing::info!("stopping: a signal came"),
            () = self.stop.soft.cancelled() => tracing::info!("stopping"),
            () = self.tasks.wait() => {}
        }
        self.stop.soft.cancel();
        tokio::select! {
            () = signals.next() => tracing::warn!("stopping at once: a second signal came"),
            ended = timeout(SOFT, self.tasks.wait()) => if ended.is_err() {
                tracing::warn!(tasks = self.tasks.len(), "some tasks did not end in time and are dropped; the ledger keeps their work");
            },
        }
        self.stop.hard.cancel();
        if timeout(WHOLE - SOFT, self.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), "some tasks could not be dropped");
        }
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map_or(Ok(()), Err)
    }

    fn failed(&self, name: &'static str, detail: String) {
        tracing::error!(task = name, error = %detail, "a task failed; the process ends");
        let error = RuntimeError::Task { name, detail };
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.stop.soft.cancel();
    }
}

fn failure_of<E: Display>(ended: Result<Result<(), E>, JoinError>) -> Option<String> {
    match ended {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(error) if error.is_cancelled() => None,
        Err(error) => Some(panic_text(error)),
    }
}

/// What a task panicked with.
pub(crate) fn panic_text(error: JoinError) -> String {
    let Ok(cause) = error.try_into_panic() else { return "cancelled".to_owned() };
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.unwrap_or_else(|| "(no message)".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    type Never = std::convert::Infallible;

    fn signals() -> (mpsc::Sender<()>, mpsc::Receiver<()>) {
        mpsc::channel(4)
    }

    #[tokio::test(start_paused = true)]
    async fn a_signal_lets_tasks_finish() {
        let life = Lifecycle::new();
        let (finished, mut was_finished) = mpsc::channel(1);
        let stop = life.stop();
        life.spawn("orderly", async move {
            stop.soft.cancelled().await;
            tokio::time::sleep(Duration::from_secs(2)).await;
            let _ = finished.send(()).await;
            Ok::<_, Never>(())
        });
        let (signal, received) = signals();
        signal.send(()).await.unwrap();
        life.run(received).await.unwrap();
        assert!(was_finished.recv().await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_listen_is_dropped_in_time() {
        let life = Lifecycle::new();
        life.spawn("deaf", std::future::pending::<Result<(), Never>>());
        let (signal, received) = signals();
        signal.send(()).await.unwrap();
        let start = Instant::now();
        life.run(received).await.unwrap();
        assert!(start.elapsed() <= WHOLE, "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_signal_ends_at_once() {
        let life = Lifecycle::new();
        life.spawn("deaf", std::future::pending::<Result<(), Never>>());
        let (signal, received) = signals();
        signal.send(()).await.unwrap();
        signal.send(()).await.unwrap();
        let start = Instant::now();
        life.run(received).await.unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_failure_ends_the_process_and_is_told() {
        let life = Lifecycle::new();
        let stop = life.stop();
        life.spawn("good", async move {
            stop.soft.cancelled().await;
            Err::<(), _>("a later failure")
        });
        life.spawn("bad", async { Err::<(), _>("no disk") });
        let (_signal, received) = signals();
        let error = life.run(received).await.unwrap_err();
        assert_eq!(error.to_string(), "bad failed: no disk");
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_counts_as_a_failure() {
        let life = Lifecycle::new();
        life.spawn("wild", async {
            if life_is_hard() {
                panic!("out of {}", "luck");
            }
            Ok::<_, Never>(())
        });
        let (_signal, received) = signals();
        let error = life.run(received).await.unwrap_err();
        assert_eq!(error.to_string(), "wild failed: panicked: out of luck");
    }

    fn life_is_hard() -> bool {
        std::hint::black_box(true)
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_whose_tasks_all_end_well_ends_well() {
        let life = Lifecycle::new();
        life.spawn("short", async { Ok::<_, Never>(()) });
        let (_signal, received) = signals();
        life.run(received).await.unwrap();
    }
}
