//! The client against the sandbox, over the wire form that both share, and against servers that break it.

mod http;
mod outcomes;

use std::sync::Arc;

use super::sandbox::{Action, Answer, Call, Fault, FaultKind, PageAnswer, Sandbox, Switches};
use super::*;
use crate::clock::Clock;
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::time::{Span, Timestamp};

/// The client, and the sandbox that it speaks to.
pub struct Desk {
    pub payments: Payments,
    pub sandbox: Arc<Sandbox>,
    pub clock: Arc<Clock>,
}

impl Desk {
    pub fn new() -> Desk {
        let sandbox = Arc::new(Sandbox::in_memory("http://127.0.0.1/pay/"));
        let clock = Arc::new(Clock::system());
        Desk { payments: Payments::sandbox(sandbox.clone(), clock.clone()), sandbox, clock }
    }

    pub async fn customer(&self, wallet: &str) -> String {
        let order = CustomerOrder {
            wallet: wallet.to_owned(),
            instance: "00ff".to_owned(),
            idempotency_key: format!("customer-{wallet}"),
        };
        self.payments.create_customer(&order).await.unwrap()
    }

    pub fn checkout_order(&self, attempt: &str, customer: Option<String>) -> CheckoutOrder {
        CheckoutOrder {
            attempt: attempt_of(attempt),
            idempotency_key: format!("checkout-{attempt}"),
            customer,
            amount: usd("25.5"),
            currency: Currency::USD,
            return_url: "https://shop.example/back".to_owned(),
            expires_at: self.clock.now().plus(Span::from_seconds(3_600)),
        }
    }

    /// What a customer has after paying a checkout with a card.
    pub async fn saved(&self, customer: &str, card: &str) -> Method {
        let order = self.checkout_order("tu_1", Some(customer.to_owned()));
        let checkout = self.payments.create_checkout(&order).await.unwrap();
        self.pay(&checkout.session, card);
        let paid = self.payments.look_up_checkout(&checkout.session).await.unwrap();
        let CheckoutState::Paid(facts) = paid.state else { panic!("{paid:?}") };
        facts.method.unwrap()
    }

    pub fn pay(&self, session: &str, card: &str) {
        let answer = self.sandbox.act(session, Action::Pay, card, self.clock.now());
        assert!(matches!(answer, Some(PageAnswer::Redirect(_))), "{card}: {answer:?}");
    }

    pub fn fault(&self, fault: FaultKind, calls: u32) {
        let fault = Fault { fault, method: "POST".into(), path: String::new(), calls };
        let switches = Switches { faults: vec![fault], ..Switches::default() };
        self.sandbox.switch(switches, self.clock.now());
    }

    /// A call past the client.
    pub fn raw(&self, path: &str, form: &str) -> serde_json::Value {
        let authorization = format!("Bearer {}", self.sandbox.secret_key());
        let call =
            Call { method: "POST", path, authorization: Some(&authorization), idempotency_key: None, form };
        match self.sandbox.handle(&call, self.clock.now()) {
            Answer::Reply(reply) => serde_json::from_str(&reply.body).unwrap(),
            Answer::Lost => panic!("no answer"),
        }
    }
}

pub fn usd(amount: &str) -> Money {
    Money::parse(amount).unwrap()
}

pub fn attempt_of(attempt: &str) -> AttemptRef {
    AttemptRef { wallet: "acme".to_owned(), attempt: attempt.to_owned(), instance: "00ff".to_owned() }
}

pub fn charge_order(attempt: &str, customer: &str, method: &str) -> ChargeOrder {
    ChargeOrder {
        attempt: attempt_of(attempt),
        idempotency_key: format!("charge-{attempt}"),
        customer: customer.to_owned(),
        method: method.to_owned(),
        amount: usd("50"),
        currency: Currency::USD,
    }
}

/// The kind of end of a call, and the word that comes with it.
pub fn end(result: Result<PaymentState, CallError>) -> String {
    match result {
        Ok(PaymentState::Succeeded(facts)) => format!("succeeded {}", facts.amount),
        Ok(PaymentState::Failed { code, .. }) => format!("failed {code}"),
        Ok(PaymentState::Processing { .. }) => "processing".to_owned(),
        Ok(PaymentState::Open { .. }) => "open".to_owned(),
        Err(CallError::Refused { code, .. }) => format!("refused {code}"),
        Err(CallError::Busy(_)) => "busy".to_owned(),
        Err(CallError::Unclear(_)) => "unclear".to_owned(),
    }
}

/// Before every payment.
pub const LONG_AGO: Timestamp = Timestamp::from_nanos(0);
