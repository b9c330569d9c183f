//! The tables of current reports, a portion at a time, and what they say together.
use std::collections::BTreeMap;

use gongkai_model::{Cohort, Counted, Figures, Item, Publication, Table, figures};
use serde::{Deserialize, Serialize};

use super::{
    column::{Columns, json_of},
    query::{Conn, Row, query},
    rows, views,
};
use crate::error::StoreResult;

/// Reports read together; tables, where they must be read, are some ten kilobytes each.
const AT_A_TIME: usize = 500;

/// A T error that is open and not dismissed makes a report contradict itself. Rows come in the order of the key, so that each
/// portion reads its own rows only: the `+` keeps other indexes out, and so does `COALESCE` those of open findings.
pub(super) const TABLES: &str = "
SELECT r.id, r.body, b.region, b.level, b.kind, r.year, r.scope, r.items,
  CASE WHEN r.items IS NULL OR substr(r.items, 1, length(?5)) <> ?5 THEN CAST({json r.document} -> 'tables' AS TEXT) END AS tables,
  CASE WHEN EXISTS (SELECT 1 FROM findings f
    WHERE f.identity = r.identity AND f.scope = r.scope AND substr(f.code, 1, 1) = 'T' AND f.severity = 'error'
      AND COALESCE(f.fixed_at, f.dismissed_at) IS NULL) THEN 1 ELSE 0 END AS wrong
FROM reports r JOIN bodies b ON b.id = r.body
WHERE +r.current = 1 AND r.kind = 'annual_report' AND r.judged_at IS NOT NULL AND +r.year BETWEEN ?1 AND ?2 AND r.id > ?3
ORDER BY r.id LIMIT ?4";

/// What is stored of a report's items.
#[derive(Deserialize, Serialize)]
struct Items<V> {
    edition: u32,
    values: V,
}

/// The stored form of a report's items.
pub(super) fn stored(values: &BTreeMap<Item, i64>) -> StoreResult<String> {
    json_of(&Items { edition: Item::EDITION, values })
}

/// How items of this edition begin.
fn beginning() -> String {
    format!("{{\"edition\":{},", Item::EDITION)
}

/// Sums per region, level, kind and year, of one year or of all.
pub(super) async fn figures_of(conn: &mut Conn, year: Option<i16>) -> StoreResult<Vec<Figures>> {
    // The year before is read for the change since then.
    let (from, to) = year.map_or((i16::MIN, i16::MAX), |year| (year.saturating_sub(1), year));
    let mut reports = Vec::new();
    let mut last = String::new();
    loop {
        let limit = i64::try_from(AT_A_TIME).unwrap_or(i64::MAX);
        let found =
            query(TABLES).bind(from).bind(to).bind(&last).bind(limit).bind(beginning()).all(conn).await?;
        reports.extend(rows::all(&found, counted)?);
        match found.last() {
            Some(row) if found.len() == AT_A_TIME => last = row.text("id")?,
            _ => break,
        }
    }
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
    let values = if row.text_or_none("tables")?.is_some() {
        Item::values(&row.json::<Vec<Table>>("tables")?)
    } else {
        row.json::<Items<_>>("items")?.values
    };
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
