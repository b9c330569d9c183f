//! The rates of the overview's tables; the computation is the model's, which the API and the metrics use too.
use gongkai_model::{Body, Cohort, Figures, Publication, Scope, Sums};
use gongkai_store::Coverage;

use super::region_names;
use crate::{frame::Frame, words};

/// Requests and proceedings of one cohort, over reports of one scope.
pub(super) struct Handling {
    pub(super) region: String,
    pub(super) level: &'static str,
    pub(super) kind: &'static str,
    /// What sets the line apart: an area's reports, reports with a T error.
    pub(super) about: String,
    pub(super) class: &'static str,
    pub(super) reports: u64,
    pub(super) requests: String,
    pub(super) rates: Vec<String>,
}

/// Counts as the model's sums.
pub(super) fn of(c: &Coverage) -> Figures {
    let cohort = Cohort { region: c.region.clone(), level: c.level, kind: c.kind, year: c.year };
    let publication = Publication {
        due: c.expected,
        found: c.found,
        in_time: c.in_time,
        late: c.late,
        overdue: c.overdue,
        missing: c.missing,
        unknown: c.unknown,
        consistent: c.consistent,
        inconsistent: c.inconsistent,
        incomplete: c.incomplete,
        well_formed: c.well_formed,
    };
    Figures { publication, ..Figures::of(cohort) }
}

/// A line for each cohort and scope; reports with a T error apart.
pub(super) fn handling(f: &Frame, figures: &[Figures], bodies: &[Body]) -> Vec<Handling> {
    let names = region_names(bodies);
    let mut lines = Vec::new();
    for figures in figures {
        for (sides, wrong) in [(&figures.sound, false), (&figures.wrong, true)] {
            for (scope, sums) in sides {
                let region = figures.cohort.region.as_str();
                let region =
                    names.get(region).map_or_else(|| region.to_owned(), |name| format!("{name} {region}"));
                lines.push(line(f, region, &figures.cohort, *scope, wrong, sums));
            }
        }
    }
    lines
}

fn line(f: &Frame, region: String, cohort: &Cohort, scope: Scope, wrong: bool, sums: &Sums) -> Handling {
    let mut about = Vec::new();
    if scope == Scope::Area {
        about.push(f.t("本行政区域", "whole area"));
    }
    if wrong {
        about.push(f.t("勾稽有误", "relations broken"));
    }
    let requests = sums.requests();
    Handling {
        region,
        level: words::level(f, cohort.level),
        kind: words::kind(f, cohort.kind),
        about: about.join(f.t("，", ", ")),
        class: if wrong { "bad" } else { "note" },
        reports: sums.reports,
        requests: if requests.n == 0 { "—".to_owned() } else { requests.numerator.to_string() },
        rates: sums.rates().iter().map(words::rate).collect(),
    }
}
