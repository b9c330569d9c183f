//! Tables that lay out the page instead of holding data.
use std::collections::HashMap;

use scraper::{Html, Node};

use super::{NodeId, elements::is_block};

/// A cell with more text than this holds a page, not a number or a label.
const CELL_TEXT: usize = 400;
/// So does one with this much text in this many paragraphs.
const PARAGRAPHS: (usize, usize) = (120, 4);

/// What stands in a cell.
#[derive(Default)]
struct Cell {
    text: usize,
    blocks: usize,
}

impl Cell {
    const fn is_page(&self) -> bool {
        self.text > CELL_TEXT || (self.text > PARAGRAPHS.0 && self.blocks >= PARAGRAPHS.1)
    }
}

/// Tables that lay out the page: those that hold other tables, or a cell with as much text as a chapter.
pub(super) fn tables(document: &Html) -> HashMap<NodeId, bool> {
    let mut found = HashMap::new();
    let mut tables: Vec<(NodeId, bool)> = Vec::new();
    let mut cells: Vec<Cell> = Vec::new();
    for edge in document.tree.root().traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => match node.value() {
                Node::Element(element) if element.name() == "table" => {
                    if let Some(outer) = tables.last_mut() {
                        outer.1 = true;
                    }
                    tables.push((node.id(), false));
                }
                Node::Element(element) if matches!(element.name(), "td" | "th") => {
                    cells.push(Cell::default())
                }
                Node::Element(element) if is_block(element.name()) => {
                    if let Some(cell) = cells.last_mut() {
                        cell.blocks += 1;
                    }
                }
                Node::Text(text) => {
                    if let Some(cell) = cells.last_mut() {
                        cell.text += text.chars().filter(|c| !c.is_whitespace()).count();
                    }
                }
                _ => {}
            },
            ego_tree::iter::Edge::Close(node) => match node.value() {
                Node::Element(element) if element.name() == "table" => {
                    if let Some((id, layout)) = tables.pop() {
                        found.insert(id, layout);
                    }
                }
                Node::Element(element) if matches!(element.name(), "td" | "th") => {
                    if cells.pop().is_some_and(|cell| cell.is_page())
                        && let Some(table) = tables.last_mut()
                    {
                        table.1 = true;
                    }
                }
                _ => {}
            },
        }
    }
    found
}
