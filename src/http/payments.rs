//! The payment provider's webhooks: signed, and believed only for that.

use std::sync::Arc;

use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::problem::{Code, Problem};
use crate::actors::Engine;
use crate::effects::Outside;
use crate::effects::notices::{NotTaken, Taken};
use crate::payments::WebhookError;

/// Stripe's own webhooks are far smaller.
const BODY_BYTES_MAX: usize = 256 << 10;

/// What became of a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    /// `applied`, `known`, `ignored` or `unknown_attempt`.
    #[schema(example = "applied")]
    outcome: &'static str,
}

/// Take a webhook of the payment provider
///
/// Set its address at Stripe as an endpoint for the types of checkout sessions, payment intents, refunds and disputes.
/// It may come any number of times and in any order. Needs no key: it is signed.
#[utoipa::path(
    tag = "payments",
    security(()),
    params(("Stripe-Signature" = String, Header, description = "As Stripe signs the raw body")),
    request_body(content = String, content_type = "application/json", description = "A Stripe event"),
    responses(
        (status = 200, description = "It was taken", body = Received),
        (status = 400, description = "`bad_signature`: not signed by a secret of ours, or more than 300 seconds ago"),
        (status = 422, description = "`payment_mismatch`: amount, currency, customer or mode is not that of the attempt"),
    )
)]
#[post("/v1/payments/stripe/webhook")]
pub async fn post_stripe_webhook(
    engine: Data<Engine>,
    outside: Data<Arc<Outside>>,
    request: HttpRequest,
    payload: Payload,
) -> Result<web::Json<Received>, Problem> {
    let header = request.headers().get("Stripe-Signature").and_then(|value| value.to_str().ok());
    let header =
        header.ok_or_else(|| Problem::new(Code::BadSignature, "no Stripe-Signature header"))?.to_owned();
    let body = body::read(&request, payload.into_inner(), &engine, BODY_BYTES_MAX).await?;
    match outside.notice(&header, &body.bytes).await {
        Ok(Taken::Mismatch) => {
            Err(Problem::new(Code::PaymentMismatch, "it does not fit its attempt: see the log"))
        }
        Ok(taken) => Ok(web::Json(Received { outcome: taken.as_str() })),
        Err(NotTaken::Webhook(WebhookError::Malformed(why))) => Err(Problem::new(Code::BadRequest, why)),
        Err(NotTaken::Webhook(error)) => Err(Problem::new(Code::BadSignature, error.to_string())),
        Err(error) => Err(Problem::new(Code::Unavailable, error.to_string())),
    }
}
