//! Commands that need no store: `rules`, `explain`, help, `doctor`; and what commands say where there is no store yet.
use serde_json::Value;

use gongkai_harness::folder::Folder;
use gongkai_testkit::site::{Page, Site};

/// Codes of the contract that this release implements.
const CODES: [&str; 31] = [
    "S101", "S102", "S103", "S104", "S110", "S111", "S113", "S114", "S115", "S117", "T201", "T202", "T203",
    "T204", "T205", "T208", "T301", "T302", "T303", "T304", "T401", "T402", "P801", "P802", "P803", "P804",
    "P805", "P806", "P807", "P808", "P809",
];

#[test]
fn rules_lists_every_rule() {
    let folder = Folder::new();
    let json: Vec<Value> =
        serde_json::from_str(&folder.gongkai(&["rules", "--format", "json"]).out_of(0)).unwrap();
    let codes: Vec<&str> = json.iter().map(|rule| rule["code"].as_str().unwrap()).collect();
    for code in CODES {
        assert!(codes.contains(&code), "{code} is missing: {codes:?}");
    }
    let mut once = codes.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), codes.len(), "a code twice: {codes:?}");
    for lang in ["zh", "en"] {
        let text = folder.gongkai(&["rules", "--lang", lang]).out_of(0);
        assert!(codes.iter().all(|code| text.contains(code)), "{text}");
    }
}

#[test]
fn every_rule_explains_itself_in_both_languages() {
    let folder = Folder::new();
    for code in CODES {
        let zh = folder.gongkai(&["explain", code]).out_of(0);
        assert!(zh.starts_with(code) && zh.contains("依据："), "{zh}");
        let en = folder.gongkai(&["explain", "--lang", "en", code]).out_of(0);
        assert!(en.starts_with(code) && en.to_lowercase().contains("basis: "), "{en}");
    }
}

#[test]
fn explain_takes_code_and_name_and_shows_examples() {
    let folder = Folder::new();
    let out = folder.gongkai(&["explain", "T301"]).out_of(0);
    assert!(out.contains("row-total") && out.contains("例1") && out.contains("→ 不报"), "{out}");
    assert_eq!(folder.gongkai(&["explain", "t301"]).out_of(0), out);
    assert_eq!(folder.gongkai(&["explain", "row-total"]).out_of(0), out);
}

#[test]
fn an_unknown_code_is_refused_with_the_known_ones() {
    let said = Folder::new().gongkai(&["explain", "T999"]).err_of(2);
    assert!(said.contains("T999") && said.contains("T301") && said.contains("P807"), "{said}");
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn an_unknown_command_is_refused_with_the_nearest() {
    let said = Folder::new().gongkai(&["chek"]).err_of(2);
    assert!(said.contains("check"), "{said}");
    assert!(Folder::new().gongkai(&["--help"]).out_of(0).contains("dead-letters"));
    assert!(Folder::new().gongkai(&["--version"]).out_of(0).starts_with("gongkai "));
}

#[test]
fn doctor_says_what_is_there_and_what_is_not() {
    let folder = Folder::with_examples();
    folder.write(
        "gongkai.toml",
        "[sites]\ndir = \"examples/sites\"\n[registry]\nfile = \"examples/registry.csv\"\n",
    );
    let free = "GONGKAI_HTTP__LISTEN=127.0.0.1:0 \"$GONGKAI\" doctor";
    let out = folder.shell(free).out_of(0);
    assert!(out.contains("16 个机构，1 个站点") && out.lines().all(|line| line.starts_with('✓')), "{out}");
    std::fs::remove_file(folder.path().join("examples/registry.csv")).unwrap();
    let out = folder.shell(free).out_of(2);
    assert!(out.contains("✗ 登记表与站点") && out.contains("examples/registry.csv"), "{out}");
}

#[test]
fn without_a_store_the_first_step_is_named() {
    let folder = Folder::new();
    for command in [
        &["status"][..],
        &["why", "yz-gov", "2025"],
        &["replay", "--from", "fetched"],
        &["dead-letters", "list"],
    ] {
        let said = folder.gongkai(command).err_of(2);
        assert!(said.contains("gongkai run"), "{command:?}: {said}");
        assert!(!folder.path().join("gongkai-data").exists(), "{command:?} made something");
    }
}

#[test]
fn a_registry_is_made_from_division_codes_and_never_over_a_file() {
    let folder = Folder::new();
    let said = folder.gongkai(&["registry", "build", "--region", "3301", "-o", "registry.csv"]).out_of(0);
    assert!(said.contains("registry.csv"), "{said}");
    let text = std::fs::read_to_string(folder.path().join("registry.csv")).unwrap();
    assert!(text.contains("MIT") && text.contains("330100-gov,杭州市人民政府,"), "{text}");
    std::fs::create_dir(folder.path().join("sites")).unwrap();
    // Loaded as any registry is.
    let said = folder.gongkai(&["sites", "check", "sites"]).out_of(0);
    assert!(said.contains("没有问题"), "{said}");
    let refused = folder.gongkai(&["registry", "build", "-o", "registry.csv"]).err_of(2);
    assert!(refused.contains("registry.csv"), "{refused}");
    let unknown = folder.gongkai(&["registry", "build", "--region", "98"]).err_of(2);
    assert!(unknown.contains("98"), "{unknown}");
}

#[test]
fn the_example_profiles_are_right() {
    let folder = Folder::new();
    let profiles = gongkai_harness::folder::repository().join("examples/profiles");
    let said = folder.gongkai(&["sites", "check", profiles.to_str().unwrap()]).out_of(0);
    assert!(said.contains("没有问题"), "{said}");
}

#[test]
fn a_profile_is_drafted_from_a_home_page_within_the_address_guard() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let site = runtime.block_on(Site::start()).unwrap();
    let entry = |name: &str| {
        format!("<li><a href='/{name}.html'>云泽市{name}2025年政府信息公开工作年度报告</a></li>")
    };
    let text = "云泽市人民政府".repeat(80);
    site.put(
        "/",
        Page::html(format!("<title>云泽市人民政府</title><a href='/nb/'>政府信息公开年报</a><p>{text}</p>")),
    );
    site.put(
        "/nb/",
        Page::html(format!("<ul class='nb'>{}{}</ul><p>{text}</p>", entry("财政局"), entry("教育局"))),
    );
    let folder = Folder::new();
    let refused = folder.gongkai(&["sites", "draft", &site.root()]).err_of(2);
    assert!(refused.contains("127.0.0.1"), "{refused}");
    let open = [("GONGKAI_FETCH__ALLOW_PRIVATE", "true"), ("GONGKAI_FETCH__HOST_INTERVAL_MS", "0")];
    let said = folder.gongkai_with(&["sites", "draft", &site.root()], &open).out_of(0);
    assert!(said.contains("list = \"ul.nb\"") && said.contains("item = \"ul.nb > li\""), "{said}");
}
