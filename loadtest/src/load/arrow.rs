//! Requests as columns: an Arrow IPC stream of one record batch, its repeated words in dictionaries.
//!
//! The columns are the fields of an event by their names. What differs for every event (ids, peers, texts) is plain
//! text of one buffer; what repeats (channels, types, kinds, times, wallets where they are few) is a dictionary.

use std::cell::RefCell;
use std::sync::Arc;

use arrow_array::types::{ArrowDictionaryKeyType, Int32Type, UInt16Type};
use arrow_array::{ArrayRef, DictionaryArray, PrimitiveArray, RecordBatch, StringArray, UInt16Array};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Field, Schema};

use super::event::{CHANNEL, COUNTRIES, Event, SHAPES, What, segments, shape};
use super::lines::{Length, MOMENTS, Moments, NUMBER_DIGITS, PEER_DIGITS, Telling, put_digits};
use crate::load::event::wallet_name;

pub const CONTENT_TYPE: &str = "application/vnd.apache.arrow.stream";

const TYPES: [&str; 2] = ["message.outbound", "message.status"];
const STATUSES: [&str; 2] = ["delivered", "failed"];
const ENCODINGS: [&str; 2] = ["GSM-7", "UCS-2"];

/// Writes the requests of one connection.
#[derive(Debug)]
pub struct Columns {
    telling: Telling,
    /// Segments, and the place of the encoding, of each shape.
    counts: [(u16, u16); SHAPES],
    run: String,
    /// What the number of a message stands behind.
    id: String,
}

/// For each wallet the request that named it last, and its place in that request's dictionary.
#[derive(Default)]
struct Places {
    of_wallets: Vec<(u32, i32)>,
    request: u32,
}

thread_local! {
    /// One table for all connections: that of each by itself would no longer be in the cache when its turn comes again.
    static PLACES: RefCell<Places> = RefCell::default();
}

/// Texts of one column, one behind the other.
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<i32>,
}

impl Texts {
    fn with_room(events: usize, bytes: usize) -> Texts {
        let mut ends = Vec::with_capacity(events + 1);
        ends.push(0);
        Texts { bytes: Vec::with_capacity(events * bytes), ends }
    }

    /// Ends the text that was written to `bytes`.
    fn end(&mut self) {
        self.ends.push(self.bytes.len() as i32);
    }

    fn digits(&mut self, number: u64, width: usize) {
        let start = self.bytes.len();
        self.bytes.resize(start + width, b'0');
        put_digits(&mut self.bytes[start..], number);
    }

    fn column(self, present: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
        let ends = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        Ok(Arc::new(StringArray::try_new(ends, Buffer::from_vec(self.bytes), present)?))
    }
}

impl Columns {
    /// `run` and `connection` make ids unique; wallets are those of the run.
    pub fn new(telling: Telling, run: &str, connection: u32) -> Columns {
        let id = format!("{run}-{connection:x}-");
        let counts = std::array::from_fn(|number| {
            let (units, encoding) = segments(shape(number as u8).1);
            (units as u16, u16::from(encoding.word() != ENCODINGS[0]))
        });
        Columns { telling, counts, run: run.to_owned(), id }
    }

    pub fn encode(&self, events: &[Event], moments: &Moments, body: &mut Vec<u8>) {
        body.clear();
        let written = self.batch(events, moments).and_then(|batch| {
            let mut writer = StreamWriter::try_new(&mut *body, batch.schema_ref())?;
            writer.write(&batch)?;
            writer.finish()
        });
        written.expect("columns of one length and a vector to write to");
    }

    fn batch(&self, events: &[Event], moments: &Moments) -> Result<RecordBatch, ArrowError> {
        let statuses = events.iter().any(|event| event.what != What::Message);
        let of_messages =
            statuses.then(|| NullBuffer::from_iter(events.iter().map(|event| event.what == What::Message)));
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("id", self.ids(events, |event| if event.what == What::Message { "" } else { "s" }, None)?),
            ("type", words(events, |event| u16::from(event.what != What::Message), &TYPES, None)?),
            ("wallet", PLACES.with_borrow_mut(|places| self.wallets(events, places))?),
            ("channel", words(events, |_| 0, &[CHANNEL], of_messages.clone())?),
            ("peer", peers(events, of_messages.clone())?),
            ("kind", words(events, |_| 0, &["sms"], of_messages.clone())?),
            ("time", times(events, moments)?),
        ];
        match self.telling.length {
            Length::Text => columns.push(("text", texts(events, of_messages.clone())?)),
            Length::Segments => {
                let counted = |event: &Event| self.counts[usize::from(event.shape)];
                let units = events.iter().map(|event| counted(event).0).collect();
                columns.push(("segments", Arc::new(UInt16Array::new(units, of_messages.clone()))));
                let encoding = |event: &Event| counted(event).1;
                columns.push(("encoding", words(events, encoding, &ENCODINGS, of_messages.clone())?));
            }
        }
        if let Some(campaign) = self.telling.campaign {
            columns.push(("campaign", words(events, |_| 0, &[campaign], of_messages.clone())?));
        }
        if let Some(of_messages) = of_messages {
            let of_statuses = Some(NullBuffer::from_iter(of_messages.iter().map(|message| !message)));
            columns.push(("message", self.ids(events, |_| "", of_statuses.clone())?));
            let status = |event: &Event| u16::from(event.what == What::Failed);
            columns.push(("status", words(events, status, &STATUSES, of_statuses)?));
        }
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, column)| Field::new(*name, column.data_type().clone(), column.is_nullable()))
            .collect();
        RecordBatch::try_new(
            Arc::new(Schema::new(fields)),
            columns.into_iter().map(|(_, column)| column).collect(),
        )
    }

    fn ids(
        &self,
        events: &[Event],
        before: impl Fn(&Event) -> &'static str,
        present: Option<NullBuffer>,
    ) -> Result<ArrayRef, ArrowError> {
        let mut texts = Texts::with_room(events.len(), self.id.len() + NUMBER_DIGITS + 1);
        for event in events {
            texts.bytes.extend_from_slice(before(event).as_bytes());
            texts.bytes.extend_from_slice(self.id.as_bytes());
            texts.digits(event.number, NUMBER_DIGITS);
            texts.end();
        }
        texts.column(present)
    }

    /// A dictionary of the wallets that this request names, each once; where there are more wallets than events, and it would
    /// name nearly each of them once, plain text.
    fn wallets(&self, events: &[Event], places: &mut Places) -> Result<ArrayRef, ArrowError> {
        let width = wallet_name(&self.run, 0).len();
        let mut names = Texts::with_room(events.len(), width);
        let start = format!("lt-{}-", self.run);
        let mut name = |wallet: u32| {
            names.bytes.extend_from_slice(start.as_bytes());
            names.digits(u64::from(wallet), width - start.len());
            names.end();
            names.ends.len() as i32 - 2
        };
        if events.iter().any(|event| event.wallet as usize >= events.len()) {
            events.iter().for_each(|event| _ = name(event.wallet));
            return names.column(None);
        }
        let mut keys = Vec::with_capacity(events.len());
        places.request += 1;
        for event in events {
            let wallet = event.wallet as usize;
            if places.of_wallets.len() <= wallet {
                places.of_wallets.resize(wallet + 1, (0, 0));
            }
            let (request, place) = &mut places.of_wallets[wallet];
            if *request != places.request {
                (*request, *place) = (places.request, name(event.wallet));
            }
            keys.push(*place);
        }
        dictionary::<Int32Type>(keys.into(), names.column(None)?, None)
    }
}

fn dictionary<K: ArrowDictionaryKeyType>(
    keys: ScalarBuffer<K::Native>,
    values: ArrayRef,
    present: Option<NullBuffer>,
) -> Result<ArrayRef, ArrowError> {
    let keys = PrimitiveArray::<K>::try_new(keys, present)?;
    Ok(Arc::new(DictionaryArray::<K>::try_new(keys, values)?))
}

/// A dictionary of a few words.
fn words(
    events: &[Event],
    key: impl Fn(&Event) -> u16,
    words: &[&'static str],
    present: Option<NullBuffer>,
) -> Result<ArrayRef, ArrowError> {
    let values: ArrayRef = Arc::new(StringArray::from_iter_values(words));
    dictionary::<UInt16Type>(events.iter().map(key).collect(), values, present)
}

fn times(events: &[Event], moments: &Moments) -> Result<ArrayRef, ArrowError> {
    let used = if events.iter().all(|event| event.moment == 0) { 1 } else { MOMENTS };
    let text = |moment: usize| String::from_utf8_lossy(moments.bytes(moment as u8)).into_owned();
    let values: ArrayRef = Arc::new(StringArray::from_iter_values((0..used).map(text)));
    dictionary::<UInt16Type>(events.iter().map(|event| u16::from(event.moment)).collect(), values, None)
}

fn peers(events: &[Event], present: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
    let mut texts = Texts::with_room(events.len(), COUNTRIES[0].len() + PEER_DIGITS + 1);
    for event in events {
        texts.bytes.push(b'+');
        texts.bytes.extend_from_slice(shape(event.shape).0.as_bytes());
        texts.digits(u64::from(event.peer), PEER_DIGITS);
        texts.end();
    }
    texts.column(present)
}

fn texts(events: &[Event], present: Option<NullBuffer>) -> Result<ArrayRef, ArrowError> {
    let mut texts = Texts::with_room(events.len(), 64);
    for event in events {
        texts.bytes.extend_from_slice(shape(event.shape).1.as_bytes());
        texts.end();
    }
    texts.column(present)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::draw::Draw;
    use crate::load::feed::{Feed, Spice};
    use arrow_array::cast::AsArray;
    use arrow_ipc::reader::StreamReader;

    fn written(spice: Spice, telling: Telling, requests: usize) -> (Vec<Event>, RecordBatch) {
        let mut feed = Feed::new(1, Draw::Uniform(30), spice);
        let columns = Columns::new(telling, "r1", 10);
        let moments = Moments::at("2026-11-27T10:00:00Z".parse().expect("an instant"));
        let (mut events, mut body) = (Vec::new(), Vec::new());
        for _ in 0..requests {
            feed.fill(100, &mut events);
            columns.encode(&events, &moments, &mut body);
        }
        let mut reader = StreamReader::try_new(body.as_slice(), None).expect("a stream");
        let batch = reader.next().expect("a batch").expect("readable");
        assert!(reader.next().is_none(), "one batch a request");
        (events, batch)
    }

    /// The text in a row, whether in a dictionary or not; `None` where there is none.
    fn text(batch: &RecordBatch, column: &str, row: usize) -> Option<String> {
        let array = batch.column_by_name(column).unwrap_or_else(|| panic!("no column {column}"));
        if array.is_null(row) {
            return None;
        }
        let (values, at) = match array.as_any_dictionary_opt() {
            Some(dictionary) => (dictionary.values(), dictionary.normalized_keys()[row]),
            None => (array, row),
        };
        Some(values.as_string::<i32>().value(at).to_owned())
    }

    #[test]
    fn the_columns_say_what_the_events_mean() {
        let (events, batch) =
            written(Spice::Plain, Telling { length: Length::Text, campaign: Some("spring") }, 2);
        assert_eq!(batch.num_rows(), 100);
        for (row, event) in events.iter().enumerate() {
            let (country, said) = shape(event.shape);
            for (column, want) in [
                ("id", format!("r1-a-{:010}", event.number)),
                ("type", "message.outbound".to_owned()),
                ("wallet", wallet_name("r1", event.wallet)),
                ("channel", CHANNEL.to_owned()),
                ("peer", format!("+{country}{:07}", event.peer)),
                ("kind", "sms".to_owned()),
                ("campaign", "spring".to_owned()),
                ("text", said.to_owned()),
                ("time", "2026-11-27T10:00:00Z".to_owned()),
            ] {
                assert_eq!(text(&batch, column, row), Some(want), "{column} of row {row}");
            }
        }
        let wallets = batch.column_by_name("wallet").expect("wallets").as_any_dictionary().values().len();
        assert!(wallets <= 30, "{wallets} names for 30 wallets");
    }

    #[test]
    fn statuses_and_messages_share_a_batch() {
        let (events, batch) =
            written(Spice::Statuses, Telling { length: Length::Segments, campaign: None }, 2);
        for (row, event) in events.iter().enumerate() {
            let message = format!("r1-a-{:010}", event.number);
            let (status, names) = match event.what {
                What::Message => (None, None),
                What::Delivered => (Some("delivered".to_owned()), Some(message.clone())),
                What::Failed => (Some("failed".to_owned()), Some(message.clone())),
            };
            assert_eq!(text(&batch, "status", row), status, "row {row}");
            assert_eq!(text(&batch, "message", row), names, "row {row}");
            let before = if event.what == What::Message { "" } else { "s" };
            assert_eq!(text(&batch, "id", row), Some(format!("{before}{message}")));
            assert_eq!(text(&batch, "peer", row).is_some(), event.what == What::Message, "row {row}");
        }
    }
}
