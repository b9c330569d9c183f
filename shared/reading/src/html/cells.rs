//! Rows and cells of a table with their spans; what is not shown is not there.
use scraper::Node;

use super::{MAX_COLUMNS, MAX_SPAN, NodeRef, elements::is_hidden, text_of};

/// Rows of a table that holds no other table.
pub(super) fn rows_of(table: NodeRef<'_>) -> impl Iterator<Item = NodeRef<'_>> {
    table.descendants().filter(|node| {
        matches!(node.value(), Node::Element(element) if element.name() == "tr" && !is_hidden(element))
    })
}

/// Text, width and height of each cell of a row.
pub(super) fn cells_of(row: NodeRef<'_>) -> impl Iterator<Item = (String, u32, u32)> {
    row.children().filter_map(|node| match node.value() {
        Node::Element(element) if matches!(element.name(), "td" | "th") && !is_hidden(element) => {
            let span = |name| {
                element
                    .attr(name)
                    .and_then(|n| n.trim().parse::<u32>().ok())
                    .map_or(1, |n| n.clamp(1, MAX_SPAN))
            };
            let width = span("colspan").min(MAX_COLUMNS);
            let height =
                if element.attr("rowspan").map(str::trim) == Some("0") { MAX_SPAN } else { span("rowspan") };
            Some((text_of(node), width, height))
        }
        _ => None,
    })
}
