//! What happens to a wallet, as it happens: a stream of server-sent events.
//!
//! A stream looks at what is published for readers, a few times a second; nobody who decides waits for it or knows of
//! it. What changed in between is told once, as it is now.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, HeaderMap};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, rt};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::ToSchema;

use super::auth::Caller;
use super::problem::{Code, Problem};
use super::session::Sessions;
use super::top_ups::TopUp;
use super::wallets::Wallet;
use super::wire::Instant;
use crate::actors::Engine;
use crate::clock::Stopwatch;
use crate::domain::access::Action;
use crate::domain::life::attempt::Attempt;
use crate::engine::directory::{Cell, Published};
use crate::store::StoreError;

/// Most streams at once.
const STREAMS_MAX: usize = 2_000;
/// How often a stream looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long nothing is sent before it is said that there is nothing.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Views follow the balance by about a second: for so long top-ups are looked at after every change.
const VIEWS_FOLLOW_WITHIN: Duration = Duration::from_secs(4);
const LOOK_AT_TOP_UPS_EVERY: Duration = Duration::from_secs(1);
/// Only the newest are told of.
const TOP_UPS_LOOKED_AT: usize = 20;
/// How soon a browser tries again when the connection is lost.
const RETRY: &str = "retry: 2000\n\n";
const LAST_EVENT_ID: &str = "Last-Event-ID";

/// Room for streams.
pub struct Streams(Arc<Semaphore>);

/// A wallet that has changed, as `event: wallet` tells it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveWallet {
    #[serde(flatten)]
    wallet: Wallet,
    /// The number of its last entry.
    #[schema(example = 12)]
    seq: u64,
    /// What the engine's clock shows.
    now: Instant,
}

/// What the stream sends when nothing else happens, as `event: time`.
#[derive(Debug, Serialize)]
struct Beat {
    now: Instant,
}

impl Streams {
    pub fn new() -> Streams {
        Streams(Arc::new(Semaphore::new(STREAMS_MAX)))
    }
}

/// What happens to a wallet, as it happens
///
/// A stream of server-sent events. `wallet` has the wallet with `seq`, its last entry, and `now`; it comes first, and
/// again whenever something has changed. `top_up` has a top-up that was opened or changed. `time` has `now` and comes
/// when nothing else does, every 15 seconds at the latest. `end` comes before the stream ends because the key or session
/// has. With `Last-Event-ID` nothing is told anew that has not changed since.
#[utoipa::path(
    tag = "wallets",
    params(("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that came")),
    responses(
        (status = 200, description = "The stream; `wallet` looks like this", body = LiveWallet,
            content_type = "text/event-stream"),
        (status = 429, description = "`too_busy`: as many streams are open as may be"),
    )
)]
#[get("/v1/wallets/{wallet}/events")]
pub async fn get_live(
    caller: Caller,
    engine: Data<Engine>,
    sessions: Data<Sessions>,
    streams: Data<Streams>,
    wallet: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let permit = Arc::clone(&streams.0).try_acquire_owned();
    let permit = permit
        .map_err(|_| Problem::new(Code::TooBusy, "as many streams are open as may be; try again later"))?;
    let known = last_id(request.headers());
    let watch = Watch {
        seen: Seen { published: None, top_ups: Vec::new() },
        known,
        said: None,
        changed: Stopwatch::start(),
        looked: None,
        ended: false,
        caller,
        engine,
        sessions,
        cell,
        _permit: permit,
    };
    let events = stream::unfold(watch, |mut watch| async move {
        let said = watch.next().await?;
        Some((Ok::<_, Infallible>(said), watch))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // So that proxies such as nginx pass it on at once.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(events))
}

fn last_id(headers: &HeaderMap) -> Option<String> {
    headers.get(LAST_EVENT_ID)?.to_str().ok().map(str::to_owned)
}

/// One stream and what it has told.
struct Watch {
    seen: Seen,
    /// What the client says it was told last, on a stream before this one.
    known: Option<String>,
    /// Since when nothing was sent; `None` before anything was.
    said: Option<Stopwatch>,
    /// Since the last change.
    changed: Stopwatch,
    /// Since top-ups were looked at.
    looked: Option<Stopwatch>,
    ended: bool,
    caller: Caller,
    engine: Data<Engine>,
    sessions: Data<Sessions>,
    cell: Arc<Cell>,
    _permit: OwnedSemaphorePermit,
}

/// A wallet as it was told.
struct Seen {
    published: Option<Published>,
    top_ups: Vec<Attempt>,
}

impl Watch {
    /// What is to be sent next; `None` once the stream has ended.
    async fn next(&mut self) -> Option<Bytes> {
        while !self.ended && !self.engine.is_stopping() {
            if !self.sessions.stands(&self.caller, &self.engine) {
                self.ended = true;
                return Some(Bytes::from_static(b"event: end\ndata: {}\n\n"));
            }
            match self.look() {
                Ok(told) if !told.is_empty() => {
                    self.said = Some(Stopwatch::start());
                    return Some(told.into());
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "a stream of a wallet cannot read the views");
                    return None;
                }
            }
            if self.said.as_ref().is_none_or(|said| said.elapsed() >= HEARTBEAT) {
                self.said = Some(Stopwatch::start());
                return Some(event("time", None, &Beat { now: self.now() }).into());
            }
            rt::time::sleep(LOOK_EVERY).await;
        }
        None
    }

    fn now(&self) -> Instant {
        Instant(self.engine.clock().now())
    }

    /// What has changed since it was told; empty where nothing has.
    fn look(&mut self) -> Result<String, StoreError> {
        let published = self.cell.read();
        let first = self.seen.published.is_none();
        let changed = self.seen.published.as_ref() != Some(&published);
        if changed {
            self.changed = Stopwatch::start();
        }
        let due = self.looked.as_ref().is_none_or(|looked| looked.elapsed() >= LOOK_AT_TOP_UPS_EVERY);
        let look_at_top_ups = due && (first || self.changed.elapsed() < VIEWS_FOLLOW_WITHIN);
        let mut told = String::new();
        let mut top_ups = Vec::new();
        if look_at_top_ups {
            self.looked = Some(Stopwatch::start());
            let found =
                self.engine.views().read_before::<Attempt>(self.cell.id, u64::MAX, TOP_UPS_LOOKED_AT)?;
            let found: Vec<Attempt> = found.into_iter().map(|dated| dated.document).collect();
            top_ups = found.iter().filter(|one| !self.seen.top_ups.contains(one)).cloned().collect();
            self.seen.top_ups = found;
        }
        let id = id_of(&published, &self.seen.top_ups);
        if first {
            told.push_str(RETRY);
            let known = self.known.take();
            self.seen.published = Some(published.clone());
            if known.as_deref() == Some(id.as_str()) {
                return Ok(told);
            }
            told.push_str(&self.wallet(&id, &published));
            // Whoever was here before is told of all that may have changed since; a newcomer asks for what there is.
            if known.is_some() {
                self.tell_top_ups(&mut told, &id, top_ups, &published);
            }
            return Ok(told);
        }
        if changed {
            told.push_str(&self.wallet(&id, &published));
        }
        self.tell_top_ups(&mut told, &id, top_ups, &published);
        self.seen.published = Some(published);
        Ok(told)
    }

    fn wallet(&self, id: &str, published: &Published) -> String {
        let wallet = Wallet::of(&self.cell, &self.engine.book());
        event("wallet", Some(id), &LiveWallet { wallet, seq: published.seq, now: self.now() })
    }

    fn tell_top_ups(&self, told: &mut String, id: &str, top_ups: Vec<Attempt>, published: &Published) {
        for top_up in top_ups.into_iter().rev() {
            told.push_str(&event("top_up", Some(id), &TopUp::of(top_up, published.currency)));
        }
    }
}

/// What tells this state from others.
fn id_of(published: &Published, top_ups: &[Attempt]) -> String {
    let states = top_ups.iter().map(|one| format!("{}{:?}{}", one.number, one.state, one.credited));
    let states = blake3::hash(states.collect::<Vec<_>>().join(" ").as_bytes()).to_hex();
    format!("{}-{}-{}", published.seq, published.as_of.nanos(), &states[..16])
}

/// One event. JSON has no line breaks of its own.
fn event(name: &str, id: Option<&str>, data: &impl Serialize) -> String {
    let data = serde_json::to_string(data).expect("what is told is texts and numbers");
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    format!("event: {name}\n{id}data: {data}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_block_whatever_is_in_it() {
        let told = event("wallet", Some("1-2"), &"a\n\nevent: end\r\ndata: x");
        assert_eq!(told, "event: wallet\nid: 1-2\ndata: \"a\\n\\nevent: end\\r\\ndata: x\"\n\n");
    }
}
