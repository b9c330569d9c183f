//! What many reports say together.
use std::sync::Arc;

use gongkai_model::{Cell, CellState, Cohort, Figures, Item, Key, RateName, Report, Span, Stage, Sum, Table};
use uuid::Uuid;

use super::scene::{
    LIST, at, body, due, fetched, finding, judge, listed, of, read, report, stored, watched, work,
};
use crate::{DueAssessed, DueState, ParsedReport, Remark, Scope, StageResult, Store};

fn cell(row: &str, column: &str, printed: &str) -> Cell {
    let value = printed.parse().ok();
    Cell {
        row: Key::find(row).unwrap(),
        column: Key::find(column).unwrap(),
        state: if value.is_some() { CellState::Printed } else { CellState::Blank },
        value,
        printed: printed.into(),
        span: Span::default(),
        unit: None,
    }
}

/// A report whose cells are these: `row number` in the table of requests, `row column number` in that of proceedings.
fn says(lines: &[&str]) -> Report {
    let table = |key: &str, cells| Table {
        key: Key::find(key).unwrap(),
        form: Key::find("2021").unwrap(),
        span: Span::default(),
        absent: Vec::new(),
        cells,
    };
    let (mut requests, mut proceedings) = (Vec::new(), Vec::new());
    for line in lines {
        match line.split(' ').collect::<Vec<_>>()[..] {
            [row, printed] => requests.push(cell(row, "total", printed)),
            [row, column, printed] => proceedings.push(cell(row, column, printed)),
            _ => unreachable!("{line}"),
        }
    }
    // Other columns are of no concern.
    requests.push(cell("new_received", "natural_person", "99999"));
    let tables = vec![table("requests", requests), table("proceedings", proceedings)];
    Report { tables, ..report(0, "年度报告") }
}

const OUTCOMES: [&str; 17] = [
    "denied.state_secret 1",
    "denied.law_prohibited 0",
    "denied.three_securities_one_stability 0",
    "denied.third_party_rights 0",
    "denied.internal_affairs 2",
    "denied.process_information 0",
    "denied.enforcement_file 0",
    "denied.administrative_query 1",
    "unavailable.not_held 1",
    "unavailable.needs_creation 0",
    "unavailable.still_unclear 1",
    "not_processed.petition 1",
    "not_processed.repeated 0",
    "not_processed.publication 0",
    "not_processed.excessive 0",
    "not_processed.reconfirmation 0",
    "other_handling.other 1",
];
const TOTALS: [&str; 6] = [
    "new_received 30",
    "carried_over 1",
    "granted 12",
    "partially_granted 6",
    "results_total 28",
    "carried_forward 3",
];
const PROCEEDINGS: [&str; 9] = [
    "review upheld 2",
    "review corrected 1",
    "review pending 1",
    "review total 4",
    "litigation_direct corrected 1",
    "litigation_direct pending 1",
    "litigation_direct total 4",
    "litigation_after_review corrected 0",
    "litigation_after_review total 1",
];

/// A judged report of a body on a page of its own; `codes` are found in it.
async fn told(store: &dyn Store, column: Uuid, whose: ParsedReport, codes: &[&str]) {
    let body = whose.body.clone().unwrap();
    let url = format!("{LIST}{body}-{}-{}.html", whose.year.unwrap(), whose.scope.as_str());
    let source = listed(store, column, &url).await;
    let version = fetched(store, source, &url, at(2)).await;
    read(store, version, &url, vec![whose], at(3)).await;
    let found = codes.iter().map(|code| finding(code, &format!("{code} {url}"))).collect();
    judge(store, version, found, codes, at(4)).await;
}

fn whose(body: &str, year: i16, lines: &[&str]) -> ParsedReport {
    ParsedReport { report: stored(&says(lines)), ..of(body, year) }
}

async fn only(store: &dyn Store, year: i16) -> Figures {
    let mut figures = store.figures(Some(year)).await.unwrap();
    assert_eq!(figures.len(), 1, "{figures:?}");
    figures.remove(0)
}

fn sum(numerator: i64, n: u64, left_out: u64) -> Sum {
    Sum { numerator, denominator: 0, n, left_out }
}

pub async fn figures_sum_what_is_known_and_leave_out_what_is_blank(store: Arc<dyn Store>) {
    let store = &*store;
    let column = watched(store).await;
    store.put_bodies(&[body("jiaoyu"), body("caizheng")], at(0)).await.unwrap();
    let all = [&OUTCOMES[..], &TOTALS, &PROCEEDINGS].concat();
    told(store, column, whose("jiaoyu", 2025, &all), &["S113"]).await;
    told(store, column, whose("jiaoyu", 2024, &["new_received 20"]), &[]).await;
    let blank = [
        "new_received 8",
        "carried_over —",
        "granted 5",
        "partially_granted 1",
        "results_total 8",
        "carried_forward 0",
    ];
    told(store, column, whose("caizheng", 2025, &blank), &[]).await;
    let due = crate::Due { report: None, ..due("caizheng", 2025, DueState::Overdue, at(5)) };
    let assessed = DueAssessed { due, findings: Vec::new(), evaluated: Vec::new(), alerts: Vec::new() };
    work(store, Stage::Due, "caizheng/2025", StageResult::Due(Box::new(assessed)), at(5)).await;

    let figures = only(store, 2025).await;
    let cohort = Cohort { region: "9901".into(), level: body("x").level, kind: body("x").kind, year: 2025 };
    assert_eq!((&figures.cohort, figures.publication.due, figures.publication.overdue), (&cohort, 1, 1));
    let sums = figures.sums(Scope::Own);
    assert_eq!(sums.requests(), sum(38, 2, 0));
    let items = [
        (Item::CarriedOver, sum(1, 1, 1)),
        (Item::Granted, sum(17, 2, 0)),
        (Item::Denied, sum(4, 1, 1)),
        (Item::Unavailable, sum(2, 1, 1)),
        (Item::NotProcessed, sum(1, 1, 1)),
        // One row of three is there: what the other two say is not known.
        (Item::OtherHandling, sum(0, 0, 2)),
        (Item::ReviewCorrected, sum(1, 1, 1)),
        (Item::LitigationCorrected, sum(1, 1, 1)),
        (Item::LitigationPending, sum(0, 0, 2)),
        (Item::LitigationTotal, sum(5, 1, 1)),
    ];
    for (item, expected) in items {
        assert_eq!(sums.item(item), expected, "{item:?}");
    }
    let parts = |name| {
        let rate = sums.rate(name);
        (rate.numerator, rate.denominator, rate.n, rate.left_out)
    };
    assert_eq!(parts(RateName::Disclosed), (24, 36, 2, 0));
    assert_eq!(parts(RateName::Denied), (4, 28, 1, 1));
    assert_eq!(parts(RateName::CarriedForward), (3, 31, 1, 1));
    assert_eq!(parts(RateName::ReviewCorrected), (1, 3, 1, 1));
    assert_eq!(parts(RateName::LitigationCorrected), (0, 0, 0, 2));
    assert_eq!(parts(RateName::YearOnYear), (10, 20, 1, 1));
    let years: Vec<i16> = store.figures(None).await.unwrap().iter().map(|f| f.cohort.year).collect();
    assert_eq!(years, [2024, 2025]);
    assert!(store.figures(Some(2023)).await.unwrap().is_empty());
}

pub async fn scopes_and_contradicting_reports_are_summed_apart(store: Arc<dyn Store>) {
    let store = &*store;
    let column = watched(store).await;
    store.put_bodies(&[body("shi"), body("jiaoyu")], at(0)).await.unwrap();
    told(store, column, whose("shi", 2025, &["new_received 3"]), &[]).await;
    let area = ParsedReport { scope: Scope::Area, ..whose("shi", 2025, &["new_received 500"]) };
    told(store, column, area, &[]).await;
    told(store, column, whose("jiaoyu", 2025, &["new_received 70"]), &["T301"]).await;
    let figures = only(store, 2025).await;
    let requests = |scope| figures.sums(scope).requests();
    assert_eq!((requests(Scope::Own), requests(Scope::Area)), (sum(3, 1, 0), sum(500, 1, 0)));
    assert_eq!(figures.wrong[&Scope::Own].requests(), sum(70, 1, 0));
    // What a person has dismissed is no error.
    let url = format!("T301 {LIST}jiaoyu-2025-own.html");
    assert!(store.dismiss(&url, true, &Remark::default(), at(6)).await.unwrap());
    let figures = only(store, 2025).await;
    assert_eq!((figures.sums(Scope::Own).requests(), figures.wrong.len()), (sum(73, 2, 0), 0));
}

pub async fn a_number_that_is_no_count_is_left_out(store: Arc<dyn Store>) {
    let store = &*store;
    let column = watched(store).await;
    store.put_bodies(&[body("a"), body("b"), body("c")], at(0)).await.unwrap();
    for (body, number) in [("a", "12.5"), ("b", "99999999999999999999999999"), ("c", "4")] {
        told(store, column, whose(body, 2025, &[&format!("new_received {number}")]), &[]).await;
    }
    assert_eq!(only(store, 2025).await.sums(Scope::Own).requests(), sum(4, 1, 2));
}
