//! What the words of a title say: whether it is one of an annual report, of which year, and of which body.
use std::sync::LazyLock;

use gongkai_model::{Quote, Span};
use regex::Regex;

use super::dates;
use crate::fold::simplified;

fn pattern(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static ENDING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:年度(?:工作)?(?:情况)?的?报告|年报|工作(?:情况)?的?报告|公开(?:情况)?的?报告)(?:[(（][^()（）]{0,10}[)）])?$",
    )
});
static YEAR: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?:^|[^\d])((?:19|20)\d{2})(?:年度?|[^\d]|$)"));
static BETWEEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?:(?:19|20)\d{2}|二[〇○零ОO0][〇○零ОO0一二三四五六七八九]{2})(?:(年度(?:工作)?报告)|年度|年)?")
});

/// True when a title's words are those of an annual report.
pub(crate) fn is_report_title(title: &str) -> bool {
    // Most lines are none, and nearly all of these show it at their end.
    if !title.trim_end().ends_with(may_end_title) || !title.contains(['报', '報']) {
        return false;
    }
    let whole = simplified(&squeeze(title));
    // The year may stand between any two words: it is looked for first and then taken out.
    let dated = ["20", "19", "二"].iter().any(|digits| whole.contains(digits));
    let squeezed = match BETWEEN.as_ref().filter(|_| dated) {
        Some(year) => year.replace_all(&whole, "$1"),
        None => whole.as_str().into(),
    };
    let about =
        squeezed.contains("信息公开") || squeezed.contains("政务公开") || squeezed.contains("政府信息工作");
    let yearly = squeezed.contains("年度") || squeezed.contains("年报") || year_of(&whole).is_some();
    about && yearly && ENDING.as_ref().is_some_and(|ending| ending.is_match(&squeezed))
}

/// What a title of a report ends with, or the year or bracket behind it.
fn may_end_title(c: char) -> bool {
    matches!(c, '告' | '报' | '報' | ')' | '）' | '年' | '度' | '〇' | '○' | '零' | 'О' | 'O')
        || matches!(c, '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九')
        || c.is_numeric()
}

/// What else a title may be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Other {
    /// A letter, notice or news that may carry a report within itself.
    Carrier,
    /// Something about reports, or another report.
    Never,
}

/// Kinds that no report's title names, whatever it ends in.
static FOREIGN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"法治政府|依法行政|述职|[上下]半年|季度|[一二三四1-4]季|[^\d]\d{1,2}月|统计制度|范文|范本|模板|样本|怎么写|填报|精选|预算|决算",
    )
});
static ABOUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"解读|问答|答记者|要点|图解|一图读懂|新闻发布|说明会|部署|召开|培训|汇总|一览|列表|目录$|格式|(做好|编制|编写|编报|撰写|上报).*通知",
    )
});
static CARRIER: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"通知|通告|公告|公示|函$|报送|印发|发布|公布|请示"));
/// A verb right before the year or the name: the title tells what was done with a report.
static DONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(做好|编制|编写|报送|上报|提交|印发|发布|公布|晒出|部署|解读|召开|推进)(了|完成)?[^年]{0,30}?(?:19|20)\d{2}|[》”]|《.*》",
    )
});

/// What a title is of that is no annual report's.
pub(crate) fn other_kind(title: &str) -> Option<Other> {
    let title = simplified(&squeeze(title));
    let title =
        PERIOD.as_ref().map_or(title.clone(), |period| period.replace_all(&title, "$1年").into_owned());
    let says = |words: &LazyLock<Option<Regex>>| words.as_ref().is_some_and(|words| words.is_match(&title));
    if says(&FOREIGN) {
        return Some(Other::Never);
    }
    if is_report_title(&title) {
        return says(&DONE).then_some(Other::Carrier);
    }
    if says(&ABOUT) {
        return Some(Other::Never);
    }
    says(&CARRIER).then_some(Other::Carrier)
}

pub(super) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The year in a title, never that of a whole date beside it.
pub(crate) fn year_of(title: &str) -> Option<i16> {
    // A text without the last day of a year names no whole one.
    let whole = match PERIOD.as_ref().filter(|_| title.contains("12月31日")) {
        Some(period) => period.replace_all(title, "$1年"),
        None => title.into(),
    };
    let title = &*dates::without_dates(&whole);
    let dated = title.contains("20") || title.contains("19");
    let figures = YEAR
        .as_ref()
        .filter(|_| dated)
        .and_then(|year| year.captures(title))
        .and_then(|found| found.get(1)?.as_str().parse().ok());
    figures.or_else(|| dates::chinese_year_of(title))
}

/// A whole year by its first and last day.
static PERIOD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"((?:19|20)\d{2})年1月1日起?(?:至|到|—+|-+|~|～)(?:(?:19|20)\d{2}年)?12月31日")
});

static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:19|20)\d{2}年1月1日起?(?:至|到|—+|-+|~|～)(?:(?:19|20)\d{2}年)?12月31日",
        r"|(?:(?:19|20)\d{2}|二[〇○零ОO0][〇○零ОO0一二三四五六七八九]{2})年?(?:度)?|关于",
        r"|(?:政府|政务)?信息(?:公开)?(?:工作)?(?:年度)?(?:工作)?(?:情况)?的?(?:报告|年报)(?:[(（][^()（）]{0,10}[)）])?(?:19|20)?\d{0,2}年?$",
        r"|(?:政府|政务)?(?:信息)?公开(?:工作)?(?:情况)?的?(?:年度)(?:工作)?(?:情况)?的?报告.*$",
        r"|(?:政府|政务)?(?:信息)?公开(?:工作)?(?:情况)?的?(?:年报|报告).*$|的?年度(?:工作)?(?:情况)?的?报告$"
    ))
});

/// The name in a title: what is left without year and kind. 人民政府信息公开 is one word too short: the name keeps 政府.
pub(super) fn publisher(title: &Quote) -> Option<Quote> {
    let plain = simplified(&title.text);
    let fused = plain.contains("人民政府信息公开") && !plain.contains("人民政府政府信息公开");
    let text = if fused {
        plain.replace("人民政府信息公开", "人民政府政府信息公开")
    } else {
        plain
    };
    let left = WORDS.as_ref()?.replace_all(&text, "");
    let name = left
        .trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | ')' | '（' | '）'))
        .trim_end_matches('的');
    let name = ["政府信息公开工作", "政府信息公开", "政务信息公开", "政务公开", "信息公开"]
        .iter()
        .find_map(|kind| name.strip_suffix(kind))
        .unwrap_or(name);
    let name = ["()", "（）"].iter().find_map(|empty| name.strip_suffix(empty)).unwrap_or(name);
    if !is_proper(name) {
        return None;
    }
    let at = text.find(name)?;
    let before = text.get(..at)?.chars().count();
    let length = name.chars().count();
    let printed: String = title.text.chars().skip(before).take(length).collect();
    let (before, length) = (u32::try_from(before).ok()?, u32::try_from(length).ok()?);
    // Blanks and line ends inside a title make its characters wider on the page: then the whole title is the place.
    let exact = title.span.end - title.span.start == u32::try_from(title.text.chars().count()).ok()?;
    let span = if exact {
        Span::new(title.span.start + before, title.span.start + before + length)
    } else {
        title.span
    };
    Some(Quote { text: printed, span })
}

/// True for a name that could be a body's, and not 我局 or words of the title.
pub(super) fn is_proper(name: &str) -> bool {
    const TITLE: [&str; 6] = ["报告", "年报", "信息公开", "年度", "工作", "附件"];
    // A name may hold 工作 (社会工作部) where it goes on as a body's.
    let words = TITLE.iter().filter(|word| **word != "工作" || name.ends_with(**word));
    name.chars().count() >= 2
        && !name.starts_with(['我', '本', '全'])
        && !words.into_iter().any(|word| name.contains(*word) && !name.contains("小组"))
        && name.chars().all(|c| c.is_alphanumeric() || "（）()、·".contains(c))
        && !name.chars().all(|c| c.is_ascii_digit())
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
            ("云泽市社会工作部2024年政府信息公开工作年度报告", Some("云泽市社会工作部")),
            ("雲澤縣人民政府2019年政府信息公開工作年度報告", Some("雲澤縣人民政府")),
            (
                "云泽市人民政府(市政府办公室)2022年政府信息公开工作报告（图片版）",
                Some("云泽市人民政府(市政府办公室)"),
            ),
        ];
        for (title, publisher) in cases {
            assert!(is_report_title(title), "{title}");
            assert_eq!(other_kind(title), None, "{title}");
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
        let cases = [
            ("《2024年政府信息公开工作年度报告》解读", Other::Never),
            ("关于做好2024年政府信息公开工作年度报告编制发布的通知", Other::Never),
            ("关于印发云泽市2024年政府信息公开工作年度报告的通知", Other::Carrier),
            ("云泽市教育局发布2024年政府信息公开工作年度报告", Other::Carrier),
            ("云泽市2024年上半年政府信息公开工作报告", Other::Never),
            ("云泽市2024年法治政府建设年度报告", Other::Never),
            ("政府信息公开工作年度报告范文(精选5篇)", Other::Never),
        ];
        for (title, other) in cases {
            assert_eq!(other_kind(title), Some(other), "{title}");
        }
    }
}
