//! `check` and `extract` on drafts: formats, order, exit codes, pipes.
use std::collections::BTreeSet;

use calamine::Reader;
use serde_json::Value;

use gongkai_harness::folder::Folder;

/// Fields of a document, in the order of the contract.
const DOCUMENT: [&str; 18] = [
    "schema",
    "source",
    "index",
    "kind",
    "error",
    "title",
    "publisher",
    "body",
    "year",
    "form",
    "forms",
    "published",
    "published_kind",
    "sections",
    "verdict",
    "counts",
    "findings",
    "repairs",
];
/// Fields of a finding.
const FINDING: [&str; 14] = [
    "fingerprint",
    "code",
    "rule",
    "severity",
    "origin",
    "table",
    "row",
    "column",
    "expected",
    "actual",
    "message",
    "basis",
    "evidence",
    "suspects",
];
const WRONG: &str = "examples/drafts/zhujianju-2025.html";
const RIGHT: &str = "examples/drafts/shuiliju-2025.html";

/// The keys of the object that begins at the start of `json`, in their order as printed.
fn keys_as_printed(json: &str) -> Vec<String> {
    let (mut keys, mut depth, mut string, mut escaped) = (Vec::new(), 0, None, false);
    for (at, sign) in json.char_indices() {
        match (string, sign) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(begin), '"') => {
                if depth == 1 && json[at + 1..].starts_with(':') {
                    keys.push(json[begin + 1..at].to_owned());
                }
                string = None;
            }
            (Some(_), _) => {}
            (None, '"') => string = Some(at),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth -= 1,
            (None, _) => {}
        }
        if depth == 0 {
            return keys;
        }
    }
    panic!("an object without an end: {json}")
}

#[test]
fn json_has_the_fields_of_the_contract_in_their_order() {
    let folder = Folder::with_examples();
    let out = folder.gongkai(&["check", "--format", "json", WRONG]).out_of(1);
    assert_eq!(keys_as_printed(&out[1..]), DOCUMENT);
    let finding = &out[out.find("\"findings\":[").unwrap() + "\"findings\":[".len()..];
    assert_eq!(keys_as_printed(finding), FINDING);
    assert_eq!(
        keys_as_printed(&out[out.find("\"forms\":").unwrap() + 8..]),
        ["disclosure", "requests", "proceedings"]
    );
    assert_eq!(keys_as_printed(&out[out.find("\"counts\":").unwrap() + 9..]), ["error", "warning", "hint"]);
    assert_eq!(keys_as_printed(&out[out.find("\"evidence\":[").unwrap() + 12..]), ["text", "start", "end"]);
}

#[test]
fn json_tells_the_planted_errors() {
    let folder = Folder::with_examples();
    let out: Value =
        serde_json::from_str(&folder.gongkai(&["check", "--format", "json", WRONG]).out_of(1)).unwrap();
    let document = &out[0];
    for (field, value) in [
        ("source", Value::from(WRONG)),
        ("kind", "annual_report".into()),
        ("year", 2025.into()),
        ("form", "2021".into()),
        ("published", "2026-01-13".into()),
        ("verdict", "inconsistent".into()),
        ("sections", vec![1, 2, 3, 4, 5, 6].into()),
        ("body", Value::Null),
        ("error", Value::Null),
    ] {
        assert_eq!(document[field], value, "{field}");
    }
    let told: Vec<String> = document["findings"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(
        told,
        [
            "T301 error requests/partially_granted/total 10 11",
            "T302 error requests/results_total/total 80 79",
            "T401 error proceedings/review/total 11 12"
        ]
    );
}

fn told(finding: &Value) -> String {
    let text = |name: &str| finding[name].as_str().unwrap_or("-").to_owned();
    let place = format!("{}/{}/{}", text("table"), text("row"), text("column"));
    format!("{} {} {place} {} {}", text("code"), text("severity"), text("expected"), text("actual"))
}

#[test]
fn evidence_is_the_slice_of_the_text_that_extract_prints() {
    let folder = Folder::with_examples();
    let check: Value =
        serde_json::from_str(&folder.gongkai(&["check", "--format", "json", WRONG]).out_of(1)).unwrap();
    let extract: Value =
        serde_json::from_str(&folder.gongkai(&["extract", "--format", "json", WRONG]).out_of(0)).unwrap();
    let text: Vec<char> = extract[0]["text"].as_str().unwrap().chars().collect();
    let mut seen = 0;
    for evidence in
        check[0]["findings"].as_array().unwrap().iter().flat_map(|f| f["evidence"].as_array().unwrap())
    {
        let at = |name: &str| usize::try_from(evidence[name].as_u64().unwrap()).unwrap();
        let slice: String = text[at("start")..at("end")].iter().collect();
        assert_eq!(evidence["text"], slice.as_str());
        seen += 1;
    }
    assert!(seen >= 3, "{seen}");
}

#[test]
fn jsonl_is_json_a_line_each() {
    let folder = Folder::with_examples();
    let array: Vec<Value> =
        serde_json::from_str(&folder.gongkai(&["check", "--format", "json", "examples/drafts"]).out_of(1))
            .unwrap();
    let lines = folder.gongkai(&["check", "--format", "jsonl", "examples/drafts"]).out_of(1);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, array);
    assert_eq!(lines.len(), 3);
}

#[test]
fn findings_of_several_reports_on_one_page_are_told_apart() {
    let folder = Folder::with_examples();
    let page = std::fs::read_to_string(folder.path().join(WRONG)).unwrap();
    let body = page.split_once("<body>").unwrap().1.split_once("</body>").unwrap().0;
    folder.write("years.html", format!("<body>{body}{}</body>", body.replace("2025", "2024")));
    let lines = folder.gongkai(&["check", "--format", "jsonl", "years.html"]).out_of(1);
    let reports: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let years: Vec<_> =
        reports.iter().map(|report| (report["index"].clone(), report["year"].clone())).collect();
    assert_eq!(years, [(0.into(), 2025.into()), (1.into(), 2024.into())]);
    let findings: Vec<_> = reports.iter().flat_map(|report| report["findings"].as_array().unwrap()).collect();
    let once: BTreeSet<_> = findings.iter().map(|finding| finding["fingerprint"].as_str()).collect();
    assert_eq!((findings.len(), once.len()), (6, 6), "{findings:?}");
}

#[test]
fn csv_has_a_line_for_each_finding() {
    let folder = Folder::with_examples();
    let out = folder.gongkai(&["check", "--format", "csv", "--lang", "en", "examples/drafts"]).out_of(1);
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let head = "source,index,title,year,code,rule,severity,table,row,column,expected,actual,message,basis";
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>().join(","), head);
    let lines: Vec<_> = reader.records().map(Result::unwrap).collect();
    let codes: Vec<&str> = lines.iter().map(|line| &line[4]).collect();
    assert_eq!(codes, ["T301", "T302", "T401"]);
    assert!(
        lines.iter().all(|line| &line[0] == WRONG && &line[3] == "2025" && line[12].contains("the printed")),
        "{out}"
    );
}

#[test]
fn text_speaks_chinese_and_english() {
    let folder = Folder::with_examples();
    let zh = folder.gongkai(&["check", WRONG]).out_of(1);
    assert!(zh.contains("表内勾稽不一致") && zh.contains("按其他数字应为 10，实印 11"), "{zh}");
    assert!(zh.contains("共 1 份：不一致 1；错误 3"), "{zh}");
    let en = folder.gongkai(&["check", "--lang", "en", WRONG]).out_of(1);
    assert!(en.contains("T301") && en.contains("expected 10") && !en.contains("总计印为"), "{en}");
    assert!(!zh.contains('\u{1b}'), "colours without a terminal");
}

#[test]
fn exit_codes_follow_the_level() {
    let folder = Folder::with_examples();
    assert_eq!(folder.gongkai(&["check", RIGHT]).code(), 0);
    assert_eq!(folder.gongkai(&["check", WRONG]).code(), 1);
    assert_eq!(folder.gongkai(&["check", "--fail-on", "never", WRONG]).code(), 0);
    assert_eq!(folder.gongkai(&["check", "nowhere.html"]).code(), 2);
    assert_eq!(folder.gongkai(&["check"]).code(), 2);
    assert_eq!(folder.gongkai(&["check", "--format", "yaml", RIGHT]).code(), 2);
    // A report whose gravest finding is a warning (an old form).
    let warned = "examples/site/reports/yz-zrzy-2024.html";
    assert_eq!(folder.gongkai(&["check", warned]).code(), 0);
    assert_eq!(folder.gongkai(&["check", "--fail-on", "warning", warned]).code(), 1);
    // Something wrong with one does not hide the others.
    let both = folder.gongkai(&["check", "--format", "jsonl", "nowhere.html", WRONG]);
    assert_eq!(both.out.lines().count(), 2, "{both:?}");
    assert_eq!(both.code(), 2);
}

#[test]
fn arguments_keep_their_order_and_folders_are_sorted() {
    let folder = Folder::with_examples();
    let draft = std::fs::read(folder.path().join(RIGHT)).unwrap();
    for n in (0..300).rev() {
        // Every tenth is short, so that some are read sooner than those before them.
        let bytes = if n % 10 == 0 { &b"<p>x</p>"[..] } else { &draft[..] };
        folder.write(&format!("many/{}/{n:03}.html", n % 3), bytes);
    }
    folder.write("many/.hidden.html", &draft);
    folder.write("many/picture.png", b"\x89PNG");
    let out =
        folder.gongkai(&["check", "--format", "jsonl", "--fail-on", "never", WRONG, "many", RIGHT]).out_of(0);
    let sources: Vec<String> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["source"].as_str().unwrap().to_owned())
        .collect();
    let mut many: Vec<String> = (0..300).map(|n| format!("many/{}/{n:03}.html", n % 3)).collect();
    many.sort();
    let wanted = [vec![WRONG.to_owned()], many, vec![RIGHT.to_owned()]].concat();
    assert_eq!(sources, wanted);
}

#[test]
fn standard_input_is_a_document() {
    let folder = Folder::with_examples();
    let bytes = std::fs::read(folder.path().join(WRONG)).unwrap();
    let ended = folder.gongkai_fed(&["check", "--format", "json", "-"], &bytes);
    let document: Value = serde_json::from_str(&ended.out_of(1)).unwrap();
    assert_eq!(document[0]["source"], "-");
    assert_eq!(document[0]["findings"].as_array().unwrap().len(), 3);
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let folder = Folder::with_examples();
    let draft = std::fs::read(folder.path().join(WRONG)).unwrap();
    for n in 0..400 {
        folder.write(&format!("many/{n:03}.html"), &draft);
    }
    for command in [
        "check many",
        "check --format jsonl many",
        "check --format sarif many",
        "check --format html many",
        "extract many",
        "rules",
    ] {
        let ended = folder.shell(&format!("set -o pipefail; \"$GONGKAI\" {command} | head -n 1"));
        assert_eq!((ended.code(), ended.err.as_str()), (0, ""), "{command}: {ended:?}");
        assert_eq!(ended.out.lines().count(), 1, "{command}");
    }
}

#[test]
fn an_address_within_is_not_fetched() {
    let folder = Folder::new();
    let ended = folder.gongkai(&["check", "--format", "json", "http://127.0.0.1:9/report.html"]);
    let document: Value = serde_json::from_str(&ended.out_of(2)).unwrap();
    assert_eq!(document[0]["error"]["code"], "not_fetched");
    assert!(document[0]["error"]["message"].as_str().unwrap().contains("127.0.0.1"), "{document}");
}

#[test]
fn extract_prints_the_cells() {
    let folder = Folder::with_examples();
    let out = folder.gongkai(&["extract", RIGHT]).out_of(0);
    let mut lines = out.lines();
    assert!(lines.next().unwrap().starts_with("source\ttable\trow\tcolumn\tvalue\tstate\tprinted"));
    let cells: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    let of = |table: &str| cells.iter().filter(|cell| cell[1] == table).count();
    // Form 2021: 2 × 3 + 3 + 1; 25 rows × 7; 3 × 5.
    assert_eq!((of("disclosure"), of("requests"), of("proceedings")), (10, 175, 15));
    assert!(
        cells.iter().all(|cell| cell[0] == RIGHT && cell[5] == "printed" && cell[4].parse::<f64>().is_ok())
    );
    let json: Value =
        serde_json::from_str(&folder.gongkai(&["extract", "--format", "json", RIGHT]).out_of(0)).unwrap();
    let cells_of = |table: &Value| table["cells"].as_array().unwrap().len();
    assert_eq!(json[0]["tables"].as_array().unwrap().iter().map(cells_of).sum::<usize>(), cells.len());
}

#[test]
fn extract_writes_the_same_cells_as_a_spreadsheet() {
    let folder = Folder::with_examples();
    let printed = folder.gongkai(&["extract", RIGHT, WRONG]).out_of(0);
    let said = folder.gongkai(&["extract", "--format", "xlsx", "-o", "单元格.xlsx", RIGHT, WRONG]).out_of(0);
    assert_eq!(said, "");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.path().join("单元格.xlsx")).unwrap();
    let sheet = book.worksheet_range("cells").unwrap();
    let written: Vec<String> =
        sheet.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("\t")).collect();
    assert_eq!(written, printed.lines().collect::<Vec<_>>(), "the same columns, cell by cell");
    // Where nobody looks at it, standard output will do.
    let piped = folder.shell("\"$GONGKAI\" extract --format xlsx examples/drafts > all.xlsx").out_of(0);
    assert_eq!(piped, "");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.path().join("all.xlsx")).unwrap();
    assert!(book.worksheet_range("cells").unwrap().height() > sheet.height());
}
