//! T202: more was newly disclosed than is disclosed in total (form 2019).
use gongkai_model::{Lang, Severity};

use crate::{
    rule::{ANNUAL_REPORT, Example, Rule, Words},
    violation::{Violation, violations},
};

pub(super) static RULE: Rule = Rule {
    code: "T202",
    name: "disclosed-exceeds-total",
    severities: &[Severity::Warning],
    kinds: ANNUAL_REPORT,
    title: Words {
        zh: "本年新公开数量大于对外公开总数量",
        en: "More newly disclosed than disclosed in total",
    },
    basis: Words {
        zh: "{notice}所附统一格式第二部分，按栏目含义：对外公开总数量包括本年新公开的数量",
        en: "Uniform format set by {notice}, part two, by the meaning of its columns: the total includes what is new",
    },
    explanation: Words {
        zh: "对外公开总数量是累计数，应不小于本年新公开数量。常见原因是两栏填反，或总数只填了历年数。",
        en: "The total counts everything that stands disclosed, so it is at least what was newly disclosed. Usually the two columns were swapped, or the total leaves out this year.",
    },
    examples: &[
        Example {
            title: Words { zh: "新公开 20 件而总数 8 件", en: "20 new, 8 in total" },
            report: "year 2020\ndisclosure normative_documents: 20 20 8",
            finds: &["warning disclosure/normative_documents/newly_disclosed 8 20"],
        },
        Example {
            title: Words { zh: "总数留空", en: "the total is blank" },
            report: "year 2020\ndisclosure normative_documents: 20 20 -",
            finds: &[],
        },
        Example {
            title: Words { zh: "总数较大", en: "a larger total" },
            report: "year 2020\ndisclosure normative_documents: 20 20 88",
            finds: &[],
        },
    ],
    check: |case| violations(case, "T202", sentence),
};

fn sentence(violation: &Violation<'_, '_>, lang: Lang) -> String {
    let (row, new, total) =
        (violation.row(lang), violation.number("newly_disclosed"), violation.number("total_disclosed"));
    match lang {
        Lang::Zh => format!("「{row}」一行：本年新公开数量 {new} 大于对外公开总数量 {total}"),
        Lang::En => format!("{row}: {new} newly disclosed exceed the total of {total}"),
    }
}
