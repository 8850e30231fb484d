//! What a partition remembers of lives: messages for their statuses, requests, attempts, and what is due.

use super::super::super::charge::KnownMessage;
use super::*;
use crate::domain::decide::{AutoSettings, AutoTerms, Mispriced, Payment, PaymentFact, Rest};
use crate::domain::event::FinalStatus::{self, Delivered, Failed};
use crate::domain::event::{Message, Name};
use crate::domain::life::attempt::Method;
use crate::domain::life::auto::Limits;
use crate::domain::record::{Cause, Moved, Origin, Run, VersionId};
use crate::domain::status::{Corrected, Course};

impl Desk {
    /// A desk whose tariff returns what failed messages cost.
    fn with_tariff(amount: &str) -> Desk {
        let mut desk = Desk::funded(amount);
        desk.around.book.add(version("first", "1")).unwrap();
        desk
    }

    fn message(&mut self, known: Option<&Known>) -> Outcome {
        let event = event("m-1", Happening::Message(message(Outbound, 1)), Admit);
        let event = Event { campaign: "autumn", occurred_at: later(NOW, -5), ..event };
        let price = Price { version: VersionId(0), ..price(money("1"), Money::ZERO) };
        let batch = batch_of([(self.wallet.id, event, Some(price))]);
        let fresh_only = !self.partition.may_hold(batch.events[0].key);
        let deciding = self.around.deciding(self.now);
        self.partition.post(&mut self.wallet, &batch, 0, known, deciding, fresh_only).into()
    }

    fn status(&mut self, id: &str, status: FinalStatus, known: Option<&Known>) -> Outcome {
        let message = Name { source: "", id: "m-1" };
        let report = StatusReport { message, status, error_code: "" };
        let event = event(id, Happening::Status(report), Report);
        let batch = batch_of([(self.wallet.id, event, None)]);
        let fresh_only = !self.partition.may_hold(batch.events[0].key);
        let deciding = self.around.deciding(self.now);
        self.partition.post(&mut self.wallet, &batch, 0, known, deciding, fresh_only).into()
    }

    fn carry_out(
        &mut self,
        command: Command<'_>,
        once: Option<(&str, u64)>,
        known: Option<&Remembered>,
    ) -> Once {
        let once = once.map(|(key, fingerprint)| (key, Fingerprint(fingerprint)));
        let asked = Asked { command, once, actor: None };
        self.partition.carry_out(&mut self.wallet, asked, known, self.around.deciding(self.now))
    }

    /// What the views hold of the message once they hold all frames, as a shard would look it up.
    fn views(&mut self) -> Known {
        let key = SECRET.key(self.wallet.id, Named::Event(Name { source: "", id: "m-1" }));
        let mut known = Known::default();
        let frames: Vec<_> = self.partition.seal(self.now).collect();
        for sealed in &frames {
            let frame = Frame::read(&sealed.bytes).unwrap();
            for row in frame.rows() {
                let rows::Row::Wallet { record, .. } = rows::read(row.unwrap()).unwrap() else { continue };
                known.charged = known.charged.or_else(|| KnownCharge::of(&record, frame.posted_at));
                if let Some((of, remembered)) = SECRET.remember(self.wallet.id, &record, frame.posted_at)
                    && of == key
                {
                    known.message = Some(remembered);
                }
            }
        }
        let built = self.partition.open_frame() - 1;
        // Twice: the ids of two halves are let go of one after the other.
        self.partition.built(built);
        self.partition.built(built);
        assert_eq!(self.partition.recent_ids(), 0, "everything is the views' now");
        known
    }
}

fn returned(seq: u64) -> Outcome {
    charged("-1", seq)
}

#[test]
fn a_status_finds_its_message_in_the_open_frame_in_a_sealed_one_and_in_the_views() {
    for place in ["open", "sealed", "views"] {
        let mut desk = Desk::with_tariff("10");
        assert_eq!(desk.message(None), charged("1", 2));
        let known = match place {
            "sealed" => {
                assert_eq!(desk.partition.seal(NOW).count(), 1);
                // Rows of another frame stand where those of the message stood.
                desk.sms("other", Outbound, "1");
                None
            }
            "views" => Some(desk.views()),
            _ => None,
        };
        let next = desk.wallet.seq + 1;
        assert_eq!(desk.status("s-1", Failed, known.as_ref()), returned(next), "{place}");
        assert_eq!(desk.status("s-1", Failed, known.as_ref()), again(Taken::Posted, "-1", next), "{place}");
        assert_eq!(desk.status("s-1", Delivered, known.as_ref()), Outcome::Conflict, "{place}");
        assert_eq!(desk.status("s-2", Failed, known.as_ref()), Outcome::Recorded(None), "{place}");
        assert_eq!(desk.status("s-3", Delivered, known.as_ref()), charged("1", next + 1), "{place}");
        assert_eq!(desk.wallet.seq, next + 1, "{place}: refunded once and charged again once");
    }
}

/// The frame of the message is posted at its own instant, wherever it stands when the status comes.
#[test]
fn a_status_carries_its_messages_origin_from_the_open_frame_a_sealed_one_and_the_views() {
    for place in ["open", "sealed", "views"] {
        let mut desk = Desk::with_tariff("10");
        assert_eq!(desk.message(None), charged("1", 2));
        let mut known = None;
        if place == "sealed" {
            assert_eq!(desk.partition.seal(NOW).count(), 1);
        } else if place == "views" {
            known = Some(desk.views());
        }
        let in_a_later_drain = place != "open";
        desk.now = if in_a_later_drain { later(NOW, 7) } else { NOW };
        desk.status("s-1", Failed, known.as_ref());
        desk.status("s-2", Delivered, known.as_ref());
        let Message { channel, direction, kind, .. } = message(Outbound, 1);
        let (country, campaign) = (Some(*b"HK"), "autumn");
        let (occurred_at, posted_at) = (later(NOW, -5), NOW);
        let origin = Origin { occurred_at, posted_at, channel, direction, kind, country, campaign };
        let frames: Vec<_> = desk.partition.seal(desk.now).collect();
        let moved = |from, to| format!("{:?}", Moved { seq: 2, from, to, origin });
        let want = [
            format!("{:?}", Cause::Refund { of: 2, origin: Some(origin) }),
            moved(None, Failed),
            format!("{:?}", Cause::Recharge { of: 2, origin: Some(origin) }),
            moved(Some(Failed), Delivered),
        ];
        assert_eq!(followers(&frames), want, "{place}");
    }
}

/// What follows a message in the last of these frames, and what moves it.
fn followers(frames: &[Sealed]) -> Vec<String> {
    let frame = Frame::read(&frames.last().unwrap().bytes).unwrap();
    let rows = frame.rows().map(|row| rows::read(row.unwrap()).unwrap());
    let told = rows.filter_map(|row| match row {
        rows::Row::Wallet { record, .. } => match record.change {
            Change::Entry(Entry { cause: Cause::Message { .. } | Cause::Adjustment(_), .. }) => None,
            Change::Entry(entry) => Some(format!("{:?}", entry.cause)),
            Change::Course(set) => set.moved.map(|moved| format!("{moved:?}")),
            _ => None,
        },
        rows::Row::House { .. } => None,
    });
    told.collect()
}

/// The views hold the message, this partition what has become of it since.
#[test]
fn w4_what_a_status_changed_counts_before_the_views_have_it() {
    let mut desk = Desk::with_tariff("10");
    desk.message(None);
    let behind = desk.views();
    assert_eq!(desk.status("s-1", Failed, Some(&behind)), returned(3));
    assert_eq!(
        desk.status("s-2", Failed, Some(&behind)),
        Outcome::Recorded(None),
        "the views do not know yet"
    );
    let own = Known { own: behind.message.clone(), ..Known::default() };
    assert_eq!(desk.message(Some(&own)), again(Taken::Posted, "1", 2), "the message is what it was");
    let abreast = desk.views();
    let course = abreast.message.as_ref().and_then(|message| message.course.as_deref());
    assert!(matches!(course, Some(Course::Settled { .. })), "{course:?}");
    let charged_before = Known { charged: behind.charged, ..abreast };
    assert_eq!(desk.status("s-3", Delivered, Some(&charged_before)), charged("1", 4));
}

#[test]
fn w3_a_status_before_its_message_burns_its_own_id_and_not_the_messages() {
    let mut desk = Desk::with_tariff("10");
    assert_eq!(desk.status("s-1", Failed, None), Outcome::Recorded(None));
    assert_eq!(desk.status("s-1", Failed, None), again(Taken::Kept, "0", 0));
    let known = desk.views();
    let early = Known { own: known.message, ..Known::default() };
    assert_eq!(desk.message(Some(&early)), charged("1", 2), "charged, and returned in the same step");
    assert_eq!((desk.wallet.balance, desk.wallet.seq), (money("10"), 3));
    assert_eq!(desk.message(None), again(Taken::Posted, "1", 2));
    assert_eq!(desk.status("s-2", Failed, None), Outcome::Recorded(None));
}

#[test]
fn w3_a_request_is_carried_out_once_under_its_key_and_a_refusal_burns_nothing() {
    let mut desk = Desk::new();
    let hold = |amount| Command::MakeHold { amount: money(amount), expires_at: later(NOW, 1), campaign: "" };
    assert_eq!(
        desk.carry_out(hold("2"), Some(("k-1", 7)), None),
        Once::Refused(Refusal::Lack(Lack::Suspended))
    );
    desk.adjust(adjustment(money("5")));
    let table = [
        ("k-1", 7, "2", Once::Posted { answer: 1 }),
        ("k-1", 7, "2", Once::Replayed { answer: 1 }),
        ("k-1", 8, "3", Once::KeyReused),
        ("k-2", 8, "3", Once::Posted { answer: 2 }),
        ("k-3", 7, "2", Once::Refused(Refusal::Lack(Lack::InsufficientBalance))),
        ("k-1", 7, "2", Once::Replayed { answer: 1 }),
    ];
    for (key, fingerprint, amount, want) in table {
        assert_eq!(desk.carry_out(hold(amount), Some((key, fingerprint)), None), want, "{key} {fingerprint}");
    }
    // Once the views have it, they say so.
    let verdict = Verdict { outcome: Taken::Posted, amount: Money::ZERO, seq: 1 };
    let remembered = Remembered {
        fingerprint: Fingerprint(7),
        verdict,
        kept_until: NOW.plus(Span::from_days(35)),
        course: None,
    };
    desk.views();
    assert_eq!(desk.carry_out(hold("2"), Some(("k-1", 7)), Some(&remembered)), Once::Replayed { answer: 1 });
    let void = || Command::VoidHold { hold: 1 };
    assert_eq!(desk.carry_out(void(), None, None), Once::Posted { answer: 1 });
    assert_eq!(
        desk.carry_out(void(), None, None),
        Once::Refused(Refusal::HoldClosed),
        "without a key it is asked anew"
    );
    let settle = Command::SettleHold { hold: 2, amount: money("1"), rest: Rest::Freed };
    assert_eq!(desk.carry_out(settle, Some(("k-4", 1)), None), Once::Posted { answer: 2 });
}

fn paid() -> PaymentFact {
    let (amount, currency) = (money("20"), Currency::USD);
    let words = |text: &str| text.into();
    let method =
        Method { customer: words("cus_1"), id: words("pm_1"), brand: words("visa"), last4: words("4242") };
    let payment =
        Payment { payment: words("pi_1"), amount, currency, customer: words("cus_1"), method: Some(method) };
    PaymentFact::Succeeded(payment)
}

/// Between its end and the views' knowing of it an attempt is neither part of its wallet nor in the views.
#[test]
fn t2_an_attempt_that_has_ended_is_credited_once_while_the_views_are_behind() {
    let mut desk = Desk::new();
    let open = Command::OpenCheckout { amount: money("20"), return_url: "" };
    assert_eq!(desk.carry_out(open, Some(("k-1", 1)), None), Once::Posted { answer: 1 });
    let fact = paid();
    let told = || Command::Payment { attempt: 1, known: None, fact: &fact };
    assert_eq!(desk.carry_out(told(), None, None), Once::Posted { answer: 1 });
    assert_eq!(desk.carry_out(told(), None, None), Once::Refused(Refusal::Known));
    // The views are as they were before it ended.
    let behind = crate::domain::life::attempt::Attempt {
        state: crate::domain::life::attempt::AttemptState::Open,
        ..desk.partition.recent.attempt(0, 1).unwrap().clone()
    };
    let known = Some(Box::new(behind));
    let stale = Command::Payment { attempt: 1, known, fact: &fact };
    assert_eq!(desk.carry_out(stale, None, None), Once::Refused(Refusal::Known));
    let ended = desk.partition.recent.attempt(0, 1).unwrap().clone();
    desk.views();
    assert_eq!(desk.partition.recent.attempt(0, 1), None, "the views have it");
    let known = Some(Box::new(ended));
    let abreast = Command::Payment { attempt: 1, known, fact: &fact };
    assert_eq!(desk.carry_out(abreast, None, None), Once::Refused(Refusal::Known));
    assert_eq!(desk.wallet.balance, money("20"));
}

#[test]
fn what_is_refused_for_lack_of_money_fires_automatic_top_up_and_says_that_there_is_something_to_do() {
    let mut desk = Desk::new();
    let open = Command::OpenCheckout { amount: money("20"), return_url: "" };
    desk.carry_out(open, None, None);
    let fact = paid();
    desk.carry_out(Command::Payment { attempt: 1, known: None, fact: &fact }, None, None);
    let terms = AutoTerms { minimum: money("1"), amount: money("20"), limits: Limits::default() };
    desk.carry_out(Command::SetAutoTopUp { settings: AutoSettings { on: Some(terms) } }, None, None);
    desk.partition.take_effects_touched();
    assert_eq!(desk.sms("m-1", Outbound, "5"), charged("5", 2));
    assert!(!desk.partition.take_effects_touched(), "a charge is nothing to be done outside");
    assert_eq!(desk.sms("m-2", Outbound, "16"), Outcome::Refused(Lack::InsufficientBalance));
    assert!(desk.partition.take_effects_touched());
    assert_eq!(desk.wallet.life.as_ref().unwrap().attempts.len(), 1);
    assert_eq!(desk.sms("m-3", Outbound, "16"), Outcome::Refused(Lack::InsufficientBalance));
    assert_eq!(desk.wallet.life.as_ref().unwrap().attempts_made, 2, "T1");
}

#[test]
fn what_is_due_is_posted_one_decision_at_a_time_and_a_start_folds_the_same() {
    let mut desk = Desk::funded("5");
    for (number, amount) in [(1, "1"), (2, "2")] {
        let expires_at = later(NOW, number);
        desk.carry_out(Command::MakeHold { amount: money(amount), expires_at, campaign: "" }, None, None);
    }
    desk.now = later(NOW, 5);
    let mut held = Vec::new();
    while desk.partition.catch_up(&mut desk.wallet, desk.around.deciding(desk.now)) {
        held.push(desk.wallet.held);
        desk.partition.seal_if_full(desk.now);
    }
    assert_eq!(held, [money("2"), Money::ZERO]);
    let frames: Vec<Bytes> = desk.partition.seal(desk.now).map(|sealed| sealed.bytes).collect();
    let started = process::Process::recover(&frames, 1 << 20);
    assert_eq!(started.wallets, [desk.wallet]);
}

impl Desk {
    /// Corrects the message by what the views and a reader of the entries know, and says how many were posted.
    fn correct(&mut self, known: &KnownMessage, seen: u64, total: &str) -> Once {
        let run = Run { id: "run-1", reason: "another tariff", actor: "key_1" };
        let known = known.clone();
        let message = Mispriced {
            name: known.name(),
            charged: known.charge().as_charged(),
            message: known.remembered.clone(),
            corrected: known.corrected,
            seen,
            price: Price { version: VersionId(0), ..price(money(total), Money::ZERO) },
        };
        self.carry_out(Command::Correct { run, messages: vec![message] }, None, None)
    }

    /// The message as the views have it, by all frames so far.
    fn known_message(&mut self, frames: &mut Vec<Sealed>) -> KnownMessage {
        let key = SECRET.key(self.wallet.id, Named::Event(Name { source: "", id: "m-1" }));
        frames.extend(self.partition.seal(self.now));
        let mut known: Option<KnownMessage> = None;
        for sealed in frames.iter() {
            let frame = Frame::read(&sealed.bytes).unwrap();
            for row in frame.rows() {
                let rows::Row::Wallet { record, .. } = rows::read(row.unwrap()).unwrap() else { continue };
                known = known.or_else(|| KnownMessage::of(&record, frame.posted_at, None));
                let Some(known) = &mut known else { continue };
                if let Some((of, remembered)) = SECRET.remember(self.wallet.id, &record, frame.posted_at)
                    && of == key
                {
                    known.remembered = Some(remembered);
                }
                if let Change::Entry(entry) = &record.change {
                    known.corrected = Corrected::by(entry).or(known.corrected);
                }
            }
        }
        known.expect("the message was charged")
    }
}

/// The views are behind, or abreast: either way a correction sees the ones before it, and a status the last.
#[test]
fn w4_a_correction_and_a_status_see_what_was_corrected_before_the_views_have_it() {
    for abreast in [false, true] {
        let mut desk = Desk::with_tariff("10");
        let mut frames = Vec::new();
        assert_eq!(desk.message(None), charged("1", 2));
        let mut known = desk.known_message(&mut frames);
        let mut catch_up = |desk: &mut Desk, known: &mut KnownMessage| {
            if abreast {
                *known = desk.known_message(&mut frames);
                let built = desk.partition.open_frame() - 1;
                desk.partition.built(built);
                desk.partition.built(built);
                assert_eq!((desk.partition.recent_ids(), desk.partition.recent.correction(0, 2)), (0, None));
            }
        };
        catch_up(&mut desk, &mut known);
        let table = [
            // Seen, total, posted, balance.
            (0, "0.75", 1, "9.25"),
            (0, "0.75", 0, "9.25"),
            (0, "0.5", 0, "9.25"),
            (3, "0.5", 1, "9.5"),
            (3, "0.75", 0, "9.5"),
            (4, "0.5", 0, "9.5"),
        ];
        for (seen, total, posted, balance) in table {
            let got = desk.correct(&known, seen, total);
            assert_eq!(got, Once::Posted { answer: posted }, "abreast {abreast}: {total} after {seen}");
            assert_eq!(desk.wallet.balance, money(balance), "abreast {abreast}: {total} after {seen}");
            catch_up(&mut desk, &mut known);
        }
        let told =
            Known { own: None, message: known.remembered.clone(), charged: Some(known.charge().clone()) };
        assert_eq!(desk.status("s-1", Failed, Some(&told)), charged("-0.5", 5), "abreast {abreast}");
        catch_up(&mut desk, &mut known);
        assert_eq!(desk.correct(&known, 4, "0.25"), Once::Posted { answer: 0 }, "it stands returned");
        let told = Known { message: known.remembered.clone(), ..told };
        assert_eq!(desk.status("s-2", Delivered, Some(&told)), charged("0.5", 6), "abreast {abreast}");
        catch_up(&mut desk, &mut known);
        assert_eq!(desk.correct(&known, 4, "0.25"), Once::Posted { answer: 1 }, "it stands charged again");
        assert_eq!(desk.wallet.balance, money("9.75"));
        let own = Known { own: known.remembered.clone(), ..Known::default() };
        assert_eq!(desk.message(Some(&own)), again(Taken::Posted, "1", 2), "the message is what it was");
    }
}
