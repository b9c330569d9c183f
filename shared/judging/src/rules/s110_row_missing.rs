//! S110: a table is there and lacks a row or a column of its form.
use gongkai_model::{Absent, Lang, Severity};

use crate::{
    case::{Case, TableCase},
    draft::{Draft, both},
    label::{column_label, row_label, table_label},
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

pub(super) static RULE: Rule = Rule {
    code: "S110",
    name: "row-missing",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "表格缺行或缺列", en: "A row or column is missing" },
    basis: Words {
        zh: "{notice}所附统一格式：行列应当完整，没有的填“0”",
        en: "Uniform format set by {notice}: all rows and columns stand, with 0 where there is nothing",
    },
    explanation: Words {
        zh: "统一格式的每一行每一列都要保留。缺少的行列不等于零，涉及它的勾稽关系不再计算。请补齐行列并填数。",
        en: "Every row and column of the form must stand. An absent row is not a row of zeros, so relations that need it are not evaluated. Add the row or column with its numbers.",
    },
    examples: &[
        Example {
            title: Words { zh: "缺“上年结转”一行", en: "no row for carried-over requests" },
            report: "year 2022\nlacks requests row carried_over",
            finds: &["error requests/carried_over/- - -"],
        },
        Example {
            title: Words {
                zh: "缺“法律服务机构”一列", en: "no column for legal-service organisations"
            },
            report: "year 2022\nlacks requests column legal_service_org",
            finds: &["error requests/-/legal_service_org - -"],
        },
        Example {
            title: Words { zh: "行在而格空，不是缺行", en: "a blank row is no missing row" },
            report: "year 2022\nrequests carried_over: - - - - - - -",
            finds: &[],
        },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    let absent =
        case.tables.iter().flat_map(|table| table.table.absent.iter().map(move |absent| (table, absent)));
    absent.map(|(table, absent)| missing(case, table, *absent)).collect()
}

fn missing(case: &Case<'_>, table: &TableCase<'_>, absent: Absent) -> Draft {
    let message = both(|lang| {
        let row = absent.row.map(|row| row_label(table.form, row.as_str(), lang));
        let of = absent.row.map(|row| row.as_str());
        let column = absent.column.map(|column| column_label(table.form, of, column.as_str(), lang));
        let name = table_label(table.form, lang);
        match (row, column, lang) {
            (Some(row), None, Lang::Zh) => format!("{name}缺“{row}”一行"),
            (Some(row), None, Lang::En) => format!("The {name} has no row \"{row}\""),
            (None, Some(column), Lang::Zh) => format!("{name}缺“{column}”一列"),
            (None, Some(column), Lang::En) => format!("The {name} has no column \"{column}\""),
            (Some(row), Some(column), Lang::Zh) => format!("{name}“{row}”一行缺“{column}”一格"),
            (Some(row), Some(column), Lang::En) => {
                format!("The {name} has no cell \"{column}\" in row \"{row}\"")
            }
            (None, None, Lang::Zh) => format!("{name}缺行或缺列"),
            (None, None, Lang::En) => format!("The {name} is not complete"),
        }
    });
    Draft::new(message)
        .at(table.form.key, absent.row, absent.column)
        .evidence(case.quote_first_line(table.table.span))
        .perhaps_cut(case.report)
}
