//! Events as a sender would write them, one field changed at a time.

use serde_json::{Value, json};

/// A channel and a peer that the standard tariff prices.
pub const CHANNEL: &str = "+14155550100";
pub const PEER: &str = "+14155550123";

/// One event before it is written down.
#[derive(Clone, Debug)]
pub struct Event(pub Value);

impl Event {
    /// One segment out, in admit mode.
    pub fn outbound(wallet: &str, id: &str) -> Event {
        Event::message("message.outbound", wallet, id)
    }

    /// One segment in, in admit mode.
    pub fn inbound(wallet: &str, id: &str) -> Event {
        Event::message("message.inbound", wallet, id)
    }

    fn message(event_type: &str, wallet: &str, id: &str) -> Event {
        Event(json!({
            "id": id, "type": event_type, "wallet": wallet,
            "channel": CHANNEL, "peer": PEER, "kind": "sms", "text": "hi",
        }))
    }

    pub fn carrier_fee(wallet: &str, id: &str, amount: &str) -> Event {
        Event(json!({
            "id": id, "type": "carrier.fee", "wallet": wallet, "amount": amount, "reason": "10DLC registration",
        }))
    }

    /// As something that has happened.
    pub fn report(self) -> Event {
        self.with("mode", "report")
    }

    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Event {
        self.0[field] = value.into();
        self
    }

    pub fn without(mut self, field: &str) -> Event {
        self.0.as_object_mut().expect("an event is an object").remove(field);
        self
    }

    pub fn id(&self) -> &str {
        self.0["id"].as_str().expect("an event has an id")
    }

    /// As one line of NDJSON, without its end.
    pub fn line(&self) -> String {
        self.0.to_string()
    }

    /// As one CloudEvent in structured mode.
    pub fn cloud_event(&self) -> Value {
        let mut data = self.0.as_object().expect("an event is an object").clone();
        let mut envelope = json!({"specversion": "1.0", "datacontenttype": "application/json"});
        for (field, attribute) in
            [("id", "id"), ("source", "source"), ("type", "type"), ("time", "time"), ("wallet", "subject")]
        {
            if let Some(value) = data.remove(field) {
                envelope[attribute] = value;
            }
        }
        envelope["data"] = Value::Object(data);
        envelope
    }
}

/// Lines of NDJSON, each with its end.
pub fn ndjson<'a>(events: impl IntoIterator<Item = &'a Event>) -> String {
    events.into_iter().map(|event| event.line() + "\n").collect()
}
