//! Two readings of one report, or two years of one body, cell beside cell. A blank is never taken for a number.
use std::collections::BTreeSet;

use gongkai_model::{Cell, Key, Report, Row, Table, TableForm, form};

use crate::frame::Frame;

/// A table of which cells stand side by side.
pub(crate) struct Comparison {
    /// Key of the table, for its anchor.
    pub(crate) key: &'static str,
    /// Its name.
    pub(crate) caption: &'static str,
    /// Cells, in the order of the form.
    pub(crate) lines: Vec<CellPair>,
}

/// A cell of both reports.
pub(crate) struct CellPair {
    pub(crate) row: String,
    pub(crate) column: &'static str,
    /// What the older one prints; a dash where it has no such cell.
    pub(crate) old: String,
    pub(crate) new: String,
    /// The difference, where both are numbers.
    pub(crate) change: String,
}

/// Which cells are worth a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Those that are not the same.
    Changed,
    /// Those that say more than 0 in one of the two.
    Telling,
}

/// The tables of both reports; a table that neither has is left out.
pub(crate) fn compare(f: &Frame, old: &Report, new: &Report, wanted: Wanted) -> Vec<Comparison> {
    ["disclosure", "requests", "proceedings"]
        .into_iter()
        .filter_map(|key| {
            let (before, after) = (old.table(key), new.table(key));
            let shape = form(after.or(before)?.form.as_str())?.table(key)?;
            let lines = lines(f, shape, before, after, wanted);
            Some(Comparison { key: shape.key.as_str(), caption: f.t(shape.label.zh, shape.label.en), lines })
        })
        .collect()
}

fn lines(
    f: &Frame,
    shape: &TableForm,
    before: Option<&Table>,
    after: Option<&Table>,
    wanted: Wanted,
) -> Vec<CellPair> {
    let mut lines = Vec::new();
    let mut known = BTreeSet::new();
    for (block, row) in shape.rows() {
        for column in &block.columns {
            known.insert((row.key.as_str(), column.key.as_str()));
            let cell = |table: Option<&Table>| {
                table.and_then(|t| t.cell(row.key.as_str(), column.key.as_str())).cloned()
            };
            let label = f.t(column.label.zh, column.label.en);
            lines.extend(pair(row_label(f, shape, row), label, cell(before), cell(after), wanted));
        }
    }
    // Cells of another year's form, which this form has no place for.
    let other = before.filter(|table| table.key == shape.key);
    for cell in other.into_iter().flat_map(|table| &table.cells) {
        if !known.contains(&(cell.row.as_str(), cell.column.as_str())) {
            let own = other.and_then(|table| form(table.form.as_str())?.table(shape.key.as_str()));
            let (row, column) = own.map_or((cell.row.as_str().to_owned(), cell.column.as_str()), |own| {
                let row = own.row(cell.row.as_str()).map(|(_, row)| row_label(f, own, row));
                let column = own.column(cell.row.as_str(), cell.column.as_str());
                (
                    row.unwrap_or_else(|| cell.row.to_string()),
                    column.map_or(cell.column.as_str(), |c| f.t(c.label.zh, c.label.en)),
                )
            });
            lines.extend(pair(row, column, Some(cell.clone()), None, wanted));
        }
    }
    lines
}

fn row_label(f: &Frame, shape: &TableForm, row: &Row) -> String {
    let own = f.t(row.label.zh, row.label.en);
    let group = |key: Key| shape.groups.iter().find(|group| group.key == key);
    match row.group.and_then(group) {
        Some(group) => format!("{} › {own}", f.t(group.label.zh, group.label.en)),
        None => own.to_owned(),
    }
}

fn pair(
    row: String,
    column: &'static str,
    old: Option<Cell>,
    new: Option<Cell>,
    wanted: Wanted,
) -> Option<CellPair> {
    let (before, after) = (value(old.as_ref()), value(new.as_ref()));
    let (was, is) = (old.as_ref().and_then(|c| c.value), new.as_ref().and_then(|c| c.value));
    let keep = match wanted {
        Wanted::Changed => (before != after) || was != is,
        Wanted::Telling => [was, is].into_iter().flatten().any(|value| !value.is_zero()),
    };
    let change = was.zip(is).and_then(|(was, is)| is.checked_sub(was)).map(|by| by.normalize());
    let change = change.map_or_else(
        || "—".to_owned(),
        |by| if by.is_sign_positive() && !by.is_zero() { format!("+{by}") } else { by.to_string() },
    );
    keep.then_some(CellPair { row, column, old: before, new: after, change })
}

/// As printed; a number that was only inferred is written as that number.
fn value(cell: Option<&Cell>) -> String {
    let Some(cell) = cell else { return "—".to_owned() };
    let printed = cell.printed.trim();
    match cell.value {
        Some(value) if printed.is_empty() => value.normalize().to_string(),
        _ => printed.to_owned(),
    }
}
