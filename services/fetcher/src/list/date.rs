//! The date of an entry, in the forms that list pages have: written out, in pieces, or as month and day below a year.
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::{Captures, Regex};
use scraper::ElementRef;

use super::entry::spaced;
use crate::title;

#[expect(clippy::expect_used, reason = "constant patterns; a test compiles them")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("constant pattern")
}

static WHOLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})"));
/// A day that stands apart from its month: large beside it, as calendars show it.
static DAY_FIRST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(\d{1,2})日?\s+((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})月?$"));
static DAY_LAST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})月?\s+(\d{1,2})日?$"));
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?$"));
static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^((?:19|20)\d\d)年?$"));
static LABEL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:发布|公开|成文|生成)?(?:日期|时间)[:：]?"));
static TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\sT]\d{1,2}:\d\d(?::\d\d)?$"));

/// How far above an entry its year may stand.
const STEPS: usize = 6;

/// The first date that is written out in a text. Digits of a longer number, such as an index number, are none.
pub(super) fn first(text: &str) -> Option<Date> {
    WHOLE
        .captures_iter(text)
        .filter(|found| stands_alone(text, found))
        .find_map(|found| date(&found, 1, 2, 3))
}

/// The date of an entry of a list, from the text beside its link.
pub(super) fn of_entry(entry: ElementRef<'_>, beside: &str, name: &str) -> Option<Date> {
    first(beside).or_else(|| in_pieces(beside)).or_else(|| below_a_year(entry, beside, name))
}

/// True for a text that is a date and nothing else.
pub(super) fn is_date(text: &str) -> bool {
    let bare = bare(text);
    let whole = WHOLE.find(&bare).is_some_and(|found| {
        found.start() == 0 && bare.get(found.end()..).is_some_and(|rest| matches!(rest, "" | "日"))
    });
    whole || in_pieces(&bare).is_some() || MONTH_DAY.is_match(&bare)
}

fn in_pieces(text: &str) -> Option<Date> {
    let text = bare(text);
    let day_first = || DAY_FIRST.captures(&text).and_then(|found| date(&found, 2, 3, 1));
    day_first().or_else(|| DAY_LAST.captures(&text).and_then(|found| date(&found, 1, 2, 3)))
}

/// Month and day beside a title, and the year as a heading above. The heading may be the report's year instead, so only a year
/// after it is believed.
fn below_a_year(entry: ElementRef<'_>, beside: &str, name: &str) -> Option<Date> {
    let word = |word: &str| {
        let word = bare(word);
        let found = MONTH_DAY.captures(&word)?;
        Some((number(&found, 1)?, number(&found, 2)?))
    };
    let (month, day) = beside.split_whitespace().rev().find_map(word).or_else(|| word(beside))?;
    let year = year_above(entry)?;
    let is_later = title::year(name).is_some_and(|reported| reported < year);
    is_later.then(|| Date::new(year, month, day).ok()).flatten()
}

/// The nearest year that stands by itself before an entry or what holds it. Years side by side, or with links, lead to other lists.
fn year_above(entry: ElementRef<'_>) -> Option<i16> {
    let year_of = |element: ElementRef<'_>| {
        let text = spaced(element);
        let is_link =
            element.value().name() == "a" || element.descendent_elements().any(|e| e.value().name() == "a");
        let found = YEAR.captures(text.trim())?;
        number::<i16>(&found, 1).filter(|_| !is_link)
    };
    let beside = |element: ElementRef<'_>| {
        let before = element.prev_siblings().find_map(ElementRef::wrap);
        let after = element.next_siblings().find_map(ElementRef::wrap);
        [before, after].into_iter().flatten().any(|element| YEAR.is_match(spaced(element).trim()))
    };
    let levels = std::iter::once(entry).chain(entry.ancestors().filter_map(ElementRef::wrap)).take(STEPS);
    levels.flat_map(|level| level.prev_siblings().filter_map(ElementRef::wrap)).find_map(|element| {
        let year = year_of(element)?;
        Some((!beside(element)).then_some(year))
    })?
}

/// Without brackets, label and time.
fn bare(text: &str) -> String {
    let text =
        text.trim().trim_matches(['[', ']', '(', ')', '（', '）', '【', '】', '〔', '〕', '|', '·']).trim();
    let text = LABEL.replace(text, "");
    TIME.replace(text.trim(), "").trim().to_owned()
}

fn stands_alone(text: &str, found: &Captures<'_>) -> bool {
    let Some(whole) = found.get(0) else { return false };
    let mut before = text.get(..whole.start()).unwrap_or_default().chars().rev();
    let mut after = text.get(whole.end()..).unwrap_or_default().chars();
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let goes_on = |near: Option<char>, far: Option<char>| match near {
        Some('-' | '/') => is_part(far),
        near => is_part(near),
    };
    let (near, far) = (before.next(), before.next());
    let (next, second) = (after.next(), after.next());
    let is_time = next == Some('T');
    !goes_on(near, far) && (is_time || !goes_on(next, second))
}

fn date(found: &Captures<'_>, year: usize, month: usize, day: usize) -> Option<Date> {
    Date::new(number(found, year)?, number(found, month)?, number(found, day)?).ok()
}

fn number<T: std::str::FromStr>(found: &Captures<'_>, group: usize) -> Option<T> {
    found.get(group)?.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_stands_alone() {
        let cases = [
            ("发布时间：2026-01-20 10:00", Some("2026-01-20")),
            ("2026年1月9日", Some("2026-01-09")),
            ("2026-01-20T10:00:00", Some("2026-01-20")),
            ("113300/2026-01-00012 2026/1/20", Some("2026-01-20")),
            ("YZ-2025-12-3 | 2026.01.20", Some("2026-01-20")),
            ("12025-01-20", None),
            ("2026-13-20", None),
        ];
        for (text, want) in cases {
            assert_eq!(first(text).map(|date| date.to_string()).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn a_date_in_pieces_is_put_together() {
        for text in ["20 2026-01", "20日 2026年1月", "2026.01 20", "[2026-1 20]"] {
            assert_eq!(in_pieces(text).map(|date| date.to_string()).as_deref(), Some("2026-01-20"), "{text}");
        }
        for text in ["01-20", "(2026-01-20)", "发布日期：2026-01-20 08:30", "1月20日", "20 2026-01"] {
            assert!(is_date(text), "{text}");
        }
        for text in ["2025年政府信息公开年度报告", "2026-01-20 云泽", "3", "2026"] {
            assert!(!is_date(text), "{text}");
        }
    }
}
