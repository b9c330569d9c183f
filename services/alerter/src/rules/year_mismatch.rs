//! P803: title and period name different years, or the page says that it was published years later.
use gongkai_model::{Evidence, Finding, PublishedKind, Report, Severity, Span, Text};

use crate::{facts::Facts, rules::RuleDoc, timing::published_on};

/// The rule.
pub(crate) const DOC: RuleDoc = RuleDoc {
    code: "P803",
    name: "year-mismatch",
    severity: Severity::Error,
    severities: &[Severity::Error, Severity::Hint],
    title: ["标题年份与统计期限不符", "the title's year is not that of the period"],
    explanation: [
        "标题中的年份（只有一个时）与正文“某年1月1日至12月31日”的年份不同：错误；正文有几处期限的，全部不同才算。\
         页面标注的发布时间晚于报告年度的次年，且没有更早的记录：提示，多为网站迁移或重新上传。",
        "The one year in the title is not that of the period '1 January to 31 December' in the text: an error; where the text \
         has several periods, none of them may fit. A publish date later than the year after the report year, with nothing \
         earlier on record, is a hint: mostly the site was moved or the page uploaded again.",
    ],
    basis: [
        "《政府信息公开条例》第四十九条（上一年度）；国办公开办函〔2021〕30号格式（统计期限为当年1月1日至12月31日）",
        "Regulation on government-information disclosure, Art. 49 (previous year); the form of notice \
         国办公开办函〔2021〕30号 (period 1 January to 31 December)",
    ],
};

/// Looks at the facts.
pub(crate) fn check(facts: &Facts) -> Option<Finding> {
    let report = &facts.read()?.report;
    other_period(facts, report).or_else(|| years_later(facts, report))
}

fn other_period(facts: &Facts, report: &Report) -> Option<Finding> {
    let title = report.title.as_ref()?;
    let year = only_year(&title.text)?;
    let periods = periods(&report.text);
    let (period, span) = *periods.first()?;
    if periods.iter().any(|(period, _)| *period == year) {
        return None;
    }
    let name = &facts.body.name;
    let message = Text::new(
        format!("{name}：标题为{year}年度，正文统计期限为{period}年"),
        format!("{name}: the title names {year}, the period in the text is {period}"),
    );
    let quote = |span: Span| Evidence { text: span.of(&report.text).to_owned(), span };
    Some(Finding {
        expected: Some(period.to_string()),
        actual: Some(year.to_string()),
        evidence: vec![quote(title.span), quote(span)],
        ..facts.finding(&DOC, Severity::Error, message, DOC.basis())
    })
}

fn years_later(facts: &Facts, report: &Report) -> Option<Finding> {
    let later = |year: i16| year > facts.year.saturating_add(1);
    let stated = report.published.as_ref().filter(|published| {
        matches!(published.kind, PublishedKind::PublishLine | PublishedKind::Metadata)
            && later(published.date.year())
    })?;
    published_on(facts).filter(|date| later(date.year()))?;
    let (name, year, date) = (&facts.body.name, facts.year, stated.date);
    let message = Text::new(
        format!("{name}{year}年度报告页面标注的发布时间为{date}，晚于次年，疑为网站迁移或重新上传"),
        format!(
            "{name}: the page of the report for {year} says {date}, later than the year after; perhaps moved or uploaded again"
        ),
    );
    Some(facts.finding(&DOC, Severity::Hint, message, DOC.basis()))
}

/// The year of a title that names one and no other.
fn only_year(title: &str) -> Option<i16> {
    let letters: Vec<char> = title.chars().collect();
    let digit = |letter: &char| letter.to_digit(10).or_else(|| chinese(*letter));
    let mut years = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let run: Vec<u32> = letters.iter().skip(at).map_while(digit).collect();
        if let [a, b, c, d] = run.as_slice() {
            years.push(a * 1000 + b * 100 + c * 10 + d);
        }
        at += run.len().max(1);
    }
    years.retain(|year| (2000..=2100).contains(year));
    years.dedup();
    match years.as_slice() {
        [year] => i16::try_from(*year).ok(),
        _ => None,
    }
}

const fn chinese(letter: char) -> Option<u32> {
    Some(match letter {
        '〇' | '○' | '零' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// Whole years that the text names from the first to the last day, each with its place.
fn periods(text: &str) -> Vec<(i16, Span)> {
    // Blanks and line breaks may stand anywhere in it; the places are those of the text.
    let letters: Vec<(u32, char)> =
        (0..).zip(text.chars()).filter(|(_, letter)| !letter.is_whitespace()).collect();
    let starts = letters.windows(FIRST_DAY.len()).enumerate();
    let starts = starts.filter(|(_, window)| window.iter().map(|(_, letter)| letter).eq(FIRST_DAY));
    starts.filter_map(|(at, _)| period(&letters, at)).collect()
}

const FIRST_DAY: &[char] = &['年', '1', '月', '1', '日'];

/// The period whose `年1月1日` stands at `at`.
fn period(letters: &[(u32, char)], at: usize) -> Option<(i16, Span)> {
    let first = at.checked_sub(4)?;
    let year = number(letters.get(first..at)?)?;
    if first.checked_sub(1).and_then(|before| letters.get(before)).is_some_and(|(_, c)| c.is_ascii_digit()) {
        return None;
    }
    let rest = letters.get(at + FIRST_DAY.len()..)?;
    let rest = rest.strip_prefix_letters("起");
    let rest = rest.strip_prefix_letters("，").strip_prefix_letters(",");
    let marks = rest.iter().take_while(|(_, letter)| "至到-—－~～".contains(*letter)).count();
    let rest = rest.get(marks..).filter(|_| marks > 0)?;
    let rest = ["同年", "当年", "本年"].iter().fold(rest, |rest, word| rest.strip_prefix_letters(word));
    let rest = match rest.get(..4).and_then(number) {
        Some(end) if end == year => rest.get(4..)?.strip_prefix_letters("年"),
        Some(_) => return None,
        None => rest,
    };
    let last = rest.get("12月31日".chars().count() - 1)?;
    (rest.strip_prefix_letters("12月31日").len() < rest.len())
        .then(|| (year, Span::new(letters.get(first).map_or(0, |(place, _)| *place), last.0 + 1)))
}

fn number(letters: &[(u32, char)]) -> Option<i16> {
    let digits: String = letters.iter().map(|(_, letter)| letter).collect();
    if digits.chars().all(|digit| digit.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Letters with their places, without some words at their start.
trait Words {
    fn strip_prefix_letters(&self, words: &str) -> &Self;
}

impl Words for [(u32, char)] {
    fn strip_prefix_letters(&self, words: &str) -> &Self {
        let count = words.chars().count();
        let own = self.iter().take(count).map(|(_, letter)| *letter);
        if own.eq(words.chars()) { self.get(count..).unwrap_or_default() } else { self }
    }
}

#[cfg(test)]
mod tests {
    use gongkai_model::Published;
    use jiff::civil::date;

    use super::*;
    use crate::sample::{facts, report, row, source};

    fn with(words: &str) -> Facts {
        let mut facts = facts(date(2025, 2, 1));
        facts.sources = vec![source("2025-01-20T00:00:00Z")];
        facts.history = vec![row(&facts.sources[0], "2025-01-20T00:00:00Z")];
        facts.history[0].report = report(words, 3);
        facts
    }

    #[test]
    fn another_period_than_the_titles_year_is_an_error_with_both_places() {
        let finding =
            check(&with("一、总体情况\n统计期限自2023年1月1日起,至\n2023年 12月31日止。\n")).unwrap();
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!((finding.expected.as_deref(), finding.actual.as_deref()), (Some("2023"), Some("2024")));
        assert_eq!(finding.evidence[1].text, "2023年1月1日起,至\n2023年 12月31日");
        assert_eq!(finding.message.zh, "临川县水务局：标题为2024年度，正文统计期限为2023年");
    }

    #[test]
    fn a_period_of_the_titles_year_is_right_whatever_else_is_compared() {
        for words in [
            "数据统计期限为2024年1月1日—12月31日。\n",
            "自2024年1月1日起，至2024年12月31日止。\n",
            "2024年1月1日至当年12月31日；上年（2023年1月1日至2023年12月31日）收到3件。\n",
            "自2023年1月1日至2024年12月31日两年间。\n",
            "2023年1月1日起施行。\n",
            "没有期限。\n",
        ] {
            assert_eq!(check(&with(words)), None, "{words}");
        }
    }

    #[test]
    fn a_title_with_two_years_or_none_says_nothing() {
        let cases = [
            ("临川县2024年度报告", Some(2024)),
            ("临川县二〇二四年年度报告", Some(2024)),
            ("2024年临川县2024年度报告", Some(2024)),
            ("2023-2024年报告", None),
            ("年度报告", None),
            ("临川县20241号", None),
        ];
        for (title, year) in cases {
            assert_eq!(only_year(title), year, "{title}");
        }
    }

    #[test]
    fn a_publication_years_later_is_a_hint_unless_something_earlier_is_on_record() {
        let mut facts = with("一、总体情况\n");
        facts.today = date(2027, 3, 1);
        facts.sources[0].first_seen_at = crate::sample::at("2027-02-01T00:00:00Z");
        facts.history[0].report.published =
            Some(Published { date: date(2026, 5, 4), kind: PublishedKind::PublishLine, span: None });
        assert_eq!(check(&facts).unwrap().severity, Severity::Hint);
        facts.sources[0].listed_date = Some(date(2025, 1, 20));
        assert_eq!(check(&facts), None);
    }
}
