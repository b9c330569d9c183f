//! How versions' reports were judged: verdicts, the life of findings, what is due anew.
use std::collections::HashMap;

use super::mark_due;
use crate::{
    error::StoreResult,
    records::Identity,
    results::{Judged, JudgedReport},
    sql::{
        column::{Columns, json_of},
        findings::{self, Renewal},
        ledger::NewRows,
        query::{Conn, query},
    },
};

const VERDICTS: &str = "
UPDATE reports SET verdict = l.outcome, judged_at = ?2
FROM {?1: report TEXT, of_version TEXT, outcome TEXT} AS l WHERE id = l.report AND version = l.of_version
RETURNING id, scope, current";

/// Writes each report's verdict; only a current report changes the set of open findings. A report that a second reading no
/// longer has is passed over.
pub(super) async fn write(
    conn: &mut Conn,
    judged: &[&Judged],
    new_rows: &mut NewRows<'_>,
) -> StoreResult<()> {
    let now = new_rows.now;
    let reports: HashMap<String, (&Judged, &JudgedReport)> = judged
        .iter()
        .flat_map(|version| version.reports.iter().map(move |report| (*version, report)))
        .map(|(version, report)| (report.report.to_string(), (version, report)))
        .collect();
    if reports.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = reports
        .iter()
        .map(|(id, (of, report))| {
            (id, of.version.to_string(), report.verdict.map(|verdict| verdict.as_str()))
        })
        .collect();
    let (mut renewals, mut dues) = (Vec::new(), Vec::new());
    for row in query(VERDICTS).bind(json_of(&rows)?).bind(now).all(conn).await? {
        let Some((_, report)) = reports.get(&row.text("id")?) else { continue };
        let of = known(&report.identity);
        dues.extend(of);
        if row.flag("current")? {
            renewals.push(Renewal {
                identity: report.identity.to_string(),
                scope: row.text("scope")?,
                of,
                fired: &report.findings,
                evaluated: &report.evaluated,
            });
        }
    }
    findings::renew(conn, &renewals, now).await?;
    mark_due(conn, dues, new_rows).await
}

fn known(identity: &Identity) -> Option<(&str, i16)> {
    match identity {
        Identity::Report { body, year } => Some((body, *year)),
        Identity::Source { .. } => None,
    }
}
