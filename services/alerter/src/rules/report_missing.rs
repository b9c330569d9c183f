//! P802: no report found after its date. Says nothing while a column of the site was not read completely since.
use gongkai_model::{Finding, Severity, Text};
use gongkai_store::DueState;

use crate::{
    calendar::{days, state_of_absent},
    facts::Facts,
    rules::RuleDoc,
};

/// The rule.
pub(crate) const DOC: RuleDoc = RuleDoc {
    code: "P802",
    name: "report-missing",
    severity: Severity::Warning,
    severities: &[Severity::Warning, Severity::Error],
    title: ["期限已过未见年度报告", "no report found after its due date"],
    explanation: [
        "期限过后，该单位所在网站的全部栏目至少各有一次完整巡查，仍未发现报告：期限后30天内为逾期（警告），满30天为缺失（错误）。\
         期限后没有完整巡查的，不作判断，只提示该网站无法观测。乡镇、街道、开发区法律未规定期限，没有地方通知的自3月31日起算。",
        "After the date every column of the body's site was read completely at least once, and the report was not there: a \
         warning, and an error from the thirtieth day. Without such a poll nothing is said; the site is reported instead. For \
         townships, streets and zones the law sets no date: without a local notice it counts from 31 March.",
    ],
    basis: ["《政府信息公开条例》第四十九条", "Regulation on government-information disclosure, Art. 49"],
};

/// Looks at the facts.
pub(crate) fn check(facts: &Facts) -> Option<Finding> {
    if facts.found() {
        return None;
    }
    let from = facts.deadline.counts_from;
    let severity = match state_of_absent(&facts.deadline, facts.today, facts.polls.complete_after(from)) {
        DueState::Overdue => Severity::Warning,
        DueState::Missing => Severity::Error,
        _ => return None,
    };
    let (name, year, late) = (&facts.body.name, facts.year, days(from, facts.today));
    let (zh, en) = match facts.deadline.due {
        Some(_) => ("期限", "the due date"),
        None => ("起算日", "the day it counts from"),
    };
    let message = Text::new(
        format!("{name}{year}年度报告未发现：{zh}{from}已过{late}天，此后栏目已完整巡查"),
        format!(
            "{name}: no report for {year}, {late} day(s) after {en}, {from}; its site was read completely since"
        ),
    );
    Some(facts.finding(&DOC, severity, message, facts.deadline.basis.text()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::sample::{facts, poll, row, source};

    #[test]
    fn overdue_is_a_warning_and_missing_an_error_when_the_site_was_read() {
        let mut facts = facts(date(2025, 2, 3));
        assert_eq!(check(&facts), None, "nothing was read since the date");
        facts.polls.add(&poll("s", "annual", "2025-02-02T00:00:00Z", true));
        let finding = check(&facts).unwrap();
        assert_eq!((finding.severity, finding.code.as_str()), (Severity::Warning, "P802"));
        assert_eq!(
            finding.message.zh,
            "临川县水务局2024年度报告未发现：期限2025-01-31已过3天，此后栏目已完整巡查"
        );
        facts.today = date(2025, 3, 2);
        let missing = check(&facts).unwrap();
        assert_eq!(missing.severity, Severity::Error);
        assert_eq!(missing.fingerprint, finding.fingerprint, "one finding that grows graver");
    }

    #[test]
    fn a_page_that_is_listed_and_not_read_yet_is_not_missing() {
        let mut facts = facts(date(2025, 3, 2));
        facts.polls.add(&poll("s", "annual", "2025-02-02T00:00:00Z", true));
        facts.sources = vec![source("2025-02-02T00:00:00Z")];
        assert_eq!(check(&facts), None);
    }

    #[test]
    fn a_page_that_turned_out_to_be_something_else_is_no_report() {
        let mut facts = facts(date(2025, 3, 2));
        facts.polls.add(&poll("s", "annual", "2025-02-02T00:00:00Z", true));
        facts.sources = vec![source("2025-01-02T00:00:00Z")];
        facts.history = vec![row(&facts.sources[0], "2025-01-02T00:00:00Z")];
        facts.history[0].report.kind = gongkai_model::DocumentKind::NotAReport;
        assert_eq!(check(&facts).unwrap().severity, Severity::Error);
    }
}
