//! Prometheus's text exposition, read strictly: a line that is not one ends the test.
use std::collections::BTreeMap;

use gongkai_harness::web;

/// The samples of one scrape.
pub(crate) struct Exposition {
    samples: Vec<(String, BTreeMap<String, String>, f64)>,
    kinds: BTreeMap<String, String>,
}

impl Exposition {
    /// Scrapes `/metrics` of a console.
    pub(crate) fn of(console: &str) -> Self {
        let answer = web::get(&format!("{console}metrics"));
        assert_eq!(answer.status, 200);
        assert!(
            answer.head.to_lowercase().contains("content-type: text/plain; version=0.0.4"),
            "{}",
            answer.head
        );
        Self::parse(&answer.text())
    }

    fn parse(text: &str) -> Self {
        let (mut samples, mut kinds) = (Vec::new(), BTreeMap::new());
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(comment) = line.strip_prefix("# ") {
                let words: Vec<&str> = comment.splitn(3, ' ').collect();
                match words.as_slice() {
                    ["TYPE", name, kind] => {
                        assert!(
                            kinds.insert((*name).to_owned(), (*kind).to_owned()).is_none(),
                            "twice: {line}"
                        );
                    }
                    ["HELP", _, help] => assert!(!help.is_empty(), "{line}"),
                    _ => panic!("neither HELP nor TYPE: {line}"),
                }
                continue;
            }
            let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no value: {line}"));
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let labels = labels.strip_suffix('}').unwrap_or_else(|| panic!("open labels: {line}"));
            samples.push((name.to_owned(), labels_of(labels), value.parse().unwrap()));
        }
        Self { samples, kinds }
    }

    /// The kind that a metric declares.
    pub(crate) fn kind(&self, name: &str) -> &str {
        self.kinds.get(name).unwrap_or_else(|| panic!("{name} is not exposed: {:?}", self.kinds.keys()))
    }

    /// The sum of the series of a name that carry these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let found: Vec<f64> = self.series(name, labels).collect();
        assert!(!found.is_empty(), "no series {name} {labels:?}");
        found.iter().sum()
    }

    /// How many series of a name carry these labels.
    pub(crate) fn count(&self, name: &str, labels: &[(&str, &str)]) -> usize {
        self.series(name, labels).count()
    }

    /// The names of labels that the series of a name carry.
    pub(crate) fn labels(&self, name: &str) -> Vec<String> {
        let (_, labels, _) =
            self.samples.iter().find(|(own, ..)| own == name).unwrap_or_else(|| panic!("{name}"));
        labels.keys().cloned().collect()
    }

    fn series<'e>(&'e self, name: &'e str, labels: &'e [(&str, &str)]) -> impl Iterator<Item = f64> + 'e {
        let fits = move |own: &BTreeMap<String, String>| {
            labels.iter().all(|(key, value)| own.get(*key).is_some_and(|own| own == value))
        };
        self.samples
            .iter()
            .filter(move |(own, labels, _)| own == name && fits(labels))
            .map(|(.., value)| *value)
    }
}

fn labels_of(text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let mut rest = text;
    while let Some((name, tail)) = rest.split_once("=\"") {
        let (value, tail) = tail.split_once('"').unwrap();
        labels.insert(name.to_owned(), value.to_owned());
        rest = tail.strip_prefix(',').unwrap_or(tail);
    }
    assert_eq!(rest, "", "labels: {text}");
    labels
}

#[test]
fn the_exposition_is_read_as_prometheus_reads_it() {
    let text = "# HELP a_total Help words.\n# TYPE a_total counter\na_total{x=\"1\",y=\"二\"} 3\na_total{x=\"2\",y=\"二\"} 4\nb 0.5\n";
    let read = Exposition::parse(text);
    assert_eq!(read.kind("a_total"), "counter");
    assert_eq!(read.sum("a_total", &[("y", "二")]), 7.0);
    assert_eq!(read.sum("a_total", &[("x", "2")]), 4.0);
    assert_eq!(read.count("a_total", &[("x", "3")]), 0);
    assert_eq!(read.sum("b", &[]), 0.5);
}
