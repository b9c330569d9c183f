//! P807: a published report was taken away. Needs three complete lists, a day apart, that do not have it any more.
use gongkai_model::{Finding, Severity, Text};
use jiff::{SignedDuration, Timestamp};

use crate::{facts::Facts, rules::RuleDoc};

/// Complete polls needed.
const POLLS: usize = 3;
/// Least time between them.
const APART: SignedDuration = SignedDuration::from_hours(24);
/// From then on it is an error.
const GRAVE_AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The rule.
pub(crate) const DOC: RuleDoc = RuleDoc {
    code: "P807",
    name: "withdrawn",
    severity: Severity::Warning,
    severities: &[Severity::Warning, Severity::Error],
    title: ["已发布的年度报告被撤下", "published report withdrawn"],
    explanation: [
        "报告的所有已知页面均返回404或410，此后栏目至少三次完整巡查（间隔不少于24小时）正常且不再列出该报告，发布单位网站上也没有其他页面载有该报告：\
         警告；满14天仍如此：错误。页面恢复或在别处重新出现后结束。",
        "Every known page of the report answers 404 or 410, at least three complete and healthy polls of its column, 24 hours \
         or more apart, do not list it any more, and no other page of the publisher carries it: a warning, after 14 days an \
         error. It ends when the page comes back or turns up elsewhere.",
    ],
    basis: [
        "《政府信息公开条例》第四十九条（向社会公布）",
        "Regulation on government-information disclosure, Art. 49 (publication to society)",
    ],
};

/// Looks at the facts.
pub(crate) fn check(facts: &Facts) -> Option<Finding> {
    let since = gone_since(facts)?;
    let proven =
        |source: &gongkai_store::Source| facts.polls.spaced(&source.column, since, APART, POLLS) >= POLLS;
    if !facts.carriers().all(proven) {
        return None;
    }
    let grave = facts.now.duration_since(since) >= GRAVE_AFTER;
    let severity = if grave { Severity::Error } else { Severity::Warning };
    let (name, year, day) = (&facts.body.name, facts.year, facts.day(since));
    let message = Text::new(
        format!(
            "{name}{year}年度报告已被撤下：{day}起页面无法访问，栏目三次以上完整巡查不再列出，别处亦未见"
        ),
        format!(
            "{name}: report for {year} was withdrawn: its page is gone since {day}, {POLLS} complete polls do not list it, and it is nowhere else"
        ),
    );
    Some(facts.finding(&DOC, severity, message, DOC.basis()))
}

/// Since when no page of the report stands and no list names one; `None` while one does, or if it was never read.
fn gone_since(facts: &Facts) -> Option<Timestamp> {
    facts.published_rows().next()?;
    let gone = |source: &gongkai_store::Source| {
        source.gone_since.map(|gone| gone.max(source.last_listed_at.unwrap_or(gone)))
    };
    facts.carriers().map(gone).collect::<Option<Vec<_>>>()?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sample::{at, facts, poll, row, source};

    fn gone(polls: &[&str]) -> Facts {
        let mut facts = facts(date(2025, 4, 5));
        let mut page = source("2025-01-20T00:00:00Z");
        page.gone_since = Some(at("2025-04-01T00:00:00Z"));
        facts.history = vec![row(&page, "2025-01-20T00:00:00Z")];
        facts.sources = vec![page];
        polls.iter().for_each(|when| facts.polls.add(&poll("s", "annual", when, true)));
        facts
    }

    const THREE: &[&str] = &["2025-04-01T06:00:00Z", "2025-04-02T06:00:00Z", "2025-04-03T06:00:00Z"];

    #[test]
    fn three_complete_polls_a_day_apart_prove_it_and_fourteen_days_make_it_grave() {
        assert_eq!(check(&gone(&THREE[..2])), None);
        assert_eq!(
            check(&gone(&["2025-04-01T06:00:00Z", "2025-04-01T12:00:00Z", "2025-04-02T05:00:00Z"])),
            None
        );
        let mut facts = gone(THREE);
        assert_eq!(check(&facts).unwrap().severity, Severity::Warning);
        facts.now = at("2025-04-15T00:00:00Z");
        assert_eq!(check(&facts).unwrap().severity, Severity::Error);
    }

    #[test]
    fn a_page_that_stands_elsewhere_or_is_still_listed_is_not_withdrawn() {
        let mut facts = gone(THREE);
        facts.sources[0].last_listed_at = Some(at("2025-04-02T00:00:00Z"));
        assert_eq!(check(&facts), None, "the list named it until the second day");
        let mut facts = gone(THREE);
        facts.sources.push(source("2025-04-01T00:00:00Z"));
        assert_eq!(check(&facts), None);
    }
}
