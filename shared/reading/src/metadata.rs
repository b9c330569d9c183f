//! Title, publisher, year, index number and dates, from where they stand strongest.

mod dates;
mod title;

use std::sync::LazyLock;

use gongkai_model::{Published, PublishedKind, Quote, Report, Span, TableHint, TableHintKind};
use jiff::civil::Date;
use regex::Regex;

use crate::page::{Field, Page};

pub(crate) use title::{is_report_title, names_other_kind};

/// Fills in what the page says of itself.
pub(crate) fn fill(report: &mut Report, page: &Page, url: Option<&str>) {
    let first_part = report.sections.iter().map(|section| section.span.start).min().unwrap_or(page.chars());
    let title = title::find(page, first_part);
    report.year = title.as_ref().and_then(|title| title.year).or_else(|| period_year(page, report));
    let signature = signature(page, report);
    report.signed = signature.as_ref().map(|signature| signature.date);
    report.publisher = title
        .as_ref()
        .and_then(|title| title.publisher.clone())
        .or_else(|| preface_publisher(page, first_part))
        .or_else(|| labelled(page, &PUBLISHER_LABEL))
        .or_else(|| signature.as_ref().and_then(|signature| signature.name.clone()));
    report.title = title.map(|title| title.quote);
    report.index_number = labelled(page, &INDEX_LABEL);
    report.published = publish_line(page, report)
        .or_else(|| from_metas(page))
        .or_else(|| {
            signature.map(|signature| Published {
                date: signature.date,
                kind: PublishedKind::Signature,
                span: Some(signature.span),
            })
        })
        .or_else(|| {
            url.and_then(dates::in_url).map(|date| Published { date, kind: PublishedKind::Url, span: None })
        });
    report.hints = hints(page);
}

fn pattern(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static PUBLISHER_LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"^[•·\s]*(发\s*布\s*机\s*构|发\s*布\s*单\s*位|发文单位|发文机构|公开机构|制发机关)\s*[:：]\s*(\S+)",
    )
});
static INDEX_LABEL: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(索\s*引\s*号|信息索引)\s*[:：]?\s*([A-Za-z0-9][A-Za-z0-9\-/_.—]{4,40})"));
static PERIOD: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?:自|从|为|是|期限)?(\d{4})年1月1日(?:起)?(?:至|到|—|-|－)(?:\d{4}年|同年|当年)?12月31日",
        r"(?:截至|截止|截止日期为|截至日期为|止)(?:日期)?(?:为|至|到)?(\d{4})年12月31日",
        r"(?:现将|现就)[^。]{0,30}?(\d{4})年度?[^。]{0,12}(?:信息|政务)公开",
        r"(?:编制|形成|公布|报告)[^。]{0,20}?(\d{4})年度?(?:政府)?信息公开(?:工作)?年度报告",
    ]
    .into_iter()
    .filter_map(pattern)
    .collect()
});

/// The year that the text says it reports on; only a single answer counts.
fn period_year(page: &Page, report: &Report) -> Option<i16> {
    let squeezed: String = page.text.chars().filter(|c| !c.is_whitespace()).collect();
    for pattern in PERIOD.iter() {
        let mut years: Vec<i16> = pattern
            .captures_iter(&squeezed)
            .filter_map(|found| found.get(1)?.as_str().parse().ok())
            .collect();
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

/// `2024年，…` as the first words of part one.
fn first_sentence_year(page: &Page, report: &Report) -> Option<i16> {
    let part = report.section(1)?;
    let text = part.span.of(&page.text);
    let body = text.get(text.find('\n')?..)?.trim_start();
    let digits = body.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let rest = body.get(4..)?.trim_start();
    rest.starts_with('年').then(|| digits.parse().ok())?
}

static PREFACE: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"现(?:将|就)(?P<name>[\p{Han}（）()]{3,40}?)(?:\d{4}年|关于\d{4})"));

/// `现将某镇人民政府2024年…报告如下`: the name is whole, not 我局.
fn preface_publisher(page: &Page, first_part: u32) -> Option<Quote> {
    let preface = page.rows.iter().filter(|row| row.span.start < first_part || first_part == 0);
    for field in preface.filter_map(|row| row.line()) {
        if let Some(name) =
            PREFACE.as_ref().and_then(|p| p.captures(&field.text)).and_then(|found| found.name("name"))
            && !name.as_str().starts_with(['我', '本', '全'])
        {
            return Some(slice(field, name.start(), name.end()));
        }
    }
    None
}

/// The value behind a label such as 索引号, in a line or in a row of a two-column table.
fn labelled(page: &Page, label: &LazyLock<Option<Regex>>) -> Option<Quote> {
    let label = label.as_ref()?;
    for row in &page.rows {
        for (at, field) in row.fields.iter().enumerate() {
            if field.text.chars().count() > 120 {
                continue;
            }
            let beside = || {
                row.fields
                    .get(at + 1)
                    .map(|next| format!("{}:{}", field.text.trim_end_matches([':', '：']), next.text))
            };
            if let Some(value) = label.captures(&field.text).and_then(|found| found.get(2)) {
                return Some(slice(field, value.start(), value.end()));
            }
            if let Some(joined) = beside().filter(|joined| label.is_match(joined))
                && !joined.ends_with(':')
            {
                return row.fields.get(at + 1).map(Field::quote);
            }
        }
    }
    None
}

/// A part of a field by byte offsets.
fn slice(field: &Field, start: usize, end: usize) -> Quote {
    let chars =
        |to: usize| field.text.get(..to).map_or(0, |text| u32::try_from(text.chars().count()).unwrap_or(0));
    let (from, to) = (chars(start), chars(end));
    Quote {
        text: field.text.get(start..end).unwrap_or_default().to_owned(),
        span: Span::new(field.span.start + from, field.span.start + to),
    }
}

static PUBLISH_LINES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(发\s*布|公\s*开|上\s*网|刊\s*登)\s*(时\s*间|日\s*期)\s*[:：]?",
        r"(发\s*文|发\s*稿|信息)\s*(时\s*间|日\s*期)\s*[:：]?",
        r"^[•·\s\[【(（]*(日期|时间)\s*[:：]",
        r"(生\s*成|成\s*文)\s*日\s*期\s*[:：]?",
    ]
    .into_iter()
    .filter_map(pattern)
    .collect()
});

/// A line such as 发布时间:2020-02-17, the plainest wording first; never one inside the report's parts.
fn publish_line(page: &Page, report: &Report) -> Option<Published> {
    let inside = |span: Span| {
        report.sections.iter().any(|part| part.span.start <= span.start && span.end <= part.span.end)
    };
    for label in PUBLISH_LINES.iter() {
        for row in page.rows.iter().filter(|row| !inside(row.span)) {
            for (at, field) in row.fields.iter().enumerate() {
                let Some(found) = label.find(&field.text).filter(|_| field.text.chars().count() <= 200)
                else {
                    continue;
                };
                let here = field.text.get(found.end()..).and_then(dates::first).map(|date| (date, field));
                let beside =
                    || row.fields.get(at + 1).and_then(|next| Some((dates::first(&next.text)?, next)));
                if let Some((date, field)) = here.or_else(beside) {
                    return Some(Published {
                        date,
                        kind: PublishedKind::PublishLine,
                        span: Some(field.span),
                    });
                }
            }
        }
    }
    None
}

fn from_metas(page: &Page) -> Option<Published> {
    const NAMES: [&str; 6] =
        ["pubdate", "publishdate", "article:published_time", "publishtime", "date", "createdate"];
    let date = NAMES.iter().find_map(|name| {
        page.metas.iter().find(|(known, _)| known == name).and_then(|(_, value)| dates::first(value))
    })?;
    Some(Published { date, kind: PublishedKind::Metadata, span: None })
}

/// Name and date under the report.
struct Signature {
    name: Option<Quote>,
    date: Date,
    span: Span,
}

/// A line that is a date and nothing else, near the end of the last part; the line above it may be the name.
fn signature(page: &Page, report: &Report) -> Option<Signature> {
    let last = report.sections.iter().map(|section| section.span).max_by_key(|span| span.start)?;
    let lines: Vec<&Field> = page
        .rows
        .iter()
        .filter(|row| row.span.start >= last.start && row.span.end <= last.end)
        .filter_map(|row| row.line())
        .collect();
    let (at, date) = lines
        .iter()
        .enumerate()
        .rev()
        .take(6)
        .find_map(|(at, field)| Some((at, dates::whole(&field.text)?)))?;
    let name = at
        .checked_sub(1)
        .and_then(|above| lines.get(above))
        .filter(|field| is_name(&field.text))
        .map(|field| field.quote());
    Some(Signature { name, date, span: lines.get(at)?.span })
}

/// A body's name: short, no sentence, ends as names of bodies end.
fn is_name(line: &str) -> bool {
    const ENDS: [&str; 14] = [
        "政府",
        "局",
        "委员会",
        "办公室",
        "办公厅",
        "厅",
        "部",
        "办事处",
        "领导小组",
        "管委会",
        "中心",
        "委",
        "院",
        "队",
    ];
    let line = line.trim();
    (4..=40).contains(&line.chars().count())
        && !line.contains(['。', ',', '，', ':', '：', ';'])
        && ENDS.iter().any(|end| line.trim_end_matches([')', '）']).ends_with(end))
}

static ATTACHED: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(情况)?统计表|年度报告(附)?表|年报(附)?表|附\s*表"));
static FILE: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?i)\.(pdf|docx?|xlsx?|wps|et|ofd|rar|zip)([?#]|$)"));

/// Traces of tables outside the text: a title under 附件, a linked file, a large picture.
fn hints(page: &Page) -> Vec<TableHint> {
    let mut hints = Vec::new();
    let attached = page.rows.iter().filter_map(|row| row.line()).filter(|line| {
        line.text.chars().count() <= 60
            && !line.text.contains(['。', '，', ','])
            && ATTACHED.as_ref().is_some_and(|p| p.is_match(&line.text))
    });
    hints.extend(attached.map(|line| TableHint { kind: TableHintKind::Attachment, quote: line.quote() }));
    let files = page.links.iter().filter(|link| FILE.as_ref().is_some_and(|p| p.is_match(&link.href)));
    hints.extend(files.map(|link| TableHint { kind: TableHintKind::Attachment, quote: link.quote.clone() }));
    hints.extend(
        page.images.iter().map(|quote| TableHint { kind: TableHintKind::Image, quote: quote.clone() }),
    );
    hints.dedup_by(|one, other| one.quote.span == other.quote.span && one.kind == other.kind);
    hints
}
