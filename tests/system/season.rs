//! A season on a moved clock: invented bodies from 1 December to 30 April, with everything that can go wrong planted; told is
//! exactly that, on its day, once, to a webhook and through a real Alertmanager; and the rules of a real Prometheus fire and end.
//! On PostgreSQL and RabbitMQ the same happens to fewer bodies, so that both together take as long as one.
mod chain;
mod rules;
mod story;
mod town;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use gongkai_harness::folder::Folder;
use gongkai_runtime::clock::date_in_shanghai;
use gongkai_testkit::{
    receiver::{Posted, Receiver},
    servers::Alertmanager,
};
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
    tz::TimeZone,
};
use serde_json::Value;

use self::{
    chain::{Chain, Receivers, Servers},
    rules::Rules,
    story::{Act, Story},
    town::{Place, Town},
};

const FIRST: Date = date(2025, 12, 1);
const LAST: Date = date(2026, 4, 30);
/// The whole season must not take longer.
const LIMIT: Duration = Duration::from_secs(180);

/// A day's two looks: at ten in the morning in Shanghai, and five minutes later at what had failed.
fn looks(day: Date) -> [Timestamp; 2] {
    let ten = day.at(10, 0, 0, 0).to_zoned(TimeZone::get("Asia/Shanghai").unwrap()).unwrap().timestamp();
    [ten, ten + jiff::SignedDuration::from_mins(5)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_season_gives_exactly_the_planted_alerts_each_once_on_its_day() {
    season(Servers::Within, 50).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_season_gives_exactly_the_planted_alerts_on_postgresql_and_rabbitmq_too() {
    season(Servers::Real, 10).await;
}

/// The whole season, with so many bodies in each city.
async fn season(servers: Servers, bodies: usize) {
    let begin = Instant::now();
    let (folder, mut town, story) = (Folder::new(), Town::found(bodies).await, Story::new(bodies));
    let (webhook, behind) = (Receiver::start().await.unwrap(), Receiver::start().await.unwrap());
    let alertmanager = Alertmanager::start(&routes(&behind.url())).unwrap();
    town.write_to(folder.path());
    let (hook, manager) = (webhook.url(), format!("http://{}", alertmanager.address()));
    let receivers = Receivers { webhook: &hook, alertmanager: &manager, hosts: town.hosts() };
    let mut chain = Chain::start(folder.path(), servers, &receivers, looks(FIRST)[0]).await;
    let rules = Rules::watch(chain.metrics_at).await;
    for day in days(&story) {
        for act in story.acts_of(day) {
            match act {
                Act::Happens(event) => town.happen(event),
                Act::Dismiss(place, dismissed) => dismiss(&chain, *place, *dismissed, looks(day)[0]).await,
            }
        }
        for look in looks(day) {
            chain.move_to(look).await;
        }
        if let Some(firing) = story::firing(day) {
            chain.look().await;
            rules.fire(firing).await;
        }
        // Every few days here are a few seconds there: what is open is repeated long before it would be forgotten.
        chain.resender.once().await.unwrap();
    }
    let took = begin.elapsed();
    let posted = webhook.posted();
    let (told, planted) = (told(&posted), story.expected());
    assert!(
        told == planted,
        "told and not planted: {:#?}\nplanted and not told: {:#?}",
        beside(&told, planted),
        beside(planted, &told)
    );
    let keys: BTreeSet<&str> = posted.iter().map(|posted| posted.key.as_str()).collect();
    assert_eq!(keys.len(), posted.len(), "each once");
    assert_eq!(chain.store.dead_letters(&gongkai_store::Filter::default()).await.unwrap(), []);
    through_alertmanager(&behind, &posted).await;
    rules.told(story::FIRED, story::OVER).await;
    assert!(took < LIMIT, "{servers:?}: {took:?}");
}

/// What a person does in the console about a report that is missing.
async fn dismiss(chain: &Chain, place: Place, dismissed: bool, now: Timestamp) {
    let findings = chain.store.findings(&format!("{}/2025", town::id(place))).await.unwrap();
    let finding = findings.iter().find(|own| own.finding.code == "P802").unwrap();
    let remark = gongkai_store::Remark::new(dismissed, "经核实属实", "").unwrap();
    assert!(chain.store.dismiss(&finding.finding.fingerprint, dismissed, &remark, now).await.unwrap());
}

/// Every day on which something happens or must be told, every day from the new year to the first due date's aftermath and
/// around the withdrawal, and else every third; every seventh when all have published.
fn days(story: &Story) -> Vec<Date> {
    let all = std::iter::successors(Some(FIRST), |day| Some(day.saturating_add(1.day())));
    let daily = |day: Date| {
        (date(2026, 1, 1)..=date(2026, 2, 12)).contains(&day)
            || (date(2026, 2, 28)..=date(2026, 3, 5)).contains(&day)
    };
    let between = |day: Date| {
        let step = if (date(2025, 12, 31)..=date(2026, 3, 13)).contains(&day) { 3 } else { 7 };
        (day - FIRST).get_days() % step == 0
    };
    all.take_while(|day| *day <= LAST)
        .filter(|day| daily(*day) || between(*day) || story.concerns(*day) || *day == LAST)
        .collect()
}

/// Every alert by itself, at once, and its end as well.
fn routes(url: &str) -> String {
    format!(
        "global:\n  resolve_timeout: 1h\nroute:\n  receiver: hook\n  group_by: ['...']\n  group_wait: 0s\n  group_interval: 1s\n  repeat_interval: 24h\n\
         receivers:\n- name: hook\n  webhook_configs:\n  - url: {url}\n    send_resolved: true\n"
    )
}

/// Lines that are not among those.
fn beside(lines: &[String], those: &[String]) -> Vec<String> {
    lines.iter().filter(|line| !those.contains(line)).cloned().collect()
}

/// Day and what was told, sorted.
fn told(posted: &[Posted]) -> Vec<String> {
    let mut told: Vec<String> = posted
        .iter()
        .map(|posted| {
            let note: Value = serde_json::from_str(&posted.body).unwrap();
            let at: Timestamp = note["at"].as_str().unwrap().parse().unwrap();
            let whom = note["body"].as_str().or_else(|| note["site"].as_str()).unwrap_or("-");
            let (change, kind) = (note["change"].as_str().unwrap(), note["kind"].as_str().unwrap());
            format!("{} {change} {kind} {whom}", date_in_shanghai(at))
        })
        .collect();
    told.sort();
    told
}

/// Alertmanager told its own receiver of every alert that the webhook was told of, and of the end of those that ended.
async fn through_alertmanager(behind: &Receiver, posted: &[Posted]) {
    // The webhook's notes and Alertmanager's alerts are alerts of their own: they are compared by what they say.
    let mut wanted: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    for posted in posted {
        let note: Value = serde_json::from_str(&posted.body).unwrap();
        let whom = note["body"].as_str().or_else(|| note["site"].as_str()).unwrap_or_default();
        let status = if note["change"] == "open" { "firing" } else { "resolved" };
        let kind = note["kind"].as_str().unwrap();
        wanted.entry((kind.to_owned(), whom.to_owned())).or_default().insert(status);
    }
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let mut got: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
        let mut seen: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for posted in behind.posted() {
            let group: Value = serde_json::from_str(&posted.body).unwrap();
            for alert in group["alerts"].as_array().unwrap() {
                let label = |name: &str| alert["labels"][name].as_str().unwrap_or_default().to_owned();
                let whom = if label("body").is_empty() { label("site") } else { label("body") };
                let status = if alert["status"] == "firing" { "firing" } else { "resolved" };
                got.entry((label("kind"), whom)).or_default().insert(status);
                *seen.entry((label("alert"), label("severity"), status.to_owned())).or_default() += 1;
            }
        }
        if got == wanted {
            assert!(seen.values().all(|times| *times == 1), "each once: {seen:?}");
            return;
        }
        assert!(Instant::now() < end, "Alertmanager told\n{got:#?}\nand not\n{wanted:#?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
