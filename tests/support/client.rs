//! An HTTP client that fails with what was wanted and what came.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::event::{Event, ndjson};

pub const NDJSON: &str = "application/x-ndjson";
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// One caller with one key.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    key: String,
}

/// What came back, read to its end.
pub struct Answer {
    pub call: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// What the text is of, where it is none.
    pub bytes: Vec<u8>,
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub line: u64,
    pub id: Option<String>,
    pub outcome: String,
    pub code: Option<String>,
    pub field: Option<String>,
    pub amount: Option<String>,
    pub seq: Option<u64>,
}

impl Outcome {
    fn read(result: &Value) -> Outcome {
        let text = |field: &str| result[field].as_str().map(str::to_owned);
        Outcome {
            line: result["line"].as_u64().unwrap_or_else(|| panic!("wanted a line number in {result}")),
            id: text("id"),
            outcome: text("outcome").unwrap_or_else(|| panic!("wanted an outcome in {result}")),
            code: text("code"),
            field: text("field"),
            amount: text("amount"),
            seq: result["seq"].as_u64(),
        }
    }

    /// The outcome and its code, as the tables of the tests write it: `refused suspended`.
    pub fn said(&self) -> String {
        match &self.code {
            None => self.outcome.clone(),
            Some(code) => format!("{} {code}", self.outcome),
        }
    }

    /// Where it was posted, which a later duplicate must repeat.
    pub fn posting(&self) -> (Option<String>, Option<u64>, Option<String>) {
        (self.amount.clone(), self.seq, self.code.clone())
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| {
            panic!("{}: wanted JSON ({error}), got {} {:?}", self.call, self.status, self.text)
        })
    }

    /// The body, where the status is the one wanted.
    pub fn wants(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: wanted {status}, got {}: {}", self.call, self.status, self.text);
        self.json()
    }

    /// A complete problem document with this status and code; its detail.
    pub fn wants_problem(&self, status: u16, code: &str) -> String {
        let problem = self.wants(status);
        let kind = self.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or("");
        assert!(
            kind.starts_with("application/problem+json"),
            "{}: wanted a problem document, got {kind:?}",
            self.call
        );
        assert_eq!(problem["code"], code, "{}: wanted the code {code}: {problem}", self.call);
        assert_eq!(problem["status"], status, "{}: wanted the status in the document: {problem}", self.call);
        for field in ["type", "title", "detail"] {
            assert!(problem[field].is_string(), "{}: wanted `{field}` in the document: {problem}", self.call);
        }
        problem["detail"].as_str().unwrap_or_default().to_owned()
    }

    /// The outcomes of an events request, the counts of the answer checked against them.
    pub fn outcomes(&self) -> Vec<Outcome> {
        let body = self.wants(200);
        let results =
            body["results"].as_array().unwrap_or_else(|| panic!("{}: wanted results: {body}", self.call));
        let outcomes: Vec<Outcome> = results.iter().map(Outcome::read).collect();
        let count = |name: &str| outcomes.iter().filter(|result| result.outcome == name).count();
        for name in ["charged", "recorded", "refused", "duplicate", "conflict", "invalid", "unavailable"] {
            assert_eq!(body[name], count(name), "{}: wanted `{name}` to count the results", self.call);
        }
        let accepted = count("charged") + count("recorded") + count("duplicate");
        assert_eq!(
            body["accepted"], accepted,
            "{}: wanted accepted = charged + recorded + duplicate",
            self.call
        );
        outcomes
    }
}

impl Client {
    pub fn new(url: &str, key: &str) -> Client {
        let http =
            reqwest::Client::builder().no_proxy().timeout(ANSWER_TIME_MAX).build().expect("an HTTP client");
        Client { http, url: url.trim_end_matches('/').to_owned(), key: key.to_owned() }
    }

    /// The same server, another caller.
    pub fn with_key(&self, key: &str) -> Client {
        Client { key: key.to_owned(), ..self.clone() }
    }

    /// An answer whose body is not read yet.
    pub async fn open(&self, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let mut request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.key);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap_or_else(|error| panic!("GET {path}: wanted an answer, got {error:?}"))
    }

    /// `Err` where no whole answer came: the connection failed or was cut.
    pub async fn try_call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url)).body(body);
        if !self.key.is_empty() {
            request = request.bearer_auth(&self.key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?.to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Answer { call: format!("{method} {path}"), status, headers, text, bytes })
    }

    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let result = self.try_call(method.clone(), path, headers, body.into()).await;
        result.unwrap_or_else(|error| panic!("{method} {path}: wanted an answer, got {error:?}"))
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], "").await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, &[], "").await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, &[("content-type", "application/json")], body.to_string()).await
    }

    pub async fn put_wallet(&self, wallet: &str, terms: &Value) -> Answer {
        let path = format!("/v1/wallets/{wallet}");
        self.call(Method::PUT, &path, &[("content-type", "application/json")], terms.to_string()).await
    }

    pub async fn adjust(&self, wallet: &str, key: &str, amount: &str, reason: &str) -> Answer {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let body = json!({"amount": amount, "reason": reason}).to_string();
        self.call(Method::POST, &format!("/v1/wallets/{wallet}/adjustments"), &headers, body).await
    }

    /// A new wallet on the default terms, with this much on it (`"0"`: nothing posted).
    pub async fn wallet_with(&self, wallet: &str, amount: &str) {
        self.put_wallet(wallet, &json!({})).await.wants(201);
        if amount != "0" {
            self.adjust(wallet, &format!("opening-{wallet}"), amount, "opening credit").await.wants(201);
        }
    }

    pub async fn wallet(&self, wallet: &str) -> Value {
        self.get(&format!("/v1/wallets/{wallet}")).await.wants(200)
    }

    pub async fn balance(&self, wallet: &str) -> i128 {
        super::nanos(self.wallet(wallet).await["balance"].as_str().expect("a balance is a string"))
    }

    /// Sends a body as NDJSON, whatever it is.
    pub async fn post_lines(&self, body: impl Into<Vec<u8>>) -> Answer {
        self.call(Method::POST, "/v1/events", &[("content-type", NDJSON)], body).await
    }

    pub async fn send(&self, events: &[Event]) -> Vec<Outcome> {
        self.post_lines(ndjson(events)).await.outcomes()
    }

    pub async fn send_one(&self, event: &Event) -> Outcome {
        let mut outcomes = self.send(std::slice::from_ref(event)).await;
        assert_eq!(outcomes.len(), 1, "wanted one outcome for one event: {outcomes:?}");
        outcomes.remove(0)
    }

    /// What `event` costs once, told by posting it as a report to a wallet of its own.
    pub async fn price_of(&self, event: Event) -> i128 {
        let probe = format!("price-probe-{}", event.id());
        self.wallet_with(&probe, "0").await;
        let outcome = self.send_one(&event.with("wallet", probe.as_str()).report()).await;
        let amount = outcome.amount.clone().unwrap_or_else(|| panic!("wanted a price, got {outcome:?}"));
        let price = super::nanos(&amount);
        assert!(price > 0, "the tests need a tariff that asks for this message: {outcome:?}");
        price
    }

    /// All pages of a list, asked for `limit` rows at a time; each page's order is the list's.
    pub async fn list(&self, path: &str, limit: usize) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}?limit={limit}{cursor}")).await.wants(200);
            let data = page["data"].as_array().unwrap_or_else(|| panic!("{path}: wanted `data`: {page}"));
            assert!(data.len() <= limit, "{path}: wanted at most {limit} rows, got {}", data.len());
            rows.extend(data.iter().cloned());
            match page["next_cursor"].as_str() {
                None => return rows,
                Some(_) if data.is_empty() => panic!("{path}: a page with a next cursor has rows: {page}"),
                Some(next) => cursor = format!("&cursor={next}"),
            }
        }
    }

    pub async fn entries(&self, wallet: &str) -> Vec<Value> {
        self.list(&format!("/v1/wallets/{wallet}/entries"), 1_000).await
    }
}
