//! What plans must be, and what they come to.

use serde_json::{Value, json};

use super::*;
use crate::domain::samples::money;
use crate::tariff_file;

fn version() -> Version {
    let text = r#"
name = "t"
version = "1"
currency = "USD"
effective_from = "2026-01-01T00:00:00Z"
"#;
    let rates = "\
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,1,,,0.01,US
outbound,sms,1,toll_free,,0.02,US
outbound,sms,1204,,,0.05,CA
outbound,mms,1,,,0.1,US
";
    let fees = "\
direction,kind,prefix,sender_type,carrier,fee
outbound,sms,1,,,0.001
outbound,sms,1,,310260,0.003
";
    let text = format!("{text}rates_csv = '''\n{rates}'''\ncarrier_fees_csv = '''\n{fees}'''\n");
    tariff_file::parse(&text, "test").unwrap_or_else(|faults| panic!("{faults}"))
}

/// What a plan comes to: messages, segments, low and high; or the field and the code of the problem.
fn told(plan: Value) -> String {
    let plan: Plan = match serde_json::from_value(plan) {
        Ok(plan) => plan,
        Err(error) => return format!("unreadable: {error}"),
    };
    let rented = Rented::from([(Address::parse("+14155550199").unwrap(), SenderType::TollFree)]);
    match plan.sum(Prices { version: Some(&version()), rented: Some(&rented) }) {
        Ok(Sum { messages, segments, cost }) => format!("{messages} {segments} {} {}", cost.low, cost.high),
        Err(problem) => format!("{} {}", problem.field().unwrap_or("-"), problem.code().word()),
    }
}

fn message(fields: Value) -> Value {
    let mut message = json!({"channel": "+14155550100", "peer": "+13105550100", "kind": "sms"});
    let given = fields.as_object().unwrap().clone();
    message.as_object_mut().unwrap().extend(given);
    message
}

#[test]
fn messages_come_to_what_each_may_cost() {
    let table = [
        (json!({"text": "hi"}), "1 1 0.011 0.013"),
        (json!({"segments": 3}), "1 3 0.033 0.039"),
        (json!({"segments": 3, "encoding": "UCS-2"}), "1 3 0.033 0.039"),
        (json!({"text": "hi", "segments": 3}), "1 3 0.011 0.039"),
        (json!({"text": "]".repeat(153), "segments": 1}), "1 3 0.011 0.039"),
        (json!({"text": "hi", "carrier": "310260"}), "1 1 0.013 0.013"),
        (json!({"text": "hi", "carrier": "310410"}), "1 1 0.011 0.011"),
        (json!({"text": "hi", "channel": "+18005550100"}), "1 1 0.021 0.023"),
        (json!({"text": "hi", "sender_type": "toll_free"}), "1 1 0.021 0.023"),
        (json!({"text": "hi", "channel": "+14155550199"}), "1 1 0.021 0.023"),
        (json!({"text": "hi", "channel": "+14155550199", "sender_type": "local"}), "1 1 0.011 0.013"),
        (json!({"kind": "mms"}), "1 1 0.1 0.1"),
        (json!({"kind": "mms", "text": "hi"}), "1 1 0.1 0.1"),
        (json!({"text": "hi", "channel": "ACME"}), "1 1 0.011 0.013"),
        (json!({"text": "hi", "peer": "+447700900123"}), "messages[0] no_rate"),
        (json!({}), "messages[0].text bad_field"),
        (json!({"text": "x".repeat(160 * 255)}), "messages[0].text bad_field"),
        (json!({"segments": 0}), "messages[0].segments bad_field"),
        (json!({"segments": 256}), "messages[0].segments bad_field"),
        (json!({"text": "hi", "encoding": "GSM-7"}), "messages[0].segments bad_field"),
        (json!({"segments": 1, "encoding": "ASCII"}), "messages[0].encoding bad_field"),
        (json!({"kind": "mms", "segments": 1}), "messages[0].segments bad_field"),
        (json!({"kind": "fax", "text": "hi"}), "messages[0].kind bad_field"),
        (json!({"text": "hi", "peer": "72345"}), "messages[0].peer bad_field"),
        (json!({"text": "hi", "peer": "nobody?"}), "messages[0].peer bad_field"),
        (json!({"text": "hi", "channel": ""}), "messages[0].channel bad_field"),
        (json!({"text": "hi", "carrier": "1"}), "messages[0].carrier bad_field"),
        (json!({"text": "hi", "sender_type": "free"}), "messages[0].sender_type bad_field"),
    ];
    for (fields, want) in table {
        let plan = json!({"messages": [message(fields.clone())]});
        assert_eq!(told(plan), want, "{}", fields.to_string().chars().take(80).collect::<String>());
    }
    let two = json!({"messages": [message(json!({"text": "hi"})), message(json!({"segments": 0}))]});
    assert_eq!(told(two), "messages[1].segments bad_field", "the place is that in the list");
}

#[test]
fn recipients_come_to_what_the_dearest_number_of_each_prefix_costs() {
    let local = |recipients: Value| json!({"sender_type": "local", "kind": "sms", "segments": 1, "recipients": recipients});
    let table = [
        (local(json!({"+1": 1000})), "1000 1000 11 53"),
        (local(json!({"+1310": 10})), "10 10 0.11 0.13"),
        (local(json!({"+1310": 10, "+1204": 1})), "11 11 0.161 0.183"),
        (
            json!({"channel": "+18005550100", "kind": "sms", "segments": 2, "recipients": {"+1310": 1}}),
            "1 2 0.042 0.046",
        ),
        (
            json!({"channel": "+14155550199", "kind": "sms", "segments": 1, "recipients": {"+1310": 1}}),
            "1 1 0.021 0.023",
        ),
        (json!({"channel": "72345", "kind": "mms", "segments": 1, "recipients": {"+1": 5}}), "5 5 0.5 0.5"),
        (json!({"channel": "72345", "kind": "mms", "recipients": {"+1": 5}}), "5 5 0.5 0.5"),
        (local(json!({"+1": 1, "+44": 20})), "recipients.+44 no_rate"),
        (local(json!({})), "recipients bad_field"),
        (local(json!({"1": 5})), "recipients.1 bad_field"),
        (local(json!({"+*": 5})), "recipients.+* bad_field"),
        (local(json!({"+": 5})), "recipients.+ bad_field"),
        (local(json!({"+1": 0})), "recipients.+1 bad_field"),
        (local(json!({"+1": 10_000_001})), "recipients.+1 bad_field"),
        (json!({"sender_type": "local", "kind": "sms", "recipients": {"+1": 5}}), "segments bad_field"),
        (json!({"sender_type": "local", "segments": 1, "recipients": {"+1": 5}}), "kind bad_field"),
        (json!({"kind": "sms", "segments": 1, "recipients": {"+1": 5}}), "channel bad_field"),
        (
            json!({"channel": "72345", "kind": "mms", "segments": 2, "recipients": {"+1": 5}}),
            "segments bad_field",
        ),
        (
            json!({"channel": "72345", "kind": "sms", "segments": 256, "recipients": {"+1": 5}}),
            "segments bad_field",
        ),
        (json!({}), "messages bad_field"),
        (json!({"messages": []}), "messages bad_field"),
        (json!({"messages": [], "recipients": {}}), "recipients bad_field"),
        (json!({"messages": [], "kind": "sms"}), "kind bad_field"),
    ];
    for (plan, want) in table {
        assert_eq!(told(plan.clone()), want, "{plan}");
    }
}

#[test]
fn sums_that_are_no_amounts_are_refused_and_nothing_is_rated_without_a_version() {
    let plan = |text: &str| serde_json::from_str::<Plan>(text);
    let many = r#"{"sender_type": "local", "kind": "sms", "segments": 1, "recipients": {"+1": 1}}"#;
    let problem = plan(many).unwrap().sum(Prices { version: None, rented: None }).unwrap_err();
    assert_eq!(problem.code().word(), "no_rate");
    let sum = Sum { cost: Range { low: money("0"), high: Money::MAX }, ..Sum::NOTHING };
    assert_eq!(sum.plus(1, 1, Some(Range { low: money("0"), high: money("1") })), None);
    let twice = r#"{"sender_type": "local", "kind": "sms", "segments": 1, "recipients": {"+1": 1, "+1": 2}}"#;
    assert!(plan(twice).unwrap_err().to_string().contains("comes twice"));
}
