//! Tests of explanations: what each kind of entry is said to be made by, and that damage is not explained away.

use super::*;
use crate::domain::address::Address;
use crate::domain::event::{Direction, Encoding, Mode, Name, Units};
use crate::domain::rating;
use crate::domain::record::{Adjustment, Origin, Run, VersionId};
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::{Head, Prefix, Tables};
use crate::domain::time::Timestamp;

fn money(text: &str) -> Money {
    Money::parse(text).unwrap()
}

fn version() -> Version {
    let head = Head {
        name: "standard".to_owned(),
        label: "2026-01".to_owned(),
        currency: Currency::USD,
        effective_from: Timestamp::default(),
        effective_until: None,
        failure_fee: Money::ZERO,
    };
    let rate = |kind, prefix, price, line| RateRow {
        direction: Direction::Outbound,
        kind,
        prefix: Prefix::parse(prefix).unwrap(),
        sender_type: None,
        carrier: None,
        price: money(price),
        country: None,
        line,
    };
    let fee = FeeRow {
        direction: Direction::Outbound,
        kind: Kind::Sms,
        prefix: Prefix::parse("1").unwrap(),
        sender_type: None,
        carrier: None,
        fee: money("0.003"),
        line: 9,
    };
    let rates = vec![
        rate(Kind::Sms, "*", "0.05", 4),
        rate(Kind::Sms, "1", "0.0079", 5),
        rate(Kind::Mms, "*", "0.02", 6),
    ];
    Version::new(head, Tables { rates, fees: vec![fee], ..Tables::default() }).unwrap()
}

fn message(kind: Kind, peer: &str, units: u8) -> Message {
    Message {
        direction: Direction::Outbound,
        kind,
        channel: Address::parse("+14155550100").unwrap(),
        peer: Address::parse(peer).unwrap(),
        units: Units {
            billed: units,
            counted: None,
            encoding: (kind == Kind::Sms).then_some(Encoding::Gsm7),
        },
        sender_type: SenderType::Local,
        carrier: None,
    }
}

fn event(happening: Happening<'static>) -> Event<'static> {
    Event {
        name: Name { source: "", id: "m-1" },
        happening,
        mode: Mode::Admit,
        occurred_at: Timestamp::default(),
        campaign: "",
        tags: "",
        hold: "",
    }
}

/// The entry of a cause that changed a balance of 100.
fn entry(cause: Cause<'_>, amount: Money) -> Entry<'_> {
    Entry { seq: 2, amount, balance_after: money("100").checked_add(amount).unwrap(), cause }
}

fn charge(version: &Version, message: Message) -> Entry<'static> {
    let rated = rating::rate(version, &message).unwrap();
    let price = Price { version: VersionId(0), rated };
    entry(
        Cause::Message { event: event(Happening::Message(message)), price },
        rated.total().checked_neg().unwrap(),
    )
}

#[test]
fn a_charge_is_told_by_its_rows_and_as_a_sum() {
    let version = version();
    let table = [
        (
            message(Kind::Sms, "+12125550100", 2),
            5,
            Some(9),
            "2 segments x 0.0079 + carrier fee 0.006 = 0.0218 USD",
        ),
        (
            message(Kind::Sms, "+12125550100", 1),
            5,
            Some(9),
            "1 segment x 0.0079 + carrier fee 0.003 = 0.0109 USD",
        ),
        (message(Kind::Sms, "+85291234567", 3), 4, None, "3 segments x 0.05 = 0.15 USD"),
        (message(Kind::Mms, "+85291234567", 1), 6, None, "1 message x 0.02 = 0.02 USD"),
    ];
    for (message, rate_line, fee_line, want) in table {
        let explanation = explain(&charge(&version, message), Currency::USD, Some(&version)).unwrap();
        let rows = explanation.rows.expect("a charge has rows");
        assert_eq!((rows.rate.line, rows.fee.map(|fee| fee.line)), (rate_line, fee_line), "{want}");
        assert_eq!(explanation.arithmetic, want);
        assert_eq!(explanation.balance_before, money("100"), "{want}");
    }
}

#[test]
fn what_no_tariff_prices_is_told_without_rows() {
    let fee = |reason| Happening::CarrierFee { amount: money("0.05"), channel: None, reason };
    let adjustment =
        Adjustment { idempotency_key: "k", amount: money("-5"), reason: "correction", actor: "key_1", of: 0 };
    let table = [
        (Cause::CarrierFee { event: event(fee("surcharge")) }, "-0.05", "carrier fee 0.05 USD: surcharge"),
        (Cause::CarrierFee { event: event(fee("")) }, "-0.05", "carrier fee 0.05 USD"),
        (Cause::Adjustment(adjustment), "-5", "adjustment -5 USD: correction"),
    ];
    for (cause, amount, want) in table {
        let explanation = explain(&entry(cause, money(amount)), Currency::USD, None).unwrap();
        assert!(explanation.rows.is_none(), "{want}");
        assert_eq!(explanation.arithmetic, want);
        assert_eq!(explanation.balance_before, money("100"), "{want}");
    }
}

/// One segment to the United States by the rows of the version, instead of 0.02.
fn correction(version: &Version) -> (Message, Correction<'static>) {
    let message = message(Kind::Sms, "+12125550100", 1);
    let price = Price { version: VersionId(0), rated: rating::rate(version, &message).unwrap() };
    let origin = Origin {
        occurred_at: Timestamp::default(),
        posted_at: Timestamp::default(),
        channel: message.channel,
        direction: message.direction,
        kind: message.kind,
        country: None,
        campaign: "",
    };
    let run = Run { id: "run-1", reason: "typo", actor: "key_1" };
    (message, Correction { of: 1, price, before: money("0.02"), origin, run })
}

#[test]
fn a_correction_is_told_by_the_rows_that_price_its_message_since_and_only_where_they_do() {
    let version = version();
    let (message, good) = correction(&version);
    let told = |correction: &Correction<'static>, amount: &str| {
        let entry = entry(Cause::Correction(*correction), money(amount));
        corrected(&entry, correction, &message, Some(&version))
            .map(|rows| (rows.rate.line, rows.fee.map(|fee| fee.line)))
    };
    assert_eq!(told(&good, "0.0091"), Ok((5, Some(9))), "0.02 less 0.0109");
    let explanation = explain(&entry(Cause::Correction(good), money("0.0091")), Currency::USD, None).unwrap();
    assert_eq!(explanation.arithmetic, "entry 1 should have cost 0.0109 USD instead of 0.02: typo");
    let changed = |change: fn(&mut Correction<'static>)| {
        let mut correction = good;
        change(&mut correction);
        correction
    };
    let table = [
        (good, "-0.0091"),
        (changed(|correction| correction.before = money("0.03")), "0.0091"),
        (changed(|correction| correction.price.rated.rate_row = 0), "0.0091"),
        (changed(|correction| correction.price.rated.rate_row = 99), "0.0091"),
        (changed(|correction| correction.price.rated.fee_row = None), "0.0091"),
        (changed(|correction| correction.price.rated.price = Money::ZERO), "0.0091"),
    ];
    for (correction, amount) in table {
        assert_eq!(told(&correction, amount), Err(Unexplained::Amount { seq: 2 }), "{correction:?} {amount}");
    }
    let entry = entry(Cause::Correction(good), money("0.0091"));
    let unknown = corrected(&entry, &good, &message, None).err();
    assert_eq!(unknown, Some(Unexplained::Version { seq: 2 }));
}

#[test]
fn an_entry_that_does_not_follow_from_its_rows_is_not_explained() {
    let version = version();
    let good = charge(&version, message(Kind::Sms, "+12125550100", 2));
    let changed = |change: fn(&mut Price)| {
        let mut entry = good;
        if let Cause::Message { price, .. } = &mut entry.cause {
            change(price);
        }
        entry
    };
    let amount = Unexplained::Amount { seq: 2 };
    let table = [
        (changed(|price| price.rated.rate_row = 0), amount),
        (changed(|price| price.rated.rate_row = 99), amount),
        (changed(|price| price.rated.fee_row = None), amount),
        (changed(|price| price.rated.fee_row = Some(99)), amount),
        (changed(|price| price.rated.price = Money::ZERO), amount),
        (Entry { amount: money("-1"), ..good }, amount),
        (Entry { balance_after: Money::MAX, ..good }, Unexplained::Balance { seq: 2 }),
    ];
    for (entry, want) in table {
        assert_eq!(explain(&entry, Currency::USD, Some(&version)).err(), Some(want), "{entry:?}");
    }
    assert_eq!(explain(&good, Currency::USD, None).err(), Some(Unexplained::Version { seq: 2 }));
}
