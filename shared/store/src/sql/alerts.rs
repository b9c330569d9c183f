//! Alerts: opened once, closed once, told once per change; held ones wait for a digest.
use gongkai_model::{Severity, Stage};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    column::{Columns, json_of},
    ledger,
    query::{Conn, Row, query},
    rows,
};
use crate::{
    alerts::{Alert, AlertState},
    error::StoreResult,
    results::{AlertChange, Telling},
    store::Filter,
};

const UNDER_WAY: &str = "
SELECT id, state, severity, closed_at, told_at FROM alerts WHERE kind = ?1 AND \"key\" = ?2 AND channel = ?3 AND state IN ('open', 'held')";

const OPEN: &str = "
INSERT INTO alerts (id, kind, \"key\", channel, state, severity, site, body, year, message, opened_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

/// What is told from here on is that it ended, not what it once said.
const CLOSE: &str = "UPDATE alerts SET state = 'closed', closed_at = ?2, message = ?3 WHERE id = ?1";

/// The end waits for the digest; until then the row stands for the key.
const HOLD_END: &str = "UPDATE alerts SET state = 'held', closed_at = ?2, message = ?3 WHERE id = ?1";

/// It holds again before its end was told: nothing has changed for those who were told.
const RESUME: &str =
    "UPDATE alerts SET state = 'open', closed_at = NULL, severity = ?2, message = ?3 WHERE id = ?1";

/// What has become graver or less grave is shown as it is now; it is not told a second time.
const REGRADE: &str = "UPDATE alerts SET severity = ?2, message = ?3 WHERE id = ?1";

pub(super) const OPEN_TO: &str = "
SELECT * FROM alerts WHERE channel = ?1 AND state = 'open' ORDER BY opened_at, id";

const TOLD: &str = "UPDATE alerts SET told_at = ?2 WHERE id = ?1";

const ALERT: &str = "SELECT * FROM alerts WHERE id = ?1";

/// ?1 id, ?2 site, ?3 body, ?4 year, ?5 text, ?6 limit, ?7 offset; the first condition decides which index serves.
macro_rules! list {
    ($first:literal) => {
        concat!(
            "SELECT a.* FROM alerts a WHERE ",
            $first,
            " AND (?1 IS NULL OR a.id = ?1) AND (?2 IS NULL OR a.site = ?2) AND (?3 IS NULL OR a.body = ?3)
              AND (?4 IS NULL OR a.year = ?4) AND (?5 IS NULL OR instr(a.message, ?5) > 0)
            ORDER BY a.opened_at DESC, a.id DESC LIMIT ?6 OFFSET ?7"
        )
    };
}

pub(super) const LIST: &str = list!("TRUE");
pub(super) const OF_SITE: &str = list!("a.site = ?2");

const RELEASE: &str = "
UPDATE alerts SET state = CASE WHEN closed_at IS NULL THEN 'open' ELSE 'closed' END, told_at = ?3 WHERE site = ?1 AND channel = ?2 AND state = 'held' RETURNING *";

/// Opens and closes alerts, each with its `notify` row.
pub(super) async fn change(conn: &mut Conn, changes: &[AlertChange], now: Timestamp) -> StoreResult<()> {
    for change in changes {
        let under_way = under_way(conn, change).await?;
        match (change.open, under_way) {
            (true, None) => open(conn, change, now).await?,
            (false, Some(old)) => close(conn, &old, change, now).await?,
            (true, Some(old)) if old.ends => resume(conn, &old, change, now).await?,
            (true, Some(old)) if old.severity != change.severity => {
                reword(conn, REGRADE, &old, change).await?;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    Ok(())
}

/// An alert that is open or held.
struct UnderWay {
    id: String,
    state: AlertState,
    severity: Severity,
    /// It was not held, has ended, and its end is.
    ends: bool,
    told: bool,
}

async fn under_way(conn: &mut Conn, change: &AlertChange) -> StoreResult<Option<UnderWay>> {
    let row = query(UNDER_WAY)
        .bind(change.kind.as_str())
        .bind(&change.key)
        .bind(&change.channel)
        .optional(conn)
        .await?;
    let read = |row: Row| {
        Ok(UnderWay {
            id: row.text("id")?,
            state: row.named("state")?,
            severity: row.named("severity")?,
            ends: row.time_or_none("closed_at")?.is_some(),
            told: row.time_or_none("told_at")?.is_some(),
        })
    };
    row.map(read).transpose()
}

async fn open(conn: &mut Conn, change: &AlertChange, now: Timestamp) -> StoreResult<()> {
    let id = Uuid::now_v7().to_string();
    let state = if change.telling == Telling::Held { AlertState::Held } else { AlertState::Open };
    query(OPEN)
        .bind(&id)
        .bind(change.kind.as_str())
        .bind(&change.key)
        .bind(&change.channel)
        .bind(state.as_str())
        .bind(change.severity.as_str())
        .bind(&change.site)
        .bind(&change.body)
        .bind(change.year)
        .bind(json_of(&change.message)?)
        .bind(now)
        .run(conn)
        .await?;
    if change.telling == Telling::AtOnce {
        ledger::raise(conn, Stage::Notify, &id, now, now).await?;
    }
    Ok(())
}

/// One that was only held closes silently: nobody was told that it opened.
async fn close(conn: &mut Conn, old: &UnderWay, change: &AlertChange, now: Timestamp) -> StoreResult<()> {
    let goes_out = old.state == AlertState::Open || old.ends;
    let how = match change.telling {
        Telling::Held if old.ends => return Ok(()),
        Telling::Held if goes_out => HOLD_END,
        Telling::AtOnce | Telling::Held | Telling::Never => CLOSE,
    };
    query(how).bind(&old.id).bind(now).bind(json_of(&change.message)?).run(conn).await?;
    match change.telling {
        Telling::AtOnce if goes_out => {
            ledger::raise(conn, Stage::Notify, &old.id, now, now).await?;
        }
        Telling::Never => ledger::call_off(conn, Stage::Notify, &old.id, now).await?,
        Telling::AtOnce | Telling::Held => {}
    }
    Ok(())
}

/// Where its beginning was still to be told when it ended, it is to be told now.
async fn resume(conn: &mut Conn, old: &UnderWay, change: &AlertChange, now: Timestamp) -> StoreResult<()> {
    reword(conn, RESUME, old, change).await?;
    if !old.told {
        ledger::raise(conn, Stage::Notify, &old.id, now, now).await?;
    }
    Ok(())
}

/// Shows an alert as it is now.
async fn reword(
    conn: &mut Conn,
    statement: &'static str,
    old: &UnderWay,
    change: &AlertChange,
) -> StoreResult<()> {
    let message = json_of(&change.message)?;
    query(statement).bind(&old.id).bind(change.severity.as_str()).bind(message).run(conn).await?;
    Ok(())
}

/// The last change was told.
pub(super) async fn told(conn: &mut Conn, alert: Uuid, at: Timestamp) -> StoreResult<()> {
    query(TOLD).bind(alert.to_string()).bind(at).run(conn).await?;
    Ok(())
}

/// An alert.
pub(super) async fn alert(conn: &mut Conn, id: Uuid) -> StoreResult<Option<Alert>> {
    let row = query(ALERT).bind(id.to_string()).optional(conn).await?;
    row.as_ref().map(rows::alert).transpose()
}

/// Alerts, newest first.
pub(super) async fn list(conn: &mut Conn, filter: &Filter) -> StoreResult<Vec<Alert>> {
    let sql = if filter.site.is_some() { OF_SITE } else { LIST };
    let found = query(sql).bind(filter.id.map(|id| id.to_string())).among(filter).all(conn).await?;
    rows::all(&found, rows::alert)
}

/// Alerts of a channel that are open, oldest first.
pub(super) async fn open_to(conn: &mut Conn, channel: &str) -> StoreResult<Vec<Alert>> {
    let found = query(OPEN_TO).bind(channel).all(conn).await?;
    rows::all(&found, rows::alert)
}

/// Takes held alerts out of hold, in the order they were opened.
pub(super) async fn release(
    conn: &mut Conn,
    site: &str,
    channel: &str,
    now: Timestamp,
) -> StoreResult<Vec<Alert>> {
    let found = query(RELEASE).bind(site).bind(channel).bind(now).all(conn).await?;
    let mut released = rows::all(&found, rows::alert)?;
    released.sort_by_key(|alert| (alert.opened_at, alert.id));
    Ok(released)
}
