//! P804: dated before the period that it reports on had ended.
use gongkai_model::{Finding, PublishedKind, Severity, Text};
use jiff::civil::Date;

use crate::{facts::Facts, rules::RuleDoc};

/// The rule.
pub(crate) const DOC: RuleDoc = RuleDoc {
    code: "P804",
    name: "published-before-period-end",
    severity: Severity::Warning,
    severities: &[Severity::Warning],
    title: ["发布或落款早于统计期限届满", "dated before the period's end"],
    explanation: [
        "页面标注的发布时间（或元数据）或者报告落款日期早于报告年度的12月31日，此时全年数据不可能已经形成：多为日期写错，或以旧页面改写。\
         单位在年内撤并的，以其撤并之日为准。",
        "The page's publish line (or its metadata) or the signature is earlier than 31 December of the report year, when the \
         year's figures cannot exist yet: mostly a wrong date, or an old page that was written over. For a body that ended \
         within the year its last day counts.",
    ],
    basis: [
        "《政府信息公开条例》第四十九条（公布上一年度报告）",
        "Regulation on government-information disclosure, Art. 49 (report on the previous year)",
    ],
};

/// Looks at the facts.
pub(crate) fn check(facts: &Facts) -> Option<Finding> {
    let report = &facts.read()?.report;
    let end = Date::new(facts.year, 12, 31).ok()?;
    let end = facts.body.valid_to.map_or(end, |last| last.min(end));
    let published = report
        .published
        .as_ref()
        .filter(|published| matches!(published.kind, PublishedKind::PublishLine | PublishedKind::Metadata));
    let published = published.map(|published| (published.date, "页面发布时间", "the page says"));
    let signed = report.signed.map(|date| (date, "落款日期", "signed"));
    let (date, zh, en) = published.into_iter().chain(signed).find(|(date, ..)| *date < end)?;
    let (name, year) = (&facts.body.name, facts.year);
    let message = Text::new(
        format!("{name}{year}年度报告{zh}{date}，早于统计期限届满（{end}）"),
        format!("{name}: report for {year}: {en} {date}, before its period ended ({end})"),
    );
    Some(facts.finding(&DOC, Severity::Warning, message, DOC.basis()))
}

#[cfg(test)]
mod tests {
    use gongkai_model::Published;
    use jiff::civil::date;

    use super::*;
    use crate::sample::{facts, row, source};

    fn with(kind: PublishedKind, published: Date, signed: Option<Date>) -> Facts {
        let mut facts = facts(date(2025, 2, 1));
        facts.sources = vec![source("2025-01-20T00:00:00Z")];
        facts.history = vec![row(&facts.sources[0], "2025-01-20T00:00:00Z")];
        facts.history[0].report.published = Some(Published { date: published, kind, span: None });
        facts.history[0].report.signed = signed;
        facts
    }

    #[test]
    fn a_publish_line_or_signature_before_the_years_end_is_a_warning() {
        let line = check(&with(PublishedKind::PublishLine, date(2024, 1, 20), None)).unwrap();
        assert_eq!(
            line.message.zh,
            "临川县水务局2024年度报告页面发布时间2024-01-20，早于统计期限届满（2024-12-31）"
        );
        let signed =
            check(&with(PublishedKind::PublishLine, date(2025, 1, 20), Some(date(2024, 1, 18)))).unwrap();
        assert!(signed.message.zh.contains("落款日期2024-01-18"));
    }

    #[test]
    fn the_last_day_is_no_day_before_it_and_an_address_proves_nothing() {
        assert_eq!(check(&with(PublishedKind::PublishLine, date(2024, 12, 31), None)), None);
        assert_eq!(check(&with(PublishedKind::Url, date(2024, 1, 20), None)), None);
    }

    #[test]
    fn a_body_that_ended_within_the_year_may_report_from_then_on() {
        let mut facts = with(PublishedKind::PublishLine, date(2024, 9, 1), None);
        facts.body.valid_to = Some(date(2024, 8, 1));
        assert_eq!(check(&facts), None);
    }
}
