//! What a text or tag does where it stands: the rules of the standard up to the body.
use std::borrow::Cow;

use super::{
    super::{
        tags::Tag,
        tree::{Element, Tree},
    },
    entities::decoded,
    markup::{Quirks, is_blank},
    open::Stack,
};

/// Where the parser is ("insertion mode").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    InTable,
    InTableBody,
    InRow,
    InCell,
    InCaption,
    InColumnGroup,
}

/// A page being read. `None` from any of its functions means: not sure.
#[derive(Debug)]
pub(super) struct Builder<'s> {
    pub(super) stack: Stack<'s>,
    pub(super) mode: Mode,
    pub(super) quirks: Quirks,
    /// The node of the form that is open.
    pub(super) form: Option<usize>,
    /// A line end right behind `<pre>` is none.
    pub(super) skips_line_end: bool,
}

impl<'s> Builder<'s> {
    pub(super) fn new(length: usize) -> Self {
        let mut stack = Stack::default();
        stack.tree.nodes.reserve(length / 24);
        Self { stack, mode: Mode::Initial, quirks: Quirks::Yes, form: None, skips_line_end: false }
    }

    /// The tree at the end of the source, where all that is open ends.
    pub(super) fn finish(mut self) -> Option<Tree<'s>> {
        if self.is_before_body() {
            self.begin_body()?;
        }
        while self.stack.current().is_some() {
            self.stack.pop_own();
        }
        Some(self.stack.tree)
    }

    pub(super) fn doctype(&mut self, quirks: Quirks) {
        if self.mode == Mode::Initial {
            (self.mode, self.quirks) = (Mode::BeforeHtml, quirks);
        }
    }

    /// The text of an element that holds nothing else, and its end.
    pub(super) fn raw(&mut self, text: Cow<'s, str>) -> Option<()> {
        if !text.is_empty() {
            self.stack.tree.text(text);
        }
        self.stack.pop_own();
        Some(())
    }

    pub(super) fn text(&mut self, text: &'s str) -> Option<()> {
        let skips = std::mem::take(&mut self.skips_line_end);
        let text = if skips { without_line_end(text)? } else { text };
        if text.is_empty() {
            return Some(());
        }
        let text = decoded(text, false)?;
        match self.mode {
            _ if self.is_before_body() => self.text_of_head(text),
            Mode::InBody | Mode::InCell | Mode::InCaption => {
                self.stack.tree.text(text);
                Some(())
            }
            // Words between rows would go before the table.
            _ => text.bytes().all(is_blank).then(|| self.stack.tree.text(text)),
        }
    }

    /// Blanks around the head; the first word begins the body.
    fn text_of_head(&mut self, text: Cow<'s, str>) -> Option<()> {
        let blanks = text.bytes().take_while(|byte| is_blank(*byte)).count();
        let (blanks, words) = match text {
            Cow::Borrowed(text) => (Cow::Borrowed(text.get(..blanks)?), Cow::Borrowed(text.get(blanks..)?)),
            Cow::Owned(mut text) => {
                let words = text.split_off(blanks);
                (Cow::Owned(text), Cow::Owned(words))
            }
        };
        if !blanks.is_empty() && matches!(self.mode, Mode::InHead | Mode::AfterHead) {
            self.stack.tree.text(blanks);
        }
        if !words.is_empty() {
            self.begin_body()?;
            self.stack.tree.text(words);
        }
        Some(())
    }

    const fn is_before_body(&self) -> bool {
        matches!(
            self.mode,
            Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead | Mode::InHead | Mode::AfterHead
        )
    }

    /// The elements up to the body, as far as they are not there.
    fn begin_body(&mut self) -> Option<()> {
        while self.mode != Mode::InBody {
            self.step()?;
        }
        Some(())
    }

    /// Opens or closes what the standard has between this place and the body.
    fn step(&mut self) -> Option<()> {
        let (mode, opened) = match self.mode {
            Mode::Initial => (Mode::BeforeHtml, None),
            Mode::BeforeHtml => (Mode::BeforeHead, Some((Tag::Html, "html"))),
            Mode::BeforeHead => (Mode::InHead, Some((Tag::Head, "head"))),
            Mode::InHead => {
                self.stack.pop_own();
                (Mode::AfterHead, None)
            }
            Mode::AfterHead => (Mode::InBody, Some((Tag::Body, "body"))),
            _ => return None,
        };
        self.mode = mode;
        if let Some((tag, name)) = opened {
            self.stack.push(Element::new(tag), name)?;
        }
        Some(())
    }

    /// A start tag; true when its element was opened or added.
    pub(super) fn start(&mut self, element: Element<'s>, name: &'s str) -> Option<bool> {
        self.skips_line_end = false;
        if element.tag.is_strange() {
            return None;
        }
        loop {
            let tag = element.tag;
            let next = match (self.mode, tag) {
                (Mode::BeforeHtml, Tag::Html) => Some(Mode::BeforeHead),
                (Mode::BeforeHead, Tag::Head) => Some(Mode::InHead),
                (Mode::AfterHead, Tag::Body) => Some(Mode::InBody),
                _ => None,
            };
            if let Some(next) = next {
                self.mode = next;
                self.stack.push(element, name)?;
                return Some(true);
            }
            match self.mode {
                Mode::InBody => return self.in_body(element, name),
                Mode::InHead if tag.is_of_head() => return self.add(element, name),
                // What belongs into a head that is closed, and heads and pages within others.
                Mode::AfterHead if tag.is_of_head() => return None,
                Mode::BeforeHead | Mode::InHead | Mode::AfterHead if matches!(tag, Tag::Html | Tag::Head) => {
                    return None;
                }
                _ if self.is_before_body() => self.step()?,
                _ => return self.in_table(element, name),
            }
        }
    }

    /// Adds an element, open if it may have content.
    pub(super) fn add(&mut self, element: Element<'s>, name: &'s str) -> Option<bool> {
        if element.tag.is_void() {
            self.stack.leaf(element);
        } else {
            self.stack.push(element, name)?;
        }
        Some(true)
    }

    pub(super) fn end(&mut self, tag: Tag, name: &'s str) -> Option<()> {
        self.skips_line_end = false;
        match self.mode {
            Mode::InBody => self.end_in_body(tag, name),
            Mode::InHead if tag == Tag::Head => self.step(),
            _ if self.is_before_body() => None,
            _ => self.end_in_table(tag, name),
        }
    }
}

/// A text without the line end at its beginning; of one that is written as a reference it is not sure.
pub(super) fn without_line_end(text: &str) -> Option<&str> {
    (!text.starts_with('&')).then(|| text.strip_prefix('\n').unwrap_or(text))
}
