//! Metrics that come from the store. Filled by the alerter only; every series of a configured region stands from the start, at 0.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use gongkai_model::{Body, Figures, Severity, Stage};
use gongkai_runtime::{
    error::RuntimeError,
    telemetry::{Metrics, StoreMetrics},
};
use gongkai_store::{Coverage, PollOutcome, SiteStatus, StageCount};
use jiff::Timestamp;

mod figures;

/// Values by their labels.
type Series<const N: usize> = BTreeMap<[String; N], f64>;

/// What the store says at one moment.
pub(crate) struct Snapshot<'s> {
    pub(crate) now: Timestamp,
    pub(crate) years: [i16; 2],
    pub(crate) bodies: &'s [Body],
    pub(crate) sites: &'s [SiteStatus],
    pub(crate) coverage: &'s [Coverage],
    pub(crate) findings: &'s [(String, String, String, u64)],
    pub(crate) revisions: &'s [(String, u64)],
    pub(crate) stages: &'s [StageCount],
    pub(crate) columns: &'s [(String, PollOutcome, u64)],
    pub(crate) unassigned: u64,
}

/// The metrics of the store.
pub struct StoreGauges {
    metrics: Arc<Metrics>,
    store: StoreMetrics,
    codes: Vec<(String, Severity)>,
}

impl StoreGauges {
    /// Adds the series to the process's metrics; once a process. `codes` are the rules (with each severity they give) whose
    /// findings are counted from 0.
    pub fn new(metrics: Arc<Metrics>, codes: Vec<(String, Severity)>) -> Result<Self, RuntimeError> {
        let store = StoreMetrics::new(&metrics)?;
        Ok(Self { metrics, store, codes })
    }

    pub(crate) fn set(&self, snapshot: &Snapshot<'_>) {
        self.set_coverage(snapshot);
        self.set_findings(snapshot);
        self.set_work(snapshot);
        self.set_sites(snapshot);
        self.store.unassigned.set(number(snapshot.unassigned));
        self.store.refreshed.set(snapshot.now.as_duration().as_secs_f64());
    }

    /// Shows sums and rates.
    pub(crate) fn set_figures(&self, figures: &[Figures]) {
        figures::set(&self.store, figures);
    }

    fn set_sites(&self, snapshot: &Snapshot<'_>) {
        let mut columns = Series::default();
        for (status, outcome) in
            snapshot.sites.iter().flat_map(|status| PollOutcome::ALL.map(|outcome| (status, outcome)))
        {
            columns.insert([status.site.id.clone(), outcome.as_str().to_owned()], 0.0);
        }
        for (site, outcome, count) in snapshot.columns {
            columns.insert([site.clone(), outcome.as_str().to_owned()], number(*count));
        }
        self.store.site_columns.replace(columns);
        for status in snapshot.sites {
            let seconds = status.last_success_at.map_or(0.0, |at| at.as_duration().as_secs_f64());
            self.metrics.site_last_success.with_label_values(&[&status.site.id]).set(seconds);
        }
    }

    fn set_coverage(&self, snapshot: &Snapshot<'_>) {
        let mut reports = Series::default();
        let mut counts: [Series<4>; 4] = Default::default();
        for (body, year) in snapshot.bodies.iter().flat_map(|body| snapshot.years.map(|year| (body, year))) {
            let [region, level, year] = [body.region(), body.level.as_str(), &year.to_string()];
            for series in &mut counts {
                series.entry([region, level, body.kind.as_str(), year].map(String::from)).or_default();
            }
            for verdict in ["consistent", "inconsistent", "incomplete"] {
                reports.entry([region, level, year, verdict].map(String::from)).or_default();
            }
        }
        for line in snapshot.coverage {
            let [region, level, year] = [line.region.as_str(), line.level.as_str(), &line.year.to_string()];
            let values = [line.expected, line.missing, line.overdue, line.late];
            for (series, value) in counts.iter_mut().zip(values) {
                *series.entry([region, level, line.kind.as_str(), year].map(String::from)).or_default() +=
                    number(value);
            }
            let verdicts = [
                ("consistent", line.consistent),
                ("inconsistent", line.inconsistent),
                ("incomplete", line.incomplete),
            ];
            for (verdict, value) in verdicts {
                *reports.entry([region, level, year, verdict].map(String::from)).or_default() +=
                    number(value);
            }
        }
        let [expected, missing, overdue, late] = counts;
        self.store.reports.replace(reports);
        self.store.expected.replace(expected);
        self.store.missing.replace(missing);
        self.store.overdue.replace(overdue);
        self.store.late.replace(late);
    }

    fn set_findings(&self, snapshot: &Snapshot<'_>) {
        let regions = regions(snapshot);
        let mut findings = Series::default();
        for (region, (code, severity)) in
            regions.iter().flat_map(|region| self.codes.iter().map(move |code| (region, code)))
        {
            findings.insert([code.as_str(), severity.as_str(), region].map(String::from), 0.0);
        }
        for (code, severity, region, count) in snapshot.findings {
            findings.insert([code, severity, region].map(String::from), number(*count));
        }
        self.store.findings.replace(findings);
        let ever: BTreeMap<_, _> =
            snapshot.revisions.iter().map(|(region, count)| (region.as_str(), *count)).collect();
        let revised =
            regions.iter().map(|region| ([region.clone()], ever.get(region.as_str()).copied().unwrap_or(0)));
        self.store.revised.replace(revised);
    }

    fn set_work(&self, snapshot: &Snapshot<'_>) {
        let of = |value: fn(&StageCount) -> u64| {
            let mut series: Series<1> =
                Stage::ALL.iter().map(|stage| ([stage.as_str().to_owned()], 0.0)).collect();
            series.extend(
                snapshot.stages.iter().map(|count| ([count.stage.as_str().to_owned()], number(value(count)))),
            );
            series
        };
        self.store.queue_depth.replace(of(|count| count.ready + count.delayed + count.sent));
        self.store.relay_backlog.replace(of(|count| count.ready));
        self.store.dead_letters.replace(of(|count| count.parked));
        let oldest = snapshot.stages.iter().filter_map(|count| count.oldest_unfinished).min();
        let age = oldest.map_or(0.0, |oldest| snapshot.now.duration_since(oldest).as_secs_f64().max(0.0));
        self.store.oldest_unfinished.set(age);
    }
}

fn regions(snapshot: &Snapshot<'_>) -> BTreeSet<String> {
    let bodies = snapshot.bodies.iter().map(|body| body.region().to_owned());
    let sites = snapshot.sites.iter().map(|status| status.site.region.clone());
    bodies.chain(sites).chain(snapshot.revisions.iter().map(|(region, _)| region.clone())).collect()
}

/// A count as metrics have it; exact below 2^32, where counts of reports end, and the largest value beyond.
fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use gongkai_model::{Kind, Level};
    use gongkai_store::Site;

    use super::*;
    use crate::sample;

    #[test]
    fn every_series_of_a_region_stands_at_0_before_anything_was_read() {
        let metrics = Arc::new(Metrics::new("0").unwrap());
        let gauges = StoreGauges::new(metrics.clone(), vec![("T301".into(), Severity::Error)]).unwrap();
        let site = Site {
            id: "s".into(),
            name: "s".into(),
            region: "9901".into(),
            home: "http://s.example/".into(),
        };
        gauges.set(&Snapshot {
            now: sample::at("2025-02-01T00:00:00Z"),
            years: [2024, 2023],
            bodies: &[sample::body("b1", Kind::Department, Level::County)],
            sites: &[SiteStatus { site, last_success_at: None, last_poll: None }],
            coverage: &[],
            findings: &[],
            revisions: &[],
            stages: &[],
            columns: &[],
            unassigned: 0,
        });
        gauges.set_figures(&[]);
        let text = metrics.text().unwrap();
        let own = text.lines().filter(|line| {
            !line.starts_with('#')
                && (line.contains("9901") || line.contains("\"s\"") || line.contains("queue"))
        });
        insta::assert_snapshot!(own.collect::<Vec<_>>().join("\n"));
    }
}
