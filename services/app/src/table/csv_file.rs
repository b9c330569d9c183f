//! A table as CSV, for whatever reads it: UTF-8 with a mark at its start, which spreadsheets need, and no cell that runs.
use super::{Out, Table, Value, harmless};

/// The file.
pub(crate) struct CsvFile(csv::Writer<Out>);

impl CsvFile {
    pub(super) fn begin(table: &Table, mut out: Out) -> anyhow::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(table.columns.iter().map(|column| column.name)).map_err(cause)?;
        Ok(Self(writer))
    }

    pub(super) fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        for value in row {
            match value {
                Value::Text(text) => self.0.write_field(harmless(text).as_bytes()),
                value => self.0.write_field(value.written().as_bytes()),
            }
            .map_err(cause)?;
        }
        self.0.write_record(None::<&[u8]>).map_err(cause)
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        Ok(self.0.flush()?)
    }
}

/// What the disk or the pipe said, which the library keeps to itself: a reader that has gone away is no failure.
fn cause(error: csv::Error) -> anyhow::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => anyhow::anyhow!("CSV: {other:?}"),
    }
}
