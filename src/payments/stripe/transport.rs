//! The way to the provider: HTTP, or straight into the sandbox of this process with the same request.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;

use super::VERSION;
use super::form::Form;
use crate::clock::Clock;
use crate::payments::sandbox::{Answer, Call, Sandbox};
use crate::payments::{CallError, Settings, SettingsError};

/// More than any answer that is asked for; a page of payments is some 300 KiB.
const ANSWER_BYTES_MAX: usize = 8 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// A call as it is sent.
pub struct Request<'a> {
    pub method: Method,
    /// From `/v1` on.
    pub path: String,
    /// In the query of a get, in the body of a post.
    pub form: Form,
    pub idempotency_key: Option<&'a str>,
}

pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Cheap to clone.
#[derive(Clone)]
pub enum Transport {
    Http(Http),
    InProcess(InProcess),
}

impl Transport {
    /// Sends a request once. Fails only where no whole answer came.
    pub async fn send(&self, request: Request<'_>) -> Result<Response, CallError> {
        match self {
            Transport::Http(http) => http.send(request).await,
            Transport::InProcess(sandbox) => sandbox.send(&request),
        }
    }
}

#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    base: String,
    authorization: HeaderValue,
}

impl Http {
    pub fn new(settings: &Settings) -> Result<Http, SettingsError> {
        let url = reqwest::Url::parse(&settings.base_url).map_err(|_| SettingsError::BaseUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || url.query().is_some() {
            return Err(SettingsError::BaseUrl);
        }
        if settings.secret_key.is_empty() {
            return Err(SettingsError::SecretKey);
        }
        let bearer = format!("Bearer {}", settings.secret_key);
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| SettingsError::SecretKey)?;
        authorization.set_sensitive(true);
        let builder = reqwest::Client::builder()
            .user_agent(concat!("farebox/", env!("CARGO_PKG_VERSION")))
            // A redirect would take the secret key, or a charge, to who knows where.
            .redirect(Policy::none())
            .connect_timeout(Duration::from_millis(settings.connect_milliseconds.into()))
            .timeout(Duration::from_millis(settings.answer_milliseconds.into()));
        // Only https needs the machine's certificates; a container that speaks plain http may have none.
        let builder = if url.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let client = builder.build().map_err(|error| SettingsError::Client(error.to_string()))?;
        Ok(Http { client, base: settings.base_url.trim_end_matches('/').to_owned(), authorization })
    }

    async fn send(&self, request: Request<'_>) -> Result<Response, CallError> {
        let url = format!("{}{}", self.base, request.path);
        let form = request.form.encode();
        let builder = match request.method {
            Method::Get => self.client.get(format!("{url}?{form}")),
            Method::Post => {
                self.client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
            }
        };
        let builder =
            builder.header(AUTHORIZATION, self.authorization.clone()).header("Stripe-Version", VERSION);
        let builder = match request.idempotency_key {
            Some(key) => builder.header("Idempotency-Key", key),
            None => builder,
        };
        let mut response = builder.send().await.map_err(|error| unanswered(&error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unanswered(&error))? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(CallError::Unclear("the answer is too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, body })
    }
}

/// The request's address says nothing more, and nothing of it belongs in a log.
fn unanswered(error: &reqwest::Error) -> CallError {
    if error.is_builder() {
        let detail = "the request cannot be sent".to_owned();
        return CallError::Refused { status: 0, code: "unsendable".to_owned(), detail };
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    // Without a connection nothing was sent.
    match error.is_connect() {
        true => CallError::Busy(format!("no connection: {cause}")),
        false => CallError::Unclear(cause.to_string()),
    }
}

/// The sandbox of this process, on the engine's clock.
#[derive(Clone)]
pub struct InProcess {
    pub sandbox: Arc<Sandbox>,
    pub clock: Arc<Clock>,
}

impl InProcess {
    fn send(&self, request: &Request<'_>) -> Result<Response, CallError> {
        let call = Call {
            method: match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
            },
            path: &request.path,
            authorization: Some(&format!("Bearer {}", self.sandbox.secret_key())),
            idempotency_key: request.idempotency_key,
            form: &request.form.encode(),
        };
        match self.sandbox.handle(&call, self.clock.now()) {
            Answer::Reply(reply) => Ok(Response { status: reply.status, body: reply.body.into_bytes() }),
            Answer::Lost => Err(CallError::Unclear("timed out".to_owned())),
        }
    }
}
