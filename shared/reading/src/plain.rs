//! Plain text, tabs and markdown to rows: the separators a converter left are all that is known of the cells.
use crate::{number, page::Page};

/// Reads folded text line by line.
pub(crate) fn read(text: &str) -> Page {
    let mut page = Page::default();
    for line in text.split('\n') {
        read_line(&mut page, line);
    }
    page
}

fn read_line(page: &mut Page, line: &str) {
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
    flattened(page, trimmed, None);
}

/// A line in which a table may have been flattened, here or in a paragraph of a web page.
pub(crate) fn flattened(page: &mut Page, line: &str, heading: Option<u8>) {
    if line.contains('|') {
        return read_bars(page, line);
    }
    match split_numbers(line) {
        Some(parts) => page.push_row(numbered(&parts), None),
        None => {
            page.push_line(line.trim_matches('*'), heading);
        }
    }
}

fn numbered<'c>(cells: &'c [&'c str]) -> impl Iterator<Item = (&'c str, u32, u32)> {
    cells.iter().zip(0..).map(|(cell, column)| (*cell, column, 1))
}

/// `a | b | c |`, `| a | b |`, `a |`; the bar that opens or closes a line parts nothing.
fn read_bars(page: &mut Page, line: &str) {
    let mut cells: Vec<&str> = line.split('|').map(str::trim).collect();
    if cells.len() > 2 && cells.first() == Some(&"") {
        cells.remove(0);
    }
    if cells.len() > 1 && cells.last() == Some(&"") {
        cells.pop();
    }
    let rule = cells.iter().any(|cell| cell.contains("---"))
        && cells.iter().all(|cell| cell.bytes().all(|byte| b"-: ".contains(&byte)));
    if !rule {
        page.push_row(numbered(&cells), None);
    }
}

/// A line of blanks and numbers, with or without a label before them: `行政许可 0`, `14 2 0 0 0 0 16`.
fn split_numbers(line: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let is_value =
        |part: &&str| matches!(number::read(part), number::Content::Number(..)) || number::is_blank(part);
    let values = parts.iter().rev().take_while(|part| is_value(part)).count();
    let label_parts = parts.len() - values;
    match (label_parts, values) {
        (0, 3..) => Some(parts),
        (1.., 1..) => {
            let first = parts.get(label_parts)?;
            let at = first.as_ptr() as usize - line.as_ptr() as usize;
            let label = line.get(..at)?.trim();
            (label.chars().count() <= 60 && crate::label::is_row_label(label)).then(|| {
                let mut cells = vec![label];
                cells.extend(parts.into_iter().skip(label_parts));
                cells
            })
        }
        _ => None,
    }
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
