//! The ledger: making rows, handing them to the bus, and what becomes of them short of an end.
use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use gongkai_model::Stage;
use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{
    column::{Columns, json_of, millis, misfit},
    query::{Conn, Query, Row, query},
    rows,
};
use crate::{
    error::StoreResult,
    ledger::{Failure, HandOver, StageCount, Task, TaskState, Ticket},
};

/// Marks on a row that still waits coalesce: the earlier time stands, and it has waited since the first mark. With a lease the
/// row is with whoever makes it.
const RAISE: &str = "
INSERT INTO tasks (id, stage, subject, state, not_before, created_at, raised_at, updated_at, lease_until)
SELECT l.id, ?2, l.subject, ?6, ?3, ?4, ?4, ?4, ?5 FROM {?1: id TEXT, subject TEXT} AS l WHERE TRUE ORDER BY l.subject
ON CONFLICT (stage, subject) DO UPDATE SET
  raised_at = CASE WHEN tasks.state IN ('ready', 'sent') THEN tasks.raised_at ELSE excluded.raised_at END,
  not_before = CASE WHEN tasks.state = 'ready' AND tasks.attempt = 0 AND tasks.not_before < excluded.not_before
    THEN tasks.not_before ELSE excluded.not_before END,
  generation = tasks.generation + 1, state = excluded.state, attempt = 0, alone = 0,
  lease_until = excluded.lease_until, error = NULL, class = NULL, updated_at = excluded.updated_at
RETURNING id, generation, subject";

/// Rows that are with the bus, or were and are silent now.
pub(super) const WITH_BUS: &str = "SELECT count(*) FROM tasks WHERE state = 'sent' AND stage = ?1";

/// The oldest work first.
pub(super) const EXPIRED: &str = "
SELECT id, generation, stage, subject, alone FROM tasks
WHERE state = 'sent' AND stage = ?1 AND lease_until <= ?2 ORDER BY lease_until, id LIMIT ?3 {lock tasks}";

pub(super) const DUE: &str = "
SELECT id, generation, stage, subject, alone FROM tasks
WHERE state = 'ready' AND stage = ?1 AND not_before <= ?2 ORDER BY not_before, id LIMIT ?3 {lock tasks}";

/// Nothing is with a bus that lived in the process that ended.
const FORGET_LEASES: &str = "UPDATE tasks SET state = 'ready', lease_until = NULL WHERE state = 'sent'";

const SEND_AGAIN: &str = "
UPDATE tasks SET lease_until = ?2 WHERE id IN (
  SELECT t.id FROM tasks t WHERE t.state = 'sent' AND t.stage = ?1 AND t.lease_until > ?2 {lock t})";

const SEND: &str = "
UPDATE tasks SET state = 'sent', lease_until = ?2, updated_at = ?3
WHERE id IN {?1}";

/// The tickets are a JSON array of [id, generation]. A row that is being finished meanwhile needs no longer lease.
const CONFIRM: &str = "
UPDATE tasks SET lease_until = ?2 WHERE id IN (
  SELECT t.id FROM {?1: id TEXT, generation BIGINT} AS l JOIN tasks t ON t.id = l.id AND t.generation = l.generation
  WHERE t.state = 'sent' AND t.lease_until > ?3 {lock t})";

const GIVE_BACK: &str = "
UPDATE tasks SET state = 'ready', not_before = ?2, lease_until = NULL, error = ?3, class = 'transient', updated_at = ?4
WHERE id IN (
  SELECT t.id FROM {?1: id TEXT, generation BIGINT} AS l JOIN tasks t ON t.id = l.id AND t.generation = l.generation
  WHERE t.state = 'sent' {lock t})";

const OPEN: &str = "
SELECT t.* FROM {?1: id TEXT, generation BIGINT} AS l JOIN tasks t ON t.id = l.id AND t.generation = l.generation
WHERE t.state IN ('ready', 'sent')";

/// The error of an earlier attempt stays for `why`.
const END: &str = "
UPDATE tasks SET state = 'done', lease_until = NULL, updated_at = ?2 FROM {?1: id TEXT, generation BIGINT} AS l
WHERE tasks.id = l.id AND tasks.generation = l.generation AND tasks.state IN ('ready', 'sent')
RETURNING tasks.id, tasks.generation";

const CALL_OFF: &str = "
UPDATE tasks SET state = 'done', lease_until = NULL, updated_at = ?3
WHERE stage = ?1 AND subject = ?2 AND state IN ('ready', 'sent', 'parked')";

const RETRY: &str = "
UPDATE tasks SET state = 'ready', attempt = attempt + 1, not_before = ?3, lease_until = NULL,
  error = ?4, class = ?5, updated_at = ?6
WHERE id = ?1 AND generation = ?2 AND state IN ('ready', 'sent')";

const PARK: &str = "
UPDATE tasks SET state = 'parked', attempt = attempt + 1, lease_until = NULL, error = ?3, class = ?4, updated_at = ?5
WHERE id = ?1 AND generation = ?2 AND state IN ('ready', 'sent')";

pub(super) const COUNTS: &str = "
SELECT
  (SELECT count(*) FROM tasks WHERE state = 'ready' AND stage = ?1) AS all_ready,
  (SELECT count(*) FROM tasks WHERE state = 'ready' AND stage = ?1 AND not_before > ?2 AND attempt > 0) AS delayed,
  (SELECT count(*) FROM tasks WHERE state = 'sent' AND stage = ?1) AS sent,
  (SELECT count(*) FROM tasks WHERE state = 'done' AND stage = ?1) AS done,
  (SELECT count(*) FROM tasks WHERE state = 'parked' AND stage = ?1) AS parked,
  (SELECT min(raised_at) FROM tasks WHERE state = 'ready' AND stage = ?1) AS oldest_ready,
  (SELECT min(raised_at) FROM tasks WHERE state = 'sent' AND stage = ?1) AS oldest_sent";

/// Makes a row or raises its generation.
pub(super) async fn raise(
    conn: &mut Conn,
    stage: Stage,
    subject: &str,
    not_before: Timestamp,
    now: Timestamp,
) -> StoreResult<Ticket> {
    let subjects = [subject.to_owned()];
    raised(&raising(stage, subjects.iter(), not_before, now, None)?.one(conn).await?, stage)
}

/// A row that was just made.
fn raised(row: &Row, stage: Stage) -> StoreResult<Ticket> {
    Ok(Ticket {
        task: row.id("id")?,
        generation: row.number("generation")?,
        stage,
        subject: row.text("subject")?,
        alone: false,
    })
}

/// The rows that a commit makes: handed to the relay of its process as far as that takes them, the others left to be found.
pub(super) struct NewRows<'o> {
    /// When the commit is made.
    pub now: Timestamp,
    over: &'o HandOver,
    /// What is handed over.
    pub handed: Vec<Ticket>,
    /// Stages with rows that are not.
    pub waiting: BTreeSet<Stage>,
}

impl<'o> NewRows<'o> {
    pub(super) const fn new(over: &'o HandOver, now: Timestamp) -> Self {
        Self { now, over, handed: Vec::new(), waiting: BTreeSet::new() }
    }

    /// Makes rows that are due at once, or raises their generations; a subject that is named twice is raised once.
    pub(super) async fn raise(
        &mut self,
        conn: &mut Conn,
        stage: Stage,
        subjects: BTreeSet<String>,
    ) -> StoreResult<()> {
        let used = self.handed.iter().filter(|ticket| ticket.stage == stage).count();
        let room = self.over.room.get(&stage).map_or(0, |room| room.saturating_sub(used));
        let subjects: Vec<String> = subjects.into_iter().collect();
        let (over, left) = subjects.split_at(room.min(subjects.len()));
        if !over.is_empty() {
            let until = later(self.now, self.over.lease)?;
            for row in raising(stage, over.iter(), self.now, self.now, Some(until))?.all(conn).await? {
                self.handed.push(raised(&row, stage)?);
            }
        }
        if !left.is_empty() {
            self.waiting.insert(stage);
            raising(stage, left.iter(), self.now, self.now, None)?.run(conn).await?;
        }
        Ok(())
    }
}

/// Makes rows, or raises their generations; a subject that is named twice is raised once.
pub(super) async fn raise_all(
    conn: &mut Conn,
    stage: Stage,
    subjects: BTreeSet<String>,
    not_before: Timestamp,
    now: Timestamp,
) -> StoreResult<()> {
    if !subjects.is_empty() {
        raising(stage, subjects.iter(), not_before, now, None)?.run(conn).await?;
    }
    Ok(())
}

fn raising<'s>(
    stage: Stage,
    subjects: impl Iterator<Item = &'s String>,
    not_before: Timestamp,
    now: Timestamp,
    until: Option<Timestamp>,
) -> StoreResult<Query> {
    let rows: Vec<_> = subjects.map(|subject| (Uuid::now_v7().to_string(), subject)).collect();
    let state = if until.is_some() { TaskState::Sent } else { TaskState::Ready };
    let raise = query(RAISE).bind(json_of(&rows)?).bind(stage.as_str()).bind(not_before).bind(now);
    Ok(raise.bind(until.map(millis)).bind(state.as_str()))
}

/// Rows of a stage that are with the bus, or were and are silent now.
pub(super) async fn with_bus(conn: &mut Conn, stage: Stage) -> StoreResult<u64> {
    let rows = query(WITH_BUS).bind(stage.as_str()).number(conn).await?;
    Ok(u64::try_from(rows).unwrap_or_default())
}

/// Takes due rows under a lease, at most as many as the window has room for. Most often nothing is due.
pub(super) async fn take_due(
    conn: &mut Conn,
    stage: Stage,
    (limit, window): (u32, u32),
    lease: Duration,
    now: Timestamp,
) -> StoreResult<Vec<Ticket>> {
    let mut tickets = due(conn, DUE, stage, now, i64::from(limit.min(window))).await?;
    if !tickets.is_empty() {
        let with_bus = with_bus(conn, stage).await?;
        let room = usize::try_from(u64::from(window).saturating_sub(with_bus)).unwrap_or_default();
        tickets.truncate(room);
        send(conn, &tickets, lease, now).await?;
    }
    Ok(tickets)
}

/// Takes rows whose lease has run out; they have their place in the window already.
pub(super) async fn take_expired(
    conn: &mut Conn,
    stage: Stage,
    limit: u32,
    lease: Duration,
    now: Timestamp,
) -> StoreResult<Vec<Ticket>> {
    let tickets = due(conn, EXPIRED, stage, now, i64::from(limit)).await?;
    send(conn, &tickets, lease, now).await?;
    Ok(tickets)
}

async fn send(conn: &mut Conn, tickets: &[Ticket], lease: Duration, now: Timestamp) -> StoreResult<()> {
    if tickets.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = tickets.iter().map(|ticket| ticket.task.to_string()).collect();
    query(SEND).bind(json_of(&ids)?).bind(later(now, lease)?).bind(now).run(conn).await?;
    Ok(())
}

async fn due(
    conn: &mut Conn,
    sql: &'static str,
    stage: Stage,
    now: Timestamp,
    limit: i64,
) -> StoreResult<Vec<Ticket>> {
    if limit <= 0 {
        return Ok(Vec::new());
    }
    let found = query(sql).bind(stage.as_str()).bind(now).bind(limit).all(conn).await?;
    rows::all(&found, ticket)
}

fn ticket(row: &Row) -> StoreResult<Ticket> {
    Ok(Ticket {
        task: row.id("id")?,
        generation: row.number("generation")?,
        stage: row.named("stage")?,
        subject: row.text("subject")?,
        alone: row.flag("alone")?,
    })
}

fn later(now: Timestamp, by: Duration) -> StoreResult<Timestamp> {
    SignedDuration::try_from(by)
        .and_then(|by| now.checked_add(by))
        .map_err(|error| misfit("lease", error.to_string()))
}

/// At the start of the only process that works on this database: what was sent by the one before is to be sent again.
pub(super) async fn forget_leases(conn: &mut SqliteConnection) -> StoreResult<()> {
    sqlx::query(FORGET_LEASES).execute(conn).await?;
    Ok(())
}

/// The bus has these.
pub(super) async fn confirm(
    conn: &mut Conn,
    tickets: &[Ticket],
    until: Timestamp,
    now: Timestamp,
) -> StoreResult<()> {
    query(CONFIRM).bind(named(tickets)?).bind(until).bind(now).run(conn).await?;
    Ok(())
}

/// The bus does not have these.
pub(super) async fn give_back(
    conn: &mut Conn,
    tickets: &[Ticket],
    not_before: Timestamp,
    why: &str,
    now: Timestamp,
) -> StoreResult<()> {
    query(GIVE_BACK).bind(named(tickets)?).bind(not_before).bind(why).bind(now).run(conn).await?;
    Ok(())
}

fn named<'t>(tickets: impl IntoIterator<Item = &'t Ticket>) -> StoreResult<String> {
    let pairs: Vec<_> =
        tickets.into_iter().map(|ticket| (ticket.task.to_string(), ticket.generation)).collect();
    json_of(&pairs)
}

/// The leases of all rows that were sent end now.
pub(super) async fn send_again(conn: &mut Conn, stage: Stage, now: Timestamp) -> StoreResult<u64> {
    query(SEND_AGAIN).bind(stage.as_str()).bind(now).run(conn).await
}

/// The rows of which this generation is to be done.
pub(super) async fn open_tasks(conn: &mut Conn, rows: &[(Uuid, i64)]) -> StoreResult<Vec<Task>> {
    rows::all(&query(OPEN).bind(json_of(&rows)?).all(conn).await?, rows::task)
}

/// Ends rows; gives those, with their generation, that were still open.
pub(super) async fn end<'t>(
    conn: &mut Conn,
    tickets: impl Iterator<Item = &'t Ticket>,
    now: Timestamp,
) -> StoreResult<HashSet<(Uuid, i64)>> {
    let ended = query(END).bind(named(tickets)?).bind(now).all(conn).await?;
    ended.iter().map(|row| Ok((row.id("id")?, row.number("generation")?))).collect()
}

/// Another attempt later.
pub(super) async fn retry(
    conn: &mut Conn,
    ticket: &Ticket,
    failure: &Failure,
    not_before: Timestamp,
    now: Timestamp,
) -> StoreResult<()> {
    query(RETRY)
        .bind(ticket.task.to_string())
        .bind(ticket.generation)
        .bind(not_before)
        .bind(&failure.message)
        .bind(failure.class.as_str())
        .bind(now)
        .run(conn)
        .await?;
    Ok(())
}

/// Ends a row without a result: there is nothing left to be done for its subject.
pub(super) async fn call_off(
    conn: &mut Conn,
    stage: Stage,
    subject: &str,
    now: Timestamp,
) -> StoreResult<()> {
    query(CALL_OFF).bind(stage.as_str()).bind(subject).bind(now).run(conn).await?;
    Ok(())
}

/// Sets a row aside.
pub(super) async fn park(
    conn: &mut Conn,
    ticket: &Ticket,
    failure: &Failure,
    now: Timestamp,
) -> StoreResult<()> {
    query(PARK)
        .bind(ticket.task.to_string())
        .bind(ticket.generation)
        .bind(&failure.message)
        .bind(failure.class.as_str())
        .bind(now)
        .run(conn)
        .await?;
    Ok(())
}

/// Rows by stage and state, every stage named.
pub(super) async fn stage_counts(conn: &mut Conn, now: Timestamp) -> StoreResult<Vec<StageCount>> {
    let mut counts = Vec::new();
    for stage in Stage::ALL {
        let row = query(COUNTS).bind(stage.as_str()).bind(now).one(conn).await?;
        let delayed: u64 = row.number("delayed")?;
        let oldest =
            [row.time_or_none("oldest_ready")?, row.time_or_none("oldest_sent")?].into_iter().flatten().min();
        counts.push(StageCount {
            stage,
            ready: row.number::<u64>("all_ready")?.saturating_sub(delayed),
            delayed,
            sent: row.number("sent")?,
            done: row.number("done")?,
            parked: row.number("parked")?,
            oldest_unfinished: oldest,
        });
    }
    Ok(counts)
}
