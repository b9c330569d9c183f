//! The store on SQLite: WAL, one connection that writes and a few that read.
mod alerts;
mod column;
mod commit;
mod dead;
mod dues;
mod engine;
mod failure;
mod findings;
mod ledger;
mod lock;
mod migrate;
mod reports;
mod rows;
mod trail;
mod views;
mod watch;

use std::{path::Path, time::Duration};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
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

/// The store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    writable: bool,
    _lock: Option<lock::Lock>,
}

impl SqliteStore {
    /// Opens (and makes, and brings up to date) the database for a service process; refused while another one has it.
    pub async fn open(path: impl AsRef<Path>) -> StoreResult<Self> {
        let path = path.as_ref();
        make_folder(path)?;
        let lock = lock::take(path)?;
        let writer = pool(write_options(path).create_if_missing(true), 1).await?;
        let mut conn = writer.acquire().await?;
        migrate::check(&mut conn, &path.display().to_string()).await?;
        migrate::to(&mut conn, migrate::LATEST).await?;
        ledger::forget_leases(&mut conn).await?;
        drop(conn);
        let readers = pool(read_options(path), READERS).await?;
        Ok(Self { writer, readers, writable: true, _lock: Some(lock) })
    }

    /// Opens an existing database for a short command that writes, beside a running service.
    pub async fn open_shared(path: impl AsRef<Path>) -> StoreResult<Self> {
        let path = path.as_ref();
        must_exist(path)?;
        let writer = pool(write_options(path), 1).await?;
        must_be_current(&writer, path).await?;
        let readers = pool(read_options(path), READERS).await?;
        Ok(Self { writer, readers, writable: true, _lock: None })
    }

    /// Opens an existing database for reading only, beside a running service or without one.
    pub async fn open_read_only(path: impl AsRef<Path>) -> StoreResult<Self> {
        let path = path.as_ref();
        must_exist(path)?;
        let readers = pool(base_options(path).read_only(true), READERS).await?;
        must_be_current(&readers, path).await?;
        Ok(Self { writer: readers.clone(), readers, writable: false, _lock: None })
    }

    /// A database in memory, for tests; it ends with the store.
    pub async fn in_memory() -> StoreResult<Self> {
        let writer =
            pool(SqliteConnectOptions::new().in_memory(true).statement_cache_capacity(STATEMENTS), 1).await?;
        let mut conn = writer.acquire().await?;
        migrate::to(&mut conn, migrate::LATEST).await?;
        drop(conn);
        Ok(Self { readers: writer.clone(), writer, writable: true, _lock: None })
    }

    /// Takes the schema up or down to a version; 0 is an empty database.
    pub async fn migrate_to(&self, version: i64) -> StoreResult<()> {
        self.must_be_writable()?;
        migrate::to(&mut *self.writer.acquire().await?, version).await
    }

    /// Waits for what runs and closes every connection.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// The one transaction that writes; dropped without `commit`, it leaves nothing.
    async fn write(&self) -> StoreResult<Transaction<'static, Sqlite>> {
        self.must_be_writable()?;
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A connection that reads.
    async fn read(&self) -> StoreResult<PoolConnection<Sqlite>> {
        Ok(self.readers.acquire().await?)
    }

    fn must_be_writable(&self) -> StoreResult<()> {
        if self.writable {
            return Ok(());
        }
        Err(StoreError::Refused("数据库以只读方式打开 (the database was opened for reading only)".to_owned()))
    }
}

fn base_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(BUSY).statement_cache_capacity(STATEMENTS)
}

/// FULL, because with WAL anything less may lose the last commits when the power fails.
fn write_options(path: &Path) -> SqliteConnectOptions {
    base_options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
}

fn read_options(path: &Path) -> SqliteConnectOptions {
    base_options(path).pragma("query_only", "ON")
}

async fn pool(options: SqliteConnectOptions, size: u32) -> StoreResult<SqlitePool> {
    let pool = SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(1)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false);
    Ok(pool.connect_with(options).await?)
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

async fn must_be_current(pool: &SqlitePool, path: &Path) -> StoreResult<()> {
    let path = path.display().to_string();
    let version = migrate::check(&mut *pool.acquire().await?, &path).await?;
    if version == migrate::LATEST {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "数据库 {path} 的结构版本为 {version}，需要 {latest}：请先运行一次 gongkai run \
         (database {path} has schema {version}, {latest} is needed: start `gongkai run` once)",
        latest = migrate::LATEST
    )))
}

#[cfg(test)]
mod tests;
