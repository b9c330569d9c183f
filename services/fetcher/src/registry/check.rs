//! Fields to a body, and bodies against each other.
use std::collections::{HashMap, HashSet, hash_map::Entry};

use gongkai_model::{Body, Kind, Level, Text};
use jiff::civil::Date;

use super::{Line, Registry};
use crate::problem::Problem;

/// The body of a line; `None` after at least one problem.
pub(super) fn body(registry: &Registry, line: &Line, problems: &mut Vec<Problem>) -> Option<Body> {
    let before = problems.len();
    let mut reader = Reader { registry, line, problems };
    let body = Body {
        id: reader.id(),
        name: reader.needed("name"),
        former_names: former_names(line.get("former_names")),
        code: reader.code(),
        level: reader.one_of("level", &Level::ALL, Level::as_str).unwrap_or(Level::County),
        kind: reader.one_of("kind", &Kind::ALL, Kind::as_str).unwrap_or(Kind::Department),
        parent: optional(line.get("parent")),
        site: optional(line.get("site")),
        local_due: reader.local_due(),
        vertical: reader.flag("vertical").unwrap_or(false),
        rule_making: reader.flag("rule_making"),
        reports_itself: reader.flag("reports_itself").unwrap_or(true),
        valid_from: reader.date("valid_from"),
        valid_to: reader.date("valid_to"),
        successor: optional(line.get("successor")),
    };
    if let (Some(from), Some(to)) = (body.valid_from, body.valid_to)
        && from > to
    {
        reader.wrong("valid_to", format!("早于 valid_from（{from}）"), format!("before valid_from ({from})"));
    }
    (problems.len() == before).then_some(body)
}

/// References, duplicates and circles.
pub(super) fn across(registry: &Registry, problems: &mut Vec<Problem>) {
    // Of an id that stands twice the first line counts.
    let mut parents: HashMap<&str, &str> = HashMap::with_capacity(registry.lines.len());
    let mut twice = Vec::new();
    for line in &registry.lines {
        let id = line.get("id");
        match parents.entry(id) {
            Entry::Vacant(free) => {
                free.insert(line.get("parent"));
                twice.push(false);
            }
            Entry::Occupied(_) => twice.push(!id.is_empty()),
        }
    }
    let circling = circling(&parents);
    for (line, twice) in registry.lines.iter().zip(twice) {
        let id = line.get("id");
        let wrong = |column, message| registry.problem(line, column, message);
        if twice {
            problems.push(wrong("id", Text::new(format!("`{id}` 重复"), format!("`{id}` stands twice"))));
        }
        if circling.contains(id) {
            problems.push(wrong("parent", Text::new("上级关系成环", "the parents form a circle")));
        }
        for column in ["parent", "successor"] {
            let named = line.get(column);
            if named == id && !named.is_empty() {
                problems.push(wrong(column, Text::new("指向自身", "names the body itself")));
            } else if !named.is_empty() && !parents.contains_key(named) {
                let (zh, en) =
                    (format!("没有 id 为 `{named}` 的机构"), format!("no body has the id `{named}`"));
                let problem = wrong(column, Text::new(zh, en));
                problems.push(problem.near(named, registry.lines.iter().map(|line| line.get("id"))));
            }
        }
    }
}

/// Bodies that are above themselves, those that name themselves aside. Each body is passed once.
fn circling<'r>(parents: &HashMap<&'r str, &'r str>) -> HashSet<&'r str> {
    let (mut passed, mut circling) = (HashSet::new(), HashSet::new());
    for id in parents.keys().copied() {
        let (mut way, mut at) = (Vec::new(), id);
        while !at.is_empty() && passed.insert(at) {
            way.push(at);
            at = parents.get(at).copied().unwrap_or_default();
        }
        // A way that comes back to itself does so at a body of its own.
        if let Some(from) = way.iter().position(|passed| *passed == at)
            && way.len() - from > 1
        {
            circling.extend(way.drain(from..));
        }
    }
    circling
}

struct Reader<'r> {
    registry: &'r Registry,
    line: &'r Line,
    problems: &'r mut Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, column: &str, zh: String, en: String) {
        self.problems.push(self.registry.problem(self.line, column, Text::new(zh, en)));
    }

    fn needed(&mut self, column: &str) -> String {
        let value = self.line.get(column).to_owned();
        if value.is_empty() {
            self.wrong(column, "不能为空".into(), "must not be empty".into());
        }
        value
    }

    fn id(&mut self) -> String {
        let id = self.needed("id");
        if id.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '#')) {
            let id = id.escape_debug();
            self.wrong(
                "id",
                format!("`{id}` 中不能有空格、/ 或 #"),
                format!("`{id}` must not hold blanks, / or #"),
            );
        }
        id
    }

    fn code(&mut self) -> String {
        let code = self.needed("code");
        let fits = matches!(code.len(), 6 | 9 | 12) && code.bytes().all(|b| b.is_ascii_digit());
        if !code.is_empty() && !fits {
            self.wrong(
                "code",
                format!("`{code}` 应为 6、9 或 12 位数字"),
                format!("`{code}` must have 6, 9 or 12 digits"),
            );
        }
        code
    }

    fn one_of<T: Copy>(&mut self, column: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Option<T> {
        let value = self.line.get(column);
        if let Some(found) = all.iter().find(|one| name(**one) == value) {
            return Some(*found);
        }
        let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        let known = names.join("、");
        let (zh, en) =
            (format!("`{value}` 应为 {known} 之一"), format!("`{value}` is none of {}", names.join(", ")));
        self.problems.push(self.registry.problem(self.line, column, Text::new(zh, en)).near(value, names));
        None
    }

    fn flag(&mut self, column: &str) -> Option<bool> {
        match self.line.get(column) {
            "" => None,
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let other = other.to_owned();
                self.wrong(
                    column,
                    format!("`{other}` 应为 true、false 或空"),
                    format!("`{other}` is not true, false or empty"),
                );
                None
            }
        }
    }

    fn date(&mut self, column: &str) -> Option<Date> {
        let value = optional(self.line.get(column))?;
        let date = value.parse().ok();
        if date.is_none() {
            self.wrong(
                column,
                format!("`{value}` 不是日期（YYYY-MM-DD）"),
                format!("`{value}` is not a date (YYYY-MM-DD)"),
            );
        }
        date
    }

    fn local_due(&mut self) -> Option<String> {
        let value = optional(self.line.get("local_due"))?;
        // A year that has no 29 February: such a date would exist in leap years only.
        let real = value.len() == 5 && format!("2023-{value}").parse::<Date>().is_ok();
        if !real {
            self.wrong(
                "local_due",
                format!("`{value}` 不是日期（MM-DD）"),
                format!("`{value}` is not a date (MM-DD)"),
            );
        }
        Some(value)
    }
}

fn optional(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn former_names(value: &str) -> Vec<String> {
    value.split([';', '；', '|']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
