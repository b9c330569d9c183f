//! The table of proactive disclosure: small blocks, each with headings of its own, in one table or in several.
use gongkai_model::{Block, Cell, Form, Key, Quote, Span, Unit, forms};

use super::{Candidate, cell, ends_table, fit::Values, is_page_number, table, unplaced};
use crate::{
    label::{self, TableLabels, squash},
    number::{self, Content},
    page::{Field, Page, Row},
};

/// Rows that a table must have before it is taken for one.
const LEAST_ROWS: usize = 3;

/// Reads every instance of the table.
pub(super) fn read(page: &Page) -> Vec<Candidate> {
    let mut reader = Reader::default();
    for row in &page.rows {
        reader.row(row, label::disclosure());
    }
    reader.end();
    reader.done.into_iter().filter_map(Instance::candidate).collect()
}

/// A row with the headings that stand over it.
#[derive(Debug)]
struct Line {
    row: Key,
    label: Field,
    headings: Vec<Field>,
    values: Values,
}

#[derive(Debug, Default)]
struct Instance {
    lines: Vec<Line>,
}

#[derive(Default)]
struct Reader {
    current: Instance,
    /// Headings since the last caption; they serve every row until the next.
    headings: Vec<Field>,
    /// The last line was a caption or heading: more headings may follow.
    heading: bool,
    /// The current line takes values from the lines below it.
    open: bool,
    done: Vec<Instance>,
}

impl Reader {
    fn row(&mut self, row: &Row, labels: &TableLabels) {
        if row.line().is_some_and(|field| ends_table(&field.text)) {
            return self.end();
        }
        let full: Vec<&Field> = row.fields.iter().filter(|field| !field.text.is_empty()).collect();
        let Some(first) = full.first() else { return };
        if is_caption(&first.text) {
            return self.start_headings(&full);
        }
        match labels.row(&first.text, None).and_then(|at| labels.rows.get(at)) {
            Some(known) if full.iter().skip(1).all(|field| is_cell(field)) => {
                self.labelled(known.key, row, first)
            }
            _ => self.other(row, &full),
        }
    }

    fn start_headings(&mut self, full: &[&Field]) {
        self.headings.clear();
        self.heading = true;
        self.open = false;
        for field in full {
            if !is_caption(&field.text) {
                self.headings.push((*field).clone());
            } else if let Some(fused) =
                field.text.trim().strip_prefix(HEAD).filter(|rest| !rest.trim().is_empty())
            {
                self.headings.push(Field { text: fused.trim().to_owned(), ..(*field).clone() });
            }
        }
    }

    fn labelled(&mut self, key: Key, row: &Row, label: &Field) {
        if self.current.lines.iter().any(|line| line.row == key) {
            self.end_instance();
        }
        let at = row.fields.iter().position(|field| field.span == label.span).unwrap_or(0);
        let fields: Vec<Field> = row.fields.iter().skip(at + 1).cloned().collect();
        let explicit = fields.iter().any(|field| !field.text.is_empty()) || row.grid.is_some();
        let values = Values { fields: if explicit { fields } else { Vec::new() }, explicit };
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
            self.headings.extend(full.iter().map(|field| (*field).clone()));
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
        if instance.lines.len() >= LEAST_ROWS {
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
    fn candidate(self) -> Option<Candidate> {
        let form = self.form()?;
        let mut cells = Vec::new();
        let mut strays = Vec::new();
        for line in &self.lines {
            match line.best(std::slice::from_ref(form)) {
                Some(found) => cells.extend(line.cells(found.block)),
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

    /// The form that headings and rows fit best; the newer of equal ones.
    fn form(&self) -> Option<&'static Form> {
        let score = |form: &Form| -> usize {
            self.lines
                .iter()
                .filter_map(|line| line.best(std::slice::from_ref(form)))
                .map(|found| found.score)
                .sum()
        };
        forms().all().iter().max_by_key(|form| score(form))
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
                    + 3 * columns.iter().flatten().count()
                    + usize::from(self.values.full().count() == block.columns.len());
                Match { block, score }
            })
            .max_by_key(|found| found.score)
    }

    /// Which column of the block each heading means; `None` for a heading that means none of them.
    fn columns(&self, block: &Block) -> Vec<Option<Key>> {
        let mut used: Vec<Key> = Vec::new();
        let mut columns = Vec::new();
        for heading in &self.headings {
            let text = squash(heading.text.split(['(', '（']).next().unwrap_or_default());
            let year_out: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
            let exact = block.columns.iter().find(|column| {
                label::texts(&column.label).any(|label| {
                    let label = squash(label.split(['(', '（']).next().unwrap_or_default());
                    label == text || label == year_out
                })
            });
            // A heading that was cut (本年新) means the next column that starts so.
            let cut = || {
                block.columns.iter().find(|column| {
                    !used.contains(&column.key)
                        && text.chars().count() >= 3
                        && squash(column.label.zh).starts_with(&text)
                })
            };
            let found = exact.or_else(cut).map(|column| column.key).filter(|key| !used.contains(key));
            used.extend(found);
            columns.push(found);
        }
        columns
    }

    fn cells(&self, block: &Block) -> Vec<Cell> {
        let all: Vec<Option<Key>> = block.columns.iter().map(|column| Some(column.key)).collect();
        let columns = if self.headings.is_empty() { all } else { self.columns(block) };
        let wanted = columns.len();
        let mut cells = Vec::new();
        let fields = self
            .trimmed(wanted)
            .fit(wanted, None, None)
            .map(|fields| fields.into_iter().cloned().collect::<Vec<_>>());
        for (at, key) in columns.iter().enumerate() {
            let Some(column) = key.and_then(|key| block.columns.iter().find(|column| column.key == key))
            else {
                continue;
            };
            let unit =
                if column.fixed_unit { Some(self.unit(at).unwrap_or(Unit::WanYuan)) } else { self.unit(at) };
            cells.push(match fields.as_ref().and_then(|fields| fields.get(at)) {
                Some(field) => cell(self.row, column.key, field, column.number, unit),
                None => unplaced(self.row, column.key, &self.printed(), self.span()),
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

    fn unit(&self, at: usize) -> Option<Unit> {
        self.headings.get(at).and_then(|heading| number::unit_of_heading(&heading.text))
    }

    fn printed(&self) -> String {
        self.values.full().map(|field| field.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn span(&self) -> Span {
        let end = self.values.full().map(|field| field.span.end).max().unwrap_or(self.label.span.end);
        Span::new(self.label.span.start, end)
    }
}
