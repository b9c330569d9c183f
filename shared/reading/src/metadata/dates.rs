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
    fn only_a_line_that_is_a_date_signs() {
        assert_eq!(text(whole(" 2020年1月15日 ")), "2020-01-15");
        assert_eq!(text(whole("截至2020年1月15日")), "-");
    }
}
