//! What stands behind labels such as 索引号 and 发布时间: in a line, glued to the next label, in a table's next cell, in the next line.
use std::sync::LazyLock;

use gongkai_model::{Quote, Report, Span};
use regex::Regex;
use rustc_hash::FxHashSet;

use super::{dates, naming::is_report_title};
use crate::page::{Field, Page, Row};

/// What a label is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// 索引号.
    Index,
    /// 发布机构 and the like.
    Publisher,
    /// 来源: who sent the text in.
    Source,
    /// 发布时间 and the like.
    Published,
    /// 信息时间, 日期: of publication unless something says so better.
    Dated,
    /// 成文日期, 生成日期: of the document.
    Drawn,
    /// 更新时间.
    Updated,
    /// Ends the value before it, and says nothing that is asked for.
    Other,
}

/// A label with the value behind it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) label: Label,
    pub(super) value: Quote,
}

/// Longest line that holds labels.
const LINE: usize = 240;

const WORDS: [(Label, &[&str]); 8] = [
    (Label::Index, &["索引号", "信息索引", "索取号", "信息索引号"]),
    (
        Label::Publisher,
        &[
            "发布机构",
            "发布单位",
            "发文单位",
            "发文机构",
            "发文机关",
            "公开机构",
            "公开单位",
            "公开主体",
            "制发机关",
            "发布部门",
            "发布机关",
            "责任部门",
            "成文单位",
            "信息提供单位",
        ],
    ),
    (Label::Source, &["信息来源", "文章来源", "稿件来源", "内容来源", "来源单位", "来源", "供稿单位"]),
    (
        Label::Published,
        &[
            "发布时间",
            "发布日期",
            "公开时间",
            "公开日期",
            "上网时间",
            "上网日期",
            "刊登日期",
            "刊登时间",
            "发表时间",
            "发表日期",
            "发稿时间",
            "PublishedTime",
        ],
    ),
    (Label::Dated, &["发文时间", "发文日期", "信息时间", "信息日期", "时间", "日期"]),
    (Label::Drawn, &["成文日期", "成文时间", "生成日期", "生成时间", "印发日期", "制发日期", "产生日期"]),
    (Label::Updated, &["更新时间", "更新日期", "修改时间"]),
    (
        Label::Other,
        &[
            "公开方式",
            "组配分类",
            "主题分类",
            "信息分类",
            "体裁分类",
            "所属主题",
            "公开范围",
            "公开形式",
            "公开时限",
            "发文字号",
            "文件编号",
            "文号",
            "信息名称",
            "文件名称",
            "公报标题",
            "名称",
            "标题",
            "有效性",
            "关键词",
            "关键字",
            "主题词",
            "内容概述",
            "内容概要",
            "浏览次数",
            "阅读次数",
            "点击次数",
            "点击数",
            "点击率",
            "点击量",
            "被阅览数",
            "访问次数",
            "访问量",
            "阅读量",
            "浏览量",
            "浏览数",
            "浏览",
            "阅读",
            "字体",
            "字号",
            "语种",
            "体裁",
            "废止日期",
            "失效日期",
            "生效日期",
            "责任编辑",
            "编辑",
            "作者",
            "录入",
            "审核",
            "分享",
            "打印",
            "载体形式",
        ],
    ),
];

static LABELS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let mut words: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let spaced = |word: &&str| word.chars().map(String::from).collect::<Vec<_>>().join(r"\s*");
    let any: Vec<String> = words.iter().map(spaced).collect();
    Regex::new(&format!(r"({})\s*[\]】]?\s*([:：]|\s|$)", any.join("|"))).ok()
});

/// What the words end with: one that ends a text needs no sign behind it.
static ENDS: LazyLock<FxHashSet<char>> = LazyLock::new(|| {
    let words = WORDS.iter().flat_map(|(_, words)| words.iter());
    words.filter_map(|word| word.chars().next_back()).collect()
});

/// A cheap look at a text: most have neither a sign nor a blank that may follow a label, nor end as one does.
fn may_have_label(text: &str) -> bool {
    let last = text.trim_end_matches([']', '】']).chars().next_back();
    last.is_some_and(|last| ENDS.contains(&last))
        || text.contains(|c: char| matches!(c, ':' | '：') || c.is_whitespace())
}

static INDEX: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[A-Za-z0-9][A-Za-z0-9\-/_.—]{4,40}").ok());

fn kind(words: &str) -> Option<(Label, usize)> {
    let words: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    let label = WORDS.iter().find(|(_, known)| known.contains(&words.as_str()))?.0;
    Some((label, words.chars().count()))
}

/// A label within a field: bytes from its first character to its value.
struct Place {
    label: Label,
    start: usize,
    value: usize,
}

/// Every label outside the parts of the report, with its value.
pub(super) fn entries(page: &Page, report: &Report) -> Vec<Entry> {
    let inside = |span: Span| {
        report.sections.iter().any(|part| part.span.start <= span.start && span.end <= part.span.end)
    };
    let mut entries = Vec::new();
    for (at, row) in page.rows.iter().enumerate().filter(|(_, row)| !inside(row.span)) {
        for (number, field) in row.fields.iter().enumerate() {
            if field.text.chars().count() <= LINE {
                add(page, (at, row), (number, field), &mut entries);
            }
        }
    }
    entries
}

fn add(page: &Page, (at, row): (usize, &Row), (number, field): (usize, &Field), entries: &mut Vec<Entry>) {
    let places = places(&field.text);
    for (index, place) in places.iter().enumerate() {
        let end = places.get(index + 1).map_or(field.text.len(), |next| next.start);
        let here = value(field, place.value, end, place.label);
        let last = index + 1 == places.len();
        let beside = || {
            let next = row.fields.get(number + 1).filter(|next| places_start(&next.text).is_none())?;
            value(next, 0, next.text.len(), place.label)
        };
        let below = || {
            let next = page.rows.get(at + 1)?.single()?;
            let alone = next.text.chars().count() <= 45 && places_start(&next.text).is_none();
            // A name below a label without value may as well be the next thing on the page.
            let fits = match place.label {
                Label::Publisher | Label::Source => {
                    super::signature::is_name(&next.text) && !is_report_title(&next.text)
                }
                Label::Index => true,
                _ => dates::starts(&next.text),
            };
            (alone && fits).then(|| value(next, 0, next.text.len(), place.label))?
        };
        let found = here
            .or_else(|| last.then(beside).flatten())
            .or_else(|| (last && row.fields.len() == number + 1).then(below).flatten());
        if let Some(value) = found {
            entries.push(Entry { label: place.label, value });
        }
    }
}

fn places_start(text: &str) -> Option<usize> {
    places(text).first().map(|place| place.start).filter(|start| *start <= 6)
}

/// Labels of a field. A short word counts only where no longer word may end in it; one without a colon only as the whole or the beginning.
fn places(text: &str) -> Vec<Place> {
    let Some(labels) = LABELS.as_ref().filter(|_| may_have_label(text)) else { return Vec::new() };
    let mut places = Vec::new();
    for whole in labels.find_iter(text) {
        // What stands behind the words is told by their end, so that nothing has to be captured.
        let colon = whole.as_str().ends_with([':', '：']);
        let words = whole.as_str().trim_end_matches([':', '：']).trim_end().trim_end_matches([']', '】']);
        let Some((label, length)) = kind(words) else { continue };
        let before = text.get(..whole.start()).unwrap_or_default();
        let opens = before.chars().all(|c| !c.is_alphanumeric());
        let free = before.chars().next_back().is_none_or(|c| c.is_ascii() || !c.is_alphanumeric());
        let known = if colon { free || length >= 4 } else { opens && length >= 3 };
        // 抓取时间, 打印时间 and the like are not about publication, whatever word they end in.
        if known || (colon && opens) {
            places.push(Place { label, start: whole.start(), value: whole.end() });
        }
    }
    places
}

/// The value between two bytes of a field, if it is one for this label.
fn value(field: &Field, start: usize, end: usize, label: Label) -> Option<Quote> {
    let text = field.text.get(start..end)?;
    let lead = text.len() - text.trim_start_matches([' ', '[', '【', ':', '：']).len();
    let text = text.get(lead..)?;
    let width = match label {
        Label::Index => INDEX.as_ref()?.find(text)?.end(),
        Label::Publisher | Label::Source => {
            text.find(|c: char| c.is_whitespace() || "】]|;；【[".contains(c)).unwrap_or(text.len())
        }
        Label::Other => return None,
        _ => dates::first(text).map(|_| text.len())?,
    };
    let quote = slice(field, start + lead, start + lead + width);
    (!quote.text.is_empty()).then_some(quote)
}

/// A part of a field by byte offsets.
pub(super) fn slice(field: &Field, start: usize, end: usize) -> Quote {
    let chars =
        |to: usize| field.text.get(..to).map_or(0, |text| u32::try_from(text.chars().count()).unwrap_or(0));
    let (from, to) = (chars(start), chars(end));
    Quote {
        text: field.text.get(start..end).unwrap_or_default().to_owned(),
        span: Span::new(field.span.start + from, field.span.start + to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Label, String)> {
        let page = crate::plain::read(text);
        entries(&page, &Report::default()).into_iter().map(|entry| (entry.label, entry.value.text)).collect()
    }

    #[test]
    fn labels_part_a_line_even_where_nothing_else_does() {
        let line = "信息来源:省统计局发布时间:2022-01-21 16:49被阅览数:";
        assert_eq!(
            read(line),
            [(Label::Source, "省统计局".to_owned()), (Label::Published, "2022-01-21 16:49".to_owned())]
        );
    }

    #[test]
    fn a_value_may_stand_beside_or_below_its_label() {
        assert_eq!(read("索 引 号 | yzs/2024-00124 |")[0], (Label::Index, "yzs/2024-00124".to_owned()));
        assert_eq!(read("索引号：\n15253908T/2020-01119")[0].1, "15253908T/2020-01119");
        assert_eq!(read("发布日期\n2021-01-20")[0], (Label::Published, "2021-01-20".to_owned()));
        assert_eq!(read("• 发布机构:\n\n云泽市人民政府关于2019年度政府信息公开工作年度报告"), []);
        assert_eq!(read("发布机构：\n索引号："), []);
    }

    #[test]
    fn words_that_end_like_a_label_are_none() {
        for line in ["抓取时间:2024-03-01", "会议时间安排见附件。", "截止日期：2024-05-01"]
        {
            assert_eq!(read(line), [], "{line}");
        }
    }
}
