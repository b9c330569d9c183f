//! What was read from a version: nothing new, or its reports.
use std::collections::BTreeSet;

use gongkai_model::Stage;
use jiff::Timestamp;
use uuid::Uuid;

use super::current;
use crate::{
    error::StoreResult,
    records::Identity,
    results::{Parsed, ParsedReport},
    sql::{
        column::{Columns, json_of, millis, misfit},
        ledger,
        query::{Conn, Row, query},
    },
};

const VERSION: &str = "
SELECT v.source, v.fetched_at, v.text_hash IS NOT NULL AND v.unchanged_from IS NULL AS was_read, s.url
FROM versions v JOIN sources s ON s.id = v.source WHERE v.id = ?1";

/// The newest earlier version that the same normaliser read; one without news stands for the one it repeats.
pub(in crate::sql) const EARLIER: &str = "
SELECT COALESCE(unchanged_from, id) AS origin, text_hash FROM versions
WHERE source = ?1 AND (fetched_at, id) < (?2, ?3) AND normaliser = ?4 AND text_hash IS NOT NULL
ORDER BY fetched_at DESC, id DESC LIMIT 1";

const MARK_READ: &str = "
UPDATE versions SET text_hash = ?2, normaliser = ?3, unchanged_from = ?4, read_at = ?5 WHERE id = ?1";

/// The id of a report is that of (version, number). A verdict outlives a second reading only if that read the same.
const PUT_REPORT: &str = "
INSERT INTO reports AS r (id, version, idx, source, fetched_at, body, year, scope, identity, kind, title, published, document)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT (version, idx) DO UPDATE SET
  verdict = CASE WHEN r.document = excluded.document THEN r.verdict END,
  judged_at = CASE WHEN r.document = excluded.document THEN r.judged_at END,
  current = 0, body = excluded.body, year = excluded.year, scope = excluded.scope, identity = excluded.identity,
  kind = excluded.kind, title = excluded.title, published = excluded.published, document = excluded.document";

const DROP_REPORTS: &str = "
DELETE FROM reports WHERE version = ?1 AND CAST(idx AS TEXT) NOT IN {?2}";

/// The version that a result is about.
struct Subject {
    id: String,
    source: String,
    url: String,
    fetched_at: Timestamp,
    was_read: bool,
}

/// Stores the reports and has them judged, unless the text is that of the version before.
pub(super) async fn write(conn: &mut Conn, parsed: Parsed, now: Timestamp) -> StoreResult<()> {
    let row = query(VERSION).bind(parsed.version.to_string()).optional(conn).await?;
    let Some(row) = row else {
        return Err(misfit("version", format!("there is no version {}", parsed.version)));
    };
    let subject = subject(&row, parsed.version)?;
    let earlier = if subject.was_read { None } else { same_text_before(conn, &subject, &parsed).await? };
    mark_read(conn, &parsed, earlier.as_deref(), now).await?;
    let mut touched = current::assigned(conn, &subject.source).await?;
    if earlier.is_none() {
        put_reports(conn, &subject, &parsed.reports).await?;
        ledger::raise(conn, Stage::Judge, &subject.id, now, now).await?;
    }
    touched.extend(current::assigned(conn, &subject.source).await?);
    current::settle(conn, &subject.source, &subject.id, &touched, now).await
}

fn subject(row: &Row, id: Uuid) -> StoreResult<Subject> {
    Ok(Subject {
        id: id.to_string(),
        source: row.text("source")?,
        url: row.text("url")?,
        fetched_at: row.time("fetched_at")?,
        was_read: row.flag("was_read")?,
    })
}

/// The earlier version with the same text, if the newest earlier one has it.
async fn same_text_before(
    conn: &mut Conn,
    subject: &Subject,
    parsed: &Parsed,
) -> StoreResult<Option<String>> {
    let row = query(EARLIER)
        .bind(&subject.source)
        .bind(millis(subject.fetched_at))
        .bind(&subject.id)
        .bind(parsed.normaliser)
        .optional(conn)
        .await?;
    match row {
        Some(row) if row.text("text_hash")? == parsed.text_hash => Ok(Some(row.text("origin")?)),
        _ => Ok(None),
    }
}

async fn mark_read(
    conn: &mut Conn,
    parsed: &Parsed,
    unchanged_from: Option<&str>,
    now: Timestamp,
) -> StoreResult<()> {
    query(MARK_READ)
        .bind(parsed.version.to_string())
        .bind(&parsed.text_hash)
        .bind(parsed.normaliser)
        .bind(unchanged_from)
        .bind(millis(now))
        .run(conn)
        .await?;
    Ok(())
}

async fn put_reports(conn: &mut Conn, subject: &Subject, reports: &[ParsedReport]) -> StoreResult<()> {
    let kept: BTreeSet<String> = reports.iter().map(|report| report.report.index.to_string()).collect();
    query(DROP_REPORTS).bind(&subject.id).bind(json_of(&kept)?).run(conn).await?;
    for report in reports {
        put_report(conn, subject, report).await?;
    }
    Ok(())
}

async fn put_report(conn: &mut Conn, subject: &Subject, parsed: &ParsedReport) -> StoreResult<()> {
    let report = &parsed.report;
    query(PUT_REPORT)
        .bind(Uuid::now_v7().to_string())
        .bind(&subject.id)
        .bind(report.index)
        .bind(&subject.source)
        .bind(millis(subject.fetched_at))
        .bind(&parsed.body)
        .bind(parsed.year)
        .bind(parsed.scope.as_str())
        .bind(identity(subject, parsed).to_string())
        .bind(report.kind.as_str())
        .bind(report.title.as_ref().map(|title| title.text.clone()))
        .bind(report.published.as_ref().map(|published| published.date.to_string()))
        .bind(json_of(report)?)
        .run(conn)
        .await?;
    Ok(())
}

fn identity(subject: &Subject, parsed: &ParsedReport) -> Identity {
    match (&parsed.body, parsed.year) {
        (Some(body), Some(year)) => Identity::Report { body: body.clone(), year },
        _ => Identity::Source { url: subject.url.clone(), index: parsed.report.index },
    }
}
