//! A ledger in memory that can be told to be away or to refuse: paused time and faults need a store without a database.
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use gongkai_model::{Body, Figures, Stage};
use gongkai_store::*;
use jiff::Timestamp;
use uuid::Uuid;

/// Results of rows whose subject holds this are refused.
pub(crate) const REFUSED: &str = "refused";

#[derive(Default)]
pub(crate) struct Ledger {
    rows: Mutex<BTreeMap<Uuid, Task>>,
    pub(crate) unroutable: Mutex<Vec<String>>,
    pub(crate) away: AtomicBool,
    pub(crate) commits: AtomicU32,
    /// Rows that commits have handed over.
    pub(crate) handed: AtomicU32,
}

impl Ledger {
    fn rows(&self) -> StoreResult<MutexGuard<'_, BTreeMap<Uuid, Task>>> {
        if self.away.load(Ordering::SeqCst) {
            return Err(StoreError::Away("switched off".to_owned()));
        }
        Ok(self.rows.lock().unwrap())
    }

    /// Changes the open row of a ticket; `false` when it is not open.
    fn change(
        &self,
        task: Uuid,
        generation: Option<i64>,
        change: impl FnOnce(&mut Task),
    ) -> StoreResult<bool> {
        let mut rows = self.rows()?;
        let open = |row: &&mut Task| {
            matches!(row.state, TaskState::Ready | TaskState::Sent)
                && generation.is_none_or(|of| row.generation == of)
        };
        let Some(row) = rows.get_mut(&task).filter(open) else { return Ok(false) };
        change(row);
        Ok(true)
    }

    pub(crate) fn row(&self, task: Uuid) -> Task {
        self.rows.lock().unwrap()[&task].clone()
    }

    /// As if the row had failed so many times already.
    pub(crate) fn set_attempt(&self, task: Uuid, attempt: i32) {
        self.rows.lock().unwrap().get_mut(&task).unwrap().attempt = attempt;
    }

    pub(crate) fn set_alone(&self, task: Uuid) {
        self.rows.lock().unwrap().get_mut(&task).unwrap().alone = true;
    }

    fn take(
        &self,
        stage: Stage,
        most: usize,
        lease: Duration,
        now: Timestamp,
        due: impl Fn(&Task) -> bool,
    ) -> StoreResult<Vec<Ticket>> {
        let mut rows = self.rows()?;
        let taken = rows.values_mut().filter(|row| row.stage == stage && due(row)).take(most);
        Ok(taken
            .map(|row| {
                row.state = TaskState::Sent;
                row.lease_until = Some(later(now, lease));
                row.ticket()
            })
            .collect())
    }

    pub(crate) fn count(&self, state: TaskState) -> usize {
        self.rows.lock().unwrap().values().filter(|row| row.state == state).count()
    }
}

fn unsupported<T>() -> StoreResult<T> {
    Err(StoreError::Refused("this ledger holds nothing but rows".to_owned()))
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap()
}

#[async_trait]
impl Store for Ledger {
    async fn raise(
        &self,
        stage: Stage,
        subject: &str,
        not_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<Ticket> {
        let mut rows = self.rows()?;
        let id = rows.values().find(|row| row.stage == stage && row.subject == subject).map(|row| row.id);
        let id = id.unwrap_or_else(|| Uuid::from_u128(rows.len() as u128 + 1));
        let generation = rows.get(&id).map_or(0, |row| row.generation) + 1;
        let row = Task {
            id,
            stage,
            subject: subject.to_owned(),
            state: TaskState::Ready,
            generation,
            attempt: 0,
            alone: false,
            not_before,
            lease_until: None,
            error: None,
            class: None,
            created_at: now,
            updated_at: now,
        };
        let ticket = row.ticket();
        rows.insert(id, row);
        Ok(ticket)
    }

    async fn raise_all(
        &self,
        stage: Stage,
        subjects: Vec<String>,
        not_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<()> {
        for subject in subjects {
            self.raise(stage, &subject, not_before, now).await?;
        }
        Ok(())
    }

    async fn take_due(
        &self,
        stage: Stage,
        limit: u32,
        window: u32,
        lease: Duration,
        now: Timestamp,
    ) -> StoreResult<Vec<Ticket>> {
        let sent = |row: &Task| row.stage == stage && row.state == TaskState::Sent;
        let room = (window as usize).saturating_sub(self.rows()?.values().filter(|row| sent(row)).count());
        let due = |row: &Task| row.state == TaskState::Ready && row.not_before <= now;
        self.take(stage, room.min(limit as usize), lease, now, due)
    }

    async fn take_expired(
        &self,
        stage: Stage,
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> StoreResult<Vec<Ticket>> {
        let silent =
            |row: &Task| row.state == TaskState::Sent && row.lease_until.is_none_or(|until| until <= now);
        self.take(stage, limit as usize, lease, now, silent)
    }

    async fn send_again(&self, stage: Stage, now: Timestamp) -> StoreResult<u64> {
        let mut rows = self.rows()?;
        let sent = rows.values_mut().filter(|row| row.stage == stage && row.state == TaskState::Sent);
        Ok(sent.map(|row| row.lease_until = Some(now)).count() as u64)
    }

    async fn confirm(&self, tickets: &[Ticket], until: Timestamp, _now: Timestamp) -> StoreResult<()> {
        for ticket in tickets {
            self.change(ticket.task, Some(ticket.generation), |row| row.lease_until = Some(until))?;
        }
        Ok(())
    }

    async fn give_back(
        &self,
        tickets: &[Ticket],
        not_before: Timestamp,
        why: &str,
        _: Timestamp,
    ) -> StoreResult<()> {
        for ticket in tickets {
            self.change(ticket.task, Some(ticket.generation), |row| {
                (row.state, row.not_before, row.error) = (TaskState::Ready, not_before, Some(why.to_owned()));
            })?;
        }
        Ok(())
    }

    async fn open_tasks(&self, rows: &[(Uuid, i64)]) -> StoreResult<Vec<Task>> {
        let mut found = Vec::new();
        for (task, generation) in rows {
            self.change(*task, Some(*generation), |row| found.push(row.clone()))?;
        }
        Ok(found)
    }

    /// A row whose subject is `makes NAME` makes a row NAME of its own stage.
    async fn end(&self, batch: &[Finished], over: &HandOver, now: Timestamp) -> StoreResult<Ended> {
        if batch.iter().any(|finished| finished.ticket.subject.contains(REFUSED)) {
            return Err(StoreError::Refused("such a result".to_owned()));
        }
        let end = |finished: &Finished| {
            self.change(finished.ticket.task, Some(finished.ticket.generation), |row| {
                row.state = TaskState::Done
            })
        };
        let own = batch.iter().map(end).collect::<StoreResult<_>>()?;
        self.commits.fetch_add(1, Ordering::SeqCst);
        let mut ended = Ended { own, ..Ended::default() };
        for finished in batch {
            let Ticket { subject, stage, .. } = &finished.ticket;
            let Some(made) = subject.strip_prefix("makes ") else { continue };
            let ticket = self.raise(*stage, made, now, now).await?;
            if over.room.get(stage).is_some_and(|room| *room > 0) {
                self.change(ticket.task, None, |row| {
                    (row.state, row.lease_until) = (TaskState::Sent, Some(later(now, over.lease)));
                })?;
                self.handed.fetch_add(1, Ordering::SeqCst);
                ended.handed.push(ticket);
            } else {
                ended.waiting.insert(*stage);
            }
        }
        Ok(ended)
    }

    async fn with_bus(&self, stage: Stage) -> StoreResult<u64> {
        let sent = |row: &&Task| row.stage == stage && row.state == TaskState::Sent;
        Ok(self.rows()?.values().filter(sent).count() as u64)
    }

    async fn retry(
        &self,
        ticket: &Ticket,
        failure: &Failure,
        not_before: Timestamp,
        _: Timestamp,
    ) -> StoreResult<()> {
        self.change(ticket.task, Some(ticket.generation), |row| {
            (row.state, row.not_before) = (TaskState::Ready, not_before);
            (row.class, row.error) = (Some(failure.class), Some(failure.message.clone()));
            row.attempt += 1;
        })
        .map(drop)
    }

    async fn park(&self, ticket: &Ticket, failure: &Failure, _: Timestamp) -> StoreResult<()> {
        self.change(ticket.task, Some(ticket.generation), |row| {
            row.state = TaskState::Parked;
            (row.class, row.error) = (Some(failure.class), Some(failure.message.clone()));
            row.attempt += 1;
        })
        .map(drop)
    }

    async fn dead_lettered(&self, task: Uuid, now: Timestamp) -> StoreResult<bool> {
        let mut first = false;
        self.change(task, None, |row| {
            first = !row.alone;
            (row.state, row.alone, row.not_before) =
                (if first { TaskState::Ready } else { TaskState::Parked }, true, now);
        })?;
        Ok(first)
    }

    async fn keep_unroutable(&self, _: &[u8], why: &str, _: Timestamp) -> StoreResult<()> {
        drop(self.rows()?);
        self.unroutable.lock().unwrap().push(why.to_owned());
        Ok(())
    }

    async fn trail(&self, what: &str, _: Timestamp) -> StoreResult<Option<Trail>> {
        let known = self.rows()?.keys().any(|id| id.to_string() == what);
        Ok(known.then(|| Trail { about: what.to_owned(), steps: Vec::new(), waits_for: None }))
    }

    async fn refresh_statistics(&self) -> StoreResult<()> {
        Ok(())
    }

    async fn schema_version(&self) -> StoreResult<i64> {
        drop(self.rows()?);
        Ok(1)
    }

    async fn dead_letters(&self, _: &Filter) -> StoreResult<Vec<DeadLetter>> {
        unsupported()
    }
    async fn redrive(&self, _: &Filter, _: Timestamp) -> StoreResult<u64> {
        unsupported()
    }
    async fn replay(&self, _: Stage, _: &Filter, _: Timestamp) -> StoreResult<u64> {
        unsupported()
    }
    async fn replaying(&self) -> StoreResult<Option<Timestamp>> {
        unsupported()
    }
    async fn replay_told(&self, _: Timestamp, _: Timestamp) -> StoreResult<()> {
        unsupported()
    }
    async fn stage_counts(&self, _: Timestamp) -> StoreResult<Vec<StageCount>> {
        unsupported()
    }
    async fn put_site(&self, _: &Site, _: &[(String, String)], _: Timestamp) -> StoreResult<()> {
        unsupported()
    }
    async fn put_bodies(&self, _: &[Body], _: Timestamp) -> StoreResult<()> {
        unsupported()
    }
    async fn bodies(&self) -> StoreResult<Vec<Body>> {
        unsupported()
    }
    async fn sources(&self, _: &[Uuid]) -> StoreResult<HashMap<Uuid, Source>> {
        unsupported()
    }
    async fn schedule_fetches(&self, _: u64, _: u32, _: Timestamp) -> StoreResult<u64> {
        unsupported()
    }
    async fn columns(&self, _: &str) -> StoreResult<Vec<String>> {
        unsupported()
    }

    async fn polls(&self, _: &str, _: Option<&str>, _: Timestamp) -> StoreResult<Vec<Poll>> {
        unsupported()
    }
    async fn thin_polls(&self, _: Timestamp, _: Timestamp) -> StoreResult<u64> {
        unsupported()
    }
    async fn sources_of_all(&self, _: &[OfYear]) -> StoreResult<HashMap<OfYear, Vec<Source>>> {
        unsupported()
    }
    async fn versions(&self, _: &[Uuid]) -> StoreResult<HashMap<Uuid, Version>> {
        unsupported()
    }
    async fn reports_of_versions(&self, _: &[Uuid]) -> StoreResult<HashMap<Uuid, Vec<ReportRow>>> {
        unsupported()
    }
    async fn report(&self, _: Uuid) -> StoreResult<Option<ReportRow>> {
        unsupported()
    }
    async fn histories(&self, _: &[OfYear], _: u32) -> StoreResult<HashMap<OfYear, Vec<ReportRow>>> {
        unsupported()
    }
    async fn latest(&self, _: &Filter) -> StoreResult<Vec<Latest>> {
        unsupported()
    }
    async fn findings_of(&self, _: &[String]) -> StoreResult<HashMap<String, Vec<StoredFinding>>> {
        unsupported()
    }
    async fn latest_findings(&self, _: &Filter) -> StoreResult<Vec<StoredFinding>> {
        unsupported()
    }
    async fn dismiss(&self, _: &str, _: bool, _: &Remark, _: Timestamp) -> StoreResult<bool> {
        unsupported()
    }
    async fn dismissals(&self, _: &[String]) -> StoreResult<HashMap<String, Vec<Dismissal>>> {
        unsupported()
    }
    async fn reports_after(
        &self,
        _: &Wanted,
        _: Option<&ListedReport>,
        _: u32,
    ) -> StoreResult<Vec<ListedReport>> {
        unsupported()
    }
    async fn findings_after(
        &self,
        _: &Wanted,
        _: Option<&ListedFinding>,
        _: u32,
    ) -> StoreResult<Vec<ListedFinding>> {
        unsupported()
    }
    async fn blob_is_named(&self, _: &BlobId) -> StoreResult<bool> {
        unsupported()
    }
    async fn dues(&self, _: &Filter) -> StoreResult<Vec<Due>> {
        unsupported()
    }
    async fn change_alerts(&self, _: &[AlertChange], _: Timestamp) -> StoreResult<()> {
        unsupported()
    }
    async fn alert(&self, _: Uuid) -> StoreResult<Option<Alert>> {
        unsupported()
    }
    async fn alerts(&self, _: &Filter) -> StoreResult<Vec<Alert>> {
        unsupported()
    }
    async fn open_alerts(&self, _: &str) -> StoreResult<Vec<Alert>> {
        unsupported()
    }
    async fn release_held(&self, _: &str, _: &str, _: Timestamp) -> StoreResult<Vec<Alert>> {
        unsupported()
    }
    async fn sites(&self) -> StoreResult<Vec<SiteStatus>> {
        unsupported()
    }
    async fn column_outcomes(&self) -> StoreResult<Vec<(String, PollOutcome, u64)>> {
        unsupported()
    }
    async fn coverage(&self) -> StoreResult<Vec<Coverage>> {
        unsupported()
    }
    async fn figures(&self, _: Option<i16>) -> StoreResult<Vec<Figures>> {
        unsupported()
    }
    async fn finding_counts(&self, _: i16) -> StoreResult<Vec<(String, String, String, u64)>> {
        unsupported()
    }
    async fn revisions(&self) -> StoreResult<Vec<(String, u64)>> {
        unsupported()
    }
    async fn unassigned(&self) -> StoreResult<u64> {
        unsupported()
    }
}
