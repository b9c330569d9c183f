//! Rows and cells of a table with their spans and texts; what is not shown is not there.
use super::{
    MAX_COLUMNS, MAX_SPAN,
    tags::Tag,
    tree::{Attribute, Content, Element, Tree},
};
use crate::fold::Tidy;

/// Rows of a table that holds no other table.
pub(super) fn rows_of(tree: &Tree<'_>, table: usize) -> impl Iterator<Item = usize> {
    let end = tree.nodes.get(table).map_or(table, |node| node.end);
    let is_row = |at: &usize| {
        let element = tree.nodes.get(*at).and_then(|node| node.element());
        element.is_some_and(|element| element.tag == Tag::Tr && !element.hidden)
    };
    (table..end).filter(is_row)
}

/// Text, width and height of each cell of a row.
pub(super) fn cells_of(tree: &Tree<'_>, row: usize) -> impl Iterator<Item = (String, u32, u32)> {
    tree.children(row).filter_map(|(at, node)| {
        let element = node.element().filter(|element| element.tag.is_cell() && !element.hidden)?;
        let width = span(element, Attribute::Colspan).min(MAX_COLUMNS);
        let to_the_end = element.attribute(Attribute::Rowspan).map(str::trim) == Some("0");
        let height = if to_the_end { MAX_SPAN } else { span(element, Attribute::Rowspan) };
        Some((text_of(tree, at), width, height))
    })
}

fn span(element: &Element<'_>, attribute: Attribute) -> u32 {
    let value = element.attribute(attribute).and_then(|n| n.trim().parse::<u32>().ok());
    value.map_or(1, |n| n.clamp(1, MAX_SPAN))
}

/// The text below a node; blocks and line breaks part words.
pub(super) fn text_of(tree: &Tree<'_>, of: usize) -> String {
    let end = tree.nodes.get(of).map_or(of, |node| node.end);
    let mut text = Tidy::default();
    let mut at = of;
    while let Some(node) = tree.nodes.get(at).filter(|_| at < end) {
        at += 1;
        match &node.content {
            Content::Text(piece) => text.push(piece),
            Content::Element(element) if element.tag.is_silent() || element.hidden => at = node.end.max(at),
            // A note's number beside a number is no digit of it.
            Content::Element(element) if element.tag.is_block() || element.tag == Tag::Sup => text.push(" "),
            Content::Element(element) => text.push(element.typed().unwrap_or_default()),
        }
    }
    text.take()
}
