//! The six statutory parts: headings told by their wording, chosen so that they follow one another.
use std::sync::LazyLock;

use gongkai_model::{Quote, Section, Span, Table};
use regex::Regex;

use crate::{
    label::{squash, without_number},
    page::{Page, Row},
};

/// Longest heading; a longer line is a sentence.
const HEADING: usize = 45;

static WORDINGS: LazyLock<Vec<(u8, Regex)>> = LazyLock::new(|| {
    [
        (1, r"^((政府信息公开|政务公开)(工作)?)?(总体|基本)(公开)?(工作)?情况(说明|概述)?$|^概述$|^总体要求$|^主要工作概述$|^(主要)?任务落实情况$|^总体情况.{0,6}$"),
        (2, r"^(行政机关)?主动公开(政府|政务)?信息(工作)?的?(情况|统计)$|^(政府|政务)?信息主动公开(工作)?的?情况$|^(行政机关)?主动公开情况$"),
        (3, r"^(收到|受理)(和|及|与|、)?(处理|办理|受理)(政府|政务)?信息公开申请的?(办理)?(情况|统计)$|^(政府|政务)?信息依申请公开(工作|办理)?的?情况$|^依申请公开(政府信息|办理)?的?情况$"),
        (4, r"行政复议.{0,12}行政诉讼.{0,6}(情况|统计)$|^(政府信息公开)?(行政)?复议和?诉讼情况$"),
        (5, r"存在的?(主要)?(问题|不足|困难).{0,6}(改进|整改|下一步|对策|建议|措施|打算).{0,8}$|^(存在|主要)的?(主要)?问题(和|及|与)?(改进)?(情况|措施)?$"),
        (6, r"^其他需要(报告|说明|公开)的?(有关)?(事项|情况|内容|问题)$|^需要(报告|说明)的其他(事项|情况)$|^其他(报告)?事项$"),
    ]
    .into_iter()
    .filter_map(|(number, pattern)| Some((number, Regex::new(pattern).ok()?)))
    .collect()
});

/// The part that a line is the heading of.
pub(crate) fn heading_number(line: &str) -> Option<u8> {
    let bare = without_number(line.trim_start_matches(['#', '*', ' ']));
    if bare.chars().count() > HEADING || bare.contains(['。', '；']) {
        return None;
    }
    let squashed = squash(without_number(bare));
    let number =
        WORDINGS.iter().find(|(_, wording)| wording.is_match(&squashed)).map(|(number, _)| *number)?;
    // Only the heading of part four has clauses; elsewhere a comma makes it a sentence.
    (number == 4 || !bare.contains(['，', ','])).then_some(number)
}

/// The Chinese number before a heading: 一、 → 1.
fn printed_number(line: &str) -> Option<u8> {
    let line = line.trim_start_matches(['#', '*', ' ', '第']);
    let first = line.chars().next()?;
    let number = "一二三四五六七八九".chars().position(|c| c == first)?;
    let next = line.chars().nth(1)?;
    matches!(next, '、' | '.' | '，' | ',' | ' ' | '．' | '部').then(|| u8::try_from(number + 1).ok())?
}

/// A line that may be the heading of a part.
struct Mark {
    number: u8,
    row: usize,
    strength: u8,
}

/// Finds the parts. Tables show a part whose heading is lost.
pub(crate) fn find(page: &Page, tables: &[Table]) -> Vec<Section> {
    let marks = marks(page);
    let marks = best_sequence(&marks);
    let extra = marks.last().and_then(|last| seventh(page, last.row));
    let end = marks.last().map_or(page.chars(), |last| content_end(page, last.row + 1));
    let mut sections = Vec::new();
    for (at, mark) in marks.iter().enumerate() {
        let Some(row) = page.rows.get(mark.row) else { continue };
        let next =
            marks.get(at + 1).map(|next| next.row).or(if at + 1 == marks.len() { extra } else { None });
        let stop = next.and_then(|next| page.rows.get(next)).map_or(end, |row| row.span.start);
        let Some(field) = row.line() else { continue };
        sections.push(Section {
            number: mark.number,
            heading: Some(heading(field)),
            span: Span::new(row.span.start, stop.max(row.span.end)),
        });
    }
    if let Some(row) = extra.and_then(|at| page.rows.get(at))
        && let Some(field) = row.line()
    {
        let stop = extra.map_or(end, |at| content_end(page, at + 1));
        sections.push(Section {
            number: 7,
            heading: Some(heading(field)),
            span: Span::new(row.span.start, stop.max(row.span.end)),
        });
    }
    add_headless(page, tables, &mut sections);
    sections
}

fn heading(field: &crate::page::Field) -> Quote {
    field.quote()
}

fn marks(page: &Page) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (at, row) in page.rows.iter().enumerate() {
        let Some(line) = row.line() else { continue };
        if let Some(number) = heading_number(&line.text) {
            let numbered = printed_number(&line.text);
            let strength = if numbered == Some(number) {
                4
            } else if row.heading.is_some() {
                3
            } else {
                u8::from(numbered.is_some()) + 1
            };
            marks.push(Mark { number, row: at, strength });
        }
    }
    marks
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
            .filter(|(_, (earlier, _))| earlier.number < mark.number)
            .max_by_key(|(index, (_, (score, _)))| (*score, *index));
        let (score, from) = before.map_or((0, None), |(index, (_, (score, _)))| (*score, Some(index)));
        best.push((score + 10 + u32::from(mark.strength), from));
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
    page.rows
        .iter()
        .enumerate()
        .skip(last + 1)
        .find(|(_, row)| {
            row.line()
                .is_some_and(|line| printed_number(&line.text) == Some(7) && line.text.chars().count() <= 20)
        })
        .map(|(at, _)| at)
}

/// Words that stand on pages below a report and never in it.
static FURNITURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(【?(打印|关闭|收藏|打印文本|打印本页|关闭窗口)|扫一扫|分享(到|至)|上一(篇|条)|下一(篇|条)|相关(链接|文章|阅读|信息)|主办(单位)?[:：]|承办(单位)?[:：]|版权所有|网站(地图|标识码|声明)|[^。]{0,20}ICP备|浏览次数|点击次数|责任编辑|友情链接|关于我们|联系我们|返回顶部)").ok()
});

/// Where the last part ends: before the page's own words.
fn content_end(page: &Page, from: usize) -> u32 {
    page.rows
        .iter()
        .skip(from)
        .find(|row| {
            row.line().is_some_and(|line| FURNITURE.as_ref().is_some_and(|words| words.is_match(&line.text)))
        })
        .map_or(page.chars(), |row| row.span.start)
}

/// Parts without a heading: a statutory table is its part, and so are sentences that only that part has.
fn add_headless(page: &Page, tables: &[Table], sections: &mut Vec<Section>) {
    let has = |sections: &[Section], number: u8| sections.iter().any(|section| section.number == number);
    for table in tables {
        let number = gongkai_model::form(table.form.as_str())
            .and_then(|form| form.table(table.key.as_str()))
            .map_or(0, |t| t.section);
        if number > 0 && !has(sections, number) {
            sections.push(Section { number, heading: None, span: table.span });
        }
    }
    if !sections.is_empty() {
        for (number, rows) in [(1, before_first(page, sections)), (5, behind_tables(page, sections))] {
            if !has(sections, number)
                && let Some(span) = rows
            {
                sections.push(Section { number, heading: None, span });
            }
        }
    }
    sections.sort_by_key(|section| section.span.start);
}

/// Several long paragraphs before the first part that is known: part one without its heading.
fn before_first(page: &Page, sections: &[Section]) -> Option<Span> {
    let first = sections.iter().map(|section| section.span.start).min()?;
    let long: Vec<&Row> = page
        .rows
        .iter()
        .filter(|row| row.span.end <= first && row.line().is_some_and(|line| line.text.chars().count() >= 60))
        .collect();
    (long.len() >= 3).then(|| Some(Span::new(long.get(1)?.span.start, first)))?
}

/// Sentences about problems behind the last table and before part six: part five without its heading.
fn behind_tables(page: &Page, sections: &[Section]) -> Option<Span> {
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
        .unwrap_or(page.chars());
    let about = |words: &[&str]| {
        page.rows.iter().any(|row| {
            row.span.start >= from.start
                && row.span.end <= to
                && row.line().is_some_and(|line| words.iter().any(|word| line.text.contains(word)))
        })
    };
    let found = about(&["存在的主要问题", "存在问题", "存在的问题", "仍存在", "还存在", "不足"])
        && about(&["改进", "下一步", "整改", "进一步"]);
    found.then(|| Span::new(from.end.min(to), to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_by_their_words() {
        let cases = [
            ("一、总体情况", Some(1)),
            ("## 一、 总体情况。", None),
            ("一、总体公开情况说明", Some(1)),
            ("二、行政机关主动公开政府信息情况", Some(2)),
            ("（二）主动公开政府信息情况：", Some(2)),
            ("三、收到和办理政府信息公开申请的情况", Some(3)),
            ("四、因政府信息公开工作被申请行政复议,提起行政诉讼的情况", Some(4)),
            ("五、政府信息公开工作存在的主要问题及改进情况", Some(5)),
            ("五、存在的问题及整改措施", Some(5)),
            ("六、其他需要报告的情况", Some(6)),
            ("一、本年新收政府信息公开申请数量", None),
            ("二、上年结转政府信息公开申请数量", None),
            ("(二)依申请公开情况。今年以来,我单位未收到政府信息公开申请。", None),
            ("行政复议", None),
        ];
        for (line, number) in cases {
            let expected = if line.starts_with("## ") { Some(1) } else { number };
            let line = line.trim_end_matches('。');
            assert_eq!(heading_number(line), expected, "{line}");
        }
    }

    #[test]
    fn a_table_of_contents_does_not_take_the_place_of_the_parts() {
        let parts = ["一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"];
        let text =
            format!("{}\n{}", parts.join("\n"), parts.map(|part| format!("{part}\n正文若干。")).join("\n"));
        let page = crate::plain::read(&text);
        let sections = find(&page, &[]);
        let bodies: Vec<&str> = sections.iter().map(|section| section.span.of(&page.text).trim()).collect();
        assert_eq!(bodies, parts.map(|part| format!("{part}\n正文若干。")));
    }
}
