//! The numbers of a planned report, addressed as the contract addresses cells.
use gongkai_model::{CellState, Form, Key};
use rust_decimal::Decimal;

/// A cell as the page prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCell {
    /// Table key.
    pub table: Key,
    /// Row key.
    pub row: Key,
    /// Column key.
    pub column: Key,
    /// The number that stands there, amounts in 万元; `None` for a blank or a text that is no number.
    pub value: Option<Decimal>,
    /// The text of the cell.
    pub printed: String,
}

impl PlannedCell {
    /// How reading has to find it.
    pub fn state(&self) -> CellState {
        match self.value {
            Some(_) => CellState::Printed,
            None if matches!(
                self.printed.as_str(),
                "" | "-" | "–" | "—" | "——" | "/" | "\\" | "／" | "无"
            ) =>
            {
                CellState::Blank
            }
            None => CellState::Unreadable,
        }
    }
}

/// The cells of one report in the order of the form.
#[derive(Clone, Debug, Default)]
pub struct Cells(Vec<PlannedCell>);

impl Cells {
    /// Adds a cell behind the others.
    pub(super) fn push(&mut self, table: Key, row: Key, column: Key, value: Decimal, printed: String) {
        self.0.push(PlannedCell { table, row, column, value: Some(value.normalize()), printed });
    }

    /// The cell at a place, if the report has it.
    pub fn get(&self, table: &str, row: &str, column: &str) -> Option<&PlannedCell> {
        self.0.iter().find(|cell| cell.table == *table && cell.row == *row && cell.column == *column)
    }

    /// The whole number at a place, 0 where there is none; for sentences, not for judging.
    pub(super) fn count(&self, table: &str, row: &str, column: &str) -> i64 {
        let value = self.get(table, row, column).and_then(|cell| cell.value);
        value.and_then(|value| i64::try_from(value).ok()).unwrap_or(0)
    }

    /// Whether any cell of the table is left.
    pub(super) fn has_table(&self, table: Key) -> bool {
        self.0.iter().any(|cell| cell.table == table)
    }

    /// Whether any cell of the row is left.
    pub(super) fn has_row(&self, table: Key, row: Key) -> bool {
        self.0.iter().any(|cell| cell.table == table && cell.row == row)
    }

    /// Changes the cells that `wanted` names.
    pub(super) fn change(
        &mut self,
        wanted: impl Fn(&PlannedCell) -> bool,
        change: impl Fn(&mut PlannedCell),
    ) {
        self.0.iter_mut().filter(|cell| wanted(cell)).for_each(change);
    }

    /// Removes the cells that `unwanted` names.
    pub(super) fn remove(&mut self, unwanted: impl Fn(&PlannedCell) -> bool) {
        self.0.retain(|cell| !unwanted(cell));
    }

    /// All cells.
    pub fn iter(&self) -> impl Iterator<Item = &PlannedCell> {
        self.0.iter()
    }

    /// All cells, by value.
    pub(super) fn into_vec(self) -> Vec<PlannedCell> {
        self.0
    }

    /// Adds up the planned numbers of a group of rows in a column of `requests`.
    pub(super) fn group_count(&self, form: &Form, group: &str, column: &str) -> i64 {
        let Some(table) = form.table("requests") else { return 0 };
        let rows = table.rows().filter(|(_, row)| row.group.is_some_and(|of| of == *group));
        rows.map(|(_, row)| self.count("requests", row.key.as_str(), column)).sum()
    }
}
