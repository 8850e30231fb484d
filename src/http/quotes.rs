//! Quotes: what is going to be sent would cost, whether it is covered, and how long the balance lasts.

use actix_web::post;
use actix_web::web::{self, Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::auto_top_up::Standing;
use super::body::LongJson;
use super::holds::summed;
use super::plan::Plan;
use super::problem::Problem;
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::domain::calendar::Zone;
use crate::domain::money::Money;
use crate::usage::pace;

/// What something would cost that is going to be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quote {
    /// How many there are.
    #[schema(example = 1020)]
    messages: u64,
    /// Of all of them together; an MMS counts as one.
    #[schema(example = 2040)]
    segments: u64,
    /// With the cheapest carriers and, of recipients by their prefix, the cheapest numbers.
    low: Amount,
    /// With the dearest: what a hold sets aside.
    high: Amount,
    #[schema(example = "USD")]
    currency: String,
    /// What may be spent now.
    available: Amount,
    /// What is missing for the dearest; 0 where nothing is.
    shortfall: Amount,
    /// Whether what is available covers the dearest.
    covered: bool,
    /// Whether automatic top-up is ready and may still add today what is missing.
    auto_top_up_covers: bool,
    /// What the wallet was charged a day of late: in the last 7 days, or in its last 10,000 entries where those are
    /// more.
    pace_per_day: Amount,
    /// When what is available is spent at that pace; null where nothing was charged of late.
    #[schema(required)]
    lasts_until: Option<Instant>,
}

/// What messages would cost
///
/// Nothing is set aside and nothing is promised: prices and balances change.
#[utoipa::path(
    tag = "holds",
    request_body(content = Plan, content_type = "application/json"),
    responses((status = 200, description = "What they would cost", body = Quote)),
)]
#[post("/v1/wallets/{wallet}/quotes")]
pub async fn post_quote(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    plan: LongJson<Plan>,
) -> Result<web::Json<Quote>, Problem> {
    let cell = caller.wallet(Action::ManageHolds, &wallet, &engine)?;
    let now = engine.clock().now();
    let (plan, sum) = summed(&engine, &cell, plan, now).await?;
    drop(plan);
    let standing = Standing::read(&engine, cell.id).await?;
    let views = Data::clone(&engine);
    let wallet = cell.id;
    let pace = web::block(move || pace::per_day(views.views(), wallet, now)).await;
    let pace = pace.map_err(Problem::internal)?.map_err(Problem::internal)?;

    let published = cell.read();
    let available = published.available();
    let high = sum.cost.high;
    let shortfall = high.checked_sub(available).unwrap_or(Money::MAX).max(Money::ZERO);
    let addable = standing.may_add_today(now, &Zone::of_wallet(&published.time_zone));
    Ok(web::Json(Quote {
        messages: sum.messages,
        segments: sum.segments,
        low: Amount(sum.cost.low),
        high: Amount(high),
        currency: published.currency.to_string(),
        available: Amount(available),
        shortfall: Amount(shortfall),
        covered: high <= available,
        auto_top_up_covers: addable.is_some_and(|addable| addable >= shortfall),
        pace_per_day: Amount(pace),
        lasts_until: pace::lasts_until(available, pace, now).map(Instant),
    }))
}
