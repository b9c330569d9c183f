//! What is watched: sites, their columns and pages, polls, bodies.
use gongkai_model::{Body, Stage};
use jiff::Timestamp;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{
    column::{Columns, json_of, millis},
    ledger, rows,
};
use crate::{
    archive::BlobId,
    error::StoreResult,
    records::{Poll, Site, Source},
};

const PUT_SITE: &str = "
INSERT INTO sites (id, name, region, home) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, region = excluded.region, home = excluded.home";

const REST_COLUMNS: &str = "
UPDATE sources SET active = 0 WHERE site = ?1 AND kind = 'column' AND url NOT IN (SELECT value FROM json_each(?2))";

/// Pages of a column that has gone belong to the next column that lists them.
const RELEASE_PAGES: &str = "
UPDATE sources SET column_name = ''
WHERE site = ?1 AND kind = 'page' AND column_name NOT IN (SELECT value FROM json_each(?2))";

const PUT_COLUMN: &str = "
INSERT INTO sources (id, site, kind, url, column_name, first_seen_at, next_fetch_at) VALUES (?1, ?2, 'column', ?3, ?4, ?5, ?5)
ON CONFLICT (site, url) DO UPDATE SET
  next_fetch_at = CASE WHEN active = 1 AND kind = 'column' THEN next_fetch_at ELSE excluded.next_fetch_at END,
  kind = 'column', column_name = excluded.column_name, active = 1";

const MARK_BODIES_GONE: &str = "UPDATE bodies SET present = 0";

const PUT_BODY: &str = "
INSERT INTO bodies (id, name, region, level, kind, site, present, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, region = excluded.region, level = excluded.level,
  kind = excluded.kind, site = excluded.site, present = 1, document = excluded.document";

const BODIES: &str = "SELECT document FROM bodies WHERE present = 1 ORDER BY id";

const SOURCE: &str = "SELECT * FROM sources WHERE id = ?1";

/// Counts no further than it must. Rows that wait for a later time load nobody: pages of a site that refuses us are tried
/// again without end, and must not keep all other sites from being read.
pub(super) const UNFINISHED: &str = "
SELECT (SELECT count(*) FROM (SELECT 1 FROM tasks WHERE state = 'ready'
         AND stage IN ('fetch', 'parse', 'judge', 'due', 'notify') AND not_before <= ?2 LIMIT ?1))
     + (SELECT count(*) FROM (SELECT 1 FROM tasks WHERE state = 'sent' LIMIT ?1))";

/// A parked fetch waits for people, an open one is under way.
pub(super) const TO_FETCH: &str = "
SELECT s.id FROM sources s LEFT JOIN tasks t ON t.stage = 'fetch' AND t.subject = s.id
WHERE s.active = 1 AND s.next_fetch_at <= ?1 AND (t.id IS NULL OR t.state = 'done')
ORDER BY s.next_fetch_at, s.id LIMIT ?2";

const REST: &str = "UPDATE sources SET active = 0 WHERE id = ?1";

pub(super) const POLLS: &str = "
SELECT * FROM polls WHERE site = ?1 AND at >= ?3 AND (?2 IS NULL OR column_name = ?2) ORDER BY at, id";

pub(super) const COLUMNS: &str = "
SELECT DISTINCT column_name FROM sources WHERE site = ?1 AND kind = 'column' AND active = 1 ORDER BY column_name";

/// A page that is listed as the report and was read as something else is no page of the report any more.
pub(super) const SOURCES_OF: &str = "
SELECT * FROM sources WHERE id IN (
  SELECT source FROM reports WHERE body = ?1 AND year = ?2
  UNION SELECT s.id FROM sources s WHERE s.body = ?1 AND s.year = ?2 AND NOT EXISTS (
    SELECT 1 FROM reports r WHERE r.version = s.read_version
    GROUP BY r.version HAVING min(r.kind = 'not_a_report') = 1))
ORDER BY first_seen_at, id";

const BLOB_IS_NAMED: &str = "
SELECT EXISTS (SELECT 1 FROM versions WHERE blob = ?1) OR EXISTS (SELECT 1 FROM sources WHERE blob = ?1)";

/// A site and its columns as configured.
pub(super) async fn put_site(
    conn: &mut SqliteConnection,
    site: &Site,
    columns: &[(String, String)],
    now: Timestamp,
) -> StoreResult<()> {
    sqlx::query(PUT_SITE)
        .bind(&site.id)
        .bind(&site.name)
        .bind(&site.region)
        .bind(&site.home)
        .execute(&mut *conn)
        .await?;
    let (names, urls): (Vec<&String>, Vec<&String>) = columns.iter().map(|(name, url)| (name, url)).unzip();
    sqlx::query(REST_COLUMNS).bind(&site.id).bind(json_of(&urls)?).execute(&mut *conn).await?;
    sqlx::query(RELEASE_PAGES).bind(&site.id).bind(json_of(&names)?).execute(&mut *conn).await?;
    for (name, url) in columns {
        sqlx::query(PUT_COLUMN)
            .bind(Uuid::now_v7().to_string())
            .bind(&site.id)
            .bind(url)
            .bind(name)
            .bind(millis(now))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The registry as configured.
pub(super) async fn put_bodies(conn: &mut SqliteConnection, bodies: &[Body]) -> StoreResult<()> {
    sqlx::query(MARK_BODIES_GONE).execute(&mut *conn).await?;
    for body in bodies {
        sqlx::query(PUT_BODY)
            .bind(&body.id)
            .bind(&body.name)
            .bind(body.region())
            .bind(body.level.as_str())
            .bind(body.kind.as_str())
            .bind(&body.site)
            .bind(json_of(body)?)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The bodies that the registry has now.
pub(super) async fn bodies(conn: &mut SqliteConnection) -> StoreResult<Vec<Body>> {
    let found = sqlx::query(BODIES).fetch_all(conn).await?;
    rows::all(&found, |row| row.json("document"))
}

/// A source.
pub(super) async fn source(conn: &mut SqliteConnection, id: Uuid) -> StoreResult<Option<Source>> {
    let row = sqlx::query(SOURCE).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(rows::source).transpose()
}

/// Raises `fetch` rows for sources whose time has come.
pub(super) async fn schedule_fetches(
    conn: &mut SqliteConnection,
    max_unfinished: u64,
    limit: u32,
    now: Timestamp,
) -> StoreResult<u64> {
    let most = i64::try_from(max_unfinished).unwrap_or(i64::MAX);
    let unfinished: i64 =
        sqlx::query_scalar(UNFINISHED).bind(most).bind(millis(now)).fetch_one(&mut *conn).await?;
    if unfinished >= most {
        return Ok(0);
    }
    let sources: Vec<String> =
        sqlx::query_scalar(TO_FETCH).bind(millis(now)).bind(i64::from(limit)).fetch_all(&mut *conn).await?;
    for source in &sources {
        ledger::raise(conn, Stage::Fetch, source, now, now).await?;
    }
    Ok(u64::try_from(sources.len()).unwrap_or(u64::MAX))
}

/// A source whose fetch has become pointless is left alone until it is listed or configured again.
pub(super) async fn rest(conn: &mut SqliteConnection, source: &str) -> StoreResult<()> {
    sqlx::query(REST).bind(source).execute(conn).await?;
    Ok(())
}

/// Polls since a moment, oldest first.
pub(super) async fn polls(
    conn: &mut SqliteConnection,
    site: &str,
    column: Option<&str>,
    since: Timestamp,
) -> StoreResult<Vec<Poll>> {
    let found = sqlx::query(POLLS).bind(site).bind(column).bind(millis(since)).fetch_all(conn).await?;
    rows::all(&found, rows::poll)
}

/// The columns that a site has now.
pub(super) async fn columns(conn: &mut SqliteConnection, site: &str) -> StoreResult<Vec<String>> {
    Ok(sqlx::query_scalar(COLUMNS).bind(site).fetch_all(conn).await?)
}

/// Pages that carry or carried the report of a body for a year.
pub(super) async fn sources_of(
    conn: &mut SqliteConnection,
    body: &str,
    year: i16,
) -> StoreResult<Vec<Source>> {
    let found = sqlx::query(SOURCES_OF).bind(body).bind(year).fetch_all(conn).await?;
    rows::all(&found, rows::source)
}

/// True for blobs that a version or a source names.
pub(super) async fn blob_is_named(conn: &mut SqliteConnection, blob: &BlobId) -> StoreResult<bool> {
    let named: i64 = sqlx::query_scalar(BLOB_IS_NAMED).bind(blob.as_str()).fetch_one(conn).await?;
    Ok(named != 0)
}
