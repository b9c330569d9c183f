//! What is watched: sites, their columns and pages, polls, bodies.
use std::collections::{BTreeMap, HashMap};

use gongkai_model::{Body, Stage};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    column::{Columns, json_of},
    ledger,
    query::{Conn, query},
    rows,
};
use crate::{
    archive::BlobId,
    error::StoreResult,
    records::{Poll, Site, Source},
    store::OfYear,
};

const PUT_SITE: &str = "
INSERT INTO sites (id, name, region, home) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, region = excluded.region, home = excluded.home";

const REST_COLUMNS: &str = "
UPDATE sources SET active = 0 WHERE site = ?1 AND kind = 'column' AND url NOT IN {?2}";

/// Pages of a column that has gone belong to the next column that lists them.
const RELEASE_PAGES: &str = "
UPDATE sources SET column_name = ''
WHERE site = ?1 AND kind = 'page' AND column_name NOT IN {?2}";

const PUT_COLUMN: &str = "
INSERT INTO sources AS s (id, site, kind, url, column_name, first_seen_at, next_fetch_at) VALUES (?1, ?2, 'column', ?3, ?4, ?5, ?5)
ON CONFLICT (site, url) DO UPDATE SET
  next_fetch_at = CASE WHEN s.active = 1 AND s.kind = 'column' THEN s.next_fetch_at ELSE excluded.next_fetch_at END,
  kind = 'column', column_name = excluded.column_name, active = 1";

const MARK_BODIES_GONE: &str = "UPDATE bodies SET present = 0";

const PUT_BODIES: &str = "
INSERT INTO bodies (id, name, region, level, kind, site, present, document)
SELECT l.id, l.name, l.region, l.level, l.kind, l.site, 1, l.document
FROM {?1: id TEXT, name TEXT, region TEXT, level TEXT, kind TEXT, site TEXT, document TEXT} AS l WHERE TRUE ORDER BY l.id
ON CONFLICT (id) DO UPDATE SET name = excluded.name, region = excluded.region, level = excluded.level,
  kind = excluded.kind, site = excluded.site, present = 1, document = excluded.document";

const BODIES: &str = "SELECT document FROM bodies WHERE present = 1 ORDER BY id";

pub(super) const SOURCES: &str = "SELECT * FROM sources WHERE id IN {?1}";

/// Counts no further than it must. Rows that wait for a later time load nobody: pages of a site that refuses us are tried
/// again without end, and must not keep all other sites from being read.
pub(super) const UNFINISHED: &str = "
SELECT (SELECT count(*) FROM (SELECT 1 FROM tasks WHERE state = 'ready'
         AND stage IN ('fetch', 'parse', 'judge', 'due', 'notify') AND not_before <= ?2 LIMIT ?1) AS counted)
     + (SELECT count(*) FROM (SELECT 1 FROM tasks WHERE state = 'sent' LIMIT ?1) AS counted)";

/// A parked fetch waits for people, an open one is under way.
pub(super) const TO_FETCH: &str = "
SELECT s.id FROM sources s LEFT JOIN tasks t ON t.stage = 'fetch' AND t.subject = s.id
WHERE s.active = 1 AND s.next_fetch_at <= ?1 AND (t.id IS NULL OR t.state = 'done')
ORDER BY s.next_fetch_at, s.id LIMIT ?2";

const REST: &str = "UPDATE sources SET active = 0 WHERE id = ?1";

pub(super) const POLLS: &str = "
SELECT * FROM polls WHERE site = ?1 AND at >= ?3 AND (?2 IS NULL OR column_name = ?2) ORDER BY at, id";

/// Days are those of Asia/Shanghai, eight hours before UTC.
const THIN_POLLS: &str = "
DELETE FROM polls WHERE id IN (
  SELECT p.id FROM (
    SELECT id, row_number() OVER (PARTITION BY site, column_name, outcome, complete, (at + 28800000) / 86400000 ORDER BY at, id) AS early,
      row_number() OVER (PARTITION BY site, column_name, outcome, complete, (at + 28800000) / 86400000 ORDER BY at DESC, id DESC) AS late
    FROM polls WHERE at < ?1) AS p
  WHERE p.early > 1 AND p.late > 1
  UNION ALL SELECT id FROM polls WHERE at < ?2)";

pub(super) const COLUMNS: &str = "
SELECT DISTINCT column_name FROM sources WHERE site = ?1 AND kind = 'column' AND active = 1 ORDER BY column_name";

/// A page that is listed as the report and was read as something else is no page of the report any more.
pub(super) const SOURCES_OF: &str = "
SELECT p.of_body, p.of_year, s.* FROM (
  SELECT l.body AS of_body, l.year AS of_year, r.source AS id
  FROM {?1: body TEXT, year BIGINT} AS l JOIN reports r ON r.body = l.body AND r.year = l.year
  UNION SELECT l.body, l.year, s.id
  FROM {?1: body TEXT, year BIGINT} AS l JOIN sources s ON s.body = l.body AND s.year = l.year
  WHERE NOT EXISTS (SELECT 1 FROM reports r WHERE r.version = s.read_version
    GROUP BY r.version HAVING min(CASE WHEN r.kind = 'not_a_report' THEN 1 ELSE 0 END) = 1)) AS p
JOIN sources s ON s.id = p.id ORDER BY s.first_seen_at, s.id";

const BLOB_IS_NAMED: &str = "
SELECT EXISTS (SELECT 1 FROM versions WHERE blob = ?1) OR EXISTS (SELECT 1 FROM sources WHERE blob = ?1)";

/// A site and its columns as configured.
pub(super) async fn put_site(
    conn: &mut Conn,
    site: &Site,
    columns: &[(String, String)],
    now: Timestamp,
) -> StoreResult<()> {
    query(PUT_SITE).bind(&site.id).bind(&site.name).bind(&site.region).bind(&site.home).run(conn).await?;
    let (names, urls): (Vec<&String>, Vec<&String>) = columns.iter().map(|(name, url)| (name, url)).unzip();
    query(REST_COLUMNS).bind(&site.id).bind(json_of(&urls)?).run(conn).await?;
    query(RELEASE_PAGES).bind(&site.id).bind(json_of(&names)?).run(conn).await?;
    for (name, url) in columns {
        query(PUT_COLUMN)
            .bind(Uuid::now_v7().to_string())
            .bind(&site.id)
            .bind(url)
            .bind(name)
            .bind(now)
            .run(conn)
            .await?;
    }
    Ok(())
}

/// The registry as configured.
pub(super) async fn put_bodies(conn: &mut Conn, bodies: &[Body]) -> StoreResult<()> {
    query(MARK_BODIES_GONE).run(conn).await?;
    let mut rows = BTreeMap::new();
    for body in bodies {
        let (level, kind) = (body.level.as_str(), body.kind.as_str());
        let row = (&body.id, &body.name, body.region(), level, kind, &body.site, json_of(body)?);
        rows.insert(&body.id, row);
    }
    query(PUT_BODIES).bind(json_of(&rows.into_values().collect::<Vec<_>>())?).run(conn).await?;
    Ok(())
}

/// The bodies that the registry has now.
pub(super) async fn bodies(conn: &mut Conn) -> StoreResult<Vec<Body>> {
    let found = query(BODIES).all(conn).await?;
    rows::all(&found, |row| row.json("document"))
}

/// Sources by their id.
pub(super) async fn sources(conn: &mut Conn, ids: &[Uuid]) -> StoreResult<HashMap<Uuid, Source>> {
    let found = query(SOURCES).bind(json_of(&ids)?).all(conn).await?;
    let sources = rows::all(&found, rows::source)?;
    Ok(sources.into_iter().map(|source| (source.id, source)).collect())
}

/// Raises `fetch` rows for sources whose time has come.
pub(super) async fn schedule_fetches(
    conn: &mut Conn,
    max_unfinished: u64,
    limit: u32,
    now: Timestamp,
) -> StoreResult<u64> {
    let most = i64::try_from(max_unfinished).unwrap_or(i64::MAX);
    let unfinished = query(UNFINISHED).bind(most).bind(now).number(conn).await?;
    if unfinished >= most {
        return Ok(0);
    }
    let sources = query(TO_FETCH).bind(now).bind(i64::from(limit)).texts(conn).await?;
    let count = sources.len();
    ledger::raise_all(conn, Stage::Fetch, sources.into_iter().collect(), now, now).await?;
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}

/// A source whose fetch has become pointless is left alone until it is listed or configured again.
pub(super) async fn rest(conn: &mut Conn, source: &str) -> StoreResult<()> {
    query(REST).bind(source).run(conn).await?;
    Ok(())
}

/// Polls since a moment, oldest first.
pub(super) async fn polls(
    conn: &mut Conn,
    site: &str,
    column: Option<&str>,
    since: Timestamp,
) -> StoreResult<Vec<Poll>> {
    let found = query(POLLS).bind(site).bind(column).bind(since).all(conn).await?;
    rows::all(&found, rows::poll)
}

/// Of polls before `thin` the first and the last of each column, day and outcome stay, of those before `forget` none.
pub(super) async fn thin_polls(conn: &mut Conn, thin: Timestamp, forget: Timestamp) -> StoreResult<u64> {
    query(THIN_POLLS).bind(thin).bind(forget).run(conn).await
}

/// The columns that a site has now.
pub(super) async fn columns(conn: &mut Conn, site: &str) -> StoreResult<Vec<String>> {
    query(COLUMNS).bind(site).texts(conn).await
}

/// Pages that carry or carried the report of a body for a year.
pub(super) async fn sources_of_all(
    conn: &mut Conn,
    of: &[OfYear],
) -> StoreResult<HashMap<OfYear, Vec<Source>>> {
    let mut sources: HashMap<OfYear, Vec<Source>> = HashMap::new();
    for row in query(SOURCES_OF).bind(json_of(&of)?).all(conn).await? {
        let of = (row.text("of_body")?, row.number("of_year")?);
        sources.entry(of).or_default().push(rows::source(&row)?);
    }
    Ok(sources)
}

/// True for blobs that a version or a source names.
pub(super) async fn blob_is_named(conn: &mut Conn, blob: &BlobId) -> StoreResult<bool> {
    let named = query(BLOB_IS_NAMED).bind(blob.as_str()).number(conn).await?;
    Ok(named != 0)
}
