//! Replays that are under way: what they change is told in one digest when they are over.
use jiff::Timestamp;

use super::{
    column::Columns,
    query::{Conn, query},
};
use crate::error::StoreResult;

const BEGIN: &str = "INSERT INTO replays (began_at, versions) VALUES (?1, ?2)";

/// The first of those that are not told yet.
pub(super) const UNDER_WAY: &str = "SELECT min(began_at) AS began_at FROM replays WHERE told_at IS NULL";

const END: &str = "UPDATE replays SET told_at = ?2 WHERE told_at IS NULL AND began_at <= ?1";

/// A replay of so many versions begins.
pub(super) async fn begin(conn: &mut Conn, versions: usize, now: Timestamp) -> StoreResult<()> {
    let versions = i64::try_from(versions).unwrap_or(i64::MAX);
    query(BEGIN).bind(now).bind(versions).run(conn).await?;
    Ok(())
}

/// Since when a replay is under way.
pub(super) async fn under_way(conn: &mut Conn) -> StoreResult<Option<Timestamp>> {
    let row = query(UNDER_WAY).optional(conn).await?;
    row.map_or(Ok(None), |row| row.time_or_none("began_at"))
}

/// Every replay that began until then is told.
pub(super) async fn end(conn: &mut Conn, began_until: Timestamp, now: Timestamp) -> StoreResult<()> {
    query(END).bind(began_until).bind(now).run(conn).await?;
    Ok(())
}
