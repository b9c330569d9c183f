//! Counts for people and dashboards: sites with their polls, coverage.

use super::{
    column::Columns,
    query::{Conn, query},
    rows,
};
use crate::{
    error::StoreResult,
    records::PollOutcome,
    views::{Coverage, SiteStatus},
};

const SITES: &str = "
SELECT t.*, (SELECT max(at) FROM polls p
    WHERE p.site = t.id AND p.outcome = 'ok' AND p.complete = 1 AND p.items > 0) AS last_success_at
FROM sites t ORDER BY t.id";

const LAST_POLL: &str = "SELECT * FROM polls WHERE site = ?1 ORDER BY at DESC, id DESC LIMIT 1";

const COLUMN_OUTCOMES: &str = "
WITH columns AS (SELECT DISTINCT site, column_name FROM sources WHERE kind = 'column' AND active = 1),
lasts AS (
  SELECT c.site, (SELECT p.outcome FROM polls p WHERE p.site = c.site AND p.column_name = c.column_name
    ORDER BY p.at DESC, p.id DESC LIMIT 1) AS outcome
  FROM columns c)
SELECT site, outcome, count(*) AS n FROM lasts WHERE outcome IS NOT NULL GROUP BY site, outcome ORDER BY site, outcome";

/// A report that is not judged yet is neither well formed nor consistent. Its findings are found by its identity: `COALESCE` keeps
/// the indexes of open findings out, which have those of all reports.
const COVERAGE: &str = "
WITH found AS (
  SELECT d.*, CASE WHEN d.report IS NOT NULL THEN COALESCE(
    (SELECT c.id FROM reports c WHERE c.id = d.report AND c.current = 1),
    (SELECT c.id FROM reports c WHERE c.body = d.body AND c.year = d.year AND c.current = 1
      ORDER BY c.fetched_at DESC, c.id LIMIT 1)) END AS current_report
  FROM dues d),
expected AS (
  SELECT b.region, b.level, b.kind, d.year, d.state, d.report IS NOT NULL AS found, r.verdict,
    r.judged_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM findings f
      WHERE f.identity = r.identity AND f.scope = r.scope AND substr(f.code, 1, 1) = 'S' AND f.severity IN ('error', 'warning')
        AND COALESCE(f.fixed_at, f.dismissed_at) IS NULL) AS well_formed
  FROM found d JOIN bodies b ON b.id = d.body LEFT JOIN reports r ON r.id = d.current_report)
SELECT region, level, kind, year, count(*) AS expected, count(*) FILTER (WHERE found) AS found,
  count(*) FILTER (WHERE state = 'in_time') AS in_time,
  count(*) FILTER (WHERE state = 'late') AS late,
  count(*) FILTER (WHERE state = 'overdue') AS overdue,
  count(*) FILTER (WHERE state = 'missing') AS missing,
  count(*) FILTER (WHERE state = 'unknown') AS unknown,
  count(*) FILTER (WHERE verdict = 'consistent') AS consistent,
  count(*) FILTER (WHERE verdict = 'inconsistent') AS inconsistent,
  count(*) FILTER (WHERE verdict = 'incomplete') AS incomplete,
  count(*) FILTER (WHERE well_formed) AS well_formed
FROM expected GROUP BY region, level, kind, year ORDER BY region, level, kind, year";

/// Sites with their last polls.
pub(super) async fn sites(conn: &mut Conn) -> StoreResult<Vec<SiteStatus>> {
    let mut sites = Vec::new();
    for row in query(SITES).all(conn).await? {
        let site = rows::site(&row)?;
        let poll = query(LAST_POLL).bind(&site.id).optional(conn).await?;
        let last_poll = poll.as_ref().map(rows::poll).transpose()?;
        sites.push(SiteStatus { site, last_success_at: row.time_or_none("last_success_at")?, last_poll });
    }
    Ok(sites)
}

/// How the last poll of each column has ended.
pub(super) async fn column_outcomes(conn: &mut Conn) -> StoreResult<Vec<(String, PollOutcome, u64)>> {
    let found = query(COLUMN_OUTCOMES).all(conn).await?;
    rows::all(&found, |row| Ok((row.text("site")?, row.named("outcome")?, row.number("n")?)))
}

/// Counts by region, level, kind and year.
pub(super) async fn coverage(conn: &mut Conn) -> StoreResult<Vec<Coverage>> {
    let found = query(COVERAGE).all(conn).await?;
    rows::all(&found, |row| {
        Ok(Coverage {
            region: row.text("region")?,
            level: row.named("level")?,
            kind: row.named("kind")?,
            year: row.number("year")?,
            expected: row.number("expected")?,
            found: row.number("found")?,
            in_time: row.number("in_time")?,
            late: row.number("late")?,
            overdue: row.number("overdue")?,
            missing: row.number("missing")?,
            unknown: row.number("unknown")?,
            consistent: row.number("consistent")?,
            inconsistent: row.number("inconsistent")?,
            incomplete: row.number("incomplete")?,
            well_formed: row.number("well_formed")?,
        })
    })
}
