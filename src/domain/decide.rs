//! What a command does to a wallet: the records it posts, or why it is refused (RULES, sections 5 and 6).

use super::event::{AHEAD_MAX, Direction, Event, Happening, Mode};
use super::money::Money;
use super::record::{Adjustment, Cause, Change, Entry, Lack, Price, Record, Records, Terms};
use super::time::{Span, Timestamp};
use super::wallet::{Status, Wallet};

/// Something asked of one wallet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command<'a> {
    /// A message or a carrier's charge. `price` is `None` where the tariff has no rate for a message;
    /// a carrier's charge has none either, and needs none.
    Post {
        event: Event<'a>,
        price: Option<Price>,
    },
    Adjust(Adjustment<'a>),
    SetTerms(Terms<'a>),
}

/// Why nothing was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Admitted traffic that the wallet does not pay for; sent again it is decided afresh.
    Lack(Lack),
    InTheFuture,
    TooOld,
    NoRate,
    /// The balance would leave the range that money has.
    OutOfRange,
    /// Currency and time zone are fixed from the first entry on.
    TermsFixed,
}

/// What a decision is made at and by.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub now: Timestamp,
    /// How long ago an event may have happened (a setting, 35 days by default).
    pub too_old_after: Span,
}

/// Decides one command. Posts nothing itself: the caller folds the records, in order.
pub fn decide<'a>(wallet: &Wallet, command: &Command<'a>, moment: Moment) -> Result<Records<'a>, Refusal> {
    match command {
        Command::Post { event, price } => post(wallet, event, price.as_ref(), moment),
        Command::Adjust(adjustment) => {
            let cause = Cause::Adjustment(*adjustment);
            entry(wallet, adjustment.amount, moment.now, cause)
        }
        Command::SetTerms(terms) => set_terms(wallet, terms, moment.now),
    }
}

fn post<'a>(
    wallet: &Wallet,
    event: &Event<'a>,
    price: Option<&Price>,
    moment: Moment,
) -> Result<Records<'a>, Refusal> {
    if event.occurred_at > moment.now.plus(AHEAD_MAX) {
        return Err(Refusal::InTheFuture);
    }
    if event.occurred_at < moment.now.minus(moment.too_old_after) {
        return Err(Refusal::TooOld);
    }
    match &event.happening {
        Happening::CarrierFee { amount, .. } => {
            let amount = amount.checked_neg().ok_or(Refusal::OutOfRange)?;
            entry(wallet, amount, event.occurred_at, Cause::CarrierFee { event: *event })
        }
        // Nothing is decided about statuses yet.
        Happening::Status(_) => Err(Refusal::NoRate),
        Happening::Message(message) => {
            let price = price.ok_or(Refusal::NoRate)?;
            let total = price.rated.total();
            match (event.mode, lack(wallet, total), message.direction) {
                (Mode::Admit, Some(lack), Direction::Outbound) => Err(Refusal::Lack(lack)),
                (Mode::Admit, Some(reason), Direction::Inbound) => Ok(blocked(wallet, event, reason)),
                (Mode::Report, ..) | (Mode::Admit, None, _) => {
                    let amount = total.checked_neg().ok_or(Refusal::OutOfRange)?;
                    let cause = Cause::Message { event: *event, price: *price };
                    entry(wallet, amount, event.occurred_at, cause)
                }
            }
        }
    }
}

/// Why the wallet cannot pay `total` for admitted traffic, if it cannot (W2).
fn lack(wallet: &Wallet, total: Money) -> Option<Lack> {
    match wallet.status {
        Status::Suspended => Some(Lack::Suspended),
        Status::Active if wallet.available() < total => Some(Lack::InsufficientBalance),
        Status::Active => None,
    }
}

fn blocked<'a>(wallet: &Wallet, event: &Event<'a>, reason: Lack) -> Records<'a> {
    let change = Change::Blocked { event: *event, reason };
    Records::from_iter([Record { number: wallet.records + 1, occurred_at: event.occurred_at, change }])
}

/// Posts `amount`, and turns the status where the balance after it asks for it.
fn entry<'a>(
    wallet: &Wallet,
    amount: Money,
    occurred_at: Timestamp,
    cause: Cause<'a>,
) -> Result<Records<'a>, Refusal> {
    let balance_after = wallet.balance.checked_add(amount).ok_or(Refusal::OutOfRange)?;
    let entry = Entry { seq: wallet.seq + 1, amount, balance_after, cause };
    let mut records = Records::new();
    records.push(Record { number: wallet.records + 1, occurred_at, change: Change::Entry(entry) });
    let turned = match (wallet.status, Status::of_balance(balance_after)) {
        (Status::Active, Status::Suspended) => Some(Change::Suspended),
        (Status::Suspended, Status::Active) => Some(Change::Resumed),
        _ => None,
    };
    if let Some(change) = turned {
        records.push(Record { number: wallet.records + 2, occurred_at, change });
    }
    Ok(records)
}

fn set_terms<'a>(wallet: &Wallet, terms: &Terms<'a>, now: Timestamp) -> Result<Records<'a>, Refusal> {
    let changed = terms.currency != wallet.currency || terms.time_zone != &*wallet.time_zone;
    if wallet.seq > 0 && changed {
        return Err(Refusal::TermsFixed);
    }
    let change = Change::TermsSet(*terms);
    Ok(Records::from_iter([Record { number: wallet.records + 1, occurred_at: now, change }]))
}

#[cfg(test)]
mod tests;
