//! Documents that name tests and files: each of them exists, and every line of the fault table names one.
use std::fs;

use gongkai_harness::folder::repository;

const DOCUMENTS: [&str; 2] = ["docs/reliability.md", "docs/architecture.md"];
/// Where files of this repository begin.
const FOLDERS: [&str; 5] = ["shared/", "services/", "tests/", "docs/", "deploy/"];

fn text(name: &str) -> String {
    fs::read_to_string(repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The named tests: (file, function).
fn tests(text: &str) -> Vec<(&str, &str)> {
    quoted(text).filter_map(|word| word.split_once(".rs::")).collect()
}

#[test]
fn every_test_that_a_document_names_exists() {
    for document in DOCUMENTS {
        let text = text(document);
        let tests = tests(&text);
        assert!(tests.len() >= 5, "{document} names {tests:?}");
        for (file, function) in tests {
            let source = self::text(&format!("{file}.rs"));
            let there = source.contains(&format!("fn {function}("));
            assert!(there, "{document}: {file}.rs has no {function}");
        }
    }
}

#[test]
fn every_file_that_a_document_names_exists() {
    for document in DOCUMENTS {
        let text = text(document);
        for word in quoted(&text).filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder))) {
            let path = word.split_once("::").map_or(word, |(file, _)| file);
            // As in `services/*`.
            let path = path.trim_end_matches('*');
            assert!(repository().join(path).exists(), "{document}: there is no {word}");
        }
    }
}

#[test]
fn every_fault_is_shown_by_a_test() {
    let text = text("docs/reliability.md");
    let faults = text.split("\n## Faults\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<&str> = faults.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() >= 25, "{}", rows.len());
    for row in rows {
        assert!(!tests(row).is_empty(), "no test is named: {row}");
        assert_eq!(row.matches(" | ").count(), 3, "{row}");
    }
}
