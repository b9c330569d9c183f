//! What a document is: an annual report, a page that only carries one as a file, something else, or nothing that can be read.
use gongkai_model::{DocumentKind, ReadError, Report, Span, TableHintKind};
use memchr::{memchr, memmem};

use crate::{
    MAX_BYTES,
    metadata::{self, Other, is_report_title, other_kind},
    page::{Page, Row},
    sections::{furniture::is_furniture, is_linked},
};

fn error(code: &str, message: impl Into<String>) -> ReadError {
    ReadError { code: code.to_owned(), message: message.into() }
}

/// Bytes that are no text of a kind we read, by their first bytes.
pub(crate) fn unreadable(bytes: &[u8]) -> Option<ReadError> {
    const FORMATS: [(&[u8], &str, &str); 7] = [
        (b"%PDF", "PDF", "请提供网页或文本版本"),
        (b"PK\x03\x04", "DOCX、XLSX 或 OFD", "请另存为网页或文本后再检查"),
        (b"\xD0\xCF\x11\xE0", "旧版 Word 或 Excel", "请另存为网页或文本后再检查"),
        (b"\x89PNG", "PNG 图片", "请提供网页或文本版本"),
        (b"\xFF\xD8\xFF", "JPEG 图片", "请提供网页或文本版本"),
        (b"Rar!", "RAR 压缩包", "请解压后再检查"),
        (b"{\\rtf", "RTF", "请另存为网页或文本后再检查"),
    ];
    if bytes.is_empty() {
        return Some(error("empty", "文件为空(0 字节);请检查是否下载完整"));
    }
    if bytes.len() > MAX_BYTES {
        let (size, most) = (bytes.len() / 1_048_576, MAX_BYTES / 1_048_576);
        return Some(error("too_large", format!("文件有 {size} MB,超过上限 {most} MB;请确认是不是年度报告")));
    }
    if let Some((_, name, advice)) = FORMATS.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        return Some(error("unsupported_format", format!("{name} 文件,本版本尚不能读取;{advice}")));
    }
    if is_web_archive(bytes) {
        return Some(error(
            "unsupported_format",
            "MHT 网页归档文件,本版本尚不能读取;请在浏览器中打开后另存为“网页,仅 HTML”再检查",
        ));
    }
    let at = memchr(0, bytes).filter(|_| crate::charset::utf_16(bytes).is_none())?;
    Some(error("binary", format!("第 {} 字节处为零字节,是二进制文件而不是文本;请检查文件格式", at + 1)))
}

/// A page as browsers save it into one file, by the head of its mail.
fn is_web_archive(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(2_000)).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let head = head.trim_start_matches(['\u{FEFF}', '\r', '\n']);
    ["from:", "mime-version:", "content-type:", "subject:", "date:"]
        .iter()
        .any(|field| head.starts_with(field))
        && head.contains("multipart/related")
}

/// Text that came out as replacement characters for the greater part.
pub(crate) fn garbled(text: &str) -> Option<ReadError> {
    if text.chars().all(char::is_whitespace) {
        return Some(error("empty", "文件中没有文字;请检查是否下载完整"));
    }
    if let Some(name) = decoded_binary(text) {
        let message =
            format!("内容是按文本打开的 {name} 文件(乱码),不是文字;请用原文件或另存为网页、文本后再检查");
        return Some(error("binary", message));
    }
    // Nearly every text is whole, and need not be counted.
    memmem::find(text.as_bytes(), "\u{FFFD}".as_bytes())?;
    let (mut lost, mut all, mut first) = (0usize, 0usize, None);
    for (at, c) in text.chars().enumerate().filter(|(_, c)| !c.is_whitespace()) {
        all += 1;
        if c == '\u{FFFD}' {
            lost += 1;
            first.get_or_insert(at);
        }
    }
    (lost * 5 > all).then(|| {
        error(
            "undecodable",
            format!(
                "自第 {} 个字符起编码无法识别({lost}/{all} 个字符已损坏);请另存为 UTF-8 后再检查",
                first.unwrap_or(0) + 1
            ),
        )
    })
}

/// The first bytes of an old Word file as charsets spell them, and words that only its inside has.
fn decoded_binary(text: &str) -> Option<&'static str> {
    let head: String = text.trim_start().chars().take(400).collect();
    let ole = ["\u{0871}\u{1A}", "邢唷", "ÐÏ\u{11}à", "ࡱ"];
    let inside = ["bjbj", "Root Entry", "WordDocument", "R\0o\0o\0t"];
    let soup = || {
        let letters = text.chars().filter(|c| !c.is_whitespace()).count();
        let odd = text.chars().filter(|c| c.is_control() && !c.is_whitespace() || *c == '\u{FFFD}').count();
        odd * 20 > letters
    };
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if ole.iter().any(|mark| head.contains(mark)) || (inside.iter().any(|word| has(word)) && soup()) {
        return Some("旧版 Word");
    }
    (head.starts_with("PK\u{3}\u{4}") || has("[Content_Types].xml")).then_some("DOCX 或 XLSX")
}

/// What the decision looks at.
struct Signs {
    /// Parts with a heading.
    parts: usize,
    tables: usize,
    /// Some cell holds a number.
    filled: bool,
    /// Sentences of the report's own.
    sentences: usize,
    pictures: usize,
    files: usize,
    other: Option<(Other, String)>,
    /// Titles of annual reports on the page, each once.
    listed: usize,
}

/// Decides the kind from title, parts and tables.
pub(crate) fn decide(report: &mut Report, page: &Page) {
    let signs = signs(report, page);
    let (kind, error) = judge(report, page, &signs);
    report.kind = kind;
    report.error = error;
}

fn judge(report: &Report, page: &Page, signs: &Signs) -> (DocumentKind, Option<ReadError>) {
    let titled = report.title.is_some();
    // A guide to disclosure has heads of some parts as well; without title, table and year three are not enough.
    let known = titled || signs.tables >= 1 || report.year.is_some() || signs.parts >= 4;
    let whole = signs.parts >= 3 && known || signs.tables >= 2;
    let not = |error: ReadError| (DocumentKind::NotAReport, Some(error));
    match &signs.other {
        // A notice with the empty form behind it has parts and tables, too, but no numbers.
        Some((Other::Never, title)) if !(titled && signs.filled && signs.parts >= 4) => {
            return not(of_other_kind(title));
        }
        Some((Other::Carrier, title)) if !(signs.parts >= 4 || titled && (whole || signs.sentences >= 3)) => {
            return not(of_other_kind(title));
        }
        _ => {}
    }
    if whole {
        return (DocumentKind::AnnualReport, None);
    }
    let bare = signs.tables == 0 && signs.parts <= 1;
    if bare && signs.listed >= 3 && signs.sentences <= 2 {
        return not(list(signs.listed));
    }
    if titled && bare && signs.sentences <= 2 && signs.files + signs.pictures > 0 {
        return (DocumentKind::AttachmentOnly, Some(elsewhere(report, signs)));
    }
    let told = signs.parts >= 1 || signs.sentences >= 1 || signs.tables >= 1;
    if titled && told || known && signs.parts + signs.tables >= 2 {
        return (DocumentKind::AnnualReport, None);
    }
    not(not_a_report(report, page, signs))
}

fn signs(report: &Report, page: &Page) -> Signs {
    let hints = |kind: TableHintKind| report.hints.iter().filter(|hint| hint.kind == kind).count();
    let own = metadata::own(report, page);
    let cells = || report.tables.iter().flat_map(|table| &table.cells);
    Signs {
        parts: report
            .sections
            .iter()
            .filter(|section| section.heading.is_some() && section.number <= 6)
            .count(),
        tables: report.tables.len(),
        filled: cells().any(|cell| cell.value.is_some()),
        sentences: page.rows.iter().filter(|row| is_sentence(page, row, own)).count(),
        pictures: hints(TableHintKind::Image),
        files: hints(TableHintKind::Attachment),
        other: other_title(report, page),
        listed: listed(page),
    }
}

/// A line of the report's text: long, or ended as a sentence; no link, and no word of the page's own.
fn is_sentence(page: &Page, row: &Row, own: Span) -> bool {
    let text = |line: &crate::page::Field| {
        let length = line.text.chars().count();
        (length >= 30 || length >= 12 && line.text.ends_with('。')) && !is_furniture(&line.text)
    };
    own.start <= row.span.start
        && row.span.end <= own.end
        && row.line().is_some_and(text)
        && !row.line().is_some_and(|line| is_report_title(undated(&line.text)))
        && !is_linked(page, row)
}

/// A line of a list without its bullet before and its date behind.
fn undated(text: &str) -> &str {
    text.trim_start_matches(|c: char| !c.is_alphanumeric())
        .trim_end_matches(|c: char| c.is_ascii_digit() || "-/.:[]() ".contains(c))
}

/// Titles of annual reports, as lines or as links.
fn listed(page: &Page) -> usize {
    let lines = page.rows.iter().filter_map(|row| row.single()).map(|field| undated(&field.text));
    let links = page.links.iter().map(|link| undated(&link.quote.text));
    let mut titles: Vec<&str> = lines
        .chain(links)
        .filter(|text| {
            is_report_title(text) && text.chars().count() <= 60 && metadata::year_of(text).is_some()
        })
        .collect();
    titles.sort_unstable();
    titles.dedup();
    titles.len()
}

/// The title that makes the document something else: the page's headings and own title first, then the first line about reports above the report's title.
fn other_title(report: &Report, page: &Page) -> Option<(Other, String)> {
    let speaks = |text: &str| {
        let fits = (6..=80).contains(&text.chars().count()) && !text.contains(['>', '»', '。']);
        let text = if fits { crate::fold::simplified(text) } else { return false };
        ["信息公开", "政务公开", "年度报告", "年报", "法治政府"].iter().any(|word| text.contains(word))
    };
    let kind = |text: &str| Some((speaks(text).then(|| other_kind(text))??, text.to_owned()));
    let first_part = report.sections.iter().map(|section| section.span.start).min().unwrap_or(u32::MAX);
    let headings =
        page.rows.iter().filter(|row| matches!(row.heading, Some(1 | 2)) && row.span.start < first_part);
    let own = page.title_row.and_then(|at| page.rows.get(at));
    let prominent = headings.chain(own).filter_map(|row| row.line()).find_map(|line| {
        kind(&line.text).or_else(|| line.text.split(['_', '|', '-', '—']).map(str::trim).find_map(kind))
    });
    prominent.or_else(|| {
        let limit = report.title.as_ref().map_or(first_part, |title| title.span.start);
        let lines = page.rows.iter().filter(|row| row.span.start < limit && !is_linked(page, row));
        // Menus name interpretations, too: a line that is no page's first must name a year or begin as titles do.
        let begins = |at: usize, text: &str| {
            let menu = text.contains("首页") || text.split_whitespace().count() > 4;
            !menu && (at == 0 || metadata::year_of(text).is_some() || text.starts_with("关于"))
        };
        lines
            .filter_map(|row| row.line())
            .enumerate()
            .take(40)
            .find(|(at, line)| speaks(&line.text) && begins(*at, &line.text))
            .and_then(|(_, line)| kind(&line.text))
    })
}

fn of_other_kind(title: &str) -> ReadError {
    error("not_a_report", format!("标题为“{title}”,是关于年度报告的文件或其他文件,不是年度报告本身"))
}

fn elsewhere(report: &Report, signs: &Signs) -> ReadError {
    let names = report.hints.iter().map(|hint| hint.quote.text.trim()).filter(|name| !name.is_empty());
    let names: Vec<&str> = names.take(3).collect();
    let named = if names.is_empty() { String::new() } else { format!("（{}）", names.join("、")) };
    if signs.files > 0 {
        return error("attachment_only", format!("页面正文没有报告内容,报告只在附件中{named};请检查附件"));
    }
    let pictures = signs.pictures;
    error("attachment_only", format!("报告是 {pictures} 张图片{named},没有可读取的文字;请提供网页或文本版本"))
}

fn list(count: usize) -> ReadError {
    error("not_a_report", format!("页面是列表({count} 个年度报告的标题或链接),不是年度报告本身"))
}

fn not_a_report(report: &Report, page: &Page, signs: &Signs) -> ReadError {
    if signs.listed >= 2 {
        return list(signs.listed);
    }
    if let Some(title) = report.title.as_ref().filter(|_| report.year.is_some())
        && report.sections.is_empty()
        && report.tables.is_empty()
    {
        let message = format!(
            "找到年度报告的标题“{}”,但页面中没有正文,正文可能由脚本载入或被隐藏;请在浏览器中打开,待正文显示后另存或复制为文本再检查",
            title.text
        );
        return error("not_a_report", message);
    }
    let (han, all) =
        page.text.chars().filter(|c| c.is_alphabetic()).fold((0usize, 0usize), |(han, all), c| {
            (han + usize::from(('\u{3400}'..='\u{9FFF}').contains(&c)), all + 1)
        });
    if all >= 200 && han * 5 < all {
        return error("not_a_report", "正文不是中文,可能是年度报告的外文译本;请提供中文原文");
    }
    let seen = report.sections.len() + report.tables.len();
    let title = page
        .rows
        .iter()
        .find_map(|row| row.line().filter(|line| row.heading == Some(1) && !line.text.is_empty()));
    let title = title.or_else(|| page.rows.get(page.title_row?)?.line()).or_else(|| {
        page.rows.iter().find_map(|row| row.line()).filter(|line| line.text.chars().count() <= 60)
    });
    let named = title.map(|line| format!("标题为“{}”;", line.text)).unwrap_or_default();
    error(
        "not_a_report",
        format!("{named}没有找到年度报告的标题,六个部分和三张表中只认出 {seen} 处;请检查是不是年度报告"),
    )
}
