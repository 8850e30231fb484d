//! Payments from their beginning to their end: checkouts, saved cards, refunds, disputes, the page.

use super::*;
use crate::payments::Notice;

#[test]
fn a_checkout_is_paid_once_and_saves_the_card() {
    let world = World::new();
    let customer = world.customer();
    let session = world.session(&customer);
    let open = world.done(&format!("GET /v1/checkout/sessions/{session}"));
    assert_eq!(open["url"], format!("{PAGE_BASE}{session}"));
    assert_eq!((text(&open["status"]), text(&open["payment_status"])), ("open".into(), "unpaid".into()));
    assert!(open["payment_intent"].is_null(), "nobody has tried to pay");
    world.pay(&session, "4242 4242 4242 4242");
    let paid =
        world.done(&format!("GET /v1/checkout/sessions/{session}?expand[]=payment_intent.payment_method"));
    assert_eq!((text(&paid["status"]), text(&paid["payment_status"])), ("complete".into(), "paid".into()));
    assert!(paid["url"].is_null());
    assert_eq!(paid["payment_intent"]["amount_received"], 2_000);
    assert_eq!(paid["payment_intent"]["payment_method"]["customer"], customer.as_str());
    let again = world.sandbox.act(&session, Action::Pay, "4242424242424242", world.now());
    assert!(matches!(again, Some(PageAnswer::Page(_))), "paid twice: {again:?}");
    assert_eq!(world.told_types(), ["payment_intent.succeeded", "checkout.session.completed"]);
}

#[test]
fn a_checkout_without_a_customer_makes_one_when_asked_to() {
    let world = World::new();
    let line = session_line("").replace("customer=&", "customer_creation=always&");
    let session = text(&world.done(&line)["id"]);
    world.pay(&session, "4242424242424242");
    let paid = world.done(&format!("GET /v1/checkout/sessions/{session}?expand[]=payment_intent"));
    assert!(text(&paid["customer"]).starts_with("cus_"));
    assert_eq!(paid["payment_intent"]["customer"], paid["customer"]);
}

#[test]
fn a_declined_card_leaves_the_checkout_open_and_its_payment_is_tried_again() {
    let world = World::new();
    let session = world.session(&world.customer());
    let tries = [
        (Action::Pay, "4000000000000002"),
        (Action::Pay, "4000000000009995"),
        (Action::Decline, "4242424242424242"),
    ];
    for (action, card) in tries {
        let answer = world.sandbox.act(&session, action, card, world.now());
        let Some(PageAnswer::Page(page)) = answer else { panic!("{card}: {answer:?}") };
        assert!(page.contains("declined"), "{card}: {page}");
    }
    let line = format!("GET /v1/checkout/sessions/{session}?expand[]=payment_intent");
    let open = world.done(&line);
    assert_eq!(open["status"], "open");
    assert_eq!(open["payment_intent"]["last_payment_error"]["code"], "card_declined");
    world.pay(&session, "4242424242424242");
    assert_eq!(world.done(&line)["payment_intent"]["id"], open["payment_intent"]["id"], "one payment");
    let mut want = vec!["payment_intent.payment_failed"; 3];
    want.extend(["payment_intent.succeeded", "checkout.session.completed"]);
    assert_eq!(world.told_types(), want);
}

#[test]
fn a_checkout_expires_by_itself_or_by_a_call() {
    let mut world = World::new();
    let customer = world.customer();
    let first = text(&world.done(&format!("{}&expires_at={}", session_line(&customer), START + 1_800))["id"]);
    let second = world.session(&customer);
    world.sandbox.act(&first, Action::Decline, "", world.now());
    world.told();
    assert_eq!(world.sandbox.next_due(), Some(at(START + 1_800)));
    world.now += 1_799;
    assert_eq!(world.done(&format!("GET /v1/checkout/sessions/{first}"))["status"], "open");
    world.now += 1;
    assert_eq!(world.told_types(), ["payment_intent.canceled", "checkout.session.expired"]);
    assert_eq!(world.done(&format!("GET /v1/checkout/sessions/{first}"))["status"], "expired");
    let late = world.sandbox.act(&first, Action::Pay, "4242424242424242", world.now());
    assert!(matches!(&late, Some(PageAnswer::Page(page)) if page.contains("expired")), "{late:?}");
    world.done(&format!("POST /v1/checkout/sessions/{second}/expire"));
    assert_eq!(world.refused(&format!("POST /v1/checkout/sessions/{second}/expire")).0, 400);
    assert_eq!(world.told_types(), ["checkout.session.expired"]);
    assert_eq!(world.sandbox.next_due(), None);
}

#[test]
fn saved_cards_do_later_what_stripes_test_cards_do() {
    let table = [
        ("4242424242424242", 200, ""),
        ("5555555555554444", 200, ""),
        ("4000002500003155", 200, ""),
        ("4000002760003184", 402, "authentication_required"),
        ("4000000000000341", 402, "card_declined"),
    ];
    for (number, want, code) in table {
        let world = World::new();
        let customer = world.customer();
        let method = world.saved(&customer, number);
        world.told();
        let (status, body) = world.call(&charge_line(&customer, &method, 500), None);
        assert_eq!((status, text(&body["error"]["code"])), (want, code.to_owned()), "{number}: {body}");
        let event = if want == 200 { "payment_intent.succeeded" } else { "payment_intent.payment_failed" };
        assert_eq!(world.told_types(), [event], "{number}");
    }
}

#[test]
fn cards_that_no_checkout_has_set_up_may_need_authentication() {
    let world = World::new();
    let customer = world.customer();
    let table = [("4242424242424242", 200), ("4000002500003155", 402), ("4000000000009995", 402)];
    for (number, want) in table {
        let made = world.done(&format!("POST /v1/payment_methods?type=card&card[number]={number}"));
        let method = text(&made["id"]);
        world.done(&format!("POST /v1/payment_methods/{method}/attach?customer={customer}"));
        assert_eq!(world.call(&charge_line(&customer, &method, 500), None).0, want, "{number}");
        world.done(&format!("POST /v1/payment_methods/{method}/detach"));
        assert_eq!(world.refused(&charge_line(&customer, &method, 500)).0, 400, "detached");
    }
}

#[test]
fn refunds_add_up_to_at_most_the_payment() {
    let world = World::new();
    let customer = world.customer();
    let method = world.saved(&customer, "4242424242424242");
    let payment = text(&world.done(&charge_line(&customer, &method, 500))["id"]);
    world.told();
    let refund = format!("POST /v1/refunds?payment_intent={payment}");
    assert_eq!(world.refused(&format!("{refund}&amount=501")).0, 400);
    world.done(&format!("{refund}&amount=200"));
    assert_eq!(world.refused(&format!("{refund}&amount=301")).0, 400);
    assert_eq!(world.done(&refund)["amount"], 300, "the rest");
    assert_eq!(world.refused(&refund), (400, "charge_already_refunded".to_owned()));
    let totals: Vec<String> = world
        .told()
        .into_iter()
        .map(|webhook| match webhook.notice {
            Notice::Refunded { amount_refunded, attempt, .. } => {
                assert_eq!(attempt.map(|attempt| attempt.attempt).as_deref(), Some("tu_2"));
                amount_refunded.to_string()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(totals, ["2", "5"]);
}

#[test]
fn a_dispute_takes_the_payment_and_may_give_it_back_once() {
    let world = World::new();
    let customer = world.customer();
    let method = world.saved(&customer, "4242424242424242");
    let payment = text(&world.done(&charge_line(&customer, &method, 500))["id"]);
    world.told();
    let id = text(&world.done(&format!("POST /v1/sandbox/disputes?payment_intent={payment}"))["id"]);
    world.done(&format!("POST /v1/sandbox/disputes/{id}/reinstate"));
    assert_eq!(world.refused(&format!("POST /v1/sandbox/disputes/{id}/reinstate")).0, 400);
    let told: Vec<Notice> = world.told().into_iter().map(|webhook| webhook.notice).collect();
    let [Notice::DisputeWithdrawn { amount, .. }, Notice::DisputeReinstated { payment: of, dispute, .. }] =
        &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((amount.to_string().as_str(), of, dispute), ("5", &payment, &id));
}

#[test]
fn the_page_escapes_what_it_shows_and_sends_the_payer_back() {
    let world = World::new();
    let line = session_line(&world.customer()).replace("Prepaid+balance", "<script>{{form}}'\"%26");
    let session = text(&world.done(&line)["id"]);
    let page = world.sandbox.page(&session, world.now()).unwrap();
    assert!(page.contains("&lt;script&gt;{{form}}&#39;&quot;&amp;"), "{page}");
    assert!(page.contains("20 USD") && page.contains("value=\"4242424242424242\""), "{page}");
    for button in ["pay", "decline", "abandon"] {
        assert!(page.contains(&format!("value=\"{button}\"")), "{button}");
        assert!(Action::parse(button).is_some(), "{button}");
    }
    assert_eq!(Action::parse("other"), None);
    assert_eq!(world.sandbox.page("cs_none", world.now()), None);
    assert_eq!(world.sandbox.act("cs_none", Action::Pay, "", world.now()), None);
    let unknown = world.sandbox.act(&session, Action::Pay, "4111111111111111", world.now());
    assert!(matches!(&unknown, Some(PageAnswer::Page(page)) if page.contains("test cards")), "{unknown:?}");
    let left = world.sandbox.act(&session, Action::Abandon, "", world.now());
    assert_eq!(left, Some(PageAnswer::Redirect("https://shop.example/left".to_owned())));
    let paid = world.sandbox.act(&session, Action::Pay, "4242424242424242", world.now());
    assert_eq!(paid, Some(PageAnswer::Redirect(format!("https://shop.example/back?s={session}"))));
}
