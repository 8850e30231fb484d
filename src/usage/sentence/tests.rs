//! What each kind of entry is told as: whole texts, as somebody reads them.

use std::sync::Arc;

use smallvec::smallvec;

use super::*;
use crate::domain::address::Address;
use crate::domain::calendar::Day;
use crate::domain::event::{Encoding, Mode, Units};
use crate::domain::life::attempt::{AttemptState, Dispute, DisputeState};
use crate::domain::life::hold::HoldState;
use crate::domain::record::{Change, Entry, Origin, Record, Run, VersionId};
use crate::domain::samples::{WALLET, event, message, money};
use crate::domain::sender_type::SenderType;
use crate::domain::status::Counted;
use crate::domain::tariff::{FeeRow, Head, NumberFeeRow, Prefix, RateRow, Tables, Version};
use crate::domain::time::Span;
use crate::domain::{event as events, rating};
use crate::journal::rows::put_record;

/// 15 July 2026, 8:00 UTC.
const AT: Timestamp = Timestamp::from_nanos(1_784_102_400_000_000_000);
const BEGINNING: &str = "On 15 July 2026, 10:00 (Europe/Berlin), ";
const CHARGED: &str = "an outbound SMS of 2 segments (GSM-7) from +14155550100 to +85291234567 was charged 0.0218 USD: \
                       2 segments x 0.0079 by row 0 of the tariff standard, version 2026-01 (prefix 852, HK), and a carrier \
                       fee of 0.006 by row 0 of its carrier fees.";
const UNCOUNTED: &str = " Its segments came counted, without the text.";

fn book() -> Book {
    let head = Head {
        name: "standard".to_owned(),
        label: "2026-01".to_owned(),
        currency: Currency::USD,
        effective_from: Timestamp::default(),
        effective_until: None,
        failure_fee: money("0.001"),
    };
    let prefix = Prefix::parse("852").unwrap();
    let rate = |kind, price| RateRow {
        direction: Direction::Outbound,
        kind,
        prefix,
        sender_type: None,
        carrier: None,
        price: money(price),
        country: Some(*b"HK"),
        line: 1,
    };
    let fee = FeeRow {
        direction: Direction::Outbound,
        kind: Kind::Sms,
        prefix,
        sender_type: None,
        carrier: None,
        fee: money("0.003"),
        line: 2,
    };
    let number_fee =
        NumberFeeRow { prefix: Prefix::parse("1").unwrap(), sender_type: None, fee: money("1.15"), line: 3 };
    let tables = Tables {
        rates: vec![rate(Kind::Sms, "0.0079"), rate(Kind::Mms, "0.02")],
        fees: vec![fee],
        number_fees: vec![number_fee],
        ..Tables::default()
    };
    let mut book = Book::default();
    book.add(Arc::new(Version::new(head, tables).unwrap())).unwrap();
    book
}

/// An entry of a cause that changed a balance of 10.
fn row(seq: u64, cause: Cause<'_>, amount: &str, posted_at: Timestamp) -> EntryRow {
    let amount = money(amount);
    let entry = Entry { seq, amount, balance_after: money("10").checked_add(amount).unwrap(), cause };
    let mut bytes = Vec::new();
    put_record(
        &mut bytes,
        WALLET.number,
        &Record { number: 1, occurred_at: AT, change: Change::Entry(entry) },
    );
    EntryRow::new(posted_at, &bytes)
}

fn alone(row: EntryRow) -> Origins {
    Origins { row, message: None, attempt: None, hold: None, rental: None, related: Vec::new() }
}

/// The row of a charge.
fn charged(message: Message) -> EntryRow {
    let book = book();
    let rated = rating::rate(book.version(VersionId(0)).unwrap(), &message).unwrap();
    let cause = Cause::Message {
        event: Event { occurred_at: AT, ..event("m-1", Happening::Message(message), Mode::Admit) },
        price: Price { version: VersionId(0), rated },
    };
    row(12, cause, &format!("-{}", rated.total()), AT)
}

fn of_message(row: &EntryRow, statuses: &[(FinalStatus, &str)], failure: Option<Failure>) -> OfMessage {
    let counted =
        |(status, code): &(FinalStatus, &str)| Counted { status: *status, error_code: (*code).into() };
    OfMessage {
        row: row.clone(),
        status: statuses.last().map(|(status, _)| *status),
        statuses: Some(statuses.iter().map(counted).collect()),
        failure,
    }
}

#[track_caller]
fn check(told: &Origins, want: &str) {
    let (zone, book) = (Zone::named("Europe/Berlin").unwrap(), book());
    let teller = Teller { zone: &zone, currency: Currency::USD, book: &book };
    assert_eq!(teller.text(told).unwrap(), want);
}

#[test]
fn a_charge_is_told_with_its_rows_its_count_and_how_it_ended() {
    let units = |billed, counted, encoding| Units { billed, counted, encoding };
    let gsm7 = Some(Encoding::Gsm7);
    let balance = "No final status of it is known. Balance: 10 before, 9.9782 after.";
    let sms = message(Direction::Outbound, 2);
    let table = [
        (sms, format!("{BEGINNING}{CHARGED}{UNCOUNTED} {balance}")),
        (
            Message { units: units(2, Some(2), gsm7), ..sms },
            format!(
                "{BEGINNING}{CHARGED} Its text is longer than the 160 characters that one segment holds, and is cut into \
                 parts of 153. {balance}"
            ),
        ),
        (
            Message { units: units(2, Some(3), gsm7), ..sms },
            format!(
                "{BEGINNING}{CHARGED} The count that came with it, 2, goes before our own of its text, 3. {balance}"
            ),
        ),
        (
            Message { units: units(1, None, None), kind: Kind::Mms, ..sms },
            format!(
                "{BEGINNING}an outbound MMS from +14155550100 to +85291234567 was charged 0.02 USD: 1 message x 0.02 by row \
                 1 of the tariff standard, version 2026-01 (prefix 852, HK). No final status of it is known. Balance: 10 \
                 before, 9.98 after."
            ),
        ),
    ];
    for (message, want) in table {
        let row = charged(message);
        check(&Origins { message: Some(of_message(&row, &[], None)), ..alone(row) }, &want);
    }
}

#[test]
fn what_follows_a_message_is_told_with_it_and_both_name_each_other() {
    use FinalStatus::{Delivered, Failed, Undelivered};
    let charge = charged(message(Direction::Outbound, 2));
    let refund = row(17, Cause::Refund { of: 12, origin: None }, "0.0218", AT);
    let fee = row(18, Cause::FailureFee { of: 12, origin: None }, "-0.001", AT);
    let policy = FailurePolicy::Fee(money("0.001"));
    let failed = Failure { status: Failed, policy, row: None };
    let by_row = Failure { status: Undelivered, policy: FailurePolicy::Full, row: Some(2) };
    let reported = "It was reported failed (error code 30007). A failed message is returned and costs a failure fee of 0.001 \
                    USD, by default, as no row of the tariff's table of failures says otherwise.";
    let later = "; entry 18 (failure fee, -0.001 on 15 July 2026, 10:00)";
    let codes = [(Failed, "30007")];
    check(
        &Origins {
            message: Some(of_message(&charge, &codes, Some(failed))),
            related: vec![refund.clone(), fee.clone()],
            ..alone(charge.clone())
        },
        &format!(
            "{BEGINNING}{CHARGED}{UNCOUNTED} {reported} With it belong entry 17 (refund, +0.0218 on 15 July 2026, \
             10:00){later}. Balance: 10 before, 9.9782 after."
        ),
    );
    check(
        &Origins {
            message: Some(of_message(&charge, &codes, Some(failed))),
            related: vec![charge.clone(), fee],
            ..alone(refund)
        },
        &format!(
            "{BEGINNING}0.0218 USD was returned for the message of entry 12, which did not arrive. {BEGINNING}{CHARGED}\
             {UNCOUNTED} {reported} With it belong entry 12 (charge, -0.0218 on 15 July 2026, 10:00){later}. Balance: 10 \
             before, 10.0218 after."
        ),
    );
    check(
        &Origins {
            message: Some(of_message(&charge, &[(Undelivered, ""), (Delivered, "")], Some(by_row))),
            ..alone(charge)
        },
        &format!(
            "{BEGINNING}{CHARGED}{UNCOUNTED} It was reported undelivered, then delivered. An undelivered message stays \
             charged in full, by row 2 of the tariff's table of failures. Balance: 10 before, 9.9782 after."
        ),
    );
}

#[test]
fn what_sets_an_entry_right_is_told_with_it() {
    let charge = charged(message(Direction::Outbound, 2));
    let beside = "With it belong entry 12 (charge, -0.0218 on 15 July 2026, 10:00).";
    let (book, sms) = (book(), message(Direction::Outbound, 2));
    let rated = rating::rate(book.version(VersionId(0)).unwrap(), &sms).unwrap();
    let correction = |before| Correction {
        of: 12,
        price: Price { version: VersionId(0), rated },
        before: money(before),
        origin: Origin {
            occurred_at: AT,
            posted_at: AT,
            channel: sms.channel,
            direction: sms.direction,
            kind: sms.kind,
            country: Some(*b"HK"),
            campaign: "",
        },
        run: Run { id: "run-1", reason: "typo", actor: "key_1" },
    };
    for (before, amount, way, after) in
        [("0.03", "0.0082", "returned", "10.0082"), ("0.02", "-0.0018", "charged", "9.9982")]
    {
        let row = row(20, Cause::Correction(correction(before)), amount, AT);
        check(
            &Origins {
                message: Some(of_message(&charge, &[], None)),
                related: vec![charge.clone()],
                ..alone(row)
            },
            &format!(
                "{BEGINNING}{} USD was {way}: the message of entry 12 costs 0.0218 by the tariff standard, version 2026-01, \
                 and cost {before} until then (typo; run run-1, with the key key_1). {BEGINNING}{CHARGED}{UNCOUNTED} No \
                 final status of it is known. {beside} Balance: 10 before, {after} after.",
                amount.trim_start_matches('-'),
            ),
        );
    }
    let by_hand = Adjustment {
        idempotency_key: "k",
        amount: money("-0.01"),
        reason: "their bill",
        actor: "key_1",
        of: 12,
    };
    check(
        &Origins { related: vec![charge], ..alone(row(21, Cause::Adjustment(by_hand), "-0.01", AT)) },
        &format!(
            "{BEGINNING}0.01 USD was taken from the balance by hand, with the key key_1: their bill. {beside} Balance: 10 \
             before, 9.99 after."
        ),
    );
}

#[test]
fn a_fee_is_told_with_its_cycle_its_row_or_why_it_has_none() {
    let number = Address::parse("+14155550100").unwrap();
    let rental = Number {
        rental: 1,
        number,
        sender_type: SenderType::TollFree,
        bought_at: AT,
        anchor: Day(20_260_715),
        cycle: 1,
        next_due_at: Timestamp::NEVER,
        fee: money("1.15"),
        arrears: smallvec![],
        release: None,
        released: None,
    };
    let fee = |cycle, due_at, row| NumberFee { number, rental: 1, cycle, due_at, row };
    let charged = "1.15 USD was charged for the toll-free number +14155550100:";
    let table = [
        (
            fee(0, AT, Some((VersionId(0), 0))),
            "the first monthly fee, paid when the number was rented. By row 0 of the number fees of the tariff standard, \
             version 2026-01.",
        ),
        (
            fee(1, AT, None),
            "the monthly fee of cycle 1, due on 15 July 2026, 10:00. The tariff has no row for the number any more, so its \
             last fee stands.",
        ),
        (
            fee(1, AT.minus(Span::from_days(2)), None),
            "the monthly fee of cycle 1, due on 13 July 2026, 10:00. It was owed since, at what the number cost then, and is \
             paid late.",
        ),
    ];
    for (fee, want) in table {
        let told = alone(row(3, Cause::NumberFee(fee), "-1.15", AT));
        check(
            &Origins { rental: Some(rental.clone()), ..told },
            &format!("{BEGINNING}{charged} {want} Balance: 10 before, 8.85 after."),
        );
    }
}

#[test]
fn money_that_came_in_is_told_with_its_payment_and_what_was_taken_back() {
    let attempt = Attempt {
        number: 4,
        kind: AttemptKind::Checkout,
        state: AttemptState::Succeeded,
        amount: money("50"),
        opened_at: AT,
        called_at: AT,
        ask_at: Timestamp::NEVER,
        asked: 0,
        closed_at: AT,
        seq: 1,
        credited: money("50"),
        refunded: Money::ZERO,
        disputes: smallvec![],
        session: "cs_1".into(),
        payment: "pi_1".into(),
        url: "".into(),
        return_url: "".into(),
        code: "".into(),
        method: "".into(),
    };
    let dispute = Dispute { id: "dp_1".into(), amount: money("5"), state: DisputeState::Withdrawn };
    let taken = Attempt { refunded: money("20"), disputes: smallvec![dispute], ..attempt.clone() };
    let auto = Attempt { kind: AttemptKind::Auto, payment: "".into(), ..attempt.clone() };
    let of_all = "Of 50 USD paid, 20 is refunded and 5 held back by disputes.";
    let id = 4;
    let table = [
        (
            Cause::TopUp { attempt: id },
            "50",
            &attempt,
            "50 USD was paid in by a checkout (top-up tu_4, payment pi_1 at the payment provider). Balance: 10 before, 60 \
             after."
                .to_owned(),
        ),
        (
            Cause::TopUp { attempt: id },
            "50",
            &auto,
            "50 USD was paid in by automatic top-up (top-up tu_4). Balance: 10 before, 60 after.".to_owned(),
        ),
        (
            Cause::PaymentRefund { attempt: id },
            "-20",
            &taken,
            format!(
                "the payment provider gave 20 USD of the top-up tu_4 back to the payer (by a checkout, payment pi_1 at the \
                 payment provider). {of_all} Balance: 10 before, -10 after."
            ),
        ),
        (
            Cause::Dispute { attempt: id },
            "-5",
            &taken,
            format!(
                "the payer's bank took 5 USD of the top-up tu_4 back (by a checkout, payment pi_1 at the payment provider). \
                 {of_all} Balance: 10 before, 5 after."
            ),
        ),
        (
            Cause::DisputeReinstated { attempt: id },
            "5",
            &taken,
            format!(
                "the payer's bank gave 5 USD of the top-up tu_4 back again (by a checkout, payment pi_1 at the payment \
                 provider). {of_all} Balance: 10 before, 15 after."
            ),
        ),
    ];
    for (cause, amount, attempt, want) in table {
        let told = Origins { attempt: Some(attempt.clone()), ..alone(row(1, cause, amount, AT)) };
        check(&told, &format!("{BEGINNING}{want}"));
    }
}

#[test]
fn holds_hands_and_carriers_are_told_with_who_and_why() {
    let hold = Hold {
        number: 1,
        state: HoldState::Settled,
        amount: money("10"),
        remaining: Money::ZERO,
        settled: money("5"),
        made_at: AT,
        expires_at: AT,
        closed_at: AT,
        campaign: "".into(),
    };
    let settled = alone(row(3, Cause::HoldSettlement { hold: 1 }, "-5", AT));
    check(
        &Origins { hold: Some(hold), ..settled },
        &format!(
            "{BEGINNING}5 USD was settled under the hold h_1, which set 10 aside on 15 July 2026, 10:00 and is settled with 5 \
             settled in all. Balance: 10 before, 5 after."
        ),
    );
    let by_hand = |amount, reason| Adjustment {
        idempotency_key: "k",
        amount: money(amount),
        reason,
        actor: "key_1",
        of: 0,
    };
    check(
        &alone(row(3, Cause::Adjustment(by_hand("5", "goodwill")), "5", AT)),
        &format!(
            "{BEGINNING}5 USD was added to the balance by hand, with the key key_1: goodwill. Balance: 10 before, 15 after."
        ),
    );
    let happening = events::Happening::CarrierFee { amount: money("0.05"), channel: None, reason: "10DLC" };
    let carrier = Cause::CarrierFee { event: event("f-1", happening, Mode::Report) };
    // Posted two days after it happened.
    check(
        &alone(row(3, carrier, "-0.05", AT.plus(Span::from_days(2)))),
        &format!(
            "{BEGINNING}a carrier charged 0.05 USD beside the rates of the tariff, told as event f-1: 10DLC. It was posted on \
             17 July 2026, 10:00. Balance: 10 before, 9.95 after."
        ),
    );
}
