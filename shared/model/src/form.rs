//! The statutory forms as data: what is printed on them and which relations hold. One TOML file a form.
use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use serde::Deserialize;
use thiserror::Error;

use crate::key::Key;

mod file;
mod load;

include!(concat!(env!("OUT_DIR"), "/forms.rs"));

/// A form file that cannot be used; a defect of the build, never of a report.
#[derive(Debug, Error)]
pub enum FormError {
    /// Not the shape of a form.
    #[error("form {file}: {source}")]
    Toml {
        /// File name.
        file: &'static str,
        /// Line and column.
        source: Box<toml::de::Error>,
    },
    /// A relation names what the table does not have.
    #[error("form {form}, table {table}, relation {rule}: no cell ({row}, {column})")]
    UnknownCell {
        /// Form id.
        form: Key,
        /// Table key.
        table: Key,
        /// Rule code.
        rule: Key,
        /// Row named.
        row: Key,
        /// Column named.
        column: Key,
    },
}

/// What is printed for a key, in both languages, with variants seen.
#[derive(Clone, Debug)]
pub struct Label {
    /// As the form prints it.
    pub zh: &'static str,
    /// Term in English.
    pub en: &'static str,
    /// Other wordings and typing errors seen.
    pub aliases: Vec<&'static str>,
}

/// What numbers a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// Whole, 0 or more.
    Count,
    /// Whole, signed (本年增/减).
    Change,
    /// Decimal, 0 or more, 万元.
    Amount,
}

/// How a table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// A row of the table is a row on paper.
    Rows,
    /// All rows side by side on one line of numbers (the table of proceedings).
    Across,
}

/// A column of a block.
#[derive(Clone, Debug)]
pub struct Column {
    /// Key.
    pub key: Key,
    /// Printed label.
    pub label: Label,
    /// Numbers it holds.
    pub number: NumberKind,
    /// True when the form itself fixes 万元.
    pub fixed_unit: bool,
}

/// A row of a block.
#[derive(Clone, Debug)]
pub struct Row {
    /// Key.
    pub key: Key,
    /// Printed label.
    pub label: Label,
    /// Group it stands under.
    pub group: Option<Key>,
}

/// A heading over several rows.
#[derive(Clone, Debug)]
pub struct Group {
    /// Key.
    pub key: Key,
    /// Printed label.
    pub label: Label,
}

/// Rows that share their columns.
#[derive(Clone, Debug)]
pub struct Block {
    /// Caption (第二十条第（一）项), empty where there is none.
    pub label: &'static str,
    /// Columns in the order of the form.
    pub columns: Vec<Column>,
    /// Rows in the order of the form.
    pub rows: Vec<Row>,
}

/// How the two sides of a relation compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Positive terms = negative terms.
    #[default]
    Equal,
    /// Positive terms <= negative terms.
    AtMost,
}

/// One summand of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// +1 for what the other figures imply, -1 for what is printed.
    pub coefficient: i8,
    /// Row key.
    pub row: Key,
    /// Column key.
    pub column: Key,
}

/// One relation between cells, expanded (no wildcards).
#[derive(Clone, Debug)]
pub struct Relation {
    /// Code of the rule that judges it.
    pub rule: Key,
    /// Comparison.
    pub op: Op,
    /// Row a finding points at.
    pub row: Option<Key>,
    /// Column a finding points at.
    pub column: Option<Key>,
    /// Summands.
    pub terms: Vec<Term>,
}

/// One table of a form.
#[derive(Clone, Debug)]
pub struct TableForm {
    /// `disclosure`, `requests`, `proceedings`.
    pub key: Key,
    /// Part of the report it stands in.
    pub section: u8,
    /// Printed name.
    pub label: Label,
    /// How it is printed.
    pub orientation: Orientation,
    /// Headings over rows.
    pub groups: Vec<Group>,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// Its relations.
    pub relations: Vec<Relation>,
}

impl TableForm {
    /// Every row with its block, in the order of the form.
    pub fn rows(&self) -> impl Iterator<Item = (&Block, &Row)> {
        self.blocks.iter().flat_map(|block| block.rows.iter().map(move |row| (block, row)))
    }

    /// The row of this key, with its block.
    pub fn row(&self, key: &str) -> Option<(&Block, &Row)> {
        self.rows().find(|(_, row)| row.key == *key)
    }

    /// The column of a row.
    pub fn column(&self, row: &str, column: &str) -> Option<&Column> {
        self.row(row)?.0.columns.iter().find(|c| c.key == *column)
    }

    /// How many cells the form has.
    pub fn size(&self) -> usize {
        self.blocks.iter().map(|block| block.rows.len() * block.columns.len()).sum()
    }
}

/// One statutory form.
#[derive(Clone, Debug)]
pub struct Form {
    /// `2019`, `2021`.
    pub id: Key,
    /// First report year it applies to.
    pub from: i16,
    /// Last report year, open when `None`.
    pub to: Option<i16>,
    /// The notice that set it.
    pub notice: &'static str,
    /// Its tables in the order of the report.
    pub tables: Vec<TableForm>,
}

impl Form {
    /// The table of this key.
    pub fn table(&self, key: &str) -> Option<&TableForm> {
        self.tables.iter().find(|table| table.key == *key)
    }
}

/// All embedded forms, oldest first.
#[derive(Debug)]
pub struct Forms {
    forms: Vec<Form>,
    keys: FxHashSet<&'static str>,
}

impl Forms {
    /// The forms, oldest first.
    pub fn all(&self) -> &[Form] {
        &self.forms
    }

    pub(crate) fn key(&self, name: &str) -> Option<Key> {
        self.keys.get(name).copied().map(Key::of)
    }
}

static FORMS: LazyLock<Forms> = LazyLock::new(embedded);

#[expect(
    clippy::panic,
    reason = "only a broken build comes here; the test `the_embedded_forms_are_sound` keeps it from being released"
)]
fn embedded() -> Forms {
    load::load(SOURCES).unwrap_or_else(|error| panic!("{error}"))
}

/// All embedded forms.
pub fn forms() -> &'static Forms {
    &FORMS
}

/// The form of this id.
pub fn form(id: &str) -> Option<&'static Form> {
    forms().all().iter().find(|form| form.id == *id)
}

/// The form that a report year calls for; none before the first.
pub fn form_of_year(year: i16) -> Option<&'static Form> {
    forms().all().iter().find(|form| form.from <= year && form.to.is_none_or(|to| year <= to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_and_column_of_requests_is_in_its_relations() {
        for form in forms().all() {
            let table = form.table("requests").unwrap();
            let of = |rule: &str| table.relations.iter().filter(|r| r.rule == *rule).count();
            assert_eq!((of("T301"), of("T302"), of("T303")), (table.rows().count(), 7, 7));
        }
    }

    #[test]
    fn the_form_follows_the_report_year() {
        let id = |year| form_of_year(year).map(|form| form.id.as_str());
        assert_eq!(
            [id(2018), id(2019), id(2020), id(2021), id(2030)],
            [None, Some("2019"), Some("2019"), Some("2021"), Some("2021")]
        );
    }
}
