//! Final statuses of messages: what they return, before and after their message (RULES, section 8).

use std::collections::HashMap;

use super::story::{LOCAL, Story, buy, credit};
use super::*;
use crate::domain::event::FinalStatus::{self, Delivered, Failed, Undelivered};
use crate::domain::event::{Name, StatusReport};
use crate::domain::identity::{Key, Named, Secret};
use crate::domain::status::Corrected;

const AT: &str = "2026-07-15T10:00:00Z";
const SECRET: Secret = Secret(*b"0123456789abcdef");

/// A story, and what is remembered of the ids in it.
pub struct Told {
    pub story: Story,
    remembered: HashMap<Key, Remembered>,
    charged: HashMap<Key, Charged<'static>>,
    corrected: Option<Corrected>,
    statuses: u32,
}

impl Told {
    pub fn of(balance: &str) -> Told {
        let story = Story::of(balance, AT);
        let (remembered, charged) = (HashMap::new(), HashMap::new());
        Told { story, remembered, charged, corrected: None, statuses: 0 }
    }

    pub fn does(&mut self, command: Command<'static>) -> String {
        let from = self.story.records.len();
        let words = self.story.does(command);
        for record in &self.story.records[from..] {
            self.remembered.extend(SECRET.remember(WALLET, record, self.story.now));
            if let Change::Entry(entry) = &record.change {
                self.corrected = Corrected::by(entry).or(self.corrected);
            }
            if let Change::Entry(Entry { cause: Cause::Message { event, .. }, .. }) = record.change {
                let charged = Charged::of(record, self.story.now);
                self.charged
                    .extend(charged.map(|charged| (SECRET.key(WALLET, Named::Event(event.name)), charged)));
            }
        }
        words
    }

    fn message(&mut self, direction: Direction, mode: Mode, total: &str) -> String {
        self.message_at(direction, mode, total, self.story.now)
    }

    pub fn message_at(
        &mut self,
        direction: Direction,
        mode: Mode,
        total: &str,
        occurred_at: Timestamp,
    ) -> String {
        let Command::Post { event, price, .. } = sms(direction, mode, total) else { unreachable!() };
        let event = Event { occurred_at, campaign: "autumn", ..event };
        let own = self.remembered.get(&SECRET.key(WALLET, Named::Event(event.name)));
        let early = Early::waiting(own, SECRET.fingerprint(&event), self.story.now);
        self.does(Command::Post { event, price, early })
    }

    /// The message as it would be corrected now, when all that has become of it was seen.
    pub fn mispriced(&self, total: &str) -> Mispriced<'static> {
        let name = Name { source: "", id: "m-1" };
        let key = SECRET.key(WALLET, Named::Event(name));
        let (charged, message) = (self.charged[&key], self.remembered.get(&key).cloned());
        let (corrected, price) = (self.corrected, price(money(total), Money::ZERO));
        let seen = corrected.map_or(0, |corrected| corrected.seq);
        Mispriced { name, charged, message, corrected, seen, price }
    }

    pub fn sent(&mut self, total: &str) -> String {
        self.message(Outbound, Admit, total)
    }

    pub fn status(&mut self, status: FinalStatus) -> String {
        self.status_at(status, self.story.now)
    }

    /// A status of the message, from another source, under an id of its own.
    fn status_at(&mut self, status: FinalStatus, occurred_at: Timestamp) -> String {
        self.statuses += 1;
        let id: &str = Box::leak(format!("s-{}", self.statuses).into());
        let name = Name { source: "", id: "m-1" };
        let report = Happening::Status(StatusReport { message: name, status, error_code: "30007" });
        let event = event("", report, Report);
        let event = Event { name: Name { source: "carrier", id }, occurred_at, ..event };
        let key = SECRET.key(WALLET, Named::Event(name));
        let message = self.remembered.get(&key).cloned();
        let charged = self.charged.get(&key).copied();
        self.does(Command::Status { event, message, charged })
    }
}

#[test]
fn the_first_final_status_counts_and_delivered_once_more() {
    const KEPT: [&str; 3] = ["delivered of 2 Kept 0", "undelivered of 2 Kept 0", "failed of 2 Kept 0"];
    let failed = "failed of 2 Posted -0.019, refund of 2 0.02 leaves 10, failure fee of 2 -0.001 leaves 9.999, \
                  course of m-1 failed";
    let delivered = "delivered of 2 Posted 0.019, recharge of 2 -0.02 leaves 9.979, \
                     failure fee return of 2 0.001 leaves 9.98, course of m-1 failed+delivered";
    let table: [(&[FinalStatus], Vec<&str>); 5] = [
        (
            &[Delivered, Failed, Delivered],
            vec!["delivered of 2 Kept 0, course of m-1 delivered", KEPT[2], KEPT[0]],
        ),
        (&[Failed, Failed, Undelivered], vec![failed, KEPT[2], KEPT[1]]),
        (&[Failed, Delivered, Failed, Delivered], vec![failed, delivered, KEPT[2], KEPT[0]]),
        (
            &[Undelivered, Delivered, Failed],
            vec![
                "undelivered of 2 Kept 0, course of m-1 undelivered",
                "delivered of 2 Kept 0, course of m-1 undelivered+delivered",
                KEPT[2],
            ],
        ),
        (&[Undelivered, Failed], vec!["undelivered of 2 Kept 0, course of m-1 undelivered", KEPT[2]]),
    ];
    for (statuses, want) in table {
        let mut told = Told::of("10");
        assert_eq!(told.sent("0.02"), "-0.02 leaves 9.98");
        let got: Vec<_> = statuses.iter().map(|status| told.status(*status)).collect();
        assert_eq!(got, want, "{statuses:?}");
    }
}

#[test]
fn a_status_before_its_message_waits_and_is_applied_in_the_messages_step() {
    let charge = "-0.02 leaves 9.98";
    let failed = "refund of 2 0.02 leaves 10, failure fee of 2 -0.001 leaves 9.999";
    let delivered = "recharge of 2 -0.02 leaves 9.979, failure fee return of 2 0.001 leaves 9.98";
    let table: [(&[FinalStatus], &str, String); 4] = [
        (&[Delivered], "delivered", format!("{charge}, course of m-1 delivered")),
        (&[Failed], "failed", format!("{charge}, {failed}, course of m-1 failed")),
        (
            &[Failed, Undelivered, Delivered, Failed],
            "failed+delivered",
            format!("{charge}, {failed}, {delivered}, course of m-1 failed+delivered"),
        ),
        (&[Delivered, Failed], "delivered", format!("{charge}, course of m-1 delivered")),
    ];
    for (statuses, waiting, want) in table {
        let mut told = Told::of("10");
        statuses.iter().for_each(|status| drop(told.status(*status)));
        let courses = told.story.told("course of m-1 waits ");
        assert_eq!(courses.last(), Some(&format!("{AT}: {waiting}")), "{statuses:?}");
        assert_eq!(told.sent("0.02"), want, "{statuses:?}");
        assert_eq!(
            told.status(Failed),
            "failed of 2 Kept 0",
            "{statuses:?}: it counts as if it had come after"
        );
    }
}

#[test]
fn an_early_status_of_a_refused_message_has_no_effect_until_one_is_taken() {
    let mut told = Told::of("0");
    assert_eq!(told.status(Failed), "failed Kept 0, course of m-1 waits failed");
    assert_eq!(told.sent("0.02"), "refused Suspended");
    told.does(credit("10"));
    assert_eq!(
        told.sent("0.02"),
        "-0.02 leaves 9.98, refund of 3 0.02 leaves 10, failure fee of 3 -0.001 leaves 9.999, course of m-1 failed"
    );
}

#[test]
fn a_blocked_message_has_nothing_to_return_whenever_its_status_comes() {
    let mut early = Told::of("0");
    assert_eq!(early.status(Failed), "failed Kept 0, course of m-1 waits failed");
    assert_eq!(early.message(Inbound, Admit, "1"), "blocked Suspended, course of m-1 failed");
    let mut late = Told::of("0");
    assert_eq!(late.message(Inbound, Admit, "1"), "blocked Suspended");
    assert_eq!(late.status(Failed), "failed Kept 0, course of m-1 failed");
    for told in [&mut early, &mut late] {
        assert_eq!(told.status(Delivered), "delivered Kept 0, course of m-1 failed+delivered");
        assert_eq!(told.story.wallet.balance, Money::ZERO);
    }
}

#[test]
fn an_early_status_waits_35_days() {
    for (nanos, want) in [
        (
            0,
            "-0.02 leaves 9.98, refund of 2 0.02 leaves 10, failure fee of 2 -0.001 leaves 9.999, course of m-1 failed",
        ),
        (1, "-0.02 leaves 9.98"),
    ] {
        let mut told = Told::of("10");
        told.status(Failed);
        told.story.now = later(told.story.now.plus(Span::from_days(35)), nanos);
        assert_eq!(told.sent("0.02"), want, "{nanos} ns after 35 days");
    }
}

#[test]
fn the_tariff_says_what_stays_charged_and_the_fee_is_never_more_than_was_returned() {
    let table = [
        (FailurePolicy::Full, Failed, "failed of 2 Kept 0, course of m-1 failed"),
        (
            FailurePolicy::Nothing,
            Failed,
            "failed of 2 Posted -0.02, refund of 2 0.02 leaves 10, course of m-1 failed",
        ),
        (
            FailurePolicy::Fee(money("1")),
            Failed,
            "failed of 2 Posted 0, refund of 2 0.02 leaves 10, failure fee of 2 -0.02 leaves 9.98, course of m-1 failed",
        ),
        (
            FailurePolicy::Nothing,
            Undelivered,
            "undelivered of 2 Posted -0.02, refund of 2 0.02 leaves 10, course of m-1 undelivered",
        ),
    ];
    for (policy, status, want) in table {
        let mut told = Told::of("10");
        (told.story.world.failed, told.story.world.undelivered) = (policy, policy);
        told.sent("0.02");
        assert_eq!(told.status(status), want, "{policy:?}");
    }
}

#[test]
fn suspension_sees_only_the_sum_of_what_a_status_posts() {
    let mut told = Told::of("0.02");
    assert_eq!(told.sent("0.02"), "-0.02 leaves 0, suspended");
    assert_eq!(
        told.status(Failed),
        "failed of 2 Posted -0.019, refund of 2 0.02 leaves 0.02, failure fee of 2 -0.001 leaves 0.019, \
         course of m-1 failed, resumed"
    );
    assert_eq!(
        told.status(Delivered),
        "delivered of 2 Posted 0.019, recharge of 2 -0.02 leaves -0.001, failure fee return of 2 0.001 leaves 0, \
         course of m-1 failed+delivered, suspended"
    );
    let mut whole_fee = Told::of("0.02");
    whole_fee.story.world.failed = FailurePolicy::Fee(money("0.02"));
    whole_fee.sent("0.02");
    assert_eq!(
        whole_fee.status(Failed),
        "failed of 2 Posted 0, refund of 2 0.02 leaves 0.02, failure fee of 2 -0.02 leaves 0, course of m-1 failed"
    );
}

#[test]
fn a_status_is_as_old_as_an_event_may_be() {
    let mut told = Told::of("10");
    told.sent("0.02");
    let now = told.story.now;
    let table = [
        (later(now.plus(AHEAD_MAX), 1), "InTheFuture"),
        (later(now.minus(Span::from_days(35)), -1), "TooOld"),
        (now.minus(Span::from_days(35)), "delivered of 2 Kept 0, course of m-1 delivered"),
    ];
    for (occurred_at, want) in table {
        assert_eq!(told.status_at(Delivered, occurred_at), want);
    }
}

/// What a refund pays late is entered when it is paid, however old the status is.
#[test]
fn arrears_paid_from_a_refund_are_entered_now_and_not_before_they_were_due() {
    let mut told = Told::of("1.9");
    told.does(buy(LOCAL));
    told.story.until("2026-08-01");
    told.sent("0.9");
    told.story.until("2026-08-15");
    assert_eq!(told.story.life().owed(), money("1"));
    told.does(credit("0.2"));
    told.story.until("2026-08-16");
    told.status_at(Failed, super::words::instant("2026-08-02"));
    assert_eq!(told.story.told("refund of "), ["2026-08-02: 3 0.9 leaves 1.1"]);
    assert_eq!(told.story.told("cycle 1 "), ["2026-08-16: of +14155550100 -1 leaves 0.099"]);
}
