//! One expected entry, and the comparison with the engine's, field by field.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::event::{Event, Happening, Message};
use super::rating::Price;
use crate::money;
use crate::words::{Encoding, Mode, SenderType};

#[derive(Debug)]
pub struct Entry {
    pub seq: u64,
    pub amount: i128,
    pub balance_after: i128,
    pub cause: Cause,
}

#[derive(Debug)]
pub enum Cause {
    Adjustment(&'static str),
    Message(Arc<Event>, Billed),
    CarrierFee(Arc<Event>),
}

/// How a message's amount came about.
#[derive(Clone, Debug)]
pub struct Billed {
    pub price: Price,
    pub encoding: Option<Encoding>,
    /// What the text counts to, where there is one.
    pub counted: Option<usize>,
    pub sender_type: SenderType,
}

enum Want {
    Exactly(Value),
    Money(i128),
    Instant(Timestamp),
    /// An empty text may be told as null.
    TextOrNull(&'static str),
}

impl Entry {
    /// One line for every field that is not as it must be.
    pub fn differences(&self, tariff: &str, found: &Value) -> Vec<String> {
        let wants = self.wants(tariff);
        wants.into_iter().filter_map(|(field, want)| want.difference(field, &found[field])).collect()
    }

    fn wants(&self, tariff: &str) -> Vec<(&'static str, Want)> {
        let mut wants = vec![
            ("seq", Want::Exactly(json!(self.seq))),
            ("amount", Want::Money(self.amount)),
            ("balance_after", Want::Money(self.balance_after)),
        ];
        match &self.cause {
            Cause::Adjustment(reason) => {
                wants.push(("type", Want::Exactly(json!("adjustment"))));
                wants.push(("reason", Want::Exactly(json!(reason))));
            }
            Cause::CarrierFee(event) => {
                wants.push(("type", Want::Exactly(json!("carrier_fee"))));
                if let Happening::CarrierFee { reason, .. } = &event.happening {
                    wants.push(("reason", Want::Exactly(json!(reason))));
                }
                wants.extend(told(event));
            }
            Cause::Message(event, billed) => {
                wants.push(("type", Want::Exactly(json!("charge"))));
                wants.push(("mode", Want::Exactly(json!(event.mode.unwrap_or(Mode::Admit).word()))));
                wants.extend(told(event));
                if let Happening::Message(message) = &event.happening {
                    wants.extend(sides(message));
                }
                wants.extend(billed.wants(tariff));
            }
        }
        wants
    }
}

/// What the event itself says.
fn told(event: &Event) -> Vec<(&'static str, Want)> {
    let mut wants = vec![
        ("id", Want::Exactly(json!(event.id))),
        ("source", Want::TextOrNull(event.source)),
        ("event_type", Want::Exactly(json!(event.happening.event_type()))),
        ("campaign", Want::Exactly(json!(event.campaign))),
    ];
    if let Some(tag) = event.tag {
        wants.push(("tags", Want::Exactly(json!({"team": tag}))));
    }
    if let Some(moment) = event.time {
        wants.push(("occurred_at", Want::Instant(moment.instant)));
    }
    wants
}

fn sides(message: &Message) -> Vec<(&'static str, Want)> {
    vec![
        ("channel", Want::Exactly(json!(message.channel))),
        ("peer", Want::Exactly(json!(message.peer))),
        ("direction", Want::Exactly(json!(message.direction.word()))),
        ("kind", Want::Exactly(json!(message.kind.word()))),
        ("carrier", Want::TextOrNull(message.carrier)),
    ]
}

impl Billed {
    fn wants(&self, tariff: &str) -> Vec<(&'static str, Want)> {
        let price = &self.price;
        vec![
            ("encoding", Want::Exactly(json!(self.encoding.map(Encoding::word)))),
            ("units", Want::Exactly(json!(price.units))),
            ("units_counted", Want::Exactly(json!(self.counted))),
            ("sender_type", Want::Exactly(json!(self.sender_type.word()))),
            ("country", Want::Exactly(json!(price.country))),
            ("tariff", Want::Exactly(json!(tariff))),
            ("tariff_version", Want::Exactly(json!(price.version))),
            ("unit_price", Want::Money(price.unit_price)),
            ("price", Want::Money(price.unit_price * price.units as i128)),
            ("carrier_fee", Want::Money(price.carrier_fee)),
        ]
    }
}

impl Want {
    fn difference(&self, field: &str, found: &Value) -> Option<String> {
        let text = found.as_str();
        let (met, wanted) = match self {
            Want::Exactly(value) => (value == found, value.to_string()),
            Want::Money(nanos) => (text.and_then(money::read) == Some(*nanos), money::write(*nanos)),
            Want::Instant(instant) => {
                (text.and_then(|text| text.parse().ok()) == Some(*instant), instant.to_string())
            }
            Want::TextOrNull("") => (found.is_null() || text == Some(""), "null".to_string()),
            Want::TextOrNull(value) => (text == Some(*value), json!(value).to_string()),
        };
        (!met).then(|| format!("{field}: wanted {wanted}, found {found}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_the_field_and_both_values() {
        let entry = Entry { seq: 2, amount: -5_000_000, balance_after: 0, cause: Cause::Adjustment("debit") };
        let right = json!({"seq": 2, "amount": "-0.005", "balance_after": "0", "type": "adjustment",
            "reason": "debit"});
        assert_eq!(entry.differences("t", &right), Vec::<String>::new());
        let table = [
            ("seq", json!(3), "seq: wanted 2, found 3"),
            ("amount", json!("-0.0051"), "amount: wanted -0.005, found \"-0.0051\""),
            ("balance_after", Value::Null, "balance_after: wanted 0, found null"),
            ("type", json!("charge"), "type: wanted \"adjustment\", found \"charge\""),
        ];
        for (field, value, want) in table {
            let mut wrong = right.clone();
            wrong[field] = value;
            assert_eq!(entry.differences("t", &wrong), vec![want.to_string()]);
        }
    }
}
