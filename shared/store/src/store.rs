//! The store as services see it. Every engine passes one conformance suite.
use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use gongkai_model::{Body, Figures, Stage};
use jiff::Timestamp;
use uuid::Uuid;

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
    views::{Coverage, Latest, SiteStatus, Trail},
};

/// Which rows a replay, redrive or list is about; empty fields do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// One row by id (task, version, report or source).
    pub id: Option<Uuid>,
    /// Site profile.
    pub site: Option<String>,
    /// Body.
    pub body: Option<String>,
    /// Year.
    pub year: Option<i16>,
    /// Stage, for redrive.
    pub stage: Option<Stage>,
    /// Part of a title or body name.
    pub text: Option<String>,
    /// At most so many; 0 = no limit.
    pub limit: u32,
    /// Skip so many.
    pub offset: u32,
}

impl Filter {
    /// The limit as SQL understands it: one that is never reached does not limit.
    pub(crate) fn sql_limit(&self) -> i64 {
        if self.limit == 0 { i64::MAX } else { i64::from(self.limit) }
    }
}

/// A body and a report year.
pub type OfYear = (String, i16);

/// Everything that must not be lost. All times are given by the caller.
#[async_trait]
pub trait Store: Send + Sync {
    // --- ledger -----------------------------------------------------------

    /// Makes a row, or raises the generation of an existing one and sets it ready, attempt 0.
    async fn raise(
        &self,
        stage: Stage,
        subject: &str,
        not_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<Ticket>;

    /// The same for many rows of a stage, in one transaction.
    async fn raise_all(
        &self,
        stage: Stage,
        subjects: Vec<String>,
        not_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<()>;

    /// Takes due rows of a stage `ready → sent` under a lease. Never more than `window` rows of the stage are sent at a time.
    async fn take_due(
        &self,
        stage: Stage,
        limit: u32,
        window: u32,
        lease: Duration,
        now: Timestamp,
    ) -> StoreResult<Vec<Ticket>>;

    /// Takes rows whose lease has run out under a new one: whoever had them is silent.
    async fn take_expired(
        &self,
        stage: Stage,
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> StoreResult<Vec<Ticket>>;

    /// The bus has confirmed these: their lease runs until `until`. One whose lease has ended meanwhile stays due: its queue may
    /// have been lost after the confirm.
    async fn confirm(&self, tickets: &[Ticket], until: Timestamp, now: Timestamp) -> StoreResult<()>;

    /// The bus did not take these: ready again, not before `not_before`. Not an attempt.
    async fn give_back(
        &self,
        tickets: &[Ticket],
        not_before: Timestamp,
        why: &str,
        now: Timestamp,
    ) -> StoreResult<()>;

    /// The stage's queue was lost with all that was in it: every row that was sent is due again, in the same generation.
    /// Tells how many. One that a worker has in hand is finished once, whoever is first.
    async fn send_again(&self, stage: Stage, now: Timestamp) -> StoreResult<u64>;

    /// Of these rows and generations those that are still to be done.
    async fn open_tasks(&self, rows: &[(Uuid, i64)]) -> StoreResult<Vec<Task>>;

    /// The row, if this generation of it is still to be done.
    async fn open_task(&self, task: Uuid, generation: i64) -> StoreResult<Option<Task>> {
        Ok(self.open_tasks(&[(task, generation)]).await?.pop())
    }

    /// Ends rows together with their results, in one transaction. `false` for a row that was no longer open: nothing of it is written.
    async fn finish(&self, batch: Vec<Finished>, now: Timestamp) -> StoreResult<Vec<bool>> {
        Ok(self.end(&batch, &HandOver::default(), now).await?.own)
    }

    /// The same; new rows are handed over to the relay as far as it takes them.
    async fn end(&self, batch: &[Finished], over: &HandOver, now: Timestamp) -> StoreResult<Ended>;

    /// Rows of a stage that are with the bus.
    async fn with_bus(&self, stage: Stage) -> StoreResult<u64>;

    /// Another attempt at `not_before`; counts as an attempt.
    async fn retry(
        &self,
        ticket: &Ticket,
        failure: &Failure,
        not_before: Timestamp,
        now: Timestamp,
    ) -> StoreResult<()>;

    /// Sets a row aside with its reason.
    async fn park(&self, ticket: &Ticket, failure: &Failure, now: Timestamp) -> StoreResult<()>;

    /// Its message was dead-lettered: ready and alone the first time (`true`), parked the second (`false`).
    async fn dead_lettered(&self, task: Uuid, now: Timestamp) -> StoreResult<bool>;

    /// Keeps a body that names no known row.
    async fn keep_unroutable(&self, body: &[u8], why: &str, now: Timestamp) -> StoreResult<()>;

    /// Parked rows.
    async fn dead_letters(&self, filter: &Filter) -> StoreResult<Vec<DeadLetter>>;

    /// Parked rows become ready in a new generation; tells how many.
    async fn redrive(&self, filter: &Filter, now: Timestamp) -> StoreResult<u64>;

    /// Stored versions go through `parse` (or `judge`) again; tells how many.
    async fn replay(&self, from: Stage, filter: &Filter, now: Timestamp) -> StoreResult<u64>;

    /// Since when a replay is under way whose digest is still to be told.
    async fn replaying(&self) -> StoreResult<Option<Timestamp>>;

    /// The digest of every replay that began until then is told.
    async fn replay_told(&self, began_until: Timestamp, now: Timestamp) -> StoreResult<()>;

    /// Rows by stage and state.
    async fn stage_counts(&self, now: Timestamp) -> StoreResult<Vec<StageCount>>;

    // --- sites, sources, bodies ------------------------------------------

    /// The configured sites and their columns (name, URL, due now when new); sites that are gone keep their history.
    async fn put_site(&self, site: &Site, columns: &[(String, String)], now: Timestamp) -> StoreResult<()>;

    /// The registry as configured; bodies that are gone from it are marked so.
    async fn put_bodies(&self, bodies: &[Body], now: Timestamp) -> StoreResult<()>;

    /// All bodies of the registry.
    async fn bodies(&self) -> StoreResult<Vec<Body>>;

    /// Sources by their id.
    async fn sources(&self, ids: &[Uuid]) -> StoreResult<HashMap<Uuid, Source>>;

    /// One of them.
    async fn source(&self, id: Uuid) -> StoreResult<Option<Source>> {
        Ok(self.sources(&[id]).await?.remove(&id))
    }

    /// Raises `fetch` rows for sources whose time has come and that have none open; tells how many.
    /// Does nothing while `max_unfinished` or more rows of all stages are due or sent; those that wait for a later time
    /// do not count.
    async fn schedule_fetches(&self, max_unfinished: u64, limit: u32, now: Timestamp) -> StoreResult<u64>;

    /// Polls of a column since a moment, oldest first.
    async fn polls(&self, site: &str, column: Option<&str>, since: Timestamp) -> StoreResult<Vec<Poll>>;

    /// Thins old polls: of those before `thin` the first and last of each column, day and outcome stay; those before
    /// `forget` go. Tells how many went.
    async fn thin_polls(&self, thin: Timestamp, forget: Timestamp) -> StoreResult<u64>;

    /// The names of the columns that a site has now, by name.
    async fn columns(&self, site: &str) -> StoreResult<Vec<String>>;

    /// Pages that carry (or carried) the report of a body for a year, by each.
    async fn sources_of_all(&self, of: &[OfYear]) -> StoreResult<HashMap<OfYear, Vec<Source>>>;

    /// The same of one.
    async fn sources_of(&self, body: &str, year: i16) -> StoreResult<Vec<Source>> {
        let of = (body.to_owned(), year);
        Ok(self.sources_of_all(std::slice::from_ref(&of)).await?.remove(&of).unwrap_or_default())
    }

    // --- versions, reports, findings -------------------------------------

    /// Versions by their id.
    async fn versions(&self, ids: &[Uuid]) -> StoreResult<HashMap<Uuid, Version>>;

    /// One of them.
    async fn version(&self, id: Uuid) -> StoreResult<Option<Version>> {
        Ok(self.versions(&[id]).await?.remove(&id))
    }

    /// The reports of versions, by their number.
    async fn reports_of_versions(&self, versions: &[Uuid]) -> StoreResult<HashMap<Uuid, Vec<ReportRow>>>;

    /// The same of one.
    async fn reports_of_version(&self, version: Uuid) -> StoreResult<Vec<ReportRow>> {
        Ok(self.reports_of_versions(&[version]).await?.remove(&version).unwrap_or_default())
    }

    /// A report.
    async fn report(&self, id: Uuid) -> StoreResult<Option<ReportRow>>;

    /// All versions' reports of bodies for years, newest first, at most `limit` of each.
    async fn histories(&self, of: &[OfYear], limit: u32) -> StoreResult<HashMap<OfYear, Vec<ReportRow>>>;

    /// The same of one.
    async fn history(&self, body: &str, year: i16, limit: u32) -> StoreResult<Vec<ReportRow>> {
        let of = (body.to_owned(), year);
        Ok(self.histories(std::slice::from_ref(&of), limit).await?.remove(&of).unwrap_or_default())
    }

    /// Current reports, latest fetched first.
    async fn latest(&self, filter: &Filter) -> StoreResult<Vec<Latest>>;

    /// Findings that hang on identities (their texts), open ones first.
    async fn findings_of(&self, identities: &[String]) -> StoreResult<HashMap<String, Vec<StoredFinding>>>;

    /// The same of one.
    async fn findings(&self, identity: &str) -> StoreResult<Vec<StoredFinding>> {
        Ok(self.findings_of(&[identity.to_owned()]).await?.remove(identity).unwrap_or_default())
    }

    /// Latest open findings of current reports, gravest first within a moment.
    async fn latest_findings(&self, filter: &Filter) -> StoreResult<Vec<StoredFinding>>;

    /// Marks a finding dismissed (or not) and keeps what was said; `false` when there is no such finding.
    async fn dismiss(
        &self,
        fingerprint: &str,
        dismissed: bool,
        remark: &Remark,
        now: Timestamp,
    ) -> StoreResult<bool>;

    /// How findings were dismissed and taken up again, by fingerprint, oldest first.
    async fn dismissals(&self, fingerprints: &[String]) -> StoreResult<HashMap<String, Vec<Dismissal>>>;

    /// True for blobs that a version or a source names.
    async fn blob_is_named(&self, blob: &BlobId) -> StoreResult<bool>;

    /// Current reports by identity, those behind `after`, at most `limit` (not 0) of them: the whole store in pages.
    async fn reports_after(
        &self,
        wanted: &Wanted,
        after: Option<&ListedReport>,
        limit: u32,
    ) -> StoreResult<Vec<ListedReport>>;

    /// Findings of current reports and of what is due, fixed and dismissed ones too, in pages likewise.
    async fn findings_after(
        &self,
        wanted: &Wanted,
        after: Option<&ListedFinding>,
        limit: u32,
    ) -> StoreResult<Vec<ListedFinding>>;

    // --- due reports, alerts ---------------------------------------------

    /// Due reports, by body and year.
    async fn dues(&self, filter: &Filter) -> StoreResult<Vec<Due>>;

    /// Opens or closes alerts outside a `due` row (sites, digests), with their `notify` rows.
    async fn change_alerts(&self, changes: &[AlertChange], now: Timestamp) -> StoreResult<()>;

    /// An alert.
    async fn alert(&self, id: Uuid) -> StoreResult<Option<Alert>>;

    /// Alerts, newest first.
    async fn alerts(&self, filter: &Filter) -> StoreResult<Vec<Alert>>;

    /// Alerts of a channel that are open, oldest first.
    async fn open_alerts(&self, channel: &str) -> StoreResult<Vec<Alert>>;

    /// Takes the alerts held for a digest of a site out of hold: open, or closed where the end was held. They count as told with it.
    async fn release_held(&self, site: &str, channel: &str, now: Timestamp) -> StoreResult<Vec<Alert>>;

    // --- views ------------------------------------------------------------

    /// Sites with their last polls.
    async fn sites(&self) -> StoreResult<Vec<SiteStatus>>;

    /// How the last poll of each column that is polled now has ended: columns by site and outcome. One never polled is not in it.
    async fn column_outcomes(&self) -> StoreResult<Vec<(String, PollOutcome, u64)>>;

    /// Counts by region, level, kind and year.
    async fn coverage(&self) -> StoreResult<Vec<Coverage>>;

    /// What current, judged reports say together and how they were published, by region, level, kind and year; of one year or of all.
    async fn figures(&self, year: Option<i16>) -> StoreResult<Vec<Figures>>;

    /// Open, undismissed findings of current reports by code, severity and region: (code, severity, region, n).
    async fn finding_counts(&self, year: i16) -> StoreResult<Vec<(String, String, String, u64)>>;

    /// How many revisions (P806) were ever found, by region.
    async fn revisions(&self) -> StoreResult<Vec<(String, u64)>>;

    /// Reports whose body or year is unknown.
    async fn unassigned(&self) -> StoreResult<u64>;

    /// What happened to an id, a URL, or a (body, year) written `body/year`.
    async fn trail(&self, what: &str, now: Timestamp) -> StoreResult<Option<Trail>>;

    /// Has the engine look at how large its tables have become, where it plans by that; cheap, for a table that grows fast.
    async fn refresh_statistics(&self) -> StoreResult<()>;

    // --- schema -----------------------------------------------------------

    /// Schema version that is applied.
    async fn schema_version(&self) -> StoreResult<i64>;
}
