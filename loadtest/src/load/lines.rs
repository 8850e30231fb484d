//! Requests as text, from templates: an event is a copy of its template with a few digits put in place.

use jiff::{SignedDuration, Timestamp};

use super::event::{CHANNEL, Event, SHAPES, What, segments, shape};

/// Bytes of an instant in whole seconds, such as `2026-11-27T10:00:00Z`.
pub const TIME_BYTES: usize = 20;
/// How many moments there are for events to have happened at.
pub const MOMENTS: usize = 128;
pub const NUMBER_DIGITS: usize = 10;
pub const WALLET_DIGITS: usize = 7;
pub const PEER_DIGITS: usize = 7;

const LATE_MINUTES_MAX: i64 = 5;
/// Younger than what is too old (35 days).
const LATE_DAYS_MAX: i64 = 30;

/// The instants that events tell: number 0 is now, half of the others minutes old and half up to a month.
#[derive(Clone, Debug)]
pub struct Moments([[u8; TIME_BYTES]; MOMENTS]);

impl Moments {
    pub fn at(now: Timestamp) -> Moments {
        let half = MOMENTS as i64 / 2;
        Moments(std::array::from_fn(|number| {
            let number = number as i64;
            let late = if number < half {
                SignedDuration::from_secs(number * LATE_MINUTES_MAX * 60 / half)
            } else {
                SignedDuration::from_secs((number - half + 1) * LATE_DAYS_MAX * 86_400 / half)
            };
            rendered(now - late)
        }))
    }

    /// Now has moved on; what is late stays where it was.
    pub fn advance(&mut self, now: Timestamp) {
        self.0[0] = rendered(now);
    }

    pub fn bytes(&self, moment: u8) -> &[u8; TIME_BYTES] {
        &self.0[usize::from(moment)]
    }
}

fn rendered(instant: Timestamp) -> [u8; TIME_BYTES] {
    let whole = Timestamp::from_second(instant.as_second()).expect("a shorter instant fits too");
    whole.to_string().as_bytes().try_into().expect("whole seconds of these centuries have 20 bytes")
}

/// Digits with leading zeros.
pub fn put_digits(slot: &mut [u8], mut number: u64) {
    for pair in slot.rchunks_mut(2) {
        let two = &PAIRS[number as usize % 100];
        pair.copy_from_slice(&two[2 - pair.len()..]);
        number /= 100;
    }
}

const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + number as u8 / 10, b'0' + number as u8 % 10];
        number += 1;
    }
    pairs
};

/// One event's text with room for what differs; where a template has no such room, it stands at none.
#[derive(Debug)]
struct Template {
    bytes: Vec<u8>,
    ids: Vec<usize>,
    wallet: usize,
    time: usize,
    peer: Option<usize>,
}

/// The marks that a template is made from; none of them can occur in what stands between.
const ID: &str = "{id}";
const WALLET: &str = "{wallet}";
const TIME: &str = "{time}";
const PEER: &str = "{peer}";

impl Template {
    fn new(pattern: &str) -> Template {
        let sized = pattern
            .replace(ID, &"\u{1}".repeat(NUMBER_DIGITS))
            .replace(WALLET, &"\u{2}".repeat(WALLET_DIGITS))
            .replace(TIME, &"\u{3}".repeat(TIME_BYTES))
            .replace(PEER, &"\u{4}".repeat(PEER_DIGITS));
        let bytes = sized.into_bytes();
        let starts = |mark: u8| -> Vec<usize> {
            let here = |at: &usize| bytes[*at] == mark && (*at == 0 || bytes[*at - 1] != mark);
            (0..bytes.len()).filter(here).collect()
        };
        let only = |mark: u8| starts(mark).first().copied();
        let (ids, peer) = (starts(1), only(4));
        let wallet = only(2).expect("every event has a wallet");
        let time = only(3).expect("every event has a time");
        Template { bytes, ids, wallet, time, peer }
    }

    fn write(&self, event: &Event, moments: &Moments, body: &mut Vec<u8>) {
        let start = body.len();
        body.extend_from_slice(&self.bytes);
        let line = &mut body[start..];
        for id in &self.ids {
            put_digits(&mut line[*id..*id + NUMBER_DIGITS], event.number);
        }
        put_digits(&mut line[self.wallet..self.wallet + WALLET_DIGITS], u64::from(event.wallet));
        line[self.time..self.time + TIME_BYTES].copy_from_slice(moments.bytes(event.moment));
        if let Some(peer) = self.peer {
            put_digits(&mut line[peer..peer + PEER_DIGITS], u64::from(event.peer));
        }
    }
}

/// How events are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Ndjson,
    CloudEvents,
}

/// How the length of a text is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// The text itself, for the engine to count.
    Text,
    /// Segments and encoding, as a provider counted them.
    Segments,
}

/// What messages tell beside who sends what to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    pub length: Length,
    pub campaign: Option<&'static str>,
}

/// The templates of one connection.
#[derive(Debug)]
pub struct Lines {
    messages: [Template; SHAPES],
    delivered: Template,
    failed: Template,
    form: Form,
}

impl Lines {
    /// `run` and `connection` make ids unique; wallets are those of the run.
    pub fn new(form: Form, telling: Telling, run: &str, connection: u32) -> Lines {
        let id = format!("{run}-{connection:x}-{ID}");
        let wallet = format!("lt-{run}-{WALLET}");
        let told = |id: &str, kind: &str, fields: &str| match form {
            Form::Ndjson => format!(
                "{{\"id\":\"{id}\",\"type\":\"{kind}\",\"wallet\":\"{wallet}\",{fields},\"time\":\"{TIME}\"}}\n"
            ),
            Form::CloudEvents => format!(
                "{{\"specversion\":\"1.0\",\"id\":\"{id}\",\"source\":\"loadtest\",\"type\":\"{kind}\",\
                 \"subject\":\"{wallet}\",\"time\":\"{TIME}\",\"data\":{{{fields}}}}}"
            ),
        };
        let message = |number: usize| {
            let (country, text) = shape(number as u8);
            let campaign = telling.campaign.map_or(String::new(), |name| format!(",\"campaign\":\"{name}\""));
            let fields = format!(
                "\"channel\":\"{CHANNEL}\",\"peer\":\"+{country}{PEER}\",\"kind\":\"sms\",{}{campaign}",
                told_length(telling.length, text)
            );
            Template::new(&told(&id, "message.outbound", &fields))
        };
        let status = |status: &str| {
            let fields = format!("\"message\":\"{id}\",\"status\":\"{status}\"");
            Template::new(&told(&format!("s{id}"), "message.status", &fields))
        };
        Lines {
            messages: std::array::from_fn(message),
            delivered: status("delivered"),
            failed: status("failed"),
            form,
        }
    }

    pub fn content_type(&self) -> &'static str {
        match self.form {
            Form::Ndjson => "application/x-ndjson",
            Form::CloudEvents => "application/cloudevents-batch+json",
        }
    }

    pub fn encode(&self, events: &[Event], moments: &Moments, body: &mut Vec<u8>) {
        body.clear();
        let (before, between, after) = match self.form {
            Form::Ndjson => ("", "", ""),
            Form::CloudEvents => ("[", ",", "]"),
        };
        body.extend_from_slice(before.as_bytes());
        for (index, event) in events.iter().enumerate() {
            if index > 0 {
                body.extend_from_slice(between.as_bytes());
            }
            self.template(event).write(event, moments, body);
        }
        body.extend_from_slice(after.as_bytes());
    }

    fn template(&self, event: &Event) -> &Template {
        match event.what {
            What::Message => &self.messages[usize::from(event.shape)],
            What::Delivered => &self.delivered,
            What::Failed => &self.failed,
        }
    }
}

fn told_length(length: Length, text: &str) -> String {
    match length {
        Length::Text => format!("\"text\":\"{text}\""),
        Length::Segments => {
            let (units, encoding) = segments(text);
            format!("\"segments\":{units},\"encoding\":\"{}\"", encoding.word())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const TEXT: Telling = Telling { length: Length::Text, campaign: None };
    const COUNTED: Telling = Telling { length: Length::Segments, campaign: Some("spring") };

    fn moments() -> Moments {
        Moments::at("2026-11-27T10:00:00Z".parse().expect("an instant"))
    }

    fn event(what: What) -> Event {
        Event { number: 1_234, wallet: 42, peer: 7_654_321, what, shape: 3, moment: 0 }
    }

    #[test]
    fn digits_have_leading_zeros_whatever_the_width() {
        for (width, number, want) in [(7, 42, "0000042"), (10, 1_234_567_890, "1234567890"), (3, 0, "000")] {
            let mut slot = vec![b'x'; width];
            put_digits(&mut slot, number);
            assert_eq!(String::from_utf8_lossy(&slot), want);
        }
    }

    #[test]
    fn a_message_is_written_in_both_forms() {
        let mut body = Vec::new();
        Lines::new(Form::Ndjson, TEXT, "r1", 10).encode(&[event(What::Message); 2], &moments(), &mut body);
        let text = String::from_utf8(body.clone()).expect("text");
        assert_eq!(text.lines().count(), 2);
        let line: Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
        for (field, want) in [
            ("id", "r1-a-0000001234"),
            ("wallet", "lt-r1-0000042"),
            ("type", "message.outbound"),
            ("channel", CHANNEL),
            ("peer", "+91987654321"),
            ("time", "2026-11-27T10:00:00Z"),
        ] {
            assert_eq!(line[field], want, "{field} of {line}");
        }
        Lines::new(Form::CloudEvents, COUNTED, "r1", 10).encode(
            &[event(What::Message); 2],
            &moments(),
            &mut body,
        );
        let batch: Vec<Value> = serde_json::from_slice(&body).expect("an array");
        assert_eq!((batch.len(), &batch[0]["subject"]), (2, &line["wallet"]));
        assert_eq!(batch[1]["data"]["segments"], 1, "{}", batch[1]);
        assert_eq!(batch[1]["data"]["encoding"], "GSM-7");
        assert_eq!(
            (batch[1]["data"]["campaign"].as_str(), line["campaign"].as_str()),
            (Some("spring"), None)
        );
    }

    #[test]
    fn a_status_names_its_message_and_has_an_id_of_its_own() {
        let mut body = Vec::new();
        Lines::new(Form::Ndjson, TEXT, "r1", 10).encode(&[event(What::Failed)], &moments(), &mut body);
        let line: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((&line["message"], &line["id"]), (&"r1-a-0000001234".into(), &"sr1-a-0000001234".into()));
        assert_eq!(line["status"], "failed");
    }

    #[test]
    fn moments_are_never_ahead_and_never_too_old() {
        let (now, moments) = ("2026-11-27T10:00:00Z".parse::<Timestamp>().expect("an instant"), moments());
        let told = |moment: usize| -> Timestamp {
            let bytes = moments.bytes(moment as u8);
            std::str::from_utf8(bytes).expect("text").parse().expect("an instant")
        };
        assert_eq!(told(0), now);
        for moment in 0..MOMENTS {
            let age = now.duration_since(told(moment)).as_hours();
            assert!((0..35 * 24).contains(&age), "moment {moment} is {age} hours old");
        }
        assert!(now.duration_since(told(MOMENTS - 1)).as_hours() >= 29 * 24, "some are a month late");
    }
}
