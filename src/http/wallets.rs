//! Wallets: their terms, and what they have.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get, put, web};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::body::Json;
use super::field;
use super::page::{List, Page, PageQuery};
use super::problem::{Code, Problem};
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::actors::command::{Placed, WalletTerms};
use crate::domain::access::Action;
use crate::domain::currency::Currency;
use crate::domain::record::TariffId;
use crate::domain::wallet::Status;
use crate::engine::book::Book;
use crate::engine::directory::{Cell, Published};

/// Wallets looked at in one go, and at most, for a page of those that are looked for.
const CHUNK: usize = 500;
const LOOKED_AT_MAX: usize = 20_000;
const SEARCH_BYTES_MAX: usize = 128;
const TARIFF_DEFAULT: &str = "standard";
const TIME_ZONE_DEFAULT: &str = "UTC";

/// A prepaid balance and its terms.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wallet {
    #[schema(example = "acme")]
    wallet: String,
    /// What people call it.
    #[schema(example = "Acme")]
    name: String,
    /// ISO 4217; fixed from the first entry on.
    #[schema(example = "USD")]
    currency: String,
    /// IANA; fixed from the first entry on.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    #[schema(example = "standard")]
    tariff: String,
    /// Suspended while the balance is zero or below.
    #[schema(example = "active")]
    status: &'static str,
    balance: Amount,
    /// What is set aside.
    held: Amount,
    /// What may be spent: balance less held.
    available: Amount,
    /// Unpaid fees of numbers.
    arrears: Amount,
    /// When the wallet last changed.
    as_of: Instant,
}

/// The terms of a wallet. What is left out keeps its value; of a new wallet it gets the default.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// ISO 4217; USD by default.
    #[schema(example = "USD")]
    currency: Option<String>,
    /// IANA; UTC by default.
    #[schema(example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// What people call it, at most 200 bytes; empty by default.
    #[schema(example = "Acme")]
    name: Option<String>,
    /// A tariff in the same currency; `standard` by default.
    #[schema(example = "standard")]
    tariff: Option<String>,
}

/// Create a wallet or change its terms
#[utoipa::path(
    tag = "wallets",
    responses(
        (status = 200, description = "The wallet was there; its terms are now these", body = Wallet),
        (status = 201, description = "The wallet is new", body = Wallet),
        (status = 409, description = "`wallet_terms_fixed`: currency and time zone are fixed from the first entry on"),
    )
)]
#[put("/v1/wallets/{wallet}")]
pub async fn put_wallet(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    terms: Json<Terms>,
) -> Result<HttpResponse, Problem> {
    caller.may_on(Action::SetTerms, &wallet)?;
    field::wallet_id(&wallet)?;
    let present = engine.directory().find(&wallet).map(|cell| cell.read());
    if present.is_none() {
        caller.may_on(Action::OpenWallet, &wallet)?;
    }
    let terms = checked(wallet.clone(), terms.0, present.as_ref(), &engine.book(), caller.actor())?;
    let placed = engine.set_wallet(terms).await?;
    let cell =
        engine.directory().find(&wallet).ok_or_else(|| Problem::internal("a wallet just set is unknown"))?;
    let body = Wallet::of(&cell, &engine.book());
    Ok(match placed {
        Placed::New => HttpResponse::Created().json(body),
        Placed::Existing => HttpResponse::Ok().json(body),
    })
}

/// A wallet with its balance
#[utoipa::path(tag = "wallets", responses((status = 200, description = "The wallet", body = Wallet)))]
#[get("/v1/wallets/{wallet}")]
pub async fn get_wallet(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
) -> Result<web::Json<Wallet>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    Ok(web::Json(Wallet::of(&cell, &engine.book())))
}

/// Which wallets are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WalletsQuery {
    /// Only those with this text in their id or name, at most 128 bytes; capital letters count as small ones.
    search: Option<String>,
    /// Only those that are `active` or `suspended`.
    status: Option<String>,
    /// How many items at most, 1 to 1000; 100 where it is left out. A page may have fewer although the list goes on.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next_cursor` of the page before; left out for the first page.
    cursor: Option<String>,
}

/// All wallets that the key sees, by their ids
#[utoipa::path(tag = "wallets", params(WalletsQuery), responses((status = 200, description = "A page", body = Page<Wallet>)))]
#[get("/v1/wallets")]
pub async fn list_wallets(
    caller: Caller,
    engine: Data<Engine>,
    query: Query<WalletsQuery>,
) -> Result<web::Json<Page<Wallet>>, Problem> {
    caller.may(Action::SeeWallet)?;
    let WalletsQuery { search, status, limit, cursor } = query.into_inner();
    let search = search.unwrap_or_default();
    field::text("search", &search, SEARCH_BYTES_MAX)?;
    let search = search.to_lowercase();
    let wanted =
        field::word("status", status.as_deref(), &[Status::Active, Status::Suspended], Status::as_str)?;
    let page = PageQuery::new(limit, cursor);
    let (limit, mut after) = (page.limit()?, page.after_text(List::Wallets)?);
    let book = engine.book();
    let fits = |wallet: &Wallet| {
        let named =
            [&wallet.wallet, &wallet.name].into_iter().any(|name| name.to_lowercase().contains(&search));
        named && wanted.is_none_or(|wanted| wanted.as_str() == wallet.status)
    };
    if let Some(own) = caller.bound_to() {
        let own = engine.directory().with(own, |cell| Wallet::of(cell, &book)).filter(fits);
        return Ok(web::Json(Page::until(own.into_iter().collect(), List::Wallets, None::<&[u8]>)));
    }
    engine.caught_up().await?;
    let chunk = if search.is_empty() && wanted.is_none() { limit + 1 } else { CHUNK };
    let (mut told, mut looked_at) = (Vec::new(), 0);
    let goes_on_after = 'page: loop {
        let rows = engine.views().wallets(&after, chunk).map_err(Problem::internal)?;
        let is_last = rows.len() < chunk;
        looked_at += rows.len();
        for named in rows {
            let wallet = engine.directory().with(&named.wallet, |cell| Wallet::of(cell, &book));
            if let Some(wallet) = wallet.filter(fits) {
                if told.len() == limit {
                    break 'page Some(after);
                }
                told.push(wallet);
            }
            after = named.wallet.into();
        }
        if is_last {
            break None;
        }
        if looked_at >= LOOKED_AT_MAX {
            break Some(after);
        }
    };
    Ok(web::Json(Page::until(told, List::Wallets, goes_on_after)))
}

impl Wallet {
    pub fn of(cell: &Cell, book: &Book) -> Wallet {
        let published = cell.read();
        let tariff = book.tariff(published.tariff).map(|tariff| tariff.name().to_owned());
        let available = published.available();
        Wallet {
            wallet: cell.wallet.to_string(),
            name: published.name.into(),
            currency: published.currency.to_string(),
            time_zone: published.time_zone.into(),
            tariff: tariff.unwrap_or_default(),
            status: published.status.as_str(),
            balance: Amount(published.balance),
            held: Amount(published.held),
            available: Amount(available),
            arrears: Amount(published.owed),
            as_of: Instant(published.as_of),
        }
    }
}

/// The terms that the wallet is to have, given those it has.
fn checked(
    wallet: String,
    terms: Terms,
    present: Option<&Published>,
    book: &Book,
    actor: String,
) -> Result<WalletTerms, Problem> {
    let name = terms.name.or_else(|| present.map(|present| present.name.to_string())).unwrap_or_default();
    field::text("name", &name, field::NAME_BYTES_MAX)?;
    let currency = match (terms.currency, present) {
        (Some(code), _) => Currency::parse(&code)
            .ok_or_else(|| Problem::bad_field("currency", "not an ISO 4217 code such as USD"))?,
        (None, Some(present)) => present.currency,
        (None, None) => Currency::USD,
    };
    let time_zone = match (terms.time_zone, present) {
        (Some(name), _) => time_zone(&name)?,
        (None, Some(present)) => present.time_zone.to_string(),
        (None, None) => TIME_ZONE_DEFAULT.to_owned(),
    };
    let tariff = match (terms.tariff, present) {
        (None, Some(present)) => Some(present.tariff),
        (name, _) => book.find(name.as_deref().unwrap_or(TARIFF_DEFAULT)).map(|(id, _)| id),
    };
    let tariff = tariff_in(currency, tariff, book)?;
    Ok(WalletTerms { wallet, name, currency, time_zone, tariff, actor })
}

/// The name of a time zone as the IANA database spells it.
fn time_zone(name: &str) -> Result<String, Problem> {
    let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown());
    let spelt = zone.and_then(|zone| zone.iana_name().map(str::to_owned));
    spelt.ok_or_else(|| Problem::bad_field("time_zone", "not the name of a time zone such as Europe/Berlin"))
}

fn tariff_in(currency: Currency, tariff: Option<TariffId>, book: &Book) -> Result<TariffId, Problem> {
    let known = tariff.and_then(|id| book.tariff(id).map(|tariff| (id, tariff)));
    let (id, tariff) =
        known.ok_or_else(|| Problem::new(Code::UnknownTariff, "no tariff of this name was added"))?;
    if tariff.currency() != currency {
        let detail =
            format!("the tariff {} is in {}, the wallet in {currency}", tariff.name(), tariff.currency());
        return Err(Problem::new(Code::CurrencyMismatch, detail));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_a_name_that_the_iana_database_has() {
        let table = [
            ("UTC", Some("UTC")),
            ("Europe/Berlin", Some("Europe/Berlin")),
            ("America/New_York", Some("America/New_York")),
            ("", None),
            ("Mars/Olympus", None),
            ("+02:00", None),
            ("EST5EDT,M3.2.0,M11.1.0", None),
            ("../../etc/passwd", None),
            ("Etc/Unknown", None),
        ];
        for (name, want) in table {
            assert_eq!(time_zone(name).ok().as_deref(), want, "{name:?}");
        }
    }
}
