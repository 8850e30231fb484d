//! What can be made to go wrong with a call: whether it was done, what is answered, and what its key says later.

use super::*;
use crate::payments::sandbox::{Fault, FaultKind, Switches};

fn broken(fault: FaultKind, path: &str, calls: u32) -> Switches {
    let fault = Fault { fault, method: "POST".to_owned(), path: path.to_owned(), calls };
    Switches { faults: vec![fault], ..Switches::default() }
}

#[test]
fn each_fault_does_its_work_or_not_and_its_key_says_so_later() {
    use FaultKind::*;
    // The answer, how many payments there are then, the answer to the same call afterwards, and payments then.
    let table = [
        (TimeOutBefore, 0, 0, 200, 1),
        (TimeOutAfter, 0, 1, 200, 1),
        (ErrorBefore, 500, 0, 200, 1),
        (ErrorAfter, 500, 1, 500, 1),
        (InFlight, 409, 0, 200, 1),
        (TooMany, 429, 0, 200, 1),
        (InsufficientFunds, 402, 1, 402, 1),
    ];
    for (fault, answer, made, later, made_later) in table {
        let mut world = World::new();
        let customer = world.customer();
        let method = world.saved(&customer, "4242424242424242");
        world.now += 10;
        let payments = |world: &World| {
            let line = format!("GET /v1/payment_intents?customer={customer}&created[gte]={}", world.now);
            world.done(&line)["data"].as_array().unwrap().len()
        };
        world.sandbox.switch(broken(fault, "/v1/payment_intents", 1), world.now());
        let line = charge_line(&customer, &method, 500);
        let found = (world.call(&line, Some("key-1")).0, payments(&world));
        assert_eq!(found, (answer, made), "{fault:?}");
        let found = (world.call(&line, Some("key-1")).0, payments(&world));
        assert_eq!(found, (later, made_later), "{fault:?}, sent again");
        assert!(world.sandbox.switches().faults.is_empty(), "{fault:?} is used up");
    }
}

#[test]
fn a_fault_strikes_only_the_calls_that_it_names_and_only_so_often() {
    let world = World::new();
    let customer = world.customer();
    world.sandbox.switch(broken(FaultKind::ErrorBefore, "/v1/customers", 2), world.now());
    assert_eq!(world.call(&format!("GET /v1/customers/{customer}"), None).0, 200, "another method");
    assert_eq!(world.call(&session_line(&customer), None).0, 200, "another path");
    let statuses: Vec<u16> = (0..3).map(|_| world.call("POST /v1/customers", None).0).collect();
    assert_eq!(statuses, [500, 500, 200]);
}

#[test]
fn insufficient_funds_strike_charges_only() {
    let world = World::new();
    let fault =
        Fault { fault: FaultKind::InsufficientFunds, method: String::new(), path: String::new(), calls: 1 };
    world.sandbox.switch(Switches { faults: vec![fault], ..Switches::default() }, world.now());
    let customer = world.customer();
    let method = world.saved(&customer, "4242424242424242");
    let (status, body) = world.call(&charge_line(&customer, &method, 500), None);
    assert_eq!((status, text(&body["error"]["decline_code"])), (402, "insufficient_funds".to_owned()));
    assert_eq!(world.call(&charge_line(&customer, &method, 500), None).0, 200);
}

#[test]
fn switches_read_from_json_with_defaults_and_are_checked() {
    let read = |text: &str| serde_json::from_str::<Switches>(text);
    assert_eq!(read("{}").unwrap(), Switches::default());
    assert!(read(r#"{"other":1}"#).is_err());
    let faults = r#"{"faults":[{"fault":"time_out_after","calls":2}],"webhook_copies":3}"#;
    let switches = read(faults).unwrap();
    assert_eq!(switches.faults[0].fault, FaultKind::TimeOutAfter);
    assert_eq!(switches.fault(), None);
    assert!(Switches { webhook_copies: 0, ..Switches::default() }.fault().is_some());
    let odd = r#"{"faults":[{"fault":"too_many","calls":1,"method":"PUT"}]}"#;
    assert!(read(odd).unwrap().fault().is_some());
}
