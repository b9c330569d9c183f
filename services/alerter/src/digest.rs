//! The digest that ends a site's first import: one alert in place of all that were held.
use std::{collections::BTreeMap, sync::Arc};

use gongkai_model::{Severity, Text};
use gongkai_store::{Alert, AlertChange, AlertKind, AlertState, Site, Store, StoreResult};
use jiff::{SignedDuration, Timestamp};

use crate::imports::{Imports, alerts_of};

/// A first import ends after so long, whatever still waits.
const LONGEST_IMPORT: SignedDuration = SignedDuration::from_hours(24);
/// How long after a digest alerts that a slower process still held are looked for.
const LEFTOVERS_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What the ticker knows about a site when it asks for digests.
pub(crate) struct Progress {
    /// Its first poll of any outcome.
    pub(crate) first_poll: Option<Timestamp>,
    /// Every column was read completely at least once.
    pub(crate) complete_once: bool,
    /// No document waits in any stage.
    pub(crate) idle: bool,
}

impl Progress {
    fn is_over(&self, now: Timestamp) -> bool {
        let long_ago = self.first_poll.is_some_and(|first| now.duration_since(first) >= LONGEST_IMPORT);
        long_ago || (self.complete_once && self.idle)
    }
}

/// Makes digests.
pub(crate) struct Digests {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) imports: Arc<Imports>,
    pub(crate) channels: Vec<String>,
}

impl Digests {
    /// Ends the first import of a site when its time has come, and gathers what was held after it by a slower process.
    pub(crate) async fn settle(&self, site: &Site, progress: &Progress, now: Timestamp) -> StoreResult<()> {
        let alerts = alerts_of(self.store.as_ref(), &site.id).await?;
        for channel in &self.channels {
            let own: Vec<_> = alerts.iter().filter(|alert| alert.channel == *channel).collect();
            let digest =
                own.iter().filter(|alert| alert.kind == AlertKind::Digest).map(|alert| alert.opened_at).max();
            let held: Vec<_> = own.into_iter().filter(|alert| alert.state == AlertState::Held).collect();
            let (due, key) = match digest {
                None => (progress.is_over(now), site.id.clone()),
                Some(told) => {
                    let leftovers = !held.is_empty() && now.duration_since(told) < LEFTOVERS_FOR;
                    (leftovers, format!("{}@{now}", site.id))
                }
            };
            if due {
                self.tell(site, channel, key, &held, now).await?;
            }
        }
        Ok(())
    }

    /// The digest first, then the release: a crash between them tells the held ones again and loses none.
    async fn tell(
        &self,
        site: &Site,
        channel: &str,
        key: String,
        held: &[&Alert],
        now: Timestamp,
    ) -> StoreResult<()> {
        let change = AlertChange {
            kind: AlertKind::Digest,
            key,
            channel: channel.to_owned(),
            open: true,
            hold: false,
            severity: held.iter().map(|alert| alert.severity).max().unwrap_or(Severity::Hint),
            site: Some(site.id.clone()),
            body: None,
            year: None,
            message: message(site, held),
        };
        self.store.change_alerts(&[change], now).await?;
        self.imports.ended(&site.id).await;
        self.store.release_held(&site.id, channel, now).await?;
        tracing::info!(site = %site.id, channel, held = held.len(), "first import told in one digest");
        Ok(())
    }
}

fn message(site: &Site, held: &[&Alert]) -> Text {
    let (name, counts) = (&site.name, counts(held));
    match counts {
        None => Text::new(
            format!("{name}首次导入完成，无提醒"),
            format!("{name}: first import finished, nothing to tell"),
        ),
        Some(counts) => Text::new(
            format!("{name}首次导入完成：{}", counts.zh),
            format!("{name}: first import finished: {}", counts.en),
        ),
    }
}

/// How many of each kind; `None` when there are none.
pub(crate) fn counts(held: &[&Alert]) -> Option<Text> {
    let mut counts: BTreeMap<&'static str, (AlertKind, usize)> = BTreeMap::new();
    held.iter().for_each(|alert| counts.entry(alert.kind.as_str()).or_insert((alert.kind, 0)).1 += 1);
    let list = |zh: bool| {
        let mark = if zh { "，" } else { ", " };
        let item = |(kind, count): &(AlertKind, usize)| match zh {
            true => format!("{}{count}", kind_zh(*kind)),
            false => format!("{} {count}", kind.as_str()),
        };
        counts.values().map(item).collect::<Vec<_>>().join(mark)
    };
    (!counts.is_empty()).then(|| Text::new(list(true), list(false)))
}

/// A kind in Chinese.
pub(crate) const fn kind_zh(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::New => "已发布报告",
        AlertKind::Late => "逾期发布",
        AlertKind::Overdue => "逾期未见",
        AlertKind::Inconsistent => "勾稽不一致",
        AlertKind::Revised => "发布后变动",
        AlertKind::Withdrawn => "撤下",
        AlertKind::YearMismatch => "年份不符",
        AlertKind::PublishedEarly => "日期早于期限届满",
        AlertKind::PublisherMismatch => "标题与落款不符",
        AlertKind::UntrustedHost => "非发布单位网站上的副本",
        AlertKind::CopiesDiffer => "几处发布不一致",
        AlertKind::SiteBlind => "网站无法观测",
        AlertKind::SiteChanged => "网站栏目异常",
        AlertKind::Parked => "任务搁置",
        AlertKind::Digest => "汇总",
        AlertKind::OfficeDigest => "期限汇总",
    }
}
