//! The wallet rule as tables: one row a step, what must come of it last.

use super::*;
use crate::real::event::Moment;
use crate::tariff;

const NOW: &str = "2026-11-22T10:00:00Z";
const CENT: i128 = 10_000_000;

struct Desk {
    ledger: Ledger,
    versions: [Version; 2],
}

impl Desk {
    /// The rise is still to come: one US segment costs 0.0079 and 0.003 carrier fee.
    fn new() -> Desk {
        Desk {
            ledger: Ledger::default(),
            versions: tariff::versions("2027-01-01T00:00:00Z".parse().unwrap()),
        }
    }

    fn credit(&mut self, amount: i128) -> Answer {
        self.ledger.post(amount, Cause::Adjustment("test"))
    }

    fn send(&mut self, event: Event) -> (&'static str, Option<&'static str>, i128) {
        let answer = self.ledger.take(&Arc::new(event), &self.versions, NOW.parse().unwrap());
        (answer.outcome.word(), answer.code, self.ledger.balance)
    }
}

fn sms(id: &str, direction: Direction, mode: Option<Mode>, units: usize) -> Event {
    Event {
        id: id.into(),
        source: "",
        happening: Happening::Message(Message {
            direction,
            kind: Kind::Sms,
            channel: "+14155550100".into(),
            peer: "+12125550100".into(),
            text: None,
            stated: Some((units, Encoding::Gsm7)),
            sender_type: None,
            carrier: "",
        }),
        mode,
        time: None,
        campaign: None,
        tag: None,
    }
}

#[test]
fn a_wallet_that_runs_dry_refuses_and_a_report_suspends_it() {
    use Direction::{Inbound, Outbound};
    let report = Some(Mode::Report);
    let (low, stopped) = (Some("insufficient_balance"), Some("suspended"));
    let mut desk = Desk::new();
    let new = desk.send(sms("0", Outbound, None, 1));
    assert_eq!(new, ("refused", stopped, 0), "a new wallet starts suspended");
    desk.credit(CENT * 2);
    // Outbound 0.0109 a segment, inbound 0.0079.
    let table = [
        ("0", Outbound, None, 1, ("charged", None, 9_100_000)),
        ("1", Outbound, None, 1, ("refused", low, 9_100_000)),
        ("2", Inbound, None, 2, ("recorded", low, 9_100_000)),
        ("3", Inbound, Some(Mode::Admit), 1, ("charged", None, 1_200_000)),
        ("2", Inbound, None, 2, ("duplicate", low, 1_200_000)),
        ("4", Outbound, report, 1, ("charged", None, -9_700_000)),
        ("5", Outbound, None, 1, ("refused", stopped, -9_700_000)),
        ("6", Inbound, None, 1, ("recorded", stopped, -9_700_000)),
        ("7", Inbound, report, 1, ("charged", None, -17_600_000)),
        ("5", Outbound, report, 1, ("charged", None, -28_500_000)),
        ("5", Outbound, None, 1, ("duplicate", None, -28_500_000)),
        ("5", Outbound, None, 2, ("conflict", None, -28_500_000)),
    ];
    for (id, direction, mode, units, want) in table {
        assert_eq!(desk.send(sms(id, direction, mode, units)), want, "{id} {direction:?} {mode:?} {units}");
    }
    desk.credit(28_500_000);
    assert_eq!(desk.send(sms("8", Outbound, None, 1)), ("refused", stopped, 0), "zero is suspended");
    desk.credit(10_900_000);
    assert_eq!(desk.send(sms("8", Outbound, None, 1)), ("charged", None, 0), "to the last unit");
    let sum: i128 = desk.ledger.entries.iter().map(|entry| entry.amount).sum();
    assert_eq!(sum, desk.ledger.balance);
}

#[test]
fn times_are_checked_after_duplicates() {
    let at = |event: Event, text: &str| {
        let instant = text.parse().unwrap();
        Event { time: Some(Moment { instant, offset_hours: 0 }), ..event }
    };
    let mut desk = Desk::new();
    desk.credit(CENT * 100);
    let out = |id| sms(id, Direction::Outbound, None, 1);
    let first = desk.send(out("1"));
    assert_eq!((first.0, first.1), ("charged", None));
    let table = [
        ("1", "2026-01-01T00:00:00Z", "duplicate", None),
        ("2", "2026-10-18T09:59:59Z", "invalid", Some("too_old")),
        ("2", "2026-10-18T10:00:00Z", "charged", None),
        ("3", "2026-11-22T10:05:01Z", "invalid", Some("in_the_future")),
        ("3", "2026-11-22T10:05:00Z", "charged", None),
    ];
    for (id, time, outcome, code) in table {
        let answer = desk.send(at(out(id), time));
        assert_eq!((answer.0, answer.1), (outcome, code), "{id} at {time}");
    }
}

#[test]
fn a_carriers_charge_is_always_posted_and_its_amount_is_its_content() {
    let fee = |amount| Event {
        happening: Happening::CarrierFee { amount, reason: "surcharge" },
        ..sms("fee", Direction::Outbound, None, 1)
    };
    let mut desk = Desk::new();
    assert_eq!(desk.send(fee(CENT)), ("charged", None, -CENT));
    assert_eq!(desk.send(fee(CENT)), ("duplicate", None, -CENT));
    assert_eq!(desk.send(fee(CENT + 1)), ("conflict", None, -CENT));
}

#[test]
fn the_same_id_from_another_source_is_another_event() {
    let mut desk = Desk::new();
    desk.credit(CENT * 100);
    for source in ["", "gw-a", "gw-b"] {
        let event = Event { source, ..sms("1", Direction::Outbound, None, 1) };
        assert_eq!(desk.send(event).0, "charged", "source {source:?}");
    }
}

#[test]
fn the_providers_count_wins_and_toll_free_takes_a_longer_header() {
    let text = |channel: &str, stated| {
        let Happening::Message(mut message) = sms("1", Direction::Outbound, None, 1).happening else {
            unreachable!("an SMS was made")
        };
        message.channel = channel.into();
        message.text = Some("x".repeat(305));
        message.stated = stated;
        let units = units(&message);
        (units.billed, units.counted)
    };
    assert_eq!(text("+14155550100", None), (2, Some(2)));
    assert_eq!(text("+18005550100", None), (3, Some(3)));
    assert_eq!(text("+18005550100", Some((1, Encoding::Gsm7))), (1, Some(3)));
}
