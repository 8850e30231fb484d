//! Rows that no message belongs to: whether they are of what was asked for at all, and what they would have cost here.

use super::file::Theirs;
use super::matching::Side;
use crate::domain::address::Address;
use crate::domain::event::{Direction, FinalStatus, Kind, Message, Units};
use crate::domain::identity::KEPT_FOR;
use crate::domain::money::Money;
use crate::domain::sender_type::SenderType;
use crate::store::StoreError;
use crate::usage::query::Filter;

impl Side<'_> {
    /// Why a row is of something else than what was asked for; `None` where it is not.
    pub fn outside(&self, theirs: &Theirs) -> Result<Option<String>, StoreError> {
        if let Some(account) = &theirs.other_account {
            return Ok(Some(format!("it is of the account {account:?}")));
        }
        if let Some(why) = self.other_days(theirs).or_else(|| filtered(&self.query.filter, theirs)) {
            return Ok(Some(why));
        }
        match theirs.channel {
            Some(channel) if !self.has_channel(&channel)? => {
                Ok(Some(format!("the wallet has no entries of {channel} and does not rent it")))
            }
            _ => Ok(None),
        }
    }

    /// The day of a row, where it is outside of those that were asked for.
    pub fn other_days(&self, theirs: &Theirs) -> Option<String> {
        let day = self.zone.day(theirs.at?);
        let inside = (self.query.from..=self.query.to).contains(&day);
        (!inside).then(|| format!("it is of {day}"))
    }

    fn has_channel(&self, channel: &Address) -> Result<bool, StoreError> {
        let rents = self.rented.is_some_and(|rented| rented.contains_key(channel));
        Ok(rents || self.views.has_channel(self.wallet, channel)?)
    }

    /// What a message of theirs would have cost here. An error says why nothing is to be charged for it by a file.
    pub fn price_of_missing(&self, theirs: &Theirs) -> Result<Money, String> {
        let at = theirs.at.ok_or("the file does not say when it was")?;
        if let Some(status @ (FinalStatus::Failed | FinalStatus::Undelivered)) = theirs.status {
            let status = status.as_str();
            return Err(format!(
                "it ended {status}: tell it and its status as events, so that the tariff decides"
            ));
        }
        if theirs.direction == Some(Direction::Inbound) && at < self.now.minus(KEPT_FOR) {
            return Err("it may have been blocked, which is remembered for 35 days only".to_owned());
        }
        self.price(theirs).ok_or_else(|| "neither file nor tariff say enough to price it".to_owned())
    }

    fn price(&self, theirs: &Theirs) -> Option<Money> {
        let (channel, kind) = (theirs.channel?, theirs.kind.unwrap_or(Kind::Sms));
        let billed = if kind == Kind::Mms { 1 } else { theirs.segments? };
        let rented = self.rented.and_then(|rented| rented.get(&channel)).copied();
        let message = Message {
            direction: theirs.direction?,
            kind,
            channel,
            peer: theirs.peer?,
            units: Units { billed, counted: None, encoding: None },
            sender_type: rented.unwrap_or_else(|| SenderType::of_channel(&channel)),
            carrier: None,
        };
        Some(self.book.price(self.tariff, &message, theirs.at?)?.rated.total())
    }
}

/// Why the filters leave a row out, or do not let it be told; `None` where they admit it.
fn filtered(filter: &Filter, theirs: &Theirs) -> Option<String> {
    let Filter { channels, campaigns, direction, kind, country } = filter;
    if !campaigns.is_empty() || country.is_some() {
        return Some("whether it is of the campaign or country asked for is not told by the file".to_owned());
    }
    let other = |what: &str, told: Option<String>| match told {
        Some(told) => format!("its {what} is {told}"),
        None => format!("its {what} is not told, and one is asked for"),
    };
    if !channels.is_empty() && !theirs.channel.is_some_and(|channel| channels.contains(&channel)) {
        return Some(other("channel", theirs.channel.map(|channel| channel.to_string())));
    }
    if direction.is_some() && theirs.direction != *direction {
        return Some(other("direction", theirs.direction.map(|direction| direction.as_str().to_owned())));
    }
    (kind.is_some() && theirs.kind != *kind)
        .then(|| other("kind", theirs.kind.map(|kind| kind.as_str().to_owned())))
}
