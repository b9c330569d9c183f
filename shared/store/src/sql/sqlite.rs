//! SQLite: one file, WAL, one connection that writes and a few that read. The version is SQLite's own `user_version`.
use std::{path::Path, time::Duration};

use sqlx::{
    AssertSqlSafe, Connection, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    Access, Pools, ledger,
    lock::{self, Lock},
    migrate::{self, LATEST},
};
use crate::error::{StoreError, StoreResult};

/// Connections that only read.
const READERS: u32 = 4;
/// How long a statement waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(10);
/// How long a caller waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(30);
/// Statements kept prepared on each connection: all of them.
const STATEMENTS: usize = 256;

const VERSION: &str = "PRAGMA user_version";
const TABLES: &str = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";

/// Opens a database file as `access` needs it.
pub(super) async fn open(path: &Path, access: Access) -> StoreResult<(Pools, Option<Lock>)> {
    match access {
        Access::Service => {
            make_folder(path)?;
            let lock = lock::take(path)?;
            let writer = pool(write_options(path).create_if_missing(true), 1).await?;
            bring_up_to_date(&writer, path).await?;
            let readers = pool(read_options(path), READERS).await?;
            Ok((Pools::Sqlite { writer, readers }, Some(lock)))
        }
        Access::Command => {
            must_exist(path)?;
            let writer = pool(write_options(path), 1).await?;
            must_be_current(&writer, path).await?;
            let readers = pool(read_options(path), READERS).await?;
            Ok((Pools::Sqlite { writer, readers }, None))
        }
        Access::Reading => {
            must_exist(path)?;
            let readers = pool(base_options(path).read_only(true), READERS).await?;
            must_be_current(&readers, path).await?;
            Ok((Pools::Sqlite { writer: readers.clone(), readers }, None))
        }
    }
}

/// A database that ends with its connection.
pub(super) async fn in_memory() -> StoreResult<SqlitePool> {
    let pool =
        pool(SqliteConnectOptions::new().in_memory(true).statement_cache_capacity(STATEMENTS), 1).await?;
    migrate(&mut *pool.acquire().await?, LATEST).await?;
    Ok(pool)
}

async fn bring_up_to_date(writer: &SqlitePool, path: &Path) -> StoreResult<()> {
    let mut conn = writer.acquire().await?;
    check(&mut conn, path).await?;
    migrate(&mut conn, LATEST).await?;
    ledger::forget_leases(&mut conn).await
}

fn base_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(BUSY).statement_cache_capacity(STATEMENTS)
}

/// FULL, because with WAL anything less may lose the last commits when the power fails.
pub(super) fn write_options(path: &Path) -> SqliteConnectOptions {
    base_options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
}

fn read_options(path: &Path) -> SqliteConnectOptions {
    base_options(path).pragma("query_only", "ON")
}

pub(super) async fn pool(options: SqliteConnectOptions, size: u32) -> StoreResult<SqlitePool> {
    let pool = SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(1)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false);
    Ok(pool.connect_with(options).await?)
}

/// The version that is applied.
pub(super) async fn version(conn: &mut SqliteConnection) -> StoreResult<i64> {
    Ok(sqlx::query_scalar(VERSION).fetch_one(conn).await?)
}

/// Takes the schema to `target`, one transaction a step.
pub(super) async fn migrate(conn: &mut SqliteConnection, target: i64) -> StoreResult<()> {
    for (step, next) in migrate::way(version(conn).await?, target)? {
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::raw_sql(step.sqlite).execute(&mut *tx).await?;
        // A pragma takes no parameters; the number is ours.
        sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {next}"))).execute(&mut *tx).await?;
        tx.commit().await?;
        tracing::info!(version = next, "store schema changed");
    }
    Ok(())
}

/// Refuses a database that another release, or another program, has made.
async fn check(conn: &mut SqliteConnection, path: &Path) -> StoreResult<i64> {
    let path = path.display().to_string();
    let version = version(conn).await?;
    migrate::must_be_known(version, &path)?;
    if version == 0 {
        let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(conn).await?;
        if tables > 0 {
            return Err(migrate::foreign(&path));
        }
    }
    Ok(version)
}

async fn must_be_current(pool: &SqlitePool, path: &Path) -> StoreResult<()> {
    let version = check(&mut *pool.acquire().await?, path).await?;
    migrate::must_be_current(version, &path.display().to_string())
}

fn make_folder(path: &Path) -> StoreResult<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|error| {
        StoreError::Refused(format!("无法建立文件夹 {0} (cannot make folder {0}): {error}", folder.display()))
    })
}

fn must_exist(path: &Path) -> StoreResult<()> {
    if path.is_file() {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "没有数据库 {0}，请先运行 gongkai run (there is no database {0}: start `gongkai run` first)",
        path.display()
    )))
}
