//! The API: who may call, which call it is, what strikes it, and how it is answered.

use serde_json::Value;

use super::form::Parameters;
use super::reply::Refusal;
use super::state::Change;
use super::switches::FaultKind;
use super::transaction::Transaction;
use super::{SECRET_KEY, customers, disputes, idempotency, intents, methods, refunds, sessions};

/// A request to the API.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub method: &'a str,
    /// From `/v1` on, without the query.
    pub path: &'a str,
    /// The `Authorization` header: `Bearer` and the secret key.
    pub authorization: Option<&'a str>,
    pub idempotency_key: Option<&'a str>,
    /// The query of a `GET`, the body of a `POST`.
    pub form: &'a str,
}

/// How a call ends for whoever made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Reply(Reply),
    /// No answer comes; it may have been carried out.
    Lost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// JSON.
    pub body: String,
    /// It is the answer to an earlier call under the same key (header `Idempotent-Replayed`).
    pub replayed: bool,
    pub(super) remembered: bool,
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Reply {
        let Refusal { status, body, remembered } = refusal;
        Reply { status, body: body.to_string(), replayed: false, remembered }
    }
}

impl Reply {
    fn of(result: Result<Value, Refusal>) -> Reply {
        match result {
            Ok(object) => Reply { status: 200, body: object.to_string(), replayed: false, remembered: true },
            Err(refusal) => refusal.into(),
        }
    }
}

pub fn handle(transaction: &mut Transaction<'_>, call: &Call<'_>) -> Answer {
    let secret = call.authorization.and_then(|header| header.strip_prefix("Bearer "));
    if secret != Some(SECRET_KEY) {
        return Answer::Reply(Refusal::unauthorized().into());
    }
    let fault = transaction.state().switches().strike(call).map(|(fault, after)| {
        transaction.put(Change::Switches(after));
        fault
    });
    let broken = || Reply { remembered: true, ..Refusal::broken().into() };
    match fault {
        Some(FaultKind::TimeOutBefore) => Answer::Lost,
        Some(FaultKind::TimeOutAfter) => {
            idempotency::once(transaction, call, |transaction| carry_out(transaction, call, None));
            Answer::Lost
        }
        Some(FaultKind::ErrorBefore) => Answer::Reply(Refusal::broken().into()),
        Some(FaultKind::ErrorAfter) => Answer::Reply(idempotency::once(transaction, call, |transaction| {
            carry_out(transaction, call, None);
            broken()
        })),
        Some(FaultKind::InFlight) => {
            let message = "There is currently another in-progress request using this Idempotent Key.";
            Answer::Reply(Refusal::idempotency(409, message).into())
        }
        Some(FaultKind::TooMany) => Answer::Reply(Refusal::too_many().into()),
        Some(FaultKind::InsufficientFunds) | None => {
            Answer::Reply(idempotency::once(transaction, call, |transaction| {
                carry_out(transaction, call, fault)
            }))
        }
    }
}

fn carry_out(transaction: &mut Transaction<'_>, call: &Call<'_>, fault: Option<FaultKind>) -> Reply {
    let parameters = Parameters::parse(call.form);
    Reply::of(route(transaction, call, &parameters, fault))
}

fn route(
    transaction: &mut Transaction<'_>,
    call: &Call<'_>,
    parameters: &Parameters,
    fault: Option<FaultKind>,
) -> Result<Value, Refusal> {
    let segments: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
    match (call.method, segments.as_slice()) {
        ("POST", ["v1", "customers"]) => customers::create(transaction, parameters),
        ("GET", ["v1", "customers", id]) => customers::retrieve(transaction, id, parameters),
        ("POST", ["v1", "checkout", "sessions"]) => sessions::create(transaction, parameters),
        ("GET", ["v1", "checkout", "sessions", id]) => sessions::retrieve(transaction, id, parameters),
        ("POST", ["v1", "checkout", "sessions", id, "expire"]) => {
            sessions::expire(transaction, id, parameters)
        }
        ("POST", ["v1", "payment_intents"]) => intents::create(transaction, parameters, fault),
        ("GET", ["v1", "payment_intents"]) => intents::list(transaction, parameters),
        ("GET", ["v1", "payment_intents", id]) => intents::retrieve(transaction, id, parameters),
        ("POST", ["v1", "payment_methods"]) => methods::create(transaction, parameters),
        ("GET", ["v1", "payment_methods", id]) => methods::retrieve(transaction, id, parameters),
        ("POST", ["v1", "payment_methods", id, "attach"]) => methods::attach(transaction, id, parameters),
        ("POST", ["v1", "payment_methods", id, "detach"]) => methods::detach(transaction, id, parameters),
        ("POST", ["v1", "refunds"]) => refunds::create(transaction, parameters),
        // Not of Stripe: a bank that takes money back, and gives it back.
        ("POST", ["v1", "sandbox", "disputes"]) => disputes::withdraw(transaction, parameters),
        ("POST", ["v1", "sandbox", "disputes", id, "reinstate"]) => {
            disputes::reinstate(transaction, id, parameters)
        }
        (method, _) => Err(Refusal::no_such_path(method, call.path)),
    }
}
