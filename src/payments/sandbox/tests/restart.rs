//! What a killed process finds again in its folder.

use std::fs;
use std::io::Write as _;

use super::*;
use crate::payments::sandbox::Switches;

const FILE: &str = "payment-sandbox.jsonl";

fn open(folder: &std::path::Path, now: i64) -> World {
    World { sandbox: Sandbox::open(folder, PAGE_BASE).unwrap(), now }
}

#[test]
fn a_killed_process_finds_everything_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("made");
    let world = open(&folder, START);
    let secret = world.sandbox.webhook_secret();
    let customer = world.customer();
    let method = world.saved(&customer, "4242424242424242");
    let (_, charged) = world.call(&charge_line(&customer, &method, 500), Some("key-1"));
    let session = world.session(&customer);
    let payment = text(&charged["id"]);
    let dispute = text(&world.done(&format!("POST /v1/sandbox/disputes?payment_intent={payment}"))["id"]);
    let due = world.sandbox.due_webhooks(world.now());
    world.sandbox.webhook_delivered(&due[0].delivery, world.now());
    world.sandbox.switch(Switches { webhook_copies: 2, ..Switches::default() }, world.now());
    let listed = world.done(&format!("GET /v1/payment_intents?customer={customer}"));
    // Nothing is closed or flushed: as little as a kill leaves. Once from the log, once from what it was made into.
    std::mem::forget(world);
    for _ in 0..2 {
        let world = open(&folder, START + 5);
        assert_eq!(world.sandbox.webhook_secret(), secret);
        assert_eq!(world.sandbox.due_webhooks(world.now()), due[1..]);
        assert_eq!(world.sandbox.switches().webhook_copies, 2);
        assert_eq!(world.call(&charge_line(&customer, &method, 500), Some("key-1")), (200, charged.clone()));
        assert_eq!(world.done(&format!("GET /v1/payment_intents?customer={customer}")), listed);
        assert_eq!(world.done(&format!("GET /v1/checkout/sessions/{session}"))["status"], "open");
        assert_ne!(world.customer(), customer, "ids are not given out twice");
        assert_eq!(world.sandbox.next_due(), Some(due[1].due_at));
    }
    let world = open(&folder, START + DAY);
    assert_eq!(world.done(&format!("GET /v1/checkout/sessions/{session}"))["status"], "expired");
    world.done(&format!("POST /v1/sandbox/disputes/{dispute}/reinstate"));
}

#[test]
fn a_line_that_was_cut_off_is_a_call_that_was_not_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let world = open(folder.path(), START);
    let kept = world.customer();
    let whole = fs::read(&path).unwrap().len();
    let lost = world.customer();
    drop(world);
    let bytes = fs::read(&path).unwrap();
    for cut in [whole + 1, bytes.len() - 1] {
        fs::write(&path, &bytes[..cut]).unwrap();
        let world = open(folder.path(), START);
        world.done(&format!("GET /v1/customers/{kept}"));
        assert_eq!(world.refused(&format!("GET /v1/customers/{lost}")).0, 404, "cut at {cut}");
    }
}

#[test]
fn a_damaged_line_is_told_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), START));
    let mut file = fs::OpenOptions::new().append(true).open(folder.path().join(FILE)).unwrap();
    writeln!(file, "[{{\"customer\":").unwrap();
    let error = Sandbox::open(folder.path(), PAGE_BASE).err().unwrap();
    assert!(error.to_string().contains("line 3"), "{error}");
}
