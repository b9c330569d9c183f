//! Small invented reports for the examples of rules and for tests: everything that is not named is sound and zero.
mod notation;
mod writer;

use std::collections::{BTreeMap, BTreeSet};

use gongkai_model::{
    DocumentKind, DoubtKind, Form, Key, ReadError, Report, TableForm, TableHintKind, Text, form_of_year,
    forms,
};
use rust_decimal::Decimal;
use thiserror::Error;

pub use notation::NOTATION;

/// A sample that cannot be built.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SampleError {
    /// A line of the notation is wrong.
    #[error("line {line}: {reason}")]
    Line {
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// No such cell in the table's form.
    #[error("no cell ({table}, {row}, {column}) in the form")]
    NoCell {
        /// Table.
        table: String,
        /// Row.
        row: String,
        /// Column.
        column: String,
    },
}

/// What stands in a cell of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleCell {
    /// A number.
    Printed(Decimal),
    /// Nothing, or these characters that mean nothing.
    Blank(String),
    /// Something that is no number.
    Unreadable(String),
    /// A number whose place the relations decided.
    Inferred(Decimal),
    /// A number that fits several cells.
    Unplaced(Decimal),
}

/// A report in the making.
#[derive(Clone, Debug)]
pub struct Sample {
    kind: DocumentKind,
    error: Option<ReadError>,
    year: Option<i16>,
    parts: BTreeSet<u8>,
    tables: Vec<SampleTable>,
    hints: Vec<(TableHintKind, String)>,
    doubts: Vec<(DoubtKind, Option<Key>, String)>,
    told: Told,
}

/// What a sample says about itself, for the reader of an example.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// Statements in the order of the notation.
    pub(crate) notes: Vec<Text>,
    /// Rows that are named, by table.
    pub(crate) rows: Vec<(Key, Key)>,
}

/// One table of a sample.
#[derive(Clone, Debug)]
pub(crate) struct SampleTable {
    pub(crate) form_id: Key,
    pub(crate) form: &'static TableForm,
    cells: BTreeMap<(Key, Key), SampleCell>,
    lacks: Vec<(Option<Key>, Option<Key>)>,
}

impl Sample {
    /// A sound report of a year: six parts, the three tables of the year's form, every number 0.
    pub fn of_year(year: Option<i16>) -> Self {
        let form = year.and_then(form_of_year).or_else(|| forms().all().last());
        Self {
            kind: DocumentKind::AnnualReport,
            error: None,
            year,
            parts: (1..=6).collect(),
            tables: form.map(SampleTable::all).unwrap_or_default(),
            hints: Vec::new(),
            doubts: Vec::new(),
            told: Told::default(),
        }
    }

    /// Reads the notation of the examples, see [`NOTATION`].
    pub fn parse(notation: &str) -> Result<Self, SampleError> {
        notation::parse(notation)
    }

    /// Puts a cell into a table.
    pub fn set(&mut self, table: &str, row: &str, column: &str, cell: SampleCell) -> Result<(), SampleError> {
        let no_cell = || SampleError::NoCell { table: table.into(), row: row.into(), column: column.into() };
        let found = self.table_mut(table).ok_or_else(no_cell)?;
        let at = found
            .form
            .row(row)
            .zip(found.form.column(row, column))
            .map(|((_, row), column)| (row.key, column.key));
        found.cells.insert(at.ok_or_else(no_cell)?, cell);
        Ok(())
    }

    /// The report.
    pub fn build(&self) -> Report {
        writer::build(self)
    }

    pub(crate) fn told(&self) -> &Told {
        &self.told
    }

    pub(crate) fn table(&self, key: &str) -> Option<&SampleTable> {
        self.tables.iter().find(|table| table.form.key == *key)
    }

    fn table_mut(&mut self, key: &str) -> Option<&mut SampleTable> {
        self.tables.iter_mut().find(|table| table.form.key == *key)
    }
}

impl SampleTable {
    fn all(form: &'static Form) -> Vec<Self> {
        form.tables.iter().map(|table| Self::zero(form.id, table)).collect()
    }

    fn zero(form_id: Key, form: &'static TableForm) -> Self {
        Self { form_id, form, cells: BTreeMap::new(), lacks: Vec::new() }
    }

    /// What stands at a place: 0 unless told otherwise, `None` where row or column is absent.
    pub(crate) fn cell(&self, row: Key, column: Key) -> Option<SampleCell> {
        let gone = |(lost_row, lost_column): &(Option<Key>, Option<Key>)| {
            lost_row.is_none_or(|lost| lost == row) && lost_column.is_none_or(|lost| lost == column)
        };
        if self.lacks.iter().any(gone) {
            return None;
        }
        Some(self.cells.get(&(row, column)).cloned().unwrap_or(SampleCell::Printed(Decimal::ZERO)))
    }
}
