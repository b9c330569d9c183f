//! Finishing: the end of rows, their results and the rows of the next stages, written together or not at all.
//!
//! A batch is written with one statement for each thing that there is to write, not with one for each result.
mod column;
pub(super) mod current;
mod judged;
mod page;
pub(super) mod parsed;

use gongkai_model::Stage;
use jiff::Timestamp;

use super::{
    alerts, dues,
    ledger::{self, NewRows},
    query::Conn,
    watch,
};
use crate::{
    error::StoreResult,
    ledger::{Ended, Finished, HandOver},
    results::{ColumnPolled, DueAssessed, Judged, Notified, PageFetched, Parsed, StageResult},
};

/// Results by kind; the rows of one batch are mostly of one.
#[derive(Default)]
struct Results<'b> {
    columns: Vec<&'b ColumnPolled>,
    pages: Vec<&'b PageFetched>,
    parsed: Vec<&'b Parsed>,
    judged: Vec<&'b Judged>,
    assessed: Vec<&'b DueAssessed>,
    told: Vec<&'b Notified>,
    /// Sources whose fetch was pointless.
    resting: Vec<&'b str>,
}

/// True when what these results mean depends on what others store at the same time: which version of a source is the newest,
/// which report of a body the current one, which alert is open. Such results are written in turns. The others touch rows of
/// their own, and those of one row are parted by the row.
pub(super) fn need_a_turn(batch: &[Finished]) -> bool {
    batch.iter().any(|finished| match &finished.result {
        StageResult::Column(_) | StageResult::Parsed(_) => true,
        StageResult::Due(assessed) => !assessed.alerts.is_empty(),
        StageResult::Page(_) | StageResult::Judged(_) | StageResult::Notified(_) | StageResult::Nothing => {
            false
        }
    })
}

/// Ends a batch in the caller's transaction; of rows that were no longer open nothing is written.
pub(super) async fn finish(
    conn: &mut Conn,
    batch: &[Finished],
    over: &HandOver,
    now: Timestamp,
) -> StoreResult<Ended> {
    let mut open = ledger::end(conn, batch.iter().map(|finished| &finished.ticket), now).await?;
    let mut own = Vec::with_capacity(batch.len());
    let mut results = Results::default();
    for Finished { ticket, result } in batch {
        // A row may stand in the batch twice, in an older generation as well: only the one that was ended counts, and once.
        own.push(open.remove(&(ticket.task, ticket.generation)));
        if own.last() == Some(&true) {
            results.add(ticket.stage, &ticket.subject, result);
        }
    }
    let mut rows = NewRows::new(over, now);
    results.write(conn, &mut rows).await?;
    Ok(Ended { own, handed: rows.handed, waiting: rows.waiting })
}

impl<'b> Results<'b> {
    fn add(&mut self, stage: Stage, subject: &'b str, result: &'b StageResult) {
        match result {
            StageResult::Column(polled) => self.columns.push(polled),
            StageResult::Page(fetched) => self.pages.push(fetched),
            StageResult::Parsed(parsed) => self.parsed.push(parsed),
            StageResult::Judged(judged) => self.judged.push(judged),
            StageResult::Due(assessed) => self.assessed.push(assessed),
            StageResult::Notified(told) => self.told.push(told),
            StageResult::Nothing if stage == Stage::Fetch => self.resting.push(subject),
            StageResult::Nothing => {}
        }
    }

    async fn write(self, conn: &mut Conn, rows: &mut NewRows<'_>) -> StoreResult<()> {
        for polled in self.columns {
            column::write(conn, polled, rows).await?;
        }
        page::write(conn, &self.pages, rows).await?;
        parsed::write(conn, &self.parsed, rows).await?;
        judged::write(conn, &self.judged, rows).await?;
        dues::write(conn, &self.assessed, rows.now).await?;
        if self.assessed.iter().any(|assessed| !assessed.alerts.is_empty()) {
            rows.waiting.insert(Stage::Notify);
        }
        for told in self.told {
            alerts::told(conn, told.alert, told.at).await?;
        }
        for source in self.resting {
            watch::rest(conn, source).await?;
        }
        Ok(())
    }
}

/// Marks what is due of bodies for years as to be settled again.
async fn mark_due<'b>(
    conn: &mut Conn,
    dues: impl IntoIterator<Item = (&'b str, i16)>,
    rows: &mut NewRows<'_>,
) -> StoreResult<()> {
    let subjects = dues.into_iter().map(|(body, year)| format!("{body}/{year}")).collect();
    rows.raise(conn, Stage::Due, subjects).await
}
