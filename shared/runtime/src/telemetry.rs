//! Logs on standard error, and the metrics of `contract.md` 5. A metric's help text is its doc comment.
use std::io::IsTerminal;

use gongkai_model::Stage;
use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry,
    TextEncoder,
};
use tracing_subscriber::EnvFilter;

use crate::{error::RuntimeError, settings::LogSettings};

mod store;
mod table;

pub use store::StoreMetrics;
pub use table::{CounterTable, GaugeTable, Row};

/// Bounds of durations in seconds: from a quick judgement to the longest fetch.
const SECONDS: [f64; 12] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0];

/// Starts logging for the whole process: once, in `main`.
pub fn start_logging(settings: &LogSettings) -> Result<(), RuntimeError> {
    let wrong = |error: String| RuntimeError::Telemetry(error);
    // What the broker's client calls an error is often none (a queue that is looked for and is not there); what matters of it
    // is told by the bus.
    let quiet = if settings.filter.contains("lapin") { "" } else { ",lapin=off" };
    let filter = format!("{}{quiet}", settings.filter);
    let filter = filter.parse::<EnvFilter>().map_err(|error| wrong(error.to_string()))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = if settings.format == "json" { lines.json().try_init() } else { lines.try_init() };
    started.map_err(|error| wrong(error.to_string()))
}

/// Declares a struct of metrics in one registry; each field's doc comment is the metric's help text.
macro_rules! metrics {
    ($(#[$about:meta])* pub struct $name:ident { $(#[doc = $help:literal] $field:ident: $kind:ident = $metric:literal [$($label:literal),*],)* }) => {
        $(#[$about])*
        pub struct $name {
            registry: Registry,
            $(#[doc = $help] pub $field: $kind,)*
        }

        impl $name {
            fn in_registry(registry: Registry) -> Result<Self, RuntimeError> {
                $(
                    let $field = <$kind as Make>::make($metric, $help.trim(), &[$($label),*])?;
                    registry.register(Box::new($field.clone()))?;
                )*
                Ok(Self { registry, $($field),* })
            }
        }
    };
}

metrics! {
    /// The metrics that services count themselves. One a process.
    pub struct Metrics {
        /// Documents and lists fetched, by site and outcome.
        documents_fetched: IntCounterVec = "gongkai_documents_fetched_total" ["site", "outcome"],
        /// Seconds that one fetch took, with its body.
        fetch_seconds: Histogram = "gongkai_fetch_seconds" [],
        /// Unix time of the last complete poll that found items, by site; 0 before the first.
        site_last_success: GaugeVec = "gongkai_site_last_success_timestamp_seconds" ["site"],
        /// Messages handled, by queue and outcome (done, retried, dead_lettered).
        messages: IntCounterVec = "gongkai_messages_total" ["queue", "outcome"],
        /// Seconds that one piece of work of a stage took.
        stage_seconds: HistogramVec = "gongkai_stage_seconds" ["stage"],
        /// Parts of this process that cannot reach the bus or the store at this moment.
        away: IntGaugeVec = "gongkai_away" ["what"],
        /// Always 1; the release that runs.
        build_info: IntGaugeVec = "gongkai_build_info" ["version"],
    }
}

impl Metrics {
    /// All metrics at their beginning, with those of the process itself.
    pub fn new(version: &str) -> Result<Self, RuntimeError> {
        let registry = Registry::new();
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let metrics = Self::in_registry(registry)?;
        metrics.build_info.with_label_values(&[version]).set(1);
        for what in ["bus", "store"] {
            metrics.away.with_label_values(&[what]).set(0);
        }
        Ok(metrics)
    }

    /// A stage that this process works on: its series stand at 0 before the first message.
    pub fn expect_work(&self, stage: Stage) {
        self.stage_seconds.with_label_values(&[stage.as_str()]);
        for outcome in ["done", "retried", "dead_lettered"] {
            self.messages.with_label_values(&[stage.as_str(), outcome]);
        }
    }

    /// For series of a service's own.
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The text exposition of everything in the registry.
    pub fn text(&self) -> Result<String, RuntimeError> {
        Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?)
    }
}

/// How each kind of metric is made.
trait Make: Sized {
    fn make(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<Self>;
}

impl Make for IntCounterVec {
    fn make(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<Self> {
        Self::new(Opts::new(name, help), labels)
    }
}

impl Make for IntGaugeVec {
    fn make(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<Self> {
        Self::new(Opts::new(name, help), labels)
    }
}

impl Make for GaugeVec {
    fn make(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<Self> {
        Self::new(Opts::new(name, help), labels)
    }
}

impl Make for Gauge {
    fn make(name: &str, help: &str, _labels: &[&str]) -> prometheus::Result<Self> {
        Self::with_opts(Opts::new(name, help))
    }
}

impl Make for Histogram {
    fn make(name: &str, help: &str, _labels: &[&str]) -> prometheus::Result<Self> {
        Self::with_opts(HistogramOpts::new(name, help).buckets(SECONDS.to_vec()))
    }
}

impl Make for HistogramVec {
    fn make(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<Self> {
        Self::new(HistogramOpts::new(name, help).buckets(SECONDS.to_vec()), labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_contract_is_exported_with_its_labels_and_help() {
        let metrics = Metrics::new("1.2.3").unwrap();
        let store = StoreMetrics::new(&metrics).unwrap();
        metrics.documents_fetched.with_label_values(&["yunping", "ok"]).inc();
        metrics.fetch_seconds.observe(0.2);
        metrics.site_last_success.with_label_values(&["yunping"]).set(0.0);
        metrics.messages.with_label_values(&["parse", "done"]).inc();
        metrics.stage_seconds.with_label_values(&["parse"]).observe(0.2);
        store.queue_depth.replace([(["parse"].map(String::from), 3.0)]);
        store.dead_letters.replace([(["parse"].map(String::from), 0.0)]);
        store.reports.replace([(["9901", "county", "2023", "consistent"].map(String::from), 2.0)]);
        store.findings.replace([(["T301", "error", "9901"].map(String::from), 1.0)]);
        for table in [&store.expected, &store.missing, &store.overdue, &store.late] {
            table.replace([(["9901", "county", "department", "2023"].map(String::from), 0.0)]);
        }
        store.revised.replace([(["9901"].map(String::from), 2)]);
        let text = metrics.text().unwrap();
        let ours: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("gongkai_") && !line.contains("_bucket{") && !line.contains("_sum"))
            .collect();
        insta::assert_snapshot!(ours.join("\n"));
    }

    #[test]
    fn one_process_has_one_of_each() {
        let metrics = Metrics::new("1").unwrap();
        assert!(StoreMetrics::new(&metrics).is_ok());
        assert!(StoreMetrics::new(&metrics).is_err());
    }
}
