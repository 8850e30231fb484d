//! What stands behind an entry, as it is told: message, payment, number fee, hold, and the entries beside it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::event::{Direction, FinalStatus, Message};
use crate::domain::life::attempt::{Attempt, DisputeState};
use crate::domain::life::hold::Hold;
use crate::domain::life::number::Number;
use crate::domain::record::NumberFee;
use crate::domain::segments::Header;
use crate::domain::time::Timestamp;
use crate::domain::usage::EntryType;
use crate::engine::book::Book;
use crate::http::entries::{self, some};
use crate::http::problem::Problem;
use crate::http::wire::{Amount, Instant};
use crate::store::rows::EntryRow;
use crate::usage::origins::{Failure, OfMessage, charge};

/// A message as it stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedMessage {
    /// The entry that charged it.
    #[schema(example = 12)]
    seq: u64,
    #[schema(example = "m-1")]
    id: String,
    #[schema(required)]
    source: Option<String>,
    #[schema(example = "outbound")]
    direction: &'static str,
    #[schema(example = "sms")]
    kind: &'static str,
    channel: String,
    peer: String,
    occurred_at: Instant,
    amount: Amount,
    units: ExplainedUnits,
    /// `delivered`, `undelivered` or `failed`, as it is counted; null while nothing final is known.
    #[schema(required, example = "failed")]
    status: Option<&'static str>,
    /// The statuses that counted, in order. Null once the message's id is no longer remembered.
    #[schema(required)]
    statuses: Option<Vec<ExplainedStatus>>,
    /// What the tariff says of its failure; null where it did not fail, or its statuses are no longer remembered.
    #[schema(required)]
    failure_policy: Option<ExplainedPolicy>,
}

/// How the billed units of a message came about.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedUnits {
    #[schema(example = 2)]
    billed: u8,
    /// By us, from the text; null where no text was sent.
    #[schema(required, example = 2)]
    counted: Option<u8>,
    /// `event`: the count that came with the event is billed; `text`: ours of the text; null for an MMS, which is one unit.
    #[schema(required, example = "text")]
    by: Option<&'static str>,
    /// Null for an MMS, as are the lengths.
    #[schema(required, example = "GSM-7")]
    encoding: Option<&'static str>,
    /// Most septets (GSM-7) or 16-bit code units (UCS-2) of a message that is one segment.
    #[schema(required, example = 160)]
    length_max_alone: Option<usize>,
    /// The same of each part of a longer one.
    #[schema(required, example = 153)]
    length_max_in_parts: Option<usize>,
}

/// A status that counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedStatus {
    #[schema(example = "failed")]
    status: &'static str,
    #[schema(required, example = "30007")]
    error_code: Option<String>,
}

/// What stays charged of a message that was not delivered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedPolicy {
    /// The status that it answers.
    #[schema(example = "failed")]
    status: &'static str,
    /// `full`, `nothing` or `fee`.
    #[schema(example = "fee")]
    charge: &'static str,
    #[schema(required)]
    fee: Option<Amount>,
    /// Of the tariff version's failures, from 0; null: no row says so, and the default applies.
    #[schema(required, example = 1)]
    row: Option<u32>,
}

/// The payment behind a credit, refund or dispute, as it stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedTopUp {
    #[schema(example = "tu_1")]
    top_up: String,
    /// `checkout` or `auto`.
    #[schema(example = "checkout")]
    kind: &'static str,
    #[schema(example = "succeeded")]
    status: &'static str,
    amount: Amount,
    /// The payment provider's id of it.
    #[schema(required, example = "pi_1")]
    payment: Option<String>,
    credited: Amount,
    refunded: Amount,
    disputes: Vec<ExplainedDispute>,
}

/// Money that the payer's bank has taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedDispute {
    /// The payment provider's id of it.
    #[schema(example = "dp_1")]
    id: String,
    amount: Amount,
    /// `withdrawn`, or `reinstated` once it was given back.
    #[schema(example = "withdrawn")]
    status: &'static str,
}

/// The rental and cycle behind a fee.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedNumberFee {
    #[schema(example = "+14155550100")]
    number: String,
    #[schema(example = "local")]
    r#type: &'static str,
    /// Which of the wallet's rentals it is.
    #[schema(example = 1)]
    rental: u64,
    bought_at: Instant,
    /// 0 is the purchase.
    #[schema(example = 1)]
    cycle: u32,
    due_at: Instant,
    /// Whether it was paid after it was due.
    #[schema(example = false)]
    late: bool,
    #[schema(required, example = "standard")]
    tariff: Option<String>,
    #[schema(required, example = "2026-01")]
    tariff_version: Option<String>,
    /// Of that version's number fees, from 0. Null, as the tariff, where none made it: a late fee is what was owed since,
    /// and where a tariff has no row any more the last fee stands.
    #[schema(required, example = 0)]
    row: Option<u32>,
}

/// The hold behind a settlement, as it stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedHold {
    #[schema(example = "h_1")]
    hold: String,
    #[schema(example = "settled")]
    status: &'static str,
    /// What was set aside at first.
    amount: Amount,
    settled: Amount,
    made_at: Instant,
    #[schema(required)]
    closed_at: Option<Instant>,
    #[schema(required)]
    campaign: Option<String>,
}

/// An entry that belongs to the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelatedEntry {
    #[schema(example = 17)]
    seq: u64,
    #[schema(example = "refund")]
    r#type: &'static str,
    amount: Amount,
    occurred_at: Instant,
    posted_at: Instant,
}

impl ExplainedMessage {
    pub fn of(of: &OfMessage) -> Result<ExplainedMessage, Problem> {
        let (record, entry) = entries::decoded(&of.row)?;
        let told = charge(&entry).ok_or_else(|| Problem::internal("the entry is of no message"))?;
        let (event, message, price) = told;
        let statuses = of.statuses.as_ref().map(|statuses| {
            let told = statuses.iter().map(|counted| ExplainedStatus {
                status: counted.status.as_str(),
                error_code: some(&counted.error_code),
            });
            told.collect()
        });
        Ok(ExplainedMessage {
            seq: entry.seq,
            id: event.name.id.to_owned(),
            source: some(event.name.source),
            direction: Direction::as_str(message.direction),
            kind: message.kind.as_str(),
            channel: message.channel.to_string(),
            peer: message.peer.to_string(),
            occurred_at: Instant(record.occurred_at),
            amount: Amount(price.rated.total()),
            units: ExplainedUnits::of(&message),
            status: of.status.map(FinalStatus::as_str),
            statuses,
            failure_policy: of.failure.as_ref().map(ExplainedPolicy::of),
        })
    }
}

impl ExplainedUnits {
    fn of(message: &Message) -> ExplainedUnits {
        let units = message.units;
        let header = Header::for_message(message.sender_type, &message.peer);
        let lengths = units.encoding.map(|encoding| header.lengths_max(encoding));
        ExplainedUnits {
            billed: units.billed,
            counted: units.counted,
            by: units.encoding.map(|_| if units.counted == Some(units.billed) { "text" } else { "event" }),
            encoding: units.encoding.map(|encoding| encoding.as_str()),
            length_max_alone: lengths.map(|(alone, _)| alone),
            length_max_in_parts: lengths.map(|(_, part)| part),
        }
    }
}

impl ExplainedPolicy {
    fn of(failure: &Failure) -> ExplainedPolicy {
        ExplainedPolicy {
            status: failure.status.as_str(),
            charge: failure.policy.as_str(),
            fee: failure.policy.fee().map(Amount),
            row: failure.row,
        }
    }
}

impl ExplainedTopUp {
    pub fn of(attempt: &Attempt) -> ExplainedTopUp {
        let disputes = attempt.disputes.iter().map(|dispute| ExplainedDispute {
            id: dispute.id.to_string(),
            amount: Amount(dispute.amount),
            status: match dispute.state {
                DisputeState::Withdrawn => "withdrawn",
                DisputeState::Reinstated => "reinstated",
            },
        });
        ExplainedTopUp {
            top_up: Attempt::id(attempt.number),
            kind: attempt.kind.as_str(),
            status: attempt.state.as_str(),
            amount: Amount(attempt.amount),
            payment: some(&attempt.payment),
            credited: Amount(attempt.credited),
            refunded: Amount(attempt.refunded),
            disputes: disputes.collect(),
        }
    }
}

impl ExplainedNumberFee {
    pub fn of(fee: &NumberFee, rental: &Number, paid_at: Timestamp, book: &Book) -> ExplainedNumberFee {
        let head = fee.row.and_then(|(version, _)| book.version(version)).map(|version| version.head());
        ExplainedNumberFee {
            number: fee.number.to_string(),
            r#type: rental.sender_type.as_str(),
            rental: fee.rental,
            bought_at: Instant(rental.bought_at),
            cycle: fee.cycle,
            due_at: Instant(fee.due_at),
            late: fee.due_at < paid_at,
            tariff: head.map(|head| head.name.clone()),
            tariff_version: head.map(|head| head.label.clone()),
            row: fee.row.map(|(_, row)| row),
        }
    }
}

impl ExplainedHold {
    pub fn of(hold: &Hold) -> ExplainedHold {
        ExplainedHold {
            hold: Hold::id(hold.number),
            status: hold.state.as_str(),
            amount: Amount(hold.amount),
            settled: Amount(hold.settled),
            made_at: Instant(hold.made_at),
            closed_at: Instant::unless_never(hold.closed_at),
            campaign: some(&hold.campaign),
        }
    }
}

impl RelatedEntry {
    pub fn of(row: &EntryRow) -> Result<RelatedEntry, Problem> {
        let (record, entry) = entries::decoded(row)?;
        Ok(RelatedEntry {
            seq: entry.seq,
            r#type: EntryType::of(&entry.cause).as_str(),
            amount: Amount(entry.amount),
            occurred_at: Instant(record.occurred_at),
            posted_at: Instant(row.posted_at()),
        })
    }
}
