//! S114: a table stands in the report and was never filled in.
use gongkai_model::{CellState, Lang, Severity};

use crate::{
    case::{Case, TableCase},
    draft::{Draft, both},
    label::table_label,
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

pub(super) static RULE: Rule = Rule {
    code: "S114",
    name: "table-not-filled",
    severities: &[Severity::Warning],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "表格没有填写", en: "A table is not filled in" },
    basis: Words {
        zh: "《政府信息公开条例》第五十条第（一）至（三）项；{notice}所附统一格式",
        en: "Regulation, Art. 50(1)-(3); uniform format set by {notice}",
    },
    explanation: Words {
        zh: "整张表全是空白；或申请表“一、本年新收”和“（七）总计”两行没有一个数字。没有申请也要填“0”，否则看不出是没有还是没填。结论为“不完整”。",
        en: "Every cell is blank, or in the table of requests neither the row of new requests nor （七） holds a number. Print 0 if there were none; otherwise nobody can tell none from not filled. The verdict is `incomplete`.",
    },
    examples: &[
        Example {
            title: Words { zh: "复议诉讼表全空", en: "the table of proceedings is blank" },
            report: "year 2022\nproceedings *: - - - - -",
            finds: &["warning proceedings/-/- - -"],
        },
        Example {
            title: Words { zh: "申请表一和（七）全空", en: "new requests and （七） are blank" },
            report: "year 2022\nrequests new_received: - - - - - - -\nrequests results_total: - - - - - - -",
            finds: &["warning requests/-/- - -"],
        },
        Example {
            title: Words { zh: "只是总计留空", en: "only the totals are blank" },
            report: "year 2022\nrequests new_received: 2 0 0 0 0 0 -\nrequests granted: 2 0 0 0 0 0 -\nrequests results_total: 2 0 0 0 0 0 -",
            finds: &[],
        },
        Example { title: Words { zh: "全部为零", en: "all zero" }, report: "year 2022", finds: &[] },
    ],
    check,
};

/// True when the table says nothing: all blank, or no number in the two rows of `requests` that carry it.
pub(super) fn not_filled(table: &TableCase<'_>) -> bool {
    let cells = &table.table.cells;
    let all_blank = !cells.is_empty() && cells.iter().all(|cell| cell.state == CellState::Blank);
    all_blank
        || table.key() == "requests"
            && ["new_received", "results_total"].iter().all(|row| says_nothing(table, row))
}

/// The total is blank and no applicant's cell holds a number.
fn says_nothing(table: &TableCase<'_>, row: &str) -> bool {
    let total = table.cell(row, "total").is_some_and(|cell| cell.state == CellState::Blank);
    total && table.table.cells.iter().filter(|cell| cell.row == *row).all(|cell| cell.value.is_none())
}

fn check(case: &Case<'_>) -> Vec<Draft> {
    let empty = case.tables.iter().filter(|table| not_filled(table));
    let draft = |table: &TableCase<'_>| {
        let message = both(|lang| match lang {
            Lang::Zh => format!("{}没有填写，没有的应填“0”", table_label(table.form, lang)),
            Lang::En => format!(
                "The {} is not filled in; print 0 where there is nothing",
                table_label(table.form, lang)
            ),
        });
        let evidence = case.quote_first_line(table.table.span);
        Draft::new(message).at(table.form.key, None, None).evidence(evidence)
    };
    empty.map(draft).collect()
}
