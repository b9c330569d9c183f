//! Pages broken on purpose: never a panic, never a number that was not printed at its place.
use std::collections::BTreeMap;

use encoding_rs::GB18030;
use gongkai_model::{CellState, DocumentKind, DoubtKind, Report};
use gongkai_reading::{Hints, read};
use gongkai_testkit::reports::{Layout, ReportPlan};
use proptest::prelude::*;

use crate::cells;

fn page(seed: u64, layout: Layout) -> String {
    ReportPlan { layout, defects: Vec::new(), ..ReportPlan::random(seed) }.generate().content
}

fn one(bytes: &[u8]) -> Report {
    let mut reports = read(bytes, Hints::default());
    assert_eq!(reports.len(), 1);
    reports.remove(0)
}

/// Cells with a number that the whole page does not have at that place.
fn invented(part: &Report, whole: &BTreeMap<String, String>) -> Vec<(String, String)> {
    cells(part)
        .into_iter()
        .filter(|(at, value)| value.starts_with("printed") && whole.get(at) != Some(value))
        .collect()
}

#[test]
fn a_page_cut_anywhere_invents_nothing() {
    for layout in
        [Layout::TablePage, Layout::LinesText(gongkai_testkit::reports::Bars::OwnLine), Layout::TabsText]
    {
        let text = page(7, layout);
        let whole = cells(&one(text.as_bytes()));
        let chars: Vec<char> = text.chars().collect();
        for cut in (0..chars.len()).step_by(97) {
            let part: String = chars[..cut].iter().collect();
            let report = one(part.as_bytes());
            let invented: Vec<_> = invented(&report, &whole);
            // The very number at the cut may have lost its last digits; nothing before it may differ.
            assert!(invented.len() <= 1, "{layout:?} cut at {cut}: {invented:?}");
        }
    }
}

#[test]
fn a_page_that_was_not_received_whole_is_said_to_be_cut() {
    let text = page(7, Layout::TablePage);
    let is_cut =
        |text: &str| one(text.as_bytes()).doubts.iter().any(|doubt| doubt.kind == DoubtKind::CutShort);
    assert!(!is_cut(&text));
    assert!(is_cut(&text[..text.find("四、政府信息公开行政复议").unwrap()]));
}

#[test]
fn gbk_bytes_that_call_themselves_utf_8_are_read() {
    let text = page(3, Layout::TablePage);
    let (bytes, _, _) = GB18030.encode(&text);
    let report = read(&bytes, Hints { content_type: Some("text/html; charset=utf-8"), url: None }).remove(0);
    assert_eq!(cells(&report), cells(&one(text.as_bytes())));
    assert_eq!(report.charset, "gb18030");
}

#[test]
fn a_table_within_a_table_is_read_or_said() {
    let text = page(3, Layout::TablePage);
    let whole = cells(&one(text.as_bytes()));
    let outer =
        text.replace("<table", "<table><tr><td><table").replace("</table>", "</table></td></tr></table>");
    assert_eq!(cells(&one(outer.as_bytes())), whole);
    let page_in_table = text
        .replace("<body", "<body><table><tr><td>菜单</td><td><div")
        .replace("</body>", "</div></td></tr></table></body>");
    assert_eq!(cells(&one(page_in_table.as_bytes())), whole);
}

#[test]
fn a_cell_with_a_table_of_its_own_invents_nothing() {
    let text = page(3, Layout::TablePage);
    let whole = cells(&one(text.as_bytes()));
    let at = text.find("（一）予以公开").unwrap();
    let cell = at + text[at..].find("<td").unwrap();
    let close = cell + text[cell..].find("</td>").unwrap();
    let inner = format!(
        "{}<table><tr><td>{}</td></tr></table>{}",
        &text[..cell + 4],
        &text[cell + 4..close],
        &text[close..]
    );
    let report = one(inner.as_bytes());
    assert!(invented(&report, &whole).is_empty(), "{:?}", invented(&report, &whole));
}

#[test]
fn what_is_no_report_is_said_with_the_reason() {
    let code = |bytes: &[u8]| {
        let report = one(bytes);
        (report.kind, report.error.map(|error| error.code).unwrap_or_default())
    };
    let unreadable = |code: &str| (DocumentKind::Unreadable, code.to_owned());
    assert_eq!(code(b""), unreadable("empty"));
    assert_eq!(code(b" \n\n "), unreadable("empty"));
    assert_eq!(code(b"%PDF-1.7 ..."), unreadable("unsupported_format"));
    assert_eq!(code(b"PK\x03\x04rest"), unreadable("unsupported_format"));
    assert_eq!(code(b"abc\0\x01\x02def"), unreadable("binary"));
    assert_eq!(code(&[0xFF, 0xD8, 0xFF, 0xE0]), unreadable("unsupported_format"));
    assert_eq!(code("今天天气很好。".as_bytes()).0, DocumentKind::NotAReport);
    let news = "<title>《云泽市2024年政府信息公开工作年度报告》解读</title><h1>《云泽市2024年政府信息公开工作年度报告》解读</h1><p>全年收到申请3件。</p>";
    assert_eq!(code(news.as_bytes()).0, DocumentKind::NotAReport);
    let file = "<title>云泽市教育局2024年政府信息公开工作年度报告</title><h1>云泽市教育局2024年政府信息公开工作年度报告</h1><p><a href='a/nb.pdf'>云泽市教育局2024年政府信息公开工作年度报告.pdf</a></p>";
    assert_eq!(code(file.as_bytes()).0, DocumentKind::AttachmentOnly);
}

#[test]
fn labels_without_numbers_are_a_blank_table_and_never_zeros() {
    let text = page(5, Layout::TablePage);
    let emptied = regex::Regex::new(r">\s*[+-]?[\d.,]+\s*<").unwrap().replace_all(&text, "><").into_owned();
    let report = one(emptied.as_bytes());
    let cells: Vec<_> = report.tables.iter().flat_map(|table| &table.cells).collect();
    assert!(
        !cells.is_empty() && cells.iter().all(|cell| cell.state == CellState::Blank && cell.value.is_none())
    );
}

#[test]
fn a_column_without_heading_and_cells_is_absent() {
    let text = page(5, Layout::TablePage);
    let whole = cells(&one(text.as_bytes()));
    let report = one(text.replace("科研机构", "").as_bytes());
    assert!(invented(&report, &whole).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = one(&bytes);
    }

    #[test]
    fn any_deleted_stretch_of_a_flattened_table_is_survived(from in 0usize..9_000, length in 0usize..400, seed in 0u64..20) {
        let text = page(seed, Layout::LinesText(gongkai_testkit::reports::Bars::OwnLine));
        let chars: Vec<char> = text.chars().collect();
        let kept: String = chars.iter().take(from).chain(chars.iter().skip(from + length)).collect();
        let _ = one(kept.as_bytes());
    }

    /// A number that is lost from a flattened table never moves its neighbours to wrong places.
    #[test]
    fn a_lost_cell_does_not_shift_the_others(line in 0usize..250, seed in 0u64..20) {
        let text = page(seed, Layout::LinesText(gongkai_testkit::reports::Bars::OwnLine));
        let whole = cells(&one(text.as_bytes()));
        let lines: Vec<&str> = text.lines().collect();
        let numbers: Vec<usize> = (0..lines.len())
            .filter(|at| lines[*at].trim_end_matches(['|', ' ']).parse::<i64>().is_ok())
            .collect();
        let lost = numbers[line % numbers.len()];
        let kept: Vec<&str> = lines.iter().enumerate().filter(|(at, _)| *at != lost).map(|(_, line)| *line).collect();
        let report = one(kept.join("\n").as_bytes());
        let invented = invented(&report, &whole);
        prop_assert!(invented.is_empty(), "{invented:?}");
    }
}
