//! Where the entries of a list stand that comes as data: paths into JSON, or into an array within a script.
use regex::Regex;
use serde_json::Value;

/// A way into JSON: names and numbers of places, as in `data.rows[0].title`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Place(usize),
}

impl Path {
    /// Reads a path; the empty one and `$` are the value itself.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('$').trim_start_matches('.');
        let mut steps = Vec::new();
        for part in text.split('.').filter(|_| !text.is_empty()) {
            let (name, places) = part.split_once('[').map_or((part, ""), |(name, places)| (name, places));
            if !name.is_empty() {
                steps.push(Step::Name(name.to_owned()));
            } else if places.is_empty() {
                return None;
            }
            for place in places.split('[').filter(|_| !places.is_empty()) {
                steps.push(Step::Place(place.strip_suffix(']')?.parse().ok()?));
            }
        }
        Some(Self(steps))
    }

    /// What stands there.
    pub fn of<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(value, |value, step| match step {
            Step::Name(name) => value.get(name),
            Step::Place(place) => value.get(place),
        })
    }

    /// The text or number that stands there, as text.
    pub fn text(&self, value: &Value) -> Option<String> {
        match self.of(value)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// An address made of values: `/art/{date}/{id}.html`, or one value that is the address.
#[derive(Clone, Debug)]
pub struct Link(Vec<Piece>);

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Value(Path),
}

impl Link {
    /// Reads a path or a pattern with paths in braces.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.contains('{') {
            return Path::parse(text).map(|path| Self(vec![Piece::Value(path)]));
        }
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (path, left) = after.split_once('}')?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Value(Path::parse(path)?));
            rest = left;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Some(Self(pieces))
    }

    /// The address of an entry; `None` where one of its values is missing.
    pub fn of(&self, entry: &Value) -> Option<String> {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Value(path) => path.text(entry),
        };
        self.0.iter().map(text).collect()
    }
}

/// How a list that comes as data is read.
#[derive(Clone, Debug)]
pub struct JsonList {
    /// Finds the data within the answer, in a script for instance; `None` = the answer is the data.
    pub within: Option<Regex>,
    /// The array of entries.
    pub items: Path,
    /// Title within an entry.
    pub title: Path,
    /// Address of an entry.
    pub link: Link,
    /// Date within an entry: a text with a date, or seconds or milliseconds since 1970.
    pub date: Option<Path>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_to_values_and_nonsense_is_no_path() {
        let value = json!({ "data": { "rows": [{ "t": "一", "n": 7 }] } });
        let text = |path: &str| Path::parse(path).unwrap().text(&value);
        assert_eq!(text("data.rows[0].t").as_deref(), Some("一"));
        assert_eq!(text("$.data.rows[0].n").as_deref(), Some("7"));
        assert_eq!(text("data.rows[1].t"), None);
        assert_eq!(text("data.rows"), None, "no text");
        assert_eq!(Path::parse("").unwrap().of(&value), Some(&value));
        for nonsense in ["a..b", "a[x]", "a[0", "a."] {
            assert_eq!(Path::parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_link_is_a_value_or_is_made_of_values() {
        let entry = json!({ "id": 12, "url": "/a.html", "d": "20250120" });
        let link = |text: &str| Link::parse(text).unwrap().of(&entry);
        assert_eq!(link("url").as_deref(), Some("/a.html"));
        assert_eq!(link("/art/{d}/art_{id}.html").as_deref(), Some("/art/20250120/art_12.html"));
        assert_eq!(link("/art/{none}.html"), None);
        assert!(Link::parse("/art/{id.html").is_none());
    }
}
