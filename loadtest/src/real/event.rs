//! One event as the script means it, and the line of NDJSON that tells it to the engine.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Map, Value, json};

use crate::money;
use crate::words::{Direction, Encoding, Kind, Mode, SenderType};

#[derive(Clone, Debug)]
pub struct Message {
    pub direction: Direction,
    pub kind: Kind,
    pub channel: String,
    pub peer: String,
    pub text: Option<String>,
    /// The provider's count of segments.
    pub stated: Option<(usize, Encoding)>,
    pub sender_type: Option<SenderType>,
    /// Empty where it is not told.
    pub carrier: &'static str,
}

#[derive(Clone, Debug)]
pub enum Happening {
    Message(Message),
    CarrierFee { amount: i128, reason: &'static str },
}

/// When it happened, and in which zone's hours the event says so.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub instant: Timestamp,
    pub offset_hours: i8,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub id: String,
    /// Empty where none is given.
    pub source: &'static str,
    pub happening: Happening,
    pub mode: Option<Mode>,
    /// `None`: the engine takes the time of receipt.
    pub time: Option<Moment>,
    pub campaign: Option<String>,
    pub tag: Option<&'static str>,
}

impl Happening {
    pub fn event_type(&self) -> &'static str {
        match self {
            Happening::Message(message) if message.direction == Direction::Outbound => "message.outbound",
            Happening::Message(_) => "message.inbound",
            Happening::CarrierFee { .. } => "carrier.fee",
        }
    }
}

impl Event {
    /// The object that is sent.
    pub fn object(&self, wallet: &str) -> Map<String, Value> {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                object.insert(key.to_string(), value);
            }
        };
        put("id", json!(self.id));
        put("type", json!(self.happening.event_type()));
        put("wallet", json!(wallet));
        put("source", if self.source.is_empty() { Value::Null } else { json!(self.source) });
        match &self.happening {
            Happening::Message(message) => {
                put("channel", json!(message.channel));
                put("peer", json!(message.peer));
                put("kind", json!(message.kind.word()));
                put("text", json!(message.text));
                put("segments", json!(message.stated.map(|(units, _)| units)));
                put("encoding", json!(message.stated.map(|(_, encoding)| encoding.word())));
                put("sender_type", json!(message.sender_type.map(SenderType::word)));
                put("carrier", if message.carrier.is_empty() { Value::Null } else { json!(message.carrier) });
            }
            Happening::CarrierFee { amount, reason } => {
                put("amount", json!(money::write(*amount)));
                put("reason", json!(reason));
            }
        }
        put("mode", json!(self.mode.map(Mode::word)));
        put("time", json!(self.time.map(|moment| moment.to_string())));
        put("campaign", json!(self.campaign));
        put("tags", self.tag.map_or(Value::Null, |tag| json!({"team": tag})));
        object
    }

    pub fn line(&self, wallet: &str) -> String {
        Value::Object(self.object(wallet)).to_string()
    }
}

impl std::fmt::Display for Moment {
    /// RFC 3339; `Z` for no offset.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.offset_hours == 0 {
            return write!(out, "{}", self.instant);
        }
        write!(out, "{}", self.instant.display_with_offset(Offset::constant(self.offset_hours)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_only_what_is_told() {
        let instant = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut event = Event {
            id: "m-1".into(),
            source: "",
            happening: Happening::CarrierFee { amount: 50_000_000, reason: "surcharge" },
            mode: None,
            time: Some(Moment { instant, offset_hours: 8 }),
            campaign: None,
            tag: None,
        };
        let want = json!({"id": "m-1", "type": "carrier.fee", "wallet": "acme", "amount": "0.05",
            "reason": "surcharge", "time": "2026-11-22T18:00:00+08:00"});
        assert_eq!(serde_json::from_str::<Value>(&event.line("acme")).unwrap(), want);
        event.time = Some(Moment { instant, offset_hours: 0 });
        assert!(event.line("acme").contains("\"time\":\"2026-11-22T10:00:00Z\""));
    }
}
