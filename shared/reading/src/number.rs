//! What stands in a cell: nothing, a number with its sign, unit and note, or something else.
use std::{str::FromStr, sync::LazyLock};

use gongkai_model::Unit;
use regex::Regex;
use rust_decimal::Decimal;

/// The content of a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    /// Empty, or only a dash, a slash or 无.
    Blank,
    /// A number, with the unit of money printed beside it.
    Number(Decimal, Option<Unit>),
    /// Something that is no number.
    Text,
}

/// True for an empty cell and for the marks that stand for "nothing entered" (contract: blank).
pub(crate) fn is_blank(text: &str) -> bool {
    let mark = |c| matches!(c, '-' | '–' | '—' | '―' | '－' | '_' | '/' | '\\' | '／' | '＼' | '|');
    text.chars().all(|c| mark(c) || c.is_whitespace()) || text.trim() == "无"
}

static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^
        (?P<sign>[+\-–—−]?)\s*
        (?P<digits>\d{1,3}(?:[,，]\d{3})+|\d+|)(?P<fraction>\.\d+)?
        \s*(?P<unit>亿元|百万元|万元|千元|元|件次|人次|条次|件|条|项|个|份|宗|次|篇|部|期)?
        \s*(?:[（(](?P<note>[^（()）]*)[)）])?
        $",
    )
    .ok()
});

/// Reads a cell: `0件`, `12（其中修订3件）`, `+79`, `1,234`, `251000元` are numbers; `20 23`, `约5`, `1,23` are not.
pub(crate) fn read(text: &str) -> Content {
    if let Some(number) = digits(text) {
        return Content::Number(number, None);
    }
    if is_blank(text) {
        return Content::Blank;
    }
    let text = text.trim().trim_matches('*').trim();
    if matches!(text, "零" | "〇") {
        return Content::Number(Decimal::ZERO, None);
    }
    if let Some(number) = digits(text) {
        return Content::Number(number, None);
    }
    if !text.starts_with(may_begin) {
        return Content::Text;
    }
    let Some(found) = NUMBER.as_ref().and_then(|number| number.captures(text)) else { return Content::Text };
    let part = |name| found.name(name).map_or("", |m| m.as_str());
    let digits: String = part("digits").chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() && part("fraction").is_empty() {
        return Content::Text;
    }
    let whole = if digits.is_empty() { "0" } else { digits.as_str() };
    let Ok(value) = Decimal::from_str(&format!("{whole}{}", part("fraction"))) else { return Content::Text };
    let value = if matches!(part("sign"), "" | "+") { value } else { -value };
    let note = part("note").trim_start_matches("单位").trim_start_matches([':', '：']).trim();
    let unit = unit_of_money(part("unit")).or_else(|| unit_of_money(note));
    Content::Number(value.normalize(), unit)
}

/// A number of a few digits and nothing else, as nearly all cells hold.
fn digits(text: &str) -> Option<Decimal> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse::<u32>().ok().map(Decimal::from))?
}

/// What a number may begin with.
fn may_begin(c: char) -> bool {
    matches!(c, '0'..='9' | '+' | '-' | '–' | '—' | '−' | '.')
}

fn unit_of_money(text: &str) -> Option<Unit> {
    match text {
        "亿元" => Some(Unit::YiYuan),
        "百万元" => Some(Unit::BaiWanYuan),
        "万元" => Some(Unit::WanYuan),
        "千元" => Some(Unit::QianYuan),
        "元" => Some(Unit::Yuan),
        _ => None,
    }
}

/// Money a heading counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stated {
    Nothing,
    Unit(Unit),
    /// A unit that is not known (十万元, 美元): the number cannot be brought to 万元.
    Unknown,
}

/// The unit of money that a heading names: （单位：万元）.
pub(crate) fn unit_of_heading(text: &str) -> Stated {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let Some(end) = text.rfind('元') else { return Stated::Nothing };
    let before = text.get(..end).unwrap_or_default().trim_end_matches("人民币");
    let scale = |c: char| "十百千仟佰拾万萬亿億".contains(c);
    let from = before.trim_end_matches(scale);
    let foreign = from.ends_with(['美', '欧', '日', '港', '澳', '加', '韩']);
    match before.get(from.len()..) {
        Some(scale) if !foreign => unit_of_money(&format!("{scale}元")).map_or(Stated::Unknown, Stated::Unit),
        _ => Stated::Unknown,
    }
}

/// An amount in 万元.
pub(crate) fn in_wan_yuan(value: Decimal, unit: Unit) -> Decimal {
    let divided = |by: u32| value.checked_div(Decimal::from(by)).unwrap_or(value);
    let times = |by: u32| value.checked_mul(Decimal::from(by)).unwrap_or(value);
    match unit {
        Unit::Yuan => divided(10_000),
        Unit::QianYuan => divided(10),
        Unit::BaiWanYuan => times(100),
        Unit::YiYuan => times(10_000),
        Unit::WanYuan | Unit::Unstated => value,
    }
    .normalize()
}

/// The numbers on a page's foot (`- 3 -`, `— 4 —`, `第3页`) are no values.
pub(crate) fn is_page_number(text: &str) -> bool {
    // Most texts begin otherwise: they are passed over at no cost.
    if !text.trim_start().starts_with(['-', '–', '—', '－', '第']) {
        return false;
    }
    let inner = text.trim_matches(|c: char| matches!(c, '-' | '–' | '—' | '－') || c.is_whitespace());
    let dashed = inner.len() < text.trim().len()
        && text.trim().starts_with(['-', '–', '—', '－'])
        && text.trim().ends_with(['-', '–', '—', '－']);
    (dashed && !inner.is_empty() && inner.len() <= 3 && inner.bytes().all(|b| b.is_ascii_digit()))
        || (text.trim().starts_with('第') && text.trim().ends_with('页') && text.chars().count() <= 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<String> {
        match read(text) {
            Content::Number(value, _) => Some(value.to_string()),
            _ => None,
        }
    }

    #[test]
    fn numbers_are_read_with_sign_separators_unit_and_note() {
        let read = [
            ("0", "0"),
            ("0件", "0"),
            ("+79", "79"),
            ("-27", "-27"),
            ("—27", "-27"),
            ("1,234", "1234"),
            ("12，345，678", "12345678"),
            ("12（其中修订3件）", "12"),
            ("22 （其中修订 16 件）", "22"),
            ("2375.064万元", "2375.064"),
            ("69608.8964", "69608.8964"),
            (".5", "0.5"),
            ("**7**", "7"),
            ("零", "0"),
            ("3 件", "3"),
            ("0.00", "0"),
        ];
        for (text, value) in read {
            assert_eq!(number(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_made_one() {
        for text in [
            "20 23", "约5", "1,23", "5²", "①", "12-3", "O", "1.", "(3)", "十二", "3/4", "件", "++1", "1e5",
            "2020年",
        ] {
            assert_eq!(read(text), Content::Text, "{text}");
        }
    }

    #[test]
    fn marks_for_nothing_entered_are_blank() {
        for text in ["", "  ", "-", "——", "/", "\\", "／", "无", "— —"] {
            assert_eq!(read(text), Content::Blank, "{text}");
        }
    }

    #[test]
    fn a_heading_names_its_unit_or_one_that_is_not_known() {
        let stated = [
            ("本年收费金额（单位：万元）", Stated::Unit(Unit::WanYuan)),
            ("本年收费金额（千元）", Stated::Unit(Unit::QianYuan)),
            ("本年收费金额（百万元）", Stated::Unit(Unit::BaiWanYuan)),
            ("采购总金额(人民币元)", Stated::Unit(Unit::Yuan)),
            ("采购总金额(亿 元)", Stated::Unit(Unit::YiYuan)),
            ("采购总金额（十万元）", Stated::Unknown),
            ("采购总金额（万美元）", Stated::Unknown),
            ("采购总金额", Stated::Nothing),
        ];
        for (text, unit) in stated {
            assert_eq!(unit_of_heading(text), unit, "{text}");
        }
    }

    #[test]
    fn money_is_brought_to_wan_yuan() {
        let Content::Number(value, Some(unit)) = read("251000元") else { panic!("an amount") };
        assert_eq!(in_wan_yuan(value, unit).to_string(), "25.1");
        assert_eq!(read("251000（元）"), Content::Number(value, Some(Unit::Yuan)));
        assert_eq!(
            read("25.1（单位：万元）"),
            Content::Number(in_wan_yuan(value, unit), Some(Unit::WanYuan))
        );
        assert_eq!(in_wan_yuan(value, Unit::QianYuan).to_string(), "25100");
        assert_eq!(in_wan_yuan(value, Unit::BaiWanYuan).to_string(), "25100000");
        assert_eq!(number("-0").as_deref(), Some("0"));
    }
}
