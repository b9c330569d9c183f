//! The chain as processes on real servers, watched by a Prometheus with our settings and rules and by an Alertmanager.
use std::{
    net::{Ipv4Addr, TcpListener},
    time::Duration,
};

use gongkai_harness::{
    folder::repository,
    installation::{Installation, SERVICES},
    service::Service,
    wait::until_ok,
    web,
};
use gongkai_testkit::{
    servers::{Alertmanager, Broker, Database, Prometheus, PrometheusFiles},
    site::Site,
};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::season;

/// Longest time until what has happened is seen.
pub(super) const LIMIT: Duration = Duration::from_secs(60);
const FETCHER: &str = "fetcher";
const RECEIVERS: &str = "route: {receiver: nobody, group_wait: 1s}\nreceivers: [{name: nobody}]\n";

/// Labels and value.
pub(super) type Sample = (std::collections::BTreeMap<String, String>, f64);

pub(super) struct Scene {
    pub(super) services: Vec<(String, Service)>,
    pub(super) prometheus: Prometheus,
    pub(super) alertmanager: Alertmanager,
    pub(super) broker: Broker,
    installation: Installation,
    pub(super) database: Database,
    _site: Site,
    _runtime: Runtime,
}

impl Scene {
    /// A season that has settled.
    pub(super) fn settled() -> Self {
        let runtime = Runtime::new().unwrap();
        let site = runtime.block_on(Site::start()).unwrap();
        season::publish(&site);
        let (broker, database) = (Broker::start_with_metrics().unwrap(), Database::start().unwrap());
        let store = database.create("watched").unwrap();
        let installation = Installation::watching(
            &season::registry(),
            &season::profile(&site.root()),
            &store,
            &broker.url(),
            "gongkai",
        )
        .with("CALENDAR__TODAY", season::TODAY)
        .with("ALERT__TICK_S", "1");
        // The fetcher comes last: everybody else is watched before there is any work.
        let others = SERVICES.iter().filter(|name| **name != FETCHER);
        let mut services: Vec<(String, Service)> =
            others.map(|name| ((*name).to_owned(), installation.start(&[name]))).collect();
        let fetcher = free_address();
        let alertmanager = Alertmanager::start(RECEIVERS).unwrap();
        let config = config(&mut services, &fetcher, &broker, &alertmanager);
        let folder = Some(repository().join("deploy/prometheus"));
        let prometheus = Prometheus::start(&PrometheusFiles { config, folder }).unwrap();
        // It takes Prometheus a few seconds to begin.
        until_ok("the first scrapes", LIMIT, || {
            let up = ask(&prometheus, "count(up == 1)")?;
            if up.iter().any(|(_, count)| *count >= 6.0) { Ok(()) } else { Err(format!("{up:?}")) }
        });
        let more = [("GONGKAI_HTTP__LISTEN", fetcher.as_str())];
        services.push((FETCHER.to_owned(), installation.start_with(&[FETCHER], &more)));
        let running: Vec<&Service> = services.iter().map(|(_, service)| service).collect();
        installation.settle("the season", season::DOCUMENTS, &running);
        Self {
            services,
            prometheus,
            alertmanager,
            broker,
            installation,
            database,
            _site: site,
            _runtime: runtime,
        }
    }

    /// Where a service shows its metrics.
    pub(super) fn metrics(&mut self, name: &str) -> String {
        let (_, service) = self.services.iter_mut().find(|(own, _)| own == name).unwrap();
        format!("http://{}/metrics", address(service))
    }

    /// A folder for what a check writes.
    pub(super) fn folder(&self) -> &gongkai_harness::folder::Folder {
        self.installation.folder()
    }

    /// What Prometheus answers to an instant query.
    pub(super) fn ask(&self, expr: &str) -> Result<Vec<Sample>, String> {
        ask(&self.prometheus, expr)
    }
}

/// What a Prometheus answers to an instant query.
fn ask(prometheus: &Prometheus, expr: &str) -> Result<Vec<Sample>, String> {
    let answer = web::get(&format!("{}api/v1/query?query={}", prometheus.root(), encoded(expr))).text();
    let answer: Value =
        serde_json::from_str(&answer).map_err(|error| format!("{expr}: {error}: {answer}"))?;
    if answer["status"] != "success" || answer["data"]["resultType"] != "vector" {
        return Err(format!("{expr}: {answer}"));
    }
    let samples = answer["data"]["result"].as_array().unwrap().iter().map(|sample| {
        let labels = sample["metric"].as_object().unwrap().iter();
        let labels = labels.filter(|(name, _)| *name != "__name__");
        let labels = labels.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        (labels, sample["value"][1].as_str().unwrap().parse().unwrap())
    });
    Ok(samples.collect())
}

/// Our own settings with the addresses that things have here, asking every second.
fn config(
    services: &mut [(String, Service)],
    fetcher: &str,
    broker: &Broker,
    alertmanager: &Alertmanager,
) -> String {
    let path = repository().join("deploy/prometheus/prometheus.yml");
    let mut text = std::fs::read_to_string(path).unwrap();
    let mut replace = |old: &str, new: &str| {
        assert!(text.contains(old), "{old} is not in prometheus.yml");
        text = text.replace(old, new);
    };
    replace("scrape_interval: 30s", "scrape_interval: 1s");
    replace("evaluation_interval: 30s", "evaluation_interval: 1s");
    replace("alertmanager:9093", &alertmanager.address().to_string());
    replace("rabbitmq:15692", &broker.metrics().to_string());
    replace("fetcher:8377", fetcher);
    for (name, service) in services {
        let here = address(service);
        if matches!(name.as_str(), "parser" | "validator") {
            let found = format!("dns_sd_configs:\n      - {{names: [{name}], type: A, port: 8377}}");
            replace(&found, &format!("static_configs:\n      - targets: [\"{here}\"]"));
        } else {
            replace(&format!("{name}:8377"), &here);
        }
    }
    text
}

/// A port that nobody listens on now.
fn free_address() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Where a service listens.
fn address(service: &mut Service) -> String {
    let out = service.says("http://127.0.0.1:");
    let rest = out.split("http://").nth(1).unwrap();
    rest.split('/').next().unwrap().to_owned()
}

fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
