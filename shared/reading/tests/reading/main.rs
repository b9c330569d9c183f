//! Reading as a whole: generated reports in every layout, real ones where they are at hand, and pages broken on purpose.

#![expect(clippy::unwrap_used, reason = "a test")]

mod broken;
mod corpus;
mod edited;
mod kinds;
mod layouts;
mod metadata;
mod metadata_pages;
mod metadata_titles;
mod parts;
mod variety;

use std::collections::BTreeMap;

use gongkai_model::Report;

/// Cells as `table/row/column` → `state value`.
fn cells(report: &Report) -> BTreeMap<String, String> {
    let mut cells = BTreeMap::new();
    for table in &report.tables {
        for cell in &table.cells {
            let value = cell.value.map(|value| value.normalize().to_string()).unwrap_or_default();
            cells.insert(
                format!("{}/{}/{}", table.key, cell.row, cell.column),
                format!("{} {value}", cell.state.as_str()),
            );
        }
    }
    cells
}

/// Every span of a report lies within its text and covers what it says it covers.
fn assert_spans(report: &Report) {
    let length = u32::try_from(report.text.chars().count()).unwrap();
    for cell in report.tables.iter().flat_map(|table| &table.cells) {
        assert!(cell.span.start <= cell.span.end && cell.span.end <= length, "{cell:?}");
        if cell.state != gongkai_model::CellState::Unplaced {
            assert_eq!(cell.span.of(&report.text), cell.printed, "{} {}", cell.row, cell.column);
        }
    }
    for section in &report.sections {
        assert!(section.span.end <= length, "{section:?}");
        if let Some(heading) = &section.heading {
            assert_eq!(heading.span.of(&report.text), heading.text);
        }
    }
}
