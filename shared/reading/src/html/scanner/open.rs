//! The elements that are open at a place, and how they are closed.
use super::super::{
    tags::Tag,
    tree::{Element, Tree},
};

/// Elements deeper than this are for the browser's parser, so that every search for one in scope is short.
const DEEPEST: usize = 400;

/// An open element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open<'s> {
    pub(super) tag: Tag,
    /// Its name as printed, which tells unknown elements apart.
    pub(super) name: &'s str,
    /// Its node.
    pub(super) node: usize,
}

/// The open elements, innermost last, and the tree they are in.
#[derive(Debug, Default)]
pub(super) struct Stack<'s> {
    pub(super) tree: Tree<'s>,
    open: Vec<Open<'s>>,
}

impl<'s> Stack<'s> {
    /// The innermost element.
    pub(super) fn current(&self) -> Option<Tag> {
        self.open.last().map(|open| open.tag)
    }

    /// All, innermost first.
    pub(super) fn inner_first(&self) -> impl Iterator<Item = &Open<'s>> {
        self.open.iter().rev()
    }

    /// Opens an element.
    pub(super) fn push(&mut self, element: Element<'s>, name: &'s str) -> Option<usize> {
        let tag = element.tag;
        let node = self.tree.open(element);
        self.open.push(Open { tag, name, node });
        (self.open.len() <= DEEPEST).then_some(node)
    }

    /// Adds an element that has no content.
    pub(super) fn leaf(&mut self, element: Element<'s>) {
        self.tree.open(element);
    }

    /// Closes the innermost element by its own end tag.
    pub(super) fn pop_own(&mut self) {
        if let Some(open) = self.open.pop() {
            self.tree.close(open.node);
        }
    }

    /// Closes the innermost element without its end tag: then one of formatting would go on behind it.
    pub(super) fn pop(&mut self) -> Option<()> {
        let current = self.current()?;
        self.pop_own();
        (!current.is_formatting() && !is_marker(current)).then_some(())
    }

    /// Closes elements up to one of these; within a cell or caption formatting ends with it.
    pub(super) fn pop_cell(&mut self, wanted: impl Fn(Tag) -> bool) -> Option<()> {
        loop {
            let current = self.current()?;
            self.pop_own();
            if wanted(current) {
                return Some(());
            }
            (!is_marker(current)).then_some(())?;
        }
    }

    /// Closes elements up to one of these, which its end tag closes.
    pub(super) fn pop_until(&mut self, wanted: impl Fn(Tag) -> bool) -> Option<()> {
        while !wanted(self.current()?) {
            self.pop()?;
        }
        self.pop_own();
        Some(())
    }

    /// Closes what needs no end tag, but for one.
    pub(super) fn pop_implied(&mut self, but: Option<Tag>) {
        while self.current().is_some_and(|current| current.is_implied() && Some(current) != but) {
            self.pop_own();
        }
    }

    /// True when such an element is open and nothing that ends the search stands before it.
    pub(super) fn in_scope(&self, wanted: impl Fn(&Open<'s>) -> bool, ends: impl Fn(Tag) -> bool) -> bool {
        for open in self.inner_first() {
            if wanted(open) {
                return true;
            }
            if open.tag.is_scope() || ends(open.tag) {
                return false;
            }
        }
        false
    }

    /// The same for an element by its name.
    pub(super) fn has(&self, tag: Tag) -> bool {
        self.in_scope(|open| open.tag == tag, |_| false)
    }

    /// The same within the innermost table.
    pub(super) fn has_in_table(&self, wanted: impl Fn(Tag) -> bool) -> bool {
        for open in self.inner_first() {
            if wanted(open.tag) {
                return true;
            }
            if matches!(open.tag, Tag::Table | Tag::Html) {
                return false;
            }
        }
        false
    }

    /// A paragraph that a block would end.
    pub(super) fn has_p(&self) -> bool {
        self.in_scope(|open| open.tag == Tag::P, |tag| tag == Tag::Button)
    }

    /// True when an element of formatting is open since the cell, caption or object around it began.
    pub(super) fn formats(&self, tag: Tag) -> bool {
        let ends = |open: &&Open<'s>| open.tag.is_cell() || open.tag == Tag::Caption || is_marker(open.tag);
        self.inner_first().take_while(|open| !ends(open)).any(|open| open.tag == tag)
    }
}

/// Elements that keep formatting in, like cells, and that any end tag around them may close.
pub(super) const fn is_marker(tag: Tag) -> bool {
    matches!(tag, Tag::Marquee | Tag::Object)
}
