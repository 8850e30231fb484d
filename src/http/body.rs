//! Request bodies: read chunk by chunk under a permit, bounded and unpacked; and JSON from them.
//!
//! What a client announces is believed only as far as it frees us from work: too much is refused at once,
//! but memory is set aside for no more than [`STEP_BYTES`] ahead of what has come.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use actix_web::{FromRequest, HttpRequest, rt};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::problem::{Code, Problem};
use super::readers;
use crate::actors::engine::{BytesPermit, Engine};
use crate::ingest::decode::{ContentEncoding, DecodeError, decode};

/// Most bytes of a JSON body, unpacked.
pub const JSON_BYTES_MAX: usize = 1 << 20;
/// How far the permit for a body may be ahead of what has come of it.
const STEP_BYTES: usize = 1 << 20;
/// Work on more bytes than this would keep a worker's other connections waiting for milliseconds.
const INLINE_BYTES_MAX: usize = 128 << 10;
/// How many times smaller a packed body usually is.
const PACKING: usize = 8;

/// A whole body, unpacked, and the room that it takes.
pub struct Body {
    pub bytes: Bytes,
    /// To be held until nothing of the body is needed any more.
    pub permit: BytesPermit,
}

/// Reads and unpacks the body of a request, at most `bytes_max` bytes of it on either side.
pub async fn read(
    request: &HttpRequest,
    payload: Payload,
    engine: &Engine,
    bytes_max: usize,
) -> Result<Body, Problem> {
    let encoding = encoding(request)?;
    let announced = announced(request)?;
    if announced > bytes_max {
        return Err(too_large(bytes_max));
    }
    let patience = Duration::from_secs(u64::from(engine.config().http.client_timeout_seconds));
    let admitted = announced.min(STEP_BYTES);
    let mut permit = engine.admit_bytes(admitted)?;
    let bytes = collect(payload, bytes_max, patience, admitted, &mut permit).await?;
    if encoding == ContentEncoding::Identity {
        return Ok(Body { bytes, permit });
    }
    // How much it comes to is not known yet: a small body may unpack to the most there may be.
    drop(permit);
    let most = engine.admit_bytes(bytes_max)?;
    let unpacked = work(request, bytes.len() * PACKING, move || decode(encoding, bytes, bytes_max)).await?;
    let bytes = unpacked.map_err(undecodable)?;
    drop(most);
    Ok(Body { permit: engine.admit_bytes(bytes.len())?, bytes })
}

/// Whether work on so many bytes has to wait for a thread.
pub fn is_large(bytes: usize) -> bool {
    bytes > INLINE_BYTES_MAX
}

/// Runs `work` on so many bytes of a request: here, or where it holds up nobody.
pub async fn work<T: Send + 'static>(
    request: &HttpRequest,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    if is_large(bytes) { readers::of(request).run(work).await } else { Ok(work()) }
}

async fn collect(
    mut payload: Payload,
    bytes_max: usize,
    patience: Duration,
    mut admitted: usize,
    permit: &mut BytesPermit,
) -> Result<Bytes, Problem> {
    let mut body = BytesMut::with_capacity(admitted);
    while let Some(chunk) =
        rt::time::timeout(patience, payload.next()).await.map_err(|_| too_slow(patience))?
    {
        let chunk = chunk.map_err(|error| broken_off(&error, bytes_max))?;
        let length = body.len() + chunk.len();
        if length > bytes_max {
            return Err(too_large(bytes_max));
        }
        if length > admitted {
            let more = (length - admitted).max(STEP_BYTES);
            permit.grow(more)?;
            admitted += more;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn encoding(request: &HttpRequest) -> Result<ContentEncoding, Problem> {
    let header = text_of(request, &CONTENT_ENCODING)?.unwrap_or_default();
    ContentEncoding::parse(header).map_err(|error| Problem::new(Code::UnsupportedEncoding, error.to_string()))
}

/// The length that the client announces; 0 where it does not.
fn announced(request: &HttpRequest) -> Result<usize, Problem> {
    let Some(length) = text_of(request, &CONTENT_LENGTH)? else { return Ok(0) };
    length.parse().map_err(|_| Problem::bad_field("Content-Length", "not a number of bytes"))
}

fn text_of<'a>(request: &'a HttpRequest, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let Some(value) = request.headers().get(name) else { return Ok(None) };
    value.to_str().map(Some).map_err(|_| Problem::bad_field(name.as_str(), "not visible ASCII"))
}

/// The media type of the body in lower case, without its parameters; empty where none is given.
pub fn media_type(request: &HttpRequest) -> Result<String, Problem> {
    let given = text_of(request, &CONTENT_TYPE)?.unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default();
    Ok(essence.trim().to_ascii_lowercase())
}

/// Checks that the body is of the one type that a call takes.
pub fn expect_media_type(request: &HttpRequest, want: &'static str) -> Result<(), Problem> {
    if media_type(request)? == want { Ok(()) } else { Err(unsupported_media_type(want)) }
}

pub fn unsupported_media_type(supported: &'static str) -> Problem {
    Problem::new(Code::UnsupportedMediaType, format!("send it as Content-Type: {supported}"))
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("more than {bytes_max} bytes; nothing of it was taken"))
}

fn too_slow(patience: Duration) -> Problem {
    Problem::new(Code::RequestTimeout, format!("nothing came for {} seconds", patience.as_secs()))
}

fn broken_off(error: &PayloadError, bytes_max: usize) -> Problem {
    match error {
        PayloadError::Overflow => too_large(bytes_max),
        error => Problem::new(Code::BadRequest, format!("the body did not arrive whole: {error}")),
    }
}

fn undecodable(error: DecodeError) -> Problem {
    match error {
        DecodeError::TooLarge { bytes_max } => too_large(bytes_max),
        DecodeError::Damaged(_) => Problem::new(Code::BadRequest, format!("the body {error}")),
    }
}

/// A JSON body. A problem with it names the field.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Json<T>, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            expect_media_type(&request, "application/json")?;
            let body = read(&request, payload, super::engine_of(&request), JSON_BYTES_MAX).await?;
            parse(&body.bytes).map(Json)
        })
    }
}

/// A JSON body that may be as long as a request with events, and the room that it takes.
pub struct LongJson<T> {
    pub value: T,
    /// Held until nothing of the value is needed any more.
    _permit: BytesPermit,
}

impl<T: DeserializeOwned + Send + 'static> FromRequest for LongJson<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<LongJson<T>, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            expect_media_type(&request, "application/json")?;
            let engine = super::engine_of(&request);
            let Body { bytes, permit } =
                read(&request, payload, engine, engine.config().http.body_bytes_max).await?;
            let value = work(&request, bytes.len(), move || parse(&bytes)).await??;
            Ok(LongJson { value, _permit: permit })
        })
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // A list would be read too, its items taken for the fields in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::new(Code::BadRequest, "not a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| unreadable(&error))?;
    reader.end().map_err(|error| Problem::new(Code::BadRequest, format!("not one JSON object: {error}")))?;
    Ok(value)
}

fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let detail = error.inner().to_string();
    let path = error.path().to_string();
    if !error.inner().is_data() || path == "." {
        let missing = named(&detail, "missing field `").or_else(|| named(&detail, "duplicate field `"));
        return match missing.filter(|_| error.inner().is_data()) {
            Some(field) => Problem::bad_field(field, detail),
            None => Problem::new(Code::BadRequest, format!("not the JSON object that this takes: {detail}")),
        };
    }
    Problem::bad_field(path, detail)
}

/// The name that follows `words`, up to the next backtick.
fn named(detail: &str, words: &str) -> Option<String> {
    let (_, rest) = detail.split_once(words)?;
    rest.split_once('`').map(|(name, _)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read matters")]
    struct Sample {
        amount: String,
        #[serde(default)]
        reason: Option<String>,
    }

    #[test]
    fn what_is_wrong_with_a_json_body_names_the_field() {
        let table = [
            (r#"{"amount":"1"}"#, None),
            (r#" {"amount":"1","reason":null} "#, None),
            (r#"{"amount":1}"#, Some((Code::BadField, Some("amount")))),
            (r#"{"amount":"1","reason":[]}"#, Some((Code::BadField, Some("reason")))),
            (r#"{"amount":"1","other":2}"#, Some((Code::BadField, Some("other")))),
            (r#"{"reason":"x"}"#, Some((Code::BadField, Some("amount")))),
            (r#"{"amount":"1","amount":"1"}"#, Some((Code::BadField, Some("amount")))),
            (r#"{"amount":"1"} x"#, Some((Code::BadRequest, None))),
            (r#"{"amount":"1""#, Some((Code::BadRequest, None))),
            (r#"["1"]"#, Some((Code::BadRequest, None))),
            ("5", Some((Code::BadRequest, None))),
            ("", Some((Code::BadRequest, None))),
            ("{\"amount\":\"\u{0}\"}", Some((Code::BadRequest, None))),
        ];
        for (body, want) in table {
            let problem = parse::<Sample>(body.as_bytes()).err();
            let found = problem.as_ref().map(|problem| (problem.code(), problem.field()));
            assert_eq!(found, want, "{body}: {problem:?}");
        }
    }
}
