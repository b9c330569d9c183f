//! Versions and their reports.
use uuid::Uuid;

use super::{
    column::Columns,
    query::{Conn, query},
    rows,
};
use crate::{
    error::StoreResult,
    records::{ReportRow, Version},
    store::Filter,
    views::Latest,
};

const VERSION: &str = "SELECT * FROM versions WHERE id = ?1";

const OF_VERSION: &str = "
SELECT r.*, v.blob, s.url FROM reports r JOIN versions v ON v.id = r.version JOIN sources s ON s.id = r.source
WHERE r.version = ?1 ORDER BY r.idx";

const REPORT: &str = "
SELECT r.*, v.blob, s.url FROM reports r JOIN versions v ON v.id = r.version JOIN sources s ON s.id = r.source
WHERE r.id = ?1";

pub(super) const HISTORY: &str = "
SELECT r.*, v.blob, s.url FROM reports r JOIN versions v ON v.id = r.version JOIN sources s ON s.id = r.source
WHERE r.body = ?1 AND r.year = ?2 ORDER BY r.fetched_at DESC, r.version DESC, r.idx LIMIT ?3";

/// ?1 id, ?2 site, ?3 body, ?4 year, ?5 text, ?6 limit, ?7 offset; the first condition decides which index serves.
macro_rules! latest {
    ($first:literal) => {
        concat!(
            "SELECT r.id, COALESCE(r.title, s.title, s.url) AS title, r.body, b.name AS body_name, r.year, r.verdict,
  r.published, r.fetched_at, s.url,
  (SELECT count(*) FROM findings f WHERE f.identity = r.identity AND f.scope IN (r.scope, 'due')
    AND f.severity = 'error' AND f.fixed_at IS NULL AND f.dismissed_at IS NULL) AS errors,
  (SELECT count(*) FROM findings f WHERE f.identity = r.identity AND f.scope IN (r.scope, 'due')
    AND f.severity = 'warning' AND f.fixed_at IS NULL AND f.dismissed_at IS NULL) AS warnings,
  (SELECT count(*) FROM findings f WHERE f.identity = r.identity AND f.scope IN (r.scope, 'due')
    AND f.severity = 'hint' AND f.fixed_at IS NULL AND f.dismissed_at IS NULL) AS hints
FROM reports r LEFT JOIN sources s ON s.id = r.source LEFT JOIN bodies b ON b.id = r.body
WHERE r.current = 1 AND ",
            $first,
            "
  AND (?1 IS NULL OR r.id = ?1 OR r.version = ?1 OR r.source = ?1)
  AND (?2 IS NULL OR s.site = ?2) AND (?3 IS NULL OR r.body = ?3) AND (?4 IS NULL OR r.year = ?4)
  AND (?5 IS NULL OR instr(lower(COALESCE(r.title, s.title)), lower(?5)) > 0 OR instr(b.name, ?5) > 0)
ORDER BY r.fetched_at DESC, r.id DESC LIMIT ?6 OFFSET ?7"
        )
    };
}

pub(super) const LATEST: &str = latest!("TRUE");
pub(super) const LATEST_OF_BODY: &str = latest!("r.body = ?3");

const UNASSIGNED: &str = "
SELECT count(*) FROM reports WHERE current = 1 AND (body IS NULL OR year IS NULL) AND kind <> 'not_a_report'";

/// A version.
pub(super) async fn version(conn: &mut Conn, id: Uuid) -> StoreResult<Option<Version>> {
    let row = query(VERSION).bind(id.to_string()).optional(conn).await?;
    row.as_ref().map(rows::version).transpose()
}

/// The reports of a version, by their number.
pub(super) async fn of_version(conn: &mut Conn, version: Uuid) -> StoreResult<Vec<ReportRow>> {
    let found = query(OF_VERSION).bind(version.to_string()).all(conn).await?;
    rows::all(&found, rows::report)
}

/// A report.
pub(super) async fn report(conn: &mut Conn, id: Uuid) -> StoreResult<Option<ReportRow>> {
    let row = query(REPORT).bind(id.to_string()).optional(conn).await?;
    row.as_ref().map(rows::report).transpose()
}

/// The reports of a body for a year, of all versions, newest first.
pub(super) async fn history(
    conn: &mut Conn,
    body: &str,
    year: i16,
    limit: u32,
) -> StoreResult<Vec<ReportRow>> {
    let found = query(HISTORY).bind(body).bind(year).bind(i64::from(limit)).all(conn).await?;
    rows::all(&found, rows::report)
}

/// Current reports, latest fetched first.
pub(super) async fn latest(conn: &mut Conn, filter: &Filter) -> StoreResult<Vec<Latest>> {
    let sql = if filter.body.is_some() { LATEST_OF_BODY } else { LATEST };
    let found = query(sql).bind(filter.id.map(|id| id.to_string())).among(filter).all(conn).await?;
    rows::all(&found, |row| {
        Ok(Latest {
            report: row.id("id")?,
            title: row.text("title")?,
            body: row.text_or_none("body")?,
            body_name: row.text_or_none("body_name")?,
            year: row.number_or_none("year")?,
            verdict: row.named_or_none("verdict")?,
            errors: row.number("errors")?,
            warnings: row.number("warnings")?,
            hints: row.number("hints")?,
            published: row.named_or_none("published")?,
            fetched_at: row.time("fetched_at")?,
            url: row.text("url")?,
        })
    })
}

/// Current reports whose body or year is unknown.
pub(super) async fn unassigned(conn: &mut Conn) -> StoreResult<u64> {
    let n = query(UNASSIGNED).number(conn).await?;
    Ok(u64::try_from(n).unwrap_or_default())
}
