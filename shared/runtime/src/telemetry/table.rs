//! Series whose whole set of labels comes from the store: replaced as a whole, without a moment in which they are gone.
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use prometheus::{GaugeVec, IntCounterVec, Opts, Registry};

use crate::error::RuntimeError;

/// Label values and the value.
pub type Row<const N: usize, V> = ([String; N], V);

/// A gauge whose series are replaced as a whole.
pub struct GaugeTable<const N: usize> {
    series: GaugeVec,
    shown: Mutex<BTreeSet<[String; N]>>,
}

impl<const N: usize> GaugeTable<N> {
    pub(super) fn new(
        registry: &Registry,
        name: &str,
        help: &str,
        labels: [&str; N],
    ) -> Result<Self, RuntimeError> {
        let series = GaugeVec::new(Opts::new(name, help), &labels)?;
        registry.register(Box::new(series.clone()))?;
        Ok(Self { series, shown: Mutex::default() })
    }

    /// Shows these series and no others.
    pub fn replace(&self, rows: impl IntoIterator<Item = Row<N, f64>>) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = BTreeSet::new();
        for (labels, value) in rows {
            self.series.with_label_values(&labels).set(value);
            now.insert(labels);
        }
        for gone in shown.difference(&now) {
            // It can only fail for labels that are not there, which is what is wanted.
            let _ = self.series.remove_label_values(gone);
        }
        *shown = now;
    }
}

/// A counter whose value the store knows.
pub struct CounterTable<const N: usize> {
    series: IntCounterVec,
}

impl<const N: usize> CounterTable<N> {
    pub(super) fn new(
        registry: &Registry,
        name: &str,
        help: &str,
        labels: [&str; N],
    ) -> Result<Self, RuntimeError> {
        let series = IntCounterVec::new(Opts::new(name, help), &labels)?;
        registry.register(Box::new(series.clone()))?;
        Ok(Self { series })
    }

    /// Brings each series to the value that the store knows; a smaller one (another store) starts it over.
    pub fn replace(&self, rows: impl IntoIterator<Item = Row<N, u64>>) {
        for (labels, value) in rows {
            let counter = self.series.with_label_values(&labels);
            if value < counter.get() {
                counter.reset();
            }
            counter.inc_by(value - counter.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(registry: &Registry) -> Vec<String> {
        let all = prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        all.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    }

    #[test]
    fn series_that_the_store_no_longer_has_are_gone() {
        let registry = Registry::new();
        let table = GaugeTable::new(&registry, "n", "help", ["region"]).unwrap();
        table.replace([(["a".to_owned()], 1.0), (["b".to_owned()], 2.0)]);
        table.replace([(["b".to_owned()], 3.0), (["c".to_owned()], 0.0)]);
        assert_eq!(text(&registry), ["n{region=\"b\"} 3", "n{region=\"c\"} 0"]);
    }

    #[test]
    fn a_counter_follows_the_store() {
        let registry = Registry::new();
        let table = CounterTable::new(&registry, "n_total", "help", ["region"]).unwrap();
        for value in [0, 5, 5, 7, 2] {
            table.replace([(["a".to_owned()], value)]);
            assert_eq!(text(&registry), [format!("n_total{{region=\"a\"}} {value}")]);
        }
    }
}
