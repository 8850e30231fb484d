//! What we sign, Stripe's library accepts; what it signs, we accept; what one refuses, so does the other.

use std::io::Write as _;
use std::process::{Command, Stdio};

use farebox::clock::Clock;
use farebox::domain::time::{Span, Timestamp};
use farebox::payments::{Notice, read_webhook, signature};
use serde_json::{Value, json};

use super::{beside, python};

const SECRET: &str = "whsec_of_this_test";
const BODY: &str =
    r#"{"id":"evt_1","object":"event","type":"customer.créated","livemode":false,"data":{"object":{}}}"#;

/// What our side says, in the words of the other.
fn ours(secret: &str, header: &str, body: &str, now: Timestamp) -> String {
    match read_webhook(&[secret], header, body.as_bytes(), now) {
        Ok(webhook) => webhook.event,
        Err(_) => "refused".to_owned(),
    }
}

#[test]
fn signatures_agree_with_stripes_own_library() {
    let Some(python) = python("signatures_agree_with_stripes_own_library") else { return };
    let now = Clock::system().now();
    let old = now.minus(Span::from_seconds(400));
    let sign = |secret: &str, at: Timestamp| signature::sign(secret, BODY.as_bytes(), at);
    let good = sign(SECRET, now);
    let (_, digest) = good.split_once("v1=").unwrap();
    let foreign = sign("whsec_other", now);
    let (_, foreign_digest) = foreign.split_once("v1=").unwrap();
    let rotating = format!("{good},v1={foreign_digest}");
    let other_scheme = good.replace("v1=", "v0=");
    let stamped_anew = format!("t={},v1={digest}", now.seconds() + 1);
    let table: [(&str, &str, &str, &str); 8] = [
        ("ours", &good, BODY, "evt_1"),
        ("one of two is ours", &rotating, BODY, "evt_1"),
        ("another secret", &foreign, BODY, "refused"),
        ("another body", &good, "{}", "refused"),
        ("too old", &sign(SECRET, old), BODY, "refused"),
        ("another scheme", &other_scheme, BODY, "refused"),
        ("another time", &stamped_anew, BODY, "refused"),
        ("no header", "", BODY, "refused"),
    ];
    let cases = table.map(|(_, header, body, _)| json!({ "secret": SECRET, "header": header, "body": body }));
    let asked = json!({ "cases": cases, "sign": { "secret": SECRET, "body": BODY } });
    let told = ask(&python, &asked);
    for ((name, header, body, want), verdict) in table.iter().zip(told["verdicts"].as_array().unwrap()) {
        assert_eq!(verdict, want, "{name}, by Stripe's library");
        assert_eq!(ours(SECRET, header, body, now), *want, "{name}, by ours");
    }
    let header = told["header"].as_str().unwrap();
    let webhook = read_webhook(&[SECRET], header, BODY.as_bytes(), now).unwrap();
    assert_eq!(webhook.notice, Notice::Ignored("customer.créated".to_owned()), "signed by Stripe's library");
}

fn ask(python: &std::path::Path, asked: &Value) -> Value {
    let mut child = Command::new(python)
        .arg(beside("signatures.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the peers' Python starts");
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}
