//! A poll of a column: the poll is kept as proof, its links become sources.
use std::collections::{BTreeMap, BTreeSet};

use gongkai_model::Stage;
use uuid::Uuid;

use super::mark_due;
use crate::{
    error::StoreResult,
    records::{Poll, PollOutcome},
    results::{ColumnPolled, Found},
    sql::{
        column::{json_of, millis},
        ledger::NewRows,
        query::{Conn, query},
    },
};

const POLL: &str = "
INSERT INTO polls (site, column_name, at, outcome, complete, pages, items, detail)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const COLUMN: &str = "
UPDATE sources SET next_fetch_at = ?2,
  last_fetched_at = CASE WHEN ?3 = 1 THEN ?4 ELSE last_fetched_at END,
  last_listed_at = CASE WHEN ?5 = 1 THEN ?4 ELSE last_listed_at END
WHERE id = ?1";

/// Something new was listed: more may follow.
const SOON: &str = "UPDATE sources SET next_fetch_at = ?2 WHERE id = ?1 AND next_fetch_at > ?2";

/// Another title or date in the list means: look at the page again. Two columns may list one page
/// under two titles; only the column that it belongs to counts, or the page would seem to change all the time.
const LIST: &str = "
INSERT INTO sources AS s (id, site, kind, url, column_name, title, listed_date, body, year, first_seen_at, next_fetch_at, last_listed_at)
SELECT l.id, ?2, 'page', l.url, ?3, l.title, l.date, l.body, l.year, ?4, ?4, ?5
FROM {?1: id TEXT, url TEXT, title TEXT, date TEXT, body TEXT, year BIGINT} AS l WHERE TRUE ORDER BY l.url
ON CONFLICT (site, url) DO UPDATE SET
  next_fetch_at = CASE WHEN s.active = 0 OR (s.column_name IN (excluded.column_name, '')
      AND (s.title IS DISTINCT FROM excluded.title OR s.listed_date IS DISTINCT FROM excluded.listed_date))
    THEN excluded.next_fetch_at ELSE s.next_fetch_at END,
  title = CASE WHEN s.column_name IN (excluded.column_name, '') THEN excluded.title ELSE s.title END,
  listed_date = CASE WHEN s.column_name IN (excluded.column_name, '') THEN excluded.listed_date ELSE s.listed_date END,
  body = CASE WHEN s.column_name IN (excluded.column_name, '') THEN excluded.body ELSE COALESCE(s.body, excluded.body) END,
  year = CASE WHEN s.column_name IN (excluded.column_name, '') THEN excluded.year ELSE COALESCE(s.year, excluded.year) END,
  column_name = CASE WHEN s.column_name = '' THEN excluded.column_name ELSE s.column_name END,
  last_listed_at = COALESCE(excluded.last_listed_at, s.last_listed_at),
  active = 1
WHERE s.kind = 'page'
RETURNING id";

/// Writes the poll and its links.
pub(super) async fn write(conn: &mut Conn, polled: &ColumnPolled, rows: &mut NewRows<'_>) -> StoreResult<()> {
    let poll = &polled.poll;
    keep_poll(conn, poll).await?;
    query(COLUMN)
        .bind(polled.source.to_string())
        .bind(polled.next_fetch_at)
        .bind(poll.outcome == PollOutcome::Ok)
        .bind(poll.at)
        .bind(poll.complete)
        .run(conn)
        .await?;
    let new = list(conn, poll, &polled.found, rows).await?;
    if let Some(soon) = polled.soon_at.filter(|_| new > 0) {
        query(SOON).bind(polled.source.to_string()).bind(soon).run(conn).await?;
    }
    // An incomplete poll that went well proves nothing; a complete one and a failed one both change what can be said.
    if poll.complete || poll.outcome != PollOutcome::Ok {
        mark_due(conn, polled.concerns.iter().map(|(body, year)| (body.as_str(), *year)), rows).await?;
    }
    Ok(())
}

async fn keep_poll(conn: &mut Conn, poll: &Poll) -> StoreResult<()> {
    query(POLL)
        .bind(&poll.site)
        .bind(&poll.column)
        .bind(poll.at)
        .bind(poll.outcome.as_str())
        .bind(poll.complete)
        .bind(poll.pages)
        .bind(poll.items)
        .bind(&poll.detail)
        .run(conn)
        .await?;
    Ok(())
}

/// Links become sources with a `fetch` row, or mark the sources they are already. What a list names twice is what it names last.
/// Tells how many are new.
async fn list(
    conn: &mut Conn,
    poll: &Poll,
    found: &[Found],
    new_rows: &mut NewRows<'_>,
) -> StoreResult<usize> {
    let links: BTreeMap<&str, &Found> = found.iter().map(|found| (found.url.as_str(), found)).collect();
    if links.is_empty() {
        return Ok(0);
    }
    let mut ids = BTreeSet::new();
    let mut rows = Vec::new();
    for (url, found) in links {
        let id = Uuid::now_v7().to_string();
        let date = found.date.map(|date| date.to_string());
        rows.push((id.clone(), url, &found.title, date, &found.body, found.year));
        ids.insert(id);
    }
    let listed = query(LIST)
        .bind(json_of(&rows)?)
        .bind(&poll.site)
        .bind(&poll.column)
        .bind(new_rows.now)
        .bind(poll.complete.then(|| millis(poll.at)))
        .texts(conn)
        .await?;
    // The others were there before, under an id of their own.
    let new: BTreeSet<String> = listed.into_iter().filter(|id| ids.contains(id)).collect();
    let count = new.len();
    new_rows.raise(conn, Stage::Fetch, new).await?;
    Ok(count)
}
