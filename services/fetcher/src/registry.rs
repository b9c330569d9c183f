//! The registry of bodies: a CSV file, read whole, with every mistake named by line and column.
use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use gongkai_model::{Body, Text};

use crate::problem::Problem;

pub mod build;
mod check;
mod line;

/// The columns of the file, in the order of the contract.
pub const COLUMNS: [&str; 15] = [
    "id",
    "name",
    "former_names",
    "code",
    "level",
    "kind",
    "parent",
    "site",
    "local_due",
    "vertical",
    "rule_making",
    "reports_itself",
    "valid_from",
    "valid_to",
    "successor",
];

/// The bodies with the places of their lines.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    file: PathBuf,
    text: String,
    bodies: Vec<Body>,
    lines: Vec<Line>,
}

/// One line's fields with their bytes in the file.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    fields: Vec<(&'static str, String, Range<usize>)>,
    whole: Range<usize>,
}

impl Line {
    fn get(&self, column: &str) -> &str {
        self.fields.iter().find(|(name, ..)| *name == column).map_or("", |(_, value, _)| value.as_str())
    }

    fn span(&self, column: &str) -> Range<usize> {
        self.fields
            .iter()
            .find(|(name, ..)| *name == column)
            .map_or_else(|| self.whole.clone(), |(_, _, span)| span.clone())
    }
}

impl Registry {
    /// Reads a file.
    ///
    /// # Errors
    /// Every mistake found; nothing of the file is used then.
    pub fn read(file: &Path) -> Result<Self, Vec<Problem>> {
        let failed = |zh: String, en: String| vec![Problem::of_file(file, Text::new(zh, en))];
        let bytes = fs::read(file).map_err(|error| {
            failed(
                format!("打不开机构名录（registry.file）：{error}"),
                format!("cannot open the registry (registry.file): {error}"),
            )
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let line = error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
            failed(
                format!("第 {line} 行不是 UTF-8，请另存为 UTF-8"),
                format!("line {line} is not UTF-8; save the file as UTF-8"),
            )
        })?;
        Self::parse(file, text)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// As `read`.
    pub fn parse(file: &Path, text: String) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let lines = line::lines(file, &text, &mut problems);
        let mut registry = Self { file: file.to_owned(), text, bodies: Vec::new(), lines };
        if problems.is_empty() {
            registry.bodies = registry
                .lines
                .iter()
                .filter_map(|line| check::body(&registry, line, &mut problems))
                .collect();
            check::across(&registry, &mut problems);
        }
        if problems.is_empty() { Ok(registry) } else { Err(problems) }
    }

    /// The bodies, in the order of the file.
    pub fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    /// Names of sites that no profile has, each where it stands first.
    pub fn check_sites(&self, profiles: &[String]) -> Vec<Problem> {
        let mut named: Vec<&str> = profiles.iter().map(String::as_str).chain([""]).collect();
        let mut problems = Vec::new();
        for line in &self.lines {
            let site = line.get("site");
            if !named.contains(&site) {
                named.push(site);
                let (zh, en) =
                    (format!("没有名为 `{site}` 的站点配置"), format!("no site profile has the id `{site}`"));
                let problem = self.problem(line, "site", Text::new(zh, en));
                problems.push(problem.near(site, profiles.iter().map(String::as_str)));
            }
        }
        problems
    }

    fn problem(&self, line: &Line, column: &str, message: Text) -> Problem {
        let message = Text::new(format!("{column}：{}", message.zh), format!("{column}: {}", message.en));
        Problem::at(&self.file, &self.text, line.span(column), message)
    }
}

#[cfg(test)]
mod tests;
