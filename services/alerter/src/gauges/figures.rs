//! Sums and rates as series. Sums of requests and proceedings exist where there are reports; rates of bodies everywhere.
use gongkai_model::{Figures, Rate, Scope, Sums};
use gongkai_runtime::telemetry::StoreMetrics;

use super::{Series, number};

/// The scope of rates that are over bodies and found reports, whomever these speak for.
const ANY: &str = "any";

#[derive(Default)]
struct Rates {
    numerator: Series<6>,
    denominator: Series<6>,
    left_out: Series<6>,
}

/// Shows these and nothing else.
pub(super) fn set(store: &StoreMetrics, figures: &[Figures]) {
    let (mut cells, mut contradicting, mut rates) = (Series::default(), Series::default(), Rates::default());
    for line in figures {
        for rate in line.publication_rates() {
            rates.add(line, ANY, &rate);
        }
        for (scope, sums) in &line.sound {
            cells.extend(summed(line, *scope, sums));
            for rate in sums.rates() {
                rates.add(line, scope.as_str(), &rate);
            }
        }
        for scope in Scope::ALL {
            let wrong = line.wrong.get(&scope).map_or(0, |sums| sums.reports);
            let [region, level, kind, year] = cohort(line);
            contradicting.insert([region, level, kind, year, scope.as_str().to_owned()], number(wrong));
        }
    }
    store.cells.replace(cells);
    store.contradicting.replace(contradicting);
    store.rate_numerator.replace(rates.numerator);
    store.rate_denominator.replace(rates.denominator);
    store.rate_left_out.replace(rates.left_out);
}

/// The items that some report of this scope has; one that none has is not 0, and no series.
fn summed<'l>(
    line: &'l Figures,
    scope: Scope,
    sums: &'l Sums,
) -> impl Iterator<Item = ([String; 6], f64)> + 'l {
    sums.items
        .iter()
        .filter(|(_, sum)| sum.n > 0)
        .map(move |(item, sum)| (labels(line, scope.as_str(), item.as_str()), whole(sum.numerator)))
}

impl Rates {
    fn add(&mut self, line: &Figures, scope: &str, rate: &Rate) {
        let labels = labels(line, scope, rate.rate.as_str());
        self.numerator.insert(labels.clone(), whole(rate.numerator));
        self.denominator.insert(labels.clone(), whole(rate.denominator));
        self.left_out.insert(labels, number(rate.left_out));
    }
}

fn cohort(line: &Figures) -> [String; 4] {
    let of = &line.cohort;
    [of.region.as_str(), of.level.as_str(), of.kind.as_str(), &of.year.to_string()].map(String::from)
}

fn labels(line: &Figures, scope: &str, name: &str) -> [String; 6] {
    let [region, level, kind, year] = cohort(line);
    [region, level, kind, year, scope.to_owned(), name.to_owned()]
}

/// A sum as metrics have it; exact up to 2^53.
const fn whole(sum: i64) -> f64 {
    sum as f64
}
