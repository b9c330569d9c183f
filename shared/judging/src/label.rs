//! Names of tables, rows and columns as the forms print them, for messages and for readers.
use gongkai_model::{Finding, Form, Label, Lang, Report, Row, TableForm, form, form_of_year, forms};

/// Labels longer than this are shown by their short variant, if the form knows one.
const LONG: usize = 12;

/// The label in a language; a long Chinese one as the shortest variant that begins it.
pub(crate) fn short(label: &Label, lang: Lang) -> &'static str {
    match lang {
        Lang::En => label.en,
        Lang::Zh if label.zh.chars().count() <= LONG => label.zh,
        Lang::Zh => {
            let begins = label.aliases.iter().copied().filter(|alias| label.zh.starts_with(alias));
            begins.min_by_key(|alias| alias.len()).unwrap_or(label.zh)
        }
    }
}

/// A row's label, under its heading where the label alone would not tell (`（三）不予公开 1.属于国家秘密`).
pub(crate) fn row_label(table: &TableForm, row: &str, lang: Lang) -> String {
    let Some((_, row)) = table.row(row) else { return row.to_owned() };
    let own = short(&row.label, lang);
    match heading(table, row) {
        Some(group) if lang == Lang::Zh => format!("{} {own}", group.zh),
        Some(group) => format!("{}: {own}", group.en),
        None => own.to_owned(),
    }
}

/// Rows numbered （一）, （二） … speak for themselves; the others need the heading they stand under.
fn heading<'f>(table: &'f TableForm, row: &Row) -> Option<&'f Label> {
    let group = row.group.filter(|_| !row.label.zh.starts_with('（'))?;
    table.groups.iter().find(|known| known.key == group).map(|known| &known.label)
}

/// A column's label; of a given row where columns differ from block to block.
pub(crate) fn column_label(table: &TableForm, row: Option<&str>, column: &str, lang: Lang) -> String {
    let of_row = row.and_then(|row| table.column(row, column));
    let anywhere = || table.blocks.iter().flat_map(|block| &block.columns).find(|known| known.key == *column);
    of_row.or_else(anywhere).map_or_else(|| column.to_owned(), |known| short(&known.label, lang).to_owned())
}

/// A table's label, `《收到和处理政府信息公开申请情况》` in Chinese.
pub(crate) fn table_label(table: &TableForm, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("《{}》表", table.label.zh),
        Lang::En => format!("table \"{}\"", table.label.en),
    }
}

/// Where a finding points, in printed labels: `收到和处理政府信息公开申请情况 · （一）予以公开 · 总计`. Empty for the whole document.
pub fn place(report: &Report, finding: &Finding, lang: Lang) -> String {
    let Some(key) = finding.table.as_deref() else {
        return finding.row.as_deref().map(|part| part_label(part, lang)).unwrap_or_default();
    };
    let Some(table) = table_form(report, key) else { return key.to_owned() };
    let label = if lang == Lang::Zh { table.label.zh } else { table.label.en };
    let mut words = vec![label.to_owned()];
    words.extend(finding.row.as_deref().map(|row| row_label(table, row, lang)));
    let column = finding.column.as_deref();
    words.extend(column.map(|column| column_label(table, finding.row.as_deref(), column, lang)));
    words.join(" · ")
}

/// The form of a table: its own, else the one of the year, else the newest.
pub(crate) fn table_form(report: &Report, key: &str) -> Option<&'static TableForm> {
    let own = report.table(key).and_then(|table| form(table.form.as_str()));
    let newest = || forms().all().last();
    own.or_else(|| report.year.and_then(form_of_year))
        .or_else(newest)
        .and_then(|form: &'static Form| form.table(key))
}

/// The names of the six statutory parts.
const PARTS: [(&str, &str); 6] = [
    ("总体情况", "General situation"),
    ("主动公开政府信息情况", "Proactive disclosure"),
    ("收到和处理政府信息公开申请情况", "Requests received and handled"),
    ("政府信息公开行政复议、行政诉讼情况", "Administrative reconsideration and litigation"),
    ("存在的主要问题及改进情况", "Main problems and improvements"),
    ("其他需要报告的事项", "Other matters to report"),
];

/// `第四部分“政府信息公开行政复议、行政诉讼情况”`; the words themselves for what is no part's number.
pub(crate) fn part_label(number: &str, lang: Lang) -> String {
    const NUMERALS: [&str; 6] = ["一", "二", "三", "四", "五", "六"];
    let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let part = index.and_then(|index| Some((PARTS.get(index)?, NUMERALS.get(index)?)));
    match (part, lang) {
        (Some(((zh, _), numeral)), Lang::Zh) => format!("第{numeral}部分“{zh}”"),
        (Some(((_, en), _)), Lang::En) => format!("part {number} \"{en}\""),
        (None, _) => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(key: &str) -> &'static TableForm {
        form("2021").unwrap().table(key).unwrap()
    }

    #[test]
    fn a_row_is_named_with_the_heading_it_needs() {
        let row = |key, lang| row_label(table("requests"), key, lang);
        assert_eq!(row("partially_granted", Lang::Zh), "（二）部分公开");
        assert_eq!(row("denied.state_secret", Lang::Zh), "（三）不予公开 1.属于国家秘密");
        assert_eq!(row("other_handling.other", Lang::En), "other handling: other");
        assert_eq!(row("new_received", Lang::Zh), "一、本年新收");
        assert_eq!(
            row_label(table("proceedings"), "litigation_direct", Lang::Zh),
            "行政诉讼 未经复议直接起诉"
        );
    }

    #[test]
    fn a_column_is_named_by_the_block_of_its_row() {
        let column = |row, key| column_label(table("disclosure"), row, key, Lang::Zh);
        assert_eq!(column(Some("licensing"), "decisions"), "本年处理决定数量");
        assert_eq!(column(None, "in_force"), "现行有效件数");
    }
}
