//! A stream as its messages: a schema, the dictionaries, the batches of rows, and the mark of its end.
//!
//! Nothing that a message says of lengths is believed: each is held against the bytes that are there before anybody
//! sets memory aside by it. A stream without the mark of its end was cut off, and nothing of it is taken.

use arrow_buffer::Buffer;
use arrow_ipc::{DictionaryBatch, Endianness, Message, MessageHeader, MetadataVersion, RecordBatch, Schema};
use bytes::Bytes;
use flatbuffers::VerifierOptions;

use super::super::desk::{TooManyEvents, Unreadable};
use super::malformed;

/// What a message begins with.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// What a file begins with: the same in another wrapping, with a table of contents at its end.
const MAGIC_OF_FILES: &[u8] = b"ARROW1";
const PREFIX_BYTES: usize = 8;
/// Most bytes of what a message says about itself. Schemas carry what other tools keep in them.
const METADATA_BYTES_MAX: usize = 1 << 20;
/// Tables in the description of one message: a few a column, and what other tools keep in a schema.
const TABLES_MAX: usize = 8_192;
/// How deep a column's type may be nested.
const DEPTH_MAX: usize = 32;
/// Batches of rows and of dictionaries in one stream.
const MESSAGES_MAX: usize = 10_000;

/// One message that holds columns, and the bytes that they lie in.
pub(super) struct Part<'a> {
    pub batch: RecordBatch<'a>,
    pub version: MetadataVersion,
    pub body: Buffer,
    pub rows: usize,
}

/// A whole stream, its messages checked each for itself.
pub(super) struct Stream<'a> {
    pub schema: Schema<'a>,
    /// With the id that columns name each by; no id twice.
    pub dictionaries: Vec<(i64, Part<'a>)>,
    pub batches: Vec<Part<'a>>,
    /// Of all batches.
    pub rows: usize,
}

/// Takes a body apart. `rows_max` bounds the rows of all batches, and the values of each dictionary.
pub(super) fn read(bytes: &Bytes, rows_max: usize) -> Result<Stream<'_>, Unreadable> {
    if bytes.starts_with(MAGIC_OF_FILES) {
        return Err(malformed("this is an Arrow file: send an Arrow stream"));
    }
    let whole = Buffer::from(bytes.clone());
    let mut messages = Messages { bytes, whole, at: 0 };
    let Some((first, _)) = messages.next()? else {
        return Err(malformed("the stream ends before its schema"));
    };
    let schema = first.header_as_schema().ok_or_else(|| malformed("the first message is no schema"))?;
    if schema.endianness() != Endianness::Little {
        return Err(malformed("the stream is big-endian: send it little-endian"));
    }
    let mut stream = Stream { schema, dictionaries: Vec::new(), batches: Vec::new(), rows: 0 };
    while let Some((message, body)) = messages.next()? {
        if stream.dictionaries.len() + stream.batches.len() == MESSAGES_MAX {
            return Err(malformed(format!("more than {MESSAGES_MAX} messages: send larger batches of rows")));
        }
        stream.add(message, body, rows_max)?;
    }
    Ok(stream)
}

impl<'a> Stream<'a> {
    fn add(&mut self, message: Message<'a>, body: Buffer, rows_max: usize) -> Result<(), Unreadable> {
        let version = message.version();
        if !matches!(version, MetadataVersion::V4 | MetadataVersion::V5) {
            return Err(malformed("the metadata are of another version than 4 or 5"));
        }
        match message.header_type() {
            MessageHeader::RecordBatch => {
                let batch =
                    message.header_as_record_batch().ok_or_else(|| malformed("a batch is missing"))?;
                let part = Part::new(batch, version, body)?;
                self.rows = self.rows.saturating_add(part.rows);
                if self.rows > rows_max {
                    return Err(TooManyEvents { max: rows_max }.into());
                }
                self.batches.push(part);
            }
            MessageHeader::DictionaryBatch => {
                let dictionary = message
                    .header_as_dictionary_batch()
                    .ok_or_else(|| malformed("a dictionary is missing"))?;
                let part = Part::new(self.first_of(&dictionary)?, version, body)?;
                if part.rows > rows_max {
                    return Err(malformed(format!("a dictionary has more than {rows_max} values")));
                }
                self.dictionaries.push((dictionary.id(), part));
            }
            _ => return Err(malformed("a message is neither a dictionary nor a batch of rows")),
        }
        Ok(())
    }

    /// The values of a dictionary that is sent once and whole.
    fn first_of(&self, dictionary: &DictionaryBatch<'a>) -> Result<RecordBatch<'a>, Unreadable> {
        let again = self.dictionaries.iter().any(|(id, _)| *id == dictionary.id());
        if dictionary.isDelta() || again || !self.batches.is_empty() {
            return Err(malformed(
                "a dictionary is added to, replaced or late: send each once, before the first rows \
                 (pyarrow: table.unify_dictionaries())",
            ));
        }
        dictionary.data().ok_or_else(|| malformed("a dictionary has no values"))
    }
}

impl<'a> Part<'a> {
    fn new(batch: RecordBatch<'a>, version: MetadataVersion, body: Buffer) -> Result<Part<'a>, Unreadable> {
        let rows = usize::try_from(batch.length()).map_err(|_| malformed("a batch has a negative length"))?;
        if batch.compression().is_some() {
            return Err(malformed(
                "its buffers are compressed: send them plain, and the whole body with Content-Encoding: gzip or zstd",
            ));
        }
        let fits = nodes_fit(&batch) && buffers_fit(&batch, body.len()) && variadic_counts_fit(&batch);
        let part = Part { batch, version, body, rows };
        if fits { Ok(part) } else { Err(malformed("a batch describes more than it holds")) }
    }
}

fn nodes_fit(batch: &RecordBatch<'_>) -> bool {
    batch.nodes().into_iter().flatten().all(|node| (0..=node.length()).contains(&node.null_count()))
}

/// Does every buffer lie in the body, and all of them side by side? Such that share bytes could each be copied.
fn buffers_fit(batch: &RecordBatch<'_>, body_bytes: usize) -> bool {
    let mut left = body_bytes;
    batch.buffers().into_iter().flatten().all(|buffer| {
        let (offset, length) = (usize::try_from(buffer.offset()), usize::try_from(buffer.length()));
        let (Ok(offset), Ok(length)) = (offset, length) else { return false };
        let inside = offset.checked_add(length).is_some_and(|end| end <= body_bytes);
        let Some(rest) = left.checked_sub(length) else { return false };
        left = rest;
        inside
    })
}

fn variadic_counts_fit(batch: &RecordBatch<'_>) -> bool {
    let buffers = batch.buffers().map_or(0, |buffers| buffers.len());
    let fits = |count: i64| usize::try_from(count).is_ok_and(|count| count <= buffers);
    batch.variadicBufferCounts().into_iter().flatten().all(fits)
}

/// The messages that stand one after another in a body.
struct Messages<'a> {
    bytes: &'a [u8],
    /// The same, for columns to share.
    whole: Buffer,
    at: usize,
}

impl<'a> Messages<'a> {
    /// `None` at the mark of the end, behind which nothing may stand.
    fn next(&mut self) -> Result<Option<(Message<'a>, Buffer)>, Unreadable> {
        let prefix = self.take(PREFIX_BYTES)?;
        let (mark, length) = prefix.split_at(CONTINUATION.len());
        if mark != CONTINUATION {
            return Err(malformed("this is no Arrow stream: a message does not begin as one"));
        }
        let length = u32::from_le_bytes(length.try_into().expect("four of eight bytes")) as usize;
        if length == 0 {
            let ended = self.at == self.bytes.len();
            return if ended { Ok(None) } else { Err(malformed("bytes follow the end of the stream")) };
        }
        if length > METADATA_BYTES_MAX {
            return Err(malformed(format!("a message has more than {METADATA_BYTES_MAX} bytes of metadata")));
        }
        let limits =
            VerifierOptions { max_depth: DEPTH_MAX, max_tables: TABLES_MAX, ..VerifierOptions::default() };
        let message = arrow_ipc::root_as_message_with_opts(&limits, self.take(length)?)
            .map_err(|_| malformed("the metadata of a message are damaged, or there are too many"))?;
        let body_bytes = usize::try_from(message.bodyLength())
            .map_err(|_| malformed("a message has a body of negative length"))?;
        let start = self.at;
        self.take(body_bytes)?;
        Ok(Some((message, self.whole.slice_with_length(start, body_bytes))))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Unreadable> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len());
        let end =
            end.ok_or_else(|| malformed("the stream is cut off: it ends before the mark of its end"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }
}
