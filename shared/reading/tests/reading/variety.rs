//! One small invented report for each shape that real ones come in: `variety/NAME.{txt,html,md}` and the cells it must give in `variety/NAME.tsv`.
//!
//! A line of the TSV is `table row column value state`; with `*` for the column all cells of the row stand in `value`,
//! parted by blanks: a number is printed, `_` blank, `?` unreadable, `!` unplaced, `x` absent.
//! `form TABLE - ID` and `doubt KIND` say what else must be found. Cells that are not listed must not be there.
use std::{collections::BTreeMap, fs, path::PathBuf};

use gongkai_model::{Report, form};
use gongkai_reading::{Hints, read};

use crate::{assert_spans, cells};

fn state(token: &str) -> Option<String> {
    match token {
        "x" => None,
        "_" => Some("blank ".to_owned()),
        "?" => Some("unreadable ".to_owned()),
        "!" => Some("unplaced ".to_owned()),
        number => {
            let number: rust_decimal::Decimal = number.parse().unwrap();
            Some(format!("printed {}", number.normalize()))
        }
    }
}

#[derive(Debug, Default, PartialEq)]
struct Facts {
    cells: BTreeMap<String, String>,
    forms: BTreeMap<String, String>,
    doubts: Vec<String>,
}

fn expected(tsv: &str) -> Facts {
    let mut facts = Facts::default();
    for line in tsv.lines().skip(1).filter(|line| !line.is_empty()) {
        let part: Vec<&str> = line.split('\t').collect();
        match part[0] {
            "form" => {
                facts.forms.insert(part[1].to_owned(), part[3].to_owned());
            }
            "doubt" => facts.doubts.push(part[1].to_owned()),
            table if part[2] == "*" => {
                let columns = form("2021").unwrap().table(table).unwrap().blocks[0].columns.iter();
                for (column, token) in columns.zip(part[3].split(' ')) {
                    facts.cells.extend(
                        state(token).map(|cell| (format!("{table}/{}/{}", part[1], column.key), cell)),
                    );
                }
            }
            table => {
                let number = Some(part[3]).filter(|text| !text.is_empty()).and_then(state);
                let cell = number.unwrap_or_else(|| format!("{} ", part[4]));
                facts.cells.insert(format!("{table}/{}/{}", part[1], part[2]), cell);
            }
        }
    }
    facts
}

fn found(reports: &[Report]) -> Facts {
    let mut facts = Facts::default();
    for report in reports {
        facts.cells.extend(cells(report));
        for table in &report.tables {
            facts.forms.insert(table.key.to_string(), table.form.to_string());
        }
        for doubt in &report.doubts {
            let kind = serde_json::to_string(&doubt.kind).unwrap().trim_matches('"').to_owned();
            if !facts.doubts.contains(&kind) {
                facts.doubts.push(kind);
            }
        }
    }
    facts
}

/// The differences, shortened for the eye; nothing when all is as expected.
fn differences(expected: &Facts, found: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, cell) in &expected.cells {
        match found.cells.get(at) {
            Some(read) if read == cell => {}
            read => lines.push(format!("{at}: expected {cell}, read {read:?}")),
        }
    }
    let extra = found.cells.iter().filter(|(at, _)| !expected.cells.contains_key(*at));
    lines.extend(extra.map(|(at, cell)| format!("{at}: not there, read {cell}")));
    for (table, form) in &expected.forms {
        if found.forms.get(table) != Some(form) {
            lines.push(format!("form of {table}: {form}, read {:?}", found.forms.get(table)));
        }
    }
    if expected.doubts != found.doubts {
        lines.push(format!("doubts {:?}, read {:?}", expected.doubts, found.doubts));
    }
    let more = lines.len().saturating_sub(12);
    lines.truncate(12);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

#[test]
fn every_shape_gives_its_cells() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/reading/variety");
    let mut names: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension != "tsv"));
    names.sort();
    assert!(names.len() >= 60, "{}", names.len());
    let mut wrong = Vec::new();
    for path in names {
        let tsv = fs::read_to_string(path.with_extension("tsv")).unwrap();
        let reports = read(&fs::read(&path).unwrap(), Hints::default());
        reports.iter().for_each(assert_spans);
        // Of several reports on a page the first is told in the TSV.
        let lines = differences(&expected(&tsv), &found(&reports[..1]));
        if !lines.is_empty() {
            wrong.push(format!("{}\n  {}", path.file_stem().unwrap().display(), lines.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{} shapes are read wrongly\n{}", wrong.len(), wrong.join("\n"));
}
