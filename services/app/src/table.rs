//! Rows for other programs: one table in, a file of CSV, a spreadsheet or Parquet out, row by row, so that a table of any length
//! needs little memory.
mod csv_file;
#[cfg(feature = "parquet")]
mod parquet_file;
pub(crate) mod workbook;

use std::{borrow::Cow, io::Write, path::Path};

use jiff::{Timestamp, civil::Date};

use crate::cli::ExportFormat;

/// A table by its name and columns.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [Column],
}

/// A column: its head and what stands in it.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// What stands in a column. Anything may stand in one of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Whole,
    Decimal,
    Date,
    Moment,
}

impl Kind {
    /// A column of this kind.
    pub(crate) const fn column(self, name: &'static str) -> Column {
        Column { name, kind: self }
    }
}

/// One field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Nothing is known; never 0.
    Nothing,
    Text(String),
    Whole(i64),
    /// Digits with a sign and a point, exactly as they are to be read.
    Decimal(String),
    /// A date in China.
    Date(Date),
    /// A moment, written in UTC.
    Moment(Timestamp),
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number that is kept as text: one if it is one, else what it says.
    pub(crate) fn figure(text: &str) -> Self {
        if is_number(text) { Self::Decimal(text.to_owned()) } else { Self::text(text) }
    }

    /// A count.
    pub(crate) fn count(n: u64) -> Self {
        Self::Whole(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// What may be unknown.
    pub(crate) fn known<T>(of: Option<T>, value: impl FnOnce(T) -> Self) -> Self {
        of.map_or(Self::Nothing, value)
    }

    /// As it is written where everything is text.
    pub(crate) fn written(&self) -> Cow<'_, str> {
        match self {
            Self::Nothing => Cow::Borrowed(""),
            Self::Text(text) | Self::Decimal(text) => Cow::Borrowed(text),
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::Moment(at) => Cow::Owned(at.to_string()),
        }
    }
}

/// Where the bytes go.
pub(crate) type Out = Box<dyn Write + Send>;

/// A table that is being written.
pub(crate) enum Sink {
    Csv(Box<csv_file::CsvFile>),
    Xlsx(Box<workbook::Book>),
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet_file::ParquetFile>),
}

impl Sink {
    /// Begins a file. What a spreadsheet cannot hold in memory lies in the folder `aside` meanwhile.
    pub(crate) fn begin(
        format: ExportFormat,
        table: &'static Table,
        out: Out,
        aside: &Path,
    ) -> anyhow::Result<Self> {
        Ok(match format {
            ExportFormat::Csv => Self::Csv(Box::new(csv_file::CsvFile::begin(table, out)?)),
            ExportFormat::Xlsx => Self::Xlsx(Box::new(workbook::Book::begin(table, out, aside)?)),
            #[cfg(feature = "parquet")]
            ExportFormat::Parquet => Self::Parquet(Box::new(parquet_file::ParquetFile::begin(table, out)?)),
            #[cfg(not(feature = "parquet"))]
            ExportFormat::Parquet => anyhow::bail!(WITHOUT_PARQUET),
        })
    }

    /// One more row, its fields in the order of the columns.
    pub(crate) fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        match self {
            Self::Csv(file) => file.row(row),
            Self::Xlsx(book) => book.row(row),
            #[cfg(feature = "parquet")]
            Self::Parquet(file) => file.row(row),
        }
    }

    /// Writes what is still held back.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Csv(file) => file.finish(),
            Self::Xlsx(book) => book.finish(),
            #[cfg(feature = "parquet")]
            Self::Parquet(file) => file.finish(),
        }
    }
}

#[cfg(not(feature = "parquet"))]
const WITHOUT_PARQUET: &str = "本程序构建时未包含 Parquet，请用 cargo build --release --features parquet 重新构建，或改用 --format csv (this build has no Parquet: build with --features parquet, or take --format csv)";

/// True of every format but one that was left out of this build; asked before anything is opened.
pub(crate) fn must_be_built_in(format: ExportFormat) -> anyhow::Result<()> {
    #[cfg(not(feature = "parquet"))]
    if format == ExportFormat::Parquet {
        anyhow::bail!(WITHOUT_PARQUET);
    }
    let _ = format;
    Ok(())
}

/// A spreadsheet takes a text that begins like a formula for one and runs it: an apostrophe in front makes it a text again. A
/// plain number is none.
pub(crate) fn harmless(field: &str) -> Cow<'_, str> {
    let like_a_formula = field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if like_a_formula && !is_number(field) { Cow::Owned(format!("'{field}")) } else { Cow::Borrowed(field) }
}

/// Digits with a sign and a point, as our own numbers are written.
pub(crate) fn is_number(field: &str) -> bool {
    let digits = field.strip_prefix(['+', '-']).unwrap_or(field);
    !digits.is_empty()
        && digits.parse::<f64>().is_ok()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_made_harmless_and_a_number_stays_one() {
        for (field, wanted) in [
            ("=HYPERLINK(\"http://a\")", "'=HYPERLINK(\"http://a\")"),
            ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-", "'-"),
            ("-12", "-12"),
            ("+79", "+79"),
            ("3.5", "3.5"),
            ("云泽市财政局", "云泽市财政局"),
            ("", ""),
        ] {
            assert_eq!(harmless(field), wanted);
        }
    }
}
