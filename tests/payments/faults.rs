//! Every fault of a payment as a table: whatever happens, at most one charge at the provider, one credit for each
//! success, and after three days nothing is open.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::provider::{fault, text};
use crate::support::sandbox::{AUTHENTICATION, DECLINED, DECLINED_LATER, GOOD};
use crate::world::{World, ended};

const CUSTOMERS: &str = "POST /v1/customers";
const SESSIONS: &str = "POST /v1/checkout/sessions";
const CHARGES: &str = "POST /v1/payment_intents";
const LISTS: &str = "GET /v1/payment_intents";
const SESSION: &str = "GET /v1/checkout/sessions";
const METHODS: &str = "GET /v1/payment_methods";
const ANY: &str = " /v1/";

/// A fault, the calls that it strikes, and how many.
type Strike = (&'static str, &'static str, u32);

fn switches(strikes: &[Strike], webhooks: &Value) -> Value {
    let faults: Vec<Value> = strikes.iter().map(|(kind, line, calls)| fault(kind, line, *calls)).collect();
    let mut switches = webhooks.clone();
    switches["faults"] = faults.into();
    switches
}

/// How the provider tells what happened.
type Way = (&'static str, Value);

/// Never, and in one of the other ways by turns.
fn two_of(turn: usize) -> [Way; 2] {
    let [never, others @ ..] = tellings();
    let [first, second, third] = others;
    let other = match turn % 3 {
        0 => first,
        1 => second,
        _ => third,
    };
    [never, other]
}

fn tellings() -> [Way; 4] {
    [
        ("never told", json!({"webhooks": false})),
        ("told at once", json!({})),
        ("told ten times, the last first", json!({"webhook_copies": 10, "webhook_reorder": true})),
        ("told an hour late", json!({"webhook_delay_seconds": 3600, "webhook_copies": 2})),
    ]
}

/// A charge of a kept card: what goes wrong, and what becomes of the attempts within three days.
type Charge = (&'static str, &'static str, &'static [Strike], &'static [&'static str]);

const PAID: &[&str] = &["succeeded"];
const CHARGED: [Charge; 21] = [
    ("nothing", GOOD, &[], PAID),
    ("lost on its way", GOOD, &[("time_out_before", CHARGES, 1)], PAID),
    ("done, and its answer lost", GOOD, &[("time_out_after", CHARGES, 1)], PAID),
    ("500, and nothing done", GOOD, &[("error_before", CHARGES, 1)], PAID),
    ("500, and done", GOOD, &[("error_after", CHARGES, 1)], PAID),
    ("409", GOOD, &[("in_flight", CHARGES, 2)], PAID),
    ("429", GOOD, &[("too_many", CHARGES, 4)], PAID),
    (
        "one after the other",
        GOOD,
        &[("too_many", CHARGES, 1), ("time_out_before", CHARGES, 1), ("error_after", CHARGES, 1)],
        PAID,
    ),
    ("lost, and asking fails", GOOD, &[("time_out_before", CHARGES, 1), ("error_before", LISTS, 3)], PAID),
    ("done, and asking fails", GOOD, &[("time_out_after", CHARGES, 1), ("time_out_before", LISTS, 3)], PAID),
    ("done with 500, and asking fails", GOOD, &[("error_after", CHARGES, 1), ("too_many", LISTS, 5)], PAID),
    ("the card cannot be shown", GOOD, &[("error_before", METHODS, 3)], PAID),
    ("out for hours", GOOD, &[("error_before", ANY, 15)], PAID),
    (
        "out for hours, and done at first",
        GOOD,
        &[("time_out_after", CHARGES, 1), ("error_before", ANY, 15)],
        PAID,
    ),
    (
        "no funds once",
        GOOD,
        &[("insufficient_funds", CHARGES, 1)],
        &["failed insufficient_funds", "succeeded"],
    ),
    (
        "no funds for good",
        GOOD,
        &[("insufficient_funds", CHARGES, 9)],
        &[
            "failed insufficient_funds",
            "failed insufficient_funds",
            "failed insufficient_funds",
            "failed insufficient_funds",
        ],
    ),
    ("declined", DECLINED_LATER, &[], DECLINES),
    ("declined, and the answer lost", DECLINED_LATER, &[("time_out_after", CHARGES, 4)], DECLINES),
    ("declined, and 500", DECLINED_LATER, &[("error_after", CHARGES, 4)], DECLINES),
    ("needs its owner", AUTHENTICATION, &[], OWNERS),
    ("needs its owner, and the answer lost", AUTHENTICATION, &[("time_out_after", CHARGES, 4)], OWNERS),
];
const DECLINES: &[&str] =
    &["failed generic_decline", "failed generic_decline", "failed generic_decline", "failed generic_decline"];
const OWNERS: &[&str] = &[
    "failed authentication_required",
    "failed authentication_required",
    "failed authentication_required",
    "failed authentication_required",
];

#[tokio::test]
async fn a_kept_card_is_charged_at_most_once_an_attempt_and_each_success_is_credited_once() {
    let mut world = World::start();
    let mut stories = 0;
    for (turn, (what, card, strikes, want)) in CHARGED.iter().enumerate() {
        for (telling, webhooks) in two_of(turn) {
            stories += 1;
            let (wallet, what) = (format!("w-{stories}"), format!("{what}, {telling}"));
            let customers = BTreeSet::from([world.with_card(&wallet, card).await]);
            world.set_auto(&wallet).await;
            world.client.switch(&switches(strikes, &webhooks)).await;
            world.client.spend(&wallet, "fee-1", "20").await;
            world.pass_hours(72).await;
            world.client.switch(&json!({})).await;
            assert_eq!(world.came_to(&wallet, &customers).await, *want, "{what}");
            let succeeded = want.last() == Some(&"succeeded");
            let balance = if succeeded { "45" } else { "5" };
            assert_eq!(world.client.wallet(&wallet).await["balance"], balance, "{what}");
            let auto = world.client.auto_top_up(&wallet).await;
            let reason = match want.last() {
                Some(&"succeeded") => Value::Null,
                Some(&"failed authentication_required") => "authentication_required".into(),
                _ => "declined".into(),
            };
            assert_eq!(auto["reason"], reason, "{what}: {auto}");
            world.client.end_auto_top_up(&wallet).await.wants(200);
        }
    }
    world.stop_and_verify();
}

/// A checkout: what goes wrong while it is opened, and while it is looked up after it was paid.
type Paying = (&'static str, &'static [Strike], &'static [Strike]);

const PAYING: [Paying; 16] = [
    ("nothing", &[], &[]),
    ("making the customer is lost", &[("time_out_before", CUSTOMERS, 1)], &[]),
    ("the customer is made, the answer lost", &[("time_out_after", CUSTOMERS, 1)], &[]),
    ("500 for the customer", &[("error_before", CUSTOMERS, 2)], &[]),
    ("409 for the customer", &[("in_flight", CUSTOMERS, 1)], &[]),
    ("opening is lost", &[("time_out_before", SESSIONS, 1)], &[]),
    ("it is opened, the answer lost", &[("time_out_after", SESSIONS, 1)], &[]),
    ("500, and not opened", &[("error_before", SESSIONS, 2)], &[]),
    ("409", &[("in_flight", SESSIONS, 2)], &[]),
    ("429", &[("too_many", SESSIONS, 3)], &[]),
    ("out for an hour", &[("error_before", ANY, 7)], &[]),
    ("looking up the session is lost", &[], &[("time_out_before", SESSION, 3)]),
    ("looking up the session is 500", &[], &[("error_before", SESSION, 4)]),
    ("looking up the session is 429", &[], &[("too_many", SESSION, 2)]),
    ("looking up the payment fails", &[], &[("error_before", LISTS, 3), ("error_before", METHODS, 3)]),
    (
        "everything fails at first",
        &[("time_out_after", CUSTOMERS, 1), ("time_out_after", SESSIONS, 1)],
        &[("error_before", ANY, 5)],
    ),
];

#[tokio::test]
async fn a_checkout_is_credited_once_for_its_payment() {
    let mut world = World::start();
    let mut stories = 0;
    for (turn, (what, opening, looking_up)) in PAYING.iter().enumerate() {
        for (telling, webhooks) in two_of(turn) {
            stories += 1;
            let (wallet, what) = (format!("w-{stories}"), format!("{what}, {telling}"));
            world.client.wallet_with(&wallet, "0").await;
            world.client.switch(&switches(opening, &webhooks)).await;
            world.client.open_top_up(&wallet, "k-1", "25").await.wants(201);
            world.pass_hours(2).await;
            let opened = world.client.top_up(&wallet, "tu_1").await;
            let page = text(&opened, "checkout_url").to_owned();
            assert_eq!(world.client.faults_left().await, 0, "{what}: wanted every fault to strike");
            let customers = BTreeSet::from([world.account.customer_of(&page).await]);
            // A card that does not pay leaves the page open.
            world.customer.send(&page, "pay", DECLINED).await;
            world.client.switch(&switches(looking_up, &webhooks)).await;
            world.customer.send(&page, "pay", GOOD).await;
            world.pass_hours(70).await;
            world.client.switch(&json!({})).await;
            assert_eq!(ended(&world.client.top_up(&wallet, "tu_1").await), "succeeded", "{what}");
            world.came_to(&wallet, &customers).await;
            assert_eq!(world.client.wallet(&wallet).await["balance"], "25", "{what}");
        }
    }
    world.stop_and_verify();
}

/// A page that nobody pays at closes by itself, however little the provider tells.
#[tokio::test]
async fn a_checkout_that_is_not_paid_closes_without_a_credit() {
    let mut world = World::start();
    let payers = ["never comes", "leaves", "is declined"];
    let outages: [&[Strike]; 3] = [&[], &[("error_before", SESSION, 20)], &[("time_out_before", ANY, 40)]];
    for (number, strikes) in outages.into_iter().enumerate() {
        for (telling, webhooks) in tellings() {
            world.client.switch(&webhooks).await;
            let mut opened = Vec::new();
            for payer in payers {
                let what = format!("the payer {payer}, {telling}, {strikes:?}");
                let wallet = format!("{payer}, {telling}, {number}").replace([' ', ','], "-");
                world.client.wallet_with(&wallet, "0").await;
                let top_up = world.client.open_top_up(&wallet, "k-1", "25").await.wants(201);
                let page = text(&top_up, "checkout_url").to_owned();
                let customers = BTreeSet::from([world.account.customer_of(&page).await]);
                match payer {
                    "leaves" => world.customer.send(&page, "abandon", "").await,
                    "is declined" => world.customer.send(&page, "decline", "").await,
                    _ => {}
                }
                opened.push((what, wallet, customers));
            }
            world.client.switch(&switches(strikes, &webhooks)).await;
            world.pass_hours(72).await;
            world.client.switch(&json!({})).await;
            for (what, wallet, customers) in opened {
                assert_eq!(ended(&world.client.top_up(&wallet, "tu_1").await), "expired", "{what}");
                world.came_to(&wallet, &customers).await;
                assert_eq!(world.client.wallet(&wallet).await["balance"], "0", "{what}");
            }
        }
    }
    world.stop_and_verify();
}
