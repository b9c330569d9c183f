//! What the document's own tables amount to: consistent, inconsistent, or not fully tested (contract, part 2).
use std::collections::{HashMap, HashSet};

use gongkai_model::{CellState, DoubtKind, Finding, Key, Op, Verdict};
use rust_decimal::Decimal;

use crate::{
    case::{Case, TableCase},
    relation::{Check, Contribution, Outcome, evaluate},
};

/// Rules whose finding makes a report inconsistent; the relations of these must be tested before it is consistent.
const DECIDING: [&str; 8] = ["T201", "T203", "T301", "T302", "T303", "T304", "T401", "T402"];

/// Relations judged together (T305) decide too, once they are.
const TOGETHER: &str = "T305";

/// The verdict from the findings and from what could not be tested.
pub(crate) fn verdict(case: &Case<'_>, findings: &[Finding]) -> Verdict {
    let decides = |finding: &Finding| DECIDING.contains(&finding.code.as_str()) || finding.code == TOGETHER;
    if findings.iter().any(decides) {
        return Verdict::Inconsistent;
    }
    let not_filled = findings.iter().any(|finding| finding.code == "S114");
    if not_filled || lacks_something(case) || case.tables.iter().any(untested) {
        return Verdict::Incomplete;
    }
    Verdict::Consistent
}

/// A part or a table is missing, or values were read that belong to no cell for certain.
fn lacks_something(case: &Case<'_>) -> bool {
    let parts = (1..=6).any(|number| case.report.section(number).is_none());
    let due = case.due_form().map(|form| form.tables.as_slice()).unwrap_or_default();
    let tables = due.iter().any(|table| case.table(table.key.as_str()).is_none());
    let strays = case.report.doubts.iter().any(|doubt| doubt.kind == DoubtKind::StrayValues);
    parts || tables || strays
}

fn untested(table: &TableCase<'_>) -> bool {
    let uncertain = |state| matches!(state, CellState::Unreadable | CellState::Unplaced);
    if table.table.cells.iter().any(|cell| uncertain(cell.state)) {
        return true;
    }
    let habits = Habits::of(table);
    table.checks.iter().filter(|check| DECIDING.contains(&check.relation.rule.as_str())).any(|check| {
        match check.outcome {
            Outcome::Holds | Outcome::Violated => false,
            Outcome::Untested => true,
            Outcome::Open => !habits.excuse(check),
        }
    })
}

/// Blanks that the body leaves by habit, so that they say nothing about the report.
struct Habits {
    /// Rows whose printed 总计 is 0: their blanks are zeros.
    zero_rows: HashSet<Key>,
    /// Columns in which nothing is printed, while the rows' other cells are.
    columns: HashSet<Key>,
    /// Rows that have a blank outside these columns.
    rows_with_gaps: HashSet<Key>,
}

impl Habits {
    fn of(table: &TableCase<'_>) -> Self {
        let cells = &table.table.cells;
        let blank = |state| matches!(state, CellState::Blank);
        let zero = |cell: &&gongkai_model::Cell| {
            cell.column == "total" && cell.state == CellState::Printed && cell.value == Some(Decimal::ZERO)
        };
        let zero_rows = cells.iter().filter(zero).map(|cell| cell.row).collect();
        let mut all_blank: HashMap<Key, bool> = HashMap::new();
        for cell in cells {
            *all_blank.entry(cell.column).or_insert(true) &= blank(cell.state);
        }
        let columns: HashSet<Key> =
            all_blank.into_iter().filter(|(_, blank)| *blank).map(|(key, _)| key).collect();
        let gap = |cell: &&gongkai_model::Cell| blank(cell.state) && !columns.contains(&cell.column);
        let rows_with_gaps = cells.iter().filter(gap).map(|cell| cell.row).collect();
        Self { zero_rows, columns, rows_with_gaps }
    }

    /// True when every blank of the relation is left by habit and zeros in the zero rows do not break it.
    fn excuse(&self, check: &Check<'_>) -> bool {
        let is_zero = |term: &Contribution<'_>| self.zero_rows.contains(&term.cell.row);
        let by_habit = |term: &Contribution<'_>| {
            self.columns.contains(&term.cell.column) && !self.rows_with_gaps.contains(&term.cell.row)
        };
        let mut blanks = check.terms.iter().filter(|term| term.known().is_none());
        if !blanks.all(|term| is_zero(term) || by_habit(term)) {
            return false;
        }
        let filled = check.terms.iter().map(|term| {
            let zero = (term.known().is_none() && is_zero(term)).then_some(Decimal::ZERO);
            (term.coefficient, term.known().or(zero), term.number)
        });
        check.relation.op != Op::Equal || evaluate(check.relation.op, filled) != Outcome::Violated
    }
}
