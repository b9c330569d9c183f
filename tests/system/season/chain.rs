//! The whole chain in this process on a clock that the test moves: store, bus, relay, workers and handlers as they are; what looks
//! at the time by itself (scheduler, calendar) is asked to look when the clock has moved.
use std::{collections::HashMap, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use gongkai_alerter::{
    DueHandler, Imports, NotifyHandler, StoreGauges, Ticker,
    channel::{
        Channel,
        alertmanager::{Alertmanager, Resender},
        webhook::Webhook,
    },
    rule_docs,
};
use gongkai_bus::{Bus, BusOptions, open_bus};
use gongkai_fetcher::{
    FetchHandler, FetchMetrics, Known, PoliteClient, Registry, Scheduler, check_profiles, sync,
};
use gongkai_model::BodyIndex;
use gongkai_parser::{InProcess, ParseHandler};
use gongkai_runtime::{
    checkpoint::Unwatched,
    clock::{Clock, FrozenClock},
    handler::Handler,
    http::{HttpClient, HttpConfig},
    lifecycle::Stop,
    ops,
    relay::Relay,
    settings::{Settings, WorkerSettings},
    telemetry::Metrics,
    wake::Wake,
    worker::{Deps, Worker, WorkerOptions},
};
use gongkai_store::{Store, open_archive, open_store};
use gongkai_testkit::servers::{Broker, Database};
use gongkai_validator::JudgeHandler;
use jiff::Timestamp;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Report years before this one are no concern of the season.
const FIRST_YEAR: i16 = 2025;
/// Longest time until everything that a moment brings is done.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
/// So often the store is asked whether there is work left.
const ASKED_EVERY: Duration = Duration::from_millis(20);
const DEADLINE: Duration = Duration::from_secs(60);

/// Where alerts go.
pub(super) struct Receivers<'r> {
    pub(super) webhook: &'r str,
    pub(super) alertmanager: &'r str,
    /// Where the sites' hosts are found.
    pub(super) hosts: HashMap<String, SocketAddr>,
}

/// What the chain stands on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Servers {
    /// SQLite and the bus within the process, as `gongkai run` has them without settings.
    Within,
    /// PostgreSQL and RabbitMQ.
    Real,
}

impl Servers {
    async fn open(self) -> (Arc<dyn Store>, Arc<dyn Bus>) {
        let (store, url) = match self {
            Self::Within => ("sqlite::memory:".to_owned(), "memory:".to_owned()),
            Self::Real => {
                let (broker, database) = (Broker::shared().unwrap(), Database::shared().unwrap());
                (database.create("season").unwrap(), broker.url())
            }
        };
        let (prefix, name) = ("a-season".to_owned(), "a-season".to_owned());
        let bus = BusOptions { url, prefix, name, ca_certificates: None };
        (open_store(&store).await.unwrap(), open_bus(&bus).await.unwrap())
    }
}

pub(super) struct Chain {
    pub(super) store: Arc<dyn Store>,
    pub(super) resender: Resender,
    /// Where the metrics are served.
    pub(super) metrics_at: SocketAddr,
    clock: FrozenClock,
    wake: Wake,
    scheduler: Scheduler,
    ticker: Ticker,
    stop: Stop,
}

impl Chain {
    /// The services over the profiles in `folder/sites` and the registry in `folder/registry.csv`.
    pub(super) async fn start(
        folder: &Path,
        servers: Servers,
        receivers: &Receivers<'_>,
        now: Timestamp,
    ) -> Self {
        // Only the first installation in a process can succeed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let registry = Registry::read(&folder.join("registry.csv")).unwrap();
        let profiles = Arc::new(check_profiles(&folder.join("sites"), &registry).unwrap());
        let (store, bus) = servers.open().await;
        let clock = FrozenClock::at(now);
        sync(&*store, &profiles, &registry, now).await.unwrap();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let (wake, stop, metrics) = (Wake::new(), Stop::new(), Arc::new(Metrics::new("0").unwrap()));
        let deps = Deps {
            store: store.clone(),
            bus,
            clock: shared.clone(),
            wake: wake.clone(),
            metrics: metrics.clone(),
            checkpoint: Arc::new(Unwatched),
        };
        let mut settings = Settings::default().fetch;
        (settings.allow_private, settings.host_interval_ms) = (true, 0);
        let http = || {
            let config = HttpConfig {
                allow_private: true,
                overrides: receivers.hosts.clone(),
                ..HttpConfig::from_settings(&settings)
            };
            HttpClient::new(config).unwrap()
        };
        let archive = open_archive(&format!("file:{}", folder.join("archive").display())).unwrap();
        let fetch = FetchHandler {
            store: store.clone(),
            archive: archive.clone(),
            client: PoliteClient::new(http(), shared.clone(), &settings),
            profiles,
            clock: shared.clone(),
            settings: settings.clone(),
            first_year: FIRST_YEAR,
            metrics: FetchMetrics::new(metrics.documents_fetched.clone(), metrics.fetch_seconds.clone()),
            known: Known::default(),
        };
        let bodies = Arc::new(BodyIndex::new(registry.bodies()));
        let parse = ParseHandler::new(store.clone(), archive, bodies, Arc::new(InProcess));
        let webhook = Webhook::new(receivers.webhook, Arc::new(http()), shared.clone()).unwrap();
        let alertmanager =
            Arc::new(Alertmanager::new(receivers.alertmanager, Arc::new(http()), shared.clone()).unwrap());
        let channels: Vec<Arc<dyn Channel>> = vec![Arc::new(webhook), alertmanager.clone()];
        let names: Vec<String> = channels.iter().map(|channel| channel.name().to_owned()).collect();
        let imports = Arc::new(Imports::new(store.clone()));
        let due = DueHandler::new(store.clone(), shared.clone(), names.clone(), imports.clone(), FIRST_YEAR);
        let console = "http://console.example/";
        let notify = NotifyHandler::new(store.clone(), shared.clone(), channels, console);
        let handlers: [Arc<dyn Handler>; 5] = [
            Arc::new(fetch),
            Arc::new(parse),
            Arc::new(JudgeHandler::new(store.clone())),
            Arc::new(due),
            Arc::new(notify),
        ];
        tokio::spawn(Relay::new(deps.clone(), 1_000).run(stop.clone()));
        for handler in handlers {
            let options = WorkerOptions::new(&WorkerSettings { slots: 8, batch: 32 }, DEADLINE);
            tokio::spawn(Worker::new(deps.clone(), handler, options).run(stop.clone()));
        }
        let codes = gongkai_judging::rules().iter().map(|rule| (rule.code, rule.severities));
        let codes = codes.chain(rule_docs().iter().map(|doc| (doc.code, doc.severities)).collect::<Vec<_>>());
        let codes = codes.flat_map(|(code, severities)| severities.iter().map(|own| (code.to_owned(), *own)));
        let gauges = StoreGauges::new(metrics.clone(), codes.collect()).unwrap();
        let listener = ops::bind("127.0.0.1:0").await.unwrap();
        let metrics_at = listener.local_addr().unwrap();
        tokio::spawn(ops::serve(listener, ops::router(metrics, store.clone(), stop.clone()), stop.clone()));
        Self {
            scheduler: Scheduler::new(store.clone(), shared.clone(), 100_000, Arc::new(|| {})),
            ticker: Ticker::new(store.clone(), shared.clone(), names, imports, gauges, FIRST_YEAR),
            resender: Resender::new(store.clone(), shared, alertmanager, console),
            metrics_at,
            store,
            clock,
            wake,
            stop,
        }
    }

    /// One more look of the calendar: what is shown as metrics is what stood when it began.
    pub(super) async fn look(&mut self) {
        self.ticker.tick(&CancellationToken::new()).await.unwrap();
        self.quiet().await;
    }

    /// Moves the clock and waits until all that this brings is done.
    pub(super) async fn move_to(&mut self, now: Timestamp) {
        self.clock.set(now);
        while self.scheduler.tick().await.unwrap() > 0 {
            self.quiet().await;
        }
        // Work that waited for a later time after a failure may be due without the scheduler.
        self.quiet().await;
        // The first look of a day marks what is due, the next one sees what came of it.
        for _ in 0..2 {
            self.look().await;
        }
    }

    /// Waits until no stage has anything to do at this moment. The relay is called for what is ready only, and neither it nor the
    /// store is asked all the time: on a server that would cost more than the work.
    async fn quiet(&self) {
        let end = Instant::now() + SETTLED_WITHIN;
        loop {
            let counts = self.store.stage_counts(self.clock.now()).await.unwrap();
            if counts.iter().all(|count| count.ready + count.sent == 0) {
                return;
            }
            assert!(Instant::now() < end, "not settled at {}: {counts:?}", self.clock.now());
            let ready = counts.iter().filter(|count| count.ready > 0).map(|count| count.stage);
            self.wake.wake(&ready.collect::<Vec<_>>());
            sleep(ASKED_EVERY).await;
        }
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        self.stop.soft.cancel();
        self.stop.hard.cancel();
    }
}
