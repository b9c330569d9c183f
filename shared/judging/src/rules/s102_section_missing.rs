//! S102: one of the six parts that the form lists is absent.
use gongkai_model::{Severity, Text};

use crate::{
    case::Case,
    draft::{Draft, both},
    label::part_label,
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

/// First report year for which the six parts are compulsory; in 2019 the form was only encouraged.
const COMPULSORY: i16 = 2020;

/// First report year of the form with six parts.
const FIRST: i16 = 2019;

pub(super) static RULE: Rule = Rule {
    code: "S102",
    name: "section-missing",
    severities: &[Severity::Error, Severity::Warning],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "缺少六个法定部分之一", en: "One of the six parts is missing" },
    basis: Words {
        zh: "《政府信息公开条例》第五十条；{notice}所附统一格式：年度报告由六个部分组成",
        en: "Regulation, Art. 50; uniform format set by {notice}: a report has six parts",
    },
    explanation: Words {
        zh: "统一格式规定六个部分：总体情况，主动公开，收到和处理申请，复议诉讼，问题及改进，其他事项。没有内容的部分也要保留标题并写明“无”。2020年度起为错误；2019年度统一格式仅为鼓励使用，更早的年度和年度不明的，为警告。",
        en: "The uniform format lists six parts: general situation, proactive disclosure, requests, reconsideration and litigation, problems and improvements, other matters. A part without content keeps its heading and says so. An error from report year 2020; a warning for 2019, when the format was only encouraged, for earlier and for unknown years.",
    },
    examples: &[
        Example {
            title: Words { zh: "2022年度缺第五部分", en: "2022 without part five" },
            report: "year 2022\nwithout part 5",
            finds: &["error -/5/- - -"],
        },
        Example {
            title: Words { zh: "2019年度缺第六部分", en: "2019 without part six" },
            report: "year 2019\nwithout part 6",
            finds: &["warning -/6/- - -"],
        },
        Example {
            title: Words { zh: "年度不明", en: "year unknown" },
            report: "year unknown\nwithout part 1",
            finds: &["warning -/1/- - -"],
        },
        Example {
            title: Words { zh: "文件在中途断开", en: "the document ends abruptly" },
            report: "year 2022\ndoubt cut_short </td\nwithout part 6",
            finds: &["error -/6/- - -"],
        },
        Example {
            title: Words { zh: "六部分齐全", en: "all six parts" }, report: "year 2022", finds: &[]
        },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    (1..=6)
        .filter(|number| case.report.section(*number).is_none())
        .map(|number| missing(case, number))
        .collect()
}

fn missing(case: &Case<'_>, number: u8) -> Draft {
    let year = case.report.year;
    let severity =
        if year.is_some_and(|year| year >= COMPULSORY) { Severity::Error } else { Severity::Warning };
    let row = number.to_string();
    let message = both(|lang| {
        let part = part_label(&row, lang);
        match lang {
            gongkai_model::Lang::Zh => format!("全文没有找到{part}"),
            gongkai_model::Lang::En => format!("The report has no {part}"),
        }
    });
    let draft = Draft { row: Some(row), ..Draft::new(message).severity(severity) };
    let draft = draft.evidence(case.report.title.as_ref().and_then(|title| case.quote(title.span)));
    let draft = draft.perhaps_cut(case.report);
    if year.is_some_and(|year| year < FIRST) { draft.basis(old_basis()) } else { draft }
}

/// Before 2019 no format was fixed; the old Regulation only listed contents.
fn old_basis() -> Text {
    Text::new(
        "原《政府信息公开条例》（国务院令第492号）第三十二条列举的内容；当时没有统一格式，仅供参考",
        "Former Regulation (Decree 492), Art. 32; no uniform format existed then, for orientation only",
    )
}
