//! One TOML file of settings as a flat list of keys, each with its kind and line.
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What kind of value a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Switch,
    /// A bare TOML date; good where text is wanted.
    Date,
    /// A list, a fraction: no setting is one.
    Other,
}

impl Kind {
    /// What it is called in messages: Chinese, English.
    pub(super) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("文字", "text"),
            Self::Number => ("整数", "a whole number"),
            Self::Switch => ("开关（true 或 false）", "true or false"),
            Self::Date => ("日期", "a date"),
            Self::Other => ("其他类型", "something else"),
        }
    }
}

/// A key as a file writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// `group.key`.
    pub(super) key: String,
    pub(super) kind: Kind,
    pub(super) line: usize,
}

/// A file that is no TOML.
#[derive(Debug)]
pub(super) struct NotToml {
    pub(super) line: usize,
    pub(super) message: String,
}

/// All keys of a file in the order of their names.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, NotToml> {
    let root = DeTable::parse(text).map_err(|error| NotToml {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let mut found = Vec::new();
    collect(text, "", root.get_ref(), &mut found);
    Ok(found)
}

fn collect(text: &str, prefix: &str, table: &DeTable<'_>, found: &mut Vec<Entry>) {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => collect(text, &format!("{name}."), inner, found),
            leaf => found.push(Entry { kind: kind_of(leaf), line: line_at(text, key), key: name }),
        }
    }
}

const fn kind_of(value: &DeValue<'_>) -> Kind {
    match value {
        DeValue::String(_) => Kind::Text,
        DeValue::Integer(_) => Kind::Number,
        DeValue::Boolean(_) => Kind::Switch,
        DeValue::Datetime(_) => Kind::Date,
        _ => Kind::Other,
    }
}

fn line_at<T>(text: &str, key: &Spanned<T>) -> usize {
    line_of(text, key.span().start)
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
