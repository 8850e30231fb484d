//! Which answers pass and which are differences.

use super::*;

fn found(json: &str) -> Found {
    serde_json::from_str(json).expect("a result was written")
}

#[test]
fn an_answer_passes_only_when_every_part_is_as_expected() {
    let charged =
        Answer { outcome: Outcome::Charged, code: None, field: None, amount: Some(7_900_000), seq: Some(2) };
    let refused =
        Answer { outcome: Outcome::Refused, code: Some("suspended"), field: None, amount: None, seq: None };
    let invalid =
        Answer { outcome: Outcome::Invalid, code: Some("bad_field"), field: Some("peer"), ..refused.clone() };
    let table = [
        (&charged, r#"{"line":3,"id":"m","outcome":"charged","code":null,"amount":"0.0079","seq":2}"#, true),
        (&charged, r#"{"line":4,"id":"m","outcome":"charged","code":null,"amount":"0.0079","seq":2}"#, false),
        (&charged, r#"{"line":3,"id":"m","outcome":"charged","code":null,"amount":"0.008","seq":2}"#, false),
        (&charged, r#"{"line":3,"id":"m","outcome":"charged","code":null,"amount":"0.0079","seq":3}"#, false),
        (&charged, r#"{"line":3,"id":"m","outcome":"charged","code":null,"seq":2}"#, false),
        (
            &charged,
            r#"{"line":3,"id":"m","outcome":"duplicate","code":null,"amount":"0.0079","seq":2}"#,
            false,
        ),
        (
            &refused,
            r#"{"line":3,"id":"m","outcome":"refused","code":"suspended","amount":null,"seq":null}"#,
            true,
        ),
        (&refused, r#"{"line":3,"id":"m","outcome":"refused","code":"suspended","amount":"0"}"#, true),
        (&refused, r#"{"line":3,"id":"m","outcome":"refused","code":"suspended","amount":"1"}"#, false),
        (&refused, r#"{"line":3,"id":"m","outcome":"refused","code":"insufficient_balance"}"#, false),
        (&invalid, r#"{"line":3,"id":null,"outcome":"invalid","code":"bad_field","field":"peer"}"#, true),
        (&invalid, r#"{"line":3,"id":null,"outcome":"invalid","code":"bad_field","field":"kind"}"#, false),
    ];
    for (want, json, passes) in table {
        let difference = difference(want, 3, &found(json));
        assert_eq!(difference.is_none(), passes, "{json}: {difference:?}");
    }
}

#[test]
fn a_blank_line_moves_the_line_numbers() {
    let mut batch = Batch::default();
    (0..BLANK_LINE_EVERY).for_each(|step| batch.push(step, "{}"));
    let last = BLANK_LINE_EVERY as u64;
    assert_eq!(batch.steps[BLANK_LINE_EVERY - 2].1, last - 1);
    assert_eq!(batch.steps[BLANK_LINE_EVERY - 1].1, last + 1);
    assert_eq!(batch.body.iter().filter(|byte| **byte == b'\n').count() as u64, last + 1);
}
