//! Events in: NDJSON and CloudEvents, read as one batch, taken whole, answered line by line.

use std::sync::Arc;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use bytes::Bytes;

use super::answer;
use super::auth::Caller;
use super::body;
use super::problem::{Code, Problem};
use super::schema::{CloudEvent, EventData, EventLine, EventsAnswer};
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::engine::batch::Batch;
use crate::ingest::{Desk, Limits, Scope, TooManyEvents, Unreadable, cloudevents, ndjson};

const SUPPORTED: &str = "application/x-ndjson, application/cloudevents+json, application/cloudevents-batch+json, \
or application/json with the headers of CloudEvents' binary mode";

/// How the events of a body are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Format {
    Ndjson,
    CloudEvent,
    CloudEventBatch,
    /// With the attributes, which stand in headers.
    CloudEventBinary(Vec<(String, Vec<u8>)>),
}

/// Send events
///
/// A request is taken whole or not at all; once taken, each event has an outcome of its own, in order, with
/// its line's number. Sending the same again changes nothing: what was taken is a `duplicate`.
#[utoipa::path(
    tag = "events",
    request_body(description = "One event or many", content(
        (EventLine = "application/x-ndjson", example = "{\"id\":\"m-1\",\"type\":\"message.outbound\",\"wallet\":\"acme\",\
\"channel\":\"+14155550100\",\"peer\":\"+85291234567\",\"kind\":\"sms\",\"text\":\"hi\"}\n"),
        (CloudEvent = "application/cloudevents+json"),
        (Vec<CloudEvent> = "application/cloudevents-batch+json"),
        (EventData = "application/json"),
    )),
    params(
        ("Content-Encoding" = Option<String>, Header, description = "`identity`, `gzip` or `zstd`", example = "gzip"),
        ("ce-specversion" = Option<String>, Header, description = "In binary mode: `1.0`"),
        ("ce-id" = Option<String>, Header, description = "In binary mode: the event's id"),
        ("ce-source" = Option<String>, Header, description = "In binary mode: the event's source"),
        ("ce-type" = Option<String>, Header, description = "In binary mode: the event's type"),
        ("ce-subject" = Option<String>, Header, description = "In binary mode: the wallet"),
        ("ce-time" = Option<String>, Header, description = "In binary mode: when it happened"),
    ),
    responses((status = 200, description = "Every event has an outcome", body = EventsAnswer))
)]
#[post("/v1/events")]
pub async fn post_events(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    caller.may(Action::SendEvents)?;
    let format = Format::of(&request)?;
    let bytes_max = engine.config().http.body_bytes_max;
    let body = body::read(&request, payload.into_inner(), &engine, bytes_max).await?;
    if body.bytes.is_empty() {
        return Err(Problem::new(Code::BadRequest, "empty body"));
    }
    let size = body.bytes.len();
    let key = Arc::clone(&caller.key);
    let batch = body::work(size, reader(format, body.bytes, caller, &engine)).await??;
    engine.count_invalid(batch.lines.len() - batch.events.len());
    let (batch, outcomes) = engine.submit(batch, &key.id).await?;
    let answer = body::work(size, move || answer::write(&batch, &outcomes)).await?;
    drop(body.permit);
    Ok(HttpResponse::Ok().content_type("application/json").body(answer))
}

/// Reads the body against what the engine knows now, on whichever thread it is called.
fn reader(
    format: Format,
    bytes: Bytes,
    caller: Caller,
    engine: &Engine,
) -> impl FnOnce() -> Result<Batch, Problem> + Send + use<> {
    let engine = engine.clone();
    move || {
        let http = &engine.config().http;
        let desk = Desk {
            directory: engine.directory(),
            book: &engine.book(),
            secret: engine.secret(),
            now: engine.clock().now(),
            scope: caller.bound_to().map_or(Scope::AllWallets, Scope::OneWallet),
            limits: Limits {
                events_per_request_max: http.events_per_request_max,
                line_bytes_max: http.line_bytes_max,
            },
        };
        Ok(match format {
            Format::Ndjson => ndjson::read(bytes, &desk)?,
            Format::CloudEvent => cloudevents::read_structured(bytes, &desk)?,
            Format::CloudEventBatch => cloudevents::read_batch(bytes, &desk)?,
            Format::CloudEventBinary(headers) => {
                let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
                cloudevents::read_binary(headers, bytes, &desk)?
            }
        })
    }
}

impl Format {
    fn of(request: &HttpRequest) -> Result<Format, Problem> {
        match body::media_type(request)?.as_str() {
            "application/x-ndjson" => Ok(Format::Ndjson),
            "application/cloudevents+json" => Ok(Format::CloudEvent),
            "application/cloudevents-batch+json" => Ok(Format::CloudEventBatch),
            "application/json" if request.headers().keys().any(|name| name.as_str().starts_with("ce-")) => {
                let attributes =
                    request.headers().iter().filter(|(name, _)| name.as_str().starts_with("ce-"));
                let owned = attributes.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
                Ok(Format::CloudEventBinary(owned.collect()))
            }
            _ => Err(body::unsupported_media_type(SUPPORTED)),
        }
    }
}

impl From<TooManyEvents> for Problem {
    fn from(error: TooManyEvents) -> Problem {
        Problem::new(Code::TooManyEvents, error.to_string())
    }
}

impl From<Unreadable> for Problem {
    fn from(error: Unreadable) -> Problem {
        match error {
            Unreadable::TooManyEvents(too_many) => too_many.into(),
            Unreadable::Malformed(detail) => Problem::new(Code::BadRequest, detail),
        }
    }
}
