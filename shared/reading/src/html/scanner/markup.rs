//! What stands between `<` and `>`: tags with their attributes, comments, declarations.
use memchr::{memchr, memmem};

use super::{
    super::{style::hides, tags::Tag, tree::Element},
    entities::decoded,
};

/// A piece of markup; a name is as it was printed.
pub(super) enum Markup<'s> {
    Start(Element<'s>, &'s str),
    End(Tag, &'s str),
    Doctype(Quirks),
    /// A comment, or something that browsers take for one.
    Nothing,
}

/// Whether a page is laid out as browsers did before there were standards: then a table does not end a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quirks {
    Yes,
    No,
    /// The declaration is a rare one.
    Unknown,
}

/// Longest name that is one of ours.
const LONGEST_NAME: usize = 16;

/// Where the next markup begins; a `<` before anything but a letter or a sign is text.
pub(super) fn begin(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if let [b'<', b'/' | b'a'..=b'z', ..] = bytes {
        return Some(0);
    }
    let opens = |at: &usize| {
        bytes.get(at + 1).is_none_or(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
    };
    memchr::memchr_iter(b'<', bytes).find(opens)
}

/// The last styles of a page: its cells repeat a few again and again.
#[derive(Default)]
pub(super) struct Styles<'s> {
    known: [(&'s str, bool); 4],
    oldest: usize,
}

impl<'s> Styles<'s> {
    /// Whether a style, as printed, hides its element.
    fn hide(&mut self, style: &'s str) -> Option<bool> {
        if let Some((_, hides)) = self.known.iter().find(|(known, _)| *known == style) {
            return Some(*hides);
        }
        let hides = hides(&decoded(style, true)?);
        self.oldest = (self.oldest + 1) % self.known.len();
        if let Some(oldest) = self.known.get_mut(self.oldest) {
            *oldest = (style, hides);
        }
        Some(hides)
    }
}

/// Reads the markup at the beginning of a text, with its length.
pub(super) fn read<'s>(text: &'s str, styles: &mut Styles<'s>) -> Option<(Markup<'s>, usize)> {
    let mut reader = Reader { text, at: 2 };
    let markup = match *text.as_bytes().get(1)? {
        b'/' => reader.end_tag()?,
        b'!' => reader.declaration()?,
        b'?' => {
            reader.at = memchr(b'>', text.as_bytes())? + 1;
            Markup::Nothing
        }
        _ => {
            reader.at = 1;
            reader.start_tag(styles)?
        }
    };
    Some((markup, reader.at))
}

struct Reader<'s> {
    text: &'s str,
    at: usize,
}

impl<'s> Reader<'s> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Takes bytes up to the first that ends them.
    fn take(&mut self, mut ends: impl FnMut(u8) -> bool) -> Option<&'s str> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let length = rest.iter().position(|byte| ends(*byte))?;
        let taken = self.text.get(self.at..self.at + length)?;
        self.at += length;
        Some(taken)
    }

    fn skip_blanks(&mut self) {
        while self.byte().is_some_and(is_blank) {
            self.at += 1;
        }
    }

    fn name(&mut self) -> Option<(Tag, &'s str)> {
        let mut kinds = 0;
        let name = self.take(|byte| {
            let kind = of_name(byte);
            kinds |= kind;
            kind == 0
        })?;
        let begins = name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
        let ends = self.byte().is_some_and(|byte| is_blank(byte) || matches!(byte, b'/' | b'>'));
        let tag = if kinds & CAPITAL == 0 { Tag::of(name) } else { of_capitals(name) };
        (begins && ends).then_some((tag, name))
    }

    fn end_tag(&mut self) -> Option<Markup<'s>> {
        let (tag, name) = self.name()?;
        self.skip_blanks();
        (self.byte()? == b'>').then_some(())?;
        self.at += 1;
        Some(Markup::End(tag, name))
    }

    fn start_tag(&mut self, styles: &mut Styles<'s>) -> Option<Markup<'s>> {
        let (tag, name) = self.name()?;
        let mut element = Element::new(tag);
        let mut styled = false;
        while let Some((name, value)) = self.attribute()? {
            if !name.eq_ignore_ascii_case("style") {
                element.add(name, || decoded(value, true))?;
            } else if !std::mem::replace(&mut styled, true) {
                element.hidden |= styles.hide(value)?;
            }
        }
        Some(Markup::Start(element, name))
    }

    /// The next attribute; nothing at the end of the tag.
    fn attribute(&mut self) -> Option<Option<(&'s str, &'s str)>> {
        loop {
            match self.byte()? {
                byte if is_blank(byte) || byte == b'/' => self.at += 1,
                b'>' => {
                    self.at += 1;
                    return Some(None);
                }
                b'=' => return None,
                _ => break,
            }
        }
        let name = self.take(|byte| is_blank(byte) || matches!(byte, b'/' | b'>' | b'=') || is_odd(byte))?;
        if self.byte().is_some_and(is_odd) {
            return None;
        }
        self.skip_blanks();
        if self.byte()? != b'=' {
            return Some(Some((name, "")));
        }
        self.at += 1;
        self.skip_blanks();
        Some(Some((name, self.value()?)))
    }

    fn value(&mut self) -> Option<&'s str> {
        match self.byte()? {
            quote @ (b'"' | b'\'') => {
                let rest = self.text.get(self.at + 1..)?;
                let length = memchr(quote, rest.as_bytes())?;
                self.at += length + 2;
                rest.get(..length)
            }
            b'>' => None,
            _ => {
                let value = self.take(|byte| is_blank(byte) || byte == b'>' || is_odd(byte))?;
                (!self.byte().is_some_and(is_odd)).then_some(value)
            }
        }
    }

    fn declaration(&mut self) -> Option<Markup<'s>> {
        let rest = self.text.get(self.at..)?;
        if let Some(comment) = rest.strip_prefix("--") {
            if comment.starts_with('>') || comment.starts_with("->") {
                return None;
            }
            let length = memmem::find(comment.as_bytes(), b"-->")?;
            self.at += 2 + length + 3;
            return (!comment.get(..length)?.contains("--!")).then_some(Markup::Nothing);
        }
        let length = memchr(b'>', rest.as_bytes())?;
        self.at += length + 1;
        let inner = rest.get(..length)?;
        match inner.get(..7) {
            Some(word) if word.eq_ignore_ascii_case("doctype") => {
                Some(Markup::Doctype(quirks(inner.get(7..)?)))
            }
            Some("[CDATA[") => None,
            // `<![if !supportLists]>` of word processors.
            _ => Some(Markup::Nothing),
        }
    }
}

/// White space as HTML knows it.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | 0x0C | b'\r')
}

/// Quotes and brackets where none belong.
const fn is_odd(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'<' | b'`')
}

/// What names of elements are made of.
const SMALL: u8 = 1;
const CAPITAL: u8 = 2;

/// The kind of a byte in a name, 0 for one that ends it.
fn of_name(byte: u8) -> u8 {
    const KINDS: [u8; 256] = {
        let mut kinds = [0; 256];
        let mut byte = 0;
        while byte < kinds.len() {
            kinds[byte] = match byte as u8 {
                b'a'..=b'z' | b'0'..=b'9' | b':' | b'-' | b'_' | b'.' => SMALL,
                b'A'..=b'Z' => CAPITAL,
                _ => 0,
            };
            byte += 1;
        }
        kinds
    };
    KINDS.get(usize::from(byte)).copied().unwrap_or_default()
}

fn of_capitals(name: &str) -> Tag {
    if name.len() > LONGEST_NAME { Tag::Other } else { Tag::of(&name.to_ascii_lowercase()) }
}

/// What the words behind `<!doctype` say.
fn quirks(words: &str) -> Quirks {
    let words = words.to_ascii_lowercase();
    match words.trim_ascii() {
        "html" if words.starts_with(|c: char| c.is_ascii_whitespace()) => Quirks::No,
        words => of_public_name(words).unwrap_or(Quirks::Unknown),
    }
}

/// `html public "NAME" "ADDRESS"` of the two families that pages have.
fn of_public_name(words: &str) -> Option<Quirks> {
    let rest = words.strip_prefix("html ")?.trim_ascii_start().strip_prefix("public ")?;
    let (name, rest) = rest.trim_ascii_start().strip_prefix('"')?.split_once('"')?;
    let address = rest.trim_ascii().strip_prefix('"')?.strip_suffix('"')?;
    let known = name.starts_with("-//w3c//dtd xhtml 1.0 ") || name.starts_with("-//w3c//dtd html 4.01 ");
    (known && !address.contains(['"', '\'']) && address.starts_with("http://www.w3.org/"))
        .then_some(Quirks::No)
}
