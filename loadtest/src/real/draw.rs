//! Turns one letter of a corpus into one event: which way, from where, to whom, when, and how it is told.

use std::collections::HashMap;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::boundaries;
use super::corpus::Letter;
use super::event::{Event, Happening, Message, Moment};
use super::segments::{self, Header};
use super::world::{self, Channel, Peer, pick};
use crate::money;
use crate::words::{Direction, Encoding, Kind, Mode};

/// Events are spread over this much time before the run; the engine takes 35 days.
const SPREAD: SignedDuration = SignedDuration::from_hours(30 * 24);
const SOURCES: &[&str] = &["", "", "", "gw-a", "gw-b"];
const OFFSETS_HOURS: &[i8] = &[0, 0, 0, 8, -5];
const TAGS: &[Option<&str>] = &[None, None, None, Some("north"), Some("søuth \"2\"")];
/// Ids that several events of a wallet happen to share.
const SHARED_IDS: usize = 50;

pub struct Drawer {
    now: Timestamp,
    total: usize,
    recipients: HashMap<String, Peer>,
    /// By wallet.
    channels: Vec<Vec<Channel>>,
}

impl Drawer {
    pub fn new(now: Timestamp, total: usize, wallets: usize, rng: &mut Rng) -> Drawer {
        let channels = (0..wallets).map(|_| world::channels(rng)).collect();
        Drawer { now, total, recipients: HashMap::new(), channels }
    }

    /// The event of letter `number`.
    pub fn event(&mut self, rng: &mut Rng, wallet: usize, number: usize, letter: &Letter) -> Event {
        let happening = match rng.u8(0..100) {
            0 => Happening::CarrierFee { amount: i128::from(rng.u32(1..90_000_000)), reason: "surcharge" },
            _ => Happening::Message(self.message(rng, wallet, letter)),
        };
        let id = match rng.u8(0..50) {
            0 => format!("shared-{}", rng.usize(0..SHARED_IDS)),
            _ => format!("m-{number}"),
        };
        Event {
            id,
            source: pick(rng, SOURCES),
            mode: mode(rng, &happening),
            happening,
            time: self.time(rng, number),
            campaign: letter.bulk.then(|| format!("offer {}", number % 7)),
            tag: pick(rng, TAGS),
        }
    }

    fn message(&mut self, rng: &mut Rng, wallet: usize, letter: &Letter) -> Message {
        let direction = if rng.u8(0..5) == 0 { Direction::Inbound } else { Direction::Outbound };
        let recipient = match &letter.recipient {
            Some(name) => self.recipients.entry(name.clone()).or_insert_with(|| world::peer(rng)).clone(),
            None => world::peer(rng),
        };
        let usable = |channel: &&Channel| direction == Direction::Outbound || channel.receives();
        let channels: Vec<&Channel> = self.channels[wallet].iter().filter(usable).collect();
        let channel = pick(rng, &channels);
        let peer = match direction {
            Direction::Outbound => recipient,
            Direction::Inbound => world::inbound_peer(rng, &recipient),
        };
        let kind = if rng.u8(0..25) == 0 { Kind::Mms } else { Kind::Sms };
        let (text, stated) = if kind == Kind::Sms { told_length(rng, letter) } else { (None, None) };
        Message {
            direction,
            kind,
            channel: channel.address.clone(),
            peer: peer.address,
            text,
            stated,
            sender_type: channel.sender_type,
            carrier: peer.carrier,
        }
    }

    /// Later letters are later on the whole; some are late by days, some outside what the engine takes.
    fn time(&self, rng: &mut Rng, number: usize) -> Option<Moment> {
        let minutes = |rng: &mut Rng, most: i64| SignedDuration::from_mins(rng.i64(1..most));
        let share = number as i128 * SPREAD.as_millis() / self.total.max(1) as i128;
        let progress = SignedDuration::from_millis(i64::try_from(share).unwrap_or(0));
        let regular = self.now - SPREAD + progress - SignedDuration::from_millis(rng.i64(0..60_000));
        let instant = match rng.u16(0..1_000) {
            0..100 => return None,
            100..150 => regular - minutes(rng, 3 * 24 * 60),
            150..154 => self.now - SignedDuration::from_hours(36 * 24) - minutes(rng, 10_000),
            154..158 => self.now + SignedDuration::from_hours(2) + minutes(rng, 3_000),
            _ => regular,
        };
        Some(Moment { instant, offset_hours: pick(rng, OFFSETS_HOURS) })
    }
}

/// A text, the provider's count, or both.
fn told_length(rng: &mut Rng, letter: &Letter) -> (Option<String>, Option<(usize, Encoding)>) {
    let text = if rng.u8(0..8) == 0 { boundaries::stretch(&letter.text, rng) } else { letter.text.clone() };
    // Told with the text, the encoding is the text's own: only the count is the provider's to know better.
    let encoding = segments::count(&text, Header::SixOctets).1;
    match rng.u8(0..20) {
        0..2 => (None, Some((rng.usize(1..7), pick(rng, &[Encoding::Gsm7, Encoding::Ucs2])))),
        2 => (Some(text), Some((rng.usize(1..5), encoding))),
        _ => (Some(text), None),
    }
}

fn mode(rng: &mut Rng, happening: &Happening) -> Option<Mode> {
    match (happening, rng.u8(0..20)) {
        (Happening::CarrierFee { .. }, _) => None,
        (_, 0..5) => Some(Mode::Report),
        (_, 5..8) => Some(Mode::Admit),
        _ => None,
    }
}

/// The same event told again: as it was, with another mode and time, or (seldom) with another content.
pub fn repeat(rng: &mut Rng, event: &Event) -> Event {
    let mut again = event.clone();
    match rng.u8(0..20) {
        0..8 => {}
        8..17 => {
            again.mode = mode(rng, &again.happening);
            again.campaign = None;
            again.time = None;
        }
        _ => match &mut again.happening {
            Happening::Message(message) => message.peer = world::peer(rng).address,
            Happening::CarrierFee { amount, .. } => *amount += money::UNIT,
        },
    }
    again
}
