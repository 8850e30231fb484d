//! The answer as an Arrow IPC stream: a row for each line, the counters in the metadata of the schema.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, StringBuilder, UInt64Builder};
use arrow_array::types::{ArrowDictionaryKeyType, Int8Type, Int16Type};
use arrow_array::{ArrayRef, DictionaryArray, PrimitiveArray, RecordBatch, StringArray, UInt32Array};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::{Counter, Rest, Said, accepted, counts};
use crate::engine::batch::Batch;
use crate::engine::outcome::Outcome;

pub const MEDIA_TYPE: &str = "application/vnd.apache.arrow.stream";

/// Every amount fits into the digits of a 64-bit count of 1e-9.
const AMOUNT_DIGITS: u8 = 19;
const AMOUNT_PLACES: i8 = 9;
/// What most ids take.
const ID_BYTES: usize = 32;

/// `outcomes` are those of the batch's events, in their order.
pub fn write(batch: &Batch, outcomes: &[Outcome]) -> Result<Vec<u8>, ArrowError> {
    let mut results = Results::with_capacity(batch.lines.len());
    for line in &batch.lines {
        results.add(&Said::of(batch, line, outcomes));
    }
    let counts = counts(batch, outcomes);
    let words = Counter::ALL.into_iter().map(Counter::word).zip(counts);
    let metadata: HashMap<String, String> = std::iter::once(("accepted", accepted(&counts)))
        .chain(words)
        .map(|(word, count)| (word.to_owned(), count.to_string()))
        .collect();
    let columns = results.finish()?;
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, column, nullable)| Field::new(*name, column.data_type().clone(), *nullable))
        .collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    let columns: Vec<ArrayRef> = columns.into_iter().map(|(_, column, _)| column).collect();
    let rows = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    let mut writer = StreamWriter::try_new(Vec::with_capacity(rows.get_array_memory_size()), &schema)?;
    writer.write(&rows)?;
    writer.into_inner()
}

/// The columns of the answer, while they are filled.
struct Results<'a> {
    lines: Vec<u32>,
    ids: StringBuilder,
    /// By their place in [`Counter::ALL`].
    outcomes: Vec<i8>,
    codes: Words<'a>,
    amounts: Decimal128Builder,
    seqs: UInt64Builder,
    /// Whatever senders call theirs.
    fields: StringBuilder,
    details: StringBuilder,
}

/// A column of few different words, all of them ours.
#[derive(Default)]
struct Words<'a> {
    words: Vec<&'a str>,
    keys: Vec<Option<i16>>,
}

impl<'a> Words<'a> {
    fn add(&mut self, word: Option<&'a str>) {
        let place = |word| {
            let known = self.words.iter().position(|known| *known == word);
            known.unwrap_or_else(|| {
                self.words.push(word);
                self.words.len() - 1
            })
        };
        let key = word.map(place);
        self.keys.push(key.map(|place| i16::try_from(place).expect("fewer than 32,768 codes")));
    }

    fn finish(self) -> Result<ArrayRef, ArrowError> {
        dictionary::<Int16Type>(self.keys.into_iter().collect(), self.words)
    }
}

fn dictionary<K: ArrowDictionaryKeyType>(
    keys: PrimitiveArray<K>,
    words: Vec<&str>,
) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(DictionaryArray::try_new(keys, Arc::new(StringArray::from(words)))?))
}

impl<'a> Results<'a> {
    fn with_capacity(rows: usize) -> Results<'a> {
        Results {
            lines: Vec::with_capacity(rows),
            ids: StringBuilder::with_capacity(rows, rows * ID_BYTES),
            outcomes: Vec::with_capacity(rows),
            codes: Words::default(),
            amounts: Decimal128Builder::with_capacity(rows)
                .with_data_type(DataType::Decimal128(AMOUNT_DIGITS, AMOUNT_PLACES)),
            seqs: UInt64Builder::with_capacity(rows),
            fields: StringBuilder::new(),
            details: StringBuilder::new(),
        }
    }

    fn add(&mut self, said: &Said<'a>) {
        self.lines.push(said.line);
        self.ids.append_option(said.id);
        self.outcomes.push(said.outcome as i8);
        self.codes.add(said.code);
        let (amount, seq, field, detail) = match said.rest {
            Rest::Posting { amount, seq } => (amount, seq, None, None),
            Rest::Invalid { field, detail } => (None, None, field, Some(detail)),
        };
        self.amounts.append_option(amount.map(|amount| i128::from(amount.nanos())));
        self.seqs.append_option(seq);
        self.fields.append_option(field);
        self.details.append_option(detail);
    }

    /// Each with its name, and whether it may be null.
    fn finish(mut self) -> Result<[(&'static str, ArrayRef, bool); 8], ArrowError> {
        let outcomes = Counter::ALL.map(Counter::word).to_vec();
        Ok([
            ("line", Arc::new(UInt32Array::from(self.lines)), false),
            ("id", Arc::new(self.ids.finish()), true),
            ("outcome", dictionary::<Int8Type>(self.outcomes.into(), outcomes)?, false),
            ("code", self.codes.finish()?, true),
            ("amount", Arc::new(self.amounts.finish()), true),
            ("seq", Arc::new(self.seqs.finish()), true),
            ("field", Arc::new(self.fields.finish()), true),
            ("detail", Arc::new(self.details.finish()), true),
        ])
    }
}
