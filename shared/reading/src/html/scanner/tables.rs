//! The rules of the standard for tables, as far as nothing stands between their rows.
use super::{
    super::{tags::Tag, tree::Element},
    rules::{Builder, Mode},
};

impl<'s> Builder<'s> {
    /// A start tag in a table.
    pub(super) fn in_table(&mut self, element: Element<'s>, name: &'s str) -> Option<bool> {
        let tag = element.tag;
        loop {
            match (self.mode, tag) {
                (Mode::InCell, _) if tag.is_of_table() && tag != Tag::Head => self.close_cell()?,
                (Mode::InCaption, _) if tag.is_of_table() && tag != Tag::Head => return None,
                (Mode::InCell | Mode::InCaption, _) => return self.in_body(element, name),
                (Mode::InColumnGroup, Tag::Col) => return self.add(element, name),
                (Mode::InRow, Tag::Td | Tag::Th) => return self.put(element, name, Mode::InCell),
                (Mode::InTableBody, Tag::Tr) => return self.put(element, name, Mode::InRow),
                (Mode::InTable, Tag::Caption) => return self.put(element, name, Mode::InCaption),
                (Mode::InTable, Tag::Colgroup) => return self.put(element, name, Mode::InColumnGroup),
                (Mode::InTable, _) if tag.is_body_of_table() => {
                    return self.put(element, name, Mode::InTableBody);
                }
                // Elements that are there without their tags.
                (Mode::InTable, Tag::Col) => {
                    self.put(Element::new(Tag::Colgroup), "colgroup", Mode::InColumnGroup)?;
                }
                (Mode::InTable, Tag::Tr | Tag::Td | Tag::Th) => {
                    self.put(Element::new(Tag::Tbody), "tbody", Mode::InTableBody)?;
                }
                (Mode::InTableBody, Tag::Td | Tag::Th) => {
                    self.put(Element::new(Tag::Tr), "tr", Mode::InRow)?;
                }
                (Mode::InColumnGroup, _) => self.close_part(Mode::InTable),
                (Mode::InTableBody, _) if tag.is_of_table() && tag != Tag::Head => {
                    self.close_part(Mode::InTable);
                }
                (Mode::InRow, _) if tag.is_of_table() && tag != Tag::Head => {
                    self.close_part(Mode::InTableBody);
                }
                (_, Tag::Script | Tag::Style) => return self.add(element, name),
                // Everything else would go before the table.
                _ => return None,
            }
        }
    }

    fn put(&mut self, element: Element<'s>, name: &'s str, mode: Mode) -> Option<bool> {
        self.mode = mode;
        self.stack.push(element, name)?;
        Some(true)
    }

    /// Ends a group of rows, a row, or a group of columns.
    fn close_part(&mut self, mode: Mode) {
        self.stack.pop_own();
        self.mode = mode;
    }

    fn close_cell(&mut self) -> Option<()> {
        self.stack.pop_implied(None);
        self.stack.pop_cell(Tag::is_cell)?;
        self.mode = Mode::InRow;
        Some(())
    }

    /// An end tag in a table.
    pub(super) fn end_in_table(&mut self, tag: Tag, name: &'s str) -> Option<()> {
        loop {
            match (self.mode, tag) {
                (Mode::InCell | Mode::InCaption, _) => {
                    if self.end_in_cell(tag, name)? {
                        return Some(());
                    }
                }
                (Mode::InColumnGroup, Tag::Col) => return Some(()),
                (Mode::InColumnGroup, Tag::Colgroup) => {
                    self.close_part(Mode::InTable);
                    return Some(());
                }
                (Mode::InColumnGroup, _) | (Mode::InTableBody, Tag::Table) => self.close_part(Mode::InTable),
                (Mode::InTable, Tag::Table) => {
                    self.stack.pop_own();
                    return self.resume();
                }
                (Mode::InTableBody, _) if tag.is_body_of_table() => {
                    if self.stack.has_in_table(|open| open == tag) {
                        self.close_part(Mode::InTable);
                    }
                    return Some(());
                }
                (Mode::InRow, Tag::Tr) => {
                    self.close_part(Mode::InTableBody);
                    return Some(());
                }
                (Mode::InRow, Tag::Table) => self.close_part(Mode::InTableBody),
                (Mode::InRow, _) if tag.is_body_of_table() => {
                    if !self.stack.has_in_table(|open| open == tag) {
                        return Some(());
                    }
                    self.close_part(Mode::InTableBody);
                }
                // The end of what is not open.
                (_, Tag::Body | Tag::Html) => return Some(()),
                _ if tag.is_of_table() && tag != Tag::Head => return Some(()),
                _ => return None,
            }
        }
    }

    /// An end tag in a cell or caption; false when it has ended the cell and still has to be looked at.
    fn end_in_cell(&mut self, tag: Tag, name: &'s str) -> Option<bool> {
        let own = match self.mode {
            Mode::InCell => tag.is_cell(),
            _ => tag == Tag::Caption,
        };
        let open = || self.stack.has_in_table(|open| open == tag);
        match tag {
            _ if own => {
                if open() {
                    self.stack.pop_implied(None);
                    self.stack.pop_cell(|open| open == tag)?;
                    self.mode = if tag == Tag::Caption { Mode::InTable } else { Mode::InRow };
                }
            }
            Tag::Table if self.mode == Mode::InCaption => return None,
            Tag::Table | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot if self.mode == Mode::InCell => {
                if open() {
                    self.close_cell()?;
                    return Some(false);
                }
            }
            Tag::Body | Tag::Html => {}
            _ if tag.is_of_table() && tag != Tag::Head => {}
            _ => self.end_in_body(tag, name)?,
        }
        Some(true)
    }

    /// Goes on behind a table where it stood.
    fn resume(&mut self) -> Option<()> {
        let mode = |tag: Tag| match tag {
            Tag::Td | Tag::Th => Some(Mode::InCell),
            Tag::Caption => Some(Mode::InCaption),
            Tag::Body => Some(Mode::InBody),
            _ => None,
        };
        self.mode = self.stack.inner_first().find_map(|open| mode(open.tag))?;
        Some(())
    }
}
