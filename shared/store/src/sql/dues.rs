//! What is due of whom: the state the calendar gave it, its P findings, and the alerts that follow.
use jiff::Timestamp;

use super::{
    alerts,
    column::{json_of, millis},
    findings::{self, Renewal},
    query::{Conn, query},
    rows,
};
use crate::{dues::Due, error::StoreResult, results::DueAssessed, store::Filter};

const PUT: &str = "
INSERT INTO dues (body, year, due, state, report, published, reason, assessed_at)
SELECT l.body, l.year, l.due, l.state, l.report, l.published, l.reason, l.assessed_at
FROM {?1: body TEXT, year BIGINT, due TEXT, state TEXT, report TEXT, published TEXT, reason TEXT, assessed_at BIGINT} AS l
WHERE TRUE ORDER BY l.body, l.year
ON CONFLICT (body, year) DO UPDATE SET due = excluded.due, state = excluded.state, report = excluded.report,
  published = excluded.published, reason = excluded.reason, assessed_at = excluded.assessed_at";

const OF_BODY: &str = "
SELECT * FROM dues WHERE body = ?1 AND (?2 IS NULL OR year = ?2) ORDER BY year LIMIT ?3 OFFSET ?4";

/// ?1 year, ?2 site, ?3 text, ?4 limit, ?5 offset.
const ALL: &str = "
SELECT d.* FROM dues d LEFT JOIN bodies b ON b.id = d.body
WHERE (?1 IS NULL OR d.year = ?1) AND (?2 IS NULL OR b.site = ?2) AND (?3 IS NULL OR instr(b.name, ?3) > 0)
ORDER BY d.body, d.year LIMIT ?4 OFFSET ?5";

/// Writes what is due, its P findings and the alert changes. A batch has each (body, year) once: it is one row of the ledger.
pub(super) async fn write(conn: &mut Conn, assessed: &[&DueAssessed], now: Timestamp) -> StoreResult<()> {
    if assessed.is_empty() {
        return Ok(());
    }
    let (mut rows, mut renewals) = (Vec::new(), Vec::new());
    for assessed in assessed {
        let due = &assessed.due;
        rows.push((
            &due.body,
            due.year,
            due.due.map(|date| date.to_string()),
            due.state.as_str(),
            due.report.map(|id| id.to_string()),
            due.published.map(|date| date.to_string()),
            json_of(&due.reason)?,
            millis(due.assessed_at),
        ));
        renewals.push(Renewal {
            identity: format!("{}/{}", due.body, due.year),
            scope: findings::DUE.to_owned(),
            of: Some((&due.body, due.year)),
            fired: &assessed.findings,
            evaluated: &assessed.evaluated,
        });
    }
    query(PUT).bind(json_of(&rows)?).run(conn).await?;
    findings::renew(conn, &renewals, now).await?;
    for assessed in assessed {
        alerts::change(conn, &assessed.alerts, now).await?;
    }
    Ok(())
}

/// Due reports by body and year.
pub(super) async fn list(conn: &mut Conn, filter: &Filter) -> StoreResult<Vec<Due>> {
    let (limit, offset) = (filter.sql_limit(), i64::from(filter.offset));
    let found = match &filter.body {
        Some(body) => query(OF_BODY).bind(body).bind(filter.year).bind(limit).bind(offset),
        None => query(ALL).bind(filter.year).bind(&filter.site).bind(&filter.text).bind(limit).bind(offset),
    };
    rows::all(&found.all(conn).await?, rows::due)
}
