//! Layers of settings: embedded default, file, environment, command line; each value remembers where it came from.
use std::{collections::BTreeMap, fmt, path::PathBuf};

use gongkai_model::Text;

use super::{Settings, mask::masked};

/// Where settings are taken from, besides the embedded default. Later ones win.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// The file of `--config`; `None` = `gongkai.toml` in the working directory, if there is one.
    pub file: Option<PathBuf>,
    /// Environment variables; see [`environment`].
    pub environment: Vec<(String, String)>,
    /// What the command line sets.
    pub overrides: Vec<Override>,
}

/// A setting that the command line makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// `group.key`.
    pub key: String,
    /// Its value as text.
    pub value: String,
    /// The option that set it (`--demo`).
    pub by: String,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The embedded default.
    Default,
    /// A file and the line in it.
    File(PathBuf, usize),
    /// An environment variable.
    Environment(String),
    /// An option of the command line.
    CommandLine(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::CommandLine(option) => f.write_str(option),
        }
    }
}

/// One thing that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// File and line, variable or option.
    pub place: String,
    /// What is wrong and what is right.
    pub message: Text,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} / {}", self.place, self.message.zh, self.message.en)
    }
}

/// Settings with the origin of each value.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// Origin by `group.key`.
    pub origins: BTreeMap<String, Origin>,
}

impl Loaded {
    /// All settings as `key = value  # origin`, a line each, secrets masked.
    pub fn show(&self) -> String {
        let tree = toml::Table::try_from(&self.settings).unwrap_or_default();
        let mut lines = String::new();
        for (group, values) in &tree {
            for (name, value) in values.as_table().into_iter().flatten() {
                let key = format!("{group}.{name}");
                let value = match value {
                    toml::Value::String(text) => toml::Value::String(masked(&key, text)),
                    other => other.clone(),
                };
                let origin = self.origins.get(&key).unwrap_or(&Origin::Default);
                lines += &format!("{key} = {value}  # {origin}\n");
            }
        }
        lines
    }
}
