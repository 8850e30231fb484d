//! The customer at the sandbox provider's checkout page.

use std::time::Duration;

use serde_json::Value;

use super::client::Client;

/// Stripe's test cards, as the sandbox plays them.
pub const GOOD: &str = "4242424242424242";
/// Pays at checkout, is declined later.
pub const DECLINED_LATER: &str = "4000000000000341";
/// Pays at checkout, later needs the customer to authenticate.
pub const AUTHENTICATION: &str = "4000002760003184";
pub const DECLINED: &str = "4000000000000002";

/// Opens the sandbox's API.
const SECRET_KEY: &str = "sk_test_farebox_sandbox";
/// How long the sandbox's own webhook may take to credit what was paid.
const CREDIT_TIME_MAX: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A browser that does not follow the page's way back to the shop; and the merchant and the bank of whoever pays.
#[derive(Clone)]
pub struct Customer {
    http: reqwest::Client,
    url: String,
}

impl Customer {
    pub fn new(engine_url: &str) -> Customer {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()
            .expect("an HTTP client");
        Customer { http, url: engine_url.trim_end_matches('/').to_owned() }
    }

    /// Sends the page's form: `action` is `pay`, `decline` or `abandon`; the status of the answer.
    pub async fn try_send(
        &self,
        checkout_url: &str,
        action: &str,
        card: &str,
    ) -> Result<u16, reqwest::Error> {
        let page = match checkout_url.starts_with('/') {
            true => format!("{}{checkout_url}", self.url),
            false => checkout_url.to_owned(),
        };
        let form = format!("action={action}&card={card}");
        let kind = "application/x-www-form-urlencoded";
        let answer = self.http.post(&page).header("content-type", kind).body(form).send().await?;
        Ok(answer.status().as_u16())
    }

    pub async fn send(&self, checkout_url: &str, action: &str, card: &str) {
        let status = self.try_send(checkout_url, action, card).await;
        let status = status.unwrap_or_else(|error| panic!("{action} at {checkout_url}: {error}"));
        assert!(status < 400, "{action} with {card} at {checkout_url}: wanted it taken, got {status}");
    }

    /// A call of Stripe's API at the sandbox, such as `refunds`, with the form it takes.
    pub async fn api(&self, call: &str, form: &str) -> Value {
        let kind = "application/x-www-form-urlencoded";
        let request = self.http.post(format!("{}/sandbox/stripe/v1/{call}", self.url));
        self.answer(request.header("content-type", kind).body(form.to_owned())).await
    }

    async fn asked(&self, path: &str) -> Value {
        self.answer(self.http.get(format!("{}/sandbox/stripe/v1/{path}", self.url))).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Value {
        let answer = request.bearer_auth(SECRET_KEY).send().await.expect("the sandbox answers");
        let (status, text) = (answer.status(), answer.text().await.expect("a whole answer"));
        assert!(status.is_success(), "the sandbox answered {status} {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The provider's id of what was paid at this page.
    pub async fn payment_of(&self, checkout_url: &str) -> String {
        let session = checkout_url.rsplit('/').next().expect("a session in the address");
        let session = self.asked(&format!("checkout/sessions/{session}")).await;
        text(&session, "payment_intent").to_owned()
    }

    /// All payments of whoever made this one.
    pub async fn payments_with(&self, payment: &str) -> Vec<Value> {
        let one = self.asked(&format!("payment_intents/{payment}")).await;
        let all = self.asked(&format!("payment_intents?customer={}&limit=100", text(&one, "customer"))).await;
        all["data"].as_array().cloned().unwrap_or_else(|| panic!("wanted a list: {all}"))
    }

    /// Tops up by checkout with this card, which is kept, and waits for the credit; the top-up.
    pub async fn pays(&self, client: &Client, wallet: &str, key: &str, amount: &str, card: &str) -> Value {
        let opened = client.open_top_up(wallet, key, amount).await.wants(201);
        self.send(text(&opened, "checkout_url"), "pay", card).await;
        ended(client, wallet, text(&opened, "top_up")).await
    }
}

fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    document[field].as_str().unwrap_or_else(|| panic!("wanted `{field}` in {document}"))
}

/// The top-up once it has succeeded, failed or expired.
pub async fn ended(client: &Client, wallet: &str, top_up: &str) -> Value {
    let tries = CREDIT_TIME_MAX.as_millis() / LOOK_EVERY.as_millis();
    let mut last = Value::Null;
    for _ in 0..tries {
        last = client.top_up(wallet, top_up).await;
        if ["succeeded", "failed", "expired"].contains(&text(&last, "status")) {
            return last;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    panic!("{wallet}: wanted the top-up ended within {CREDIT_TIME_MAX:?}: {last}");
}
