//! Finds printed numbers that their column cannot hold: negative or fractional counts, fractional changes, negative amounts.
use gongkai_model::{Cell, CellState, Lang, NumberKind};

use crate::{
    case::Case,
    draft::{Draft, both, decimal},
    label::{column_label, row_label},
};

/// One finding for each impossible number of the table.
pub(crate) fn impossible_numbers(case: &Case<'_>, table: &str) -> Vec<Draft> {
    let Some(table) = case.table(table) else { return Vec::new() };
    let impossible = |cell: &Cell| {
        let number = table.form.column(cell.row.as_str(), cell.column.as_str())?.number;
        let value = cell.value?;
        let negative = value.is_sign_negative() && !value.is_zero();
        let fault = match number {
            NumberKind::Count if negative => ("为负数", "is negative"),
            NumberKind::Amount if negative => ("为负数", "is negative"),
            NumberKind::Count | NumberKind::Change if !value.is_integer() => ("不是整数", "is not whole"),
            NumberKind::Count | NumberKind::Change | NumberKind::Amount => return None,
        };
        let message = both(|lang| {
            let row = row_label(table.form, cell.row.as_str(), lang);
            let column = column_label(table.form, Some(cell.row.as_str()), cell.column.as_str(), lang);
            match lang {
                Lang::Zh => format!("「{row}」的「{column}」印为 {}，{}", decimal(value), fault.0),
                Lang::En => format!("{row}, {column}: {} {}", decimal(value), fault.1),
            }
        });
        let draft = Draft::new(message).at(table.form.key, Some(cell.row), Some(cell.column));
        Some(draft.numbers(None, Some(value)).evidence(case.quote(cell.span)))
    };
    table.cells_in(CellState::Printed).filter_map(impossible).collect()
}
