//! What a rule is: code, law, explanation, check, and examples that are shown to readers and run as tests.
use gongkai_model::{DocumentKind, Lang, Severity, Text};

use crate::{
    case::Case,
    draft::Draft,
    judge::{JudgeContext, judge},
    sample::{Sample, SampleError},
};

/// A fixed statement in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// The wording in the language asked for.
    pub const fn get(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

impl From<Words> for Text {
    fn from(words: Words) -> Self {
        Self::new(words.zh, words.en)
    }
}

/// A small report and the findings that the rule must give for it; none means that it must keep silent.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What the example shows.
    pub title: Words,
    /// The report in the notation of [`Sample::parse`].
    pub report: &'static str,
    /// Each as `severity table/row/column expected actual`, `-` where a field does not apply.
    pub finds: &'static [&'static str],
}

/// Documents that only a full annual report can satisfy.
pub(crate) const ANNUAL_REPORT: &[DocumentKind] = &[DocumentKind::AnnualReport];

/// One rule. Its file under `rules/` holds everything about it.
pub struct Rule {
    /// `T301`; never reused.
    pub code: &'static str,
    /// `row-total`.
    pub name: &'static str,
    /// Severities that it gives, the usual one first.
    pub severities: &'static [Severity],
    /// Kinds of document that it looks at.
    pub kinds: &'static [DocumentKind],
    /// The rule in one line.
    pub title: Words,
    /// Law, notice or practice; `{notice}` stands for the notice that set the form.
    pub basis: Words,
    /// Why it matters, what may lie behind it, what to do.
    pub explanation: Words,
    /// Examples, run as tests.
    pub examples: &'static [Example],
    /// Looks at a report.
    pub(crate) check: fn(&Case<'_>) -> Vec<Draft>,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule").field("code", &self.code).field("name", &self.name).finish_non_exhaustive()
    }
}

impl Rule {
    /// The usual severity.
    pub fn severity(&self) -> Severity {
        self.severities.first().copied().unwrap_or(Severity::Error)
    }

    /// Judges the example's report and gives what this rule finds, in the notation of [`Example::finds`].
    pub fn run(&self, example: &Example) -> Result<Vec<String>, SampleError> {
        let report = Sample::parse(example.report)?.build();
        let judgement = judge(&report, &JudgeContext::new(self.code));
        let own = judgement.findings.iter().filter(|finding| finding.code == self.code);
        let or_dash = |field: &Option<String>| field.clone().unwrap_or_else(|| "-".into());
        Ok(own
            .map(|f| {
                let (table, row, column) = (or_dash(&f.table), or_dash(&f.row), or_dash(&f.column));
                let (expected, actual) = (or_dash(&f.expected), or_dash(&f.actual));
                format!("{} {table}/{row}/{column} {expected} {actual}", f.severity.as_str())
            })
            .collect())
    }
}
