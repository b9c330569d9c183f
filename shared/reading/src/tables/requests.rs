//! The table of requests: seven applicants across, one kind of handling a row.
use gongkai_model::{Cell, Key, NumberKind, Quote, Span, form};
use rust_decimal::Decimal;

use super::{
    Candidate, cell, ends_table,
    fit::{Values, common_lead},
    is_page_number, table, unplaced,
};
use crate::{
    label::{self, TableLabels},
    number::{self, Content},
    page::{Field, Page, Row},
};

/// Rows that a table must have before it is taken for one.
const LEAST_ROWS: usize = 4;

/// Reads every instance of the table.
pub(super) fn read(page: &Page) -> Vec<Candidate> {
    let mut reader = Reader::new(label::requests());
    for row in &page.rows {
        reader.row(row);
    }
    reader.end();
    reader.done.into_iter().filter_map(Instance::candidate).collect()
}

/// A row of the table: which one (unknown where the label is lost), and what stands behind the label.
#[derive(Debug)]
struct Line {
    row: Option<usize>,
    label: Span,
    values: Values,
}

/// One instance of the table.
#[derive(Debug, Default)]
struct Instance {
    /// Column headings with their place in the grid, in reading order.
    headings: Vec<(Key, u32)>,
    in_grid: bool,
    lines: Vec<Line>,
}

struct Reader<'l> {
    labels: &'l TableLabels,
    current: Instance,
    done: Vec<Instance>,
    /// No value may follow the current line any more.
    closed: bool,
}

impl<'l> Reader<'l> {
    fn new(labels: &'l TableLabels) -> Self {
        Self { labels, current: Instance::default(), done: Vec::new(), closed: true }
    }

    fn last_row(&self) -> Option<usize> {
        self.current.lines.iter().rev().find_map(|line| line.row)
    }

    fn row(&mut self, row: &Row) {
        if row.line().is_some_and(|field| ends_table(&field.text)) {
            return self.end();
        }
        let columns = row.fields.iter().filter(|field| self.labels.column(&field.text).is_some()).count();
        if columns >= 3 {
            return self.headings(row);
        }
        let mut label = None;
        for (at, field) in row.fields.iter().enumerate() {
            if let Some(found) = self.labels.row(&field.text, self.last_row()) {
                label = Some((at, found));
            }
        }
        match label {
            Some((at, found)) => self.labelled(row, at, found),
            None => self.unlabelled(row),
        }
    }

    fn headings(&mut self, row: &Row) {
        for field in &row.fields {
            if starts_headings(&field.text) && self.current.lines.is_empty() {
                self.current.headings.clear();
                self.current.in_grid = row.grid.is_some();
            }
            self.heading(field, row.grid.is_some());
        }
    }

    /// A heading counts until the first row; repeated ones on a next page say nothing new.
    fn heading(&mut self, field: &Field, in_grid: bool) {
        if let Some(column) = self.labels.column(&field.text)
            && self.current.lines.is_empty()
            && !self.current.headings.iter().any(|(known, _)| *known == column)
        {
            self.current.headings.push((column, field.column));
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
        if self.last_row().is_some_and(|last| found <= last) {
            let headings = std::mem::take(&mut self.current.headings);
            let in_grid = self.current.in_grid;
            self.end();
            // A table that starts over without headings of its own keeps those before it.
            self.current = Instance { headings, in_grid, lines: Vec::new() };
        }
        let fields: Vec<Field> = row.fields.iter().skip(at + 1).cloned().collect();
        let explicit = fields.iter().any(|field| !field.text.is_empty()) || row.grid.is_some();
        let label = row.fields.get(at).map(|field| field.span).unwrap_or_default();
        let values = Values { fields: if explicit { fields } else { Vec::new() }, explicit };
        self.current.lines.push(Line { row: Some(found), label, values });
        self.closed = explicit;
    }

    fn unlabelled(&mut self, row: &Row) {
        let full: Vec<&Field> = row.fields.iter().filter(|field| !field.text.is_empty()).collect();
        if full.is_empty() || full.iter().all(|field| is_page_number(&field.text)) {
            return;
        }
        if full.iter().any(|field| self.labels.group(&field.text).is_some()) {
            self.closed = true;
            return;
        }
        let numbers = full.iter().filter(|field| is_value(field)).count();
        if numbers >= 5 && !self.current.lines.is_empty() {
            return self.anonymous(row, &full);
        }
        match full.as_slice() {
            _ if self.current.lines.is_empty() => self.headings(row),
            [field] if !self.closed && (is_value(field) || is_short_text(field)) => {
                self.append((*field).clone())
            }
            _ => self.closed = true,
        }
    }

    /// A row of numbers whose label was cut off: its place shows from the rows around it.
    fn anonymous(&mut self, row: &Row, full: &[&Field]) {
        let from = row.fields.iter().position(is_value_field).unwrap_or(0);
        let fields = row.fields.iter().skip(from).cloned().collect();
        let label = full.first().map(|field| field.span).unwrap_or_default();
        // Directly under a label without values it is that label's row.
        if let Some(line) =
            self.current.lines.last_mut().filter(|line| line.values.fields.is_empty() && line.row.is_some())
        {
            line.values = Values { fields, explicit: true };
        } else {
            let values = Values { fields, explicit: true };
            self.current.lines.push(Line { row: None, label, values });
        }
        self.closed = true;
    }

    fn append(&mut self, field: Field) {
        if let Some(line) = self.current.lines.last_mut() {
            line.values.fields.push(field);
        }
    }

    fn end(&mut self) {
        let instance = std::mem::take(&mut self.current);
        if instance.lines.len() >= LEAST_ROWS {
            self.done.push(instance);
        }
        self.closed = true;
    }
}

/// The head over the applicants, with which every instance of the table begins.
fn starts_headings(text: &str) -> bool {
    label::squash(text) == "申请人情况" || text.contains("勾稽关系")
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

impl Instance {
    fn candidate(mut self) -> Option<Candidate> {
        let labels = label::requests();
        let form_id = self.form(labels);
        self.drop_groups(labels, form_id);
        let strays = self.place_anonymous(labels, form_id);
        let columns = self.columns(form_id)?;
        let places = self.places(&columns);
        let lead = common_lead(self.lines.iter().map(|line| &line.values), columns.len());
        let last = self.last_valued();
        let mut cells = Vec::new();
        for line in self.lines.iter().take(last + 1) {
            if let Some(row) = line.row.and_then(|at| labels.rows.get(at)) {
                cells.extend(line.cells(row.key, &columns, places.as_deref(), lead));
            }
        }
        let start = self.lines.first()?.label.start;
        let end = cells.iter().map(|cell| cell.span.end).max()?;
        let known = self.lines.iter().filter(|line| line.row.is_some()).count();
        if known < LEAST_ROWS {
            return None;
        }
        Some(Candidate {
            table: table("requests", form_id, cells, Span::new(start, end.max(start)))?,
            strays,
        })
    }

    /// The oldest form that has every row that was found, unless a row of the newest alone is there.
    fn form(&self, labels: &TableLabels) -> &'static str {
        let with_values = |line: &&Line| line.values.full().next().is_some();
        let rows = || self.lines.iter().filter(with_values).filter_map(|line| labels.rows.get(line.row?));
        let mut forms: Vec<Key> = gongkai_model::forms().all().iter().map(|form| form.id).collect();
        let score = |form: &Key| rows().filter(|row| row.forms.contains(form)).count();
        forms.sort_by_key(|form| std::cmp::Reverse((score(form), form.as_str())));
        forms.first().map_or("", |form| form.as_str())
    }

    /// A label without values that the form knows only as a group of rows is no row: （六）其他处理 of the newer form.
    fn drop_groups(&mut self, labels: &TableLabels, form_id: &str) {
        let Some(form) = form(form_id) else { return };
        self.lines.retain(|line| {
            let known = line.row.and_then(|at| labels.rows.get(at));
            known.is_none_or(|row| row.forms.contains(&form.id) || line.values.full().next().is_some())
        });
    }

    /// Rows without a label take the rows that lack one, if between their neighbours exactly as many are lacking.
    fn place_anonymous(&mut self, labels: &TableLabels, form_id: &str) -> Vec<Quote> {
        let in_form = |at: &usize| {
            labels.rows.get(*at).is_some_and(|row| row.forms.iter().any(|form| form.as_str() == form_id))
        };
        let mut strays = Vec::new();
        let mut at = 0;
        while at < self.lines.len() {
            if self.lines.get(at).is_some_and(|line| line.row.is_some()) {
                at += 1;
                continue;
            }
            let run = self.lines.iter().skip(at).take_while(|line| line.row.is_none()).count();
            let before =
                at.checked_sub(1).and_then(|before| self.lines.get(before)).and_then(|line| line.row);
            let after = self.lines.get(at + run).and_then(|line| line.row).unwrap_or(labels.rows.len());
            let open: Vec<usize> = (before.map_or(0, |row| row + 1)..after).filter(in_form).collect();
            let placed = open.len() == run;
            for (line, row) in self
                .lines
                .iter_mut()
                .skip(at)
                .take(run)
                .zip(open.iter().map(Some).chain(std::iter::repeat(None)))
            {
                if placed {
                    line.row = row.copied();
                } else {
                    let text =
                        line.values.full().map(|field| field.text.as_str()).collect::<Vec<_>>().join(" ");
                    strays.push(Quote { text, span: line.label });
                }
            }
            at += run;
        }
        strays
    }

    /// The columns that are there, in the order of their places.
    fn columns(&self, form_id: &str) -> Option<Vec<Key>> {
        let all: Vec<Key> = form(form_id)?
            .table("requests")?
            .blocks
            .first()?
            .columns
            .iter()
            .map(|column| column.key)
            .collect();
        let mut seen = self.headings.clone();
        // A heading that could not be read is no missing column while its numbers are there.
        if self.in_grid
            && seen.len() >= 4
            && (seen.len() == all.len() || self.usual_width() == Some(seen.len()))
        {
            seen.sort_by_key(|(_, place)| *place);
            return Some(seen.into_iter().map(|(column, _)| column).collect());
        }
        Some(if self.total_first(all.len()) { rotated(all) } else { all })
    }

    /// A heading 总计 before 自然人 may be one that spans the rows of headings; then the sums of the rows tell which it is.
    fn total_first(&self, n: usize) -> bool {
        let heading = |key: &str| self.headings.iter().enumerate().find(|(_, (column, _))| *column == *key);
        let (Some((total, (_, total_at))), Some((first, (_, first_at)))) =
            (heading("total"), heading("natural_person"))
        else {
            return false;
        };
        if total > first || total_at > first_at {
            return false;
        }
        let sums = |total_at: usize| {
            let rows = self.lines.iter().filter_map(|line| line.numbers(n));
            rows.filter(|row| {
                let total = row.get(total_at).copied().unwrap_or_default();
                !total.is_zero() && row.iter().sum::<Decimal>() - total == total
            })
            .count()
        };
        sums(0) > sums(n - 1)
    }

    /// How many values most rows have.
    fn usual_width(&self) -> Option<usize> {
        let mut widths: Vec<usize> = self.lines.iter().map(|line| line.values.full().count()).collect();
        widths.sort_unstable();
        widths.get(widths.len() / 2).copied()
    }

    /// Places of the columns in the grid.
    fn places(&self, columns: &[Key]) -> Option<Vec<u32>> {
        if !self.in_grid {
            return None;
        }
        let place =
            |column: &Key| self.headings.iter().find(|(known, _)| known == column).map(|(_, place)| *place);
        columns.iter().map(place).collect()
    }

    /// Index of the last line that has a value: trailing labels belong to something else.
    fn last_valued(&self) -> usize {
        self.lines.iter().rposition(|line| !line.values.fields.is_empty()).unwrap_or(0)
    }
}

/// The last column first.
fn rotated(mut columns: Vec<Key>) -> Vec<Key> {
    columns.rotate_right(1);
    columns
}

impl Line {
    /// The numbers of a complete row.
    fn numbers(&self, n: usize) -> Option<Vec<Decimal>> {
        let numbers: Vec<Decimal> = self
            .values
            .full()
            .filter_map(|field| match number::read(&field.text) {
                Content::Number(value, _) => Some(value),
                _ => None,
            })
            .collect();
        (numbers.len() == n).then_some(numbers)
    }

    fn cells(&self, row: Key, columns: &[Key], places: Option<&[u32]>, lead: Option<usize>) -> Vec<Cell> {
        if let Some(fields) = self.values.fit(columns.len(), places, lead) {
            return columns
                .iter()
                .zip(fields)
                .map(|(column, field)| cell(row, *column, field, NumberKind::Count, None))
                .collect();
        }
        let printed = self.values.full().map(|field| field.text.as_str()).collect::<Vec<_>>().join(" ");
        let end = self.values.full().map(|field| field.span.end).max().unwrap_or(self.label.end);
        columns
            .iter()
            .map(|column| unplaced(row, *column, &printed, Span::new(self.label.start, end)))
            .collect()
    }
}
