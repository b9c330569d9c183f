//! The schema, step by step up and down. The version is SQLite's own `user_version`, changed in the step's transaction.
use sqlx::SqliteConnection;

use crate::error::{StoreError, StoreResult};

/// One step of the schema.
struct Step {
    up: &'static str,
    down: &'static str,
}

/// All steps; the first takes an empty file to version 1.
const STEPS: [Step; 2] = [
    Step {
        up: include_str!("../../migrations/sqlite/0001_initial.up.sql"),
        down: include_str!("../../migrations/sqlite/0001_initial.down.sql"),
    },
    Step {
        up: include_str!("../../migrations/sqlite/0002_columns.up.sql"),
        down: include_str!("../../migrations/sqlite/0002_columns.down.sql"),
    },
];

/// The version that this release works with.
pub(super) const LATEST: i64 = STEPS.len() as i64;

const VERSION: &str = "PRAGMA user_version";
const TABLES: &str = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";

/// The version that is applied.
pub(super) async fn version(conn: &mut SqliteConnection) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(VERSION).fetch_one(conn).await?)
}

/// Refuses a database that another release, or another program, has made.
pub(super) async fn check(conn: &mut SqliteConnection, path: &str) -> StoreResult<i64> {
    let version = version(conn).await?;
    if version > LATEST {
        return Err(StoreError::Refused(format!(
            "数据库 {path} 的结构版本为 {version}，本程序只认识到 {LATEST}：请使用更新的 gongkai \
             (database {path} has schema {version}, this release knows up to {LATEST}: use the newer gongkai)"
        )));
    }
    if version == 0 {
        let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(conn).await?;
        if tables > 0 {
            return Err(StoreError::Refused(format!(
                "{path} 是别的程序的数据库，请另选文件 ({path} is another program's database: choose another file)"
            )));
        }
    }
    Ok(version)
}

/// Takes the schema to `target`, one transaction a step.
pub(super) async fn to(conn: &mut SqliteConnection, target: i64) -> StoreResult<()> {
    if !(0..=LATEST).contains(&target) {
        return Err(StoreError::Refused(format!("schema versions go from 0 to {LATEST}, not to {target}")));
    }
    let mut at = version(conn).await?;
    if at > LATEST {
        return Err(StoreError::Refused(format!("schema {at} is newer than this release ({LATEST})")));
    }
    while at != target {
        let (step, next) = if at < target { (at, at + 1) } else { (at - 1, at - 1) };
        let Some(sql) = usize::try_from(step).ok().and_then(|index| STEPS.get(index)) else { break };
        apply(conn, if next > at { sql.up } else { sql.down }, next).await?;
        at = next;
    }
    Ok(())
}

async fn apply(conn: &mut SqliteConnection, sql: &'static str, version: i64) -> StoreResult<()> {
    use sqlx::{AssertSqlSafe, Connection};
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::raw_sql(sql).execute(&mut *tx).await?;
    // A pragma takes no parameters; the number is ours.
    sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {version}"))).execute(&mut *tx).await?;
    tx.commit().await?;
    tracing::info!(version, "store schema changed");
    Ok(())
}
