//! The alerter's own pulse: marks due reports when the day changes, ends first imports and blindness, refreshes the metrics.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use gongkai_model::{Body, Severity, Stage, Text};
use gongkai_runtime::clock::Clock;
use gongkai_store::{
    AlertChange, AlertKind, AlertState, Due, DueState, Filter, SiteStatus, StageCount, Store, StoreResult,
    Telling,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use tokio_util::sync::CancellationToken;

use crate::{
    announce::Announcements,
    calendar::{deadline, watched_years},
    digest::{Digests, Progress},
    gauges::{Snapshot, StoreGauges},
    imports::{Imports, alerts_of},
    pace::Pace,
    polls::{PollBook, SitePolls},
    replays::Replays,
};

/// Due reports that are marked in one transaction.
const MARKED_AT_ONCE: usize = 500;
/// So long every poll is kept; of older days the first and the last of each outcome.
const POLLS_WHOLE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Polls are proofs for the two report years that are watched; older ones prove nothing that is asked for.
const POLLS_KEPT: SignedDuration = SignedDuration::from_hours(3 * 366 * 24);

/// Looks at the calendar every `alert.tick_s` seconds.
pub struct Ticker {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    channels: Vec<String>,
    gauges: StoreGauges,
    polls: PollBook,
    digests: Digests,
    marked: Option<Date>,
    /// What was unknown and was marked again today because its site can be seen now.
    woken: HashSet<(String, i16)>,
    first_year: i16,
    replays: Replays,
    announcements: Announcements,
    /// Sums over all reports are dear; the rest of what is shown is not.
    figures: Pace,
}

impl Ticker {
    /// A ticker for these channels (their names); `imports` is shared with the handler; nothing is due before `first_year`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        channels: Vec<String>,
        imports: Arc<Imports>,
        gauges: StoreGauges,
        first_year: i16,
    ) -> Self {
        let digests = Digests { store: store.clone(), imports: imports.clone(), channels: channels.clone() };
        let polls = PollBook::new(store.clone());
        let announcements = Announcements::new(store.clone(), channels.clone(), imports.clone());
        let replays = Replays { store: store.clone(), channels: channels.clone() };
        Self {
            store,
            clock,
            channels,
            gauges,
            polls,
            digests,
            marked: None,
            woken: HashSet::new(),
            first_year,
            replays,
            announcements,
            figures: Pace::default(),
        }
    }

    /// Ticks until it is told to stop. A tick that fails is logged and made up for by the next one.
    pub async fn run(mut self, every: Duration, stop: CancellationToken) {
        loop {
            if let Err(error) = self.tick(&stop).await {
                tracing::warn!(%error, "calendar tick failed; the next one makes up for it");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(every) => {}
            }
        }
    }

    /// One look.
    pub async fn tick(&mut self, stop: &CancellationToken) -> StoreResult<()> {
        let (today, began) = (self.clock.today(), self.clock.now());
        let bodies = self.store.bodies().await?;
        let dues = self.dues(today).await?;
        let sites = self.store.sites().await?;
        let stages = self.store.stage_counts(self.clock.now()).await?;
        self.refresh(&bodies, &sites, &stages, today).await?;
        if self.marked != Some(today) && self.mark(&bodies, &dues, today, stop).await? {
            self.marked = Some(today);
            self.thin_polls().await?;
            self.woken.clear();
            return Ok(());
        }
        let polls = self.polls_of(&sites).await?;
        self.end_imports(&sites, &stages, &polls, &bodies).await?;
        self.replays.settle(&sites, &stages, &bodies, self.clock.now()).await?;
        let now = self.clock.now();
        self.announcements.troubles(&sites, &stages, &polls, now).await?;
        self.announcements.offices(bodies.clone(), &dues, &sites, (today, now)).await?;
        self.wake(&bodies, &dues).await?;
        self.end_blindness(&bodies, &dues, &sites, began).await
    }

    /// Marks again what was unknown, once every column of its site was read since the date. Polls mark the bodies they
    /// concern themselves; this catches what a profile does not name.
    async fn wake(&mut self, bodies: &[Body], dues: &[Due]) -> StoreResult<()> {
        let bodies: HashMap<_, _> = bodies.iter().map(|body| (body.id.as_str(), body)).collect();
        for due in dues.iter().filter(|due| is_blind(due)) {
            let subject = (due.body.clone(), due.year);
            let Some(body) = bodies.get(due.body.as_str()) else { continue };
            let (Some(site), Some(deadline)) = (&body.site, deadline(body, due.year)) else { continue };
            if self.woken.contains(&subject)
                || !self.polls.of(site).await?.complete_after(deadline.counts_from)
            {
                continue;
            }
            let now = self.clock.now();
            self.store.raise(Stage::Due, &format!("{}/{}", due.body, due.year), now, now).await?;
            self.woken.insert(subject);
        }
        Ok(())
    }

    /// Once a day: of old polls enough stays to prove what they proved.
    async fn thin_polls(&self) -> StoreResult<()> {
        let ago = |span: SignedDuration| self.clock.now().checked_sub(span).unwrap_or(Timestamp::MIN);
        let thinned = self.store.thin_polls(ago(POLLS_WHOLE), ago(POLLS_KEPT)).await?;
        if thinned > 0 {
            tracing::info!(thinned, "old polls were thinned");
        }
        Ok(())
    }

    async fn dues(&self, today: Date) -> StoreResult<Vec<Due>> {
        let mut dues = Vec::new();
        for year in watched_years(today) {
            dues.extend(self.store.dues(&Filter { year: Some(year), ..Filter::default() }).await?);
        }
        Ok(dues)
    }

    /// Raises a `due` row for everything that is (or was) due in the watched years; `false` when it was told to stop.
    async fn mark(
        &self,
        bodies: &[Body],
        dues: &[Due],
        today: Date,
        stop: &CancellationToken,
    ) -> StoreResult<bool> {
        let known: HashSet<_> = dues.iter().map(|due| (due.body.as_str(), due.year)).collect();
        let of = bodies.iter().flat_map(|body| watched_years(today).map(|year| (body, year)));
        let due = |(body, year): &(&Body, i16)| {
            (*year >= self.first_year && deadline(body, *year).is_some())
                || known.contains(&(body.id.as_str(), *year))
        };
        let subjects: Vec<String> =
            of.filter(due).map(|(body, year)| format!("{}/{year}", body.id)).collect();
        for chunk in subjects.chunks(MARKED_AT_ONCE) {
            if stop.is_cancelled() {
                return Ok(false);
            }
            let now = self.clock.now();
            self.store.raise_all(Stage::Due, chunk.to_vec(), now, now).await?;
        }
        tracing::info!(%today, marked = subjects.len(), "the calendar marked what is due");
        Ok(true)
    }

    async fn polls_of(&self, sites: &[SiteStatus]) -> StoreResult<HashMap<String, SitePolls>> {
        let mut polls = HashMap::new();
        for status in sites {
            polls.insert(status.site.id.clone(), self.polls.of(&status.site.id).await?);
        }
        Ok(polls)
    }

    async fn end_imports(
        &self,
        sites: &[SiteStatus],
        stages: &[StageCount],
        polls: &HashMap<String, SitePolls>,
        bodies: &[Body],
    ) -> StoreResult<()> {
        let waits =
            |count: &StageCount| count.stage != Stage::Notify && count.ready + count.delayed + count.sent > 0;
        let idle = !stages.iter().any(waits);
        let now = self.clock.now();
        for status in sites.iter().filter(|_| !self.channels.is_empty()) {
            let Some(polls) = polls.get(&status.site.id) else { continue };
            let progress =
                Progress { first_poll: polls.oldest(), complete_once: polls.complete_once(), idle, bodies };
            self.digests.settle(&status.site, &progress, now).await?;
        }
        Ok(())
    }

    /// Closes `site_blind` where no absent report of the site is left unknown. `dues` are as of `asked`: what opened
    /// after that has a reason that they do not know of.
    async fn end_blindness(
        &self,
        bodies: &[Body],
        dues: &[Due],
        sites: &[SiteStatus],
        asked: Timestamp,
    ) -> StoreResult<()> {
        let unknown: HashSet<_> = dues.iter().filter(|due| is_blind(due)).map(|due| &due.body).collect();
        let blind: HashSet<_> = bodies
            .iter()
            .filter(|body| unknown.contains(&body.id))
            .filter_map(|body| body.site.as_deref())
            .collect();
        let seeing = sites.iter().map(|status| &status.site).filter(|site| !blind.contains(site.id.as_str()));
        for site in seeing {
            let alerts = alerts_of(self.store.as_ref(), &site.id).await?;
            let open = alerts.iter().filter(|a| {
                a.kind == AlertKind::SiteBlind && a.state == AlertState::Open && a.opened_at < asked
            });
            let close = |channel: &String| AlertChange {
                kind: AlertKind::SiteBlind,
                key: site.id.clone(),
                channel: channel.clone(),
                open: false,
                telling: Telling::AtOnce,
                severity: Severity::Hint,
                site: Some(site.id.clone()),
                body: None,
                year: None,
                message: Text::new(
                    format!("{}恢复可观测", site.name),
                    format!("{} can be watched again", site.name),
                ),
            };
            let changes: Vec<_> = open.map(|alert| close(&alert.channel)).collect();
            if !changes.is_empty() {
                self.store.change_alerts(&changes, self.clock.now()).await?;
            }
        }
        Ok(())
    }

    async fn refresh(
        &mut self,
        bodies: &[Body],
        sites: &[SiteStatus],
        stages: &[StageCount],
        today: Date,
    ) -> StoreResult<()> {
        let years = watched_years(today);
        let [current, _] = years;
        let (coverage, findings) = (self.store.coverage().await?, self.store.finding_counts(current).await?);
        let revisions = self.store.revisions().await?;
        let (columns, unassigned) = (self.store.column_outcomes().await?, self.store.unassigned().await?);
        if let Some(begun) = self.figures.begin() {
            let mut figures = Vec::new();
            for year in years {
                figures.extend(self.store.figures(Some(year)).await?);
            }
            self.gauges.set_figures(&figures);
            self.figures.done(begun);
        }
        self.gauges.set(&Snapshot {
            now: self.clock.now(),
            years,
            bodies,
            sites,
            coverage: &coverage,
            findings: &findings,
            revisions: &revisions,
            stages,
            columns: &columns,
            unassigned,
        });
        Ok(())
    }
}

/// The date has passed, nothing was found, and nothing can be said.
fn is_blind(due: &Due) -> bool {
    due.state == DueState::Unknown && due.report.is_none()
}
