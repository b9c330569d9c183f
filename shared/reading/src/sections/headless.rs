//! Parts whose head is lost: a statutory table is its part, and so are sentences that only that part has.
use std::sync::LazyLock;

use gongkai_model::{Section, Span, Table};
use regex::Regex;

use super::furniture;
use crate::page::{Field, Page};

fn pattern(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static PREFACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"年度报告|本报告|^(根据|依据|按照|依照).{0,30}条例|统计(期限|时限|数据)|电子版|如有疑问|现将|六个?部分|(^|[^\d])\d{3,4}-\d{7,8}",
    )
});
static REQUESTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(收到|受理|接收|办理|处理|收办).{0,24}申请|申请.{0,16}\d+\s*(件|条|份|宗)"));
static FEES: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"信息处理费|需要(报告|说明)的其[他它]"));

/// Adds the parts that stand there without a head, and puts all in the order of the text.
pub(super) fn add(page: &Page, tables: &[Table], sections: &mut Vec<Section>, end: u32) {
    for table in tables {
        let number = gongkai_model::form(table.form.as_str())
            .and_then(|form| form.table(table.key.as_str()))
            .map_or(0, |t| t.section);
        add_one(sections, number, Some(table.span));
    }
    if sections.is_empty() {
        return;
    }
    add_one(sections, 1, before_first(page, sections));
    let paragraph = |words: &'static LazyLock<Option<Regex>>| {
        move |line: &Field| words.as_ref().is_some_and(|words| words.is_match(&line.text))
    };
    add_one(sections, 3, within(page, sections, tables, 2, paragraph(&REQUESTS)));
    add_one(
        sections,
        4,
        within(page, sections, tables, 3, |line| {
            line.text.contains("行政复议") && line.text.contains("行政诉讼")
        }),
    );
    add_one(sections, 5, behind_tables(page, sections, end));
    add_one(sections, 6, within(page, sections, tables, 5, paragraph(&FEES)));
    sections.sort_by_key(|section| section.span.start);
}

fn add_one(sections: &mut Vec<Section>, number: u8, span: Option<Span>) {
    if let Some(span) = span
        && number > 0
        && !sections.iter().any(|section| section.number == number)
    {
        sections.push(Section { number, heading: None, span });
    }
}

/// Sentences between title or preface and the first part that is known: part one without its heading.
fn before_first(page: &Page, sections: &[Section]) -> Option<Span> {
    let first = sections.iter().map(|section| section.span.start).min()?;
    let sentences: Vec<&Field> = page
        .rows
        .iter()
        .filter(|row| row.span.end <= first)
        .filter_map(|row| row.line())
        .filter(|line| line.text.chars().count() >= 30 && line.text.contains(['。', '；']))
        .filter(|line| !furniture::is_furniture(&line.text))
        .collect();
    let start = sentences.iter().position(|line| {
        line.text.chars().count() >= 40 && PREFACE.as_ref().is_some_and(|words| !words.is_match(&line.text))
    })?;
    let length: usize = sentences.iter().skip(start).map(|line| line.text.chars().count()).sum();
    (length >= 60).then(|| Some(Span::new(sentences.get(start)?.span.start, first)))?
}

/// A paragraph about the next part's matter inside the part before it, behind its table: that part without its heading.
fn within(
    page: &Page,
    sections: &[Section],
    tables: &[Table],
    before: u8,
    about: impl Fn(&Field) -> bool,
) -> Option<Span> {
    let part = sections.iter().find(|section| section.number == before)?.span;
    let table = tables.iter().map(|table| table.span).filter(|t| part.start <= t.start && t.end <= part.end);
    let from = table.map(|table| table.end).max().unwrap_or(part.start + 1);
    let line = page
        .rows
        .iter()
        .filter(|row| row.span.start >= from && row.span.end <= part.end)
        .filter_map(|row| row.line())
        .find(|line| {
            line.text.chars().count() >= 8 && line.text.contains(['。', '，', ',']) && about(line)
        })?;
    Some(Span::new(line.span.start, part.end))
}

/// Sentences about problems and improvements behind part four and before part six: part five without its heading.
fn behind_tables(page: &Page, sections: &[Section], end: u32) -> Option<Span> {
    let from = sections
        .iter()
        .filter(|section| section.number <= 4)
        .map(|section| section.span)
        .max_by_key(|span| span.start)?;
    let to = sections
        .iter()
        .filter(|section| section.number >= 6)
        .map(|section| section.span.start)
        .min()
        .unwrap_or(end);
    let lines: Vec<&Field> = page
        .rows
        .iter()
        .filter(|row| row.span.start >= from.start && row.span.end <= to)
        .filter_map(|row| row.line())
        .collect();
    let about =
        |words: &[&str]| lines.iter().position(|line| words.iter().any(|word| line.text.contains(word)));
    let problems = about(&[
        "存在的主要问题",
        "存在问题",
        "存在的问题",
        "存在的不足",
        "仍存在",
        "还存在",
        "不足",
        "中存在",
    ])?;
    let better = about(&["改进", "下一步", "整改", "进一步"])?;
    let first = lines.get(problems.min(better))?.span.start;
    // A table's own sentences stand before it; behind the table everything is part five's.
    Some(Span::new(if from.end < to && from.end <= first { from.end } else { first }.min(to), to))
}
