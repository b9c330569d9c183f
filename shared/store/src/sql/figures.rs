//! The numbers of current reports that rates are made of: one row a report, what is not known left empty.
use gongkai_model::{Cohort, Counted, Figures, Item, Publication, figures};

use super::{
    column::Columns,
    query::{Conn, Row, query},
    rows, views,
};
use crate::error::StoreResult;

/// A count of more than twelve digits is none: the sums must not overflow. A fraction is none either.
/// An outcome that is several rows of the form is known when all of its rows are.
const COUNTED: &str = "
WITH counts AS (
  SELECT c.report, c.\"row\" || '.' || c.\"column\" AS place,
    CASE WHEN length(c.value) <= 12 AND c.value NOT LIKE '%.%' THEN CAST(c.value AS BIGINT) END AS n
  FROM cells c
  WHERE c.current = 1 AND c.year BETWEEN ?1 AND ?2 AND c.state IN ('printed', 'inferred')
    AND ((c.\"table\" = 'requests' AND c.\"column\" = 'total') OR c.\"table\" = 'proceedings')),
numbers AS (
  SELECT report,
    max(n) FILTER (WHERE place = 'new_received.total') AS new_received,
    max(n) FILTER (WHERE place = 'carried_over.total') AS carried_over,
    max(n) FILTER (WHERE place = 'granted.total') AS granted,
    max(n) FILTER (WHERE place = 'partially_granted.total') AS partially_granted,
    CASE WHEN count(n) FILTER (WHERE place LIKE 'denied.%') = 8
      THEN CAST(sum(n) FILTER (WHERE place LIKE 'denied.%') AS BIGINT) END AS denied,
    CASE WHEN count(n) FILTER (WHERE place LIKE 'unavailable.%') = 3
      THEN CAST(sum(n) FILTER (WHERE place LIKE 'unavailable.%') AS BIGINT) END AS unavailable,
    CASE WHEN count(n) FILTER (WHERE place LIKE 'not_processed.%') = 5
      THEN CAST(sum(n) FILTER (WHERE place LIKE 'not_processed.%') AS BIGINT) END AS not_processed,
    CASE WHEN count(n) FILTER (WHERE place = 'other_handling.total') = 1
        OR count(n) FILTER (WHERE place LIKE 'other_handling.%.total') = 3
      THEN CAST(sum(n) FILTER (WHERE place LIKE 'other_handling.%') AS BIGINT) END AS other_handling,
    max(n) FILTER (WHERE place = 'results_total.total') AS results_total,
    max(n) FILTER (WHERE place = 'carried_forward.total') AS carried_forward,
    max(n) FILTER (WHERE place = 'review.upheld') AS review_upheld,
    max(n) FILTER (WHERE place = 'review.corrected') AS review_corrected,
    max(n) FILTER (WHERE place = 'review.other') AS review_other,
    max(n) FILTER (WHERE place = 'review.pending') AS review_pending,
    max(n) FILTER (WHERE place = 'review.total') AS review_total,
    CASE WHEN count(n) FILTER (WHERE place LIKE 'litigation_%.upheld') = 2
      THEN CAST(sum(n) FILTER (WHERE place LIKE 'litigation_%.upheld') AS BIGINT) END AS litigation_upheld,
    CASE WHEN count(n) FILTER (WHERE place LIKE 'litigation_%.corrected') = 2
      THEN CAST(sum(n) FILTER (WHERE place LIKE 'litigation_%.corrected') AS BIGINT) END AS litigation_corrected,
    CASE WHEN count(n) FILTER (WHERE place LIKE 'litigation_%.other') = 2
      THEN CAST(sum(n) FILTER (WHERE place LIKE 'litigation_%.other') AS BIGINT) END AS litigation_other,
    CASE WHEN count(n) FILTER (WHERE place LIKE 'litigation_%.pending') = 2
      THEN CAST(sum(n) FILTER (WHERE place LIKE 'litigation_%.pending') AS BIGINT) END AS litigation_pending,
    CASE WHEN count(n) FILTER (WHERE place LIKE 'litigation_%.total') = 2
      THEN CAST(sum(n) FILTER (WHERE place LIKE 'litigation_%.total') AS BIGINT) END AS litigation_total
  FROM counts GROUP BY report)
SELECT r.body, b.region, b.level, b.kind, r.year, r.scope, n.*,
  CASE WHEN EXISTS (SELECT 1 FROM findings f
    WHERE f.identity = r.identity AND f.scope = r.scope AND substr(f.code, 1, 1) = 'T' AND f.severity = 'error'
      AND f.fixed_at IS NULL AND f.dismissed_at IS NULL) THEN 1 ELSE 0 END AS wrong
FROM reports r JOIN bodies b ON b.id = r.body LEFT JOIN numbers n ON n.report = r.id
WHERE r.current = 1 AND r.kind = 'annual_report' AND r.judged_at IS NOT NULL AND r.year BETWEEN ?1 AND ?2
ORDER BY r.body, r.year, r.scope";

/// Sums per region, level, kind and year, of one year or of all.
pub(super) async fn figures_of(conn: &mut Conn, year: Option<i16>) -> StoreResult<Vec<Figures>> {
    // The year before is read for the change since then.
    let (from, to) = year.map_or((i16::MIN, i16::MAX), |year| (year.saturating_sub(1), year));
    let found = query(COUNTED).bind(from).bind(to).all(conn).await?;
    let reports = rows::all(&found, counted)?;
    let coverage = views::coverage(conn).await?;
    let publications: Vec<_> = coverage
        .into_iter()
        .filter(|line| year.is_none_or(|year| line.year == year))
        .map(|line| {
            let publication = Publication {
                due: line.expected,
                found: line.found,
                in_time: line.in_time,
                late: line.late,
                overdue: line.overdue,
                missing: line.missing,
                unknown: line.unknown,
                consistent: line.consistent,
                inconsistent: line.inconsistent,
                incomplete: line.incomplete,
                well_formed: line.well_formed,
            };
            let cohort = Cohort { region: line.region, level: line.level, kind: line.kind, year: line.year };
            (cohort, publication)
        })
        .collect();
    let mut figures = figures(&publications, &reports);
    figures.retain(|figures| year.is_none_or(|year| figures.cohort.year == year));
    Ok(figures)
}

fn counted(row: &Row) -> StoreResult<Counted> {
    let mut values = std::collections::BTreeMap::new();
    for item in Item::ALL {
        if let Some(value) = row.number_or_none(item.as_str())? {
            values.insert(*item, value);
        }
    }
    Ok(Counted {
        body: row.text("body")?,
        cohort: Cohort {
            region: row.text("region")?,
            level: row.named("level")?,
            kind: row.named("kind")?,
            year: row.number("year")?,
        },
        scope: row.named("scope")?,
        wrong: row.flag("wrong")?,
        values,
    })
}
