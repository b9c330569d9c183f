//! The rules of the standard for the body.
use super::{
    super::{tags::Tag, tree::Element},
    markup::Quirks,
    open::is_marker,
    rules::{Builder, Mode},
};

impl<'s> Builder<'s> {
    /// A start tag in the body, in a cell or in a caption.
    pub(super) fn in_body(&mut self, element: Element<'s>, name: &'s str) -> Option<bool> {
        let tag = element.tag;
        match tag {
            Tag::Html | Tag::Body => return None,
            _ if tag.is_of_table() => return Some(false),
            Tag::Form if self.form.is_some() => return Some(false),
            // Links and buttons in others of their kind, fields and lines in a list of choices.
            Tag::A if self.stack.formats(Tag::A) => return None,
            Tag::Button | Tag::Select if self.stack.has(tag) => return None,
            Tag::Input | Tag::Hr if self.stack.has(Tag::Select) => return None,
            Tag::Table if self.stack.has_p() => match self.quirks {
                Quirks::Yes => {}
                Quirks::No => self.close_p()?,
                Quirks::Unknown => return None,
            },
            Tag::Li | Tag::Dd | Tag::Dt => self.end_item(tag)?,
            Tag::Option if self.stack.has(Tag::Select) => self.stack.pop_implied(Some(Tag::Optgroup)),
            Tag::Optgroup if self.stack.has(Tag::Select) => self.stack.pop_implied(None),
            Tag::Option | Tag::Optgroup if self.stack.current() == Some(Tag::Option) => self.stack.pop_own(),
            _ => {}
        }
        let level = tag.heading_level().is_some();
        if tag.ends_p() || level || matches!(tag, Tag::Form | Tag::Li | Tag::Dd | Tag::Dt | Tag::Hr) {
            self.close_p()?;
        }
        if level && self.stack.current().is_some_and(|current| current.heading_level().is_some()) {
            self.stack.pop_own();
        }
        match tag {
            Tag::Form => self.form = Some(self.stack.push(element, name)?),
            Tag::Table => {
                self.stack.push(element, name)?;
                self.mode = Mode::InTable;
            }
            _ => {
                self.skips_line_end = tag == Tag::Pre;
                self.add(element, name)?;
            }
        }
        Some(true)
    }

    /// An item of a list ends the one before it.
    fn end_item(&mut self, tag: Tag) -> Option<()> {
        let alike = |open: Tag| match tag {
            Tag::Li => open == Tag::Li,
            _ => matches!(open, Tag::Dd | Tag::Dt),
        };
        let holds = |open: Tag| open.is_special() && !matches!(open, Tag::Address | Tag::Div | Tag::P);
        let found = self.stack.inner_first().map(|open| open.tag).find(|open| alike(*open) || holds(*open));
        if let Some(item) = found.filter(|open| alike(*open)) {
            self.stack.pop_implied(Some(item));
            self.stack.pop_until(|open| open == item)?;
        }
        Some(())
    }

    fn close_p(&mut self) -> Option<()> {
        if self.stack.has_p() {
            self.stack.pop_implied(Some(Tag::P));
            self.stack.pop_until(|open| open == Tag::P)?;
        }
        Some(())
    }

    /// An end tag in the body, in a cell or in a caption.
    pub(super) fn end_in_body(&mut self, tag: Tag, name: &'s str) -> Option<()> {
        match tag {
            // What stands behind them is read as if they came later.
            Tag::Body | Tag::Html => Some(()),
            Tag::Br => None,
            Tag::Form => self.end_form(),
            Tag::P if self.stack.has_p() => self.close_p(),
            Tag::P => {
                self.stack.leaf(Element::new(Tag::P));
                Some(())
            }
            Tag::Li | Tag::Dd | Tag::Dt => {
                let list = |open| tag == Tag::Li && matches!(open, Tag::Ol | Tag::Ul);
                if !self.stack.in_scope(|open| open.tag == tag, list) {
                    return Some(());
                }
                self.stack.pop_implied(Some(tag));
                self.stack.pop_until(|open| open == tag)
            }
            _ if tag.heading_level().is_some() => self.end_block(|open| open.heading_level().is_some()),
            _ if tag.is_closed() || is_marker(tag) => self.end_block(|open| open == tag),
            _ if self.stack.current() == Some(tag) && tag.is_formatting() => {
                self.stack.pop_own();
                Some(())
            }
            _ if tag.is_formatting() && self.stack.formats(tag) => None,
            _ => self.end_other(tag, name),
        }
    }

    /// Closes a block with what needs no end tag in it, if it is open.
    fn end_block(&mut self, wanted: impl Fn(Tag) -> bool) -> Option<()> {
        if !self.stack.in_scope(|open| wanted(open.tag), |_| false) {
            return Some(());
        }
        self.stack.pop_implied(None);
        self.stack.pop_until(wanted)
    }

    fn end_form(&mut self) -> Option<()> {
        let Some(form) = self.form.take() else { return Some(()) };
        if !self.stack.in_scope(|open| open.node == form, |_| false) {
            return Some(());
        }
        self.stack.pop_implied(None);
        // One that is closed while others are open in it leaves them where they are.
        let innermost = self.stack.inner_first().next()?.node;
        (innermost == form).then(|| self.stack.pop_own())
    }

    /// Closes the innermost element of this name, unless a block stands between.
    fn end_other(&mut self, tag: Tag, name: &str) -> Option<()> {
        let mut depth = 0;
        for open in self.stack.inner_first() {
            if open.tag == tag && (tag != Tag::Other || open.name.eq_ignore_ascii_case(name)) {
                break;
            }
            if open.tag.is_special() {
                return Some(());
            }
            depth += 1;
        }
        for _ in 0..depth {
            self.stack.pop()?;
        }
        self.stack.pop_own();
        Some(())
    }
}
