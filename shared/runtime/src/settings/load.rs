//! Reads the layers of settings over each other, and says what is wrong with them.
use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
};

use config::{Config, ConfigError, Environment, File, FileFormat};
use gongkai_model::Text;

use super::{
    Settings, check,
    file::{Entry, Kind, NotToml, entries},
    loaded::{Layers, Loaded, Origin, Override, Problem},
};
use crate::error::RuntimeError;

/// The embedded default, which is also the documentation of the settings.
pub(super) const DEFAULT: &str = include_str!("../../default.toml");
/// The file that is read when none is named; it need not exist.
const FILE: &str = "gongkai.toml";
/// Settings without a default.
const OPTIONAL: [(&str, Kind); 1] = [("calendar.today", Kind::Text)];
/// Start of the names of environment variables.
const PREFIX: &str = "GONGKAI_";
/// Likeness from which a known name is suggested.
const LIKE: f64 = 0.75;

/// This process's environment variables that concern gongkai; one that is not Unicode is left out.
pub fn environment() -> Vec<(String, String)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(text).filter(|(name, _)| name.starts_with(PREFIX)).collect()
}

/// Reads all layers; says everything that is wrong with them at once.
pub fn load(layers: &Layers) -> Result<Loaded, RuntimeError> {
    let mut reading = Reading::of_the_default();
    let file = reading.file(layers.file.clone());
    let variables = reading.environment(&layers.environment);
    let overrides = reading.overrides(&layers.overrides);
    if !reading.problems.is_empty() {
        return Err(RuntimeError::settings(reading.problems));
    }
    let settings = build(&file, variables, &overrides)
        .map_err(|error| RuntimeError::settings(vec![problem_of(&error, &reading.origins)]))?;
    let problems = check::problems(&settings, &reading.origins);
    if !problems.is_empty() {
        return Err(RuntimeError::settings(problems));
    }
    Ok(Loaded { settings, origins: reading.origins })
}

fn build(
    file: &str,
    variables: HashMap<String, String>,
    overrides: &[Override],
) -> Result<Settings, ConfigError> {
    let environment = Environment::with_prefix("GONGKAI").prefix_separator("_").separator("__");
    let mut builder = Config::builder()
        .add_source(File::from_str(DEFAULT, FileFormat::Toml))
        .add_source(File::from_str(file, FileFormat::Toml))
        .add_source(environment.source(Some(variables)));
    for set in overrides {
        builder = builder.set_override(&set.key, set.value.clone())?;
    }
    builder.build()?.try_deserialize()
}

/// What was seen while the layers were read.
struct Reading {
    known: BTreeMap<String, Kind>,
    origins: BTreeMap<String, Origin>,
    problems: Vec<Problem>,
}

impl Reading {
    fn of_the_default() -> Self {
        let entries = entries(DEFAULT).unwrap_or_default();
        let origins = entries.iter().map(|entry| (entry.key.clone(), Origin::Default)).collect();
        let optional = OPTIONAL.map(|(key, kind)| (key.to_owned(), kind));
        let known = entries.into_iter().map(|entry| (entry.key, entry.kind)).chain(optional).collect();
        Self { known, origins, problems: Vec::new() }
    }

    /// The text of the file, empty when there is none and none was asked for.
    fn file(&mut self, named: Option<PathBuf>) -> String {
        let (path, must_exist) = named.map_or((PathBuf::from(FILE), false), |path| (path, true));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => {
                return String::new();
            }
            Err(error) => {
                let (zh, en) =
                    (format!("读不了这个文件：{error}"), format!("this file cannot be read: {error}"));
                self.problem(path.display().to_string(), zh, en);
                return String::new();
            }
        };
        match entries(&text) {
            Ok(entries) => entries.into_iter().for_each(|entry| self.entry(&path, entry)),
            Err(NotToml { line, message }) => {
                let place = format!("{}:{line}", path.display());
                self.problem(place, format!("不是正确的 TOML：{message}"), format!("not TOML: {message}"));
            }
        }
        text
    }

    fn entry(&mut self, path: &std::path::Path, entry: Entry) {
        let origin = Origin::File(path.to_owned(), entry.line);
        let Some(expected) = self.known.get(&entry.key).copied() else {
            let near = nearest(&entry.key, self.known.keys());
            return self.unknown(&origin, &entry.key, near);
        };
        let fits = entry.kind == expected || (entry.kind, expected) == (Kind::Date, Kind::Text);
        if !fits {
            return self.mistyped(&origin, &entry.key, expected, entry.kind.names());
        }
        self.origins.insert(entry.key, origin);
    }

    /// The variables that are settings, checked.
    fn environment(&mut self, variables: &[(String, String)]) -> HashMap<String, String> {
        let mut settings = HashMap::new();
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(PREFIX) else { continue };
            let origin = Origin::Environment(name.clone());
            let key = rest.to_lowercase().replace("__", ".");
            if self.known.contains_key(&key) {
                if self.text_fits(&origin, &key, value) {
                    settings.insert(name.clone(), value.clone());
                }
                continue;
            }
            // One underscore where two belong is a slip; other names may be anybody's (GONGKAI_PORT of a cluster).
            let flat = |name: &str| name.to_lowercase().replace("__", "_").replace('.', "_");
            let meant = self.known.keys().find(|known| flat(known) == flat(rest)).cloned();
            if meant.is_some() || rest.contains("__") {
                let near = meant.or_else(|| nearest(&key, self.known.keys()));
                self.unknown(&origin, name, near.map(|key| variable(&key)));
            }
        }
        settings
    }

    fn overrides(&mut self, overrides: &[Override]) -> Vec<Override> {
        let mut good = Vec::new();
        for set in overrides {
            let origin = Origin::CommandLine(set.by.clone());
            if !self.known.contains_key(&set.key) {
                let near = nearest(&set.key, self.known.keys());
                self.unknown(&origin, &set.key, near);
            } else if self.text_fits(&origin, &set.key, &set.value) {
                good.push(set.clone());
            }
        }
        good
    }

    /// Whether text from outside reads as the kind of this setting; notes the origin when it does.
    fn text_fits(&mut self, origin: &Origin, key: &str, value: &str) -> bool {
        let expected = self.known.get(key).copied().unwrap_or(Kind::Text);
        let fits = match expected {
            Kind::Number => value.parse::<i64>().is_ok(),
            Kind::Switch => value.parse::<bool>().is_ok(),
            _ => true,
        };
        if fits {
            self.origins.insert(key.to_owned(), origin.clone());
        } else {
            self.mistyped(origin, key, expected, (value, value));
        }
        fits
    }

    fn mistyped(&mut self, origin: &Origin, key: &str, expected: Kind, found: (&str, &str)) {
        let (zh, en) = expected.names();
        let message =
            (format!("{key} 应为{zh}，不是 {}", found.0), format!("{key} must be {en}, not {}", found.1));
        self.problem(origin.to_string(), message.0, message.1);
    }

    fn unknown(&mut self, origin: &Origin, name: &str, near: Option<String>) {
        let (zh, en) = near.map_or_else(Default::default, |near| {
            (format!("，是否指 {near}？"), format!(", did you mean {near}?"))
        });
        self.problem(
            origin.to_string(),
            format!("没有 {name} 这项设置{zh}"),
            format!("unknown setting {name}{en}"),
        );
    }

    fn problem(&mut self, place: String, zh: String, en: String) {
        self.problems.push(Problem { place, message: Text::new(zh, en) });
    }
}

/// The environment variable of a setting.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replacen('.', "__", 1).to_uppercase())
}

/// The known name most like `name`, by the whole or by the last part alone.
fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k String>) -> Option<String> {
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let likeness = |key: &str| {
        let whole = strsim::normalized_damerau_levenshtein(name, key);
        let part = strsim::normalized_damerau_levenshtein(&last(name), &last(key)) - 0.05;
        whole.max(part)
    };
    known
        .map(|key| (likeness(key), key))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(like, _)| *like >= LIKE)
        .map(|(_, key)| key.clone())
}

/// A value that the types refuse (out of range, no date) with the place it came from.
fn problem_of(error: &ConfigError, origins: &BTreeMap<String, Origin>) -> Problem {
    let (key, detail) = match error {
        ConfigError::Type { key: Some(key), unexpected, expected, .. } => {
            (key.as_str(), format!("{unexpected}, expected {expected}"))
        }
        ConfigError::At { key: Some(key), error, .. } => (key.as_str(), error.to_string()),
        other => ("", other.to_string()),
    };
    let place = origins.get(key).map_or_else(|| "settings".to_owned(), ToString::to_string);
    Problem {
        place,
        message: Text::new(format!("{key} 的值不可用：{detail}"), format!("{key} cannot be used: {detail}")),
    }
}

#[cfg(test)]
mod tests;
