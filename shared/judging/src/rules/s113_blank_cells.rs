//! S113: cells left blank where the form asks for a number; once a table.
use gongkai_model::{CellState, Lang, Severity};

use super::s114_table_not_filled::not_filled;
use crate::{
    case::{Case, TableCase},
    draft::{Draft, both},
    label::{row_label, table_label},
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

/// How many blanks are quoted, and how many rows are named.
const SHOWN: usize = 3;

pub(super) static RULE: Rule = Rule {
    code: "S113",
    name: "blank-cells",
    severities: &[Severity::Hint],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "单元格留空", en: "Cells are left blank" },
    basis: Words {
        zh: "{notice}所附统一格式：没有的填“0”",
        en: "Uniform format set by {notice}: print 0 where there is nothing",
    },
    explanation: Words {
        zh: "空白、“-”“/”“无”都算留空。空白不当作零：勾稽时只有任何非负整数都填不平才算错。每张表只提示一次；整张表未填的见 S114。请在没有的地方填“0”。",
        en: "Empty cells and cells with only a dash, a slash or 无 are blank. A blank is not 0: a relation is broken only if no whole number in the blanks can satisfy it. Reported once a table; a table that is not filled at all is S114. Print 0 where there is nothing.",
    },
    examples: &[
        Example {
            title: Words { zh: "一行四格留空", en: "four cells of a row are blank" },
            report: "year 2022\nrequests new_received: 3 1 - - - - 4\nrequests granted: 3 1 0 0 0 0 4\nrequests results_total: 3 1 0 0 0 0 4",
            finds: &["hint requests/-/- - -"],
        },
        Example {
            title: Words { zh: "整张表未填，由 S114 报告", en: "a table not filled is S114" },
            report: "year 2022\nproceedings *: - - - - -",
            finds: &[],
        },
        Example {
            title: Words { zh: "全部填零", en: "zeros are numbers" }, report: "year 2022", finds: &[]
        },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    let tables = case.tables.iter().filter(|table| !not_filled(table));
    tables.filter_map(|table| blanks(case, table)).collect()
}

fn blanks(case: &Case<'_>, table: &TableCase<'_>) -> Option<Draft> {
    let blank: Vec<_> = table.cells_in(CellState::Blank).collect();
    if blank.is_empty() {
        return None;
    }
    let mut rows: Vec<_> = blank.iter().map(|cell| cell.row).collect();
    rows.dedup();
    let message = both(|lang| {
        let names: Vec<_> =
            rows.iter().take(SHOWN).map(|row| row_label(table.form, row.as_str(), lang)).collect();
        let (count, name) = (blank.len(), table_label(table.form, lang));
        let more = rows.len() > SHOWN;
        match lang {
            Lang::Zh => {
                let more = if more { "等" } else { "" };
                format!("{name}有 {count} 格留空：{}{more}；没有的应填“0”", names.join("，"))
            }
            Lang::En => {
                let (more, cells) =
                    (if more { ", …" } else { "" }, if count == 1 { "cell is" } else { "cells are" });
                format!(
                    "{count} {cells} blank in the {name}: {}{more}; print 0 where there is nothing",
                    names.join(", ")
                )
            }
        }
    });
    let mut evidence: Vec<_> = blank.iter().filter_map(|cell| case.quote(cell.span)).take(SHOWN).collect();
    if evidence.is_empty() {
        evidence.extend(case.quote_first_line(table.table.span));
    }
    Some(Draft::new(message).at(table.form.key, None, None).evidence(evidence))
}
