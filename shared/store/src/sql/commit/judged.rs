//! How a version's reports were judged: verdicts, the life of findings, what is due anew.
use jiff::Timestamp;

use super::mark_due;
use crate::{
    error::StoreResult,
    records::Identity,
    results::{Judged, JudgedReport},
    sql::{
        column::{Columns, millis},
        findings::{self, Hung},
        query::{Conn, query},
    },
};

const VERDICT: &str = "
UPDATE reports SET verdict = ?2, judged_at = ?3 WHERE id = ?1 AND version = ?4 RETURNING scope, current";

/// Writes each report's verdict; only a current report changes the set of open findings.
pub(super) async fn write(conn: &mut Conn, judged: Judged, now: Timestamp) -> StoreResult<()> {
    let version = judged.version.to_string();
    for report in &judged.reports {
        write_report(conn, &version, report, now).await?;
    }
    Ok(())
}

async fn write_report(
    conn: &mut Conn,
    version: &str,
    judged: &JudgedReport,
    now: Timestamp,
) -> StoreResult<()> {
    let row = query(VERDICT)
        .bind(judged.report.to_string())
        .bind(judged.verdict.map(|verdict| verdict.as_str()))
        .bind(millis(now))
        .bind(version)
        .optional(conn)
        .await?;
    // A report that a second reading no longer has.
    let Some(row) = row else { return Ok(()) };
    if row.flag("current")? {
        let hung = Hung {
            identity: &judged.identity.to_string(),
            scope: &row.text("scope")?,
            of: known(&judged.identity),
        };
        findings::renew(conn, &hung, &judged.findings, &judged.evaluated, now).await?;
    }
    match known(&judged.identity) {
        Some((body, year)) => mark_due(conn, body, year, now).await,
        None => Ok(()),
    }
}

fn known(identity: &Identity) -> Option<(&str, i16)> {
    match identity {
        Identity::Report { body, year } => Some((body, *year)),
        Identity::Source { .. } => None,
    }
}
