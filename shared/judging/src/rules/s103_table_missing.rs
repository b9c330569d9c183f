//! S103: a statutory table is absent; where it stands in an attachment that was not read, that is our gap, not the publisher's.
use gongkai_model::{
    DocumentKind, Evidence, Lang, Origin, Severity, TableForm, TableHint, TableHintKind, form_of_year,
};

use crate::{
    case::Case,
    draft::{Draft, both},
    label::table_label,
    rule::{Example, Rule, Words},
};

/// First report year for which the tables are compulsory.
const COMPULSORY: i16 = 2020;

/// Words of an attachment's name that let the tables be in it.
const TABLE_WORDS: [&str; 9] = ["表", "统计", "附件", "年报", "年度报告", ".xls", ".doc", ".pdf", ".wps"];

pub(super) static RULE: Rule = Rule {
    code: "S103",
    name: "table-missing",
    severities: &[Severity::Error, Severity::Warning],
    kinds: &[DocumentKind::AnnualReport, DocumentKind::AttachmentOnly],
    title: Words { zh: "缺少法定统计表", en: "A statutory table is missing" },
    basis: Words {
        zh: "《政府信息公开条例》第五十条第（一）至（三）项；{notice}所附统一格式第二、三、四部分的表格",
        en: "Regulation, Art. 50(1)-(3); tables of parts two, three and four of the uniform format set by {notice}",
    },
    explanation: Words {
        zh: "第二、三、四部分各有一张表，全部为零也要列出，文字不能代替表格。2020年度起为错误；2019年度统一格式仅为鼓励使用、年度不明的，为警告；更早的年度没有这些表，不判断。表格在未读取的附件或图片里时，不论年度均为警告，来源是“读取”：请打开附件核对，正文最好也列出表格。",
        en: "Parts two, three and four each contain a table, even when all numbers are zero; text does not replace it. An error from report year 2020; a warning for 2019, when the format was only encouraged, and for unknown years; earlier years had no such tables and are not judged. Tables in an attachment or image that was not read give a warning of origin `reading`, whatever the year: open the attachment, and better print the tables in the page.",
    },
    examples: &[
        Example {
            title: Words { zh: "2022年度没有申请表", en: "2022 without the table of requests" },
            report: "year 2022\nwithout requests",
            finds: &["error requests/-/- - -"],
        },
        Example {
            title: Words { zh: "2019年度只有文字", en: "2019, text only" },
            report: "year 2019\nwithout disclosure\nwithout requests\nwithout proceedings",
            finds: &["warning disclosure/-/- - -", "warning requests/-/- - -", "warning proceedings/-/- - -"],
        },
        Example {
            title: Words { zh: "表格在附件里", en: "the table is in an attachment" },
            report: "year 2022\nwithout proceedings\nattachment 附件：示例县2022年度政府信息公开情况统计表.xls",
            finds: &["warning proceedings/-/- - -"],
        },
        Example {
            title: Words { zh: "2015年度尚无此表", en: "2015, before these tables" },
            report: "year 2015\nwithout requests",
            finds: &[],
        },
        Example {
            title: Words { zh: "三张表齐全", en: "all three tables" },
            report: "year 2022",
            finds: &[],
        },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    let before_forms = case.report.year.is_some_and(|year| form_of_year(year).is_none());
    let due =
        case.due_form().filter(|_| !before_forms).map(|form| form.tables.as_slice()).unwrap_or_default();
    let absent = due.iter().filter(|table| case.table(table.key.as_str()).is_none());
    absent.map(|table| missing(case, table)).collect()
}

fn missing(case: &Case<'_>, table: &'static TableForm) -> Draft {
    let hint = case.report.hints.iter().find(|hint| may_hold_tables(case, hint));
    let severity = match hint {
        None if case.report.year.is_some_and(|year| year >= COMPULSORY) => Severity::Error,
        _ => Severity::Warning,
    };
    let message = both(|lang| sentence(table, hint, case.report.kind, lang));
    let elsewhere = hint.is_some() || case.report.kind == DocumentKind::AttachmentOnly;
    Draft::new(message)
        .at(table.key, None, None)
        .severity(if elsewhere { Severity::Warning } else { severity })
        .origin(if elsewhere { Origin::Reading } else { Origin::Publication })
        .evidence(evidence(case, table, hint))
        .perhaps_cut(case.report)
}

/// An attachment's name must let tables be in it, unless the page holds nothing but attachments.
fn may_hold_tables(case: &Case<'_>, hint: &TableHint) -> bool {
    let named = || TABLE_WORDS.iter().any(|word| hint.quote.text.contains(word));
    hint.kind == TableHintKind::Image || case.report.kind == DocumentKind::AttachmentOnly || named()
}

fn sentence(table: &TableForm, hint: Option<&TableHint>, kind: DocumentKind, lang: Lang) -> String {
    let label = table_label(table, lang);
    match (hint.map(|hint| (hint.kind, hint.quote.text.as_str())), lang) {
        (Some((TableHintKind::Attachment, name)), Lang::Zh) => {
            format!("正文没有{label}，可能在未读取的附件“{name}”中")
        }
        (Some((TableHintKind::Attachment, name)), Lang::En) => {
            format!("The text has no {label}; it may be in the attachment \"{name}\", which was not read")
        }
        (Some((TableHintKind::Image, _)), Lang::Zh) => format!("正文没有{label}，该处是图片，图片未读取"),
        (Some((TableHintKind::Image, _)), Lang::En) => {
            format!("The text has no {label}; an image stands in its place, which was not read")
        }
        (None, Lang::Zh) if kind == DocumentKind::AttachmentOnly => format!("{label}在未读取的附件中"),
        (None, Lang::En) if kind == DocumentKind::AttachmentOnly => {
            format!("The {label} is in an attachment that was not read")
        }
        (None, Lang::Zh) => format!("正文没有{label}，文字叙述不能代替"),
        (None, Lang::En) => format!("The report has no {label}; text does not replace it"),
    }
}

/// The hint's words, else the heading under which the table should stand, else the title.
fn evidence(case: &Case<'_>, table: &TableForm, hint: Option<&TableHint>) -> Option<Evidence> {
    let heading = || case.report.section(table.section)?.heading.as_ref().map(|heading| heading.span);
    let title = || case.report.title.as_ref().map(|title| title.span);
    let span = hint.map(|hint| hint.quote.span).or_else(heading).or_else(title)?;
    case.quote(span)
}
