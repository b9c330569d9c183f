//! Colours for a terminal, and the width that Chinese characters take on it.
use gongkai_model::{Severity, Verdict};

/// A look of words on a terminal.
#[derive(Clone, Copy)]
pub(super) enum Paint {
    Bold,
    Dim,
    Red,
    Yellow,
    Green,
    Cyan,
    Marked,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "1;31",
            Self::Yellow => "1;33",
            Self::Green => "1;32",
            Self::Cyan => "36",
            Self::Marked => "1;4",
        }
    }

    pub(super) fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Red,
            Severity::Warning => Self::Yellow,
            Severity::Hint => Self::Cyan,
        }
    }

    pub(super) fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Consistent => Self::Green,
            Verdict::Inconsistent => Self::Red,
            Verdict::Incomplete => Self::Yellow,
        }
    }

    /// The words in this look; plain where colours are off.
    pub(super) fn on(self, words: &str, colour: bool) -> String {
        if colour { format!("\u{1b}[{}m{words}\u{1b}[0m", self.code()) } else { words.to_owned() }
    }
}

/// Columns that words take on a terminal: two for Chinese characters and full-width signs.
pub(super) fn width(words: &str) -> usize {
    words.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}' | '\u{20000}'..='\u{3FFFD}')
}

/// The words, followed by as many blanks as `columns` asks for.
pub(super) fn pad(words: &str, columns: usize) -> String {
    format!("{words}{}", " ".repeat(columns.saturating_sub(width(words))))
}

/// Characters of a page that would act on a terminal, made visible as blanks.
pub(super) fn harmless(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
