//! Rows that were set aside, and the ways back: dead letters, redrive, replay.
use gongkai_model::Stage;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    column::{Columns, json_of},
    query::{Conn, Query, Row, query},
    rows,
};
use crate::{
    error::{StoreError, StoreResult},
    ledger::DeadLetter,
    store::Filter,
};

const ALONE: &str = "
UPDATE tasks SET state = 'ready', alone = 1, not_before = ?2, lease_until = NULL, updated_at = ?2,
  class = 'poison', error = 'its message was dead-lettered; it is tried once more, alone'
WHERE id = ?1 AND alone = 0 AND state IN ('ready', 'sent')";

const PARK_TWICE: &str = "
UPDATE tasks SET state = 'parked', lease_until = NULL, updated_at = ?2,
  class = 'poison', error = 'its message was dead-lettered twice'
WHERE id = ?1 AND alone = 1 AND state IN ('ready', 'sent')";

const KEEP: &str = "INSERT INTO unroutable (body, why, at) VALUES (?1, ?2, ?3)";

/// ?1 id, ?2 site, ?3 body, ?4 year, ?5 stage, ?6 text, ?7 limit, ?8 offset.
const PARKED: &str = "
SELECT t.id, t.stage, t.subject, t.class, t.error, t.attempt, t.updated_at, w.about
FROM tasks t JOIN task_subjects w ON w.task = t.id
WHERE t.state = 'parked'
  AND (?1 IS NULL OR t.id = ?1 OR w.source = ?1 OR w.version = ?1
    OR EXISTS (SELECT 1 FROM reports r WHERE r.id = ?1 AND r.version = w.version))
  AND (?2 IS NULL OR w.site = ?2) AND (?3 IS NULL OR w.body = ?3) AND (?4 IS NULL OR w.year = ?4)
  AND (?5 IS NULL OR t.stage = ?5) AND (?6 IS NULL OR instr(lower(w.title), lower(?6)) > 0)
ORDER BY t.updated_at DESC, t.id DESC LIMIT ?7 OFFSET ?8";

const REDRIVE: &str = "
UPDATE tasks SET state = 'ready', generation = generation + 1, attempt = 0, alone = 0, not_before = ?2,
  lease_until = NULL, raised_at = ?2, updated_at = ?2
WHERE state = 'parked' AND id IN {?1}";

/// Stored versions, oldest first. One that brought nothing new is only read again when it is asked for by name.
const VERSIONS: &str = "
SELECT v.id FROM versions v JOIN sources s ON s.id = v.source
LEFT JOIN reports r ON r.version = v.id LEFT JOIN bodies b ON b.id = COALESCE(r.body, s.body)
WHERE (v.unchanged_from IS NULL OR v.id = ?1)
  AND (?1 IS NULL OR v.id = ?1 OR v.source = ?1 OR r.id = ?1
    OR EXISTS (SELECT 1 FROM tasks t WHERE t.id = ?1 AND (t.subject = v.id OR t.subject = v.source)))
  AND (?2 IS NULL OR s.site = ?2) AND (?3 IS NULL OR COALESCE(r.body, s.body) = ?3)
  AND (?4 IS NULL OR COALESCE(r.year, s.year) = ?4) AND (?5 <> 'judge' OR r.id IS NOT NULL)
  AND (?6 IS NULL OR instr(lower(COALESCE(r.title, s.title)), lower(?6)) > 0 OR instr(b.name, ?6) > 0)
GROUP BY v.id ORDER BY v.fetched_at, v.id LIMIT ?7 OFFSET ?8";

/// Ready and alone the first time, parked the second.
pub(super) async fn dead_lettered(conn: &mut Conn, task: Uuid, now: Timestamp) -> StoreResult<bool> {
    let alone = query(ALONE).bind(task.to_string()).bind(now).run(conn).await?;
    if alone == 1 {
        return Ok(true);
    }
    query(PARK_TWICE).bind(task.to_string()).bind(now).run(conn).await?;
    Ok(false)
}

/// Keeps a body that names no known row.
pub(super) async fn keep_unroutable(
    conn: &mut Conn,
    body: &[u8],
    why: &str,
    now: Timestamp,
) -> StoreResult<()> {
    query(KEEP).bind(body.to_vec()).bind(why).bind(now).run(conn).await?;
    Ok(())
}

/// Parked rows, the latest first.
pub(super) async fn dead_letters(conn: &mut Conn, filter: &Filter) -> StoreResult<Vec<DeadLetter>> {
    let found = filtered(query(PARKED), filter, filter.stage).all(conn).await?;
    rows::all(&found, dead_letter)
}

/// Parked rows become ready in a new generation.
pub(super) async fn redrive(conn: &mut Conn, filter: &Filter, now: Timestamp) -> StoreResult<u64> {
    let ids: Vec<String> =
        dead_letters(conn, filter).await?.iter().map(|letter| letter.task.to_string()).collect();
    let done = query(REDRIVE).bind(json_of(&ids)?).bind(now).run(conn).await?;
    Ok(done)
}

/// The versions that a replay is about.
pub(super) async fn versions_to_replay(
    conn: &mut Conn,
    from: Stage,
    filter: &Filter,
) -> StoreResult<Vec<Uuid>> {
    if !matches!(from, Stage::Parse | Stage::Judge) {
        return Err(StoreError::Refused(format!(
            "replay starts at parse or judge, not at {}",
            from.as_str()
        )));
    }
    let found = filtered(query(VERSIONS), filter, Some(from)).all(conn).await?;
    rows::all(&found, |row| row.id("id"))
}

/// A query with the eight parameters of a filter.
fn filtered(query: Query, filter: &Filter, stage: Option<Stage>) -> Query {
    query
        .bind(filter.id.map(|id| id.to_string()))
        .bind(filter.site.clone())
        .bind(filter.body.clone())
        .bind(filter.year)
        .bind(stage.map(Stage::as_str))
        .bind(filter.text.clone())
        .bind(filter.sql_limit())
        .bind(i64::from(filter.offset))
}

fn dead_letter(row: &Row) -> StoreResult<DeadLetter> {
    Ok(DeadLetter {
        task: row.id("id")?,
        stage: row.named("stage")?,
        subject: row.text("subject")?,
        about: row.text("about")?,
        class: row.named_or_none("class")?,
        error: row.text_or_none("error")?,
        attempt: row.number("attempt")?,
        since: row.time("updated_at")?,
    })
}
