//! What of a report a revision would change, so that counters and clocks of its page are none.
use gongkai_model::{Report, Span};

use crate::sections::furniture::is_furniture;

/// The report's own words: title, preface, parts and signature, without the page's words, counters and links around them.
pub fn content(report: &Report) -> String {
    let mut content = report.title.as_ref().map(|title| title.text.clone()).unwrap_or_default();
    let start = report.sections.iter().map(|section| section.span.start).min();
    let end = report.sections.iter().map(|section| section.span.end).max();
    let title = report.title.as_ref().map(|title| title.span);
    match (start, end) {
        (Some(start), Some(end)) => {
            let behind = title.filter(|span| span.end <= start).map(|span| span.end);
            let preface = behind.map(|from| Span::new(from, start).of(&report.text)).unwrap_or_default();
            sentences(preface, &mut content);
            content.push('\n');
            content.push_str(Span::new(start, end).of(&report.text));
        }
        // Without parts nothing but its own looks tells a sentence of the report from the page's words.
        _ => sentences(&report.text, &mut content),
    }
    content
}

/// Adds the lines that are sentences: paths, counters, dates and menus are none.
fn sentences(text: &str, content: &mut String) {
    let own = |line: &&str| {
        let length = line.chars().count();
        (length >= 30 || length >= 8 && line.ends_with(['。', '：', ':']))
            && line.contains(['。', '，', '；', '：', ','])
            && !is_furniture(line)
            && !PAGE_WORDS.iter().any(|word| line.contains(word))
    };
    for line in text.lines().map(str::trim).filter(own) {
        content.push('\n');
        content.push_str(line);
    }
}

/// Words of lines about the page, wherever they stand in them.
const PAGE_WORDS: [&str; 12] = [
    "浏览",
    "点击",
    "阅读次数",
    "访问",
    "字体",
    "打印",
    "分享",
    "来源：",
    "来源:",
    "发布时间",
    "发布日期",
    "索引号",
];
