//! What is said beside a cell: its state, what the other figures imply, and the finding that says so.
use gongkai_model::{Cell, CellState, Finding, Key, Severity, Table};

use super::Slot;
use crate::frame::Frame;

/// A link from a cell to its finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// Fingerprint; the anchor.
    pub(crate) fingerprint: String,
    /// Code.
    pub(crate) code: String,
    /// Symbol of its gravity.
    pub(crate) symbol: &'static str,
    /// Colour of its gravity.
    pub(crate) class: &'static str,
}

/// What stands beside a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Note {
    /// State of the cell in a word, when it is not simply printed.
    pub(crate) state: Option<&'static str>,
    /// What the other figures imply.
    pub(crate) expected: Option<String>,
    /// What a smallest repair would put here.
    pub(crate) likely: Option<String>,
    /// Findings that point here.
    pub(crate) links: Vec<Link>,
}

/// The findings that are drawn into tables.
pub(crate) struct Marks<'m> {
    findings: Vec<&'m Finding>,
}

impl<'m> Marks<'m> {
    /// Marks for these findings.
    pub(crate) fn new(findings: impl IntoIterator<Item = &'m Finding>) -> Self {
        Self { findings: findings.into_iter().collect() }
    }

    fn at<'s>(
        &'s self,
        table: Key,
        row: Option<Key>,
        column: Option<Key>,
    ) -> impl Iterator<Item = &'m Finding> + 's {
        let is = |place: &Option<String>, key: Option<Key>| place.as_deref() == key.map(Key::as_str);
        let here =
            move |f: &&&'m Finding| is(&f.table, Some(table)) && is(&f.row, row) && is(&f.column, column);
        self.findings.iter().filter(here).copied()
    }

    /// Findings about a whole column (T303).
    pub(super) fn of_column(&self, table: Key, column: Key) -> Note {
        self.note(self.at(table, None, Some(column)))
    }

    /// Findings about a whole row.
    pub(super) fn of_row(&self, table: Key, row: Key) -> Note {
        self.note(self.at(table, Some(row), None))
    }

    fn note<'s>(&self, findings: impl Iterator<Item = &'s Finding>) -> Note {
        let mut note = Note::default();
        for finding in findings {
            note.expected = note.expected.or_else(|| finding.expected.clone());
            note.links.push(link(finding));
        }
        note
    }

    /// A number with its marks.
    pub(super) fn number(&self, f: &Frame, table: &Table, row: Key, column: Key) -> Slot {
        let mut note = self.note(self.at(table.key, Some(row), Some(column)));
        let suspects =
            self.findings.iter().flat_map(|finding| finding.suspects.iter().map(move |s| (*finding, s)));
        let mut here = suspects.filter(|(_, s)| s.table == table.key && s.row == row && s.column == column);
        if let Some((finding, suspect)) = here.next() {
            note.likely =
                Some(suspect.likely.clone()).filter(|likely| note.expected.as_ref() != Some(likely));
            if note.links.is_empty() {
                note.links.push(link(finding));
            }
        }
        let cell = table.cell(row.as_str(), column.as_str());
        let (text, state, own) = written(f, cell);
        note.state = state;
        let wrong = note.links.iter().any(|link| link.class == "bad");
        let class = match own {
            "" if wrong => "wrong",
            "" if !note.links.is_empty() => "suspect",
            own => own,
        };
        Slot { scope: None, cols: 1, rows: 1, text, class, note }
    }
}

/// Text, word for the state, class. A blank stays blank: it is never shown as 0.
fn written(f: &Frame, cell: Option<&Cell>) -> (String, Option<&'static str>, &'static str) {
    let Some(cell) = cell else { return (String::new(), Some(f.t("缺", "absent")), "absent") };
    let printed = cell.printed.trim().to_owned();
    let text = match (&cell.value, printed.as_str()) {
        (Some(value), "") => value.normalize().to_string(),
        _ => printed.clone(),
    };
    match cell.state {
        CellState::Printed => (text, None, ""),
        CellState::Blank => (printed, Some(f.t("空", "blank")), "blank"),
        CellState::Unreadable => (printed, Some(f.t("不可读", "unreadable")), "unreadable"),
        CellState::Inferred => (text, Some(f.t("推断", "inferred")), "inferred"),
        CellState::Unplaced => (text, Some(f.t("位置未定", "unplaced")), "unplaced"),
    }
}

fn link(finding: &Finding) -> Link {
    let (symbol, class) = match finding.severity {
        Severity::Error => ("✕", "bad"),
        Severity::Warning => ("▲", "warn"),
        Severity::Hint => ("○", "note"),
    };
    Link { fingerprint: finding.fingerprint.clone(), code: finding.code.clone(), symbol, class }
}
