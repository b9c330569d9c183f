//! The steps that the ledger tells, and what is waited for.
use gongkai_model::Severity;
use jiff::Timestamp;

use super::About;
use crate::{
    error::StoreResult,
    ledger::{Task, TaskState},
    sql::{
        column::{Columns, json_of},
        query::{Conn, query},
        rows,
    },
    views::TrailStep,
};

/// ?1 sources, ?2 identities as [body, year], ?3 alerts.
const TASKS: &str = "
SELECT t.* FROM tasks t WHERE t.stage = 'fetch' AND t.subject IN {?1}
UNION SELECT t.* FROM versions v JOIN tasks t ON t.stage IN ('parse', 'judge') AND t.subject = v.id
  WHERE v.source IN {?1}
UNION SELECT t.* FROM tasks t
  WHERE t.stage = 'due' AND t.subject IN (SELECT body || '/' || year FROM {?2: body TEXT, year TEXT} AS i)
UNION SELECT t.* FROM tasks t WHERE t.stage = 'notify' AND (t.subject IN {?3} OR t.subject IN (
  SELECT a.id FROM {?2: body TEXT, year BIGINT} AS i JOIN alerts a ON a.body = i.body AND a.year = i.year))
ORDER BY updated_at, id";

const NEXT_FETCH: &str = "
SELECT min(next_fetch_at) AS at FROM sources WHERE active = 1 AND id IN {?1}";

/// The ledger rows of what a trail is about.
pub(super) async fn tasks(conn: &mut Conn, about: &About) -> StoreResult<Vec<Task>> {
    let found = query(TASKS)
        .bind(json_of(&about.sources)?)
        .bind(json_of(&about.identities)?)
        .bind(json_of(&about.alerts)?)
        .all(conn)
        .await?;
    rows::all(&found, rows::task)
}

/// A ledger row as a step.
pub(super) fn step(task: &Task) -> TrailStep {
    let what = match task.state {
        TaskState::Parked => "parked",
        TaskState::Done => "done",
        TaskState::Sent => "sent",
        TaskState::Ready if task.attempt > 0 => "failed",
        TaskState::Ready => "ready",
    };
    let mut detail = format!("{} {}", task.stage.as_str(), task.subject);
    if task.generation > 1 {
        detail.push_str(&format!(" · generation {}", task.generation));
    }
    if task.attempt > 0 {
        detail.push_str(&format!(" · {} failed attempt(s)", task.attempt));
    }
    if let Some(error) = &task.error {
        let class = task.class.map_or("", |class| class.as_str());
        detail.push_str(&format!(" · {class}: {error}"));
    }
    let severity = match what {
        "parked" => Some(Severity::Error),
        "failed" => Some(Severity::Warning),
        _ => None,
    };
    TrailStep { at: task.updated_at, what: what.to_owned(), detail, severity }
}

/// The first row of the chain that is not done, in words.
pub(super) fn waits_for(tasks: &[Task], now: Timestamp) -> Option<String> {
    let task = tasks
        .iter()
        .filter(|task| task.state != TaskState::Done)
        .min_by_key(|task| (task.stage, task.updated_at))?;
    let stage = task.stage.as_str();
    let error = task.error.as_deref().unwrap_or_default();
    Some(match task.state {
        TaskState::Parked => {
            format!("{stage}：已搁置，待 gongkai dead-letters redrive (set aside, row {0}): {error}", task.id)
        }
        TaskState::Sent => match task.lease_until {
            Some(until) => {
                format!("{stage}：处理中，{until} 之后重发 (with a worker, sent again after {until})")
            }
            None => format!("{stage}：处理中 (with a worker)"),
        },
        TaskState::Ready if task.not_before > now && task.attempt > 0 => {
            format!("{stage}：{0} 之后重试 (to be tried again after {0}): {error}", task.not_before)
        }
        TaskState::Ready if task.not_before > now => {
            format!("{stage}：{0} 之后处理 (to be done after {0})", task.not_before)
        }
        TaskState::Ready | TaskState::Done => format!("{stage}：排队中 (waiting to be sent)"),
    })
}

/// With nothing to do, the next look at the page.
pub(super) async fn next_fetch(conn: &mut Conn, about: &About) -> StoreResult<Option<String>> {
    let row = query(NEXT_FETCH).bind(json_of(&about.sources)?).one(conn).await?;
    Ok(row.time_or_none("at")?.map(|at| format!("下次抓取 {at} (next fetch at {at})")))
}
