//! Which verdict a report gets, and which codes go with it.
use gongkai_model::Verdict::{Consistent, Incomplete, Inconsistent};

use crate::{codes, judged};

#[test]
fn each_report_gets_the_verdict_of_the_contract() {
    let cases = [
        ("sound and all zero", "year 2022", Some(Consistent)),
        ("broken row", "requests granted: 12 3 0 0 0 0 0", Some(Inconsistent)),
        ("negative decisions", "disclosure penalties: -1", Some(Inconsistent)),
        ("items below zero", "year 2020\ndisclosure licensing: 10 -12 5", Some(Inconsistent)),
        ("only a warning: in force", "disclosure normative_documents: 9 2 5", Some(Consistent)),
        ("only a hint: decisions", "year 2020\ndisclosure licensing: 0 0 35", Some(Consistent)),
        ("another form", "year 2023\nform requests 2019", Some(Consistent)),
        ("part missing", "without part 5", Some(Incomplete)),
        ("table missing", "without proceedings", Some(Incomplete)),
        ("table missing in 2019", "year 2019\nwithout proceedings", Some(Incomplete)),
        ("table not filled", "proceedings *: - - - - -", Some(Incomplete)),
        ("row missing", "lacks requests row carried_over", Some(Incomplete)),
        ("unreadable cell", "disclosure licensing: ?见附件", Some(Incomplete)),
        ("unplaced cells", "requests granted: ~0 ~0 0 0 0 0 0", Some(Incomplete)),
        ("inferred cells", "requests granted: =0 =0 0 0 0 0 0", Some(Incomplete)),
        ("stray values", "doubt stray_values requests 3 1", Some(Incomplete)),
        ("open relation", "requests granted: - 0 0 0 0 0 -", Some(Incomplete)),
        ("blanks in a row whose total is 0", "requests granted: - - - - - - 0", Some(Consistent)),
        ("no report", "kind not_a_report 通知", None),
        ("attachment", "kind attachment_only", None),
        ("unreadable", "kind unreadable 文件为空", None),
        ("error beats missing", "without part 5\nproceedings review: 1 0 0 0 0", Some(Inconsistent)),
    ];
    let wrong: Vec<_> = cases
        .iter()
        .map(|(name, notation, expected)| (name, judged(notation).verdict, expected))
        .filter(|(_, verdict, expected)| verdict != *expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_total_column_that_is_blank_by_habit_leaves_the_rest_consistent() {
    let habit = "requests *: 0 0 0 0 0 0 -\nrequests new_received: 3 1 0 0 0 0 -\n\
                 requests granted: 3 1 0 0 0 0 -\nrequests results_total: 3 1 0 0 0 0 -";
    assert_eq!(judged(habit).verdict, Some(Consistent));
    assert_eq!(codes(habit), ["S113"]);
    let broken = habit.replace("results_total: 3 1", "results_total: 4 1");
    assert_eq!(judged(&broken).verdict, Some(Inconsistent));
}

#[test]
fn zeros_that_are_left_blank_with_their_totals_leave_the_report_incomplete() {
    let notation = "requests *: - - - - - - -\nrequests new_received: 3 - - - - - 3\n\
                    requests granted: 3 - - - - - 3\nrequests results_total: 3 - - - - - 3";
    assert_eq!(judged(notation).verdict, Some(Incomplete));
    assert_eq!(codes(notation), ["S113"]);
}

#[test]
fn a_blank_in_a_zero_row_cannot_hide_a_column_that_does_not_add_up() {
    let notation = "requests new_received: 1 0 0 0 0 0 1\nrequests granted: - 0 0 0 0 0 0\n\
                    requests partially_granted: - 0 0 0 0 0 1\nrequests results_total: 1 0 0 0 0 0 1\n\
                    requests denied.state_secret: - - - - - - 0";
    assert_eq!(judged(notation).verdict, Some(Incomplete));
    let hidden = "requests new_received: 1 0 0 0 0 0 1\nrequests granted: - - - - - - 0\n\
                  requests results_total: 1 0 0 0 0 0 1";
    assert_eq!(codes(hidden), ["S113", "T302"], "the column of totals tells");
}

#[test]
fn a_table_shifted_by_a_column_is_not_blamed_on_the_publisher() {
    let shifted = "requests new_received: 9 8 7 6 5 4 39\nrequests granted: 1 9 8 7 6 5 4\n\
                   requests results_total: 9 8 7 6 5 4 39";
    let judgement = judged(shifted);
    let origins: Vec<_> = judgement.findings.iter().map(|finding| finding.origin.as_str()).collect();
    assert!(origins.len() > 5 && origins.iter().all(|origin| *origin == "unclear"), "{origins:?}");
    let single = judged("requests granted: 12 3 0 0 0 0 0");
    assert!(single.findings.iter().all(|finding| finding.origin.as_str() == "publication"));
}

#[test]
fn a_document_that_is_no_report_gets_one_finding_and_an_unreadable_one_none() {
    assert_eq!(codes("kind not_a_report 这是一则通知"), ["S101"]);
    assert_eq!(codes("kind unreadable 文件为空"), Vec::<String>::new());
    assert_eq!(codes("kind attachment_only\nattachment 示例县2022年度报告.pdf"), ["S103", "S103", "S103"]);
}

#[test]
fn tables_in_an_attachment_are_our_gap_and_name_it_whatever_the_year() {
    for year in ["2019", "2023", "unknown"] {
        let notation = format!(
            "year {year}\nwithout disclosure\nwithout requests\nwithout proceedings\nattachment 附件1：情况统计表.doc"
        );
        let findings = judged(&notation).findings;
        let seen: Vec<_> = findings
            .iter()
            .map(|f| (f.code.as_str(), f.severity.as_str(), f.origin.as_str(), f.evidence[0].text.as_str()))
            .collect();
        assert_eq!(seen, [("S103", "warning", "reading", "附件1：情况统计表.doc"); 3], "{year}");
    }
}

#[test]
fn an_attachment_of_another_kind_excuses_nothing() {
    let findings = judged("year 2023\nwithout requests\nattachment 机关照片.jpg").findings;
    assert_eq!((findings[0].severity.as_str(), findings[0].origin.as_str()), ("error", "publication"));
}

#[test]
fn broken_characters_in_a_cell_are_our_reading() {
    let findings = judged("requests granted: ?\u{FFFD}1 0 0 0 0 0 0").findings;
    assert_eq!((findings[0].code.as_str(), findings[0].origin.as_str()), ("S111", "reading"));
}
