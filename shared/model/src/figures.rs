//! What many reports say together: plain sums per region, level, kind and year, from which every rate is made.
//!
//! A blank is never 0: a report that lacks one of the numbers that a sum needs is left out of that sum, above and below the
//! line, and is counted as left out. Reports for a body alone and for an area are never added up, and neither are reports with
//! a T error and sound ones.
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

mod items;

pub use items::Item;

use crate::{
    body::{Kind, Level},
    rates::{Rate, RateName},
    scope::Scope,
};

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Cohort {
    /// 4-digit code.
    pub region: String,
    /// Level.
    pub level: Level,
    /// Kind.
    pub kind: Kind,
    /// Report year.
    pub year: i16,
}

/// The numbers of one current, judged report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Whose it is.
    pub body: String,
    /// Where it is counted.
    pub cohort: Cohort,
    /// Whom it speaks for.
    pub scope: Scope,
    /// It has an open T error.
    pub wrong: bool,
    /// What is known; an item that is blank, unreadable, of uncertain place or absent is not in it.
    pub values: BTreeMap<Item, i64>,
}

impl Counted {
    /// The sum of these items less those, if all of them are known.
    fn sum(&self, plus: &[Item], minus: &[Item]) -> Option<i64> {
        let all = |items: &[Item]| {
            items.iter().try_fold(0_i64, |sum, item| Some(sum.saturating_add(*self.values.get(item)?)))
        };
        Some(all(plus)?.saturating_sub(all(minus)?))
    }
}

/// How bodies have published and how sound their reports are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Publication {
    /// Bodies that must report.
    pub due: u64,
    /// Reports found.
    pub found: u64,
    /// In time.
    pub in_time: u64,
    /// Late.
    pub late: u64,
    /// Overdue, not yet missing.
    pub overdue: u64,
    /// Missing.
    pub missing: u64,
    /// Date passed, nothing can be said.
    pub unknown: u64,
    /// Verdict consistent.
    pub consistent: u64,
    /// Verdict inconsistent.
    pub inconsistent: u64,
    /// Verdict incomplete.
    pub incomplete: u64,
    /// Found, without an S error or warning.
    pub well_formed: u64,
}

/// A sum over reports, or two of the same reports, one over the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// The sum, or what stands above the line.
    pub numerator: i64,
    /// What stands below the line; 0 for a plain sum.
    pub denominator: i64,
    /// Reports that are in it.
    pub n: u64,
    /// Reports that lack a number it needs.
    pub left_out: u64,
}

impl Sum {
    fn add(&mut self, pair: Option<(i64, i64)>) {
        match pair {
            Some((above, below)) => {
                self.merge(&Self { numerator: above, denominator: below, n: 1, left_out: 0 })
            }
            None => self.left_out += 1,
        }
    }

    fn merge(&mut self, other: &Self) {
        self.numerator = self.numerator.saturating_add(other.numerator);
        self.denominator = self.denominator.saturating_add(other.denominator);
        self.n += other.n;
        self.left_out += other.left_out;
    }
}

/// Sums over reports of one scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// Reports that are counted or left out.
    pub reports: u64,
    /// Each item over the reports that have it.
    pub items: BTreeMap<Item, Sum>,
    /// Each rate over the reports that have all it needs.
    pub rates: BTreeMap<RateName, Sum>,
}

impl Sums {
    fn add(&mut self, report: &Counted, before: Option<&Counted>) {
        self.reports += 1;
        for item in Item::ALL {
            self.items.entry(*item).or_default().add(report.values.get(item).map(|value| (*value, 0)));
        }
        for (name, formula) in RateName::FORMULAS {
            let pair = report.sum(formula.above, &[]).zip(report.sum(formula.below, formula.less));
            self.rates.entry(*name).or_default().add(pair);
        }
        let requests = |report: &Counted| report.values.get(&Item::NewReceived).copied();
        let now_and_before = requests(report).zip(before.and_then(requests));
        let change = now_and_before.map(|(now, before)| (now.saturating_sub(before), before));
        self.rates.entry(RateName::YearOnYear).or_default().add(change);
    }

    fn merge(&mut self, other: &Self) {
        self.reports += other.reports;
        for (item, sum) in &other.items {
            self.items.entry(*item).or_default().merge(sum);
        }
        for (name, sum) in &other.rates {
            self.rates.entry(*name).or_default().merge(sum);
        }
    }

    /// The sum of an item; nothing in it when there are no reports.
    pub fn item(&self, item: Item) -> Sum {
        self.items.get(&item).copied().unwrap_or_default()
    }

    /// 申请量: requests newly received.
    pub fn requests(&self) -> Sum {
        self.item(Item::NewReceived)
    }

    /// A rate over these reports; one of publication has no numbers here.
    pub fn rate(&self, name: RateName) -> Rate {
        Rate::new(name, self.rates.get(&name).copied().unwrap_or_default())
    }

    /// The rates over these reports, in their order.
    pub fn rates(&self) -> Vec<Rate> {
        RateName::ALL.iter().filter(|name| !name.is_of_publication()).map(|name| self.rate(*name)).collect()
    }
}

/// All sums of one cohort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// What is counted.
    pub cohort: Cohort,
    /// How its bodies have published.
    pub publication: Publication,
    /// Sound reports, by scope.
    pub sound: BTreeMap<Scope, Sums>,
    /// Reports with a T error, by scope.
    pub wrong: BTreeMap<Scope, Sums>,
}

impl Figures {
    /// Nothing counted yet.
    pub const fn of(cohort: Cohort) -> Self {
        Self {
            cohort,
            publication: Publication {
                due: 0,
                found: 0,
                in_time: 0,
                late: 0,
                overdue: 0,
                missing: 0,
                unknown: 0,
                consistent: 0,
                inconsistent: 0,
                incomplete: 0,
                well_formed: 0,
            },
            sound: BTreeMap::new(),
            wrong: BTreeMap::new(),
        }
    }

    /// The sums over sound reports of a scope.
    pub fn sums(&self, scope: Scope) -> Sums {
        self.sound.get(&scope).cloned().unwrap_or_default()
    }

    /// Adds another cohort's sums, for a total over regions. Levels and kinds are never to be added up; the caller sees to that.
    pub fn merge(&mut self, other: &Self) {
        let (own, more) = (&mut self.publication, &other.publication);
        own.due += more.due;
        own.found += more.found;
        own.in_time += more.in_time;
        own.late += more.late;
        own.overdue += more.overdue;
        own.missing += more.missing;
        own.unknown += more.unknown;
        own.consistent += more.consistent;
        own.inconsistent += more.inconsistent;
        own.incomplete += more.incomplete;
        own.well_formed += more.well_formed;
        for (into, from) in [(&mut self.sound, &other.sound), (&mut self.wrong, &other.wrong)] {
            for (scope, sums) in from {
                into.entry(*scope).or_default().merge(sums);
            }
        }
    }
}

/// Adds up. `reports` may hold the year before those of interest, for 同比; each body has at most one report a year and scope.
pub fn figures(publications: &[(Cohort, Publication)], reports: &[Counted]) -> Vec<Figures> {
    let mut cohorts: BTreeMap<&Cohort, Figures> = BTreeMap::new();
    for (cohort, publication) in publications {
        cohorts.entry(cohort).or_insert_with(|| Figures::of(cohort.clone())).publication = *publication;
    }
    let known: HashMap<_, _> = reports
        .iter()
        .map(|report| ((report.body.as_str(), report.scope, report.cohort.year), report))
        .collect();
    for report in reports {
        let last_year = report.cohort.year.saturating_sub(1);
        // A year that contradicts itself is no measure of the next one.
        let before = known
            .get(&(report.body.as_str(), report.scope, last_year))
            .copied()
            .filter(|before| report.wrong || !before.wrong);
        let figures = cohorts.entry(&report.cohort).or_insert_with(|| Figures::of(report.cohort.clone()));
        let side = if report.wrong { &mut figures.wrong } else { &mut figures.sound };
        side.entry(report.scope).or_default().add(report, before);
    }
    cohorts.into_values().collect()
}

#[cfg(test)]
mod tests;
