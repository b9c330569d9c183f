//! The table of reconsideration and litigation: three groups of five outcomes, side by side over one line of numbers, or one below the other.
use gongkai_model::{Cell, Key, NumberKind, Span};

use super::{Candidate, cell, is_page_number, newest_form, table, unplaced};
use crate::{
    label::{self, TableLabels, squash},
    number::{self, Content},
    page::{Field, Page, Row},
    sections::heading_number,
};

/// Outcomes of a group.
const OUTCOMES: usize = 5;

/// Reads every instance of the table.
pub(super) fn read(page: &Page) -> Vec<Candidate> {
    let mut reader =
        Reader { labels: label::proceedings(), current: Instance::default(), done: Vec::new(), part: None };
    for row in &page.rows {
        reader.row(row);
    }
    reader.end();
    reader.done.into_iter().filter_map(Instance::candidate).collect()
}

/// Headings whose numbers are still to come, and the numbers that came.
#[derive(Debug, Default)]
struct Instance {
    groups: Vec<Key>,
    outcomes: Vec<Key>,
    values: Vec<Field>,
    cells: Vec<Cell>,
    start: Option<u32>,
}

struct Reader<'l> {
    labels: &'l TableLabels,
    current: Instance,
    done: Vec<Instance>,
    /// The part of the report that this is.
    part: Option<u8>,
}

impl Reader<'_> {
    fn row(&mut self, row: &Row) {
        if let Some(part) = row.line().and_then(|field| heading_number(&field.text)) {
            self.part = Some(part);
            return self.end();
        }
        if self.part == Some(4) && self.current.outcomes.len() != 3 * OUTCOMES && self.whole(row) {
            return;
        }
        let headings = row.fields.iter().filter(|field| self.heading(field).is_some()).count();
        if headings > 0 {
            self.headings(row);
        } else if !self.current.outcomes.is_empty() {
            self.values(row);
        }
    }

    /// Under headings that were torn apart, fifteen numbers on one line of part four are the form's one line.
    fn whole(&mut self, row: &Row) -> bool {
        let values: Vec<Field> = row.fields.iter().filter(|field| !field.text.is_empty()).cloned().collect();
        if values.len() != 3 * OUTCOMES || !values.iter().all(is_value) {
            return false;
        }
        let table = gongkai_model::form(newest_form()).and_then(|form| form.table("proceedings"));
        let columns: Vec<Key> = table
            .and_then(|table| table.blocks.first())
            .map(|block| block.columns.iter().map(|c| c.key).collect())
            .unwrap_or_default();
        self.current.start.get_or_insert(row.span.start);
        self.current.outcomes = columns.repeat(3);
        self.current.values = values;
        self.current.flush();
        true
    }

    /// The group or outcome that a field names.
    fn heading(&self, field: &Field) -> Option<Heading> {
        if let Some(outcome) = self.labels.column(&field.text) {
            return Some(Heading::Outcome(outcome));
        }
        let squashed = squash(&field.text);
        let group = self.labels.rows.iter().map(|row| row.key).find(|key| {
            gongkai_model::form(newest_form())
                .and_then(|form| form.table("proceedings"))
                .and_then(|table| table.row(key.as_str()))
                .is_some_and(|(_, row)| label::texts(&row.label).any(|text| squash(text) == squashed))
        });
        group.map(Heading::Group).or_else(|| self.labels.group(&field.text).map(|_| Heading::Parent))
    }

    /// A line of headings; numbers on it belong to a table that has its groups down the side.
    fn headings(&mut self, row: &Row) {
        if !self.current.values.is_empty() {
            self.current.flush();
        }
        for field in &row.fields {
            match self.heading(field) {
                Some(Heading::Group(group)) => {
                    self.current.start.get_or_insert(field.span.start);
                    self.current.groups.push(group);
                }
                Some(Heading::Outcome(outcome)) => {
                    self.current.start.get_or_insert(field.span.start);
                    self.current.outcomes.push(outcome);
                }
                Some(Heading::Parent) | None => {}
            }
        }
        let values: Vec<Field> = row.fields.iter().filter(|field| is_value(field)).cloned().collect();
        if values.len() >= OUTCOMES && self.current.outcomes.len() >= OUTCOMES {
            self.current.side(values);
        }
    }

    fn values(&mut self, row: &Row) {
        let full: Vec<&Field> = row.fields.iter().filter(|field| !field.text.is_empty()).collect();
        if full.iter().all(|field| is_page_number(&field.text)) && !full.is_empty() {
            return;
        }
        let wide = row.fields.len() >= OUTCOMES;
        if wide && (full.iter().any(|field| is_number(field)) || (full.is_empty() && row.grid.is_some())) {
            self.current.values.extend(trim(row, self.current.outcomes.len()));
            self.current.flush();
        } else if let [field] = full.as_slice()
            && (is_value(field) || field.text.chars().count() <= 4)
        {
            self.current.values.push((*field).clone());
            if self.current.values.len() >= self.current.outcomes.len() {
                self.current.flush();
            }
        } else if !full.is_empty() && row.grid.is_none() {
            self.current.flush();
        }
    }

    fn end(&mut self) {
        let mut instance = std::mem::take(&mut self.current);
        instance.flush();
        if !instance.cells.is_empty() {
            self.done.push(instance);
        }
    }
}

enum Heading {
    Group(Key),
    Outcome(Key),
    Parent,
}

fn is_number(field: &Field) -> bool {
    matches!(number::read(&field.text), Content::Number(..))
}

fn is_value(field: &Field) -> bool {
    !field.text.is_empty()
        && !matches!(number::read(&field.text), Content::Text)
        && !is_page_number(&field.text)
}

/// The fields of a line of numbers without empty ones that stand beyond the headings.
fn trim(row: &Row, expected: usize) -> Vec<Field> {
    let mut fields = row.fields.clone();
    while fields.len() > expected && fields.last().is_some_and(|field| field.text.is_empty()) {
        fields.pop();
    }
    while fields.len() > expected && fields.first().is_some_and(|field| field.text.is_empty()) {
        fields.remove(0);
    }
    fields
}

impl Instance {
    /// A row of numbers behind the group's name.
    fn side(&mut self, values: Vec<Field>) {
        let outcomes: Vec<Key> = self.outcomes.iter().take(OUTCOMES).copied().collect();
        if let Some(group) = self.groups.pop() {
            self.put(group, &outcomes, &values);
        }
        self.groups.clear();
    }

    /// Gives the numbers that came to the headings that waited for them.
    fn flush(&mut self) {
        let (outcomes, values) = (std::mem::take(&mut self.outcomes), std::mem::take(&mut self.values));
        let groups = std::mem::take(&mut self.groups);
        if values.is_empty() {
            // Headings alone stay, for numbers that follow after an aside.
            (self.outcomes, self.groups) = (outcomes, groups);
            return;
        }
        let owners: Vec<Key> = match outcomes.len() / OUTCOMES {
            3 => label::proceedings().rows.iter().map(|row| row.key).collect(),
            n @ 1..=2 => groups.iter().rev().take(n).rev().copied().collect(),
            _ => return,
        };
        for (at, group) in owners.iter().enumerate() {
            let of = |from: usize| from * OUTCOMES..(from + 1) * OUTCOMES;
            let Some(outcomes) = outcomes.get(of(at)) else { continue };
            match values.get(of(at)) {
                Some(part) if values.len() == owners.len() * OUTCOMES => self.put(*group, outcomes, part),
                _ => self.lose(*group, outcomes, &values),
            }
        }
    }

    fn put(&mut self, group: Key, outcomes: &[Key], values: &[Field]) {
        if values.len() != outcomes.len() {
            return self.lose(group, outcomes, values);
        }
        self.cells.extend(
            outcomes
                .iter()
                .zip(values)
                .map(|(outcome, field)| cell(group, *outcome, field, NumberKind::Count, None)),
        );
    }

    fn lose(&mut self, group: Key, outcomes: &[Key], values: &[Field]) {
        let printed = values
            .iter()
            .map(|field| field.text.as_str())
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let start = values.first().map_or(0, |field| field.span.start);
        let end = values.last().map_or(start, |field| field.span.end);
        self.cells.extend(
            outcomes.iter().map(|outcome| unplaced(group, *outcome, &printed, Span::new(start, end))),
        );
    }

    fn candidate(self) -> Option<Candidate> {
        let start = self.start?;
        let end = self.cells.iter().map(|cell| cell.span.end).max()?;
        let table = table("proceedings", newest_form(), self.cells, Span::new(start.min(end), end))?;
        Some(Candidate { table, strays: Vec::new() })
    }
}
