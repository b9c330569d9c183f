//! Facts about drawn tables.
use gongkai_model::{
    Cell, CellState, Evidence, Finding, Key, Lang, Origin, Severity, Span, Suspect, Table, Text, form,
};
use rust_decimal::Decimal;

use super::*;

fn frame(lang: Lang) -> Frame {
    Frame { lang, switch: String::new() }
}

/// A table of the form with every cell 1.
fn table(form_id: &str, key: &str) -> Table {
    let shape = form(form_id).unwrap().table(key).unwrap();
    let cell = |row, column| Cell {
        row,
        column,
        state: CellState::Printed,
        value: Some(Decimal::ONE),
        printed: "1".into(),
        span: Span::default(),
        unit: None,
    };
    let cells = shape
        .rows()
        .flat_map(|(block, row)| block.columns.iter().map(move |c| cell(row.key, c.key)))
        .collect();
    Table {
        key: shape.key,
        form: Key::find(form_id).unwrap(),
        span: Span::default(),
        absent: Vec::new(),
        cells,
    }
}

fn finding(table: &str, row: Option<&str>, column: Option<&str>) -> Finding {
    Finding {
        fingerprint: "0123".into(),
        code: "T301".into(),
        rule: "row-total".into(),
        severity: Severity::Error,
        origin: Origin::Publication,
        table: Some(table.into()),
        row: row.map(str::to_owned),
        column: column.map(str::to_owned),
        expected: Some("6".into()),
        actual: Some("1".into()),
        message: Text::default(),
        basis: Text::default(),
        evidence: Vec::<Evidence>::new(),
        suspects: Vec::new(),
    }
}

/// Labels as `[text cols×rows]`, numbers as they stand with their marks.
fn text(sheet: &Sheet) -> String {
    let slot = |slot: &Slot| {
        let size = if (slot.cols, slot.rows) == (1, 1) {
            String::new()
        } else {
            format!(" {}×{}", slot.cols, slot.rows)
        };
        let state = slot.note.state.map(|state| format!(" <{state}>")).unwrap_or_default();
        let expected = slot.note.expected.as_ref().map(|n| format!(" !{n}")).unwrap_or_default();
        let likely = slot.note.likely.as_ref().map(|n| format!(" ~{n}")).unwrap_or_default();
        let marks = format!("{state}{expected}{likely}");
        if slot.scope.is_some() {
            format!("[{}{size}{marks}]", slot.text)
        } else {
            format!("{}{size}{marks}", slot.text)
        }
    };
    let line = |line: &Vec<Slot>| line.iter().map(slot).collect::<Vec<_>>().join(" ");
    let mut lines = vec![sheet.caption.clone()];
    lines.extend(sheet.head.iter().map(line));
    for body in &sheet.bodies {
        lines.push("--".into());
        lines.extend(body.iter().map(line));
    }
    lines.join("\n")
}

/// Every line of a drawn table is as wide as the others once rows that reach down from above are counted.
fn widths(sheet: &Sheet) -> Vec<usize> {
    let mut reaching: Vec<(usize, usize)> = Vec::new();
    let mut widths = Vec::new();
    for line in sheet.head.iter().chain(sheet.bodies.iter().flatten()) {
        let own: usize = line.iter().map(|slot| slot.cols).sum();
        widths.push(own + reaching.iter().map(|(cols, _)| cols).sum::<usize>());
        reaching.iter_mut().for_each(|(_, left)| *left -= 1);
        reaching.retain(|(_, left)| *left > 0);
        reaching.extend(line.iter().filter(|slot| slot.rows > 1).map(|slot| (slot.cols, slot.rows - 1)));
    }
    widths
}

#[test]
fn every_table_of_every_form_is_drawn_without_gaps() {
    for form_id in ["2019", "2021"] {
        for key in ["disclosure", "requests", "proceedings"] {
            for lang in [Lang::Zh, Lang::En] {
                let sheet = draw(&frame(lang), &table(form_id, key), &Marks::new([])).unwrap();
                let widths = widths(&sheet);
                assert!(
                    widths.iter().all(|width| Some(width) == widths.first()),
                    "{form_id} {key}: {widths:?}"
                );
                let numbers =
                    sheet.bodies.iter().flatten().flatten().filter(|slot| slot.scope.is_none()).count();
                assert_eq!(numbers, form(form_id).unwrap().table(key).unwrap().size(), "{form_id} {key}");
            }
        }
    }
}

#[test]
fn the_tables_of_2021_are_drawn_as_the_form_prints_them() {
    let drawn = ["disclosure", "requests", "proceedings"]
        .map(|key| text(&draw(&frame(Lang::Zh), &table("2021", key), &Marks::new([])).unwrap()));
    insta::assert_snapshot!(drawn.join("\n\n"));
}

#[test]
fn the_tables_of_2019_are_drawn_in_english() {
    let drawn = ["disclosure", "requests", "proceedings"]
        .map(|key| text(&draw(&frame(Lang::En), &table("2019", key), &Marks::new([])).unwrap()));
    insta::assert_snapshot!(drawn.join("\n\n"));
}

#[test]
fn states_and_findings_are_marked_at_their_cells() {
    let mut table = table("2021", "proceedings");
    let states = [CellState::Blank, CellState::Unreadable, CellState::Inferred, CellState::Unplaced];
    for (cell, state) in table.cells.iter_mut().zip(states) {
        cell.state = state;
        match state {
            CellState::Blank => (cell.value, cell.printed) = (None, "—".into()),
            CellState::Unreadable => (cell.value, cell.printed) = (None, "壹O".into()),
            _ => {}
        }
    }
    table.cells.retain(|cell| cell.row != "litigation_after_review" || cell.column != "pending");
    let mut total = finding("proceedings", Some("litigation_direct"), Some("total"));
    total.suspects = vec![Suspect {
        table: table.key,
        row: Key::find("litigation_direct").unwrap(),
        column: Key::find("upheld").unwrap(),
        printed: "1".into(),
        likely: "9".into(),
    }];
    let sheet = draw(&frame(Lang::Zh), &table, &Marks::new([&total])).unwrap();
    insta::assert_snapshot!(text(&sheet).lines().last().unwrap_or_default());
    let classes: Vec<_> = sheet.bodies[0][0].iter().map(|slot| slot.class).collect();
    insta::assert_debug_snapshot!(classes);
}

#[test]
fn a_finding_about_a_column_stands_at_its_head() {
    let balance = finding("requests", None, Some("total"));
    let sheet = draw(&frame(Lang::Zh), &table("2021", "requests"), &Marks::new([&balance])).unwrap();
    let head = sheet.head.iter().flatten().find(|slot| slot.text == "总计").unwrap();
    assert_eq!(head.note.links.len(), 1);
    assert_eq!(head.note.expected.as_deref(), Some("6"));
    assert!(
        !sheet
            .bodies
            .iter()
            .flatten()
            .flatten()
            .any(|slot| slot.scope.is_none() && !slot.note.links.is_empty())
    );
}
