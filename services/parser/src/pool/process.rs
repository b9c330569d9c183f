//! One reader process as its parent sees it: started, given a document, ended; and what it died of.
use std::{
    fmt, io,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};
use tokio_util::task::AbortOnDropHandle;

use super::ReaderCommand;
use crate::{
    frames::{self, Answer, Header},
    reader::Document,
    readout::{Head, ReadReport, Readout},
};

/// How long a process may take to be gone, once its output has ended or it was killed.
const LAST_MOMENTS: Duration = Duration::from_secs(1);
/// What is kept of its standard error, bytes; and of the last line of it, characters.
const TAIL: usize = 4096;
const LINE: usize = 300;

/// A process that reads one document at a time. Dropping it kills it.
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// Ends with the process's standard error; gives the last line.
    errors: AbortOnDropHandle<String>,
    requests: u64,
}

/// Why there are no reports.
pub(super) enum Trouble {
    /// The process ended before it had the whole document.
    NotTaken,
    /// It ended with the document in its hands.
    Died,
    /// It answered with something else.
    Nonsense(String),
}

/// How a process ended.
pub(super) struct Death {
    status: Option<ExitStatus>,
    last_line: String,
}

impl Process {
    /// Starts one, in a process group of its own: Ctrl-C on a terminal is for the parent, which ends its readers in order.
    pub(super) fn start(command: &ReaderCommand) -> io::Result<Self> {
        let mut start = Command::new(&command.program);
        start.args(&command.arguments).env_clear().kill_on_drop(true);
        start.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        start.process_group(0).arg0(&command.name);
        let mut child = start.spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(errors)) = pipes else {
            return Err(io::Error::other("a pipe to the process is missing"));
        };
        let errors = AbortOnDropHandle::new(tokio::spawn(last_line(errors)));
        Ok(Self { child, input, output, errors, requests: 0 })
    }

    /// False once it has ended.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Has a document read. After trouble, and when the future was dropped, the process is of no further use.
    pub(super) async fn exchange(&mut self, document: &Document) -> Result<Readout, Trouble> {
        self.requests += 1;
        let number = self.requests.to_be_bytes();
        self.ask(document).await?;
        let begun = self.answer(Trouble::NotTaken).await?;
        if begun != number {
            return Err(Trouble::Nonsense("it did not name the request".to_owned()));
        }
        let answer = self.answer(Trouble::Died).await?;
        let Answer { text_hash, heads } = serde_json::from_slice(&answer).map_err(|e| nonsense(&e))?;
        if heads.is_empty() {
            return Err(Trouble::Nonsense("an empty list".to_owned()));
        }
        let mut reports = Vec::with_capacity(heads.len());
        for head in heads {
            reports.push(self.report(head).await?);
        }
        Ok(Readout { text_hash, reports })
    }

    async fn report(&mut self, head: Head) -> Result<ReadReport, Trouble> {
        let json = String::from_utf8(self.answer(Trouble::Died).await?).map_err(|e| nonsense(&e))?;
        Ok(ReadReport { head, json })
    }

    async fn ask(&mut self, document: &Document) -> Result<(), Trouble> {
        let header = Header {
            number: self.requests,
            content_type: document.content_type.clone(),
            url: document.url.clone(),
        };
        let header = serde_json::to_vec(&header).map_err(|error| nonsense(&error))?;
        // Without its last byte a document is not taken, whatever the reason.
        frames::send(&mut self.input, &header).await.map_err(|_| Trouble::NotTaken)?;
        frames::send(&mut self.input, &document.bytes).await.map_err(|_| Trouble::NotTaken)
    }

    /// The next frame; its end instead means `ended`.
    async fn answer(&mut self, ended: Trouble) -> Result<Vec<u8>, Trouble> {
        match frames::receive(&mut self.output).await {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => Err(ended),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(nonsense(&error)),
            Err(_) => Err(ended),
        }
    }

    /// Waits for the end of a process whose output has ended, and says how it was.
    pub(super) async fn death(mut self) -> Death {
        let Ok(status) = timeout(LAST_MOMENTS, self.child.wait()).await else {
            self.kill().await;
            return Death { status: None, last_line: String::new() };
        };
        let line = timeout(LAST_MOMENTS, self.errors).await;
        let last_line = line.ok().and_then(Result::ok).unwrap_or_default();
        Death { status: status.ok(), last_line }
    }

    /// Kills it and sees that it is gone.
    pub(super) async fn kill(mut self) {
        match timeout(LAST_MOMENTS, self.child.kill()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a reader process could not be ended"),
            Err(_) => tracing::warn!(pid = self.child.id(), "a reader process is killed and not gone yet"),
        }
    }
}

impl Death {
    /// Ended by a signal that people and service managers send, and that no document causes.
    #[cfg(unix)]
    pub(super) fn was_asked_for(&self) -> bool {
        use std::os::unix::process::ExitStatusExt;
        const HANG_UP: i32 = 1;
        const INTERRUPT: i32 = 2;
        const TERMINATE: i32 = 15;
        let signal = self.status.and_then(|status| status.signal());
        signal.is_some_and(|signal| [HANG_UP, INTERRUPT, TERMINATE].contains(&signal))
    }

    #[cfg(not(unix))]
    pub(super) fn was_asked_for(&self) -> bool {
        false
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("it closed its output and did not end")?,
        }
        if self.last_line.is_empty() { Ok(()) } else { write!(f, ", {}", self.last_line) }
    }
}

fn nonsense(what: &dyn fmt::Display) -> Trouble {
    Trouble::Nonsense(what.to_string())
}

/// The last line of what comes, kept within bounds however much comes.
async fn last_line(mut errors: impl AsyncRead + Unpin) -> String {
    let (mut tail, mut chunk) = (Vec::new(), [0; 1024]);
    while let Ok(read @ 1..) = errors.read(&mut chunk).await {
        tail.extend_from_slice(chunk.get(..read).unwrap_or_default());
        let surplus = tail.len().saturating_sub(TAIL);
        tail.drain(..surplus);
    }
    let text = String::from_utf8_lossy(&tail);
    // Rust's own advice on backtraces comes last and says nothing.
    let telling = |line: &&str| !line.is_empty() && !line.starts_with("note: ");
    let line = text.lines().map(str::trim).rfind(telling).unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(LINE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_line_is_kept_and_no_more() {
        assert_eq!(last_line(b"".as_slice()).await, "");
        assert_eq!(last_line(b"one\ntwo\x1b[0m\n\nnote: advice\n".as_slice()).await, "two[0m");
        let long = [b"x\n".repeat(9_000), "长".repeat(5_000).into_bytes()].concat();
        assert_eq!(last_line(long.as_slice()).await.chars().count(), LINE);
    }
}
