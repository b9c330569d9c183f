//! Grafana's dashboards as files: everything has its place, its unit, its title in both languages, and a query that parses.
use std::collections::BTreeSet;

use serde_json::Value;

use super::rules::files;

/// The data source that the dashboards ask, as it is provisioned.
const UID: &str = "gongkai-prometheus";
const KINDS: [&str; 5] = ["stat", "table", "bargauge", "timeseries", "row"];
const UNITS: [&str; 5] = ["short", "percentunit", "s", "ops", "bytes"];
const WIDTH: u64 = 24;

/// A query of a panel.
pub(super) struct Target {
    pub(super) board: String,
    pub(super) title: String,
    /// Number within the panel, from 0.
    pub(super) at: usize,
    pub(super) expr: String,
}

impl Target {
    /// The query with the variables that a user would have chosen.
    pub(super) fn with(&self, year: &str) -> String {
        let chosen = [("$__rate_interval", "5m"), ("$year", year), ("$region", ".*"), ("$site", ".*")];
        let expr = chosen.iter().fold(self.expr.clone(), |expr, (name, value)| expr.replace(name, value));
        assert!(!expr.contains('$'), "a variable is left in {expr}");
        expr
    }
}

fn boards() -> Vec<(String, Value)> {
    let boards = files("deploy/grafana/dashboards", ".json");
    boards
        .into_iter()
        .map(|(path, text)| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        })
        .collect()
}

/// All queries of all dashboards.
pub(super) fn targets() -> Vec<Target> {
    let mut targets = Vec::new();
    for (board, value) in boards() {
        for panel in value["panels"].as_array().unwrap() {
            for (at, target) in panel["targets"].as_array().into_iter().flatten().enumerate() {
                let [title, expr] =
                    [&panel["title"], &target["expr"]].map(|v| v.as_str().unwrap().to_owned());
                targets.push(Target { board: board.clone(), title, at, expr });
            }
        }
    }
    targets
}

fn is_in_both_languages(text: &str) -> bool {
    let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    chinese && text.split(' ').any(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic()))
}

/// The fields that a rectangle takes.
fn place(panel: &Value, about: &str) -> [u64; 4] {
    ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64().unwrap_or_else(|| panic!("{about}: {key}")))
}

fn is_sound(panel: &Value, about: &str) {
    let kind = panel["type"].as_str().unwrap();
    assert!(KINDS.contains(&kind), "{about}: {kind}");
    if kind == "row" {
        return;
    }
    assert_eq!(panel["datasource"]["uid"], UID, "{about}");
    let defaults = &panel["fieldConfig"]["defaults"];
    assert!(UNITS.contains(&defaults["unit"].as_str().unwrap()), "{about}: {defaults}");
    assert!(defaults["thresholds"]["steps"].is_array() && panel["options"].is_object(), "{about}");
    let targets = panel["targets"].as_array().unwrap();
    assert!(!targets.is_empty(), "{about} asks nothing");
    let mut names = BTreeSet::new();
    for target in targets {
        assert!(names.insert(target["refId"].as_str().unwrap()), "{about}: refId twice");
        assert_eq!(target["datasource"]["uid"], UID, "{about}");
        assert_eq!(target["range"] == true, kind == "timeseries", "{about}");
        assert_ne!(target["range"], target["instant"], "{about}");
        assert_eq!(target["format"] == "table", kind == "table", "{about}");
        assert!(!target["legendFormat"].as_str().unwrap().is_empty(), "{about}: no legend");
    }
}

#[test]
fn every_panel_has_its_place_its_unit_and_its_title_in_both_languages() {
    let boards = boards();
    assert_eq!(boards.len(), 4);
    for (name, board) in &boards {
        assert_eq!(board["uid"], name.as_str());
        assert!(board["schemaVersion"].as_u64().unwrap() >= 36, "{name}");
        assert!(is_in_both_languages(board["title"].as_str().unwrap()), "{name}");
        assert!(board["tags"].as_array().unwrap().contains(&"gongkai".into()));
        let (mut ids, mut titles, mut taken) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for panel in board["panels"].as_array().unwrap() {
            let title = panel["title"].as_str().unwrap();
            let about = format!("{name}: {title}");
            assert!(is_in_both_languages(title), "{about}");
            assert!(ids.insert(panel["id"].as_u64().unwrap()) && titles.insert(title), "{about}: twice");
            let [x, y, w, h] = place(panel, &about);
            assert!(w > 0 && h > 0 && x + w <= WIDTH, "{about} is outside");
            for field in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
                assert!(taken.insert(field), "{about} lies over another panel");
            }
            is_sound(panel, &about);
        }
    }
}

#[test]
fn every_variable_is_one_that_is_asked_for_and_every_query_uses_known_ones() {
    for (name, board) in boards() {
        let text = board["panels"].to_string();
        for variable in board["templating"]["list"].as_array().unwrap() {
            let own = variable["name"].as_str().unwrap();
            assert!(text.contains(&format!("${own}")), "{name}: nothing depends on {own}");
            assert_eq!(variable["datasource"]["uid"], UID);
            assert!(variable["query"]["query"].as_str().unwrap().ends_with(&format!(", {own})")));
            assert!(is_in_both_languages(variable["label"].as_str().unwrap()));
        }
    }
    for target in targets() {
        target.with("2025");
    }
}

#[test]
fn every_query_parses() {
    let targets = targets();
    assert!(targets.len() > 40);
    for target in targets {
        let expr = target.with("2025");
        promql_parser::parser::parse(&expr)
            .unwrap_or_else(|error| panic!("{} {}: {error} in {expr}", target.board, target.title));
    }
}

#[test]
fn the_data_source_is_provisioned_under_the_name_that_dashboards_know() {
    let [(_, text)] = &files("deploy/grafana/provisioning/datasources", ".yml")[..] else {
        panic!("one file")
    };
    assert!(text.contains(&format!("uid: {UID}\n")) && text.contains("type: prometheus"));
    let [(_, text)] = &files("deploy/grafana/provisioning/dashboards", ".yml")[..] else {
        panic!("one file")
    };
    assert!(text.contains("path: /var/lib/grafana/dashboards"));
}
