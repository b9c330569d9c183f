//! T301: the total of a row of the table of requests is not the sum of its six kinds of applicants.
use gongkai_model::{Lang, Severity};

use crate::{
    rule::{ANNUAL_REPORT, Example, Rule, Words},
    violation::{Violation, violations},
};

pub(super) static RULE: Rule = Rule {
    code: "T301",
    name: "row-total",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words {
        zh: "一行的总计不等于六类申请人之和",
        en: "A row's total is not the sum of its applicants",
    },
    basis: Words {
        zh: "《政府信息公开条例》第五十条第（二）项；{notice}所附统一格式第三部分：“总计”为自然人与五类法人或其他组织之和",
        en: "Regulation, Art. 50(2); uniform format set by {notice}, part three: the total adds natural persons and five kinds of organisations",
    },
    explanation: Words {
        zh: "每一行的“总计”应等于自然人、商业企业、科研机构、社会公益组织、法律服务机构、其他六列之和。空白不当作零，任何非负整数都填不平才报错。常见原因：总计漏改，某类申请人漏填，数字错列。请对照台账改正，改总计时一并核对本列的其他行。",
        en: "The total of each row is the sum of natural persons, commercial enterprises, research institutions, public-welfare organisations, legal-service organisations and others. A blank is not 0: it is an error only if no numbers in the blanks can make it add up. Usually the total was not updated, a kind of applicant was left out, or a number stands one column off. Compare with the register, and check the column when you change a total.",
    },
    examples: &[
        Example {
            title: Words {
                zh: "六类合计 15，总计印为 0",
                en: "the applicants add up to 15, the total says 0",
            },
            report: "year 2022\nrequests granted: 12 3 0 0 0 0 0",
            finds: &["error requests/granted/total 15 0"],
        },
        Example {
            title: Words { zh: "有空白，仍填不平", en: "no number in the blanks can help" },
            report: "year 2022\nrequests granted: 5 - - - - - 4",
            finds: &["error requests/granted/total - 4"],
        },
        Example {
            title: Words { zh: "空白可以填平", en: "the blank may be 2" },
            report: "year 2022\nrequests granted: 5 - 0 0 0 0 7",
            finds: &[],
        },
        Example {
            title: Words { zh: "总计留空", en: "the total is blank" },
            report: "year 2022\nrequests granted: 5 1 0 0 0 0 -",
            finds: &[],
        },
    ],
    check: |case| violations(case, "T301", sentence),
};

fn sentence(violation: &Violation<'_, '_>, lang: Lang) -> String {
    let (row, sum, total) = (violation.row(lang), violation.implied(lang), violation.printed(lang));
    match lang {
        Lang::Zh => format!("「{row}」一行：六类申请人之和{sum}，总计印{total}"),
        Lang::En => format!("{row}: the sum of the six kinds of applicants {sum}, the printed total {total}"),
    }
}
