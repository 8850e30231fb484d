//! A partition by itself: repeats, frames, numbers. The model test drives it against a naive bank.

mod audit;
mod bank;
mod deeds;
mod life;
mod log;
mod model;
mod process;

use std::sync::Arc;

use super::super::batch::{PackedKey, Told};
use super::super::book::Book;
use super::super::endpoints::Endpoints;
use super::super::outcome::Rejection;
use super::super::world::NumberOwner;
use super::*;
use crate::domain::currency::Currency;
use crate::domain::event::{Direction, Event, Happening, Kind, Mode, StatusReport};
use crate::domain::identity::Taken;
use crate::domain::money::Money;
use crate::domain::record::{Price, TariffId};
use crate::domain::samples::{NOW, TERMS, adjustment, event, later, message, money, price};
use crate::domain::tariff::{self, Prefix, RateRow, Tables, Version};
use crate::domain::time::Span;
use crate::domain::wallet::Status;
use crate::journal::frame::Frame;
use Direction::{Inbound, Outbound};
use Mode::{Admit, Report};

const SECRET: Secret = Secret(*b"0123456789abcdef");
const PARTITION: u8 = 5;

/// The events as one request of them; the texts are kept as if they had been unescaped.
fn batch_of<'a>(events: impl IntoIterator<Item = (WalletId, Event<'a>, Option<Price>)>) -> Batch {
    let mut batch = Batch::default();
    for (wallet, event, price) in events {
        let mut keep = |text| batch.texts.keep(text);
        let told = match event.happening {
            Happening::Message(message) => Told::Message(message),
            Happening::CarrierFee { amount, channel, reason } => {
                Told::CarrierFee { amount, channel, reason: keep(reason) }
            }
            Happening::Status(StatusReport { message, status, error_code }) => Told::Status {
                message: keep(message.id),
                message_source: keep(message.source),
                message_key: PackedKey::new(SECRET.key(wallet, Named::Event(message))),
                status,
                error_code: keep(error_code),
            },
        };
        let (id, source) = (keep(event.name.id), keep(event.name.source));
        let (campaign, tags, hold) = (keep(event.campaign), keep(event.tags), keep(event.hold));
        batch.events.push(BatchEvent {
            wallet,
            key: SECRET.key(wallet, Named::Event(event.name)),
            fingerprint: SECRET.fingerprint(&event),
            id,
            source,
            campaign,
            tags,
            hold,
            told,
            mode: event.mode,
            occurred_at: event.occurred_at,
            tariff: TERMS.tariff,
            price,
        });
    }
    batch
}

/// Terms as somebody asks for them.
fn asked(terms: Terms<'_>) -> TermsAsked<'_> {
    TermsAsked { terms, tariff: "standard", actor: "key_1" }
}

fn new_partition(frame_bytes_max: usize) -> Partition {
    Partition::new(PARTITION, Head::default(), 0, frame_bytes_max)
}

/// What decisions are told of the world.
#[derive(Default)]
pub struct Around {
    book: Book,
    endpoints: Endpoints,
}

impl Around {
    fn deciding(&self, now: Timestamp) -> Deciding<'_> {
        let moment = Moment { now, too_old_after: Span::from_days(35) };
        let world = World { book: &self.book, endpoints: &self.endpoints, number_owner: NumberOwner::Nobody };
        Deciding { moment, world, secret: &SECRET }
    }
}

/// A partition with one wallet, and what its decisions are made by.
struct Desk {
    partition: Partition,
    wallet: Wallet,
    around: Around,
    now: Timestamp,
}

fn known(remembered: &Remembered) -> Known {
    Known { own: Some(remembered.clone()), ..Known::default() }
}

impl Desk {
    fn new() -> Desk {
        let mut partition = new_partition(1 << 20);
        let wallet = partition.open_wallet(&asked(TERMS), NOW);
        Desk { partition, wallet, around: Around::default(), now: NOW }
    }

    fn funded(amount: &str) -> Desk {
        let mut desk = Desk::new();
        assert_eq!(desk.adjust(adjustment(money(amount))), Once::Posted { answer: 1 });
        desk
    }

    fn post(&mut self, event: Event<'_>, price: Option<Price>, known: Option<&Remembered>) -> Outcome {
        let batch = batch_of([(self.wallet.id, event, price)]);
        let known = known.map(self::known);
        let fresh_only = !self.partition.may_hold(batch.events[0].key);
        let deciding = self.around.deciding(self.now);
        self.partition.post(&mut self.wallet, &batch, 0, known.as_ref(), deciding, fresh_only).into()
    }

    fn sms(&mut self, id: &str, direction: Direction, total: &str) -> Outcome {
        let event = event(id, Happening::Message(message(direction, 1)), Admit);
        self.post(event, Some(price(money(total), Money::ZERO)), None)
    }

    fn adjust(&mut self, adjustment: Adjustment<'_>) -> Once {
        self.partition.adjust(&mut self.wallet, &adjustment, None, self.around.deciding(self.now))
    }
}

fn charged(amount: &str, seq: u64) -> Outcome {
    Outcome::Charged { amount: money(amount), seq }
}

fn again(outcome: Taken, amount: &str, seq: u64) -> Outcome {
    Outcome::Duplicate(Verdict { outcome, amount: money(amount), seq })
}

#[test]
fn w3_a_repeat_waits_for_its_first_and_a_refusal_burns_nothing() {
    let mut desk = Desk::new();
    let table = [
        ("m-1", Outbound, "2", Outcome::Refused(Lack::Suspended)),
        ("m-1", Outbound, "2", Outcome::Refused(Lack::Suspended)),
        ("in-1", Inbound, "2", Outcome::Recorded(Some(Lack::Suspended))),
        ("in-1", Inbound, "2", again(Taken::BlockedSuspended, "0", 0)),
        ("in-1", Outbound, "2", Outcome::Conflict),
    ];
    for (id, direction, total, want) in table {
        assert_eq!(desk.sms(id, direction, total), want, "{id} {direction:?} before the wallet was funded");
    }
    assert_eq!(desk.adjust(adjustment(money("5"))), Once::Posted { answer: 1 });
    let table = [
        ("m-1", Outbound, "2", charged("2", 2)),
        ("m-1", Outbound, "2", again(Taken::Posted, "2", 2)),
        // Told at another price: what the first was charged stands.
        ("m-1", Outbound, "4", again(Taken::Posted, "2", 2)),
        ("m-1", Inbound, "2", Outcome::Conflict),
        ("in-1", Inbound, "2", again(Taken::BlockedSuspended, "0", 0)),
        ("m-2", Outbound, "4", Outcome::Refused(Lack::InsufficientBalance)),
        ("in-2", Inbound, "4", Outcome::Recorded(Some(Lack::InsufficientBalance))),
        ("m-2", Outbound, "3", charged("3", 3)),
        ("m-3", Outbound, "1", Outcome::Refused(Lack::Suspended)),
        ("in-2", Inbound, "4", again(Taken::BlockedInsufficientBalance, "0", 0)),
    ];
    for (id, direction, total, want) in table {
        assert_eq!(desk.sms(id, direction, total), want, "{id} {direction:?} at {total}");
    }
}

#[test]
fn w3_an_id_counts_through_its_35_days_and_is_too_old_or_new_after_them() {
    let mut desk = Desk::funded("100");
    assert_eq!(desk.sms("m-1", Outbound, "2"), charged("2", 2));
    let end = NOW.plus(Span::from_days(35));
    let table = [
        (end, NOW, again(Taken::Posted, "2", 2)),
        (end, end, again(Taken::Posted, "2", 2)),
        (later(end, 1), NOW, Outcome::Invalid(Rejection::TooOld)),
        (later(end, 1), end, charged("2", 3)),
    ];
    for (now, occurred_at, want) in table {
        // Everything in a frame is decided at one instant.
        desk.partition.seal(desk.now);
        desk.now = now;
        let event = Event { occurred_at, ..event("m-1", Happening::Message(message(Outbound, 1)), Admit) };
        let got = desk.post(event, Some(price(money("2"), Money::ZERO)), None);
        assert_eq!(got, want, "sent again at {now:?}, having happened at {occurred_at:?}");
    }
}

#[test]
fn w3_what_the_views_remember_counts_until_the_partition_itself_knows_better() {
    let mut desk = Desk::funded("100");
    let happened = event("m-1", Happening::Message(message(Outbound, 1)), Report);
    let verdict = Verdict { outcome: Taken::Posted, amount: money("7"), seq: 40 };
    let (fingerprint, total) = (SECRET.fingerprint(&happened), Some(price(money("2"), Money::ZERO)));
    let known = Remembered { fingerprint, verdict, kept_until: NOW, course: None };
    let other = Remembered { fingerprint: Fingerprint(!fingerprint.0), ..known.clone() };
    let forgotten = Remembered { kept_until: later(NOW, -1), ..known.clone() };
    assert_eq!(desk.post(happened, total, Some(&known)), Outcome::Duplicate(verdict));
    assert_eq!(desk.post(happened, total, Some(&other)), Outcome::Conflict);
    assert_eq!(desk.post(happened, total, Some(&forgotten)), charged("2", 2));
    assert_eq!(desk.post(happened, total, Some(&forgotten)), again(Taken::Posted, "2", 2));
    desk.now = later(NOW, 1);
    assert_eq!(desk.post(happened, total, Some(&known)), again(Taken::Posted, "2", 2));
}

#[test]
fn an_adjustment_posts_once_under_its_key_which_is_no_events_id() {
    let mut desk = Desk::new();
    let credit = adjustment(money("5"));
    assert_eq!(desk.sms(credit.idempotency_key, Inbound, "1"), Outcome::Recorded(Some(Lack::Suspended)));
    let table = [
        (credit, Once::Posted { answer: 1 }),
        (credit, Once::Replayed { answer: 1 }),
        (Adjustment { actor: "another key", ..credit }, Once::Replayed { answer: 1 }),
        (Adjustment { amount: money("6"), ..credit }, Once::KeyReused),
        (Adjustment { reason: "another", ..credit }, Once::KeyReused),
        (Adjustment { of: 1, ..credit }, Once::KeyReused),
        (
            Adjustment { idempotency_key: "2", amount: Money::MAX, ..credit },
            Once::Refused(Refusal::OutOfRange),
        ),
        (Adjustment { idempotency_key: "2", ..credit }, Once::Posted { answer: 2 }),
    ];
    for (adjustment, want) in table {
        assert_eq!(desk.adjust(adjustment), want, "{adjustment:?}");
    }
    assert_eq!(desk.wallet.balance, money("10"));
}

/// A version with one price for every SMS that goes out.
fn version(name: &str, unit_price: &str) -> Arc<Version> {
    let head = tariff::Head {
        name: name.to_owned(),
        label: "1".to_owned(),
        currency: Currency::USD,
        effective_from: Timestamp::default(),
        effective_until: None,
        failure_fee: Money::ZERO,
    };
    let row = RateRow {
        direction: Outbound,
        kind: Kind::Sms,
        prefix: Prefix::parse("*").unwrap(),
        sender_type: None,
        carrier: None,
        price: money(unit_price),
        country: None,
        line: 1,
    };
    Arc::new(Version::new(head, Tables { rates: vec![row], ..Tables::default() }).unwrap())
}

#[test]
fn w4_a_price_made_before_the_wallets_tariff_changed_is_made_anew() {
    let mut desk = Desk::funded("10");
    let (first, _) = desk.around.book.add(version("first", "1")).unwrap();
    let (second, _) = desk.around.book.add(version("second", "3")).unwrap();
    assert_eq!((first, second), (TERMS.tariff, TariffId(1)));
    assert_eq!(
        desk.sms("m-1", Outbound, "1"),
        charged("1", 2),
        "rated by the tariff that the wallet still has"
    );
    let deciding = desk.around.deciding(NOW);
    desk.partition.set_terms(&mut desk.wallet, &asked(Terms { tariff: second, ..TERMS }), deciding).unwrap();
    assert_eq!(desk.sms("m-2", Outbound, "1"), charged("3", 3), "rated anew");
    assert_eq!(
        desk.sms("in-1", Inbound, "1"),
        Outcome::Invalid(Rejection::NoRate),
        "the new tariff has no rate"
    );
    assert_eq!(desk.sms("m-1", Outbound, "1"), again(Taken::Posted, "1", 2));
    let fee = event("f-1", crate::domain::samples::carrier_fee(money("2")), Report);
    assert_eq!(desk.post(fee, None, None), charged("2", 4), "a carrier's charge has no rate");
}

#[test]
fn j3_frames_are_sealed_when_full_in_order_and_whole_decisions_stay_together() {
    let mut desk = Desk::funded("3");
    desk.partition.frame_bytes_max = 300;
    for number in 0..9 {
        desk.sms(&format!("m-{number}"), Outbound, "1");
        desk.partition.seal_if_full(NOW);
    }
    let open = desk.partition.open_frame();
    let frames: Vec<_> = desk.partition.seal(NOW).collect();
    assert!(frames.len() >= 2, "more than one frame was filled");
    assert!(open == frames.len() as u64 || open == frames.len() as u64 + 1);
    let mut head = Head::default();
    for sealed in &frames {
        let frame = Frame::read(&sealed.bytes).unwrap();
        frame.follow(&mut head).unwrap();
        assert_eq!((frame.partition, frame.number, frame.rows), (PARTITION, sealed.number, sealed.rows));
        let last = frame.rows().last().unwrap().unwrap();
        let rows::Row::Wallet { record, .. } = rows::read(last).unwrap() else { panic!("a wallet's record") };
        let crossed = matches!(record.change, Change::Entry(entry) if !entry.balance_after.is_positive());
        assert!(!crossed, "the record of the suspension stands in the frame of the entry that caused it");
    }
    assert_eq!(desk.partition.seal(NOW).count(), 0, "nothing is sealed twice, and nothing empty");
    assert_eq!(desk.wallet.status, Status::Suspended);
}

#[test]
fn what_is_rolled_back_leaves_no_trace_in_the_frames() {
    let (mut desk, mut clean) = (Desk::funded("10"), Desk::funded("10"));
    let savepoint = desk.partition.savepoint();
    let before = desk.wallet.clone();
    assert_eq!(desk.sms("failed", Outbound, "1"), charged("1", 2));
    desk.partition.roll_back(savepoint);
    desk.wallet = before;
    for desk in [&mut desk, &mut clean] {
        assert_eq!(desk.sms("m-1", Outbound, "2"), charged("2", 2));
    }
    let sealed =
        |desk: &mut Desk| desk.partition.seal(NOW).map(|frame| (frame.bytes, frame.ids)).collect::<Vec<_>>();
    assert_eq!(sealed(&mut desk), sealed(&mut clean));
}

#[test]
fn wallets_are_numbered_in_the_order_of_their_opening_after_a_start_too() {
    let mut partition = new_partition(1 << 20);
    let numbers: Vec<_> = (0..3).map(|_| partition.open_wallet(&asked(TERMS), NOW).id).collect();
    let place = |number| WalletId { partition: PARTITION, number };
    assert_eq!(numbers, [0, 1, 2].map(place));
    let mut started = Partition::new(PARTITION, Head::default(), 3, 1 << 20);
    assert_eq!(started.open_wallet(&asked(TERMS), NOW).id, place(3));
    assert_eq!(started.open_frame(), 1);
}
