//! Settles what is due of a body for a year: state, reason and P findings, from the facts. Pure.
use gongkai_model::{Finding, Text};
use gongkai_store::{Due, DueState};

use crate::{
    calendar::state_of_absent,
    facts::Facts,
    rules,
    timing::{Timing, published_on, timing},
};

/// What the facts amount to.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The due report.
    pub due: Due,
    /// P findings that hold.
    pub findings: Vec<Finding>,
    /// Codes that could be evaluated.
    pub evaluated: Vec<String>,
    /// Nothing can be said because the site was not read completely since the date.
    pub blind: bool,
}

/// Assesses the facts.
pub fn assess(facts: &Facts) -> Assessment {
    let (state, reason) = if facts.found() { found(facts) } else { absent(facts) };
    let blind = state == DueState::Unknown && !facts.found();
    let due = Due {
        body: facts.body.id.clone(),
        year: facts.year,
        due: facts.deadline.due,
        state,
        report: facts.current().map(|row| row.id),
        published: if facts.found() { published_on(facts) } else { None },
        reason,
        assessed_at: facts.now,
    };
    // While the site cannot be seen, an open P802 or P807 is neither confirmed nor over.
    let unseen = |code: &String| blind && matches!(code.as_str(), "P802" | "P807");
    let evaluated = rules::codes().into_iter().filter(|code| !unseen(code)).collect();
    Assessment { due, findings: rules::check(facts), evaluated, blind }
}

fn found(facts: &Facts) -> (DueState, Text) {
    let Some(due) = facts.deadline.due else {
        return (
            DueState::InTime,
            Text::new("已发布；法律和地方通知均未规定期限", "published; neither law nor notice sets a date"),
        );
    };
    match timing(facts, due) {
        Timing::InTime => {
            (DueState::InTime, Text::new(format!("已在期限{due}内发布"), format!("published by {due}")))
        }
        Timing::LateByLine(date) => {
            let en = format!("due {due}; the page says {date}");
            (DueState::Late, Text::new(format!("期限{due}，页面发布时间{date}"), en))
        }
        Timing::LateBySight { seen, lacking } => {
            let zh = format!("期限{due}，{lacking}完整巡查未见，{seen}首次发现");
            (DueState::Late, Text::new(zh, format!("due {due}; lacking on {lacking}, first seen {seen}")))
        }
        Timing::Doubtful { date, .. } => {
            let zh = format!("已发布；所见日期{date}不足以证明是否逾期（期限{due}）");
            (
                DueState::Unknown,
                Text::new(zh, format!("published; the date seen, {date}, proves no delay (due {due})")),
            )
        }
        Timing::Unknown => {
            let zh = format!("已发布；期限{due}之后才首次发现，没有发布时间可据");
            (DueState::Unknown, Text::new(zh, format!("published; first seen after {due}, no date is known")))
        }
    }
}

fn absent(facts: &Facts) -> (DueState, Text) {
    let from = facts.deadline.counts_from;
    let state = state_of_absent(&facts.deadline, facts.today, facts.polls.complete_after(from));
    let reason = match state {
        DueState::Unknown => Text::new(
            format!("{from}之后该网站栏目没有完整巡查，无法判断"),
            format!("no complete poll of its site since {from}; nothing can be said"),
        ),
        DueState::Overdue | DueState::Missing => Text::new(
            format!("{from}之后已完整巡查，未见报告"),
            format!("its site was read completely since {from}, no report found"),
        ),
        _ => Text::new(format!("尚未到期（{from}）"), format!("not due yet ({from})")),
    };
    (state, reason)
}

#[cfg(test)]
mod tests {
    use gongkai_model::{Published, PublishedKind};
    use jiff::civil::date;

    use super::*;
    use crate::sample::{facts, poll, row, source};

    #[test]
    fn without_a_complete_poll_the_state_is_unknown_and_open_findings_stay_open() {
        let assessment = assess(&facts(date(2025, 3, 5)));
        assert_eq!(assessment.due.state, DueState::Unknown);
        assert!(assessment.blind && assessment.findings.is_empty());
        assert_eq!(assessment.evaluated, ["P801", "P803", "P804", "P805", "P806", "P808", "P809"]);
    }

    #[test]
    fn a_report_found_late_by_its_own_line_is_late_with_its_finding() {
        let mut facts = facts(date(2025, 3, 5));
        facts.sources = vec![source("2025-02-10T00:00:00Z")];
        facts.history = vec![row(&facts.sources[0], "2025-02-10T00:00:00Z")];
        facts.history[0].report.published =
            Some(Published { date: date(2025, 2, 6), kind: PublishedKind::PublishLine, span: None });
        let assessment = assess(&facts);
        assert_eq!(
            (assessment.due.state, assessment.due.published),
            (DueState::Late, Some(date(2025, 2, 6)))
        );
        assert_eq!(assessment.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["P801"]);
        assert_eq!(assessment.due.report, Some(facts.history[0].id));
    }

    #[test]
    fn a_report_found_with_no_date_after_a_first_import_is_unknown_and_not_accused() {
        let mut facts = facts(date(2025, 6, 5));
        facts.sources = vec![source("2025-06-01T00:00:00Z")];
        facts.history = vec![row(&facts.sources[0], "2025-06-01T00:00:00Z")];
        let assessment = assess(&facts);
        assert_eq!(assessment.due.state, DueState::Unknown);
        assert!(!assessment.blind && assessment.findings.is_empty());
    }

    #[test]
    fn the_day_after_the_date_an_absent_report_is_overdue() {
        let mut facts = facts(date(2025, 2, 1));
        facts.polls.add(&poll("s", "annual", "2025-02-01T00:00:00Z", true));
        let assessment = assess(&facts);
        assert_eq!(assessment.due.state, DueState::Overdue);
        assert_eq!(assessment.evaluated.len(), 9);
    }
}
