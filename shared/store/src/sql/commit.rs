//! Finishing: the end of a row, its result and the rows of the next stage, written together or not at all.
mod column;
pub(super) mod current;
mod judged;
mod page;
pub(super) mod parsed;

use gongkai_model::Stage;
use jiff::Timestamp;

use super::{alerts, dues, ledger, query::Conn, watch};
use crate::{
    error::StoreResult,
    ledger::{Finished, Ticket},
    results::StageResult,
};

/// Ends a batch in the caller's transaction; `false` for rows that were no longer open, of which nothing is written.
pub(super) async fn finish(conn: &mut Conn, batch: Vec<Finished>, now: Timestamp) -> StoreResult<Vec<bool>> {
    let mut ended = Vec::with_capacity(batch.len());
    for Finished { ticket, result } in batch {
        let open = ledger::end(conn, &ticket, now).await?;
        if open {
            write(conn, &ticket, result, now).await?;
        }
        ended.push(open);
    }
    Ok(ended)
}

async fn write(conn: &mut Conn, ticket: &Ticket, result: StageResult, now: Timestamp) -> StoreResult<()> {
    match result {
        StageResult::Column(polled) => column::write(conn, polled, now).await,
        StageResult::Page(fetched) => page::write(conn, fetched, now).await,
        StageResult::Parsed(parsed) => parsed::write(conn, parsed, now).await,
        StageResult::Judged(judged) => judged::write(conn, judged, now).await,
        StageResult::Due(assessed) => dues::write(conn, *assessed, now).await,
        StageResult::Notified(told) => alerts::told(conn, told.alert, told.at).await,
        StageResult::Nothing if ticket.stage == Stage::Fetch => watch::rest(conn, &ticket.subject).await,
        StageResult::Nothing => Ok(()),
    }
}

/// Marks what is due of a body for a year as to be settled again.
async fn mark_due(conn: &mut Conn, body: &str, year: i16, now: Timestamp) -> StoreResult<()> {
    ledger::raise(conn, Stage::Due, &format!("{body}/{year}"), now, now).await?;
    Ok(())
}
