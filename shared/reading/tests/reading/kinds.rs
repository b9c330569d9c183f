//! Reports, pages that only carry one, and what looks like a report and is none.
use encoding_rs::{BIG5, GB18030};
use gongkai_model::{DocumentKind, Report};
use gongkai_reading::{Hints, read};

use crate::{metadata_pages::check, metadata_titles::PARTS};

const TITLE: &str = "云泽市教育局2024年政府信息公开工作年度报告";

fn first(bytes: &[u8], content_type: Option<&str>) -> Report {
    read(bytes, Hints { content_type, url: None }).remove(0)
}

#[test]
fn reports_are_told_from_what_is_about_them() {
    check(include_str!("pages/kinds.txt"));
}

#[test]
fn a_report_is_a_report_in_every_charset() {
    let text = format!("{TITLE}\n{PARTS}");
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xFF, 0xFE], utf16.as_slice()].concat();
    let (gbk, _, _) = GB18030.encode(&text);
    for (bytes, declared) in [
        (gbk.as_ref(), Some("text/plain; charset=utf-8")),
        (gbk.as_ref(), Some("text/plain; charset=iso-8859-1")),
        (utf16.as_slice(), None),
        (marked.as_slice(), Some("text/plain; charset=gb2312")),
        (text.as_bytes(), Some("text/plain; charset=gbk")),
    ] {
        let report = first(bytes, declared);
        assert_eq!(report.kind, DocumentKind::AnnualReport, "{declared:?}");
        assert_eq!(report.title.unwrap().text, TITLE, "{declared:?}");
    }
}

#[test]
fn a_page_in_big5_is_read_by_its_traditional_words() {
    let page = "<html><head><meta charset=big5></head><body><h1>雲澤縣人民政府2019年政府信息公開工作年度報告</h1><p>一、總體情況</p><p>全年公開信息三十條。</p><p>二、主動公開政府信息情況</p><p>三十條。</p><p>五、存在的主要問題及改進情況</p><p>無。</p></body></html>";
    let (bytes, _, lost) = BIG5.encode(page);
    assert!(!lost);
    let report = first(&bytes, None);
    let parts: Vec<u8> = report.sections.iter().map(|part| part.number).collect();
    assert_eq!((report.kind, report.year, parts), (DocumentKind::AnnualReport, Some(2019), vec![1, 2, 5]));
    assert_eq!(report.publisher.unwrap().text, "雲澤縣人民政府");
}

#[test]
fn an_old_word_file_decoded_as_text_is_no_report() {
    for start in ["\u{FFFD}\u{FFFD}\u{11}\u{871}\u{1A}\u{FFFD}", "邢唷??", "ÐÏ\u{11}à¡±\u{1A}á"] {
        let soup = format!("{start}>\u{3}\u{FFFD}\t\u{6}{TITLE}{}", "\u{1}\u{2}bjbj\u{FFFD}".repeat(30));
        let report = first(soup.as_bytes(), Some("text/plain"));
        assert_eq!((report.kind, report.error.unwrap().code.as_str()), (DocumentKind::Unreadable, "binary"));
    }
}

#[test]
fn a_page_cut_before_its_parts_is_not_called_a_whole_report() {
    let text = format!("{TITLE}\n{PARTS}");
    let cut: String = text.chars().take(90).collect();
    let report = first(cut.as_bytes(), None);
    assert_eq!(report.kind, DocumentKind::AnnualReport);
    assert!(report.section(6).is_none() && report.section(4).is_none());
}
