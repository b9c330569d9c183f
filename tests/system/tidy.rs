//! The rules of the workspace itself: who may know whom, what may not be linked, how files begin.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::licence::compatible;
use gongkai_harness::folder::{Folder, repository};

/// The crates of this workspace that each may build on: app → services → runtime → {bus, store} → model.
const MAY_USE: [(&str, &[&str]); 13] = [
    ("gongkai-model", &[]),
    ("gongkai-reading", &["model"]),
    ("gongkai-judging", &["model"]),
    ("gongkai-bus", &["model"]),
    ("gongkai-store", &["model"]),
    ("gongkai-runtime", &["bus", "store", "model"]),
    ("gongkai-testkit", &["model"]),
    ("gongkai-fetcher", &["runtime", "bus", "store", "model"]),
    ("gongkai-parser", &["runtime", "bus", "store", "model", "reading"]),
    ("gongkai-validator", &["runtime", "bus", "store", "model", "judging"]),
    ("gongkai-alerter", &["runtime", "bus", "store", "model"]),
    ("gongkai-console", &["runtime", "bus", "store", "model", "judging"]),
    (
        "gongkai",
        &[
            "fetcher",
            "parser",
            "validator",
            "alerter",
            "console",
            "runtime",
            "bus",
            "store",
            "model",
            "reading",
            "judging",
        ],
    ),
];
/// Crates that only one crate of the workspace may use, tests included.
const ONLY_IN: [(&str, &str); 2] = [("sqlx", "gongkai-store"), ("lapin", "gongkai-bus")];
const SERVICES: [&str; 5] =
    ["gongkai-fetcher", "gongkai-parser", "gongkai-validator", "gongkai-alerter", "gongkai-console"];
/// Crates that bring OpenSSL or AWS-LC.
const REFUSED: [&str; 5] = ["openssl", "openssl-sys", "native-tls", "aws-lc-rs", "aws-lc-sys"];

/// `cargo metadata` for this platform: crates for others are not downloaded.
fn metadata() -> Value {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let about = String::from_utf8(rustc.stdout).unwrap();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["metadata", "--format-version", "1", "--offline", "--filter-platform", &host]);
    let output = command.current_dir(repository()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Dependencies of each crate of the workspace: (name, only for tests).
fn own_dependencies() -> BTreeMap<String, Vec<(String, bool)>> {
    let metadata = metadata();
    let members: BTreeSet<&str> =
        metadata["workspace_members"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let own = |package: &&Value| members.contains(package["id"].as_str().unwrap());
    let dependency = |d: &Value| (d["name"].as_str().unwrap().to_owned(), d["kind"].as_str() == Some("dev"));
    let packages = metadata["packages"].as_array().unwrap().iter().filter(own);
    packages
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter().map(dependency).collect();
            (package["name"].as_str().unwrap().to_owned(), dependencies)
        })
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let own = own_dependencies();
    let known: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    for (name, dependencies) in own.iter().filter(|(name, _)| *name != "gongkai-tests") {
        let may =
            known.get(name.as_str()).unwrap_or_else(|| panic!("{name}: say in MAY_USE what it may build on"));
        for (dependency, _) in
            dependencies.iter().filter(|(dependency, test)| own.contains_key(dependency) && !test)
        {
            let short = dependency.trim_start_matches("gongkai-");
            assert!(may.contains(&short), "{name} builds on {dependency}");
        }
    }
    assert_eq!(own.len(), MAY_USE.len() + 1, "{:?}", own.keys());
}

#[test]
fn no_service_knows_another_even_in_its_tests() {
    for (name, dependencies) in
        own_dependencies().iter().filter(|(name, _)| SERVICES.contains(&name.as_str()))
    {
        for (dependency, _) in dependencies {
            let other = SERVICES.contains(&dependency.as_str()) || dependency == "gongkai";
            assert!(!other, "{name} knows {dependency}");
        }
    }
}

#[test]
fn the_database_and_the_broker_are_spoken_to_in_one_crate_each() {
    for (name, dependencies) in own_dependencies() {
        for (dependency, _) in &dependencies {
            let home = ONLY_IN.iter().find(|(only, _)| only == dependency).map(|(_, home)| *home);
            assert!(home.is_none_or(|home| home == name), "{name} uses {dependency}");
        }
    }
}

#[test]
fn neither_openssl_nor_aws_lc_is_in_the_tree() {
    let lock = fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    for line in lock.lines() {
        let name = line.strip_prefix("name = \"").and_then(|rest| rest.strip_suffix('"'));
        assert!(name.is_none_or(|name| !REFUSED.contains(&name)), "{line}");
    }
    assert!(lock.contains("name = \"ring\""));
}

#[test]
fn every_licence_goes_with_apache_2() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let licence = package["license"].as_str().unwrap_or("");
        if !compatible(licence) {
            wrong.push(format!("{} {}: {licence}", package["name"], package["version"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn sources() -> Vec<PathBuf> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                if path.file_name().unwrap() != "target" {
                    walk(&path, into);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                into.push(path);
            }
        }
    }
    let mut files = Vec::new();
    ["shared", "services", "tests"].iter().for_each(|part| walk(&repository().join(part), &mut files));
    assert!(files.len() > 200, "{}", files.len());
    files
}

#[test]
fn every_file_says_at_once_why_it_exists() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        let first = text.lines().next().unwrap_or("");
        assert!(first.len() > 8 && first.starts_with("//! "), "{}: {first}", file.display());
    }
}

#[test]
fn files_are_named_after_what_is_in_them() {
    for file in sources() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            !["mod.rs", "utils.rs", "util.rs", "common.rs", "helpers.rs"].contains(&name.as_str()),
            "{}",
            file.display()
        );
    }
}

#[test]
fn no_file_names_the_folder_it_was_built_in() {
    // Put together, so that this line is not the one that is found.
    let place = ["/wo", "rk/"].concat();
    for file in sources() {
        assert!(!fs::read_to_string(&file).unwrap().contains(&place), "{}", file.display());
    }
}

#[test]
fn every_rule_stands_in_the_documents_where_they_are_listed() {
    let list = repository().join("docs/rules.md");
    let Ok(text) = fs::read_to_string(list) else { return };
    let json = Folder::new().gongkai(&["rules", "--format", "json"]).out_of(0);
    let rules: Vec<Value> = serde_json::from_str(&json).unwrap();
    for rule in &rules {
        let code = rule["code"].as_str().unwrap();
        assert!(text.contains(code), "docs/rules.md does not have {code}");
    }
}
