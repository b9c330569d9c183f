//! `status`, `why`, `replay`, `dead-letters`: beside a running service and after it.
use std::{
    collections::{HashMap, HashSet},
    fs,
};

use calamine::Reader;
use serde_json::Value;

use gongkai_harness::{
    folder::Folder,
    picture::{DEMO_STORE, Picture, settle},
    service::Service,
};

/// The demo's store, for commands that are not told of the demo.
const SETTINGS: &str = "[store]\nurl = \"sqlite:gongkai-demo/gongkai.db\"\n[archive]\nurl = \"file:gongkai-demo/archive\"\n[sites]\ndir = \"gongkai-demo/sites\"\n[registry]\nfile = \"gongkai-demo/registry.csv\"\n";

fn status(folder: &Folder) -> Value {
    serde_json::from_str(&folder.gongkai(&["status", "--format", "json"]).out_of(0)).unwrap()
}

fn done(status: &Value, stage: &str) -> u64 {
    let stages = status["stages"].as_array().unwrap();
    stages.iter().find(|line| line["stage"] == stage).unwrap()["done"].as_u64().unwrap()
}

fn looks(folder: &Folder) {
    let json = status(folder);
    assert_eq!((done(&json, "parse"), done(&json, "judge")), (19, 19), "{json}");
    assert_eq!((&json["dead_letters"], &json["unassigned"]), (&Value::from(0), &Value::from(0)));
    assert_eq!(json["lacking"].as_array().unwrap().len(), 1, "{json}");
    assert_eq!(
        (&json["lacking"][0]["body"], &json["lacking"][0]["state"]),
        (&"yz-czj".into(), &"missing".into())
    );
    let text = folder.gongkai(&["status"]).out_of(0);
    assert!(text.contains("云泽市财政局") && text.contains("missing") && text.contains("yunze"), "{text}");
    let trail = folder.gongkai(&["why", "yz-scjg", "2025"]).out_of(0);
    assert!(trail.contains("P806") && trail.matches("fetched").count() >= 2, "{trail}");
    let address = folder.gongkai(&["why", "http://demo.invalid/reports/yz-gaj-2025.html"]).out_of(0);
    assert!(address.contains("yz-gaj") && address.contains("judged"), "{address}");
    let said = folder.gongkai(&["why", "nobody", "2025"]).err_of(2);
    assert!(said.contains("nobody"), "{said}");
    let letters = folder.gongkai(&["dead-letters", "list", "--format", "json"]).out_of(0);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&letters).unwrap().len(), 0);
    assert!(folder.gongkai(&["dead-letters", "redrive"]).out_of(0).starts_with("0 "));
}

/// The ledger as a spreadsheet and as CSV: the same problems, with what people need to have them mended.
fn ledger(folder: &Folder) {
    let out =
        folder.gongkai(&["export", "--format", "xlsx", "-o", "台账.xlsx", "--office", "yz-gov"]).out_of(0);
    assert!(out.contains("条问题已写入 台账.xlsx"), "{out}");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.path().join("台账.xlsx")).unwrap();
    let sheet = book.worksheet_range("问题台账").unwrap();
    let head: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(head[..6], ["主管单位", "单位", "年度", "规则", "级别", "问题"]);
    let rows: Vec<Vec<String>> =
        sheet.rows().skip(1).map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let total = rows.iter().find(|row| row[1] == "云泽市公安局" && row[3] == "T301").unwrap();
    assert_eq!(total[2], "2025");
    assert_eq!((total[7].as_str(), total[8].as_str(), total[14].as_str()), ("25", "35", "整改中"));
    assert!(total[9].contains("总计") && total[6].contains("国办公开办函"), "{total:?}");
    let mended = rows.iter().find(|row| row[1] == "云泽市市场监督管理局" && row[14] == "已整改").unwrap();
    assert!(!mended[15].is_empty(), "{mended:?}");
    let counted = book.worksheet_range("汇总").unwrap();
    let police = counted.rows().find(|row| row[1] == "云泽市公安局").unwrap();
    let own = rows.iter().filter(|row| row[1] == "云泽市公安局" && row[2] == police[2].to_string()).count();
    assert_eq!(police[3].to_string(), own.to_string());
    let csv = folder.gongkai(&["export", "--format", "csv", "--office", "yz-gov"]).out_of(0);
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(reader.records().count(), rows.len(), "the same problems");
    let one = folder.gongkai(&["export", "--format", "csv", "--body", "yz-gaj", "--open"]).out_of(0);
    assert!(one.lines().skip(1).all(|line| line.contains("云泽市公安局")) && one.contains("T303"), "{one}");
    let said = folder.gongkai(&["export", "--format", "csv", "--office", "nobody"]).err_of(2);
    assert!(said.contains("nobody"), "{said}");
    assert!(folder.gongkai(&["export", "--format", "xlsx"]).err_of(2).contains("--output"));
}

/// Rows of an export as CSV, by the names of its columns.
fn exported(folder: &Folder, words: &[&str]) -> Vec<HashMap<String, String>> {
    let csv = folder.gongkai(&[&["export", "--format", "csv"], words].concat()).out_of(0);
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// Reports, cells and findings as tables that go together.
fn tables(folder: &Folder) {
    let reports = exported(folder, &["--what", "reports"]);
    let cells = exported(folder, &["--what", "cells"]);
    let findings = exported(folder, &["--what", "findings"]);
    let ids: HashSet<&str> = reports.iter().map(|row| row["report"].as_str()).collect();
    assert!(reports.len() > 10 && ids.len() == reports.len(), "each once");
    for report in &reports {
        let own = cells.iter().filter(|cell| cell["report"] == report["report"]).count();
        assert_eq!(own.to_string(), report["cells"], "{report:?}");
    }
    assert!(findings.iter().all(|f| f["report"].is_empty() || ids.contains(f["report"].as_str())));
    let police = |row: &&HashMap<String, String>| row["body"] == "yz-gaj" && row["year"] == "2025";
    let report = reports.iter().find(police).unwrap();
    assert_eq!((report["body_name"].as_str(), report["verdict"].as_str()), ("云泽市公安局", "inconsistent"));
    let total = findings.iter().filter(police).find(|row| row["code"] == "T301").unwrap();
    assert_eq!((total["expected"].as_str(), total["actual"].as_str()), ("25", "35"));
    let at = ["table", "row", "column"];
    let cell = cells.iter().filter(police).find(|cell| at.iter().all(|part| cell[*part] == total[*part]));
    assert_eq!((cell.unwrap()["value"].as_str(), cell.unwrap()["state"].as_str()), ("35", "printed"));
    let out =
        folder.gongkai(&["export", "--what", "cells", "--format", "xlsx", "--out", "cells.xlsx"]).out_of(0);
    assert!(out.starts_with(&format!("{} 行已写入 cells.xlsx", cells.len())), "{out}");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.path().join("cells.xlsx")).unwrap();
    assert_eq!(book.worksheet_range("cells").unwrap().height(), cells.len() + 1);
    folder.gongkai(&["export", "--what", "cells", "--format", "parquet", "--out", "cells.parquet"]).out_of(0);
    let parquet = fs::read(folder.path().join("cells.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    // A reader that has seen enough is no failure.
    let ended = folder.shell("set -o pipefail; \"$GONGKAI\" export --what cells --format csv | head -n 1");
    assert_eq!((ended.code(), ended.err.as_str()), (0, ""), "{ended:?}");
}

#[test]
fn questions_are_answered_beside_a_running_service_and_after_it() {
    let folder = Folder::new();
    folder.write("gongkai.toml", SETTINGS);
    let store = folder.path().join(DEMO_STORE);
    let mut service = Service::demo(folder.path(), &[]);
    service.console();
    settle("the demo", &service, &store, 3);
    looks(&folder);
    // Everything is judged again while the service runs, and nothing changes.
    let before = Picture::of(&store);
    let out = folder.gongkai(&["replay", "--from", "fetched"]).out_of(0);
    assert!(out.starts_with("19 "), "{out}");
    settle("the replay", &service, &store, 3);
    before.assert_same(&Picture::of(&store), "a replay beside the service");
    assert!(service.interrupt().0.success());
    looks(&folder);
    ledger(&folder);
    tables(&folder);
}

#[test]
fn a_replay_waits_for_the_service_when_none_runs() {
    let folder = Folder::new();
    folder.write("gongkai.toml", SETTINGS);
    let store = folder.path().join(DEMO_STORE);
    let service = Service::demo(folder.path(), &[]);
    settle("the demo", &service, &store, 3);
    assert!(service.interrupt().0.success());
    let before = Picture::of(&store);
    let out = folder.gongkai(&["replay", "--from", "parsed", "--body", "yz-gaj"]).out_of(0);
    assert!(out.starts_with("1 "), "{out}");
    assert!(folder.gongkai(&["why", "yz-gaj", "2025"]).out_of(0).contains("等待"));
    let second = Service::demo(folder.path(), &[]);
    settle("what waited", &second, &store, 3);
    assert!(second.interrupt().0.success());
    before.assert_same(&Picture::of(&store), "a replay before the service");
}
