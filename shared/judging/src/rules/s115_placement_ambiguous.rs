//! S115: values were read and their place is not certain; our reading's doubt, not the publisher's fault.
use gongkai_model::{Cell, CellState, Doubt, DoubtKind, Key, Lang, Origin, Severity};

use crate::{
    case::{Case, TableCase},
    draft::{Draft, both},
    label::row_label,
    rule::{ANNUAL_REPORT, Example, Rule, Words},
};

/// How many rows are quoted.
const SHOWN: usize = 8;

pub(super) static RULE: Rule = Rule {
    code: "S115",
    name: "placement-ambiguous",
    severities: &[Severity::Warning],
    kinds: ANNUAL_REPORT,
    title: Words { zh: "数字的位置不能确定", en: "The place of values is not certain" },
    basis: Words {
        zh: "读取说明：版式丢失单元格时不猜测位置；{notice}所附统一格式要求以表格列出",
        en: "How reading works: places are not guessed where the layout lost cells; the format set by {notice} asks for a table",
    },
    explanation: Words {
        zh: "网页的表格被打散，若干数字可以放进不止一格；或同一张表出现两次而数字不同；或有数字不属于任何一格。涉及的勾稽关系不计算，来源为“读取”。请对照原文；发布单位宜以规范的表格发布。",
        en: "The page lost the grid of the table, so that some values fit several cells; or the same table stands twice with other numbers; or values belong to no cell. Relations with these cells are not evaluated; the origin is `reading`. Compare with the original; the publisher had better use a proper table.",
    },
    examples: &[
        Example {
            title: Words { zh: "一行的数字可以放在两处", en: "a row whose values fit two places" },
            report: "year 2022\nrequests granted: ~2 ~1 - - - - 3",
            finds: &["warning requests/-/- - -"],
        },
        Example {
            title: Words { zh: "同一张表出现两次", en: "the same table twice" },
            report: "year 2022\ndoubt second_table requests 信息公开申请情况",
            finds: &["warning requests/-/- - -"],
        },
        Example { title: Words { zh: "表格完好", en: "a sound table" }, report: "year 2022", finds: &[] },
    ],
    check,
};

fn check(case: &Case<'_>) -> Vec<Draft> {
    let mut keys: Vec<Option<Key>> = case.tables.iter().map(|table| Some(table.form.key)).collect();
    let of_places = |doubt: &&Doubt| matches!(doubt.kind, DoubtKind::StrayValues | DoubtKind::SecondTable);
    for doubt in case.report.doubts.iter().filter(of_places) {
        if !keys.contains(&doubt.table) {
            keys.push(doubt.table);
        }
    }
    keys.into_iter().filter_map(|key| ambiguous(case, key)).collect()
}

/// Everything that is not certain about one table, in one finding.
fn ambiguous(case: &Case<'_>, key: Option<Key>) -> Option<Draft> {
    let table = key.and_then(|key| case.table(key.as_str()));
    let unplaced: Vec<_> = table.into_iter().flat_map(|table| table.cells_in(CellState::Unplaced)).collect();
    let of_kind =
        |kind| case.report.doubts.iter().filter(move |doubt| doubt.kind == kind && doubt.table == key);
    let doubts: Vec<&Doubt> =
        of_kind(DoubtKind::StrayValues).chain(of_kind(DoubtKind::SecondTable)).collect();
    if unplaced.is_empty() && doubts.is_empty() {
        return None;
    }
    let rows = table.map(|table| rows(table, &unplaced)).unwrap_or_default();
    let message = both(|lang| {
        let mut parts = Vec::new();
        if let Some(table) = table.filter(|_| !rows.is_empty()) {
            parts.push(unplaced_sentence(table, &rows, lang));
        }
        for kind in [DoubtKind::StrayValues, DoubtKind::SecondTable] {
            parts.extend(
                doubts.iter().any(|doubt| doubt.kind == kind).then(|| sentence(kind, lang).to_owned()),
            );
        }
        parts.join(if lang == Lang::Zh { "；" } else { "; " })
    });
    let mut cells: Vec<_> = unplaced.iter().map(|cell| cell.span).collect();
    cells.dedup();
    let cells = cells.into_iter().take(SHOWN);
    let evidence =
        cells.chain(doubts.iter().map(|doubt| doubt.quote.span)).filter_map(|span| case.quote(span));
    let draft = Draft::new(message).origin(Origin::Reading).evidence(evidence);
    Some(Draft { table: key, ..draft })
}

/// The rows concerned, each with what is printed in it.
fn rows<'r>(table: &TableCase<'r>, unplaced: &[&'r Cell]) -> Vec<(Key, String)> {
    let keys = table.form.rows().map(|(_, row)| row.key);
    keys.filter_map(|key| {
        let mut printed: Vec<&str> =
            unplaced.iter().filter(|cell| cell.row == key).map(|cell| cell.printed.trim()).collect();
        printed.dedup();
        (!printed.is_empty()).then(|| (key, printed.join(" ").trim().to_owned()))
    })
    .collect()
}

fn unplaced_sentence(table: &TableCase<'_>, rows: &[(Key, String)], lang: Lang) -> String {
    let row = |(key, printed): &(Key, String)| {
        let label = row_label(table.form, key.as_str(), lang);
        match (printed.as_str(), lang) {
            ("", Lang::Zh) => format!("「{label}」"),
            ("", Lang::En) => label,
            (printed, Lang::Zh) => format!("「{label}」{printed}"),
            (printed, Lang::En) => format!("{label}: {printed}"),
        }
    };
    let shown: Vec<String> = rows.iter().take(SHOWN).map(row).collect();
    let more = rows.len() > shown.len();
    match lang {
        Lang::Zh => format!(
            "有 {} 行的数字不能确定属于哪一格：{}{}",
            rows.len(),
            shown.join("；"),
            if more { "等" } else { "" }
        ),
        Lang::En => format!(
            "the values of {} rows fit several cells: {}{}",
            rows.len(),
            shown.join("; "),
            if more { "; …" } else { "" }
        ),
    }
}

fn sentence(kind: DoubtKind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (DoubtKind::SecondTable, Lang::Zh) => "同一张表出现两次且数字不同，按第一张完整的表判断",
        (DoubtKind::SecondTable, Lang::En) => {
            "the same table stands twice with other numbers; the first complete one is judged"
        }
        (_, Lang::Zh) => "有数字不能确定属于哪一格",
        (_, Lang::En) => "there are values that belong to no cell for certain",
    }
}
