//! The four rates of publication over the years, one small chart for each level and kind, as SVG without script.
use std::collections::BTreeMap;

use gongkai_model::{Figures, Rate};
use gongkai_store::Coverage;
use rust_decimal::prelude::ToPrimitive;

use super::rates;
use crate::{frame::Frame, words};

/// Years of a chart.
const YEARS: usize = 12;
/// The drawing area within the view box of 360 × 190.
const LEFT: f64 = 52.0;
const RIGHT: f64 = 338.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 164.0;

/// A chart ready to be written.
pub(super) struct Chart {
    pub(super) id: String,
    pub(super) title: String,
    /// What a screen reader says of it; the numbers stand in a table below.
    pub(super) summary: String,
    pub(super) grid: Vec<(u32, &'static str)>,
    pub(super) years: Vec<(String, i16)>,
    pub(super) series: Vec<Series>,
    pub(super) rows: Vec<(i16, Vec<String>)>,
}

/// A line. Years without a denominator have no point.
pub(super) struct Series {
    pub(super) number: usize,
    pub(super) points: String,
    pub(super) dots: Vec<(String, String)>,
}

/// One chart for each level and kind that has more than one year; regions of one level and kind are added up, nothing else is.
pub(super) fn charts(f: &Frame, coverage: &[Coverage]) -> Vec<Chart> {
    let mut groups: BTreeMap<_, BTreeMap<i16, Figures>> = BTreeMap::new();
    for line in coverage {
        let figures = rates::of(line);
        let years = groups.entry((line.level, line.kind.as_str())).or_default();
        years.entry(line.year).and_modify(|sum| sum.merge(&figures)).or_insert(figures);
    }
    let several = groups.into_values().filter(|years| years.len() > 1);
    several.enumerate().filter_map(|(number, years)| chart(f, number, years)).collect()
}

fn chart(f: &Frame, number: usize, years: BTreeMap<i16, Figures>) -> Option<Chart> {
    let cohort = &years.values().next()?.cohort;
    let title = format!("{} · {}", words::level(f, cohort.level), words::kind(f, cohort.kind));
    let skipped = years.len().saturating_sub(YEARS);
    let lines: Vec<(i16, Vec<Rate>)> =
        years.iter().skip(skipped).map(|(year, figures)| (*year, figures.publication_rates())).collect();
    let steps = lines.len().saturating_sub(1).max(1) as f64;
    let x = |at: usize| format!("{:.1}", LEFT + (RIGHT - LEFT) * at as f64 / steps);
    let series = (0..4).map(|which| series(which, &lines, x)).collect();
    let last = lines.last()?;
    let words: Vec<String> =
        last.1.iter().map(|rate| format!("{} {}", rate.name.get(f.lang), words::rate(rate))).collect();
    let summary = format!("{title}, {}: {}", last.0, words.join(f.t("，", ", ")));
    Some(Chart {
        id: format!("chart-{number}"),
        title,
        summary,
        grid: vec![(TOP as u32, "100%"), (((TOP + BOTTOM) / 2.0) as u32, "50%"), (BOTTOM as u32, "0%")],
        years: lines.iter().enumerate().map(|(at, (year, _))| (x(at), *year)).collect(),
        series,
        rows: lines
            .iter()
            .rev()
            .map(|(year, rates)| (*year, rates.iter().map(words::rate).collect()))
            .collect(),
    })
}

fn series(number: usize, lines: &[(i16, Vec<Rate>)], x: impl Fn(usize) -> String) -> Series {
    let mut dots = Vec::new();
    for (at, (_, rates)) in lines.iter().enumerate() {
        if let Some(value) = rates.get(number).and_then(Rate::value).and_then(|value| value.to_f64()) {
            dots.push((x(at), format!("{:.1}", BOTTOM - (BOTTOM - TOP) * value.clamp(0.0, 1.0))));
        }
    }
    let points: Vec<String> = dots.iter().map(|(x, y)| format!("{x},{y}")).collect();
    Series { number, points: points.join(" "), dots }
}
