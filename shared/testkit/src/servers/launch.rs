//! Waiting for a server: until its own log says that it is ready, until its process and its port are gone.
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use super::{ServerError, keeper, ports};

const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Generous: the machine may be building something at the same time.
const READY_WITHIN: Duration = Duration::from_secs(90);
const GONE_WITHIN: Duration = Duration::from_secs(60);
const LINES_SHOWN: usize = 25;

/// A running server: the process started, and what is known of it.
#[derive(Debug)]
pub(super) struct Launched {
    pub(super) child: Child,
    /// What it needs beside it; nobody waits for these, they end by the keeper.
    pub(super) helpers: Vec<Child>,
    pub(super) server: &'static str,
    pub(super) log: PathBuf,
    pub(super) port: u16,
}

impl Launched {
    /// Waits for the line of the log that says so. Another server that took the port cannot write it.
    pub(super) fn wait_until_ready(&mut self, line: &str) -> Result<(), ServerError> {
        let end = Instant::now() + READY_WITHIN;
        loop {
            let ended = self.child.try_wait();
            let ended = ended.map_err(|error| ServerError::system("wait for a process", error))?;
            if let Some(status) = ended {
                return Err(self.failed(format!("ended while it started ({status})")));
            }
            if fs::read_to_string(&self.log).is_ok_and(|log| log.contains(line)) {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(self.failed(format!("was not ready within {} s", READY_WITHIN.as_secs())));
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Waits until the process has ended and nobody answers at its port.
    pub(super) fn wait_until_gone(&mut self) -> Result<(), ServerError> {
        let end = Instant::now() + GONE_WITHIN;
        loop {
            let ended = self.child.try_wait();
            let ended = ended.map_err(|error| ServerError::system("wait for a process", error))?;
            if ended.is_some() && !ports::is_open(self.port) {
                return Ok(());
            }
            if Instant::now() > end {
                return Err(self.failed(format!("was not gone within {} s", GONE_WITHIN.as_secs())));
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    /// Sends a signal to the process that was started, alone.
    pub(super) fn signal(&self, signal: &str) -> Result<(), ServerError> {
        // The program `kill` is not everywhere, the shell's is.
        let mut command = Command::new("sh");
        command.args(["-c", "kill -s \"$0\" \"$1\"", signal, &self.child.id().to_string()]);
        keeper::run(command).map(drop)
    }

    fn failed(&self, what: String) -> ServerError {
        ServerError::Server { server: self.server, what, log: tail(&self.log) }
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        // What the keeper has ended is taken off the list of processes; what still runs is its concern.
        for child in self.helpers.iter_mut().chain([&mut self.child]) {
            drop(child.try_wait());
        }
    }
}

fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(LINES_SHOWN)).copied().collect::<Vec<_>>().join("\n")
}

/// Starts with other ports when one was taken between looking and listening; any other failure is one.
pub(super) fn with_free_ports<T, const N: usize>(
    start: impl Fn([u16; N]) -> Result<T, ServerError>,
) -> Result<T, ServerError> {
    const ATTEMPTS: usize = 4;
    let mut attempt = 1;
    loop {
        let chosen = ports::free()?;
        match start(chosen) {
            Err(_) if attempt < ATTEMPTS && !chosen.iter().all(|port| ports::is_free(*port)) => attempt += 1,
            result => return result,
        }
    }
}
