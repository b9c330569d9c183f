//! Opens what services stand on. Servers that are not there yet are waited for: services and servers often start together.
use std::{future::Future, sync::Arc, time::Duration};

use anyhow::Context;
use gongkai_bus::{Bus, BusError, BusOptions, open_bus};
use gongkai_runtime::{backoff::Backoff, lifecycle::Stop, settings::Settings};
use gongkai_store::{Store, StoreError, open_store};
use tokio::time::Instant;

/// How long servers are waited for at the start.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pauses between tries.
const PAUSES: Backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(2));

/// The store of the settings.
pub(super) async fn store(settings: &Settings, stop: &Stop) -> anyhow::Result<Arc<dyn Store>> {
    let open = || open_store(&settings.store.url);
    let passes = |error: &StoreError| matches!(error, StoreError::Away(_));
    Ok(patiently("store", stop, open, passes).await?)
}

/// The bus of the settings; `name` tells people who look at the broker whose connection it is.
pub(super) async fn bus(settings: &Settings, name: &str, stop: &Stop) -> anyhow::Result<Arc<dyn Bus>> {
    let options = bus_options(settings, name)?;
    let passes = |error: &BusError| matches!(error, BusError::Away(_));
    Ok(patiently("bus", stop, || open_bus(&options), passes).await?)
}

/// What the settings say of the bus.
pub(crate) fn bus_options(settings: &Settings, name: &str) -> anyhow::Result<BusOptions> {
    let file = &settings.bus.ca_file;
    let ca_certificates = if file.as_os_str().is_empty() {
        None
    } else {
        let about = || format!("bus.ca_file：无法读取 {0} (cannot read {0})", file.display());
        Some(std::fs::read_to_string(file).with_context(about)?)
    };
    let (url, prefix) = (settings.bus.url.clone(), settings.bus.prefix.clone());
    Ok(BusOptions { url, prefix, name: name.to_owned(), ca_certificates })
}

/// Tries until it works, a stop is asked for, the time is over, or the error is one that stays.
async fn patiently<T, E, F>(
    what: &'static str,
    stop: &Stop,
    open: impl Fn() -> F,
    passes: impl Fn(&E) -> bool,
) -> Result<T, E>
where
    E: std::fmt::Display,
    F: Future<Output = Result<T, E>>,
{
    let end = Instant::now() + PATIENCE;
    let mut failures = 0;
    loop {
        let error = match open().await {
            Ok(there) => return Ok(there),
            Err(error) if !passes(&error) || Instant::now() >= end => return Err(error),
            Err(error) => error,
        };
        failures += 1;
        if failures == 1 {
            tracing::warn!(what, %error, "not there yet; waiting for it");
        }
        if !stop.sleep(PAUSES.after(failures)).await {
            return Err(error);
        }
    }
}
