//! The table of reconsideration and litigation: three groups of five outcomes, side by side over one line of numbers, or one below the other.
use gongkai_model::{Cell, Key, NumberKind, Span};

use super::{Candidate, cell, newest_form, table, unplaced};
use crate::{
    label::{self, TableLabels},
    number::{self, Content, is_page_number},
    page::{Field, Page, Row},
};

/// Outcomes of a group.
const OUTCOMES: usize = 5;

/// Reads every instance of the table; `parts` holds the number of the part whose heading a row is.
pub(super) fn read(page: &Page, parts: &[Option<u8>]) -> Vec<Candidate> {
    let mut reader =
        Reader { labels: label::proceedings(), current: Instance::default(), done: Vec::new(), part: None };
    for (row, part) in page.rows.iter().zip(parts) {
        if part.is_some() {
            reader.part = *part;
            reader.end();
        } else {
            reader.row(row);
        }
    }
    reader.end();
    reader.done.into_iter().flat_map(Instance::candidates).collect()
}

/// Headings whose numbers are still to come, and the numbers that came.
#[derive(Debug, Default)]
struct Instance {
    groups: Vec<Key>,
    outcomes: Vec<Key>,
    values: Vec<Field>,
    /// A row of blank cells, which is the row of numbers if no other follows.
    blank: Vec<Field>,
    /// Outcomes that serve every group below them.
    side: Vec<Key>,
    cells: Vec<Cell>,
    /// Tables that were complete when one of their groups came again.
    earlier: Vec<Vec<Cell>>,
    /// 行政诉讼 stands before 行政复议: the groups are not in the order of the form.
    litigation_first: bool,
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
        if self.part == Some(4) && self.current.outcomes.len() != 3 * OUTCOMES && self.whole(row) {
            return;
        }
        let headings = row.fields.iter().filter(|field| self.heading(field).is_some()).count();
        if headings > 0 {
            self.headings(row);
        } else {
            if row.fields.iter().any(is_value) {
                self.current.recall();
            }
            if !self.current.outcomes.is_empty() {
                self.values(row);
            }
        }
    }

    /// Under headings that were torn apart, fifteen numbers on one line of part four are the form's one line.
    fn whole(&mut self, row: &Row) -> bool {
        let values: Vec<Field> = row.fields.iter().filter(|field| !field.text.is_empty()).cloned().collect();
        if values.len() != 3 * OUTCOMES || !values.iter().all(is_value) {
            return false;
        }
        self.current.start.get_or_insert(row.span.start);
        self.current.outcomes = outcomes().repeat(3);
        self.current.groups.clear();
        self.current.values = values;
        self.current.flush();
        true
    }

    /// The group or outcome that a field names.
    fn heading(&self, field: &Field) -> Option<Heading> {
        if let Some(outcome) = self.labels.column(&field.text) {
            return Some(Heading::Outcome(outcome));
        }
        if let Some(group) = self.labels.named(&field.text) {
            return Some(Heading::Group(group));
        }
        self.labels.group(&field.text).map(|_| Heading::Parent)
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
                Some(Heading::Parent) => self.current.litigation_first |= self.current.groups.is_empty(),
                None => {}
            }
        }
        let last = row.fields.iter().rposition(|field| self.heading(field).is_some());
        let behind: Vec<Field> = row.fields.iter().skip(last.map_or(0, |at| at + 1)).cloned().collect();
        let numbers = behind.iter().any(is_number)
            || (row.grid.is_some() && behind.iter().all(|field| field.text.is_empty()));
        if behind.len() >= OUTCOMES && numbers && self.current.outcomes.len() >= OUTCOMES {
            self.current.side(trim(behind, OUTCOMES));
        }
    }

    fn values(&mut self, row: &Row) {
        let full: Vec<&Field> = row.fields.iter().filter(|field| !field.text.is_empty()).collect();
        if !full.is_empty() && full.iter().all(|field| is_page_number(&field.text)) {
            return;
        }
        let wide = row.fields.len() >= OUTCOMES;
        // A row of dashes is a row of blank cells; one with nothing in it is only one within a grid.
        let all_marks = !full.is_empty() && full.iter().all(|field| is_value(field));
        if wide && full.is_empty() && row.grid.is_some() {
            self.current.blank = trim(row.fields.clone(), self.current.outcomes.len());
        } else if wide && (full.iter().any(|field| is_number(field)) || all_marks) {
            self.current.values.extend(trim(row.fields.clone(), self.current.outcomes.len()));
            self.current.flush();
        } else if let [field] = full.as_slice()
            && (is_value(field) || is_broken_number(field))
        {
            self.current.values.push((*field).clone());
        } else if !full.is_empty() && row.grid.is_none() {
            self.current.flush();
        }
    }

    fn end(&mut self) {
        let mut instance = std::mem::take(&mut self.current);
        instance.flush();
        instance.give_up();
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

/// A few characters between numbers are an unreadable cell.
fn is_broken_number(field: &Field) -> bool {
    field.text.chars().count() <= 6 && field.text.chars().any(|c| c.is_ascii_digit() || c == '\u{FFFD}')
}

/// The fields of a line of numbers without empty ones that stand beyond the headings.
fn trim(mut fields: Vec<Field>, expected: usize) -> Vec<Field> {
    while fields.len() > expected && fields.last().is_some_and(|field| field.text.is_empty()) {
        fields.pop();
    }
    while fields.len() > expected && fields.first().is_some_and(|field| !is_value(field)) {
        fields.remove(0);
    }
    fields
}

/// The outcomes of a group in the order of the form.
fn outcomes() -> Vec<Key> {
    let table = gongkai_model::form(newest_form()).and_then(|form| form.table("proceedings"));
    let columns = table.and_then(|table| table.blocks.first()).map(|block| block.columns.iter());
    columns.map(|columns| columns.map(|column| column.key).collect()).unwrap_or_default()
}

/// Whose the outcomes are, five each; nobody's when they are not certain.
fn owners(outcomes: &[Key], groups: &[Key]) -> Vec<Key> {
    let distinct =
        |part: &[Key]| part.iter().enumerate().all(|(at, key)| !part.iter().skip(at + 1).any(|k| k == key));
    if !outcomes.len().is_multiple_of(OUTCOMES) || !outcomes.chunks(OUTCOMES).all(distinct) {
        return Vec::new();
    }
    let all: Vec<Key> = label::proceedings().rows.iter().map(|row| row.key).collect();
    let groups: Vec<Key> = groups.iter().filter(|group| all.contains(group)).copied().collect();
    match outcomes.len() / OUTCOMES {
        // Groups that were read in another order than the form's may have been torn.
        3 if groups.len() == 3 && groups != all => Vec::new(),
        3 => all,
        n @ 1..=2 if groups.len() >= n => groups.iter().rev().take(n).rev().copied().collect(),
        _ => Vec::new(),
    }
}

/// Enough of the form's headings to know the table, too few to place its numbers.
fn is_torn(outcomes: &[Key], groups: &[Key]) -> bool {
    let own = outcomes.iter().filter(|key| **key != *"total").count();
    own >= 3 && !groups.is_empty()
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

    /// A group that follows the numbers of another has its outcomes.
    fn recall(&mut self) {
        if self.outcomes.is_empty() && !self.groups.is_empty() && !self.side.is_empty() {
            self.outcomes = self.side.clone();
        }
    }

    /// Gives the numbers that came to the headings that waited for them.
    fn flush(&mut self) {
        if self.values.is_empty() {
            self.values = std::mem::take(&mut self.blank);
        }
        if self.values.is_empty() {
            // Headings alone stay, for numbers that follow after an aside.
            return;
        }
        self.blank.clear();
        let (outcomes, values) = (std::mem::take(&mut self.outcomes), std::mem::take(&mut self.values));
        let groups = std::mem::take(&mut self.groups);
        let torn = std::mem::take(&mut self.litigation_first) && outcomes.len() == 3 * OUTCOMES;
        let owners = if torn { Vec::new() } else { owners(&outcomes, &groups) };
        if owners.len() == 1 {
            self.side = outcomes.clone();
        }
        let complete = !owners.is_empty() && values.len() == owners.len() * OUTCOMES;
        for (owner, (at, outcomes)) in owners.iter().zip(outcomes.chunks(OUTCOMES).enumerate()) {
            match values.get(at * OUTCOMES..(at + 1) * OUTCOMES) {
                Some(part) if complete => self.put(*owner, outcomes, part),
                _ => self.lose(*owner, outcomes, &values),
            }
        }
        if owners.is_empty() && is_torn(&outcomes, &groups) {
            self.lose_all(&values);
        }
    }

    /// Headings of the form to which no numbers came are a table whose numbers are lost.
    fn give_up(&mut self) {
        if self.cells.is_empty()
            && (self.outcomes.len() >= 2 * OUTCOMES || is_torn(&self.outcomes, &self.groups))
        {
            self.lose_all(&[]);
        }
    }

    fn lose_all(&mut self, values: &[Field]) {
        let outcomes = outcomes();
        for group in &label::proceedings().rows {
            self.lose(group.key, &outcomes, values);
        }
    }

    fn put(&mut self, group: Key, outcomes: &[Key], values: &[Field]) {
        if values.len() != outcomes.len() {
            return self.lose(group, outcomes, values);
        }
        self.begin(group);
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
        let start = values.first().map_or(self.start.unwrap_or(0), |field| field.span.start);
        let end = values.last().map_or(start, |field| field.span.end);
        self.begin(group);
        self.cells.extend(
            outcomes.iter().map(|outcome| unplaced(group, *outcome, &printed, Span::new(start, end))),
        );
    }

    /// A group that comes again belongs to another table: last year's, or another scope's.
    fn begin(&mut self, group: Key) {
        if self.cells.iter().any(|cell| cell.row == group) {
            self.earlier.push(std::mem::take(&mut self.cells));
        }
    }

    fn candidates(mut self) -> Vec<Candidate> {
        self.earlier.push(std::mem::take(&mut self.cells));
        let start = self.start;
        self.earlier.into_iter().filter_map(|cells| candidate(cells, start)).collect()
    }
}

fn candidate(cells: Vec<Cell>, start: Option<u32>) -> Option<Candidate> {
    let end = cells.iter().map(|cell| cell.span.end).max()?;
    let table = table("proceedings", newest_form(), cells, Span::new(start?.min(end), end))?;
    Some(Candidate { table, strays: Vec::new() })
}
