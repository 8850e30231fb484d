//! Off-session charges at localstripe: another reading of the same API. It has no checkout and knows no
//! idempotency keys, so saved cards are made by calls of the test's own, and nothing is sent twice.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use farebox::domain::currency::Currency;
use farebox::domain::money::Money;
use farebox::payments::{AttemptRef, ChargeOrder, CustomerOrder, PaymentState, Payments, Settings};
use serde_json::Value;

use super::{beside, python};

/// Anything that looks like one will do.
const SECRET_KEY: &str = "sk_test_of_peers";

/// A running localstripe; ended by its process id when dropped.
struct Peer {
    child: Child,
    url: String,
}

impl Peer {
    fn start(test: &str) -> Option<Peer> {
        let mut child = Command::new(python(test)?)
            .arg(beside("serve_localstripe.py"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the peers' Python starts");
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let peer = Peer { child, url: format!("http://127.0.0.1:{}", port.trim()) };
        assert!(port.trim().parse::<u16>().is_ok(), "localstripe did not say its port, but {port:?}");
        Some(peer)
    }

    fn payments(&self) -> Payments {
        let settings =
            Settings { base_url: self.url.clone(), secret_key: SECRET_KEY.to_owned(), ..Settings::default() };
        Payments::stripe(&settings).unwrap()
    }

    async fn post(&self, path: &str, form: &str) -> Value {
        let client = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        let request = client.post(format!("{}{path}", self.url)).bearer_auth(SECRET_KEY);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form.to_owned()).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "POST {path} {form}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// A card that the customer can be charged with.
    async fn save(&self, customer: &str, number: &str) -> String {
        let form =
            format!("type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=2050&card[cvc]=123");
        let method = self.post("/v1/payment_methods", &form).await["id"].as_str().unwrap().to_owned();
        self.post(&format!("/v1/payment_methods/{method}/attach"), &format!("customer={customer}")).await;
        method
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn charge_order(attempt: &str, customer: &str, method: &str) -> ChargeOrder {
    ChargeOrder {
        attempt: AttemptRef { wallet: "acme".into(), attempt: attempt.into(), instance: "00ff".into() },
        idempotency_key: format!("charge-{attempt}"),
        customer: customer.to_owned(),
        method: method.to_owned(),
        amount: Money::parse("50.25").unwrap(),
        currency: Currency::USD,
    }
}

#[tokio::test]
async fn saved_cards_are_charged_at_localstripe_as_in_our_sandbox() {
    let Some(peer) = Peer::start("saved_cards_are_charged_at_localstripe_as_in_our_sandbox") else { return };
    let payments = peer.payments();
    let order = CustomerOrder {
        wallet: "acme".into(),
        instance: "00ff".into(),
        idempotency_key: "customer-acme".into(),
    };
    let customer = payments.create_customer(&order).await.unwrap();

    let good = peer.save(&customer, "4242424242424242").await;
    let card = payments.saved_method(&good).await.unwrap().card.unwrap();
    assert_eq!((card.brand.as_str(), card.last4.as_str()), ("visa", "4242"));
    let order = charge_order("tu_1", &customer, &good);
    let state = payments.charge_saved(&order).await.unwrap();
    let PaymentState::Succeeded(facts) = &state else { panic!("{state:?}") };
    assert_eq!((facts.amount, facts.currency), (order.amount, order.currency));
    assert_eq!((&facts.attempt, facts.livemode), (&Some(order.attempt), false));
    assert_eq!(facts.customer.as_ref(), Some(&customer));
    assert_eq!(facts.method.as_ref().map(|method| &method.id), Some(&good));
    assert_eq!(payments.look_up_payment(&facts.payment).await.unwrap(), state, "looked up");

    peer.post("/v1/refunds", &format!("payment_intent={}&amount=1025", facts.payment)).await;
    let PaymentState::Succeeded(refunded) = payments.look_up_payment(&facts.payment).await.unwrap() else {
        panic!("a refunded payment still succeeded")
    };
    assert_eq!(refunded.amount_refunded, Some(Money::parse("10.25").unwrap()));

    let table = [("4000000000000341", "card_declined"), ("4000002760003184", "authentication_required")];
    for (number, want) in table {
        let method = peer.save(&customer, number).await;
        let state = payments.charge_saved(&charge_order("tu_2", &customer, &method)).await.unwrap();
        let PaymentState::Failed { code, .. } = &state else { panic!("{number}: {state:?}") };
        assert_eq!(code, want, "{number}");
    }
    let unknown = payments.charge_saved(&charge_order("tu_3", &customer, "pm_none")).await;
    assert!(unknown.is_err(), "a method that does not exist: {unknown:?}");
}
