//! The bodies of the registry, read from the store once a minute at most.
use std::{collections::HashMap, sync::Arc};

use gongkai_model::Body;
use gongkai_store::{Store, StoreResult};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

const FRESH_FOR: SignedDuration = SignedDuration::from_secs(60);

/// The bodies by id.
pub(crate) type Bodies = Arc<HashMap<String, Body>>;

/// A copy of the registry.
pub(crate) struct Registry {
    store: Arc<dyn Store>,
    copy: Mutex<Option<(Timestamp, Bodies)>>,
}

impl Registry {
    /// A registry over a store.
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, copy: Mutex::new(None) }
    }

    /// The bodies, at most a minute old.
    pub(crate) async fn bodies(&self, now: Timestamp) -> StoreResult<Bodies> {
        let mut copy = self.copy.lock().await;
        if let Some((read_at, bodies)) = copy.as_ref()
            && now.duration_since(*read_at).abs() < FRESH_FOR
        {
            return Ok(bodies.clone());
        }
        let bodies: Bodies =
            Arc::new(self.store.bodies().await?.into_iter().map(|body| (body.id.clone(), body)).collect());
        *copy = Some((now, bodies.clone()));
        Ok(bodies)
    }
}
