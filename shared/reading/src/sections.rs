//! The six statutory parts: headings told by their wording, chosen so that they follow one another.

pub(crate) mod furniture;
mod headless;
mod heads;

use gongkai_model::{Quote, Section, Span, Table};

use self::{furniture::end, heads::Style};
pub(crate) use self::{
    furniture::{content_end, is_linked},
    heads::{Head, heading_number},
};
use crate::page::{Page, Row};

/// A line that may be the heading of a part.
#[derive(Clone, Debug)]
struct Mark {
    head: Head,
    /// The row it begins in.
    row: usize,
    /// Rows it takes up.
    rows: usize,
    heading: Quote,
    level: Option<u8>,
}

/// The rows that are the head of a part and nothing else.
pub(crate) fn heads(page: &Page) -> Vec<Option<Head>> {
    page.rows.iter().map(|row| row.single().and_then(|field| heads::whole(&field.text))).collect()
}

/// Finds the parts by the heads of the page. Tables show a part whose heading is lost.
pub(crate) fn find(page: &Page, heads: &[Option<Head>], tables: &[Table]) -> Vec<Section> {
    let marks = without_contents(own_style(marks(page, heads)));
    let marks = best_sequence(&marks);
    let last = marks.last().map(|last| (last.row, last.row + last.rows));
    let extra = last.and_then(|(row, _)| seventh(page, row));
    let end = last.map_or_else(|| end(page), |(_, behind)| content_end(page, behind));
    let mut sections = Vec::new();
    for (at, mark) in marks.iter().enumerate() {
        let (Some(first), Some(row)) = (page.rows.get(mark.row), page.rows.get(mark.row + mark.rows - 1))
        else {
            continue;
        };
        let next =
            marks.get(at + 1).map(|next| next.row).or(if at + 1 == marks.len() { extra } else { None });
        let stop = next.and_then(|next| page.rows.get(next)).map_or(end, |row| row.span.start);
        sections.push(Section {
            number: mark.head.part,
            heading: Some(mark.heading.clone()),
            span: Span::new(first.span.start, stop.max(row.span.end)),
        });
    }
    if let Some(row) = extra.and_then(|at| page.rows.get(at))
        && let Some(field) = row.line()
    {
        let stop = extra.map_or(end, |at| content_end(page, at + 1));
        let span = Span::new(row.span.start, stop.max(row.span.end));
        sections.push(Section { number: 7, heading: Some(field.quote()), span });
    }
    headless::add(page, tables, &mut sections, end);
    sections
}

fn marks(page: &Page, heads: &[Option<Head>]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(row) = page.rows.get(at) {
        let whole = heads.get(at).copied().flatten();
        let mark = one_row(row, at, whole).or_else(|| two_rows(page, at)).filter(|_| !is_linked(page, row));
        at += mark.as_ref().map_or(1, |mark| mark.rows);
        marks.extend(mark);
    }
    marks
}

fn one_row(row: &Row, at: usize, whole: Option<Head>) -> Option<Mark> {
    let field = row.single()?;
    let head = whole.or_else(|| heads::front(&field.text))?;
    // In a table only a numbered head counts: its labels have words of heads, too.
    if row.grid.is_some() && (head.printed.is_none() || head.style == Style::Plain) {
        return None;
    }
    let text: String = field.text.chars().take(head.length).collect();
    let length = u32::try_from(text.chars().count()).ok()?;
    let span = Span::new(field.span.start, field.span.start + length);
    Some(Mark { head, row: at, rows: 1, heading: Quote { text, span }, level: row.heading })
}

/// A head that was broken: its number on a line of its own, or its last words on the next one.
fn two_rows(page: &Page, at: usize) -> Option<Mark> {
    let (first, second) = (page.rows.get(at)?, page.rows.get(at + 1)?);
    let (one, two) = (first.line()?, second.line()?);
    let short = one.text.chars().count() <= 30 && two.text.chars().count() <= 20;
    if !short {
        return None;
    }
    let (style, printed, _) = heads::numbered(&format!("{} ", one.text));
    if style == Style::Plain
        || printed.is_none()
        || one.text.contains(['。', ';', '；', ':', '：'])
        || heads::whole(&two.text).is_some_and(|head| head.style != Style::Plain)
    {
        return None;
    }
    let text = format!("{}{}", one.text, two.text);
    let head = heads::whole(&text).filter(|head| head.full)?;
    // The span takes in the line end; the words are those of the span.
    let span = Span::new(one.span.start, two.span.end);
    let text = span.of(&page.text).to_owned();
    Some(Mark { head, row: at, rows: 2, heading: Quote { text, span }, level: first.heading })
}

/// Without the lines below the heads: those numbered in another style, and plain ones with words that a sub-head has as well.
fn own_style(marks: Vec<Mark>) -> Vec<Mark> {
    let parts = |style: Style| {
        let mut parts: Vec<u8> = marks
            .iter()
            .filter(|mark| mark.head.style == style && mark.head.full)
            .map(|mark| mark.head.part)
            .collect();
        parts.sort_unstable();
        parts.dedup();
        parts.len()
    };
    let styles =
        [Style::Plain, Style::Digit, Style::BracketedDigit, Style::Bracketed, Style::Ordinal, Style::Chinese];
    let Some(own) = styles.into_iter().max_by_key(|style| parts(*style)).filter(|style| parts(*style) > 0)
    else {
        return marks;
    };
    let level =
        marks.iter().filter(|mark| mark.head.style == own && mark.head.full).find_map(|mark| mark.level);
    let keeps = |mark: &Mark| {
        let head = mark.head;
        head.style == own
            || (head.style == Style::Plain && (head.full || (level.is_some() && mark.level == level)))
            || (head.full && head.printed == Some(head.part))
    };
    marks.into_iter().filter(|mark| keeps(mark)).collect()
}

/// Without a table of contents: heads that follow each other line by line, and come again below.
fn without_contents(marks: Vec<Mark>) -> Vec<Mark> {
    let mut kept = Vec::with_capacity(marks.len());
    let mut at = 0;
    while at < marks.len() {
        let run = run(&marks, at);
        let again = marks
            .get(at..at + run)
            .unwrap_or_default()
            .iter()
            .filter(|mark| marks.iter().skip(at + run).any(|later| later.head.part == mark.head.part))
            .count();
        if run < 4 || again < 3 {
            kept.extend(marks.get(at..at + run).unwrap_or_default().iter().cloned());
        }
        at += run;
    }
    kept
}

/// How many heads from this one on stand in lines next to each other, each of a later part.
fn run(marks: &[Mark], at: usize) -> usize {
    let follows = |pair: &[Mark]| match pair {
        [one, next] => !one.head.glued && one.row + one.rows == next.row && one.head.part < next.head.part,
        _ => false,
    };
    1 + marks.get(at..).unwrap_or_default().windows(2).take_while(|pair| follows(pair)).count()
}

fn strength(mark: &Mark) -> u32 {
    let head = mark.head;
    let numbered = if head.printed == Some(head.part) {
        4
    } else if mark.level.is_some() {
        3
    } else {
        u32::from(head.printed.is_some()) + 1
    };
    10 + numbered + u32::from(head.full) - u32::from(head.glued)
}

/// The increasing sequence of parts with the greatest strength; of equal ones the latest headings, because lists of contents come first.
fn best_sequence(marks: &[Mark]) -> Vec<&Mark> {
    let mut best: Vec<(u32, Option<usize>)> = Vec::with_capacity(marks.len());
    for (at, mark) in marks.iter().enumerate() {
        let before = marks
            .iter()
            .zip(&best)
            .enumerate()
            .take(at)
            .filter(|(_, (earlier, _))| earlier.head.part < mark.head.part)
            .max_by_key(|(index, (_, (score, _)))| (*score, *index));
        let (score, from) = before.map_or((0, None), |(index, (_, (score, _)))| (*score, Some(index)));
        best.push((score + strength(mark), from));
    }
    let mut at =
        best.iter().enumerate().max_by_key(|(index, (score, _))| (*score, *index)).map(|(index, _)| index);
    let mut sequence = Vec::new();
    while let Some(index) = at {
        sequence.extend(marks.get(index));
        at = best.get(index).and_then(|(_, from)| *from);
    }
    sequence.reverse();
    sequence
}

/// A seventh part (七、附件) behind the last heading.
fn seventh(page: &Page, last: usize) -> Option<usize> {
    let seven = |row: &Row| {
        row.line().is_some_and(|line| {
            let (style, number, _) = heads::numbered(&line.text);
            style == Style::Chinese && number == Some(7) && line.text.chars().count() <= 20
        })
    };
    page.rows.iter().enumerate().skip(last + 1).find(|(_, row)| seven(row)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_contents_does_not_take_the_place_of_the_parts() {
        let parts = ["一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"];
        let text =
            format!("{}\n{}", parts.join("\n"), parts.map(|part| format!("{part}\n正文若干。")).join("\n"));
        let page = crate::plain::read(&text);
        let sections = find(&page, &heads(&page), &[]);
        let bodies: Vec<&str> = sections.iter().map(|section| section.span.of(&page.text).trim()).collect();
        assert_eq!(bodies, parts.map(|part| format!("{part}\n正文若干。")));
    }
}
