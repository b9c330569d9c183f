//! T402: the table of proceedings holds a number that is no count.
use gongkai_model::Severity;

use crate::{
    not_a_count::impossible_numbers,
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

pub(super) static RULE: Rule = Rule {
    code: "T402",
    name: "proceedings-not-a-count",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words {
        zh: "复议诉讼表的数不是非负整数", en: "Not a count in the table of proceedings"
    },
    basis: Words {
        zh: "《政府信息公开条例》第五十条第（三）项；{notice}所附统一格式第四部分：案件以件计",
        en: "Regulation, Art. 50(3); uniform format set by {notice}, part four: cases are counted",
    },
    explanation: Words {
        zh: "复议、诉讼案件数应为零或正整数。负数、小数多为误录，请改正。",
        en: "Cases of reconsideration and litigation are counted in whole numbers of 0 or more. A sign or a fraction is usually mistyped.",
    },
    examples: &[
        Example {
            title: Words { zh: "复议案件带小数", en: "half a case" },
            report: "year 2022\nproceedings review: 0.5 0 0 0 0.5",
            finds: &["error proceedings/review/upheld - 0.5", "error proceedings/review/total - 0.5"],
        },
        Example {
            title: Words { zh: "整数", en: "whole numbers" },
            report: "year 2022\nproceedings review: 2 1 0 0 3",
            finds: &[],
        },
    ],
    check: |case| impossible_numbers(case, "proceedings"),
};
