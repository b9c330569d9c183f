//! The title: which line it is, and the publisher and year it names.
use std::sync::LazyLock;

use gongkai_model::{Quote, Span};
use regex::Regex;

use crate::page::{Field, Page};

/// A title with what it says.
pub(super) struct Title {
    pub(super) quote: Quote,
    pub(super) year: Option<i16>,
    pub(super) publisher: Option<Quote>,
}

/// Longest title.
const LONGEST: usize = 70;

static ENDING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:政府|政务)?(?:信息)?公开?(?:工作)?(?:年度(?:工作)?报告|年报|工作报告)(?:[(（][^()（）]{1,8}[)）])?$").ok()
});
static YEAR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|[^\d])((?:19|20)\d{2})(?:年度?|[^\d]|$)").ok());
static BETWEEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:19|20)\d{2}(?:(年度(?:工作)?报告)|年度|年)").ok());
static OTHER_KIND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"解读|问答|通知|通告|范文|模板|填报|统计制度|怎么写|要点|新闻发布|图解|一图读懂|说明会|部署|召开|培训|汇总|一览|列表|目录$|法治政府|述职|督查").ok()
});

/// True when a title's words are those of an annual report.
pub(crate) fn is_report_title(title: &str) -> bool {
    let whole = squeeze(title);
    // The year may stand between any two words: it is looked for first and then taken out.
    let squeezed = BETWEEN.as_ref().map_or(whole.clone(), |year| year.replace_all(&whole, "$1").into_owned());
    let about =
        squeezed.contains("信息公开") || squeezed.contains("政务公开") || squeezed.contains("政府信息工作");
    let yearly = squeezed.contains("年度") || squeezed.contains("年报") || year_of(&whole).is_some();
    about && yearly && ENDING.as_ref().is_some_and(|ending| ending.is_match(&squeezed))
}

/// True when a title is of something about annual reports, or of another report.
pub(crate) fn names_other_kind(title: &str) -> bool {
    OTHER_KIND.as_ref().is_some_and(|words| words.is_match(title))
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn year_of(title: &str) -> Option<i16> {
    YEAR.as_ref()?.captures(title)?.get(1)?.as_str().parse().ok()
}

/// Finds the title before the first part: in a line, over two or three lines, else in the page's own title.
pub(super) fn find(page: &Page, first_part: u32) -> Option<Title> {
    let mut best: Option<(u8, Quote)> = None;
    let lines: Vec<(usize, &Field)> = page
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.span.start < first_part.max(1))
        .filter_map(|(at, row)| Some((at, row.line()?)))
        .collect();
    for at in 0..lines.len() {
        for count in 1..=3 {
            let Some(part) = lines.get(at..at + count) else { continue };
            if let Some((rank, quote)) = candidate(page, part)
                && best.as_ref().is_none_or(|(known, _)| rank > *known)
            {
                best = Some((rank, quote));
            }
        }
    }
    let (_, quote) = best.or_else(|| Some((0, page_title(page)?)))?;
    Some(Title { year: year_of(&quote.text), publisher: publisher(&quote), quote })
}

/// Lines that together are a title, and how good a one: with year and publisher, a heading, on one line.
fn candidate(page: &Page, part: &[(usize, &Field)]) -> Option<(u8, Quote)> {
    let (row, first) = part.first()?;
    let (_, last) = part.last()?;
    if page.title_row == Some(*row) {
        return None;
    }
    // Of several lines none is a title by itself, and none is a sentence.
    if part.len() > 1
        && part
            .iter()
            .any(|(_, line)| is_report_title(&line.text) || line.text.contains(['。', ':', '：', '>']))
    {
        return None;
    }
    let text: String = part.iter().map(|(_, line)| squeeze(&line.text)).collect();
    if text.chars().count() > LONGEST
        || text.contains(['。', '，', ',', '>', '《'])
        || !is_report_title(&text)
        || names_other_kind(&text)
    {
        return None;
    }
    let quote = Quote { text, span: Span::new(first.span.start, last.span.end) };
    let heading = page.rows.get(*row).is_some_and(|row| row.heading.is_some());
    let rank = 4 * u8::from(year_of(&quote.text).is_some())
        + 4 * u8::from(publisher(&quote).is_some())
        + 2 * u8::from(heading)
        + u8::from(part.len() == 1);
    Some((rank, quote))
}

/// The `<title>` element without the name of the site behind it.
fn page_title(page: &Page) -> Option<Quote> {
    let field = page.rows.get(page.title_row?)?.line()?;
    let text =
        field.text.split(['_', '|', '-', '—', '–']).map(str::trim).find(|part| is_report_title(part))?;
    if names_other_kind(text) {
        return None;
    }
    let before = field.text.find(text).and_then(|at| field.text.get(..at)).map_or(0, |t| t.chars().count());
    let (before, length) = (u32::try_from(before).ok()?, u32::try_from(text.chars().count()).ok()?);
    let start = field.span.start + before;
    Some(Quote { text: squeeze(text), span: Span::new(start, start + length) })
}

static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:19|20)\d{2}年?(?:度)?|关于|(?:政府|政务)?信息(?:公开)?(?:工作)?(?:年度)?(?:工作)?(?:报告|年报)(?:[(（][^()（）]{1,8}[)）])?$|(?:政府|政务)?(?:信息)?公开(?:工作)?年度(?:工作)?报告.*$|(?:政府|政务)?(?:信息)?公开(?:工作)?(?:年报|报告).*$|的?年度报告$").ok()
});

/// The name in a title: what is left without year and kind. 人民政府信息公开 is one word too short: the name keeps 政府.
fn publisher(title: &Quote) -> Option<Quote> {
    let fused = title.text.contains("人民政府信息公开") && !title.text.contains("人民政府政府信息公开");
    let text = if fused {
        title.text.replace("人民政府信息公开", "人民政府政府信息公开")
    } else {
        title.text.clone()
    };
    let left = WORDS.as_ref()?.replace_all(&text, "");
    let name = left
        .trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | ')' | '（' | '）'))
        .trim_end_matches('的');
    let name = ["政府信息公开", "政务信息公开", "信息公开"]
        .iter()
        .find_map(|kind| name.strip_suffix(kind))
        .unwrap_or(name);
    let proper = name.chars().count() >= 2
        && !name.starts_with(['我', '本'])
        && name.chars().all(|c| c.is_alphanumeric() || "（）()、·".contains(c));
    let at = text.find(name)?;
    let before = u32::try_from(text.get(..at)?.chars().count()).ok()?;
    let length = u32::try_from(name.chars().count()).ok()?;
    // Blanks and line ends inside a title make its characters wider on the page: then the whole title is the place.
    let exact = title.span.end - title.span.start == u32::try_from(title.text.chars().count()).ok()?;
    let span = if exact {
        Span::new(title.span.start + before, title.span.start + before + length)
    } else {
        title.span
    };
    proper.then(|| Quote { text: name.to_owned(), span })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(title: &str) -> Option<String> {
        let width = u32::try_from(title.chars().count()).unwrap();
        publisher(&Quote { text: title.to_owned(), span: Span::new(0, width) }).map(|quote| quote.text)
    }

    #[test]
    fn titles_of_all_orders_name_their_publisher() {
        let cases = [
            ("云泽市人民政府2019年政府信息公开工作年度报告", Some("云泽市人民政府")),
            ("2024年云泽市教育局政府信息公开工作年度报告", Some("云泽市教育局")),
            ("2024年度云泽市教育局政府信息公开年度报告", Some("云泽市教育局")),
            ("云泽市教育局2024年度政府信息公开年报", Some("云泽市教育局")),
            ("济川县人民政府关于2019年度政府信息公开工作年度报告", Some("济川县人民政府")),
            ("济川县人民政府信息公开2022年年度报告", Some("济川县人民政府")),
            ("王楼镇2023年政务信息公开年度报告", Some("王楼镇")),
            ("2022年政府信息公开工作年度报告", None),
            (
                "云泽市人民政府(市政府办公室)2022年政府信息公开工作报告（图片版）",
                Some("云泽市人民政府(市政府办公室)"),
            ),
        ];
        for (title, publisher) in cases {
            assert!(is_report_title(title), "{title}");
            assert_eq!(name(title).as_deref(), publisher, "{title}");
        }
    }

    #[test]
    fn near_misses_are_told_apart() {
        for title in
            ["法治政府建设年度报告", "2024年财政决算报告", "政府信息公开指南", "政府信息公开年度报告"]
        {
            let near = is_report_title(title) && year_of(title).is_some();
            assert!(!near, "{title}");
        }
        assert!(names_other_kind("《2024年政府信息公开工作年度报告》解读"));
        assert!(names_other_kind("关于做好2024年政府信息公开工作年度报告编制发布的通知"));
    }
}
