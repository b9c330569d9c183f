//! Which rules could be evaluated on a report: only such a rule's silence means that an earlier finding is fixed.
use gongkai_model::{CellState, DocumentKind};

use crate::{
    case::{Case, TableCase},
    relation::Outcome,
    rules::RULES,
};

/// Codes of the rules whose silence says something about this report.
pub(crate) fn evaluated(case: &Case<'_>) -> Vec<&'static str> {
    let kind = case.report.kind;
    RULES
        .iter()
        .filter(|rule| rule.code == "S101" || rule.kinds.contains(&kind))
        .map(|rule| rule.code)
        .filter(|code| is_evaluated(case, code))
        .collect()
}

fn is_evaluated(case: &Case<'_>, code: &str) -> bool {
    let checks =
        || case.tables.iter().flat_map(|table| &table.checks).filter(|check| check.relation.rule == *code);
    if checks().next().is_some() {
        return checks().all(|check| matches!(check.outcome, Outcome::Holds | Outcome::Violated));
    }
    match code {
        "S101" => true,
        "S102" | "S103" | "S104" => case.report.kind == DocumentKind::AnnualReport,
        "S110" | "S111" | "S113" | "S114" | "S115" | "S117" => has_every_table(case),
        "T201" | "T204" | "T205" => case.table("disclosure").is_some_and(is_certain),
        "T304" => case.table("requests").is_some_and(is_certain),
        "T402" => case.table("proceedings").is_some_and(is_certain),
        _ => false,
    }
}

fn has_every_table(case: &Case<'_>) -> bool {
    let due = case.due_form().map(|form| form.tables.as_slice()).unwrap_or_default();
    due.iter().all(|table| case.table(table.key.as_str()).is_some())
}

fn is_certain(table: &TableCase<'_>) -> bool {
    table.table.absent.is_empty() && table.table.cells.iter().all(|cell| cell.state == CellState::Printed)
}

#[cfg(test)]
mod tests {
    use crate::{JudgeContext, judge, sample::Sample};

    fn evaluated(notation: &str) -> Vec<&'static str> {
        judge(&Sample::parse(notation).unwrap().build(), &JudgeContext::default()).evaluated
    }

    #[test]
    fn a_sound_report_answers_every_rule_of_its_form() {
        let codes = evaluated("year 2022");
        for code in
            ["S101", "S102", "S103", "S110", "T201", "T208", "T301", "T302", "T303", "T304", "T401", "T402"]
        {
            assert!(codes.contains(&code), "{code}");
        }
        assert!(!codes.contains(&"T203"), "a relation of the older form alone");
    }

    #[test]
    fn a_blank_that_leaves_a_relation_open_leaves_its_rule_unanswered() {
        let codes = evaluated("year 2022\nrequests granted: 5 - 0 0 0 0 7");
        assert!(!codes.contains(&"T301") && codes.contains(&"T401"));
    }
}
