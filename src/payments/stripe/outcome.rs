//! What an answer means: its status and error object against one table (Stripe's page «Advanced error handling»).

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::transport::Response;
use super::wire::{Failure, Intent};
use crate::payments::CallError;

/// What was asked for, or a payment method that did not pay.
#[derive(Debug, PartialEq)]
pub enum Answer<T> {
    Done(T),
    Declined {
        /// `None` where no payment was made of it.
        payment: Option<String>,
        code: String,
    },
}

impl<T> Answer<T> {
    /// For calls that charge nothing and so cannot be declined.
    pub fn done(self) -> Result<T, CallError> {
        match self {
            Answer::Done(value) => Ok(value),
            Answer::Declined { code, .. } => {
                Err(CallError::Refused { status: 402, code, detail: "declined".to_owned() })
            }
        }
    }
}

#[derive(Deserialize)]
struct ErrorDocument {
    error: ErrorObject,
}

#[derive(Deserialize, Default)]
struct ErrorObject {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    payment_intent: Option<Intent>,
    #[serde(flatten)]
    failure: Failure,
}

/// Reads an answer. Whatever is not plainly one of the known ends is unclear.
pub fn read<T: DeserializeOwned>(response: &Response) -> Result<Answer<T>, CallError> {
    let status = response.status;
    if (200..300).contains(&status) {
        let read = serde_json::from_slice(&response.body).map(Answer::Done);
        return read.map_err(|error| CallError::Unclear(format!("an answer that cannot be read: {error}")));
    }
    let document = serde_json::from_slice::<ErrorDocument>(&response.body);
    let told = document.is_ok();
    let error = document.map(|document| document.error).unwrap_or_default();
    let detail = error.message.clone().unwrap_or_default();
    let said = || format!("{status} {} {detail}", error.kind);
    match (status, error.kind.as_str()) {
        // Under this key something else was asked for before, and may have been done.
        (400, "idempotency_error") => Err(CallError::Unclear(said())),
        (402, _) if told => Ok(Answer::Declined {
            payment: error.payment_intent.map(|intent| intent.id),
            code: error.failure.code(),
        }),
        // The first call under this key is still being carried out.
        (409, _) => Err(CallError::Busy(said())),
        // Turned away before anything was looked at.
        (429, _) => Err(CallError::Busy(said())),
        (400 | 401 | 403 | 404, _) if told => {
            let code = error.failure.code.unwrap_or(error.kind);
            Err(CallError::Refused { status, code, detail })
        }
        _ => Err(CallError::Unclear(said())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Thing {
        id: String,
    }

    /// The kind of end, and the word that comes with it.
    fn end(result: Result<Answer<Thing>, CallError>) -> (&'static str, String) {
        match result {
            Ok(Answer::Done(thing)) => ("done", thing.id),
            Ok(Answer::Declined { payment, code }) => {
                ("declined", format!("{} {code}", payment.unwrap_or_default()))
            }
            Err(CallError::Refused { code, .. }) => ("refused", code),
            Err(CallError::Busy(_)) => ("busy", String::new()),
            Err(CallError::Unclear(_)) => ("unclear", String::new()),
        }
    }

    #[test]
    fn every_status_is_a_known_end_or_unclear() {
        let insufficient = r#"{"error":{"type":"card_error","code":"card_declined",
            "decline_code":"insufficient_funds","message":"no",
            "payment_intent":{"id":"pi_1","status":"requires_payment_method","amount":1,"currency":"usd","livemode":false}}}"#;
        let authentication = r#"{"error":{"type":"card_error","code":"authentication_required",
            "decline_code":"authentication_required",
            "payment_intent":{"id":"pi_1","status":"requires_payment_method","amount":1,"currency":"usd","livemode":false}}}"#;
        let table = [
            (200, r#"{"id":"x","more":1}"#, "done", "x"),
            (201, r#"{"id":"x"}"#, "done", "x"),
            (200, r#"{"id":"#, "unclear", ""),
            (200, r#"{"object":"list"}"#, "unclear", ""),
            (200, "<html>", "unclear", ""),
            (302, "", "unclear", ""),
            (307, r#"{"id":"x"}"#, "unclear", ""),
            (
                400,
                r#"{"error":{"type":"invalid_request_error","code":"parameter_missing"}}"#,
                "refused",
                "parameter_missing",
            ),
            (400, r#"{"error":{"type":"invalid_request_error"}}"#, "refused", "invalid_request_error"),
            (400, r#"{"error":{"type":"idempotency_error"}}"#, "unclear", ""),
            (400, "a proxy's words", "unclear", ""),
            (
                401,
                r#"{"error":{"type":"invalid_request_error","message":"Invalid API Key"}}"#,
                "refused",
                "invalid_request_error",
            ),
            (402, insufficient, "declined", "pi_1 insufficient_funds"),
            (402, authentication, "declined", "pi_1 authentication_required"),
            (402, r#"{"error":{"type":"card_error","code":"expired_card"}}"#, "declined", " expired_card"),
            (402, r#"{"error":{"type":"card_error"}}"#, "declined", " declined"),
            (402, "", "unclear", ""),
            (403, r#"{"error":{"type":"invalid_request_error"}}"#, "refused", "invalid_request_error"),
            (
                404,
                r#"{"error":{"type":"invalid_request_error","code":"resource_missing"}}"#,
                "refused",
                "resource_missing",
            ),
            (404, "not here", "unclear", ""),
            (408, "", "unclear", ""),
            (409, r#"{"error":{"type":"idempotency_error"}}"#, "busy", ""),
            (424, r#"{"error":{"type":"api_error"}}"#, "unclear", ""),
            (429, r#"{"error":{"type":"invalid_request_error","code":"rate_limit"}}"#, "busy", ""),
            (429, "", "busy", ""),
            (500, r#"{"error":{"type":"api_error"}}"#, "unclear", ""),
            (502, "<html>", "unclear", ""),
            (503, "", "unclear", ""),
            (504, "", "unclear", ""),
        ];
        for (status, body, want, word) in table {
            let response = Response { status, body: body.as_bytes().to_vec() };
            assert_eq!(end(read(&response)), (want, word.to_owned()), "{status} {body}");
        }
    }
}
