//! Which sites are in their first import: their alerts are held and told in one digest. A replay holds those of all sites.
//!
//! A site's first import lasts from its first poll until its digest exists. The ticker makes the digest once every column
//! was read completely and no document waits in any stage, or 24 hours after the first poll, whichever comes first. So the
//! digest in the store is the only memory of it, and every process agrees.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use gongkai_store::{Alert, AlertKind, Filter, Store, StoreResult};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

/// How long "still importing" is believed without asking again. What is held too long by it goes into a second digest.
const ASK_AGAIN: SignedDuration = SignedDuration::from_secs(5);

/// The same for a replay; it is shorter than the way of a version through its stages takes.
const REPLAY_ASKED: SignedDuration = SignedDuration::from_millis(50);

#[derive(Default)]
struct Known {
    over: HashSet<String>,
    asked: HashMap<String, Timestamp>,
    replaying: Option<(Timestamp, bool)>,
}

/// What is known about first imports. Shared by handler and ticker.
pub struct Imports {
    store: Arc<dyn Store>,
    known: Mutex<Known>,
}

impl Imports {
    /// Nothing known yet.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Mutex::default() }
    }

    /// True while the site is in its first import, or a replay is under way.
    pub async fn holds(&self, site: &str, now: Timestamp) -> StoreResult<bool> {
        let mut known = self.known.lock().await;
        if self.replaying(&mut known, now).await? {
            return Ok(true);
        }
        if known.over.contains(site) {
            return Ok(false);
        }
        if known.asked.get(site).is_some_and(|asked| now.duration_since(*asked).abs() < ASK_AGAIN) {
            return Ok(true);
        }
        let over =
            alerts_of(self.store.as_ref(), site).await?.iter().any(|alert| alert.kind == AlertKind::Digest);
        known.asked.insert(site.to_owned(), now);
        if over {
            known.over.insert(site.to_owned());
        }
        Ok(!over)
    }

    /// Many due reports are settled within a moment; the store is asked once for them.
    async fn replaying(&self, known: &mut Known, now: Timestamp) -> StoreResult<bool> {
        if let Some((asked, answer)) = known.replaying
            && now.duration_since(asked).abs() < REPLAY_ASKED
        {
            return Ok(answer);
        }
        let answer = self.store.replaying().await?.is_some();
        known.replaying = Some((now, answer));
        Ok(answer)
    }

    /// The site's digest exists now.
    pub async fn ended(&self, site: &str) {
        self.known.lock().await.over.insert(site.to_owned());
    }
}

/// All alerts of a site, newest first.
pub(crate) async fn alerts_of(store: &dyn Store, site: &str) -> StoreResult<Vec<Alert>> {
    store.alerts(&Filter { site: Some(site.to_owned()), ..Filter::default() }).await
}
