//! Every rule of the registry: its examples, its code and severity, its page.
use std::collections::BTreeSet;

use gongkai_judging::{render, rules};
use gongkai_model::{Lang, Severity};

/// Codes with their severities as the contract lists them, the usual one first.
const CONTRACT: [(&str, &str, &str); 22] = [
    ("S101", "not-a-report", "E"),
    ("S102", "section-missing", "E/W"),
    ("S103", "table-missing", "E/W"),
    ("S104", "form-generation", "W/H"),
    ("S110", "row-missing", "E"),
    ("S111", "unreadable-cell", "E"),
    ("S113", "blank-cells", "H"),
    ("S114", "table-not-filled", "W"),
    ("S115", "placement-ambiguous", "W"),
    ("S117", "inferred-cells", "H"),
    ("T201", "disclosure-not-a-count", "E"),
    ("T202", "disclosed-exceeds-total", "W"),
    ("T203", "items-below-zero", "E"),
    ("T204", "procurement-count-amount", "W"),
    ("T205", "decisions-without-items", "H"),
    ("T208", "in-force-below-net-issue", "W"),
    ("T301", "row-total", "E"),
    ("T302", "results-sum", "E"),
    ("T303", "balance", "E"),
    ("T304", "request-not-a-count", "E"),
    ("T401", "proceedings-total", "E"),
    ("T402", "proceedings-not-a-count", "E"),
];

fn letter(severity: &Severity) -> &'static str {
    match severity {
        Severity::Error => "E",
        Severity::Warning => "W",
        Severity::Hint => "H",
    }
}

#[test]
fn codes_names_and_severities_are_those_of_the_contract() {
    let severities =
        |rule: &gongkai_judging::Rule| rule.severities.iter().map(letter).collect::<Vec<_>>().join("/");
    let known: Vec<_> = rules().iter().map(|rule| (rule.code, rule.name, severities(rule))).collect();
    let contract: Vec<_> = CONTRACT.iter().map(|(code, name, s)| (*code, *name, (*s).to_owned())).collect();
    assert_eq!(known, contract);
}

#[test]
fn codes_and_names_are_used_once() {
    let codes: BTreeSet<_> = rules().iter().map(|rule| rule.code).collect();
    let names: BTreeSet<_> = rules().iter().map(|rule| rule.name).collect();
    assert_eq!((codes.len(), names.len()), (rules().len(), rules().len()));
}

#[test]
fn every_example_gives_exactly_its_findings() {
    let mut failures = Vec::new();
    for rule in rules() {
        for example in rule.examples {
            match rule.run(example) {
                Ok(found) if found == example.finds => {}
                Ok(found) => failures.push(format!("{} {}: {found:#?}", rule.code, example.title.en)),
                Err(error) => failures.push(format!("{} {}: {error}", rule.code, example.title.en)),
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_has_an_example_that_fires_one_that_does_not_and_one_for_each_severity() {
    for rule in rules() {
        assert!(
            rule.examples.iter().any(|example| example.finds.is_empty()),
            "{} never keeps silent",
            rule.code
        );
        let found: Vec<_> = rule.examples.iter().flat_map(|example| example.finds).collect();
        for severity in rule.severities {
            let given = found.iter().any(|words| words.starts_with(severity.as_str()));
            assert!(given, "{} has no example of {}", rule.code, severity.as_str());
        }
    }
}

#[test]
fn the_relations_of_the_forms_have_rules_that_judge_them() {
    for form in gongkai_model::forms().all() {
        for relation in form.tables.iter().flat_map(|table| &table.relations) {
            assert!(gongkai_judging::rule(relation.rule.as_str()).is_some(), "no rule for {}", relation.rule);
        }
    }
}

#[test]
fn every_rule_explains_itself() {
    for rule in rules() {
        let page = |lang| render::explain(rule, render::Style { lang, colour: false });
        insta::assert_snapshot!(rule.code, format!("{}\n----\n\n{}", page(Lang::Zh), page(Lang::En)));
    }
}

#[test]
fn the_registry_lists_itself() {
    insta::assert_snapshot!(render::rules_table(render::Style::default()));
}
