//! An entry in a few sentences: what happened, what it came to and why, for whoever checks the bill.

use super::explain::Unexplained;
use super::origins::{Failure, OfMessage, Origins, Untraced, charge, decoded};
use crate::domain::calendar::Zone;
use crate::domain::currency::Currency;
use crate::domain::event::{Direction, Event, FinalStatus, Happening, Kind, Message};
use crate::domain::life::attempt::{Attempt, AttemptKind};
use crate::domain::life::hold::Hold;
use crate::domain::life::number::Number;
use crate::domain::money::Money;
use crate::domain::record::{Adjustment, Cause, Correction, NumberFee, Price};
use crate::domain::segments::Header;
use crate::domain::tariff::FailurePolicy;
use crate::domain::time::Timestamp;
use crate::domain::usage::EntryType;
use crate::engine::book::Book;
use crate::store::rows::EntryRow;

/// What the sentences of one wallet are written with.
pub struct Teller<'a> {
    pub zone: &'a Zone,
    pub currency: Currency,
    pub book: &'a Book,
}

impl Teller<'_> {
    /// The whole story of an entry.
    pub fn text(&self, told: &Origins) -> Result<String, Untraced> {
        let (record, entry) = decoded(&told.row)?;
        let (at, seq) = (self.on(record.occurred_at), entry.seq);
        let gone = Unexplained::Document { seq };
        let mut sentences = match &entry.cause {
            Cause::Message { .. } => {
                let message = told.message.as_ref().ok_or(gone)?;
                vec![self.charged(message)?]
            }
            Cause::Refund { of, .. }
            | Cause::FailureFee { of, .. }
            | Cause::Recharge { of, .. }
            | Cause::FailureFeeReturn { of, .. } => {
                let message = told.message.as_ref().ok_or(gone)?;
                let what = after_message(EntryType::of(&entry.cause), *of);
                vec![format!("{at}, {} {what}", self.moved(entry.amount)), self.charged(message)?]
            }
            Cause::Correction(correction) => {
                let message = told.message.as_ref().ok_or(gone)?;
                vec![self.corrected(&at, entry.amount, correction), self.charged(message)?]
            }
            Cause::CarrierFee { event } => vec![self.by_carrier(&at, entry.amount, event)],
            Cause::Adjustment(adjustment) => vec![self.by_hand(&at, adjustment)],
            Cause::NumberFee(fee) => self.number_fee(
                &at,
                fee,
                (entry.amount, record.occurred_at),
                told.rental.as_ref().ok_or(gone)?,
            ),
            Cause::TopUp { .. }
            | Cause::PaymentRefund { .. }
            | Cause::Dispute { .. }
            | Cause::DisputeReinstated { .. } => {
                self.paid(&at, &entry.cause, entry.amount, told.attempt.as_ref().ok_or(gone)?)
            }
            Cause::HoldSettlement { .. } => {
                vec![self.settled(&at, entry.amount, told.hold.as_ref().ok_or(gone)?)]
            }
        };
        if self.zone.day(record.occurred_at) != self.zone.day(told.row.posted_at()) {
            sentences.push(format!("It was posted on {}.", self.zone.wall(told.row.posted_at())));
        }
        if let Some(message) = &told.message {
            sentences.extend(self.ended(message)?);
        }
        sentences.extend(self.beside(told)?);
        let before = entry.balance_after.checked_sub(entry.amount).ok_or(Unexplained::Balance { seq })?;
        sentences.push(format!("Balance: {before} before, {} after.", entry.balance_after));
        Ok(sentences.join(" "))
    }

    fn on(&self, at: Timestamp) -> String {
        format!("On {} ({})", self.zone.wall(at), self.zone.name())
    }

    fn amount(&self, amount: Money) -> String {
        format!("{} {}", magnitude(amount), self.currency)
    }

    /// What a change of the balance is.
    fn moved(&self, amount: Money) -> String {
        let way = if amount.is_negative() { "charged" } else { "returned" };
        format!("{} was {way}", self.amount(amount))
    }

    fn corrected(&self, at: &str, amount: Money, correction: &Correction<'_>) -> String {
        let Correction { of, price, before, run, .. } = correction;
        let by = match self.book.version(price.version) {
            Some(version) => format!("the tariff {}, version {}", version.head().name, version.head().label),
            None => "another tariff".to_owned(),
        };
        format!(
            "{at}, {}: the message of entry {of} costs {} by {by}, and cost {before} until then ({}; run {}, with the key \
             {}).",
            self.moved(amount),
            price.rated.total(),
            run.reason,
            run.id,
            run.actor,
        )
    }

    /// A message, what it cost and by which rows.
    fn charged(&self, of: &OfMessage) -> Result<String, Untraced> {
        let (record, entry) = decoded(&of.row)?;
        let (event, message, price) = charge(&entry).ok_or(Unexplained::Origin { seq: entry.seq })?;
        let way = match message.direction {
            Direction::Outbound => "an outbound",
            Direction::Inbound => "an inbound",
        };
        let (from, to) = match message.direction {
            Direction::Outbound => (message.channel, message.peer),
            Direction::Inbound => (message.peer, message.channel),
        };
        let mut text = format!(
            "{}, {way} {} from {from} to {to} was charged {}: {}.",
            self.on(record.occurred_at),
            what(&message),
            self.amount(price.rated.total()),
            self.priced(&message, &price, entry.seq)?,
        );
        if let Some(counted) = counting(&message) {
            text = format!("{text} {counted}");
        }
        if !event.hold.is_empty() {
            text = format!("{text} It was paid from the hold {}.", event.hold);
        }
        Ok(text)
    }

    fn priced(&self, message: &Message, price: &Price, seq: u64) -> Result<String, Unexplained> {
        let version = self.book.version(price.version).ok_or(Unexplained::Version { seq })?;
        let head = version.head();
        let rated = &price.rated;
        let rate = version.rates().get(rated.rate_row as usize).ok_or(Unexplained::Amount { seq })?;
        let country =
            rated.country.map(|code| format!(", {}", String::from_utf8_lossy(&code))).unwrap_or_default();
        let fee = match rated.fee_row {
            Some(row) => {
                format!(", and a carrier fee of {} by row {row} of its carrier fees", rated.carrier_fee)
            }
            None => String::new(),
        };
        Ok(format!(
            "{} x {} by row {} of the tariff {}, version {} (prefix {}{country}){fee}",
            billed(message),
            rated.unit_price,
            rated.rate_row,
            head.name,
            head.label,
            rate.prefix,
        ))
    }

    /// How a message ended, and what the tariff makes of it.
    fn ended(&self, of: &OfMessage) -> Result<Vec<String>, Untraced> {
        let mut told = Vec::new();
        match (&of.statuses, of.status) {
            (_, None) => told.push("No final status of it is known.".to_owned()),
            (Some(statuses), _) => {
                let each = statuses.iter().map(|counted| match &*counted.error_code {
                    "" => counted.status.as_str().to_owned(),
                    code => format!("{} (error code {code})", counted.status.as_str()),
                });
                let each: Vec<String> = each.collect();
                told.push(format!("It was reported {}.", each.join(", then ")));
            }
            (None, Some(status)) => told.push(format!("It was reported {}.", status.as_str())),
        }
        told.extend(of.failure.map(|failure| self.policy(&failure)));
        Ok(told)
    }

    fn policy(&self, failure: &Failure) -> String {
        let by = match failure.row {
            Some(row) => format!("by row {row} of the tariff's table of failures"),
            None => "by default, as no row of the tariff's table of failures says otherwise".to_owned(),
        };
        let stays = match failure.policy {
            FailurePolicy::Full => "stays charged in full".to_owned(),
            FailurePolicy::Nothing => "is returned in full".to_owned(),
            FailurePolicy::Fee(fee) => {
                format!("is returned and costs a failure fee of {}", self.amount(fee))
            }
        };
        let status = match failure.status {
            FinalStatus::Failed => "A failed message",
            FinalStatus::Undelivered => "An undelivered message",
            FinalStatus::Delivered => "A delivered message",
        };
        format!("{status} {stays}, {by}.")
    }

    /// The entries beside it.
    fn beside(&self, told: &Origins) -> Result<Option<String>, Untraced> {
        let each = told.related.iter().map(|row| self.related(row)).collect::<Result<Vec<_>, _>>()?;
        let (shown, more) = each.split_at(each.len().min(RELATED_TOLD_MAX));
        if shown.is_empty() {
            return Ok(None);
        }
        let more = match more.len() {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        Ok(Some(format!("With it belong {}{more}.", shown.join("; "))))
    }

    fn related(&self, row: &EntryRow) -> Result<String, Untraced> {
        let (record, entry) = decoded(row)?;
        let kind = EntryType::of(&entry.cause).as_str().replace('_', " ");
        let at = self.zone.wall(record.occurred_at);
        Ok(format!("entry {} ({kind}, {} on {at})", entry.seq, signed(entry.amount)))
    }

    fn by_carrier(&self, at: &str, amount: Money, event: &Event<'_>) -> String {
        let (channel, reason) = match &event.happening {
            Happening::CarrierFee { channel, reason, .. } => (*channel, *reason),
            Happening::Message(_) | Happening::Status(_) => (None, ""),
        };
        let channel = channel.map(|channel| format!(" for {channel}")).unwrap_or_default();
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        format!(
            "{at}, a carrier charged {}{channel} beside the rates of the tariff, told as event {}{reason}.",
            self.amount(amount),
            event.name.id
        )
    }

    fn by_hand(&self, at: &str, adjustment: &Adjustment<'_>) -> String {
        let way = if adjustment.amount.is_negative() { "taken from" } else { "added to" };
        format!(
            "{at}, {} was {way} the balance by hand, with the key {}: {}.",
            self.amount(adjustment.amount),
            adjustment.actor,
            adjustment.reason
        )
    }

    fn number_fee(
        &self,
        at: &str,
        fee: &NumberFee,
        (amount, occurred_at): (Money, Timestamp),
        rental: &Number,
    ) -> Vec<String> {
        let kind = rental.sender_type.as_str().replace('_', "-");
        let which = match fee.cycle {
            0 => "the first monthly fee, paid when the number was rented".to_owned(),
            cycle => format!("the monthly fee of cycle {cycle}, due on {}", self.zone.wall(fee.due_at)),
        };
        let first = format!(
            "{at}, {} was charged for the {kind} number {}: {which}.",
            self.amount(amount),
            fee.number
        );
        let late = fee.due_at < occurred_at;
        let why = match (fee.row.and_then(|(version, row)| Some((self.book.version(version)?, row))), late) {
            (Some((version, row)), _) => {
                let head = version.head();
                format!(
                    "By row {row} of the number fees of the tariff {}, version {}.",
                    head.name, head.label
                )
            }
            (None, true) => "It was owed since, at what the number cost then, and is paid late.".to_owned(),
            (None, false) => {
                "The tariff has no row for the number any more, so its last fee stands.".to_owned()
            }
        };
        vec![first, why]
    }

    fn paid(&self, at: &str, cause: &Cause<'_>, amount: Money, attempt: &Attempt) -> Vec<String> {
        let by = match attempt.kind {
            AttemptKind::Checkout => "by a checkout",
            AttemptKind::Auto => "by automatic top-up",
        };
        let payment = match &*attempt.payment {
            "" => String::new(),
            payment => format!(", payment {payment} at the payment provider"),
        };
        let (top_up, amount) = (Attempt::id(attempt.number), self.amount(amount));
        let first = match cause {
            Cause::TopUp { .. } => format!("{at}, {amount} was paid in {by} (top-up {top_up}{payment})."),
            Cause::PaymentRefund { .. } => {
                format!(
                    "{at}, the payment provider gave {amount} of the top-up {top_up} back to the payer ({by}{payment})."
                )
            }
            Cause::Dispute { .. } => {
                format!("{at}, the payer's bank took {amount} of the top-up {top_up} back ({by}{payment}).")
            }
            _ => format!(
                "{at}, the payer's bank gave {amount} of the top-up {top_up} back again ({by}{payment})."
            ),
        };
        let mut told = vec![first];
        if attempt.refunded.is_positive() || attempt.disputed().is_positive() {
            told.push(format!(
                "Of {} paid, {} is refunded and {} held back by disputes.",
                self.amount(attempt.credited),
                attempt.refunded,
                attempt.disputed()
            ));
        }
        told
    }

    fn settled(&self, at: &str, amount: Money, hold: &Hold) -> String {
        format!(
            "{at}, {} was settled under the hold {}, which set {} aside on {} and is {} with {} settled in all.",
            self.amount(amount),
            Hold::id(hold.number),
            hold.amount,
            self.zone.wall(hold.made_at),
            hold.state.as_str(),
            hold.settled
        )
    }
}

/// Most entries that a sentence names.
const RELATED_TOLD_MAX: usize = 10;

fn after_message(entry_type: EntryType, of: u64) -> String {
    match entry_type {
        EntryType::Refund => format!("for the message of entry {of}, which did not arrive."),
        EntryType::FailureFee => format!("as the failure fee of the message of entry {of}."),
        EntryType::Recharge => format!("for the message of entry {of} again, as it arrived after all."),
        _ => format!("of the failure fee of the message of entry {of}, as it arrived after all."),
    }
}

/// The amount without its sign: the sentence says which way it went.
fn magnitude(amount: Money) -> Money {
    if amount.is_negative() { amount.checked_neg().unwrap_or(Money::MAX) } else { amount }
}

fn signed(amount: Money) -> String {
    if amount.is_positive() { format!("+{amount}") } else { amount.to_string() }
}

/// `2 segments`, `1 message`.
pub fn billed(message: &Message) -> String {
    match (message.kind, message.units.billed) {
        (Kind::Mms, units) => format!("{units} message"),
        (Kind::Sms, 1) => "1 segment".to_owned(),
        (Kind::Sms, units) => format!("{units} segments"),
    }
}

fn what(message: &Message) -> String {
    match (message.kind, message.units.encoding) {
        (Kind::Mms, _) => "MMS".to_owned(),
        (Kind::Sms, None) => format!("SMS of {}", billed(message)),
        (Kind::Sms, Some(encoding)) => format!("SMS of {} ({})", billed(message), encoding.as_str()),
    }
}

/// How the segments of an SMS came about, where it is worth a sentence.
fn counting(message: &Message) -> Option<String> {
    let encoding = message.units.encoding.filter(|_| message.kind == Kind::Sms)?;
    let (alone, part) = Header::for_message(message.sender_type, &message.peer).lengths_max(encoding);
    let billed = message.units.billed;
    match message.units.counted {
        Some(counted) if counted == billed && billed == 1 => None,
        Some(counted) if counted == billed => Some(format!(
            "Its text is longer than the {alone} characters that one segment holds, and is cut into parts of {part}."
        )),
        Some(counted) => Some(format!(
            "The count that came with it, {billed}, goes before our own of its text, {counted}."
        )),
        None => Some("Its segments came counted, without the text.".to_owned()),
    }
}

#[cfg(test)]
mod tests;
