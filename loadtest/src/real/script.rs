//! The script of a run: every step of every wallet in the order it is sent. The same corpus, seed and
//! time make the same script.

use std::collections::HashMap;
use std::sync::Arc;

use fastrand::Rng;
use jiff::Timestamp;

use super::corpus::Letter;
use super::draw::{self, Drawer};
use super::event::{Event, Happening};
use super::spoiled::{Spoiled, spoil};
use crate::money;
use crate::words::{Direction, Kind};

pub struct Script {
    /// Their ids in the engine.
    pub wallets: Vec<String>,
    pub steps: Vec<Step>,
}

pub struct Step {
    /// Index into [`Script::wallets`].
    pub wallet: usize,
    pub action: Action,
}

pub enum Action {
    Adjust(Adjustment),
    Event { event: Arc<Event>, line: String },
    Spoiled(Spoiled),
}

pub struct Adjustment {
    pub key: String,
    pub amount: i128,
    pub reason: &'static str,
    /// Sent a second time under the same key, which must change nothing.
    pub replayed: bool,
}

/// How much money a wallet gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purse {
    /// More than it can spend.
    Full,
    /// Runs dry, is filled up twice and debited once.
    Small,
    /// A little before every other of its first messages: seldom enough for the next one. Takes no reports.
    Trickle,
    /// Nothing until half of its messages have been sent.
    Empty,
}

const FULL: i128 = 20_000 * money::UNIT;
/// What a small purse holds for each message; a message costs five times as much on average.
const SMALL_PER_MESSAGE: i128 = 8_000_000;
/// Less than any message costs.
const DROP: i128 = 3_000_000;
/// Each credit ends a request, so only the first messages get one.
const DROPS_UNTIL: usize = 60;

/// Steps with the place that each takes; ties keep the order they were written in.
struct Draft {
    steps: Vec<(usize, Step)>,
    adjustments: usize,
    /// How many lines were spoiled: each way gets its turn.
    spoiled: usize,
}

impl Draft {
    fn push(&mut self, place: usize, wallet: usize, action: Action) {
        self.steps.push((place, Step { wallet, action }));
    }

    fn adjust(&mut self, place: usize, wallet: (usize, &str), amount: i128, reason: &'static str) {
        self.adjustments += 1;
        let key = format!("{}-{}", wallet.1, self.adjustments);
        let replayed = self.adjustments.is_multiple_of(5);
        self.push(place, wallet.0, Action::Adjust(Adjustment { key, amount, reason, replayed }));
    }
}

/// Writes the script; the letters are mixed first, so that wallets take turns.
pub fn write(mut letters: Vec<Letter>, limit: usize, run: &str, seed: u64, now: Timestamp) -> Script {
    let mut rng = Rng::with_seed(seed);
    rng.shuffle(&mut letters);
    letters.truncate(limit);
    let (wallet_of, messages) = count_by_sender(&letters);
    let wallets: Vec<String> = (0..messages.len()).map(|index| format!("lt-{run}-{index:04}")).collect();
    let mut drawer = Drawer::new(now, letters.len(), wallets.len(), &mut rng);
    let steps = Vec::with_capacity(letters.len() * 11 / 10);
    let mut draft = Draft { steps, adjustments: 0, spoiled: 0 };
    for (index, id) in wallets.iter().enumerate() {
        match purse(index) {
            Purse::Full => draft.adjust(0, (index, id), FULL, "opening credit"),
            Purse::Small => draft.adjust(0, (index, id), small(messages[index]), "opening credit"),
            Purse::Trickle | Purse::Empty => {}
        }
    }
    let mut sent = vec![0; wallets.len()];
    for (number, letter) in letters.iter().enumerate() {
        let wallet = wallet_of[&letter.sender];
        let place = number + 1;
        let mut event = drawer.event(&mut rng, wallet, number, letter);
        if purse(wallet) == Purse::Trickle {
            event.mode = None;
        }
        push_event(&mut draft, &mut rng, place, (wallet, &wallets[wallet]), event);
        sent[wallet] += 1;
        fill_up(&mut draft, place, (wallet, &wallets[wallet]), sent[wallet], messages[wallet]);
    }
    draft.steps.sort_by_key(|(place, _)| *place);
    Script { wallets, steps: draft.steps.into_iter().map(|(_, step)| step).collect() }
}

/// Each sender's number in order of appearance, and how many letters each wrote.
fn count_by_sender(letters: &[Letter]) -> (HashMap<String, usize>, Vec<usize>) {
    let (mut wallet_of, mut messages) = (HashMap::new(), Vec::new());
    for letter in letters {
        let wallet = *wallet_of.entry(letter.sender.clone()).or_insert(messages.len());
        if wallet == messages.len() {
            messages.push(0);
        }
        messages[wallet] += 1;
    }
    (wallet_of, messages)
}

fn purse(wallet: usize) -> Purse {
    match wallet % 12 {
        2 | 9 => Purse::Small,
        5 => Purse::Trickle,
        7 => Purse::Empty,
        _ => Purse::Full,
    }
}

fn small(messages: usize) -> i128 {
    SMALL_PER_MESSAGE * messages as i128
}

/// The event, and now and then what goes wrong around it: it comes late, again, or spoiled.
fn push_event(draft: &mut Draft, rng: &mut Rng, place: usize, wallet: (usize, &str), event: Event) {
    let (wallet, id) = wallet;
    let arrival = if rng.u8(0..20) == 0 { place + rng.usize(1..40) } else { place };
    if rng.u8(0..25) == 0 {
        let delay = if rng.bool() { rng.usize(0..4) } else { rng.usize(4..3_000) };
        let again = draw::repeat(rng, &event);
        let line = again.line(id);
        draft.push(arrival + delay, wallet, Action::Event { event: Arc::new(again), line });
    }
    if rng.u8(0..60) == 0 && is_outbound_text(&event) {
        let spoiled = spoil(&event.object(id), draft.spoiled);
        draft.spoiled += 1;
        draft.push(arrival, wallet, Action::Spoiled(spoiled));
    }
    let line = event.line(id);
    draft.push(arrival, wallet, Action::Event { event: Arc::new(event), line });
}

fn is_outbound_text(event: &Event) -> bool {
    matches!(&event.happening, Happening::Message(message)
        if message.direction == Direction::Outbound && message.kind == Kind::Sms)
}

/// Money that arrives or is taken in the middle of a wallet's messages.
fn fill_up(draft: &mut Draft, place: usize, wallet: (usize, &str), sent: usize, messages: usize) {
    let at = |share: usize| sent == (messages * share / 100).max(1);
    match purse(wallet.0) {
        Purse::Full => {}
        Purse::Trickle => {
            if sent.is_multiple_of(2) && sent <= DROPS_UNTIL {
                draft.adjust(place, wallet, DROP * 2, "drop");
            }
        }
        Purse::Small => {
            if at(60) || at(80) {
                draft.adjust(place, wallet, small(messages) / 2, "filled up");
            }
            if at(70) {
                draft.adjust(place, wallet, -small(messages), "debit");
            }
        }
        Purse::Empty => {
            if at(50) {
                draft.adjust(place, wallet, small(messages), "first credit");
            }
        }
    }
}

#[cfg(test)]
#[path = "script_tests.rs"]
mod tests;
