//! T208: fewer documents in force than this year's issue less repeal leaves at least (form 2021).
use gongkai_model::{Lang, Severity};

use crate::{
    rule::{ANNUAL_REPORT, Example, Rule, Words},
    violation::{Violation, violations},
};

pub(super) static RULE: Rule = Rule {
    code: "T208",
    name: "in-force-below-net-issue",
    severities: &[Severity::Warning],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "现行有效件数少于制发减废止", en: "In force below issued less repealed" },
    basis: Words {
        zh: "{notice}所附统一格式第二部分，按栏目含义：现行有效件数不少于本年制发件数减本年废止件数",
        en: "Uniform format set by {notice}, part two, by the meaning of its columns: in force ≥ issued - repealed",
    },
    explanation: Words {
        zh: "本年制发而未废止的文件年底仍应有效，所以现行有效件数至少是制发减废止。例外是年内制发又自然失效。常见原因是现行有效只填了历年数，或漏填。",
        en: "What was issued this year and not repealed is in force at its end, so the number in force is at least the difference; documents that lapsed within the year are the exception. Usually the number in force leaves out this year.",
    },
    examples: &[
        Example {
            title: Words {
                zh: "制发 9 件、废止 2 件，有效 5 件", en: "9 issued, 2 repealed, 5 in force"
            },
            report: "year 2022\ndisclosure normative_documents: 9 2 5",
            finds: &["warning disclosure/normative_documents/in_force 7 5"],
        },
        Example {
            title: Words { zh: "废止留空", en: "repealed is blank" },
            report: "year 2022\ndisclosure normative_documents: 9 - 5",
            finds: &[],
        },
        Example {
            title: Words { zh: "废止往年文件", en: "older documents repealed" },
            report: "year 2022\ndisclosure normative_documents: 1 6 20",
            finds: &[],
        },
    ],
    check: |case| violations(case, "T208", sentence),
};

fn sentence(violation: &Violation<'_, '_>, lang: Lang) -> String {
    let row = violation.row(lang);
    let (made, repealed, in_force) =
        (violation.number("made"), violation.number("repealed"), violation.number("in_force"));
    match lang {
        Lang::Zh => {
            format!("「{row}」一行：本年制发 {made} 件、废止 {repealed} 件，现行有效却只有 {in_force} 件")
        }
        Lang::En => format!("{row}: {made} issued and {repealed} repealed, but only {in_force} in force"),
    }
}
