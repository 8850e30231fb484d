//! One attempt to deliver a message, and what came of it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ipnet::IpNet;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};

use super::sign::{Secret, signatures};
use super::target::{CheckedResolver, Lookup, NotAllowed, SystemLookup, Targets, causes};
use crate::domain::time::Span;

/// As much of an answer is read, so that its connection can be used again; a longer one costs its connection.
const ANSWER_BYTES_MAX: usize = 16 * 1_024;
/// How many connections wait for the next message to the same host, and for how long.
const IDLE_CONNECTIONS_MAX: usize = 2;
const IDLE_TIME_MAX: Duration = Duration::from_secs(60);

/// How messages are sent.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long an attempt may take, from the resolving of the name to the end of the answer.
    pub timeout: Duration,
    /// Networks that may be called although they are not public.
    pub allowed_networks: Vec<IpNet>,
    pub user_agent: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            timeout: Duration::from_secs(15),
            allowed_networks: Vec::new(),
            user_agent: concat!("Farebox/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// What is sent. The same message has the same id in every attempt: the endpoint knows it again by it.
#[derive(Clone, Debug)]
pub struct Message {
    /// Visible ASCII without a full stop, which is what separates it from the rest of what is signed.
    pub id: String,
    /// Of the attempt, in seconds since 1970: the endpoint refuses what is too old.
    pub timestamp: i64,
    /// JSON.
    pub body: Bytes,
}

/// Where it is sent.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub url: String,
    /// All that sign, the newest first: at least one.
    pub secrets: Vec<Secret>,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The endpoint has it (2xx).
    Accepted { status: u16 },
    /// The endpoint wants nothing more, ever (410).
    Gone,
    /// Not now: it may be tried again. `status` is what the endpoint answered, if it did, and `retry_after` the
    /// pause that it asked for.
    Retry { status: Option<u16>, why: String, retry_after: Option<Span> },
    /// Nothing was sent, and nothing will be while the settings and the endpoint are what they are.
    Refused { why: String },
}

/// Sends messages. Cheap to clone: clones share their connections.
#[derive(Clone, Debug)]
pub struct Deliverer {
    targets: Targets,
    timeout: Duration,
    plain: Client,
    /// Without certificates on this machine there is no https; plain http is there all the same.
    secure: Result<Client, String>,
}

impl Deliverer {
    /// Fails where the settings cannot be met: the user agent cannot be sent.
    pub fn new(settings: Settings) -> Result<Deliverer, reqwest::Error> {
        Deliverer::with_lookup(settings, SystemLookup)
    }

    pub(super) fn with_lookup<L: Lookup>(settings: Settings, lookup: L) -> Result<Deliverer, reqwest::Error> {
        let targets = Targets::new(settings.allowed_networks);
        let resolver = Arc::new(CheckedResolver::new(targets.clone(), lookup));
        let builder = || {
            Client::builder()
                .timeout(settings.timeout)
                .user_agent(&settings.user_agent)
                .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
                .pool_idle_timeout(IDLE_TIME_MAX)
                // Where a redirect leads was not checked; and the endpoint's owner should know its address.
                .redirect(redirect::Policy::none())
                .referer(false)
                // A proxy would resolve the name itself, and what was checked here would mean nothing.
                .no_proxy()
                .dns_resolver(resolver.clone())
        };
        let plain = builder().tls_certs_only([]).build()?;
        let secure = builder().build().map_err(|error| innermost(&error));
        Ok(Deliverer { targets, timeout: settings.timeout, plain, secure })
    }

    /// Whether an endpoint may have this address; asks no resolver. Names are checked again by what they resolve
    /// to when they are called.
    pub fn check_url(&self, url: &str) -> Result<(), NotAllowed> {
        self.targets.check_url(url).map(|_| ())
    }

    pub async fn deliver(&self, message: &Message, endpoint: &Endpoint) -> Delivered {
        let url = match self.checked(message, endpoint) {
            Ok(url) => url,
            Err(why) => return Delivered::Refused { why },
        };
        let client = match (url.scheme(), &self.secure) {
            ("https", Ok(secure)) => secure,
            ("https", Err(why)) => return retry(None, why.clone()),
            _ => &self.plain,
        };
        let signed = signatures(&endpoint.secrets, &message.id, message.timestamp, &message.body);
        let request = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(HeaderName::from_static("webhook-id"), &message.id)
            .header(HeaderName::from_static("webhook-timestamp"), message.timestamp)
            .header(HeaderName::from_static("webhook-signature"), signed)
            .body(message.body.clone());
        match request.send().await {
            Ok(answer) => answered(answer).await,
            Err(error) => self.unanswered(&error),
        }
    }

    /// What can be known to be wrong before anything is sent.
    fn checked(&self, message: &Message, endpoint: &Endpoint) -> Result<Url, String> {
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'.';
        if message.id.is_empty() || !message.id.bytes().all(plain) {
            return Err("the id of the message is not visible ASCII without a full stop".to_owned());
        }
        if endpoint.secrets.is_empty() {
            return Err("the endpoint has no secret to sign with".to_owned());
        }
        self.targets.check_url(&endpoint.url).map_err(|error| error.to_string())
    }

    fn unanswered(&self, error: &reqwest::Error) -> Delivered {
        if let Some(refusal) = causes(error).find_map(|cause| cause.downcast_ref::<NotAllowed>()) {
            return Delivered::Refused { why: refusal.to_string() };
        }
        match error.is_timeout() {
            true => retry(None, format!("no answer within {} ms", self.timeout.as_millis())),
            false => retry(None, innermost(error)),
        }
    }
}

async fn answered(answer: Response) -> Delivered {
    let status = answer.status();
    let retry_after = retry_after(answer.headers());
    read_away(answer).await;
    match status {
        status if status.is_success() => Delivered::Accepted { status: status.as_u16() },
        StatusCode::GONE => Delivered::Gone,
        status => {
            let why = if status.is_redirection() { "redirects are not followed" } else { "not accepted" };
            let why = format!("the endpoint answered {status}: {why}");
            Delivered::Retry { status: Some(status.as_u16()), why, retry_after }
        }
    }
}

/// The status has decided; how the body ends changes nothing.
async fn read_away(mut answer: Response) {
    let mut left = ANSWER_BYTES_MAX;
    while let Ok(Some(chunk)) = answer.chunk().await {
        match left.checked_sub(chunk.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}

/// `Retry-After` as a pause. A date is read by the endpoint's own clock, the `Date` of the same answer: ours may
/// tell another time.
fn retry_after(headers: &HeaderMap) -> Option<Span> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok();
    let asked = text(RETRY_AFTER)?;
    let seconds = match asked.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let (until, sent) = (http_date(asked)?, http_date(text(DATE)?)?);
            u64::try_from(until.as_second().saturating_sub(sent.as_second())).ok()?
        }
    };
    Some(Span::from_seconds(u32::try_from(seconds).unwrap_or(u32::MAX)))
}

fn http_date(text: &str) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp())
}

fn retry(status: Option<u16>, why: String) -> Delivered {
    Delivered::Retry { status, why, retry_after: None }
}

/// The outermost error alone is only "error sending request".
fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_until_a_date_of_the_endpoints_clock() {
        let date = "Wed, 21 Oct 2026 07:28:00 GMT";
        let table = [
            (Some("120"), None, Some(120)),
            (Some("0"), None, Some(0)),
            (Some("99999999999"), None, Some(i64::from(u32::MAX))),
            (Some("Wed, 21 Oct 2026 07:29:30 GMT"), Some(date), Some(90)),
            (Some("Wed, 21 Oct 2026 07:28:00 GMT"), Some(date), Some(0)),
            (Some("Wed, 21 Oct 2026 07:00:00 GMT"), Some(date), None),
            (Some("Wed, 21 Oct 2026 07:29:30 GMT"), None, None),
            (Some("Wed, 21 Oct 2026 07:29:30 GMT"), Some("noon"), None),
            (Some("soon"), Some(date), None),
            (Some("-1"), Some(date), None),
            (Some("1.5"), Some(date), None),
            (None, Some(date), None),
        ];
        for (asked, date, want) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in [(RETRY_AFTER, asked), (DATE, date)] {
                headers.extend(value.map(|value| (name, value.parse().unwrap())));
            }
            let pause = retry_after(&headers).map(Span::seconds);
            assert_eq!(pause, want, "Retry-After: {asked:?}, Date: {date:?}");
        }
    }
}
