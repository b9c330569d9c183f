//! The digest that ends a site's first import: one alert in place of all that were held.
use std::{collections::BTreeMap, sync::Arc};

use gongkai_model::{Body, Severity, Text};
use gongkai_store::{Alert, AlertChange, AlertKind, AlertState, Site, Store, StoreResult, Telling};
use jiff::{SignedDuration, Timestamp};

use crate::imports::{Imports, alerts_of};

/// A first import ends after so long, whatever still waits.
const LONGEST_IMPORT: SignedDuration = SignedDuration::from_hours(24);
/// How long after a digest alerts that a slower process still held are looked for.
const LEFTOVERS_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Names that a digest lists.
const LISTED: usize = 50;

/// What the ticker knows about a site when it asks for digests.
pub(crate) struct Progress<'t> {
    /// Its first poll of any outcome.
    pub(crate) first_poll: Option<Timestamp>,
    /// Every column was read completely at least once.
    pub(crate) complete_once: bool,
    /// No document waits in any stage.
    pub(crate) idle: bool,
    /// For their names.
    pub(crate) bodies: &'t [Body],
}

impl Progress<'_> {
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
    pub(crate) async fn settle(
        &self,
        site: &Site,
        progress: &Progress<'_>,
        now: Timestamp,
    ) -> StoreResult<()> {
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
                self.tell(site, channel, key, (&held, progress.bodies), now).await?;
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
        (held, bodies): (&[&Alert], &[Body]),
        now: Timestamp,
    ) -> StoreResult<()> {
        let change = AlertChange {
            kind: AlertKind::Digest,
            key,
            channel: channel.to_owned(),
            open: true,
            telling: Telling::AtOnce,
            severity: gravity(held),
            site: Some(site.id.clone()),
            body: None,
            year: None,
            message: message(site, held, bodies),
        };
        self.store.change_alerts(&[change], now).await?;
        self.imports.ended(&site.id).await;
        self.store.release_held(&site.id, channel, now).await?;
        tracing::info!(site = %site.id, channel, held = held.len(), "first import told in one digest");
        Ok(())
    }
}

fn message(site: &Site, held: &[&Alert], bodies: &[Body]) -> Text {
    let name = &site.name;
    match summary(held, bodies) {
        None => Text::new(
            format!("{name}首次导入完成，无提醒"),
            format!("{name}: first import finished, nothing to tell"),
        ),
        Some(told) => Text::new(
            format!("{name}首次导入完成：{}", told.zh),
            format!("{name}: first import finished: {}", told.en),
        ),
    }
}

/// The gravest of what has opened; what has ended is a hint.
pub(crate) fn gravity(held: &[&Alert]) -> Severity {
    let opened = held.iter().filter(|alert| !alert.is_ending());
    opened.map(|alert| alert.severity).max().unwrap_or(Severity::Hint)
}

/// How many of each kind have opened, and which have ended; `None` when there are none.
pub(crate) fn summary(held: &[&Alert], bodies: &[Body]) -> Option<Text> {
    let (ending, opened): (Vec<&Alert>, Vec<&Alert>) = held.iter().partition(|alert| alert.is_ending());
    match (counts(&opened), ended(&ending, bodies)) {
        (Some(opened), Some(ended)) => {
            Some(Text::new(format!("{}；{}", opened.zh, ended.zh), format!("{}; {}", opened.en, ended.en)))
        }
        (opened, ended) => opened.or(ended),
    }
}

/// How many have ended, and whose.
fn ended(ending: &[&Alert], bodies: &[Body]) -> Option<Text> {
    let name = |alert: &Alert| {
        let id = alert.body.as_deref().or(alert.site.as_deref()).unwrap_or_default();
        let name = bodies.iter().find(|body| body.id == id).map_or(id, |body| body.name.as_str());
        let year = alert.year.map(|year| year.to_string()).unwrap_or_default();
        Text::new(
            format!("{name}{year}（{}）", kind_zh(alert.kind)),
            format!("{name} {year} ({})", alert.kind.as_str()),
        )
    };
    let count = ending.len();
    let names = listed(ending.iter().map(|alert| name(alert)), count, "条");
    (count > 0)
        .then(|| Text::new(format!("提醒结束{count}：{}", names.zh), format!("ended {count}: {}", names.en)))
}

/// Names one after the other, and how many more there are of `count`.
pub(crate) fn listed(names: impl Iterator<Item = Text>, count: usize, counter: &str) -> Text {
    let (zh, en): (Vec<_>, Vec<_>) = names.take(LISTED).map(|name| (name.zh, name.en)).unzip();
    let (zh, en) = (zh.join("、"), en.join(", "));
    match count.saturating_sub(LISTED) {
        0 => Text::new(zh, en),
        more => Text::new(format!("{zh}，另有{more}{counter}"), format!("{en} and {more} more")),
    }
}

/// How many of each kind; `None` when there are none.
fn counts(held: &[&Alert]) -> Option<Text> {
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
        AlertKind::Missing => "缺失",
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

#[cfg(test)]
mod tests {
    use gongkai_store::AlertState::{Held, Open};

    use super::*;
    use crate::sample::{at, facts};

    fn alert(kind: AlertKind, body: &str, ended: bool) -> Alert {
        let opened_at = at("2025-02-01T00:00:00Z");
        Alert {
            id: uuid::Uuid::nil(),
            kind,
            key: body.into(),
            channel: "webhook".into(),
            state: Held,
            severity: Severity::Error,
            site: Some("s".into()),
            body: Some(body.into()),
            year: Some(2024),
            message: Text::default(),
            opened_at,
            closed_at: ended.then_some(opened_at),
            told_at: None,
        }
    }

    #[test]
    fn a_digest_counts_what_opened_and_names_what_ended_up_to_its_limit() {
        let bodies = [facts(jiff::civil::date(2025, 2, 3)).body];
        let said = |alerts: &[Alert]| {
            let held: Vec<&Alert> = alerts.iter().collect();
            (summary(&held, &bodies), gravity(&held))
        };
        assert_eq!(said(&[]), (None, Severity::Hint));
        let own = &bodies[0].id;
        let mut alerts =
            vec![alert(AlertKind::Inconsistent, own, true), alert(AlertKind::Overdue, "gone", true)];
        let ended = said(&alerts);
        let text = ended.0.unwrap();
        assert_eq!(text.zh, "提醒结束2：临川县水务局2024（勾稽不一致）、gone2024（逾期未见）");
        assert_eq!(text.en, "ended 2: 临川县水务局 2024 (inconsistent), gone 2024 (overdue)");
        assert_eq!(ended.1, Severity::Hint, "what ended is no cause for alarm");
        alerts.push(alert(AlertKind::Missing, own, false));
        alerts.extend((0..LISTED).map(|_| alert(AlertKind::Late, own, true)));
        let (text, gravity) = said(&alerts);
        let text = text.unwrap();
        assert!(text.zh.starts_with("缺失1；提醒结束52：临川县水务局2024（勾稽不一致）、"), "{}", text.zh);
        assert!(text.zh.ends_with("临川县水务局2024（逾期发布），另有2条"), "{}", text.zh);
        assert!(text.en.ends_with(" (late) and 2 more"), "{}", text.en);
        assert_eq!(gravity, Severity::Error);
        assert!(!Alert { state: Open, ..alerts[0].clone() }.is_ending());
    }
}
