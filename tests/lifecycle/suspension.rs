//! Suspension and resumption, outbound and inbound, in the step of the entry that causes them (RULES, section 6).

use crate::seen;
use crate::support::event::Event;
use crate::world::{NUMBER, World, message};

const START: &str = "2026-07-15T10:00:00Z";

fn inward(wallet: &str, id: &str) -> Event {
    Event::inbound(wallet, id)
}

async fn status(world: &World, wallet: &str) -> String {
    seen::wallet(&world.client.wallet(wallet).await)
}

/// The column of the rules' table that an outcome stands in, for each way of reaching the balance.
#[tokio::test]
async fn the_balance_after_an_entry_decides_for_both_directions() {
    let mut world = World::start(START).await;
    // What is posted after 10 were paid in, and what then becomes of a message out and one in, at 1 each.
    let table: [(&str, &[&str], &str, &str, &str); 6] = [
        ("above", &["-9"], "active 1", "charged", "recorded suspended"),
        ("in-first", &["-8"], "active 2", "charged", "charged"),
        ("at-zero", &["-10"], "suspended 0", "refused suspended", "recorded suspended"),
        ("below", &["-11"], "suspended -1", "refused suspended", "recorded suspended"),
        ("up-to-zero", &["-11", "1"], "suspended 0", "refused suspended", "recorded suspended"),
        (
            "too-little",
            &["-9.5"],
            "active 0.5",
            "refused insufficient_balance",
            "recorded insufficient_balance",
        ),
    ];
    for (wallet, adjustments, balance, outbound, inbound) in table {
        world.open_with(wallet, "10").await;
        for amount in adjustments {
            world.credit(wallet, amount).await;
        }
        assert_eq!(status(&world, wallet).await, balance, "{wallet}");
        assert_eq!(world.send(wallet, "out", 1).await.said(), outbound, "{wallet}: a message out");
        assert_eq!(
            world.client.send_one(&inward(wallet, "in")).await.said(),
            inbound,
            "{wallet}: a message in"
        );
    }
}

#[tokio::test]
async fn a_due_fee_that_takes_the_last_of_it_suspends_and_a_credit_resumes() {
    let mut world = World::start(START).await;
    world.open_with("acme", "10").await;
    world.buy("acme", NUMBER).await;
    world.advance("2026-08-14T23:59:59Z").await;
    assert_eq!(status(&world, "acme").await, "active 5");
    world.advance("2026-08-15T00:00:00Z").await;
    assert_eq!(status(&world, "acme").await, "suspended 0");
    assert_eq!(world.client.send_one(&inward("acme", "in")).await.said(), "recorded suspended");
    world.credit("acme", "1").await;
    assert_eq!(world.send("acme", "out", 1).await.said(), "charged");
    let alerts = seen::alert_types(&world.client, "acme").await;
    // The last message has taken the balance to 0 again.
    let wanted = ["wallet.resumed", "wallet.suspended", "wallet.resumed", "wallet.suspended"];
    assert_eq!(alerts, wanted, "the first money resumes a new wallet");
}

#[tokio::test]
async fn what_was_blocked_while_suspended_is_never_charged() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    let first = world.client.send_one(&inward("acme", "in")).await;
    assert_eq!((first.said().as_str(), first.amount.as_deref()), ("recorded suspended", Some("0")));
    world.credit("acme", "10").await;
    assert_eq!(world.client.send_one(&inward("acme", "in")).await.said(), "duplicate suspended");
    assert_eq!(status(&world, "acme").await, "active 10");
    // Out is decided afresh.
    world.credit("acme", "-10").await;
    assert_eq!(world.send("acme", "out", 1).await.said(), "refused suspended");
    world.credit("acme", "10").await;
    assert_eq!(world.send("acme", "out", 1).await.said(), "charged");
}

#[tokio::test]
async fn reports_statuses_and_holds_already_made_post_while_suspended() {
    let mut world = World::start(START).await;
    world.open_with("acme", "10").await;
    assert_eq!(world.send("acme", "m-1", 2).await.said(), "charged");
    let hold = world.hold("acme", 4).await;
    let other = world.hold("acme", 2).await;
    world.spend("acme", "8").await;
    assert_eq!(status(&world, "acme").await, "suspended 0, held 6");

    assert_eq!(world.client.send_one(&message("acme", "sent", 1).report()).await.said(), "charged");
    assert_eq!(world.client.send_one(&inward("acme", "received").report()).await.said(), "charged");
    world.settle_hold("acme", &hold, "3", true).await.wants(200);
    assert_eq!(status(&world, "acme").await, "suspended -5, held 2");
    let of_hold = message("acme", "of-hold", 1).with("hold", other.as_str());
    assert_eq!(world.client.send_one(&of_hold).await.said(), "charged", "its hold was already made");
    assert_eq!(status(&world, "acme").await, "suspended -6, held 1");
    assert_eq!(world.status("acme", "m-1", "failed").await.said(), "charged");
    assert_eq!(status(&world, "acme").await, "suspended -4.001, held 1");
}

#[tokio::test]
async fn a_suspended_wallet_can_hold_nothing() {
    let mut world = World::start(START).await;
    world.open("acme", "UTC").await;
    world.try_hold("acme", 1).await.wants_problem(402, "suspended");
    world.credit("acme", "5").await;
    world.try_hold("acme", 6).await.wants_problem(402, "insufficient_balance");
    world.hold("acme", 5).await;
    world.try_hold("acme", 1).await.wants_problem(402, "insufficient_balance");
    assert_eq!(status(&world, "acme").await, "active 5, held 5", "what is held is still the wallet's");
    assert_eq!(world.send("acme", "out", 1).await.said(), "refused insufficient_balance");
}

#[tokio::test]
async fn a_refund_resumes_and_a_status_suspends_by_its_sum_only() {
    let mut world = World::start(START).await;
    world.open_with("acme", "3").await;
    assert_eq!(world.send("acme", "m-1", 3).await.said(), "charged");
    assert_eq!(status(&world, "acme").await, "suspended 0");
    world.status("acme", "m-1", "failed").await;
    assert_eq!(status(&world, "acme").await, "active 2.999");
    let alerts = seen::alert_types(&world.client, "acme").await;
    assert_eq!(alerts, ["wallet.resumed", "wallet.suspended", "wallet.resumed"]);

    // From -0.9995 the refund of 1 alone would resume, the failure fee alone would suspend again.
    world.open_with("near", "1").await;
    assert_eq!(world.send("near", "m-1", 1).await.said(), "charged");
    world.spend("near", "0.9995").await;
    world.status("near", "m-1", "failed").await;
    assert_eq!(status(&world, "near").await, "suspended -0.0005");
    let alerts = seen::alert_types(&world.client, "near").await;
    assert_eq!(
        alerts,
        ["wallet.resumed", "wallet.suspended"],
        "wanted the sum of the status's entries to decide"
    );
}
