//! The calls of a wallet's life: numbers, holds, top-ups, auto top-up, alerts and the test clock.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Answer, Client};

pub const JSON: (&str, &str) = ("content-type", "application/json");

impl Client {
    /// A call that moves or holds money, under this idempotency key.
    pub async fn keyed(&self, method: Method, path: &str, key: &str, body: &Value) -> Answer {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.call(method, path, &[JSON, ("idempotency-key", key)], text).await
    }

    pub async fn post_keyed(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.keyed(Method::POST, path, key, body).await
    }

    pub async fn buy_number(&self, wallet: &str, key: &str, number: &str) -> Answer {
        self.post_keyed(&format!("/v1/wallets/{wallet}/numbers"), key, &json!({"number": number})).await
    }

    pub async fn release_number(&self, wallet: &str, key: &str, number: &str) -> Answer {
        let path = format!("/v1/wallets/{wallet}/numbers/{number}");
        self.call(Method::DELETE, &path, &[("idempotency-key", key)], "").await
    }

    pub async fn number(&self, wallet: &str, number: &str) -> Value {
        self.get(&format!("/v1/wallets/{wallet}/numbers/{number}")).await.wants(200)
    }

    pub async fn numbers(&self, wallet: &str) -> Vec<Value> {
        self.list(&format!("/v1/wallets/{wallet}/numbers"), 1_000).await
    }

    pub async fn make_hold(&self, wallet: &str, key: &str, body: &Value) -> Answer {
        self.post_keyed(&format!("/v1/wallets/{wallet}/holds"), key, body).await
    }

    pub async fn settle_hold(&self, wallet: &str, hold: &str, key: &str, amount: &str, end: bool) -> Answer {
        let path = format!("/v1/wallets/{wallet}/holds/{hold}/settle");
        self.post_keyed(&path, key, &json!({"amount": amount, "final": end})).await
    }

    pub async fn void_hold(&self, wallet: &str, hold: &str, key: &str) -> Answer {
        self.post_keyed(&format!("/v1/wallets/{wallet}/holds/{hold}/void"), key, &json!({})).await
    }

    pub async fn hold(&self, wallet: &str, hold: &str) -> Value {
        self.get(&format!("/v1/wallets/{wallet}/holds/{hold}")).await.wants(200)
    }

    pub async fn holds(&self, wallet: &str) -> Vec<Value> {
        self.list(&format!("/v1/wallets/{wallet}/holds"), 1_000).await
    }

    pub async fn open_top_up(&self, wallet: &str, key: &str, amount: &str) -> Answer {
        let body = json!({"amount": amount, "return_url": "http://127.0.0.1:9/back"});
        self.post_keyed(&format!("/v1/wallets/{wallet}/top-ups"), key, &body).await
    }

    pub async fn top_up(&self, wallet: &str, top_up: &str) -> Value {
        self.get(&format!("/v1/wallets/{wallet}/top-ups/{top_up}")).await.wants(200)
    }

    pub async fn top_ups(&self, wallet: &str) -> Vec<Value> {
        self.list(&format!("/v1/wallets/{wallet}/top-ups"), 1_000).await
    }

    pub async fn set_auto_top_up(&self, wallet: &str, settings: &Value) -> Answer {
        let path = format!("/v1/wallets/{wallet}/auto-top-up");
        self.call(Method::PUT, &path, &[JSON], settings.to_string()).await
    }

    pub async fn end_auto_top_up(&self, wallet: &str) -> Answer {
        self.delete(&format!("/v1/wallets/{wallet}/auto-top-up")).await
    }

    pub async fn auto_top_up(&self, wallet: &str) -> Value {
        self.get(&format!("/v1/wallets/{wallet}/auto-top-up")).await.wants(200)
    }

    pub async fn set_alert_levels(&self, wallet: &str, levels: &[&str]) -> Answer {
        let path = format!("/v1/wallets/{wallet}/alert-settings");
        self.call(Method::PUT, &path, &[JSON], json!({"low_balance": levels}).to_string()).await
    }

    pub async fn alerts(&self, wallet: &str) -> Vec<Value> {
        self.list(&format!("/v1/wallets/{wallet}/alerts"), 1_000).await
    }

    pub async fn test_clock(&self) -> Value {
        self.get("/v1/test-clock").await.wants(200)
    }

    pub async fn advance(&self, to: &str) -> Answer {
        self.post("/v1/test-clock/advance", &json!({"to": to})).await
    }

    /// Where nobody else can know how long a call takes: `Err` where no whole answer came.
    pub async fn try_advance(&self, to: &str) -> Result<Answer, reqwest::Error> {
        let body = json!({"to": to}).to_string();
        self.try_call(Method::POST, "/v1/test-clock/advance", &[JSON], body.into()).await
    }
}
