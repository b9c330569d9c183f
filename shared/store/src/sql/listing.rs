//! Current reports and their findings in pages. A page begins behind the last row of the page before, in the order of what never
//! changes, so that nothing is told twice or passed over while services go on working.
use super::{
    column::{Columns, json_of},
    query::{Conn, Row, query},
    reports::open_counts,
    rows,
};
use crate::{
    error::StoreResult,
    listing::{ListedFinding, ListedReport, Owner, Wanted},
};

/// ?1 to ?3 identity, scope and source of the last report, ?4 bodies, ?5 year, ?6 limit. An identity has one current report in each
/// scope, whatever its source, unless it is nobody's.
pub(super) const REPORTS: &str = concat!(
    "
SELECT r.*, v.blob, s.url, s.site, s.first_seen_at, d.due, d.state AS due_state,
  b.name AS owner_name, b.region AS owner_region, b.level AS owner_level, b.kind AS owner_kind,
",
    open_counts!(),
    "
FROM reports r JOIN versions v ON v.id = r.version JOIN sources s ON s.id = r.source
LEFT JOIN bodies b ON b.id = r.body LEFT JOIN dues d ON d.body = r.body AND d.year = r.year
WHERE r.current = 1 AND r.identity >= ?1
  AND (r.identity > ?1 OR r.scope > ?2
    OR (r.scope = ?2 AND (r.body IS NULL OR r.year IS NULL) AND r.source > ?3))
  AND (?4 IS NULL OR r.body IN {?4}) AND (?5 IS NULL OR r.year = ?5)
ORDER BY r.identity, r.scope, r.source LIMIT ?6"
);

/// ?1 to ?3 identity, scope and fingerprint of the last finding, ?4 bodies, ?5 year, ?6 open ones only, ?7 limit.
pub(super) const FINDINGS: &str = "
SELECT f.*, b.name AS owner_name, b.region AS owner_region, b.level AS owner_level, b.kind AS owner_kind,
  (SELECT min(r.id) FROM reports r WHERE r.current = 1 AND r.identity = f.identity AND r.scope = f.scope) AS report
FROM findings f LEFT JOIN bodies b ON b.id = f.body
WHERE f.identity >= ?1
  AND (f.identity > ?1 OR f.scope > ?2 OR (f.scope = ?2 AND f.fingerprint > ?3))
  AND (?4 IS NULL OR f.body IN {?4}) AND (?5 IS NULL OR f.year = ?5)
  AND (?6 = 0 OR (f.fixed_at IS NULL AND f.dismissed_at IS NULL))
  AND (f.scope = 'due'
    OR EXISTS (SELECT 1 FROM reports r WHERE r.current = 1 AND r.identity = f.identity AND r.scope = f.scope))
ORDER BY f.identity, f.scope, f.fingerprint LIMIT ?7";

/// Current reports behind one.
pub(super) async fn reports(
    conn: &mut Conn,
    wanted: &Wanted,
    after: Option<&ListedReport>,
    limit: u32,
) -> StoreResult<Vec<ListedReport>> {
    let place = after.map(|last| {
        let row = &last.row;
        (row.identity().to_string(), row.scope.as_str(), row.source.to_string())
    });
    let (identity, scope, source) = place.unwrap_or_default();
    let found = query(REPORTS)
        .bind(identity)
        .bind(scope)
        .bind(source)
        .bind(bodies(wanted)?)
        .bind(wanted.year)
        .bind(limit);
    rows::all(&found.all(conn).await?, |row| {
        Ok(ListedReport {
            row: rows::report(row)?,
            owner: owner(row)?,
            site: row.text("site")?,
            first_seen_at: row.time("first_seen_at")?,
            due: row.named_or_none("due")?,
            due_state: row.named_or_none("due_state")?,
            errors: row.number("errors")?,
            warnings: row.number("warnings")?,
            hints: row.number("hints")?,
        })
    })
}

/// Findings behind one.
pub(super) async fn findings(
    conn: &mut Conn,
    wanted: &Wanted,
    after: Option<&ListedFinding>,
    limit: u32,
) -> StoreResult<Vec<ListedFinding>> {
    let place = after.map(|last| {
        let found = &last.found;
        (found.identity.as_str(), last.scope.as_str(), found.finding.fingerprint.as_str())
    });
    let (identity, scope, fingerprint) = place.unwrap_or_default();
    let found = query(FINDINGS)
        .bind(identity)
        .bind(scope)
        .bind(fingerprint)
        .bind(bodies(wanted)?)
        .bind(wanted.year)
        .bind(wanted.open)
        .bind(limit);
    rows::all(&found.all(conn).await?, |row| {
        Ok(ListedFinding {
            found: rows::finding(row)?,
            scope: row.text("scope")?,
            owner: owner(row)?,
            report: row.id_or_none("report")?,
        })
    })
}

fn bodies(wanted: &Wanted) -> StoreResult<Option<String>> {
    wanted.bodies.as_ref().map(json_of).transpose()
}

fn owner(row: &Row) -> StoreResult<Option<Owner>> {
    let Some(name) = row.text_or_none("owner_name")? else { return Ok(None) };
    Ok(Some(Owner {
        name,
        region: row.text("owner_region")?,
        level: row.named("owner_level")?,
        kind: row.named("owner_kind")?,
    }))
}
