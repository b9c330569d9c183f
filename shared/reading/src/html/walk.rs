//! The rows that the elements and texts of a page make.
use gongkai_model::{Quote, Span};

use super::{
    MAX_CELLS, MAX_COLUMNS,
    cells::{cells_of, rows_of, text_of},
    layout,
    tags::Tag,
    tree::{Attribute, Content, Element, Tree},
};
use crate::{
    fold::{Tidy, fold, tidy},
    page::{Link, Page},
};

/// Adds the rows of a tree to a page.
pub(super) fn walk(page: Page, tree: &Tree<'_>) -> Page {
    let layout = layout::tables(tree);
    let mut walk = Walk { page, line: Tidy::default(), heading: None, layout, cells: 0, link: None };
    walk.title(tree);
    walk.run(tree);
    walk.flush();
    walk.page
}

struct Walk {
    page: Page,
    line: Tidy,
    heading: Option<u8>,
    layout: Vec<usize>,
    cells: usize,
    link: Option<String>,
}

impl Walk {
    fn title(&mut self, tree: &Tree<'_>) {
        let title = tree
            .nodes
            .iter()
            .position(|node| node.element().is_some_and(|element| element.tag == Tag::Title));
        let texts = title.map(|at| {
            let texts = tree.children(at).filter_map(|(_, node)| match &node.content {
                Content::Text(text) => Some(&**text),
                Content::Element(_) => None,
            });
            tidy(&texts.collect::<String>())
        });
        if let Some(text) = texts.filter(|text| !text.is_empty()) {
            self.page.title_row = Some(self.page.rows.len());
            self.page.push_line(&text, None);
        }
    }

    fn run(&mut self, tree: &Tree<'_>) {
        // Elements around the place, each with its end.
        let mut open: Vec<(usize, &Element<'_>, usize)> = Vec::new();
        let mut at = 0;
        while let Some(node) = tree.nodes.get(at) {
            while let Some((start, element, _)) = open.pop_if(|(.., end)| *end <= at) {
                self.close(tree, start, element);
            }
            match &node.content {
                Content::Text(text) if is_preformatted(&open) => self.preformatted(text),
                Content::Text(text) => self.line.push(text),
                Content::Element(element) if self.open(tree, at, element) => {
                    at = node.end.max(at + 1);
                    continue;
                }
                Content::Element(element) => open.push((at, element, node.end)),
            }
            at += 1;
        }
        while let Some((start, element, _)) = open.pop() {
            self.close(tree, start, element);
        }
    }

    fn preformatted(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            self.line.push(line);
            if line.ends_with('\n') {
                self.flush();
            }
        }
    }

    /// True when the element's content is not to be walked.
    fn open(&mut self, tree: &Tree<'_>, at: usize, element: &Element<'_>) -> bool {
        match element.tag {
            Tag::Meta => self.meta(element),
            Tag::Img => self.image(element),
            Tag::A => self.link = element.attribute(Attribute::Href).map(str::to_owned),
            Tag::Table if !element.hidden && self.layout.binary_search(&at).is_err() => {
                self.flush();
                self.table(tree, at);
                return true;
            }
            tag if tag.is_silent() || element.hidden => return true,
            tag => {
                if tag == Tag::Sup {
                    self.line.push(" ");
                }
                if tag.is_block() {
                    self.flush();
                }
                if let Some(level) = tag.heading_level() {
                    self.heading = Some(level);
                }
            }
        }
        false
    }

    fn close(&mut self, tree: &Tree<'_>, at: usize, element: &Element<'_>) {
        if element.tag == Tag::A {
            self.close_link(tree, at);
        } else if element.tag.is_block() {
            self.flush();
            if element.tag.heading_level().is_some() {
                self.heading = None;
            }
        }
    }

    fn meta(&mut self, element: &Element<'_>) {
        if let (Some(name), Some(content)) =
            (element.attribute(Attribute::Name), element.attribute(Attribute::Content))
        {
            self.page.metas.push((name.to_ascii_lowercase(), tidy(content)));
        }
    }

    fn image(&mut self, element: &Element<'_>) {
        let small = [Attribute::Width, Attribute::Height].into_iter().any(|side| {
            element
                .attribute(side)
                .and_then(|value| value.trim_end_matches("px").parse::<u32>().ok())
                .is_some_and(|n| n < 200)
        });
        if !small {
            let source = element.attribute(Attribute::Src).unwrap_or_default();
            let name = source.rsplit('/').next().unwrap_or_default();
            let name = if name.len() > 100 { "" } else { name };
            let at = self.page.chars();
            let span = Span::new(at, at);
            let text = fold(element.attribute(Attribute::Alt).unwrap_or(name));
            self.page.images.push(Quote { text, span });
        }
    }

    /// A link's words are known once its line is written; its place is the line's.
    fn close_link(&mut self, tree: &Tree<'_>, at: usize) {
        if let Some(href) = self.link.take() {
            let place = self.page.chars();
            let quote = Quote { text: text_of(tree, at), span: Span::new(place, place) };
            self.page.links.push(Link { quote, href });
        }
    }

    fn flush(&mut self) {
        let line = self.line.take();
        if !line.is_empty() {
            let before = self.page.chars();
            crate::plain::flattened(&mut self.page, &line, self.heading);
            let links = self.page.links.iter_mut().rev().take_while(|link| link.quote.span.start == before);
            for link in links {
                link.quote.span = place(&line, before, &link.quote.text);
            }
        }
    }

    fn table(&mut self, tree: &Tree<'_>, table: usize) {
        let is_caption = |element: &Element<'_>| element.tag == Tag::Caption;
        for (at, _) in tree.children(table).filter(|(_, node)| node.element().is_some_and(is_caption)) {
            self.line.take();
            self.line.push(&text_of(tree, at));
            self.flush();
        }
        let grid = self.page.next_grid();
        // How many more rows the cells above reach down, for each column.
        let mut open: Vec<u32> = Vec::new();
        for row in rows_of(tree, table) {
            let mut cells = Vec::new();
            let mut column = 0;
            for (text, width, height) in cells_of(tree, row) {
                while open.get(column as usize).is_some_and(|left| *left > 0) {
                    column += 1;
                }
                self.cells += 1;
                if column >= MAX_COLUMNS || self.cells > MAX_CELLS {
                    break;
                }
                cells.push((text, column, width, height));
                column += width;
            }
            for left in &mut open {
                *left = left.saturating_sub(1);
            }
            for (_, column, width, height) in &cells {
                let (from, to) = (*column as usize, (*column + *width) as usize);
                open.resize(open.len().max(to), 0);
                open.get_mut(from..to).unwrap_or_default().fill(height - 1);
            }
            self.page.push_row(
                cells.into_iter().map(|(text, column, width, _)| (text, column, width)),
                Some(grid),
            );
        }
    }
}

fn place(line: &str, start: u32, words: &str) -> Span {
    let before = line.find(words).and_then(|at| line.get(..at)).map_or(0, |text| text.chars().count());
    let (before, width) =
        (u32::try_from(before).unwrap_or(0), u32::try_from(words.chars().count()).unwrap_or(0));
    Span::new(start + before, start + before + width)
}

/// Lines of text that an editor left as they were typed.
fn is_preformatted(around: &[(usize, &Element<'_>, usize)]) -> bool {
    around.iter().rev().take(4).any(|(_, element, _)| element.tag == Tag::Pre)
}
