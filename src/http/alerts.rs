//! Alerts: the balances at which a wallet warns, and what was raised.

use actix_web::web::{self, Data, Path, Query};
use actix_web::{get, put};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::documents;
use super::field;
use super::page::{List, Page, PageQuery};
use super::problem::Problem;
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::actors::command::{WalletCommand, WalletRequest};
use crate::domain::access::Action;
use crate::domain::life::Levels;
use crate::domain::life::alert::{self, LEVELS_MAX};
use crate::domain::money::Money;
use crate::domain::wallet::WalletId;
use crate::store::documents::Dated;
use crate::webhooks::body::alert_data;

/// The balances at which a wallet is to warn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertOrder {
    /// Up to 10, none of them below zero; empty: it warns at none.
    #[schema(example = json!(["100", "20"]))]
    low_balance: Vec<String>,
}

/// The balances at which a wallet warns.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertSettings {
    /// Highest first. Each warns once when the balance comes down to it, and again once it has risen above it.
    low_balance: Vec<Amount>,
}

/// Something that was worth telling.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alert {
    #[schema(example = "al_7")]
    alert: String,
    /// Such as `wallet.low_balance`.
    #[serde(rename = "type")]
    #[schema(example = "wallet.low_balance")]
    kind: &'static str,
    occurred_at: Instant,
    posted_at: Instant,
    /// What it is about, by its type: `level` and `balance`; `balance`; `top_up`, `amount` and `code`; `reason`;
    /// `minimum_balance`; `number` with `amount` and `due_at`, `release_at`, or `released_at` and `reason`.
    #[schema(value_type = Object, example = json!({"level": "20", "balance": "19.5"}))]
    data: Value,
}

/// The balances at which a wallet warns
#[utoipa::path(tag = "alerts", responses((status = 200, description = "The settings", body = AlertSettings)))]
#[get("/v1/wallets/{wallet}/alert-settings")]
pub async fn get_alert_settings(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
) -> Result<web::Json<AlertSettings>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    told(&engine, cell.id).await
}

/// Set the balances at which a wallet warns
///
/// All of them at once. One that the balance is at or below already warns when it is crossed the next time.
#[utoipa::path(tag = "alerts", responses((status = 200, description = "They are set", body = AlertSettings)))]
#[put("/v1/wallets/{wallet}/alert-settings")]
pub async fn put_alert_settings(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    order: Json<AlertOrder>,
) -> Result<web::Json<AlertSettings>, Problem> {
    let cell = caller.wallet(Action::SetAlerts, &wallet, &engine)?;
    let levels = checked(&order.0)?;
    let request = WalletRequest::of(WalletCommand::SetLevels(levels)).by(caller.actor());
    engine.command(cell.id, request).await?;
    told(&engine, cell.id).await
}

/// The alerts of a wallet, in the order in which they were raised
#[utoipa::path(tag = "alerts", params(PageQuery), responses((status = 200, description = "A page", body = Page<Alert>)))]
#[get("/v1/wallets/{wallet}/alerts")]
pub async fn list_alerts(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    query: Query<PageQuery>,
) -> Result<web::Json<Page<Alert>>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let number = |alert: &alert::Alert| alert.number;
    let page =
        documents::page(&engine, cell.id, List::Alerts, &query, number, |dated| Some(Alert::of(&dated)));
    Ok(web::Json(page.await?))
}

fn checked(order: &AlertOrder) -> Result<Vec<Money>, Problem> {
    if order.low_balance.len() > LEVELS_MAX {
        return Err(Problem::bad_field("low_balance", format!("more than {LEVELS_MAX}")));
    }
    let level = |text: &String| {
        let level = field::amount("low_balance", text)?;
        if level.is_negative() { Err(Problem::bad_field("low_balance", "below zero")) } else { Ok(level) }
    };
    order.low_balance.iter().map(level).collect()
}

async fn told(engine: &Engine, wallet: WalletId) -> Result<web::Json<AlertSettings>, Problem> {
    engine.caught_up().await?;
    let levels = engine.views().read_single::<Levels>(wallet).map_err(Problem::internal)?;
    let amounts = levels.unwrap_or_default().into_iter().map(|level| Amount(level.amount));
    Ok(web::Json(AlertSettings { low_balance: amounts.collect() }))
}

impl Alert {
    fn of(dated: &Dated<alert::Alert>) -> Alert {
        let alert = &dated.document;
        Alert {
            alert: alert::Alert::id(alert.number),
            kind: alert.kind.as_str(),
            occurred_at: Instant(dated.occurred_at),
            posted_at: Instant(dated.posted_at),
            data: alert_data(alert).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_ten_levels_that_are_not_below_zero() {
        let many = vec!["1"; LEVELS_MAX];
        let too_many = vec!["1"; LEVELS_MAX + 1];
        let table: [(&[&str], bool); 6] = [
            (&[], true),
            (&["100", "20", "0"], true),
            (&many, true),
            (&too_many, false),
            (&["-1"], false),
            (&["1", "few"], false),
        ];
        for (levels, want) in table {
            let low_balance = levels.iter().map(|level| (*level).to_owned()).collect();
            assert_eq!(checked(&AlertOrder { low_balance }).is_ok(), want, "{levels:?}");
        }
    }
}
