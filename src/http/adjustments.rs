//! Adjustments: changes of a balance by hand, each at most once under its idempotency key.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::entries::{self, Entry};
use super::field;
use super::once::Carried;
use super::problem::Problem;
use crate::actors::Engine;
use crate::actors::command::AdjustRequest;
use crate::domain::access::Action;
use crate::domain::event::REASON_BYTES_MAX;
use crate::domain::money::Money;

/// A change of the balance by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Of either sign, not zero: a decimal in a string.
    #[schema(example = "100")]
    amount: String,
    /// Why, in 1 to 512 bytes; kept with the entry.
    #[schema(example = "opening credit")]
    reason: String,
}

/// Change a balance by hand
///
/// Under one idempotency key it is posted once; sent again, the answer is the first entry, with the
/// header `Idempotency-Replayed: true`.
#[utoipa::path(
    tag = "wallets",
    params(("Idempotency-Key" = String, Header, description = "1 to 128 visible ASCII characters", example = "order-1")),
    responses(
        (status = 200, description = "It was posted before", body = Entry,
            headers(("Idempotency-Replayed" = bool, description = "`true`"))),
        (status = 201, description = "Posted", body = Entry),
        (status = 422, description = "`idempotency_key_reused`: it was used with another amount or reason"),
    )
)]
#[post("/v1/wallets/{wallet}/adjustments")]
pub async fn post_adjustment(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    wallet: Path<String>,
    adjustment: Json<Adjustment>,
) -> Result<HttpResponse, Problem> {
    let cell = caller.wallet(Action::Adjust, &wallet, &engine)?;
    let adjustment = checked(&request, adjustment.0, caller.actor())?;
    let adjusted = engine.adjust(&wallet, adjustment).await?;
    let row = entries::find(&engine, cell.id, adjusted.seq).await?;
    let row = row.ok_or_else(|| Problem::internal("an entry just posted is not among the entries"))?;
    let entry = Entry::of_row(&row, &engine.book())?;
    Ok(if adjusted.replayed { Carried::Before.made(entry) } else { Carried::Now.made(entry) })
}

fn checked(request: &HttpRequest, adjustment: Adjustment, actor: String) -> Result<AdjustRequest, Problem> {
    let idempotency_key = field::idempotency_key(request.headers())?.to_owned();
    let amount = field::amount("amount", &adjustment.amount)?;
    if amount == Money::ZERO {
        return Err(Problem::bad_field("amount", "zero"));
    }
    field::some_text("reason", &adjustment.reason, REASON_BYTES_MAX)?;
    Ok(AdjustRequest { idempotency_key, amount, reason: adjustment.reason, actor, of: 0 })
}
