//! The date of publication: what the page says in words before what its address says.
use gongkai_model::{Published, PublishedKind, Quote, Report, Span};

use super::{
    dates,
    labels::{Entry, Label},
    signature::Signature,
};
use crate::page::Page;

/// How many lines below the title a date without a label may stand.
const BELOW_TITLE: usize = 6;

/// The strongest date of publication; never a clock, and never a date inside the report's parts.
pub(super) fn find(
    page: &Page,
    report: &Report,
    entries: &[Entry],
    signature: Option<&Signature>,
    url: Option<&str>,
) -> Option<Published> {
    let labelled = |label: Label| entries.iter().filter(move |entry| entry.label == label).find_map(line);
    labelled(Label::Published)
        .or_else(|| labelled(Label::Dated))
        .or_else(|| below_title(page, report))
        .or_else(|| from_metas(page))
        .or_else(|| labelled(Label::Drawn))
        .or_else(|| {
            signature.map(|signature| Published {
                date: signature.date,
                kind: PublishedKind::Signature,
                span: Some(signature.span),
            })
        })
        .or_else(|| labelled(Label::Updated))
        .or_else(|| {
            url.and_then(dates::in_url).map(|date| Published { date, kind: PublishedKind::Url, span: None })
        })
}

fn line(entry: &Entry) -> Option<Published> {
    let date = dates::first(&entry.value.text)?;
    Some(Published { date, kind: PublishedKind::PublishLine, span: Some(entry.value.span) })
}

/// A short line under the title with a date and a time of day, or a date in figures: `2022-01-21 16:49 云泽市教育局`.
fn below_title(page: &Page, report: &Report) -> Option<Published> {
    let Quote { span, .. } = report.title.as_ref()?;
    let first = report.sections.iter().map(|section| section.span.start).min().unwrap_or(u32::MAX);
    let lines = page.rows.iter().filter(|row| span.end <= row.span.start && row.span.end <= first);
    lines.filter_map(|row| row.single()).take(BELOW_TITLE).find_map(|line| {
        let short = line.text.chars().count() <= 60 && !line.text.contains(['。', '，', '；']);
        let clock = ["星期", "今天", "农历", "现在", "当前"].iter().any(|word| line.text.contains(word));
        let date = dates::first(&line.text).filter(|_| short && !clock)?;
        let place = Span::new(line.span.start, line.span.end);
        dates::in_figures(&line.text).then_some(Published {
            date,
            kind: PublishedKind::PublishLine,
            span: Some(place),
        })
    })
}

fn from_metas(page: &Page) -> Option<Published> {
    const NAMES: [&str; 7] = [
        "pubdate",
        "publishdate",
        "article:published_time",
        "publishtime",
        "firstpublishedtime",
        "date",
        "createdate",
    ];
    let date = NAMES.iter().find_map(|name| {
        page.metas.iter().find(|(known, _)| known == name).and_then(|(_, value)| dates::first(value))
    })?;
    Some(Published { date, kind: PublishedKind::Metadata, span: None })
}
