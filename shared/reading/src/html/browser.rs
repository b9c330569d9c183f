//! The tree as browsers build it of any page whatever (html5ever).
use std::borrow::Cow;

use ego_tree::iter::Edge;
use scraper::{Html, Node, node};

use super::{
    style::hides,
    tags::Tag,
    tree::{Element, Tree},
};

/// The elements and texts of a parsed page.
pub(super) fn tree(document: &Html) -> Tree<'_> {
    let mut tree = Tree::default();
    let mut open = Vec::new();
    for edge in document.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(found) => open.push(tree.open(element(found))),
                Node::Text(text) => tree.text(Cow::Borrowed(text)),
                _ => {}
            },
            Edge::Close(node) if node.value().is_element() => {
                if let Some(at) = open.pop() {
                    tree.close(at);
                }
            }
            Edge::Close(_) => {}
        }
    }
    tree
}

fn element(found: &node::Element) -> Element<'_> {
    let mut element = Element::new(Tag::of(found.name()));
    for (name, value) in found.attrs() {
        if name == "style" {
            element.hidden |= hides(value);
        } else {
            element.add(name, || Some(Cow::Borrowed(value)));
        }
    }
    element
}
