//! A fetch of a page: nothing new, new bytes, or gone.
use gongkai_model::Stage;
use jiff::Timestamp;
use uuid::Uuid;

use super::mark_due;
use crate::{
    error::StoreResult,
    results::{PageFetched, PageOutcome},
    sql::{
        column::{Columns, millis},
        ledger,
        query::{Conn, query},
    },
};

const WAS_GONE: &str = "SELECT gone_since IS NOT NULL AS was_gone FROM sources WHERE id = ?1";

const SAME: &str =
    "UPDATE sources SET last_fetched_at = ?2, next_fetch_at = ?3, gone_since = NULL WHERE id = ?1";

const FRESH: &str = "
UPDATE sources SET last_fetched_at = ?2, next_fetch_at = ?3, gone_since = NULL,
  blob = ?4, etag = ?5, last_modified = ?6 WHERE id = ?1";

const VERSION: &str = "
INSERT INTO versions (id, source, blob, media_type, size, fetched_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const GONE: &str = "
UPDATE sources SET gone_since = COALESCE(gone_since, ?2), next_fetch_at = ?3 WHERE id = ?1";

const CARRIES: &str = "
SELECT DISTINCT body, year FROM reports
WHERE source = ?1 AND current = 1 AND body IS NOT NULL AND year IS NOT NULL";

/// Writes what the server gave.
pub(super) async fn write(conn: &mut Conn, fetched: PageFetched, now: Timestamp) -> StoreResult<()> {
    let source = fetched.source.to_string();
    let was_gone = query(WAS_GONE).bind(&source).optional(conn).await?;
    let was_gone = was_gone.map(|row| row.flag("was_gone")).transpose()?;
    match &fetched.outcome {
        PageOutcome::Same => {
            query(SAME)
                .bind(&source)
                .bind(millis(fetched.at))
                .bind(millis(fetched.next_fetch_at))
                .run(conn)
                .await?;
        }
        PageOutcome::Fresh { .. } => fresh(conn, &source, &fetched, now).await?,
        PageOutcome::Gone { .. } => {
            query(GONE)
                .bind(&source)
                .bind(millis(fetched.at))
                .bind(millis(fetched.next_fetch_at))
                .run(conn)
                .await?;
        }
    }
    // Gone, or back again: either changes what is due. (Other bytes alone are judged first.)
    if matches!(fetched.outcome, PageOutcome::Gone { .. }) || was_gone == Some(true) {
        mark_carried(conn, &source, now).await?;
    }
    Ok(())
}

async fn fresh(conn: &mut Conn, source: &str, fetched: &PageFetched, now: Timestamp) -> StoreResult<()> {
    let PageOutcome::Fresh { blob, size, media_type, etag, last_modified } = &fetched.outcome else {
        return Ok(());
    };
    let version = Uuid::now_v7().to_string();
    query(FRESH)
        .bind(source)
        .bind(millis(fetched.at))
        .bind(millis(fetched.next_fetch_at))
        .bind(blob.as_str())
        .bind(etag)
        .bind(last_modified)
        .run(conn)
        .await?;
    query(VERSION)
        .bind(&version)
        .bind(source)
        .bind(blob.as_str())
        .bind(media_type)
        .bind(i64::try_from(*size).unwrap_or(i64::MAX))
        .bind(millis(fetched.at))
        .run(conn)
        .await?;
    ledger::raise(conn, Stage::Parse, &version, now, now).await?;
    Ok(())
}

async fn mark_carried(conn: &mut Conn, source: &str, now: Timestamp) -> StoreResult<()> {
    for row in query(CARRIES).bind(source).all(conn).await? {
        mark_due(conn, &row.text("body")?, row.number("year")?, now).await?;
    }
    Ok(())
}
