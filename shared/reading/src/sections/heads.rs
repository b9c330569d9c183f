//! Heads of parts: how a line is numbered, and which part its words name.
use std::sync::LazyLock;

use regex::Regex;

use crate::{
    fold::{simplified, simplified_char},
    label::squash,
};

/// Longest heading; a longer line is a sentence.
const HEADING: usize = 45;

/// How a line is numbered; the heads of one report share a style, and what stands below them has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// No number.
    Plain,
    /// 一、
    Chinese,
    /// （一）
    Bracketed,
    /// 第一部分
    Ordinal,
    /// 1.
    Digit,
    /// (1)
    BracketedDigit,
}

/// A line that may be the head of a part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) part: u8,
    pub(super) style: Style,
    /// The number printed before it.
    pub(super) printed: Option<u8>,
    /// The words are those of the part and of nothing below it.
    pub(super) full: bool,
    /// Characters of the line that are the head; the rest is text that was glued to it.
    pub(super) length: usize,
    pub(super) glued: bool,
}

static WHOLE: LazyLock<Vec<(u8, Regex)>> = LazyLock::new(|| {
    [
        (1, r"^((政府信息公开|政务公开)(工作)?)?(总体|基本)(公开|工作)*(情况|概况)(说明|概述)?$|^(工作)?(概述|概况|综述)$|^总体要求$|^(主要|总体)工作(概述|情况|开展情况)$|^(主要|重点)?(工作)?任务落实情况$|^总体情况.{0,6}$|^政府信息公开工作(基本|总体)?情况$"),
        (2, r"^(行政机关)?主动公开((政府|政务)?信息)?(工作)?的?(情况|统计)?$|^(政府|政务)?信息主动公开(工作)?的?(情况)?$|^(政府|政务)信息公开主动公开(工作)?情况$|^主动公开工作情况$"),
        (3, r"^(收到|受理|接收)(和|及|与|以及|并)?(处理|办理|受理)?(政府|政务)?信息公开申请的?(和|及)?(处理|办理)?的?(情况|统计)$|^(政府|政务)?信息(公开)?依申请公开(工作|办理)?的?(情况)?$|^依申请公开(政府信息|办理|工作)*的?(和不予公开政府信息的)?(情况)?$|^(政府|政务)?信息公开申请(的)?(收到|受理|办理|处理|答复)(和|及|与)?(收到|受理|办理|处理|答复)?的?情况$"),
        (4, r"行政复议.{0,14}行政诉讼.{0,8}(情况|统计)$|^(因?政府信息公开)?(工作)?(被申请)?(行政)?复议(和|及|与)?(行政)?诉讼的?(情况|统计)$|^(行政)?复议(和|及|与)?(被)?(提起)?(行政)?诉讼(和(举报|申诉))?的?情况$"),
        (5, r"存在的?(主要)?(问题|不足|困难).{0,8}(改进|整改|下一步|对策|建议|措施|打算|努力方向|工作思路|解决).{0,10}$|^(工作)?(中)?(存在|主要)的?(主要)?(问题|不足|困难)(和|及|与)?(不足|困难|改进)?(情况|措施|方向)?$|^(问题|不足)(和|及|与)(改进|整改|建议|对策)(情况|措施|建议)?$|^主要问题.{0,6}(改进|整改|下一步|措施|打算).{0,8}$"),
        (6, r"^其[他它]需要?(报告|说明|公开)的?(有关|重要)?(事项|情况|内容|问题)$|^需要?(报告|说明)的其[他它](有关|重要)?(事项|情况|问题)$|^其[他它](有关|重要|报告|说明)?(事项|情况)$|^需要(报告|说明)的(事项|情况)和附表$"),
    ]
    .into_iter()
    .filter_map(|(part, pattern)| Some((part, Regex::new(pattern).ok()?)))
    .collect()
});

/// A cheap look at words: without one of these they do not name the part in any wording.
fn may_name(part: u8, words: &str) -> bool {
    let any: &[&str] = match part {
        1 => &["情况", "概况", "概述", "综述", "总体要求"],
        2 => &["主动公开"],
        3 => &["申请"],
        4 => &["复议"],
        5 => &["问题", "不足", "困难"],
        6 => &["其他", "其它", "需要"],
        _ => &[""],
    };
    any.iter().any(|word| words.contains(word))
}

/// The words with which no line below the head of a part begins.
static FULL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"总体|概述|概况|综述|主动公开.*信息.*情况|信息主动公开.+|(收到|受理|接收).*申请|复议.*诉讼|(问题|不足).*(改进|整改|措施|打算|下一步)|存在的?主要问题|其[他它].*(报告|说明)|需要(报告|说明)").ok()
});

/// What those heads begin with.
const FRONTS: [char; 13] = ['总', '工', '政', '行', '主', '收', '依', '因', '被', '申', '复', '存', '其'];

/// The heads as the forms print them, in front of text that was glued to them.
static FRONT: LazyLock<Vec<(u8, Regex)>> = LazyLock::new(|| {
    [
        (1, r"^(政府信息公开)?(工作)?总体情况"),
        (2, r"^(行政机关)?主动公开(政府信息)?(工作)?的?(情况)?"),
        (3, r"^收到(和|及|与|、)?(处理|办理)政府信息公开申请的?情况|^(政府信息)?依申请公开(政府信息)?(工作)?的?(情况)?"),
        (4, r"^(因?政府信息公开)?(工作)?(被申请|被提起|申请)?行政复议[、，,和及]?(被?提起)?(行政)?诉讼的?(情况)?|^(行政)?复议[、和及]?(行政)?诉讼的?情况"),
        (5, r"^(政府信息公开)?(工作)?存在的?(主要)?问题[及和与、](其)?(改进|整改)(情况|措施)?"),
        (6, r"^其[他它]需要(报告|说明)的?(事项|情况)"),
    ]
    .into_iter()
    .filter_map(|(part, pattern)| Some((part, Regex::new(pattern).ok()?)))
    .collect()
});

static NUMBERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:第(?P<ordinal>[一二三四五六七八九十]{1,2})(?:部分|章|节)?[、,，:：.\s]*",
        r"|[(（〔\[【]\s*(?P<bracketed>[一二三四五六七八九十]{1,3})\s*[)）〕\]】][、.,，:：\s]*",
        r"|(?P<half>[一二三四五六七八九十]{1,3})[)）][、.,，\s]*",
        r"|(?P<chinese>[一二三四五六七八九十]{1,3})(?:\s*[、.．,，:：]\s*|\s+)",
        r"|[(（]\s*(?P<bracketed_digit>\d{1,2})\s*[)）][、.,，\s]*",
        r"|(?P<half_digit>\d{1,2})[)）]\s*",
        r"|(?P<digit>\d{1,2})\s*[、.．,，]\s*)"
    ))
    .ok()
});

/// Text of years and blanks that some put before the words of a head.
static YEAR: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(19|20)\d{2}年度?").ok());

/// What may follow a head directly, without a sign between them.
static BEGINS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(一是|首先|[（(]|1[.、]|20\d\d|今年|本年|全年|我[局镇市县区乡委街办院]|本(机关|单位|局|年)|无|暂无|没有|未|主要)").ok()
});

fn chinese(text: &str) -> Option<u8> {
    const DIGITS: &str = "一二三四五六七八九";
    let digit =
        |c: char| DIGITS.chars().position(|known| known == c).and_then(|at| u8::try_from(at + 1).ok());
    match text.split_once('十') {
        None => digit(text.chars().next()?),
        Some((tens, ones)) => {
            let tens = tens.chars().next().map_or(Some(1), digit)?;
            Some(tens * 10 + ones.chars().next().map_or(Some(0), digit)?)
        }
    }
}

/// Style and number of a line, and the text behind them.
pub(super) fn numbered(line: &str) -> (Style, Option<u8>, &str) {
    if let Some(c) = line.chars().next().filter(|c| ('㈠'..='㈩').contains(c)) {
        let number = u8::try_from(u32::from(c) - u32::from('㈠') + 1).ok();
        let rest = line.get(c.len_utf8()..).unwrap_or_default();
        return (Style::Bracketed, number, rest.trim_start_matches(['、', '.', ' ']));
    }
    let opens = line.starts_with(|c| {
        matches!(
            c,
            '0'..='9'
                | '一'
                | '二'
                | '三'
                | '四'
                | '五'
                | '六'
                | '七'
                | '八'
                | '九'
                | '十'
                | '第'
                | '('
                | '（'
                | '〔'
                | '['
                | '【'
        )
    });
    if !opens {
        return (Style::Plain, None, line);
    }
    let Some(found) = NUMBERED.as_ref().and_then(|pattern| pattern.captures(line)) else {
        return (Style::Plain, None, line);
    };
    let styles = [
        ("ordinal", Style::Ordinal),
        ("bracketed", Style::Bracketed),
        ("half", Style::Bracketed),
        ("chinese", Style::Chinese),
        ("bracketed_digit", Style::BracketedDigit),
        ("half_digit", Style::BracketedDigit),
        ("digit", Style::Digit),
    ];
    let rest = found.get(0).and_then(|number| line.get(number.end()..)).unwrap_or_default();
    for (name, style) in styles {
        if let Some(number) = found.name(name) {
            return (style, chinese(number.as_str()).or_else(|| number.as_str().parse().ok()), rest);
        }
    }
    (Style::Plain, None, line)
}

/// The part that a whole line is the heading of.
pub(crate) fn heading_number(line: &str) -> Option<u8> {
    whole(line).map(|head| head.part)
}

/// A cheap look at a line's beginning: without one of these characters it is no head, as most cells and lines are not.
fn may_be_head(line: &str) -> bool {
    let of_a_head = |c: char| {
        matches!(
            c,
            '况' | '況'
                | '述'
                | '要'
                | '动'
                | '動'
                | '依'
                | '申'
                | '请'
                | '請'
                | '议'
                | '議'
                | '题'
                | '題'
                | '足'
                | '难'
                | '難'
                | '其'
                | '需'
                | '落'
                | '信'
                | '工'
                | '概'
        )
    };
    line.chars().take(HEADING).any(of_a_head)
}

/// What may stand behind the words of a head.
const TAIL: [char; 8] = ['。', ':', '：', ';', '；', '.', '*', ' '];

/// A line that is a head and nothing else.
pub(super) fn whole(line: &str) -> Option<Head> {
    // Four bytes a character at most: a longer line need not be counted.
    if line.len() > 4 * (HEADING + 16) || !may_be_head(line) {
        return None;
    }
    let line = line.trim_start_matches(['#', '*', ' ']).trim_end_matches(['*', ' ']);
    // Nor is a sentence; these signs stand in no number.
    if line.trim_end_matches(TAIL).contains(['。', '；', ';']) {
        return None;
    }
    let (style, printed, bare) = numbered(line);
    let bare = bare.trim_end_matches(TAIL);
    if bare.chars().count() > HEADING || bare.contains(['。', '；', ';', ':', '：']) {
        return None;
    }
    let words = simplified(&squash(bare));
    let words = YEAR.as_ref().map_or(words.as_str().into(), |year| year.replace(&words, ""));
    let part = WHOLE.iter().find(|(part, wording)| may_name(*part, &words) && wording.is_match(&words));
    let part = part.map(|(part, _)| *part)?;
    // Only the heading of part four has clauses; elsewhere a comma makes it a sentence.
    if part != 4 && bare.contains(['，', ',']) {
        return None;
    }
    let full = FULL.as_ref().is_some_and(|full| full.is_match(&words));
    Some(Head { part, style, printed, full, length: line.chars().count(), glued: false })
}

/// A line that begins with a head: `六、其他需要报告的事项：无`, `主动公开:全年公开…`, `一、总体情况2024年…`.
pub(super) fn front(line: &str) -> Option<Head> {
    let line = line.trim_start_matches(['#', '*', ' ']);
    if !may_be_head(line) {
        return None;
    }
    let (style, printed, bare) = numbered(line);
    if !bare.starts_with(|c| FRONTS.contains(&simplified_char(c))) {
        return None;
    }
    // The same bytes as in the line, for each traditional character is as long as its simplified one.
    let words = simplified(&bare.chars().take(HEADING).collect::<String>());
    for (part, wording) in FRONT.iter() {
        let Some(found) = wording.find(&words) else { continue };
        let tail = bare.get(found.end()..)?;
        let bare_tail = tail.trim_start_matches(['。', ':', '：', ' ', '*']);
        let parted = tail.len() > bare_tail.len();
        let full = FULL.as_ref().is_some_and(|full| full.is_match(found.as_str()));
        let text = bare_tail.chars().filter(|c| c.is_alphabetic()).count();
        let begins = BEGINS.as_ref().is_some_and(|begins| begins.is_match(bare_tail));
        // A list of the parts' names is no head, nor is a line of contents with its page number.
        let listed = bare_tail.starts_with(['、', '；', ';', ',', '，', '”', '"', '」', '.', '…', '·']);
        let fits = parted || (full && (begins || printed == Some(*part)));
        if text == 0 || listed || !fits || (style != Style::Plain && printed.is_none()) {
            continue;
        }
        let length = line.chars().count() - tail.chars().count();
        return Some(Head { part: *part, style, printed, full, length, glued: true });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_by_their_words() {
        let cases = [
            ("一、总体情况", Some(1)),
            ("## 一、 总体情况", Some(1)),
            ("一、总体情况。", Some(1)),
            ("一、总体公开情况说明", Some(1)),
            ("第一部分 概述", Some(1)),
            ("一、主要任务落实情况", Some(1)),
            ("一、總體情況", Some(1)),
            ("二、行政机关主动公开政府信息情况", Some(2)),
            ("（二）主动公开政府信息情况：", Some(2)),
            ("2. 政府信息主动公开工作", Some(2)),
            ("三、收到和办理政府信息公开申请的情况", Some(3)),
            ("四、因政府信息公开工作被申请行政复议,提起行政诉讼的情况", Some(4)),
            ("五、政府信息公开工作存在的主要问题及改进情况", Some(5)),
            ("五、存在的问题及整改措施", Some(5)),
            ("六、其他需要报告的情况", Some(6)),
            ("六、其它需要报告的事项", Some(6)),
            ("一、本年新收政府信息公开申请数量", None),
            ("二、上年结转政府信息公开申请数量", None),
            ("(二)依申请公开情况。今年以来,我单位未收到政府信息公开申请。", None),
            ("行政复议", None),
            ("其他", None),
        ];
        for (line, part) in cases {
            assert_eq!(heading_number(line), part, "{line}");
        }
    }

    #[test]
    fn a_head_with_text_behind_it_is_told_from_a_sentence() {
        let cases = [
            ("六、其他需要报告的事项：无。", Some((6, "六、其他需要报告的事项"))),
            ("六、其他需要报告的事项无。", Some((6, "六、其他需要报告的事项"))),
            ("一、总体情况2024年，我局公开信息3条。", Some((1, "一、总体情况"))),
            ("主动公开:全年公开30条。", Some((2, "主动公开"))),
            ("存在的主要问题及改进情况一是人员少。", Some((5, "存在的主要问题及改进情况"))),
            ("总体情况、主动公开政府信息情况、其他需要报告的事项六部分组成。", None),
            ("一、总体情况……1", None),
            ("二、主动公开政府信息情况  3", None),
            ("主动公开政府信息30条。", None),
        ];
        for (line, expected) in cases {
            let found =
                front(line).map(|head| (head.part, line.chars().take(head.length).collect::<String>()));
            assert_eq!(found.as_ref().map(|(part, words)| (*part, words.as_str())), expected, "{line}");
        }
    }

    #[test]
    fn every_way_of_numbering_is_known() {
        let cases = [
            ("一、甲", Style::Chinese, 1),
            ("二 甲", Style::Chinese, 2),
            ("（三）甲", Style::Bracketed, 3),
            ("㈣甲", Style::Bracketed, 4),
            ("五)甲", Style::Bracketed, 5),
            ("6. 甲", Style::Digit, 6),
            ("1、甲", Style::Digit, 1),
            ("(2) 甲", Style::BracketedDigit, 2),
            ("3)甲", Style::BracketedDigit, 3),
            ("第四部分 甲", Style::Ordinal, 4),
            ("第五，甲", Style::Ordinal, 5),
        ];
        for (line, style, number) in cases {
            assert_eq!(numbered(line), (style, Some(number), "甲"), "{line}");
        }
        assert_eq!(numbered("一是甲").0, Style::Plain);
    }
}
