//! HTML to rows: lines of text, and tables with their spans resolved; tables that only lay out the page are seen through.
mod browser;
mod cells;
mod layout;
mod scanner;
mod style;
mod tags;
mod tree;
mod walk;

use scraper::Html;

use self::walk::walk;
use crate::page::Page;

/// Limits of what one page may ask of us.
const MAX_COLUMNS: u32 = 200;
const MAX_SPAN: u32 = 500;
const MAX_CELLS: usize = 200_000;

/// Reads a decoded page.
pub(crate) fn read(source: &str) -> Page {
    let mut page = read_onto(Page::default(), source);
    page.cut = is_cut(source);
    page
}

/// Reads more HTML at the end of a page.
pub(crate) fn read_onto(page: Page, source: &str) -> Page {
    // The scanner reads ordinary pages, and says of every other that it is not sure.
    match scanner::tree(&scanner::lines(source)) {
        Some(tree) => walk(page, &tree),
        None => walk(page, &browser::tree(&Html::parse_document(source))),
    }
}

/// Parses with the scanner alone and says whether it is sure: a stage of the benchmark.
pub fn scanned(source: &str) -> bool {
    scanner::tree(&scanner::lines(source)).is_some_and(|tree| !tree.nodes.is_empty())
}

/// Parses with the browser's parser alone and counts the nodes: a stage of the benchmark.
pub fn parsed(source: &str) -> usize {
    browser::tree(&Html::parse_document(source)).nodes.len()
}

/// The source opens `<html>` or `<body>` and never closes it.
fn is_cut(source: &str) -> bool {
    let tail = source.char_indices().rev().nth(1_999).and_then(|(at, _)| source.get(at..)).unwrap_or(source);
    let head = source.get(..source.len().min(2_000)).unwrap_or(source);
    let (head, tail) = (head.to_ascii_lowercase(), tail.to_ascii_lowercase());
    let opens = head.contains("<html") || head.contains("<body");
    opens && !tail.contains("</html") && !tail.contains("</body")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(source: &str) -> Vec<Vec<(String, u32)>> {
        let page = read(source);
        page.rows.iter().map(|row| row.fields.iter().map(|f| (f.text.clone(), f.column)).collect()).collect()
    }

    fn flat(source: &str) -> Vec<String> {
        rows(source)
            .into_iter()
            .map(|row| row.into_iter().map(|(t, _)| t).collect::<Vec<_>>().join("|"))
            .collect()
    }

    #[test]
    fn spans_push_later_cells_to_their_columns() {
        let source = "<table><tr><td rowspan=2 colspan=2>甲</td><td>1</td></tr><tr><td>2</td></tr><tr><td>乙<td>3<td>4</table>";
        let columns: Vec<Vec<u32>> =
            rows(source).iter().map(|row| row.iter().map(|(_, c)| *c).collect()).collect();
        assert_eq!(columns, [vec![0, 2], vec![2], vec![0, 1, 2]]);
    }

    #[test]
    fn layout_tables_are_seen_through() {
        let source = "<TABLE><TR><TD>导航<TD><p>一、总体情况</p><TABLE><TR><TD>规章<TD>0</TABLE></TABLE>";
        assert_eq!(flat(source), ["导航", "一、总体情况", "规章|0"]);
    }

    #[test]
    fn digits_split_over_spans_join_and_over_lines_do_not() {
        let source = "<table><tr><td><span>20</span><span>23</span></td><td>20<br>23</td><td><p>1</p><p>2</p></td></tr></table>";
        assert_eq!(flat(source), ["2023|20 23|1 2"]);
    }

    #[test]
    fn comments_scripts_and_hidden_parts_say_nothing() {
        let source = "<p>甲<!-- <table><tr><td>9</td></tr></table> --></p><script>乙</script><p style='display: none'>丙</p><p title='a>b'>丁</p>";
        assert_eq!(flat(source), ["甲", "丁"]);
    }

    #[test]
    fn struck_words_are_gone_notes_stand_apart_and_fields_say_their_value() {
        let source = "<table><tr><td>1<del>2</del><s>3</s></td><td>36<sup>1</sup></td><td><input value='16'></td><td><input type=hidden value=9></td></tr></table>";
        assert_eq!(flat(source), ["1|36 1|16|"]);
        assert_eq!(flat("<p>共3<strike>4</strike>件</p><textarea>&lt;p&gt;乙</textarea>"), ["共3件"]);
    }

    #[test]
    fn a_page_cut_in_half_is_known() {
        assert!(read("<html><body><p>一").cut);
        assert!(!read("<html><body><p>一</body></html>").cut);
        assert!(!read("<p>一").cut);
    }

    #[test]
    fn hostile_spans_and_depth_are_bounded() {
        let deep =
            "<div>".repeat(20_000) + "<table><tr><td colspan=99999999 rowspan=99999999>1</td></tr></table>";
        assert_eq!(flat(&deep), ["1"]);
    }
}
