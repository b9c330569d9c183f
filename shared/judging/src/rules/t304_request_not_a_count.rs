//! T304: the table of requests holds a number that is no count.
use gongkai_model::Severity;

use crate::{
    not_a_count::impossible_numbers,
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

pub(super) static RULE: Rule = Rule {
    code: "T304",
    name: "request-not-a-count",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "申请表的数不是非负整数", en: "Not a count in the table of requests" },
    basis: Words {
        zh: "《政府信息公开条例》第五十条第（二）项；{notice}所附统一格式第三部分：申请以件计",
        en: "Regulation, Art. 50(2); uniform format set by {notice}, part three: requests are counted",
    },
    explanation: Words {
        zh: "申请件数应为零或正整数。负数、小数多为公式残留或误录，请改正。",
        en: "Requests are counted in whole numbers of 0 or more. A sign or a fraction is usually left by a formula or mistyped.",
    },
    examples: &[
        Example {
            title: Words { zh: "结转为负", en: "a negative number carried forward" },
            report: "year 2022\nrequests carried_forward: -1 0 0 0 0 0 -1\nrequests granted: 1 0 0 0 0 0 1\nrequests results_total: 1 0 0 0 0 0 1",
            finds: &[
                "error requests/carried_forward/natural_person - -1",
                "error requests/carried_forward/total - -1",
            ],
        },
        Example {
            title: Words { zh: "空白不是负数", en: "a blank is no negative number" },
            report: "year 2022\nrequests carried_forward: - 0 0 0 0 0 0",
            finds: &[],
        },
    ],
    check: |case| impossible_numbers(case, "requests"),
};
