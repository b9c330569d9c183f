//! The table of requests: seven applicants across, one kind of handling a row.
mod order;
mod placing;

use gongkai_model::{Key, Span};

use super::{Candidate, fit::Values};
use crate::{
    label::{self, TableLabels},
    number::{self, Content, is_page_number},
    page::{Field, Page, Row},
};

/// Rows that a table must have before it is taken for one.
const LEAST_ROWS: usize = 4;
/// Rows that must be named before labels without any number are taken for a table whose numbers are lost.
const LEAST_LABELS: usize = 12;
/// Applicants and their sum.
const COLUMNS: usize = 7;
/// Most numbers that a row without a label may have: all columns and a stray one.
const MOST_NUMBERS: usize = 8;

/// Reads every instance of the table; `parts` holds the number of the part whose heading a row is.
pub(super) fn read(page: &Page, parts: &[Option<u8>]) -> Vec<Candidate> {
    let mut reader = Reader::new(label::requests());
    for (row, part) in page.rows.iter().zip(parts) {
        if part.is_some() { reader.end() } else { reader.row(row) }
    }
    reader.end();
    joined(reader.done).into_iter().filter_map(Instance::candidate).collect()
}

/// Pieces of one table under repeated captions: each goes on behind the last row of the one before.
fn joined(pieces: Vec<Instance>) -> Vec<Instance> {
    let mut whole: Vec<Instance> = Vec::new();
    for piece in pieces {
        let first = piece.lines.iter().find_map(|line| line.row);
        match whole.last_mut() {
            Some(last) if first.is_some() && last.last_row() < first => {
                last.lines.extend(piece.lines);
            }
            _ => whole.push(piece),
        }
    }
    whole
}

/// A row of the table: which one (unknown where the label is lost), and what stands behind the label.
#[derive(Debug)]
struct Line {
    row: Option<usize>,
    label: Span,
    /// The label as far as it was read, while it may go on in the next line.
    words: String,
    /// The label may be that of a group of rows.
    group: bool,
    values: Values,
}

/// One instance of the table.
#[derive(Debug, Default)]
struct Instance {
    /// Column headings in reading order.
    headings: Vec<Heading>,
    in_grid: bool,
    lines: Vec<Line>,
}

/// A heading over a column.
#[derive(Clone, Copy, Debug)]
struct Heading {
    column: Key,
    /// Place in the grid, or position in its line.
    place: u32,
    /// Fields behind it on its line.
    behind: usize,
    /// Fields on its line.
    width: usize,
}

impl Instance {
    fn last_row(&self) -> Option<usize> {
        self.lines.iter().rev().find_map(|line| line.row)
    }

    /// Labels at the end that wait for numbers; names of groups wait for none.
    fn waiting(&self) -> usize {
        self.lines
            .iter()
            .rev()
            .take_while(|line| line.row.is_some() && line.values.fields.is_empty())
            .filter(|line| !line.group)
            .count()
    }
}

struct Reader<'l> {
    labels: &'l TableLabels,
    current: Instance,
    done: Vec<Instance>,
    /// No value may follow the current line any more.
    closed: bool,
    /// The line before, if it may be the beginning of a label.
    before: String,
}

impl<'l> Reader<'l> {
    const fn new(labels: &'l TableLabels) -> Self {
        let current = Instance { headings: Vec::new(), in_grid: false, lines: Vec::new() };
        Self { labels, current, done: Vec::new(), closed: true, before: String::new() }
    }

    fn row(&mut self, row: &Row) {
        let full: Vec<&Field> = row.fields.iter().filter(|field| !field.text.is_empty()).collect();
        if full.is_empty()
            || full.iter().all(|field| is_page_number(&field.text))
            || is_page_number(&joint(&full))
        {
            return;
        }
        let before = std::mem::take(&mut self.before);
        let columns = full.iter().filter(|field| self.labels.column(&field.text).is_some()).count();
        if columns >= 3 {
            return self.headings(row);
        }
        match self.label(row, &before) {
            Some((at, found)) => self.labelled(row, at, found),
            None => self.unlabelled(row, &full, before),
        }
    }

    /// The last field that names a row; in a line of made-up heads only the first can.
    fn label(&self, row: &Row, before: &str) -> Option<(usize, usize)> {
        let fillers = row.fields.iter().filter(|field| label::is_filler(&field.text)).count();
        let fields = if fillers >= 3 { 1 } else { row.fields.len() };
        let last = self.current.last_row();
        let mut found = None;
        for (at, field) in row.fields.iter().enumerate().take(fields) {
            if label::has_words(&field.text)
                && let Some(row) = self.labels.row(&field.text, last)
            {
                found = Some((at, row));
            }
        }
        let begun = || {
            let field = row.line().filter(|field| !before.is_empty() && label::has_words(&field.text))?;
            Some((0, self.labels.row(&format!("{before}{}", field.text), last)?))
        };
        found.or_else(begun)
    }

    fn headings(&mut self, row: &Row) {
        for (at, field) in row.fields.iter().enumerate() {
            if starts_headings(&field.text) && self.current.lines.is_empty() {
                self.current.headings.clear();
                self.current.in_grid = row.grid.is_some();
            }
            let (place, width) = (field.column, row.fields.len());
            self.heading(&field.text, (place, width - at - 1, width), row.grid.is_some());
        }
    }

    /// A heading counts until the first row; repeated ones on a next page say nothing new.
    fn heading(&mut self, text: &str, (place, behind, width): (u32, usize, usize), in_grid: bool) {
        if self.current.lines.is_empty()
            && let Some(column) = self.labels.column(text)
            && !self.current.headings.iter().any(|known| known.column == column)
        {
            self.current.headings.push(Heading { column, place, behind, width });
            self.current.in_grid |= in_grid;
        }
    }

    fn labelled(&mut self, row: &Row, at: usize, found: usize) {
        // A label that stands alone and ahead of its turn was torn from its numbers.
        while self
            .current
            .lines
            .last()
            .is_some_and(|line| line.values.fields.is_empty() && line.row.is_some_and(|last| found <= last))
        {
            self.current.lines.pop();
        }
        if self.doubles(row, at, found) {
            return;
        }
        if self.current.lines.iter().any(|line| line.row == Some(found)) {
            let headings = std::mem::take(&mut self.current.headings);
            let in_grid = self.current.in_grid;
            self.end();
            // A table that starts over without headings of its own keeps those before it.
            self.current = Instance { headings, in_grid, lines: Vec::new() };
        }
        let fields: Vec<Field> =
            row.fields.iter().skip(at + 1).filter(|field| !label::is_filler(&field.text)).cloned().collect();
        // A line with as many separators as the head's shows its blank cells, as a grid does.
        let wide = row.fields.len() > COLUMNS
            && self.current.headings.iter().any(|heading| heading.width == row.fields.len());
        let explicit = fields.iter().any(|field| !field.text.is_empty()) || row.grid.is_some() || wide;
        let field = row.fields.get(at);
        let words = field.map(|field| field.text.clone()).unwrap_or_default();
        self.current.lines.push(Line {
            row: Some(found),
            label: field.map(|field| field.span).unwrap_or_default(),
            group: self.labels.group(&words).is_some(),
            words,
            values: Values {
                fields: if explicit { fields } else { Vec::new() },
                explicit,
                before: at,
                grid: row.grid.is_some(),
            },
        });
        self.closed = explicit;
    }

    /// The label of the row right above, printed once more: neither row is certain, and their numbers are kept together as too many for one.
    fn doubles(&mut self, row: &Row, at: usize, found: usize) -> bool {
        let among = self.current.lines.len() > LEAST_ROWS;
        let Some(last) = self.current.lines.last_mut().filter(|line| among && line.row == Some(found)) else {
            return false;
        };
        let full = || row.fields.iter().skip(at + 1).filter(|field| !field.text.is_empty());
        let numbers = full().filter(|field| is_value(field)).count();
        let doubles = numbers > 0 && last.values.full().count() + numbers > COLUMNS;
        if doubles {
            last.values.fields.extend(full().cloned());
            self.closed = true;
        }
        doubles
    }

    fn unlabelled(&mut self, row: &Row, full: &[&Field], before: String) {
        if full.iter().any(|field| self.labels.group(&field.text).is_some()) {
            self.closed = true;
            return;
        }
        let numbers = full.iter().filter(|field| is_value(field)).count();
        if numbers >= 5 && !self.current.lines.is_empty() {
            self.closed = true;
            return if numbers <= MOST_NUMBERS {
                self.anonymous(row, full)
            };
        }
        match full {
            _ if self.current.lines.is_empty() => {
                self.headings(row);
                self.begins(full, before);
            }
            [field] if !self.closed && (is_value(field) || is_short_text(field)) => {
                self.append((*field).clone());
            }
            [field] if self.goes_on(&field.text) => {}
            _ => {
                self.closed = true;
                self.begins(full, before);
            }
        }
    }

    /// A line of words may be the beginning of a label that was cut.
    fn begins(&mut self, full: &[&Field], mut before: String) {
        if let [field] = full
            && label::has_words(&field.text)
            && before.chars().count() + field.text.chars().count() <= 40
        {
            before.push_str(&field.text);
            self.before = before;
        }
    }

    /// True when a line only continues the label of the line before it, which has no values yet.
    fn goes_on(&mut self, text: &str) -> bool {
        let Some(line) = self.current.lines.last_mut() else { return false };
        let goes_on = line.values.fields.is_empty()
            && line.row.is_some_and(|row| self.labels.goes_on(&line.words, text, row));
        if goes_on {
            line.words.push_str(text);
        }
        goes_on
    }

    /// A row of numbers whose label was cut off: its place shows from the rows around it.
    fn anonymous(&mut self, row: &Row, full: &[&Field]) {
        let from = row.fields.iter().position(is_value_field).unwrap_or(0);
        let fields = row.fields.iter().skip(from).cloned().collect();
        let label = full.first().map(|field| field.span).unwrap_or_default();
        // Where its label would stand is not known.
        let values = Values { fields, explicit: false, before: 0, grid: false };
        // Directly under the only label without values it is that label's row.
        if self.current.waiting() == 1
            && let Some(line) = self.current.lines.last_mut()
        {
            line.values = values;
        } else {
            self.current.lines.push(Line { row: None, label, words: String::new(), group: false, values });
        }
    }

    fn append(&mut self, field: Field) {
        if let Some(line) = self.current.lines.last_mut() {
            line.values.fields.push(field);
        }
    }

    fn end(&mut self) {
        let instance = std::mem::take(&mut self.current);
        if !instance.lines.is_empty() {
            self.done.push(instance);
        }
        self.closed = true;
        self.before.clear();
    }
}

/// The fields of a line as one text: `- 3 -` may have been parted.
fn joint(full: &[&Field]) -> String {
    if full.len() > 3 {
        return String::new();
    }
    full.iter().map(|field| field.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The head over the applicants, with which every instance of the table begins.
fn starts_headings(text: &str) -> bool {
    (label::first_of(text) == Some('申') && label::squash(text) == "申请人情况") || text.contains("勾稽关系")
}

fn is_value(field: &Field) -> bool {
    !matches!(number::read(&field.text), Content::Text) && !is_page_number(&field.text)
}

fn is_value_field(field: &Field) -> bool {
    !field.text.is_empty() && is_value(field)
}

/// A few characters between numbers are an unreadable cell, more are a sentence.
fn is_short_text(field: &Field) -> bool {
    field.text.chars().count() <= 6 && field.text.chars().any(|c| c.is_ascii_digit() || c == '\u{FFFD}')
}
