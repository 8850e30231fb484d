//! What a webhook says, once its signature is checked.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::facts::{CheckoutState, PaymentFacts, PaymentState};
use super::order::{AttemptRef, Metadata};
use super::signature::{self, SignatureError};
use super::stripe::wire::{self, Charge, Dispute, Intent, Refund, Session, Unreadable};
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// The types that an endpoint at the provider has to be subscribed to. Others are ignored.
pub const EVENT_TYPES: [&str; 13] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.refunded",
    "charge.refund.updated",
    "refund.updated",
    "refund.failed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
];

/// A webhook that the provider has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Of the event: the same in every delivery of it.
    pub event: String,
    /// About real money.
    pub livemode: bool,
    pub notice: Notice,
}

/// What happened at the provider. `attempt` is `None` where the object does not say: disputes never do, and
/// payments that were not made by a farebox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    CheckoutPaid {
        session: String,
        attempt: Option<AttemptRef>,
        facts: PaymentFacts,
    },
    CheckoutProcessing {
        session: String,
        attempt: Option<AttemptRef>,
    },
    CheckoutFailed {
        session: String,
        attempt: Option<AttemptRef>,
    },
    CheckoutExpired {
        session: String,
        attempt: Option<AttemptRef>,
    },
    PaymentSucceeded {
        attempt: Option<AttemptRef>,
        facts: PaymentFacts,
    },
    /// Of a checkout it is one declined try: the page stays open.
    PaymentFailed {
        attempt: Option<AttemptRef>,
        payment: String,
        code: String,
    },
    Refunded {
        payment: String,
        attempt: Option<AttemptRef>,
        amount_refunded: Money,
        currency: Currency,
    },
    /// A refund has changed after it was made, such as failed. What is refunded now is to be asked for.
    RefundChanged {
        payment: String,
    },
    DisputeWithdrawn {
        payment: String,
        dispute: String,
        amount: Money,
        currency: Currency,
    },
    DisputeReinstated {
        payment: String,
        dispute: String,
        amount: Money,
        currency: Currency,
    },
    /// Of this type; nothing that concerns us.
    Ignored(String),
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// Nothing of it is to be believed.
    #[error("no signature of one of our secrets")]
    Signature,
    #[error("signed too long ago, or in the future")]
    Stale,
    #[error("signed, but not an event: {0}")]
    Malformed(String),
}

impl From<SignatureError> for WebhookError {
    fn from(error: SignatureError) -> WebhookError {
        match error {
            SignatureError::Forged => WebhookError::Signature,
            SignatureError::Stale => WebhookError::Stale,
        }
    }
}

#[derive(Deserialize)]
struct Event<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    livemode: bool,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

/// Checks and reads a webhook. `body` is what came, byte by byte.
pub fn read_webhook(
    secrets: &[impl AsRef<str>],
    header: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Webhook, WebhookError> {
    signature::verify(secrets, header, body, now)?;
    let event: Event<'_> =
        serde_json::from_slice(body).map_err(|error| WebhookError::Malformed(error.to_string()))?;
    let object = event.data.object.get();
    let notice = match read(&event.kind, object) {
        Ok(notice) => notice,
        // An account may have other business, in currencies that are not known here. Turned away, the
        // provider would send it again for days and then stop sending anything.
        Err(_) if !is_ours(object) => Notice::Ignored(event.kind),
        Err(why) => return Err(WebhookError::Malformed(format!("{}: {why}", event.kind))),
    };
    Ok(Webhook { event: event.id, livemode: event.livemode, notice })
}

fn read(kind: &str, object: &str) -> Result<Notice, Unreadable> {
    let ignored = || Notice::Ignored(kind.to_owned());
    Ok(match kind {
        "checkout.session.completed"
        | "checkout.session.async_payment_succeeded"
        | "checkout.session.async_payment_failed"
        | "checkout.session.expired" => of_checkout(kind, &parse(object)?)?,
        "payment_intent.succeeded" | "payment_intent.payment_failed" | "payment_intent.canceled" => {
            of_payment(&parse(object)?)?
        }
        "charge.refunded" => {
            let charge: Charge = parse(object)?;
            let Some(payment) = charge.payment() else { return Ok(ignored()) };
            let (amount_refunded, currency) = wire::read_amount(charge.amount_refunded, &charge.currency)?;
            Notice::Refunded { payment, attempt: charge.attempt(), amount_refunded, currency }
        }
        "charge.refund.updated" | "refund.updated" | "refund.failed" => {
            let refund: Refund = parse(object)?;
            refund.payment().map_or_else(ignored, |payment| Notice::RefundChanged { payment })
        }
        "charge.dispute.funds_withdrawn" | "charge.dispute.funds_reinstated" => {
            let dispute: Dispute = parse(object)?;
            let Some(payment) = dispute.payment() else { return Ok(ignored()) };
            let (amount, currency) = wire::read_amount(dispute.amount, &dispute.currency)?;
            let dispute = dispute.id;
            match kind.ends_with("withdrawn") {
                true => Notice::DisputeWithdrawn { payment, dispute, amount, currency },
                false => Notice::DisputeReinstated { payment, dispute, amount, currency },
            }
        }
        _ => ignored(),
    })
}

fn of_checkout(kind: &str, session: &Session) -> Result<Notice, Unreadable> {
    let checkout = session.read()?;
    let (session, attempt) = (checkout.session, checkout.attempt);
    Ok(match checkout.state {
        CheckoutState::Paid(facts) => Notice::CheckoutPaid { session, attempt, facts },
        CheckoutState::Expired => Notice::CheckoutExpired { session, attempt },
        CheckoutState::Failed { .. } => Notice::CheckoutFailed { session, attempt },
        // The session looks alike before and after the money did not come; the event tells.
        CheckoutState::Processing if kind.ends_with("failed") => Notice::CheckoutFailed { session, attempt },
        CheckoutState::Processing => Notice::CheckoutProcessing { session, attempt },
        CheckoutState::Open => Notice::Ignored(kind.to_owned()),
    })
}

fn of_payment(intent: &Intent) -> Result<Notice, Unreadable> {
    let attempt = intent.attempt();
    Ok(match intent.state()? {
        PaymentState::Succeeded(facts) => Notice::PaymentSucceeded { attempt, facts },
        PaymentState::Failed { code, .. } => {
            Notice::PaymentFailed { attempt, payment: intent.id.clone(), code }
        }
        PaymentState::Processing { .. } | PaymentState::Open { .. } => {
            Notice::PaymentFailed { attempt, payment: intent.id.clone(), code: intent.failure() }
        }
    })
}

fn parse<T: DeserializeOwned>(object: &str) -> Result<T, Unreadable> {
    serde_json::from_str(object).map_err(|error| error.to_string())
}

fn is_ours(object: &str) -> bool {
    #[derive(Deserialize)]
    struct Tagged {
        metadata: Metadata,
    }
    serde_json::from_str::<Tagged>(object)
        .is_ok_and(|tagged| AttemptRef::from_metadata(&tagged.metadata).is_some())
}

#[cfg(test)]
mod tests;
