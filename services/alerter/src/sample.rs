//! Invented bodies, sources and reports for this crate's tests.
use std::collections::HashMap;

use gongkai_model::{
    Body, Cell, CellState, DocumentKind, Key, Kind, Level, Quote, Report, Section, Span, Table, Verdict, form,
};
use gongkai_store::{
    Alert, AlertChange, AlertState, BlobId, Poll, PollOutcome, ReportRow, Scope, Source, SourceKind,
};
use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{around::Around, calendar::deadline, facts::Facts, polls::SitePolls};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn body(id: &str, kind: Kind, level: Level) -> Body {
    Body {
        id: id.into(),
        name: "临川县水务局".into(),
        former_names: Vec::new(),
        code: "990101".into(),
        level,
        kind,
        parent: None,
        site: Some("s".into()),
        local_due: None,
        vertical: false,
        rule_making: None,
        reports_itself: true,
        valid_from: None,
        valid_to: None,
        successor: None,
    }
}

pub(crate) fn poll(site: &str, column: &str, when: &str, complete: bool) -> Poll {
    Poll {
        site: site.into(),
        column: column.into(),
        at: at(when),
        outcome: if complete { PollOutcome::Ok } else { PollOutcome::Unreachable },
        complete,
        pages: 1,
        items: 3,
        detail: None,
    }
}

/// The alert that a change opens.
pub(crate) fn alert(change: &AlertChange) -> Alert {
    Alert {
        id: Uuid::now_v7(),
        kind: change.kind,
        key: change.key.clone(),
        channel: change.channel.clone(),
        state: AlertState::Open,
        severity: change.severity,
        site: change.site.clone(),
        body: change.body.clone(),
        year: change.year,
        message: change.message.clone(),
        opened_at: at("2025-02-01T00:00:00Z"),
        closed_at: None,
        told_at: None,
    }
}

pub(crate) fn source(first_seen: &str) -> Source {
    Source {
        id: Uuid::now_v7(),
        site: "s".into(),
        kind: SourceKind::Page,
        url: "http://www.linchuan.example/xxgk/1.html".into(),
        column: "annual".into(),
        title: Some("临川县水务局2024年政府信息公开工作年度报告".into()),
        listed_date: None,
        body: Some("b1".into()),
        year: Some(2024),
        etag: None,
        last_modified: None,
        blob: None,
        first_seen_at: at(first_seen),
        last_listed_at: Some(at(first_seen)),
        last_fetched_at: Some(at(first_seen)),
        gone_since: None,
        next_fetch_at: at(first_seen),
    }
}

/// A report with two parts and the table of reviews: 12 requests in words, 3 reviews upheld.
pub(crate) fn report(part_one: &str, upheld: i64) -> Report {
    let mut text = String::new();
    let mut section = |number, words: &str| {
        let start = u32::try_from(text.chars().count()).unwrap();
        text.push_str(words);
        Section {
            number,
            heading: None,
            span: Span::new(start, u32::try_from(text.chars().count()).unwrap()),
        }
    };
    let sections =
        vec![section(1, part_one), section(5, "五、存在的主要问题及改进情况\n人手不足，已增加1人。\n")];
    Report {
        index: 0,
        kind: DocumentKind::AnnualReport,
        error: None,
        text,
        charset: "UTF-8".into(),
        title: Some(Quote {
            text: "临川县水务局2024年政府信息公开工作年度报告".into(),
            span: Span::default(),
        }),
        publisher: None,
        year: Some(2024),
        index_number: None,
        published: None,
        signed: None,
        sections,
        tables: vec![proceedings(upheld)],
        hints: Vec::new(),
        doubts: Vec::new(),
    }
}

fn proceedings(upheld: i64) -> Table {
    let shape = form("2021").unwrap().table("proceedings").unwrap();
    let cell = |row: Key, column: Key| {
        let counted = row == "review" && (column == "upheld" || column == "total");
        let value = Decimal::from(if counted { upheld } else { 0 });
        Cell {
            row,
            column,
            state: CellState::Printed,
            value: Some(value),
            printed: value.to_string(),
            span: Span::default(),
            unit: None,
        }
    };
    let cells =
        shape.rows().flat_map(|(block, row)| block.columns.iter().map(|c| cell(row.key, c.key))).collect();
    Table {
        key: shape.key,
        form: Key::find("2021").unwrap(),
        span: Span::default(),
        absent: Vec::new(),
        cells,
    }
}

pub(crate) fn row(source: &Source, fetched: &str) -> ReportRow {
    ReportRow {
        id: Uuid::now_v7(),
        version: Uuid::now_v7(),
        source: source.id,
        url: source.url.clone(),
        blob: BlobId::of(fetched.as_bytes()),
        fetched_at: at(fetched),
        body: Some("b1".into()),
        year: Some(2024),
        scope: Scope::Own,
        current: true,
        verdict: Some(Verdict::Consistent),
        report: report("一、总体情况\n全年收到申请12件。\n", 3),
    }
}

/// A county department's report for 2024 (due 31 January 2025), seen on `today`, with nothing found.
pub(crate) fn facts(today: Date) -> Facts {
    let body = body("b1", Kind::Department, Level::County);
    Facts {
        deadline: deadline(&body, 2024).unwrap(),
        body,
        year: 2024,
        today,
        now: today.at(4, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp(),
        sources: Vec::new(),
        history: Vec::new(),
        normalisers: HashMap::new(),
        polls: one_column(),
        around: Around::default(),
    }
}

/// A site with the column of `poll`, not polled yet.
fn one_column() -> SitePolls {
    let mut polls = SitePolls::default();
    polls.expect(vec!["annual".to_owned()]);
    polls
}
