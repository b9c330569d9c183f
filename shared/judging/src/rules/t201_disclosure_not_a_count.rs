//! T201: the table of proactive disclosure holds a number that its column cannot hold.
use gongkai_model::Severity;

use crate::{
    not_a_count::impossible_numbers,
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

pub(super) static RULE: Rule = Rule {
    code: "T201",
    name: "disclosure-not-a-count",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words {
        zh: "主动公开表的数不是非负整数", en: "Not a count in the table of proactive disclosure"
    },
    basis: Words {
        zh: "{notice}所附统一格式第二部分：件数、项目数为非负整数，金额不为负",
        en: "Uniform format set by {notice}, part two: counts are whole and not negative, amounts not negative",
    },
    explanation: Words {
        zh: "件数、项目数、处理决定数量应为零或正整数；“本年增/减”可以为负，但应为整数；金额可以有小数，不能为负。多为金额填进了件数格，或小数点、负号误录。",
        en: "Documents, items and decisions are whole numbers of 0 or more; the change of the year may be negative but is whole; amounts may have decimals but are not negative. Usually an amount slipped into a count, or a point or sign was mistyped.",
    },
    examples: &[
        Example {
            title: Words { zh: "处罚决定数带小数", en: "a fraction of a decision" },
            report: "year 2022\ndisclosure penalties: 12.5",
            finds: &["error disclosure/penalties/decisions - 12.5"],
        },
        Example {
            title: Words { zh: "收费金额为负", en: "a negative amount" },
            report: "year 2022\ndisclosure fees: -3.2",
            finds: &["error disclosure/fees/amount_wan_yuan - -3.2"],
        },
        Example {
            title: Words {
                zh: "增减为负、金额带小数", en: "a negative change and a decimal amount"
            },
            report: "year 2020\ndisclosure licensing: 30 -4 12\ndisclosure procurement: 2 44.48",
            finds: &[],
        },
    ],
    check: |case| impossible_numbers(case, "disclosure"),
};
