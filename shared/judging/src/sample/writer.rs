//! Writes a sample as the text and the structure that reading would give, every span in its place.
use gongkai_model::{
    Absent, Cell, CellState, Column, DocumentKind, Doubt, NumberKind, Quote, Report, Row, Section, Span,
    Table, TableHint, Unit,
};
use rust_decimal::Decimal;

use super::{Sample, SampleCell, SampleTable};
use crate::draft::decimal;

/// The headings of the six parts.
const HEADINGS: [&str; 6] = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
];

/// Text with the number of characters written so far.
#[derive(Default)]
struct Page {
    text: String,
    length: u32,
}

impl Page {
    fn write(&mut self, words: &str) -> Span {
        let start = self.length;
        self.text.push_str(words);
        self.length += u32::try_from(words.chars().count()).unwrap_or(u32::MAX);
        Span::new(start, self.length)
    }

    fn line(&mut self, words: &str) -> Quote {
        let span = self.write(words);
        self.write("\n");
        Quote { text: words.to_owned(), span }
    }
}

pub(super) fn build(sample: &Sample) -> Report {
    let mut page = Page::default();
    let title = (sample.kind != DocumentKind::Unreadable).then(|| page.line(&title(sample)));
    let mut sections = Vec::new();
    let mut tables = Vec::new();
    for (number, heading) in (1..).zip(HEADINGS) {
        let start = page.length;
        let heading = sample.parts.contains(&number).then(|| page.line(heading));
        match sample.tables.iter().find(|table| table.form.section == number) {
            Some(table) => tables.push(write_table(&mut page, table)),
            None if heading.is_some() => {
                page.line("本年度按规定开展工作。");
            }
            None => {}
        }
        if heading.is_some() {
            sections.push(Section { number, heading, span: Span::new(start, page.length) });
        }
    }
    let hints =
        sample.hints.iter().map(|(kind, words)| TableHint { kind: *kind, quote: page.line(words) }).collect();
    let doubt =
        |(kind, table, words): &(_, _, String)| Doubt { kind: *kind, table: *table, quote: page.line(words) };
    let doubts = sample.doubts.iter().map(doubt).collect();
    Report {
        index: 0,
        kind: sample.kind,
        error: sample.error.clone(),
        text: page.text,
        charset: "UTF-8".into(),
        title,
        publisher: None,
        year: sample.year,
        index_number: None,
        published: None,
        signed: None,
        sections,
        tables,
        hints,
        doubts,
    }
}

fn title(sample: &Sample) -> String {
    match (sample.kind, sample.year) {
        (DocumentKind::NotAReport, _) => "关于做好政府信息公开工作年度报告编制的通知".to_owned(),
        (_, Some(year)) => format!("示例县{year}年政府信息公开工作年度报告"),
        (_, None) => "示例县政府信息公开工作年度报告".to_owned(),
    }
}

fn write_table(page: &mut Page, table: &SampleTable) -> Table {
    let start = page.length;
    let mut cells = Vec::new();
    for block in &table.form.blocks {
        let heads: Vec<_> = block.columns.iter().map(|column| column.label.zh).collect();
        page.line(&format!("{}\t{}", block.label, heads.join("\t")));
        for row in &block.rows {
            page.write(row.label.zh);
            for column in &block.columns {
                cells.extend(write_cell(page, table, row, column));
            }
            page.write("\n");
        }
    }
    let absent = table.lacks.iter().map(|(row, column)| Absent { row: *row, column: *column }).collect();
    Table { key: table.form.key, form: table.form_id, span: Span::new(start, page.length), absent, cells }
}

fn write_cell(page: &mut Page, table: &SampleTable, row: &Row, column: &Column) -> Option<Cell> {
    let (state, value, printed) = match table.cell(row.key, column.key)? {
        SampleCell::Printed(value) => (CellState::Printed, Some(value), decimal(value)),
        SampleCell::Inferred(value) => (CellState::Inferred, Some(value), decimal(value)),
        SampleCell::Unplaced(value) => (CellState::Unplaced, Some(value), decimal(value)),
        SampleCell::Blank(raw) => (CellState::Blank, None, raw),
        SampleCell::Unreadable(words) => (CellState::Unreadable, None, words),
    };
    page.write("\t");
    let span = page.write(&printed);
    let unit = (column.number == NumberKind::Amount).then(|| unit(column, value));
    Some(Cell { row: row.key, column: column.key, state, value, printed, span, unit })
}

fn unit(column: &Column, value: Option<Decimal>) -> Unit {
    if column.fixed_unit && value.is_some() { Unit::WanYuan } else { Unit::Unstated }
}
