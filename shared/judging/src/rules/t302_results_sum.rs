//! T302: （七）总计 of a column of the table of requests is not the sum of the results above it.
use gongkai_model::{Lang, Severity};

use crate::{
    rule::{ANNUAL_REPORT, Example, Rule, Words},
    violation::{Violation, violations},
};

pub(super) static RULE: Rule = Rule {
    code: "T302",
    name: "results-sum",
    severities: &[Severity::Error],
    kinds: ANNUAL_REPORT,
    title: Words {
        zh: "（七）总计不等于各项办理结果之和", en: "（七） is not the sum of the results"
    },
    basis: Words {
        zh: "《政府信息公开条例》第五十条第（二）项；{notice}所附统一格式第三部分：“（七）总计”为（一）至（六）各项之和",
        en: "Regulation, Art. 50(2); uniform format set by {notice}, part three: （七） adds the results （一） to （六）",
    },
    explanation: Words {
        zh: "每一列“（七）总计”应等于（一）予以公开、（二）部分公开、（三）不予公开各项、（四）无法提供各项、（五）不予处理各项、（六）其他处理之和。空白不当作零。常见原因：某项结果漏填或错列，或（七）沿用旧数。",
        en: "In each column （七） is the sum of the results: disclosed in full, in part, each kind of not disclosed, cannot be provided and not processed, and other handling. A blank is not 0. Usually a result was left out or stands in another column, or （七） was not updated.",
    },
    examples: &[
        Example {
            title: Words {
                zh: "结果合计 6，（七）印为 7", en: "the results add up to 6, （七） says 7"
            },
            report: "year 2022\nrequests new_received: 7 0 0 0 0 0 7\nrequests granted: 4 0 0 0 0 0 4\nrequests denied.state_secret: 2 0 0 0 0 0 2\nrequests results_total: 7 0 0 0 0 0 7",
            finds: &[
                "error requests/results_total/natural_person 6 7",
                "error requests/results_total/total 6 7",
            ],
        },
        Example {
            title: Words { zh: "一项结果留空", en: "a blank result may fill the gap" },
            report: "year 2022\nrequests granted: 4 0 0 0 0 0 4\nrequests denied.state_secret: - 0 0 0 0 0 -\nrequests results_total: 7 0 0 0 0 0 7",
            finds: &[],
        },
        Example {
            title: Words {
                zh: "2019 格式的（六）是一行", en: "the form of 2019 has one row （六）"
            },
            report: "year 2020\nrequests other_handling: 3 0 0 0 0 0 3\nrequests results_total: 3 0 0 0 0 0 3",
            finds: &[],
        },
        Example {
            title: Words { zh: "缺一行时不计算", en: "not evaluated with a row absent" },
            report: "year 2022\nlacks requests row partially_granted\nrequests results_total: 3 0 0 0 0 0 3",
            finds: &[],
        },
    ],
    check: |case| violations(case, "T302", sentence),
};

fn sentence(violation: &Violation<'_, '_>, lang: Lang) -> String {
    let (column, sum, total) = (violation.column(lang), violation.implied(lang), violation.printed(lang));
    match lang {
        Lang::Zh => format!("「{column}」一列：（一）至（六）各项之和{sum}，（七）总计印{total}"),
        Lang::En => format!("{column}: the sum of the results {sum}, the printed （七） {total}"),
    }
}
