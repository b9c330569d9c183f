//! Several reports on one page, as behind tabs of years: each gets the rows from its title to the next one's.
use crate::{
    metadata::{Candidate, titles, up_to, year_of},
    page::Page,
    sections,
};

/// Parts that a stretch of the page must have to be a report.
const PARTS: usize = 3;

/// More titles than this are a list of reports.
const MOST: usize = 24;

/// What one report may be read from.
pub(crate) struct View {
    pub(crate) page: Page,
    /// The lines in it that may be its title.
    pub(crate) titles: Vec<Candidate>,
}

/// The page, or one view of it for each report: views share the text, so places mean the same in all of them.
pub(crate) fn by_report(page: Page) -> Vec<View> {
    let all = titles(&page);
    let starts = starts(&page, &all);
    if starts.len() < 2 {
        return vec![View { page, titles: all }];
    }
    let mut views = Vec::with_capacity(starts.len());
    for (at, start) in starts.iter().enumerate() {
        // What stands above the first title (labels, the page's own title) is said of the page, not of one year's report.
        let end = starts.get(at + 1).copied().unwrap_or(u32::MAX);
        let page = view(&page, *start, end);
        views.push(View { titles: titles(&page), page });
    }
    views
}

/// Where the reports begin: titles of different years, each with parts before the next.
fn starts(page: &Page, titles: &[Candidate]) -> Vec<u32> {
    let mut found: Vec<(u32, i16)> = Vec::new();
    for title in up_to(titles, page.chars()) {
        let Some(year) = year_of(&title.quote.text) else { continue };
        // Lines read alone and together with the next give one title twice.
        if found.last().is_none_or(|(start, known)| *known != year && *start < title.quote.span.start) {
            found.push((title.quote.span.start, year));
        }
    }
    if found.len() < 2 || found.len() > MOST {
        return Vec::new();
    }
    let ends: Vec<u32> = found.iter().skip(1).map(|(start, _)| *start).chain([u32::MAX]).collect();
    let has_parts = |start: u32, end: u32| {
        let view = view(page, start, end);
        let sections = sections::find(&view, &sections::heads(&view), &[]);
        sections.iter().filter(|section| section.heading.is_some() && section.number <= 6).count() >= PARTS
    };
    let whole: Vec<(u32, i16)> = found
        .iter()
        .zip(ends)
        .filter(|((start, _), end)| has_parts(*start, *end))
        .map(|(title, _)| *title)
        .collect();
    let mut years: Vec<i16> = whole.iter().map(|(_, year)| *year).collect();
    years.sort_unstable();
    years.dedup();
    // The same year twice is one report printed twice, or a title within a report: not for us to part.
    if years.len() == whole.len() { whole.into_iter().map(|(start, _)| start).collect() } else { Vec::new() }
}

/// The page with only what begins between two places.
fn view(page: &Page, start: u32, end: u32) -> Page {
    let mut view = page.clone();
    let within = |at: u32| start <= at && at < end;
    view.rows.retain(|row| within(row.span.start));
    view.links.retain(|link| within(link.quote.span.start));
    view.images.retain(|image| within(image.span.start));
    view.title_row = None;
    view.metas.clear();
    view
}
