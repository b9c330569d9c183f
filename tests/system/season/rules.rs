//! The rules of deploy/prometheus over the season: a real Prometheus scrapes the chain, its alerts go through an Alertmanager of
//! their own to a webhook.
use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use gongkai_harness::folder::repository;
use gongkai_testkit::{
    receiver::Receiver,
    servers::{Alertmanager, Prometheus, PrometheusFiles},
};
use serde_json::Value;

use super::routes;

/// Scrape, evaluation and the way to the webhook take seconds.
const WITHIN: Duration = Duration::from_secs(40);

/// An alert of a rule: its name without `GongkaiReport`, and the region.
pub(super) type Alert = (&'static str, &'static str);

pub(super) struct Rules {
    prometheus: Prometheus,
    _alertmanager: Alertmanager,
    receiver: Receiver,
}

impl Rules {
    /// Watches what is served at `target`.
    pub(super) async fn watch(target: SocketAddr) -> Self {
        let receiver = Receiver::start().await.unwrap();
        let alertmanager = Alertmanager::start(&routes(&receiver.url())).unwrap();
        let config = format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [rules/reports.yml]\n\
             alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{}']}}]}}]}}\n\
             scrape_configs: [{{job_name: gongkai-alerter, static_configs: [{{targets: ['{target}']}}]}}]\n",
            alertmanager.address()
        );
        let folder = Some(repository().join("deploy/prometheus"));
        let prometheus = Prometheus::start(&PrometheusFiles { config, folder }).unwrap();
        Self { prometheus, _alertmanager: alertmanager, receiver }
    }

    /// Waits until exactly these alerts fire.
    pub(super) async fn fire(&self, wanted: &[Alert]) {
        let wanted: BTreeSet<String> = wanted.iter().map(|(name, region)| line(name, region)).collect();
        let address = self.prometheus.root();
        let address = address.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
        let end = Instant::now() + WITHIN;
        loop {
            let answer: Value = serde_json::from_str(&get(address, "/api/v1/alerts")).unwrap();
            let alerts = answer["data"]["alerts"].as_array().unwrap();
            let firing: BTreeSet<String> = alerts
                .iter()
                .filter(|alert| alert["state"] == "firing")
                .map(|alert| labels(&alert["labels"]))
                .collect();
            if firing == wanted {
                return;
            }
            assert!(Instant::now() < end, "{firing:?} fire, and not {wanted:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until the webhook behind Alertmanager was told that each of these fired, and that the second ones are over.
    pub(super) async fn told(&self, fired: &[Alert], over: &[Alert]) {
        let of = |alerts: &[Alert], status: &str| -> BTreeSet<String> {
            alerts.iter().map(|(name, region)| format!("{status} {}", line(name, region))).collect()
        };
        let mut wanted = of(fired, "firing");
        wanted.extend(of(over, "resolved"));
        let end = Instant::now() + WITHIN;
        loop {
            let mut told = BTreeSet::new();
            for posted in self.receiver.posted() {
                let group: Value = serde_json::from_str(&posted.body).unwrap();
                for alert in group["alerts"].as_array().unwrap() {
                    told.insert(format!(
                        "{} {}",
                        alert["status"].as_str().unwrap(),
                        labels(&alert["labels"])
                    ));
                }
            }
            if told == wanted {
                return;
            }
            assert!(Instant::now() < end, "told {told:?}, and not {wanted:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn line(name: &str, region: &str) -> String {
    format!("GongkaiReport{name} {region}")
}

fn labels(labels: &Value) -> String {
    let label = |name: &str| labels[name].as_str().unwrap_or("-").to_owned();
    format!("{} {}", label("alertname"), label("region"))
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: test\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}
