//! Statutory tables as drawn: rows of cells with their spans, from the form's own labels.
use gongkai_model::{Block, Form, Group, Key, Orientation, Row, TableForm};

use super::Cells;

/// A cell of a drawn table.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) text: String,
    pub(super) colspan: usize,
    pub(super) rowspan: usize,
    /// A number of the report, not a label.
    pub(super) number: bool,
}

/// A drawn table.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    pub(super) width: usize,
    pub(super) rows: Vec<Vec<Drawn>>,
}

fn label(text: &str, colspan: usize, rowspan: usize) -> Drawn {
    Drawn { text: text.to_owned(), colspan, rowspan, number: false }
}

/// Draws a table of the form with the cells that the report has; nothing when it has none.
pub(super) fn draw(form: &Form, key: Key, cells: &Cells) -> Option<Grid> {
    let table = form.tables.iter().find(|table| table.key == key)?;
    if !cells.has_table(key) {
        return None;
    }
    Some(match (table.orientation, table.key.as_str()) {
        (Orientation::Across, _) => across(table, cells),
        (Orientation::Rows, "requests") => requests(table, cells),
        (Orientation::Rows, _) => blocks(table, cells),
    })
}

fn numbers(table: &TableForm, block: &Block, row: &Row, cells: &Cells) -> Vec<Drawn> {
    let of = |column: Key| cells.get(table.key.as_str(), row.key.as_str(), column.as_str());
    let texts = block
        .columns
        .iter()
        .map(|column| of(column.key).map(|cell| cell.printed.clone()).unwrap_or_default());
    texts.map(|text| Drawn { text, colspan: 1, rowspan: 1, number: true }).collect()
}

/// Table two: a caption, a head and rows for each block; the last column takes what is left of the width.
fn blocks(table: &TableForm, cells: &Cells) -> Grid {
    let width = 1 + table.blocks.iter().map(|block| block.columns.len()).max().unwrap_or(0);
    let mut rows = Vec::new();
    for block in &table.blocks {
        rows.push(vec![label(block.label, width, 1)]);
        let heads = block.columns.iter().map(|column| label(column.label.zh, 1, 1));
        rows.push(filled([label("信息内容", 1, 1)].into_iter().chain(heads).collect(), width));
        for row in block.rows.iter().filter(|row| cells.has_row(table.key, row.key)) {
            let name = label(row.label.zh, 1, 1);
            let line = [name].into_iter().chain(numbers(table, block, row, cells)).collect();
            rows.push(filled(line, width));
        }
    }
    Grid { width, rows }
}

fn filled(mut row: Vec<Drawn>, width: usize) -> Vec<Drawn> {
    let rest = width.saturating_sub(row.len());
    if let Some(last) = row.last_mut() {
        last.colspan += rest;
    }
    row
}

/// Table three: three label columns under a note that spans the head, then the applicants.
fn requests(table: &TableForm, cells: &Cells) -> Grid {
    let Some(block) = table.blocks.first() else { return Grid { width: 0, rows: Vec::new() } };
    let mut rows = applicant_heads(block);
    let here: Vec<&Row> = block.rows.iter().filter(|row| cells.has_row(table.key, row.key)).collect();
    let results = table.groups.first();
    let (mut outer_done, mut group_done) = (false, None);
    for row in &here {
        let mut line = Vec::new();
        if row.group.is_some() && !std::mem::replace(&mut outer_done, true) {
            let height = here.iter().filter(|row| row.group.is_some()).count();
            line.push(label(results.map(|group| group.label.zh).unwrap_or_default(), 1, height));
        }
        let inner = inner_group(table, row);
        if let Some(group) = inner.filter(|group| group_done != Some(group.key)) {
            group_done = Some(group.key);
            let height = here.iter().filter(|row| row.group == Some(group.key)).count();
            line.push(label(group.label.zh, 1, height));
        }
        let colspan = if inner.is_some() { 1 } else { 3 - usize::from(row.group.is_some()) };
        line.push(label(row.label.zh, colspan, 1));
        line.extend(numbers(table, block, row, cells));
        rows.push(line);
    }
    Grid { width: 3 + block.columns.len(), rows }
}

/// The group under the results (（三）-（六）) that a row stands in.
fn inner_group<'f>(table: &'f TableForm, row: &Row) -> Option<&'f Group> {
    table.groups.iter().skip(1).find(|group| Some(group.key) == row.group)
}

fn applicant_heads(block: &Block) -> Vec<Vec<Drawn>> {
    let note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）";
    let labels: Vec<&str> = block.columns.iter().map(|column| column.label.zh).collect();
    let [natural, organisations @ .., total] = labels.as_slice() else { return Vec::new() };
    vec![
        vec![label(note, 3, 3), label(block.label, labels.len(), 1)],
        vec![label(natural, 1, 2), label("法人或其他组织", organisations.len(), 1), label(total, 1, 2)],
        organisations.iter().map(|name| label(name, 1, 1)).collect(),
    ]
}

/// Table four: all rows of the form side by side over one line of numbers.
fn across(table: &TableForm, cells: &Cells) -> Grid {
    let Some(block) = table.blocks.first() else { return Grid { width: 0, rows: Vec::new() } };
    let here: Vec<&Row> = block.rows.iter().filter(|row| cells.has_row(table.key, row.key)).collect();
    let each = block.columns.len();
    let heads = || block.columns.iter().map(|column| column.label.zh);
    let (mut first, mut second, mut third) = (Vec::new(), Vec::new(), Vec::new());
    for row in here.iter().filter(|row| row.group.is_none()) {
        first.push(label(row.label.zh, each, 1));
        second.extend(heads().map(|head| label(head, 1, 2)));
    }
    for group in &table.groups {
        let grouped: Vec<_> = here.iter().filter(|row| row.group == Some(group.key)).collect();
        if !grouped.is_empty() {
            first.push(label(group.label.zh, each * grouped.len(), 1));
        }
        for row in grouped {
            second.push(label(row.label.zh, each, 1));
            third.extend(heads().map(|head| label(head, 1, 1)));
        }
    }
    let line = here.iter().flat_map(|row| numbers(table, block, row, cells)).collect();
    Grid { width: each * here.len(), rows: vec![first, second, third, line] }
}
