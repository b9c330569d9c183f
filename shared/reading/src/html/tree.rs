//! The elements and texts of a page in their order, each with its end: what both ways of parsing give, and all that reading looks at.
use std::borrow::Cow;

use super::tags::Tag;

/// A page.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tree<'s> {
    pub(super) nodes: Vec<Node<'s>>,
}

/// An element or a text.
#[derive(Debug, PartialEq)]
pub(super) struct Node<'s> {
    pub(super) content: Content<'s>,
    /// Index of the first node behind it that is not in it.
    pub(super) end: usize,
}

#[derive(Debug, PartialEq)]
pub(super) enum Content<'s> {
    Text(Cow<'s, str>),
    Element(Element<'s>),
}

/// An element with what is read of it.
#[derive(Debug, PartialEq)]
pub(super) struct Element<'s> {
    pub(super) tag: Tag,
    /// Not shown, by itself and not by one around it.
    pub(super) hidden: bool,
    attributes: Vec<(Attribute, Cow<'s, str>)>,
}

/// The attributes that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attribute {
    Name,
    Content,
    Src,
    Alt,
    Width,
    Height,
    Href,
    Type,
    Value,
    Colspan,
    Rowspan,
}

impl Attribute {
    const ALL: [(&'static str, Self); 11] = [
        ("colspan", Self::Colspan),
        ("rowspan", Self::Rowspan),
        ("width", Self::Width),
        ("href", Self::Href),
        ("height", Self::Height),
        ("name", Self::Name),
        ("content", Self::Content),
        ("src", Self::Src),
        ("alt", Self::Alt),
        ("type", Self::Type),
        ("value", Self::Value),
    ];

    fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, attribute)| *attribute)
    }
}

impl<'s> Element<'s> {
    /// An element without attributes.
    pub(super) const fn new(tag: Tag) -> Self {
        Self { tag, hidden: false, attributes: Vec::new() }
    }

    /// Takes in one of its attributes; of several of one name the first counts.
    pub(super) fn add(&mut self, name: &str, value: impl FnOnce() -> Option<Cow<'s, str>>) -> Option<()> {
        if name.eq_ignore_ascii_case("hidden") {
            self.hidden = true;
        } else if self.tag.is_read()
            && let Some(attribute) = Attribute::of(name)
            && self.attribute(attribute).is_none()
        {
            self.attributes.push((attribute, value()?));
        }
        Some(())
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, attribute: Attribute) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == attribute).map(|(_, value)| &**value)
    }

    /// Attributes in the order of their names.
    #[cfg(test)]
    pub(super) fn sorted(&self) -> Vec<String> {
        let mut all: Vec<String> = self.attributes.iter().map(|pair| format!("{pair:?}")).collect();
        all.sort();
        all
    }

    /// What stands in a field of a form; buttons and choices say nothing.
    pub(super) fn typed(&self) -> Option<&str> {
        let kind = self.attribute(Attribute::Type).unwrap_or("text");
        let shown = kind.eq_ignore_ascii_case("text") || kind.eq_ignore_ascii_case("number");
        (self.tag == Tag::Input && shown).then(|| self.attribute(Attribute::Value))?
    }
}

impl<'s> Node<'s> {
    /// The element that it is, if it is one.
    pub(super) const fn element(&self) -> Option<&Element<'s>> {
        match &self.content {
            Content::Element(element) => Some(element),
            Content::Text(_) => None,
        }
    }
}

impl<'s> Tree<'s> {
    /// The children of a node.
    pub(super) fn children(&self, of: usize) -> impl Iterator<Item = (usize, &Node<'s>)> {
        let end = self.nodes.get(of).map_or(0, |node| node.end);
        let mut at = of + 1;
        std::iter::from_fn(move || {
            let (here, node) = (at, self.nodes.get(at).filter(|_| at < end)?);
            at = node.end.max(at + 1);
            Some((here, node))
        })
    }

    /// Adds an element that is open: what is added until [`Self::close`] is in it.
    pub(super) fn open(&mut self, element: Element<'s>) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node { content: Content::Element(element), end: at + 1 });
        at
    }

    /// Ends an element.
    pub(super) fn close(&mut self, at: usize) {
        let end = self.nodes.len();
        if let Some(node) = self.nodes.get_mut(at) {
            node.end = end;
        }
    }

    /// Adds a text.
    pub(super) fn text(&mut self, text: Cow<'s, str>) {
        let end = self.nodes.len() + 1;
        self.nodes.push(Node { content: Content::Text(text), end });
    }
}
