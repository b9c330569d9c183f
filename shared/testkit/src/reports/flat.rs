//! Reports as bare text, with the tables flattened the ways converters flatten them.
use super::{
    Bars,
    grid::Grid,
    outline::{Outline, Piece},
};

/// A line a paragraph, a line a cell.
pub(super) fn lines(outline: &Outline, bars: Bars) -> String {
    let mut lines = vec![outline.title.clone()];
    for piece in &outline.pieces {
        match piece {
            Piece::Part(text) | Piece::Head(text) | Piece::Text(text) | Piece::Signature(text) => {
                lines.push(narrow(text));
            }
            Piece::Table(grid) => lines.extend(cell_lines(grid, bars)),
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The lines of one table. Cells that stand under a span from above or the left are bars at the end of their row.
pub(super) fn cell_lines(grid: &Grid, bars: Bars) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, row) in grid.rows.iter().enumerate() {
        lines.extend(row.iter().map(|cell| narrow(format!("{} |", cell.text).trim_start())));
        let lost = if at + 1 == grid.rows.len() { 0 } else { grid.width.saturating_sub(row.len()) };
        match (bars, lines.last_mut()) {
            (Bars::OwnLine, _) if lost > 0 => lines.push("|".repeat(lost)),
            (Bars::Trailing, Some(last)) if lost > 0 => {
                last.push(' ');
                last.push_str(&"|".repeat(lost));
            }
            _ => {}
        }
    }
    lines
}

/// Markdown headings, those after the first table ever deeper; a line a row, cells parted by tabs.
pub(super) fn tabs(outline: &Outline) -> String {
    let mut text = format!("# {}\n", outline.title);
    let mut depth = 2;
    for piece in &outline.pieces {
        text.push('\n');
        match piece {
            Piece::Part(head) => text.push_str(&format!("{} {head}\n", "#".repeat(depth.min(4)))),
            Piece::Head(head) => text.push_str(&format!("### {head}\n")),
            Piece::Text(paragraph) | Piece::Signature(paragraph) => text.push_str(&format!("{paragraph}\n")),
            Piece::Table(grid) => {
                text.push_str(&tabbed(grid));
                depth += 1;
            }
        }
    }
    text
}

fn tabbed(grid: &Grid) -> String {
    let mut text = String::new();
    // How many more rows each column is covered from above.
    let mut covered = vec![0_usize; grid.width];
    for row in &grid.rows {
        let mut line = Vec::new();
        let mut cells = row.iter();
        let mut column = 0;
        while column < grid.width {
            match covered.get_mut(column) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    line.push("");
                    column += 1;
                }
                _ => {
                    let Some(cell) = cells.next() else { break };
                    line.push(cell.text.as_str());
                    line.extend(std::iter::repeat_n("", cell.colspan - 1));
                    covered
                        .iter_mut()
                        .skip(column)
                        .take(cell.colspan)
                        .for_each(|left| *left = cell.rowspan - 1);
                    column += cell.colspan;
                }
            }
        }
        text.push_str(&line.join("\t"));
        text.push('\n');
    }
    text
}

/// Converters of this kind print brackets, colons and commas at half width.
fn narrow(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '（' => '(',
            '）' => ')',
            '：' => ':',
            '，' => ',',
            '；' => ';',
            other => other,
        })
        .collect()
}
