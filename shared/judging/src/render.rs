//! What findings and rules look like outside: text for people, JSON and SARIF for programs.
mod excerpt;
mod explain;
pub mod json;
mod paint;
mod sarif;
mod summary;
mod text;

use gongkai_model::{DocumentKind, Finding, Lang, Report, Severity, Verdict};

use crate::judge::Judgement;

pub use explain::{explain, rules_json, rules_table};
pub use sarif::Sarif;
pub use summary::Summary;
pub use text::text;

/// A judged report with what only the caller knows.
#[derive(Clone, Copy, Debug)]
pub struct Document<'d> {
    /// Path, address or `-`, as it was asked for.
    pub source: &'d str,
    /// The report.
    pub report: &'d Report,
    /// What was found.
    pub judgement: &'d Judgement,
    /// The registry's id of the body, if known.
    pub body: Option<&'d str>,
}

/// How text is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Language.
    pub lang: Lang,
    /// Colours for a terminal.
    pub colour: bool,
}

/// What a report of a source is called: the source itself, and from the second report on with its number.
pub fn numbered(source: &str, report: &Report) -> String {
    match report.index {
        0 => source.to_owned(),
        index => format!("{source}#{index}"),
    }
}

/// The word for a severity.
pub fn severity_word(severity: Severity, lang: Lang) -> &'static str {
    match (severity, lang) {
        (Severity::Error, Lang::Zh) => "错误",
        (Severity::Warning, Lang::Zh) => "警告",
        (Severity::Hint, Lang::Zh) => "提示",
        (severity, Lang::En) => severity.as_str(),
    }
}

/// The words for a verdict.
pub fn verdict_words(verdict: Verdict, lang: Lang) -> &'static str {
    match (verdict, lang) {
        (Verdict::Consistent, Lang::Zh) => "表内勾稽一致",
        (Verdict::Inconsistent, Lang::Zh) => "表内勾稽不一致",
        (Verdict::Incomplete, Lang::Zh) => "表内勾稽不完整",
        (verdict, Lang::En) => verdict.as_str(),
    }
}

/// The words for what a document is.
pub fn kind_words(kind: DocumentKind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (DocumentKind::AnnualReport, Lang::Zh) => "年度报告",
        (DocumentKind::AttachmentOnly, Lang::Zh) => "年报仅在附件中",
        (DocumentKind::NotAReport, Lang::Zh) => "不是年报",
        (DocumentKind::Unreadable, Lang::Zh) => "无法读取",
        (DocumentKind::AnnualReport, Lang::En) => "annual report",
        (DocumentKind::AttachmentOnly, Lang::En) => "in an attachment only",
        (DocumentKind::NotAReport, Lang::En) => "not an annual report",
        (DocumentKind::Unreadable, Lang::En) => "unreadable",
    }
}

/// The line of the report that a finding rests on, with its number: `原文第 42 行：…`; nothing where it rests on no words.
pub fn quoted(report: &Report, finding: &Finding, style: Style) -> Option<String> {
    excerpt::excerpt(&report.text, &finding.evidence, style)
}
