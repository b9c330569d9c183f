//! The store in a database: one set of statements for two engines, SQLite within a process and PostgreSQL for many.
mod alerts;
mod column;
mod commit;
mod connections;
mod dead;
mod dialect;
mod dismissals;
mod dues;
mod engine;
mod failure;
mod figures;
mod findings;
mod ledger;
mod listing;
mod lock;
mod migrate;
mod postgres;
mod query;
mod replays;
mod reports;
mod rows;
mod sqlite;
mod trail;
mod views;
mod watch;

use std::path::Path;

use sqlx::SqlitePool;

pub(crate) use self::column::json_of;
pub use self::postgres::inspect::{Inspection, Room, Schema, inspect};
use self::{
    connections::Connections,
    query::{Conn, PostgresConn},
};
use crate::error::{StoreError, StoreResult};

/// The store in a database.
#[derive(Debug)]
pub struct SqlStore {
    pools: Pools,
    writable: bool,
    _lock: Option<lock::Lock>,
}

/// Connections by engine.
#[derive(Debug)]
enum Pools {
    /// One connection that writes, a few that read.
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    /// All connections alike.
    Postgres(Connections),
}

/// Who opens a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// A service process: makes the database, brings it up to date.
    Service,
    /// A short command that writes, beside running services.
    Command,
    /// A short command that reads.
    Reading,
}

impl SqlStore {
    /// SQLite for a service process; refused while another one has the file.
    pub async fn sqlite(path: impl AsRef<Path>) -> StoreResult<Self> {
        Self::open_sqlite(path, Access::Service).await
    }

    /// SQLite in memory, for tests; it ends with the store.
    pub async fn sqlite_in_memory() -> StoreResult<Self> {
        let writer = sqlite::in_memory().await?;
        Ok(Self::new(Pools::Sqlite { readers: writer.clone(), writer }, Access::Service, None))
    }

    /// PostgreSQL for a service process; others work on the same database.
    pub async fn postgres(url: &str) -> StoreResult<Self> {
        Self::open_postgres(url, Access::Service).await
    }

    pub(crate) async fn open_sqlite(path: impl AsRef<Path>, access: Access) -> StoreResult<Self> {
        let (pools, lock) = sqlite::open(path.as_ref(), access).await?;
        Ok(Self::new(pools, access, lock))
    }

    pub(crate) async fn open_postgres(url: &str, access: Access) -> StoreResult<Self> {
        Ok(Self::new(Pools::Postgres(postgres::open(url, access).await?), access, None))
    }

    fn new(pools: Pools, access: Access, lock: Option<lock::Lock>) -> Self {
        Self { pools, writable: access != Access::Reading, _lock: lock }
    }

    /// Takes the schema up or down to a version; 0 is an empty database.
    pub async fn migrate_to(&self, version: i64) -> StoreResult<()> {
        self.must_be_writable()?;
        match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite::migrate(&mut *writer.acquire().await?, version).await,
            Pools::Postgres(pool) => postgres::migrate(pool.lease().await?.get()?, version).await,
        }
    }

    /// Waits for what runs and closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close(),
        }
    }

    /// A transaction that changes rows of the ledger only.
    async fn write(&self) -> StoreResult<Conn> {
        self.must_be_writable()?;
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => Conn::SqliteWrite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => {
                Conn::Postgres(PostgresConn::writing(pool.lease().await?, postgres::BEGIN).await?)
            }
        })
    }

    /// A transaction that writes results: these take turns, on every engine. What a result means depends on what is
    /// stored already (which version is the newest, which report the current one), so two must not be written side by side.
    async fn turn(&self) -> StoreResult<Conn> {
        match &self.pools {
            Pools::Sqlite { .. } => self.write().await,
            Pools::Postgres(pool) => {
                self.must_be_writable()?;
                let leased = pool.lease().await?;
                Ok(Conn::Postgres(PostgresConn::writing(leased, postgres::BEGIN_IN_TURN).await?))
            }
        }
    }

    /// PostgreSQL learns of a table's size a minute late by itself, and keeps plans that were made for an empty one; SQLite plans
    /// by its indexes alone.
    async fn analyze(&self) -> StoreResult<()> {
        if let Pools::Postgres(pool) = &self.pools {
            let mut leased = pool.lease().await?;
            sqlx::raw_sql(postgres::ANALYZE).execute(leased.get()?).await?;
            leased.done();
        }
        Ok(())
    }

    /// A connection that reads.
    async fn read(&self) -> StoreResult<Conn> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Conn::SqliteRead(readers.acquire().await?),
            Pools::Postgres(pool) => Conn::Postgres(PostgresConn::reading(pool.lease().await?)),
        })
    }

    /// The version of the schema that is applied.
    async fn version(&self) -> StoreResult<i64> {
        match &self.pools {
            Pools::Sqlite { readers, .. } => sqlite::version(&mut *readers.acquire().await?).await,
            Pools::Postgres(pool) => {
                let mut leased = pool.lease().await?;
                let version = postgres::version(leased.get()?).await?;
                leased.done();
                Ok(version)
            }
        }
    }

    fn must_be_writable(&self) -> StoreResult<()> {
        if self.writable {
            return Ok(());
        }
        Err(StoreError::Refused("数据库以只读方式打开 (the database was opened for reading only)".to_owned()))
    }
}

#[cfg(test)]
mod tests;
