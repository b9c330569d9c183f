//! A list that comes as data: JSON from an interface, or an array within a script.
use gongkai_runtime::clock::date_in_shanghai;
use jiff::{Timestamp, civil::Date};
use scraper::Html;
use serde_json::Value;
use url::Url;

use super::{Item, address, date, entry::squeeze};
use crate::profile::{JsonList, Path};

/// Deeper data is no list; the reader of scripts' arrays goes down by recursion.
const DEEPEST: usize = 64;
/// Larger numbers are milliseconds, not seconds (the year 5138).
const MOST_SECONDS: i64 = 100_000_000_000;

/// The entries; `None` when the answer is not such a list.
pub(super) fn read(list: &JsonList, base: &Url, source: &str) -> Option<Vec<Item>> {
    let data = match &list.within {
        Some(pattern) => pattern.captures(source)?.get(1)?.as_str(),
        None => source.trim_start_matches('\u{feff}'),
    };
    let value = unfolded(value(data)?);
    let entries = list.items.of(&value)?.as_array()?;
    Some(entries.iter().map(|entry| item(list, base, entry)).collect())
}

/// Data as JSON has it, or as scripts have it: names without quotes, single quotes, a comma at the end.
fn value(data: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(data) {
        return Some(value);
    }
    if depth(data) > DEEPEST { None } else { json5::from_str(data).ok() }
}

/// Some interfaces send their data as a text within the data; places that hold one become what it says.
fn unfolded(mut value: Value) -> Value {
    let mut open = vec![&mut value];
    while let Some(place) = open.pop() {
        if let Value::String(text) = place
            && text.trim_start().starts_with(['{', '['])
            && let Some(inner) = self::value(text)
        {
            *place = inner;
        }
        if let Value::Object(fields) = place {
            open.extend(fields.values_mut());
        }
    }
    value
}

/// How deep brackets stand in each other at most; those within texts are counted too, which only refuses more.
fn depth(data: &str) -> usize {
    let (mut deepest, mut depth) = (0_usize, 0_usize);
    for byte in data.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn item(list: &JsonList, base: &Url, entry: &Value) -> Item {
    let href = list.link.of(entry).unwrap_or_default().trim().to_owned();
    let url = if href.is_empty() { None } else { address(base, &href) };
    let title = list.title.text(entry).map(|title| shown(&title)).unwrap_or_default();
    let date = list.date.as_ref().and_then(|path| day(path, entry));
    Item { url, href, title, date }
}

/// Titles may carry marks of a search or entities.
fn shown(title: &str) -> String {
    if !title.contains(['<', '&']) {
        return squeeze(title);
    }
    squeeze(&Html::parse_fragment(title).root_element().text().collect::<String>())
}

/// A date as text, as digits (20250120, with or without a time), or as seconds or milliseconds since 1970.
fn day(path: &Path, entry: &Value) -> Option<Date> {
    let text = path.text(entry)?;
    if let Some(date) = date::first(&text) {
        return Some(date);
    }
    // `/Date(1737331200000+0800)/` and 1737331200000.0 are numbers as well.
    let text = text.trim().trim_start_matches("/Date(");
    let digits = text.get(..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))?;
    let number: i64 = digits.parse().ok().filter(|number| *number > 0)?;
    if matches!(digits.len(), 8 | 12 | 14) {
        let part = |range: std::ops::Range<usize>| digits.get(range)?.parse().ok();
        let year = digits.get(..4)?.parse().ok()?;
        return Date::new(year, part(4..6)?, part(6..8)?).ok();
    }
    let at = if number > MOST_SECONDS {
        Timestamp::from_millisecond(number)
    } else {
        Timestamp::from_second(number)
    };
    at.ok().map(date_in_shanghai)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn seen(lines: &str, source: &str) -> Option<Vec<String>> {
        let column = fixture::json_column(lines);
        let base = Url::parse("http://a.example/list/").unwrap();
        let items = read(column.json.as_ref().unwrap(), &base, source)?;
        let text = |item: &Item| {
            format!(
                "{} | {} | {}",
                item.url.as_ref().map_or("-", Url::as_str),
                item.title,
                item.date.map(|date| date.to_string()).unwrap_or_default()
            )
        };
        Some(items.iter().map(text).collect())
    }

    #[test]
    fn entries_are_read_by_their_paths() {
        let column = "json = { items = 'data.list', title = 't', link = 'u', date = 'd' }";
        let answer = r#"{"data":{"list":[
            {"t":"<em>云泽市</em>财政局2024年年度报告 ","u":"../r/1.html#x","d":"2025-01-20 10:00:00"},
            {"t":"甲&amp;乙","u":"/2.html","d":1737331200000},
            {"t":"三","u":"javascript:open(3)","d":1737331200},
            {"t":null,"d":"20250120"}]}}"#;
        insta::assert_snapshot!(seen(column, answer).unwrap().join("\n"), @r"
        http://a.example/r/1.html | 云泽市财政局2024年年度报告 | 2025-01-20
        http://a.example/2.html | 甲&乙 | 2025-01-20
        - | 三 | 2025-01-20
        - |  | 2025-01-20
        ");
        for other in ["", "<html></html>", r#"{"data":{}}"#, r#"{"data":{"list":{}}}"#] {
            assert_eq!(seen(column, other), None, "{other}");
        }
        assert_eq!(seen(column, r#"{"data":{"list":[]}}"#), Some(vec![]), "a list without entries is one");
    }

    #[test]
    fn an_array_in_a_script_is_data_though_it_is_no_json() {
        let column = r"json = { within = '(?s)var rows = (\[.*?\]);', items = '', title = 'title', link = '/art/{id}.html' }";
        let page = "<script>var rows = [{title: '一', id: 1,}, {'title': '二', id: 2}]; show(rows)</script>";
        assert_eq!(
            seen(column, page).unwrap(),
            ["http://a.example/art/1.html | 一 | ", "http://a.example/art/2.html | 二 | "]
        );
        let deep = format!("<script>var rows = [{}{}];", "{a: [".repeat(5000), "]}".repeat(5000));
        assert_eq!(seen(column, &deep), None, "depth is bounded");
    }
}
