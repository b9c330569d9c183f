//! A judged report for people: what it is, what is wrong, where, and on what basis.
use gongkai_model::{DocumentKind, Finding, Lang, Origin};

use super::{
    Document, Style, kind_words, numbered,
    paint::{Paint, harmless},
    quoted, severity_word, verdict_words,
};
use crate::label::place;

/// One document with its findings, ending with a line break.
pub fn text(document: &Document<'_>, style: Style) -> String {
    let mut lines = vec![header(document, style)];
    lines.extend(about(document, style));
    lines.extend(
        document.judgement.findings.iter().flat_map(|finding| finding_lines(document, finding, style)),
    );
    lines.push(String::new());
    lines.join("\n")
}

/// Source and verdict.
fn header(document: &Document<'_>, style: Style) -> String {
    let report = document.report;
    let source = numbered(document.source, report);
    let state = match document.judgement.verdict {
        Some(verdict) => {
            let counts = document.judgement.counts;
            let notes = counts.warning + counts.hint;
            let words = verdict_words(verdict, style.lang);
            let words = match (notes, style.lang) {
                (0, _) => words.to_owned(),
                (notes, Lang::Zh) => format!("{words}，{notes} 条提醒"),
                (1, Lang::En) => format!("{words}, 1 note"),
                (notes, Lang::En) => format!("{words}, {notes} notes"),
            };
            Paint::of_verdict(verdict).on(&words, style.colour)
        }
        None => Paint::Yellow.on(kind_words(report.kind, style.lang), style.colour),
    };
    format!("{}  {state}", Paint::Bold.on(&harmless(&source), style.colour))
}

/// Title and year; for what could not be read the reason.
fn about(document: &Document<'_>, style: Style) -> Vec<String> {
    let report = document.report;
    let title = report.title.as_ref().map(|title| harmless(&title.text));
    let year = match (report.year, style.lang) {
        (Some(year), Lang::Zh) => Some(format!("{year}年度")),
        (Some(year), Lang::En) => Some(format!("report year {year}")),
        (None, Lang::Zh) if report.kind == DocumentKind::AnnualReport => Some("年度不明".to_owned()),
        (None, Lang::En) if report.kind == DocumentKind::AnnualReport => Some("year unknown".to_owned()),
        (None, _) => None,
    };
    let words: Vec<_> = [title, year].into_iter().flatten().collect();
    let mut lines = Vec::new();
    if !words.is_empty() {
        lines.push(format!("  {}", words.join(" · ")));
    }
    if report.kind == DocumentKind::Unreadable {
        lines.extend(
            report.error.as_ref().map(|error| format!("  {} ({})", harmless(&error.message), error.code)),
        );
    }
    lines
}

fn finding_lines(document: &Document<'_>, finding: &Finding, style: Style) -> Vec<String> {
    let colour = style.colour;
    let severity = severity_word(finding.severity, style.lang);
    let severity = Paint::of_severity(finding.severity).on(&format!("{severity} {}", finding.code), colour);
    let place = place(document.report, finding, style.lang);
    let mut lines = vec![format!("  {severity}  {}", Paint::Bold.on(&place, colour)).trim_end().to_owned()];
    let message = harmless(finding.message.get(style.lang));
    lines.push(format!("    {message}"));
    lines.extend(numbers(finding, style.lang).map(|words| format!("    {words}")));
    lines.extend(quoted(document.report, finding, style).map(|words| format!("    {words}")));
    let basis = match style.lang {
        Lang::Zh => format!("依据：{}", finding.basis.zh),
        Lang::En => format!("basis: {}", finding.basis.en),
    };
    lines.push(format!("    {}", Paint::Dim.on(&basis, colour)));
    lines.extend(origin(finding, style.lang).map(|words| format!("    {}", Paint::Dim.on(words, colour))));
    lines
}

/// `应为 15，实印 0`, as far as they are known.
fn numbers(finding: &Finding, lang: Lang) -> Option<String> {
    match (finding.expected.as_deref(), finding.actual.as_deref(), lang) {
        (Some(expected), Some(actual), Lang::Zh) => Some(format!("按其他数字应为 {expected}，实印 {actual}")),
        (Some(expected), Some(actual), Lang::En) => Some(format!("expected {expected}, printed {actual}")),
        _ => None,
    }
}

fn origin(finding: &Finding, lang: Lang) -> Option<&'static str> {
    match (finding.origin, lang) {
        (Origin::Publication, _) => None,
        (Origin::Reading, Lang::Zh) => Some("来源：本系统的读取，请核对原文"),
        (Origin::Reading, Lang::En) => Some("origin: our reading; compare with the original"),
        (Origin::Unclear, Lang::Zh) => Some("来源：尚不明确，可能是读取错列"),
        (Origin::Unclear, Lang::En) => Some("origin: not clear, possibly our reading"),
    }
}
