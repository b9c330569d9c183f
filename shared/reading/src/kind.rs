//! What a document is: an annual report, a page that only carries one as a file, something else, or nothing that can be read.
use gongkai_model::{DocumentKind, ReadError, Report, TableHintKind};

use crate::{
    MAX_BYTES,
    metadata::{is_report_title, names_other_kind},
    page::Page,
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
    let utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let at = bytes.iter().position(|byte| *byte == 0).filter(|_| !utf16)?;
    Some(error("binary", format!("第 {} 字节处为零字节,是二进制文件而不是文本;请检查文件格式", at + 1)))
}

/// Text that came out as replacement characters for the greater part.
pub(crate) fn garbled(text: &str) -> Option<ReadError> {
    let (mut lost, mut all, mut first) = (0usize, 0usize, None);
    for (at, c) in text.chars().enumerate().filter(|(_, c)| !c.is_whitespace()) {
        all += 1;
        if c == '\u{FFFD}' {
            lost += 1;
            first.get_or_insert(at);
        }
    }
    if all == 0 {
        return Some(error("empty", "文件中没有文字;请检查是否下载完整"));
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

/// Decides the kind from title, parts and tables.
pub(crate) fn decide(report: &mut Report, page: &Page) {
    let parts =
        report.sections.iter().filter(|section| section.heading.is_some() && section.number <= 6).count();
    let other = own_title(page).filter(|title| names_other_kind(title));
    let body =
        page.rows.iter().filter_map(|row| row.line()).filter(|line| line.text.chars().count() >= 30).count();
    let file = report.hints.iter().any(|hint| hint.kind == TableHintKind::Attachment);
    let (kind, error) = match (&report.title, other) {
        (None, Some(title)) => (DocumentKind::NotAReport, Some(other_kind(&title))),
        _ if parts >= 3 || report.tables.len() >= 2 => (DocumentKind::AnnualReport, None),
        (Some(_), _) if report.tables.is_empty() && parts <= 1 && body <= 3 && file => (
            DocumentKind::AttachmentOnly,
            Some(error("attachment_only", "页面正文没有报告内容,报告只在附件中;请检查附件")),
        ),
        (Some(_), _) if parts >= 1 || body >= 3 || !report.tables.is_empty() => {
            (DocumentKind::AnnualReport, None)
        }
        (None, None) if parts + report.tables.len() >= 2 => (DocumentKind::AnnualReport, None),
        _ => (DocumentKind::NotAReport, Some(not_a_report(report, page))),
    };
    report.kind = kind;
    report.error = error;
}

/// The page's most prominent title: its `<title>`, or its first line.
fn own_title(page: &Page) -> Option<String> {
    let row = page.title_row.unwrap_or(0);
    let heading = page.rows.iter().find(|row| row.heading == Some(1)).and_then(|row| row.line());
    let line = page.rows.iter().skip(row).find_map(|row| row.line().filter(|line| !line.text.is_empty()));
    let title = heading.or(line)?;
    (title.text.chars().count() <= 80).then(|| title.text.clone())
}

fn other_kind(title: &str) -> ReadError {
    error("not_a_report", format!("标题为“{title}”,是关于年度报告的文件或其他文件,不是年度报告本身"))
}

fn not_a_report(report: &Report, page: &Page) -> ReadError {
    let links = page.links.iter().filter(|link| is_report_title(&link.quote.text)).count();
    if links >= 2 {
        return error("not_a_report", format!("页面是列表({links} 个年度报告链接),不是年度报告本身"));
    }
    let seen = report.sections.len() + report.tables.len();
    error(
        "not_a_report",
        format!("没有找到年度报告的标题,六个部分和三张表中只认出 {seen} 处;请检查是不是年度报告"),
    )
}
