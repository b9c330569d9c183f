//! The tables, rows, columns and cells that findings point at, as nested logical locations named by their keys in every language.
use std::collections::HashMap;

use gongkai_model::Finding;
use serde_json::{Value, json};

/// The places so far. There are no more of them than the forms have.
#[derive(Debug, Default)]
pub(super) struct Places {
    known: HashMap<String, usize>,
    found: Vec<Value>,
}

impl Places {
    /// The place of a finding, to be referred to: `requests/granted/total`, `requests/granted`, `requests/*/total` for a column,
    /// `part/6`. `None` for the document as a whole.
    pub(super) fn of(&mut self, finding: &Finding) -> Option<Value> {
        let (row, column) = (finding.row.as_deref(), finding.column.as_deref());
        let Some(table) = finding.table.as_deref() else {
            let part = row?;
            return Some(self.place(None, "part", &format!("part/{part}"), "part"));
        };
        let at_table = self.place(None, table, table, "table");
        Some(match (row, column) {
            (None, None) => at_table,
            (Some(row), None) => self.row(&at_table, table, row),
            (None, Some(column)) => {
                self.place(Some(&at_table), column, &format!("{table}/*/{column}"), "column")
            }
            (Some(row), Some(column)) => {
                let at_row = self.row(&at_table, table, row);
                self.place(Some(&at_row), column, &format!("{table}/{row}/{column}"), "cell")
            }
        })
    }

    pub(super) fn listed(self) -> Vec<Value> {
        self.found
    }

    fn row(&mut self, at_table: &Value, table: &str, row: &str) -> Value {
        self.place(Some(at_table), row, &format!("{table}/{row}"), "row")
    }

    fn place(&mut self, parent: Option<&Value>, name: &str, whole: &str, kind: &str) -> Value {
        let next = self.found.len();
        let index = *self.known.entry(whole.to_owned()).or_insert(next);
        if index == next {
            // What stands at the top is named in full.
            let name = if parent.is_none() { whole } else { name };
            let mut place =
                json!({ "name": name, "fullyQualifiedName": whole, "kind": kind, "index": index });
            if let Some(parent) = parent {
                place["parentIndex"] = parent["index"].clone();
            }
            self.found.push(place);
        }
        json!({ "fullyQualifiedName": whole, "index": index })
    }
}
