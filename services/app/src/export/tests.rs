//! Each table in each format, read back by another reader and compared with what the store holds.
mod reading;
mod scene;

use std::{collections::BTreeSet, fs};

use clap::Parser;
use gongkai_store::{SqlStore, Wanted};
use jiff::civil::date;

use self::{
    reading::{Row, rows},
    scene::{TITLE, filled},
};
use super::{check, export};
use crate::cli::{Cli, Command, ExportArguments, ExportFormat};

const FORMATS: &[&str] =
    if cfg!(feature = "parquet") { &["csv", "xlsx", "parquet"] } else { &["csv", "xlsx"] };

fn arguments(words: &[&str]) -> ExportArguments {
    let cli = Cli::try_parse_from([&["gongkai", "export"], words].concat()).unwrap();
    match cli.command {
        Command::Export(arguments) => arguments,
        other => panic!("{other:?}"),
    }
}

/// What the command writes, read back.
async fn exported(store: &SqlStore, words: &[&str]) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    let words = [words, &["--out", file.to_str().unwrap()]].concat();
    let arguments = arguments(&words);
    check(&arguments).unwrap();
    let told = export(store, &arguments, date(2026, 2, 10)).await.unwrap();
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["out"], "nothing lies beside it");
    let rows = rows(&file, arguments.format);
    assert_eq!(rows.len() as u64, told);
    rows
}

/// The fields of these columns; nothing is `∅`.
fn fields<'r, const N: usize>(row: &'r Row, columns: [&str; N]) -> [&'r str; N] {
    columns.map(|column| row[column].as_deref().unwrap_or("∅"))
}

/// A text as the format has it: one that looks like a formula is made harmless where something might run it.
fn text(format: &str, text: &str) -> String {
    if format == "parquet" { text.to_owned() } else { format!("'{text}") }
}

#[tokio::test]
async fn cells_keep_their_numbers_and_a_blank_is_never_0() {
    let store = filled().await;
    for format in FORMATS {
        let rows = exported(&store, &["--what", "cells", "--format", format]).await;
        let of = ["table", "row", "column", "state", "value", "unit", "printed", "printed_unit"];
        let told: Vec<_> = rows.iter().map(|row| fields(row, of)).collect();
        let (dash, formula) = (text(format, "-"), text(format, "=1+1"));
        let number = ["requests", "new_received", "natural_person", "printed", "12", "∅", "+12", "∅"];
        assert_eq!(
            told,
            [
                [
                    "disclosure",
                    "fees",
                    "amount_wan_yuan",
                    "printed",
                    "3.5",
                    "wan_yuan",
                    "3.5万元（含减免）",
                    "wan_yuan"
                ],
                number,
                ["requests", "new_received", "other", "blank", "∅", "∅", dash.as_str(), "∅"],
                ["requests", "new_received", "total", "unreadable", "∅", "∅", formula.as_str(), "∅"],
                ["requests", "granted", "total", "printed", "-0.5", "∅", "-0.5", "∅"],
            ],
            "{format}"
        );
        let whose = fields(&rows[0], ["body", "body_name", "region", "year", "scope", "form"]);
        assert_eq!(whose, ["water", "临河市水务局", "9901", "2025", "own", "2021"], "{format}");
    }
}

#[tokio::test]
async fn reports_say_whose_they_are_and_how_they_stand() {
    let store = filled().await;
    let listed = store_reports(&store).await;
    for format in FORMATS {
        let rows = exported(&store, &["--what", "reports", "--format", format]).await;
        let ids: Vec<_> = rows.iter().map(|row| row["report"].clone().unwrap()).collect();
        assert_eq!(ids, listed, "{format}: every current report once");
        let water = rows.iter().find(|row| row["body"].as_deref() == Some("water")).unwrap();
        let columns = [
            "body_name",
            "region",
            "level",
            "body_kind",
            "site",
            "year",
            "kind",
            "title",
            "publisher",
            "url",
            "published",
            "published_kind",
            "first_seen",
            "form",
            "form_requests",
            "form_proceedings",
            "sections",
            "cells",
            "verdict",
            "errors",
            "warnings",
            "hints",
            "due",
            "due_state",
        ];
        let (title, url) = (text(format, TITLE), "http://linhe.invalid/annual/water.html");
        let wanted = [
            "临河市水务局",
            "9901",
            "prefecture",
            "department",
            "linhe",
            "2025",
            "annual_report",
            title.as_str(),
            "临河市水务局",
            url,
            "2026-01-20",
            "publish_line",
            "2026-02-01T00:00:01Z",
            "2021",
            "2021",
            "∅",
            "1 2",
            "5",
            "inconsistent",
            "1",
            "0",
            "0",
            "2026-01-31",
            "in_time",
        ];
        assert_eq!(fields(water, columns), wanted, "{format}");
        let nobodys = rows.iter().find(|row| row["body"].is_none()).unwrap();
        let unknown =
            fields(nobodys, ["body_name", "year", "published", "form", "verdict", "due_state", "cells"]);
        assert_eq!(unknown, ["∅", "∅", "∅", "∅", "∅", "∅", "0"], "{format}");
    }
}

async fn store_reports(store: &SqlStore) -> Vec<String> {
    use gongkai_store::Store;
    let all = store.reports_after(&Wanted::default(), None, 100).await.unwrap();
    assert_eq!(all.len(), 3);
    all.iter().map(|listed| listed.row.id.to_string()).collect()
}

#[tokio::test]
async fn findings_tell_their_life_and_what_they_rest_on() {
    let store = filled().await;
    for format in FORMATS {
        let rows = exported(&store, &["--what", "findings", "--format", format]).await;
        let of = ["fingerprint", "body", "code", "severity", "state"];
        let told: Vec<_> = rows.iter().map(|row| fields(row, of)).collect();
        assert_eq!(
            told,
            [
                ["f4", "schools", "S103", "error", "new"],
                ["f1", "water", "T301", "error", "persists"],
                ["f2", "water", "S113", "hint", "fixed"],
                ["f3", "water", "T302", "error", "dismissed"],
            ],
            "{format}"
        );
        let columns = [
            "identity",
            "year",
            "scope",
            "table",
            "row",
            "column",
            "expected",
            "actual",
            "message",
            "message_en",
            "basis",
            "basis_en",
            "evidence",
            "evidence_at",
            "suspects",
            "first_seen",
            "last_seen",
            "fixed",
        ];
        let evidence = text(format, "@合计 35");
        let wanted = [
            "water/2025",
            "2025",
            "own",
            "requests",
            "new_received",
            "total",
            "25",
            "35",
            "总计应为25，实为35",
            "the total should be 25, it is 35",
            "国办公开办函〔2021〕30号",
            "notice 30 of 2021",
            evidence.as_str(),
            "4-9",
            "requests.new_received.total 35 -> 25",
            "2026-02-01T00:00:04Z",
            "2026-02-01T00:00:05Z",
            "∅",
        ];
        assert_eq!(fields(&rows[1], columns), wanted, "{format}");
        assert_eq!(rows[2]["fixed"].as_deref(), Some("2026-02-01T00:00:05Z"));
        assert_eq!(rows[3]["dismissed"].as_deref(), Some("2026-02-01T00:00:06Z"));
    }
}

#[tokio::test]
async fn the_ledger_is_what_is_exported_unless_told_otherwise() {
    let store = filled().await;
    for format in FORMATS {
        let rows = exported(&store, &["--format", format]).await;
        let told: Vec<_> = rows.iter().map(|row| fields(row, ["主管单位", "单位", "规则", "状态"])).collect();
        assert_eq!(
            told,
            [
                ["∅", "青塘市教育局", "S103", "整改中"],
                ["临河市人民政府", "临河市水务局", "T301", "整改中"],
                ["临河市人民政府", "临河市水务局", "T302", "已忽略"],
                ["临河市人民政府", "临河市水务局", "S113", "已整改"],
            ],
            "{format}"
        );
        let first = fields(&rows[1], ["年度", "应有值", "实有值", "发现日期", "整改期限", "整改日期"]);
        assert_eq!(first, ["2025", "25", "35", "2026-02-01", "2026-03-03", "∅"], "{format}");
    }
}

#[tokio::test]
async fn filters_restrict_every_table() {
    let store = filled().await;
    for (filter, reports, cells, findings, ledger) in [
        (&["--body", "water"][..], 1, 5, 3, 3),
        (&["--office", "linhe"], 1, 5, 3, 3),
        (&["--region", "9902"], 1, 0, 1, 1),
        (&["--region", "99"], 2, 5, 4, 4),
        (&["--region", "9901", "--body", "schools"], 0, 0, 0, 0),
        (&["--year", "2024"], 0, 0, 0, 0),
    ] {
        for (what, wanted) in
            [("reports", reports), ("cells", cells), ("findings", findings), ("ledger", ledger)]
        {
            for format in FORMATS {
                let words = [&["--what", what, "--format", format], filter].concat();
                assert_eq!(exported(&store, &words).await.len(), wanted, "{words:?}");
            }
        }
    }
    for what in ["findings", "ledger"] {
        let open = exported(&store, &["--what", what, "--format", "csv", "--open"]).await;
        assert_eq!(open.len(), 2, "{what}");
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_leaves_what_was_there() {
    let store = filled().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cells.csv");
    fs::write(&file, "what was there").unwrap();
    let place = file.to_str().unwrap();
    for (words, said) in [
        (&["--what", "cells", "--open"][..], "--open"),
        (&["--what", "findings", "--days", "3"], "--days"),
        (&["--region", "市"], "--region"),
        (&["--region", "12"], "12"),
        (&["--body", "nobody"], "nobody"),
    ] {
        let words = [words, &["--format", "csv", "-o", place]].concat();
        let arguments = arguments(&words);
        let error = match check(&arguments) {
            Err(error) => error,
            Ok(()) => export(&store, &arguments, date(2026, 2, 10)).await.unwrap_err(),
        };
        assert!(error.to_string().contains(said), "{words:?}: {error}");
    }
    let there: BTreeSet<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!((there.len(), fs::read_to_string(&file).unwrap().as_str()), (1, "what was there"));
    for format in ["xlsx", "parquet"] {
        let error = check(&arguments(&["--what", "cells", "--format", format])).unwrap_err();
        assert!(error.to_string().contains(if FORMATS.contains(&format) { "--output" } else { "features" }));
    }
    assert_eq!(arguments(&["--format", "parquet"]).format, ExportFormat::Parquet, "named in every build");
}
