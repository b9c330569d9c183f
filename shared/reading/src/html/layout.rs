//! Tables that lay out the page instead of holding data.
use super::{
    tags::Tag,
    tree::{Content, Tree},
};

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

    /// Counts a text; beyond a page's length it matters no more.
    fn count(&mut self, text: &str) {
        if self.text <= CELL_TEXT {
            self.text += text.chars().filter(|c| !c.is_whitespace()).count();
        }
    }
}

/// Tables around the place that is looked at, and cells.
#[derive(Default)]
struct Around {
    /// Where each table stands, and whether it lays out the page.
    tables: Vec<(usize, bool)>,
    cells: Vec<Cell>,
    found: Vec<usize>,
}

/// Tables that lay out the page: those that hold other tables, or a cell with as much text as a chapter.
pub(super) fn tables(tree: &Tree<'_>) -> Vec<usize> {
    let mut around = Around::default();
    // Tables and cells that are open, each with its end.
    let mut open: Vec<(Tag, usize)> = Vec::new();
    for (at, node) in tree.nodes.iter().enumerate() {
        while let Some((tag, _)) = open.pop_if(|(_, end)| *end <= at) {
            around.close(tag);
        }
        match &node.content {
            Content::Element(element) if element.tag == Tag::Table || element.tag.is_cell() => {
                around.open(element.tag, at);
                open.push((element.tag, node.end));
            }
            Content::Element(element) => around.block(element.tag),
            Content::Text(text) => around.text(text),
        }
    }
    while let Some((tag, _)) = open.pop() {
        around.close(tag);
    }
    around.found.sort_unstable();
    around.found
}

impl Around {
    fn open(&mut self, tag: Tag, at: usize) {
        if tag == Tag::Table {
            if let Some(outer) = self.tables.last_mut() {
                outer.1 = true;
            }
            self.tables.push((at, false));
        } else {
            self.cells.push(Cell::default());
        }
    }

    fn close(&mut self, tag: Tag) {
        if tag == Tag::Table {
            self.found.extend(self.tables.pop().filter(|(_, layout)| *layout).map(|(at, _)| at));
        } else if self.cells.pop().is_some_and(|cell| cell.is_page())
            && let Some(table) = self.tables.last_mut()
        {
            table.1 = true;
        }
    }

    fn block(&mut self, tag: Tag) {
        if let Some(cell) = self.cells.last_mut().filter(|_| tag.is_block()) {
            cell.blocks += 1;
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = self.cells.last_mut() {
            cell.count(text);
        }
    }
}
