//! Why an entry has its amount, in one document.

use actix_web::get;
use actix_web::web::{self, Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::entries::{self, Entry};
use super::problem::{Code, Problem};
use super::tariffs::{CarrierFee, Rate};
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::domain::record::{Cause, Price};
use crate::usage::explain::{Rows, explain};

/// Why an entry has its amount.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    #[schema(example = "acme")]
    wallet: String,
    #[schema(example = "USD")]
    currency: String,
    balance_before: Amount,
    balance_after: Amount,
    /// How the amount came about, in one line.
    #[schema(example = "2 segments x 0.0079 + carrier fee 0.006 = 0.0218 USD")]
    arithmetic: String,
    /// What priced the message; null for what no tariff prices.
    #[schema(required)]
    tariff: Option<ExplainedTariff>,
    /// The entry, with the event it was posted for.
    entry: Entry,
}

/// The rows of the tariff version that priced a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainedTariff {
    #[schema(example = "standard")]
    name: String,
    #[schema(example = "2026-01")]
    version: String,
    effective_from: Instant,
    rate: Rate,
    /// Null where no carrier fee applies.
    #[schema(required)]
    carrier_fee: Option<CarrierFee>,
}

/// Why an entry has its amount
#[utoipa::path(tag = "entries", responses((status = 200, description = "The explanation", body = Explanation)))]
#[get("/v1/wallets/{wallet}/entries/{seq}/explain")]
pub async fn get_explanation(
    caller: Caller,
    engine: Data<Engine>,
    path: Path<(String, u64)>,
) -> Result<web::Json<Explanation>, Problem> {
    let (wallet, seq) = path.into_inner();
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let row = entries::find(&engine, cell.id, seq).await?;
    let row = row.ok_or_else(|| Problem::new(Code::NotFound, "the wallet has no entry of this number"))?;
    let (_, entry) = entries::decoded(&row)?;
    let (book, currency) = (engine.book(), cell.read().currency);
    let price = match &entry.cause {
        Cause::Message { price, .. } => Some(price),
        _ => None,
    };
    let version = price.and_then(|price| book.version(price.version));
    let explained = explain(&entry, currency, version.map(AsRef::as_ref)).map_err(Problem::internal)?;
    Ok(web::Json(Explanation {
        currency: currency.to_string(),
        balance_before: Amount(explained.balance_before),
        balance_after: Amount(entry.balance_after),
        arithmetic: explained.arithmetic,
        tariff: price.zip(explained.rows).map(|(price, rows)| ExplainedTariff::of(price, &rows)),
        entry: Entry::of_row(&row, &book)?,
        wallet,
    }))
}

impl ExplainedTariff {
    fn of(price: &Price, rows: &Rows<'_>) -> ExplainedTariff {
        let head = rows.version.head();
        let fee = price.rated.fee_row.zip(rows.fee);
        ExplainedTariff {
            name: head.name.clone(),
            version: head.label.clone(),
            effective_from: Instant(head.effective_from),
            rate: Rate::of(price.rated.rate_row as usize, rows.rate),
            carrier_fee: fee.map(|(row, fee)| CarrierFee::of(row as usize, fee)),
        }
    }
}
