//! The calls, one by one: what is needed, what is refused, how lists page, how keys replay.

use super::*;

#[test]
fn only_the_secret_key_may_call() {
    let world = World::new();
    for authorization in [None, Some(""), Some("Bearer sk_test_other"), Some("Basic sk_test_farebox_sandbox")]
    {
        let call =
            Call { method: "POST", path: "/v1/customers", authorization, idempotency_key: None, form: "" };
        let Answer::Reply(reply) = world.sandbox.handle(&call, world.now()) else { panic!("an answer") };
        assert_eq!(reply.status, 401, "{authorization:?}");
    }
}

#[test]
fn what_is_malformed_is_refused_with_stripes_codes() {
    let world = World::new();
    let customer = world.customer();
    let session = session_line(&customer);
    let without = |part: &str| session.replace(part, "");
    let method = world.saved(&customer, "4242424242424242");
    let other = world.customer();
    let table = [
        ("GET /v1/customers/cus_none".to_owned(), 404, "resource_missing"),
        ("GET /v1/payment_intents/pi_none".to_owned(), 404, "resource_missing"),
        ("GET /v1/payment_methods/pm_none".to_owned(), 404, "resource_missing"),
        ("GET /v1/checkout/sessions/cs_none".to_owned(), 404, "resource_missing"),
        ("GET /v1/nothing".to_owned(), 404, ""),
        ("DELETE /v1/customers".to_owned(), 404, ""),
        ("POST /v1/customers?wrong=1".to_owned(), 400, "parameter_unknown"),
        (without("mode=payment&"), 400, "parameter_missing"),
        (without("&line_items[0][quantity]=1"), 400, "parameter_missing"),
        (session.replace("unit_amount]=2000", "unit_amount]=0"), 400, "parameter_invalid"),
        (session.replace("currency]=usd", "currency]=USD"), 400, "parameter_invalid"),
        (session.replace("https://shop.example/left", "javascript:alert(1)"), 400, "parameter_invalid"),
        (format!("{session}&expires_at={}", START + 1_799), 400, "parameter_invalid"),
        (format!("{session}&expires_at={}", START + DAY + 1), 400, "parameter_invalid"),
        (format!("{session}&customer_creation=always"), 400, "parameter_invalid"),
        (session_line("cus_none"), 400, "resource_missing"),
        (charge_line(&customer, "pm_none", 100), 400, "resource_missing"),
        (charge_line(&other, &method, 100), 400, "payment_method_invalid_customer"),
        (charge_line(&customer, &method, 0), 400, "parameter_invalid"),
        (charge_line(&customer, &method, 100).replace("&confirm=true", ""), 400, "parameter_invalid"),
        (format!("{}&expand[]=nothing", charge_line(&customer, &method, 100)), 400, "parameter_invalid"),
        (
            "POST /v1/payment_methods?type=card&card[number]=4111111111111111".to_owned(),
            400,
            "parameter_invalid",
        ),
        ("POST /v1/refunds?payment_intent=pi_none".to_owned(), 400, "resource_missing"),
        ("POST /v1/sandbox/disputes".to_owned(), 400, "parameter_missing"),
        (format!("GET /v1/payment_intents?customer={customer}&limit=101"), 400, "parameter_invalid"),
        (
            format!("GET /v1/payment_intents?customer={customer}&starting_after=pi_none"),
            404,
            "resource_missing",
        ),
    ];
    for (line, status, code) in table {
        assert_eq!(world.refused(&line), (status, code.to_owned()), "{line}");
    }
    for seconds in [1_800, DAY] {
        world.done(&format!("{session}&expires_at={}", START + seconds));
    }
}

#[test]
fn a_key_replays_its_first_answer_for_a_day_and_refuses_other_parameters() {
    let mut world = World::new();
    let customer = world.customer();
    let method = world.saved(&customer, "4242424242424242");
    let line = charge_line(&customer, &method, 500);
    let (_, first) = world.call(&line, Some("key-1"));
    world.now += DAY - 1;
    assert_eq!(world.call(&line, Some("key-1")), (200, first.clone()), "the same again");
    let (status, other) = world.call(&charge_line(&customer, &method, 501), Some("key-1"));
    assert_eq!((status, text(&other["error"]["type"])), (400, "idempotency_error".to_owned()));
    let (status, _) = world.call("POST /v1/customers", Some("key-1"));
    assert_eq!(status, 400, "another call under the same key");
    let (_, second) = world.call(&line, Some("key-2"));
    assert_ne!(second["id"], first["id"], "another key");
    world.now += 1;
    let (_, third) = world.call(&line, Some("key-1"));
    assert_ne!(third["id"], first["id"], "after a day the key is forgotten, and the card charged again");
}

#[test]
fn declines_are_remembered_and_malformed_calls_are_not() {
    let world = World::new();
    let customer = world.customer();
    let method = world.saved(&customer, "4000000000000341");
    let line = charge_line(&customer, &method, 500);
    let (status, first) = world.call(&line, Some("key-1"));
    assert_eq!(status, 402);
    assert_eq!(world.call(&line, Some("key-1")), (402, first), "the same decline");
    assert_eq!(world.call("POST /v1/customers?wrong=1", Some("key-2")).0, 400);
    assert_eq!(world.call("POST /v1/customers", Some("key-2")).0, 200, "a corrected call under the key");
    let get = format!("GET /v1/customers/{customer}");
    assert_eq!(world.call(&get, Some("key-1")).0, 200, "keys mean nothing to calls that change nothing");
}

#[test]
fn payments_are_listed_by_customer_newest_first_in_pages_and_since_a_time() {
    let mut world = World::new();
    let customer = world.customer();
    let method = world.saved(&customer, "4242424242424242");
    let mut made = Vec::new();
    for amount in 1..=5 {
        world.now += 10;
        made.insert(0, text(&world.done(&charge_line(&customer, &method, amount))["id"]));
    }
    world.saved(&world.customer(), "4242424242424242");
    let list = |query: &str| {
        let page = world.done(&format!("GET /v1/payment_intents?customer={customer}&{query}"));
        let ids: Vec<String> = page["data"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect();
        (ids, page["has_more"].as_bool().unwrap())
    };
    let since = START + 20;
    assert_eq!(list(&format!("created[gte]={since}")), (made[..4].to_vec(), false));
    assert_eq!(list(&format!("created[gte]={since}&limit=3")), (made[..3].to_vec(), true));
    let after = &made[2];
    assert_eq!(
        list(&format!("created[gte]={since}&limit=3&starting_after={after}")),
        (vec![made[3].clone()], false)
    );
}

#[test]
fn objects_stand_in_the_place_of_ids_where_that_is_asked() {
    let world = World::new();
    let customer = world.customer();
    let method = world.saved(&customer, "5555555555554444");
    let line = charge_line(&customer, &method, 500);
    let plain = world.done(&line);
    assert_eq!(plain["payment_method"], method.as_str());
    let intent = world.done(&format!("{line}&expand[0]=latest_charge&expand[1]=payment_method"));
    assert_eq!(intent["payment_method"]["card"]["brand"], "mastercard");
    assert_eq!(intent["payment_method"]["card"]["last4"], "4444");
    assert_eq!(intent["latest_charge"]["payment_intent"], intent["id"]);
    assert_eq!(intent["latest_charge"]["metadata"]["farebox_attempt"], "tu_2", "copied from the payment");
    let list = format!("GET /v1/payment_intents?customer={customer}&expand[]=data.latest_charge");
    assert_eq!(world.done(&list)["data"][0]["latest_charge"]["object"], "charge");
}
