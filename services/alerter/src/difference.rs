//! What changed between two versions of a report: cells, stated numbers, parts, wording; page furniture does not count. Pure.
use std::collections::BTreeMap;

use gongkai_model::{Cell, CellState, Key, Report, Table, Text, form};

/// How many changes a message lists.
const LISTED: usize = 10;
/// Parts of a report that the form numbers; what follows them is not judged as a part.
const PARTS: std::ops::RangeInclusive<u8> = 1..=6;
/// Lines of the page around the text: counters, print buttons, imprint.
const FURNITURE: &[&str] = &[
    "浏览",
    "访问",
    "阅读次数",
    "点击",
    "打印",
    "关闭",
    "版权",
    "ICP",
    "备案",
    "标识码",
    "邮编",
    "今天是",
    "更新时间",
    "上一篇",
    "下一篇",
];

/// The differences, worded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Cells: old → new.
    pub cells: Vec<Text>,
    /// Numbers in the narrative.
    pub numbers: Vec<Text>,
    /// Parts and tables that came or went.
    pub parts: Vec<Text>,
    /// Words of a part changed.
    pub wording: bool,
}

impl Difference {
    /// True when more than wording changed.
    pub(crate) fn is_material(&self) -> bool {
        !(self.cells.is_empty() && self.numbers.is_empty() && self.parts.is_empty())
    }

    /// The differences as one statement; cells first, at most ten of all.
    pub(crate) fn text(&self) -> Text {
        let all: Vec<_> = self.cells.iter().chain(&self.parts).chain(&self.numbers).collect();
        if all.is_empty() {
            return Text::new("仅文字表述有变动", "only the wording changed");
        }
        let join = |pick: fn(&Text) -> &str, mark| {
            all.iter().take(LISTED).map(|text| pick(text)).collect::<Vec<_>>().join(mark)
        };
        let (mut zh, mut en) = (join(|text| &text.zh, "；"), join(|text| &text.en, "; "));
        if let Some(more) = all.len().checked_sub(LISTED).filter(|more| *more > 0) {
            zh.push_str(&format!("；另有{more}处"));
            en.push_str(&format!("; and {more} more"));
        }
        Text::new(zh, en)
    }
}

/// What changed from `old` to `new`.
pub(crate) fn difference(old: &Report, new: &Report) -> Difference {
    let mut difference = Difference::default();
    tables(old, new, &mut difference);
    let (before, after) = (narrative(old), narrative(new));
    for number in PARTS {
        let name =
            |side: &str, en: &str| Text::new(format!("第{number}部分{side}"), format!("part {number} {en}"));
        match (before.get(&number), after.get(&number)) {
            (None, Some(_)) => difference.parts.push(name("新增", "added")),
            (Some(_), None) => difference.parts.push(name("删去", "removed")),
            (Some(old), Some(new)) if old != new => {
                difference.wording = true;
                difference.numbers.extend(number_change(number, old, new));
            }
            _ => {}
        }
    }
    if before.is_empty() && after.is_empty() && squeezed(&old.text) != squeezed(&new.text) {
        difference.wording = true;
    }
    difference
}

fn tables(old: &Report, new: &Report, difference: &mut Difference) {
    for table in &old.tables {
        let label = table_label(table);
        match new.table(table.key.as_str()) {
            Some(now) => difference.cells.extend(cells(table, now)),
            None => difference
                .parts
                .push(Text::new(format!("删去表“{}”", label.zh), format!("table '{}' removed", label.en))),
        }
    }
    for table in new.tables.iter().filter(|table| old.table(table.key.as_str()).is_none()) {
        let label = table_label(table);
        difference
            .parts
            .push(Text::new(format!("新增表“{}”", label.zh), format!("table '{}' added", label.en)));
    }
}

fn cells(old: &Table, new: &Table) -> Vec<Text> {
    let places = |table: &Table| table.cells.iter().map(|cell| (cell.row, cell.column)).collect::<Vec<_>>();
    let mut all = places(old);
    all.extend(
        places(new).into_iter().filter(|place| old.cell(place.0.as_str(), place.1.as_str()).is_none()),
    );
    let change = |(row, column): (Key, Key)| {
        let cell = |table: &Table| shown(table.cell(row.as_str(), column.as_str()));
        let (before, after) = (cell(old)?, cell(new)?);
        (before != after).then(|| {
            let label = cell_label(
                if new.cell(row.as_str(), column.as_str()).is_some() { new } else { old },
                row,
                column,
            );
            Text::new(
                format!("{}：{}→{}", label.zh, before.zh, after.zh),
                format!("{}: {} → {}", label.en, before.en, after.en),
            )
        })
    };
    all.into_iter().filter_map(change).collect()
}

/// What is printed, as far as it is known for certain; `None` where the place was only inferred.
fn shown(cell: Option<&Cell>) -> Option<Text> {
    let Some(cell) = cell else { return Some(Text::new("无此格", "no such cell")) };
    match cell.state {
        CellState::Printed => {
            let value =
                cell.value.map_or_else(|| cell.printed.clone(), |value| value.normalize().to_string());
            Some(Text::new(value.clone(), value))
        }
        CellState::Blank => Some(Text::new("空白", "blank")),
        CellState::Unreadable => {
            Some(Text::new(format!("“{}”", cell.printed), format!("'{}'", cell.printed)))
        }
        CellState::Inferred | CellState::Unplaced => None,
    }
}

fn table_label(table: &Table) -> Text {
    let label =
        form(table.form.as_str()).and_then(|form| form.table(table.key.as_str())).map(|shape| &shape.label);
    label.map_or_else(
        || Text::new(table.key.as_str(), table.key.as_str()),
        |label| Text::new(label.zh, label.en),
    )
}

fn cell_label(table: &Table, row: Key, column: Key) -> Text {
    let shape = form(table.form.as_str()).and_then(|form| form.table(table.key.as_str()));
    let row_label = shape.and_then(|shape| shape.row(row.as_str())).map(|(_, row)| &row.label);
    let column_label =
        shape.and_then(|shape| shape.column(row.as_str(), column.as_str())).map(|column| &column.label);
    let zh = [row_label.map_or(row.as_str(), |l| l.zh), column_label.map_or(column.as_str(), |l| l.zh)];
    let en = [row_label.map_or(row.as_str(), |l| l.en), column_label.map_or(column.as_str(), |l| l.en)];
    Text::new(zh.join("/"), en.join(" / "))
}

/// The words of each part, its tables and the page's furniture left out, blanks squeezed.
fn narrative(report: &Report) -> BTreeMap<u8, String> {
    let letters: Vec<char> = report.text.chars().collect();
    let in_table =
        |at: usize| report.tables.iter().any(|t| (t.span.start as usize..t.span.end as usize).contains(&at));
    let mut parts: BTreeMap<u8, String> = BTreeMap::new();
    for section in report.sections.iter().filter(|section| PARTS.contains(&section.number)) {
        let range = section.span.start as usize..(section.span.end as usize).min(letters.len());
        let words: String = range.filter(|at| !in_table(*at)).filter_map(|at| letters.get(at)).collect();
        let own = words.lines().filter(|line| !FURNITURE.iter().any(|mark| line.contains(mark)));
        let entry = parts.entry(section.number).or_default();
        own.for_each(|line| entry.push_str(&squeezed(line)));
    }
    parts
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn number_change(part: u8, old: &str, new: &str) -> Option<Text> {
    let (before, after) = (numbers(old), numbers(new));
    let only = |own: &BTreeMap<&str, usize>, other: &BTreeMap<&str, usize>| {
        let more = own.iter().filter(|(number, count)| other.get(*number).copied().unwrap_or(0) < **count);
        more.map(|(number, _)| (*number).to_owned()).collect::<Vec<_>>()
    };
    let (gone, come) = (only(&before, &after), only(&after, &before));
    (!(gone.is_empty() && come.is_empty())).then(|| {
        let list = |numbers: &[String], mark, none: &str| {
            if numbers.is_empty() { none.to_owned() } else { numbers.join(mark) }
        };
        Text::new(
            format!("第{part}部分文中数字：{}→{}", list(&gone, "、", "无"), list(&come, "、", "无")),
            format!(
                "numbers in the text of part {part}: {} → {}",
                list(&gone, ", ", "none"),
                list(&come, ", ", "none")
            ),
        )
    })
}

/// The numbers of a text and how often each stands there.
fn numbers(text: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    let runs = text.split(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | ',' | '%')));
    for number in
        runs.map(|run| run.trim_matches(['.', ','])).filter(|run| run.contains(|c: char| c.is_ascii_digit()))
    {
        *counts.entry(number).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::report;

    const PART_ONE: &str = "一、总体情况\n全年收到申请12件。\n";

    #[test]
    fn a_changed_cell_is_named_with_both_values() {
        let difference = difference(&report(PART_ONE, 3), &report(PART_ONE, 5));
        assert_eq!(difference.text().zh, "行政复议/结果维持：3→5；行政复议/总计：3→5");
        assert_eq!(
            difference.text().en,
            "administrative reconsideration / upheld: 3 → 5; administrative reconsideration / total: 3 → 5"
        );
        assert!(difference.is_material() && !difference.wording);
    }

    #[test]
    fn a_changed_number_in_the_text_is_material_and_changed_words_are_not() {
        let numbers = difference(&report(PART_ONE, 3), &report("一、总体情况\n全年收到申请21件。\n", 3));
        assert_eq!(numbers.text().zh, "第1部分文中数字：12→21");
        let words = difference(&report(PART_ONE, 3), &report("一、总体情况\n全年共收到申请12件。\n", 3));
        assert!(words.wording && !words.is_material());
    }

    #[test]
    fn page_furniture_and_blanks_are_no_change() {
        let counted = report("一、总体情况\n 全年收到申请12件。\n浏览次数：871\n", 3);
        assert_eq!(difference(&report(PART_ONE, 3), &counted), Difference::default());
    }

    #[test]
    fn parts_and_tables_that_go_are_named() {
        let mut cut = report(PART_ONE, 3);
        cut.tables.clear();
        cut.sections.truncate(1);
        let text = difference(&report(PART_ONE, 3), &cut).text();
        assert_eq!(text.zh, "删去表“政府信息公开行政复议、行政诉讼情况”；第5部分删去");
    }

    #[test]
    fn a_blank_is_not_zero_and_a_guessed_place_is_no_proof() {
        let mut blank = report(PART_ONE, 0);
        blank.tables[0].cells[0].state = CellState::Blank;
        blank.tables[0].cells[0].value = None;
        assert_eq!(difference(&report(PART_ONE, 0), &blank).text().zh, "行政复议/结果维持：0→空白");
        blank.tables[0].cells[0].state = CellState::Unplaced;
        assert!(!difference(&report(PART_ONE, 0), &blank).is_material());
    }
}
