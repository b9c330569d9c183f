//! Judged documents as one page that needs nothing but itself, to be kept, sent and printed: `gongkai check --format html`.
use askama::Template;
use gongkai_judging::render::{Document, Style, Summary, kind_words, numbered, quoted};
use gongkai_model::{DocumentKind, Finding, Lang, Verdict};

use crate::{
    assets::{PRINTOUT, STYLESHEET},
    frame::Frame,
    pages::{
        item::FindingItem,
        overview::web_address,
        report::{Part, parts},
    },
    sheet::Marks,
    words::{self, Tag},
};

/// A page that is being made. Its sections come one by one, what stands before them when all are known.
#[derive(Debug)]
pub struct Printout {
    f: Frame,
    summary: Summary,
    lines: Vec<Line>,
}

/// A document in the list at the top.
#[derive(Debug)]
struct Line {
    anchor: String,
    title: String,
    source: String,
    year: Option<i16>,
    verdict: Tag,
    counts: Vec<(Tag, usize)>,
}

#[derive(Template)]
#[template(path = "printout/section.html")]
struct Section<'s> {
    f: &'s Frame,
    line: &'s Line,
    link: Option<String>,
    is_report: bool,
    publisher: Option<&'s str>,
    published: Option<(String, &'static str)>,
    error: Option<&'s str>,
    parts: Vec<Part>,
    findings: Vec<FindingItem>,
}

#[derive(Template)]
#[template(path = "printout/head.html")]
struct Head<'h> {
    f: &'h Frame,
    style: [&'static str; 2],
    in_words: String,
    totals: Vec<(&'static str, &'static str, usize)>,
    lines: &'h [Line],
}

#[derive(Template)]
#[template(path = "printout/end.html")]
struct End<'e> {
    f: &'e Frame,
}

impl Printout {
    /// A page in one language.
    pub fn new(lang: Lang) -> Self {
        let f = Frame { lang, switch: String::new() };
        Self { f, summary: Summary::default(), lines: Vec::new() }
    }

    /// The section of the next document.
    pub fn section(&mut self, document: &Document<'_>) -> askama::Result<String> {
        self.summary.add(document.report, document.judgement);
        let line = line(&self.f, document, self.lines.len() + 1);
        let html = section(&self.f, document, &line).render();
        self.lines.push(line);
        html
    }

    /// What stands before the sections: the whole head of the page, totals, and a list that leads to each section.
    pub fn head(&self) -> askama::Result<String> {
        let style = Style { lang: self.f.lang, colour: false };
        Head {
            f: &self.f,
            style: [STYLESHEET, PRINTOUT],
            in_words: self.summary.line(style),
            totals: totals(&self.f, &self.summary),
            lines: &self.lines,
        }
        .render()
    }

    /// What stands after them.
    pub fn end(&self) -> askama::Result<String> {
        End { f: &self.f }.render()
    }
}

fn line(f: &Frame, document: &Document<'_>, number: usize) -> Line {
    use gongkai_model::Severity::{Error, Hint, Warning};
    let (report, counts) = (document.report, document.judgement.counts);
    let source = numbered(document.source, report);
    let counts = [(Error, counts.error), (Warning, counts.warning), (Hint, counts.hint)];
    Line {
        anchor: format!("d{number}"),
        title: report.title.as_ref().map_or_else(|| source.clone(), |title| title.text.clone()),
        source,
        year: report.year,
        verdict: verdict(f, document),
        counts: counts.into_iter().filter(|(_, n)| *n > 0).map(|(s, n)| (words::severity(f, s), n)).collect(),
    }
}

/// The verdict; of what is no report, what it is.
fn verdict(f: &Frame, document: &Document<'_>) -> Tag {
    let verdict = document.judgement.verdict;
    let (class, symbol) = match document.report.kind {
        DocumentKind::AnnualReport => return words::verdict(f, verdict),
        DocumentKind::AttachmentOnly => ("warn", "▲"),
        DocumentKind::NotAReport | DocumentKind::Unreadable => ("bad", "✕"),
    };
    Tag { class, symbol, word: kind_words(document.report.kind, f.lang) }
}

fn section<'s>(f: &'s Frame, document: &Document<'s>, line: &'s Line) -> Section<'s> {
    let report = document.report;
    let findings: Vec<_> =
        document.judgement.findings.iter().map(|finding| anchored(&line.anchor, finding)).collect();
    let style = Style { lang: f.lang, colour: false };
    let item = |finding: &Finding| FindingItem {
        evidence: quoted(report, finding, style).into_iter().collect(),
        ..FindingItem::unstored(f, finding)
    };
    Section {
        f,
        line,
        link: web_address(document.source),
        is_report: report.kind == DocumentKind::AnnualReport,
        publisher: report.publisher.as_ref().map(|quote| quote.text.as_str()),
        published: report
            .published
            .as_ref()
            .map(|published| (published.date.to_string(), words::published_kind(f, published.kind))),
        // Where a finding speaks of it, it says the same.
        error: report.error.as_ref().filter(|_| findings.is_empty()).map(|error| error.message.as_str()),
        parts: tables(f, document, line, &findings),
        findings: findings.iter().map(item).collect(),
    }
}

/// Links on the page are made of fingerprints, and the same report may be on it twice.
fn anchored(anchor: &str, finding: &Finding) -> Finding {
    Finding { fingerprint: format!("{anchor}-{}", finding.fingerprint), ..finding.clone() }
}

fn tables(f: &Frame, document: &Document<'_>, line: &Line, findings: &[Finding]) -> Vec<Part> {
    if document.report.kind != DocumentKind::AnnualReport {
        return Vec::new();
    }
    let mut parts = parts(f, document.report, &Marks::new(findings));
    for part in &mut parts {
        if let Part::Drawn(sheet) = part {
            sheet.key = format!("{}-{}", line.anchor, sheet.key);
        }
    }
    parts
}

/// Class, word and number of each total; states that no document is in are left out.
fn totals(f: &Frame, summary: &Summary) -> Vec<(&'static str, &'static str, usize)> {
    let kind = |kind| kind_words(kind, f.lang);
    let word = |verdict| words::verdict(f, Some(verdict)).word;
    let states = [
        ("good", word(Verdict::Consistent), summary.consistent),
        ("bad", word(Verdict::Inconsistent), summary.inconsistent),
        ("warn", word(Verdict::Incomplete), summary.incomplete),
        ("bad", f.t("不是年报正文", "not the report itself"), summary.not_reports),
        ("bad", kind(DocumentKind::Unreadable), summary.unreadable),
    ];
    let counts = [
        ("bad", f.t("错误", "errors"), summary.counts.error),
        ("warn", f.t("警告", "warnings"), summary.counts.warning),
        ("", f.t("提示", "hints"), summary.counts.hint),
    ];
    let documents = ("", f.t("文件", "documents"), summary.documents);
    let states = states.into_iter().filter(|(_, _, n)| *n > 0);
    std::iter::once(documents).chain(states).chain(counts).collect()
}
