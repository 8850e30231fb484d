//! The payment provider's webhooks, written and signed by the test itself.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Answer, Client};

pub const PATH: &str = "/v1/payments/stripe/webhook";
/// Of the endpoint at the provider, and the one that it had before.
pub const SECRET: &str = "whsec_of_the_payment_tests";
pub const OLD_SECRET: &str = "whsec_that_is_rotated_out";

/// The machine's clock, in seconds.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// An event about an object as it is now.
pub fn event(kind: &str, object: &Value) -> Value {
    json!({
        "id": format!("evt_{}", object["id"].as_str().unwrap_or_default()),
        "object": "event", "api_version": "2024-06-20", "created": now(), "type": kind, "livemode": false,
        "pending_webhooks": 1, "request": null, "data": {"object": object},
    })
}

/// The signature alone, in hexadecimal.
pub fn digest(secret: &str, seconds: i64, body: &str) -> String {
    let tag = sign(&Key::new(HMAC_SHA256, secret.as_bytes()), format!("{seconds}.{body}").as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The header that goes with a body signed at this second.
pub fn header(secret: &str, seconds: i64, body: &str) -> String {
    format!("t={seconds},v1={}", digest(secret, seconds, body))
}

impl Client {
    /// Sends a webhook body under this header, without a key of the interface.
    pub async fn send_signed(&self, header: &str, body: &str) -> Answer {
        let headers = [("content-type", "application/json"), ("stripe-signature", header)];
        self.with_key("").call(Method::POST, PATH, &headers, body).await
    }

    /// Delivers an event as the provider would.
    pub async fn deliver(&self, kind: &str, object: &Value) -> Answer {
        let body = event(kind, object).to_string();
        self.send_signed(&header(SECRET, now(), &body), &body).await
    }

    /// Delivers an event that must be taken; the word for what became of it.
    pub async fn delivers(&self, kind: &str, object: &Value) -> String {
        let answer = self.deliver(kind, object).await.wants(200);
        answer["outcome"].as_str().unwrap_or_else(|| panic!("wanted an outcome: {answer}")).to_owned()
    }
}
