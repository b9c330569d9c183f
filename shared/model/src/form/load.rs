//! From form files to forms: labels and keys made once, wildcards of relations written out, every relation checked.
use std::collections::BTreeSet;

use super::{
    Block, Column, Form, FormError, Forms, Group, Label, NumberKind, Relation, Row, TableForm, Term, file,
};
use crate::key::Key;

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

pub(super) fn load(sources: &[(&'static str, &'static str)]) -> Result<Forms, FormError> {
    let mut names = Names::default();
    let mut forms = Vec::new();
    for (file, source) in sources.iter().copied() {
        let raw: file::Form =
            toml::from_str(source).map_err(|source| FormError::Toml { file, source: Box::new(source) })?;
        forms.push(build(&raw, &mut names)?);
    }
    forms.sort_by_key(|form: &Form| form.from);
    Ok(Forms { forms, keys: names.0.into_iter().collect() })
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
    use super::{super::SOURCES, *};

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
    fn a_relation_that_names_no_cell_is_refused() {
        let source = include_str!("../../forms/2021.toml")
            .replace("[-1, \"*\", \"in_force\"]", "[-1, \"*\", \"projects\"]");
        let error = load(&[("bad.toml", Box::leak(source.into_boxed_str()))]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "form 2021, table disclosure, relation T208: no cell (regulations, projects)"
        );
    }
}
