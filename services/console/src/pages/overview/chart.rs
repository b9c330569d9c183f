//! The four rates of publication over the years, one small chart for each level and kind, as SVG without script.
use std::collections::BTreeMap;

use gongkai_model::{Figures, Rate};
use gongkai_store::Coverage;
use rust_decimal::prelude::ToPrimitive;

use super::rates;
use crate::{frame::Frame, words};

/// Years of a chart.
const YEARS: i16 = 12;
/// With more of them only every second one is named below the chart.
const NAMED: i16 = 8;
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

/// The points of one rate. A year without a denominator has none, and no line goes across it.
pub(super) struct Series {
    pub(super) number: usize,
    /// Years that follow each other.
    pub(super) lines: Vec<String>,
    /// The shape of each point, and what it says.
    pub(super) marks: Vec<(String, String)>,
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
    several.enumerate().filter_map(|(number, years)| chart(f, number, &years)).collect()
}

/// The shape of a rate's points, so that lines are told apart without colours: circle, square, triangle, diamond.
pub(super) fn mark(number: usize, x: f64, y: f64) -> String {
    let (left, top) = (|by: f64| x - by, |by: f64| y - by);
    match number {
        0 => format!("M{:.1} {y:.1}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z", left(3.0)),
        1 => format!("M{:.1} {:.1}h5.4v5.4h-5.4z", left(2.7), top(2.7)),
        2 => format!("M{x:.1} {:.1}l3.6 6.2h-7.2z", top(3.9)),
        _ => format!("M{x:.1} {:.1}l3.8 3.8l-3.8 3.8l-3.8 -3.8z", top(3.8)),
    }
}

fn chart(f: &Frame, number: usize, years: &BTreeMap<i16, Figures>) -> Option<Chart> {
    let (last, figures) = years.last_key_value()?;
    let first = (*years.first_key_value()?.0).max(last - YEARS + 1);
    let cohort = &figures.cohort;
    let title = format!("{} · {}", words::level(f, cohort.level), words::kind(f, cohort.kind));
    let words: Vec<String> = figures
        .publication_rates()
        .iter()
        .map(|rate| format!("{} {}", rate.name.get(f.lang), words::rate(rate)))
        .collect();
    let summary = format!("{title}, {last}: {}", words.join(f.t("，", ", ")));
    let x = |year: i16| LEFT + (RIGHT - LEFT) * f64::from(year - first) / f64::from((last - first).max(1));
    let every = if last - first < NAMED { 1 } else { 2 };
    let rates = |year: i16| years.get(&year).map(Figures::publication_rates);
    let texts = |rates: Option<Vec<Rate>>| match rates {
        Some(rates) => rates.iter().map(words::rate).collect(),
        None => vec!["—".to_owned(); 4],
    };
    Some(Chart {
        id: format!("chart-{number}"),
        title,
        summary,
        grid: vec![(TOP as u32, "100%"), (((TOP + BOTTOM) / 2.0) as u32, "50%"), (BOTTOM as u32, "0%")],
        years: (first..=*last)
            .filter(|year| (last - year) % every == 0)
            .map(|year| (format!("{:.1}", x(year)), year))
            .collect(),
        series: (0..4)
            .map(|number| series(f, number, (first..=*last).map(|y| (y, x(y), rates(y)))))
            .collect(),
        rows: (first..=*last).rev().map(|year| (year, texts(rates(year)))).collect(),
    })
}

fn series(f: &Frame, number: usize, years: impl Iterator<Item = (i16, f64, Option<Vec<Rate>>)>) -> Series {
    let (mut lines, mut marks) = (vec![String::new()], Vec::new());
    for (year, x, rates) in years {
        let rate = rates.as_ref().and_then(|rates| rates.get(number));
        let value = rate.and_then(|rate| Some((rate, rate.value()?.to_f64()?)));
        let Some((rate, value)) = value else {
            lines.push(String::new());
            continue;
        };
        let y = BOTTOM - (BOTTOM - TOP) * value.clamp(0.0, 1.0);
        if let Some(line) = lines.last_mut() {
            line.push_str(&format!("{x:.1},{y:.1} "));
        }
        let about = format!("{year} {} {}", rate.name.get(f.lang), words::rate(rate));
        marks.push((mark(number, x, y), about));
    }
    lines.retain(|line| !line.is_empty());
    Series { number, lines, marks }
}

#[cfg(test)]
mod tests {
    use gongkai_model::{Kind, Lang, Level};

    use super::*;

    fn line(region: &str, year: i16, expected: u64, found: u64) -> Coverage {
        Coverage {
            region: region.into(),
            level: Level::County,
            kind: Kind::Department,
            year,
            expected,
            found,
            in_time: found,
            late: 0,
            overdue: 0,
            missing: expected - found,
            unknown: 0,
            consistent: found,
            inconsistent: 0,
            incomplete: 0,
            well_formed: found,
        }
    }

    fn drawn(coverage: &[Coverage]) -> Vec<Chart> {
        charts(&Frame { lang: Lang::Zh, switch: String::new() }, coverage)
    }

    #[test]
    fn regions_are_added_up_and_no_line_crosses_a_year_without_a_number() {
        let coverage = [
            line("9901", 2020, 4, 2),
            line("9902", 2020, 4, 4),
            line("9901", 2021, 4, 4),
            line("9901", 2023, 4, 0),
            line("9901", 2024, 4, 4),
        ];
        let chart = drawn(&coverage).remove(0);
        assert_eq!(
            chart.years.iter().map(|(_, year)| *year).collect::<Vec<_>>(),
            [2020, 2021, 2022, 2023, 2024]
        );
        let published = &chart.series[0];
        assert_eq!(published.lines, ["52.0,50.0 123.5,12.0 ", "266.5,164.0 338.0,12.0 "]);
        assert_eq!(published.marks[0].1, "2020 发布率 75.0% (6/8)");
        // Nothing was found in 2023: of its reports nothing can be said.
        let consistent = &chart.series[3];
        assert_eq!(consistent.lines, ["52.0,12.0 123.5,12.0 ", "338.0,12.0 "]);
        assert_eq!(chart.rows[2], (2022, vec!["—".to_owned(); 4]));
    }

    #[test]
    fn a_single_year_is_no_trend_and_of_many_the_last_are_drawn() {
        assert!(drawn(&[line("9901", 2024, 1, 1)]).is_empty());
        let chart = drawn(&(2000..2025).map(|year| line("9901", year, 1, 1)).collect::<Vec<_>>()).remove(0);
        let named: Vec<_> = chart.years.iter().map(|(_, year)| *year).collect();
        assert_eq!((chart.rows.len(), named), (12, vec![2014, 2016, 2018, 2020, 2022, 2024]));
    }
}
