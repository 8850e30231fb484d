//! Deliveries: what became of the messages of a webhook, and sending one again.

use actix_web::web::{self, Data, Path, Query};
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::page::{List, Page, PageQuery};
use super::problem::{Code, Problem};
use super::webhooks::find;
use super::wire::Instant;
use crate::actors::Engine;
use crate::actors::command::{WalletCommand, WalletRequest};
use crate::domain::access::Action;
use crate::domain::endpoint::EndpointState;
use crate::domain::life::alert;
use crate::domain::record::Change;
use crate::domain::wallet::WalletId;
use crate::store::keys;
use crate::store::rows::PostedRow;

/// An alert and what became of telling it to a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    #[schema(example = "acme")]
    wallet: String,
    #[schema(example = "al_7")]
    alert: String,
    /// Of the alert.
    #[serde(rename = "type")]
    #[schema(example = "wallet.low_balance")]
    kind: &'static str,
    /// `pending`, `delivered`, `failed` (given up after a day) or `dropped` (the webhook was removed or is disabled).
    #[schema(example = "delivered")]
    status: &'static str,
    /// How often it was tried.
    #[schema(example = 1)]
    attempts: u32,
    /// When it was put on its way, by hand the last time.
    first_at: Instant,
    last_at: Instant,
    /// When it is tried next; null once it is over.
    #[schema(required)]
    next_at: Option<Instant>,
    /// What the endpoint answered last; null where it did not.
    #[schema(required, example = 200)]
    http_status: Option<u16>,
}

/// An alert to be sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    #[schema(example = "acme")]
    wallet: String,
    #[schema(example = "al_7")]
    alert: String,
}

/// The messages of a webhook and what became of them
///
/// By wallet and, of each, in the order in which they were raised.
#[utoipa::path(tag = "webhooks", params(PageQuery), responses((status = 200, description = "A page", body = Page<Delivery>)))]
#[get("/v1/webhooks/{id}/deliveries")]
pub async fn list_deliveries(
    caller: Caller,
    engine: Data<Engine>,
    id: Path<String>,
    page: Query<PageQuery>,
) -> Result<web::Json<Page<Delivery>>, Problem> {
    let endpoint = find(&caller, &engine, &id)?.number;
    let limit = page.limit()?;
    let after = match &page.after(List::Deliveries)?[..] {
        [] => None,
        position => {
            let place = keys::split_entry(position);
            Some(place.ok_or_else(|| Problem::bad_field("cursor", "not a cursor of this list"))?)
        }
    };
    engine.caught_up().await?;
    let found = engine.views().deliveries(endpoint, after, limit + 1).map_err(Problem::internal)?;
    let read = |(wallet, row): &(WalletId, PostedRow)| Ok((*wallet, delivery_of(row)?));
    let found = found.iter().map(read).collect::<Result<Vec<_>, Problem>>()?;
    let position =
        |(wallet, delivery): &(WalletId, alert::Delivery)| keys::entry(*wallet, delivery.alert).to_vec();
    let page = Page::cut(found, limit, List::Deliveries, position);
    let told = |(wallet, delivery): &(WalletId, alert::Delivery)| told(&engine, *wallet, delivery);
    let data = page.data.iter().map(told).collect::<Result<Vec<_>, _>>()?;
    Ok(web::Json(Page { data, next_cursor: page.next_cursor }))
}

/// Send an alert again
///
/// It begins its way anew, whatever became of it, also where the webhook was not to hear of it when it was raised.
#[utoipa::path(
    tag = "webhooks",
    responses(
        (status = 200, description = "It is on its way", body = Delivery),
        (status = 409, description = "`conflict`: the webhook is disabled, or too much is on its way"),
    )
)]
#[post("/v1/webhooks/{id}/replay")]
pub async fn replay_alert(
    caller: Caller,
    engine: Data<Engine>,
    id: Path<String>,
    replay: Json<Replay>,
) -> Result<web::Json<Delivery>, Problem> {
    let endpoint = find(&caller, &engine, &id)?;
    let cell = caller.wallet(Action::ManageWebhooks, &replay.0.wallet, &engine)?;
    if endpoint.wallet.as_ref().is_some_and(|(own, _)| *own != cell.id) {
        return Err(Problem::bad_field("wallet", "the webhook hears of another wallet only"));
    }
    if endpoint.state != EndpointState::Active {
        return Err(Problem::new(Code::Conflict, "the webhook is disabled: it wants nothing more"));
    }
    let alert = alert::Alert::parse_id(&replay.0.alert);
    let alert = alert.ok_or_else(|| Problem::bad_field("alert", "not the id of an alert such as al_7"))?;
    let endpoint = endpoint.number;
    let command = WalletCommand::Redeliver { endpoint, alert };
    engine.command(cell.id, WalletRequest::of(command).by(caller.actor())).await?;
    engine.caught_up().await?;
    let after = Some((cell.id, alert.saturating_sub(1)));
    let found = engine.views().deliveries(endpoint, after, 1).map_err(Problem::internal)?;
    let (wallet, row) =
        found.first().ok_or_else(|| Problem::internal("a delivery just begun is not there"))?;
    Ok(web::Json(told(&engine, *wallet, &delivery_of(row)?)?))
}

fn delivery_of(row: &PostedRow) -> Result<alert::Delivery, Problem> {
    match row.record().map_err(Problem::internal)?.change {
        Change::Delivery(delivery) => Ok(*delivery),
        _ => Err(Problem::internal("a row of the deliveries holds no delivery")),
    }
}

fn told(engine: &Engine, wallet: WalletId, delivery: &alert::Delivery) -> Result<Delivery, Problem> {
    let cell = engine.directory().find_id(wallet);
    let alert = engine.views().read::<alert::Alert>(wallet, delivery.alert).map_err(Problem::internal)?;
    let alert = alert.ok_or_else(|| Problem::internal("a delivery of an alert that is not there"))?;
    Ok(Delivery {
        wallet: cell.map(|cell| cell.wallet.to_string()).unwrap_or_default(),
        alert: alert::Alert::id(delivery.alert),
        kind: alert.document.kind.as_str(),
        status: delivery.state.as_str(),
        attempts: delivery.tries,
        first_at: Instant(delivery.first_at),
        last_at: Instant(delivery.last_at),
        next_at: Instant::unless_never(delivery.next_at),
        http_status: (delivery.http_status > 0).then_some(delivery.http_status),
    })
}
