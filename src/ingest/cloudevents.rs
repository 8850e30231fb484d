//! CloudEvents 1.0 over HTTP: structured, batched and binary mode.
//!
//! `subject` is the wallet; `id`, `source`, `type` and `time` are the event's own; all other fields are in
//! `data`. Extension attributes are ignored, and an attribute that is null is not there (CloudEvents JSON
//! format, section 2.2).

mod attributes;
mod header;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::Deserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use self::attributes::Attributes;
use super::desk::{Desk, TooManyEvents, Unreadable};
use super::fault::Fault;
use super::ndjson::without_byte_order_mark;
use super::raw::RawEvent;
use crate::engine::batch::Batch;

/// Reads `application/cloudevents+json`: one event, told as line 1.
pub fn read_structured(body: Bytes, desk: &Desk<'_>) -> Result<Batch, Unreadable> {
    let mut batch = Batch::default();
    let json: &RawValue = serde_json::from_str(text(&body)?).map_err(|error| not(CLOUD_EVENT, &error))?;
    if !json.get().starts_with('{') {
        return Err(Unreadable::Malformed(Cow::Borrowed("the body is not a CloudEvent: not a JSON object")));
    }
    take(json.get(), 1, desk, &mut batch)?;
    Ok(batch)
}

/// Reads `application/cloudevents-batch+json`: an array of events, told as lines from 1 on.
pub fn read_batch(body: Bytes, desk: &Desk<'_>) -> Result<Batch, Unreadable> {
    let mut batch = Batch::default();
    let mut too_many = None;
    let mut json = serde_json::Deserializer::from_str(text(&body)?);
    let items = Items { desk, batch: &mut batch, too_many: &mut too_many };
    let read = json.deserialize_seq(items).and_then(|()| json.end());
    if let Some(too_many) = too_many {
        return Err(too_many.into());
    }
    read.map_err(|error| not(BATCH, &error))?;
    Ok(batch)
}

/// Reads binary mode: one event, its attributes in headers named `ce-...` and its data in the body; told as
/// line 1. Other headers are passed over.
pub fn read_binary<'h>(
    headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
    body: Bytes,
    desk: &Desk<'_>,
) -> Result<Batch, Unreadable> {
    let mut batch = Batch::default();
    desk.admit(&batch, 0)?;
    let mut attributes = Attributes::default();
    for (name, value) in headers {
        if let Some(name) = header::attribute_name(name) {
            attributes.set_header(&name, header::value(value));
        }
    }
    let data: &RawValue = serde_json::from_str(text(&body)?).map_err(|error| not(DATA, &error))?;
    let short_enough = desk.check_length(body.len());
    attributes.set_data(data.get());
    let (mut event, read) = attributes.into_event();
    desk.take(&mut batch, 1, &mut event, short_enough.and(read));
    Ok(batch)
}

const CLOUD_EVENT: &str = "a CloudEvent";
const BATCH: &str = "an array of CloudEvents";
const DATA: &str = "the data of a CloudEvent";

fn not(what: &str, error: &serde_json::Error) -> Unreadable {
    let (line, column) = (error.line(), error.column());
    let told = error.to_string();
    // An error of data would repeat the data.
    let why = if error.is_data() {
        "another JSON value"
    } else {
        told.split(" at line ").next().unwrap_or_default()
    };
    Unreadable::Malformed(format!("the body is not {what}: {why}, at line {line}, byte {column}").into())
}

fn text(body: &[u8]) -> Result<&str, Unreadable> {
    std::str::from_utf8(without_byte_order_mark(body))
        .map_err(|_| Unreadable::Malformed(Cow::Borrowed("the body is not UTF-8")))
}

fn take(json: &str, number: u32, desk: &Desk<'_>, batch: &mut Batch) -> Result<(), TooManyEvents> {
    desk.admit(batch, 0)?;
    let (mut event, read) = read_event(json, desk);
    desk.take(batch, number, &mut event, read);
    Ok(())
}

fn read_event<'a>(json: &'a str, desk: &Desk<'_>) -> (RawEvent<'a>, Result<(), Fault>) {
    let short_enough = desk.check_length(json.len());
    let mut attributes = Attributes::default();
    let read = attributes.read(json);
    let (event, data_read) = attributes.into_event();
    (event, short_enough.and(read).and(data_read))
}

struct Items<'b, 'd> {
    desk: &'b Desk<'d>,
    batch: &'b mut Batch,
    too_many: &'b mut Option<TooManyEvents>,
}

impl<'a> Visitor<'a> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(BATCH)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        // Each is cut out first, so that one that cannot be read leaves the others unharmed.
        while let Some(json) = items.next_element::<&'a RawValue>()? {
            let number = u32::try_from(self.batch.lines.len() + 1).map_err(A::Error::custom)?;
            if let Err(too_many) = take(json.get(), number, self.desk, self.batch) {
                *self.too_many = Some(too_many);
                return Err(A::Error::custom(too_many));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
