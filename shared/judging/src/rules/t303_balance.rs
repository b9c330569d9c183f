//! T303: in a column of the table of requests, what came in is not what was finished and carried forward.
use gongkai_model::{Lang, Severity};

use crate::{
    rule::{ANNUAL_REPORT, Example, Rule, Words},
    violation::{Violation, violations},
};

pub(super) static RULE: Rule = Rule {
    code: "T303",
    name: "balance",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words {
        zh: "一加二不等于（七）加四", en: "New and carried-over requests do not balance"
    },
    basis: Words {
        zh: "《政府信息公开条例》第五十条第（二）项；{notice}所附统一格式第三部分表头：第一项加第二项之和，等于第三项加第四项之和",
        en: "Regulation, Art. 50(2); uniform format set by {notice}, head of the table of part three: items one and two equal items three and four",
    },
    explanation: Words {
        zh: "每一列：本年新收加上年结转，应等于（七）总计加结转下年度。空白不当作零。常见原因：上年结转漏填，结转下年度未更新，新收把结转的也算了进去。",
        en: "In each column, new requests and those carried over equal the results （七） and those carried forward. A blank is not 0. Usually the requests carried over were left out, those carried forward not updated, or the new ones include the old.",
    },
    examples: &[
        Example {
            title: Words { zh: "收 8 件，办结和结转共 7 件", en: "8 came in, 7 are accounted for" },
            report: "year 2022\nrequests new_received: 6 0 0 0 0 0 6\nrequests carried_over: 2 0 0 0 0 0 2\nrequests granted: 7 0 0 0 0 0 7\nrequests results_total: 7 0 0 0 0 0 7",
            finds: &["error requests/-/natural_person 8 7", "error requests/-/total 8 7"],
        },
        Example {
            title: Words {
                zh: "结转下年度留空，可以是 1", en: "carried forward is blank and may be 1"
            },
            report: "year 2022\nrequests new_received: 8 0 0 0 0 0 8\nrequests granted: 7 0 0 0 0 0 7\nrequests results_total: 7 0 0 0 0 0 7\nrequests carried_forward: - 0 0 0 0 0 -",
            finds: &[],
        },
        Example {
            title: Words { zh: "结转留空也填不平", en: "no blank can help" },
            report: "year 2022\nrequests new_received: 3 0 0 0 0 0 3\nrequests granted: 7 0 0 0 0 0 7\nrequests results_total: 7 0 0 0 0 0 7\nrequests carried_forward: - 0 0 0 0 0 0",
            finds: &["error requests/-/natural_person 3 -", "error requests/-/total 3 7"],
        },
    ],
    check: |case| violations(case, "T303", sentence),
};

fn sentence(violation: &Violation<'_, '_>, lang: Lang) -> String {
    let (column, came, left) = (violation.column(lang), violation.implied(lang), violation.printed(lang));
    match lang {
        Lang::Zh => format!("「{column}」一列：一加二{came}，（七）加四{left}"),
        Lang::En => format!("{column}: 一 + 二 {came}, （七） + 四 {left}"),
    }
}
