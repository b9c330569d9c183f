//! T204: procurement with projects and no amount, or an amount and no project (form 2019).
use gongkai_model::{Cell, CellState, Lang, Severity};
use rust_decimal::Decimal;

use crate::{
    case::Case,
    draft::{Draft, both, decimal},
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

pub(super) static RULE: Rule = Rule {
    code: "T204",
    name: "procurement-count-amount",
    severities: &[Severity::Warning],
    kinds: ANNUAL_REPORT,
    title: Words {
        zh: "采购项目数量与金额一有一无",
        en: "Procurement projects without amount, or the reverse",
    },
    basis: Words {
        zh: "国办公开办函〔2019〕60号所附统一格式第二部分，按栏目含义：有采购项目就有金额",
        en: "Uniform format set by 国办公开办函〔2019〕60号, part two, by the meaning of its columns: projects have an amount",
    },
    explanation: Words {
        zh: "政府集中采购的项目数量和总金额应当同时为零或同时不为零。请核对漏填的一格。",
        en: "Projects and amount of centralised procurement are both zero or both not. Check the cell that was left at zero.",
    },
    examples: &[
        Example {
            title: Words { zh: "3 个项目，金额为 0", en: "3 projects, amount 0" },
            report: "year 2020\ndisclosure procurement: 3 0",
            finds: &["warning disclosure/procurement/amount_wan_yuan - 0"],
        },
        Example {
            title: Words { zh: "有金额，无项目", en: "an amount without projects" },
            report: "year 2020\ndisclosure procurement: 0 251.6",
            finds: &["warning disclosure/procurement/projects - 0"],
        },
        Example {
            title: Words { zh: "金额留空", en: "the amount is blank" },
            report: "year 2020\ndisclosure procurement: 3 -",
            finds: &[],
        },
        Example {
            title: Words { zh: "都有", en: "both" },
            report: "year 2020\ndisclosure procurement: 3 251.6",
            finds: &[],
        },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    contradiction(case).into_iter().collect()
}

fn contradiction(case: &Case<'_>) -> Option<Draft> {
    let table = case.table("disclosure")?;
    let printed = |column| {
        let cell = table.cell("procurement", column).filter(|cell| cell.state == CellState::Printed)?;
        Some((cell, cell.value?))
    };
    let (projects, amount) = (printed("projects")?, printed("amount_wan_yuan")?);
    let (zero, other): ((&Cell, Decimal), (&Cell, Decimal)) = match (projects.1.is_zero(), amount.1.is_zero())
    {
        (true, false) => (projects, amount),
        (false, true) => (amount, projects),
        _ => return None,
    };
    let message = both(|lang| {
        let (projects, amount) = (decimal(projects.1), decimal(amount.1));
        match lang {
            Lang::Zh => format!(
                "「政府集中采购」一行：项目数量为 {projects}，采购总金额为 {amount}，应当同时有或同时没有"
            ),
            Lang::En => format!("Centralised procurement: {projects} projects with an amount of {amount}"),
        }
    });
    let evidence = [zero.0.span, other.0.span].into_iter().filter_map(|span| case.quote(span));
    let draft = Draft::new(message).at(table.form.key, Some(zero.0.row), Some(zero.0.column));
    Some(draft.numbers(None, Some(zero.1)).evidence(evidence))
}
