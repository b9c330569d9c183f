//! The bodies of the registry with the sites, read from the store once a minute at most.
use std::sync::Arc;

use gongkai_store::{Store, StoreResult};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::around::Around;

const FRESH_FOR: SignedDuration = SignedDuration::from_secs(60);

/// A copy of the registry.
pub(crate) struct Registry {
    store: Arc<dyn Store>,
    copy: Mutex<Option<(Timestamp, Around)>>,
}

impl Registry {
    /// A registry over a store.
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, copy: Mutex::new(None) }
    }

    /// What stands around a body, at most a minute old.
    pub(crate) async fn around(&self, now: Timestamp) -> StoreResult<Around> {
        let mut copy = self.copy.lock().await;
        if let Some((read_at, around)) = copy.as_ref()
            && now.duration_since(*read_at).abs() < FRESH_FOR
        {
            return Ok(around.clone());
        }
        let (bodies, sites) = (self.store.bodies().await?, self.store.sites().await?);
        let around = Around::new(bodies, sites.iter().map(|status| &status.site));
        *copy = Some((now, around.clone()));
        Ok(around)
    }
}
