//! Fields: which make an event, what is wrong with the others, and what the event then is.

use proptest::prelude::*;

use super::super::samples::{ACME, NOW, World, fee_line, line, quoted, told};
use super::super::{Scope, ndjson};
use super::*;
use crate::domain::event::{Carrier, Encoding, Units};
use crate::domain::money::Money;
use crate::domain::record::TariffId;
use crate::domain::sender_type::SenderType;
use crate::domain::time::Span;

mod status;

fn units(event: &BatchEvent) -> (Units, SenderType) {
    match event.told {
        Told::Message(message) => (message.units, message.sender_type),
        Told::CarrierFee { .. } | Told::Status { .. } => panic!("wanted a message"),
    }
}

/// Each line alone must be invalid with `code field`, its id told.
fn check_invalid(table: &[(String, &str)]) {
    let world = World::new();
    for (line, want) in table {
        let id = ["f-1", "s-1"].into_iter().find(|id| line.contains(&quoted(id))).unwrap_or("m-1");
        assert_eq!(told(&world.read(line.as_str())), [format!("1 {id} {want}")], "reading {line}");
    }
}

#[test]
fn a_field_that_is_unknown_missing_twice_or_misplaced_is_named() {
    let good = line(&[]);
    check_invalid(&[
        (line(&[("colour", r#""red""#)]), "unknown_field colour"),
        (line(&[("Text", r#""hi""#)]), "unknown_field Text"),
        (line(&[("", "1")]), "unknown_field "),
        (line(&[(&"x".repeat(100), "1")]), &format!("unknown_field {}", "x".repeat(64))),
        (line(&[("deep", &("[".repeat(9_000) + &"]".repeat(9_000)))]), "unknown_field deep"),
        (good.replace('{', r#"{"kind":"mms","#), "duplicate_field kind"),
        (good.replace('{', r#"{"k\u0069nd":"sms","#), "duplicate_field kind"),
        (line(&[("tags", r#"{},"tags":{}"#)]), "duplicate_field tags"),
        (good.replace('}', r#","id":"m-2"}"#), "duplicate_field id"),
        (line(&[("type", "")]), "missing_field type"),
        (line(&[("wallet", "")]), "missing_field wallet"),
        (line(&[("channel", "")]), "missing_field channel"),
        (line(&[("peer", "")]), "missing_field peer"),
        (line(&[("kind", "")]), "missing_field kind"),
        (line(&[("text", "")]), "missing_field text"),
        (line(&[("text", ""), ("segments", "1")]), "missing_field encoding"),
        (line(&[("text", ""), ("encoding", r#""GSM-7""#)]), "missing_field segments"),
        (line(&[("encoding", r#""GSM-7""#)]), "missing_field segments"),
        (line(&[("amount", r#""1""#)]), "bad_field amount"),
        (line(&[("reason", r#""why""#)]), "bad_field reason"),
        (line(&[("kind", r#""mms""#), ("segments", "1")]), "bad_field segments"),
        (line(&[("kind", r#""mms""#), ("encoding", r#""GSM-7""#)]), "bad_field encoding"),
        (fee_line(&[("amount", "")]), "missing_field amount"),
        (fee_line(&[("reason", "")]), "missing_field reason"),
        (fee_line(&[("peer", r#""+14155550123""#)]), "bad_field peer"),
        (fee_line(&[("kind", r#""sms""#)]), "bad_field kind"),
        (fee_line(&[("text", r#""hi""#)]), "bad_field text"),
        (fee_line(&[("carrier", r#""310260""#)]), "bad_field carrier"),
        (fee_line(&[("hold", r#""h_1""#)]), "bad_field hold"),
        (line(&[("status", r#""failed""#)]), "bad_field status"),
        (line(&[("message", r#""m-0""#)]), "bad_field message"),
        (line(&[("error_code", r#""30007""#)]), "bad_field error_code"),
    ]);
}

#[test]
fn a_field_with_a_wrong_value_is_named() {
    let texts: &[(&str, &[&str])] = &[
        ("source", &["s\0", "x129"]),
        ("campaign", &["c\0", "x129"]),
        ("hold", &["h\0", "x129"]),
        ("channel", &["", "+", "12", "TwelveLetter", "+041555501", "14155550100"]),
        ("peer", &["", "555", "ACME", "+1 415 555 0123", "14155550123"]),
        ("kind", &["", "SMS", "rcs"]),
        ("mode", &["", "force"]),
        ("sender_type", &["pigeon", "Local", ""]),
        ("carrier", &["31", "3102600", "T-Mobile"]),
        (
            "time",
            &[
                "yesterday",
                "2026-11-22",
                "2026-11-22T10:00:00",
                "2026-02-30T00:00:00Z",
                "2300-01-01T00:00:00Z",
            ],
        ),
    ];
    let mut table = Vec::new();
    for (field, values) in texts {
        for value in *values {
            let value = if *value == "x129" { "x".repeat(129) } else { value.to_string() };
            table.push((line(&[(field, &quoted(&value))]), format!("bad_field {field}")));
        }
        for value in ["null", "true", "1", "-1", "1.5", "[1]", r#"{"a":[1]}"#] {
            table.push((line(&[(field, value)]), format!("bad_field {field}")));
        }
    }
    for segments in
        ["0", "256", "-1", "1.0", "1e2", "1E400", "\"2\"", "null", "true", "[1]", "99999999999999999999"]
    {
        let changes = [("text", ""), ("segments", segments), ("encoding", r#""GSM-7""#)];
        table.push((line(&changes), "bad_field segments".to_owned()));
    }
    for tags in ["[]", "1", "\"x\"", "null", r#"{"a":1}"#, r#"{"a":"b","a":"c"}"#, r#"{"a":{"b":"c"}}"#] {
        table.push((line(&[("tags", tags)]), "bad_field tags".to_owned()));
    }
    for amount in ["\"0\"", "\"-1\"", "\"1e3\"", "\"0.0000000001\"", "\"one\"", "\"\"", "0.05", "1"] {
        table.push((fee_line(&[("amount", amount)]), "bad_field amount".to_owned()));
    }
    let others = [
        (line(&[("type", "7")]), "bad_field type"),
        (line(&[("wallet", "7")]), "bad_field wallet"),
        (line(&[("text", "7")]), "bad_field text"),
        (line(&[("segments", "1"), ("encoding", r#""GSM-8""#)]), "bad_field encoding"),
        (line(&[("type", r#""message.inbound""#), ("channel", r#""ACME""#)]), "bad_field channel"),
        (fee_line(&[("reason", "\"\"")]), "bad_field reason"),
        (fee_line(&[("reason", &quoted(&"x".repeat(513)))]), "bad_field reason"),
        (fee_line(&[("channel", "\"12\"")]), "bad_field channel"),
        (fee_line(&[("mode", "\"force\"")]), "bad_field mode"),
    ];
    table.extend(others.map(|(line, want)| (line, want.to_owned())));
    let table: Vec<(String, &str)> = table.iter().map(|(line, want)| (line.clone(), want.as_str())).collect();
    check_invalid(&table);
}

#[test]
fn what_is_first_in_the_order_of_checks_is_told() {
    let long = quoted(&"x".repeat(255 * 153 + 1));
    check_invalid(&[
        (line(&[("type", r#""message.read""#), ("status", r#""delivered""#)]), "unknown_type type"),
        (line(&[("type", r#""message.lost""#)]), "unknown_type type"),
        (line(&[("wallet", r#""nobody""#)]), "unknown_wallet wallet"),
        (line(&[("wallet", "\"\"")]), "unknown_wallet wallet"),
        (line(&[("wallet", r#""nobody""#), ("mode", r#""force""#)]), "bad_field mode"),
        (line(&[("colour", "1"), ("peer", "2")]), "unknown_field colour"),
        (line(&[("text", &long)]), "too_many_units text"),
        (line(&[("text", &long), ("segments", "3")]), "too_many_units text"),
    ]);
    let world = World::new();
    let one_wallet = Desk { scope: Scope::OneWallet("other"), ..world.desk() };
    let batch = ndjson::read(line(&[]).into(), &one_wallet).unwrap();
    assert_eq!(told(&batch), ["1 m-1 unknown_wallet wallet"], "another wallet is as if it did not exist");
    let own = ndjson::read(line(&[("wallet", "\"other\"")]).into(), &one_wallet).unwrap();
    assert_eq!(told(&own), ["1 m-1 ok"], "the own wallet is known");
}

#[test]
fn ids_are_1_to_128_bytes_without_nul() {
    let world = World::new();
    let longest = "é".repeat(64);
    let table = [
        ("\"i\"".to_owned(), "1 i ok".to_owned()),
        (quoted(&longest), format!("1 {longest} ok")),
        (quoted(&"i".repeat(129)), "1 - bad_field id".to_owned()),
        ("\"\"".to_owned(), "1 - bad_field id".to_owned()),
        ("\"a\\u0000\"".to_owned(), "1 - bad_field id".to_owned()),
        ("7".to_owned(), "1 - bad_field id".to_owned()),
        (String::new(), "1 - missing_field id".to_owned()),
        (r#""\u0069\n""#.to_owned(), "1 i\n ok".to_owned()),
    ];
    for (id, want) in table {
        assert_eq!(told(&world.read(line(&[("id", &id)]))), [want], "an id of {id}");
    }
}

#[test]
fn units_and_encoding_are_the_senders_else_counted() {
    use Encoding::{Gsm7, Ucs2};
    let counted = |billed, encoding| Units { billed, counted: Some(billed), encoding: Some(encoding) };
    let long = quoted(&"x".repeat(255 * 153));
    let brackets = quoted(&"]".repeat(153));
    let toll_free_limit = quoted(&"x".repeat(2 * 153));
    let table: &[(&[(&str, &str)], Units)] = &[
        (&[], counted(1, Gsm7)),
        (&[("text", "\"\"")], counted(1, Gsm7)),
        (&[("text", r#""\ud83d\ude00\u0000\n""#)], counted(1, Ucs2)),
        (&[("text", &brackets)], counted(3, Gsm7)),
        (&[("text", &long)], counted(255, Gsm7)),
        (&[("text", &toll_free_limit)], counted(2, Gsm7)),
        (&[("text", &toll_free_limit), ("channel", "\"+18005550100\"")], counted(3, Gsm7)),
        (&[("text", &toll_free_limit), ("sender_type", "\"toll_free\"")], counted(3, Gsm7)),
        (
            &[("text", ""), ("segments", "255"), ("encoding", "\"UCS-2\"")],
            Units { billed: 255, counted: None, encoding: Some(Ucs2) },
        ),
        (
            &[("segments", "2"), ("encoding", "\"UCS-2\"")],
            Units { billed: 2, counted: Some(1), encoding: Some(Ucs2) },
        ),
        (&[("segments", "2")], Units { billed: 2, counted: Some(1), encoding: Some(Gsm7) }),
        (&[("kind", "\"mms\"")], Units { billed: 1, counted: None, encoding: None }),
        (&[("kind", "\"mms\""), ("text", "")], Units { billed: 1, counted: None, encoding: None }),
    ];
    let world = World::new();
    for (changes, want) in table {
        let (_, event) = world.read_one(&line(changes));
        assert_eq!(units(&event).0, *want, "{:.200}", line(changes));
    }
}

#[test]
fn the_sender_type_is_the_events_else_the_channels() {
    use SenderType::*;
    let table: &[(&str, &str, SenderType)] = &[
        ("+14155550100", "", Local),
        ("+18005550100", "", TollFree),
        ("+18005550100", "\"local\"", Local),
        ("+14155550100", "\"mobile\"", Mobile),
        ("12345", "", ShortCode),
        ("12345", "\"local\"", Local),
        ("+14155550100", "\"short_code\"", ShortCode),
        ("ACME", "", Alphanumeric),
        ("ACME", "\"alphanumeric\"", Alphanumeric),
    ];
    let world = World::new();
    for (channel, told, want) in table {
        let (_, event) = world.read_one(&line(&[("channel", &quoted(channel)), ("sender_type", told)]));
        assert_eq!(units(&event).1, *want, "{channel} told to be {told:?}");
    }
}

#[test]
fn a_message_is_read_whole() {
    let world = World::new();
    let (batch, event) = world.read_one(&line(&[
        ("id", r#""m \u0031""#),
        ("source", "\"gateway/1\""),
        ("time", "\"2026-11-22T11:59:59.5+02:00\""),
        ("mode", "\"report\""),
        ("campaign", r#""spr\u00efng""#),
        ("hold", "\"h_1\""),
        ("tags", r#"{ "team" : "a b" }"#),
        ("carrier", "\"310260\""),
    ]));
    let text = |span| batch.texts.get(span);
    assert_eq!(
        [text(event.id), text(event.source), text(event.campaign), text(event.tags), text(event.hold)],
        ["m 1", "gateway/1", "spr\u{ef}ng", r#"{"team":"a b"}"#, "h_1"]
    );
    assert_eq!((event.wallet, event.tariff, event.mode), (ACME, TariffId(0), Mode::Report));
    assert_eq!(event.occurred_at, Timestamp::from_nanos(NOW.nanos() - 500_000_000));
    let name = Name { source: "gateway/1", id: "m 1" };
    assert_eq!(event.key, world.secret.key(ACME, Named::Event(name)), "the key");
    assert_eq!(event.fingerprint, world.secret.fingerprint(&batch.event(0)), "the fingerprint");
    let Told::Message(message) = event.told else { panic!("wanted a message") };
    assert_eq!(message.carrier, Carrier::parse("310260"));
    assert_eq!(message.channel, Address::parse("+14155550100").unwrap());
    assert_eq!(message.peer, Address::parse("+14155550123").unwrap());
    assert_eq!(event.price, world.book.price(TariffId(0), &message, event.occurred_at), "the price");
    assert!(event.price.is_some(), "wanted a price");
}

#[test]
fn what_is_not_told_has_its_default_and_no_rate_is_left_to_the_wallet() {
    let world = World::new();
    let (batch, event) = world.read_one(&line(&[("peer", "\"+85291234567\""), ("tags", "{}")]));
    let texts = [event.source, event.campaign, event.tags, event.hold].map(|span| batch.texts.get(span));
    assert_eq!(texts, [""; 4]);
    assert_eq!((event.mode, event.occurred_at, event.price), (Mode::Admit, NOW, None));
    let (_, old) = world.read_one(&line(&[("time", "\"1999-01-01T00:00:00Z\"")]));
    assert!(old.occurred_at < NOW.minus(Span::from_days(365)), "how old is too old is not decided here");
}

#[test]
fn a_carriers_charge_is_always_a_report() {
    let world = World::new();
    for mode in ["", "\"admit\"", "\"report\""] {
        let (batch, event) = world.read_one(&fee_line(&[("mode", mode), ("channel", "\"ACME\"")]));
        let Told::CarrierFee { amount, channel, reason } = event.told else { panic!("wanted a charge") };
        assert_eq!((event.mode, event.price), (Mode::Report, None), "told to be {mode:?}");
        assert_eq!(amount, Money::from_nanos(50_000_000));
        assert_eq!(channel, Address::parse("ACME").ok());
        assert_eq!(batch.texts.get(reason), "registration");
        assert_eq!(event.fingerprint, world.secret.fingerprint(&batch.event(0)), "the fingerprint");
    }
}

proptest! {
    #[test]
    fn a_field_with_any_text_is_taken_or_named(
        field in "id|type|wallet|source|time|mode|campaign|channel|peer|kind|text|encoding|sender_type|carrier|hold",
        text in "\\PC{0,20}|[+0-9:TZ.-]{0,25}"
    ) {
        let batch = World::new().read(line(&[(&field, &quoted(&text))]));
        let found = told(&batch).pop().unwrap();
        let named = found.ends_with(&format!(" {field}")) || (field == "encoding" && found.ends_with(" segments"));
        prop_assert!(found.ends_with(" ok") || named, "{}: {}", field, found);
    }
}
