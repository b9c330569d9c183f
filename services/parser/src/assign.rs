//! Whose report it is, and for which year: what the site profile says, else what the text says; unknown stays unknown.
use gongkai_model::{BodyIndex, DocumentKind, Report};
use gongkai_store::{ParsedReport, Scope, Source};

/// Words in part one by which a report speaks for its whole area.
const AREA: [&str; 9] = [
    "全市各级",
    "全县各级",
    "全区各级",
    "全省各级",
    "全州各级",
    "各县区、",
    "全市行政机关",
    "全县行政机关",
    "本行政区域",
];

/// Assigns a report.
pub fn assign(report: Report, source: &Source, bodies: &BodyIndex) -> ParsedReport {
    let is_report = matches!(report.kind, DocumentKind::AnnualReport | DocumentKind::AttachmentOnly);
    let named = || {
        let names = [report.title.as_ref(), report.publisher.as_ref()];
        names.into_iter().flatten().find_map(|quote| bodies.find(&quote.text)).map(str::to_owned)
    };
    let body = source.body.clone().or_else(named).filter(|_| is_report);
    let year = report.year.or(source.year).filter(|_| is_report);
    let scope = scope(&report);
    ParsedReport { report, body, year, scope }
}

fn scope(report: &Report) -> Scope {
    let part = report.section(1).map(|section| section.span.of(&report.text)).unwrap_or_default();
    if AREA.iter().any(|words| part.contains(words)) { Scope::Area } else { Scope::Own }
}
