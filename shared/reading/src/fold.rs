//! Folds characters that only look different, so that labels and numbers compare; never a superscript or a circled digit into a digit.
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

/// What a character becomes: itself, another, or nothing.
fn fold_char(c: char) -> Option<char> {
    match c {
        '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{FEFF}'
        | '\u{00AD}' => None,
        '\u{00A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Some(' '),
        '\u{0085}' | '\u{2028}' | '\u{2029}' | '\u{000B}' | '\u{000C}' | '\r' => Some('\n'),
        '\n' | '\t' => Some(c),
        c if c.is_control() => Some(' '),
        // Digits, letters and signs of the full-width block; its Chinese punctuation stays as printed.
        '０'..='９'
        | 'Ａ'..='Ｚ'
        | 'ａ'..='ｚ'
        | '＋'
        | '－'
        | '．'
        | '％'
        | '／'
        | '＼'
        | '｜'
        | '＊'
        | '＃'
        | '＝'
        | '＿' => char::from_u32(c as u32 - 0xFEE0),
        // Radicals and compatibility ideographs stand for ordinary ones.
        '\u{2E80}'..='\u{2FDF}' | '\u{F900}'..='\u{FAFF}' => std::iter::once(c).nfkc().next().or(Some(c)),
        '\u{2212}' | '\u{FE63}' => Some('-'),
        c => Some(c),
    }
}

/// Text with look-alike characters folded; line ends are `\n`.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\r' && chars.peek() == Some(&'\n') {
            continue;
        }
        out.extend(fold_char(c));
    }
    out
}

/// Folded, runs of white space made one blank, none at the ends.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidied = Tidy { out: String::with_capacity(text.len()), blank: false };
    tidied.push(text);
    tidied.out
}

/// A text that is tidied while it grows.
#[derive(Default)]
pub(crate) struct Tidy {
    out: String,
    /// Blanks came since the last word.
    blank: bool,
}

impl Tidy {
    /// Adds a piece, which may begin or end within a word.
    pub(crate) fn push(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let plain = plain_length(rest);
            let (words, behind) = rest.split_at_checked(plain.max(c.len_utf8())).unwrap_or((rest, ""));
            rest = behind;
            let folded = if plain == 0 { fold_char(c) } else { Some(c) };
            if folded.is_some_and(char::is_whitespace) {
                self.blank = true;
            } else if let Some(folded) = folded {
                if std::mem::take(&mut self.blank) && !self.out.is_empty() {
                    self.out.push(' ');
                }
                if plain == 0 { self.out.push(folded) } else { self.out.push_str(words) }
            }
        }
    }

    /// The text; what comes next begins another.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(self).out
    }
}

/// How many bytes of a text are plain from its beginning.
fn plain_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += match bytes.get(at) {
            None => return at.min(bytes.len()),
            Some(0x21..=0x7E) => 1,
            // The first byte of U+4000 to U+9FFF.
            Some(0xE4..=0xE9) => 3,
            Some(_) => match text.get(at..).and_then(|rest| rest.chars().next()) {
                Some(c) if is_plain(c) => c.len_utf8(),
                _ => return at,
            },
        };
    }
}

/// Characters that are no blanks and are folded into none but themselves: nearly all of a page.
const fn is_plain(c: char) -> bool {
    matches!(c, '!'..='~' | '\u{3001}'..='\u{9FFF}' | '“' | '”' | '—')
}

/// Traditional characters of titles, heads and labels, each with its simplified one.
const TRADITIONAL: &str = "總总體体況况動动開开訊讯資资報报處处辦办復复複复議议訴诉訟讼問问題题進进項项數数質质關关於于務务縣县區区鎮镇鄉乡廳厅門门規规範范證证據据說说統统計计實实業业會会員员機机構构門门類类內内無无單单編编發发時时間间級级總总執执聯联絡络廣广東东紅红農农財财稅税學学環环護护運运電电檔档";

static SIMPLIFIED: LazyLock<FxHashMap<char, char>> = LazyLock::new(|| {
    let pairs: Vec<char> = TRADITIONAL.chars().collect();
    pairs.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()
});

/// A character, or the simplified one for it.
pub(crate) fn simplified_char(c: char) -> char {
    if c.is_ascii() { c } else { SIMPLIFIED.get(&c).copied().unwrap_or(c) }
}

/// The same text in simplified characters, one for one, for comparing words; what is printed stays as it is.
pub(crate) fn simplified(text: &str) -> String {
    let mut simplified = String::with_capacity(text.len());
    simplified.extend(text.chars().map(simplified_char));
    simplified
}

#[cfg(test)]
mod tests {
    use super::{fold, simplified, tidy};

    #[test]
    fn traditional_words_compare_with_simplified_ones() {
        assert_eq!(
            simplified("四、政府信息公開行政復議、行政訴訟情況"),
            "四、政府信息公开行政复议、行政诉讼情况"
        );
        let text = "雲澤縣總體情況 2024";
        assert_eq!(simplified(text).len(), text.len());
    }

    #[test]
    fn tidy_is_folded_and_parted_by_single_blanks() {
        let texts = [
            "",
            " ",
            " 甲\u{3000}\n乙 ",
            "１２ \u{200B} 3\u{200B}4",
            "甲\u{AD}",
            "“甲”—乙",
            "\u{200B} 甲",
            "5² ⼀ａ",
        ];
        for text in texts {
            let folded = fold(text);
            assert_eq!(tidy(text), folded.split_whitespace().collect::<Vec<_>>().join(" "), "{text:?}");
        }
        for c in '\0'..='\u{FFFF}' {
            let text = c.to_string();
            assert_eq!(super::plain_length(&text), if super::is_plain(c) { text.len() } else { 0 }, "{c:?}");
            assert!(!super::is_plain(c) || (super::fold_char(c) == Some(c) && !c.is_whitespace()), "{c:?}");
        }
    }

    #[test]
    fn looks_are_folded_and_meanings_kept() {
        assert_eq!(fold("１２．５％\u{3000}＋３\u{200B}"), "12.5% +3");
        assert_eq!(fold("⼀、⽬录 羅\u{F91A}"), "一、目录 羅駱");
        assert_eq!(fold("5² ① ½ （一）"), "5² ① ½ （一）");
        assert_eq!(fold("a\r\nb\rc"), "a\nb\nc");
    }
}
