//! Arrow IPC streams: a row is an event, a column is a field, and a null is a field that is not there.
//!
//! Such a stream is read by a library that trusts what it is told more than strangers deserve. So the messages are
//! taken apart and measured first (`stream`), the schema is held against what events have (`shape`), nothing that is
//! decoded goes unvalidated, and a panic in all this makes the body unreadable and nothing else. From there on a row
//! is an event like any other (`row`), read where the stream has its texts, without copying them.

mod columns;
mod row;
mod shape;
mod stream;

use std::collections::HashMap;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::reader::RecordBatchDecoder;
use arrow_schema::{ArrowError, Field as ArrowField, Schema, SchemaRef};
use bytes::Bytes;

use self::columns::{Budget, Columns, Values};
use self::row::{Known, Row};
use self::shape::{Shape, Shapes};
use self::stream::{Part, Stream};
use super::desk::{Desk, Unreadable};
use super::field::Field;
use crate::engine::batch::Batch;
use crate::engine::directory::TOUCHED_AT_A_TIME;

/// Most characters of the library's own words that are told on.
const REASON_CHARACTERS_MAX: usize = 200;

/// Reads `application/vnd.apache.arrow.stream`. Rows are told as lines from 1 on, over all batches of the stream.
pub fn read(body: Bytes, desk: &Desk<'_>) -> Result<Batch, Unreadable> {
    let stream = stream::read(&body, desk.limits.events_per_request_max)?;
    if stream.rows == 0 {
        return Err(malformed("the stream has no rows"));
    }
    let mut reader = unharmed(|| Reader::new(&stream, desk.limits.body_bytes_max))?;
    let known = Known::new(|field| reader.values_of(field).map_or(0, Values::len));
    let mut batch = Batch::default();
    for part in &stream.batches {
        let columns = unharmed(|| reader.columns(part))?;
        batch.lines.reserve(part.rows);
        batch.events.reserve(part.rows);
        for row in 0..part.rows {
            if row % TOUCHED_AT_A_TIME == 0 {
                let some = row..part.rows.min(row + TOUCHED_AT_A_TIME);
                let wallets = columns.text(Field::Wallet).into_iter();
                desk.directory.touch(wallets.flat_map(|wallets| some.clone().map(|row| wallets.get(row))));
            }
            let stray = reader.shapes.stray.as_deref();
            let mut row = Row { columns: &columns, known: &known, desk, stray, row };
            let number = u32::try_from(batch.lines.len() + 1).expect("a batch has fewer than 2^32 rows");
            let short_enough = desk.check_length(row.bytes());
            desk.take(&mut batch, number, &mut row, short_enough);
        }
    }
    Ok(batch)
}

/// What makes columns of the batches of one stream.
struct Reader {
    shapes: Shapes,
    /// The values of the dictionaries that columns use, by their id.
    dictionaries: HashMap<i64, Values>,
    budget: Budget,
}

impl Reader {
    fn new(stream: &Stream<'_>, bytes_max: usize) -> Result<Reader, Unreadable> {
        let shapes = Shapes::of(stream.schema)?;
        let mut reader = Reader { shapes, dictionaries: HashMap::new(), budget: Budget::new(bytes_max) };
        for (id, part) in &stream.dictionaries {
            reader.add_dictionary(*id, part)?;
        }
        // In most streams even the longest values in every row are not too much, and need no counting.
        let longest: usize = reader.dictionaries.values().map(Values::longest).sum();
        let uses = reader.shapes.columns.len();
        let most = stream.rows.saturating_mul(longest).saturating_mul(uses);
        reader.budget.counts_repeats = most > reader.budget.bytes_left;
        Ok(reader)
    }

    /// One that no field uses is passed over.
    fn add_dictionary(&mut self, id: i64, part: &Part<'_>) -> Result<(), Unreadable> {
        let Some((_, data_type, field)) = self.shapes.dictionaries.iter().find(|(used, ..)| *used == id)
        else {
            return Ok(());
        };
        let schema = Arc::new(Schema::new(vec![ArrowField::new("", data_type.clone(), true)]));
        let decoded = decode(part, &schema, &[0]).map_err(|error| of_column(*field, &error))?;
        let values = Values::of(decoded.column(0), &mut self.budget).map_err(|error| named(*field, error))?;
        self.dictionaries.insert(id, values);
        Ok(())
    }

    fn values_of(&self, field: Field) -> Option<&Values> {
        let column = self.shapes.columns.iter().find(|column| column.field == field)?;
        match column.shape {
            Shape::Dictionary(id) => self.dictionaries.get(&id),
            _ => None,
        }
    }

    fn columns(&mut self, part: &Part<'_>) -> Result<Columns, Unreadable> {
        let Shapes { columns, schema, places, .. } = &self.shapes;
        let decoded = decode(part, schema, places).map_err(|error| {
            // Which column it was, the library does not say: the first that cannot be decoded alone.
            let alone = |(place, column): (&usize, &shape::Column)| {
                decode(part, schema, &[*place]).err().map(|error| of_column(column.field, &error))
            };
            places.iter().zip(columns).find_map(alone).unwrap_or_else(|| damaged(&error))
        })?;
        let arrays: &[ArrayRef] = decoded.columns();
        Columns::of(part.rows, columns, arrays, |id| self.dictionaries.get(&id), &mut self.budget)
    }
}

/// Some of the columns of a batch, validated in full.
fn decode(part: &Part<'_>, schema: &SchemaRef, places: &[usize]) -> Result<RecordBatch, ArrowError> {
    let dictionaries = HashMap::new();
    let decoder = RecordBatchDecoder::try_new(
        &part.body,
        part.batch,
        Arc::clone(schema),
        &dictionaries,
        &part.version,
    )?;
    let decoded = decoder.with_projection(Some(places)).read_record_batch()?;
    if decoded.num_rows() == part.rows {
        Ok(decoded)
    } else {
        Err(ArrowError::IpcError("a batch has another number of rows than it says".to_owned()))
    }
}

/// Whatever the library does with what it is given, it is no more than an unreadable body.
fn unharmed<T>(read: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(malformed("the stream is damaged")))
}

fn malformed(detail: impl Into<std::borrow::Cow<'static, str>>) -> Unreadable {
    Unreadable::Malformed(detail.into())
}

fn reason(error: &impl Display) -> String {
    error.to_string().chars().take(REASON_CHARACTERS_MAX).collect()
}

fn damaged(error: &ArrowError) -> Unreadable {
    malformed(format!("the stream is damaged: {}", reason(error)))
}

fn of_column(field: Field, error: &ArrowError) -> Unreadable {
    Unreadable::Column { column: field.name(), detail: format!("it is damaged: {}", reason(error)) }
}

/// The same, about a column.
fn named(field: Field, error: Unreadable) -> Unreadable {
    match error {
        Unreadable::Malformed(detail) => {
            Unreadable::Column { column: field.name(), detail: detail.into_owned() }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
