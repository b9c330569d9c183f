//! S104: a table follows the form of another year.
use gongkai_model::{DoubtKind, Lang, Severity, form_of_year};

use crate::{
    case::Case,
    draft::{Draft, both},
    label::table_label,
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

/// In this year the new form was only encouraged, so the old 统计表 is worth a hint and no more.
const TRANSITION: i16 = 2019;

pub(super) static RULE: Rule = Rule {
    code: "S104",
    name: "form-generation",
    severities: &[Severity::Warning, Severity::Hint],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "表格用了其他年度的格式", en: "A table follows the form of another year" },
    basis: Words {
        zh: "国办公开办函〔2019〕60号（2019、2020年度）；国办公开办函〔2021〕30号（2021年度起）",
        en: "Notice 60 of 2019 (report years 2019 and 2020); notice 30 of 2021 (from report year 2021)",
    },
    explanation: Words {
        zh: "2021年起统一格式更换：主动公开表改为制发、废止、现行有效三栏，申请表“（六）其他处理”分为三行。沿用旧表，数字与其他机关无法汇总。格式由表格自身的行列识别，不看年度。2019年度沿用更早的《政府信息公开情况统计表》为提示。",
        en: "The uniform form changed with report year 2021: the table of proactive disclosure counts documents issued, repealed and in force, and (六) of the table of requests has three rows. Numbers in the old form cannot be added to those of other bodies. The form is recognised from the rows and columns, never from the year. The older statistics table in a report for 2019 gives a hint.",
    },
    examples: &[
        Example {
            title: Words {
                zh: "2023年度的申请表是旧格式", en: "2023 with the old table of requests"
            },
            report: "year 2023\nform requests 2019",
            finds: &["warning requests/-/- - -"],
        },
        Example {
            title: Words { zh: "2019年度附有旧统计表", en: "2019 with the old statistics" },
            report: "year 2019\ndoubt old_statistics 政府信息公开情况统计表",
            finds: &["hint -/-/- - -"],
        },
        Example {
            title: Words { zh: "2020年度用2019格式", en: "2020 in the form of 2019" },
            report: "year 2020",
            finds: &[],
        },
        Example {
            title: Words { zh: "年度不明不判断", en: "nothing to compare with" },
            report: "year unknown\nform requests 2019",
            finds: &[],
        },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    let Some((year, due)) = case.report.year.and_then(|year| Some((year, form_of_year(year)?))) else {
        return Vec::new();
    };
    // The table of proceedings is the same in every form, so its form says nothing.
    let other = case.tables.iter().filter(|t| t.table.form != due.id && due.table(t.key()).is_some());
    let other = other.filter(|t| t.key() != "proceedings").map(|t| {
        let used = t.table.form;
        let message = both(|lang| match lang {
            Lang::Zh => {
                format!("{}用的是{used}年格式，{year}年度应当用{}年格式", table_label(t.form, lang), due.id)
            }
            Lang::En => format!(
                "The {} follows the form of {used}; {year} calls for that of {}",
                table_label(t.form, lang),
                due.id
            ),
        });
        Draft::new(message).at(t.form.key, None, None).evidence(case.quote_first_line(t.table.span))
    });
    other.chain(old_statistics(case, year)).collect()
}

fn old_statistics(case: &Case<'_>, year: i16) -> Option<Draft> {
    let doubt = case.report.doubts.iter().find(|doubt| doubt.kind == DoubtKind::OldStatistics)?;
    let message = both(|lang| match lang {
        Lang::Zh => format!("附有2018年度以前的《政府信息公开情况统计表》，{year}年度已改用新表"),
        Lang::En => format!("The statistics table of years up to 2018 stands in a report for {year}"),
    });
    let severity = if year == TRANSITION { Severity::Hint } else { Severity::Warning };
    let draft = Draft::new(message).severity(severity).evidence(case.quote(doubt.quote.span));
    Some(Draft { table: doubt.table, ..draft })
}
