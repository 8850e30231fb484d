//! What a wallet does next: drawn at random, done to the model at once, and told as a deed with what must be answered.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::model::Nanos;
use crate::model::holds::EXPIRES_AFTER;
use crate::model::messages::{Answer, Sent};
use crate::model::prices::{CARRIER, CODE_CARRIER, CODE_SPAM, Kind, version_at};
use crate::model::top_ups::Card;
use crate::model::wallet::Wallet;
use crate::support::event::Event;
use crate::support::random::Random;

const UNIT: Nanos = 1_000_000_000;
/// What a wallet may rent; all wallets rent the same ones.
pub const NUMBERS: [&str; 4] = ["+14155550101", "+14155550102", "+14155550103", "+18005550104"];
/// What is sent from without being rented.
const ELSEWHERE: &str = "+14155559999";
const PEER: &str = "+14155550123";
/// Who tells of messages; of their statuses it is this one or another.
const SOURCE: &str = "gateway";
/// Sent again within this time a message is known, by whenever it occurred.
const KEPT_AT_LEAST: SignedDuration = SignedDuration::from_hours(14 * 24);
pub const ZONES: [&str; 12] = [
    "UTC",
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Havana",
    "America/Santiago",
    "Australia/Lord_Howe",
];

/// How a wallet lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Is funded once and then left to itself.
    Forgotten,
    /// Is paid into by hand, now and then.
    ByHand,
    /// Has auto top-up on.
    ByItself,
}

pub struct Character {
    pub name: String,
    pub zone: &'static str,
    manner: Manner,
    card: Card,
    random: Random,
    /// Moments in a row at which it goes on acting.
    awake: u64,
    /// For ids and keys that were never used.
    counter: u64,
    /// The last message that was charged, to be sent again while its id is remembered.
    last: Option<(Event, Nanos, Timestamp)>,
}

/// One thing done, and what must come of it.
#[derive(Clone, Debug)]
pub struct Deed {
    pub wallet: usize,
    pub doing: Doing,
    /// `201`, `402 suspended`; of events what each line must be answered.
    pub want: String,
    /// It was refused, and the refusal has asked for a top-up: sent again it might be paid.
    pub refused_and_fired: bool,
}

impl std::fmt::Display for Deed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Doing::Lines(lines) = &self.doing else {
            return write!(formatter, "{:?} -> {}", self.doing, self.want);
        };
        lines.iter().try_for_each(|(event, (said, amount))| {
            write!(formatter, "{} -> {said} {}; ", event.line(), crate::support::decimal(*amount))
        })
    }
}

#[derive(Clone, Debug)]
pub enum Doing {
    Lines(Vec<(Event, Answer)>),
    /// POST under a key; the path is the wallet's.
    Post {
        path: &'static str,
        key: String,
        body: Value,
    },
    /// A hold is known by its number among the wallet's holds.
    MakeHold {
        key: String,
        body: Value,
    },
    EndHold {
        key: String,
        hold: usize,
        call: &'static str,
        body: Value,
    },
    ReleaseNumber {
        key: String,
        number: &'static str,
    },
    /// Opens a checkout and pays it with this card, or leaves it alone.
    TopUp {
        key: String,
        amount: Nanos,
        card: Option<Card>,
    },
    Put {
        path: &'static str,
        body: Value,
    },
    EndAutoTopUp,
}

impl Character {
    pub fn draw(number: usize, seed: u64) -> Character {
        let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
        let manner = match random.below(10) {
            0..3 => Manner::Forgotten,
            3..6 => Manner::ByHand,
            _ => Manner::ByItself,
        };
        let card = match random.below(10) {
            0..7 => Card::Good,
            7..9 => Card::Declined,
            _ => Card::NeedsAuthentication,
        };
        let zone = ZONES[random.below(ZONES.len() as u64) as usize];
        Character {
            name: format!("w-{number}"),
            zone,
            manner,
            card,
            random,
            awake: 0,
            counter: 0,
            last: None,
        }
    }

    fn next(&mut self, what: &str) -> String {
        self.counter += 1;
        format!("{what}-{}", self.counter)
    }

    fn amount(&mut self, from: u64, to: u64) -> Nanos {
        Nanos::from(from + self.random.below(to - from)) * UNIT
    }

    /// True where it acts at this moment: so many of a thousand begin to, and go on for a few days.
    pub fn acts(&mut self, per_thousand: u64) -> bool {
        if self.awake == 0 && self.random.below(1_000) < per_thousand {
            self.awake = 1 + self.random.below(12);
        }
        self.awake = self.awake.saturating_sub(1);
        self.awake > 0
    }

    /// The first deed of a wallet: money, or none.
    pub fn opens(&mut self, wallet: usize, model: &mut Wallet, now: Timestamp) -> Deed {
        let amount = self.amount(1, 80);
        self.adjust(wallet, model, amount, now)
    }

    pub fn acts_at(&mut self, wallet: usize, model: &mut Wallet, now: Timestamp) -> Deed {
        let attempts = model.auto.attempts.len();
        let (doing, want) = self.choose(model, now);
        let refused = match &doing {
            Doing::Lines(lines) => lines.iter().any(|(_, (said, _))| said.starts_with("refused")),
            _ => want.starts_with("402"),
        };
        let refused_and_fired = refused && model.auto.attempts.len() > attempts;
        model.finish_payments(now);
        Deed { wallet, doing, want, refused_and_fired }
    }

    fn choose(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        if self.manner == Manner::ByItself && self.random.percent(30) {
            if model.auto.card.is_none() {
                return self.pay(model, now);
            }
            if !model.auto.enabled {
                return self.settings(model, now);
            }
        }
        match self.random.below(100) {
            0..32 => self.send(model, now),
            32..42 => self.receive(model, now),
            42..48 => self.report(model, now),
            48..52 => self.carrier_fee(model, now),
            52..60 => self.status(model, now),
            60..62 => self.early_status(model, now),
            62..65 => self.again(model, now),
            65..68 => self.several(model, now),
            68..73 => self.credit(model, now),
            73..78 => self.buy(model, now),
            78..79 => self.release(model, now),
            79..84 => self.hold(model, now),
            84..89 => self.end_hold(model, now),
            89..94 => self.pay(model, now),
            94..98 => self.settings(model, now),
            _ => self.levels(model),
        }
    }

    fn channel(&mut self) -> &'static str {
        match self.random.below(6) {
            number @ 0..4 => NUMBERS[number as usize],
            _ => ELSEWHERE,
        }
    }

    fn outbound(&mut self) -> Sent {
        let kind = if self.random.percent(12) { Kind::OutboundMms } else { Kind::OutboundSms };
        Sent {
            id: self.next("m"),
            kind,
            units: if kind == Kind::OutboundMms { 1 } else { 1 + self.random.below(4) as u32 },
            carrier: if self.random.percent(20) { CARRIER } else { "" },
            channel: self.channel(),
            report: false,
            time: None,
            hold: None,
        }
    }

    /// Does it to the model; the line that tells of it.
    fn told(&mut self, sent: &Sent, model: &mut Wallet, now: Timestamp) -> (Event, Answer) {
        let event = line(&self.name, sent);
        let answer = model.send(sent, now);
        if answer.0 == "charged" {
            self.last = Some((event.clone(), answer.1, now));
        }
        (event, answer)
    }

    fn send(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let mut sent = self.outbound();
        let amount = version_at(now).message(sent.kind, sent.units, sent.carrier);
        let covers = model.holds.iter().position(|hold| hold.is_open() && hold.remaining >= amount);
        if self.random.percent(50) {
            sent.hold = covers;
        }
        lines(vec![self.told(&sent, model, now)])
    }

    fn receive(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let sent = Sent { kind: Kind::InboundSms, carrier: "", units: 1, ..self.outbound() };
        lines(vec![self.told(&sent, model, now)])
    }

    /// Of something that has happened up to twenty days ago.
    fn report(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let ago = SignedDuration::from_secs(self.random.below(20 * 86_400) as i64);
        let sent = Sent { report: true, time: Some(now - ago), ..self.outbound() };
        lines(vec![self.told(&sent, model, now)])
    }

    fn carrier_fee(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let amount = Nanos::from(1 + self.random.below(2_000)) * 1_000_000;
        let id = self.next("f");
        let event = Event::carrier_fee(&self.name, &id, &crate::support::decimal(amount));
        lines(vec![(event, model.carrier_fee(amount, None, now))])
    }

    fn draw_status(&mut self) -> (&'static str, &'static str) {
        match self.random.below(10) {
            0..3 => ("delivered", ""),
            3..6 => ("failed", if self.random.percent(50) { "30001" } else { "" }),
            6..8 => ("undelivered", ""),
            8 => ("undelivered", CODE_CARRIER),
            _ => ("undelivered", CODE_SPAM),
        }
    }

    fn status_line(&mut self, of: &str, status: &str, error_code: &str) -> Event {
        let mut event = Event(json!({"id": self.next("s"), "type": "message.status", "wallet": self.name,
            "message": of, "status": status}));
        if !error_code.is_empty() {
            event = event.with("error_code", error_code);
        }
        match self.random.percent(50) {
            true => event.with("source", "carrier").with("message_source", SOURCE),
            false => event.with("source", SOURCE),
        }
    }

    fn status(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        // Inbound messages were told with ids of the same kind, but only what was sent has a status.
        let outbound: Vec<String> = model
            .messages
            .iter()
            .filter(|message| message.charged > 0 && !message.inbound)
            .map(|message| message.id.clone())
            .collect();
        if outbound.is_empty() {
            return self.send(model, now);
        }
        let recent = outbound.len().saturating_sub(5);
        let of = outbound[recent + self.random.below((outbound.len() - recent) as u64) as usize].clone();
        let (status, error_code) = self.draw_status();
        let event = self.status_line(&of, status, error_code);
        lines(vec![(event, model.tell_status(&of, status, error_code, now))])
    }

    /// A status and then, in the same request, its message.
    fn early_status(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let sent = Sent { report: true, ..self.outbound() };
        let (status, error_code) = self.draw_status();
        let event = self.status_line(&sent.id, status, error_code);
        let early = (event, model.tell_status(&sent.id, status, error_code, now));
        lines(vec![early, self.told(&sent, model, now)])
    }

    fn again(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let remembered = |(_, _, at): &(Event, Nanos, Timestamp)| now < *at + KEPT_AT_LEAST;
        let Some((event, amount, _)) = self.last.clone().filter(remembered) else {
            return self.receive(model, now);
        };
        lines(vec![(event, ("duplicate".to_owned(), amount))])
    }

    /// Several messages in one request, where no payment can land between them.
    fn several(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        if model.auto.enabled {
            return self.send(model, now);
        }
        let told = (0..2 + self.random.below(4)).map(|_| {
            let sent = self.outbound();
            self.told(&sent, model, now)
        });
        lines(told.collect())
    }

    fn credit(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let amount = match (self.manner, self.random.below(10)) {
            (_, 0..2) => -self.amount(1, 10),
            (Manner::Forgotten, _) | (Manner::ByItself, 4..) => return self.send(model, now),
            _ => self.amount(1, 40),
        };
        let deed = self.adjust(0, model, amount, now);
        (deed.doing, deed.want)
    }

    fn adjust(&mut self, wallet: usize, model: &mut Wallet, amount: Nanos, now: Timestamp) -> Deed {
        model.adjust(amount, now);
        let body = json!({"amount": crate::support::decimal(amount), "reason": "by the year"});
        let doing = Doing::Post { path: "adjustments", key: self.next("k"), body };
        Deed { wallet, doing, want: "201".to_owned(), refused_and_fired: false }
    }

    fn buy(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let number = NUMBERS[self.random.below(NUMBERS.len() as u64) as usize];
        let want = match model.buy_number(number, now) {
            Ok(()) => "201".to_owned(),
            Err("number_rented") => "409 number_rented".to_owned(),
            Err("no_rate") => "400 no_rate".to_owned(),
            Err(code) => format!("402 {code}"),
        };
        (Doing::Post { path: "numbers", key: self.next("k"), body: json!({"number": number}) }, want)
    }

    fn release(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let number = NUMBERS[self.random.below(NUMBERS.len() as u64) as usize];
        if !model.is_rented(number) {
            return self.send(model, now);
        }
        let rental = model.rental(number).expect("it is rented");
        model.release_by_hand(rental, now);
        (Doing::ReleaseNumber { key: self.next("k"), number }, "200".to_owned())
    }

    fn hold(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let (segments, recipients) = (1 + self.random.below(3) as u32, 1 + self.random.below(16));
        let amount = version_at(now).worst_case(segments) * Nanos::from(recipients as u32);
        let mut body = json!({"sender_type": "local", "kind": "sms", "segments": segments,
            "recipients": {"+1": recipients}});
        let mut lasts = EXPIRES_AFTER;
        if self.random.percent(60) {
            lasts = SignedDuration::from_secs(60 + self.random.below(20 * 86_400) as i64);
            body["expires_in_seconds"] = json!(lasts.as_secs());
        }
        let want = match model.make_hold(amount, lasts, now) {
            Ok(()) => "201".to_owned(),
            Err(code) => format!("402 {code}"),
        };
        (Doing::MakeHold { key: self.next("k"), body }, want)
    }

    fn end_hold(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let Some(hold) = model.holds.iter().rposition(|hold| hold.is_open()) else {
            return self.hold(model, now);
        };
        let key = self.next("k");
        let (call, body) = if self.random.percent(25) {
            model.void_hold(hold, now);
            ("void", json!({}))
        } else {
            // From a part of it to somewhat more than it.
            let share = 10 + self.random.below(100);
            let amount = model.holds[hold].amount * Nanos::from(share) / 100;
            let end = self.random.percent(50);
            model.settle_hold(hold, amount, end, now);
            ("settle", json!({"amount": crate::support::decimal(amount), "final": end}))
        };
        (Doing::EndHold { key, hold, call, body }, "200".to_owned())
    }

    fn pay(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        let has_one = model.auto.card.is_some() && self.random.percent(80);
        if self.manner == Manner::Forgotten || (self.manner == Manner::ByItself && has_one) {
            return self.send(model, now);
        }
        let amount = self.amount(20, 60);
        let card =
            self.random.percent(80).then_some(if self.random.percent(80) { self.card } else { Card::Good });
        if let Some(card) = card {
            model.top_up_by_hand(amount, card, now);
        }
        (Doing::TopUp { key: self.next("k"), amount, card }, "201".to_owned())
    }

    fn settings(&mut self, model: &mut Wallet, now: Timestamp) -> (Doing, String) {
        if self.manner != Manner::ByItself || (model.auto.enabled && self.random.percent(30)) {
            model.end_auto_top_up(now);
            return (Doing::EndAutoTopUp, "200".to_owned());
        }
        if model.auto.enabled && (model.auto.stopped.is_some() || model.auto.wait_until.is_some()) {
            return self.send(model, now);
        }
        let (minimum, amount) = (self.amount(0, 40), self.amount(20, 50));
        let per_day = 1 + self.random.below(5) as usize;
        let per_month = self.random.percent(30).then(|| 1 + self.random.below(12) as usize);
        model.set_auto_top_up(minimum, amount, per_day, per_month, now);
        let mut limits = json!({"attempts_per_day": per_day});
        if let Some(per_month) = per_month {
            limits["attempts_per_month"] = json!(per_month);
        }
        let (minimum, amount) = (crate::support::decimal(minimum), crate::support::decimal(amount));
        let body = json!({"enabled": true, "minimum_balance": minimum, "amount": amount, "limits": limits});
        (Doing::Put { path: "auto-top-up", body }, "200".to_owned())
    }

    fn levels(&mut self, model: &mut Wallet) -> (Doing, String) {
        let mut levels: Vec<Nanos> = (0..self.random.below(4)).map(|_| self.amount(0, 60)).collect();
        levels.sort_unstable();
        levels.dedup();
        levels.reverse();
        model.set_levels(&levels);
        let levels: Vec<String> = levels.into_iter().map(crate::support::decimal).collect();
        (Doing::Put { path: "alert-settings", body: json!({"low_balance": levels}) }, "200".to_owned())
    }
}

fn lines(told: Vec<(Event, Answer)>) -> (Doing, String) {
    (Doing::Lines(told), String::new())
}

/// A message as an event; its hold is put in where the id of the hold is known.
fn line(wallet: &str, sent: &Sent) -> Event {
    let mut event = match sent.kind {
        Kind::InboundSms => Event::inbound(wallet, &sent.id),
        _ => Event::outbound(wallet, &sent.id),
    };
    event = event.without("text").with("source", SOURCE).with("channel", sent.channel).with("peer", PEER);
    event = match sent.kind {
        Kind::OutboundMms => event.with("kind", "mms"),
        _ => event.with("segments", sent.units).with("encoding", "GSM-7"),
    };
    if !sent.carrier.is_empty() {
        event = event.with("carrier", sent.carrier);
    }
    if sent.report {
        event = event.report();
    }
    if let Some(time) = sent.time {
        event = event.with("time", time.to_string());
    }
    if let Some(hold) = sent.hold {
        event = event.with("hold", hold as u64);
    }
    event
}
