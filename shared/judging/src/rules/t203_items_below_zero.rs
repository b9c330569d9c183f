//! T203: last year's items and the change of the year give less than zero items (form 2019).
use gongkai_model::{Lang, Severity};

use crate::{
    rule::{ANNUAL_REPORT, Example, Rule, Words},
    violation::{Violation, violations},
};

pub(super) static RULE: Rule = Rule {
    code: "T203",
    name: "items-below-zero",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "项目数量减成负数", en: "Fewer than zero items" },
    basis: Words {
        zh: "{notice}所附统一格式第二部分，按栏目含义：上一年项目数量加本年增/减为现有项目数，不能小于零",
        en: "Uniform format set by {notice}, part two, by the meaning of its columns: last year's items plus the change are the present items",
    },
    explanation: Words {
        zh: "减少的项目不能多于原有项目。常见原因是“上一年项目数量”填成了今年的数，或“本年增/减”填成了处理数量的增减。",
        en: "No more items can go than there were. Usually last year's number was replaced by this year's, or the change is that of the decisions.",
    },
    examples: &[
        Example {
            title: Words { zh: "原有 10 项，减少 12 项", en: "10 items, 12 fewer" },
            report: "year 2020\ndisclosure licensing: 10 -12 5",
            finds: &["error disclosure/licensing/change -10 -12"],
        },
        Example {
            title: Words { zh: "上一年数量留空", en: "last year's number is blank" },
            report: "year 2020\ndisclosure licensing: - -12 5",
            finds: &[],
        },
        Example {
            title: Words { zh: "减到零", en: "down to zero" },
            report: "year 2020\ndisclosure licensing: 10 -10 0",
            finds: &[],
        },
    ],
    check: |case| violations(case, "T203", sentence),
};

fn sentence(violation: &Violation<'_, '_>, lang: Lang) -> String {
    let (row, items, change) =
        (violation.row(lang), violation.number("previous_items"), violation.number("change"));
    match lang {
        Lang::Zh => format!("「{row}」一行：上一年 {items} 项，本年增/减 {change}，结果小于零"),
        Lang::En => format!("{row}: {items} items last year and a change of {change} give less than zero"),
    }
}
