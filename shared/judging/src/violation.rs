//! Turns the broken relations of one rule into findings; a rule adds only its sentence.
use gongkai_model::{Evidence, Lang, Op, Origin};
use rust_decimal::Decimal;

use crate::{
    case::{Case, TableCase},
    draft::{Draft, both, decimal},
    label::{column_label, row_label},
    relation::{Check, Contribution, Outcome, Side},
};

/// The most cells that a finding quotes.
const EVIDENCE_LIMIT: usize = 12;

/// A broken relation, with the words that a message needs.
pub(crate) struct Violation<'c, 'r> {
    table: &'c TableCase<'r>,
    check: &'c Check<'r>,
}

/// One finding for each broken relation of the rule `code`, in every table.
pub(crate) fn violations(
    case: &Case<'_>,
    code: &str,
    say: fn(&Violation<'_, '_>, Lang) -> String,
) -> Vec<Draft> {
    let all =
        case.tables.iter().flat_map(|table| table.checks.iter().map(move |check| Violation { table, check }));
    let broken = all.filter(|v| v.check.outcome == Outcome::Violated && v.check.relation.rule == *code);
    broken.map(|violation| violation.draft(case, say)).collect()
}

impl<'r> Violation<'_, 'r> {
    /// The row it points at, in printed words.
    pub(crate) fn row(&self, lang: Lang) -> String {
        self.check.relation.row.map(|row| row_label(self.table.form, row.as_str(), lang)).unwrap_or_default()
    }

    /// The column it points at, in printed words.
    pub(crate) fn column(&self, lang: Lang) -> String {
        let (row, column) = (self.check.relation.row, self.check.relation.column);
        let label = |key: gongkai_model::Key| {
            column_label(self.table.form, row.map(|row| row.as_str()), key.as_str(), lang)
        };
        column.map(label).unwrap_or_default()
    }

    /// `为 15`, or `不小于 15（2 格空白）` where cells are blank.
    pub(crate) fn implied(&self, lang: Lang) -> String {
        phrase(self.check.implied(), lang)
    }

    /// The same for what is printed.
    pub(crate) fn printed(&self, lang: Lang) -> String {
        phrase(self.check.printed(), lang)
    }

    /// The number printed in one column of the row it points at.
    pub(crate) fn number(&self, column: &str) -> String {
        let term = self.check.terms.iter().find(|term| term.cell.column == *column);
        term.and_then(Contribution::known).map_or_else(|| "?".to_owned(), decimal)
    }

    fn draft(&self, case: &Case<'_>, say: fn(&Self, Lang) -> String) -> Draft {
        let relation = self.check.relation;
        let shifted = self.table.looks_shifted;
        let message = both(|lang| match (shifted, lang) {
            (false, _) => say(self, lang),
            (true, Lang::Zh) => format!("{}（全表多数列不平，疑似整列错位，请先核对原文）", say(self, lang)),
            (true, Lang::En) => {
                format!("{} (most columns fail: a shifted column is suspected)", say(self, lang))
            }
        });
        let (expected, actual) = self.numbers();
        Draft::new(message)
            .at(self.table.form.key, relation.row, relation.column)
            .origin(if shifted { Origin::Unclear } else { Origin::Publication })
            .numbers(expected, actual)
            .evidence(self.evidence(case))
    }

    /// Both sides of an equation; of an inequality the bound that the other figures set and the number pointed at.
    fn numbers(&self) -> (Option<Decimal>, Option<Decimal>) {
        let complete = |side: Side| (side.blanks == 0).then_some(side.sum);
        let (implied, printed) = (complete(self.check.implied()), complete(self.check.printed()));
        match (self.check.relation.op, self.check.pointed()) {
            (Op::AtMost, Some(pointed)) => {
                let actual = pointed.known();
                let slack = implied.zip(printed).and_then(|(implied, printed)| implied.checked_sub(printed));
                let towards = Decimal::from(-pointed.coefficient.signum());
                let bound = actual
                    .zip(slack)
                    .and_then(|(actual, slack)| actual.checked_add(slack.checked_mul(towards)?));
                (bound, actual)
            }
            _ => (implied, printed),
        }
    }

    /// The cell pointed at, then the others that count, in the order of the form.
    fn evidence(&self, case: &Case<'_>) -> Vec<Evidence> {
        let counts = |term: &&Contribution<'r>| term.known() != Some(Decimal::ZERO);
        let pointed = self.check.pointed().map(|term| term.cell);
        let others = self.check.terms.iter().filter(counts).map(|term| term.cell);
        let others = others.filter(|cell| pointed.is_none_or(|first| !std::ptr::eq(first, *cell)));
        pointed
            .into_iter()
            .chain(others)
            .filter_map(|cell| case.quote(cell.span))
            .take(EVIDENCE_LIMIT)
            .collect()
    }
}

fn phrase(side: Side, lang: Lang) -> String {
    let sum = decimal(side.sum);
    match (side.blanks, lang) {
        (0, Lang::Zh) => format!("为 {sum}"),
        (0, Lang::En) => format!("is {sum}"),
        (blanks, Lang::Zh) => format!("不小于 {sum}（{blanks} 格空白或无法识读）"),
        (blanks, Lang::En) => format!("is at least {sum} ({blanks} blank or unreadable)"),
    }
}
