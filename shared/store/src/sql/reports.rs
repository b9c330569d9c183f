//! Versions and their reports.
use std::collections::HashMap;

use uuid::Uuid;

use super::{
    column::{Columns, json_of},
    query::{Conn, query},
    rows,
};
use crate::{
    error::StoreResult,
    records::{ReportRow, Version},
    store::{Filter, OfYear},
    views::Latest,
};

pub(super) const VERSIONS: &str = "SELECT * FROM versions WHERE id IN {?1}";

const OF_VERSIONS: &str = "
SELECT r.*, v.blob, s.url FROM reports r JOIN versions v ON v.id = r.version JOIN sources s ON s.id = r.source
WHERE r.version IN {?1} ORDER BY r.version, r.idx";

const REPORT: &str = "
SELECT r.*, v.blob, s.url FROM reports r JOIN versions v ON v.id = r.version JOIN sources s ON s.id = r.source
WHERE r.id = ?1";

/// What lies before the last one that is wanted of a body's is not read at all.
pub(super) const HISTORIES: &str = "
SELECT r.*, v.blob, s.url FROM {?1: body TEXT, year BIGINT} AS l
JOIN reports r ON r.body = l.body AND r.year = l.year AND r.fetched_at >= COALESCE((
  SELECT h.fetched_at FROM reports h WHERE h.body = l.body AND h.year = l.year ORDER BY h.fetched_at DESC LIMIT 1 OFFSET ?2), 0)
JOIN versions v ON v.id = r.version JOIN sources s ON s.id = r.source
ORDER BY r.body, r.year, r.fetched_at DESC, r.version DESC, r.idx";

/// How many open findings a report `r` has of each severity, what is due of its body among them.
macro_rules! open_counts {
    () => {
        "  (SELECT count(*) FROM findings f WHERE f.identity = r.identity AND f.scope IN (r.scope, 'due')
    AND f.severity = 'error' AND COALESCE(f.fixed_at, f.dismissed_at) IS NULL) AS errors,
  (SELECT count(*) FROM findings f WHERE f.identity = r.identity AND f.scope IN (r.scope, 'due')
    AND f.severity = 'warning' AND COALESCE(f.fixed_at, f.dismissed_at) IS NULL) AS warnings,
  (SELECT count(*) FROM findings f WHERE f.identity = r.identity AND f.scope IN (r.scope, 'due')
    AND f.severity = 'hint' AND COALESCE(f.fixed_at, f.dismissed_at) IS NULL) AS hints"
    };
}
pub(super) use open_counts;

/// ?1 id, ?2 site, ?3 body, ?4 year, ?5 text, ?6 limit, ?7 offset; the first condition decides which index serves.
macro_rules! latest {
    ($first:literal) => {
        concat!(
            "SELECT r.id, COALESCE(r.title, s.title, s.url) AS title, r.body, b.name AS body_name, r.year, r.verdict,
  r.published, r.fetched_at, s.url,
",
            open_counts!(),
            "
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

/// Versions by their id.
pub(super) async fn versions(conn: &mut Conn, ids: &[Uuid]) -> StoreResult<HashMap<Uuid, Version>> {
    let found = query(VERSIONS).bind(json_of(&ids)?).all(conn).await?;
    let versions = rows::all(&found, rows::version)?;
    Ok(versions.into_iter().map(|version| (version.id, version)).collect())
}

/// The reports of versions, by their number.
pub(super) async fn of_versions(
    conn: &mut Conn,
    versions: &[Uuid],
) -> StoreResult<HashMap<Uuid, Vec<ReportRow>>> {
    let ids: Vec<String> = versions.iter().map(ToString::to_string).collect();
    let mut reports: HashMap<Uuid, Vec<ReportRow>> = HashMap::new();
    for row in query(OF_VERSIONS).bind(json_of(&ids)?).all(conn).await? {
        let report = rows::report(&row)?;
        reports.entry(report.version).or_default().push(report);
    }
    Ok(reports)
}

/// A report.
pub(super) async fn report(conn: &mut Conn, id: Uuid) -> StoreResult<Option<ReportRow>> {
    let row = query(REPORT).bind(id.to_string()).optional(conn).await?;
    row.as_ref().map(rows::report).transpose()
}

/// The reports of bodies for years, of all versions, newest first.
pub(super) async fn histories(
    conn: &mut Conn,
    of: &[OfYear],
    limit: u32,
) -> StoreResult<HashMap<OfYear, Vec<ReportRow>>> {
    let mut histories: HashMap<OfYear, Vec<ReportRow>> = HashMap::new();
    let last = i64::from(limit) - 1;
    for row in query(HISTORIES).bind(json_of(&of)?).bind(last.max(0)).all(conn).await? {
        let history = histories.entry((row.text("body")?, row.number("year")?)).or_default();
        if history.len() < limit as usize {
            history.push(rows::report(&row)?);
        }
    }
    Ok(histories)
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
