//! The schema, step by step up and down, in each engine's words.
use crate::error::{StoreError, StoreResult};

/// One change of the schema in one direction.
#[derive(Clone, Copy)]
pub(super) struct Change {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

/// One step of the schema.
struct Step {
    up: Change,
    down: Change,
}

macro_rules! step {
    ($name:literal) => {
        Step {
            up: Change {
                sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".up.sql")),
                postgres: include_str!(concat!("../../migrations/postgres/", $name, ".up.sql")),
            },
            down: Change {
                sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".down.sql")),
                postgres: include_str!(concat!("../../migrations/postgres/", $name, ".down.sql")),
            },
        }
    };
}

/// All steps; the first takes an empty database to version 1.
const STEPS: [Step; 5] = [
    step!("0001_initial"),
    step!("0002_columns"),
    step!("0003_alerts"),
    step!("0004_dismissals"),
    step!("0005_items"),
];

/// The version that this release works with.
pub(super) const LATEST: i64 = STEPS.len() as i64;

/// The changes that lead from one version to another, each with the version it leads to.
pub(super) fn way(from: i64, to: i64) -> StoreResult<Vec<(Change, i64)>> {
    if !(0..=LATEST).contains(&to) {
        return Err(StoreError::Refused(format!("schema versions go from 0 to {LATEST}, not to {to}")));
    }
    if from > LATEST {
        return Err(StoreError::Refused(format!("schema {from} is newer than this release ({LATEST})")));
    }
    let steps = (1..).zip(&STEPS);
    Ok(if from <= to {
        steps.filter(|(n, _)| (from + 1..=to).contains(n)).map(|(n, step)| (step.up, n)).collect()
    } else {
        let down = steps.filter(|(n, _)| (to + 1..=from).contains(n)).map(|(n, step)| (step.down, n - 1));
        let mut down: Vec<_> = down.collect();
        down.reverse();
        down
    })
}

/// Refuses a database that a newer release has made.
pub(super) fn must_be_known(version: i64, place: &str) -> StoreResult<()> {
    if version <= LATEST {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "数据库 {place} 的结构版本为 {version}，本程序只认识到 {LATEST}：请使用更新的 gongkai \
         (database {place} has schema {version}, this release knows up to {LATEST}: use the newer gongkai)"
    )))
}

/// Refuses a database that a service of this release has not opened yet.
pub(super) fn must_be_current(version: i64, place: &str) -> StoreResult<()> {
    if version == LATEST {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "数据库 {place} 的结构版本为 {version}，需要 {LATEST}：请先运行一次 gongkai run \
         (database {place} has schema {version}, {LATEST} is needed: start `gongkai run` once)"
    )))
}

/// A database with somebody else's tables.
pub(super) fn foreign(place: &str) -> StoreError {
    StoreError::Refused(format!(
        "{place} 是别的程序的数据库，请另选一个 ({place} is another program's database: choose another one)"
    ))
}

#[cfg(test)]
mod tests;
