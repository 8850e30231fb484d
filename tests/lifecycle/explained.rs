//! Every kind of entry is explained back to where it comes from: message, payment, hold, rental or whoever did it, with
//! what belongs with it, and a text in the wallet's own days.

use serde_json::{Value, json};

use crate::money_back::{dispute, pay, refund, reinstate};
use crate::support::event::Event;
use crate::world::{NUMBER, World};

const ZONE: &str = "America/New_York";

/// Of one entry: what explains it, and the entries told beside it.
struct Told {
    kind: String,
    json: Value,
    text: String,
    related: Vec<String>,
}

async fn explained(world: &World, wallet: &str) -> Vec<Told> {
    let mut all = Vec::new();
    for entry in world.client.entries(wallet).await {
        let path = format!("/v1/wallets/{wallet}/entries/{}/explain", entry["seq"]);
        let json = world.client.get(&path).await.wants(200);
        assert_eq!(json["entry"], entry, "{path}: the entry as it is listed");
        let word = |value: &Value| value.as_str().unwrap_or_else(|| panic!("a text: {json}")).to_owned();
        let (kind, text) = (word(&entry["type"]), word(&json["text"]));
        let balance = format!(
            "Balance: {} before, {} after.",
            word(&json["balance_before"]),
            word(&entry["balance_after"])
        );
        assert!(text.contains(&format!("({ZONE})")) && text.ends_with(&balance), "{kind}: {text}");
        let related =
            json["related"].as_array().expect("a list").iter().map(|row| word(&row["type"])).collect();
        all.push(Told { kind, text, related, json });
    }
    all
}

/// The only entry of a type.
fn only<'t>(told: &'t [Told], kind: &str) -> &'t Told {
    let mut of_kind = told.iter().filter(|told| told.kind == kind);
    match (of_kind.next(), of_kind.next()) {
        (Some(one), None) => one,
        (found, _) => panic!("wanted one {kind}, got {}", if found.is_some() { "more" } else { "none" }),
    }
}

/// That the text of the only entry of a type has these pieces, and nothing but this explains it.
fn check(told: &[Told], kind: &str, by: &[&str], related: &[&str], pieces: &[&str]) {
    let Told { json, text, related: found, .. } = only(told, kind);
    let fields = ["tariff", "corrected_tariff", "message", "top_up", "number_fee", "hold"];
    let given: Vec<&str> = fields.into_iter().filter(|field| !json[*field].is_null()).collect();
    assert_eq!(given, by, "what explains a {kind}: {json}");
    assert_eq!(found, related, "what belongs with a {kind}: {json}");
    for piece in pieces {
        assert!(text.contains(piece), "{kind}: wanted {piece:?} in {text:?}");
    }
}

const OF_MESSAGE: [&str; 2] = ["tariff", "message"];

#[tokio::test]
async fn whatever_a_message_or_a_hand_has_posted_is_explained() {
    let mut world = World::start("2026-10-15T14:00:00Z").await;
    world.open("acme", ZONE).await;
    world.credit("acme", "50").await;
    world.send("acme", "m-1", 2).await;
    world.status("acme", "m-1", "failed").await;
    world.advance("2026-10-16T14:00:00Z").await;
    world.status("acme", "m-1", "delivered").await;
    world.client.send_one(&Event::carrier_fee("acme", "f-1", "0.5").with("reason", "10DLC")).await;
    let hold = world.hold("acme", 3).await;
    world.settle_hold("acme", &hold, "2", true).await.wants(200);
    let told = explained(&world, "acme").await;
    let after = ["refund", "failure_fee", "recharge", "failure_fee_return"];
    let beside = |own: &str| -> Vec<&str> {
        let others = after.into_iter().filter(|kind| *kind != own);
        if own == "charge" { others.collect() } else { std::iter::once("charge").chain(others).collect() }
    };
    let table: [(&str, &[&str], &[&str]); 5] = [
        ("charge", &["was charged 2 USD: 2 segments x 1"], &["It was reported failed, then delivered."]),
        (
            "refund",
            &["2 USD was returned for the message of entry 2, which did not arrive."],
            &["15 October 2026, 10:00"],
        ),
        ("failure_fee", &["0.001 USD was charged as the failure fee of the message of entry 2."], &[]),
        (
            "recharge",
            &["2 USD was charged for the message of entry 2 again, as it arrived after all."],
            &["16 October 2026, 10:00"],
        ),
        (
            "failure_fee_return",
            &[
                "0.001 USD was returned of the failure fee of the message of entry 2, as it arrived after all.",
            ],
            &["an outbound SMS of 2 segments"],
        ),
    ];
    for (kind, pieces, more) in table {
        check(&told, kind, &OF_MESSAGE, &beside(kind), &[pieces, more].concat());
        let message = &only(&told, kind).json["message"];
        let statuses =
            json!([{"status": "failed", "error_code": null}, {"status": "delivered", "error_code": null}]);
        assert_eq!((&message["id"], &message["statuses"]), (&json!("m-1"), &statuses), "{kind}");
        assert_eq!(message["failure_policy"]["charge"], "fee", "{kind}: {message}");
    }
    check(&told, "carrier_fee", &[], &[], &["a carrier charged 0.5 USD", "10DLC"]);
    check(&told, "adjustment", &[], &[], &["50 USD was added to the balance by hand, with the key key_"]);
    check(
        &told,
        "hold_settlement",
        &["hold"],
        &[],
        &["2 USD was settled under the hold h_1, which set 3 aside"],
    );
}

#[tokio::test]
async fn money_that_came_and_went_is_explained_by_its_payment() {
    let mut world = World::start("2026-10-15T14:00:00Z").await;
    world.open("acme", ZONE).await;
    let payment = pay(&mut world, "100").await;
    refund(&mut world, &payment, 1_234).await;
    world.advance("2026-10-16T14:00:00Z").await;
    let disputed = dispute(&mut world, &payment, 6_000).await;
    world.advance("2026-10-17T14:00:00Z").await;
    let before = explained(&world, "acme").await;
    let told = &only(&before, "dispute").json["top_up"]["disputes"];
    assert_eq!(told[0]["status"], "withdrawn", "while it is: {told}");
    let sum = "Of 100 USD paid, 12.34 is refunded and 60 held back by disputes.";
    assert!(only(&before, "dispute").text.contains(sum), "{}", only(&before, "dispute").text);

    reinstate(&mut world, &disputed).await;
    let told = explained(&world, "acme").await;
    let all = ["top_up", "payment_refund", "dispute", "dispute_reinstated"];
    let payment = format!("payment {payment} at the payment provider");
    let table = [
        ("top_up", "100 USD was paid in by a checkout (top-up tu_1"),
        ("payment_refund", "the payment provider gave 12.34 USD of the top-up tu_1 back to the payer"),
        ("dispute", "the payer's bank took 60 USD of the top-up tu_1 back"),
        ("dispute_reinstated", "the payer's bank gave 60 USD of the top-up tu_1 back again"),
    ];
    for (kind, piece) in table {
        let related: Vec<&str> = all.into_iter().filter(|other| *other != kind).collect();
        check(&told, kind, &["top_up"], &related, &[piece, &payment]);
        let top_up = &only(&told, kind).json["top_up"];
        let found = json!([
            top_up["top_up"],
            top_up["credited"],
            top_up["refunded"],
            top_up["disputes"][0]["status"]
        ]);
        assert_eq!(
            found,
            json!(["tu_1", "100", "12.34", "reinstated"]),
            "{kind}: as it stands now: {top_up}"
        );
    }
}

#[tokio::test]
async fn a_fee_that_is_paid_late_is_explained_by_what_was_owed() {
    let mut world = World::start("2026-10-15T14:00:00Z").await;
    world.open("acme", ZONE).await;
    world.credit("acme", "6").await;
    world.buy("acme", NUMBER).await;
    world.advance("2026-11-20T14:00:00Z").await;
    world.credit("acme", "10").await;
    let told = explained(&world, "acme").await;
    let fees: Vec<&Told> = told.iter().filter(|told| told.kind == "number_fee").collect();
    let fields = |told: &Told| {
        let fee = &told.json["number_fee"];
        json!([fee["number"], fee["cycle"], fee["due_at"], fee["late"], fee["tariff"], fee["row"]])
    };
    let [first, late] = fees[..] else { panic!("wanted two fees, got {}", fees.len()) };
    assert_eq!(fields(first), json!([NUMBER, 0, "2026-10-15T14:00:00Z", false, "life", 0]));
    // The first instant of 15 November, after the clocks went back.
    assert_eq!(fields(late), json!([NUMBER, 1, "2026-11-15T05:00:00Z", true, null, null]));
    assert!(first.related.is_empty() && late.related.is_empty(), "a fee stands for itself");
    for piece in [
        "On 20 November 2026, 09:00 (America/New_York), 5 USD was charged for the local number +14155550100",
        "the monthly fee of cycle 1, due on 15 November 2026, 00:00.",
        "It was owed since, at what the number cost then, and is paid late.",
    ] {
        assert!(late.text.contains(piece), "wanted {piece:?} in {:?}", late.text);
    }
}
