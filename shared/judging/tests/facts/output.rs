//! What leaves the crate: JSON with the contract's names in its order, text for people, stable fingerprints.
use gongkai_judging::{
    JudgeContext, judge,
    render::{self, Document, Style, Summary},
};
use gongkai_model::Lang;

use crate::{judged, report};

const BROKEN: &str = "year 2022\nrequests granted: 12 3 0 0 0 0 0\nrequests denied.state_secret: - 0 0 0 0 0 0\n\
                      proceedings litigation_direct: 1 1 0 0 3\nwithout part 6";

fn document<T>(notation: &str, show: impl Fn(&Document<'_>) -> T) -> T {
    let report = report(notation);
    let judgement = judge(&report, &JudgeContext::new("a.html"));
    show(&Document { source: "a.html", report: &report, judgement: &judgement, body: None })
}

#[test]
fn json_has_the_fields_of_the_contract_in_its_order() {
    let line = document("requests granted: 5 0 0 0 0 0 4", |d| render::json::line(d, Lang::En).unwrap());
    insta::assert_snapshot!(line);
}

#[test]
fn json_of_a_document_that_is_no_report_says_why() {
    let line = document("kind not_a_report 这是一则通知", |d| render::json::line(d, Lang::Zh).unwrap());
    insta::assert_snapshot!(line);
}

#[test]
fn json_is_pretty_printed_like_any_value() {
    let json = document("year 2022", |d| serde_json::to_value(render::json::document(d, Lang::Zh)).unwrap());
    assert_eq!(json["verdict"], "consistent");
    assert_eq!(json["forms"]["requests"], "2021");
    assert_eq!(json["counts"], serde_json::json!({"error": 0, "warning": 0, "hint": 0}));
    assert_eq!(json["sections"], serde_json::json!([1, 2, 3, 4, 5, 6]));
}

#[test]
fn text_is_read_by_people_in_both_languages() {
    let show = |lang| document(BROKEN, |d| render::text(d, Style { lang, colour: false }));
    insta::assert_snapshot!(format!("{}----\n{}", show(Lang::Zh), show(Lang::En)));
}

#[test]
fn colours_only_wrap_the_same_words() {
    let plain = document(BROKEN, |d| render::text(d, Style::default()));
    let painted = document(BROKEN, |d| render::text(d, Style { colour: true, ..Style::default() }));
    let mut stripped = String::new();
    let mut rest = painted.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        stripped.push_str(before);
        rest = after.split_once('m').map_or("", |(_, words)| words);
    }
    stripped.push_str(rest);
    assert_ne!(painted, plain);
    assert_eq!(stripped, plain);
}

#[test]
fn control_characters_of_a_page_do_not_reach_the_terminal() {
    let notation = "requests granted: ?\u{1b}[2J 0 0 0 0 0 0";
    let text = document(notation, |d| render::text(d, Style::default()));
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn the_summary_counts_every_document_once() {
    let mut summary = Summary::default();
    for notation in ["year 2022", BROKEN, "without part 5", "kind not_a_report 通知", "kind unreadable 空"]
    {
        let report = report(notation);
        summary.add(&report, &judge(&report, &JudgeContext::default()));
    }
    let line = |lang| summary.line(Style { lang, colour: false });
    insta::assert_snapshot!(format!("{}\n{}", line(Lang::Zh), line(Lang::En)));
}

#[test]
fn a_fingerprint_hangs_on_the_place_and_not_on_the_numbers() {
    let print =
        |notation: &str| judged(notation).findings.into_iter().map(|f| f.fingerprint).collect::<Vec<_>>();
    let first = print("proceedings review: 2 0 0 0 3");
    assert_eq!(first, print("proceedings review: 5 0 0 0 9"));
    assert_ne!(first, print("proceedings litigation_direct: 2 0 0 0 3"));
    assert!(first.iter().all(|one| one.len() == 32 && one.bytes().all(|b| b.is_ascii_hexdigit())));
    let report = report("proceedings review: 2 0 0 0 3");
    let elsewhere = judge(&report, &JudgeContext::new("another"));
    assert_ne!(first[0], elsewhere.findings[0].fingerprint);
}

#[test]
fn findings_of_one_report_have_different_fingerprints() {
    let findings = judged(BROKEN).findings;
    let distinct: std::collections::BTreeSet<_> =
        findings.iter().map(|finding| &finding.fingerprint).collect();
    assert_eq!(distinct.len(), findings.len());
}

#[test]
fn findings_follow_the_report_then_the_code_then_the_place() {
    let findings = judged(BROKEN).findings;
    let seen: Vec<_> =
        findings.iter().map(|f| (f.code.as_str(), f.row.as_deref(), f.column.as_deref())).collect();
    insta::assert_debug_snapshot!(seen);
}

#[test]
fn evidence_begins_with_the_cell_pointed_at_and_leaves_out_zeros() {
    let findings = judged("requests granted: 12 3 0 0 0 0 0").findings;
    let words: Vec<_> = findings[0].evidence.iter().map(|one| one.text.as_str()).collect();
    assert_eq!((findings[0].code.as_str(), words), ("T301", vec!["0", "12", "3"]));
}
