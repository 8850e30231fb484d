//! Streams for the tests: the same events in every way that Arrow can write them.

use std::sync::Arc;

use arrow_array::builder::{MapBuilder, MapFieldNames, StringBuilder};
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{
    ArrayRef, Decimal128Array, DictionaryArray, Int16Array, Int32Array, Int64Array, LargeStringArray,
    PrimitiveArray, RecordBatch, StringArray, StringViewArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt16Array, UInt32Array,
    UInt64Array,
};
use arrow_buffer::ArrowNativeType;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::DataType;

/// How texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    Utf8,
    Large,
    View,
}

/// How columns are written.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    pub text: Text,
    /// Which of the integer types dictionaries are indexed by; `None` for none.
    pub index: Option<usize>,
    /// Nanoseconds of a tick; `None` for texts.
    pub tick: Option<i64>,
    pub integer: usize,
    pub amounts_as_decimals: bool,
    pub tags_as_maps: bool,
    pub batches: usize,
}

pub const PLAIN: Form = Form {
    text: Text::Utf8,
    index: None,
    tick: None,
    integer: 0,
    amounts_as_decimals: false,
    tags_as_maps: false,
    batches: 1,
};
pub const INDEX_TYPES: usize = 8;
pub const INTEGER_TYPES: usize = 6;

pub fn stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

/// One batch of these columns, whatever is in them.
pub fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name.to_owned(), column, true)),
    )
    .unwrap()
}

/// The rows of a batch in so many batches.
pub fn split(batch: &RecordBatch, batches: usize) -> Vec<RecordBatch> {
    let rows = batch.num_rows().div_ceil(batches).max(1);
    (0..batch.num_rows())
        .step_by(rows)
        .map(|from| batch.slice(from, rows.min(batch.num_rows() - from)))
        .collect()
}

pub fn utf8(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

pub fn texts(values: &[Option<&str>], form: &Form) -> ArrayRef {
    match form.index {
        None => plain(values, form.text),
        Some(0) => entries::<Int8Type>(values, form.text),
        Some(1) => entries::<Int16Type>(values, form.text),
        Some(2) => entries::<Int32Type>(values, form.text),
        Some(3) => entries::<Int64Type>(values, form.text),
        Some(4) => entries::<UInt8Type>(values, form.text),
        Some(5) => entries::<UInt16Type>(values, form.text),
        Some(6) => entries::<UInt32Type>(values, form.text),
        Some(_) => entries::<UInt64Type>(values, form.text),
    }
}

fn plain(values: &[Option<&str>], text: Text) -> ArrayRef {
    match text {
        Text::Utf8 => Arc::new(StringArray::from(values.to_vec())),
        Text::Large => Arc::new(LargeStringArray::from(values.to_vec())),
        Text::View => Arc::new(StringViewArray::from(values.to_vec())),
    }
}

/// A dictionary of the values there are, with a null among them that no row has, and a value that none has.
fn entries<K: ArrowDictionaryKeyType>(values: &[Option<&str>], text: Text) -> ArrayRef {
    let mut distinct: Vec<Option<&str>> = vec![None, Some("no row has it")];
    let keys: PrimitiveArray<K> = values
        .iter()
        .enumerate()
        .map(|(row, value)| {
            // A null is one of the index or, in every other row, one of the dictionary.
            if value.is_none() && row % 2 == 0 {
                return None;
            }
            let at = distinct.iter().position(|known| known == value).unwrap_or_else(|| {
                distinct.push(*value);
                distinct.len() - 1
            });
            Some(K::Native::from_usize(at).unwrap())
        })
        .collect();
    Arc::new(DictionaryArray::try_new(keys, plain(&distinct, text)).unwrap())
}

/// What fits no such type is null.
pub fn integers(values: &[Option<i64>], which: usize) -> ArrayRef {
    fn narrow<T: TryFrom<i64>>(values: &[Option<i64>]) -> Vec<Option<T>> {
        values.iter().map(|value| value.and_then(|value| T::try_from(value).ok())).collect()
    }
    match which {
        0 => Arc::new(Int64Array::from(values.to_vec())),
        1 => Arc::new(Int32Array::from(narrow(values))),
        2 => Arc::new(Int16Array::from(narrow(values))),
        3 => Arc::new(UInt16Array::from(narrow(values))),
        4 => Arc::new(UInt32Array::from(narrow(values))),
        _ => Arc::new(UInt64Array::from(narrow(values))),
    }
}

/// Ticks of so many nanoseconds, in a zone that changes nothing.
pub fn instants(ticks: Vec<Option<i64>>, nanos_per_tick: i64) -> ArrayRef {
    let zone = "America/New_York";
    match nanos_per_tick {
        1 => Arc::new(TimestampNanosecondArray::from(ticks).with_timezone(zone)),
        1_000 => Arc::new(TimestampMicrosecondArray::from(ticks).with_timezone(zone)),
        1_000_000 => Arc::new(TimestampMillisecondArray::from(ticks).with_timezone(zone)),
        _ => Arc::new(TimestampSecondArray::from(ticks).with_timezone("UTC")),
    }
}

pub fn decimals(digits: Vec<Option<i128>>, places: i8) -> ArrayRef {
    Arc::new(Decimal128Array::from(digits).with_data_type(DataType::Decimal128(38, places)))
}

/// The tags of a row.
pub type Pairs = Vec<(String, Option<String>)>;

pub fn maps(rows: &[Option<Pairs>]) -> ArrayRef {
    let names = MapFieldNames { entry: "entries".into(), key: "key".into(), value: "value".into() };
    let mut maps = MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
    for row in rows {
        for (key, value) in row.iter().flatten() {
            maps.keys().append_value(key);
            maps.values().append_option(value.as_deref());
        }
        maps.append(row.is_some()).unwrap();
    }
    Arc::new(maps.finish())
}
