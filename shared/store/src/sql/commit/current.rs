//! Which report is the current one: of a source the newest version that was read, of an identity the newest of its sources.
use std::collections::BTreeSet;

use gongkai_model::Stage;
use jiff::Timestamp;

use super::mark_due;
use crate::{
    error::StoreResult,
    sql::{
        column::Columns,
        ledger,
        query::{Conn, query},
    },
};

/// An identity that is known: body, year, scope.
pub(super) type Assigned = (String, i16, String);

const ASSIGNED: &str = "
SELECT DISTINCT body, year, scope FROM reports WHERE source = ?1 AND body IS NOT NULL AND year IS NOT NULL";

/// Versions may be read out of order; what the newest says counts, and one without news says what its origin says.
pub(in crate::sql) const NEWEST: &str = "
SELECT COALESCE(v.unchanged_from, v.id) AS newest, s.read_version
FROM versions v JOIN sources s ON s.id = v.source
WHERE v.source = ?1 AND v.text_hash IS NOT NULL ORDER BY v.fetched_at DESC, v.id DESC LIMIT 1";

const SET_READ: &str = "UPDATE sources SET read_version = ?2 WHERE id = ?1";

const SETTLE_UNASSIGNED: &str = "
UPDATE reports SET current = CASE WHEN version = ?2 THEN 1 ELSE 0 END WHERE source = ?1 AND (body IS NULL OR year IS NULL)";

const CURRENT: &str = "SELECT id FROM reports WHERE body = ?1 AND year = ?2 AND scope = ?3 AND current = 1";

/// A page that merely speaks of the report never displaces the report, nor does a copy on another site than the publisher's.
pub(in crate::sql) const BEST: &str = "
SELECT r.id, r.version FROM reports r JOIN sources s ON s.id = r.source AND s.read_version = r.version
WHERE r.body = ?1 AND r.year = ?2 AND r.scope = ?3
ORDER BY (r.kind = 'annual_report') DESC, (s.site IS NOT DISTINCT FROM (SELECT site FROM bodies WHERE id = r.body)) DESC, r.fetched_at DESC, r.version DESC, r.idx LIMIT 1";

const UNSET: &str = "UPDATE reports SET current = 0 WHERE id = ?1";
const SET: &str = "UPDATE reports SET current = 1 WHERE id = ?1";

/// The identities that a source's reports have, of any version.
pub(super) async fn assigned(conn: &mut Conn, source: &str) -> StoreResult<BTreeSet<Assigned>> {
    let rows = query(ASSIGNED).bind(source).all(conn).await?;
    rows.iter().map(|row| Ok((row.text("body")?, row.number("year")?, row.text("scope")?))).collect()
}

/// Settles `current` for a source of which `read` has just been read, and for all identities touched.
pub(super) async fn settle(
    conn: &mut Conn,
    source: &str,
    read: &str,
    touched: &BTreeSet<Assigned>,
    now: Timestamp,
) -> StoreResult<()> {
    let Some(row) = query(NEWEST).bind(source).optional(conn).await? else { return Ok(()) };
    let newest = row.text("newest")?;
    if row.text_or_none("read_version")?.as_ref() != Some(&newest) {
        query(SET_READ).bind(source).bind(&newest).run(conn).await?;
        if newest != read {
            ledger::raise(conn, Stage::Judge, &newest, now, now).await?;
        }
    }
    query(SETTLE_UNASSIGNED).bind(source).bind(&newest).run(conn).await?;
    for identity in touched {
        settle_identity(conn, identity, read, now).await?;
    }
    Ok(())
}

/// A report that becomes current without having been read now is judged again: its findings count from here on.
async fn settle_identity(
    conn: &mut Conn,
    (body, year, scope): &Assigned,
    read: &str,
    now: Timestamp,
) -> StoreResult<()> {
    let old = query(CURRENT).bind(body).bind(*year).bind(scope).text(conn).await?;
    let best = query(BEST).bind(body).bind(*year).bind(scope).optional(conn).await?;
    let best =
        best.map(|row| Ok::<_, crate::StoreError>((row.text("id")?, row.text("version")?))).transpose()?;
    if old.as_ref() == best.as_ref().map(|(id, _)| id) {
        return Ok(());
    }
    if let Some(old) = &old {
        query(UNSET).bind(old).run(conn).await?;
    }
    // Judging marks what is due; where nothing is left to judge, it is marked here.
    let Some((id, version)) = &best else { return mark_due(conn, body, *year, now).await };
    query(SET).bind(id).run(conn).await?;
    if version != read {
        ledger::raise(conn, Stage::Judge, version, now, now).await?;
    }
    Ok(())
}
