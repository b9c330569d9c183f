//! Plain text, tabs and markdown to rows: the separators a converter left are all that is known of the cells.
use crate::{number, page::Page};

/// Longest line of headings, bytes.
const LONGEST_HEADINGS: usize = 300;

/// Applicants side by side that are no end of a sentence.
const SURE_HEADINGS: usize = 5;

/// Most cells of a row, blank ones not counted; the longest of the forms has fifteen.
const MOST_CELLS: usize = 24;

/// Most characters of a group's name beside a label.
const BESIDE: usize = 8;

/// Reads folded text line by line.
pub(crate) fn read(text: &str) -> Page {
    let mut page = Page::default();
    // Whether the block of lines with bars around the line is framed; nothing outside such a block.
    let mut framed = None;
    let mut rest = text;
    for line in text.split('\n') {
        if line.contains('|') {
            framed = framed.or_else(|| Some(is_framed(rest)));
        } else if !line.trim().is_empty() {
            framed = None;
        }
        read_line(&mut page, line, framed == Some(true));
        rest = rest.get(line.len() + 1..).unwrap_or_default();
    }
    page
}

/// True when every line of the block of lines with bars at the start of a text begins with a bar: then that bar parts nothing.
fn is_framed(text: &str) -> bool {
    text.split('\n')
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take_while(|line| line.contains('|'))
        .all(|line| line.starts_with('|'))
}

fn read_line(page: &mut Page, line: &str, framed: bool) {
    let trimmed = line.trim();
    if line.trim_end_matches('\n').contains('\t') && !trimmed.is_empty() {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        return page.push_row(numbered(&cells), None);
    }
    let level = trimmed.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&level) && trimmed.as_bytes().get(level) == Some(&b' ') {
        let heading = trimmed.trim_matches('#').trim().trim_matches('*');
        page.push_line(heading, u8::try_from(level).ok());
        return;
    }
    if trimmed.contains('|') {
        return read_bars(page, trimmed, framed);
    }
    flattened(page, trimmed, None);
}

/// A line in which a table may have been flattened, here or in a paragraph of a web page.
pub(crate) fn flattened(page: &mut Page, line: &str, heading: Option<u8>) {
    if line.contains('|') {
        return read_bars(page, line, line.starts_with('|'));
    }
    match split_numbers(line).or_else(|| split_headings(line)) {
        Some(parts) => page.push_row(numbered(&parts), None),
        None => {
            page.push_line(line.trim_matches('*'), heading);
        }
    }
}

/// A line of headings parted by blanks: `信息内容 本年制发件数 本年废止件数 现行有效件数`.
fn split_headings(line: &str) -> Option<Vec<&str>> {
    if line.len() > LONGEST_HEADINGS || !line.contains(' ') {
        return None;
    }
    let parts: Vec<&str> = line.split_whitespace().collect();
    let headings = parts.iter().rev().take_while(|part| crate::label::is_heading(part)).count();
    if headings == parts.len() {
        return (headings >= 2).then_some(parts);
    }
    // Before them may stand the head over the labels.
    let (head, headings) = parts.split_at_checked(parts.len() - headings)?;
    let label = between(line, head.first()?, headings.first()?)?;
    let applicants = headings.iter().all(|heading| crate::label::requests().column(heading).is_some());
    (applicants && headings.len() >= SURE_HEADINGS).then(|| [&[label], headings].concat())
}

fn numbered<'c>(cells: &'c [&'c str]) -> impl Iterator<Item = (&'c str, u32, u32)> {
    cells.iter().zip(0..).map(|(cell, column)| (*cell, column, 1))
}

/// `a | b | c |`, `| a | b |`, `a |`; the bar that closes a line parts nothing, nor does one that opens a framed line.
fn read_bars(page: &mut Page, line: &str, framed: bool) {
    let mut cells: Vec<&str> = line.split('|').map(str::trim).collect();
    if framed && cells.len() > 2 && cells.first() == Some(&"") {
        cells.remove(0);
    }
    if cells.len() > 1 && cells.last() == Some(&"") {
        cells.pop();
    }
    let rule = cells.iter().any(|cell| cell.contains("---"))
        && cells.iter().all(|cell| cell.bytes().all(|byte| b"-: ".contains(&byte)));
    if cells.iter().filter(|cell| !cell.is_empty()).count() > MOST_CELLS {
        // A whole page in an outer table became one line: no row of a form is as long.
        cells.iter().filter(|cell| !cell.is_empty()).for_each(|cell| flattened(page, cell, None));
    } else if !rule {
        page.push_row(numbered(&cells), None);
    }
}

/// A line of blanks and numbers, with or without a label before them: `行政许可 0`, `14 2 0 0 0 0 16`.
fn split_numbers(line: &str) -> Option<Vec<&str>> {
    if !line.contains(' ') || !line.ends_with(may_end_value) || number::is_page_number(line) {
        return None;
    }
    let parts: Vec<&str> = line.split_whitespace().collect();
    let is_value =
        |part: &&str| matches!(number::read(part), number::Content::Number(..)) || number::is_blank(part);
    let values = parts.iter().rev().take_while(|part| is_value(part)).count();
    let label_parts = parts.len() - values;
    match (label_parts, values) {
        (0, 3..) => Some(parts),
        (1.., 1..) => {
            let first = parts.get(label_parts)?;
            // Words of a group that stands upright beside its rows come before the label.
            let (at, label) = (0..label_parts).find_map(|start| {
                let label = between(line, parts.get(start)?, first)?;
                let beside = between(line, parts.first()?, parts.get(start)?)?;
                (beside.chars().count() <= BESIDE && is_label(label)).then_some((start, label))
            })?;
            let mut cells: Vec<&str> = parts.iter().take(at).copied().collect();
            cells.push(label);
            cells.extend(parts.into_iter().skip(label_parts));
            Some(cells)
        }
        _ => None,
    }
}

fn is_label(text: &str) -> bool {
    text.chars().count() <= 60 && crate::label::is_row_label(text)
}

/// The text from one part of a line up to another.
fn between<'l>(line: &'l str, from: &str, to: &str) -> Option<&'l str> {
    let at = |part: &str| part.as_ptr() as usize - line.as_ptr() as usize;
    line.get(at(from)..at(to)).map(str::trim)
}

/// What a number with its unit and note, or a mark for a blank, may end with.
fn may_end_value(c: char) -> bool {
    c.is_ascii_digit() || c.is_ascii_punctuation() || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str) -> Vec<String> {
        let page = read(line);
        page.rows[0].fields.iter().map(|field| field.text.clone()).collect()
    }

    #[test]
    fn separators_part_cells_and_keep_blank_ones() {
        assert_eq!(cells("规章 | 0 | | 3 |"), ["规章", "0", "", "3"]);
        assert_eq!(cells("| 规章 | 0 |"), ["规章", "0"]);
        assert_eq!(cells("14 |"), ["14"]);
        assert_eq!(cells("行政处罚\t\t39\t0"), ["行政处罚", "", "39", "0"]);
        assert_eq!(cells("行政许可 0"), ["行政许可", "0"]);
        assert_eq!(cells("14 2 0 0 0 0 16").len(), 7);
        assert_eq!(cells("全年公开 12"), ["全年公开 12"]);
    }

    #[test]
    fn a_field_is_where_its_span_says() {
        let page = read("甲 | 乙 |\n# 标题\n丙\t丁");
        for row in &page.rows {
            for field in &row.fields {
                assert_eq!(field.span.of(&page.text), field.text);
            }
        }
    }
}
