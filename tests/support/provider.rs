//! The account at the payment provider, seen by its API and not by what the engine says of it, and the audit of what
//! was paid there against what was credited here (T1, T2).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, NDJSON};
use super::event::Event;
use super::{decimal, nanos};

/// What the sandbox takes for its account's secret key.
pub const SECRET_KEY: &str = "sk_test_farebox_sandbox";
/// 1e-9 of the currency in a cent.
const NANOS_PER_CENT: i128 = 10_000_000;
const FORM: &str = "application/x-www-form-urlencoded";

/// One account, by Stripe's API.
#[derive(Clone)]
pub struct Account {
    http: reqwest::Client,
    base: String,
}

impl Account {
    /// The account in the sandbox of the engine at this address.
    pub fn at(engine_url: &str) -> Account {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build();
        let base = format!("{}/sandbox/stripe", engine_url.trim_end_matches('/'));
        Account { http: http.expect("an HTTP client"), base }
    }

    /// A call that must be done, as `GET /v1/customers/cus_1`; the form is the query of a `GET`.
    pub async fn done(&self, line: &str, form: &str) -> Value {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let (url, body) = match method {
            "GET" => (format!("{}{path}?{form}", self.base), String::new()),
            _ => (format!("{}{path}", self.base), form.to_owned()),
        };
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.http.request(method, url).bearer_auth(SECRET_KEY).header("content-type", FORM);
        let answer =
            request.body(body).send().await.unwrap_or_else(|error| panic!("{line}: no answer: {error}"));
        let status = answer.status();
        let text = answer.text().await.unwrap_or_else(|error| panic!("{line}: cut off: {error}"));
        assert!(status.is_success(), "{line} {form}: wanted it done, got {status} {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}: {text}"))
    }

    /// The session of a checkout page.
    pub async fn session(&self, checkout_url: &str) -> Value {
        let id = checkout_url.rsplit('/').next().expect("a page ends in its session");
        self.done(&format!("GET /v1/checkout/sessions/{id}"), "").await
    }

    pub async fn payment(&self, id: &str) -> Value {
        self.done(&format!("GET /v1/payment_intents/{id}"), "").await
    }

    /// Whom the provider knows the payer at this page as.
    pub async fn customer_of(&self, checkout_url: &str) -> String {
        text(&self.session(checkout_url).await, "customer").to_owned()
    }

    /// Everything that a customer has ever tried to pay, newest first.
    pub async fn payments_of(&self, customer: &str) -> Vec<Value> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let form = format!("customer={customer}&limit=100{after}");
            let page = self.done("GET /v1/payment_intents", &form).await;
            found.extend(page["data"].as_array().expect("a list has data").iter().cloned());
            match found.last() {
                Some(last) if page["has_more"] == true => {
                    after = format!("&starting_after={}", text(last, "id"));
                }
                _ => return found,
            }
        }
    }

    /// What these customers have paid for this wallet.
    pub async fn paid_for(&self, wallet: &str, customers: &BTreeSet<String>) -> Vec<Value> {
        let mut paid = Vec::new();
        for customer in customers {
            paid.extend(self.payments_of(customer).await);
        }
        paid.retain(|payment| {
            payment["status"] == "succeeded" && payment["metadata"]["farebox_wallet"] == wallet
        });
        paid
    }
}

pub fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    document[field].as_str().unwrap_or_else(|| panic!("wanted `{field}` in {document}"))
}

/// One fault for so many calls, as the switches take it.
pub fn fault(kind: &str, line: &str, calls: u32) -> Value {
    let (method, path) = line.split_once(' ').expect("a method, perhaps empty, and a path");
    json!({"fault": kind, "method": method, "path": path, "calls": calls})
}

impl Client {
    /// Sets the sandbox's switches; what is left out goes back to its default.
    pub async fn switch(&self, switches: &Value) {
        let headers = [("content-type", "application/json")];
        let answer = self.call(Method::PUT, "/sandbox/stripe/switches", &headers, switches.to_string());
        answer.await.wants(200);
    }

    /// The faults that have not struck yet.
    pub async fn faults_left(&self) -> usize {
        let switches = self.get("/sandbox/stripe/switches").await.wants(200);
        switches["faults"].as_array().map_or(0, Vec::len)
    }

    /// Reports a carrier's fee: spends this much, whatever is there.
    pub async fn spend(&self, wallet: &str, id: &str, amount: &str) {
        let line = Event::carrier_fee(wallet, id, amount).line() + "\n";
        let sent = self.call(Method::POST, "/v1/events", &[("content-type", NDJSON)], line).await;
        let said = sent.outcomes()[0].said();
        assert_eq!(said, "charged", "{wallet}: wanted {amount} spent");
    }
}

pub fn is_resolved(top_up: &Value) -> bool {
    ["succeeded", "failed", "expired"].contains(&text(top_up, "status"))
}

/// What was taken at the provider was credited, attempt by attempt, once; nothing is left open. The wallet's top-ups.
pub async fn assert_settled(
    client: &Client,
    account: &Account,
    wallet: &str,
    customers: &BTreeSet<String>,
) -> Vec<Value> {
    let (top_ups, entries) = (client.top_ups(wallet).await, client.entries(wallet).await);
    let mut taken: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for payment in account.paid_for(wallet, customers).await {
        let attempt = text(&payment["metadata"], "farebox_attempt").to_owned();
        taken.entry(attempt).or_default().push(payment);
    }
    for top_up in &top_ups {
        let id = text(top_up, "top_up");
        assert!(is_resolved(top_up), "{wallet}: wanted nothing left open: {top_up}");
        let payments = taken.remove(id).unwrap_or_default();
        assert!(payments.len() <= 1, "{wallet}: {id} was charged {} times: {payments:?}", payments.len());
        let credits: Vec<&Value> =
            entries.iter().filter(|entry| entry["type"] == "top_up" && entry["top_up"] == id).collect();
        let Some(payment) = payments.first() else {
            assert!(credits.is_empty(), "{wallet}: {id} was credited and never charged: {credits:?}");
            assert_ne!(top_up["status"], "succeeded", "{wallet}: nobody has paid {top_up}");
            continue;
        };
        let cents = payment["amount"].as_i64().expect("an amount in cents");
        let amount = decimal(i128::from(cents) * NANOS_PER_CENT);
        assert_eq!(top_up["status"], "succeeded", "{wallet}: it was charged: {top_up} {payment}");
        assert_eq!(credits.len(), 1, "{wallet}: wanted {id} credited once: {credits:?}");
        assert_eq!(nanos(text(credits[0], "amount")), nanos(&amount), "{wallet}: {id} was charged {amount}");
        assert_eq!(nanos(text(top_up, "credited")), nanos(&amount), "{wallet}: {top_up}");
        assert_eq!(top_up["seq"], credits[0]["seq"], "{wallet}: wanted {id} to name its entry");
    }
    assert!(taken.is_empty(), "{wallet}: charged for attempts that nobody knows: {taken:?}");
    top_ups
}
