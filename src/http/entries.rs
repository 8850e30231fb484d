//! Entries: the posted changes of a wallet's balance, as they are told.

use actix_web::get;
use actix_web::web::{self, Data, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::field;
use super::page::{List, Page, PageQuery};
use super::problem::Problem;
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::domain::event::{Direction, Event, Message};
use crate::domain::life::attempt::Attempt;
use crate::domain::life::hold::Hold;
use crate::domain::record::{self, Cause, Price};
use crate::domain::usage::EntryType;
use crate::domain::wallet::WalletId;
use crate::engine::book::Book;
use crate::store::rows::EntryRow;
use crate::usage::origins;

/// Entries read in one go where some are looked for.
const CHUNK: usize = 500;
/// Most entries looked at for one page.
const LOOKED_AT_MAX: usize = 20_000;
const SEARCH_BYTES_MAX: usize = 128;

/// One posted change of a wallet's balance. What does not apply to it is null.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Entry {
    /// Counts the wallet's entries from 1 without a gap.
    #[schema(example = 2)]
    seq: u64,
    /// `charge`, `carrier_fee`, `adjustment`, `number_fee`, `top_up`, `payment_refund`, `dispute`, `dispute_reinstated`,
    /// `hold_settlement`, `refund`, `failure_fee`, `recharge`, `failure_fee_return` or `correction`.
    #[serde(rename = "type")]
    #[schema(example = "charge")]
    kind_of_entry: &'static str,
    /// What was added to the balance; negative for a charge: `-(price + carrier_fee)`; of a correction what the message
    /// cost before, less what it should have cost.
    amount: Amount,
    balance_after: Amount,
    occurred_at: Instant,
    posted_at: Instant,
    /// Of the event.
    #[schema(required, example = "m-1")]
    id: Option<String>,
    #[schema(required)]
    source: Option<String>,
    #[schema(required, example = "message.outbound")]
    event_type: Option<&'static str>,
    /// `admit` or `report`.
    #[schema(required, example = "admit")]
    mode: Option<&'static str>,
    #[schema(required, example = "+14155550100")]
    channel: Option<String>,
    #[schema(required, example = "+85291234567")]
    peer: Option<String>,
    /// `outbound` or `inbound`.
    #[schema(required, example = "outbound")]
    direction: Option<&'static str>,
    /// `sms` or `mms`.
    #[schema(required, example = "sms")]
    kind: Option<&'static str>,
    /// `GSM-7` or `UCS-2`.
    #[schema(required, example = "GSM-7")]
    encoding: Option<&'static str>,
    /// What was billed.
    #[schema(required, example = 1)]
    units: Option<u8>,
    /// What was counted from the text, where it was sent.
    #[schema(required, example = 1)]
    units_counted: Option<u8>,
    #[schema(required, example = "local")]
    sender_type: Option<&'static str>,
    /// MCC and MNC.
    #[schema(required, example = "310260")]
    carrier: Option<String>,
    /// ISO 3166, where the rate says.
    #[schema(required, example = "HK")]
    country: Option<String>,
    #[schema(required, example = "standard")]
    tariff: Option<String>,
    #[schema(required, example = "2026-01")]
    tariff_version: Option<String>,
    /// The row of that version's rates, from 0.
    #[schema(required, example = 12)]
    rate_row: Option<u32>,
    /// The row of that version's carrier fees, from 0.
    #[schema(required)]
    fee_row: Option<u32>,
    /// Of a segment of an SMS; of a whole MMS.
    #[schema(required)]
    unit_price: Option<Amount>,
    /// Of the message, without the carrier fee.
    #[schema(required)]
    price: Option<Amount>,
    #[schema(required)]
    carrier_fee: Option<Amount>,
    #[schema(required)]
    campaign: Option<String>,
    #[schema(value_type = std::collections::HashMap<String, String>)]
    tags: Tags,
    #[schema(required)]
    reason: Option<String>,
    /// The id of the key by which an adjustment or a correction was made.
    #[schema(required)]
    actor: Option<String>,
    /// The hold that a message was paid from, or that was settled.
    #[schema(required, example = "h_1")]
    hold: Option<String>,
    /// The top-up that was credited, refunded or disputed.
    #[schema(required, example = "tu_1")]
    top_up: Option<String>,
    /// The entry of the message that was refunded, charged again or corrected, or that an adjustment sets right.
    #[schema(required)]
    of_seq: Option<u64>,
    /// The run of corrections that it was posted by.
    #[schema(required)]
    run: Option<String>,
    /// The rented number that a fee is for.
    #[schema(required, example = "+14155550100")]
    number: Option<String>,
    /// Which of the number's fees it is: 0 is the purchase.
    #[schema(required)]
    cycle: Option<u32>,
    /// When that fee was due; it is late where that is before `occurred_at`.
    #[schema(required)]
    due_at: Option<Instant>,
}

/// A JSON object of strings, as it was sent.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Tags(Box<RawValue>);

impl Default for Tags {
    fn default() -> Tags {
        Tags::of("")
    }
}

impl Tags {
    fn of(tags: &str) -> Tags {
        let tags = if tags.is_empty() { "{}" } else { tags };
        Tags(RawValue::from_string(tags.to_owned()).expect("tags were checked to be JSON when they came"))
    }
}

/// Which entries are wanted, and in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EntriesQuery {
    /// `oldest` first (default) or `newest` first.
    order: Option<String>,
    /// Only those of this type, such as `charge`.
    r#type: Option<String>,
    /// Only those with this text in what names them: the id of the event, channel, peer, campaign, reason, number, hold,
    /// top-up or who made them. At most 128 bytes; capital letters count as small ones.
    search: Option<String>,
    /// How many items at most, 1 to 1000; 100 where it is left out. A page may have fewer although the list goes on.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next_cursor` of the page before; left out for the first page.
    cursor: Option<String>,
}

/// Which way a list goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Oldest,
    Newest,
}

impl Order {
    const ALL: [Order; 2] = [Order::Oldest, Order::Newest];

    fn as_str(self) -> &'static str {
        match self {
            Order::Oldest => "oldest",
            Order::Newest => "newest",
        }
    }
}

/// The entries of a wallet, in the order in which they were posted or the other way round
#[utoipa::path(tag = "entries", params(EntriesQuery), responses((status = 200, description = "A page", body = Page<Entry>)))]
#[get("/v1/wallets/{wallet}/entries")]
pub async fn list_entries(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    query: Query<EntriesQuery>,
) -> Result<web::Json<Page<Entry>>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let EntriesQuery { order, r#type, search, limit, cursor } = query.into_inner();
    let order = field::word("order", order.as_deref(), &Order::ALL, Order::as_str)?.unwrap_or(Order::Oldest);
    let wanted = field::word("type", r#type.as_deref(), EntryType::ALL, EntryType::as_str)?;
    let search = search.unwrap_or_default();
    field::text("search", &search, SEARCH_BYTES_MAX)?;
    let search = search.to_lowercase();
    let page = PageQuery::new(limit, cursor);
    let (limit, after) = (page.limit()?, page.after_number(List::Entries)?);
    engine.caught_up().await?;
    let all = wanted.is_none() && search.is_empty();
    let chunk = if all { limit + 1 } else { CHUNK };
    let (book, views) = (engine.book(), engine.views());
    let (mut told, mut at, mut looked_at) = (Vec::new(), after, 0);
    // A page is cut at the entry before the one that no longer fits, or where enough was looked at.
    let goes_on_after = 'page: loop {
        let rows = match order {
            Order::Oldest => views.entries(cell.id, at, chunk),
            // No entry has the number 0: it stands for the beginning of a list in either order.
            Order::Newest => views.entries_before(cell.id, if at == 0 { u64::MAX } else { at }, chunk),
        };
        let rows = rows.map_err(Problem::internal)?;
        let is_last = rows.len() < chunk;
        looked_at += rows.len();
        for row in &rows {
            let entry = Entry::of_row(row, &book)?;
            let seq = entry.seq;
            if wanted.is_none_or(|wanted| wanted.as_str() == entry.kind_of_entry) && entry.has(&search) {
                if told.len() == limit {
                    break 'page Some(at);
                }
                told.push(entry);
            }
            at = seq;
        }
        if is_last {
            break None;
        }
        if looked_at >= LOOKED_AT_MAX {
            break Some(at);
        }
    };
    Ok(web::Json(Page::until(told, List::Entries, goes_on_after.map(u64::to_be_bytes))))
}

/// The row of one entry, where there is one.
pub async fn find(engine: &Engine, wallet: WalletId, seq: u64) -> Result<Option<EntryRow>, Problem> {
    let Some(before) = seq.checked_sub(1) else { return Ok(None) };
    engine.caught_up().await?;
    let rows = engine.views().entries(wallet, before, 1).map_err(Problem::internal)?;
    Ok(rows.into_iter().next())
}

/// The entry in a row, with the record it came in.
pub fn decoded(row: &EntryRow) -> Result<(record::Record<'_>, record::Entry<'_>), Problem> {
    origins::decoded(row).map_err(Problem::internal)
}

impl Entry {
    /// Whether a text in small letters is in what names it.
    fn has(&self, search: &str) -> bool {
        let names = [
            &self.id,
            &self.channel,
            &self.peer,
            &self.campaign,
            &self.reason,
            &self.number,
            &self.hold,
            &self.top_up,
            &self.actor,
        ];
        search.is_empty() || names.into_iter().flatten().any(|name| name.to_lowercase().contains(search))
    }

    pub fn of_row(row: &EntryRow, book: &Book) -> Result<Entry, Problem> {
        let (record, entry) = decoded(row)?;
        let posted = Entry {
            seq: entry.seq,
            kind_of_entry: EntryType::of(&entry.cause).as_str(),
            amount: Amount(entry.amount),
            balance_after: Amount(entry.balance_after),
            occurred_at: Instant(record.occurred_at),
            posted_at: Instant(row.posted_at()),
            ..Entry::default()
        };
        Ok(match &entry.cause {
            Cause::Message { event, price } => posted.with_event(event).with_price(price, book),
            Cause::CarrierFee { event } => posted.with_event(event),
            Cause::Adjustment(adjustment) => Entry {
                reason: some(adjustment.reason),
                actor: some(adjustment.actor),
                of_seq: Some(adjustment.of).filter(|of| *of > 0),
                ..posted
            },
            Cause::Correction(correction) => Entry {
                reason: some(correction.run.reason),
                actor: some(correction.run.actor),
                run: some(correction.run.id),
                of_seq: Some(correction.of),
                ..posted.with_price(&correction.price, book)
            },
            Cause::NumberFee(fee) => Entry {
                number: Some(fee.number.to_string()),
                cycle: Some(fee.cycle),
                due_at: Some(Instant(fee.due_at)),
                ..posted
            },
            Cause::TopUp { attempt }
            | Cause::PaymentRefund { attempt }
            | Cause::Dispute { attempt }
            | Cause::DisputeReinstated { attempt } => Entry { top_up: Some(Attempt::id(*attempt)), ..posted },
            Cause::HoldSettlement { hold } => Entry { hold: Some(Hold::id(*hold)), ..posted },
            Cause::Refund { of, .. }
            | Cause::FailureFee { of, .. }
            | Cause::Recharge { of, .. }
            | Cause::FailureFeeReturn { of, .. } => Entry { of_seq: Some(*of), ..posted },
        })
    }

    fn with_event(self, event: &Event<'_>) -> Entry {
        use crate::domain::event::Happening::{CarrierFee, Message, Status};
        let told = Entry {
            id: some(event.name.id),
            source: some(event.name.source),
            mode: Some(event.mode.as_str()),
            campaign: some(event.campaign),
            tags: Tags::of(event.tags),
            hold: some(event.hold),
            ..self
        };
        match &event.happening {
            Message(message) => told.with_message(message),
            CarrierFee { amount, channel, reason } => Entry {
                event_type: Some("carrier.fee"),
                channel: channel.map(|channel| channel.to_string()),
                carrier_fee: Some(Amount(*amount)),
                reason: some(reason),
                ..told
            },
            Status(_) => Entry { event_type: Some("message.status"), ..told },
        }
    }

    fn with_message(self, message: &Message) -> Entry {
        Entry {
            event_type: Some(match message.direction {
                Direction::Outbound => "message.outbound",
                Direction::Inbound => "message.inbound",
            }),
            channel: Some(message.channel.to_string()),
            peer: Some(message.peer.to_string()),
            direction: Some(message.direction.as_str()),
            kind: Some(message.kind.as_str()),
            encoding: message.units.encoding.map(|encoding| encoding.as_str()),
            units: Some(message.units.billed),
            units_counted: message.units.counted,
            sender_type: Some(message.sender_type.as_str()),
            carrier: message.carrier.map(|carrier| carrier.to_string()),
            ..self
        }
    }

    fn with_price(self, price: &Price, book: &Book) -> Entry {
        let head = book.version(price.version).map(|version| version.head());
        Entry {
            country: price.rated.country.map(country),
            tariff: head.map(|head| head.name.clone()),
            tariff_version: head.map(|head| head.label.clone()),
            rate_row: Some(price.rated.rate_row),
            fee_row: price.rated.fee_row,
            unit_price: Some(Amount(price.rated.unit_price)),
            price: Some(Amount(price.rated.price)),
            carrier_fee: Some(Amount(price.rated.carrier_fee)),
            ..self
        }
    }
}

/// The two letters of a country.
pub fn country(code: [u8; 2]) -> String {
    code.iter().copied().map(char::from).collect()
}

/// Null where there is none.
pub fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
