//! `gongkai run`: wires the services of one process and runs them until it is told to stop.
mod drafts;
mod opening;
mod wiring;

use std::time::Duration;

use gongkai_runtime::{
    lifecycle::{Lifecycle, OsSignals},
    settings::Loaded,
    telemetry::start_logging,
};

pub(crate) use self::opening::bus_options;
use crate::{
    Parts,
    cli::{RunArguments, Service, SettingsArguments},
    demo::Demo,
    open,
    output::{self, Exit},
};

/// Blocking work (a file, a query) that is under way at the stop may take this long more.
const LAST_WORK: Duration = Duration::from_millis(500);

/// Runs the command.
pub(crate) fn command(
    arguments: &SettingsArguments,
    run: &RunArguments,
    parts: &Parts,
) -> anyhow::Result<Exit> {
    let demo = if run.demo { Some(Demo::prepare()?) } else { None };
    let overrides = demo.as_ref().map(Demo::overrides).unwrap_or_default();
    let loaded = open::settings(arguments, overrides)?;
    start_logging(&loaded.settings.log)?;
    let services = if run.services.is_empty() { Service::ALL.to_vec() } else { run.services.clone() };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(serve(loaded, &services, demo, parts));
    runtime.shutdown_timeout(LAST_WORK);
    ended?;
    output::print("已停止 (stopped)\n")?;
    Ok(Exit::Fine)
}

async fn serve(
    loaded: Loaded,
    services: &[Service],
    demo: Option<Demo>,
    parts: &Parts,
) -> anyhow::Result<()> {
    let signals = OsSignals::listen()?;
    let lifecycle = Lifecycle::new();
    let absent: Vec<String> = Service::ALL
        .iter()
        .filter(|service| !services.contains(service))
        .map(|s| format!("{s:?}").to_lowercase())
        .collect();
    if !absent.is_empty() && loaded.settings.bus.url.starts_with("memory:") {
        tracing::warn!(
            services = absent.join(" "),
            "not running here; with the memory bus their work waits in the store"
        );
    }
    wiring::start(&lifecycle, &loaded, services, demo, parts).await?;
    lifecycle.run(signals).await?;
    Ok(())
}
