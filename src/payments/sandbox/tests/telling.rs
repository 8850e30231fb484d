//! Webhooks: when they are due, in which order, how often, and for how long they are tried.

use super::*;
use crate::payments::Notice;
use crate::payments::sandbox::Switches;

#[test]
fn webhooks_are_signed_with_the_accounts_own_secret() {
    let (world, other) = (World::new(), World::new());
    world.pay(&world.session(&world.customer()), "4242424242424242");
    let webhook = &world.sandbox.due_webhooks(world.now())[0];
    let secret = world.sandbox.webhook_secret();
    assert_ne!(secret, other.sandbox.webhook_secret());
    let header = webhook.signature(&secret, world.now());
    let read = |secret: String| read_webhook(&[secret], &header, webhook.body.as_bytes(), world.now());
    assert!(matches!(read(secret).unwrap().notice, Notice::PaymentSucceeded { .. }));
    assert!(read(other.sandbox.webhook_secret()).is_err());
}

#[test]
fn switches_delay_repeat_reorder_and_silence_webhooks() {
    let (paid, completed) = ("payment_intent.succeeded", "checkout.session.completed");
    let plain = Switches::default();
    let table: [(Switches, i64, &[&str]); 5] = [
        (plain.clone(), 0, &[paid, completed]),
        (Switches { webhook_delay_seconds: 60, ..plain.clone() }, 60, &[paid, completed]),
        (Switches { webhook_copies: 2, ..plain.clone() }, 0, &[paid, paid, completed, completed]),
        (Switches { webhook_reorder: true, ..plain.clone() }, 2, &[completed, paid]),
        (Switches { webhooks: false, ..plain }, 0, &[]),
    ];
    for (switches, wait, want) in table {
        let mut world = World::new();
        world.sandbox.switch(switches.clone(), world.now());
        let session = world.session(&world.customer());
        world.pay(&session, "4242424242424242");
        if wait > 0 {
            world.now += wait - 1;
            assert!(world.told_types().is_empty(), "{switches:?}: too early");
            world.now += 1;
        }
        assert_eq!(world.told_types(), want, "{switches:?}");
    }
}

#[test]
fn copies_of_a_webhook_are_the_same_event() {
    let world = World::new();
    world.sandbox.switch(Switches { webhook_copies: 2, ..Switches::default() }, world.now());
    world.pay(&world.session(&world.customer()), "4242424242424242");
    let due = world.sandbox.due_webhooks(world.now());
    assert_eq!(due[0].body, due[1].body);
    assert_ne!(due[0].delivery, due[1].delivery);
}

#[test]
fn a_webhook_that_does_not_arrive_is_tried_for_three_days() {
    let mut world = World::new();
    world.pay(&world.session(&world.customer()), "4242424242424242");
    let due = world.sandbox.due_webhooks(world.now());
    let (arrives, fails) = (&due[0].delivery, &due[1].delivery);
    world.sandbox.webhook_delivered(arrives, world.now());
    world.sandbox.webhook_failed(arrives, world.now());
    let mut tries = Vec::new();
    while let Some(next) = world.sandbox.next_due() {
        world.now = next.seconds();
        let due = world.sandbox.due_webhooks(world.now());
        assert_eq!(due.iter().map(|webhook| &webhook.delivery).collect::<Vec<_>>(), [fails]);
        tries.push(world.now - START);
        world.sandbox.webhook_failed(fails, world.now());
    }
    let (first, last) = (&tries[..4], tries[tries.len() - 1]);
    assert_eq!(first, [0, 10, 70, 370], "seconds after it happened");
    assert!((2 * DAY..=3 * DAY).contains(&last), "the last try is after {last} seconds");
}
