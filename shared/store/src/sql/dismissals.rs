//! Findings that a person dismisses or takes up again, and the history of that.
use std::collections::{BTreeSet, HashMap};

use gongkai_model::Stage;
use jiff::Timestamp;

use super::{
    column::{Columns, json_of},
    ledger,
    query::{Conn, Row, query},
};
use crate::{
    dismissals::{Dismissal, Remark},
    error::StoreResult,
};

const MARK: &str = "
UPDATE findings SET dismissed_at = CASE WHEN ?2 = 1 THEN COALESCE(dismissed_at, ?3) END WHERE fingerprint = ?1
RETURNING body, year";

const KEEP: &str =
    "INSERT INTO dismissals (fingerprint, dismissed, note, person, at) VALUES (?1, ?2, ?3, ?4, ?5)";

pub(super) const HISTORY: &str =
    "SELECT * FROM dismissals WHERE fingerprint IN {?1} ORDER BY fingerprint, id";

/// Marks a finding dismissed, or not, and keeps what was said; `false` when there is no such finding.
/// What is due of its body is settled again, for its alert ends or comes back.
pub(super) async fn mark(
    conn: &mut Conn,
    fingerprint: &str,
    dismissed: bool,
    remark: &Remark,
    now: Timestamp,
) -> StoreResult<bool> {
    let rows = query(MARK).bind(fingerprint).bind(dismissed).bind(now).all(conn).await?;
    if rows.is_empty() {
        return Ok(false);
    }
    keep(conn, fingerprint, dismissed, remark, now).await?;
    let mut dues = BTreeSet::new();
    for row in &rows {
        if let (Some(body), Some(year)) = (row.text_or_none("body")?, row.number_or_none::<i16>("year")?) {
            dues.insert(format!("{body}/{year}"));
        }
    }
    ledger::raise_all(conn, Stage::Due, dues, now, now).await?;
    Ok(true)
}

/// A form that is sent twice says the same thing once.
async fn keep(
    conn: &mut Conn,
    fingerprint: &str,
    dismissed: bool,
    remark: &Remark,
    now: Timestamp,
) -> StoreResult<()> {
    let known = of_all(conn, &[fingerprint.to_owned()]).await?.remove(fingerprint).unwrap_or_default();
    let (stood, said) =
        known.last().map_or((false, Remark::default()), |last| (last.dismissed, last.remark.clone()));
    if (stood, &said) == (dismissed, remark) {
        return Ok(());
    }
    query(KEEP)
        .bind(fingerprint)
        .bind(dismissed)
        .bind(remark.note())
        .bind(remark.by())
        .bind(now)
        .run(conn)
        .await?;
    Ok(())
}

/// What was done with findings, by fingerprint, oldest first.
pub(super) async fn of_all(
    conn: &mut Conn,
    fingerprints: &[String],
) -> StoreResult<HashMap<String, Vec<Dismissal>>> {
    let mut histories: HashMap<String, Vec<Dismissal>> = HashMap::new();
    for row in query(HISTORY).bind(json_of(&fingerprints)?).all(conn).await? {
        histories.entry(row.text("fingerprint")?).or_default().push(dismissal(&row)?);
    }
    Ok(histories)
}

fn dismissal(row: &Row) -> StoreResult<Dismissal> {
    Ok(Dismissal {
        dismissed: row.flag("dismissed")?,
        remark: Remark::stored(row.text_or_none("note")?, row.text_or_none("person")?),
        at: row.time("at")?,
    })
}
