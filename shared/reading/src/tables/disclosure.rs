//! The table of proactive disclosure: small blocks, each with headings of its own, in one table or in several.
mod headings;

use gongkai_model::{Block, Cell, CellState, Form, Key, Quote, Span, Unit, forms};

use headings::{assigned, matched};

use super::{
    Candidate, cell,
    fit::{Shape, Values},
    table, unplaced,
};
use crate::{
    label::{self, TableLabels, squash},
    number::{self, Content, Stated, is_page_number},
    page::{Field, Page, Row},
};

/// Rows that a table must have before it is taken for one.
const LEAST_ROWS: usize = 3;

/// Reads every instance of the table; `parts` holds the number of the part whose heading a row is.
pub(super) fn read(page: &Page, parts: &[Option<u8>]) -> Vec<Candidate> {
    let mut reader = Reader::default();
    for (row, part) in page.rows.iter().zip(parts) {
        if part.is_some() { reader.end() } else { reader.row(row, label::disclosure()) }
    }
    reader.end();
    joined(reader.done).into_iter().filter_map(Instance::candidate).collect()
}

/// Pieces of one table under repeated captions: none has a row of the one before.
fn joined(pieces: Vec<Instance>) -> Vec<Instance> {
    let headed = |piece: &Instance| piece.lines.iter().all(|line| !line.headings.is_empty());
    let mut whole: Vec<Instance> = Vec::new();
    for piece in pieces {
        match whole.last_mut() {
            Some(last) if headed(last) && headed(&piece) && last.shares_no_row(&piece) => {
                last.lines.extend(piece.lines);
            }
            _ => whole.push(piece),
        }
    }
    whole
}

/// A row with the headings that stand over it.
#[derive(Debug)]
struct Line {
    row: Key,
    label: Field,
    /// Lines of headings.
    headings: Vec<Vec<String>>,
    values: Values,
}

#[derive(Debug, Default)]
struct Instance {
    lines: Vec<Line>,
}

#[derive(Default)]
struct Reader {
    current: Instance,
    /// Lines of headings since the last caption; they serve every row until the next.
    headings: Vec<Vec<String>>,
    /// The last line was a caption or heading: more headings may follow.
    heading: bool,
    /// The current line takes values from the lines below it.
    open: bool,
    done: Vec<Instance>,
}

impl Reader {
    fn row(&mut self, row: &Row, labels: &TableLabels) {
        let full: Vec<&Field> = row.fields.iter().filter(|field| !field.text.is_empty()).collect();
        let Some(first) = full.first() else { return };
        if is_caption(&first.text) {
            return self.start_headings(&full);
        }
        match labels.row(&first.text, None).and_then(|at| labels.rows.get(at)) {
            Some(known) if full.iter().skip(1).all(|field| is_cell(field)) => {
                self.labelled(known.key, row, first)
            }
            _ if Self::is_head(&full, labels) => self.start_headings(full.get(1..).unwrap_or_default()),
            _ => self.other(row, &full),
        }
    }

    /// A line of headings behind a head over the labels that is not the form's (项目, 事项).
    fn is_head(full: &[&Field], labels: &TableLabels) -> bool {
        let known = |field: &&&Field| labels.column(&field.text).is_some();
        full.len() >= 2
            && full.first().is_some_and(|field| !known(&field))
            && full.iter().any(|field| known(&field))
            && full.iter().all(|field| is_heading(field))
    }

    fn start_headings(&mut self, full: &[&Field]) {
        self.headings.clear();
        self.heading = true;
        self.open = false;
        let mut line = Vec::new();
        for field in full {
            if !is_caption(&field.text) {
                line.push(field.text.clone());
            } else if let Some(fused) = field.text.trim().strip_prefix(HEAD) {
                line.push(fused.trim().to_owned());
            }
        }
        line.retain(|text| !text.is_empty());
        if !line.is_empty() {
            self.headings.push(line);
        }
    }

    fn labelled(&mut self, key: Key, row: &Row, label: &Field) {
        if self.current.lines.iter().any(|line| line.row == key) {
            self.end_instance();
        }
        let at = row.fields.iter().position(|field| field.span == label.span).unwrap_or(0);
        let fields: Vec<Field> = row.fields.iter().skip(at + 1).cloned().collect();
        let explicit = fields.iter().any(|field| !field.text.is_empty()) || row.grid.is_some();
        let fields = if explicit { fields } else { Vec::new() };
        let values = Values { fields, explicit, before: at, grid: row.grid.is_some() };
        self.current.lines.push(Line {
            row: key,
            label: label.clone(),
            headings: self.headings.clone(),
            values,
        });
        self.heading = false;
        self.open = !explicit;
    }

    fn other(&mut self, row: &Row, full: &[&Field]) {
        if full.iter().all(|field| is_page_number(&field.text)) {
            return;
        }
        if self.heading && full.iter().all(|field| is_heading(field)) {
            self.headings.push(full.iter().map(|field| field.text.clone()).collect());
            return;
        }
        match full {
            [field] if self.open && row.grid.is_none() && is_cell(field) => {
                if let Some(line) = self.current.lines.last_mut() {
                    line.values.fields.push((*field).clone());
                }
            }
            _ => {
                self.open = false;
                self.heading = false;
            }
        }
    }

    fn end_instance(&mut self) {
        let instance = std::mem::take(&mut self.current);
        if !instance.lines.is_empty() {
            self.done.push(instance);
        }
    }

    fn end(&mut self) {
        self.end_instance();
        (self.heading, self.open) = (false, false);
        self.headings.clear();
    }
}

/// The head over the labels of every block.
const HEAD: &str = "信息内容";

/// 第二十条第（一）项, or the head 信息内容, alone or joined with the heading beside it.
fn is_caption(text: &str) -> bool {
    if !matches!(label::first_of(text), Some('信' | '第')) {
        return false;
    }
    let squashed = squash(text);
    (squashed.starts_with(HEAD) && squashed.chars().count() <= 20)
        || (squashed.starts_with("第二十条第") && squashed.chars().count() <= 8)
}

/// A number, a blank, or something short that should have been one.
fn is_cell(field: &Field) -> bool {
    if is_page_number(&field.text) {
        return false;
    }
    !matches!(number::read(&field.text), Content::Text)
        || (field.text.chars().count() <= 12
            && field.text.chars().any(|c| c.is_ascii_digit() || c == '\u{FFFD}'))
}

fn is_heading(field: &Field) -> bool {
    matches!(number::read(&field.text), Content::Text) && field.text.chars().count() <= 40
}

/// A block of a form, as far as headings and rows fit it.
#[derive(Clone, Copy)]
struct Match<'f> {
    block: &'f Block,
    score: usize,
}

impl Instance {
    fn shares_no_row(&self, other: &Self) -> bool {
        other.lines.iter().all(|line| self.lines.iter().all(|mine| mine.row != line.row))
    }

    /// Labels alone are a menu; under the form's own heads they are a table whose numbers are lost.
    fn is_table(&self) -> bool {
        let valued = self.lines.iter().any(|line| !line.values.fields.is_empty());
        let headed = self.lines.iter().filter(|line| !line.headings.is_empty()).count();
        self.lines.len() >= LEAST_ROWS && (valued || headed >= LEAST_ROWS)
    }

    fn candidate(self) -> Option<Candidate> {
        if !self.is_table() {
            return None;
        }
        let (form, blocks) = self.form()?;
        let mut cells = Vec::new();
        let mut strays = Vec::new();
        let found: Vec<_> = self.lines.iter().zip(blocks).collect();
        let complete = |line: &Line, block: &Block| line.values.full().count() == block.columns.len();
        let reaches: Vec<usize> = found
            .iter()
            .filter(|(line, found)| found.is_some_and(|found| complete(line, found.block)))
            .map(|(line, _)| line.values.reach())
            .collect();
        for (line, found) in found {
            match found {
                Some(found) => cells.extend(line.cells(found.block, &reaches)),
                // A row that only another form has.
                None if line.values.full().next().is_some() => {
                    strays.push(Quote { text: line.label.text.clone(), span: line.label.span });
                }
                None => {}
            }
        }
        let start = self.lines.first()?.label.span.start;
        let end = cells.iter().map(|cell: &Cell| cell.span.end).max()?;
        Some(Candidate {
            table: table("disclosure", form.id.as_str(), cells, Span::new(start.min(end), end))?,
            strays,
        })
    }

    /// The form that headings and rows fit best, with the block of each line; the newer of equal ones.
    fn form(&self) -> Option<(&'static Form, Vec<Option<Match<'static>>>)> {
        let blocks = |form: &'static Form| -> Vec<_> {
            self.lines.iter().map(|line| line.best(std::slice::from_ref(form))).collect()
        };
        let score = |blocks: &[Option<Match<'_>>]| -> usize {
            blocks.iter().flatten().map(|found| found.score).sum()
        };
        let forms = forms().all().iter().map(|form| (form, blocks(form)));
        forms.max_by_key(|(_, blocks)| score(blocks))
    }
}

impl Line {
    /// The block of these forms that has the row and fits the headings best.
    fn best<'f>(&self, forms: &'f [Form]) -> Option<Match<'f>> {
        let tables = forms.iter().filter_map(|form| form.table("disclosure"));
        tables
            .flat_map(|table| &table.blocks)
            .filter(|block| block.rows.iter().any(|row| row.key == self.row))
            .map(|block| {
                let columns = self.columns(block);
                let score = 1
                    + 3 * matched(&columns)
                    + usize::from(self.values.full().count() == block.columns.len());
                Match { block, score }
            })
            .max_by_key(|found| found.score)
    }

    /// Which column of the block each heading means. Headings may have been broken within a line, or over two lines.
    fn columns(&self, block: &Block) -> Vec<(String, Option<Key>)> {
        let flat: Vec<String> = self.headings.iter().flatten().cloned().collect();
        let mut best = assigned(&flat, block);
        if let [upper, lower] = self.headings.as_slice()
            && upper.len() == lower.len()
        {
            let stacked: Vec<String> =
                upper.iter().zip(lower).map(|(upper, lower)| format!("{upper}{lower}")).collect();
            let stacked = assigned(&stacked, block);
            if matched(&stacked) > matched(&best) {
                best = stacked;
            }
        }
        best
    }

    /// `reaches`: how far the rows of the table reach that hold all their values.
    fn cells(&self, block: &Block, reaches: &[usize]) -> Vec<Cell> {
        let columns = if self.headings.is_empty() {
            block.columns.iter().map(|column| (String::new(), Some(column.key))).collect()
        } else {
            self.columns(block)
        };
        if matched(&columns) == 0 {
            let lost = |key| unplaced(self.row, key, &self.values.printed(), self.span());
            return block.columns.iter().map(|column| lost(column.key)).collect();
        }
        let wanted = columns.len();
        let values = self.trimmed(wanted);
        // A row with blank cells that is shorter or longer than the others has lost or doubled one.
        let full = self.values.full().count();
        let usual =
            full == 0 || full == wanted || reaches.is_empty() || reaches.contains(&self.values.reach());
        let fields = if usual { values.fit(wanted, &Shape::default()) } else { None };
        let mut cells = Vec::new();
        for (at, (heading, key)) in columns.iter().enumerate() {
            let Some(column) = key.and_then(|key| block.columns.iter().find(|column| column.key == key))
            else {
                continue;
            };
            let stated = number::unit_of_heading(heading);
            let unit = match stated {
                Stated::Unit(unit) => Some(unit),
                Stated::Nothing | Stated::Unknown => column.fixed_unit.then_some(Unit::WanYuan),
            };
            cells.push(match fields.as_ref().and_then(|fields| fields.get(at)) {
                Some(field) => {
                    let mut cell = cell(self.row, column.key, field, column.number, unit);
                    if stated == Stated::Unknown && cell.value.is_some_and(|value| !value.is_zero()) {
                        (cell.state, cell.value, cell.unit) = (CellState::Unreadable, None, None);
                    }
                    cell
                }
                None => unplaced(self.row, column.key, &self.values.printed(), self.span()),
            });
        }
        cells
    }

    /// Values without the empty fields that widen a row to its table's width.
    fn trimmed(&self, wanted: usize) -> Values {
        let mut values = self.values.clone();
        while values.fields.len() > wanted && values.fields.last().is_some_and(|field| field.text.is_empty())
        {
            values.fields.pop();
        }
        values
    }

    fn span(&self) -> Span {
        let end = self.values.full().map(|field| field.span.end).max().unwrap_or(self.label.span.end);
        Span::new(self.label.span.start.min(end), end)
    }
}
