//! The ledger as a spreadsheet: the problems with a filter over them, and how many of them each body has.
use std::collections::BTreeMap;

use anyhow::bail;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use super::ledger::{COLUMNS, Entry, TABLE};
use crate::table::{
    Value,
    workbook::{MOST_ROWS, too_many, write},
};

/// Widths of the columns, as they are read best.
const WIDTHS: [f64; COLUMNS.len()] =
    [22.0, 26.0, 6.0, 7.0, 6.0, 60.0, 40.0, 10.0, 10.0, 36.0, 36.0, 10.0, 12.0, 12.0, 12.0, 12.0, 34.0];
/// The whole file.
pub(super) fn bytes(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    if entries.len() >= MOST_ROWS as usize {
        bail!(too_many());
    }
    let mut workbook = Workbook::new();
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
    problems(workbook.add_worksheet().set_name(TABLE.name)?, entries, &head, &cell)?;
    summary(workbook.add_worksheet().set_name("汇总")?, entries, &head, &cell)?;
    Ok(workbook.save_to_buffer()?)
}

fn problems(sheet: &mut Worksheet, entries: &[Entry], head: &Format, cell: &Format) -> anyhow::Result<()> {
    for (at, column) in (0_u16..).zip(&COLUMNS) {
        sheet.write_string_with_format(0, at, column.name, head)?;
    }
    for (at, width) in (0_u16..).zip(WIDTHS) {
        sheet.set_column_width(at, width)?;
    }
    let mut row = 0;
    for entry in entries {
        row += 1;
        for (at, value) in (0_u16..).zip(entry.row()) {
            write(sheet, row, at, &value, Some(cell))?;
        }
    }
    sheet.set_freeze_panes(1, 2)?;
    sheet.autofilter(0, 0, row.max(1), u16::try_from(COLUMNS.len() - 1)?)?;
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
    for (row, (&(office, body, year), numbers)) in (1_u32..).zip(&counts) {
        write(sheet, row, 0, &Value::text(office), Some(cell))?;
        write(sheet, row, 1, &Value::text(body), Some(cell))?;
        sheet.write_number_with_format(row, 2, year, cell)?;
        for (at, number) in (3_u16..).zip(numbers) {
            sheet.write_number_with_format(row, at, *number, cell)?;
        }
    }
    sheet.set_freeze_panes(1, 2)?;
    Ok(())
}
