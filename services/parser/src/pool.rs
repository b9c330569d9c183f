//! Reader processes, one a slot: started when first needed, kept between documents, replaced when they die.
use std::{
    ffi::OsString,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use gongkai_reading::MAX_BYTES;
use gongkai_store::{Failure, FailureClass};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    reader::{Document, DocumentReader, poison},
    readout::Readout,
};

mod process;

use process::{Death, Process, Trouble};

/// A document is given to so many processes, if the first die before they take it.
const STARTS: usize = 2;

/// How a reader process is started; it runs [`crate::child::run`]. Its environment is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderCommand {
    /// The program.
    pub program: PathBuf,
    /// Its name in lists of processes (Unix).
    pub name: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// Reads each document in a process of its own pool. Dropping a read ends its process, dropping the readers ends all.
pub struct Readers {
    command: ReaderCommand,
    deadline: Duration,
    slots: Semaphore,
    idle: Mutex<Vec<Process>>,
}

impl Readers {
    /// At most `slots` processes, each with `deadline` for a document.
    pub fn new(command: ReaderCommand, slots: u16, deadline: Duration) -> Self {
        let slots = Semaphore::new(usize::from(slots.max(1)));
        Self { command, deadline, slots, idle: Mutex::default() }
    }

    /// A process that waits, or a new one. One that died while it waited is nobody's failure.
    fn process(&self) -> Result<Process, Failure> {
        while let Some(mut process) = self.idle().pop() {
            if process.is_alive() {
                return Ok(process);
            }
            tracing::debug!("a waiting reader process had ended; it is replaced");
        }
        Process::start(&self.command).map_err(|error| {
            let program = self.command.program.display();
            transient(format!("no reader process could be started ({program}): {error}"))
        })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Process>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The reports, or the death of a process that had not taken the document.
    async fn attempt(&self, document: &Document) -> Result<Result<Readout, Death>, Failure> {
        let mut process = self.process()?;
        let url = &document.url;
        let trouble = match timeout(self.deadline, process.exchange(document)).await {
            Ok(Ok(reports)) => {
                self.idle().push(process);
                return Ok(Ok(reports));
            }
            Ok(Err(trouble)) => trouble,
            Err(_) => {
                process.kill().await;
                let deadline = self.deadline;
                return Err(poison(format!(
                    "reading {url} took longer than {deadline:?}; the reader process was ended"
                )));
            }
        };
        match trouble {
            Trouble::NotTaken => Ok(Err(process.death().await)),
            Trouble::Died => Err(died(url, &process.death().await)),
            Trouble::Nonsense(what) => {
                process.kill().await;
                Err(poison(format!("reading {url} gave no reports ({what}); the reader process was ended")))
            }
        }
    }
}

#[async_trait]
impl DocumentReader for Readers {
    async fn read(&self, document: Document) -> Result<Readout, Failure> {
        // Refused by its size alone, so there is nothing to send.
        if document.bytes.len() > MAX_BYTES {
            return Ok(document.read()?);
        }
        let slot = self.slots.acquire().await;
        let _slot = slot.map_err(|_| transient("the readers are closed".to_owned()))?;
        let mut last = None;
        for _ in 0..STARTS {
            match self.attempt(&document).await? {
                Ok(reports) => return Ok(reports),
                Err(death) => last = Some(death),
            }
        }
        let how = last.map(|death| death.to_string()).unwrap_or_default();
        Err(transient(format!("reader processes end before they take a document: {how}")))
    }
}

/// Whoever ends processes by hand, or the system at its stop, says nothing about the document.
fn died(url: &str, death: &Death) -> Failure {
    let message = format!("the reader process died while reading {url}: {death}");
    if death.was_asked_for() { transient(message) } else { poison(message) }
}

fn transient(message: String) -> Failure {
    Failure::new(FailureClass::Transient, message)
}
