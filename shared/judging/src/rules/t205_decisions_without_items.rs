//! T205: decisions were made under items of which there are none (form 2019).
use gongkai_model::{Cell, CellState, Key, Lang, Severity};
use rust_decimal::Decimal;

use crate::{
    case::{Case, TableCase},
    draft::{Draft, both, decimal},
    label::row_label,
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

pub(super) static RULE: Rule = Rule {
    code: "T205",
    name: "decisions-without-items",
    severities: &[Severity::Hint],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "没有项目却有处理决定", en: "Decisions without items" },
    basis: Words {
        zh: "国办公开办函〔2019〕60号所附统一格式第二部分，按栏目含义：处理决定依项目作出",
        en: "Uniform format set by 国办公开办函〔2019〕60号, part two, by the meaning of its columns: decisions are made under items",
    },
    explanation: Words {
        zh: "上一年项目数量加本年增/减为零，而处理决定数量大于零。可能是项目数量漏填，也可能是年内取消的项目，故只作提示。",
        en: "Last year's items and the change add up to none, yet decisions were made. The items may have been left out, or were abolished within the year; so it is only a hint.",
    },
    examples: &[
        Example {
            title: Words { zh: "没有许可项目，作出 35 件决定", en: "no items, 35 decisions" },
            report: "year 2020\ndisclosure licensing: 0 0 35",
            finds: &["hint disclosure/licensing/decisions 0 35"],
        },
        Example {
            title: Words { zh: "项目数留空", en: "the items are blank" },
            report: "year 2020\ndisclosure licensing: - 0 35",
            finds: &[],
        },
        Example {
            title: Words { zh: "本年新增项目", en: "items added this year" },
            report: "year 2020\ndisclosure licensing: 0 4 35",
            finds: &[],
        },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    let Some(table) = case.table("disclosure") else { return Vec::new() };
    table.form.rows().filter_map(|(_, row)| without_items(case, table, row.key)).collect()
}

fn without_items(case: &Case<'_>, table: &TableCase<'_>, row: Key) -> Option<Draft> {
    let printed = |column| -> Option<(&Cell, Decimal)> {
        let cell = table.cell(row.as_str(), column).filter(|cell| cell.state == CellState::Printed)?;
        Some((cell, cell.value?))
    };
    let (items, change, (cell, decisions)) =
        (printed("previous_items")?, printed("change")?, printed("decisions")?);
    let none = items.1.checked_add(change.1).is_some_and(|sum| sum.is_zero());
    if !none || decisions <= Decimal::ZERO {
        return None;
    }
    let message = both(|lang| {
        let (row, count) = (row_label(table.form, row.as_str(), lang), decimal(decisions));
        match lang {
            Lang::Zh => format!("「{row}」一行：项目数量合计为 0，处理决定数量为 {count}"),
            Lang::En => format!("{row}: no items, but {count} decisions"),
        }
    });
    let evidence = [cell, items.0, change.0].into_iter().filter_map(|cell| case.quote(cell.span));
    let draft = Draft::new(message).at(table.form.key, Some(row), Some(cell.column));
    Some(draft.numbers(Some(Decimal::ZERO), Some(decisions)).evidence(evidence))
}
