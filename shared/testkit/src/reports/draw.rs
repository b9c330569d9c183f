//! Numbers that satisfy every relation of the form, drawn at random.
use std::collections::BTreeMap;

use fastrand::Rng;
use gongkai_model::{Column, Form, Key, NumberKind, TableForm};
use rust_decimal::Decimal;

use super::{Cells, Scale, is_result_row};

/// Cells of all tables of the form; T202, T203, T208, T301-T303 and T401 hold.
pub(super) fn cells(form: &Form, scale: Scale, rule_making: bool, rng: &mut Rng) -> Cells {
    let mut cells = Cells::default();
    for table in &form.tables {
        match table.key.as_str() {
            "disclosure" => disclosure(table, scale, rule_making, rng, &mut cells),
            "requests" => requests(form, table, scale, rng, &mut cells),
            _ => proceedings(table, scale, rng, &mut cells),
        }
    }
    cells
}

fn disclosure(table: &TableForm, scale: Scale, rule_making: bool, rng: &mut Rng, cells: &mut Cells) {
    let items = limit(scale, [1, 12, 60, 400]);
    for (block, row) in table.rows() {
        let active = row.key != *"regulations" || rule_making;
        // Few rules are made a year, even in a large city.
        let items = if row.key == *"regulations" { items / 100 + 2 } else { items };
        let mut known = BTreeMap::new();
        for column in &block.columns {
            let number = if active { disclosed(column, items, &known, rng) } else { Decimal::ZERO };
            known.insert(column.key.as_str(), number);
            let printed = print(column, number);
            cells.push(table.key, row.key, column.key, number, printed);
        }
    }
}

/// One number of table two, given the columns to its left.
fn disclosed(column: &Column, items: i64, known: &BTreeMap<&str, Decimal>, rng: &mut Rng) -> Decimal {
    let left = |key: &str| known.get(key).and_then(|value| i64::try_from(*value).ok()).unwrap_or(0);
    let whole = match column.key.as_str() {
        "made" | "repealed" | "projects" => rng.i64(0..=items / 3 + 1),
        "newly_disclosed" => left("made").min(rng.i64(0..=items)),
        "total_disclosed" => left("newly_disclosed") + rng.i64(0..=items),
        "in_force" => left("made") + rng.i64(0..=items),
        "previous_items" => rng.i64(0..=items),
        "change" => rng.i64(-left("previous_items") / 4..=items / 4),
        "decisions" if known.contains_key("change") && left("previous_items") + left("change") == 0 => 0,
        "amount_wan_yuan" if known.contains_key("projects") && left("projects") == 0 => 0,
        // Most small bodies charge no fees.
        "amount_wan_yuan" if !known.contains_key("projects") && (items < 12 || items < 60 && rng.bool()) => 0,
        "amount_wan_yuan" => return Decimal::new(rng.i64(1..=items * 90_000), 4).normalize(),
        _ => rng.i64(0..=items * 40),
    };
    Decimal::from(whole)
}

/// The cell's text: a sign on growth, the unit where the form leaves it open.
fn print(column: &Column, number: Decimal) -> String {
    match column.number {
        NumberKind::Change if number > Decimal::ZERO => format!("+{number}"),
        NumberKind::Amount if !column.fixed_unit && !number.is_zero() => format!("{number}万元"),
        _ => number.to_string(),
    }
}

fn requests(form: &Form, table: &TableForm, scale: Scale, rng: &mut Rng, cells: &mut Cells) {
    let mut values: BTreeMap<(Key, Key), i64> = BTreeMap::new();
    let columns = table.blocks.first().map(|block| block.columns.as_slice()).unwrap_or_default();
    for (at, column) in columns.iter().filter(|column| column.key != *"total").enumerate() {
        applicants(form, table, scale, at, column.key, &mut values, rng);
    }
    for (block, row) in table.rows() {
        let sum: i64 = values.iter().filter(|((of, _), _)| *of == row.key).map(|(_, value)| value).sum();
        for column in &block.columns {
            let value = values.get(&(row.key, column.key)).copied().unwrap_or(sum);
            cells.push(table.key, row.key, column.key, Decimal::from(value), value.to_string());
        }
    }
}

/// One applicant column: the results first, then what comes in so that the balance holds.
fn applicants(
    form: &Form,
    table: &TableForm,
    scale: Scale,
    at: usize,
    column: Key,
    values: &mut BTreeMap<(Key, Key), i64>,
    rng: &mut Rng,
) {
    let base = limit(scale, [0, 8, 60, 900]);
    let most = if at == 0 { base } else { base / (8 * i64::try_from(at).unwrap_or(1)) };
    let mut results = 0;
    for (_, row) in table.rows().filter(|(_, row)| is_result_row(form, row.key)) {
        let value = match row.key.as_str() {
            "granted" => rng.i64(0..=most),
            "partially_granted" | "unavailable.not_held" => rng.i64(0..=most / 2),
            "denied.state_secret" | "denied.three_securities_one_stability" | "not_processed.publication" => {
                rng.i64(0..=most / 100)
            }
            // A fee that was never noticed cannot be overdue: the text says that no notice was sent.
            "other_handling.fee_overdue" => 0,
            _ if rng.u8(0..3) == 0 => rng.i64(0..=most / 8),
            _ => 0,
        };
        results += value;
        values.insert((row.key, column), value);
    }
    let forward = rng.i64(0..=results / 12);
    let over = rng.i64(0..=(results + forward) / 12);
    let ends = [
        ("results_total", results),
        ("carried_forward", forward),
        ("carried_over", over),
        ("new_received", results + forward - over),
    ];
    for (row, value) in ends {
        if let Some((_, row)) = table.row(row) {
            values.insert((row.key, column), value);
        }
    }
}

fn proceedings(table: &TableForm, scale: Scale, rng: &mut Rng, cells: &mut Cells) {
    let most = limit(scale, [0, 1, 6, 60]);
    for (block, row) in table.rows() {
        let mut sum = 0;
        for column in &block.columns {
            let value = if column.key == *"total" { sum } else { rng.i64(0..=most) };
            sum += value;
            cells.push(table.key, row.key, column.key, Decimal::from(value), value.to_string());
        }
    }
}

fn limit(scale: Scale, of: [i64; 4]) -> i64 {
    let [idle, small, middle, large] = of;
    match scale {
        Scale::Idle => idle,
        Scale::Small => small,
        Scale::Middle => middle,
        Scale::Large => large,
    }
}
