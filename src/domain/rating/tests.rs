//! The rules of rating as tables, and the index against a scan of all rows.

use proptest::prelude::*;

use super::*;
use crate::domain::address::Address;
use crate::domain::event::{Carrier, Direction, Units};
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::samples::{fee, head, rate as rate_row, version};
use crate::domain::tariff::{FeeRow, PRICE_MAX, RateRow, Tables};

/// `direction kind channel peer units [sender type] [carrier]`; `-` is what the channel tells, and no carrier.
fn message(text: &str) -> Message {
    let words: [&str; 7] = text.split(' ').collect::<Vec<_>>().try_into().expect("a message is 7 words");
    let [direction, kind, channel, peer, units, sender_type, carrier] = words;
    let channel = Address::parse(channel).unwrap();
    Message {
        direction: Direction::parse(direction).unwrap(),
        kind: Kind::parse(kind).unwrap(),
        channel,
        peer: Address::parse(peer).unwrap(),
        units: Units { billed: units.parse().unwrap(), counted: None, encoding: None },
        sender_type: SenderType::parse(sender_type).unwrap_or(SenderType::of_channel(&channel)),
        carrier: Carrier::parse(carrier),
    }
}

/// Rows by their index, then price and carrier fee.
fn told(rated: Option<Rated>) -> String {
    let Some(rated) = rated else { return "no_rate".to_owned() };
    let fee_row = rated.fee_row.map_or("-".to_owned(), |row| row.to_string());
    assert_eq!(rated.total(), rated.price.checked_add(rated.carrier_fee).unwrap());
    format!("{} {fee_row} {} {}", rated.rate_row, rated.price, rated.carrier_fee)
}

fn check(version: &Version, table: &[(&str, &str)]) {
    for (text, want) in table {
        assert_eq!(told(rate(version, &message(text))), *want, "{text}");
    }
}

#[test]
fn the_longest_prefix_of_the_peer_prices_what_goes_out() {
    let version = version(
        &[
            "outbound,sms,*,,,9,",
            "outbound,sms,44,,,1,GB",
            "outbound,sms,447,,,2,GB",
            "outbound,sms,447700900123,,,3,GB",
            "outbound,mms,44,,,4,GB",
            "inbound,sms,44,,,5,GB",
        ],
        &[],
    );
    check(
        &version,
        &[
            ("outbound sms +12125550100 +442079460000 1 - -", "1 - 1 0"),
            ("outbound sms +12125550100 +447700900122 1 - -", "2 - 2 0"),
            ("outbound sms +12125550100 +447700900123 1 - -", "3 - 3 0"),
            ("outbound sms +12125550100 +4477009001234 2 - -", "3 - 6 0"),
            ("outbound sms +447700900123 +4930901820 3 - -", "0 - 27 0"),
            ("outbound mms +12125550100 +447700900123 1 - -", "4 - 4 0"),
            ("inbound sms +447700900123 +12125550100 1 - -", "5 - 5 0"),
            ("inbound sms +12125550100 +447700900123 1 - -", "no_rate"),
            ("outbound mms +447700900123 +12125550100 1 - -", "no_rate"),
        ],
    );
}

#[test]
fn what_comes_in_is_priced_by_the_channel_and_its_sender_type() {
    let version = version(
        &[
            "inbound,sms,1,local,,1,US",
            "inbound,sms,1,toll_free,,2,US",
            "inbound,sms,1204,local,,3,CA",
            "inbound,sms,*,short_code,,4,",
            "inbound,mms,1,,,5,US",
        ],
        &[],
    );
    check(
        &version,
        &[
            ("inbound sms +12125550100 +12045550100 1 - -", "0 - 1 0"),
            ("inbound sms +18005550100 +12045550100 1 - -", "1 - 2 0"),
            ("inbound sms +12045550100 +12125550100 1 - -", "2 - 3 0"),
            ("inbound sms +12045550100 +12125550100 1 toll_free -", "1 - 2 0"),
            ("inbound sms 12045 +12125550100 1 - -", "3 - 4 0"),
            ("inbound sms +12125550100 12045 1 - -", "0 - 1 0"),
            ("inbound sms +12125550100 ACME 1 - -", "0 - 1 0"),
            ("inbound sms +12125550100 12045 1 mobile -", "no_rate"),
            ("inbound mms 12045 +12125550100 1 - -", "no_rate"),
        ],
    );
}

#[test]
fn among_rows_that_match_prefix_then_carrier_then_sender_type_decides() {
    let version = version(
        &[
            "outbound,sms,1,,,1,",
            "outbound,sms,1,local,,2,",
            "outbound,sms,1,,310260,3,",
            "outbound,sms,1,local,310260,4,",
            "outbound,sms,1212,toll_free,,5,",
            "outbound,sms,1212,,310410,6,",
            "outbound,sms,1212,short_code,310260,7,",
        ],
        &[],
    );
    check(
        &version,
        &[
            ("outbound sms +12125550100 +13105550100 1 - -", "1 - 2 0"),
            ("outbound sms +12125550100 +13105550100 1 - 310410", "1 - 2 0"),
            ("outbound sms +12125550100 +13105550100 1 mobile -", "0 - 1 0"),
            ("outbound sms +12125550100 +13105550100 1 - 310260", "3 - 4 0"),
            ("outbound sms +12125550100 +13105550100 1 mobile 310260", "2 - 3 0"),
            // A longer prefix counts only where its row matches.
            ("outbound sms +18005550100 +12125550100 1 - -", "4 - 5 0"),
            ("outbound sms +18005550100 +12125550100 1 - 310260", "4 - 5 0"),
            ("outbound sms +18005550100 +12125550100 1 - 310410", "5 - 6 0"),
            ("outbound sms 12125 +12125550100 1 - 310260", "6 - 7 0"),
            ("outbound sms 12125 +12125550100 1 - -", "0 - 1 0"),
            ("outbound sms +12125550100 +12125550100 1 - 310260", "3 - 4 0"),
        ],
    );
}

#[test]
fn a_star_matches_what_has_no_digits_and_nothing_else_does() {
    let digits = version(&["inbound,sms,1,,,1,", "inbound,sms,12345,,,1,"], &[]);
    check(&digits, &[("inbound sms 12345 +12125550100 1 - -", "no_rate")]);
    let star = version(
        &["inbound,sms,*,,,1,", "inbound,sms,12345,,,2,"],
        &["inbound,sms,*,,,3", "inbound,sms,1,,,4"],
    );
    check(
        &star,
        &[
            ("inbound sms 12345 +12125550100 1 - -", "0 0 1 3"),
            ("inbound sms 123 ACME 1 - -", "0 0 1 3"),
            ("inbound sms +12345550100 +12125550100 1 - -", "1 1 2 4"),
        ],
    );
}

#[test]
fn the_fee_table_is_chosen_first_then_the_carrier_in_it() {
    let version = version(
        &["outbound,sms,*,,,0,", "outbound,mms,*,,,0,"],
        &[
            "outbound,sms,1,,,1",
            "outbound,sms,1,,310260,2",
            "outbound,sms,1,local,,3",
            "outbound,sms,1,local,310410,4",
            "outbound,sms,1204,,,5",
            "outbound,sms,1204,,310410,6",
            "outbound,sms,1205,toll_free,,7",
            "outbound,mms,1,,,8",
        ],
    );
    check(
        &version,
        &[
            ("outbound sms +12125550100 +13105550100 1 mobile -", "0 0 0 1"),
            ("outbound sms +12125550100 +13105550100 1 mobile 310410", "0 0 0 1"),
            ("outbound sms +12125550100 +13105550100 1 mobile 310260", "0 1 0 2"),
            ("outbound sms +12125550100 +13105550100 2 - -", "0 2 0 6"),
            ("outbound sms +12125550100 +13105550100 1 - 310410", "0 3 0 4"),
            // The table of the sender type, though that of any sender type has this carrier's row.
            ("outbound sms +12125550100 +13105550100 1 - 310260", "0 2 0 3"),
            // The longer prefix, though only the shorter has a table of this sender type.
            ("outbound sms +12125550100 +12045550100 1 - -", "0 4 0 5"),
            ("outbound sms +12125550100 +12045550100 1 - 310410", "0 5 0 6"),
            ("outbound sms +12125550100 +12045550100 1 - 310260", "0 4 0 5"),
            // No table of this sender type at the longer prefix.
            ("outbound sms +12125550100 +12055550100 1 - 310410", "0 3 0 4"),
            ("outbound sms +18005550100 +12055550100 1 - 310410", "0 6 0 7"),
            ("outbound mms +12125550100 +12055550100 1 - 310410", "1 7 0 8"),
            ("outbound sms +12125550100 +442079460000 1 - 310410", "0 - 0 0"),
        ],
    );
}

#[test]
fn an_sms_costs_by_the_segment_and_an_mms_is_one_whatever_it_says() {
    let version = version(
        &["outbound,sms,1,,,0.0079,US", "outbound,mms,1,,,0.02,US"],
        &["outbound,sms,1,,,0.003", "outbound,mms,1,,,0.01"],
    );
    check(
        &version,
        &[
            ("outbound sms +12125550100 +13105550100 1 - -", "0 0 0.0079 0.003"),
            ("outbound sms +12125550100 +13105550100 2 - -", "0 0 0.0158 0.006"),
            ("outbound sms +12125550100 +13105550100 255 - -", "0 0 2.0145 0.765"),
            ("outbound mms +12125550100 +13105550100 1 - -", "1 1 0.02 0.01"),
            ("outbound mms +12125550100 +13105550100 9 - -", "1 1 0.02 0.01"),
        ],
    );
    let rated = rate(&version, &message("outbound sms +12125550100 +13105550100 2 - -")).unwrap();
    assert_eq!((rated.unit_price, rated.country), (Money::from_nanos(7_900_000), Some(*b"US")));
}

#[test]
fn the_dearest_message_of_all_can_be_added_up() {
    let version = version(&["outbound,sms,*,,,1000000,"], &["outbound,sms,*,,,1000000"]);
    let rated = rate(&version, &message("outbound sms +12125550100 +13105550100 255 - -")).unwrap();
    assert_eq!(rated.total().nanos(), PRICE_MAX.nanos() * 255 * 2);
}

/// The rule for rates, read from RULES row by row.
fn scanned_rate(version: &Version, message: &Message) -> Option<u32> {
    let rank = |row: &RateRow| (row.prefix.digits().len(), row.carrier.is_some(), row.sender_type.is_some());
    let applies = |row: &RateRow| {
        (row.direction, row.kind) == (message.direction, message.kind)
            && message.priced_by().prefix_digits().starts_with(row.prefix.digits())
            && row.sender_type.is_none_or(|own| own == message.sender_type)
            && row.carrier.is_none_or(|own| Some(own) == message.carrier)
    };
    let rows = version.rates().iter().zip(0..).filter(|(row, _)| applies(row));
    rows.max_by_key(|(row, _)| rank(row)).map(|(_, index)| index)
}

/// The rule for carrier fees: the best table, whatever the carrier, then the row in it.
fn scanned_fee(version: &Version, message: &Message) -> Option<u32> {
    let in_reach = |row: &&FeeRow| {
        (row.direction, row.kind) == (message.direction, message.kind)
            && message.priced_by().prefix_digits().starts_with(row.prefix.digits())
            && row.sender_type.is_none_or(|own| own == message.sender_type)
    };
    let rank = |row: &&FeeRow| (row.prefix.digits().len(), row.sender_type.is_some());
    let table = version.fees().iter().filter(in_reach).max_by_key(rank)?;
    let in_table = |row: &FeeRow| {
        (row.direction, row.kind, row.prefix, row.sender_type)
            == (table.direction, table.kind, table.prefix, table.sender_type)
            && row.carrier.is_none_or(|own| Some(own) == message.carrier)
    };
    let rows = version.fees().iter().zip(0..).filter(|(row, _)| in_table(row));
    rows.max_by_key(|(row, _)| row.carrier.is_some()).map(|(_, index)| index)
}

const SENDER_TYPES: &[&str] = &["", "local", "toll_free", "short_code"];
const CARRIERS: &[&str] = &["", "310260", "310410", "31041"];

fn terms() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec!["outbound,sms", "outbound,mms", "inbound,sms", "inbound,mms"]),
        "\\*|[12]{1,5}|[12]{8,15}",
        prop::sample::select(SENDER_TYPES),
        prop::sample::select(CARRIERS),
    )
        .prop_map(|(direction_and_kind, prefix, sender_type, carrier)| {
            format!("{direction_and_kind},{prefix},{sender_type},{carrier}")
        })
}

fn any_version() -> impl Strategy<Value = Version> {
    let rates = prop::collection::hash_set(terms(), 1..40);
    let fees = prop::collection::hash_set(terms(), 0..40);
    (rates, fees).prop_map(|(rates, mut fees)| {
        let defaults: Vec<String> =
            fees.iter().map(|row| format!("{},", row.rsplit_once(',').unwrap().0)).collect();
        fees.extend(defaults);
        let rates =
            rates.iter().zip(1..).map(|(row, line)| rate_row(&format!("{row},{line},"), line)).collect();
        let fees = fees.iter().zip(1..).map(|(row, line)| fee(&format!("{row},{line}"), line)).collect();
        Version::new(head("t", "1", 0, None), Tables { rates, fees, ..Tables::default() }).unwrap()
    })
}

fn any_message() -> impl Strategy<Value = Message> {
    let address = || "\\+[12]{7,15}|[12]{3,8}";
    (
        prop::sample::select(vec!["outbound sms", "outbound mms", "inbound sms", "inbound mms"]),
        address(),
        address(),
        1..=255u8,
        prop::sample::select(SENDER_TYPES),
        prop::sample::select(CARRIERS),
    )
        .prop_map(|(direction_and_kind, channel, peer, units, sender_type, carrier)| {
            let or_dash = |word: &'static str| if word.is_empty() { "-" } else { word };
            let (sender_type, carrier) = (or_dash(sender_type), or_dash(carrier));
            message(&format!("{direction_and_kind} {channel} {peer} {units} {sender_type} {carrier}"))
        })
}

proptest! {
    #[test]
    fn the_index_chooses_the_rows_that_a_scan_of_all_rows_chooses(
        version in any_version(),
        messages in prop::collection::vec(any_message(), 1..30),
    ) {
        for message in &messages {
            let rated = rate(&version, message);
            let want = scanned_rate(&version, message);
            prop_assert_eq!(rated.map(|rated| rated.rate_row), want, "{:?}", message);
            if let Some(rated) = rated {
                prop_assert_eq!(rated.fee_row, scanned_fee(&version, message), "{:?}", message);
            }
        }
    }
}
