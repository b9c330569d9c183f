//! What a PostgreSQL server is like, for `gongkai doctor`: looked at without changing anything, also where there is no schema yet.
use std::time::Duration;

use jiff::Timestamp;
use sqlx::{ConnectOptions, Connection, PgConnection, Row};
use tokio::time::timeout;

use super::{CONNECTIONS, TABLES, options, place, version};
use crate::{
    error::{StoreError, StoreResult},
    sql::{Access, migrate::LATEST},
};

/// How long connecting may take, and each answer.
const LIMIT: Duration = Duration::from_secs(10);

/// All that is asked of the server. Numbers of connections are those of the whole server; of other users' connections nothing
/// else can be seen.
const SERVER: &str = "
SELECT current_setting('server_version') AS version,
  CAST(current_setting('server_version_num') AS BIGINT) AS number,
  current_setting('server_encoding') AS encoding,
  pg_is_in_recovery() AS standby,
  current_setting('transaction_read_only') = 'on' AS reads_only,
  coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
  CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS clock,
  CAST(current_setting('max_connections') AS BIGINT) AS most,
  CAST(current_setting('superuser_reserved_connections') AS BIGINT) AS reserved,
  (SELECT CAST(coalesce(sum(numbackends), 0) AS BIGINT) FROM pg_stat_database) AS taken,
  (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gongkai') AS ours";

/// A database server as it was found.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The database without user and password.
    pub place: String,
    /// The server's version in its own words.
    pub version: String,
    /// The first number of it.
    pub major: u32,
    /// Its encoding; texts of reports need UTF8.
    pub encoding: String,
    /// True for a server that only repeats what another one writes.
    pub standby: bool,
    /// True when transactions may not write.
    pub reads_only: bool,
    /// True when this user may make tables.
    pub may_create: bool,
    /// How far the server's clock is ahead of ours, in milliseconds.
    pub ahead_ms: i64,
    /// Connections that are open to users who are no superusers.
    pub room: Room,
    /// What stands in the database.
    pub schema: Schema,
}

/// Connections of a server.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// As many may be open.
    pub most: i64,
    /// As many are open, ours and this one's included.
    pub taken: i64,
    /// As many of them are services of gongkai.
    pub ours: i64,
    /// As many a process of gongkai takes at most.
    pub per_process: i64,
}

/// What stands in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Nothing; the first service makes it.
    Empty,
    /// The schema that this release works with.
    Current(i64),
    /// An older one; the first service brings it up to the second version.
    Older(i64, i64),
    /// One of a newer release, and the version that this one knows.
    Newer(i64, i64),
    /// Tables of another program.
    Foreign,
}

/// Looks a PostgreSQL server and a database of it over.
pub async fn inspect(url: &str) -> StoreResult<Inspection> {
    let options = options(url, Access::Command)?.application_name("gongkai doctor");
    let place = place(&options);
    let connecting = timeout(LIMIT, options.connect()).await;
    let mut conn =
        connecting.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(|error| away(&place, &error))?;
    let looking = timeout(LIMIT, look(&mut conn, place)).await;
    let looked = looking.unwrap_or_else(|_| Err(StoreError::Away(format!("no answer within {LIMIT:?}"))));
    // What was asked is known, or not: how the connection ends changes nothing.
    drop(conn.close().await);
    looked
}

async fn look(conn: &mut PgConnection, place: String) -> StoreResult<Inspection> {
    let before = Timestamp::now().as_millisecond();
    let row = sqlx::query(SERVER).fetch_one(&mut *conn).await?;
    let after = Timestamp::now().as_millisecond();
    let clock: i64 = row.try_get("clock")?;
    let number: i64 = row.try_get("number")?;
    let (most, reserved): (i64, i64) = (row.try_get("most")?, row.try_get("reserved")?);
    let room = Room {
        most: most - reserved,
        taken: row.try_get("taken")?,
        ours: row.try_get("ours")?,
        per_process: i64::try_from(CONNECTIONS).unwrap_or(i64::MAX),
    };
    Ok(Inspection {
        place,
        version: row.try_get("version")?,
        major: u32::try_from(number / 10_000).unwrap_or_default(),
        encoding: row.try_get("encoding")?,
        standby: row.try_get("standby")?,
        reads_only: row.try_get("reads_only")?,
        may_create: row.try_get("may_create")?,
        ahead_ms: ahead(clock, before, after),
        room,
        schema: schema(conn).await?,
    })
}

/// How far a clock is ahead that was read at some moment between two of ours: at least so far, or not at all.
fn ahead(clock: i64, before: i64, after: i64) -> i64 {
    if clock > after { clock - after } else { (clock - before).min(0) }
}

async fn schema(conn: &mut PgConnection) -> StoreResult<Schema> {
    let version = version(conn).await?;
    if version == 0 {
        let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(conn).await?;
        return Ok(if tables == 0 { Schema::Empty } else { Schema::Foreign });
    }
    Ok(match version {
        LATEST => Schema::Current(version),
        older if older < LATEST => Schema::Older(older, LATEST),
        newer => Schema::Newer(newer, LATEST),
    })
}

/// Why there was no connection, and what to do about it.
fn away(place: &str, error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
    let to_do = match code.get(..2) {
        Some("28") => {
            "请检查 store.url 的用户与密码，以及服务器的 pg_hba.conf (check user and password of store.url, and the server's pg_hba.conf)"
        }
        Some("3D") => "请先建立该数据库，如 createdb (make the database, for instance with createdb)",
        Some("53") => {
            "服务器的连接已用完，请提高 max_connections (the server has no connection left: raise max_connections)"
        }
        Some("57") => "服务器正在启动或停止，请稍候 (the server is starting or stopping: wait a moment)",
        _ => {
            "请检查 store.url、网络，以及 PostgreSQL 是否在运行 (check store.url, the network, and whether PostgreSQL runs)"
        }
    };
    let why = match error {
        sqlx::Error::PoolTimedOut => format!("no answer within {LIMIT:?}"),
        other => other.to_string(),
    };
    StoreError::Away(format!("无法连接 {place} (cannot connect): {why}；{to_do}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_may_be_right_is_right() {
        assert_eq!(ahead(1_500, 1_000, 2_000), 0);
        assert_eq!(ahead(1_000, 1_000, 1_000), 0);
        assert_eq!(ahead(9_000, 1_000, 2_000), 7_000);
        assert_eq!(ahead(400, 1_000, 2_000), -600);
    }
}
