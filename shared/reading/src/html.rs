//! HTML to rows: lines of text, and tables with their spans resolved; tables that only lay out the page are seen through.
mod cells;
mod elements;
mod layout;

use std::collections::HashMap;

use gongkai_model::Quote;
use scraper::{Html, Node, node::Element};

use cells::{cells_of, rows_of};
use elements::{heading_level, is_block, is_hidden, is_silent, typed};

use crate::{fold::fold, page::Page};

type NodeRef<'d> = ego_tree::NodeRef<'d, Node>;
type NodeId = ego_tree::NodeId;

/// Limits of what one page may ask of us.
const MAX_COLUMNS: u32 = 200;
const MAX_SPAN: u32 = 500;
const MAX_CELLS: usize = 200_000;

/// Reads a decoded page.
pub(crate) fn read(source: &str) -> Page {
    let mut page = read_onto(Page::default(), source);
    page.cut = is_cut(source);
    page
}

/// Reads more HTML at the end of a page.
pub(crate) fn read_onto(page: Page, source: &str) -> Page {
    let document = Html::parse_document(source);
    let layout = layout::tables(&document);
    let mut walk = Walk { page, line: String::new(), heading: None, layout, cells: 0, link: None };
    walk.title(&document);
    walk.run(document.tree.root());
    walk.flush();
    walk.page
}

/// The source opens `<html>` or `<body>` and never closes it.
fn is_cut(source: &str) -> bool {
    let tail: String = source.chars().rev().take(2_000).collect::<Vec<_>>().into_iter().rev().collect();
    let (head, tail) = (source.get(..source.len().min(2_000)).unwrap_or(source), tail.to_ascii_lowercase());
    let opens = head.to_ascii_lowercase().contains("<html") || head.to_ascii_lowercase().contains("<body");
    opens && !tail.contains("</html") && !tail.contains("</body")
}

struct Walk {
    page: Page,
    line: String,
    heading: Option<u8>,
    layout: HashMap<NodeId, bool>,
    cells: usize,
    link: Option<String>,
}

impl Walk {
    fn title(&mut self, document: &Html) {
        let text = document.tree.root().descendants().find_map(|node| match node.value() {
            Node::Element(element) if element.name() == "title" => Some(tidy(
                &node
                    .children()
                    .filter_map(|child| child.value().as_text().map(|text| &**text))
                    .collect::<String>(),
            )),
            _ => None,
        });
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.page.title_row = Some(self.page.rows.len());
            self.page.push_line(&text, None);
        }
    }

    fn run(&mut self, root: NodeRef<'_>) {
        let mut skipped: Option<NodeId> = None;
        for edge in root.traverse() {
            match edge {
                _ if skipped.is_some() => {
                    if let ego_tree::iter::Edge::Close(node) = edge
                        && skipped == Some(node.id())
                    {
                        skipped = None;
                    }
                }
                ego_tree::iter::Edge::Open(node) => {
                    if self.open(node) {
                        skipped = Some(node.id());
                    }
                }
                ego_tree::iter::Edge::Close(node) => self.close(node),
            }
        }
    }

    /// True when the element's content is not to be walked.
    fn open(&mut self, node: NodeRef<'_>) -> bool {
        match node.value() {
            Node::Text(text) if is_preformatted(node) => {
                for line in text.split_inclusive('\n') {
                    self.line.push_str(line);
                    if line.ends_with('\n') {
                        self.flush();
                    }
                }
            }
            Node::Text(text) => self.line.push_str(text),
            Node::Element(element) => match element.name() {
                "meta" => self.meta(element),
                "img" => self.image(element),
                "a" => self.link = element.attr("href").map(str::to_owned),
                "table" if !is_hidden(element) && self.layout.get(&node.id()) == Some(&false) => {
                    self.flush();
                    self.table(node);
                    return true;
                }
                name if is_silent(name) || is_hidden(element) => return true,
                name => {
                    if name == "sup" {
                        self.line.push(' ');
                    }
                    if is_block(name) {
                        self.flush();
                    }
                    if let Some(level) = heading_level(name) {
                        self.heading = Some(level);
                    }
                }
            },
            _ => {}
        }
        false
    }

    fn close(&mut self, node: NodeRef<'_>) {
        let Node::Element(element) = node.value() else { return };
        match element.name() {
            "a" => self.close_link(node),
            name if is_block(name) => {
                self.flush();
                if heading_level(name).is_some() {
                    self.heading = None;
                }
            }
            _ => {}
        }
    }

    fn meta(&mut self, element: &Element) {
        if let (Some(name), Some(content)) = (element.attr("name"), element.attr("content")) {
            self.page.metas.push((name.to_ascii_lowercase(), tidy(content)));
        }
    }

    fn image(&mut self, element: &Element) {
        let small = ["width", "height"].into_iter().any(|side| {
            element
                .attr(side)
                .and_then(|value| value.trim_end_matches("px").parse::<u32>().ok())
                .is_some_and(|n| n < 200)
        });
        if !small {
            let name = element.attr("src").unwrap_or_default().rsplit('/').next().unwrap_or_default();
            let name = if name.len() > 100 { "" } else { name };
            let at = self.page.chars();
            let span = gongkai_model::Span::new(at, at);
            self.page.images.push(Quote { text: fold(element.attr("alt").unwrap_or(name)), span });
        }
    }

    /// A link's words are known once its line is written; its place is the line's.
    fn close_link(&mut self, node: NodeRef<'_>) {
        if let Some(href) = self.link.take() {
            let at = self.page.chars();
            let quote = Quote { text: text_of(node), span: gongkai_model::Span::new(at, at) };
            self.page.links.push(crate::page::Link { quote, href });
        }
    }

    fn flush(&mut self) {
        let line = tidy(&self.line);
        self.line.clear();
        if !line.is_empty() {
            let before = self.page.chars();
            crate::plain::flattened(&mut self.page, &line, self.heading);
            let links = self.page.links.iter_mut().rev().take_while(|link| link.quote.span.start == before);
            for link in links {
                link.quote.span = place(&line, before, &link.quote.text);
            }
        }
    }

    fn table(&mut self, table: NodeRef<'_>) {
        for caption in table.children().filter(|node| is_element(*node, &["caption"])) {
            self.line = text_of(caption);
            self.flush();
        }
        let grid = self.page.next_grid();
        let mut open: HashMap<u32, u32> = HashMap::new();
        for row in rows_of(table) {
            let mut cells = Vec::new();
            let mut column = 0;
            for (text, width, height) in cells_of(row) {
                while open.get(&column).is_some_and(|left| *left > 0) {
                    column += 1;
                }
                self.cells += 1;
                if column >= MAX_COLUMNS || self.cells > MAX_CELLS {
                    break;
                }
                cells.push((text, column, width, height));
                column += width;
            }
            for left in open.values_mut() {
                *left = left.saturating_sub(1);
            }
            for (_, column, width, height) in &cells {
                (*column..column + width).for_each(|column| {
                    open.insert(column, height - 1);
                });
            }
            self.page.push_row(
                cells.iter().map(|(text, column, width, _)| (text.as_str(), *column, *width)),
                Some(grid),
            );
        }
    }
}

fn place(line: &str, start: u32, words: &str) -> gongkai_model::Span {
    let before = line.find(words).and_then(|at| line.get(..at)).map_or(0, |text| text.chars().count());
    let (before, width) =
        (u32::try_from(before).unwrap_or(0), u32::try_from(words.chars().count()).unwrap_or(0));
    gongkai_model::Span::new(start + before, start + before + width)
}

/// Lines of text that an editor left as they were typed.
fn is_preformatted(text: NodeRef<'_>) -> bool {
    text.ancestors().take(4).any(|node| is_element(node, &["pre"]))
}

fn is_element(node: NodeRef<'_>, names: &[&str]) -> bool {
    matches!(node.value(), Node::Element(element) if names.contains(&element.name()))
}

/// The text below a node; blocks and line breaks part words.
fn text_of(node: NodeRef<'_>) -> String {
    let mut text = String::new();
    let mut skipped: Option<NodeId> = None;
    for edge in node.traverse() {
        match edge {
            ego_tree::iter::Edge::Open(inner) if skipped.is_none() => match inner.value() {
                Node::Text(piece) => text.push_str(piece),
                Node::Element(element) if is_silent(element.name()) || is_hidden(element) => {
                    skipped = Some(inner.id())
                }
                Node::Element(element) if is_block(element.name()) => text.push(' '),
                // A note's number beside a number is no digit of it.
                Node::Element(element) if element.name() == "sup" => text.push(' '),
                Node::Element(element) => text.push_str(typed(element).unwrap_or_default()),
                _ => {}
            },
            ego_tree::iter::Edge::Close(inner) => {
                if skipped == Some(inner.id()) {
                    skipped = None;
                }
            }
            ego_tree::iter::Edge::Open(_) => {}
        }
    }
    tidy(&text)
}

/// Folded, runs of white space made one blank, none at the ends.
fn tidy(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(folded.len());
    for word in folded.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(source: &str) -> Vec<Vec<(String, u32)>> {
        let page = read(source);
        page.rows.iter().map(|row| row.fields.iter().map(|f| (f.text.clone(), f.column)).collect()).collect()
    }

    fn flat(source: &str) -> Vec<String> {
        rows(source)
            .into_iter()
            .map(|row| row.into_iter().map(|(t, _)| t).collect::<Vec<_>>().join("|"))
            .collect()
    }

    #[test]
    fn spans_push_later_cells_to_their_columns() {
        let source = "<table><tr><td rowspan=2 colspan=2>甲</td><td>1</td></tr><tr><td>2</td></tr><tr><td>乙<td>3<td>4</table>";
        let columns: Vec<Vec<u32>> =
            rows(source).iter().map(|row| row.iter().map(|(_, c)| *c).collect()).collect();
        assert_eq!(columns, [vec![0, 2], vec![2], vec![0, 1, 2]]);
    }

    #[test]
    fn layout_tables_are_seen_through() {
        let source = "<TABLE><TR><TD>导航<TD><p>一、总体情况</p><TABLE><TR><TD>规章<TD>0</TABLE></TABLE>";
        assert_eq!(flat(source), ["导航", "一、总体情况", "规章|0"]);
    }

    #[test]
    fn digits_split_over_spans_join_and_over_lines_do_not() {
        let source = "<table><tr><td><span>20</span><span>23</span></td><td>20<br>23</td><td><p>1</p><p>2</p></td></tr></table>";
        assert_eq!(flat(source), ["2023|20 23|1 2"]);
    }

    #[test]
    fn comments_scripts_and_hidden_parts_say_nothing() {
        let source = "<p>甲<!-- <table><tr><td>9</td></tr></table> --></p><script>乙</script><p style='display: none'>丙</p><p title='a>b'>丁</p>";
        assert_eq!(flat(source), ["甲", "丁"]);
    }

    #[test]
    fn struck_words_are_gone_notes_stand_apart_and_fields_say_their_value() {
        let source = "<table><tr><td>1<del>2</del><s>3</s></td><td>36<sup>1</sup></td><td><input value='16'></td><td><input type=hidden value=9></td></tr></table>";
        assert_eq!(flat(source), ["1|36 1|16|"]);
        assert_eq!(flat("<p>共3<strike>4</strike>件</p><textarea>&lt;p&gt;乙</textarea>"), ["共3件"]);
    }

    #[test]
    fn a_page_cut_in_half_is_known() {
        assert!(read("<html><body><p>一").cut);
        assert!(!read("<html><body><p>一</body></html>").cut);
        assert!(!read("<p>一").cut);
    }

    #[test]
    fn hostile_spans_and_depth_are_bounded() {
        let deep =
            "<div>".repeat(20_000) + "<table><tr><td colspan=99999999 rowspan=99999999>1</td></tr></table>";
        assert_eq!(flat(&deep), ["1"]);
    }
}
