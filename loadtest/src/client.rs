//! The engine's interface as a client sees it: authorised calls, their errors in plain words, and
//! patience where the engine asks for it.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::money;

/// How often a call is sent again when the engine is too busy; nothing of such a call was taken.
const ATTEMPTS_MAX: usize = 60;
const PATIENCE: Duration = Duration::from_secs(1);
/// A file may be long, and its engine busy with more important things.
const DOWNLOAD_TIME_MAX: Duration = Duration::from_secs(3_600);
const PAGE: usize = 1_000;

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    /// For the sandbox's pages, whose redirects lead nowhere.
    page: reqwest::Client,
    url: String,
    key: String,
}

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// One page of a list.
#[derive(Deserialize)]
struct Page {
    data: Vec<Value>,
    next_cursor: Option<String>,
}

/// The body of one call.
struct Body {
    content_type: &'static str,
    bytes: Bytes,
    /// An extra header.
    header: Option<(&'static str, String)>,
}

impl Client {
    pub fn new(url: &str, key: &str) -> Result<Client> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(120)).build()?;
        let page = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Client { http, page, url: url.trim_end_matches('/').to_string(), key: key.to_string() })
    }

    /// Uploads one version of a tariff.
    pub async fn add_tariff(&self, document: String) -> Result<()> {
        let body = Body { content_type: "application/toml", bytes: document.into(), header: None };
        self.call(Method::POST, "/v1/tariffs", Some(body))
            .await?
            .expect_success("uploading a tariff")
            .map(drop)
    }

    pub async fn make_wallet(&self, wallet: &str, tariff: &str) -> Result<()> {
        let body = Body::json(json!({"currency": "USD", "time_zone": "UTC", "tariff": tariff}));
        let reply = self.call(Method::PUT, &format!("/v1/wallets/{wallet}"), Some(body)).await?;
        reply.expect_success("making a wallet").map(drop)
    }

    /// The entry it made, and whether the engine says that this was a replay.
    pub async fn adjust(&self, wallet: &str, key: &str, amount: i128, reason: &str) -> Result<(Value, bool)> {
        let mut body = Body::json(json!({"amount": money::write(amount), "reason": reason}));
        body.header = Some(("idempotency-key", key.to_string()));
        let reply = self.call(Method::POST, &format!("/v1/wallets/{wallet}/adjustments"), Some(body)).await?;
        let replayed = reply.headers.contains_key("idempotency-replayed");
        Ok((reply.expect_success("adjusting a wallet")?, replayed))
    }

    /// Has a card saved for a wallet, by a checkout that is paid in the sandbox, and automatic top-up switched on.
    pub async fn auto_top_up(&self, wallet: &str, minimum: &str, amount: &str) -> Result<()> {
        let mut body = Body::json(json!({"amount": "20", "return_url": "http://127.0.0.1/"}));
        body.header = Some(("idempotency-key", format!("checkout-{wallet}")));
        let path = format!("/v1/wallets/{wallet}/top-ups");
        let opened =
            self.call(Method::POST, &path, Some(body)).await?.expect_success("opening a checkout")?;
        let page = opened["checkout_url"].as_str().context("a checkout without an address")?;
        let paid = self.page.post(page).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let paid = paid.body("action=pay&card=4242424242424242").send().await?;
        if !paid.status().is_redirection() {
            bail!("paying at {page}: {}", paid.status());
        }
        let limits = json!({"attempts_per_day": 1_000_000});
        let settings =
            json!({"enabled": true, "minimum_balance": minimum, "amount": amount, "limits": limits});
        let path = format!("/v1/wallets/{wallet}/auto-top-up");
        let set = self.call(Method::PUT, &path, Some(Body::json(settings))).await?;
        set.expect_success("switching automatic top-up on").map(drop)
    }

    /// Moves the test clock.
    pub async fn advance(&self, to: Timestamp) -> Result<()> {
        let body = Body::json(json!({"to": to.to_string()}));
        let reply = self.call(Method::POST, "/v1/test-clock/advance", Some(body)).await?;
        reply.expect_success("moving the test clock").map(drop)
    }

    /// The bytes of an answer that is a success.
    pub async fn read(&self, path: &str) -> Result<Bytes> {
        let reply = self.call(Method::GET, path, None).await?;
        if !reply.status.is_success() {
            bail!("reading {path}: {}", reply.problem());
        }
        Ok(reply.body)
    }

    /// Whether it takes requests; no answer at all is an error.
    pub async fn is_ready(&self) -> Result<bool> {
        Ok(self.call_once(Method::GET, "/readyz", None).await?.status.is_success())
    }

    /// A page of all wallets that the key sees, and what asks for the next.
    pub async fn wallets(&self, cursor: Option<&str>) -> Result<(Vec<Value>, Option<String>)> {
        let after = cursor.map_or(String::new(), |cursor| format!("&cursor={}", percent(cursor)));
        let reply = self.call(Method::GET, &format!("/v1/wallets?limit={PAGE}{after}"), None).await?;
        let page: Page = serde_json::from_value(reply.expect_success("listing wallets")?)?;
        Ok((page.data, page.next_cursor))
    }

    /// Every try at paying into a wallet.
    pub async fn top_ups(&self, wallet: &str) -> Result<Vec<Value>> {
        self.list(&format!("/v1/wallets/{wallet}/top-ups")).await
    }

    /// Begins a file, however long it takes; `None` where the engine has no such resource.
    pub async fn download(&self, path: &str) -> Result<Option<Response>> {
        for _ in 0..ATTEMPTS_MAX {
            let request = self.http.get(format!("{}{path}", self.url)).timeout(DOWNLOAD_TIME_MAX);
            let response = request.header(AUTHORIZATION, format!("Bearer {}", self.key)).send().await?;
            match response.status() {
                StatusCode::NOT_FOUND => return Ok(None),
                StatusCode::TOO_MANY_REQUESTS => tokio::time::sleep(PATIENCE).await,
                _ => return Ok(Some(response.error_for_status()?)),
            }
        }
        bail!("GET {path}: the engine has been too busy {ATTEMPTS_MAX} times")
    }

    /// Sends NDJSON; `encoding` names how the bytes are packed.
    pub async fn send_events(&self, bytes: Vec<u8>, encoding: Option<&'static str>) -> Result<Bytes> {
        let header = encoding.map(|name| (CONTENT_ENCODING.as_str(), name.to_string()));
        let body = Body { content_type: "application/x-ndjson", bytes: bytes.into(), header };
        let reply = self.call(Method::POST, "/v1/events", Some(body)).await?;
        if reply.status != StatusCode::OK {
            bail!("sending events: {}", reply.problem());
        }
        Ok(reply.body)
    }

    pub async fn wallet(&self, wallet: &str) -> Result<Value> {
        let reply = self.call(Method::GET, &format!("/v1/wallets/{wallet}"), None).await?;
        reply.expect_success("reading a wallet")
    }

    /// Every entry of a wallet, page by page.
    pub async fn entries(&self, wallet: &str) -> Result<Vec<Value>> {
        self.list(&format!("/v1/wallets/{wallet}/entries")).await
    }

    async fn list(&self, resource: &str) -> Result<Vec<Value>> {
        let first = format!("{resource}?limit={PAGE}");
        let (mut path, mut items) = (first.clone(), Vec::new());
        loop {
            let doing = format!("reading {resource}");
            let page = self.call(Method::GET, &path, None).await?.expect_success(&doing)?;
            let page: Page =
                serde_json::from_value(page).with_context(|| format!("{doing}: a page has another shape"))?;
            let empty = page.data.is_empty();
            items.extend(page.data);
            match page.next_cursor {
                Some(_) if empty => bail!("{doing}: an empty page names a next one"),
                Some(cursor) => path = format!("{first}&cursor={}", percent(&cursor)),
                None => return Ok(items),
            }
        }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Body>) -> Result<Reply> {
        for _ in 0..ATTEMPTS_MAX {
            let reply = self.call_once(method.clone(), path, body.as_ref()).await?;
            match reply.status {
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                    tokio::time::sleep(reply.wait()).await;
                }
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => bail!(
                    "the engine does not take this key ({}): give an operator key by --key or FAREBOX_KEY",
                    reply.problem()
                ),
                _ => return Ok(reply),
            }
        }
        bail!("{method} {path}: the engine has been too busy {ATTEMPTS_MAX} times")
    }

    async fn call_once(&self, method: Method, path: &str, body: Option<&Body>) -> Result<Reply> {
        let unreachable = |error: reqwest::Error| {
            let why = if error.is_connect() { "no engine answers" } else { "the engine did not answer" };
            anyhow!(error).context(format!("{why} at {} ({method} {path})", self.url))
        };
        let bearer = format!("Bearer {}", self.key);
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.url));
        request = request.header(AUTHORIZATION, bearer);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, body.content_type).body(body.bytes.clone());
            if let Some((name, value)) = &body.header {
                request = request.header(*name, value);
            }
        }
        let response = request.send().await.map_err(unreachable)?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Reply { status, headers, body: response.bytes().await.map_err(unreachable)? })
    }
}

impl Body {
    fn json(value: Value) -> Body {
        Body { content_type: "application/json", bytes: value.to_string().into(), header: None }
    }
}

impl Reply {
    fn expect_success(&self, doing: &str) -> Result<Value> {
        if !self.status.is_success() {
            bail!("{doing}: {}", self.problem());
        }
        serde_json::from_slice(&self.body).with_context(|| format!("{doing}: the answer is not JSON"))
    }

    /// The problem document in one line.
    fn problem(&self) -> String {
        let document: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let text = |field: &str| document[field].as_str().unwrap_or("").to_string();
        format!("{} {} {}", self.status, text("code"), text("detail")).trim_end().to_string()
    }

    fn wait(&self) -> Duration {
        let told = self.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        told.map_or(PATIENCE, Duration::from_secs).min(PATIENCE * 10)
    }
}

/// A cursor is opaque: it may hold what a query must not.
fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_escaped_in_the_query() {
        assert_eq!(percent("a-1_~.Z"), "a-1_~.Z");
        assert_eq!(percent("a+b/c=="), "a%2Bb%2Fc%3D%3D");
    }

    #[tokio::test]
    async fn an_engine_that_is_not_there_is_named() {
        let client = Client::new("http://127.0.0.1:1/", "key").expect("a client");
        let error = client.wallet("acme").await.expect_err("nothing listens on port 1");
        let text = format!("{error:#}");
        assert!(text.starts_with("no engine answers at http://127.0.0.1:1 (GET /v1/wallets/acme)"), "{text}");
    }
}
