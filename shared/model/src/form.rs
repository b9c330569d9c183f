//! The statutory forms as data: what is printed on them and which relations hold. One TOML file a form.
use std::{collections::BTreeSet, sync::LazyLock};

use serde::Deserialize;
use thiserror::Error;

use crate::key::Key;

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
    keys: BTreeSet<&'static str>,
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
    load(SOURCES).unwrap_or_else(|error| panic!("{error}"))
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

/// The file as written.
mod file {
    use serde::Deserialize;

    use super::{NumberKind, Op, Orientation};

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Form {
        pub(super) id: String,
        pub(super) years: Vec<i16>,
        pub(super) notice: String,
        pub(super) table: Vec<Table>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Table {
        pub(super) key: String,
        pub(super) section: u8,
        pub(super) label: String,
        pub(super) en: String,
        pub(super) orientation: Orientation,
        #[serde(default)]
        pub(super) groups: Vec<Item>,
        pub(super) block: Vec<Block>,
        #[serde(default)]
        pub(super) relation: Vec<Relation>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Block {
        pub(super) label: String,
        pub(super) columns: Vec<Item>,
        pub(super) rows: Vec<Item>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Item {
        pub(super) key: String,
        pub(super) label: String,
        pub(super) en: String,
        #[serde(default)]
        pub(super) aliases: Vec<String>,
        pub(super) group: Option<String>,
        pub(super) number: Option<NumberKind>,
        pub(super) unit: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    pub(super) enum Each {
        Axis(String),
        Rows(Vec<String>),
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Relation {
        pub(super) rule: String,
        pub(super) each: Option<Each>,
        #[serde(default)]
        pub(super) op: Op,
        pub(super) at: [String; 2],
        pub(super) terms: Vec<(i8, String, String)>,
    }
}

/// Keys and labels of the forms live as long as the program: each name is leaked once.
#[derive(Default)]
struct Names(BTreeSet<&'static str>);

impl Names {
    fn text(&mut self, text: &str) -> &'static str {
        if let Some(known) = self.0.get(text) {
            return known;
        }
        let leaked: &'static str = Box::leak(text.to_owned().into_boxed_str());
        self.0.insert(leaked);
        leaked
    }

    fn key(&mut self, name: &str) -> Key {
        Key::of(self.text(name))
    }

    fn label(&mut self, item: &file::Item) -> Label {
        Label {
            zh: self.text(&item.label),
            en: self.text(&item.en),
            aliases: item.aliases.iter().map(|alias| self.text(alias)).collect(),
        }
    }
}

fn load(sources: &[(&'static str, &'static str)]) -> Result<Forms, FormError> {
    let mut names = Names::default();
    let mut forms = Vec::new();
    for (file, source) in sources.iter().copied() {
        let raw: file::Form =
            toml::from_str(source).map_err(|source| FormError::Toml { file, source: Box::new(source) })?;
        forms.push(build(&raw, &mut names)?);
    }
    forms.sort_by_key(|form: &Form| form.from);
    Ok(Forms { forms, keys: names.0 })
}

fn build(raw: &file::Form, names: &mut Names) -> Result<Form, FormError> {
    let id = names.key(&raw.id);
    let tables = raw.table.iter().map(|table| build_table(id, table, names)).collect::<Result<_, _>>()?;
    Ok(Form {
        id,
        from: raw.years.first().copied().unwrap_or(i16::MAX),
        to: raw.years.get(1).copied(),
        notice: names.text(&raw.notice),
        tables,
    })
}

fn build_table(form: Key, raw: &file::Table, names: &mut Names) -> Result<TableForm, FormError> {
    let mut table = TableForm {
        key: names.key(&raw.key),
        section: raw.section,
        label: Label { zh: names.text(&raw.label), en: names.text(&raw.en), aliases: Vec::new() },
        orientation: raw.orientation,
        groups: raw
            .groups
            .iter()
            .map(|item| Group { key: names.key(&item.key), label: names.label(item) })
            .collect(),
        blocks: raw.block.iter().map(|block| build_block(block, names)).collect(),
        relations: Vec::new(),
    };
    for relation in &raw.relation {
        for relation in expand(&table, relation, names) {
            for term in &relation.terms {
                if table.column(term.row.as_str(), term.column.as_str()).is_none() {
                    let (row, column) = (term.row, term.column);
                    return Err(FormError::UnknownCell {
                        form,
                        table: table.key,
                        rule: relation.rule,
                        row,
                        column,
                    });
                }
            }
            table.relations.push(relation);
        }
    }
    Ok(table)
}

fn build_block(raw: &file::Block, names: &mut Names) -> Block {
    Block {
        label: names.text(&raw.label),
        columns: raw
            .columns
            .iter()
            .map(|item| Column {
                key: names.key(&item.key),
                label: names.label(item),
                number: item.number.unwrap_or(NumberKind::Count),
                fixed_unit: item.unit.as_deref() == Some("wan_yuan"),
            })
            .collect(),
        rows: raw
            .rows
            .iter()
            .map(|item| Row {
                key: names.key(&item.key),
                label: names.label(item),
                group: item.group.as_deref().map(|group| names.key(group)),
            })
            .collect(),
    }
}

/// A relation once for each row or column that `*` stands for.
fn expand(table: &TableForm, raw: &file::Relation, names: &mut Names) -> Vec<Relation> {
    let stars: Vec<Key> = match &raw.each {
        None => vec![names.key("*")],
        Some(file::Each::Rows(rows)) => rows.iter().map(|row| names.key(row)).collect(),
        Some(file::Each::Axis(axis)) if axis == "row" => table.rows().map(|(_, row)| row.key).collect(),
        Some(file::Each::Axis(_)) => {
            table.blocks.iter().flat_map(|block| block.columns.iter().map(|column| column.key)).collect()
        }
    };
    let mut resolve = |name: &str, star: Key| if name == "*" { star } else { names.key(name) };
    let mut relations = Vec::new();
    for star in stars {
        let mut at = |name: &str| (!name.is_empty()).then(|| resolve(name, star));
        let (row, column) = (at(&raw.at[0]), at(&raw.at[1]));
        let terms = raw
            .terms
            .iter()
            .map(|(coefficient, row, column)| Term {
                coefficient: *coefficient,
                row: resolve(row, star),
                column: resolve(column, star),
            })
            .collect();
        relations.push(Relation { rule: resolve(&raw.rule, star), op: raw.op, row, column, terms });
    }
    relations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_forms_are_sound() {
        let forms = load(SOURCES).unwrap();
        let sizes: Vec<_> = forms
            .all()
            .iter()
            .map(|form| (form.id.as_str(), form.tables.iter().map(TableForm::size).collect::<Vec<_>>()))
            .collect();
        assert_eq!(sizes, [("2019", vec![22, 161, 15]), ("2021", vec![10, 175, 15])]);
    }

    #[test]
    fn every_row_and_column_of_requests_is_in_its_relations() {
        for form in forms().all() {
            let table = form.table("requests").unwrap();
            let of = |rule: &str| table.relations.iter().filter(|r| r.rule == *rule).count();
            assert_eq!((of("T301"), of("T302"), of("T303")), (table.rows().count(), 7, 7));
        }
    }

    #[test]
    fn a_relation_that_names_no_cell_is_refused() {
        let source = include_str!("../forms/2021.toml")
            .replace("[-1, \"*\", \"in_force\"]", "[-1, \"*\", \"projects\"]");
        let error = load(&[("bad.toml", Box::leak(source.into_boxed_str()))]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "form 2021, table disclosure, relation T208: no cell (regulations, projects)"
        );
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
