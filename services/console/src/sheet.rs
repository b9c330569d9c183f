//! Draws a statutory table as its form prints it: groups beside rows, captions over blocks, proceedings side by side. Pure.
use gongkai_model::{Block, Orientation, Table, TableForm, form};

use crate::frame::Frame;

mod compare;
mod labels;
mod mark;

pub(crate) use compare::{Comparison, Wanted, compare};
pub(crate) use mark::{Marks, Note};

/// A table ready to be written as HTML.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    /// Key of the table, for its anchor.
    pub(crate) key: String,
    /// Name with the form it follows.
    pub(crate) caption: String,
    /// Lines of the head.
    pub(crate) head: Vec<Vec<Slot>>,
    /// Lines of each block.
    pub(crate) bodies: Vec<Vec<Vec<Slot>>>,
    /// True when some cell is not simply a printed number.
    pub(crate) has_marks: bool,
}

/// A cell of the drawing: a label or a number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    /// Scope of a label (`col`, `colgroup`, `row`, `rowgroup`); `None` for numbers.
    pub(crate) scope: Option<&'static str>,
    /// Columns it takes.
    pub(crate) cols: usize,
    /// Rows it takes.
    pub(crate) rows: usize,
    /// What is written there.
    pub(crate) text: String,
    /// Class for its looks.
    pub(crate) class: &'static str,
    /// What is said beside it.
    pub(crate) note: Note,
}

impl Slot {
    fn label(scope: &'static str, text: impl Into<String>, cols: usize, rows: usize) -> Self {
        Self { scope: Some(scope), cols, rows, text: text.into(), ..Self::default() }
    }
}

/// Draws a table that was found. `None` when its form is not known any more.
pub(crate) fn draw(f: &Frame, table: &Table, marks: &Marks<'_>) -> Option<Sheet> {
    let shape = form(table.form.as_str())?.table(table.key.as_str())?;
    let pen = Pen { f, table, shape, marks };
    let (head, bodies) = match shape.orientation {
        Orientation::Rows => pen.rows(),
        Orientation::Across => pen.across(),
    };
    let label = f.t(shape.label.zh, shape.label.en);
    let has_marks = bodies.iter().flatten().flatten().any(|slot| !slot.class.is_empty());
    let caption = match f.lang {
        gongkai_model::Lang::Zh => format!("{label}（{}年格式）", table.form),
        gongkai_model::Lang::En => format!("{label} (form of {})", table.form),
    };
    Some(Sheet { key: table.key.to_string(), caption, head, bodies, has_marks })
}

type Lines = Vec<Vec<Slot>>;

struct Pen<'p> {
    f: &'p Frame,
    table: &'p Table,
    shape: &'p TableForm,
    marks: &'p Marks<'p>,
}

impl Pen<'_> {
    fn rows(&self) -> (Lines, Vec<Lines>) {
        let width = self.shape.blocks.iter().map(|block| block.columns.len()).max().unwrap_or(0);
        let bodies: Vec<_> = self.shape.blocks.iter().map(|block| self.block(block, width)).collect();
        match bodies.as_slice() {
            // One block: its head is the table's head.
            [only] => (only.0.clone(), vec![only.1.clone()]),
            _ => (Vec::new(), bodies.into_iter().map(|(head, lines)| [head, lines].concat()).collect()),
        }
    }

    /// Head and lines of a block. The last column fills up what other blocks are wider.
    fn block(&self, block: &Block, width: usize) -> (Lines, Lines) {
        let beside = labels::Beside::of(block);
        let last = block.columns.len().saturating_sub(1);
        let cols = |at: usize| if at == last { width.saturating_sub(last).max(1) } else { 1 };
        let captioned = !block.label.is_empty();
        let only = self.shape.blocks.len() == 1;
        let mut corner = Slot::label("col", self.f.t("信息内容", "item"), beside.depth() + 1, 1);
        let mut names = Vec::new();
        for (at, column) in block.columns.iter().enumerate() {
            let mut slot = Slot::label("col", self.f.t(column.label.zh, column.label.en), cols(at), 1);
            slot.note = self.marks.of_column(self.table.key, column.key);
            names.push(slot);
        }
        let caption = |cols| Slot::label("colgroup", labels::caption(self.f, block.label), cols, 1);
        let head = match (captioned, only) {
            // The caption of an only block stands over its numbers, the corner beside both.
            (true, true) => {
                corner.rows = 2;
                vec![vec![corner, caption(width)], names]
            }
            (true, false) => vec![vec![caption(beside.depth() + 1 + width)], [vec![corner], names].concat()],
            (false, _) => vec![[vec![corner], names].concat()],
        };
        let mut lines = Vec::new();
        for (index, row) in block.rows.iter().enumerate() {
            let mut line = Vec::new();
            for (group, rows) in beside.starting_at(index) {
                let label = self
                    .shape
                    .groups
                    .iter()
                    .find(|own| own.key == group)
                    .map(|own| self.f.t(own.label.zh, own.label.en));
                line.push(Slot::label("rowgroup", label.unwrap_or(group.as_str()), 1, rows));
            }
            let mut label = Slot::label("row", self.f.t(row.label.zh, row.label.en), beside.free(index), 1);
            label.note = self.marks.of_row(self.table.key, row.key);
            line.push(label);
            for (at, column) in block.columns.iter().enumerate() {
                line.push(Slot {
                    cols: cols(at),
                    ..self.marks.number(self.f, self.table, row.key, column.key)
                });
            }
            lines.push(line);
        }
        (head, lines)
    }

    /// All rows side by side over one line of numbers, group names on top.
    fn across(&self) -> (Lines, Vec<Lines>) {
        let (mut top, mut names, mut columns, mut numbers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let rows: Vec<_> = self.shape.rows().collect();
        let grouped = rows.iter().any(|(_, row)| row.group.is_some());
        for (index, (block, row)) in rows.iter().enumerate() {
            let width = block.columns.len();
            let mut label = Slot::label("colgroup", self.f.t(row.label.zh, row.label.en), width, 1);
            label.note = self.marks.of_row(self.table.key, row.key);
            match row.group {
                Some(group) => {
                    let previous = index.checked_sub(1).and_then(|before| rows.get(before));
                    if previous.is_none_or(|(_, before)| before.group != row.group) {
                        let own = rows.iter().filter(|(_, other)| other.group == row.group);
                        let cols = own.map(|(block, _)| block.columns.len()).sum();
                        let text = self
                            .shape
                            .groups
                            .iter()
                            .find(|own| own.key == group)
                            .map(|own| self.f.t(own.label.zh, own.label.en));
                        top.push(Slot::label("colgroup", text.unwrap_or(group.as_str()), cols, 1));
                    }
                    names.push(label);
                }
                None => top.push(Slot { rows: if grouped { 2 } else { 1 }, ..label }),
            }
            for column in &block.columns {
                columns.push(Slot::label("col", self.f.t(column.label.zh, column.label.en), 1, 1));
                numbers.push(self.marks.number(self.f, self.table, row.key, column.key));
            }
        }
        let head = [top, names, columns].into_iter().filter(|line| !line.is_empty()).collect();
        (head, vec![vec![numbers]])
    }
}

#[cfg(test)]
mod tests;
