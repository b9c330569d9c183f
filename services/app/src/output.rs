//! Standard output and error of the commands: one place that prints, exit codes, colours only for a terminal.
use std::{
    fs::OpenOptions,
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing at or above the level.
    Fine,
    /// Findings.
    Findings,
    /// Something could not be run or read.
    CouldNotRun,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::CouldNotRun => Self::from(2),
        }
    }
}

/// Prints to standard output.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes what people will go on to edit to a file that is not there yet; never over one.
pub(crate) fn write_new(place: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(place).with_context(|| {
        format!(
            "未写入 {}，已有同名文件则请先移走 (not written; move a file of that name away first)",
            place.display()
        )
    })?;
    Ok(file.write_all(text.as_bytes())?)
}

/// Prints a line to standard error; there is nobody left to tell if that fails.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "gongkai: {line}");
}

/// Colours are for terminals, and for people who have not asked for none (`NO_COLOR`).
pub(crate) fn colour() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The reader of our output has gone away (`gongkai … | head`).
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
