//! The sandbox as its callers see it: calls in, answers and webhooks out, at instants of the test's choosing.

mod api;
mod faults;
mod restart;
mod story;
mod telling;

use serde_json::Value;

use super::{Action, Answer, Call, PageAnswer, SECRET_KEY, Sandbox};
use crate::domain::time::Timestamp;
use crate::payments::{Webhook, read_webhook};

const PAGE_BASE: &str = "http://127.0.0.1:8080/sandbox/stripe/pay/";
/// The instant at which every test begins.
pub const START: i64 = 1_700_000_000;
const DAY: i64 = 86_400;

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_nanos(seconds * 1_000_000_000)
}

/// A sandbox, and the second that it is.
pub struct World {
    pub sandbox: Sandbox,
    pub now: i64,
}

impl World {
    pub fn new() -> World {
        World { sandbox: Sandbox::in_memory(PAGE_BASE), now: START }
    }

    pub fn now(&self) -> Timestamp {
        at(self.now)
    }

    /// `method path?form`, under a key where one is given. 0 is no answer.
    pub fn call(&self, line: &str, key: Option<&str>) -> (u16, Value) {
        let (method, rest) = line.split_once(' ').unwrap();
        let (path, form) = rest.split_once('?').unwrap_or((rest, ""));
        let authorization = format!("Bearer {SECRET_KEY}");
        let authorization = Some(authorization.as_str());
        let call = Call { method, path, authorization, idempotency_key: key, form };
        match self.sandbox.handle(&call, self.now()) {
            Answer::Reply(reply) => (reply.status, serde_json::from_str(&reply.body).unwrap()),
            Answer::Lost => (0, Value::Null),
        }
    }

    /// A call that must be done.
    pub fn done(&self, line: &str) -> Value {
        let (status, body) = self.call(line, None);
        assert_eq!(status, 200, "{line}: {body}");
        body
    }

    /// The code of a call that must be refused.
    pub fn refused(&self, line: &str) -> (u16, String) {
        let (status, body) = self.call(line, None);
        assert!(status >= 400, "{line}: {body}");
        (status, text(&body["error"]["code"]))
    }

    pub fn customer(&self) -> String {
        text(&self.done("POST /v1/customers?metadata[farebox_wallet]=acme")["id"])
    }

    /// An open session of 20 USD.
    pub fn session(&self, customer: &str) -> String {
        text(&self.done(&session_line(customer))["id"])
    }

    /// A card, saved by a checkout.
    pub fn saved(&self, customer: &str, number: &str) -> String {
        let session = self.session(customer);
        self.pay(&session, number);
        let line = format!("GET /v1/checkout/sessions/{session}?expand[]=payment_intent");
        text(&self.done(&line)["payment_intent"]["payment_method"])
    }

    pub fn pay(&self, session: &str, number: &str) {
        let answer = self.sandbox.act(session, Action::Pay, number, self.now());
        assert!(matches!(answer, Some(PageAnswer::Redirect(_))), "{number}: {answer:?}");
    }

    /// The webhooks that are due, each delivered, read with the sandbox's own secret.
    pub fn told(&self) -> Vec<Webhook> {
        let secrets = [self.sandbox.webhook_secret()];
        let due = self.sandbox.due_webhooks(self.now());
        let read = due.iter().map(|webhook| {
            self.sandbox.webhook_delivered(&webhook.delivery, self.now());
            let header = webhook.signature(&secrets[0], self.now());
            read_webhook(&secrets, &header, webhook.body.as_bytes(), self.now()).unwrap()
        });
        read.collect()
    }

    /// The types of the webhooks that are due, each delivered.
    pub fn told_types(&self) -> Vec<String> {
        let due = self.sandbox.due_webhooks(self.now());
        let types = due.iter().map(|webhook| {
            self.sandbox.webhook_delivered(&webhook.delivery, self.now());
            let event: Value = serde_json::from_str(&webhook.body).unwrap();
            text(&event["type"])
        });
        types.collect()
    }
}

pub fn session_line(customer: &str) -> String {
    format!(
        "POST /v1/checkout/sessions?mode=payment&customer={customer}&line_items[0][quantity]=1\
&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=2000\
&line_items[0][price_data][product_data][name]=Prepaid+balance\
&success_url=https://shop.example/back?s={{CHECKOUT_SESSION_ID}}&cancel_url=https://shop.example/left\
&payment_intent_data[setup_future_usage]=off_session&metadata[farebox_wallet]=acme\
&metadata[farebox_attempt]=tu_1&metadata[farebox_instance]=00&payment_intent_data[metadata][farebox_wallet]=acme\
&payment_intent_data[metadata][farebox_attempt]=tu_1&payment_intent_data[metadata][farebox_instance]=00"
    )
}

pub fn charge_line(customer: &str, method: &str, amount: i64) -> String {
    format!(
        "POST /v1/payment_intents?amount={amount}&currency=usd&customer={customer}&payment_method={method}\
&off_session=true&confirm=true&metadata[farebox_wallet]=acme&metadata[farebox_attempt]=tu_2&metadata[farebox_instance]=00"
    )
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
