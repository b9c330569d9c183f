//! T401: the total of a block of the table of proceedings is not the sum of its outcomes.
use gongkai_model::{Lang, Severity};

use crate::{
    rule::{ANNUAL_REPORT, Example, Rule, Words},
    violation::{Violation, violations},
};

pub(super) static RULE: Rule = Rule {
    code: "T401",
    name: "proceedings-total",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words {
        zh: "复议诉讼总计不等于各项结果之和",
        en: "Total of proceedings is not the sum of outcomes",
    },
    basis: Words {
        zh: "《政府信息公开条例》第五十条第（三）项；{notice}所附统一格式第四部分：“总计”为维持、纠正、其他、尚未审结之和",
        en: "Regulation, Art. 50(3); uniform format set by {notice}, part four: the total adds upheld, overturned, other and not concluded",
    },
    explanation: Words {
        zh: "行政复议、未经复议直接起诉、复议后起诉三组，各组总计应等于结果维持、结果纠正、其他结果、尚未审结之和。空白不当作零。常见原因：尚未审结漏填，或总计把两类诉讼合在一起。",
        en: "For reconsideration, direct litigation and litigation after reconsideration, the total is the sum of upheld, overturned, other and not concluded. A blank is not 0. Usually pending cases were left out, or one total covers both kinds of litigation.",
    },
    examples: &[
        Example {
            title: Words {
                zh: "四项之和 4，总计印为 3", en: "the outcomes add up to 4, the total says 3"
            },
            report: "year 2022\nproceedings review: 2 1 0 1 3",
            finds: &["error proceedings/review/total 4 3"],
        },
        Example {
            title: Words { zh: "尚未审结留空", en: "pending cases are blank" },
            report: "year 2022\nproceedings litigation_direct: 2 0 0 - 3",
            finds: &[],
        },
        Example {
            title: Words { zh: "相符", en: "it adds up" },
            report: "year 2022\nproceedings review: 2 1 0 1 4",
            finds: &[],
        },
    ],
    check: |case| violations(case, "T401", sentence),
};

fn sentence(violation: &Violation<'_, '_>, lang: Lang) -> String {
    let (row, sum, total) = (violation.row(lang), violation.implied(lang), violation.printed(lang));
    match lang {
        Lang::Zh => format!("「{row}」：维持、纠正、其他、尚未审结之和{sum}，总计印{total}"),
        Lang::En => format!("{row}: the sum of the four outcomes {sum}, the printed total {total}"),
    }
}
