//! Statuses: which fields make one, and which message it is about.

use super::super::super::samples::{ACME, World, fee_line, line, quoted, status_line};
use super::*;
use crate::domain::event::FinalStatus;

#[test]
fn what_is_wrong_with_a_status_is_named() {
    let long = |bytes: usize| quoted(&"x".repeat(bytes));
    check_invalid(&[
        (status_line(&[("message", "")]), "missing_field message"),
        (status_line(&[("message", "\"\"")]), "bad_field message"),
        (status_line(&[("message", &long(129))]), "bad_field message"),
        (status_line(&[("message", "7")]), "bad_field message"),
        (status_line(&[("message", r#""a\u0000""#)]), "bad_field message"),
        (status_line(&[("message_source", &long(129))]), "bad_field message_source"),
        (status_line(&[("message_source", "null")]), "bad_field message_source"),
        (status_line(&[("status", "")]), "missing_field status"),
        (status_line(&[("status", "\"\"")]), "bad_field status"),
        (status_line(&[("status", "\"sent\"")]), "bad_field status"),
        (status_line(&[("status", "\"Failed\"")]), "bad_field status"),
        (status_line(&[("status", "1")]), "bad_field status"),
        (status_line(&[("error_code", &long(65))]), "bad_field error_code"),
        (status_line(&[("error_code", "30007")]), "bad_field error_code"),
        (status_line(&[("error_code", r#""3\u0000""#)]), "bad_field error_code"),
        (status_line(&[("mode", "\"force\"")]), "bad_field mode"),
        (status_line(&[("hold", "\"h_1\"")]), "bad_field hold"),
        (status_line(&[("peer", "\"+14155550123\"")]), "bad_field peer"),
        (status_line(&[("segments", "1")]), "bad_field segments"),
        (status_line(&[("amount", "\"1\"")]), "bad_field amount"),
        (status_line(&[("colour", "\"red\"")]), "unknown_field colour"),
        (status_line(&[("wallet", "\"nobody\"")]), "unknown_wallet wallet"),
        (status_line(&[("status", r#""failed","status":"failed""#)]), "duplicate_field status"),
        (line(&[("hold", &long(65))]), "bad_field hold"),
        (fee_line(&[("message", "\"m-1\"")]), "bad_field message"),
    ]);
}

#[test]
fn a_status_is_read_whole() {
    let world = World::new();
    let (longest_id, longest_code) = ("x".repeat(128), "e".repeat(64));
    let (batch, event) = world.read_one(&status_line(&[
        ("source", "\"gateway/1\""),
        ("message", &quoted(&longest_id)),
        ("message_source", r#""pl\u0061tform""#),
        ("status", "\"undelivered\""),
        ("error_code", &quoted(&longest_code)),
        ("campaign", "\"spring\""),
        ("tags", r#"{"a":"b"}"#),
    ]));
    let told = batch.event(0);
    let message = Name { source: "platform", id: &longest_id };
    let status = FinalStatus::Undelivered;
    assert_eq!(
        told.happening,
        Happening::Status(StatusReport { message, status, error_code: &longest_code })
    );
    assert_eq!((told.name.source, told.name.id), ("gateway/1", "s-1"));
    assert_eq!((told.campaign, told.tags, told.hold), ("spring", r#"{"a":"b"}"#, ""));
    assert_eq!((event.wallet, event.price), (ACME, None));
    assert_eq!(
        event.message_key(),
        Some(world.secret.key(ACME, Named::Event(message))),
        "the message's own key"
    );
    assert_eq!(event.fingerprint, world.secret.fingerprint(&told), "the fingerprint");
}

#[test]
fn a_status_is_about_a_message_of_its_own_source_unless_it_names_another() {
    let table = [
        ("", "", ""),
        ("\"gateway\"", "", "gateway"),
        ("\"gateway\"", "\"platform\"", "platform"),
        ("\"gateway\"", "\"\"", ""),
        ("", "\"platform\"", "platform"),
    ];
    let world = World::new();
    for (source, message_source, want) in table {
        let changes = [("source", source), ("message_source", message_source)];
        let (batch, event) = world.read_one(&status_line(&changes));
        let Happening::Status(report) = batch.event(0).happening else { panic!("wanted a status") };
        assert_eq!((report.message.source, report.error_code), (want, ""), "{changes:?}");
        let (_, message) = world.read_one(&line(&[("source", &quoted(want))]));
        assert_eq!(event.message_key(), Some(message.key), "{changes:?}: the key of the message as it came");
        assert_eq!(message.message_key(), None, "a message is about no other");
    }
}

#[test]
fn a_status_is_always_a_report() {
    let world = World::new();
    for mode in ["", "\"admit\"", "\"report\""] {
        let (_, event) = world.read_one(&status_line(&[("mode", mode)]));
        assert_eq!(event.mode, Mode::Report, "told to be {mode:?}");
    }
}

#[test]
fn a_status_told_again_has_the_same_content_unless_what_it_says_is_another() {
    let world = World::new();
    let fingerprint = |changes: &[(&str, &str)]| world.read_one(&status_line(changes)).1.fingerprint;
    let first = fingerprint(&[]);
    let same: [&[(&str, &str)]; 4] = [
        &[("time", "\"2026-11-20T00:00:00Z\"")],
        &[("campaign", "\"spring\"")],
        &[("tags", r#"{"a":"b"}"#)],
        &[("message_source", "\"\""), ("error_code", "\"\"")],
    ];
    for changes in same {
        assert_eq!(fingerprint(changes), first, "{changes:?}");
    }
    let other: [&[(&str, &str)]; 6] = [
        &[("status", "\"undelivered\"")],
        &[("status", "\"delivered\"")],
        &[("message", "\"m-2\"")],
        &[("message_source", "\"platform\"")],
        &[("error_code", "\"30007\"")],
        &[("message", "\"m\""), ("error_code", "\"-1\"")],
    ];
    for changes in other {
        assert_ne!(fingerprint(changes), first, "{changes:?}");
    }
}
