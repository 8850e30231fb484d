//! Answers in Stripe's form, refusals above all.

use serde_json::{Value, json};

/// A call that is not answered with an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub status: u16,
    pub body: Value,
    /// Whether carrying it out had begun: then it is remembered under its idempotency key.
    pub remembered: bool,
}

impl Refusal {
    fn new(status: u16, error: Value) -> Refusal {
        Refusal { status, body: json!({ "error": error }), remembered: false }
    }

    fn request(status: u16, code: &str, param: Option<&str>, message: String) -> Refusal {
        let mut error = json!({ "type": "invalid_request_error", "message": message });
        if !code.is_empty() {
            error["code"] = code.into();
        }
        if let Some(param) = param {
            error["param"] = param.into();
        }
        Refusal::new(status, error)
    }

    pub fn missing(param: &str) -> Refusal {
        let message = format!("Missing required param: {param}.");
        Refusal::request(400, "parameter_missing", Some(param), message)
    }

    pub fn unknown_parameter(param: &str) -> Refusal {
        let message = format!("Received unknown parameter: {param}");
        Refusal::request(400, "parameter_unknown", Some(param), message)
    }

    pub fn invalid(param: &str, why: &str) -> Refusal {
        Refusal::request(400, "parameter_invalid", Some(param), format!("{why}: {param}"))
    }

    pub fn not_possible(code: &str, message: &str) -> Refusal {
        Refusal::request(400, code, None, message.to_owned())
    }

    pub fn no_such(kind: &str, id: &str) -> Refusal {
        Refusal::request(404, "resource_missing", Some("id"), format!("No such {kind}: '{id}'"))
    }

    pub fn no_such_path(method: &str, path: &str) -> Refusal {
        Refusal::request(404, "", None, format!("Unrecognized request URL ({method}: {path})."))
    }

    pub fn unauthorized() -> Refusal {
        Refusal::request(401, "", None, "Invalid API Key provided.".to_owned())
    }

    pub fn idempotency(status: u16, message: &str) -> Refusal {
        let code = if status == 409 { json!("idempotency_key_in_use") } else { Value::Null };
        Refusal::new(status, json!({ "type": "idempotency_error", "code": code, "message": message }))
    }

    pub fn too_many() -> Refusal {
        let message = "Too many requests hit the API too quickly.".to_owned();
        Refusal::request(429, "rate_limit", None, message)
    }

    pub fn broken() -> Refusal {
        Refusal::new(500, json!({ "type": "api_error", "message": "An unknown error occurred" }))
    }

    /// A card that did not pay. It was tried, so it is remembered.
    pub fn card(code: &str, decline_code: Option<&str>, payment: &Value) -> Refusal {
        let error = json!({
            "type": "card_error",
            "code": code,
            "decline_code": decline_code,
            "message": "Your card was declined.",
            "payment_intent": payment,
        });
        Refusal { remembered: true, ..Refusal::new(402, error) }
    }
}

/// A list as Stripe pages it.
pub fn list(url: &str, data: Vec<Value>, has_more: bool) -> Value {
    json!({ "object": "list", "url": url, "data": data, "has_more": has_more })
}
