//! Why a finding was dismissed or taken up again, and by whom: what a person says is checked here, before it is kept.
use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

/// What a person says when a finding is dismissed or taken up again: one line each, in the person's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Why.
    note: Option<String>,
    /// Who says so. A name that was given, not one that was proven: the token is the same for all.
    by: Option<String>,
}

/// Why a remark is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RemarkError {
    /// A dismissal says why.
    #[error("note: a dismissal needs one")]
    NoteMissing,
    /// The note is too long.
    #[error("note: more than {} characters", Remark::LONGEST_NOTE)]
    NoteLong,
    /// The name is too long.
    #[error("by: more than {} characters", Remark::LONGEST_NAME)]
    NameLong,
    /// The note has characters that are not seen: a line's end, a control, a change of direction.
    #[error("note: control characters")]
    NoteUnseen,
    /// The name has such characters.
    #[error("by: control characters")]
    NameUnseen,
}

impl Remark {
    /// Characters of a note.
    pub const LONGEST_NOTE: usize = 500;
    /// Characters of a name.
    pub const LONGEST_NAME: usize = 50;

    /// What was typed, blanks at the ends left out; a dismissal must say why.
    pub fn new(dismissed: bool, note: &str, by: &str) -> Result<Self, RemarkError> {
        let note = line(note, Self::LONGEST_NOTE, RemarkError::NoteLong, RemarkError::NoteUnseen)?;
        let by = line(by, Self::LONGEST_NAME, RemarkError::NameLong, RemarkError::NameUnseen)?;
        if dismissed && note.is_none() {
            return Err(RemarkError::NoteMissing);
        }
        Ok(Self { note, by })
    }

    /// As it is stored.
    pub(crate) const fn stored(note: Option<String>, by: Option<String>) -> Self {
        Self { note, by }
    }

    /// Why.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The name that was given.
    pub fn by(&self) -> Option<&str> {
        self.by.as_deref()
    }
}

fn line(
    text: &str,
    most: usize,
    long: RemarkError,
    unseen: RemarkError,
) -> Result<Option<String>, RemarkError> {
    let text = text.trim();
    if text.chars().any(is_unseen) {
        return Err(unseen);
    }
    if text.chars().count() > most {
        return Err(long);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Controls, ends of lines, and what turns the direction of the text around it.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One act of a finding's history: it was dismissed, or taken up again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dismissal {
    /// Dismissed, or taken up again.
    pub dismissed: bool,
    /// What was said.
    #[serde(flatten)]
    pub remark: Remark,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dismissal_says_why_in_one_line_of_bounded_length() {
        use RemarkError::{NameLong, NameUnseen, NoteLong, NoteMissing, NoteUnseen};
        let said = Remark::new(true, " 数据已更正 ", "张三\r\n").unwrap();
        assert_eq!((said.note(), said.by()), (Some("数据已更正"), Some("张三")));
        let longest = "长".repeat(Remark::LONGEST_NOTE);
        assert_eq!(Remark::new(true, &longest, "").unwrap().note(), Some(longest.as_str()));
        assert_eq!(Remark::new(false, "", " "), Ok(Remark::default()), "taking up again may be silent");
        let name = "名".repeat(Remark::LONGEST_NAME + 1);
        for (note, by, why) in [
            (" \n", "张三", NoteMissing),
            (format!("{longest}长").as_str(), "", NoteLong),
            ("第一行\n第二行", "", NoteUnseen),
            ("响铃\u{7}", "", NoteUnseen),
            ("反向\u{202e}文字", "", NoteUnseen),
            ("理由", name.as_str(), NameLong),
            ("理由", "张\0三", NameUnseen),
        ] {
            assert_eq!(Remark::new(true, note, by), Err(why), "{note:?} {by:?}");
        }
    }
}
