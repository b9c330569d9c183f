//! PostgreSQL: many processes, each with a few connections. The version of the schema stands in a table of its own.
pub(super) mod inspect;

use std::{str::FromStr, time::Duration};

use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use super::{
    Access,
    connections::Connections,
    migrate::{self, LATEST},
};
use crate::error::{StoreError, StoreResult};

/// Connections of a process; five services make forty, and PostgreSQL allows a hundred.
const CONNECTIONS: usize = 8;
/// How long a caller waits for a connection; then the database counts as away.
const PATIENCE: Duration = Duration::from_secs(5);
/// Statements kept prepared on each connection: all of them.
const STATEMENTS: usize = 256;
/// A process that stands still in the middle of a transaction loses it after this time, so that others get their turn.
const STANDS_STILL: &str = "30s";
/// How long a turn, or a row, is waited for.
const WAITS: &str = "20s";
/// How long one statement of a service may take.
const RUNS: &str = "60s";

/// Every statement finds its rows by an index, as SQLite demands it anyway; lists here are short. So a plan is the same whatever the values, and
/// making it anew for each would cost more than many of our statements do.
const PLANS: [(&str, &str); 5] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
    ("plan_cache_mode", "force_generic_plan"),
];

/// A transaction, and one that waits until no other of its sort is under way. The two numbers are "gong" in ASCII, which tells
/// our locks from those of others, and which lock it is; the lock ends with the transaction.
pub(super) const BEGIN: &str = "BEGIN";
pub(super) const BEGIN_IN_TURN: &str = "BEGIN; SELECT pg_advisory_xact_lock(1735355399, 1)";
/// The tables that grow with every report, and of each what rows are found by. Sizes matter to plans here, not how values are
/// spread, so a tenth of the usual sample is enough.
pub(super) const ANALYZE: &str = "
BEGIN; SET LOCAL default_statistics_target = 10;
ANALYZE tasks (id, stage, subject, state, not_before), sources (id, site, url, body, year, next_fetch_at),
  versions (id, source), reports (id, version, source, body, year, identity), findings (identity, scope, fingerprint),
  dues (body, year), bodies (id, site);
COMMIT";
/// Changes of the schema have a lock of their own, which ends when it is given back.
const MIGRATE_ALONE: &str = "SELECT pg_advisory_lock(1735355399, 2)";
const LET_OTHERS: &str = "SELECT pg_advisory_unlock(1735355399, 2)";

const HAS_VERSION: &str = "SELECT to_regclass('gongkai_schema') IS NOT NULL";
const VERSION: &str = "SELECT version FROM gongkai_schema";
const MAKE_VERSION: &str = "CREATE TABLE IF NOT EXISTS gongkai_schema (version BIGINT NOT NULL)";
const PUT_VERSION: &str = "INSERT INTO gongkai_schema (version) VALUES ($1)";
const FORGET_VERSION: &str = "DELETE FROM gongkai_schema";
const DROP_VERSION: &str = "DROP TABLE gongkai_schema";
const TABLES: &str = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()";

/// Opens a database as `access` needs it.
pub(super) async fn open(url: &str, access: Access) -> StoreResult<Connections> {
    let options = options(url, access)?;
    let place = place(&options);
    let pool = Connections::new(options, CONNECTIONS, PATIENCE);
    let mut leased = pool.lease().await.map_err(|error| unreachable(&place, &error))?;
    let conn = leased.get()?;
    match access {
        Access::Service => bring_up_to_date(conn, &place).await?,
        Access::Command | Access::Reading => {
            migrate::must_be_current(check(conn, &place).await?, &place)?;
        }
    }
    leased.done();
    Ok(pool)
}

/// Processes that start together look and change one after the other: half a schema looks like somebody else's.
async fn bring_up_to_date(conn: &mut PgConnection, place: &str) -> StoreResult<()> {
    sqlx::query(MIGRATE_ALONE).execute(&mut *conn).await?;
    let done = match check(conn, place).await {
        Ok(_) => migrate(conn, LATEST).await,
        Err(error) => Err(error),
    };
    sqlx::query(LET_OTHERS).execute(conn).await?;
    done
}

fn options(url: &str, access: Access) -> StoreResult<PgConnectOptions> {
    // The error names what is wrong with the address, never the address itself.
    let options = PgConnectOptions::from_str(url).map_err(|error| {
        StoreError::Refused(format!(
            "store.url 不是可用的 PostgreSQL 地址 (is no usable PostgreSQL address): {error}"
        ))
    })?;
    let options = options
        .application_name("gongkai")
        .statement_cache_capacity(STATEMENTS)
        .options([("idle_in_transaction_session_timeout", STANDS_STILL), ("lock_timeout", WAITS)])
        .options(PLANS)
        // A slow statement is worth a line; every statement is not.
        .log_statements(tracing::log::LevelFilter::Off);
    Ok(match access {
        Access::Service => options.options([("statement_timeout", RUNS)]),
        Access::Command => options,
        Access::Reading => options.options([("default_transaction_read_only", "on")]),
    })
}

/// The database for people, without user and password.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    format!("postgres://{}:{}/{database}", options.get_host(), options.get_port())
}

fn unreachable(place: &str, error: &StoreError) -> StoreError {
    StoreError::Away(format!(
        "无法连接 {place}，请检查 store.url、网络与权限 (cannot connect to {place}: check store.url, network and rights): {error}"
    ))
}

/// The version that is applied; 0 where there is none.
pub(super) async fn version(conn: &mut PgConnection) -> StoreResult<i64> {
    if !sqlx::query_scalar(HAS_VERSION).fetch_one(&mut *conn).await? {
        return Ok(0);
    }
    Ok(sqlx::query_scalar(VERSION).fetch_optional(conn).await?.unwrap_or_default())
}

/// Takes the schema to `target`, one transaction a step.
pub(super) async fn migrate(conn: &mut PgConnection, target: i64) -> StoreResult<()> {
    for (step, next) in migrate::way(version(conn).await?, target)? {
        let mut tx = conn.begin().await?;
        sqlx::raw_sql(step.postgres).execute(&mut *tx).await?;
        sqlx::query(MAKE_VERSION).execute(&mut *tx).await?;
        sqlx::query(FORGET_VERSION).execute(&mut *tx).await?;
        sqlx::query(PUT_VERSION).bind(next).execute(&mut *tx).await?;
        if next == 0 {
            sqlx::query(DROP_VERSION).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        tracing::info!(version = next, "store schema changed");
    }
    Ok(())
}

/// Refuses a database that another release, or another program, has made.
async fn check(conn: &mut PgConnection, place: &str) -> StoreResult<i64> {
    let version = version(conn).await?;
    migrate::must_be_known(version, place)?;
    if version == 0 {
        let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(conn).await?;
        if tables > 0 {
            return Err(migrate::foreign(place));
        }
    }
    Ok(version)
}
