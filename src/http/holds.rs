//! Holds: what is set aside before a send, settled in parts, and freed.

use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::{Json, LongJson};
use super::documents;
use super::entries::some;
use super::field;
use super::once::{Carried, Content, carry_out};
use super::page::{List, Page, StatusQuery};
use super::plan::{Plan, Prices, Sum};
use super::problem::{Code, Problem};
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::actors::command::WalletCommand;
use crate::domain::access::Action;
use crate::domain::decide::Rest;
use crate::domain::event::CAMPAIGN_BYTES_MAX;
use crate::domain::life::hold::{self, HOLD_EXPIRES_AFTER, HOLD_EXPIRES_MAX, HoldState};
use crate::domain::time::{Span, Timestamp};
use crate::domain::wallet::WalletId;
use crate::engine::directory::Cell;

/// An amount set aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hold {
    #[schema(example = "h_1")]
    hold: String,
    /// `open`, `settled`, `voided` or `expired`.
    #[schema(example = "open")]
    status: &'static str,
    /// What was set aside at first.
    amount: Amount,
    /// What is set aside still.
    remaining: Amount,
    /// What was charged against it, what exceeded it included.
    settled: Amount,
    #[schema(required, example = "spring")]
    campaign: Option<String>,
    made_at: Instant,
    expires_at: Instant,
    #[schema(required)]
    closed_at: Option<Instant>,
}

/// A part of a hold that is charged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// What was sent came to; may be 0 and may exceed the hold: a decimal in a string.
    #[schema(example = "12.5")]
    amount: String,
    /// Whether it is the last part: then the rest is free again.
    #[serde(rename = "final")]
    last: bool,
}

/// Set aside what messages may cost at most
///
/// At the worst case: for the most segments, and for the dearest of the carriers that may apply where none is
/// named; of recipients that are told by their prefix, for the dearest number that begins so. Under one idempotency
/// key it is made once.
#[utoipa::path(
    tag = "holds",
    params(("Idempotency-Key" = String, Header, description = "1 to 128 visible ASCII characters", example = "order-1")),
    request_body(content = Plan, content_type = "application/json"),
    responses(
        (status = 200, description = "It was made before", body = Hold,
            headers(("Idempotency-Replayed" = bool, description = "`true`"))),
        (status = 201, description = "It is made", body = Hold),
        (status = 402, description = "`insufficient_balance`: what is available does not cover it; `suspended`"),
        (status = 409, description = "`conflict`: the wallet has as many open holds as it may have"),
        (status = 422, description = "`idempotency_key_reused`: it was used for another request"),
    )
)]
#[post("/v1/wallets/{wallet}/holds")]
pub async fn post_hold(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    wallet: Path<String>,
    plan: LongJson<Plan>,
) -> Result<HttpResponse, Problem> {
    let cell = caller.wallet(Action::ManageHolds, &wallet, &engine)?;
    field::idempotency_key(request.headers())?;
    let now = engine.clock().now();
    let expires_at = expires_at(&plan.value, now)?;
    let campaign = plan.value.campaign.clone().unwrap_or_default();
    field::text("campaign", &campaign, CAMPAIGN_BYTES_MAX)?;
    let (plan, sum) = summed(&engine, &cell, plan, now).await?;
    let asked = serde_json::to_vec(&plan.value).map_err(Problem::internal)?;
    drop(plan);
    let command = WalletCommand::MakeHold { amount: sum.cost.high, expires_at, campaign };
    let content = Content { call: "POST holds", parts: &[&asked] };
    let done = carry_out(&engine, &caller, cell.id, &request, command, content).await?;
    Ok(Carried::of(done).made(told(&engine, cell.id, done.answer).await?))
}

/// The holds of a wallet, in the order in which they were made
#[utoipa::path(tag = "holds", params(StatusQuery), responses((status = 200, description = "A page", body = Page<Hold>)))]
#[get("/v1/wallets/{wallet}/holds")]
pub async fn list_holds(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    query: Query<StatusQuery>,
) -> Result<web::Json<Page<Hold>>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let (status, query) = query.into_inner().split();
    let wanted = field::word("status", status.as_deref(), &HoldState::ALL, HoldState::as_str)?;
    let number = |hold: &hold::Hold| hold.number;
    let page = documents::page(&engine, cell.id, List::Holds, &query, number, |dated| {
        let hold = dated.document;
        wanted.is_none_or(|wanted| hold.state == wanted).then(|| Hold::of(hold))
    });
    Ok(web::Json(page.await?))
}

/// A hold and what is left of it
#[utoipa::path(tag = "holds", responses((status = 200, description = "The hold", body = Hold)))]
#[get("/v1/wallets/{wallet}/holds/{hold}")]
pub async fn get_hold(
    caller: Caller,
    engine: Data<Engine>,
    path: Path<(String, String)>,
) -> Result<web::Json<Hold>, Problem> {
    let (wallet, hold) = path.into_inner();
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let found = documents::find::<hold::Hold>(&engine, cell.id, number_of(&hold)?).await?;
    Ok(web::Json(Hold::of(found.ok_or_else(unknown_hold)?.document)))
}

/// Charge a part of a hold
///
/// What exceeds the hold is charged all the same, as it has been sent. What is left stays set aside until the last
/// part, a void or the hold's expiry.
#[utoipa::path(
    tag = "holds",
    params(("Idempotency-Key" = String, Header, description = "1 to 128 visible ASCII characters", example = "order-1")),
    responses(
        (status = 200, description = "It is charged, now or before: then with the header", body = Hold,
            headers(("Idempotency-Replayed" = bool, description = "`true` where it was carried out before"))),
        (status = 409, description = "`hold_closed`: it was settled, voided or has expired"),
        (status = 422, description = "`idempotency_key_reused`: it was used for another request"),
    )
)]
#[post("/v1/wallets/{wallet}/holds/{hold}/settle")]
pub async fn settle_hold(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    path: Path<(String, String)>,
    settlement: Json<Settlement>,
) -> Result<HttpResponse, Problem> {
    let (wallet, hold) = path.into_inner();
    let cell = caller.wallet(Action::ManageHolds, &wallet, &engine)?;
    let hold = number_of(&hold)?;
    let amount = field::amount("amount", &settlement.0.amount)?;
    if amount.is_negative() {
        return Err(Problem::bad_field("amount", "below zero"));
    }
    let rest = if settlement.0.last { Rest::Freed } else { Rest::Stays };
    let (id, nanos, last) = (hold.to_be_bytes(), amount.nanos().to_be_bytes(), [settlement.0.last.into()]);
    let content = Content { call: "POST settle", parts: &[&id, &nanos, &last] };
    let command = WalletCommand::SettleHold { hold, amount, rest };
    let done = carry_out(&engine, &caller, cell.id, &request, command, content).await?;
    Ok(Carried::of(done).changed(told(&engine, cell.id, done.answer).await?))
}

/// Free what is left of a hold
#[utoipa::path(
    tag = "holds",
    params(("Idempotency-Key" = String, Header, description = "1 to 128 visible ASCII characters", example = "order-1")),
    responses(
        (status = 200, description = "It is free, now or before: then with the header", body = Hold,
            headers(("Idempotency-Replayed" = bool, description = "`true` where it was carried out before"))),
        (status = 409, description = "`hold_closed`: it was settled, voided or has expired"),
        (status = 422, description = "`idempotency_key_reused`: it was used for another request"),
    )
)]
#[post("/v1/wallets/{wallet}/holds/{hold}/void")]
pub async fn void_hold(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (wallet, hold) = path.into_inner();
    let cell = caller.wallet(Action::ManageHolds, &wallet, &engine)?;
    let hold = number_of(&hold)?;
    let content = Content { call: "POST void", parts: &[&hold.to_be_bytes()] };
    let done =
        carry_out(&engine, &caller, cell.id, &request, WalletCommand::VoidHold { hold }, content).await?;
    Ok(Carried::of(done).changed(told(&engine, cell.id, done.answer).await?))
}

/// What a plan comes to by the version of the wallet's tariff in effect now. Worked out where it holds up nobody: it
/// may be 100,000 messages, and a prefix may have as many below it.
pub async fn summed(
    engine: &Engine,
    cell: &Cell,
    plan: LongJson<Plan>,
    now: Timestamp,
) -> Result<(LongJson<Plan>, Sum), Problem> {
    let (book, (tariff, rented)) = (engine.book(), cell.tariff_and_rented());
    let work = move || {
        let version = book.in_effect(tariff, now).map(|(_, version)| &**version);
        let sum = plan.value.sum(Prices { version, rented: rented.as_deref() });
        sum.map(|sum| (plan, sum))
    };
    web::block(work).await.map_err(Problem::internal)?
}

fn expires_at(plan: &Plan, now: Timestamp) -> Result<Timestamp, Problem> {
    let max = HOLD_EXPIRES_MAX.seconds();
    let after = match plan.expires_in_seconds {
        None => HOLD_EXPIRES_AFTER,
        Some(seconds) if (1..=max).contains(&i64::from(seconds)) => Span::from_seconds(seconds),
        Some(_) => return Err(Problem::bad_field("expires_in_seconds", format!("not 1 to {max}"))),
    };
    Ok(now.plus(after))
}

fn number_of(hold: &str) -> Result<u64, Problem> {
    hold::Hold::parse_id(hold).ok_or_else(unknown_hold)
}

fn unknown_hold() -> Problem {
    Problem::new(Code::UnknownHold, "the wallet has no hold of this id")
}

async fn told(engine: &Engine, wallet: WalletId, number: u64) -> Result<Hold, Problem> {
    Ok(Hold::of(documents::made(engine, wallet, number).await?.document))
}

impl Hold {
    fn of(hold: hold::Hold) -> Hold {
        Hold {
            hold: hold::Hold::id(hold.number),
            status: hold.state.as_str(),
            amount: Amount(hold.amount),
            remaining: Amount(hold.remaining),
            settled: Amount(hold.settled),
            campaign: some(&hold.campaign),
            made_at: Instant(hold.made_at),
            expires_at: Instant(hold.expires_at),
            closed_at: Instant::unless_never(hold.closed_at),
        }
    }
}
