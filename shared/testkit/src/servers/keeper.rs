//! A folder for a server and a process that ends the server and removes the folder, however the test process ends.
use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use super::ServerError;

const SCRIPT: &str = include_str!("keeper.sh");
/// The mark by which the processes of a server are found: its value is the folder.
const MARK: &str = "GONGKAI_TEST_SERVER";
/// Where programs are looked for, inside a chroot folder as well.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Statics are not dropped and a killed process drops nothing: so the keeper is a process, in a group of its own,
/// that waits for the end of a pipe which only this process holds open.
#[derive(Debug)]
pub(super) struct Keeper {
    folder: PathBuf,
    process: Child,
    pipe: Option<ChildStdin>,
}

impl Keeper {
    /// Makes an empty folder in `parent`, and its keeper.
    pub(super) fn start(parent: &Path, name: &str) -> Result<Self, ServerError> {
        let mut process = script(&["keep".as_ref(), parent.as_os_str(), name.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| ServerError::system("start sh", error))?;
        let pipe = process.stdin.take();
        let mut line = String::new();
        if let Some(stdout) = process.stdout.take() {
            // A line that cannot be read is an empty one, and told below.
            drop(BufReader::new(stdout).read_line(&mut line));
        }
        let Some(folder) = line.strip_suffix('\n').filter(|folder| !folder.is_empty()) else {
            let mut said = String::new();
            if let Some(mut stderr) = process.stderr.take() {
                drop(stderr.read_to_string(&mut said));
            }
            drop(process.wait());
            let command = format!("make a folder in {}", parent.display());
            return Err(ServerError::Command { command, said });
        };
        Ok(Self { folder: PathBuf::from(folder), process, pipe })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command whose process, and all that it starts, the keeper ends. It has an environment with nothing of ours
    /// and reads nothing.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env(MARK, &self.folder).env("PATH", PATH).env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null()).process_group(0);
        command
    }

    /// The same for a server: it writes to a log, and is told nothing by a terminal.
    pub(super) fn server(
        &self,
        mut command: Command,
        log: &Path,
        what: &'static str,
    ) -> Result<Child, ServerError> {
        let both = File::create(log).and_then(|file| Ok((file.try_clone()?, file)));
        let (out, err) =
            both.map_err(|error| ServerError::system(format!("write {}", log.display()), error))?;
        let child = command.stdout(out).stderr(err).spawn();
        child.map_err(|error| ServerError::system(format!("start {what}"), error))
    }

    /// Sends a signal to every process of the server at once; `KILL` returns when none is left.
    pub(super) fn signal(&self, signal: &str) -> Result<(), ServerError> {
        run(script(&["signal".as_ref(), signal.as_ref(), self.folder.as_os_str()])).map(drop)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // Whoever dropped this wants it gone, not going.
        drop(self.process.wait());
    }
}

fn script(arguments: &[&OsStr]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT, "keeper"]).args(arguments).process_group(0);
    command
}

/// Runs a command to its end and gives what it wrote.
pub(super) fn run(mut command: Command) -> Result<String, ServerError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| ServerError::system(format!("start {name}"), error))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let arguments: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    let said = format!("{said}{}", String::from_utf8_lossy(&output.stderr));
    Err(ServerError::Command { command: format!("{name} {}", arguments.join(" ")), said })
}
