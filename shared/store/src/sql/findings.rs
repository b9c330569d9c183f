//! The life of findings: born, seen again, fixed.
use std::collections::{BTreeMap, HashMap};

use gongkai_model::Finding;
use jiff::Timestamp;

use super::{
    column::{Columns, json_of},
    query::{Conn, query},
    rows,
};
use crate::{error::StoreResult, records::StoredFinding, store::Filter};

/// The scope of findings that hang on what is due, not on a report.
pub(super) const DUE: &str = "due";

/// What was found on something that findings hang on.
pub(super) struct Renewal<'r> {
    /// Text of the identity.
    pub(super) identity: String,
    /// Scope of the report, or `due`.
    pub(super) scope: String,
    /// Body and year, when known.
    pub(super) of: Option<(&'r str, i16)>,
    /// Findings that hold.
    pub(super) fired: &'r [Finding],
    /// Codes of the rules that could be evaluated.
    pub(super) evaluated: &'r [String],
}

const SEE: &str = "
INSERT INTO findings (identity, scope, fingerprint, code, severity, body, year, document, first_seen_at, last_seen_at)
SELECT l.identity, l.scope, l.fingerprint, l.code, l.severity, l.body, l.year, l.document, ?2, ?2
FROM {?1: identity TEXT, scope TEXT, fingerprint TEXT, code TEXT, severity TEXT, body TEXT, year BIGINT, document TEXT} AS l
WHERE TRUE ORDER BY l.identity, l.scope, l.fingerprint
ON CONFLICT (identity, scope, fingerprint) DO UPDATE SET code = excluded.code, severity = excluded.severity,
  document = excluded.document, last_seen_at = excluded.last_seen_at, fixed_at = NULL";

const OPEN: &str = "
SELECT f.identity, f.scope, f.fingerprint, f.code FROM {?1: identity TEXT, scope TEXT} AS l
JOIN findings f ON f.identity = l.identity AND f.scope = l.scope WHERE f.fixed_at IS NULL";

const FIX: &str = "
UPDATE findings AS f SET fixed_at = ?2 FROM {?1: identity TEXT, scope TEXT, fingerprint TEXT} AS l
WHERE f.identity = l.identity AND f.scope = l.scope AND f.fingerprint = l.fingerprint";

pub(super) const OF_IDENTITIES: &str = "
SELECT * FROM findings WHERE identity IN {?1}
ORDER BY fixed_at IS NOT NULL, dismissed_at IS NOT NULL,
  CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, code, fingerprint";

/// ?1 site, ?2 body, ?3 year, ?4 text, ?5 limit, ?6 offset.
const LATEST: &str = "
SELECT f.* FROM open_findings f LEFT JOIN bodies b ON b.id = f.body
WHERE (?1 IS NULL OR b.site = ?1
    OR EXISTS (SELECT 1 FROM reports r JOIN sources s ON s.id = r.source
      WHERE r.current = 1 AND r.identity = f.identity AND s.site = ?1))
  AND (?2 IS NULL OR f.body = ?2) AND (?3 IS NULL OR f.year = ?3)
  AND (?4 IS NULL OR instr(b.name, ?4) > 0
    OR EXISTS (SELECT 1 FROM reports r WHERE r.current = 1 AND r.identity = f.identity AND instr(r.title, ?4) > 0))
ORDER BY f.first_seen_at DESC, f.gravity DESC, f.code, f.fingerprint LIMIT ?5 OFFSET ?6";

const COUNTS: &str = "
SELECT f.code, f.severity, COALESCE(b.region, '0000') AS region, count(*) AS n
FROM open_findings f LEFT JOIN bodies b ON b.id = f.body
WHERE f.year = ?1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";

const REVISIONS: &str = "
SELECT COALESCE(b.region, '0000') AS region, count(*) AS n
FROM findings f LEFT JOIN bodies b ON b.id = f.body WHERE f.code = 'P806' GROUP BY 1 ORDER BY 1";

/// Renews findings: those that fired live, those that were evaluated and did not fire are fixed, the others stay as they are.
/// A dismissal stays in any case.
pub(super) async fn renew(conn: &mut Conn, renewals: &[Renewal<'_>], now: Timestamp) -> StoreResult<()> {
    if renewals.is_empty() {
        return Ok(());
    }
    fix(conn, renewals, now).await?;
    let mut seen = BTreeMap::new();
    for (renewal, finding) in renewals.iter().flat_map(|r| r.fired.iter().map(move |finding| (r, finding))) {
        let (body, year) = renewal.of.unzip();
        let row = (
            &renewal.identity,
            &renewal.scope,
            &finding.fingerprint,
            &finding.code,
            finding.severity.as_str(),
            body,
            year,
            json_of(finding)?,
        );
        seen.insert((&renewal.identity, &renewal.scope, &finding.fingerprint), row);
    }
    if !seen.is_empty() {
        query(SEE).bind(json_of(&seen.into_values().collect::<Vec<_>>())?).bind(now).run(conn).await?;
    }
    Ok(())
}

async fn fix(conn: &mut Conn, renewals: &[Renewal<'_>], now: Timestamp) -> StoreResult<()> {
    let places: Vec<_> = renewals.iter().map(|renewal| (&renewal.identity, &renewal.scope)).collect();
    let mut fixed = Vec::new();
    for row in query(OPEN).bind(json_of(&places)?).all(conn).await? {
        let (identity, scope) = (row.text("identity")?, row.text("scope")?);
        let (fingerprint, code) = (row.text("fingerprint")?, row.text("code")?);
        let here = renewals.iter().find(|renewal| renewal.identity == identity && renewal.scope == scope);
        let gone = here.is_some_and(|renewal| {
            renewal.evaluated.contains(&code)
                && !renewal.fired.iter().any(|finding| finding.fingerprint == fingerprint)
        });
        if gone {
            fixed.push((identity, scope, fingerprint));
        }
    }
    if !fixed.is_empty() {
        query(FIX).bind(json_of(&fixed)?).bind(now).run(conn).await?;
    }
    Ok(())
}

/// All findings of identities, open ones first.
pub(super) async fn of_all(
    conn: &mut Conn,
    identities: &[String],
) -> StoreResult<HashMap<String, Vec<StoredFinding>>> {
    let mut findings: HashMap<String, Vec<StoredFinding>> = HashMap::new();
    for row in query(OF_IDENTITIES).bind(json_of(&identities)?).all(conn).await? {
        findings.entry(row.text("identity")?).or_default().push(rows::finding(&row)?);
    }
    Ok(findings)
}

/// Open findings that count, the latest first.
pub(super) async fn latest(conn: &mut Conn, filter: &Filter) -> StoreResult<Vec<StoredFinding>> {
    let found = query(LATEST).among(filter).all(conn).await?;
    rows::all(&found, rows::finding)
}

/// Open findings of a year by code, severity and region.
pub(super) async fn counts(conn: &mut Conn, year: i16) -> StoreResult<Vec<(String, String, String, u64)>> {
    let found = query(COUNTS).bind(year).all(conn).await?;
    rows::all(&found, |row| {
        Ok((row.text("code")?, row.text("severity")?, row.text("region")?, row.number("n")?))
    })
}

/// Revisions ever found, by region.
pub(super) async fn revisions(conn: &mut Conn) -> StoreResult<Vec<(String, u64)>> {
    let found = query(REVISIONS).all(conn).await?;
    rows::all(&found, |row| Ok((row.text("region")?, row.number("n")?)))
}
