//! The attributes of one CloudEvent, and how they and its data make one event.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::fault::{self, Fault};
use super::super::field::Field;
use super::super::item::Item as _;
use super::super::raw::{Form, Given, Name, RawEvent, why_malformed};

const SPEC_VERSION: &str = "specversion";
const DATA_CONTENT_TYPE: &str = "datacontenttype";
const DATA: &str = "data";
const DATA_BASE64: &str = "data_base64";
const JSON: &str = "application/json";

/// What is read of a CloudEvent.
pub(super) struct Attributes<'a> {
    event: RawEvent<'a>,
    spec_version: Option<Cow<'a, str>>,
    data_content_type: Option<Cow<'a, str>>,
    /// JSON.
    data: Option<&'a str>,
}

impl Default for Attributes<'_> {
    fn default() -> Self {
        Attributes {
            event: RawEvent::new(Form::CloudEvent),
            spec_version: None,
            data_content_type: None,
            data: None,
        }
    }
}

impl<'a> Attributes<'a> {
    /// Reads a whole event in JSON; what it says is wrong is kept for later, what is no JSON is an error.
    pub(super) fn read(&mut self, json: &'a str) -> Result<(), Fault> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let read = reader.deserialize_map(Reading(self)).and_then(|()| reader.end());
        read.map_err(|error| fault::malformed(why_malformed(&error)))
    }

    /// One attribute in a header; `None` is a value that cannot be decoded.
    pub(super) fn set_header(&mut self, name: &str, value: Option<Cow<'a, str>>) {
        match value {
            None if is_extension(name) => {}
            None => self.event.blame(fault::bad_field(name, "the header is not percent-encoded UTF-8")),
            Some(value) => self.set(name, Given::Text(value)),
        }
    }

    pub(super) fn set_data(&mut self, json: &'a str) {
        match self.data.replace(json) {
            None => {}
            Some(_) => self.event.blame(fault::duplicate_field(DATA)),
        }
    }

    /// The event, its data read, and whether they could be read.
    pub(super) fn into_event(mut self) -> (RawEvent<'a>, Result<(), Fault>) {
        self.check_envelope();
        let mut event = self.event;
        let read = match self.data {
            Some(data) if data.starts_with('{') => event.read(data),
            Some(_) => {
                event.blame(fault::bad_field(DATA, "it must be an object"));
                Ok(())
            }
            None => {
                event.blame(fault::missing_field(DATA, "it has the fields of the event"));
                Ok(())
            }
        };
        (event, read)
    }

    fn check_envelope(&mut self) {
        match self.spec_version.as_deref() {
            Some("1.0") => {}
            Some(_) => self.event.blame(fault::bad_field(SPEC_VERSION, "it must be 1.0")),
            None => self.event.blame(fault::missing_field(SPEC_VERSION, "every CloudEvent has it")),
        }
        if self.data_content_type.as_deref().is_some_and(|media_type| !is_json(media_type)) {
            self.event.blame(fault::bad_field(DATA_CONTENT_TYPE, "it must be application/json"));
        }
        let source = self.event.text(Field::Source).map(str::is_empty);
        if source == Some(true) {
            self.event.blame(fault::bad_field(Field::Source.name(), "it must not be empty"));
        } else if !self.event.given().has(Field::Source) {
            self.event.blame(fault::missing_field(Field::Source.name(), "every CloudEvent has it"));
        }
    }

    fn set(&mut self, name: &str, value: Given<'a>) {
        if matches!(value, Given::Null) {
            return;
        }
        let attribute = match name {
            "id" => return self.event.set(Field::Id, value),
            "source" => return self.event.set(Field::Source, value),
            "type" => return self.event.set(Field::Type, value),
            "subject" => return self.event.set(Field::Wallet, value),
            "time" => return self.event.set(Field::Time, value),
            SPEC_VERSION => &mut self.spec_version,
            DATA_CONTENT_TYPE => &mut self.data_content_type,
            DATA_BASE64 => {
                return self
                    .event
                    .blame(fault::bad_field(DATA_BASE64, "the data must be a JSON object in `data`"));
            }
            name if is_extension(name) => return,
            name => return self.event.blame(fault::unknown_field(name)),
        };
        if attribute.is_some() {
            return self.event.blame(fault::duplicate_field(name));
        }
        match value {
            Given::Text(text) => *attribute = Some(text),
            Given::Null | Given::Other => self.event.blame(fault::bad_field(name, "it must be a string")),
        }
    }
}

/// Could the name be that of an attribute we do not know? Those are lower-case letters and digits.
fn is_extension(name: &str) -> bool {
    let ours = matches!(
        name,
        "id" | "source" | "type" | "subject" | "time" | SPEC_VERSION | DATA_CONTENT_TYPE | DATA
    );
    let possible = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    !ours && !name.is_empty() && name.bytes().all(possible)
}

/// `application/json`, whatever parameters it has.
fn is_json(media_type: &str) -> bool {
    media_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(JSON))
}

struct Reading<'r, 'a>(&'r mut Attributes<'a>);

impl<'a> Visitor<'a> for Reading<'_, 'a> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a CloudEvent")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            match &*name {
                DATA => match map.next_value::<&'a RawValue>()?.get() {
                    "null" => {}
                    json => self.0.set_data(json),
                },
                name if is_extension(name) => {
                    map.next_value::<IgnoredAny>()?;
                }
                name => {
                    let value = map.next_value()?;
                    self.0.set(name, value);
                }
            }
        }
        Ok(())
    }
}
