//! Character references as pages use them; of any other it is not sure.
use std::borrow::Cow;

use memchr::memchr;

/// The names that pages use, each with its character.
pub(super) const NAMES: [(&str, char); 62] = [
    ("nbsp", '\u{A0}'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("hellip", '…'),
    ("middot", '·'),
    ("bull", '•'),
    ("prime", '′'),
    ("Prime", '″'),
    ("permil", '‰'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("lrm", '\u{200E}'),
    ("rlm", '\u{200F}'),
    ("shy", '\u{AD}'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("sect", '§'),
    ("para", '¶'),
    ("deg", '°'),
    ("times", '×'),
    ("divide", '÷'),
    ("minus", '−'),
    ("plusmn", '±'),
    ("ne", '≠'),
    ("le", '≤'),
    ("ge", '≥'),
    ("asymp", '≈'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("frac34", '¾'),
    ("sup1", '¹'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("yen", '¥'),
    ("larr", '←'),
    ("uarr", '↑'),
    ("rarr", '→'),
    ("darr", '↓'),
    ("radic", '√'),
    ("sum", '∑'),
    ("infin", '∞'),
    ("euro", '€'),
    ("uml", '¨'),
];

/// A text with its references replaced; `attribute` for the value of one.
pub(super) fn decoded(text: &str, attribute: bool) -> Option<Cow<'_, str>> {
    let Some(mut at) = memchr(b'&', text.as_bytes()) else { return Some(Cow::Borrowed(text)) };
    let mut out = String::with_capacity(text.len());
    out.push_str(text.get(..at)?);
    loop {
        let behind = text.get(at + 1..)?;
        let used = reference(behind, attribute, &mut out)?;
        let rest = behind.get(used..)?;
        let next = memchr(b'&', rest.as_bytes());
        out.push_str(rest.get(..next.unwrap_or(rest.len()))?);
        at += 1 + used + next.unwrap_or(rest.len());
        if next.is_none() {
            return Some(Cow::Owned(out));
        }
    }
}

/// Writes what a `&` and the text behind it mean; gives how much of that text it took.
fn reference(behind: &str, attribute: bool, out: &mut String) -> Option<usize> {
    let bytes = behind.as_bytes();
    if bytes.first() == Some(&b'#') {
        let end = memchr(b';', bytes)?;
        out.push(numeric(behind.get(1..end)?)?);
        return Some(end + 1);
    }
    let length = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let name = behind.get(..length)?;
    match bytes.get(length) {
        _ if name.is_empty() => {
            out.push('&');
            Some(0)
        }
        Some(b';') => {
            let (_, character) = NAMES.iter().find(|(known, _)| *known == name)?;
            out.push(*character);
            Some(length + 1)
        }
        // The query of an address: `?a=1&b=2`.
        Some(b'=') if attribute => {
            out.push('&');
            out.push_str(name);
            Some(length)
        }
        _ => None,
    }
}

fn numeric(digits: &str) -> Option<char> {
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => (hexadecimal, 16),
        None => (digits, 10),
    };
    let plain = (1..=7).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let code = u32::from_str_radix(digits, radix).ok().filter(|_| plain)?;
    // Control characters mean others, or nothing.
    matches!(code, 0x09 | 0x0A | 0x20..=0x7E | 0xA0..).then(|| char::from_u32(code))?
}
