//! The ledger as a spreadsheet: the problems with a filter over them, and how many of them each body has.
use std::collections::BTreeMap;

use anyhow::bail;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use super::{
    csv_file::{harmless, is_number},
    ledger::{Entry, HEADS},
};

/// Rows that a sheet holds, its head among them.
const MOST_ROWS: usize = 1_048_576;
/// Characters that a cell holds.
const MOST_LETTERS: usize = 32_000;
/// Widths of the columns, as they are read best.
const WIDTHS: [f64; HEADS.len()] =
    [22.0, 26.0, 6.0, 7.0, 6.0, 60.0, 40.0, 10.0, 10.0, 36.0, 36.0, 10.0, 12.0, 12.0, 12.0, 12.0, 34.0];
/// Columns that hold numbers.
const NUMBERS: [usize; 3] = [2, 7, 8];

/// The whole file.
pub(super) fn bytes(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    if entries.len() >= MOST_ROWS {
        bail!(
            "{} 条问题超过一张表的行数，请用 --office、--body 或 --year 缩小范围 (too many rows for one sheet; narrow it down)",
            entries.len()
        );
    }
    let mut workbook = Workbook::new();
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
    problems(workbook.add_worksheet().set_name("问题台账")?, entries, &head, &cell)?;
    summary(workbook.add_worksheet().set_name("汇总")?, entries, &head, &cell)?;
    Ok(workbook.save_to_buffer()?)
}

fn problems(sheet: &mut Worksheet, entries: &[Entry], head: &Format, cell: &Format) -> anyhow::Result<()> {
    for (at, name) in (0_u16..).zip(HEADS) {
        sheet.write_string_with_format(0, at, name, head)?;
    }
    for (at, width) in (0_u16..).zip(WIDTHS) {
        sheet.set_column_width(at, width)?;
    }
    let mut row = 0;
    for entry in entries {
        row += 1;
        for ((at, column), field) in (0_u16..).zip(0_usize..).zip(entry.fields()) {
            write(sheet, row, at, &field, NUMBERS.contains(&column), cell)?;
        }
    }
    sheet.set_freeze_panes(1, 2)?;
    sheet.autofilter(0, 0, row.max(1), u16::try_from(HEADS.len() - 1)?)?;
    Ok(())
}

/// Numbers as numbers, where a spreadsheet shows all of their digits; all else as text, which nothing runs.
fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    field: &str,
    may_be_number: bool,
    format: &Format,
) -> anyhow::Result<()> {
    match field.parse::<f64>() {
        Ok(number) if may_be_number && is_number(field) && field.len() <= 15 => {
            sheet.write_number_with_format(row, column, number, format)?;
        }
        _ => {
            let text: String = harmless(field).chars().take(MOST_LETTERS).collect();
            sheet.write_string_with_format(row, column, text, format)?;
        }
    }
    Ok(())
}

fn summary(sheet: &mut Worksheet, entries: &[Entry], head: &Format, cell: &Format) -> anyhow::Result<()> {
    const COLUMNS: [&str; 9] =
        ["主管单位", "单位", "年度", "问题数", "错误", "警告", "提示", "未整改", "逾期未整改"];
    for (at, name) in (0_u16..).zip(COLUMNS) {
        sheet.write_string_with_format(0, at, name, head)?;
        sheet.set_column_width(at, if at < 2 { 26.0 } else { 10.0 })?;
    }
    let mut counts: BTreeMap<(&str, &str, i16), [u32; 6]> = BTreeMap::new();
    for entry in entries {
        let own = counts.entry((&entry.office, &entry.body, entry.year)).or_default();
        let is = |yes: bool| u32::from(yes);
        let late = is(entry.state == "逾期未整改");
        let add = [
            1,
            is(entry.severity == "错误"),
            is(entry.severity == "警告"),
            is(entry.severity == "提示"),
            late + is(entry.state == "整改中"),
            late,
        ];
        own.iter_mut().zip(add).for_each(|(sum, more)| *sum += more);
    }
    for (row, ((office, body, year), numbers)) in (1_u32..).zip(&counts) {
        write(sheet, row, 0, office, false, cell)?;
        write(sheet, row, 1, body, false, cell)?;
        sheet.write_number_with_format(row, 2, *year, cell)?;
        for (at, number) in (3_u16..).zip(numbers) {
            sheet.write_number_with_format(row, at, *number, cell)?;
        }
    }
    sheet.set_freeze_panes(1, 2)?;
    Ok(())
}
