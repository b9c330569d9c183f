//! What is no report, or half of one: a finding or one line with the place; never a panic, never a zero that was not printed.
use serde_json::Value;

use gongkai_harness::folder::Folder;

const DRAFT: &str = "examples/drafts/shuiliju-2025.html";

fn draft(folder: &Folder) -> String {
    std::fs::read_to_string(folder.path().join(DRAFT)).unwrap()
}

/// Checks one file; gives its object and the exit code.
fn check(folder: &Folder, bytes: impl AsRef<[u8]>) -> (Value, i32) {
    folder.write("page.html", bytes);
    let ended = folder.gongkai(&["check", "--format", "json", "page.html"]);
    assert!(!ended.err.contains("panicked"), "{ended:?}");
    let code = ended.code();
    let mut documents: Vec<Value> =
        serde_json::from_str(&ended.out).unwrap_or_else(|e| panic!("{e}: {ended:?}"));
    assert_eq!(documents.len(), 1, "{}", ended.out);
    (documents.remove(0), code)
}

fn codes(document: &Value) -> Vec<&str> {
    document["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// The cells of `page.html` as (table, row, column, value, state).
fn cells(folder: &Folder) -> Vec<[String; 5]> {
    let ended = folder.gongkai(&["extract", "page.html"]);
    assert!(ended.code() == 0 || ended.code() == 2, "{ended:?}");
    let cell = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        [fields[1], fields[2], fields[3], fields[4], fields[5]].map(str::to_owned)
    };
    ended.out.lines().skip(1).map(cell).collect()
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let ended = Folder::new().gongkai(&["check", "nowhere.html"]);
    assert_eq!(ended.code(), 2);
    assert!(ended.out.contains("nowhere.html") && ended.out.contains("not_found"), "{ended:?}");
    let ended = Folder::new().gongkai(&["extract", "nowhere.html"]);
    assert_eq!(ended.code(), 2);
    assert!(ended.err.contains("nowhere.html"), "{ended:?}");
}

#[test]
fn an_empty_file_and_an_empty_folder_are_said_to_be_so() {
    let folder = Folder::new();
    let (document, code) = check(&folder, b"");
    assert_eq!((document["error"]["code"].as_str(), code), (Some("empty"), 2));
    std::fs::create_dir(folder.path().join("hollow")).unwrap();
    let ended = folder.gongkai(&["check", "hollow"]).err_of(2);
    assert!(ended.contains("hollow"), "{ended}");
}

#[test]
fn binary_files_are_no_text() {
    let folder = Folder::new();
    let noise: Vec<u8> = (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let (document, code) = check(&folder, &noise);
    assert_eq!((document["kind"].as_str(), code), (Some("unreadable"), 2), "{document}");
    assert_eq!(document["verdict"], Value::Null);
    for (name, bytes) in
        [("a.pdf", &b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"[..]), ("a.docx", b"PK\x03\x04\x14\0\x06\0")]
    {
        folder.write(name, bytes);
        let out = folder.gongkai(&["check", "--format", "json", name]).out_of(2);
        let document: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(document[0]["kind"], "unreadable", "{name}");
        assert!(document[0]["error"]["code"].is_string(), "{name}");
    }
}

#[test]
fn something_else_is_no_report() {
    let folder = Folder::with_examples();
    for page in ["tongzhi-2025.html", "jiedu-2025.html"] {
        let bytes = std::fs::read(folder.path().join("examples/site/news").join(page)).unwrap();
        let (document, _) = check(&folder, bytes);
        assert_eq!(document["kind"], "not_a_report", "{page}: {document}");
        assert_eq!((codes(&document), &document["verdict"]), (vec!["S101"], &Value::Null), "{page}");
    }
}

#[test]
fn a_list_of_reports_is_no_report() {
    let folder = Folder::with_examples();
    let list = std::fs::read(folder.path().join("examples/site/list/index.html")).unwrap();
    let (document, _) = check(&folder, list);
    assert_eq!((document["kind"].as_str(), codes(&document)), (Some("not_a_report"), vec!["S101"]));
}

#[test]
fn the_legacy_encoding_gives_the_same_cells() {
    let folder = Folder::with_examples();
    let text = draft(&folder);
    folder.write("page.html", &text);
    let cells_in_utf8 = cells(&folder);
    let declared = text.replace("charset=\"utf-8\"", "charset=\"gb2312\"");
    let silent = text.replace("<meta charset=\"utf-8\">", "");
    for (name, text) in [("declared", declared), ("silent", silent)] {
        let (bytes, _, lost) = encoding_rs::GBK.encode(&text);
        assert!(!lost);
        let (document, code) = check(&folder, &bytes);
        assert_eq!((document["verdict"].as_str(), code), (Some("consistent"), 0), "{name}: {document}");
        assert_eq!(cells(&folder), cells_in_utf8, "{name}");
    }
}

#[test]
fn a_page_cut_anywhere_invents_nothing() {
    let folder = Folder::with_examples();
    let whole = draft(&folder).into_bytes();
    folder.write("page.html", &whole);
    let known = cells(&folder);
    for tenth in 1..10 {
        // Also in the middle of a character.
        let cut = &whole[..whole.len() * tenth / 10 + 1];
        let (document, _) = check(&folder, cut);
        assert_ne!(document["verdict"], "consistent", "cut at {tenth}/10: {document}");
        for cell in cells(&folder) {
            let printed = known.contains(&cell) || cell[4] != "printed" && cell[3].is_empty();
            // The cell in which the cut fell may have lost digits; it must not be another number unnoticed.
            let same = known.iter().find(|other| other[..3] == cell[..3]).unwrap();
            assert!(printed || same[3].starts_with(&cell[3]), "cut at {tenth}/10: {cell:?} was {same:?}");
        }
    }
}

#[test]
fn a_missing_row_costs_that_row_only() {
    let folder = Folder::with_examples();
    let text = draft(&folder);
    let row = text.split("<tr").find(|row| row.contains("属于行政查询事项")).unwrap();
    let row = format!("<tr{}", &row[..row.find("</tr>").unwrap() + 5]);
    folder.write("page.html", &text);
    let mut wanted = cells(&folder);
    wanted.retain(|cell| cell[1] != "denied.administrative_query");
    let (document, code) = check(&folder, text.replacen(&row, "", 1));
    assert_eq!((codes(&document).contains(&"S110"), code), (true, 1), "{document}");
    assert_eq!(document["verdict"], "incomplete");
    assert_eq!(cells(&folder), wanted);
}

#[test]
fn a_blank_column_stays_blank() {
    let folder = Folder::with_examples();
    let bytes = std::fs::read(folder.path().join("examples/site/reports/shiling-2025.html")).unwrap();
    let (document, code) = check(&folder, bytes);
    assert_eq!((codes(&document), code), (vec!["S113"], 0), "{document}");
    let cells = cells(&folder);
    let totals: Vec<_> = cells.iter().filter(|cell| cell[0] == "requests" && cell[2] == "total").collect();
    assert_eq!(totals.len(), 25);
    assert!(totals.iter().all(|cell| cell[3].is_empty() && cell[4] == "blank"), "{totals:?}");
}

#[test]
fn a_word_in_a_cell_is_unreadable_and_said() {
    let folder = Folder::with_examples();
    let text = draft(&folder);
    let at = text.find("本年新收政府信息公开申请数量").unwrap();
    let open = at + text[at..].find("<td").unwrap();
    let begin = open + text[open..].find('>').unwrap() + 1;
    let end = begin + text[begin..].find("</td>").unwrap();
    let (document, code) = check(&folder, format!("{}若干{}", &text[..begin], &text[end..]));
    let finding = document["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "S111");
    let finding = finding.unwrap_or_else(|| panic!("no S111: {document}"));
    assert_eq!((finding["row"].as_str(), code), (Some("new_received"), 1));
    assert!(finding["evidence"].to_string().contains("若干"), "{finding}");
    let cell =
        cells(&folder).into_iter().find(|cell| cell[1] == "new_received" && cell[4] == "unreadable").unwrap();
    assert_eq!(cell[3], "");
}

#[test]
fn hostile_pages_do_not_run_away() {
    let folder = Folder::new();
    let deep = format!("<html><body>{}政府信息公开工作年度报告", "<div><table><tr><td>".repeat(20_000));
    let wide =
        format!("<table><tr>{}</tr></table>", "<td colspan=1000000 rowspan=1000000>1</td>".repeat(200));
    for (name, page) in
        [("deep", deep), ("wide", wide), ("nul", "\0".repeat(10_000)), ("lines", "\n".repeat(1_000_000))]
    {
        let (document, _) = check(&folder, &page);
        assert_ne!(document["verdict"], "consistent", "{name}");
    }
}
