//! Evaluates one relation of a form on the cells of a table. A blank is an unknown number, never 0.
use gongkai_model::{Cell, CellState, Key, NumberKind, Op, Relation, Table, TableForm};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// The cells of a table that its form has, by row and column, each with the kind of its number.
pub(crate) type Grid<'r> = FxHashMap<(Key, Key), (&'r Cell, NumberKind)>;

/// The grid of a table.
pub(crate) fn grid<'r>(table: &'r Table, form: &TableForm) -> Grid<'r> {
    let place = |cell: &'r Cell| {
        let number = form.column(cell.row.as_str(), cell.column.as_str())?.number;
        Some(((cell.row, cell.column), (cell, number)))
    };
    table.cells.iter().filter_map(place).collect()
}

/// A cell with what it contributes to a relation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contribution<'r> {
    pub(crate) coefficient: i8,
    pub(crate) cell: &'r Cell,
    pub(crate) number: NumberKind,
}

impl Contribution<'_> {
    /// The printed number; nothing for a cell that is blank or unreadable.
    pub(crate) fn known(&self) -> Option<Decimal> {
        match self.cell.state {
            CellState::Printed => self.cell.value,
            _ => None,
        }
    }
}

/// A relation with the cells it speaks of and what became of it.
#[derive(Debug)]
pub(crate) struct Check<'r> {
    pub(crate) relation: &'static Relation,
    /// In the order of the relation; empty when a cell is absent.
    pub(crate) terms: Vec<Contribution<'r>>,
    pub(crate) outcome: Outcome,
}

/// What became of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It holds, whatever stands in the blanks.
    Holds,
    /// No numbers in the blanks can make it hold.
    Violated,
    /// Some numbers in the blanks make it hold, others do not.
    Open,
    /// A row or column is absent, or a cell's place is not certain.
    Untested,
}

/// The summands of one sign, without the sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Side {
    /// Sum of what is printed.
    pub(crate) sum: Decimal,
    /// Cells that are blank or unreadable.
    pub(crate) blanks: usize,
}

impl<'r> Check<'r> {
    /// Evaluates `relation` on `grid`.
    pub(crate) fn of(relation: &'static Relation, grid: &Grid<'r>) -> Self {
        let terms: Option<Vec<_>> = relation
            .terms
            .iter()
            .map(|term| {
                let (cell, number) = *grid.get(&(term.row, term.column))?;
                Some(Contribution { coefficient: term.coefficient, cell, number })
            })
            .collect();
        let Some(terms) = terms else {
            return Self { relation, terms: Vec::new(), outcome: Outcome::Untested };
        };
        let uncertain =
            |c: &Contribution<'_>| matches!(c.cell.state, CellState::Inferred | CellState::Unplaced);
        let outcome = if terms.iter().any(uncertain) {
            Outcome::Untested
        } else {
            evaluate(relation.op, terms.iter().map(|t| (t.coefficient, t.known(), t.number)))
        };
        Self { relation, terms, outcome }
    }

    /// The cell that a finding points at, if the relation has one.
    pub(crate) fn pointed(&self) -> Option<&Contribution<'r>> {
        let (row, column) = (self.relation.row?, self.relation.column?);
        self.terms.iter().find(|term| term.cell.row == row && term.cell.column == column)
    }

    /// What the other figures imply: the positive terms.
    pub(crate) fn implied(&self) -> Side {
        self.side(|coefficient| coefficient > 0)
    }

    /// What is printed: the negative terms.
    pub(crate) fn printed(&self) -> Side {
        self.side(|coefficient| coefficient < 0)
    }

    fn side(&self, wanted: fn(i8) -> bool) -> Side {
        self.terms.iter().filter(|term| wanted(term.coefficient)).fold(Side::default(), |side, term| {
            let weight = Decimal::from(term.coefficient.unsigned_abs());
            match term.known() {
                Some(value) => Side { sum: side.sum.saturating_add(value.saturating_mul(weight)), ..side },
                None => Side { blanks: side.blanks + 1, ..side },
            }
        })
    }
}

/// The least and greatest value that `Σ coefficient × number` can take; no end where it has none.
struct Range {
    least: Option<Decimal>,
    greatest: Option<Decimal>,
    known: Decimal,
    /// There are blanks, and all of them hold whole numbers.
    whole_blanks: bool,
    blanks: bool,
}

/// Judges `Σ coefficient × number (op) 0`, where a number may be unknown.
///
/// Forms use the coefficients +1 and -1 only, so whole blanks can reach every whole number within the range.
pub(crate) fn evaluate(op: Op, terms: impl Iterator<Item = (i8, Option<Decimal>, NumberKind)>) -> Outcome {
    // A sum beyond 28 digits cannot be tested.
    let Some(range) = range(terms) else { return Outcome::Open };
    let above = range.least.is_some_and(|least| least > Decimal::ZERO);
    let below = range.greatest.is_some_and(|greatest| greatest < Decimal::ZERO);
    match op {
        Op::Equal if above || below => Outcome::Violated,
        Op::Equal if !range.blanks => Outcome::Holds,
        Op::Equal if range.whole_blanks && !range.known.is_integer() => Outcome::Violated,
        Op::AtMost if above => Outcome::Violated,
        Op::AtMost if range.greatest.is_some_and(|greatest| greatest <= Decimal::ZERO) => Outcome::Holds,
        Op::Equal | Op::AtMost => Outcome::Open,
    }
}

fn range(terms: impl Iterator<Item = (i8, Option<Decimal>, NumberKind)>) -> Option<Range> {
    let mut known = Decimal::ZERO;
    let (mut endless_down, mut endless_up) = (false, false);
    let (mut blanks, mut whole_blanks) = (false, true);
    for (coefficient, value, number) in terms {
        match value {
            // The coefficients that forms have need no multiplication.
            Some(value) if coefficient == 1 => known = known.checked_add(value)?,
            Some(value) if coefficient == -1 => known = known.checked_sub(value)?,
            Some(value) => known = known.checked_add(value.checked_mul(Decimal::from(coefficient))?)?,
            None => {
                blanks = true;
                whole_blanks &= number != NumberKind::Amount;
                let signed = number == NumberKind::Change;
                endless_up |= signed || coefficient > 0;
                endless_down |= signed || coefficient < 0;
            }
        }
    }
    let (least, greatest) = ((!endless_down).then_some(known), (!endless_up).then_some(known));
    Some(Range { least, greatest, known, whole_blanks: blanks && whole_blanks, blanks })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(op: Op, terms: &[(i8, Option<i64>)]) -> Outcome {
        evaluate(op, terms.iter().map(|(c, v)| (*c, v.map(Decimal::from), NumberKind::Count)))
    }

    #[test]
    fn sums_without_blanks_are_exact() {
        assert_eq!(outcome(Op::Equal, &[(1, Some(2)), (1, Some(3)), (-1, Some(5))]), Outcome::Holds);
        assert_eq!(outcome(Op::Equal, &[(1, Some(2)), (1, Some(3)), (-1, Some(6))]), Outcome::Violated);
    }

    #[test]
    fn a_blank_summand_may_fill_a_gap_but_not_be_negative() {
        assert_eq!(outcome(Op::Equal, &[(1, Some(2)), (1, None), (-1, Some(6))]), Outcome::Open);
        assert_eq!(outcome(Op::Equal, &[(1, Some(7)), (1, None), (-1, Some(6))]), Outcome::Violated);
        assert_eq!(outcome(Op::Equal, &[(1, Some(7)), (1, None), (-1, None)]), Outcome::Open);
    }

    #[test]
    fn whole_blanks_cannot_make_up_for_a_fraction() {
        let half = Some(Decimal::new(5, 1));
        let terms = |number| [(1, half, NumberKind::Count), (-1, None, number)].into_iter();
        assert_eq!(evaluate(Op::Equal, terms(NumberKind::Count)), Outcome::Violated);
        assert_eq!(evaluate(Op::Equal, terms(NumberKind::Amount)), Outcome::Open);
    }

    #[test]
    fn an_inequality_that_no_blank_can_break_holds() {
        assert_eq!(outcome(Op::AtMost, &[(1, Some(0)), (-1, None), (-1, None)]), Outcome::Holds);
        assert_eq!(outcome(Op::AtMost, &[(1, Some(4)), (-1, None)]), Outcome::Open);
        assert_eq!(outcome(Op::AtMost, &[(1, Some(4)), (1, None), (-1, Some(3))]), Outcome::Violated);
    }

    #[test]
    fn a_signed_blank_can_be_any_whole_number() {
        let terms = [(-1, Some(Decimal::from(3)), NumberKind::Count), (-1, None, NumberKind::Change)];
        assert_eq!(evaluate(Op::AtMost, terms.into_iter()), Outcome::Open);
    }

    #[test]
    fn numbers_too_large_to_add_are_left_open() {
        let huge = Some(Decimal::MAX);
        let terms =
            [(1, huge, NumberKind::Count), (1, huge, NumberKind::Count), (-1, huge, NumberKind::Count)];
        assert_eq!(evaluate(Op::Equal, terms.into_iter()), Outcome::Open);
    }

    #[test]
    fn every_form_uses_the_coefficients_that_evaluation_relies_on() {
        let terms = gongkai_model::forms()
            .all()
            .iter()
            .flat_map(|form| &form.tables)
            .flat_map(|table| &table.relations);
        assert!(terms.flat_map(|relation| &relation.terms).all(|term| term.coefficient.abs() == 1));
    }
}
