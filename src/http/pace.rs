//! Pace: how much a wallet spends a day of late, and how long what it has lasts.

use actix_web::get;
use actix_web::web::{self, Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::problem::Problem;
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::usage::pace;

/// How much a wallet spends a day of late.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pace {
    /// What the wallet was charged a day: in the last 7 days, or in its last 10,000 entries where those are more.
    per_day: Amount,
    /// When what is available is spent at that pace; null where nothing was charged of late.
    #[schema(required)]
    lasts_until: Option<Instant>,
}

/// How long what is available lasts
#[utoipa::path(tag = "wallets", responses((status = 200, description = "The pace", body = Pace)))]
#[get("/v1/wallets/{wallet}/pace")]
pub async fn get_pace(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
) -> Result<web::Json<Pace>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    engine.caught_up().await?;
    let (now, available, id) = (engine.clock().now(), cell.read().available(), cell.id);
    let engine = Data::clone(&engine);
    let per_day = web::block(move || pace::per_day(engine.views(), id, now)).await;
    let per_day = per_day.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let lasts_until = pace::lasts_until(available, per_day, now).map(Instant);
    Ok(web::Json(Pace { per_day: Amount(per_day), lasts_until }))
}
