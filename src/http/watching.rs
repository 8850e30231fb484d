//! Every request counted by its route, and the ids that requests with events go by in the log.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::HeaderName;

use crate::clock::{Stopwatch, random_bytes};
use crate::metrics::requests::{Answered, Requests};

/// What a request goes by: the caller's own, or one that we make.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ID_CHARACTERS_MAX: usize = 64;

/// Counts an answer under the pattern of its route.
pub fn count<B: MessageBody>(requests: &Requests, answer: &ServiceResponse<B>, watch: Stopwatch) {
    let request = answer.request();
    let (method, path) = (request.method().as_str(), request.path());
    let answered = Answered { method, path, status: answer.status().as_u16(), seconds: watch.seconds() };
    requests.count(answered, || request.match_pattern());
}

/// Makes ids of requests: no two alike while the process runs, and hardly ever afterwards.
pub struct RequestIds {
    first: u64,
    made: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> RequestIds {
        RequestIds { first: u64::from_le_bytes(random_bytes()), made: AtomicU64::new(0) }
    }
}

impl RequestIds {
    /// The id that a request came with, where it is short and of plain characters; else a new one.
    pub fn of(&self, request: &HttpRequest) -> String {
        let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
        given.filter(|id| is_plain(id)).map_or_else(|| self.next(), str::to_owned)
    }

    fn next(&self) -> String {
        format!("{:016x}", self.first.wrapping_add(self.made.fetch_add(1, Relaxed)))
    }
}

/// Nothing that could break a line of the log, or be a phone number.
fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=ID_CHARACTERS_MAX).contains(&id.len())
        && id.bytes().all(plain)
        && id.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_request_goes_by_its_own_id_where_that_is_plain() {
        let ids = RequestIds::default();
        let of = |id: &str| ids.of(&TestRequest::default().insert_header((REQUEST_ID, id)).to_http_request());
        for own in ["a", "4bf92f3577b34da6", "req_1.2-3"] {
            assert_eq!(of(own), own);
        }
        let mut made = Vec::new();
        for other in ["", "14155550100", "+14155550100", "a b", "a\"b", &"a".repeat(65)] {
            let id = of(other);
            assert!(id.len() == 16 && id != other, "{other:?}: {id}");
            made.push(id);
        }
        made.dedup();
        assert_eq!(made.len(), 6, "no two are alike: {made:?}");
    }
}
