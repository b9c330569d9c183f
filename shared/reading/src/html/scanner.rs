//! One pass over an ordinary page; anything else it is not sure of, and then it gives no tree (a browser's parser does).
//!
//! What it does with tags is what the HTML standard says (13.2.6, "tree construction"), as far as that needs neither the list of
//! formatting elements nor a place outside a table for what stands between its rows.
mod body;
mod entities;
mod markup;
mod open;
mod rules;
mod tables;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};

use self::{
    markup::{Markup, Styles},
    rules::Builder,
};
use super::{tags::Tag, tree::Tree};

/// The source with the line ends that browsers see: `\n` alone.
pub(super) fn lines(source: &str) -> Cow<'_, str> {
    if memchr(b'\r', source.as_bytes()).is_none() {
        return Cow::Borrowed(source);
    }
    Cow::Owned(source.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The page's tree; `None` where it is not sure.
pub(super) fn tree(source: &str) -> Option<Tree<'_>> {
    if source.starts_with('\u{FEFF}') || memchr2(0, b'\r', source.as_bytes()).is_some() {
        return None;
    }
    let mut builder = Builder::new(source.len());
    let mut styles = Styles::default();
    let mut at = 0;
    loop {
        let rest = source.get(at..)?;
        let Some(begin) = markup::begin(rest) else {
            builder.text(rest)?;
            return builder.finish();
        };
        builder.text(rest.get(..begin)?)?;
        let (markup, end) = markup::read(rest.get(begin..)?, &mut styles)?;
        at += begin + end;
        match markup {
            Markup::Start(element, name) => {
                let tag = element.tag;
                if builder.start(element, name)? && tag.is_raw() {
                    at += raw(&mut builder, tag, name, source.get(at..)?)?;
                }
            }
            Markup::End(tag, name) => builder.end(tag, name)?,
            Markup::Doctype(quirks) => builder.doctype(quirks),
            Markup::Nothing => {}
        }
    }
}

/// Text up to the end tag of an element that holds nothing else; gives the length with that tag.
fn raw<'s>(builder: &mut Builder<'s>, tag: Tag, name: &'s str, rest: &'s str) -> Option<usize> {
    let (text, length) = raw_text(name, rest)?;
    // Inside a comment a script may hold another one with its end tag.
    let nested = || memmem::find(&text.as_bytes().to_ascii_lowercase(), b"<script").is_some();
    if tag == Tag::Script && text.contains("<!--") && nested() {
        return None;
    }
    // Texts of titles and fields have character references, scripts and styles have none.
    let text = match tag {
        Tag::Textarea => entities::decoded(rules::without_line_end(text)?, false)?,
        Tag::Title => entities::decoded(text, false)?,
        _ => Cow::Borrowed(text),
    };
    builder.raw(text)?;
    Some(length)
}

fn raw_text<'s>(name: &str, rest: &'s str) -> Option<(&'s str, usize)> {
    let bytes = rest.as_bytes();
    for at in memmem::find_iter(bytes, b"</") {
        let behind = at + 2 + name.len();
        let ends = bytes.get(at + 2..behind).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()));
        match bytes.get(behind) {
            Some(b'>') if ends => return Some((rest.get(..at)?, behind + 1)),
            // An end tag with something in it, or the beginning of a longer word.
            Some(byte) if ends && (byte.is_ascii_whitespace() || *byte == b'/') => return None,
            _ => {}
        }
    }
    None
}
