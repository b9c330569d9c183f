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

/// Assigns a report. The profile's year is a page's: of several reports on one page each has its own (`alone` is false).
pub fn assign(report: Report, source: &Source, bodies: &BodyIndex, alone: bool) -> ParsedReport {
    let is_report = matches!(report.kind, DocumentKind::AnnualReport | DocumentKind::AttachmentOnly);
    let named = || {
        let names = [report.title.as_ref(), report.publisher.as_ref()];
        names.into_iter().flatten().find_map(|quote| bodies.find(&quote.text)).map(str::to_owned)
    };
    let body = source.body.clone().or_else(named).filter(|_| is_report);
    let year = if alone { source.year.or(report.year) } else { report.year };
    let year = year.filter(|_| is_report);
    let scope = scope(&report);
    ParsedReport { report, body, year, scope }
}

fn scope(report: &Report) -> Scope {
    let part = report.section(1).map(|section| section.span.of(&report.text)).unwrap_or_default();
    if AREA.iter().any(|words| part.contains(words)) { Scope::Area } else { Scope::Own }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(body: Option<&str>, year: Option<i16>) -> Source {
        let now = jiff::Timestamp::UNIX_EPOCH;
        Source {
            id: uuid::Uuid::nil(),
            site: "s".to_owned(),
            kind: gongkai_store::SourceKind::Page,
            url: "http://www.example.invalid/1.html".to_owned(),
            column: "c".to_owned(),
            title: None,
            listed_date: None,
            body: body.map(str::to_owned),
            year,
            etag: None,
            last_modified: None,
            blob: None,
            first_seen_at: now,
            last_listed_at: None,
            last_fetched_at: None,
            gone_since: None,
            next_fetch_at: now,
        }
    }

    fn report(kind: DocumentKind, year: Option<i16>) -> Report {
        Report { kind, year, ..Report::default() }
    }

    fn years(profile: Option<i16>, text: Option<i16>, alone: bool) -> Option<i16> {
        let report = report(DocumentKind::AnnualReport, text);
        assign(report, &source(None, profile), &BodyIndex::default(), alone).year
    }

    #[test]
    fn the_profile_comes_before_the_text_unless_a_page_holds_several_reports() {
        assert_eq!(years(Some(2024), Some(2042), true), Some(2024));
        assert_eq!(years(None, Some(2024), true), Some(2024));
        assert_eq!(years(Some(2024), Some(2023), false), Some(2023));
        assert_eq!(years(None, None, true), None);
    }

    #[test]
    fn what_is_no_report_is_nobodys() {
        let parsed = assign(
            report(DocumentKind::NotAReport, Some(2024)),
            &source(Some("b"), Some(2024)),
            &BodyIndex::default(),
            true,
        );
        assert_eq!((parsed.body, parsed.year), (None, None));
    }
}
