//! Laws over any sequence of commands: W1, W2, and that records fold to the wallet they were decided on (J2).

use proptest::prelude::*;

use super::*;
use crate::domain::wallet::Misfit;

/// A command by its choices, so that failures shrink to the smallest of them.
#[derive(Clone, Debug)]
enum Asked {
    Message { direction: Direction, mode: Mode, total: i64, ago_seconds: i64 },
    CarrierFee { amount: i64 },
    Adjust { amount: i64 },
    SetTerms { currency: &'static str, time_zone: &'static str },
}

impl Asked {
    fn command(&self) -> Command<'static> {
        match *self {
            Asked::Message { direction, mode, total, ago_seconds } => {
                let command = sms(direction, mode, "0");
                let Command::Post { event, .. } = at(&command, later(NOW, -ago_seconds * 1_000_000_000))
                else {
                    unreachable!()
                };
                // Part of it as a carrier fee: what is charged is both.
                let (unit, fee) = (Money::from_nanos(total - total / 3), Money::from_nanos(total / 3));
                Command::Post { event, price: Some(price(unit, fee)), early: None }
            }
            Asked::CarrierFee { amount } => Command::Post {
                event: event("f", carrier_fee(Money::from_nanos(amount)), Report),
                price: None,
                early: None,
            },
            Asked::Adjust { amount } => Command::Adjust(adjustment(Money::from_nanos(amount))),
            Asked::SetTerms { currency, time_zone } => {
                let currency = Currency::parse(currency).unwrap();
                Command::SetTerms(Terms { currency, time_zone, ..TERMS })
            }
        }
    }
}

/// Small amounts meet at 0 often; now and then one is as large as there is.
fn amount(small: std::ops::Range<i64>, large: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = i64> {
    prop_oneof![30 => small, 1 => large]
}

fn asked() -> impl Strategy<Value = Asked> {
    let direction = prop_oneof![Just(Outbound), Just(Inbound)];
    let mode = prop_oneof![4 => Just(Admit), 1 => Just(Report)];
    let ago_seconds = prop_oneof![9 => 0i64..1_000, 1 => -400i64..4_000_000];
    let total = amount(0..12, i64::MAX / 4..=i64::MAX / 2);
    prop_oneof![
        12 => (direction, mode, total, ago_seconds).prop_map(|(direction, mode, total, ago_seconds)| {
            Asked::Message { direction, mode, total, ago_seconds }
        }),
        2 => amount(1..12, i64::MAX / 2..=i64::MAX).prop_map(|amount| Asked::CarrierFee { amount }),
        3 => amount(-20..60, i64::MIN..=i64::MAX).prop_map(|amount| Asked::Adjust { amount }),
        1 => (prop_oneof![Just("USD"), Just("EUR")], prop_oneof![Just("UTC"), Just("Asia/Tokyo")])
            .prop_map(|(currency, time_zone)| Asked::SetTerms { currency, time_zone }),
    ]
}

/// Decides one after the other; every record that was posted.
fn run(asked: &[Asked]) -> (Wallet, Vec<Record<'static>>) {
    let world = SampleWorld::default();
    let mut wallet = Wallet::opened(WALLET, &TERMS);
    let mut all = Vec::new();
    for asked in asked {
        all.extend(decide(&mut wallet, &asked.command(), world.ground(NOW)).into_iter().flatten());
    }
    (wallet, all)
}

fn entry_of<'r, 'a>(record: &'r Record<'a>) -> Option<&'r Entry<'a>> {
    match &record.change {
        Change::Entry(entry) => Some(entry),
        _ => None,
    }
}

proptest! {
    #[test]
    fn w1_the_balance_is_the_sum_of_the_entries_and_numbers_have_no_gap(asked in prop::collection::vec(asked(), 0..60)) {
        let (wallet, records) = run(&asked);
        let (mut sum, mut seq) = (0i128, 0);
        for (record, number) in records.iter().zip(2u64..) {
            prop_assert_eq!(record.number, number, "the opening is record 1");
            if let Some(entry) = entry_of(record) {
                seq += 1;
                sum += i128::from(entry.amount.nanos());
                prop_assert_eq!(entry.seq, seq);
                prop_assert_eq!(i128::from(entry.balance_after.nanos()), sum, "entry {}", seq);
            }
        }
        prop_assert_eq!(i128::from(wallet.balance.nanos()), sum);
        prop_assert_eq!((wallet.seq, wallet.records), (seq, records.len() as u64 + 1));
        prop_assert_eq!(wallet.status, Status::of_balance(wallet.balance), "RULES, section 6");
    }

    #[test]
    fn w2_no_admitted_charge_takes_available_below_0(asked in prop::collection::vec(asked(), 0..60)) {
        for entry in run(&asked).1.iter().filter_map(entry_of) {
            if let Cause::Message { event, .. } = entry.cause {
                let paid = event.mode == Report || !entry.balance_after.is_negative();
                prop_assert!(paid, "{:?} was admitted without the money for it", entry);
            }
        }
    }

    #[test]
    fn a_command_is_out_of_range_only_where_the_sum_is(asked in prop::collection::vec(asked(), 0..60), last in asked()) {
        let (wallet, _) = run(&asked);
        let amount = match &last {
            Asked::Message { total, .. } => -i128::from(*total),
            Asked::CarrierFee { amount } => -i128::from(*amount),
            Asked::Adjust { amount } => i128::from(*amount),
            Asked::SetTerms { .. } => 0,
        };
        let fits = i64::try_from(i128::from(wallet.balance.nanos()) + amount).is_ok();
        let decided = decided(&wallet, &last.command(), MOMENT);
        let out = matches!(decided, Err(Refusal::OutOfRange));
        prop_assert!(!(out && fits), "{:?} on {:?} fits", last, wallet);
        let posted = decided.iter().flatten().any(|record| entry_of(record).is_some());
        prop_assert!(fits || !posted, "{:?} was posted on {:?}", last, wallet);
    }

    #[test]
    fn j2_folding_the_records_into_a_fresh_wallet_gives_the_same_wallet(asked in prop::collection::vec(asked(), 0..60)) {
        let (wallet, records) = run(&asked);
        let mut folded = Wallet::opened(WALLET, &TERMS);
        for record in &records {
            folded.apply(record).unwrap();
        }
        prop_assert_eq!(folded, wallet);
    }

    #[test]
    fn a_record_that_is_not_the_next_one_is_a_misfit_and_changes_nothing(
        asked in prop::collection::vec(asked(), 1..25),
        stop in any::<prop::sample::Index>(),
    ) {
        let (_, records) = run(&asked);
        prop_assume!(!records.is_empty());
        let next = stop.index(records.len());
        let mut wallet = Wallet::opened(WALLET, &TERMS);
        records[..next].iter().for_each(|record| wallet.apply(record).unwrap());
        let before = wallet.clone();
        for (place, record) in records.iter().enumerate().filter(|(place, _)| *place != next) {
            let misfit = wallet.apply(record);
            let expected = Misfit::Number { wallet: WALLET, last: before.records, found: record.number };
            prop_assert_eq!(misfit, Err(expected), "record {} at place {}", place, next);
            prop_assert_eq!(&wallet, &before);
        }
        for wrong in spoiled(&records[next]) {
            prop_assert!(wallet.apply(&wrong).is_err(), "{:?} was folded", wrong);
            prop_assert_eq!(&wallet, &before);
        }
    }
}

/// The record with one thing wrong, each way there is.
fn spoiled<'a>(record: &Record<'a>) -> Vec<Record<'a>> {
    let mut wrong = vec![
        Record { change: Change::Opened(TERMS), ..record.clone() },
        Record { number: 0, ..record.clone() },
        Record { number: u64::MAX, ..record.clone() },
    ];
    if let Change::Entry(entry) = &record.change {
        let entry = *entry;
        let one = Money::from_nanos(1);
        let more = |amount: Money| amount.checked_add(one).or(amount.checked_sub(one)).unwrap();
        let entries = [
            Entry { seq: entry.seq + 1, ..entry },
            Entry { seq: entry.seq - 1, ..entry },
            Entry { seq: u64::MAX, ..entry },
            Entry { amount: more(entry.amount), ..entry },
            Entry { balance_after: more(entry.balance_after), ..entry },
        ];
        wrong.extend(entries.map(|entry| Record { change: Change::Entry(entry), ..record.clone() }));
    }
    wrong
}

#[test]
fn a_wallet_at_the_end_of_its_numbers_takes_nothing_more() {
    let full = Wallet { records: u64::MAX, seq: u64::MAX, ..wallet(money("1")) };
    for number in [0, 1, u64::MAX] {
        let mut wallet = full.clone();
        let record = Record { number, occurred_at: NOW, change: Change::Opened(TERMS) };
        assert!(wallet.apply(&record).is_err(), "record {number}");
        assert_eq!(wallet, full);
    }
}
