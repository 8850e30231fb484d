//! The same rows as Parquet: typed columns, nothing changed for spreadsheets. What does not apply is null.

use std::io::Write;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::file::properties::WriterProperties;
use arrow_array::builder::{
    Date32Builder, Decimal128Builder, Int64Builder, StringBuilder, StringDictionaryBuilder,
    TimestampNanosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::ExportError;
use super::columns::{Shape, Sheet};
use crate::domain::address::Address;
use crate::domain::calendar::Day;
use crate::domain::event::Carrier;
use crate::domain::time::Timestamp;

/// Rows that are handed to the columns at once.
const BATCH_ROWS: usize = 4_096;
/// A group of rows is in memory until it is whole.
const GROUP_ROWS_MAX: usize = 131_072;
const GROUP_BYTES_MAX: usize = 16 << 20;
/// Of an amount: as many digits as fit, and as many places as an amount may have.
const DIGITS: u8 = 38;
const PLACES: i8 = 9;

/// Writes rows as Parquet.
pub struct Parquet<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: SchemaRef,
    columns: Vec<Column>,
    /// The column that the next cell belongs to.
    place: usize,
    rows: usize,
    text: String,
}

/// The cells of a column that are not yet handed on.
enum Column {
    Number(Int64Builder),
    Day(Date32Builder),
    Instant(TimestampNanosecondBuilder),
    Money(Decimal128Builder),
    Word(StringDictionaryBuilder<Int32Type>),
    Text(StringBuilder),
}

fn type_of(shape: Shape) -> DataType {
    match shape {
        Shape::Number => DataType::Int64,
        Shape::Day => DataType::Date32,
        Shape::Instant => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
        Shape::Money => DataType::Decimal128(DIGITS, PLACES),
        Shape::Word => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        Shape::Text => DataType::Utf8,
    }
}

impl Column {
    fn new(shape: Shape) -> Column {
        match shape {
            Shape::Number => Column::Number(Int64Builder::new()),
            Shape::Day => Column::Day(Date32Builder::new()),
            Shape::Instant => {
                Column::Instant(TimestampNanosecondBuilder::new().with_data_type(type_of(shape)))
            }
            Shape::Money => Column::Money(Decimal128Builder::new().with_data_type(type_of(shape))),
            Shape::Word => Column::Word(StringDictionaryBuilder::new()),
            Shape::Text => Column::Text(StringBuilder::new()),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Column::Number(cells) => Arc::new(cells.finish()),
            Column::Day(cells) => Arc::new(cells.finish()),
            Column::Instant(cells) => Arc::new(cells.finish()),
            Column::Money(cells) => Arc::new(cells.finish()),
            Column::Word(cells) => Arc::new(cells.finish()),
            Column::Text(cells) => Arc::new(cells.finish()),
        }
    }

    fn text(&mut self, text: &str) {
        let text = Some(text).filter(|text| !text.is_empty());
        match self {
            Column::Word(cells) => cells.append_option(text),
            Column::Text(cells) => cells.append_option(text),
            _ => unreachable!("the table of columns says that this one is a text"),
        }
    }
}

impl<W: Write + Send> Parquet<W> {
    pub fn new(out: W, columns: &[(&str, Shape)]) -> Result<Parquet<W>, ExportError> {
        let field = |(name, shape): &(&str, Shape)| Field::new(*name, type_of(*shape), true);
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS_MAX))
            .set_max_row_group_bytes(Some(GROUP_BYTES_MAX))
            .set_created_by("farebox".to_owned())
            .build();
        let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties))?;
        let columns = columns.iter().map(|(_, shape)| Column::new(*shape)).collect();
        Ok(Parquet { writer, schema, columns, place: 0, rows: 0, text: String::new() })
    }

    /// Writes what is left, and what a reader begins with: the end of the file.
    pub fn finish(mut self) -> Result<W, ExportError> {
        self.hand_on()?;
        Ok(self.writer.into_inner()?)
    }

    fn hand_on(&mut self) -> Result<(), ExportError> {
        self.rows = 0;
        let columns = self.columns.iter_mut().map(Column::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        Ok(self.writer.write(&batch)?)
    }

    fn next(&mut self) -> &mut Column {
        self.place += 1;
        &mut self.columns[self.place - 1]
    }

    fn shown(&mut self, shown: Option<impl std::fmt::Display>) {
        use std::fmt::Write as _;
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        if let Some(shown) = shown {
            write!(text, "{shown}").expect("a text takes what is written");
        }
        self.next().text(&text);
        self.text = text;
    }
}

/// As Parquet counts days; negative before.
fn since_1970(day: Day) -> i32 {
    let counted = Day(19_700_101).days_to(day) - 1;
    i32::try_from(counted).expect("instants of 64 bits lie between 1677 and 2262")
}

impl<W: Write + Send> Sheet for Parquet<W> {
    fn number(&mut self, number: Option<i64>) {
        match self.next() {
            Column::Number(cells) => cells.append_option(number),
            _ => unreachable!("the table of columns says that this one is a number"),
        }
    }

    fn day(&mut self, day: Day) {
        match self.next() {
            Column::Day(cells) => cells.append_value(since_1970(day)),
            _ => unreachable!("the table of columns says that this one is a day"),
        }
    }

    fn instant(&mut self, at: Timestamp) {
        match self.next() {
            Column::Instant(cells) => cells.append_value(at.nanos()),
            _ => unreachable!("the table of columns says that this one is an instant"),
        }
    }

    fn nanos(&mut self, nanos: Option<i128>) {
        match self.next() {
            Column::Money(cells) => cells.append_option(nanos),
            _ => unreachable!("the table of columns says that this one is an amount"),
        }
    }

    fn word(&mut self, word: &str) {
        self.next().text(word);
    }

    fn text(&mut self, text: &str) {
        self.next().text(text);
    }

    fn address(&mut self, address: Option<&Address>) {
        self.shown(address);
    }

    fn carrier(&mut self, carrier: Option<Carrier>) {
        self.shown(carrier);
    }

    fn end_row(&mut self) -> Result<(), ExportError> {
        self.place = 0;
        self.rows += 1;
        if self.rows == BATCH_ROWS { self.hand_on() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        for (day, want) in
            [("1970-01-01", 0), ("1969-12-31", -1), ("2026-07-15", 20_649), ("1678-01-01", -106_650)]
        {
            assert_eq!(Day::parse(day).map(since_1970), Some(want), "{day}");
        }
    }
}
