//! A table as a spreadsheet. Rows go to a file aside as they come, because a sheet may have a million of them.
use std::path::Path;

use anyhow::bail;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::{Column, Kind, Out, Table, Value, harmless};

/// Rows that a sheet holds, its head among them.
pub(crate) const MOST_ROWS: u32 = 1_048_576;
/// Characters that a cell holds.
const MOST_LETTERS: usize = 32_000;
/// Digits that a spreadsheet shows all of.
const MOST_DIGITS: usize = 15;

/// The file.
pub(crate) struct Book {
    workbook: Workbook,
    out: Out,
    /// Rows written, the head among them.
    rows: u32,
    columns: u16,
}

impl Book {
    pub(super) fn begin(table: &Table, out: Out, aside: &Path) -> anyhow::Result<Self> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(aside)?;
        let sheet = workbook.add_worksheet_with_constant_memory();
        let sheet = sheet?.set_name(table.name)?;
        let head = Format::new().set_bold();
        let mut columns = 0;
        for column in table.columns {
            sheet.set_column_width(columns, width(column))?;
            sheet.write_string_with_format(0, columns, column.name, &head)?;
            columns += 1;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(Self { workbook, out, rows: 1, columns })
    }

    pub(super) fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        if self.rows >= MOST_ROWS {
            bail!(too_many());
        }
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, value) in (0..self.columns).zip(row) {
            write(sheet, self.rows, column, value, None)?;
        }
        self.rows += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        sheet.autofilter(0, 0, (self.rows - 1).max(1), self.columns - 1)?;
        self.workbook.save_to_writer(&mut self.out)?;
        Ok(self.out.flush()?)
    }
}

/// What is said when a table is longer than a sheet.
pub(crate) fn too_many() -> String {
    format!(
        "超过一张工作表的行数上限（{MOST_ROWS} 行，含表头），未写入文件；请用 --year、--region、--office 或 --body 缩小范围，或改用 --format csv \
         (more rows than a sheet holds, nothing was written: narrow it down, or take --format csv)"
    )
}

/// Numbers as numbers, where a spreadsheet shows all of their digits; all else as text, which nothing runs.
pub(crate) fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value,
    format: Option<&Format>,
) -> anyhow::Result<()> {
    let plain = Format::default();
    let format = format.unwrap_or(&plain);
    let written = value.written();
    match (value, written.parse::<f64>()) {
        // A cell that holds nothing is not there at all, unless it has a frame.
        (Value::Nothing, _) if *format == plain => {}
        (Value::Nothing, _) => {
            sheet.write_blank(row, column, format)?;
        }
        (Value::Whole(_) | Value::Decimal(_), Ok(number)) if written.len() <= MOST_DIGITS => {
            sheet.write_number_with_format(row, column, number, format)?;
        }
        _ => {
            let text: String = harmless(&written).chars().take(MOST_LETTERS).collect();
            sheet.write_string_with_format(row, column, text, format)?;
        }
    }
    Ok(())
}

/// Wide enough for what mostly stands in a column of the kind.
const fn width(column: &Column) -> f64 {
    match column.kind {
        Kind::Whole | Kind::Decimal => 10.0,
        Kind::Date => 12.0,
        Kind::Moment => 22.0,
        Kind::Text => 18.0,
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_sheet_takes_as_many_rows_as_there_are_and_not_one_more() {
        static TABLE: Table = Table { name: "t", columns: &[Kind::Whole.column("n")] };
        let folder = tempfile::tempdir().unwrap();
        let mut book = Book::begin(&TABLE, Box::new(io::sink()), folder.path()).unwrap();
        book.rows = MOST_ROWS - 1;
        book.row(&[Value::Whole(1)]).unwrap();
        let error = book.row(&[Value::Whole(2)]).unwrap_err().to_string();
        assert!(error.contains("1048576") && error.contains("--format csv"), "{error}");
    }
}
