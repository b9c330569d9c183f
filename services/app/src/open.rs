//! What the commands stand on: settings, and the store in the way a command needs it.
use std::sync::Arc;

use gongkai_runtime::settings::{Layers, Loaded, Override, environment, load};
use gongkai_store::{Store, open_store_read_only, open_store_shared};
use tokio::runtime::Runtime;

use crate::cli::SettingsArguments;

/// The effective settings.
pub(crate) fn settings(arguments: &SettingsArguments, overrides: Vec<Override>) -> anyhow::Result<Loaded> {
    Ok(load(&Layers { file: arguments.config.clone(), environment: environment(), overrides })?)
}

/// A runtime for a short command.
pub(crate) fn runtime() -> anyhow::Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// The store, for a command that only looks.
pub(crate) async fn reading(arguments: &SettingsArguments) -> anyhow::Result<(Loaded, Arc<dyn Store>)> {
    let loaded = settings(arguments, Vec::new())?;
    let store = open_store_read_only(&loaded.settings.store.url).await?;
    Ok((loaded, store))
}

/// The store, for a short command that writes beside a running service.
pub(crate) async fn writing(arguments: &SettingsArguments) -> anyhow::Result<(Loaded, Arc<dyn Store>)> {
    let loaded = settings(arguments, Vec::new())?;
    let store = open_store_shared(&loaded.settings.store.url).await?;
    Ok((loaded, store))
}
