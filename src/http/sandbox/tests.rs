//! The payment client and a browser, over HTTP, at the sandbox's routes.

use std::net::TcpListener;

use actix_web::{App, HttpServer, rt};
use reqwest::redirect::Policy;

use super::*;
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::time::Span;
use crate::payments::sandbox::{Fault, FaultKind, SECRET_KEY};
use crate::payments::{
    AttemptRef, CallError, ChargeOrder, CheckoutOrder, CheckoutState, CustomerOrder, PaymentState, Payments,
    Settings,
};

/// The routes on a port of their own, and whoever calls them.
struct World {
    desk: Desk,
    payments: Payments,
    browser: reqwest::Client,
    server: actix_web::dev::ServerHandle,
}

fn world() -> World {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sandbox = Arc::new(Sandbox::in_memory(&format!("{url}{PAGE_PATH}")));
    let desk = Desk { sandbox, clock: Arc::new(Clock::system()) };
    let data = Data::new(desk.clone());
    let server = HttpServer::new(move || App::new().app_data(data.clone()).configure(register))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
    let handle = server.handle();
    rt::spawn(server);
    let settings = Settings {
        base_url: format!("{url}{BASE_PATH}"),
        secret_key: SECRET_KEY.to_owned(),
        ..Settings::default()
    };
    let payments = Payments::stripe(&settings).unwrap();
    let browser = reqwest::Client::builder().redirect(Policy::none()).tls_certs_only([]).build().unwrap();
    World { desk, payments, browser, server: handle }
}

impl World {
    async fn customer(&self) -> String {
        let order = CustomerOrder {
            wallet: "acme".into(),
            instance: "00ff".into(),
            idempotency_key: "customer-acme".into(),
        };
        self.payments.create_customer(&order).await.unwrap()
    }

    fn checkout_order(&self, customer: &str) -> CheckoutOrder {
        CheckoutOrder {
            attempt: attempt("tu_1"),
            idempotency_key: "checkout-tu_1".into(),
            customer: Some(customer.to_owned()),
            amount: Money::parse("25.5").unwrap(),
            currency: Currency::USD,
            return_url: "https://shop.example/back".into(),
            expires_at: self.desk.clock.now().plus(Span::from_seconds(3_600)),
        }
    }

    async fn hand_in(&self, url: &str, form: &'static str) -> reqwest::Response {
        let request = self.browser.post(url).header("content-type", "application/x-www-form-urlencoded");
        request.body(form).send().await.unwrap()
    }
}

fn attempt(name: &str) -> AttemptRef {
    AttemptRef { wallet: "acme".into(), attempt: name.into(), instance: "00ff".into() }
}

#[actix_web::test]
async fn a_payer_pays_on_the_page_and_the_saved_card_is_charged_later() {
    let world = world();
    let customer = world.customer().await;
    let order = world.checkout_order(&customer);
    let open = world.payments.create_checkout(&order).await.unwrap();
    assert_eq!(world.payments.create_checkout(&order).await.unwrap(), open, "the same order again");
    let url = open.url.unwrap();

    let shown = world.browser.get(&url).send().await.unwrap();
    assert_eq!(shown.headers()["content-security-policy"], PAGE_POLICY);
    assert!(shown.text().await.unwrap().contains("25.5 USD"));
    let declined = world.hand_in(&url, "action=decline&card=").await;
    assert_eq!(declined.status(), 200);
    assert!(declined.text().await.unwrap().contains("declined"));
    let paid = world.hand_in(&url, "action=pay&card=4242+4242+4242+4242").await;
    assert_eq!(
        (paid.status().as_u16(), &paid.headers()["location"]),
        (303, &"https://shop.example/back".parse().unwrap())
    );

    let paid = world.payments.look_up_checkout(&open.session).await.unwrap();
    let CheckoutState::Paid(facts) = paid.state else { panic!("{paid:?}") };
    let order = ChargeOrder {
        attempt: attempt("tu_2"),
        idempotency_key: "charge-tu_2".into(),
        customer: customer.clone(),
        method: facts.method.unwrap().id,
        amount: Money::parse("50").unwrap(),
        currency: Currency::USD,
    };
    let fault = |fault| Fault { fault, method: "POST".into(), path: String::new(), calls: 1 };
    let faults = vec![fault(FaultKind::TimeOutBefore), fault(FaultKind::TimeOutAfter)];
    world.desk.sandbox.switch(Switches { faults, ..Switches::default() }, world.desk.clock.now());
    let since = world.desk.clock.now();
    for found_then in [false, true] {
        let lost = world.payments.charge_saved(&order).await;
        assert!(matches!(lost, Err(CallError::Unclear(_))), "{lost:?}");
        let found = world.payments.find_payment(&order.attempt, &customer, since).await.unwrap();
        assert_eq!(found.is_some(), found_then, "{found:?}");
    }
    let charged = world.payments.charge_saved(&order).await.unwrap();
    assert!(matches!(charged, PaymentState::Succeeded(_)), "{charged:?}");
    world.server.stop(false).await;
}

#[actix_web::test]
async fn what_does_not_belong_here_is_refused() {
    let world = world();
    let customer = world.customer().await;
    let open = world.payments.create_checkout(&world.checkout_order(&customer)).await.unwrap();
    let url = open.url.unwrap();
    let (base, _) = url.split_once(PAGE_PATH).unwrap();
    let get =
        async |path: &str| world.browser.get(format!("{base}{path}")).send().await.unwrap().status().as_u16();
    assert_eq!(get("/sandbox/stripe/v1/customers/cus_1").await, 401, "without the key");
    assert_eq!(get("/sandbox/stripe/pay/cs_none").await, 404);
    assert_eq!(world.hand_in(&url, "action=steal&card=1").await.status(), 400);
    assert_eq!(world.hand_in(&url, "card=1").await.status(), 400);
    let long = "x".repeat(FORM_BYTES_MAX + 1);
    let request = world.browser.post(format!("{base}/sandbox/stripe/v1/customers")).bearer_auth(SECRET_KEY);
    assert_eq!(request.body(long).send().await.unwrap().status(), 413);
    world.server.stop(false).await;
}
