//! A folder of its own for each test, in which the built binary is run as a user runs it.
use std::{
    env, fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use crate::wait::until;

/// Longest time for one command.
const LIMIT: Duration = Duration::from_secs(90);

/// A temporary folder; gone with the test.
pub struct Folder(tempfile::TempDir);

/// How a command ended and what it said.
#[derive(Debug)]
pub struct Ended {
    /// Exit status.
    pub status: ExitStatus,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ended {
    /// The exit code; panics for a process that a signal ended.
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("ended by a signal: {self:?}"))
    }

    /// Standard output, of a command that must have ended with this code.
    pub fn out_of(self, code: i32) -> String {
        assert_eq!(self.code(), code, "{self:?}");
        self.out
    }

    /// Standard error, of a command that must have ended with this code.
    pub fn err_of(self, code: i32) -> String {
        assert_eq!(self.code(), code, "{self:?}");
        self.err
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Folder {
    /// An empty folder.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with a copy of `examples/` in it.
    pub fn with_examples() -> Self {
        let folder = Self::new();
        copy(&repository().join("examples"), &folder.path().join("examples"));
        folder
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Runs the binary here to its end.
    pub fn gongkai(&self, arguments: &[&str]) -> Ended {
        self.gongkai_fed(arguments, b"")
    }

    /// The same with settings in its environment.
    pub fn gongkai_with(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Ended {
        let mut command = gongkai(self.path());
        command.args(arguments).envs(settings.iter().copied());
        ended(command, b"")
    }

    /// The same with something on standard input.
    pub fn gongkai_fed(&self, arguments: &[&str], input: &[u8]) -> Ended {
        let mut command = gongkai(self.path());
        command.args(arguments);
        ended(command, input)
    }

    /// Runs a line of shell here; `$GONGKAI` is the binary.
    pub fn shell(&self, line: &str) -> Ended {
        let mut command = without_settings(Command::new("bash"), self.path());
        command.args(["-c", line]).env("GONGKAI", binary());
        ended(command, b"")
    }
}

/// The binary, to be run in a folder; settings of the surroundings do not reach it.
pub fn gongkai(folder: &Path) -> Command {
    without_settings(Command::new(binary()), folder)
}

/// A command in a folder, with the settings of the surroundings taken out.
pub fn without_settings(mut command: Command, folder: &Path) -> Command {
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GONGKAI_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).env("NO_COLOR", "1");
    command
}

/// The built binary: `GONGKAI_BIN`, else the one beside this test.
pub fn binary() -> PathBuf {
    let beside = || env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("gongkai");
    let path = env::var_os("GONGKAI_BIN").map_or_else(beside, PathBuf::from);
    assert!(
        path.is_file(),
        "{} is not built: `cargo build -p gongkai` first, or run tests/run",
        path.display()
    );
    path
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn ended(mut command: Command, input: &[u8]) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (out, err) = (collect(child.stdout.take().unwrap()), collect(child.stderr.take().unwrap()));
    // A command that does not read its input closes the pipe, which is its right.
    let _ = child.stdin.take().unwrap().write_all(input);
    let status = wait(&mut child, &format!("{command:?}"));
    Ended { status, out: out.join().unwrap(), err: err.join().unwrap() }
}

fn wait(child: &mut Child, what: &str) -> ExitStatus {
    let waited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        until(what, LIMIT, || child.try_wait().unwrap())
    }));
    waited.unwrap_or_else(|panic| {
        let _ = child.kill();
        let _ = child.wait();
        std::panic::resume_unwind(panic)
    })
}

fn collect(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
