//! Stage due: gathers the facts of a (body, year), assesses them, and hands state, findings and alerts to the store.
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use async_trait::async_trait;
use gongkai_model::{Body, Severity, Stage, Text};
use gongkai_runtime::{
    clock::Clock,
    handler::{Handler, all_failed},
};
use gongkai_store::{
    AlertChange, AlertKind, Due, DueAssessed, DueState, Failure, FailureClass, Filter, Identity, OfYear,
    ReportRow, Source, StageResult, Store, StoreResult, StoredFinding, Task, Telling,
};
use uuid::Uuid;

use crate::{
    alerts::{OF_RULES, Route, alert_changes},
    around::Around,
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

/// Due reports whose facts are read together.
const AT_ONCE: usize = 64;

/// What the store knows of several due reports.
#[derive(Default)]
struct Known {
    sources: HashMap<OfYear, Vec<Source>>,
    histories: HashMap<OfYear, Vec<ReportRow>>,
    findings: HashMap<String, Vec<StoredFinding>>,
    polls: HashMap<String, SitePolls>,
    normalisers: HashMap<Uuid, i32>,
    around: Around,
}

impl Known {
    /// The site of the body, else of its first page.
    fn site(&self, body: &Body, of: &OfYear) -> Option<String> {
        let first = || self.sources.get(of)?.first().map(|source| source.site.clone());
        body.site.clone().or_else(first)
    }

    /// Versions that are compared with each other: one alone has nothing to be compared with.
    fn compared(&self) -> Vec<Uuid> {
        let several = self.histories.values().filter(|history| history.len() > 1);
        several.flatten().map(|row| row.version).collect()
    }
}

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

    /// Settles these, of which each is to be settled by itself in the end; what is asked of the store is asked once for all.
    async fn settle(&self, of: &[OfYear]) -> StoreResult<Vec<StageResult>> {
        let around = self.registry.around(self.clock.now()).await?;
        let known = self.known(&around, of).await?;
        let mut results = Vec::with_capacity(of.len());
        for subject in of {
            results.push(match around.body(&subject.0) {
                Some(body) => self.settle_one(body, subject, &known).await?,
                None => StageResult::Nothing,
            });
        }
        Ok(results)
    }

    async fn settle_one(&self, body: &Body, of: &OfYear, known: &Known) -> StoreResult<StageResult> {
        let Some(facts) = self.facts(body, of, known) else { return self.released(body, of.1).await };
        let assessment = assess(&facts);
        let stored = known.findings.get(&facts.identity()).map_or(&[][..], Vec::as_slice);
        let route = Route { channels: &self.channels, hold: self.holds(&facts).await? };
        let alerts = alert_changes(&facts, &assessment, stored, &route);
        Ok(StageResult::Due(Box::new(DueAssessed {
            due: assessment.due,
            findings: assessment.findings,
            evaluated: assessment.evaluated,
            alerts,
        })))
    }

    /// What the store knows of these.
    async fn known(&self, around: &Around, of: &[OfYear]) -> StoreResult<Known> {
        let sources = self.store.sources_of_all(of).await?;
        let histories = self.store.histories(of, HISTORY).await?;
        let identities: Vec<String> = of.iter().map(identity).collect();
        let findings = self.store.findings_of(&identities).await?;
        let around = around.clone();
        let mut known = Known { sources, histories, findings, around, ..Known::default() };
        for subject in of {
            let Some(site) = known.around.body(&subject.0).and_then(|body| known.site(body, subject)) else {
                continue;
            };
            if let Entry::Vacant(unread) = known.polls.entry(site) {
                let polls = self.polls.of(unread.key()).await?;
                unread.insert(polls);
            }
        }
        let compared = known.compared();
        if !compared.is_empty() {
            let versions = self.store.versions(&compared).await?;
            let normalisers = versions.values().filter_map(|version| Some((version.id, version.normaliser?)));
            known.normalisers = normalisers.collect();
        }
        Ok(known)
    }

    fn facts(&self, body: &Body, of: &OfYear, known: &Known) -> Option<Facts> {
        let year = of.1;
        let deadline = deadline(body, year).filter(|_| year >= self.first_year)?;
        let history = known.histories.get(of).cloned().unwrap_or_default();
        let normaliser = |row: &ReportRow| Some((row.version, *known.normalisers.get(&row.version)?));
        Some(Facts {
            body: body.clone(),
            year,
            today: self.clock.today(),
            now: self.clock.now(),
            deadline,
            sources: known.sources.get(of).cloned().unwrap_or_default(),
            normalisers: history.iter().filter_map(normaliser).collect(),
            history,
            polls: known.site(body, of).and_then(|site| known.polls.get(&site).cloned()).unwrap_or_default(),
            around: known.around.clone(),
        })
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
        let close = |channel: &String, (code, kind): (&str, AlertKind)| AlertChange {
            kind,
            key: fingerprint(code, &identity),
            channel: channel.clone(),
            open: false,
            telling: Telling::AtOnce,
            severity: Severity::Hint,
            site: body.site.clone(),
            body: Some(body.id.clone()),
            year: Some(year),
            message: Text::new(
                format!("{}{year}年度：{}", body.name, reason.zh),
                format!("{}: {}", body.name, reason.en),
            ),
        };
        let kinds = || OF_RULES.iter().filter_map(|(kind, ..)| Some((kind.code()?, *kind)));
        let alerts = self
            .channels
            .iter()
            .flat_map(|channel| kinds().map(|kind| close(channel, kind)).collect::<Vec<_>>())
            .collect();
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
        let of = subject(task)?;
        Ok(self.settle(&[of]).await?.pop().unwrap_or(StageResult::Nothing))
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    async fn handle_all(&self, tasks: &[Task]) -> Vec<Result<StageResult, Failure>> {
        let of: Result<Vec<OfYear>, Failure> = tasks.iter().map(subject).collect();
        let settled = match of {
            Ok(of) => self.settle(&of).await,
            // Which of them cannot be understood is found one by one.
            Err(_) => return Vec::new(),
        };
        match settled {
            Ok(results) => results.into_iter().map(Ok).collect(),
            Err(error) => all_failed(tasks, error),
        }
    }
}

fn subject(task: &Task) -> Result<OfYear, Failure> {
    let subject =
        task.subject.rsplit_once('/').and_then(|(body, year)| Some((body.to_owned(), year.parse().ok()?)));
    subject.ok_or_else(|| Failure::new(FailureClass::Contract, format!("no body/year: {}", task.subject)))
}

fn identity((body, year): &OfYear) -> String {
    Identity::Report { body: body.clone(), year: *year }.to_string()
}
