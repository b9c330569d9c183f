//! Reports in every layout with fields deleted, doubled or blanked: what is still read as printed is what was printed there.
use std::collections::BTreeMap;

use gongkai_reading::{Hints, read};
use gongkai_testkit::reports::{Bars, Layout, ReportPlan};
use proptest::prelude::*;
use regex::Regex;

use crate::cells;

/// How one field of the page is edited.
#[derive(Clone, Copy, Debug)]
enum Edit {
    Delete,
    Double,
    Blank,
}

/// A way to lay out a report and to find the fields of its numbers: each match is a field, its group `n` the number.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Table,
    Styled,
    LineOfCell(Bars),
    Tabs,
    Bars,
    FramedBars,
    Paragraphs,
}

const SHAPES: [Shape; 9] = [
    Shape::Table,
    Shape::Styled,
    Shape::LineOfCell(Bars::OwnLine),
    Shape::LineOfCell(Bars::Trailing),
    Shape::LineOfCell(Bars::None),
    Shape::Tabs,
    Shape::Bars,
    Shape::FramedBars,
    Shape::Paragraphs,
];

impl Shape {
    const fn layout(self) -> Layout {
        match self {
            Self::Table => Layout::TablePage,
            Self::Styled => Layout::StyledPage,
            Self::LineOfCell(bars) => Layout::LinesText(bars),
            Self::Paragraphs => Layout::LinesText(Bars::None),
            Self::Tabs | Self::Bars | Self::FramedBars => Layout::TabsText,
        }
    }

    fn page(self, seed: u64) -> String {
        let plan = ReportPlan { layout: self.layout(), defects: Vec::new(), ..ReportPlan::random(seed) };
        let content = plan.generate().content;
        let parted = |open: &str| {
            let line = |line: &str| match line.contains('\t') {
                true => format!("{open}{} |", line.replace('\t', " | ")),
                false => line.to_owned(),
            };
            content.lines().map(line).collect::<Vec<_>>().join("\n")
        };
        match self {
            Self::Bars => parted(""),
            Self::FramedBars => parted("| "),
            Self::Paragraphs => content.replace(" |\n", "\n\n"),
            _ => content,
        }
    }

    fn fields(self) -> Regex {
        let number = r"(?P<n>[+-]?\d+(?:\.\d+)?)";
        let pattern = match self {
            Self::Table | Self::Styled => {
                format!(r"<td[^>]*>(?:<p[^>]*><span[^>]*>)?{number}(?:</span></p>)?</td>")
            }
            Self::LineOfCell(_) => format!(r"(?m)^{number} \|\n"),
            Self::Paragraphs => format!(r"(?m)^{number}\n\n"),
            Self::Tabs => format!(r"\t{number}(?:[\t\n])"),
            Self::Bars | Self::FramedBars => format!(r" {number} \|"),
        };
        Regex::new(&pattern).unwrap()
    }

    fn edit(self, field: &str, number: &str, edit: Edit) -> String {
        match edit {
            Edit::Delete => String::new(),
            Edit::Double => field.repeat(2),
            // Without separators an empty field is no field.
            Edit::Blank => {
                field.replacen(&format!("{}{number}", border(field, number)), border(field, number), 1)
            }
        }
    }
}

/// The character before the number, so that no other digits are hit.
fn border<'f>(field: &'f str, number: &str) -> &'f str {
    let at = field.rfind(number).unwrap();
    let from = field[..at].char_indices().last().map_or(0, |(from, _)| from);
    &field[from..at]
}

/// The page with some of its fields edited; of fields that stand side by side only one.
fn edited(shape: Shape, page: &str, edits: &[(usize, Edit)]) -> String {
    let fields: Vec<(usize, usize, String)> = shape
        .fields()
        .captures_iter(page)
        .map(|found| {
            let whole = found.get(0).unwrap();
            // The tab behind a field belongs to the next.
            let end = if matches!(shape, Shape::Tabs) { found.name("n").unwrap().end() } else { whole.end() };
            (whole.start(), end, found["n"].to_owned())
        })
        .collect();
    let mut chosen: BTreeMap<usize, Edit> = BTreeMap::new();
    for (at, edit) in edits {
        let at = at % fields.len();
        if chosen.range(at.saturating_sub(15)..at + 16).next().is_none() {
            chosen.insert(at, *edit);
        }
    }
    let mut text = page.to_owned();
    for (at, edit) in chosen.into_iter().rev() {
        let (start, end, number) = &fields[at];
        text.replace_range(start..end, &shape.edit(&page[*start..*end], number, edit));
    }
    text
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![Just(Edit::Delete), Just(Edit::Double), Just(Edit::Blank)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_number_moves_to_another_place(
        seed in 0_u64..400,
        shape in prop::sample::select(SHAPES.to_vec()),
        edits in prop::collection::vec((0_usize..1_000, edit()), 1..6),
    ) {
        let page = shape.page(seed);
        let whole = cells(&read(page.as_bytes(), Hints::default())[0]);
        let text = edited(shape, &page, &edits);
        let report = &read(text.as_bytes(), Hints::default())[0];
        let moved: Vec<_> = cells(report)
            .into_iter()
            .filter(|(at, value)| value.starts_with("printed") && whole.get(at) != Some(value))
            .collect();
        prop_assert!(moved.is_empty(), "{shape:?} {edits:?}: {moved:?}");
    }
}

#[test]
fn every_shape_is_read_whole_before_it_is_edited() {
    for shape in SHAPES {
        for seed in 0..8 {
            let page = shape.page(seed);
            let read = cells(&read(page.as_bytes(), Hints::default())[0]);
            let printed = read.values().filter(|value| value.starts_with("printed")).count();
            assert!(printed >= 198 && printed == read.len(), "{shape:?} {seed}: {printed} of {}", read.len());
            assert!(shape.fields().find_iter(&page).count() >= 90, "{shape:?} {seed}");
        }
    }
}
