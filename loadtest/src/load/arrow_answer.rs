//! Answers to events as an Arrow IPC stream: the counters stand in the metadata of its schema, a row is a result.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamReader;

use super::answer::{Outcome, Was};
use super::tally::Counts;

/// What every message of such a stream begins with; no JSON does.
const START: [u8; 4] = [0xff; 4];

pub fn is_arrow(body: &[u8]) -> bool {
    body.starts_with(&START)
}

/// From the schema alone: no row is looked at.
pub fn read_counts(body: &[u8]) -> Option<Counts> {
    let schema = StreamReader::try_new(Cursor::new(body), None).ok()?.schema();
    let counter = |name: &str| schema.metadata().get(name)?.parse().ok();
    Counts::read(counter)
}

/// Every result, in order.
pub fn read_results(body: &[u8]) -> Option<Vec<Outcome>> {
    let mut results = Vec::new();
    for batch in StreamReader::try_new(Cursor::new(body), None).ok()? {
        results.extend(rows(&batch.ok()?)?);
    }
    Some(results)
}

fn rows(batch: &RecordBatch) -> Option<Vec<Outcome>> {
    let outcomes = batch.column_by_name("outcome")?.as_any_dictionary_opt()?;
    let (words, keys) = (outcomes.values().as_string_opt::<i32>()?, outcomes.normalized_keys());
    let amounts = batch.column_by_name("amount")?.as_primitive_opt::<Decimal128Type>()?;
    // Counts of 1e-9, as everywhere here.
    if amounts.scale() != 9 {
        return None;
    }
    keys.iter()
        .enumerate()
        .map(|(row, key)| {
            let was = Was::told(words.value(*key));
            let amount = if amounts.is_null(row) { 0 } else { i64::try_from(amounts.value(row)).ok()? };
            Some(Outcome { was, amount })
        })
        .collect()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::load::answer;
    use arrow_array::types::Int8Type;
    use arrow_array::{ArrayRef, Decimal128Array, DictionaryArray, Int8Array, StringArray};
    use arrow_ipc::writer::StreamWriter;
    use arrow_schema::{Field, Schema};
    use std::sync::Arc;

    fn answer() -> Vec<u8> {
        let words = ["charged", "refused", "duplicate"];
        let outcome: ArrayRef = Arc::new(
            DictionaryArray::<Int8Type>::try_new(
                Int8Array::from(vec![0, 1, 2]),
                Arc::new(StringArray::from(words.to_vec())),
            )
            .expect("keys fit"),
        );
        let amount = Decimal128Array::from(vec![Some(10_900_000), None, Some(10_900_000)]);
        let amount: ArrayRef = Arc::new(amount.with_precision_and_scale(19, 9).expect("fits"));
        let counters = ["charged", "recorded", "refused", "duplicate", "conflict", "invalid", "unavailable"];
        let metadata = counters.iter().map(|name| {
            let count = if words.contains(name) { "1" } else { "0" };
            ((*name).to_owned(), count.to_owned())
        });
        let fields = vec![
            Field::new("outcome", outcome.data_type().clone(), false),
            Field::new("amount", amount.data_type().clone(), true),
        ];
        let schema = Arc::new(Schema::new_with_metadata(
            fields,
            metadata.collect::<std::collections::HashMap<_, _>>(),
        ));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![outcome, amount]).expect("a batch");
        let mut writer = StreamWriter::try_new(Vec::new(), &schema).expect("a vector");
        writer.write(&batch).expect("written");
        writer.into_inner().expect("ended")
    }

    #[test]
    fn counters_and_results_are_read_from_columns() {
        let body = answer();
        let want = Counts { charged: 1, refused: 1, duplicate: 1, ..Counts::default() };
        assert_eq!(answer::read_counts(&body), Some(want));
        let outcome = |was, amount| Outcome { was, amount };
        let want =
            [outcome(Was::Charged, 10_900_000), outcome(Was::Other, 0), outcome(Was::Duplicate, 10_900_000)];
        assert_eq!(answer::read_results(&body).as_deref(), Some(&want[..]));
    }

    #[test]
    fn a_broken_stream_is_no_answer() {
        let body = answer();
        assert_eq!(answer::read_counts(&body[..10]), None);
        assert_eq!(answer::read_results(&body[..body.len() / 2]), None);
    }
}
