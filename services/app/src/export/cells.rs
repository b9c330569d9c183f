//! The table of cells in long form: one row each cell of each current report, by the keys of the statutory forms. A blank has no
//! value, never 0.
use gongkai_model::{Cell, Unit};
use gongkai_store::ListedReport;

use crate::table::{Column, Kind, Table, Value};

/// The table; columns are only appended.
pub(super) static TABLE: Table = Table { name: "cells", columns: &COLUMNS };

static COLUMNS: [Column; 15] = [
    Kind::Text.column("report"),
    Kind::Text.column("body"),
    Kind::Text.column("body_name"),
    Kind::Text.column("region"),
    Kind::Whole.column("year"),
    Kind::Text.column("scope"),
    Kind::Text.column("form"),
    Kind::Text.column("table"),
    Kind::Text.column("row"),
    Kind::Text.column("column"),
    Kind::Text.column("state"),
    Kind::Decimal.column("value"),
    Kind::Text.column("unit"),
    Kind::Text.column("printed"),
    Kind::Text.column("printed_unit"),
];

/// Its rows of a report, in the order of the form.
pub(super) fn rows(listed: &ListedReport) -> Vec<[Value; COLUMNS.len()]> {
    let row = &listed.row;
    let owner = listed.owner.as_ref();
    let cells = row.report.tables.iter().flat_map(|table| table.cells.iter().map(move |cell| (table, cell)));
    let row_of = |(table, cell): (&gongkai_model::Table, &Cell)| {
        [
            Value::text(row.id),
            Value::known(row.body.as_ref(), Value::text),
            Value::known(owner, |owner| Value::text(&owner.name)),
            Value::known(owner, |owner| Value::text(&owner.region)),
            Value::known(row.year, |year| Value::Whole(year.into())),
            Value::text(row.scope.as_str()),
            Value::text(table.form.as_str()),
            Value::text(table.key.as_str()),
            Value::text(cell.row.as_str()),
            Value::text(cell.column.as_str()),
            Value::text(cell.state.as_str()),
            Value::known(cell.value, |value| Value::Decimal(value.normalize().to_string())),
            Value::known(cell.unit.filter(|_| cell.value.is_some()), |unit| Value::text(unit_of_value(unit))),
            Value::text(&cell.printed),
            Value::known(cell.unit, |unit| Value::text(unit.as_str())),
        ]
    };
    cells.map(row_of).collect()
}

/// Amounts are in 万元 whatever they were printed in, unless no unit was printed at all.
const fn unit_of_value(printed: Unit) -> &'static str {
    match printed {
        Unit::Unstated => Unit::Unstated.as_str(),
        _ => Unit::WanYuan.as_str(),
    }
}
