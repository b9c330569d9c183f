//! The signature: name and date under a report, on two lines or on one.
use gongkai_model::{Quote, Report, Span};
use jiff::civil::Date;

use super::{dates, labels::slice};
use crate::{
    page::{Field, Page},
    sections::content_end,
};

/// Name and date under the report.
pub(super) struct Signature {
    pub(super) name: Option<Quote>,
    pub(super) date: Date,
    pub(super) span: Span,
}

/// How many lines from its end a report may be signed.
const NEAR_END: usize = 8;
/// A longer line behind a date goes on with the report: the date did not sign it.
const SENTENCE: usize = 40;

/// The signature at the end; else one that stands before the parts, as in a letter that encloses the report or under its title.
pub(super) fn find(page: &Page, report: &Report, title: Option<Span>, first_part: u32) -> Option<Signature> {
    let last = report.sections.iter().map(|section| section.span).max_by_key(|span| span.start);
    let (from, to) = match (last, title) {
        (Some(span), _) => (span.start, span.end),
        (None, Some(title)) => {
            let behind =
                page.rows.iter().position(|row| row.span.start >= title.end).unwrap_or(page.rows.len());
            (title.end, content_end(page, behind))
        }
        (None, None) => return None,
    };
    let lines = lines(page, from, to);
    let near = at_end(&lines);
    near.or_else(|| (0..lines.len()).rev().find_map(|at| named(&lines, at)))
        .or_else(|| before_parts(page, title, first_part, report))
}

fn lines(page: &Page, from: u32, to: u32) -> Vec<&Field> {
    page.rows
        .iter()
        .filter(|row| row.span.start >= from && row.span.end <= to)
        .filter_map(|row| row.line())
        .collect()
}

fn at_end(lines: &[&Field]) -> Option<Signature> {
    for at in (0..lines.len()).rev().take(NEAR_END) {
        let line = lines.get(at)?;
        if let Some(signature) = signs(lines, at) {
            return Some(signature);
        }
        if line.text.chars().count() >= SENTENCE {
            return None;
        }
    }
    None
}

/// A date with a name before it.
fn named(lines: &[&Field], at: usize) -> Option<Signature> {
    signs(lines, at).filter(|signature| signature.name.is_some())
}

/// A line that is a date, with the name in the line above, or a name and a date.
fn signs(lines: &[&Field], at: usize) -> Option<Signature> {
    let line = lines.get(at)?;
    if let Some(date) = dates::whole(&line.text) {
        let above = at.checked_sub(1).and_then(|above| lines.get(above)).filter(|field| is_name(&field.text));
        return Some(Signature { name: above.map(|field| field.quote()), date, span: line.span });
    }
    let start = dates::last_start(&line.text)?;
    let name = line.text.get(..start)?.trim();
    let date = dates::whole(line.text.get(start..)?)?;
    let from = line.text.find(name)?;
    is_name(name).then(|| Signature {
        name: Some(slice(line, from, from + name.len())),
        date,
        span: line.span,
    })
}

/// In a letter before the report, name and date; under a title, a date in brackets.
fn before_parts(page: &Page, title: Option<Span>, first_part: u32, report: &Report) -> Option<Signature> {
    if report.sections.is_empty() {
        return None;
    }
    let before = lines(page, 0, first_part);
    if let Some(signature) = (0..before.len()).rev().find_map(|at| named(&before, at)) {
        return Some(signature);
    }
    let under = lines(page, title?.end, first_part);
    (0..under.len().min(4)).find_map(|at| {
        let line = under.get(at)?;
        (dates::whole(&line.text).is_some() && line.text.contains('年')).then(|| signs(&under, at))?
    })
}

/// A body's name: short, no sentence, ends as names of bodies end.
pub(super) fn is_name(line: &str) -> bool {
    const ENDS: [&str; 34] = [
        "政府",
        "局",
        "委员会",
        "办公室",
        "办公厅",
        "厅",
        "部",
        "办事处",
        "领导小组",
        "管委会",
        "中心",
        "委",
        "院",
        "队",
        "镇",
        "乡",
        "街道",
        "会",
        "站",
        "所",
        "处",
        "署",
        "社",
        "学校",
        "小学",
        "中学",
        "大学",
        "公司",
        "馆",
        "幼儿园",
        "县",
        "区",
        "政府办",
        "市",
    ];
    let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = line.split(['(', '（']).next().unwrap_or(&line);
    (4..=40).contains(&line.chars().count())
        && !line.starts_with(['我', '本'])
        && line.chars().all(|c| c.is_alphanumeric() || "()（）、·".contains(c))
        && (!line.contains("公开") || line.contains("小组") || line.contains("办公室"))
        && ENDS.iter().any(|end| bare.ends_with(end) || line.ends_with(end))
}
