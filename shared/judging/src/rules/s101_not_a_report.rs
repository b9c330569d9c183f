//! S101: the document is no annual report, so nothing else about it is judged.
use gongkai_model::{DocumentKind, Severity, Text};

use crate::{
    case::Case,
    draft::Draft,
    rule::{Example, Rule, Words},
};

pub(super) static RULE: Rule = Rule {
    code: "S101",
    name: "not-a-report",
    severities: &[Severity::Error],
    kinds: &[DocumentKind::NotAReport],
    title: Words { zh: "不是政府信息公开工作年度报告", en: "Not an annual report" },
    basis: Words {
        zh: "《政府信息公开条例》第四十九条、第五十条：应当公布的是本机关上一年度的政府信息公开工作年度报告",
        en: "Regulation on disclosure of government information, Art. 49 and 50: what must be published is the annual report itself",
    },
    explanation: Words {
        zh: "文件是关于年报的新闻、编写通知、解读、列表页，或是另一种报告。年报栏目里放错文件时，公众实际看不到年报。请核对链接；若确是年报而被误判，请反馈该页面。",
        en: "The document is news about a report, a notice on writing one, an interpretation, a list page or a report of another kind. With the wrong file in the column, the public has no report. Check the link; if the document is a report after all, please report the page.",
    },
    examples: &[
        Example {
            title: Words { zh: "编写年报的通知", en: "a notice on writing reports" },
            report: "kind not_a_report 这是编写年报的通知，不是年报",
            finds: &["error -/-/- - -"],
        },
        Example { title: Words { zh: "年报", en: "a report" }, report: "year 2022", finds: &[] },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    let error = case.report.error.as_ref();
    let zh = error.map_or("文件不是政府信息公开工作年度报告", |error| error.message.as_str());
    let en = error.map_or("not_a_report", |error| error.code.as_str());
    let message = Text::new(
        zh,
        format!("This document is not an annual report on government-information disclosure ({en})"),
    );
    let title = case.report.title.as_ref().and_then(|title| case.quote(title.span));
    vec![Draft::new(message).evidence(title)]
}
