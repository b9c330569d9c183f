//! Reads an exported file with a reader that is not ours: rows by the names of their columns.
use std::{collections::BTreeMap, fs, path::Path};

use calamine::Reader as _;

use crate::cli::ExportFormat;

/// A row: what stands under each head, nothing where nothing is known.
pub(super) type Row = BTreeMap<String, Option<String>>;

/// What the file says, whatever its format.
pub(super) fn rows(file: &Path, format: ExportFormat) -> Vec<Row> {
    match format {
        ExportFormat::Csv => csv(file),
        ExportFormat::Xlsx => xlsx(file),
        ExportFormat::Parquet => parquet(file),
    }
}

fn row(heads: &[String], fields: impl Iterator<Item = Option<String>>) -> Row {
    heads.iter().cloned().zip(fields).collect()
}

/// CSV cannot tell nothing from no text.
fn known(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn csv(file: &Path) -> Vec<Row> {
    let text = fs::read_to_string(file).unwrap();
    let text = text.strip_prefix('\u{feff}').expect("spreadsheets need the mark");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader.records().map(|record| row(&heads, record.unwrap().iter().map(known))).collect()
}

fn xlsx(file: &Path) -> Vec<Row> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(file).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let mut lines = sheet.rows();
    let heads: Vec<String> = lines.next().unwrap().iter().map(ToString::to_string).collect();
    lines.map(|line| row(&heads, line.iter().map(|cell| known(&cell.to_string())))).collect()
}

#[cfg(feature = "parquet")]
fn parquet(file: &Path) -> Vec<Row> {
    use parquet::{file::reader::FileReader, file::reader::SerializedFileReader, record::Field};
    let reader = SerializedFileReader::new(fs::File::open(file).unwrap()).unwrap();
    let fields = |row: parquet::record::Row| {
        let field = |(name, field): (&String, &Field)| {
            let text = match field {
                Field::Null => None,
                Field::Str(text) => Some(text.clone()),
                Field::Long(number) => Some(number.to_string()),
                Field::Double(number) => Some(number.to_string()),
                // As the reader shows days and moments.
                date @ Field::Date(_) => Some(date.to_string()),
                Field::TimestampMillis(at) => {
                    Some(jiff::Timestamp::from_millisecond(*at).unwrap().to_string())
                }
                other => panic!("{name}: {other:?}"),
            };
            (name.clone(), text.filter(|text| !text.is_empty()))
        };
        row.get_column_iter().map(field).collect()
    };
    reader.get_row_iter(None).unwrap().map(|row| fields(row.unwrap())).collect()
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &Path) -> Vec<Row> {
    panic!("this build has no Parquet")
}
