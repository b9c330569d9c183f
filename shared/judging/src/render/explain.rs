//! The registry for readers: a list of all rules, and one rule with its basis and worked examples.
use gongkai_model::{Key, Lang};
use serde_json::json;

use super::{
    Style,
    paint::{Paint, pad, width},
    severity_word,
};
use crate::{
    judge::{JudgeContext, general_basis, judge},
    label::{place, row_label, short, table_label},
    registry::rules,
    rule::{Example, Rule, Words},
    sample::{Sample, SampleCell},
};

/// Every rule on a line: code, severities, name, title.
pub fn rules_table(style: Style) -> String {
    let severities: Vec<_> = rules().iter().map(|rule| severities(rule, style.lang)).collect();
    let names = rules().iter().map(|rule| width(rule.name)).max().unwrap_or_default();
    let grave = severities.iter().map(|words| width(words)).max().unwrap_or_default();
    let line = |(rule, severities): (&&Rule, &String)| {
        let severities = Paint::of_severity(rule.severity()).on(&pad(severities, grave), style.colour);
        let code = Paint::Bold.on(rule.code, style.colour);
        format!("{code}  {severities}  {}  {}\n", pad(rule.name, names), rule.title.get(style.lang))
    };
    rules().iter().zip(&severities).map(line).collect()
}

/// Every rule as JSON, both languages.
pub fn rules_json() -> serde_json::Value {
    let words = |words: Words| json!({ "zh": words.zh, "en": words.en });
    let rule = |rule: &&Rule| {
        json!({
            "code": rule.code,
            "rule": rule.name,
            "severities": rule.severities.iter().map(|severity| severity.as_str()).collect::<Vec<_>>(),
            "title": words(rule.title),
            "basis": { "zh": basis(rule, Lang::Zh), "en": basis(rule, Lang::En) },
            "explanation": words(rule.explanation),
        })
    };
    rules().iter().map(rule).collect()
}

/// One rule with its explanation, basis and examples.
pub fn explain(rule: &Rule, style: Style) -> String {
    let lang = style.lang;
    let dim = |zh, en| Paint::Dim.on(if lang == Lang::Zh { zh } else { en }, style.colour);
    let code = Paint::of_severity(rule.severity()).on(rule.code, style.colour);
    let mut out = format!("{code} {}  {}\n", rule.name, Paint::Bold.on(rule.title.get(lang), style.colour));
    out += &format!("{}{}\n\n", dim("级别：", "severity: "), severities(rule, lang));
    out += &format!("{}\n\n", rule.explanation.get(lang));
    out += &format!("{}{}\n", dim("依据：", "basis: "), basis(rule, lang));
    for (index, shown) in rule.examples.iter().enumerate() {
        let number = index + 1;
        let head = match lang {
            Lang::Zh => format!("例{number}：{}", shown.title.zh),
            Lang::En => format!("Example {number}: {}", shown.title.en),
        };
        out += &format!("\n{}\n{}", Paint::Bold.on(&head, style.colour), example(rule, shown, style));
    }
    out
}

fn severities(rule: &Rule, lang: Lang) -> String {
    let words: Vec<_> = rule.severities.iter().map(|severity| severity_word(*severity, lang)).collect();
    words.join("/")
}

fn basis(rule: &Rule, lang: Lang) -> String {
    general_basis(rule).get(lang).to_owned()
}

/// The report of an example as a small table, and what the rule says about it.
fn example(rule: &Rule, example: &Example, style: Style) -> String {
    let Ok(sample) = Sample::parse(example.report) else {
        return format!("{}\n", example.report);
    };
    let mut lines: Vec<String> =
        sample.told().notes.iter().map(|note| note.get(style.lang).to_owned()).collect();
    lines.extend(shown_rows(&sample, style.lang));
    let report = sample.build();
    let judgement = judge(&report, &JudgeContext::new(rule.code));
    let own: Vec<_> = judgement.findings.iter().filter(|finding| finding.code == rule.code).collect();
    for finding in &own {
        let severity = Paint::of_severity(finding.severity)
            .on(severity_word(finding.severity, style.lang), style.colour);
        let at = place(&report, finding, style.lang);
        let at = if at.is_empty() { at } else { format!("{at}  ") };
        lines.push(format!("→ {severity} {at}{}", finding.message.get(style.lang)));
    }
    if own.is_empty() {
        lines.push(if style.lang == Lang::Zh { "→ 不报" } else { "→ no finding" }.to_owned());
    }
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

/// The rows that the example names, each block under its column heads.
fn shown_rows(sample: &Sample, lang: Lang) -> Vec<String> {
    let mut named: Vec<(Key, Key)> = sample.told().rows.clone();
    named.dedup();
    let mut lines = Vec::new();
    let mut tables: Vec<Key> = named.iter().map(|(table, _)| *table).collect();
    tables.dedup();
    for table in tables.iter().filter_map(|key| sample.table(key.as_str())) {
        lines.push(table_label(table.form, lang));
        for block in &table.form.blocks {
            let is_named = |row: Key| named.contains(&(table.form.key, row));
            let rows: Vec<_> = block.rows.iter().filter(|row| is_named(row.key)).collect();
            if rows.is_empty() {
                continue;
            }
            let heads = block.columns.iter().map(|column| short(&column.label, lang).to_owned());
            let mut grid = vec![std::iter::once(String::new()).chain(heads).collect::<Vec<_>>()];
            grid.extend(rows.iter().map(|row| {
                let cells = block.columns.iter().map(|column| shown(table.cell(row.key, column.key), lang));
                std::iter::once(row_label(table.form, row.key.as_str(), lang)).chain(cells).collect()
            }));
            lines.extend(aligned(&grid));
        }
    }
    if !named.is_empty() {
        lines.push(
            if lang == Lang::Zh { "（其余单元格均为 0）" } else { "(every other number is 0)" }.to_owned(),
        );
    }
    lines
}

fn shown(cell: Option<SampleCell>, lang: Lang) -> String {
    use crate::draft::decimal;
    match (cell, lang) {
        (Some(SampleCell::Printed(value)), _) => decimal(value),
        (Some(SampleCell::Blank(raw)), _) if !raw.is_empty() => raw,
        (Some(SampleCell::Blank(_)), Lang::Zh) => "（空）".to_owned(),
        (Some(SampleCell::Blank(_)), Lang::En) => "(empty)".to_owned(),
        (Some(SampleCell::Unreadable(words)), _) => words,
        (Some(SampleCell::Inferred(value)), Lang::Zh) => format!("{}（推定）", decimal(value)),
        (Some(SampleCell::Inferred(value)), Lang::En) => format!("{} (inferred)", decimal(value)),
        (Some(SampleCell::Unplaced(value)), Lang::Zh) => format!("{}（位置不定）", decimal(value)),
        (Some(SampleCell::Unplaced(value)), Lang::En) => format!("{} (unplaced)", decimal(value)),
        (None, Lang::Zh) => "（缺）".to_owned(),
        (None, Lang::En) => "(absent)".to_owned(),
    }
}

fn aligned(grid: &[Vec<String>]) -> Vec<String> {
    let columns = grid.iter().map(Vec::len).max().unwrap_or_default();
    let widest = |column: usize| grid.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max();
    let widths: Vec<_> = (0..columns).map(|column| widest(column).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    grid.iter().map(line).collect()
}
