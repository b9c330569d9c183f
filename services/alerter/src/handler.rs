//! Stage due: gathers the facts of a (body, year), assesses them, and hands state, findings and alerts to the store.
use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use gongkai_model::{Body, Severity, Stage, Text};
use gongkai_runtime::{clock::Clock, handler::Handler};
use gongkai_store::{
    AlertChange, AlertKind, Due, DueAssessed, DueState, Failure, FailureClass, Filter, Identity, ReportRow,
    StageResult, Store, StoreResult, Task,
};
use uuid::Uuid;

use crate::{
    alerts::{Route, alert_changes},
    assess::assess,
    calendar::deadline,
    facts::{Facts, fingerprint},
    imports::Imports,
    polls::{PollBook, SitePolls},
    registry::Registry,
    rules,
};

/// Versions of a report that are looked at.
const HISTORY: u32 = 50;

/// Settles due reports.
pub struct DueHandler {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    channels: Vec<String>,
    imports: Arc<Imports>,
    polls: PollBook,
    registry: Registry,
    first_year: i16,
}

impl DueHandler {
    /// A handler that tells `channels` (their names); `imports` is shared with the ticker; nothing is due before `first_year`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        channels: Vec<String>,
        imports: Arc<Imports>,
        first_year: i16,
    ) -> Self {
        let (polls, registry) = (PollBook::new(store.clone()), Registry::new(store.clone()));
        Self { store, clock, channels, imports, polls, registry, first_year }
    }

    async fn settle(&self, body: &str, year: i16) -> StoreResult<StageResult> {
        let bodies = self.registry.bodies(self.clock.now()).await?;
        let Some(body) = bodies.get(body) else { return Ok(StageResult::Nothing) };
        let Some(facts) = self.facts(body, year).await? else { return self.released(body, year).await };
        let assessment = assess(&facts);
        let stored = self.store.findings(&facts.identity()).await?;
        let route = Route { channels: &self.channels, hold: self.holds(&facts).await? };
        let alerts = alert_changes(&facts, &assessment, &stored, &route);
        Ok(StageResult::Due(Box::new(DueAssessed {
            due: assessment.due,
            findings: assessment.findings,
            evaluated: assessment.evaluated,
            alerts,
        })))
    }

    async fn facts(&self, body: &Body, year: i16) -> StoreResult<Option<Facts>> {
        let deadline = deadline(body, year).filter(|_| year >= self.first_year);
        let Some(deadline) = deadline else { return Ok(None) };
        let sources = self.store.sources_of(&body.id, year).await?;
        let history = self.store.history(&body.id, year, HISTORY).await?;
        let site = body.site.as_deref().or_else(|| sources.first().map(|source| source.site.as_str()));
        let polls = match site {
            Some(site) => self.polls.of(site).await?,
            None => SitePolls::default(),
        };
        let normalisers = self.normalisers(&history).await?;
        let (today, now) = (self.clock.today(), self.clock.now());
        Ok(Some(Facts {
            body: body.clone(),
            year,
            today,
            now,
            deadline,
            sources,
            history,
            normalisers,
            polls,
        }))
    }

    async fn normalisers(&self, history: &[ReportRow]) -> StoreResult<HashMap<Uuid, i32>> {
        let mut normalisers = HashMap::new();
        // One version alone has nothing to be compared with.
        for row in history.iter().filter(|_| history.len() > 1) {
            if let Some(normaliser) =
                self.store.version(row.version).await?.and_then(|version| version.normaliser)
            {
                normalisers.insert(row.version, normaliser);
            }
        }
        Ok(normalisers)
    }

    async fn holds(&self, facts: &Facts) -> StoreResult<bool> {
        match facts.body.site.as_deref().or_else(|| facts.sources.first().map(|source| source.site.as_str()))
        {
            Some(site) if !self.channels.is_empty() => self.imports.holds(site, facts.now).await,
            _ => Ok(false),
        }
    }

    /// The registry says that the body owes nothing (any more): what an earlier registry made is taken back.
    async fn released(&self, body: &Body, year: i16) -> StoreResult<StageResult> {
        let filter = Filter { body: Some(body.id.clone()), year: Some(year), ..Filter::default() };
        if self.store.dues(&filter).await?.is_empty() {
            return Ok(StageResult::Nothing);
        }
        let reason = Text::new("按名录无需发布该年度报告", "by the registry it owes no report for this year");
        let identity = Identity::Report { body: body.id.clone(), year }.to_string();
        let close = |channel: &String, (code, kind)| AlertChange {
            kind,
            key: fingerprint(code, &identity),
            channel: channel.clone(),
            open: false,
            hold: false,
            severity: Severity::Hint,
            site: body.site.clone(),
            body: Some(body.id.clone()),
            year: Some(year),
            message: Text::new(
                format!("{}{year}年度：{}", body.name, reason.zh),
                format!("{}: {}", body.name, reason.en),
            ),
        };
        let kinds = [("P801", AlertKind::Late), ("P802", AlertKind::Overdue), ("P807", AlertKind::Withdrawn)];
        let alerts =
            self.channels.iter().flat_map(|channel| kinds.map(|kind| close(channel, kind))).collect();
        let due = Due {
            body: body.id.clone(),
            year,
            due: None,
            state: DueState::NotDue,
            report: None,
            published: None,
            reason,
            assessed_at: self.clock.now(),
        };
        Ok(StageResult::Due(Box::new(DueAssessed {
            due,
            findings: Vec::new(),
            evaluated: rules::codes(),
            alerts,
        })))
    }
}

#[async_trait]
impl Handler for DueHandler {
    fn stage(&self) -> Stage {
        Stage::Due
    }

    async fn handle(&self, task: &Task) -> Result<StageResult, Failure> {
        let subject = task.subject.rsplit_once('/').and_then(|(body, year)| Some((body, year.parse().ok()?)));
        let Some((body, year)) = subject else {
            let message = format!("no body/year: {}", task.subject);
            return Err(Failure::new(FailureClass::Contract, message));
        };
        Ok(self.settle(body, year).await?)
    }
}
