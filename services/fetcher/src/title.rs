//! What a list title says: the report year, and whether one that is cut may be a report's.
use std::sync::LazyLock;

use regex::Regex;

/// First year with reports under a national rule.
const FIRST: i16 = 2008;
/// Chinese digits as titles write them.
const DIGITS: &[(char, char)] = &[
    ('〇', '0'),
    ('○', '0'),
    ('零', '0'),
    ('Ｏ', '0'),
    ('一', '1'),
    ('二', '2'),
    ('三', '3'),
    ('四', '4'),
    ('五', '5'),
    ('六', '6'),
    ('七', '7'),
    ('八', '8'),
    ('九', '9'),
];

#[expect(clippy::expect_used, reason = "a constant pattern; a test compiles it")]
static YEAR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(20\d\d)(年度|年)?").expect("constant pattern"));

#[expect(clippy::expect_used, reason = "a constant pattern; a test compiles it")]
static CUT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"信息公开|(?:政府)?信息公?$|[^民]政府信?$|20\d{2}年?度?(?:政府?)?$")
        .expect("constant pattern")
});

/// The report year that a title names. With several years the one before 年度 counts; still several: `None`.
pub fn year(title: &str) -> Option<i16> {
    let text = fold(title);
    let parts: Vec<(i16, bool)> = YEAR
        .captures_iter(&text)
        .filter(|found| !part_of_longer_number(&text, found))
        .filter_map(|found| {
            Some((found.get(1)?.as_str().parse().ok()?, found.get(2).is_some_and(|m| m.as_str() == "年度")))
        })
        .filter(|(year, _)| *year >= FIRST)
        .collect();
    let all: Vec<i16> = parts.iter().map(|(year, _)| *year).collect();
    let marked: Vec<i16> = parts.iter().filter(|(_, marked)| *marked).map(|(year, _)| *year).collect();
    only(&all).or_else(|| only(&marked))
}

/// True for a title that was cut off (…) within or behind what the title of a report says.
pub fn may_be_report(cut: &str) -> bool {
    let stem = cut.trim_end_matches(['…', '.']).trim_end();
    stem != cut.trim_end() && CUT.is_match(&fold(stem))
}

fn only(years: &[i16]) -> Option<i16> {
    let first = *years.first()?;
    years.iter().all(|year| *year == first).then_some(first)
}

/// 20240131 is a date or a number, not the year 2024.
fn part_of_longer_number(text: &str, found: &regex::Captures<'_>) -> bool {
    let Some(digits) = found.get(1) else { return true };
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let before = text.get(..digits.start()).and_then(|head| head.chars().next_back());
    let after = text.get(digits.end()..).and_then(|tail| tail.chars().next());
    digit(before) || digit(after)
}

fn fold(title: &str) -> String {
    let digit = |c: char| match c {
        '０'..='９' => char::from_u32(u32::from(c) - 0xff10 + 0x30).unwrap_or(c),
        other => DIGITS.iter().find(|(from, _)| *from == other).map_or(other, |(_, to)| *to),
    };
    title.chars().filter(|c| !c.is_whitespace()).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_give_their_year() {
        let cases = [
            ("云泽市财政局2024年政府信息公开工作年度报告", Some(2024)),
            ("2009云泽市政府信息公开年报", Some(2009)),
            ("2025 年度政府信息公开工作年度报告", Some(2025)),
            ("二〇二三年政府信息公开工作年度报告", Some(2023)),
            ("二○一一年度报告", Some(2011)),
            ("２０２２年年报", Some(2022)),
            ("2024年度…2024年工作年度报告", Some(2024)),
            ("2023年度政府信息公开工作年度报告（2024年发布）", Some(2023)),
            ("2023年政府信息公开年报（2024年发布）", None),
            ("政府信息公开工作年度报告", None),
            ("20240131 政府信息公开工作年度报告", None),
            ("2001年公报", None),
        ];
        for (title, want) in cases {
            assert_eq!(year(title), want, "{title}");
        }
    }

    #[test]
    fn a_title_that_is_cut_may_be_a_reports_where_nothing_speaks_against_it() {
        for cut in [
            "云泽市教育局2025年政府信息公…",
            "云泽市教育局2025年...",
            "云泽市教育局政府信息公开工作……",
            "云泽市教育局二〇二五年度政…",
        ] {
            assert!(may_be_report(cut), "{cut}");
        }
        for other in ["关于全市森林防火工作情况的…", "云泽市人民政府…", "云泽市教育局2025年政府信息公开指南"]
        {
            assert!(!may_be_report(other), "{other}");
        }
    }
}
