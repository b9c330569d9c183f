//! Title, publisher, year, index number and dates, from where they stand strongest.

mod dates;
mod hints;
mod labels;
mod naming;
mod published;
mod signature;
mod title;

use std::sync::LazyLock;

use gongkai_model::{Quote, Report, Span};
use regex::Regex;

use self::labels::{Entry, Label};
use crate::{
    page::Page,
    sections::{content_end, furniture::is_furniture, is_linked},
};

pub(crate) use self::naming::{Other, is_report_title, other_kind, year_of};
pub(crate) use self::title::{Candidate, titles, up_to};

/// Fills in what the page says of itself.
pub(crate) fn fill(report: &mut Report, page: &Page, titles: &[Candidate], url: Option<&str>) {
    let first_part = first_part(report, page);
    let period = period_year(page, report);
    let title = title::find(page, titles, first_part, period);
    report.year = title.as_ref().and_then(|title| title.year).or(period);
    let place = title.as_ref().map(|title| title.quote.span);
    let entries = labels::entries(page, report);
    let signature = signature::find(page, report, place, first_part);
    report.signed = signature.as_ref().map(|signature| signature.date);
    report.publisher = title
        .as_ref()
        .and_then(|title| title.publisher.clone())
        .or_else(|| preface_publisher(page, first_part))
        .or_else(|| title::page_publisher(page))
        .or_else(|| {
            labelled_or_signed(&entries, signature.as_ref().and_then(|signature| signature.name.clone()))
        })
        .or_else(|| labelled(&entries, Label::Source).filter(|source| signature::is_name(&source.text)));
    report.title = title.map(|title| title.quote);
    report.index_number = labelled(&entries, Label::Index);
    report.published = published::find(page, report, &entries, signature.as_ref(), url);
    report.hints = hints::find(page, own(report, page));
}

fn first_part(report: &Report, page: &Page) -> u32 {
    report.sections.iter().map(|section| section.span.start).min().unwrap_or(page.chars())
}

fn labelled(entries: &[Entry], label: Label) -> Option<Quote> {
    entries.iter().find(|entry| entry.label == label).map(|entry| entry.value.clone())
}

/// The publishing body of a label, or the name under the report; the full name where the label has the short one.
fn labelled_or_signed(entries: &[Entry], signed: Option<Quote>) -> Option<Quote> {
    match (labelled(entries, Label::Publisher), signed) {
        (Some(short), Some(full)) if full.text.ends_with(&short.text) => Some(full),
        (Some(name), _) | (None, Some(name)) => Some(name),
        (None, None) => None,
    }
}

/// The stretch of the page that is the report's: from its title to the page's own words behind it.
pub(crate) fn own(report: &Report, page: &Page) -> Span {
    let first = report.sections.iter().map(|section| section.span.start).min();
    let in_head = |span: Span| {
        page.title_row.and_then(|at| page.rows.get(at)).is_some_and(|row| span.start < row.span.end)
    };
    let title = report.title.as_ref().map(|title| title.span).filter(|span| !in_head(*span));
    let start = title.map(|span| span.start).or(first).unwrap_or(0);
    let end = report.sections.iter().map(|section| section.span.end).max().unwrap_or_else(|| {
        // Lines about source and date stand between a title and its text: the end is looked for behind them.
        let mut behind = page.rows.iter().position(|row| row.span.start > start).unwrap_or(page.rows.len());
        let own = |row: &crate::page::Row| row.line().is_some_and(|line| is_furniture(&line.text));
        while title.is_some() && page.rows.get(behind).is_some_and(own) {
            behind += 1;
        }
        content_end(page, if title.is_some() { behind } else { 0 }).max(start)
    });
    Span::new(start, end)
}

static PERIOD: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?:^|[^\d])(\d{4})年1月1日(?:起)?(?:至|到|—+|-+|－|~|～)(?:\d{4}年|同年|当年)?12月31日",
        r"(?:截至|截止|截止日期为|截至日期为|止)(?:日期)?(?:为|至|到)?(\d{4})年12月31日",
        r"(?:现将|现就)[^。\n]{0,30}?(\d{4})年度?[^。\n]{0,12}(?:信息|政务)公开",
        r"(?:编制|形成|公布|报告)[^。\n]{0,20}?(\d{4})年度?(?:政府)?信息公开(?:工作)?年度报告",
    ]
    .into_iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// The year that the text says it reports on; only a single answer counts.
fn period_year(page: &Page, report: &Report) -> Option<i16> {
    let end = report.sections.iter().map(|section| section.span.end).max().unwrap_or(page.chars());
    let mut squeezed = String::with_capacity(page.text.len());
    for row in page.rows.iter().filter(|row| row.span.start < end && !is_linked(page, row)) {
        let words = row.fields.iter().flat_map(|field| field.text.split_whitespace());
        words.for_each(|word| squeezed.push_str(word));
        squeezed.push('\n');
    }
    // A period may be broken over lines; a sentence that names the report ends with its line.
    let joined = squeezed.replace('\n', "");
    // A year from its first to its last day stands in one sentence: the rest need not be searched.
    let whole_year = stretch(&joined, "年1月1日", "12月31日");
    let ends = joined.rfind("12月31日").and_then(|at| joined.get(..at + "12月31日".len()));
    let announced = lines_with(&squeezed, &["现将", "现就"]);
    let named = lines_with(&squeezed, &["年度报告"]);
    let texts = [whole_year, ends.unwrap_or_default(), &announced, &named];
    for (text, pattern) in texts.into_iter().zip(PERIOD.iter()) {
        let mut years: Vec<i16> =
            pattern.captures_iter(text).filter_map(|found| found.get(1)?.as_str().parse().ok()).collect();
        years.sort_unstable();
        years.dedup();
        if let [year] = years.as_slice()
            && (2008..=2100).contains(year)
        {
            return Some(*year);
        }
    }
    first_sentence_year(page, report)
}

/// The lines that hold one of these words: a sentence that needs one is in no other.
fn lines_with(text: &str, words: &[&str]) -> String {
    let holds = |line: &&str| words.iter().any(|word| line.contains(word));
    text.split_inclusive('\n').filter(holds).collect()
}

/// The text from five characters before the first of one word to the last of another; nothing if it lacks one of them.
fn stretch<'t>(text: &'t str, first: &str, last: &str) -> &'t str {
    let stretch = || {
        let from = text.find(first)?;
        let from = text.get(..from)?.char_indices().rev().take(5).last().map_or(0, |(at, _)| at);
        text.get(from..text.rfind(last)? + last.len())
    };
    stretch().unwrap_or_default()
}

/// `2024年，…` as the first words of part one.
fn first_sentence_year(page: &Page, report: &Report) -> Option<i16> {
    let part = report.section(1)?;
    let text = part.span.of(&page.text);
    let head = part.heading.as_ref().map_or(0, |heading| heading.text.len());
    let body = text.get(head..)?.trim_start_matches(['。', ':', '：', ' ', '\n']);
    let digits = body.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let rest = body.get(4..)?.trim_start();
    let year: i16 = digits.parse().ok()?;
    (rest.starts_with('年') && (2008..=2100).contains(&year)).then_some(year)
}

static PREFACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"现(?:将|就)(?P<name>[\p{Han}（）()]{3,40}?)(?:\d{4}年|关于\d{4}|(?:政府|政务)信息公开)").ok()
});

/// `现将某镇人民政府2024年…报告如下`: the name is whole, not 我局.
fn preface_publisher(page: &Page, first_part: u32) -> Option<Quote> {
    let preface = page.rows.iter().filter(|row| row.span.start < first_part || first_part == 0);
    for field in preface.filter_map(|row| row.line()) {
        if let Some(name) =
            PREFACE.as_ref().and_then(|p| p.captures(&field.text)).and_then(|found| found.name("name"))
            && naming::is_proper(name.as_str())
            && signature::is_name(name.as_str())
        {
            return Some(labels::slice(field, name.start(), name.end()));
        }
    }
    None
}
