//! S117: cells whose places were decided by the relations; those relations prove nothing about them.
use gongkai_model::{CellState, Lang, Origin, Severity};

use crate::{
    case::{Case, TableCase},
    draft::{Draft, both},
    label::table_label,
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

/// How many values are quoted.
const SHOWN: usize = 8;

pub(super) static RULE: Rule = Rule {
    code: "S117",
    name: "inferred-cells",
    severities: &[Severity::Hint],
    kinds: ANNUAL_REPORT,
    title: Words {
        zh: "单元格位置由勾稽关系推定", en: "Places of cells follow from the relations"
    },
    basis: Words {
        zh: "读取说明：版式丢失空格时，仅在勾稽关系只允许一种位置时推定；{notice}所附统一格式要求以表格列出",
        en: "How reading works: where the layout lost blanks, a place is inferred only if the relations allow just one; the format set by {notice} asks for a table",
    },
    explanation: Words {
        zh: "数字是原文印的，位置是推定的。用来推定的关系不能再证明自己，所以这些关系记为“未验证”，结论不会是“一致”。请对照原文。",
        en: "The numbers are printed, their places are inferred. Relations that decided the places cannot prove themselves, so they count as not verified and the verdict is never `consistent`. Compare with the original.",
    },
    examples: &[
        Example {
            title: Words { zh: "一行两格的位置是推定的", en: "two cells of a row are inferred" },
            report: "year 2022\nrequests new_received: =2 =1 - - - - 3",
            finds: &["hint requests/-/- - -"],
        },
        Example {
            title: Words {
                zh: "推定的格不触发勾稽错误，也不再提示别的",
                en: "printed cells need no inference",
            },
            report: "year 2022\nrequests new_received: 2 1 0 0 0 0 3\nrequests carried_forward: 2 1 0 0 0 0 3",
            finds: &[],
        },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    case.tables.iter().filter_map(|table| inferred(case, table)).collect()
}

fn inferred(case: &Case<'_>, table: &TableCase<'_>) -> Option<Draft> {
    let cells: Vec<_> = table.cells_in(CellState::Inferred).collect();
    if cells.is_empty() {
        return None;
    }
    let needs =
        |check: &&crate::relation::Check<'_>| check.terms.iter().any(|t| t.cell.state == CellState::Inferred);
    let (count, relations) = (cells.len(), table.checks.iter().filter(needs).count());
    let message = both(|lang| match lang {
        Lang::Zh => format!(
            "{}有 {count} 格的位置由勾稽关系推定，相关 {relations} 条关系未验证",
            table_label(table.form, lang)
        ),
        Lang::En => format!(
            "{count} cells of the {} have inferred places; {relations} relations are not verified",
            table_label(table.form, lang)
        ),
    });
    let evidence = cells.iter().filter_map(|cell| case.quote(cell.span)).take(SHOWN);
    Some(Draft::new(message).at(table.form.key, None, None).origin(Origin::Reading).evidence(evidence))
}
