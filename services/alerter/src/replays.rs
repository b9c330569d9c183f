//! The digest that ends a replay: what a new release finds in old documents is told as one thing.
use std::sync::Arc;

use gongkai_model::{Body, Stage, Text};
use gongkai_store::{
    Alert, AlertChange, AlertKind, AlertState, SiteStatus, StageCount, Store, StoreResult, Telling,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    digest::{gravity, summary},
    imports::alerts_of,
};

/// A replay is told after so long, whatever still waits.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Tells replays that are over.
pub(crate) struct Replays {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) channels: Vec<String>,
}

impl Replays {
    /// Looks whether a replay is over, and tells it.
    pub(crate) async fn settle(
        &self,
        sites: &[SiteStatus],
        stages: &[StageCount],
        bodies: &[Body],
        now: Timestamp,
    ) -> StoreResult<()> {
        let Some(began) = self.store.replaying().await? else { return Ok(()) };
        // What waits for a later time after a failure may wait for days.
        let works = |count: &StageCount| {
            matches!(count.stage, Stage::Parse | Stage::Judge | Stage::Due) && count.ready + count.sent > 0
        };
        if stages.iter().any(works) && now.duration_since(began) < LONGEST {
            return Ok(());
        }
        let mut held: Vec<Alert> = Vec::new();
        for status in sites {
            let alerts = alerts_of(self.store.as_ref(), &status.site.id).await?;
            // What a site holds in its first import waits for the digest of that.
            if alerts.iter().any(|alert| alert.kind == AlertKind::Digest) {
                held.extend(alerts.into_iter().filter(|alert| alert.state == AlertState::Held));
            }
        }
        for channel in &self.channels {
            let own: Vec<&Alert> = held.iter().filter(|alert| alert.channel == *channel).collect();
            self.tell(channel, began, (&own, bodies), now).await?;
        }
        self.store.replay_told(began, now).await
    }

    /// The digest first, then the release: a crash between them tells nothing twice, for the digest's key is the replay's.
    async fn tell(
        &self,
        channel: &str,
        began: Timestamp,
        (own, bodies): (&[&Alert], &[Body]),
        now: Timestamp,
    ) -> StoreResult<()> {
        let change = AlertChange {
            kind: AlertKind::Digest,
            key: format!("replay@{began}"),
            channel: channel.to_owned(),
            open: true,
            telling: Telling::AtOnce,
            severity: gravity(own),
            site: None,
            body: None,
            year: None,
            message: message(own, bodies),
        };
        self.store.change_alerts(&[change], now).await?;
        let mut sites: Vec<&str> = own.iter().filter_map(|alert| alert.site.as_deref()).collect();
        sites.sort_unstable();
        sites.dedup();
        for site in sites {
            self.store.release_held(site, channel, now).await?;
        }
        tracing::info!(channel, held = own.len(), "replay told in one digest");
        Ok(())
    }
}

fn message(held: &[&Alert], bodies: &[Body]) -> Text {
    match summary(held, bodies) {
        None => Text::new("重新处理完成，无新提醒", "replay finished, nothing new to tell"),
        Some(told) => {
            Text::new(format!("重新处理完成：{}", told.zh), format!("replay finished: {}", told.en))
        }
    }
}
