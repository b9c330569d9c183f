//! Reports whose cells are known because we made them.
use std::collections::BTreeMap;

use gongkai_model::DocumentKind;
use gongkai_reading::{Hints, read};
use gongkai_testkit::reports::{Bars, Generated, Layout, ReportPlan};

use crate::{assert_spans, cells};

const LAYOUTS: [Layout; 7] = [
    Layout::TablePage,
    Layout::StyledPage,
    Layout::LinesPage(Bars::OwnLine),
    Layout::LinesText(Bars::Trailing),
    Layout::LinesText(Bars::OwnLine),
    Layout::LinesText(Bars::None),
    Layout::TabsText,
];

fn expected(report: &Generated) -> BTreeMap<String, String> {
    let key =
        |cell: &gongkai_testkit::reports::PlannedCell| format!("{}/{}/{}", cell.table, cell.row, cell.column);
    let value = |cell: &gongkai_testkit::reports::PlannedCell| {
        format!(
            "{} {}",
            cell.state().as_str(),
            cell.value.map(|value| value.normalize().to_string()).unwrap_or_default()
        )
    };
    report.cells.iter().map(|cell| (key(cell), value(cell))).collect()
}

#[test]
fn every_layout_gives_the_cells_that_were_printed() {
    for seed in 0..60 {
        for layout in LAYOUTS {
            let mut plan = ReportPlan::random(seed);
            if layout != Layout::TablePage && layout != Layout::StyledPage {
                plan.defects.clear();
            }
            plan.layout = layout;
            let made = plan.generate();
            let reports = read(made.content.as_bytes(), Hints::default());
            let [report] = reports.as_slice() else { panic!("one report") };
            let (read, printed) = (cells(report), expected(&made));
            let wrong: Vec<_> = printed.iter().filter(|(at, value)| read.get(*at) != Some(value)).collect();
            let extra: Vec<_> = read.keys().filter(|at| !printed.contains_key(*at)).collect();
            let of_wrong: Vec<_> = wrong.iter().map(|(at, _)| read.get(*at)).collect();
            assert!(
                wrong.is_empty() && extra.is_empty(),
                "seed {seed} {layout:?} {:?}\nwrong {wrong:?}\nread {of_wrong:?}\nextra {extra:?}",
                plan.defects
            );
            assert_spans(report);
            assert_eq!(report.kind, DocumentKind::AnnualReport);
        }
    }
}

#[test]
fn title_year_and_publisher_are_those_of_the_plan() {
    for seed in 0..60 {
        let plan = ReportPlan { layout: Layout::StyledPage, defects: Vec::new(), ..ReportPlan::random(seed) };
        let made = plan.generate();
        let report = read(made.content.as_bytes(), Hints::default()).remove(0);
        let title = report.title.as_ref().map(|title| title.text.as_str());
        assert_eq!((title, report.year), (Some(made.title.as_str()), Some(plan.year)), "seed {seed}");
        assert_eq!(
            report.publisher.as_ref().map(|name| name.text.as_str()),
            Some(plan.issuer.name.as_str()),
            "seed {seed}"
        );
        assert_eq!(
            report.published.as_ref().map(|published| published.date),
            Some(plan.published),
            "seed {seed}"
        );
        let parts: Vec<u8> = report.sections.iter().map(|section| section.number).collect();
        assert_eq!(parts, [1, 2, 3, 4, 5, 6], "seed {seed}");
    }
}

#[test]
fn a_narrative_has_no_cells() {
    for seed in 0..30 {
        for layout in [Layout::NarrativePage, Layout::NarrativeText] {
            let plan = ReportPlan { layout, ..ReportPlan::random(seed) };
            let report = read(plan.generate().content.as_bytes(), Hints::default()).remove(0);
            assert_eq!(cells(&report).len(), 0, "seed {seed} {layout:?}");
        }
    }
}
