//! Standard output and error of the commands: one place that prints, exit codes, colours only for a terminal.
use std::{
    fs::{File, OpenOptions, Permissions},
    io::{self, IsTerminal, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use tempfile::NamedTempFile;

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

impl Exit {
    /// The number that the process ends with.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::CouldNotRun => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
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

/// A file that is written beside its place and put there when it is complete: who opens it sees the old one or the new one, and
/// of one that was not completed nothing stays.
pub(crate) struct Beside {
    part: NamedTempFile,
    place: PathBuf,
}

impl Beside {
    /// Begins one.
    pub(crate) fn begin(place: &Path) -> anyhow::Result<Self> {
        let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // As for any new file: what the user's mask leaves of it.
        let mode = Permissions::from_mode(0o666);
        let part = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".part")
            .permissions(mode)
            .tempfile_in(folder_of(place))
            .with_context(|| cannot_write(place))?;
        Ok(Self { part, place: place.to_owned() })
    }

    /// What to write into.
    pub(crate) fn file(&self) -> anyhow::Result<File> {
        self.part.as_file().try_clone().with_context(|| cannot_write(&self.place))
    }

    /// Everything is written.
    pub(crate) fn complete(self) -> anyhow::Result<()> {
        let Self { part, place } = self;
        part.as_file().sync_all().with_context(|| cannot_write(&place))?;
        part.persist(&place).map_err(|error| error.error).with_context(|| cannot_write(&place))?;
        Ok(())
    }
}

/// The folder that a file is in.
pub(crate) fn folder_of(place: &Path) -> &Path {
    place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn cannot_write(place: &Path) -> String {
    format!("无法写入 {0} (cannot write {0})", place.display())
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_the_old_one_until_the_new_one_is_complete() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("台账.csv");
        fs::write(&place, "old").unwrap();
        let left = Beside::begin(&place).unwrap();
        left.file().unwrap().write_all(b"half").unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "it lies beside");
        drop(left);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing stays of it");
        assert_eq!(fs::read_to_string(&place).unwrap(), "old");
        let done = Beside::begin(&place).unwrap();
        done.file().unwrap().write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "old");
        done.complete().unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "new");
        let error = Beside::begin(&folder.path().join("none/a.csv")).err().unwrap();
        assert!(format!("{error:#}").contains("none/a.csv"), "{error:#}");
    }
}
