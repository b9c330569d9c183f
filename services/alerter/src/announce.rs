//! What the calendar announces besides single reports: sites in trouble, work set aside, digests for supervising offices.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use gongkai_model::Body;
use gongkai_store::{Due, Filter, Site, SiteStatus, StageCount, Store, StoreResult};
use jiff::{Timestamp, civil::Date};

use crate::{
    around::Around,
    imports::Imports,
    office::{digests, is_day},
    parked,
    polls::SitePolls,
    site_changed,
};

/// How many pieces of work that were set aside are read for their alert.
const PARKED_READ: u32 = 1_000;

/// Tells every channel.
pub(crate) struct Announcements {
    store: Arc<dyn Store>,
    channels: Vec<String>,
    imports: Arc<Imports>,
    /// Digests of offices that this process has handed to the store, by key and channel.
    digested: HashSet<(String, String)>,
}

impl Announcements {
    /// To these channels (their names).
    pub(crate) fn new(store: Arc<dyn Store>, channels: Vec<String>, imports: Arc<Imports>) -> Self {
        Self { store, channels, imports, digested: HashSet::new() }
    }

    /// Sites that answer with something else than their lists, and work that was set aside.
    pub(crate) async fn troubles(
        &self,
        sites: &[SiteStatus],
        stages: &[StageCount],
        polls: &HashMap<String, SitePolls>,
        now: Timestamp,
    ) -> StoreResult<()> {
        let parked = if stages.iter().any(|count| count.parked > 0) {
            self.store.dead_letters(&Filter { limit: PARKED_READ, ..Filter::default() }).await?
        } else {
            Vec::new()
        };
        let own: Vec<&Site> = sites.iter().map(|status| &status.site).collect();
        for channel in &self.channels {
            let open = self.store.open_alerts(channel).await?;
            let mut changes = site_changed::changes(&own, polls, &open, channel);
            changes.extend(parked::changes(&parked, &open, channel));
            if !changes.is_empty() {
                self.store.change_alerts(&changes, now).await?;
            }
        }
        Ok(())
    }

    /// Digests around due dates; the store keeps each from being told twice.
    pub(crate) async fn offices(
        &mut self,
        bodies: Vec<Body>,
        dues: &[Due],
        sites: &[SiteStatus],
        (today, now): (Date, Timestamp),
    ) -> StoreResult<()> {
        // An index over all names of the registry is not made for nothing.
        if self.channels.is_empty() || !is_day(dues, today) {
            return Ok(());
        }
        let around = Around::new(bodies, []);
        let mut importing = HashSet::new();
        for status in sites {
            if self.imports.holds(&status.site.id, now).await? {
                importing.insert(status.site.id.clone());
            }
        }
        for channel in self.channels.clone() {
            let mut digests = digests(&around, dues, &importing, (today, now), &channel);
            digests.retain(|digest| !self.digested.contains(&(digest.key.clone(), channel.clone())));
            if !digests.is_empty() {
                self.store.change_alerts(&digests, now).await?;
                self.digested.extend(digests.into_iter().map(|digest| (digest.key, channel.clone())));
            }
        }
        Ok(())
    }
}
