//! The series that come from the store; the alerter alone makes and fills them.
use prometheus::{Gauge, Opts, Registry};

use super::{CounterTable, GaugeTable, Metrics};
use crate::error::RuntimeError;

/// Labels of what is counted by bodies.
const BODIES: [&str; 4] = ["region", "level", "kind", "year"];
/// Labels of sums over cells: whom the reports speak for, and which cells.
const CELLS: [&str; 6] = ["region", "level", "kind", "year", "scope", "row"];
/// Labels of what a rate is made of.
const RATES: [&str; 6] = ["region", "level", "kind", "year", "scope", "rate"];

macro_rules! store_metrics {
    ($($(#[doc = $help:literal])+ $field:ident: $kind:ident$(<$n:literal>)? = $metric:literal $labels:expr,)*) => {
        /// The series that come from the store.
        pub struct StoreMetrics {
            $($(#[doc = $help])+ pub $field: $kind$(<$n>)?,)*
        }

        impl StoreMetrics {
            /// Adds the series to a process's metrics; once a process.
            pub fn new(metrics: &Metrics) -> Result<Self, RuntimeError> {
                let registry = metrics.registry();
                Ok(Self {
                    $($field: <$kind$(<$n>)?>::shown(registry, $metric, concat!($($help),+).trim(), $labels)?,)*
                })
            }
        }
    };
}

store_metrics! {
    /// Unfinished pieces of work of a stage.
    queue_depth: GaugeTable<1> = "gongkai_queue_depth" ["queue"],
    /// Pieces of work of a stage that are due and not yet with the bus.
    relay_backlog: GaugeTable<1> = "gongkai_relay_backlog" ["queue"],
    /// Pieces of work set aside, by stage.
    dead_letters: GaugeTable<1> = "gongkai_dead_letters" ["queue"],
    /// Age of the oldest unfinished piece of work.
    oldest_unfinished: Gauge = "gongkai_oldest_unfinished_seconds" [],
    /// Unix time at which the series of the store were last brought up to date.
    refreshed: Gauge = "gongkai_store_refreshed_timestamp_seconds" [],
    /// Columns of a site by how their last poll ended.
    site_columns: GaugeTable<2> = "gongkai_site_columns" ["site", "outcome"],
    /// Current reports by verdict.
    reports: GaugeTable<4> = "gongkai_reports" ["region", "level", "year", "verdict"],
    /// Open findings of the current report year.
    findings: GaugeTable<3> = "gongkai_findings" ["code", "severity", "region"],
    /// Bodies that must report.
    expected: GaugeTable<4> = "gongkai_reports_expected" BODIES,
    /// Reports not found 30 days after their date.
    missing: GaugeTable<4> = "gongkai_reports_missing" BODIES,
    /// Reports not found, their date passed.
    overdue: GaugeTable<4> = "gongkai_reports_overdue" BODIES,
    /// Reports published after their date.
    late: GaugeTable<4> = "gongkai_reports_late" BODIES,
    /// Revisions after publication ever found.
    revised: CounterTable<1> = "gongkai_reports_revised_total" ["region"],
    /// Reports whose body or year is not known.
    unassigned: Gauge = "gongkai_reports_unassigned" [],
    /// Judged reports with an error in their tables; they are in no sum and no rate of requests and proceedings.
    contradicting: GaugeTable<5> = "gongkai_reports_contradicting" ["region", "level", "kind", "year", "scope"],
    /// Sum of cells (total column) over sound reports that have them; scope is own or area.
    cells: GaugeTable<6> = "gongkai_report_cells" CELLS,
    /// What stands above the line of a rate; rates of bodies and of found reports have the scope any.
    rate_numerator: GaugeTable<6> = "gongkai_rate_numerator" RATES,
    /// What stands below the line of a rate.
    rate_denominator: GaugeTable<6> = "gongkai_rate_denominator" RATES,
    /// Sound reports that a rate leaves out because a number that it needs is blank or unreadable.
    rate_left_out: GaugeTable<6> = "gongkai_rate_left_out" RATES,
}

/// How each kind is made and registered.
trait Shown<L>: Sized {
    fn shown(registry: &Registry, name: &str, help: &str, labels: L) -> Result<Self, RuntimeError>;
}

impl<const N: usize> Shown<[&str; N]> for GaugeTable<N> {
    fn shown(registry: &Registry, name: &str, help: &str, labels: [&str; N]) -> Result<Self, RuntimeError> {
        Self::new(registry, name, help, labels)
    }
}

impl<const N: usize> Shown<[&str; N]> for CounterTable<N> {
    fn shown(registry: &Registry, name: &str, help: &str, labels: [&str; N]) -> Result<Self, RuntimeError> {
        Self::new(registry, name, help, labels)
    }
}

impl Shown<[&str; 0]> for Gauge {
    fn shown(registry: &Registry, name: &str, help: &str, _: [&str; 0]) -> Result<Self, RuntimeError> {
        let gauge = Self::with_opts(Opts::new(name, help))?;
        registry.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    }
}
