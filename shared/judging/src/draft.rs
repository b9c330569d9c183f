//! A finding as a rule writes it; `judge` adds code, basis and fingerprint.
use gongkai_model::{DoubtKind, Evidence, Key, Origin, Report, Severity, Text};
use rust_decimal::Decimal;

/// What a rule found.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// The rule's usual one when `None`.
    pub(crate) severity: Option<Severity>,
    pub(crate) origin: Origin,
    pub(crate) table: Option<Key>,
    pub(crate) row: Option<String>,
    pub(crate) column: Option<Key>,
    pub(crate) expected: Option<Decimal>,
    pub(crate) actual: Option<Decimal>,
    pub(crate) message: Text,
    /// The rule's own when `None`.
    pub(crate) basis: Option<Text>,
    pub(crate) evidence: Vec<Evidence>,
}

impl Draft {
    pub(crate) fn new(message: Text) -> Self {
        Self {
            severity: None,
            origin: Origin::Publication,
            table: None,
            row: None,
            column: None,
            expected: None,
            actual: None,
            message,
            basis: None,
            evidence: Vec::new(),
        }
    }

    pub(crate) fn severity(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }

    pub(crate) fn origin(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    pub(crate) fn at(self, table: Key, row: Option<Key>, column: Option<Key>) -> Self {
        Self { table: Some(table), row: row.map(|key| key.to_string()), column, ..self }
    }

    pub(crate) fn numbers(self, expected: Option<Decimal>, actual: Option<Decimal>) -> Self {
        Self { expected, actual, ..self }
    }

    pub(crate) fn basis(self, basis: Text) -> Self {
        Self { basis: Some(basis), ..self }
    }

    /// Says of something that is missing that it may stand in the part of a cut document that was not received.
    pub(crate) fn perhaps_cut(self, report: &Report) -> Self {
        if report.doubts.iter().all(|doubt| doubt.kind != DoubtKind::CutShort) {
            return self;
        }
        let message = Text {
            zh: format!("{}（文件末尾不完整，可能没有下载完整）", self.message.zh),
            en: format!(
                "{} (the document ends abruptly and may not have been received whole)",
                self.message.en
            ),
        };
        Self { origin: Origin::Unclear, message, ..self }
    }

    pub(crate) fn evidence(self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        Self { evidence: evidence.into_iter().collect(), ..self }
    }
}

/// A number as contract and messages print it: no trailing zeros.
pub(crate) fn decimal(value: Decimal) -> String {
    value.normalize().to_string()
}

/// A statement made of one wording a language.
pub(crate) fn both(mut say: impl FnMut(gongkai_model::Lang) -> String) -> Text {
    Text { zh: say(gongkai_model::Lang::Zh), en: say(gongkai_model::Lang::En) }
}
