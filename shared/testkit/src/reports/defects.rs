//! What can be wrong with a planned report, on purpose.
use gongkai_model::{Form, Key};
use rust_decimal::Decimal;

use super::Cells;

/// One planted defect. Keys that the form does not have change nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// The 总计 of a row is off by this much, in `requests` or `proceedings`.
    WrongTotal {
        /// Table key.
        table: Key,
        /// Row key.
        row: Key,
        /// How far it is off.
        by: i64,
    },
    /// More came in than went out in an applicant column; the row's own 总计 agrees with it.
    UnbalancedColumn {
        /// Column key, not `total`.
        column: Key,
        /// How many too many.
        by: i64,
    },
    /// A statutory table is not on the page.
    MissingTable(Key),
    /// A row is not in its table.
    MissingRow {
        /// Table key.
        table: Key,
        /// Row key.
        row: Key,
    },
    /// Every cell of a column is empty.
    BlankColumn {
        /// Table key.
        table: Key,
        /// Column key.
        column: Key,
    },
    /// A cell prints this text; a number counts as a number.
    Text {
        /// Table key.
        table: Key,
        /// Row key.
        row: Key,
        /// Column key.
        column: Key,
        /// What is printed.
        text: String,
    },
    /// One of the six parts is left out, with its table.
    MissingSection(u8),
}

impl Defect {
    pub(super) fn apply(&self, form: &Form, cells: &mut Cells) {
        match self {
            Self::WrongTotal { table, row, by } => add(cells, *table, *row, "total", *by),
            Self::UnbalancedColumn { column, by } => {
                let of = form.tables.iter().find(|table| table.key == *"requests");
                if let Some((table, (_, row))) =
                    of.and_then(|table| Some((table.key, table.row("new_received")?)))
                {
                    add(cells, table, row.key, column.as_str(), *by);
                    add(cells, table, row.key, "total", *by);
                }
            }
            Self::MissingTable(table) => cells.remove(|cell| cell.table == *table),
            Self::MissingRow { table, row } => cells.remove(|cell| cell.table == *table && cell.row == *row),
            Self::BlankColumn { table, column } => cells.change(
                |cell| cell.table == *table && cell.column == *column,
                |cell| (cell.value, cell.printed) = (None, String::new()),
            ),
            Self::Text { table, row, column, text } => cells.change(
                |cell| cell.table == *table && cell.row == *row && cell.column == *column,
                |cell| (cell.value, cell.printed) = (text.parse().ok(), text.clone()),
            ),
            Self::MissingSection(part) => {
                let of: Vec<Key> = form
                    .tables
                    .iter()
                    .filter(|table| table.section == *part)
                    .map(|table| table.key)
                    .collect();
                cells.remove(|cell| of.contains(&cell.table));
            }
        }
    }
}

fn add(cells: &mut Cells, table: Key, row: Key, column: &str, by: i64) {
    cells.change(
        |cell| cell.table == table && cell.row == row && cell.column == *column,
        |cell| {
            let value = cell.value.unwrap_or_default() + Decimal::from(by);
            (cell.value, cell.printed) = (Some(value), value.to_string());
        },
    );
}
