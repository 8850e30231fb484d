//! Events in: NDJSON, CloudEvents and Arrow, read as one batch, taken whole, answered line by line.

use std::sync::Arc;

use actix_web::http::header::{Accept, Header as _, Quality};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use bytes::Bytes;
use tracing::Instrument as _;

use super::answer;
use super::auth::Caller;
use super::body;
use super::problem::{Code, Problem};
use super::readers;
use super::schema::{CloudEvent, EventData, EventLine, EventsAnswer};
use super::watching::{REQUEST_ID, RequestIds};
use crate::actors::Engine;
use crate::clock::Stopwatch;
use crate::domain::access::Action;
use crate::engine::batch::Batch;
use crate::engine::outcome::Outcome;
use crate::ingest::{Desk, Limits, Scope, TooManyEvents, Unreadable, arrow, cloudevents, ndjson};

const JSON: &str = "application/json";
const SUPPORTED: &str = "application/x-ndjson, application/cloudevents+json, application/cloudevents-batch+json, \
application/vnd.apache.arrow.stream, or application/json with the headers of CloudEvents' binary mode";

/// How the events of a body are written down.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Format {
    Ndjson,
    CloudEvent,
    CloudEventBatch,
    /// With the attributes, which stand in headers.
    CloudEventBinary(Vec<(String, Vec<u8>)>),
    Arrow,
}

/// How the answer is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AnswerFormat {
    Json,
    Arrow,
}

/// Send events
///
/// A request is taken whole or not at all; once taken, each event has an outcome of its own, in order, with
/// its line's number. Sending the same again changes nothing: what was taken is a `duplicate`. An Arrow stream has a row
/// for each event and a column for each field.
#[utoipa::path(
    tag = "events",
    request_body(description = "One event or many", content(
        (EventLine = "application/x-ndjson", example = "{\"id\":\"m-1\",\"type\":\"message.outbound\",\"wallet\":\"acme\",\
\"channel\":\"+14155550100\",\"peer\":\"+85291234567\",\"kind\":\"sms\",\"text\":\"hi\"}\n"),
        (CloudEvent = "application/cloudevents+json"),
        (Vec<CloudEvent> = "application/cloudevents-batch+json"),
        (EventData = "application/json"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"),
    )),
    params(
        ("Accept" = Option<String>, Header, description = "`application/vnd.apache.arrow.stream` for an answer as an Arrow \
stream: the results as rows, the counters in the metadata of its schema", example = "application/json"),
        ("Content-Encoding" = Option<String>, Header, description = "`identity`, `gzip` or `zstd`", example = "gzip"),
        ("X-Request-Id" = Option<String>, Header, description = "What the request goes by in the log: 1 to 64 of \
A-Z a-z 0-9 . _ -, at least one a letter; the answer has it again, or one that was made"),
        ("ce-specversion" = Option<String>, Header, description = "In binary mode: `1.0`"),
        ("ce-id" = Option<String>, Header, description = "In binary mode: the event's id"),
        ("ce-source" = Option<String>, Header, description = "In binary mode: the event's source"),
        ("ce-type" = Option<String>, Header, description = "In binary mode: the event's type"),
        ("ce-subject" = Option<String>, Header, description = "In binary mode: the wallet"),
        ("ce-time" = Option<String>, Header, description = "In binary mode: when it happened"),
    ),
    responses((status = 200, description = "Every event has an outcome", content(
        (EventsAnswer = "application/json"),
        (Vec<u8> = "application/vnd.apache.arrow.stream"),
    )))
)]
#[post("/v1/events")]
pub async fn post_events(
    caller: Caller,
    engine: Data<Engine>,
    ids: Data<RequestIds>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    caller.may(Action::SendEvents)?;
    let (id, answer_format) = (ids.of(&request), AnswerFormat::of(&request));
    let span = tracing::debug_span!("batch", request = id, key = &*caller.key.id);
    let answer = take(caller, &engine, &request, payload, answer_format).instrument(span).await?;
    let media_type = answer_format.media_type();
    Ok(HttpResponse::Ok().content_type(media_type).insert_header((REQUEST_ID, id)).body(answer))
}

/// Takes a request's events and says what became of them.
async fn take(
    caller: Caller,
    engine: &Data<Engine>,
    request: &HttpRequest,
    payload: Payload,
    answer_format: AnswerFormat,
) -> Result<Vec<u8>, Problem> {
    let watch = Stopwatch::start();
    let format = Format::of(request)?;
    let bytes_max = engine.config().http.body_bytes_max;
    let body = body::read(request, payload.into_inner(), engine, bytes_max).await?;
    if body.bytes.is_empty() {
        return Err(Problem::new(Code::BadRequest, "empty body"));
    }
    let size = body.bytes.len();
    let key = Arc::clone(&caller.key);
    let reading = body::is_large(size).then(|| engine.reading());
    if reading.is_none() {
        readers::of(request).small_came();
    }
    let batch = body::work(request, size, reader(format, body.bytes, caller, engine)).await??;
    if batch.lines.len() > batch.events.len() {
        engine.count_invalid(&batch);
    }
    drop(reading);
    let submitted = engine.submit(batch, &key.id).await;
    let (batch, outcomes) = submitted.inspect_err(|busy| {
        tracing::debug!(bytes = size, stopping = busy.stopping, "turned away");
    })?;
    if tracing::enabled!(tracing::Level::DEBUG) {
        tell(&batch, &outcomes, size, watch);
    }
    let answer = body::work(request, size, move || answer_format.write(&batch, &outcomes)).await??;
    drop(body.permit);
    Ok(answer)
}

/// A line of the log for a request: how much came, and what became of it.
fn tell(batch: &Batch, outcomes: &[Outcome], bytes: usize, watch: Stopwatch) {
    let [charged, recorded, refused, duplicate, conflict, invalid, unavailable] =
        answer::counts(batch, outcomes);
    let (rows, seconds) = (batch.lines.len(), watch.seconds());
    tracing::debug!(
        rows,
        bytes,
        charged,
        recorded,
        refused,
        duplicate,
        conflict,
        invalid,
        unavailable,
        seconds,
        "decided"
    );
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
            directory: engine.directory().reader(),
            book: &engine.book(),
            secret: engine.secret(),
            now: engine.clock().now(),
            scope: caller.bound_to().map_or(Scope::AllWallets, Scope::OneWallet),
            limits: Limits {
                events_per_request_max: http.events_per_request_max,
                line_bytes_max: http.line_bytes_max,
                body_bytes_max: http.body_bytes_max,
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
            Format::Arrow => arrow::read(bytes, &desk)?,
        })
    }
}

impl Format {
    fn of(request: &HttpRequest) -> Result<Format, Problem> {
        match body::media_type(request)?.as_str() {
            "application/x-ndjson" => Ok(Format::Ndjson),
            "application/cloudevents+json" => Ok(Format::CloudEvent),
            "application/cloudevents-batch+json" => Ok(Format::CloudEventBatch),
            answer::arrow::MEDIA_TYPE => Ok(Format::Arrow),
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

impl AnswerFormat {
    /// Arrow for whoever names it and likes JSON no better.
    fn of(request: &HttpRequest) -> AnswerFormat {
        let accept = Accept::parse(request).unwrap_or_else(|_| Accept::json());
        let liking = |media_type: &str| {
            let named = accept.iter().filter(|range| range.item.essence_str() == media_type);
            named.map(|range| range.quality).max().unwrap_or(Quality::ZERO)
        };
        let arrow = liking(answer::arrow::MEDIA_TYPE);
        if arrow > Quality::ZERO && arrow >= liking(JSON) { AnswerFormat::Arrow } else { AnswerFormat::Json }
    }

    fn media_type(self) -> &'static str {
        match self {
            AnswerFormat::Json => JSON,
            AnswerFormat::Arrow => answer::arrow::MEDIA_TYPE,
        }
    }

    fn write(self, batch: &Batch, outcomes: &[Outcome]) -> Result<Vec<u8>, Problem> {
        match self {
            AnswerFormat::Json => Ok(answer::write(batch, outcomes)),
            AnswerFormat::Arrow => answer::arrow::write(batch, outcomes).map_err(Problem::internal),
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
            Unreadable::Column { column, detail } => Problem::bad_field(column, detail),
            Unreadable::TooLarge { .. } => Problem::new(Code::BodyTooLarge, error.to_string()),
        }
    }
}
