//! A report made ready for the rules: cells by place, every relation evaluated once, words of the text at hand.
use std::cell::OnceCell;

use gongkai_model::{
    Cell, CellState, Evidence, Form, Report, Span, Table, TableForm, form, form_of_year, forms,
};

use crate::relation::{Check, Outcome, grid};

/// Broken columns from which on a table looks shifted rather than wrong.
const SHIFTED_COLUMNS: usize = 5;

/// The most characters that evidence quotes of a line.
const LINE_LIMIT: u32 = 60;

/// What the rules look at.
pub(crate) struct Case<'r> {
    pub(crate) report: &'r Report,
    pub(crate) tables: Vec<TableCase<'r>>,
    /// Byte offset of every character, made when the first evidence is quoted.
    offsets: OnceCell<Vec<usize>>,
}

/// One table with the form it follows.
pub(crate) struct TableCase<'r> {
    pub(crate) table: &'r Table,
    pub(crate) form: &'static TableForm,
    pub(crate) checks: Vec<Check<'r>>,
    /// Nearly every column is broken and a row too: a value was lost or doubled somewhere, by us or by them.
    pub(crate) looks_shifted: bool,
}

impl<'r> Case<'r> {
    pub(crate) fn new(report: &'r Report) -> Self {
        let tables = report.tables.iter().filter_map(TableCase::new).collect();
        Self { report, tables, offsets: OnceCell::new() }
    }

    /// The table of this key.
    pub(crate) fn table(&self, key: &str) -> Option<&TableCase<'r>> {
        self.tables.iter().find(|table| table.table.key == *key)
    }

    /// The form that the year calls for; the newest where the year is unknown or older than every form.
    pub(crate) fn due_form(&self) -> Option<&'static Form> {
        self.report.year.and_then(form_of_year).or_else(|| forms().all().last())
    }

    /// The words at a place of the text; nothing for an empty place.
    pub(crate) fn quote(&self, span: Span) -> Option<Evidence> {
        let text = self.report.text.as_str();
        let offsets =
            self.offsets.get_or_init(|| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect());
        let from = *offsets.get(span.start as usize)?;
        let to = offsets.get(span.end as usize).copied().unwrap_or(text.len());
        let words = text.get(from..to).filter(|words| !words.is_empty())?;
        Some(Evidence { text: words.to_owned(), span })
    }

    /// The first line of a larger place, cut to a length that can be shown.
    pub(crate) fn quote_first_line(&self, span: Span) -> Option<Evidence> {
        let whole = self.quote(span)?;
        let blank = whole.text.chars().take_while(|c| c.is_whitespace()).count();
        let line = whole.text.chars().skip(blank).take_while(|c| *c != '\n').count();
        let start = span.start.saturating_add(u32::try_from(blank).ok()?);
        let width = u32::try_from(line).ok()?.min(LINE_LIMIT);
        self.quote(Span::new(start, start.saturating_add(width)))
    }
}

impl<'r> TableCase<'r> {
    fn new(table: &'r Table) -> Option<Self> {
        let form = form(table.form.as_str())?.table(table.key.as_str())?;
        let grid = grid(table, form);
        let checks: Vec<_> = form.relations.iter().map(|relation| Check::of(relation, &grid)).collect();
        let looks_shifted = looks_shifted(&checks);
        Some(Self { table, form, checks, looks_shifted })
    }

    /// The key's name.
    pub(crate) fn key(&self) -> &'static str {
        self.form.key.as_str()
    }

    /// The cell at a row and column.
    pub(crate) fn cell(&self, row: &str, column: &str) -> Option<&'r Cell> {
        self.table.cell(row, column)
    }

    /// The cells in a state.
    pub(crate) fn cells_in(&self, state: CellState) -> impl Iterator<Item = &'r Cell> {
        self.table.cells.iter().filter(move |cell| cell.state == state)
    }
}

/// True where at least five columns break a relation over columns while a row breaks its own.
fn looks_shifted(checks: &[Check<'_>]) -> bool {
    let violated = |rule: &'static str| {
        checks.iter().filter(move |check| check.outcome == Outcome::Violated && check.relation.rule == *rule)
    };
    let mut columns: Vec<_> =
        violated("T302").chain(violated("T303")).filter_map(|c| c.relation.column).collect();
    columns.sort_unstable();
    columns.dedup();
    columns.len() >= SHIFTED_COLUMNS && violated("T301").next().is_some()
}
