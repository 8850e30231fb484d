//! Tests of the answer: it is JSON whatever was sent, and what the description says.

use super::super::schema::{EventResult, EventsAnswer};
use super::*;
use crate::domain::event::Mode;
use crate::domain::identity::{Fingerprint, Key};
use crate::domain::record::{Lack, TariffId};
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;
use crate::engine::batch::{BatchEvent, Told};
use crate::engine::outcome::{Absence, Rejection};

const CENT: Money = Money::from_nanos(10_000_000);

/// A batch of events with these ids, each on a line of its own.
fn batch(ids: &[&str]) -> Batch {
    let mut batch = Batch::default();
    for (index, id) in ids.iter().enumerate() {
        let id = batch.texts.keep(id);
        let nothing = batch.texts.keep("");
        batch.events.push(BatchEvent {
            wallet: WalletId { partition: 0, number: 0 },
            key: Key(0),
            fingerprint: Fingerprint(0),
            id,
            source: nothing,
            campaign: nothing,
            tags: nothing,
            hold: nothing,
            told: Told::CarrierFee { amount: CENT, channel: None, reason: nothing },
            mode: Mode::Report,
            occurred_at: Timestamp::default(),
            tariff: TariffId(0),
            price: None,
        });
        batch.lines.push(Line { number: index as u32 + 1, id, read: Read::Event(index as u32) });
    }
    batch
}

fn read(answer: &[u8]) -> EventsAnswer {
    let told = String::from_utf8_lossy(answer);
    serde_json::from_slice(answer).unwrap_or_else(|error| panic!("not as described: {error}: {told}"))
}

#[test]
fn the_answer_is_byte_for_byte_what_the_interface_promises() {
    let mut batch = batch(&["m-1", "m-1"]);
    let invalid = Invalid { code: "bad_field", field: Some("peer".into()), detail: "no number".into() };
    let id = batch.texts.keep("");
    batch.lines.push(Line { number: 4, id, read: Read::Invalid(Box::new(invalid)) });
    let verdict = Verdict { outcome: Taken::Posted, amount: CENT, seq: 2 };
    let answer = write(&batch, &[Outcome::Charged { amount: CENT, seq: 2 }, Outcome::Duplicate(verdict)]);
    let want = concat!(
        r#"{"accepted":2,"charged":1,"recorded":0,"refused":0,"duplicate":1,"conflict":0,"invalid":1,"unavailable":0,"#,
        r#""results":[{"line":1,"id":"m-1","outcome":"charged","code":null,"amount":"0.01","seq":2},"#,
        r#"{"line":2,"id":"m-1","outcome":"duplicate","code":null,"amount":"0.01","seq":2},"#,
        r#"{"line":4,"id":null,"outcome":"invalid","code":"bad_field","field":"peer","detail":"no number"}]}"#,
    );
    assert_eq!(String::from_utf8(answer).unwrap(), want);
}

#[test]
fn every_outcome_has_its_word_code_amount_and_entry() {
    let duplicate = |outcome, seq| Outcome::Duplicate(Verdict { outcome, amount: Money::ZERO, seq });
    type Want = (&'static str, Option<&'static str>, Option<&'static str>, Option<u64>);
    let table: [(Outcome, Want); 15] = [
        (Outcome::Charged { amount: CENT, seq: 7 }, ("charged", None, Some("0.01"), Some(7))),
        (Outcome::Recorded(Some(Lack::Suspended)), ("recorded", Some("suspended"), Some("0"), None)),
        (
            Outcome::Recorded(Some(Lack::InsufficientBalance)),
            ("recorded", Some("insufficient_balance"), Some("0"), None),
        ),
        (Outcome::Recorded(None), ("recorded", None, Some("0"), None)),
        (Outcome::Refused(Lack::NumberReleased), ("refused", Some("number_released"), None, None)),
        (Outcome::Refused(Lack::Suspended), ("refused", Some("suspended"), None, None)),
        (Outcome::Refused(Lack::InsufficientBalance), ("refused", Some("insufficient_balance"), None, None)),
        (duplicate(Taken::BlockedSuspended, 0), ("duplicate", Some("suspended"), Some("0"), None)),
        (
            duplicate(Taken::BlockedInsufficientBalance, 0),
            ("duplicate", Some("insufficient_balance"), Some("0"), None),
        ),
        (Outcome::Conflict, ("conflict", None, None, None)),
        (Outcome::Unavailable(Absence::Quarantined), ("unavailable", Some("quarantined"), None, None)),
        (Outcome::Unavailable(Absence::Stopping), ("unavailable", Some("stopping"), None, None)),
        (Outcome::Invalid(Rejection::TooOld), ("invalid", Some("too_old"), None, None)),
        (Outcome::Invalid(Rejection::InTheFuture), ("invalid", Some("in_the_future"), None, None)),
        (Outcome::Invalid(Rejection::NoRate), ("invalid", Some("no_rate"), None, None)),
    ];
    let outcomes = table.map(|(outcome, _)| outcome);
    let answer = read(&write(&batch(&["m"; 15]), &outcomes));
    for (result, (outcome, (word, code, amount, seq))) in answer.results.iter().zip(table) {
        let EventResult { outcome: found, code: found_code, amount: found_amount, seq: found_seq, .. } =
            result;
        let found = (found.as_str(), found_code.as_deref(), found_amount.as_deref(), *found_seq);
        assert_eq!(found, (word, code, amount, seq), "{outcome:?}");
    }
    let EventsAnswer {
        accepted,
        charged,
        recorded,
        refused,
        duplicate,
        conflict,
        invalid,
        unavailable,
        results,
    } = answer;
    let counts = [charged, recorded, refused, duplicate, conflict, invalid, unavailable];
    assert_eq!(counts, [1, 3, 3, 2, 1, 3, 2]);
    assert_eq!(accepted, charged + recorded + duplicate);
    assert_eq!(counts.iter().sum::<u64>(), results.len() as u64, "every result is counted once");
}

#[test]
fn hostile_ids_fields_and_details_come_back_as_they_were() {
    let hostile = ["\"", "\\", "\u{0}\u{1f}\n", "</script>", "\u{2028}", "é😀", "\",\"outcome\":\"charged"];
    let mut batch = batch(&hostile);
    for text in hostile {
        let id = batch.texts.keep(text);
        let invalid = Invalid { code: "unknown_field", field: Some(text.into()), detail: text.into() };
        batch.lines.push(Line { number: 99, id, read: Read::Invalid(Box::new(invalid)) });
    }
    let outcomes = [Outcome::Conflict; 7];
    let results = read(&write(&batch, &outcomes)).results;
    for (result, text) in results.iter().zip(hostile.iter().chain(&hostile)) {
        assert_eq!(result.id.as_deref(), Some(*text));
    }
    for (result, text) in results[hostile.len()..].iter().zip(hostile) {
        let found = (result.field.as_deref(), result.detail.as_deref());
        assert_eq!(found, (Some(text), Some(text)), "field and detail");
    }
}

#[test]
fn neighbouring_amounts_are_not_mixed_up() {
    let amounts = [0, 7_900_000, 7_900_000, -1, 0, i64::MAX];
    let outcomes = amounts.map(|nanos| Outcome::Charged { amount: Money::from_nanos(nanos), seq: 1 });
    let results = read(&write(&batch(&["m"; 6]), &outcomes)).results;
    let found: Vec<_> = results.into_iter().map(|result| result.amount.unwrap()).collect();
    assert_eq!(found, amounts.map(|nanos| Money::from_nanos(nanos).to_string()));
}
