//! Problem documents (RFC 9457): every error answer of the interface, from one table.

use std::borrow::Cow;

use actix_web::error::{PathError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actors::command::{Busy, CommandError};
use crate::domain::decide::Refusal;
use crate::domain::record::Lack;
use crate::engine::outcome::Absence;

pub const MEDIA_TYPE: &str = "application/problem+json";

macro_rules! codes {
    ($($code:ident $word:literal $status:literal $title:literal)+) => {
        /// What went wrong, by the stable word that callers may rely on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($code),+ }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$code),+];

            pub fn word(self) -> &'static str {
                match self { $(Code::$code => $word),+ }
            }

            pub fn status(self) -> u16 {
                match self { $(Code::$code => $status),+ }
            }

            pub fn title(self) -> &'static str {
                match self { $(Code::$code => $title),+ }
            }
        }
    };
}

codes! {
    BadRequest "bad_request" 400 "The request cannot be read"
    BadField "bad_field" 400 "A field or parameter is not what it must be"
    IdempotencyKeyRequired "idempotency_key_required" 400 "The Idempotency-Key header is missing or malformed"
    InvalidTariff "invalid_tariff" 400 "The tariff file has faults"
    UnknownTariff "unknown_tariff" 400 "There is no such tariff"
    CurrencyMismatch "currency_mismatch" 400 "It is in another currency"
    BadSignature "bad_signature" 400 "The signature is not good"
    BadRange "bad_range" 400 "The range of days cannot be answered"
    UnknownChannel "unknown_channel" 400 "The wallet has no such channel"
    NoRate "no_rate" 400 "The tariff has no price for it"
    Unauthorized "unauthorized" 401 "A valid key is needed"
    InsufficientBalance "insufficient_balance" 402 "The wallet cannot pay for it"
    Suspended "suspended" 402 "The wallet is suspended"
    Forbidden "forbidden" 403 "The key may not do this"
    NotFound "not_found" 404 "Not found"
    UnknownWallet "unknown_wallet" 404 "There is no such wallet"
    UnknownMessage "unknown_message" 404 "There is no such message"
    UnknownNumber "unknown_number" 404 "There is no such number"
    UnknownHold "unknown_hold" 404 "There is no such hold"
    UnknownTopUp "unknown_top_up" 404 "There is no such top-up"
    MethodNotAllowed "method_not_allowed" 405 "The path has no such method"
    RequestTimeout "request_timeout" 408 "The body did not arrive in time"
    Conflict "conflict" 409 "It conflicts with what is there"
    WalletTermsFixed "wallet_terms_fixed" 409 "Currency and time zone are fixed from the first entry on"
    NoTestClock "no_test_clock" 409 "The engine runs on the machine's clock"
    NumberRented "number_rented" 409 "The number is rented already"
    HoldClosed "hold_closed" 409 "The hold is closed"
    InFlight "in_flight" 409 "The first request under this key is still under way"
    AsOfExpired "as_of_expired" 410 "The state asked for is no longer held"
    BodyTooLarge "body_too_large" 413 "The body is too large"
    TooManyEvents "too_many_events" 413 "The request has too many events"
    UnsupportedMediaType "unsupported_media_type" 415 "The content type is not supported"
    UnsupportedEncoding "unsupported_encoding" 415 "The content encoding is not supported"
    IdempotencyKeyReused "idempotency_key_reused" 422 "The idempotency key was used for another request"
    PaymentMismatch "payment_mismatch" 422 "The payment is not that of the attempt"
    TooBusy "too_busy" 429 "Too much is under way"
    Internal "internal" 500 "Something is wrong inside"
    Unavailable "unavailable" 503 "Not available at the moment"
}

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    field: Option<String>,
    retry_after_seconds: Option<u32>,
    /// For a method that the path does not have: those that it has.
    allow: Option<String>,
}

/// An error answer as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Document {
    /// A URI of the kind of problem; `about:blank`: `code` says it all.
    #[schema(example = "about:blank")]
    #[serde(rename = "type")]
    kind: &'static str,
    /// What the code means.
    #[schema(example = "A field or parameter is not what it must be")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 400)]
    status: u16,
    /// What was wrong this time, for a person.
    #[schema(example = "not a decimal number such as 12.5")]
    detail: String,
    /// The stable word to decide by.
    #[schema(example = "bad_field")]
    code: &'static str,
    /// The field, parameter or header concerned, where there is one.
    #[schema(example = "amount")]
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

impl Problem {
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem { code, detail: detail.into(), field: None, retry_after_seconds: None, allow: None }
    }

    /// `detail` says what is wrong with the field; which it is, the document says.
    pub fn bad_field(field: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Problem {
        Problem { field: Some(field.into()), ..Problem::new(Code::BadField, detail) }
    }

    /// The same, about a field.
    pub fn of_field(self, field: &str) -> Problem {
        Problem { field: Some(field.to_owned()), ..self }
    }

    /// The same, its field being one of something that stands in a field itself.
    pub fn within(self, outer: &str) -> Problem {
        Problem { field: self.field.map(|field| format!("{outer}.{field}")), ..self }
    }

    pub fn method_not_allowed(allow: String) -> Problem {
        let detail = format!("the methods of this path are {allow}");
        Problem { allow: Some(allow), ..Problem::new(Code::MethodNotAllowed, detail) }
    }

    /// The tariff has no price for an item of what was sent.
    pub fn no_rate(field: impl Into<String>) -> Problem {
        let detail = "the wallet's tariff has no rate for it";
        Problem { field: Some(field.into()), ..Problem::new(Code::NoRate, detail) }
    }

    /// The same for a wallet that does not exist and for one that the key does not reach.
    pub fn unknown_wallet() -> Problem {
        Problem::new(Code::UnknownWallet, "no wallet of this id, or none that this key reaches")
    }

    /// The cause goes to the log, not to the caller.
    pub fn internal(cause: impl std::fmt::Display) -> Problem {
        tracing::error!("a request failed: {cause}");
        Problem::new(Code::Internal, "the log says more")
    }

    #[cfg(test)]
    pub fn code(&self) -> Code {
        self.code
    }

    #[cfg(test)]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    fn document(&self) -> Document {
        Document {
            kind: "about:blank",
            title: self.code.title(),
            status: self.code.status(),
            detail: self.detail.to_string(),
            code: self.code.word(),
            field: self.field.clone(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {}", self.code.word(), self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).expect("the table has valid statuses")
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((ALLOW, allow.as_str()));
        }
        if self.code == Code::Unauthorized {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        let body = serde_json::to_vec(&self.document()).expect("a document of texts is serialisable");
        response.content_type(MEDIA_TYPE).body(body)
    }
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Problem {
        let problem = if busy.stopping {
            Problem::new(Code::Unavailable, "the server is stopping; nothing of the request was taken")
        } else {
            Problem::new(Code::TooBusy, "nothing of the request was taken; send it again later")
        };
        Problem { retry_after_seconds: Some(busy.retry_after_seconds), ..problem }
    }
}

impl From<Absence> for Problem {
    fn from(absence: Absence) -> Problem {
        let detail = match absence {
            Absence::Quarantined => "the wallet is quarantined after a fault; an operator has to look at it",
            Absence::Stopping => "the server is stopping",
        };
        Problem::new(Code::Unavailable, detail)
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Problem {
        match error {
            CommandError::UnknownWallet => Problem::unknown_wallet(),
            CommandError::UnknownKey => Problem::new(Code::NotFound, "no key of this id"),
            CommandError::TermsFixed => Problem::new(Code::WalletTermsFixed, "the wallet has entries"),
            CommandError::KeyReused => {
                Problem::new(Code::IdempotencyKeyReused, "its first request was another one")
            }
            CommandError::Conflict(detail) => Problem::new(Code::Conflict, detail),
            CommandError::OutOfRange => {
                Problem::bad_field("amount", "the balance would leave the range of amounts")
            }
            CommandError::UnknownEndpoint => Problem::new(Code::NotFound, "no webhook of this id"),
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::Busy(busy) => busy.into(),
            CommandError::Unavailable(absence) => absence.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        match refusal {
            Refusal::Lack(Lack::Suspended) => Problem::new(Code::Suspended, "top the wallet up first"),
            Refusal::Lack(_) => Problem::new(
                Code::InsufficientBalance,
                "what is available does not cover it; nothing was posted",
            ),
            Refusal::NoRate => Problem::new(Code::NoRate, "the wallet's tariff has no row for it"),
            Refusal::TermsFixed => Problem::new(Code::WalletTermsFixed, "the wallet has entries"),
            Refusal::NumberRented => Problem::new(Code::NumberRented, "the wallet rents this number already"),
            Refusal::UnknownNumber => {
                Problem::new(Code::UnknownNumber, "the wallet has never rented this number")
            }
            Refusal::UnknownHold => Problem::new(Code::UnknownHold, "the wallet has no hold of this id"),
            Refusal::HoldClosed => Problem::new(
                Code::HoldClosed,
                "it was settled, voided or has expired; what was sent can be reported",
            ),
            Refusal::UnknownAttempt => Problem::new(Code::NotFound, "the wallet has none of this id"),
            Refusal::TooMany => {
                Problem::new(Code::Conflict, "the wallet has as many of them open as it may have")
            }
            Refusal::Mismatch => {
                Problem::new(Code::PaymentMismatch, "amount, currency or customer is not that of the attempt")
            }
            Refusal::OutOfRange => {
                Problem::bad_field("amount", "the balance would leave the range of amounts")
            }
            Refusal::InTheFuture | Refusal::TooOld | Refusal::Known => {
                Problem::new(Code::Conflict, "it changes nothing: it is known already")
            }
        }
    }
}

impl From<PathError> for Problem {
    fn from(error: PathError) -> Problem {
        match error {
            PathError::Deserialize(why) => {
                Problem::new(Code::BadRequest, format!("the path cannot be read: {why}"))
            }
            other => Problem::new(Code::BadRequest, other.to_string()),
        }
    }
}

impl From<QueryPayloadError> for Problem {
    fn from(error: QueryPayloadError) -> Problem {
        match error {
            QueryPayloadError::Deserialize(why) => {
                Problem::new(Code::BadRequest, format!("the query cannot be read: {why}"))
            }
            other => Problem::new(Code::BadRequest, other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::to_bytes;

    #[test]
    fn the_words_of_the_table_are_unique_and_its_statuses_are_errors() {
        for (index, code) in Code::ALL.iter().enumerate() {
            let same = Code::ALL[..index].iter().find(|other| other.word() == code.word());
            assert_eq!(same, None, "{} stands twice in the table", code.word());
            assert!((400..600).contains(&code.status()), "{} is an error", code.word());
            assert!(code.word().bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()));
        }
    }

    #[actix_web::test]
    async fn a_problem_says_type_title_status_detail_code_and_field() {
        let response = Problem::bad_field("amount", "a \"quoted\" detail").error_response();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(response.headers().get("content-type").unwrap(), MEDIA_TYPE);
        let body: serde_json::Value =
            serde_json::from_slice(&to_bytes(response.into_body()).await.unwrap()).unwrap();
        let want = serde_json::json!({
            "type": "about:blank",
            "title": "A field or parameter is not what it must be",
            "status": 400,
            "detail": "a \"quoted\" detail",
            "code": "bad_field",
            "field": "amount",
        });
        assert_eq!(body, want);
    }

    #[test]
    fn headers_that_belong_to_a_status_are_sent_with_it() {
        let busy = |stopping| Problem::from(Busy { retry_after_seconds: 3, stopping });
        let table = [
            (busy(false), 429, "retry-after", "3"),
            (busy(true), 503, "retry-after", "3"),
            (Problem::method_not_allowed("GET, PUT".to_owned()), 405, "allow", "GET, PUT"),
            (Problem::new(Code::Unauthorized, ""), 401, "www-authenticate", "Bearer"),
        ];
        for (problem, status, header, value) in table {
            let response = problem.error_response();
            assert_eq!(response.status().as_u16(), status, "{problem}");
            assert_eq!(response.headers().get(header).unwrap(), value, "{header} of {problem}");
        }
    }
}
