//! The table of findings: one row each finding of a current report or of what is due, with its life and what it rests on.
use gongkai_model::{Finding, Suspect};
use gongkai_store::{ListedFinding, StoredFinding};

use crate::table::{Column, Kind, Table, Value};

/// The table. Its names are those of `check --format json`; columns are only appended.
pub(super) static TABLE: Table = Table { name: "findings", columns: &COLUMNS };

static COLUMNS: [Column; 31] = [
    Kind::Text.column("fingerprint"),
    Kind::Text.column("report"),
    Kind::Text.column("identity"),
    Kind::Text.column("body"),
    Kind::Text.column("body_name"),
    Kind::Text.column("region"),
    Kind::Text.column("level"),
    Kind::Text.column("body_kind"),
    Kind::Whole.column("year"),
    Kind::Text.column("scope"),
    Kind::Text.column("code"),
    Kind::Text.column("rule"),
    Kind::Text.column("severity"),
    Kind::Text.column("origin"),
    Kind::Text.column("state"),
    Kind::Text.column("table"),
    Kind::Text.column("row"),
    Kind::Text.column("column"),
    Kind::Text.column("expected"),
    Kind::Text.column("actual"),
    Kind::Text.column("message"),
    Kind::Text.column("message_en"),
    Kind::Text.column("basis"),
    Kind::Text.column("basis_en"),
    Kind::Text.column("evidence"),
    Kind::Text.column("evidence_at"),
    Kind::Text.column("suspects"),
    Kind::Moment.column("first_seen"),
    Kind::Moment.column("last_seen"),
    Kind::Moment.column("fixed"),
    Kind::Moment.column("dismissed"),
];

/// Its row of a finding.
pub(super) fn row(listed: &ListedFinding) -> [Value; COLUMNS.len()] {
    let (found, finding) = (&listed.found, &listed.found.finding);
    let owner = listed.owner.as_ref();
    let text = |text: &Option<String>| Value::known(text.as_ref(), Value::text);
    let figure = |text: &Option<String>| Value::known(text.as_deref(), Value::figure);
    [
        Value::text(&finding.fingerprint),
        Value::known(listed.report, Value::text),
        Value::text(&found.identity),
        text(&found.body),
        Value::known(owner, |owner| Value::text(&owner.name)),
        Value::known(owner, |owner| Value::text(&owner.region)),
        Value::known(owner, |owner| Value::text(owner.level.as_str())),
        Value::known(owner, |owner| Value::text(owner.kind.as_str())),
        Value::known(found.year, |year| Value::Whole(year.into())),
        Value::text(&listed.scope),
        Value::text(&finding.code),
        Value::text(&finding.rule),
        Value::text(finding.severity.as_str()),
        Value::text(finding.origin.as_str()),
        Value::text(state(found)),
        text(&finding.table),
        text(&finding.row),
        text(&finding.column),
        figure(&finding.expected),
        figure(&finding.actual),
        Value::text(&finding.message.zh),
        Value::text(&finding.message.en),
        Value::text(&finding.basis.zh),
        Value::text(&finding.basis.en),
        Value::Text(lines(finding, |evidence| evidence.text.clone())),
        Value::Text(lines(finding, |evidence| format!("{}-{}", evidence.span.start, evidence.span.end))),
        Value::Text(finding.suspects.iter().map(suspect).collect::<Vec<_>>().join("\n")),
        Value::Moment(found.first_seen_at),
        Value::Moment(found.last_seen_at),
        Value::known(found.fixed_at, Value::Moment),
        Value::known(found.dismissed_at, Value::Moment),
    ]
}

/// Where a finding is in its life. One that was seen by one judging only is new.
fn state(found: &StoredFinding) -> &'static str {
    match (found.fixed_at, found.dismissed_at) {
        (Some(_), _) => "fixed",
        (None, Some(_)) => "dismissed",
        (None, None) if found.first_seen_at == found.last_seen_at => "new",
        (None, None) => "persists",
    }
}

/// A line for each piece of evidence.
fn lines(finding: &Finding, line: impl Fn(&gongkai_model::Evidence) -> String) -> String {
    finding.evidence.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `requests.granted.total 18 -> 8`.
fn suspect(suspect: &Suspect) -> String {
    let Suspect { table, row, column, printed, likely } = suspect;
    format!("{table}.{row}.{column} {printed} -> {likely}")
}
