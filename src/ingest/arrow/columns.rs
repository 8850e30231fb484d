//! The columns of one batch of rows, ready to be asked for any field of any row.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow_array::{
    Array, ArrayRef, LargeStringArray, MapArray, StringArray, StringViewArray, downcast_integer_array,
};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, TimeUnit};

use super::super::desk::Unreadable;
use super::super::field::{Field, Fields};
use super::shape::{Column, Shape};
use super::{damaged, malformed};

/// Texts, each found in an instant.
#[derive(Clone)]
pub(super) enum Values {
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    View(StringViewArray),
}

/// A column of texts: of each row's own, or of a dictionary's.
pub(super) struct Text {
    values: Values,
    /// Of each row, its value's place in the dictionary; 0 where the row has none.
    keys: Option<Vec<u32>>,
}

pub(super) struct Instants {
    ticks: ScalarBuffer<i64>,
    nanos_per_tick: i64,
}

pub(super) struct Decimals {
    values: ScalarBuffer<i128>,
    scale: i8,
}

/// A column of maps of text to text.
pub(super) struct Maps {
    maps: MapArray,
    keys: Values,
    values: Values,
}

/// How many bytes of text the rows of a stream may still come to.
pub(super) struct Budget {
    pub bytes_left: usize,
    pub bytes_max: usize,
    /// Whether what dictionaries say again and again is counted: not where it cannot be too much.
    pub counts_repeats: bool,
}

/// One batch of rows.
pub(super) struct Columns {
    /// Of each row, which fields it has.
    pub given: Vec<Fields>,
    texts: [Option<Text>; Field::ALL.len()],
    /// 0 is no number of segments.
    pub segments: Option<Vec<u8>>,
    pub times: Option<Instants>,
    pub amounts: Option<Decimals>,
    pub tags: Option<Maps>,
}

impl Values {
    /// From a column as it is decoded; that it comes to no more than `budget` has is known before any text is checked.
    pub(super) fn of(array: &ArrayRef, budget: &mut Budget) -> Result<Values, Unreadable> {
        match array.data_type() {
            DataType::Utf8 => Ok(Values::Utf8(array.as_string().clone())),
            DataType::LargeUtf8 => Ok(Values::LargeUtf8(array.as_string().clone())),
            DataType::BinaryView => {
                let views = array.as_binary_view();
                // The length is the lower half of the first eight bytes. Many views may be of the same bytes.
                let bytes = views.views().iter().map(|view| *view as u32 as usize).sum();
                budget.spend(bytes)?;
                views.clone().to_string_view().map(Values::View).map_err(|error| damaged(&error))
            }
            _ => Err(malformed("a column is decoded as something else")),
        }
    }

    pub(super) fn get(&self, at: usize) -> &str {
        match self {
            Values::Utf8(array) => array.value(at),
            Values::LargeUtf8(array) => array.value(at),
            Values::View(array) => array.value(at),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Values::Utf8(array) => array.len(),
            Values::LargeUtf8(array) => array.len(),
            Values::View(array) => array.len(),
        }
    }

    fn nulls(&self) -> Option<&NullBuffer> {
        match self {
            Values::Utf8(array) => array.nulls(),
            Values::LargeUtf8(array) => array.nulls(),
            Values::View(array) => array.nulls(),
        }
    }

    /// Bytes of the longest.
    pub(super) fn longest(&self) -> usize {
        (0..self.len()).map(|at| self.get(at).len()).max().unwrap_or(0)
    }
}

impl Text {
    pub(super) fn get(&self, row: usize) -> &str {
        self.values.get(self.entry(row).unwrap_or(row))
    }

    /// The place of the row's value in the dictionary, where there is one.
    pub(super) fn entry(&self, row: usize) -> Option<usize> {
        self.keys.as_ref().map(|keys| keys[row] as usize)
    }
}

impl Instants {
    fn of(array: &ArrayRef, nanos_per_tick: i64) -> Option<Instants> {
        let ticks = match array.data_type() {
            DataType::Timestamp(TimeUnit::Second, _) => array.as_primitive::<TimestampSecondType>().values(),
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                array.as_primitive::<TimestampMillisecondType>().values()
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                array.as_primitive::<TimestampMicrosecondType>().values()
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                array.as_primitive::<TimestampNanosecondType>().values()
            }
            _ => return None,
        };
        Some(Instants { ticks: ticks.clone(), nanos_per_tick })
    }

    /// Nanoseconds since 1970; `None` out of the range of instants.
    pub(super) fn nanos(&self, row: usize) -> Option<i64> {
        self.ticks[row].checked_mul(self.nanos_per_tick)
    }
}

impl Decimals {
    /// The digits as one whole number, and how many of them are decimal places.
    pub(super) fn get(&self, row: usize) -> (i128, i8) {
        (self.values[row], self.scale)
    }
}

impl Maps {
    fn of(array: &ArrayRef, budget: &mut Budget) -> Result<Maps, Unreadable> {
        let maps = array.as_map().clone();
        let (keys, values) = (Values::of(maps.keys(), budget)?, Values::of(maps.values(), budget)?);
        Ok(Maps { maps, keys, values })
    }

    /// The keys and values of a row, in their order; a value of `None` is null.
    pub(super) fn entries(&self, row: usize) -> impl Iterator<Item = (&str, Option<&str>)> {
        let offsets = self.maps.value_offsets();
        let range = offsets[row] as usize..offsets[row + 1] as usize;
        let entries = self.maps.entries();
        range.map(move |at| {
            let there = entries.is_valid(at) && self.values.nulls().is_none_or(|nulls| nulls.is_valid(at));
            (self.keys.get(at), there.then(|| self.values.get(at)))
        })
    }
}

impl Budget {
    pub(super) fn new(bytes_max: usize) -> Budget {
        Budget { bytes_left: bytes_max, bytes_max, counts_repeats: false }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Unreadable> {
        let too_large = Unreadable::TooLarge { bytes_max: self.bytes_max };
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(too_large)?;
        Ok(())
    }
}

impl Columns {
    /// `arrays` are the decoded columns in their order, `dictionary` gives the values of one that some of them use.
    pub(super) fn of<'d>(
        rows: usize,
        columns: &[Column],
        arrays: &[ArrayRef],
        dictionary: impl Fn(i64) -> Option<&'d Values>,
        budget: &mut Budget,
    ) -> Result<Columns, Unreadable> {
        let mut read = Columns {
            given: vec![Fields::default(); rows],
            texts: [const { None }; Field::ALL.len()],
            segments: None,
            times: None,
            amounts: None,
            tags: None,
        };
        for (column, array) in columns.iter().zip(arrays) {
            match column.shape {
                Shape::Dictionary(id) => {
                    let text = read.entries(column.field, array, dictionary(id), budget)?;
                    read.texts[column.field as usize] = text;
                    continue;
                }
                Shape::Text => {
                    let text = Text { values: Values::of(array, budget)?, keys: None };
                    read.texts[column.field as usize] = Some(text);
                }
                Shape::Integer => read.segments = Some(segments(array)),
                Shape::Instant(nanos_per_tick) => read.times = Instants::of(array, nanos_per_tick),
                Shape::Decimal(scale) => {
                    let values = array.as_primitive::<Decimal128Type>().values().clone();
                    read.amounts = Some(Decimals { values, scale });
                }
                Shape::Map => read.tags = Some(Maps::of(array, budget)?),
            }
            read.mark(column.field, array.nulls());
        }
        Ok(read)
    }

    pub(super) fn text(&self, field: Field) -> Option<&Text> {
        self.texts[field as usize].as_ref()
    }

    /// The rows whose value is not null have the field.
    fn mark(&mut self, field: Field, nulls: Option<&NullBuffer>) {
        match nulls {
            None => self.given.iter_mut().for_each(|given| given.add(field)),
            Some(nulls) => {
                for row in nulls.valid_indices() {
                    self.given[row].add(field);
                }
            }
        }
    }

    /// A column of indices, each held against the dictionary. `None` where no row has a value.
    fn entries(
        &mut self,
        field: Field,
        array: &ArrayRef,
        dictionary: Option<&Values>,
        budget: &mut Budget,
    ) -> Result<Option<Text>, Unreadable> {
        let mut keys = indices(array);
        let (length, nulls) = (dictionary.map_or(0, Values::len), array.nulls());
        let value_nulls = dictionary.and_then(Values::nulls);
        for (row, key) in keys.iter_mut().enumerate() {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                *key = 0;
                continue;
            }
            let at = *key as usize;
            if at >= length {
                let detail =
                    format!("row {} of a batch has an index outside its dictionary of {length}", row + 1);
                return Err(Unreadable::Column { column: field.name(), detail });
            }
            if value_nulls.is_none_or(|nulls| nulls.is_valid(at)) {
                self.given[row].add(field);
            }
        }
        let Some(values) = dictionary.filter(|values| values.len() > 0) else { return Ok(None) };
        if budget.counts_repeats {
            let has = |row: usize| self.given[row].has(field);
            let said = keys.iter().enumerate().filter(|(row, _)| has(*row));
            budget.spend(said.map(|(_, key)| values.get(*key as usize).len()).sum())?;
        }
        Ok(Some(Text { values: values.clone(), keys: Some(keys) }))
    }
}

/// What does not fit is outside of every dictionary.
#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_fallible_conversions,
    reason = "one text for every type"
)]
fn indices(array: &ArrayRef) -> Vec<u32> {
    downcast_integer_array!(
        array => array.values().iter().map(|index| u32::try_from(*index).unwrap_or(u32::MAX)).collect(),
        _ => Vec::new(),
    )
}

#[allow(clippy::useless_conversion, reason = "one text for every type")]
fn segments(array: &ArrayRef) -> Vec<u8> {
    downcast_integer_array!(
        array => array.values().iter().map(|units| u8::try_from(*units).unwrap_or(0)).collect(),
        _ => Vec::new(),
    )
}
