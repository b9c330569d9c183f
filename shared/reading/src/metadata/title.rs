//! The title: which line of the page it is.
use gongkai_model::{Quote, Span};

use super::{
    labels,
    naming::{is_report_title, other_kind, publisher, squeeze, year_of},
    signature::is_name,
};
use crate::{
    page::{Field, Page},
    sections::{heading_number, is_linked},
};

/// A title with what it says.
pub(super) struct Title {
    pub(super) quote: Quote,
    pub(super) year: Option<i16>,
    pub(super) publisher: Option<Quote>,
}

/// Longest title.
const LONGEST: usize = 70;
/// So many titles with dates behind them are a list.
const LISTED: usize = 3;
/// Signs that no title holds: those of sentences, and of paths through a site.
const NO_TITLE: [char; 10] = ['。', '，', ',', '>', '»', '›', '《', '；', ';', '！'];

/// A title that was found, and how good a one it is.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) quote: Quote,
    rank: u8,
    /// A date stands behind it on its line, as in lists.
    dated: bool,
    /// Where its last line begins.
    last: u32,
}

/// Finds the title before the first part: in a line, over two or three lines, else in the page's own title.
pub(super) fn find(page: &Page, titles: &[Candidate], first_part: u32, period: Option<i16>) -> Option<Title> {
    let mut best: Option<(u8, &Quote)> = None;
    for candidate in up_to(titles, first_part.max(1)) {
        let year = year_of(&candidate.quote.text);
        let rank = candidate.rank + u8::from(period.is_some() && year == period);
        // Of equal ones the last: lists of other years stand in menus above the report.
        if best.as_ref().is_none_or(|(known, _)| rank >= *known) {
            best = Some((rank, &candidate.quote));
        }
    }
    let quote = best.map(|(_, quote)| quote.clone()).or_else(|| page_title(page))?;
    Some(Title { year: year_of(&quote.text), publisher: publisher(&quote), quote })
}

/// The titles before a place of the text; several with a date behind each are a list of reports, and none of them is this one's.
pub(crate) fn up_to(titles: &[Candidate], place: u32) -> Vec<&Candidate> {
    let mut found: Vec<&Candidate> = titles.iter().filter(|title| title.last < place).collect();
    let listed = found.iter().filter(|title| title.dated).count() >= LISTED;
    found.retain(|title| !(listed && title.dated));
    found
}

/// Every title of a page, in the order of the text.
pub(crate) fn titles(page: &Page) -> Vec<Candidate> {
    let lines: Vec<(usize, &Field)> = page
        .rows
        .iter()
        .enumerate()
        .filter(|(at, _)| page.title_row != Some(*at))
        .filter_map(|(at, row)| {
            Some((at, row.single().filter(|_| row.fields.len() <= 2 || row.grid.is_none())?))
        })
        .collect();
    let head = page.title_row.and_then(|at| page.rows.get(at)).and_then(|row| row.line());
    let head = head.map(|field| squeeze(&field.text)).unwrap_or_default();
    // Most lines are nothing like a title: they are passed over at no cost.
    let speaks: Vec<bool> = lines.iter().map(|(_, line)| speaks(line)).collect();
    let speaks = |at: usize| speaks.get(at).copied().unwrap_or_default();
    let mut found = Vec::new();
    for at in 0..lines.len() {
        for count in 1..=3 {
            let part = lines.get(at..at + count).unwrap_or_default();
            if speaks(at + count - 1) || count == 2 && speaks(at) {
                found.extend(candidate(page, part, &head));
            }
        }
    }
    found
}

/// The word 报告 or 年报 stands near its end.
fn speaks(line: &Field) -> bool {
    line.text.chars().rev().take(40).any(|c| matches!(c, '报' | '報'))
}

/// The next line that is not empty.
fn line_below(page: &Page, row: usize) -> Option<&str> {
    page.rows.iter().skip(row + 1).find_map(|row| row.single()).map(|field| field.text.as_str())
}

/// Lines that together are a title, and how good a one: with year and publisher, a heading, on one line.
fn candidate(page: &Page, part: &[(usize, &Field)], head: &str) -> Option<Candidate> {
    let (row, first) = part.first()?;
    let (last_row, last) = part.last()?;
    if first.text.chars().count() > LONGEST {
        return None;
    }
    if part
        .iter()
        .any(|(at, _)| page.rows.get(*at).is_some_and(|row| row.heading.is_none() && is_linked(page, row)))
    {
        return None;
    }
    let quote = match part {
        [(_, line)] => undated(without_label(line)),
        _ => joined(page, part)?,
    };
    let quote = Quote { text: squeeze(&quote.text), ..quote };
    if quote.text.chars().count() > LONGEST
        || quote.text.contains(NO_TITLE)
        || !is_report_title(&quote.text)
        || other_kind(&quote.text).is_some()
    {
        return None;
    }
    let (year, name) = (year_of(&quote.text), publisher(&quote));
    let heading = page.rows.get(*row).is_some_and(|row| row.heading.is_some());
    // Without year and name it may be a menu's word: a heading it must be, or stand right above the text.
    let next = line_below(page, *last_row).unwrap_or_default();
    let above_text =
        next.chars().count() >= 30 || heading_number(next).is_some() || super::dates::starts(next);
    if year.is_none() && name.is_none() && !heading && !above_text {
        return None;
    }
    let rank = 4 * u8::from(year.is_some())
        + 5 * u8::from(name.is_some())
        + 3 * u8::from(heading)
        + 3 * u8::from(head.contains(&quote.text))
        + u8::from(part.len() == 1);
    let dated =
        part.len() == 1 && quote.span.end < last.span.end && super::dates::last_start(&last.text) > Some(0);
    let last = page.rows.get(*last_row)?.span.start;
    Some(Candidate { quote, rank, dated, last })
}

/// A title without the date that a page or feed prints on its line.
fn undated(quote: Quote) -> Quote {
    let field = Field { text: quote.text, span: quote.span, column: 0, width: 1 };
    let kept = super::dates::undated(&field.text);
    labels::slice(&field, kept.start, kept.end)
}

/// `标题：…` and `附件：…` without the label.
fn without_label(line: &Field) -> Quote {
    let bullet =
        line.text.len() - line.text.trim_start_matches(['#', '*', '•', '·', '★', '-', '—', ' ']).len();
    let bare = || labels::slice(line, bullet, line.text.trim_end_matches(['*', ' ']).len().max(bullet));
    let Some(at) = line.text.find([':', '：']).filter(|at| *at <= 24) else { return bare() };
    let width = line.text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    let label = squeeze(line.text.get(..at).unwrap_or_default());
    let label = label
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .trim_end_matches(|c: char| c.is_ascii_digit());
    let known =
        ["title", "Title", "标题", "名称", "信息名称", "文件名称", "公报标题", "题名", "附件", "附", "主题"];
    let rest = line.text.get(at + width..).unwrap_or_default();
    if !known.contains(&label) || rest.trim().is_empty() {
        return bare();
    }
    let lead = rest.len() - rest.trim_start().len();
    labels::slice(line, at + width + lead, line.text.len())
}

/// Two or three lines that are one title: none of them says it all, each is a piece of it.
fn joined(page: &Page, part: &[(usize, &Field)]) -> Option<Quote> {
    let ((_, first), (_, last)) = (part.first()?, part.last()?);
    let level = |at: usize| page.rows.get(at).and_then(|row| row.heading);
    let same_level =
        part.iter().all(|(at, _)| part.first().is_some_and(|(one, _)| level(*at) == level(*one)));
    let complete = |text: &str| {
        let quote = Quote { text: squeeze(text), span: Span::default() };
        is_report_title(text) && year_of(&quote.text).is_some() && publisher(&quote).is_some()
    };
    let pieces = part.iter().all(|(_, line)| {
        line.text.chars().count() <= 40
            && !complete(&line.text)
            && !line.text.contains([':', '：', '|', '_', '/'])
    });
    let text: String = part.iter().map(|(_, line)| squeeze(&line.text)).collect();
    let once = text.matches("报告").count() + text.matches("年报").count() <= 1;
    // A line that is a title already is joined only with the body's name above it.
    let by_name = |line: &str| is_name(line) || year_of(line).is_some() || line.contains("关于");
    let whole = part.iter().position(|(_, line)| is_report_title(&line.text));
    let led = whole.is_none_or(|at| {
        let year_below = at == 0 && part.len() == 2 && is_bracketed_year(&last.text);
        year_below
            || at + 1 == part.len() && part.iter().take(at).all(|(_, line)| by_name(&squeeze(&line.text)))
    });
    (same_level && pieces && once && led)
        .then(|| Quote { text, span: Span::new(first.span.start, last.span.end) })
}

/// `（2024年度）` below a title.
fn is_bracketed_year(text: &str) -> bool {
    let text = squeeze(text);
    text.starts_with(['(', '（'])
        && text.ends_with([')', '）'])
        && text.chars().count() <= 9
        && year_of(&text).is_some()
}

/// The `<title>` element without the name of the site behind or before it.
fn page_title(page: &Page) -> Option<Quote> {
    let field = page.rows.get(page.title_row?)?.line()?;
    let marks = ['_', '|', '-', '—', '–', '>', '»', '·'];
    let titled = |part: &&str| is_report_title(part) && other_kind(part).is_none();
    let named = |part: &&str| {
        let quote = Quote { text: squeeze(part), span: Span::default() };
        (year_of(part).is_some(), publisher(&quote).is_some())
    };
    let text = field.text.split(marks).map(str::trim).filter(titled).max_by_key(named)?;
    let at = field.text.find(text)?;
    let quote = labels::slice(field, at, at + text.len());
    Some(Quote { text: squeeze(&quote.text), ..quote })
}

/// The publisher that the `<title>` names, where the title above the report does not.
pub(super) fn page_publisher(page: &Page) -> Option<Quote> {
    publisher(&page_title(page)?)
}
