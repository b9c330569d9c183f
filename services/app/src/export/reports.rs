//! The table of reports: one row each current one, with whose it is, where it stands and what is wrong with it.
use gongkai_model::Quote;
use gongkai_store::{DueState, ListedReport, Owner};

use crate::table::{Column, Kind, Table, Value};

/// The table. Its names are those of `check --format json` and of the registry; columns are only appended.
pub(super) static TABLE: Table = Table { name: "reports", columns: &COLUMNS };

static COLUMNS: [Column; 33] = [
    Kind::Text.column("report"),
    Kind::Text.column("body"),
    Kind::Text.column("body_name"),
    Kind::Text.column("region"),
    Kind::Text.column("level"),
    Kind::Text.column("body_kind"),
    Kind::Text.column("site"),
    Kind::Whole.column("year"),
    Kind::Text.column("scope"),
    Kind::Text.column("kind"),
    Kind::Text.column("title"),
    Kind::Text.column("publisher"),
    Kind::Text.column("index_number"),
    Kind::Text.column("url"),
    Kind::Text.column("sha256"),
    Kind::Date.column("published"),
    Kind::Text.column("published_kind"),
    Kind::Date.column("signed"),
    Kind::Moment.column("first_seen"),
    Kind::Moment.column("fetched"),
    Kind::Text.column("form"),
    Kind::Text.column("form_disclosure"),
    Kind::Text.column("form_requests"),
    Kind::Text.column("form_proceedings"),
    Kind::Text.column("sections"),
    Kind::Whole.column("cells"),
    Kind::Text.column("verdict"),
    Kind::Whole.column("errors"),
    Kind::Whole.column("warnings"),
    Kind::Whole.column("hints"),
    Kind::Date.column("due"),
    Kind::Text.column("due_state"),
    Kind::Text.column("reading_error"),
];

/// Its row of a report.
pub(super) fn row(listed: &ListedReport) -> [Value; COLUMNS.len()] {
    let (row, report) = (&listed.row, &listed.row.report);
    let owner = listed.owner.as_ref();
    let quoted = |quote: &Option<Quote>| Value::known(quote.as_ref(), |quote| Value::text(&quote.text));
    let published = report.published.as_ref();
    let form = |table| Value::known(report.table(table), |table| Value::text(table.form.as_str()));
    let sections: Vec<String> = report.sections.iter().map(|section| section.number.to_string()).collect();
    [
        Value::text(row.id),
        Value::known(row.body.as_ref(), Value::text),
        Value::known(owner, |owner: &Owner| Value::text(&owner.name)),
        Value::known(owner, |owner| Value::text(&owner.region)),
        Value::known(owner, |owner| Value::text(owner.level.as_str())),
        Value::known(owner, |owner| Value::text(owner.kind.as_str())),
        Value::text(&listed.site),
        Value::known(row.year, |year| Value::Whole(year.into())),
        Value::text(row.scope.as_str()),
        Value::text(report.kind.as_str()),
        quoted(&report.title),
        quoted(&report.publisher),
        quoted(&report.index_number),
        Value::text(&row.url),
        Value::text(row.blob.as_str()),
        Value::known(published, |published| Value::Date(published.date)),
        Value::known(published, |published| Value::text(published.kind.as_str())),
        Value::known(report.signed, Value::Date),
        Value::Moment(listed.first_seen_at),
        Value::Moment(row.fetched_at),
        Value::known(report.form(), Value::text),
        form("disclosure"),
        form("requests"),
        form("proceedings"),
        Value::Text(sections.join(" ")),
        Value::count(report.tables.iter().map(|table| table.cells.len() as u64).sum()),
        Value::known(row.verdict, |verdict| Value::text(verdict.as_str())),
        Value::count(listed.errors),
        Value::count(listed.warnings),
        Value::count(listed.hints),
        Value::known(listed.due, Value::Date),
        Value::known(listed.due_state, |state: DueState| Value::text(state.as_str())),
        Value::known(report.error.as_ref(), |error| Value::text(&error.code)),
    ]
}
