//! Fetches of pages: nothing new, new bytes, or gone.
use std::collections::BTreeSet;

use gongkai_model::Stage;
use uuid::Uuid;

use super::mark_due;
use crate::{
    archive::BlobId,
    error::StoreResult,
    results::{PageFetched, PageOutcome},
    sql::{
        column::{Columns, json_of, millis},
        ledger::NewRows,
        query::{Conn, query},
    },
};

const WERE_GONE: &str = "SELECT id FROM sources WHERE gone_since IS NOT NULL AND id IN {?1}";

const SAME: &str = "
UPDATE sources AS s SET last_fetched_at = l.at, next_fetch_at = l.next, gone_since = NULL
FROM {?1: id TEXT, at BIGINT, next BIGINT} AS l WHERE s.id = l.id";

const FRESH: &str = "
UPDATE sources AS s SET last_fetched_at = l.at, next_fetch_at = l.next, gone_since = NULL,
  blob = l.blob, etag = l.etag, last_modified = l.modified
FROM {?1: id TEXT, at BIGINT, next BIGINT, blob TEXT, etag TEXT, modified TEXT} AS l WHERE s.id = l.id";

const VERSIONS: &str = "
INSERT INTO versions (id, source, blob, media_type, size, fetched_at)
SELECT l.id, l.source, l.blob, l.kind, l.size, l.at
FROM {?1: id TEXT, source TEXT, blob TEXT, kind TEXT, size BIGINT, at BIGINT} AS l";

const GONE: &str = "
UPDATE sources AS s SET gone_since = COALESCE(s.gone_since, l.at), next_fetch_at = l.next
FROM {?1: id TEXT, at BIGINT, next BIGINT} AS l WHERE s.id = l.id";

const CARRY: &str = "
SELECT DISTINCT body, year FROM reports
WHERE source IN {?1} AND current = 1 AND body IS NOT NULL AND year IS NOT NULL ORDER BY body, year";

/// New bytes of a page.
struct Fresh<'f> {
    fetched: &'f PageFetched,
    version: String,
    blob: &'f BlobId,
    size: u64,
    media_type: &'f Option<String>,
    etag: &'f Option<String>,
    last_modified: &'f Option<String>,
}

/// Writes what the server gave.
pub(super) async fn write(
    conn: &mut Conn,
    pages: &[&PageFetched],
    new_rows: &mut NewRows<'_>,
) -> StoreResult<()> {
    if pages.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = pages.iter().map(|page| page.source.to_string()).collect();
    let mut changed: BTreeSet<String> =
        query(WERE_GONE).bind(json_of(&ids)?).texts(conn).await?.into_iter().collect();
    let (mut same, mut gone, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for (&page, id) in pages.iter().zip(ids) {
        let row = (id, millis(page.at), millis(page.next_fetch_at));
        match &page.outcome {
            PageOutcome::Same => same.push(row),
            PageOutcome::Fresh { blob, size, media_type, etag, last_modified } => {
                let version = Uuid::now_v7().to_string();
                let (fetched, size) = (page, *size);
                new.push(Fresh { fetched, version, blob, size, media_type, etag, last_modified });
            }
            PageOutcome::Gone { .. } => {
                changed.insert(row.0.clone());
                gone.push(row);
            }
        }
    }
    for (statement, rows) in [(SAME, same), (GONE, gone)] {
        if !rows.is_empty() {
            query(statement).bind(json_of(&rows)?).run(conn).await?;
        }
    }
    write_fresh(conn, new, new_rows).await?;
    mark_carried(conn, &changed, new_rows).await
}

async fn write_fresh(conn: &mut Conn, new: Vec<Fresh<'_>>, new_rows: &mut NewRows<'_>) -> StoreResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let source = |fresh: &Fresh<'_>| fresh.fetched.source.to_string();
    let at = |fresh: &Fresh<'_>| millis(fresh.fetched.at);
    let sources: Vec<_> = new
        .iter()
        .map(|f| {
            let next = millis(f.fetched.next_fetch_at);
            (source(f), at(f), next, f.blob.as_str(), f.etag, f.last_modified)
        })
        .collect();
    let versions: Vec<_> = new
        .iter()
        .map(|f| (f.version.as_str(), source(f), f.blob.as_str(), f.media_type, f.size, at(f)))
        .collect();
    query(FRESH).bind(json_of(&sources)?).run(conn).await?;
    query(VERSIONS).bind(json_of(&versions)?).run(conn).await?;
    new_rows.raise(conn, Stage::Parse, new.into_iter().map(|fresh| fresh.version).collect()).await
}

/// Gone, or back again: either changes what is due. (Other bytes alone are judged first.)
async fn mark_carried(
    conn: &mut Conn,
    sources: &BTreeSet<String>,
    new_rows: &mut NewRows<'_>,
) -> StoreResult<()> {
    if sources.is_empty() {
        return Ok(());
    }
    let mut carried = Vec::new();
    for row in query(CARRY).bind(json_of(sources)?).all(conn).await? {
        carried.push((row.text("body")?, row.number("year")?));
    }
    mark_due(conn, carried.iter().map(|(body, year)| (body.as_str(), *year)), new_rows).await
}
