//! Statutory tables out of rows: labels are aligned with the forms, numbers with the columns; what has no certain place is said, not guessed.

mod disclosure;
mod fit;
mod old_statistics;
mod proceedings;
mod requests;

use gongkai_model::{
    Absent, Block, Cell, CellState, Doubt, DoubtKind, Key, NumberKind, Quote, Span, Table, TableForm, Unit,
    form,
};

use rustc_hash::FxHashMap;

use crate::{
    number::{self, Content},
    page::{Field, Page, Row},
    sections::Head,
};

/// The tables of a document and what could not be settled about them.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) tables: Vec<Table>,
    pub(crate) doubts: Vec<Doubt>,
}

/// Finds every statutory table.
pub(crate) fn read(page: &Page, heads: &[Option<Head>]) -> Tables {
    // The heading of a part ends every table before it; in a grid it is none.
    let part = |(row, head): (&Row, &Option<Head>)| head.filter(|_| row.grid.is_none()).map(|head| head.part);
    let parts: Vec<Option<u8>> = page.rows.iter().zip(heads).map(part).collect();
    let mut found = Tables::default();
    for (key, candidates) in [
        ("disclosure", disclosure::read(page, &parts)),
        ("requests", requests::read(page, &parts)),
        ("proceedings", proceedings::read(page, &parts)),
    ] {
        found.choose(key, candidates);
    }
    found.settle_forms();
    found.doubts.extend(old_statistics::find(page));
    found
}

/// A table as read, before one of several is chosen.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) table: Table,
    /// Values that belong to it and to none of its cells.
    pub(crate) strays: Vec<Quote>,
}

impl Tables {
    /// Keeps the fullest candidate (the first of equal ones) and says when another has other numbers.
    fn choose(&mut self, key: &str, candidates: Vec<Candidate>) {
        let filled =
            |candidate: &Candidate| candidate.table.cells.iter().filter(|cell| cell.value.is_some()).count();
        let mut best: Option<usize> = None;
        for (at, candidate) in candidates.iter().enumerate() {
            if best.and_then(|b| candidates.get(b)).is_none_or(|b| filled(candidate) > filled(b)) {
                best = Some(at);
            }
        }
        let Some(best) = best else { return };
        let mut chosen = None;
        let mut others = Vec::new();
        for (at, candidate) in candidates.into_iter().enumerate() {
            if at == best { chosen = Some(candidate) } else { others.push(candidate) }
        }
        let Some(chosen) = chosen else { return };
        for other in others {
            if filled(&other) > 0 && differs(&chosen.table, &other.table) {
                let quote = Quote { text: String::new(), span: other.table.span };
                self.doubts.push(Doubt { kind: DoubtKind::SecondTable, table: Key::find(key), quote });
            }
        }
        self.doubts.extend(chosen.strays.into_iter().map(|quote| Doubt {
            kind: DoubtKind::StrayValues,
            table: Key::find(key),
            quote,
        }));
        self.tables.push(chosen.table);
    }

    /// The table of proceedings is the same in all forms: it follows the others.
    fn settle_forms(&mut self) {
        let of = |key: &str| self.tables.iter().find(|table| table.key == *key).map(|table| table.form);
        if let Some(form) = of("requests").or_else(|| of("disclosure"))
            && let Some(table) = self.tables.iter_mut().find(|table| table.key == *"proceedings")
        {
            table.form = form;
        }
    }
}

/// True when a cell that both tables have filled holds different numbers.
fn differs(one: &Table, other: &Table) -> bool {
    other.cells.iter().any(|cell| {
        cell.value.is_some()
            && one.cell(cell.row.as_str(), cell.column.as_str()).is_none_or(|mine| mine.value != cell.value)
    })
}

/// What a field holds, for a column of this kind.
pub(crate) fn cell(row: Key, column: Key, field: &Field, kind: NumberKind, unit: Option<Unit>) -> Cell {
    let (state, value, printed_unit) = match number::read(&field.text) {
        Content::Blank => (CellState::Blank, None, None),
        Content::Number(value, unit) => (CellState::Printed, Some(value), unit),
        Content::Text => (CellState::Unreadable, None, None),
    };
    let mut cell =
        Cell { row, column, state, value, printed: field.text.clone(), span: field.span, unit: None };
    match (kind, value) {
        (NumberKind::Amount, Some(value)) => {
            let unit = printed_unit.or(unit).unwrap_or(Unit::Unstated);
            cell.value = Some(number::in_wan_yuan(value, unit));
            cell.unit = Some(unit);
        }
        // Money where a count belongs is no count.
        (_, Some(_)) if printed_unit.is_some() => {
            cell.state = CellState::Unreadable;
            cell.value = None;
        }
        _ => {}
    }
    cell
}

/// A cell whose row was read and whose own value could not be told from its neighbours'.
pub(crate) fn unplaced(row: Key, column: Key, printed: &str, span: Span) -> Cell {
    Cell {
        row,
        column,
        state: CellState::Unplaced,
        value: None,
        printed: printed.to_owned(),
        span,
        unit: None,
    }
}

/// The cells of a table by their places in the form.
struct Places {
    there: Vec<bool>,
    width: usize,
}

impl Places {
    fn of(layout: &TableForm, places: impl Iterator<Item = (usize, usize)>) -> Self {
        let width = layout.blocks.iter().map(|block| block.columns.len()).max().unwrap_or(0);
        let mut there = vec![false; width * layout.rows().count()];
        for (row, column) in places {
            if let Some(there) = there.get_mut(row * width + column) {
                *there = true;
            }
        }
        Self { there, width }
    }

    fn has(&self, row: usize, column: usize) -> bool {
        self.there.get(row * self.width + column).copied().unwrap_or_default()
    }

    fn has_row(&self, row: usize) -> bool {
        (0..self.width).any(|column| self.has(row, column))
    }

    /// What the form has and the table lacks.
    fn absent(&self, layout: &TableForm) -> Vec<Absent> {
        let mut absent = Vec::new();
        let mut first = 0;
        for block in &layout.blocks {
            let numbered = || (first..).zip(&block.rows);
            let lost = numbered().filter(|(at, _)| !self.has_row(*at));
            absent.extend(lost.map(|(_, row)| Absent { row: Some(row.key), column: None }));
            let rows: Vec<(usize, Key)> =
                numbered().filter(|(at, _)| self.has_row(*at)).map(|(at, row)| (at, row.key)).collect();
            for (at, column) in block.columns.iter().enumerate() {
                let lacking: Vec<Key> =
                    rows.iter().filter(|(row, _)| !self.has(*row, at)).map(|(_, key)| *key).collect();
                if !rows.is_empty() && lacking.len() == rows.len() && layout.blocks.len() == 1 {
                    absent.push(Absent { row: None, column: Some(column.key) });
                } else {
                    let cell = |row| Absent { row: Some(row), column: Some(column.key) };
                    absent.extend(lacking.into_iter().map(cell));
                }
            }
            first += block.rows.len();
        }
        absent
    }
}

/// Cells in the order of the form, with what is absent.
pub(crate) fn table(key: &str, form_id: &str, cells: Vec<Cell>, span: Span) -> Option<Table> {
    let form = form(form_id)?;
    let layout = form.table(key)?;
    let mut rows: FxHashMap<Key, (usize, &Block)> = FxHashMap::default();
    for (at, (block, row)) in layout.rows().enumerate() {
        rows.entry(row.key).or_insert((at, block));
    }
    let place = |cell: Cell| {
        let (row, block) = rows.get(&cell.row)?;
        let column = block.columns.iter().position(|column| column.key == cell.column)?;
        Some(((*row, column), cell))
    };
    let mut cells: Vec<((usize, usize), Cell)> = cells.into_iter().filter_map(place).collect();
    cells.sort_by_key(|(place, _)| *place);
    // No place holds two numbers: a second one would mean that neither is certain.
    cells.dedup_by(|(second_place, second), (first_place, first)| {
        let same = first_place == second_place;
        if same && first.value != second.value {
            first.state = CellState::Unplaced;
            first.value = None;
        }
        same
    });
    let absent = Places::of(layout, cells.iter().map(|(place, _)| *place)).absent(layout);
    let cells = cells.into_iter().map(|(_, cell)| cell).collect();
    Some(Table { key: layout.key, form: form.id, span, absent, cells })
}

/// The newest form's id: where forms are equal it stands for all.
pub(crate) fn newest_form() -> &'static str {
    gongkai_model::forms().all().last().map_or("", |form| form.id.as_str())
}

#[cfg(test)]
mod tests {
    use gongkai_model::forms;

    #[test]
    fn no_table_has_a_row_twice_so_that_each_has_one_place() {
        for table in forms().all().iter().flat_map(|form| &form.tables) {
            let mut rows: Vec<&str> = table.rows().map(|(_, row)| row.key.as_str()).collect();
            rows.sort_unstable();
            assert!(rows.windows(2).all(|pair| pair[0] != pair[1]), "{}", table.key);
        }
    }
}
