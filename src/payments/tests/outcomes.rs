//! Orders in, facts out, through the sandbox.

use super::*;

#[tokio::test]
async fn a_checkout_goes_from_open_to_paid_with_all_its_facts() {
    let desk = Desk::new();
    let customer = desk.customer("acme").await;
    let order = desk.checkout_order("tu_1", Some(customer.clone()));
    let open = desk.payments.create_checkout(&order).await.unwrap();
    assert_eq!((&open.state, &open.payment), (&CheckoutState::Open, &None));
    assert_eq!(open.url.as_deref(), Some(format!("http://127.0.0.1/pay/{}", open.session).as_str()));
    assert_eq!(open.customer.as_ref(), Some(&customer));
    assert_eq!(desk.payments.create_checkout(&order).await.unwrap(), open, "the same order again");

    desk.sandbox.act(&open.session, Action::Decline, "", desk.clock.now());
    let tried = desk.payments.look_up_checkout(&open.session).await.unwrap();
    assert_eq!(tried.state, CheckoutState::Open, "a declined card leaves it open");

    desk.pay(&open.session, "4242424242424242");
    let paid = desk.payments.look_up_checkout(&open.session).await.unwrap();
    let CheckoutState::Paid(facts) = &paid.state else { panic!("{paid:?}") };
    let want = PaymentFacts {
        payment: tried.payment.unwrap(),
        attempt: Some(attempt_of("tu_1")),
        amount: usd("25.5"),
        currency: Currency::USD,
        customer: Some(customer),
        livemode: false,
        method: facts.method.clone(),
        amount_refunded: Some(Money::ZERO),
    };
    assert_eq!((facts, &paid.url), (&want, &None));
    let method = facts.method.clone().unwrap();
    let card = Card { brand: "visa".to_owned(), last4: "4242".to_owned() };
    assert_eq!(method.card, Some(card));
    assert_eq!(desk.payments.saved_method(&method.id).await.unwrap(), method);
    let looked_up = desk.payments.look_up_payment(&facts.payment).await;
    assert_eq!(looked_up, Ok(PaymentState::Succeeded(want)));
}

#[tokio::test]
async fn a_checkout_without_a_customer_tells_the_one_it_has_made() {
    let desk = Desk::new();
    let order = desk.checkout_order("tu_1", None);
    let open = desk.payments.create_checkout(&order).await.unwrap();
    assert_eq!(open.customer, None);
    desk.pay(&open.session, "4242424242424242");
    let paid = desk.payments.look_up_checkout(&open.session).await.unwrap();
    let CheckoutState::Paid(facts) = &paid.state else { panic!("{paid:?}") };
    assert!(paid.customer.is_some() && paid.customer == facts.customer, "{paid:?}");
}

#[tokio::test]
async fn a_checkout_that_nobody_pays_expires() {
    let desk = Desk::new();
    let order = desk.checkout_order("tu_1", None);
    let open = desk.payments.create_checkout(&order).await.unwrap();
    desk.sandbox.act(&open.session, Action::Decline, "", desk.clock.now());
    desk.raw(&format!("/v1/checkout/sessions/{}/expire", open.session), "");
    let expired = desk.payments.look_up_checkout(&open.session).await.unwrap();
    assert_eq!(expired.state, CheckoutState::Expired);
    let payment = desk.payments.look_up_payment(&expired.payment.unwrap()).await;
    assert_eq!(end(payment), "failed canceled");
}

#[tokio::test]
async fn a_saved_card_is_charged_or_says_why_not() {
    let table = [
        ("4242424242424242", "succeeded 50"),
        ("4000002500003155", "succeeded 50"),
        ("4000002760003184", "failed authentication_required"),
        ("4000000000000341", "failed generic_decline"),
    ];
    for (card, want) in table {
        let desk = Desk::new();
        let customer = desk.customer("acme").await;
        let method = desk.saved(&customer, card).await;
        let state = desk.payments.charge_saved(&charge_order("tu_2", &customer, &method.id)).await;
        assert_eq!(end(state.clone()), want, "{card}");
        let found = desk.payments.find_payment(&attempt_of("tu_2"), &customer, LONG_AGO).await.unwrap();
        assert_eq!(found, state.ok(), "{card}: found as it was answered");
    }
}

#[tokio::test]
async fn what_a_key_paid_it_pays_once() {
    let desk = Desk::new();
    let customer = desk.customer("acme").await;
    assert_eq!(desk.customer("acme").await, customer, "a customer is made once");
    let method = desk.saved(&customer, "4242424242424242").await;
    let order = charge_order("tu_2", &customer, &method.id);
    let first = desk.payments.charge_saved(&order).await.unwrap();
    assert_eq!(desk.payments.charge_saved(&order).await.unwrap(), first);
    let other = ChargeOrder { amount: usd("51"), ..order };
    assert_eq!(end(desk.payments.charge_saved(&other).await), "unclear", "the key has paid something else");
}

#[tokio::test]
async fn after_a_fault_the_payment_is_found_or_is_not_and_the_same_key_never_pays_twice() {
    use FaultKind::*;
    let table = [
        (TimeOutBefore, "unclear", "none", "succeeded 50"),
        (TimeOutAfter, "unclear", "succeeded 50", "succeeded 50"),
        (ErrorBefore, "unclear", "none", "succeeded 50"),
        (ErrorAfter, "unclear", "succeeded 50", "unclear"),
        (InFlight, "busy", "none", "succeeded 50"),
        (TooMany, "busy", "none", "succeeded 50"),
        (
            InsufficientFunds,
            "failed insufficient_funds",
            "failed insufficient_funds",
            "failed insufficient_funds",
        ),
    ];
    for (fault, want, want_found, want_again) in table {
        let desk = Desk::new();
        let customer = desk.customer("acme").await;
        let method = desk.saved(&customer, "4242424242424242").await;
        let order = charge_order("tu_2", &customer, &method.id);
        desk.fault(fault, 1);
        assert_eq!(end(desk.payments.charge_saved(&order).await), want, "{fault:?}");
        let found = desk.payments.find_payment(&order.attempt, &customer, LONG_AGO).await;
        let found = found.unwrap().map_or("none".to_owned(), |state| end(Ok(state)));
        assert_eq!(found, want_found, "{fault:?}, looked for");
        assert_eq!(end(desk.payments.charge_saved(&order).await), want_again, "{fault:?}, sent again");
        let list = desk.payments.find_payment(&order.attempt, &customer, LONG_AGO).await.unwrap();
        assert!(list.is_some(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_payment_is_found_among_many_and_only_by_its_whole_attempt() {
    let desk = Desk::new();
    let customer = desk.customer("acme").await;
    let method = desk.saved(&customer, "4242424242424242").await;
    let wanted = charge_order("tu_2", &customer, &method.id);
    let paid = desk.payments.charge_saved(&wanted).await.unwrap();
    for other in 0..250 {
        let order = charge_order(&format!("tu_{}", 1_000 + other), &customer, &method.id);
        desk.payments.charge_saved(&order).await.unwrap();
    }
    let find =
        async |attempt: AttemptRef, since| desk.payments.find_payment(&attempt, &customer, since).await;
    assert_eq!(find(wanted.attempt.clone(), LONG_AGO).await.unwrap(), Some(paid), "on the third page");
    let foreign = AttemptRef { instance: "beef".to_owned(), ..wanted.attempt.clone() };
    assert_eq!(find(foreign, LONG_AGO).await.unwrap(), None, "of another installation");
    let later = desk.clock.now().plus(Span::from_seconds(7_200));
    assert_eq!(find(wanted.attempt, later).await.unwrap(), None, "before the time that was asked for");
}

#[tokio::test]
async fn refunds_show_in_the_facts() {
    let desk = Desk::new();
    let customer = desk.customer("acme").await;
    let method = desk.saved(&customer, "4242424242424242").await;
    let order = charge_order("tu_2", &customer, &method.id);
    let PaymentState::Succeeded(facts) = desk.payments.charge_saved(&order).await.unwrap() else { panic!() };
    desk.raw("/v1/refunds", &format!("payment_intent={}&amount=1234", facts.payment));
    let state = desk.payments.look_up_payment(&facts.payment).await.unwrap();
    let PaymentState::Succeeded(facts) = state else { panic!("{state:?}") };
    assert_eq!((facts.amount, facts.amount_refunded), (usd("50"), Some(usd("12.34"))));
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_without_a_call() {
    let desk = Desk::new();
    desk.fault(FaultKind::TimeOutAfter, u32::MAX);
    let order = charge_order("tu_2", "cus_1", "pm_1");
    let fine = ChargeOrder { amount: usd("1.001"), ..order };
    assert_eq!(end(desk.payments.charge_saved(&fine).await), "refused not_chargeable");
    for id in ["", "../customers", "pi_1?x", "pi_1/cancel", "pi 1"] {
        assert_eq!(end(desk.payments.look_up_payment(id).await), "refused no_id", "{id:?}");
    }
    assert_eq!(end(desk.payments.look_up_payment("pi_none").await), "refused resource_missing");
}
