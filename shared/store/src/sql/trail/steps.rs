//! The steps that the records themselves tell.
use jiff::Timestamp;

use super::About;
use crate::{
    dismissals::Remark,
    error::StoreResult,
    records::StoredFinding,
    sql::{
        column::{Columns, json_of},
        dismissals,
        query::{Conn, query},
        rows,
    },
    views::TrailStep,
};

const SOURCES: &str = "
SELECT *
FROM sources WHERE id IN {?1}";

const VERSIONS: &str = "
SELECT v.*, (SELECT count(*) FROM reports r WHERE r.version = v.id) AS reports
FROM versions v WHERE v.source IN {?1} ORDER BY v.fetched_at, v.id";

const JUDGED: &str = "
SELECT id, kind, identity, verdict, judged_at, current FROM reports
WHERE source IN {?1} AND judged_at IS NOT NULL ORDER BY judged_at, id";

/// Findings of known identities, and of those of the sources that are nobody's yet.
const FINDINGS: &str = "
SELECT * FROM findings WHERE identity IN (
  SELECT body || '/' || year FROM {?1: body TEXT, year TEXT} AS i
  UNION SELECT identity FROM reports WHERE source IN {?2})
ORDER BY first_seen_at, code, fingerprint";

const DUES: &str = "
SELECT d.* FROM {?1: body TEXT, year BIGINT} AS i JOIN dues d ON d.body = i.body AND d.year = i.year";

/// The last poll of a body's site: the proof behind `not found`.
const LAST_POLLS: &str = "
SELECT p.* FROM polls p WHERE p.id IN (
  SELECT (SELECT q.id FROM polls q WHERE q.site = b.site ORDER BY q.at DESC, q.id DESC LIMIT 1)
  FROM {?1: body TEXT, year BIGINT} AS i JOIN bodies b ON b.id = i.body)";

const ALERTS: &str = "
SELECT a.* FROM alerts a WHERE a.id IN {?2}
UNION SELECT a.* FROM {?1: body TEXT, year BIGINT} AS i JOIN alerts a ON a.body = i.body AND a.year = i.year";

/// Listed, fetched, read, gone.
pub(super) async fn of_sources(conn: &mut Conn, about: &About) -> StoreResult<Vec<TrailStep>> {
    let ids = json_of(&about.sources)?;
    let mut steps = Vec::new();
    for row in query(SOURCES).bind(&ids).all(conn).await? {
        let source = rows::source(&row)?;
        let title = source.title.unwrap_or_default();
        steps.push(step(source.first_seen_at, "listed", format!("{} {title}", source.url)));
        if let Some(at) = source.last_listed_at {
            steps.push(step(at, "listed_last", format!("{} · {}", source.site, source.column)));
        }
        if let Some(at) = source.gone_since {
            steps.push(step(at, "gone", source.url));
        }
    }
    for row in query(VERSIONS).bind(&ids).all(conn).await? {
        let version = rows::version(&row)?;
        let fetched = format!("version {} · {} bytes · sha256 {}", version.id, version.size, version.blob);
        steps.push(step(version.fetched_at, "fetched", fetched));
        if let Some(at) = row.time_or_none("read_at")? {
            let read = match version.unchanged_from {
                Some(earlier) => format!("version {}: same text as {earlier}", version.id),
                None => format!("version {}: {} report(s)", version.id, row.number::<i64>("reports")?),
            };
            steps.push(step(at, "read", read));
        }
    }
    Ok(steps)
}

/// Judged, with the verdict.
pub(super) async fn of_reports(conn: &mut Conn, about: &About) -> StoreResult<Vec<TrailStep>> {
    let found = query(JUDGED).bind(json_of(&about.sources)?).all(conn).await?;
    rows::all(&found, |row| {
        let verdict = row.text_or_none("verdict")?.unwrap_or(row.text("kind")?);
        let current = if row.flag("current")? { "current" } else { "not current" };
        let detail =
            format!("{} · {verdict} · report {} ({current})", row.text("identity")?, row.text("id")?);
        Ok(step(row.time("judged_at")?, "judged", detail))
    })
}

/// Born, dismissed, taken up again, fixed.
pub(super) async fn of_findings(conn: &mut Conn, about: &About) -> StoreResult<Vec<TrailStep>> {
    let found =
        query(FINDINGS).bind(json_of(&about.identities)?).bind(json_of(&about.sources)?).all(conn).await?;
    let found = rows::all(&found, rows::finding)?;
    let fingerprints: Vec<String> = found.iter().map(|stored| stored.finding.fingerprint.clone()).collect();
    let mut histories = dismissals::of_all(conn, &fingerprints).await?;
    let mut steps = Vec::new();
    for StoredFinding { finding, identity, first_seen_at, fixed_at, .. } in found {
        let detail = format!("{identity} · {} {}", finding.code, finding.message.zh);
        let mut tell = |at, what, detail| {
            steps.push(TrailStep { severity: Some(finding.severity), ..step(at, what, detail) });
        };
        tell(first_seen_at, "finding", detail.clone());
        // Own and area reports may share a fingerprint: its history is one.
        for act in histories.remove(&finding.fingerprint).into_iter().flatten() {
            let what = if act.dismissed { "dismissed" } else { "taken_up" };
            tell(act.at, what, format!("{detail}{}", said(&act.remark)));
        }
        if let Some(at) = fixed_at {
            tell(at, "fixed", detail);
        }
    }
    Ok(steps)
}

/// A person's words, to stand after what they are about.
fn said(remark: &Remark) -> String {
    let note = remark.note().map(|note| format!(" · 理由 (note): {note}"));
    let by = remark.by().map(|by| format!(" · {by}"));
    [note, by].into_iter().flatten().collect()
}

/// What is due, and the last poll that it rests on.
pub(super) async fn of_dues(conn: &mut Conn, about: &About) -> StoreResult<Vec<TrailStep>> {
    let identities = json_of(&about.identities)?;
    let mut steps = Vec::new();
    for row in query(LAST_POLLS).bind(&identities).all(conn).await? {
        let poll = rows::poll(&row)?;
        let complete = if poll.complete { "complete" } else { "incomplete" };
        let detail = format!(
            "{} · {} · {}, {complete}, {} item(s) {}",
            poll.site,
            poll.column,
            poll.outcome.as_str(),
            poll.items,
            poll.detail.unwrap_or_default()
        );
        steps.push(step(poll.at, "polled", detail.trim_end().to_owned()));
    }
    for row in query(DUES).bind(&identities).all(conn).await? {
        let due = rows::due(&row)?;
        let detail = format!("{}/{} · {} · {}", due.body, due.year, due.state.as_str(), due.reason.zh);
        steps.push(step(due.assessed_at, "due", detail));
    }
    Ok(steps)
}

/// Opened, told, closed.
pub(super) async fn of_alerts(conn: &mut Conn, about: &About) -> StoreResult<Vec<TrailStep>> {
    let found =
        query(ALERTS).bind(json_of(&about.identities)?).bind(json_of(&about.alerts)?).all(conn).await?;
    let mut steps = Vec::new();
    for alert in rows::all(&found, rows::alert)? {
        let detail = format!("{} → {} · {}", alert.kind.as_str(), alert.channel, alert.message.zh);
        let moments =
            [(Some(alert.opened_at), "alert"), (alert.closed_at, "alert_closed"), (alert.told_at, "told")];
        for (at, what) in moments {
            let Some(at) = at else { continue };
            steps.push(TrailStep { severity: Some(alert.severity), ..step(at, what, detail.clone()) });
        }
    }
    Ok(steps)
}

fn step(at: Timestamp, what: &str, detail: impl Into<String>) -> TrailStep {
    TrailStep { at, what: what.to_owned(), detail: detail.into().trim_end().to_owned(), severity: None }
}
