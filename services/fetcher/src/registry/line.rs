//! The CSV file as lines of named fields, each with its place.
use std::{ops::Range, path::Path};

use gongkai_model::Text;

use super::{COLUMNS, Line};
use crate::problem::Problem;

/// The data lines; what is wrong with the head or with a line's length goes to `problems`.
pub(super) fn lines(file: &Path, text: &str, problems: &mut Vec<Problem>) -> Vec<Line> {
    let skip = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = text.get(skip..).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(body.as_bytes());
    let mut head: Option<Vec<&'static str>> = None;
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let message = Text::new(format!("不是 CSV：{error}"), format!("not CSV: {error}"));
                problems.push(Problem::of_file(file, message));
                return lines;
            }
        };
        let start = skip + record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
        let start = behind_comments(text, start);
        let spans = spans(text, start, &record);
        let whole = start..spans.last().map_or(start, |span| span.end);
        match &head {
            None => {
                head = Some(header(file, text, &record, &spans, problems));
                if !problems.is_empty() {
                    return lines;
                }
            }
            Some(head) if record.len() == head.len() => {
                let fields = head.iter().zip(record.iter()).zip(&spans);
                let fields = fields
                    .map(|((name, value), span)| (*name, value.trim().to_owned(), span.clone()))
                    .collect();
                lines.push(Line { fields, whole });
            }
            Some(head) => {
                let (have, want) = (record.len(), head.len());
                let message = Text::new(
                    format!("这一行有 {have} 栏，应有 {want} 栏"),
                    format!("this line has {have} fields, not {want}"),
                );
                problems.push(Problem::at(file, text, whole, message));
            }
        }
    }
    if head.is_none() {
        let want = COLUMNS.join(",");
        problems.push(Problem::of_file(
            file,
            Text::new(format!("文件为空，首行应为：{want}"), format!("empty; the first line is {want}")),
        ));
    }
    lines
}

fn header(
    file: &Path,
    text: &str,
    record: &csv::StringRecord,
    spans: &[Range<usize>],
    problems: &mut Vec<Problem>,
) -> Vec<&'static str> {
    let mut head = Vec::new();
    for (name, span) in record.iter().zip(spans) {
        let known = COLUMNS.iter().find(|column| **column == name.trim());
        let (zh, en) = match known {
            Some(column) if !head.contains(column) => {
                head.push(*column);
                continue;
            }
            Some(_) => (format!("列 `{name}` 出现两次"), format!("column `{name}` stands twice")),
            None => (format!("未知的列 `{name}`"), format!("unknown column `{name}`")),
        };
        problems.push(Problem::at(file, text, span.clone(), Text::new(zh, en)).near(name, COLUMNS));
    }
    for column in COLUMNS.iter().filter(|column| !head.contains(column)) {
        let span =
            spans.first().map_or(0..0, |first| first.start..spans.last().map_or(first.end, |last| last.end));
        let message = Text::new(format!("缺少列 `{column}`"), format!("column `{column}` is missing"));
        problems.push(Problem::at(file, text, span, message));
    }
    head
}

/// A record's position is that of the comments and blank lines before it.
fn behind_comments(text: &str, mut start: usize) -> usize {
    loop {
        let rest = text.get(start..).unwrap_or_default();
        start += match rest.chars().next() {
            Some('#') => rest.find('\n').map_or(rest.len(), |end| end + 1),
            Some('\r' | '\n') => 1,
            _ => return start,
        };
    }
}

/// The bytes of each field, quotes included.
fn spans(text: &str, start: usize, record: &csv::StringRecord) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let (mut from, mut quoted) = (start, false);
    for (at, c) in text.get(start..).unwrap_or_default().char_indices() {
        match c {
            '"' => quoted = !quoted,
            // Blank lines before the record belong to its position.
            '\r' | '\n'
                if !quoted && spans.is_empty() && text.get(from..start + at).is_some_and(str::is_empty) =>
            {
                from = start + at + 1;
            }
            ',' | '\r' | '\n' if !quoted => {
                spans.push(from..start + at);
                from = start + at + 1;
                if c != ',' || spans.len() == record.len() {
                    break;
                }
            }
            _ => {}
        }
    }
    if spans.len() < record.len() {
        spans.push(from..text.len());
    }
    spans
}
