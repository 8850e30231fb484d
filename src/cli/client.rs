//! The way to a running engine: address, key, requests, and its problem documents as failures.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use reqwest::{Method, RequestBuilder, Response, Url};
use serde_json::Value;

use super::failure::Failure;
use crate::config::Config;

/// How long a connection may take to be made.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// How long a request may take, its answer included.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(120);
/// The same of a file, which may be long.
const FILE_TIME_MAX: Duration = Duration::from_secs(24 * 3_600);
/// Most items a page of a list may have.
const PAGE_ITEMS: u32 = 1_000;

/// Where the engine is and who is asking.
#[derive(Args, Clone, Debug)]
pub struct Connection {
    /// Address of the engine
    #[arg(long, env = "FAREBOX_URL", default_value = "http://127.0.0.1:8080", global = true)]
    pub url: String,
    /// Key to ask with [default: ./farebox-data/operator.key, for an engine on this machine]
    #[arg(long, env = "FAREBOX_KEY", hide_env_values = true, global = true)]
    pub key: Option<String>,
}

/// Asks one engine with one key. Cheap to clone: clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    key: String,
}

impl Client {
    pub fn new(connection: &Connection) -> Result<Client, Failure> {
        let key_file = Config::default().data_dir.join("operator.key");
        let key = choose_key(connection.key.as_deref(), &base_of(connection)?, &key_file)?;
        Ok(Client { key, ..Client::without_key(connection)? })
    }

    /// For what is told to everybody.
    pub fn without_key(connection: &Connection) -> Result<Client, Failure> {
        let base = base_of(connection)?;
        let builder = reqwest::Client::builder().connect_timeout(CONNECT_TIME_MAX).timeout(REQUEST_TIME_MAX);
        // Only https needs the machine's certificates; a container that speaks plain http may have none.
        let builder = if base.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let http = builder.build().map_err(|error| Failure::of(&connection.url, spelled_out(&error)))?;
        Ok(Client { http, base, key: String::new() })
    }

    pub fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        self.request_with(method, path, &[])
    }

    pub fn request_with(&self, method: Method, path: &[&str], query: &[(&str, &str)]) -> RequestBuilder {
        let request = self.http.request(method, self.url(path, query));
        if self.key.is_empty() { request } else { request.bearer_auth(&self.key) }
    }

    /// The text of a page, whatever its status says.
    pub async fn text(&self, path: &[&str]) -> Result<String, Failure> {
        let response = self.request(Method::GET, path).send().await;
        let response = response.map_err(|error| self.unreachable(&error))?;
        response.text().await.map_err(|error| self.unreachable(&error))
    }

    /// Names become one segment of the path each, however odd they are.
    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        url.path_segments_mut().expect("http and https addresses have a path").pop_if_empty().extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    pub async fn get(&self, path: &[&str]) -> Result<Value, Failure> {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, Failure> {
        self.answer(self.request_with(Method::GET, path, query)).await
    }

    /// All items of a list that comes in pages.
    pub async fn list(&self, path: &[&str]) -> Result<Vec<Value>, Failure> {
        self.list_with(path, &[]).await
    }

    pub async fn list_with(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Vec<Value>, Failure> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let limit = PAGE_ITEMS.to_string();
            let mut paged = query.to_vec();
            paged.push(("limit", limit.as_str()));
            paged.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let mut page = self.get_with(path, &paged).await?;
            if let Value::Array(data) = page["data"].take() {
                items.extend(data);
            }
            match page["next_cursor"].take() {
                Value::String(next) => cursor = Some(next),
                _ => return Ok(items),
            }
        }
    }

    pub async fn send_json(&self, method: Method, path: &[&str], body: &Value) -> Result<Value, Failure> {
        let request = self.request(method, path).header("content-type", "application/json");
        self.answer(request.body(body.to_string())).await
    }

    /// Sends a request and reads its answer; whatever is no success is a failure that says why.
    pub async fn answer(&self, request: RequestBuilder) -> Result<Value, Failure> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if !response.status().is_success() {
            return Err(problem(response).await);
        }
        let text = response.text().await.map_err(|error| self.unreachable(&error))?;
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| Failure::of("the answer is no JSON", error))
    }

    /// Hands the answer on as it comes; one that is cut off in its middle is a failure.
    pub async fn copy(
        &self,
        request: RequestBuilder,
        mut write: impl FnMut(Bytes) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let sent = request.timeout(FILE_TIME_MAX).send().await;
        let mut response = sent.map_err(|error| self.unreachable(&error))?;
        if !response.status().is_success() {
            return Err(problem(response).await);
        }
        while let Some(bytes) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            write(bytes)?;
        }
        Ok(())
    }

    pub fn unreachable(&self, error: &reqwest::Error) -> Failure {
        Failure::of(&self.base, spelled_out(error))
    }
}

fn base_of(connection: &Connection) -> Result<Url, Failure> {
    let base = Url::parse(&connection.url).map_err(|error| Failure::of(&connection.url, error))?;
    match base.scheme() {
        "http" | "https" if base.host().is_some() => Ok(base),
        _ => Err(Failure::of(&connection.url, "not an http:// or https:// address")),
    }
}

/// A key given by hand or, for an engine on this machine only, the one that it keeps in its data folder:
/// a key of all rights is never sent elsewhere by default.
fn choose_key(given: Option<&str>, base: &Url, key_file: &Path) -> Result<String, Failure> {
    let near = matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let key = match given {
        Some(key) => key.to_owned(),
        None if near => std::fs::read_to_string(key_file).unwrap_or_default(),
        None => String::new(),
    };
    match key.trim() {
        "" => Err(Failure::new("no key: give --key or set FAREBOX_KEY")),
        key => Ok(key.to_owned()),
    }
}

/// The engine's own words for why it did not do what it was asked.
pub async fn problem(response: Response) -> Failure {
    let status = response.status();
    let text = response.text().await.unwrap_or_default();
    let document: Value = serde_json::from_str(&text).unwrap_or_default();
    let field = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
    let (code, detail, title) = (field("code"), field("detail"), field("title"));
    let said = if detail.is_empty() { title } else { detail };
    Failure::new(match (code.as_str(), said.as_str()) {
        ("", "") => status.to_string(),
        ("", said) => format!("{said} ({status})"),
        (code, said) => format!("{said} ({code}, {})", status.as_u16()),
    })
}

/// An error with its causes: the outermost alone is only "error sending request".
pub fn spelled_out(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut next: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    match causes.last() {
        Some(last) => last.clone(),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_own_key_is_sent_to_this_machine_only() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("operator.key");
        let missing = directory.path().join("none");
        std::fs::write(&file, "fb_of_the_file\n").unwrap();
        let table = [
            (Some("fb_given"), "http://127.0.0.1:8080", &file, Some("fb_given")),
            (Some("fb_given"), "https://meter.example", &file, Some("fb_given")),
            (None, "http://127.0.0.1:8080", &file, Some("fb_of_the_file")),
            (None, "http://localhost:8080", &file, Some("fb_of_the_file")),
            (None, "http://[::1]:8080", &file, Some("fb_of_the_file")),
            (None, "https://meter.example", &file, None),
            (None, "http://127.0.0.1.example", &file, None),
            (None, "http://127.0.0.1:8080", &missing, None),
            (Some(""), "http://127.0.0.1:8080", &file, None),
        ];
        for (given, url, file, want) in table {
            let key = choose_key(given, &Url::parse(url).unwrap(), file).ok();
            assert_eq!(key.as_deref(), want, "the key for {url}, given {given:?}");
        }
    }

    #[test]
    fn odd_names_stay_one_segment_of_the_path() {
        let connection =
            Connection { url: "http://127.0.0.1:1/meter/".to_owned(), key: Some("k".to_owned()) };
        let client = Client::new(&connection).unwrap();
        let request = client.request(Method::GET, &["v1", "wallets", "a/../b?c"]).build().unwrap();
        assert_eq!(request.url().as_str(), "http://127.0.0.1:1/meter/v1/wallets/a%2F..%2Fb%3Fc");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in ["", "127.0.0.1:8080", "ftp://127.0.0.1", "http://"] {
            let connection = Connection { url: url.to_owned(), key: Some("k".to_owned()) };
            assert!(Client::new(&connection).is_err(), "{url:?}");
        }
    }
}
