//! The trait, method by method: which connection, one transaction, which theme.
use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use gongkai_model::{Body, Figures, Stage};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    SqlStore, alerts, commit, dead, dismissals, dues, figures, findings, ledger, listing, replays, reports,
    trail, views, watch,
};
use crate::{
    alerts::Alert,
    archive::BlobId,
    dismissals::{Dismissal, Remark},
    dues::Due,
    error::StoreResult,
    ledger::{DeadLetter, Ended, Failure, Finished, HandOver, StageCount, Task, Ticket},
    listing::{ListedFinding, ListedReport, Wanted},
    records::{Poll, PollOutcome, ReportRow, Site, Source, StoredFinding, Version},
    results::AlertChange,
    store::{Filter, OfYear, Store},
    views::{Coverage, Latest, SiteStatus, Trail},
};

/// Versions that a replay raises in one transaction, so that services get their turn in between.
const REPLAY_CHUNK: usize = 500;

#[async_trait]
impl Store for SqlStore {
    async fn raise(
        &self,
        stage: Stage,
        subject: &str,
        not_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<Ticket> {
        let mut tx = self.write().await?;
        let done = ledger::raise(&mut tx, stage, subject, not_before, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn raise_all(
        &self,
        stage: Stage,
        subjects: Vec<String>,
        not_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.write().await?;
        ledger::raise_all(&mut tx, stage, subjects.into_iter().collect(), not_before, now).await?;
        Ok(tx.commit().await?)
    }

    async fn take_due(
        &self,
        stage: Stage,
        limit: u32,
        window: u32,
        lease: Duration,
        now: Timestamp,
    ) -> StoreResult<Vec<Ticket>> {
        let mut tx = self.write().await?;
        let done = ledger::take_due(&mut tx, stage, (limit, window), lease, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn take_expired(
        &self,
        stage: Stage,
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> StoreResult<Vec<Ticket>> {
        let mut tx = self.write().await?;
        let done = ledger::take_expired(&mut tx, stage, limit, lease, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn confirm(&self, tickets: &[Ticket], until: Timestamp, now: Timestamp) -> StoreResult<()> {
        let mut tx = self.write().await?;
        ledger::confirm(&mut tx, tickets, until, now).await?;
        Ok(tx.commit().await?)
    }

    async fn give_back(
        &self,
        tickets: &[Ticket],
        not_before: Timestamp,
        why: &str,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.write().await?;
        ledger::give_back(&mut tx, tickets, not_before, why, now).await?;
        Ok(tx.commit().await?)
    }

    async fn send_again(&self, stage: Stage, now: Timestamp) -> StoreResult<u64> {
        let mut tx = self.write().await?;
        let done = ledger::send_again(&mut tx, stage, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn open_tasks(&self, rows: &[(Uuid, i64)]) -> StoreResult<Vec<Task>> {
        let mut conn = self.read().await?;
        ledger::open_tasks(&mut conn, rows).await
    }

    async fn end(&self, batch: &[Finished], over: &HandOver, now: Timestamp) -> StoreResult<Ended> {
        let mut tx = if commit::need_a_turn(batch) { self.turn().await? } else { self.write().await? };
        let done = commit::finish(&mut tx, batch, over, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn with_bus(&self, stage: Stage) -> StoreResult<u64> {
        let mut conn = self.read().await?;
        ledger::with_bus(&mut conn, stage).await
    }

    async fn retry(
        &self,
        ticket: &Ticket,
        failure: &Failure,
        not_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut tx = self.write().await?;
        ledger::retry(&mut tx, ticket, failure, not_before, now).await?;
        Ok(tx.commit().await?)
    }

    async fn park(&self, ticket: &Ticket, failure: &Failure, now: Timestamp) -> StoreResult<()> {
        let mut tx = self.write().await?;
        ledger::park(&mut tx, ticket, failure, now).await?;
        Ok(tx.commit().await?)
    }

    async fn dead_lettered(&self, task: Uuid, now: Timestamp) -> StoreResult<bool> {
        let mut tx = self.write().await?;
        let done = dead::dead_lettered(&mut tx, task, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn keep_unroutable(&self, body: &[u8], why: &str, now: Timestamp) -> StoreResult<()> {
        let mut tx = self.write().await?;
        dead::keep_unroutable(&mut tx, body, why, now).await?;
        Ok(tx.commit().await?)
    }

    async fn dead_letters(&self, filter: &Filter) -> StoreResult<Vec<DeadLetter>> {
        let mut conn = self.read().await?;
        dead::dead_letters(&mut conn, filter).await
    }

    async fn redrive(&self, filter: &Filter, now: Timestamp) -> StoreResult<u64> {
        let mut tx = self.turn().await?;
        let done = dead::redrive(&mut tx, filter, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn replay(&self, from: Stage, filter: &Filter, now: Timestamp) -> StoreResult<u64> {
        let versions = dead::versions_to_replay(&mut self.read().await?, from, filter).await?;
        for (at, chunk) in versions.chunks(REPLAY_CHUNK).enumerate() {
            let mut tx = self.turn().await?;
            // One version that is gone through again is told as any other; what many bring is told in one digest.
            if at == 0 && versions.len() > 1 {
                replays::begin(&mut tx, versions.len(), now).await?;
            }
            let subjects = chunk.iter().map(ToString::to_string).collect();
            ledger::raise_all(&mut tx, from, subjects, now, now).await?;
            tx.commit().await?;
        }
        Ok(u64::try_from(versions.len()).unwrap_or(u64::MAX))
    }

    async fn replaying(&self) -> StoreResult<Option<Timestamp>> {
        let mut conn = self.read().await?;
        replays::under_way(&mut conn).await
    }

    async fn replay_told(&self, began_until: Timestamp, now: Timestamp) -> StoreResult<()> {
        let mut tx = self.write().await?;
        replays::end(&mut tx, began_until, now).await?;
        Ok(tx.commit().await?)
    }

    async fn stage_counts(&self, now: Timestamp) -> StoreResult<Vec<StageCount>> {
        let mut conn = self.read().await?;
        ledger::stage_counts(&mut conn, now).await
    }

    async fn put_site(&self, site: &Site, columns: &[(String, String)], now: Timestamp) -> StoreResult<()> {
        let mut tx = self.turn().await?;
        watch::put_site(&mut tx, site, columns, now).await?;
        Ok(tx.commit().await?)
    }

    async fn put_bodies(&self, bodies: &[Body], _now: Timestamp) -> StoreResult<()> {
        let mut tx = self.turn().await?;
        watch::put_bodies(&mut tx, bodies).await?;
        Ok(tx.commit().await?)
    }

    async fn bodies(&self) -> StoreResult<Vec<Body>> {
        let mut conn = self.read().await?;
        watch::bodies(&mut conn).await
    }

    async fn sources(&self, ids: &[Uuid]) -> StoreResult<HashMap<Uuid, Source>> {
        let mut conn = self.read().await?;
        watch::sources(&mut conn, ids).await
    }

    async fn schedule_fetches(&self, max_unfinished: u64, limit: u32, now: Timestamp) -> StoreResult<u64> {
        let mut tx = self.turn().await?;
        let done = watch::schedule_fetches(&mut tx, max_unfinished, limit, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn polls(&self, site: &str, column: Option<&str>, since: Timestamp) -> StoreResult<Vec<Poll>> {
        let mut conn = self.read().await?;
        watch::polls(&mut conn, site, column, since).await
    }

    async fn thin_polls(&self, thin: Timestamp, forget: Timestamp) -> StoreResult<u64> {
        let mut tx = self.write().await?;
        let done = watch::thin_polls(&mut tx, thin, forget).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn columns(&self, site: &str) -> StoreResult<Vec<String>> {
        let mut conn = self.read().await?;
        watch::columns(&mut conn, site).await
    }

    async fn sources_of_all(&self, of: &[OfYear]) -> StoreResult<HashMap<OfYear, Vec<Source>>> {
        let mut conn = self.read().await?;
        watch::sources_of_all(&mut conn, of).await
    }

    async fn versions(&self, ids: &[Uuid]) -> StoreResult<HashMap<Uuid, Version>> {
        let mut conn = self.read().await?;
        reports::versions(&mut conn, ids).await
    }

    async fn reports_of_versions(&self, versions: &[Uuid]) -> StoreResult<HashMap<Uuid, Vec<ReportRow>>> {
        let mut conn = self.read().await?;
        reports::of_versions(&mut conn, versions).await
    }

    async fn report(&self, id: Uuid) -> StoreResult<Option<ReportRow>> {
        let mut conn = self.read().await?;
        reports::report(&mut conn, id).await
    }

    async fn histories(&self, of: &[OfYear], limit: u32) -> StoreResult<HashMap<OfYear, Vec<ReportRow>>> {
        let mut conn = self.read().await?;
        reports::histories(&mut conn, of, limit).await
    }

    async fn latest(&self, filter: &Filter) -> StoreResult<Vec<Latest>> {
        let mut conn = self.read().await?;
        reports::latest(&mut conn, filter).await
    }

    async fn findings_of(&self, identities: &[String]) -> StoreResult<HashMap<String, Vec<StoredFinding>>> {
        let mut conn = self.read().await?;
        findings::of_all(&mut conn, identities).await
    }

    async fn latest_findings(&self, filter: &Filter) -> StoreResult<Vec<StoredFinding>> {
        let mut conn = self.read().await?;
        findings::latest(&mut conn, filter).await
    }

    async fn dismiss(
        &self,
        fingerprint: &str,
        dismissed: bool,
        remark: &Remark,
        now: Timestamp,
    ) -> StoreResult<bool> {
        let mut tx = self.turn().await?;
        let done = dismissals::mark(&mut tx, fingerprint, dismissed, remark, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn dismissals(&self, fingerprints: &[String]) -> StoreResult<HashMap<String, Vec<Dismissal>>> {
        let mut conn = self.read().await?;
        dismissals::of_all(&mut conn, fingerprints).await
    }

    async fn reports_after(
        &self,
        wanted: &Wanted,
        after: Option<&ListedReport>,
        limit: u32,
    ) -> StoreResult<Vec<ListedReport>> {
        let mut conn = self.read().await?;
        listing::reports(&mut conn, wanted, after, limit).await
    }

    async fn findings_after(
        &self,
        wanted: &Wanted,
        after: Option<&ListedFinding>,
        limit: u32,
    ) -> StoreResult<Vec<ListedFinding>> {
        let mut conn = self.read().await?;
        listing::findings(&mut conn, wanted, after, limit).await
    }

    async fn blob_is_named(&self, blob: &BlobId) -> StoreResult<bool> {
        let mut conn = self.read().await?;
        watch::blob_is_named(&mut conn, blob).await
    }

    async fn dues(&self, filter: &Filter) -> StoreResult<Vec<Due>> {
        let mut conn = self.read().await?;
        dues::list(&mut conn, filter).await
    }

    async fn change_alerts(&self, changes: &[AlertChange], now: Timestamp) -> StoreResult<()> {
        let mut tx = self.turn().await?;
        alerts::change(&mut tx, changes, now).await?;
        Ok(tx.commit().await?)
    }

    async fn alert(&self, id: Uuid) -> StoreResult<Option<Alert>> {
        let mut conn = self.read().await?;
        alerts::alert(&mut conn, id).await
    }

    async fn alerts(&self, filter: &Filter) -> StoreResult<Vec<Alert>> {
        let mut conn = self.read().await?;
        alerts::list(&mut conn, filter).await
    }

    async fn open_alerts(&self, channel: &str) -> StoreResult<Vec<Alert>> {
        let mut conn = self.read().await?;
        alerts::open_to(&mut conn, channel).await
    }

    async fn release_held(&self, site: &str, channel: &str, now: Timestamp) -> StoreResult<Vec<Alert>> {
        let mut tx = self.turn().await?;
        let done = alerts::release(&mut tx, site, channel, now).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn sites(&self) -> StoreResult<Vec<SiteStatus>> {
        let mut conn = self.read().await?;
        views::sites(&mut conn).await
    }

    async fn column_outcomes(&self) -> StoreResult<Vec<(String, PollOutcome, u64)>> {
        let mut conn = self.read().await?;
        views::column_outcomes(&mut conn).await
    }

    async fn coverage(&self) -> StoreResult<Vec<Coverage>> {
        let mut conn = self.read().await?;
        views::coverage(&mut conn).await
    }

    async fn figures(&self, year: Option<i16>) -> StoreResult<Vec<Figures>> {
        let mut conn = self.read().await?;
        figures::figures_of(&mut conn, year).await
    }

    async fn finding_counts(&self, year: i16) -> StoreResult<Vec<(String, String, String, u64)>> {
        let mut conn = self.read().await?;
        findings::counts(&mut conn, year).await
    }

    async fn revisions(&self) -> StoreResult<Vec<(String, u64)>> {
        let mut conn = self.read().await?;
        findings::revisions(&mut conn).await
    }

    async fn unassigned(&self) -> StoreResult<u64> {
        let mut conn = self.read().await?;
        reports::unassigned(&mut conn).await
    }

    async fn trail(&self, what: &str, now: Timestamp) -> StoreResult<Option<Trail>> {
        let mut conn = self.read().await?;
        trail::trail(&mut conn, what, now).await
    }

    async fn refresh_statistics(&self) -> StoreResult<()> {
        self.analyze().await
    }

    async fn schema_version(&self) -> StoreResult<i64> {
        self.version().await
    }
}
