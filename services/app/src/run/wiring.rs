//! Which parts a service is made of, and what each is given.
use std::{
    collections::HashMap, convert::Infallible, env, future::Future, io, net::SocketAddr, path::PathBuf,
    sync::Arc, time::Duration,
};

use anyhow::Context;
use gongkai_alerter::{
    DueHandler, Imports, NotifyHandler, StoreGauges, Ticker,
    channel::{
        Channel,
        alertmanager::{Alertmanager, Resender},
        webhook::Webhook,
    },
    rule_docs,
};
use gongkai_console::{Access, ConsoleState, draft::Drafts, router};
use gongkai_fetcher::{FetchHandler, FetchMetrics, Known, PoliteClient, Profiles, Registry, Scheduler, sync};
use gongkai_judging::rules;
use gongkai_model::{BodyIndex, Severity, Stage};
use gongkai_parser::{ParseHandler, ReaderCommand, Readers, child::MEMORY_MIB};
use gongkai_runtime::{
    RuntimeError,
    clock::{Clock, SystemClock},
    dead_letters::DeadLetters,
    handler::Handler,
    http::{HttpClient, HttpConfig},
    lifecycle::Lifecycle,
    ops,
    relay::Relay,
    settings::{EmailSettings, HttpSettings, Loaded, Settings, WorkerSettings},
    telemetry::Metrics,
    wake::Wake,
    worker::{Deps, Worker, WorkerOptions},
};
use gongkai_store::{Archive, open_archive};
use gongkai_validator::JudgeHandler;
use tokio::net::TcpListener;

use super::{drafts::DraftReaders, opening};
use crate::{Parts, cli::Service, demo::Demo, output, sites};

/// Longest time for one document or list.
const FETCH_DEADLINE: Duration = Duration::from_secs(600);
/// Twice the time that a reader process has for a document, so that a document's end is told as such.
const READ_DEADLINE: Duration = Duration::from_secs(60);
const QUICK_DEADLINE: Duration = Duration::from_secs(60);
/// Due reports and alerts are small and quick.
const QUICK: WorkerSettings = WorkerSettings { slots: 4, batch: 64 };
/// Fetches end one by one; what ends within a moment is committed together.
const FETCH_BATCH: u16 = 32;
/// The longest pause between two looks at the size of tables; the database does that by itself as well.
const STATISTICS_EVERY: Duration = Duration::from_secs(3600);
/// How often archived bytes that nothing names are looked for, and how old they must be.
const SWEEP_EVERY: Duration = Duration::from_secs(24 * 3600);
const SWEEP_AGE: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

/// What the services of a process share.
struct Shared<'s> {
    settings: &'s Settings,
    deps: Deps,
    archive: Arc<dyn Archive>,
    registry: Registry,
    profiles: Arc<Profiles>,
    /// Names that are answered in this process: the demo's site.
    hosts: HashMap<String, SocketAddr>,
    console: String,
    document_deadline: Duration,
}

/// Opens everything and spawns the services.
pub(super) async fn start(
    lifecycle: &Lifecycle,
    loaded: &Loaded,
    services: &[Service],
    demo: Option<Demo>,
    parts: &Parts,
) -> anyhow::Result<()> {
    let settings = &loaded.settings;
    let (registry, profiles) = configured(settings)?;
    let stop = lifecycle.stop();
    let store = opening::store(settings, &stop).await?;
    let archive = open_archive(&settings.archive.url)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock { today: settings.calendar.today });
    sync(store.as_ref(), &profiles, &registry, clock.now()).await?;
    let metrics = Arc::new(Metrics::new(env!("CARGO_PKG_VERSION"))?);
    let bus = opening::bus(settings, &name_of(services), &stop).await?;
    let checkpoint = parts.checkpoint.clone();
    let deps = Deps { store, bus, clock, wake: Wake::new(), metrics, checkpoint };
    let listener = listen(settings, demo.is_some()).await?;
    let own = format!("http://{}/", listener.local_addr()?);
    let public = &settings.http.public_url;
    let console = if public.is_empty() { own.clone() } else { format!("{}/", public.trim_end_matches('/')) };
    let hosts = match &demo {
        Some(demo) => demo.serve(lifecycle).await?,
        None => HashMap::new(),
    };
    let (profiles, document_deadline) = (Arc::new(profiles), parts.document_deadline);
    let shared = Shared { settings, deps, archive, registry, profiles, hosts, console, document_deadline };
    shared.spawn_common(lifecycle);
    for service in services {
        shared.spawn(*service, lifecycle)?;
    }
    shared.spawn_http(lifecycle, listener, services.contains(&Service::Console))?;
    match demo {
        Some(demo) => demo.tell(lifecycle, shared.deps.store.clone(), shared.console),
        None if services.contains(&Service::Console) => {
            output::print(&format!("控制台 (console): {own}\n"))?;
        }
        None => {
            output::print(&format!("{} 已启动，指标 (started, metrics): {own}metrics\n", name_of(services)))?
        }
    }
    Ok(())
}

fn configured(settings: &Settings) -> anyhow::Result<(Registry, Profiles)> {
    sites::load(settings).map_err(|problems| {
        let lines: Vec<String> =
            problems.iter().map(|problem| problem.render(gongkai_model::Lang::Zh, false)).collect();
        anyhow::anyhow!(
            "登记表或站点配置有误，未启动 (registry or site profiles are wrong; not started)\n{}",
            lines.join("\n")
        )
    })
}

/// The address of the settings; the demo takes any free port if that one is taken.
async fn listen(settings: &Settings, demo: bool) -> anyhow::Result<TcpListener> {
    match ops::bind(&settings.http.listen).await {
        Err(RuntimeError::Listen { source, .. }) if demo && source.kind() == io::ErrorKind::AddrInUse => Ok(ops::bind("127.0.0.1:0").await?),
        Err(error @ RuntimeError::Listen { .. }) => {
            Err(error).context("请停掉占用端口的程序，或设置 GONGKAI_HTTP__LISTEN (stop what holds the port, or set GONGKAI_HTTP__LISTEN)")
        }
        other => Ok(other?),
    }
}

/// This binary once more, with the hidden command. On Linux it is the very file that runs, also after another release was
/// put in its place: two releases may read one document differently.
pub(super) fn reader_command() -> anyhow::Result<ReaderCommand> {
    let program = if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        env::current_exe().context("找不到自己的程序文件 (cannot find this program's own file)")?
    };
    let arguments = ["read-documents".into(), "--memory-mib".into(), MEMORY_MIB.to_string().into()];
    Ok(ReaderCommand { program, name: "gongkai".into(), arguments: arguments.to_vec() })
}

/// The tokens of the settings; the one for actions may stand in a file.
fn access(http: &HttpSettings) -> anyhow::Result<Access> {
    let file = &http.token_file;
    if !http.token.is_empty() || file.as_os_str().is_empty() {
        return Ok(Access::new(&http.token, &http.read_token));
    }
    let about = || format!("http.token_file：无法读取 {0} (cannot read {0})", file.display());
    let text = std::fs::read_to_string(file).with_context(about)?;
    let token = text.lines().next().unwrap_or_default().trim();
    anyhow::ensure!(
        !token.is_empty(),
        "http.token_file：{0} 第一行为空 (the first line of {0} is empty)",
        file.display()
    );
    Ok(Access::new(token, &http.read_token))
}

/// Whose connection it is, for people who look at the broker.
fn name_of(services: &[Service]) -> String {
    let names: Vec<String> = services.iter().map(|service| format!("{service:?}").to_lowercase()).collect();
    format!("gongkai {}", if names.len() == Service::ALL.len() { "all".to_owned() } else { names.join(" ") })
}

/// A task that has no error to tell.
async fn endless(task: impl Future<Output = ()> + Send + 'static) -> Result<(), Infallible> {
    task.await;
    Ok(())
}

impl Shared<'_> {
    /// What every process runs: relay, dead letters, the archive's sweep.
    fn spawn_common(&self, lifecycle: &Lifecycle) {
        let deps = &self.deps;
        let relay = Relay::new(deps.clone(), self.settings.bus.window);
        lifecycle.spawn("relay", endless(relay.run(lifecycle.stop())));
        let letters = DeadLetters::new(deps.clone());
        let stop = lifecycle.stop();
        lifecycle.spawn("dead letters", endless(async move { letters.run(stop).await }));
    }

    fn spawn(&self, service: Service, lifecycle: &Lifecycle) -> anyhow::Result<()> {
        match service {
            Service::Fetcher => self.fetcher(lifecycle),
            Service::Parser => self.parser(lifecycle),
            Service::Validator => {
                let handler = JudgeHandler::new(self.deps.store.clone());
                self.worker(lifecycle, "validator", Arc::new(handler), &self.settings.judge, READ_DEADLINE);
                Ok(())
            }
            Service::Alerter => self.alerter(lifecycle),
            // Served with the operations endpoints.
            Service::Console => Ok(()),
        }
    }

    /// Documents are read in processes of this same binary.
    fn parser(&self, lifecycle: &Lifecycle) -> anyhow::Result<()> {
        let bodies = Arc::new(BodyIndex::new(self.registry.bodies()));
        let settings = &self.settings.parse;
        let readers = Arc::new(Readers::new(reader_command()?, settings.slots, self.document_deadline));
        let handler = ParseHandler::new(self.deps.store.clone(), self.archive.clone(), bodies, readers);
        self.worker(lifecycle, "parser", Arc::new(handler), settings, READ_DEADLINE);
        Ok(())
    }

    fn worker(
        &self,
        lifecycle: &Lifecycle,
        name: &'static str,
        handler: Arc<dyn Handler>,
        settings: &WorkerSettings,
        deadline: Duration,
    ) {
        let worker = Worker::new(self.deps.clone(), handler, WorkerOptions::new(settings, deadline));
        lifecycle.spawn(name, worker.run(lifecycle.stop()));
    }

    fn client(&self, allow_private: bool) -> anyhow::Result<HttpClient> {
        let config = HttpConfig {
            overrides: self.hosts.clone(),
            allow_private,
            ..HttpConfig::from_settings(&self.settings.fetch)
        };
        Ok(HttpClient::new(config)?)
    }

    fn fetcher(&self, lifecycle: &Lifecycle) -> anyhow::Result<()> {
        let (deps, settings) = (&self.deps, &self.settings.fetch);
        let handler = FetchHandler {
            store: deps.store.clone(),
            archive: self.archive.clone(),
            client: PoliteClient::new(self.client(settings.allow_private)?, deps.clock.clone(), settings),
            profiles: self.profiles.clone(),
            clock: deps.clock.clone(),
            settings: settings.clone(),
            first_year: self.settings.calendar.first_year,
            metrics: FetchMetrics::new(
                deps.metrics.documents_fetched.clone(),
                deps.metrics.fetch_seconds.clone(),
            ),
            known: Known::default(),
        };
        let slots = WorkerSettings { slots: settings.slots, batch: FETCH_BATCH };
        self.worker(lifecycle, "fetcher", Arc::new(handler), &slots, FETCH_DEADLINE);
        let wake = deps.wake.clone();
        let scheduler = Scheduler::new(
            deps.store.clone(),
            deps.clock.clone(),
            settings.max_unfinished,
            Arc::new(move || wake.wake(&[Stage::Fetch])),
        );
        let stop = lifecycle.stop();
        lifecycle.spawn("scheduler", async move { scheduler.run(stop.soft).await });
        self.sweep(lifecycle);
        self.statistics(lifecycle);
        Ok(())
    }

    /// A first import fills empty tables within seconds: the database is told to look at them, ever more seldom.
    fn statistics(&self, lifecycle: &Lifecycle) {
        let (store, stop) = (self.deps.store.clone(), lifecycle.stop());
        lifecycle.spawn(
            "statistics",
            endless(async move {
                let mut pause = Duration::from_secs(1);
                while stop.sleep(pause).await {
                    if let Err(error) = store.refresh_statistics().await {
                        tracing::debug!(%error, "the database did not look at its tables; it will later");
                    }
                    pause = (pause * 2).min(STATISTICS_EVERY);
                }
            }),
        );
    }

    /// Deletes archived bytes that no version names; once a day.
    fn sweep(&self, lifecycle: &Lifecycle) {
        let (store, archive, clock, stop) =
            (self.deps.store.clone(), self.archive.clone(), self.deps.clock.clone(), lifecycle.stop());
        lifecycle.spawn(
            "archive sweep",
            endless(async move {
                while stop.sleep(SWEEP_EVERY).await {
                    let before = clock.now().saturating_sub(SWEEP_AGE).unwrap_or(jiff::Timestamp::MIN);
                    match archive.sweep(before, &store).await {
                        Ok(deleted) => tracing::info!(deleted, "archive swept"),
                        Err(error) => {
                            tracing::warn!(%error, "the archive could not be swept; tried again tomorrow")
                        }
                    }
                }
            }),
        );
    }

    fn alerter(&self, lifecycle: &Lifecycle) -> anyhow::Result<()> {
        let deps = &self.deps;
        let channels = self.channels(lifecycle)?;
        let names: Vec<String> = channels.iter().map(|channel| channel.name().to_owned()).collect();
        let imports = Arc::new(Imports::new(deps.store.clone()));
        let first_year = self.settings.calendar.first_year;
        let due = DueHandler::new(
            deps.store.clone(),
            deps.clock.clone(),
            names.clone(),
            imports.clone(),
            first_year,
        );
        self.worker(lifecycle, "alerter", Arc::new(due), &QUICK, QUICK_DEADLINE);
        let notify =
            NotifyHandler::new(deps.store.clone(), deps.clock.clone(), channels, self.console.clone());
        self.worker(lifecycle, "notifier", Arc::new(notify), &QUICK, QUICK_DEADLINE);
        let gauges = StoreGauges::new(deps.metrics.clone(), codes())?;
        let ticker = Ticker::new(deps.store.clone(), deps.clock.clone(), names, imports, gauges, first_year);
        let every = Duration::from_secs(self.settings.alert.tick_s);
        lifecycle.spawn("calendar", endless(ticker.run(every, lifecycle.stop().soft)));
        Ok(())
    }

    /// Receivers of alerts are the operator's own: they may stand on a private address.
    fn channels(&self, lifecycle: &Lifecycle) -> anyhow::Result<Vec<Arc<dyn Channel>>> {
        let (settings, clock) = (&self.settings.alert, &self.deps.clock);
        let mut channels: Vec<Arc<dyn Channel>> = Vec::new();
        if !settings.webhook_url.is_empty() {
            let client = Arc::new(self.client(true)?);
            channels.push(Arc::new(Webhook::new(&settings.webhook_url, client, clock.clone())?));
        }
        if !settings.alertmanager.url.is_empty() {
            let client = Arc::new(self.client(true)?);
            let channel = Arc::new(Alertmanager::new(&settings.alertmanager.url, client, clock.clone())?);
            let resender =
                Resender::new(self.deps.store.clone(), clock.clone(), channel.clone(), self.console.clone());
            let every = Duration::from_secs(settings.alertmanager.resend_s);
            lifecycle.spawn("resender", endless(resender.run(every, lifecycle.stop().soft)));
            channels.push(channel);
        }
        if !settings.email.smtp_url.is_empty() {
            channels.push(email(&settings.email)?);
        }
        Ok(channels)
    }

    fn spawn_http(&self, lifecycle: &Lifecycle, listener: TcpListener, console: bool) -> anyhow::Result<()> {
        let deps = &self.deps;
        let mut routes = ops::router(deps.metrics.clone(), deps.store.clone(), lifecycle.stop());
        if console {
            let state = ConsoleState {
                store: deps.store.clone(),
                archive: self.archive.clone(),
                clock: deps.clock.clone(),
                access: access(&self.settings.http)?,
                drafts: Drafts::new(Arc::new(DraftReaders::new()?)),
                public_url: self.console.clone(),
            };
            routes = routes.merge(router(state));
        }
        lifecycle.spawn("http", ops::serve(listener, routes, lifecycle.stop()));
        Ok(())
    }
}

#[cfg(feature = "email")]
fn email(settings: &EmailSettings) -> anyhow::Result<Arc<dyn Channel>> {
    Ok(Arc::new(gongkai_alerter::channel::email::Email::new(settings)?))
}

#[cfg(not(feature = "email"))]
fn email(_settings: &EmailSettings) -> anyhow::Result<Arc<dyn Channel>> {
    anyhow::bail!(
        "alert.email.smtp_url：此程序编译时未含邮件功能 (this program was built without the feature `email`)"
    )
}

/// Every rule with each severity it can give, so that its series exist from the start.
fn codes() -> Vec<(String, Severity)> {
    let own = rules()
        .iter()
        .flat_map(|rule| rule.severities.iter().map(|severity| (rule.code.to_owned(), *severity)));
    let due = rule_docs();
    let due =
        due.iter().flat_map(|doc| doc.severities.iter().map(|severity| (doc.code.to_owned(), *severity)));
    own.chain(due).collect()
}
