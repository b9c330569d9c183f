//! Text as converters write it: lines with HTML tables between them, quoted as a whole, headings that are links.
use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

use crate::{fold::fold, html, page::Page, plain};

/// A stretch of a text.
pub(crate) enum Piece<'t> {
    /// Lines, their inline elements taken away.
    Lines(Cow<'t, str>),
    /// A `<table>` to its end.
    Table(&'t str),
}

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[([^\[\]]+)\]\([^()\s]*\)").ok());
static TABLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)<(/?)table\b[^<>]*>").ok());
/// Elements that make lines, or a page: then the lines of the source mean nothing.
static BLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)<!doctype|</?(?:p|div|br|li|ul|ol|dl|dd|td|tr|h[1-6]|head|body|html|title|meta|script|style|section|article|center|pre|form)\b")
        .ok()
});
static WRAPPER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^\s*(?:</?(?:html|body|div|center)\b[^<>]*>\s*)+$").ok());
static INLINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)<!--.*?-->|</?[a-zA-Z][^<>]*>").ok());

/// Reads text without HTML.
pub(crate) fn read(text: &str) -> Page {
    plain::read(&bare(&fold(text)))
}

/// The pieces of a text that is HTML in its tables only; `None` for a page.
pub(crate) fn with_tables(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for found in TABLE.as_ref()?.captures_iter(text) {
        let (tag, closes) = (found.get(0)?, !found.get(1)?.is_empty());
        if !closes {
            if depth == 0 {
                pieces.push(Piece::Lines(lines(text.get(from..tag.start())?)?));
                from = tag.start();
            }
            depth += 1;
        } else if depth > 0 {
            depth -= 1;
            if depth == 0 {
                pieces.push(Piece::Table(text.get(from..tag.end())?));
                from = tag.end();
            }
        }
    }
    let rest = text.get(from..)?;
    pieces.push(if depth > 0 { Piece::Table(rest) } else { Piece::Lines(lines(rest)?) });
    // Text that merely mentions an element has no rows.
    let rows = |piece: &Piece<'_>| match piece {
        Piece::Table(source) => source.contains("<tr") || source.contains("<TR"),
        Piece::Lines(_) => true,
    };
    (pieces.len() > 1 && pieces.iter().all(rows)).then_some(pieces)
}

/// A stretch outside the tables without its elements, where none of them makes a line.
fn lines(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('<') {
        return Some(Cow::Borrowed(text));
    }
    // Some converters put each table into a page of its own.
    let wrapper = |line: &&str| WRAPPER.as_ref().is_some_and(|wrapper| wrapper.is_match(line));
    let kept: Vec<&str> = text.split('\n').filter(|line| !wrapper(line)).collect();
    let kept = kept.join("\n");
    if BLOCK.as_ref()?.is_match(&kept) {
        return None;
    }
    Some(Cow::Owned(INLINE.as_ref()?.replace_all(&kept, "").into_owned()))
}

/// Reads lines as text and tables as grids, in their order.
pub(crate) fn read_pieces(pieces: &[Piece<'_>]) -> Page {
    let mut page = pieces.iter().fold(Page::default(), |mut page, piece| match piece {
        Piece::Lines(text) => {
            page.append(&read(text));
            page
        }
        Piece::Table(source) => html::read_onto(page, source),
    });
    // Behind a table that ends there are always lines, be they none.
    page.cut = matches!(pieces.last(), Some(Piece::Table(_)));
    page
}

/// Text without the marks of a quotation around all of it, and with the words of links in headings alone.
fn bare(text: &str) -> String {
    let full = || text.split('\n').filter(|line| !line.trim().is_empty());
    let quoted = full().filter(|line| line.trim_start().starts_with('>')).count();
    let quoted = quoted >= 3 && quoted * 5 >= full().count() * 4;
    let bare = |line| {
        let line = if quoted { unquoted(line) } else { line };
        let heading = line.trim_start().starts_with(['#', '[']) && line.contains("](");
        match LINK.as_ref().filter(|_| heading) {
            Some(link) => link.replace_all(line, "$1"),
            None => Cow::Borrowed(line),
        }
    };
    text.split('\n').map(bare).collect::<Vec<_>>().join("\n")
}

/// A line without the marks of quotation before it.
fn unquoted(line: &str) -> &str {
    line.trim_start()
        .trim_start_matches('>')
        .strip_prefix(' ')
        .unwrap_or(line.trim_start().trim_start_matches('>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(page: &Page) -> Vec<String> {
        let row = |row: &crate::page::Row| {
            row.fields.iter().map(|field| field.text.as_str()).collect::<Vec<_>>().join("|")
        };
        page.rows.iter().map(row).collect()
    }

    fn read_mixed(text: &str) -> Option<Vec<String>> {
        let rows = flat(&read_pieces(&with_tables(text)?));
        Some(rows.into_iter().filter(|row| !row.is_empty()).collect())
    }

    #[test]
    fn lines_between_html_tables_stay_lines() {
        let text = "# 题目\n\n第一段\n第<b>二</b>段\n<table><tr><td>规章</td><td>1</td></tr></table>\n末段";
        assert_eq!(read_mixed(text).unwrap(), ["题目", "第一段", "第二段", "规章|1", "末段"]);
        let wrapped = "前\n\n<html><body><table><tr><td>甲<br>乙</td><td><p>2</p></td></tr></table></body></html>\n\n后";
        assert_eq!(read_mixed(wrapped).unwrap(), ["前", "甲 乙|2", "后"]);
    }

    #[test]
    fn a_table_that_does_not_end_says_that_the_text_was_cut() {
        let cut = |text: &str| read_pieces(&with_tables(text).unwrap()).cut;
        assert!(cut("甲\n<table><tr><td>规章</td><td>1"));
        assert!(!cut("甲\n<table><tr><td>规章</td><td>1</td></tr></table>"));
    }

    #[test]
    fn fields_are_where_their_spans_say() {
        let pieces = with_tables("甲 | 乙\n<table><tr><td>规章</td><td>1</td></tr></table>\n丙").unwrap();
        let page = read_pieces(&pieces);
        for field in page.rows.iter().flat_map(|row| &row.fields) {
            assert_eq!(field.span.of(&page.text), field.text);
        }
    }

    #[test]
    fn a_page_is_no_text_with_tables() {
        for page in [
            "<p>甲\n乙</p><table><tr><td>1</td></tr></table>",
            "<html><head><title>题</title></head><body>甲<table><tr><td>1</td></tr></table></body></html>",
            "<div>甲\n乙<table><tr><td>1</td></tr></table></div>",
            "甲乙",
            "元素<table>用于表格",
        ] {
            assert_eq!(read_mixed(page), None, "{page}");
        }
    }

    #[test]
    fn a_text_quoted_as_a_whole_is_read_without_its_marks() {
        assert_eq!(flat(&read("> # 甲\n> \n> 乙\n> | 丙 | 1 |")), ["甲", "", "乙", "丙|1"]);
        assert_eq!(flat(&read("首页 > 公开\n乙\n> 丙")), ["首页 > 公开", "乙", "> 丙"]);
    }

    #[test]
    fn a_heading_that_is_a_link_is_its_words() {
        assert_eq!(flat(&read("# [甲年报](http://x.invalid/a.html)")), ["甲年报"]);
        assert_eq!(flat(&read("见[附件](a.pdf)")), ["见[附件](a.pdf)"]);
    }
}
