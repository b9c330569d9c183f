//! The P rules: what may be said about when a report was published, changed or taken away. One file a rule.
use gongkai_model::{Finding, Severity, Text};

use crate::facts::Facts;

pub(crate) mod copies_differ;
pub(crate) mod published_early;
pub(crate) mod published_late;
pub(crate) mod publisher_mismatch;
pub(crate) mod report_missing;
pub(crate) mod revised;
pub(crate) mod untrusted_host;
pub(crate) mod withdrawn;
pub(crate) mod year_mismatch;

/// A rule as it is listed and explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleDoc {
    /// `P801`; never reused.
    pub code: &'static str,
    /// `published-late`.
    pub name: &'static str,
    /// The usual severity.
    pub severity: Severity,
    /// Severities that it gives.
    pub severities: &'static [Severity],
    /// The rule in one line: Chinese, English.
    pub title: [&'static str; 2],
    /// What is proof, what it means, what to do: Chinese, English.
    pub explanation: [&'static str; 2],
    /// Law, notice or practice: Chinese, English.
    pub basis: [&'static str; 2],
}

impl RuleDoc {
    /// The title in both languages.
    pub fn title(&self) -> Text {
        let [zh, en] = self.title;
        Text::new(zh, en)
    }

    /// The explanation in both languages.
    pub fn explanation(&self) -> Text {
        let [zh, en] = self.explanation;
        Text::new(zh, en)
    }

    /// The basis in both languages.
    pub fn basis(&self) -> Text {
        let [zh, en] = self.basis;
        Text::new(zh, en)
    }
}

/// The P rules, in the order of codes, for `rules` and `explain`.
pub fn rule_docs() -> Vec<RuleDoc> {
    vec![
        published_late::DOC,
        report_missing::DOC,
        year_mismatch::DOC,
        published_early::DOC,
        publisher_mismatch::DOC,
        revised::DOC,
        withdrawn::DOC,
        untrusted_host::DOC,
        copies_differ::DOC,
    ]
}

/// The codes of the P rules.
pub(crate) fn codes() -> Vec<String> {
    rule_docs().iter().map(|doc| doc.code.to_owned()).collect()
}

/// Everything the P rules find.
pub(crate) fn check(facts: &Facts) -> Vec<Finding> {
    let rules = [
        published_late::check,
        report_missing::check,
        year_mismatch::check,
        published_early::check,
        publisher_mismatch::check,
        revised::check,
        withdrawn::check,
        untrusted_host::check,
        copies_differ::check,
    ];
    rules.iter().filter_map(|rule| rule(facts)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_docs_are_complete_and_in_the_order_of_codes() {
        let docs = rule_docs();
        assert!(docs.windows(2).all(|pair| pair[0].code < pair[1].code));
        for doc in docs {
            assert!(doc.severities.contains(&doc.severity), "{}", doc.code);
            for text in [doc.title(), doc.explanation(), doc.basis()] {
                assert!(!text.zh.is_empty() && !text.en.is_empty(), "{}", doc.code);
            }
        }
    }
}
