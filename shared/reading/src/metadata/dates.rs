//! Dates as pages print them; digits that were lost are not guessed.
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

fn pattern(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static NUMERIC: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?:^|[^\d])((?:19|20)\d{2})\s*(?:年|-|/|\.)\s*(\d{1,2})\s*(?:月|-|/|\.)\s*(\d{1,2})")
});
static CHINESE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"([二一][〇○零ОO0一二三四五六七八九]{3})\s*年\s*([一二三四五六七八九十]{1,2})\s*月\s*([一二三四五六七八九十]{1,3})\s*日",
    )
});
static IN_URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:^|[/_t])((?:19|20)\d{2})[-/]?(0[1-9]|1[0-2]|[1-9](?:/))[-/]?(0[1-9]|[12]\d|3[01]|[1-9])(?:[^\d]|$)",
    )
});

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.trim_end_matches('/').parse().ok()?, day.parse().ok()?).ok()
}

/// The first date of a text.
pub(super) fn first(text: &str) -> Option<Date> {
    let numeric = NUMERIC
        .as_ref()?
        .captures(text)
        .and_then(|found| date(found.get(1)?.as_str(), found.get(2)?.as_str(), found.get(3)?.as_str()));
    numeric.or_else(|| {
        let found = CHINESE.as_ref()?.captures(text)?;
        Date::new(
            i16::try_from(chinese_year(found.get(1)?.as_str())?).ok()?,
            chinese(found.get(2)?.as_str())?,
            chinese(found.get(3)?.as_str())?,
        )
        .ok()
    })
}

/// The date of a line that is nothing else.
pub(super) fn whole(line: &str) -> Option<Date> {
    let squeezed: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let inner = squeezed.trim_matches(['(', ')', '（', '）']);
    let short = inner.chars().count() <= 12 && inner.ends_with(|c: char| c == '日' || c.is_ascii_digit());
    let dated = inner.starts_with(|c: char| c.is_ascii_digit() || c == '二');
    (short && dated).then(|| first(inner))?
}

/// Byte at which the last date of a text begins.
pub(super) fn last_start(text: &str) -> Option<usize> {
    let numeric =
        NUMERIC.as_ref()?.captures_iter(text).filter_map(|found| Some(found.get(1)?.start())).last();
    numeric.or_else(|| {
        CHINESE.as_ref()?.captures_iter(text).filter_map(|found| Some(found.get(1)?.start())).last()
    })
}

/// True when a text is a date and at most a time of day behind it.
pub(super) fn starts(text: &str) -> bool {
    first(text).is_some()
        && text.trim().starts_with(|c: char| c.is_ascii_digit() || c == '二')
        && text.chars().count() <= 22
}

/// A whole date with its time of day and brackets; a period of 至 or 到 is none.
const WHOLE: &str = concat!(
    r"[\[(（【]?\s*(?:19|20)\d{2}",
    r"(?:\s*年\s*(?:1[0-2]|0?[1-9])\s*月\s*(?:3[01]|[12]\d|0?[1-9])\s*日",
    r"|[-/.](?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9]))",
    r"(?:[T\s]*[0-2]?\d[:：][0-5]\d(?:[:：][0-5]\d)?)?\s*[\])）】]?"
);
static LEADING: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(&format!("^{WHOLE}")));
static TRAILING: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(&format!(r"(?:发布时间|时间|日期)?[:：\s]*{WHOLE}$")));
static ANYWHERE: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(WHOLE));

/// Bytes of a line without a date glued before or behind its words.
pub(super) fn undated(line: &str) -> std::ops::Range<usize> {
    let period = |rest: &str| rest.trim_start().starts_with(['至', '到', '-', '—', '~', '～', '起']);
    let start = LEADING
        .as_ref()
        .and_then(|date| date.find(line))
        .filter(|found| line.get(found.end()..).is_some_and(|rest| !period(rest) && !rest.is_empty()))
        .map_or(0, |found| found.end());
    let rest = line.get(start..).unwrap_or_default();
    let end = TRAILING.as_ref().and_then(|date| date.find(rest)).map_or(rest.len(), |found| found.start());
    let (lead, tail) = (rest.get(..end).unwrap_or_default(), rest.get(..end).unwrap_or_default());
    let (lead, tail) = (lead.len() - lead.trim_start().len(), tail.trim_end().len());
    start + lead..start + tail.max(lead)
}

/// A text with its whole dates taken out: a year left is one that stands alone.
pub(super) fn without_dates(text: &str) -> std::borrow::Cow<'_, str> {
    let dated = text.contains(['-', '/', '.', '月']);
    match ANYWHERE.as_ref().filter(|_| dated) {
        Some(date) => date.replace_all(text, " "),
        None => std::borrow::Cow::Borrowed(text),
    }
}

static FIGURES: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|日?\s*\d{1,2}[:：]\d{2}"));

/// True for a date as systems print it, in figures or with a time of day; people write 年, 月, 日.
pub(super) fn in_figures(text: &str) -> bool {
    FIGURES.as_ref().is_some_and(|figures| figures.is_match(text))
}

/// A year in Chinese digits: 二〇二四年.
pub(super) fn chinese_year_of(text: &str) -> Option<i16> {
    static YEAR: LazyLock<Option<Regex>> =
        LazyLock::new(|| pattern(r"(二[〇○零ОO0][〇○零ОO0一二三四五六七八九]{2})年"));
    let year = YEAR.as_ref().filter(|_| text.contains('二'))?;
    i16::try_from(chinese_year(year.captures(text)?.get(1)?.as_str())?).ok()
}

/// A date in an address: `/202102/t20210220_12.html`, `/art/2023/1/11/`.
pub(super) fn in_url(url: &str) -> Option<Date> {
    IN_URL
        .as_ref()?
        .captures_iter(url)
        .filter_map(|found| date(found.get(1)?.as_str(), found.get(2)?.as_str(), found.get(3)?.as_str()))
        .last()
}

fn chinese_year(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |year, c| Some(year * 10 + digit(c)?))
}

fn digit(c: char) -> Option<u32> {
    if matches!(c, '〇' | '○' | '零' | 'О' | 'O' | '0') {
        return Some(0);
    }
    "一二三四五六七八九".chars().zip(1..).find(|(known, _)| *known == c).map(|(_, value)| value)
}

/// 1-31 in Chinese.
fn chinese(text: &str) -> Option<i8> {
    let (tens, ones) = match text.split_once('十') {
        None => (0, digit(text.chars().next()?)?),
        Some((tens, ones)) => {
            (tens.chars().next().map_or(Some(1), digit)?, ones.chars().next().map_or(Some(0), digit)?)
        }
    };
    i8::try_from(tens * 10 + ones).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(date: Option<Date>) -> String {
        date.map_or_else(|| "-".to_owned(), |date| date.to_string())
    }

    #[test]
    fn printed_dates_are_read() {
        let cases = [
            ("2020年02月17日", "2020-02-17"),
            ("2020-01-31", "2020-01-31"),
            ("2023-05-15 10:44", "2023-05-15"),
            ("2021-03-2918:26", "2021-03-29"),
            ("二○一一年四月八日", "2011-04-08"),
            ("二〇二五年一月二十一日", "2025-01-21"),
            ("2022 年 1 月 30 日 15:52", "2022-01-30"),
            ("20241月1 日", "-"),
            ("2024-13-01", "-"),
            ("120240101", "-"),
        ];
        for (printed, expected) in cases {
            assert_eq!(text(first(printed)), expected, "{printed}");
        }
    }

    #[test]
    fn dates_in_addresses_are_read() {
        assert_eq!(text(in_url("http://x.invalid/xxgk/202102/t20210220_8812.html")), "2021-02-20");
        assert_eq!(text(in_url("http://x.invalid/art/2023/1/11/art_1_2.html")), "2023-01-11");
        assert_eq!(text(in_url("http://x.invalid/c/12345678.html")), "-");
    }

    #[test]
    fn dates_before_and_behind_a_title_are_no_part_of_it() {
        let title = "云泽市教育局2023年年报";
        for (before, behind) in [
            ("2024-01-15", ""),
            ("[ 2024-01-15 09:30 ] ", ""),
            ("2024年1月15日", ""),
            ("", "2024-01-15"),
            ("", " (2024-01-15 10:00:00)"),
            ("", " 发布时间:2024-01-15"),
            ("2024-01-15", "2024-01-16"),
        ] {
            let line = format!("{before}{title}{behind}");
            assert_eq!(&line[undated(&line)], title, "{line}");
            assert_eq!(without_dates(&line).matches("2024").count(), 0, "{line}");
            assert_eq!(without_dates(&line).matches("2023").count(), 1, "{line}");
        }
        for line in ["2023年1月1日至12月31日年报", "2023年年报", "2024-01-15", "2023年1-12月年报"]
        {
            assert_eq!(&line[undated(line)], if line.len() == 10 { "" } else { line }, "{line}");
        }
        let glued = "2024-01-152023年年报";
        assert_eq!(&glued[undated(glued)], "2023年年报");
    }

    #[test]
    fn only_a_line_that_is_a_date_signs() {
        assert_eq!(text(whole(" 2020年1月15日 ")), "2020-01-15");
        assert_eq!(text(whole("截至2020年1月15日")), "-");
    }
}
