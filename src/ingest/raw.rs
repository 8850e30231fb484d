//! The fields of an event as they come: read from JSON, not yet looked at.
//!
//! What is wrong with a field does not stop the reading: the first fault is kept and the rest is read on,
//! so that the answer can tell the id wherever it stands. Only what is no JSON ends it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{Deserialize, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::desk::{Desk, Found};
use super::fault::{self, Fault};
use super::field::{ENVELOPE, Field, Fields};
use super::item::Item;

/// Where the fields of an event stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// All in one object.
    Plain,
    /// Some in the attributes of a CloudEvent, which calls the wallet its subject, and the rest in its data.
    CloudEvent,
}

/// The fields of one event, each as the text it came in: of a string what it says, of `segments` and
/// `tags` their JSON.
pub(super) struct RawEvent<'a> {
    form: Form,
    /// As they stand in what is read.
    texts: [Option<&'a str>; Field::ALL.len()],
    /// What strings say that stand there otherwise, with escapes: of nearly no event.
    unescaped: Vec<(Field, String)>,
    given: Fields,
    fault: Option<Fault>,
    /// Once it was looked up: the wallet, if the sender reaches one of that name.
    wallet: Option<Option<Found>>,
}

/// A JSON value where a string is due.
pub(super) enum Given<'a> {
    Text(Cow<'a, str>),
    Null,
    Other,
}

/// The name of a field.
pub(super) struct Name<'a>(pub(super) Cow<'a, str>);

impl<'a> RawEvent<'a> {
    pub(super) fn new(form: Form) -> RawEvent<'a> {
        RawEvent {
            form,
            texts: [None; Field::ALL.len()],
            unescaped: Vec::new(),
            given: Fields::default(),
            fault: None,
            wallet: None,
        }
    }

    /// The text of a field that had none, where it stands in what is read.
    #[inline]
    pub(super) fn tell(&mut self, field: Field, text: &'a str) {
        self.texts[field as usize] = Some(text);
        self.given.add(field);
    }

    /// Has no fields again, of those that were told as they stand.
    pub(super) fn untell(&mut self) {
        (self.texts, self.given) = Default::default();
    }

    /// Looks its wallet up, where it names one.
    pub(super) fn find_wallet(&mut self, desk: &Desk<'_>) {
        self.wallet = self.text(Field::Wallet).map(|wallet| desk.find(wallet));
    }

    /// Keeps the fault if it is the first.
    pub(super) fn blame(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    pub(super) fn set(&mut self, field: Field, value: Given<'a>) {
        if self.given.has(field) {
            return self.blame(fault::duplicate_field(self.name(field)));
        }
        match value {
            Given::Text(Cow::Borrowed(text)) => self.tell(field, text),
            Given::Text(Cow::Owned(text)) => {
                self.tell(field, "");
                self.unescaped.push((field, text));
            }
            Given::Null | Given::Other => {
                self.given.add(field);
                self.blame(fault::bad_field(self.name(field), "it must be a string"))
            }
        }
    }

    /// Reads the fields of one JSON object, which is all that `json` may hold: the event itself, or the
    /// data of a CloudEvent.
    pub(super) fn read(&mut self, json: &'a str) -> Result<(), Fault> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let read = reader.deserialize_map(Reading(self)).and_then(|()| reader.end());
        read.map_err(|error| fault::malformed(why_malformed(&error)))
    }

    #[inline]
    fn unescaped(&self, field: Field) -> Option<&str> {
        // Nearly always there is none to go through.
        let found = self.unescaped.iter().find(|(own, _)| *own == field);
        found.map(|(_, text)| text.as_str())
    }

    fn read_field<A: MapAccess<'a>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        let Some(field) = Field::parse(name) else {
            self.blame(fault::unknown_field(name));
            return map.next_value::<IgnoredAny>().map(|_| ());
        };
        let value = match field {
            Field::Segments | Field::Tags => Given::Text(Cow::Borrowed(map.next_value::<&RawValue>()?.get())),
            _ => map.next_value()?,
        };
        if self.form == Form::CloudEvent && ENVELOPE.has(field) {
            self.blame(fault::bad_field(name, "a CloudEvent has it among its attributes, not in its data"));
        } else {
            self.set(field, value);
        }
        Ok(())
    }
}

impl Item for RawEvent<'_> {
    fn name(&self, field: Field) -> &'static str {
        match (self.form, field) {
            (Form::CloudEvent, Field::Wallet) => "subject",
            _ => field.name(),
        }
    }

    fn text(&self, field: Field) -> Option<&str> {
        self.texts[field as usize].map(|text| self.unescaped(field).unwrap_or(text))
    }

    /// As they stand neither strings of JSON nor headers of HTTP have one.
    fn has_nul(&self, field: Field, _: &str) -> bool {
        self.unescaped(field).is_some_and(|text| text.contains('\0'))
    }

    fn given(&self) -> Fields {
        self.given
    }

    fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    fn known_wallet(&self) -> Option<Option<&Found>> {
        self.wallet.as_ref().map(Option::as_ref)
    }
}

/// Why a text is no JSON object, without repeating it, and without a line: the caller knows better which.
pub(super) fn why_malformed(error: &serde_json::Error) -> String {
    if error.is_data() {
        return "not a JSON object".to_owned();
    }
    let told = error.to_string();
    let what = told.split(" at line ").next().unwrap_or_default();
    format!("not a JSON object: {what} at byte {}", error.column())
}

struct Reading<'r, 'a>(&'r mut RawEvent<'a>);

impl<'a> Visitor<'a> for Reading<'_, 'a> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an event")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            self.0.read_field(&name, &mut map)?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Given<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Given<'de>, D::Error> {
        deserializer.deserialize_any(GivenVisitor)
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name<'de>, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}

struct GivenVisitor;

impl<'de> Visitor<'de> for GivenVisitor {
    type Value = Given<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Given<'de>, E> {
        Ok(Given::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Given<'de>, E> {
        Ok(Given::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Given<'de>, E> {
        Ok(Given::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Given<'de>, E> {
        Ok(Given::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Given<'de>, E> {
        Ok(Given::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Given<'de>, E> {
        Ok(Given::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Given<'de>, E> {
        Ok(Given::Other)
    }

    // What an array or an object holds is skipped without recursion, however deep it is.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Given<'de>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Given::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Given<'de>, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Given::Other)
    }
}
