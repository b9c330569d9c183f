//! A table as Parquet, for data frames and databases: typed columns, what is unknown as null, texts exactly as they are.
use std::sync::Arc;

use anyhow::bail;
use jiff::civil::{Date, date};
use parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Stored},
    data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::Type,
};

use super::{Column, Kind, Out, Table, Value};

/// Rows and bytes of text that are held back and written as one group.
const ROWS: usize = 100_000;
const BYTES: usize = 32 << 20;

/// The file.
pub(crate) struct ParquetFile {
    writer: SerializedFileWriter<Out>,
    columns: Vec<Held>,
    rows: usize,
    bytes: usize,
}

/// The values of a column that are still to be written; for every row whether it has one.
struct Held {
    kind: Kind,
    values: Values,
    there: Vec<i16>,
}

enum Values {
    Texts(Vec<ByteArray>),
    Longs(Vec<i64>),
    Doubles(Vec<f64>),
    Days(Vec<i32>),
}

impl ParquetFile {
    pub(super) fn begin(table: &Table, out: Out) -> anyhow::Result<Self> {
        let fields: Result<Vec<_>, _> = table.columns.iter().map(field).collect();
        let schema = Type::group_type_builder(table.name).with_fields(fields?).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("gongkai ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
        let columns = table.columns.iter().map(|column| Held::none(column.kind)).collect();
        Ok(Self { writer, columns, rows: 0, bytes: 0 })
    }

    pub(super) fn row(&mut self, row: &[Value]) -> anyhow::Result<()> {
        for (column, value) in self.columns.iter_mut().zip(row) {
            self.bytes += column.hold(value)?;
        }
        self.rows += 1;
        if self.rows >= ROWS || self.bytes >= BYTES {
            self.write_group()?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.finish()?;
        Ok(self.writer.inner_mut().flush()?)
    }

    fn write_group(&mut self) -> anyhow::Result<()> {
        let mut group = self.writer.next_row_group()?;
        for held in &mut self.columns {
            let Some(mut column) = group.next_column()? else { break };
            let there = Some(held.there.as_slice());
            match &held.values {
                Values::Texts(values) => column.typed::<ByteArrayType>().write_batch(values, there, None)?,
                Values::Longs(values) => column.typed::<Int64Type>().write_batch(values, there, None)?,
                Values::Doubles(values) => column.typed::<DoubleType>().write_batch(values, there, None)?,
                Values::Days(values) => column.typed::<Int32Type>().write_batch(values, there, None)?,
            };
            column.close()?;
            *held = Held::none(held.kind);
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Held {
    const fn none(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Texts(Vec::new()),
            Kind::Whole | Kind::Moment => Values::Longs(Vec::new()),
            Kind::Decimal => Values::Doubles(Vec::new()),
            Kind::Date => Values::Days(Vec::new()),
        };
        Self { kind, values, there: Vec::new() }
    }

    /// Tells how many bytes of text are held more.
    fn hold(&mut self, value: &Value) -> anyhow::Result<usize> {
        self.there.push(i16::from(*value != Value::Nothing));
        match (&mut self.values, value) {
            (_, Value::Nothing) => {}
            (Values::Texts(values), value) => {
                let text = value.written().into_owned().into_bytes();
                let bytes = text.len();
                values.push(ByteArray::from(text));
                return Ok(bytes);
            }
            (Values::Longs(values), Value::Whole(number)) => values.push(*number),
            (Values::Longs(values), Value::Moment(at)) => values.push(at.as_millisecond()),
            (Values::Doubles(values), Value::Decimal(digits)) => values.push(digits.parse()?),
            (Values::Days(values), Value::Date(date)) => values.push(days(*date)),
            (_, value) => bail!("{value:?} 不能写入 {:?} 列 (does not fit its column)", self.kind),
        }
        Ok(0)
    }
}

fn field(column: &Column) -> parquet::errors::Result<Arc<Type>> {
    let (stored, logical) = match column.kind {
        Kind::Text => (Stored::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Whole => (Stored::INT64, None),
        Kind::Decimal => (Stored::DOUBLE, None),
        Kind::Date => (Stored::INT32, Some(LogicalType::Date)),
        Kind::Moment => (Stored::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
    };
    let field = Type::primitive_type_builder(column.name, stored)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    Ok(Arc::new(field.build()?))
}

/// Days since 1970-01-01, as Parquet counts them.
fn days(of: Date) -> i32 {
    (of - date(1970, 1, 1)).get_days()
}
