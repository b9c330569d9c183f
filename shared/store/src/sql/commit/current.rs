//! Which report is the current one: of a source the newest version that was read, of an identity the newest of its sources.
use std::collections::BTreeSet;

use gongkai_model::Stage;

use super::mark_due;
use crate::{
    error::StoreResult,
    sql::{
        column::{Columns, json_of},
        ledger::NewRows,
        query::{Conn, Row, query},
    },
};

/// An identity that is known: body, year, scope.
pub(super) type Assigned = (String, i16, String);

const ASSIGNED: &str = "
SELECT DISTINCT body, year, scope FROM reports WHERE source IN {?1} AND body IS NOT NULL AND year IS NOT NULL";

/// Versions may be read out of order; what the newest says counts, and one without news says what its origin says.
pub(in crate::sql) const NEWEST: &str = "
SELECT s.id, s.read_version, (
  SELECT COALESCE(v.unchanged_from, v.id) FROM versions v
  WHERE v.source = s.id AND v.text_hash IS NOT NULL ORDER BY v.fetched_at DESC, v.id DESC LIMIT 1) AS newest
FROM sources s WHERE s.id IN {?1} ORDER BY s.id";

const SET_READ: &str = "
UPDATE sources AS s SET read_version = l.version FROM {?1: source TEXT, version TEXT} AS l WHERE s.id = l.source";

const SETTLE_UNASSIGNED: &str = "
UPDATE reports AS r SET current = CASE WHEN r.version = l.newest THEN 1 ELSE 0 END
FROM {?1: source TEXT, newest TEXT} AS l WHERE r.source = l.source AND (r.body IS NULL OR r.year IS NULL)
  AND r.current <> CASE WHEN r.version = l.newest THEN 1 ELSE 0 END";

/// A page that merely speaks of the report never displaces the report, nor does a copy on another site than the publisher's.
pub(in crate::sql) const STANDING: &str = "
SELECT l.body, l.year, l.scope,
  (SELECT c.id FROM reports c WHERE c.body = l.body AND c.year = l.year AND c.scope = l.scope AND c.current = 1) AS old,
  (SELECT r.id FROM reports r JOIN sources s ON s.id = r.source AND s.read_version = r.version
    WHERE r.body = l.body AND r.year = l.year AND r.scope = l.scope
    ORDER BY (r.kind = 'annual_report') DESC,
      (s.site IS NOT DISTINCT FROM (SELECT b.site FROM bodies b WHERE b.id = r.body)) DESC,
      r.fetched_at DESC, r.version DESC, r.idx LIMIT 1) AS best
FROM {?1: body TEXT, year BIGINT, scope TEXT} AS l";

const UNSET: &str = "UPDATE reports SET current = 0 WHERE id IN {?1}";
const SET: &str = "UPDATE reports SET current = 1 WHERE id IN {?1} RETURNING version";

/// Of these identities those that reports have.
const KNOWN: &str = "
SELECT DISTINCT l.body, l.year, l.scope FROM {?1: body TEXT, year BIGINT, scope TEXT} AS l
WHERE EXISTS (SELECT 1 FROM reports r WHERE r.body = l.body AND r.year = l.year AND r.scope = l.scope)";

/// The version that shows what a source says.
pub(super) struct Newest {
    source: String,
    pub(super) version: String,
    /// It was another before.
    changed: bool,
}

/// Of these identities those that there are reports of.
pub(super) async fn known(conn: &mut Conn, of: &BTreeSet<Assigned>) -> StoreResult<Vec<Assigned>> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    query(KNOWN).bind(json_of(of)?).all(conn).await?.iter().map(identity).collect()
}

/// The newest version of each of these sources that has been read.
pub(super) async fn newest(conn: &mut Conn, sources: &[&str]) -> StoreResult<Vec<Newest>> {
    let mut newest = Vec::new();
    for row in query(NEWEST).bind(json_of(&sources)?).all(conn).await? {
        let Some(version) = row.text_or_none("newest")? else { continue };
        let changed = row.text_or_none("read_version")?.as_ref() != Some(&version);
        newest.push(Newest { source: row.text("id")?, version, changed });
    }
    Ok(newest)
}

/// The identities that reports of these sources have, of any version.
pub(super) async fn assigned(conn: &mut Conn, sources: &[&str]) -> StoreResult<BTreeSet<Assigned>> {
    let rows = query(ASSIGNED).bind(json_of(&sources)?).all(conn).await?;
    rows.iter().map(identity).collect()
}

fn identity(row: &Row) -> StoreResult<Assigned> {
    Ok((row.text("body")?, row.number("year")?, row.text("scope")?))
}

/// Settles `current` for sources of which the versions `read` have just been read, and for all identities touched.
pub(super) async fn settle(
    conn: &mut Conn,
    newest: &[Newest],
    read: &BTreeSet<&str>,
    touched: &BTreeSet<Assigned>,
    rows: &mut NewRows<'_>,
) -> StoreResult<()> {
    let mut to_judge = settle_sources(conn, newest).await?;
    to_judge.extend(settle_identities(conn, touched, rows).await?);
    // What was read now is judged anyway; a report that becomes current without it is judged again, for its findings count
    // from here on.
    to_judge.retain(|version| !read.contains(version.as_str()));
    rows.raise(conn, Stage::Judge, to_judge).await
}

/// Sources show their newest version; tells those versions that are shown from now on.
async fn settle_sources(conn: &mut Conn, newest: &[Newest]) -> StoreResult<BTreeSet<String>> {
    let entry = |newest: &Newest| (newest.source.clone(), newest.version.clone());
    let changed: Vec<_> = newest.iter().filter(|newest| newest.changed).map(entry).collect();
    if !changed.is_empty() {
        query(SET_READ).bind(json_of(&changed)?).run(conn).await?;
    }
    let all: Vec<_> = newest.iter().map(entry).collect();
    query(SETTLE_UNASSIGNED).bind(json_of(&all)?).run(conn).await?;
    Ok(changed.into_iter().map(|(_, version)| version).collect())
}

/// The current report of each identity; tells the versions of those that have become it.
async fn settle_identities(
    conn: &mut Conn,
    touched: &BTreeSet<Assigned>,
    rows: &mut NewRows<'_>,
) -> StoreResult<BTreeSet<String>> {
    if touched.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (mut unset, mut set, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for row in query(STANDING).bind(json_of(touched)?).all(conn).await? {
        let (old, best) = (row.text_or_none("old")?, row.text_or_none("best")?);
        if old == best {
            continue;
        }
        if best.is_none() {
            gone.push(identity(&row)?);
        }
        unset.extend(old);
        set.extend(best);
    }
    if !unset.is_empty() {
        query(UNSET).bind(json_of(&unset)?).run(conn).await?;
    }
    // Judging marks what is due; where nothing is left to judge, it is marked here.
    mark_due(conn, gone.iter().map(|(body, year, _)| (body.as_str(), *year)), rows).await?;
    if set.is_empty() {
        return Ok(BTreeSet::new());
    }
    Ok(query(SET).bind(json_of(&set)?).texts(conn).await?.into_iter().collect())
}
