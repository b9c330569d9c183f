//! The statistics table of the reports before 2019 (统计指标 · 单位 · 统计数): recognised, not read.
use gongkai_model::{Doubt, DoubtKind, Quote};

use crate::{
    label::{first_of, squash},
    page::Page,
};

/// The head of the table, in one line or one cell a line.
const HEAD: [&str; 3] = ["统计指标", "单位", "统计数"];

/// The doubt that it stands in the text.
pub(super) fn find(page: &Page) -> Option<Doubt> {
    let fields = || page.rows.iter().flat_map(|row| &row.fields).filter(|field| !field.text.is_empty());
    let (mut next, mut first) = (0, None);
    for field in fields() {
        // Every field of the head is short; nothing longer needs a look.
        let begins = || matches!(first_of(&field.text), Some('统' | '单' | '计'));
        let text = if field.text.len() <= 40 && begins() { squash(&field.text) } else { String::new() };
        let wanted = HEAD.get(next).copied().unwrap_or_default();
        next = match text.as_str() {
            text if text == wanted
                || (next == 1 && text == "计量单位")
                || (next == 2 && text == "统计数量") =>
            {
                next + 1
            }
            "统计指标" => 1,
            _ => 0,
        };
        if next == 1 {
            first = Some(field.quote());
        }
        if next == HEAD.len() {
            let quote: Quote = first?;
            return Some(Doubt { kind: DoubtKind::OldStatistics, table: None, quote });
        }
    }
    None
}
