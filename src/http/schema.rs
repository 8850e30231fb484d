//! How events and their answer look, for the description of the interface.
//!
//! They are read by `ingest` and written by `answer` without building these types, which are 100,000 a
//! request. The tests of `answer` hold what is written to what is described here.

#![allow(dead_code, reason = "described in the interface, never made")]

use std::collections::HashMap;

use utoipa::ToSchema;

/// One event as a line of NDJSON.
#[derive(Debug, ToSchema)]
pub struct EventLine {
    /// 1 to 128 bytes; with `source` and `wallet` it makes the event count once.
    #[schema(example = "m-1")]
    pub id: String,
    /// Who gave the id; empty by default.
    pub source: Option<String>,
    /// `message.outbound`, `message.inbound`, `message.status` or `carrier.fee`.
    #[schema(example = "message.outbound")]
    pub r#type: String,
    #[schema(example = "acme")]
    pub wallet: String,
    /// When it happened, RFC 3339; by default when it was received.
    #[schema(format = DateTime, example = "2026-11-22T10:00:00Z")]
    pub time: Option<String>,
    #[serde(flatten)]
    pub data: EventData,
}

/// What an event says beside its envelope.
#[derive(Debug, ToSchema)]
pub struct EventData {
    /// What a message is sent from or received on; needed for messages.
    #[schema(example = "+14155550100")]
    pub channel: Option<String>,
    /// The other side; needed for messages.
    #[schema(example = "+85291234567")]
    pub peer: Option<String>,
    /// `sms` or `mms`; needed for messages.
    #[schema(example = "sms")]
    pub kind: Option<String>,
    /// Of an SMS, where `segments` and `encoding` are not given. Counted, never kept.
    #[schema(example = "hi")]
    pub text: Option<String>,
    /// Of an SMS, as counted by the provider; it wins over our own count.
    #[schema(minimum = 1, maximum = 255)]
    pub segments: Option<u8>,
    /// With `segments`: `GSM-7` or `UCS-2`.
    pub encoding: Option<String>,
    /// `local`, `mobile`, `toll_free`, `short_code` or `alphanumeric`; by default told from the channel.
    pub sender_type: Option<String>,
    /// MCC and MNC, 5 or 6 digits.
    pub carrier: Option<String>,
    /// `admit` (not yet sent, may be refused; the default for messages) or `report` (it has happened; what
    /// statuses and carrier fees always are).
    pub mode: Option<String>,
    /// At most 128 bytes.
    pub campaign: Option<String>,
    pub tags: Option<HashMap<String, String>>,
    /// Of a carrier's fee: a decimal in a string, above zero.
    pub amount: Option<String>,
    /// Of a carrier's fee.
    pub reason: Option<String>,
    /// Of a message: the hold it is paid from.
    #[schema(example = "h_1")]
    pub hold: Option<String>,
    /// Of a status: the id of the message's own event; needed for statuses.
    #[schema(example = "m-1")]
    pub message: Option<String>,
    /// Of a status: who gave that id; by default the source of the status itself.
    pub message_source: Option<String>,
    /// How the message ended: `delivered`, `undelivered` or `failed`; needed for statuses.
    #[schema(example = "delivered")]
    pub status: Option<String>,
    /// Of a status: the carrier's or the provider's code, at most 64 bytes.
    #[schema(example = "30007")]
    pub error_code: Option<String>,
}

/// A CloudEvent; extension attributes are ignored.
#[derive(Debug, ToSchema)]
pub struct CloudEvent {
    #[schema(example = "1.0")]
    pub specversion: String,
    #[schema(example = "m-1")]
    pub id: String,
    #[schema(example = "/sms-gateway")]
    pub source: String,
    /// `message.outbound`, `message.inbound`, `message.status` or `carrier.fee`.
    #[schema(example = "message.outbound")]
    pub r#type: String,
    /// The wallet.
    #[schema(example = "acme")]
    pub subject: String,
    #[schema(format = DateTime, example = "2026-11-22T10:00:00Z")]
    pub time: Option<String>,
    pub data: EventData,
}

/// What became of the events of a request.
#[derive(Debug, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub struct EventsAnswer {
    /// Charged, recorded and duplicate together: what need not be sent again.
    #[schema(example = 2)]
    pub accepted: u64,
    #[schema(example = 1)]
    pub charged: u64,
    pub recorded: u64,
    pub refused: u64,
    #[schema(example = 1)]
    pub duplicate: u64,
    pub conflict: u64,
    pub invalid: u64,
    pub unavailable: u64,
    /// One for each event, in order.
    pub results: Vec<EventResult>,
}

/// What became of one event.
#[derive(Debug, PartialEq, Eq, ToSchema)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields))]
pub struct EventResult {
    /// Of the body, from 1; of a batch of CloudEvents the event's place.
    #[schema(example = 1)]
    pub line: u32,
    /// Null where none could be read.
    #[schema(required, example = "m-1")]
    pub id: Option<String>,
    /// `charged`, `recorded`, `refused`, `duplicate`, `conflict`, `invalid` or `unavailable`.
    #[schema(example = "charged")]
    pub outcome: String,
    /// Why, in a stable word: `suspended`, `insufficient_balance`, `bad_field`, `no_rate`, ...
    #[schema(required)]
    pub code: Option<String>,
    /// What was charged; left out of an invalid event.
    #[schema(example = "0.0079")]
    pub amount: Option<String>,
    /// The entry, where one was posted; left out of an invalid event.
    #[schema(example = 2)]
    pub seq: Option<u64>,
    /// Of an invalid event: the field concerned.
    pub field: Option<String>,
    /// Of an invalid event: what is wrong, for a person.
    pub detail: Option<String>,
}
