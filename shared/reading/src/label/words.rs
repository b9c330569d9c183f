//! Printed words as they are compared: without signs, numbers and notes.

/// Only what carries meaning: ideographs, letters, digits.
pub(crate) fn squash(text: &str) -> String {
    let mut squashed = String::with_capacity(text.len());
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| !is_meaning(*c)) {
        squashed.push_str(text.get(from..at).unwrap_or_default());
        from = at + c.len_utf8();
    }
    squashed.push_str(text.get(from..).unwrap_or_default());
    squashed
}

/// True when a text has more characters; most are told by their bytes, of which a character has four at most.
pub(crate) fn is_longer(text: &str, characters: usize) -> bool {
    text.len() > characters && (text.len() > 4 * characters || text.chars().count() > characters)
}

/// The first character that [`squash`] keeps: most texts are told apart by it.
pub(crate) fn first_of(text: &str) -> Option<char> {
    text.chars().find(|c| is_meaning(*c))
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// The usual signs between words; none of them is a letter or a digit.
const fn is_sign(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}')
        || matches!(c, '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}')
}

/// A letter, a digit or an ideograph; the usual ones are told without a look at the tables of Unicode.
pub(super) fn is_meaning(c: char) -> bool {
    is_ideograph(c)
        || !is_sign(c) && if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() }
}

/// Labels and headings have words; numbers and marks are not looked up.
pub(crate) fn has_words(text: &str) -> bool {
    text.chars().any(|c| is_ideograph(c) || (!c.is_ascii() && c.is_alphabetic()))
}

/// The text behind a leading number: `（一）予以公开` → `予以公开`, `1、属于` → `属于`.
pub(crate) fn without_number(text: &str) -> &str {
    let digits = |c: char| {
        matches!(c, '0'..='9' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十')
    };
    // Most texts begin with a word.
    if text.starts_with(|c| is_ideograph(c) && !digits(c)) {
        return text;
    }
    let text = text.trim_start();
    let inner = text.strip_prefix(['(', '（', '〔', '[']).unwrap_or(text);
    let rest = inner.trim_start_matches(digits);
    let open = inner.len() != text.len();
    let closed = rest.trim_start().strip_prefix(if open {
        &[')', '）', '〕', ']'][..]
    } else {
        &['.', '、', '．', ',', '，', ')', '）']
    });
    match closed {
        Some(rest_closed) if rest.len() < inner.len() => rest_closed.trim_start(),
        _ if text.starts_with(|c| ('㈠'..='㈩').contains(&c)) => {
            text.get('㈠'.len_utf8()..).unwrap_or(text).trim_start()
        }
        _ => text,
    }
}

/// What a heading says without notes in brackets and without a year: 本年（2023）制发件数（件） → 本年制发件数.
pub(crate) fn heading(text: &str) -> String {
    heading_chars(text).collect()
}

/// The same, character by character.
pub(super) fn heading_chars(text: &str) -> impl Iterator<Item = char> {
    let mut depth = 0_u32;
    let outside = move |c: &char| {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            _ => return depth == 0 && (is_ideograph(*c) || c.is_alphabetic()),
        }
        false
    };
    text.chars().filter(outside)
}

/// `数据1`, `列2`: heads that a converter made up for a table that has none.
pub(crate) fn is_filler(text: &str) -> bool {
    if !text.trim_start().starts_with(['数', '列', '字', 'C']) {
        return false;
    }
    let name = text.trim().trim_end_matches(|c: char| c.is_ascii_digit());
    name.len() < text.trim().len() && matches!(name.trim_end(), "数据" | "列" | "字段" | "Column" | "Col")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sign_has_a_meaning() {
        for c in (char::MIN..=char::MAX).filter(|c| is_sign(*c)) {
            assert!(!c.is_alphanumeric(), "{c:?}");
        }
    }

    #[test]
    fn numbers_before_labels_come_off_and_words_stay() {
        let cases = [
            ("（一）予以公开", "予以公开"),
            ("1、属于", "属于"),
            ("三类内部", "三类内部"),
            ("㈠公开", "公开"),
            ("10) 甲", "甲"),
            ("一公开", "一公开"),
        ];
        for (text, rest) in cases {
            assert_eq!(without_number(text), rest);
        }
    }
}
