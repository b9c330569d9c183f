//! An installation whose services are processes of their own, joined by RabbitMQ and PostgreSQL, on a season's site.
use std::{cell::RefCell, path::PathBuf, sync::Arc, time::Duration};

use gongkai_store::{StageCount, Store, StoreResult, open_store_read_only};
use gongkai_testkit::season::Season;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::{folder::Folder, picture::Picture, service::Service, wait::until_ok};

/// Longest time until everything that was begun is done.
const LIMIT: Duration = Duration::from_secs(180);
/// A day on which nothing of the season is late yet.
pub const TODAY: &str = "2026-01-28";

/// The services by name, as `gongkai run NAME` starts them.
pub const SERVICES: [&str; 5] = ["fetcher", "parser", "validator", "alerter", "console"];

/// A folder with settings, a registry and profiles, and where its servers are.
pub struct Installation {
    folder: Folder,
    store_url: String,
    settings: Vec<(String, String)>,
    program: PathBuf,
    runtime: Runtime,
    /// Kept open between questions, until one of them fails.
    store: RefCell<Option<Arc<dyn Store>>>,
}

impl Installation {
    /// An installation that watches a season's site at `root`, with these servers; queues begin with `prefix`.
    pub fn new(season: &Season, root: &str, store_url: &str, bus_url: &str, prefix: &str) -> Self {
        Self::watching(&season.registry(), &Season::profile(root), store_url, bus_url, prefix)
    }

    /// An installation with this registry (CSV) and this one profile (TOML).
    pub fn watching(registry: &str, profile: &str, store_url: &str, bus_url: &str, prefix: &str) -> Self {
        let folder = Folder::new();
        folder.write("registry.csv", registry);
        folder.write("sites/season.toml", profile);
        let settings = [
            ("BUS__URL", bus_url),
            ("BUS__PREFIX", prefix),
            ("STORE__URL", store_url),
            ("FETCH__ALLOW_PRIVATE", "true"),
            ("FETCH__HOST_INTERVAL_MS", "0"),
            ("CALENDAR__TODAY", TODAY),
            ("CALENDAR__FIRST_YEAR", "2025"),
            ("LOG__FILTER", "warn"),
        ];
        let settings = settings.map(|(key, value)| (format!("GONGKAI_{key}"), value.to_owned())).to_vec();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self {
            folder,
            store_url: store_url.to_owned(),
            settings,
            program: crate::folder::binary(),
            runtime,
            store: RefCell::default(),
        }
    }

    /// The same with another program than the product's.
    #[must_use]
    pub fn with_program(mut self, program: PathBuf) -> Self {
        self.program = program;
        self
    }

    /// Another setting, as `GROUP__KEY`.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.push((format!("GONGKAI_{key}"), value.to_owned()));
        self
    }

    /// The folder that services and commands run in.
    pub const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The settings as the environment of a process.
    pub fn environment(&self) -> Vec<(&str, &str)> {
        self.settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
    }

    /// Starts a process with some of the services; without names with all of them.
    pub fn start(&self, services: &[&str]) -> Service {
        self.start_with(services, &[])
    }

    /// The same with more in its environment.
    pub fn start_with(&self, services: &[&str], more: &[(&str, &str)]) -> Service {
        let arguments = [&["run"], services].concat();
        let environment = [&self.environment(), more].concat();
        Service::start_program(&self.program, self.folder.path(), &arguments, &environment)
    }

    /// Runs a command of the binary on this installation to its end.
    pub fn command(&self, arguments: &[&str]) -> crate::folder::Ended {
        self.folder.gongkai_with(arguments, &self.environment())
    }

    /// Asks the store.
    pub fn ask<T>(&self, ask: impl AsyncFnOnce(Arc<dyn Store>) -> StoreResult<T>) -> StoreResult<T> {
        let open = self.store.take();
        self.runtime.block_on(async {
            let store = match open {
                Some(store) => store,
                None => open_store_read_only(&self.store_url).await?,
            };
            let answer = ask(store.clone()).await?;
            *self.store.borrow_mut() = Some(store);
            Ok(answer)
        })
    }

    /// Rows by stage and state.
    pub fn counts(&self) -> StoreResult<Vec<StageCount>> {
        self.ask(async |store| store.stage_counts(Timestamp::now()).await)
    }

    /// Rows that are not done, of all stages; `None` while the store cannot be asked.
    pub fn unfinished(&self) -> Option<u64> {
        let counts = self.counts().ok()?;
        Some(counts.iter().map(|count| count.ready + count.delayed + count.sent).sum())
    }

    /// Documents that have been judged; 0 while the store cannot be asked.
    pub fn judged(&self) -> u64 {
        let counts = self.counts().unwrap_or_default();
        counts.iter().filter(|count| count.stage == gongkai_model::Stage::Judge).map(|count| count.done).sum()
    }

    /// Waits until this many documents are judged and nothing is left to do.
    pub fn settle(&self, about: &str, documents: usize, services: &[&Service]) {
        until_ok(&format!("{about} settles"), LIMIT, || {
            std::thread::sleep(Duration::from_millis(300));
            let said = || services.iter().map(|service| service.errors()).collect::<String>();
            let counts = self.counts().map_err(|error| format!("{error}\n{}", said()))?;
            let open: u64 = counts.iter().map(|count| count.ready + count.delayed + count.sent).sum();
            let judged = self.judged();
            if open == 0 && judged >= documents as u64 {
                return Ok(());
            }
            Err(format!("{open} open, {judged} of {documents} judged\n{counts:#?}\n{}", said()))
        });
    }

    /// What the store amounts to.
    pub fn picture(&self) -> Picture {
        self.ask(async |store| Picture::drawn(store.as_ref()).await).unwrap()
    }
}
