//! S111: a cell holds something that is no number.
use gongkai_model::{Cell, CellState, Lang, Origin, Severity};

use crate::{
    case::{Case, TableCase},
    draft::{Draft, both},
    label::{column_label, row_label},
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

/// What stands in a text for bytes that could not be decoded.
const REPLACEMENT: char = '\u{FFFD}';

pub(super) static RULE: Rule = Rule {
    code: "S111",
    name: "unreadable-cell",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "单元格不是数字", en: "A cell holds no number" },
    basis: Words {
        zh: "{notice}所附统一格式：表内各项填写数字",
        en: "Uniform format set by {notice}: the cells hold numbers",
    },
    explanation: Words {
        zh: "单元格里有内容但读不出一个确定的数，如“约十件”“见附件”或乱码。勾稽时按未知数处理，不当作零。请改为数字，说明放在正文。文字含乱码时来源为“读取”。",
        en: "The cell holds something that is not one certain number, such as \"about ten\", \"see attachment\" or broken characters. Relations treat it as unknown, never as 0. Print a number and explain in the text. With broken characters the origin is `reading`.",
    },
    examples: &[
        Example {
            title: Words { zh: "写了“见附件”", en: "\"see attachment\" in a cell" },
            report: "year 2022\nrequests granted: ?见附件 0 0 0 0 0 0",
            finds: &["error requests/granted/natural_person - -"],
        },
        Example {
            title: Words { zh: "横线是空白，不是乱填", en: "a dash is a blank" },
            report: "year 2022\nrequests granted: - 0 0 0 0 0 0",
            finds: &[],
        },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    let all = case
        .tables
        .iter()
        .flat_map(|table| table.cells_in(CellState::Unreadable).map(move |cell| (table, cell)));
    all.map(|(table, cell)| unreadable(case, table, cell)).collect()
}

fn unreadable(case: &Case<'_>, table: &TableCase<'_>, cell: &Cell) -> Draft {
    let message = both(|lang| {
        let row = row_label(table.form, cell.row.as_str(), lang);
        let column = column_label(table.form, Some(cell.row.as_str()), cell.column.as_str(), lang);
        match lang {
            Lang::Zh => format!("「{row}」的「{column}」印为“{}”，不是一个确定的数", cell.printed.trim()),
            Lang::En => format!("{row}, {column}: \"{}\" is not a certain number", cell.printed.trim()),
        }
    });
    let broken = cell.printed.contains(REPLACEMENT);
    Draft::new(message)
        .at(table.form.key, Some(cell.row), Some(cell.column))
        .origin(if broken { Origin::Reading } else { Origin::Publication })
        .evidence(case.quote(cell.span))
}
