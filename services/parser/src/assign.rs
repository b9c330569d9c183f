//! Whose report it is, and for which year: what the site profile says, else what the text says; unknown stays unknown.
use gongkai_model::{BodyIndex, DocumentKind};
use gongkai_store::{ParsedReport, Source};

use crate::readout::ReadReport;

/// Assigns a report. The profile's year is a page's: of several reports on one page each has its own (`alone` is false).
pub fn assign(report: ReadReport, source: &Source, bodies: &BodyIndex, alone: bool) -> ParsedReport {
    let head = &report.head;
    let is_report = matches!(head.facts.kind, DocumentKind::AnnualReport | DocumentKind::AttachmentOnly);
    let named = || {
        let names = [head.facts.title.as_ref(), head.publisher.as_ref()];
        names.into_iter().flatten().find_map(|name| bodies.find(name)).map(str::to_owned)
    };
    let body = source.body.clone().or_else(named).filter(|_| is_report);
    let year = if alone { source.year.or(head.year) } else { head.year };
    let year = year.filter(|_| is_report);
    let scope = head.scope;
    ParsedReport { report: report.into(), body, year, scope }
}

#[cfg(test)]
mod tests {
    use gongkai_model::Report;

    use super::*;
    use crate::readout::Readout;

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

    fn report(kind: DocumentKind, year: Option<i16>) -> ReadReport {
        let reports = [Report { kind, year, ..Report::default() }];
        Readout::of(&reports).unwrap().reports.remove(0)
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
