//! What became of a message (RULES, section 8): first, late, repeated, contradictory and early statuses, from the
//! message's source and from others, and what each leaves charged.

use reqwest::Method;
use serde_json::json;

use crate::seen;
use crate::support::event::Event;
use crate::support::{decimal, nanos};
use crate::world::{World, final_status, message};

const START: &str = "2026-07-15T10:00:00Z";

/// A status, its error code (empty: none), and what must be answered: outcome and amount.
type Told = (&'static str, &'static str, &'static str, &'static str);

async fn spent(world: &World, wallet: &str) -> String {
    decimal(nanos("100") - world.client.balance(wallet).await)
}

fn coded(wallet: &str, id: &str, of: &str, status: &str, error_code: &str) -> Event {
    let bare = final_status(wallet, id, of, status);
    if error_code.is_empty() { bare } else { bare.with("error_code", error_code) }
}

/// Every sequence is told of a message that costs 2; last comes what stays charged in the end.
#[tokio::test]
async fn the_first_final_status_counts_and_after_a_failure_delivered_counts_once_more() {
    let failed: Told = ("failed", "", "charged", "-1.999");
    let table: Vec<(&str, Vec<Told>, &str)> = vec![
        ("delivered", vec![("delivered", "", "recorded", "0")], "2"),
        ("failed: the failure fee stays", vec![failed], "0.001"),
        ("failed with a code that no row names", vec![("failed", "30007", "charged", "-1.999")], "0.001"),
        ("undelivered stays charged", vec![("undelivered", "", "recorded", "0")], "2"),
        ("an error code of no class", vec![("undelivered", "99999", "recorded", "0")], "2"),
        ("a class that leaves nothing charged", vec![("undelivered", "30007", "charged", "-2")], "0"),
        ("a class with a fee of its own", vec![("undelivered", "30008", "charged", "-1.75")], "0.25"),
        (
            "delivered, then failed",
            vec![("delivered", "", "recorded", "0"), ("failed", "", "recorded", "0")],
            "2",
        ),
        (
            "delivered twice",
            vec![("delivered", "", "recorded", "0"), ("delivered", "", "recorded", "0")],
            "2",
        ),
        ("failed twice", vec![failed, ("failed", "", "recorded", "0")], "0.001"),
        ("failed, then undelivered", vec![failed, ("undelivered", "30007", "recorded", "0")], "0.001"),
        (
            "undelivered, then failed",
            vec![("undelivered", "", "recorded", "0"), ("failed", "", "recorded", "0")],
            "2",
        ),
        (
            "nothing left, then failed",
            vec![("undelivered", "30007", "charged", "-2"), ("failed", "", "recorded", "0")],
            "0",
        ),
        ("failed, late delivered", vec![failed, ("delivered", "", "charged", "1.999")], "2"),
        (
            "undelivered with a fee, late delivered",
            vec![("undelivered", "30008", "charged", "-1.75"), ("delivered", "", "charged", "1.75")],
            "2",
        ),
        (
            "nothing left, late delivered",
            vec![("undelivered", "30007", "charged", "-2"), ("delivered", "", "charged", "2")],
            "2",
        ),
        (
            "undelivered in full, late delivered: nothing was returned",
            vec![("undelivered", "", "recorded", "0"), ("delivered", "", "recorded", "0")],
            "2",
        ),
        (
            "after the late delivered nothing counts",
            vec![
                failed,
                ("delivered", "", "charged", "1.999"),
                ("failed", "", "recorded", "0"),
                ("delivered", "", "recorded", "0"),
                ("undelivered", "30007", "recorded", "0"),
            ],
            "2",
        ),
    ];
    let mut world = World::start(START).await;
    for (number, (name, statuses, stays)) in table.iter().enumerate() {
        for source in ["gateway", "carrier"] {
            let wallet = format!("w-{number}{source}");
            world.open_with(&wallet, "100").await;
            let sent = world.client.send_one(&message(&wallet, "m", 2).with("source", "gateway")).await;
            assert_eq!(sent.said(), "charged");
            for (step, (status, error_code, outcome, amount)) in statuses.iter().enumerate() {
                let mut event =
                    coded(&wallet, &format!("s-{step}"), "m", status, error_code).with("source", source);
                if source != "gateway" {
                    event = event.with("message_source", "gateway");
                }
                let told = world.client.send_one(&event).await;
                let got = (told.said(), told.amount.clone().unwrap_or_default());
                assert_eq!(
                    got,
                    ((*outcome).to_owned(), (*amount).to_owned()),
                    "{name} (source {source:?}), step {}: {}",
                    step + 1,
                    event.line()
                );
            }
            assert_eq!(
                spent(&world, &wallet).await,
                *stays,
                "{name} (source {source:?}): what stays charged"
            );
        }
    }
}

#[tokio::test]
async fn a_status_posts_a_return_and_its_fee_and_a_late_delivered_takes_both_back() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    world.send("acme", "m", 2).await;
    world.status("acme", "m", "failed").await;
    world.advance("2026-07-16T10:00:00Z").await;
    world.status("acme", "m", "delivered").await;
    let wanted = [
        "2026-07-15 10:00:00 adjustment 100 = 100",
        "2026-07-15 10:00:00 charge -2 = 98",
        "2026-07-15 10:00:00 refund 2 = 100",
        "2026-07-15 10:00:00 failure_fee -0.001 = 99.999",
        "2026-07-16 10:00:00 recharge -2 = 97.999",
        "2026-07-16 10:00:00 failure_fee_return 0.001 = 98",
    ];
    assert_eq!(seen::entries(&world.client, "acme").await, wanted);
}

#[tokio::test]
async fn the_failure_fee_is_never_more_than_what_was_returned() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    // 0.0004 to Britain, and a failure costs 0.001.
    let cheap = Event::outbound("acme", "m").with("peer", "+447911123456").with("channel", "+14155559999");
    assert_eq!(world.client.send_one(&cheap).await.amount.as_deref(), Some("0.0004"));
    world.status("acme", "m", "failed").await;
    assert_eq!(spent(&world, "acme").await, "0.0004", "the fee takes no more than was returned");
    world.status("acme", "m", "delivered").await;
    assert_eq!(spent(&world, "acme").await, "0.0004", "and is given back whole");
}

#[tokio::test]
async fn a_late_delivered_posts_as_a_report_even_while_suspended() {
    let mut world = World::start(START).await;
    world.open_with("acme", "2").await;
    world.send("acme", "m", 2).await;
    world.status("acme", "m", "failed").await;
    world.spend("acme", "1.999").await;
    assert_eq!(seen::wallet(&world.client.wallet("acme").await), "suspended 0");
    assert_eq!(world.status("acme", "m", "delivered").await.said(), "charged");
    assert_eq!(seen::wallet(&world.client.wallet("acme").await), "suspended -1.999");
}

#[tokio::test]
async fn a_status_is_an_event_with_an_id_and_a_content_of_its_own() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    world.send("acme", "m", 2).await;
    let told = || coded("acme", "s", "m", "failed", "30001");
    let first = world.client.send_one(&told()).await;
    let again = world.client.send_one(&told().with("time", "2026-07-15T09:00:00Z")).await;
    assert_eq!(again.said(), "duplicate");
    assert_eq!(again.posting(), first.posting(), "a duplicate tells the first's posting");
    let others = [
        told().with("status", "delivered"),
        told().with("message", "other"),
        told().with("error_code", "30002"),
        told().with("message_source", "gateway"),
        // An id of a message is taken too.
        coded("acme", "m", "m", "failed", ""),
    ];
    for event in others {
        assert_eq!(world.client.send_one(&event).await.said(), "conflict", "{}", event.line());
    }
    assert_eq!(spent(&world, "acme").await, "0.001");
    let invalid = [
        (
            "a status that is not final",
            told().with("id", "s-1").with("status", "sent"),
            "bad_field",
            "status",
        ),
        ("no status", told().with("id", "s-2").without("status"), "missing_field", "status"),
        ("no message", told().with("id", "s-3").without("message"), "missing_field", "message"),
        ("an amount", told().with("id", "s-4").with("amount", "1"), "bad_field", "amount"),
        (
            "an endless error code",
            told().with("id", "s-5").with("error_code", "x".repeat(200)),
            "bad_field",
            "error_code",
        ),
        ("an empty message", told().with("id", "s-6").with("message", ""), "bad_field", "message"),
    ];
    for (name, event, code, field) in invalid {
        let outcome = world.client.send_one(&event).await;
        let got = (outcome.said(), outcome.field.clone().unwrap_or_default());
        assert_eq!(got, (format!("invalid {code}"), field.to_owned()), "{name}: {}", event.line());
    }
    let late = told().with("id", "s-7").with("time", "2026-06-01T00:00:00Z");
    assert_eq!(world.client.send_one(&late).await.said(), "invalid too_old");
    let ahead = told().with("id", "s-8").with("time", "2026-07-15T10:06:00Z");
    assert_eq!(world.client.send_one(&ahead).await.said(), "invalid in_the_future");
}

#[tokio::test]
async fn a_status_names_its_message_by_id_and_source() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    let of_gateway = message("acme", "m", 2).with("source", "gateway");
    assert_eq!(world.client.send_one(&of_gateway).await.said(), "charged");
    let told = |id: &str| final_status("acme", id, "m", "failed").with("source", "carrier");
    assert_eq!(
        world.client.send_one(&told("s-1")).await.said(),
        "recorded",
        "there is no `m` without a source"
    );
    assert_eq!(
        world.client.send_one(&told("s-2").with("message_source", "carrier")).await.said(),
        "recorded"
    );
    let right = world.client.send_one(&told("s-3").with("message_source", "gateway")).await;
    assert_eq!((right.said().as_str(), right.amount.as_deref()), ("charged", Some("-1.999")));
    world.open_with("other", "100").await;
    let elsewhere = final_status("other", "s-3", "m", "failed").with("message_source", "gateway");
    assert_eq!(
        world.client.send_one(&elsewhere).await.said(),
        "recorded",
        "another wallet's message is not touched"
    );
}

#[tokio::test]
async fn an_early_status_is_kept_and_applied_in_the_step_of_its_message() {
    let mut world = World::start(START).await;
    let failed = ["charge -2 = 98", "refund 2 = 100", "failure_fee -0.001 = 99.999"];
    let table: [(&str, &[&str], &str, &[&str]); 4] = [
        ("failed", &["failed"], "0.001", &failed),
        ("delivered", &["delivered"], "2", &["charge -2 = 98"]),
        ("undelivered", &["undelivered"], "2", &["charge -2 = 98"]),
        ("both", &["failed", "delivered"], "2", &[]),
    ];
    for (wallet, statuses, stays, postings) in table {
        world.open_with(wallet, "100").await;
        for status in statuses {
            let early = world.status(wallet, "m", status).await;
            assert_eq!(early.said(), "recorded", "{wallet}: a status before its message");
        }
        assert_eq!(world.send(wallet, "m", 2).await.said(), "charged", "{wallet}");
        assert_eq!(spent(&world, wallet).await, stays, "{wallet}: what stays charged");
        if !postings.is_empty() {
            assert_eq!(seen::postings(&world.client, wallet).await[1..], *postings, "{wallet}");
        }
        let repeat = world.status(wallet, "m", "failed").await;
        assert_eq!(repeat.said(), "recorded", "{wallet}: the early one was the first");
    }
}

#[tokio::test]
async fn an_early_status_is_kept_35_days_from_whatever_source_and_over_a_kill() {
    let mut world = World::start(START).await;
    for wallet in ["day-34", "day-36"] {
        world.open_with(wallet, "100").await;
        let early = final_status(wallet, "s", "m", "failed")
            .with("source", "carrier")
            .with("message_source", "gateway");
        assert_eq!(world.client.send_one(&early).await.said(), "recorded");
    }
    world.kill_and_restart(START).await;
    for (at, wallet, stays) in
        [("2026-08-18T10:00:00Z", "day-34", "0.001"), ("2026-08-20T10:00:01Z", "day-36", "2")]
    {
        world.advance(at).await;
        let sent = world.client.send_one(&message(wallet, "m", 2).with("source", "gateway")).await;
        assert_eq!(sent.said(), "charged", "{wallet}");
        assert_eq!(spent(&world, wallet).await, stays, "{wallet}: what stays charged");
    }
}

#[tokio::test]
async fn a_status_of_a_message_that_was_refused_or_blocked_has_no_effect() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    assert_eq!(world.status("acme", "m", "failed").await.said(), "recorded");
    assert_eq!(world.send("acme", "m", 2).await.said(), "refused suspended");
    assert_eq!(world.client.send_one(&Event::inbound("acme", "in")).await.said(), "recorded suspended");
    assert_eq!(world.status("acme", "in", "failed").await.said(), "recorded", "nothing was charged for it");
    assert!(world.client.entries("acme").await.is_empty(), "nothing may be posted");
}

/// The policy and the fee are those of the version that priced the message.
#[tokio::test]
async fn the_version_that_priced_the_message_says_what_a_failure_costs() {
    let version = |name: &str, from: &str, fee: &str, undelivered: &str| {
        format!(
            r#"name = "gold"
version = "{name}"
currency = "USD"
effective_from = {from}
failure_fee = "{fee}"
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,49,,,1,DE
'''
failures_csv = '''
direction,kind,status,error_class,charge,fee
outbound,sms,undelivered,,{undelivered},
'''
"#
        )
    };
    let mut world = World::start(START).await;
    let toml = [("content-type", "application/toml")];
    for text in [
        version("one", "2020-01-01T00:00:00Z", "0.1", "nothing"),
        version("two", "2026-07-16T00:00:00Z", "0.2", "full"),
    ] {
        world.client.call(Method::POST, "/v1/tariffs", &toml, text).await.wants(201);
    }
    world.client.put_wallet("acme", &json!({"tariff": "gold"})).await.wants(201);
    world.credit("acme", "100").await;
    for id in ["old-1", "old-2"] {
        world.send("acme", id, 1).await;
    }
    world.advance("2026-07-20T10:00:00Z").await;
    for id in ["new-1", "new-2"] {
        world.send("acme", id, 1).await;
    }
    let table = [
        ("old-1", "failed", "-0.9"),
        ("old-2", "undelivered", "-1"),
        ("new-1", "failed", "-0.8"),
        ("new-2", "undelivered", "0"),
    ];
    for (id, status, amount) in table {
        let told = world.status("acme", id, status).await;
        assert_eq!(told.amount.as_deref(), Some(amount), "{id} {status}");
    }
}

#[tokio::test]
async fn a_return_names_the_entry_that_it_returns() {
    let mut world = World::start(START).await;
    world.open_with("acme", "100").await;
    world.send("acme", "other", 1).await;
    let charged = world.send("acme", "m", 2).await;
    world.status("acme", "m", "failed").await;
    let entries = world.client.entries("acme").await;
    let refund = entries.iter().find(|row| row["type"] == "refund").expect("a refund");
    let names =
        refund.as_object().unwrap().iter().any(|(field, value)| {
            field != "seq" && value.as_u64().is_some() && value.as_u64() == charged.seq
        });
    assert!(names, "wanted the refund to name entry {:?}: {refund}", charged.seq);
}
