//! What judging has to find in a planned report, worked out from the form's relations without the judging crate.
use gongkai_model::{CellState, Key, NumberKind, Op, Relation, TableForm, form_of_year};
use rust_decimal::Decimal;

use super::{Cells, Defect, PlannedCell, ReportPlan};

/// A finding that the plan calls for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFinding {
    /// `T301`.
    pub code: &'static str,
    /// Table key.
    pub table: Option<Key>,
    /// Row key; for S102 the number of the part.
    pub row: Option<String>,
    /// Column key.
    pub column: Option<Key>,
}

impl PlannedFinding {
    fn of_table(code: &'static str, table: Key) -> Self {
        Self { code, table: Some(table), row: None, column: None }
    }
}

/// All findings of the plan: parts, tables, rows, cells, then relations, in the order of the form.
pub(super) fn findings(plan: &ReportPlan, cells: &Cells) -> Vec<PlannedFinding> {
    let mut findings = Vec::new();
    for defect in &plan.defects {
        if let Defect::MissingSection(part) = defect {
            let row = Some(part.to_string());
            findings.push(PlannedFinding { code: "S102", table: None, row, column: None });
        }
    }
    for table in &plan.form.tables {
        if !cells.has_table(table.key) {
            findings.push(PlannedFinding::of_table("S103", table.key));
            continue;
        }
        structure(plan, table, cells, &mut findings);
        values(table, cells, &mut findings);
        let broken = table.relations.iter().filter(|relation| is_broken(table.key, relation, cells));
        findings.extend(broken.map(|relation| PlannedFinding {
            code: relation.rule.as_str(),
            table: Some(table.key),
            row: relation.row.map(|row| row.to_string()),
            column: relation.column,
        }));
    }
    findings
}

fn structure(plan: &ReportPlan, table: &TableForm, cells: &Cells, findings: &mut Vec<PlannedFinding>) {
    let due = form_of_year(plan.year).map(|form| form.id);
    // The table of proceedings is the same in all forms and betrays no generation.
    if due != Some(plan.form.id) && table.key != *"proceedings" {
        findings.push(PlannedFinding::of_table("S104", table.key));
    }
    for (_, row) in table.rows().filter(|(_, row)| !cells.has_row(table.key, row.key)) {
        let row = Some(row.key.to_string());
        findings.push(PlannedFinding { code: "S110", table: Some(table.key), row, column: None });
    }
    let mut states = cells.iter().filter(|cell| cell.table == table.key).map(PlannedCell::state);
    if states.any(|state| state == CellState::Blank) {
        findings.push(PlannedFinding::of_table("S113", table.key));
    }
}

/// Cells that are no numbers, or numbers that no count can be.
fn values(table: &TableForm, cells: &Cells, findings: &mut Vec<PlannedFinding>) {
    for cell in cells.iter().filter(|cell| cell.table == table.key) {
        let kind = table.column(cell.row.as_str(), cell.column.as_str()).map(|column| column.number);
        let code = match cell.value {
            None if cell.state() == CellState::Unreadable => "S111",
            Some(value)
                if kind == Some(NumberKind::Count) && (value < Decimal::ZERO || !value.fract().is_zero()) =>
            {
                match table.key.as_str() {
                    "disclosure" => "T201",
                    "requests" => "T304",
                    _ => "T402",
                }
            }
            _ => continue,
        };
        let row = Some(cell.row.to_string());
        findings.push(PlannedFinding { code, table: Some(table.key), row, column: Some(cell.column) });
    }
}

/// A relation is broken only when no numbers >= 0 in its blank cells can satisfy it; with an absent cell it says nothing.
fn is_broken(table: Key, relation: &Relation, cells: &Cells) -> bool {
    let (mut implied, mut printed) = (Decimal::ZERO, Decimal::ZERO);
    let (mut implied_open, mut printed_open) = (false, false);
    for term in &relation.terms {
        let Some(cell) = cells.get(table.as_str(), term.row.as_str(), term.column.as_str()) else {
            return false;
        };
        let (sum, open) = if term.coefficient > 0 {
            (&mut implied, &mut implied_open)
        } else {
            (&mut printed, &mut printed_open)
        };
        match cell.value {
            Some(value) => *sum += value,
            None => *open = true,
        }
    }
    // T203 has negative terms only: its sum must not fall below zero.
    let falls_short = implied > printed && !printed_open;
    match relation.op {
        Op::AtMost => falls_short,
        Op::Equal => falls_short || (printed > implied && !implied_open),
    }
}
