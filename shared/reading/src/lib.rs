//! Reading core: the bytes of a document in, its reports out, each number with its place. Pure: no clock, no network, no files.
//!
//! bytes → text with the charset decided → rows of fields (HTML or plain text) → statutory tables, parts, metadata.
//! Nothing is repaired: a cell that is blank, unreadable or without a certain place is said to be so.

mod charset;
mod fold;
mod html;
mod kind;
mod label;
mod markdown;
mod metadata;
mod number;
mod page;
mod plain;
mod revision;
mod sections;
mod split;
mod tables;

use gongkai_model::{DocumentKind, Doubt, DoubtKind, Quote, Report};

#[doc(hidden)]
pub use crate::html::{parsed, scanned};
pub use crate::revision::content;

use crate::{page::Page, split::View};

/// Version of the rules that make the normalised text; a stored hash is only comparable with one of the same version.
pub const NORMALISER: i32 = 2;

/// Largest document that is read, bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// What is known of a document besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'h> {
    /// Media type as declared, with its charset parameter.
    pub content_type: Option<&'h str>,
    /// Address it came from; a date in it is the weakest kind of publication date.
    pub url: Option<&'h str>,
}

/// Reads a document. There is always at least one report: one that says why nothing was read, if need be.
pub fn read(bytes: &[u8], hints: Hints<'_>) -> Vec<Report> {
    if let Some(error) = kind::unreadable(bytes) {
        return vec![Report::unreadable(error, "")];
    }
    let declared = hints.content_type.and_then(charset_parameter);
    let decoded = charset::decode(bytes, declared.as_deref());
    if let Some(error) = kind::garbled(&decoded.text) {
        return vec![Report::unreadable(error, decoded.charset)];
    }
    let page = if let Some(pieces) = markdown::with_tables(&decoded.text) {
        markdown::read_pieces(&pieces)
    } else if is_html(&decoded.text, hints.content_type) {
        html::read(&decoded.text)
    } else {
        markdown::read(&decoded.text)
    };
    let views = split::by_report(page);
    let mut reports: Vec<Report> = views.iter().map(|view| report(view, decoded.charset, hints)).collect();
    for (report, index) in reports.iter_mut().zip(0..) {
        report.index = index;
    }
    reports
}

fn report(view: &View, charset: &str, hints: Hints<'_>) -> Report {
    let page = &view.page;
    let heads = sections::heads(page);
    let found = tables::read(page, &heads);
    let sections = sections::find(page, &heads, &found.tables);
    let mut report = Report {
        kind: DocumentKind::AnnualReport,
        error: None,
        charset: charset.to_owned(),
        sections,
        tables: found.tables,
        doubts: found.doubts,
        ..Report::default()
    };
    report.doubts.extend(cut_short(page, &report));
    metadata::fill(&mut report, page, &view.titles, hints.url);
    kind::decide(&mut report, page);
    report.text.clone_from(&page.text);
    report
}

/// The source ends before its elements do, and something of the report is not there.
fn cut_short(page: &Page, report: &Report) -> Option<Doubt> {
    let parts = (1..=6).filter(|number| report.section(*number).is_some()).count();
    let whole =
        parts == 6 && report.tables.len() >= 3 && report.tables.iter().all(|table| table.absent.is_empty());
    let last = page.rows.last().filter(|_| page.cut && !whole)?;
    let quote = Quote { text: last.span.of(&page.text).to_owned(), span: last.span };
    Some(Doubt { kind: DoubtKind::CutShort, table: None, quote })
}

fn charset_parameter(content_type: &str) -> Option<String> {
    let lower = content_type.to_ascii_lowercase();
    let value = lower.split(';').find_map(|part| part.trim().strip_prefix("charset=").map(str::to_owned))?;
    Some(value.trim_matches(['"', '\'', ' ']).to_owned())
}

/// HTML by declaration or by its looks; text that merely mentions an element is not.
fn is_html(text: &str, content_type: Option<&str>) -> bool {
    if content_type.is_some_and(|kind| kind.contains("html")) {
        return true;
    }
    let text = text.trim_start();
    let begins = |word: &str| text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    if begins("<!doctype html") || begins("<html") {
        return true;
    }
    let head: String = text.chars().take(4_000).collect::<String>().to_ascii_lowercase();
    ["<table", "<body", "<div", "<p>", "<p ", "<td", "<head"].iter().any(|tag| head.contains(tag))
}
