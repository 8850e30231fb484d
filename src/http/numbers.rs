//! Numbers: rented, shown and given back.

use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::body::Json;
use super::documents;
use super::field;
use super::once::{Carried, Content, carry_out};
use super::page::{List, Page, StatusQuery};
use super::problem::{Code, Problem};
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::actors::command::{CommandError, WalletCommand, WalletRequest};
use crate::domain::access::Action;
use crate::domain::address::{Address, AddressKind};
use crate::domain::calendar::Zone;
use crate::domain::decide::Refusal;
use crate::domain::life::number::{self, NumberStatus};
use crate::domain::money::Money;
use crate::domain::sender_type::SenderType;
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;

/// Rentals looked through in one go for the last one of a number.
const CHUNK: usize = 500;

/// A number to be rented.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberOrder {
    /// An E.164 number or a short code.
    #[schema(example = "+14155550100")]
    number: String,
    /// `local`, `mobile`, `toll_free` or `short_code`; told from the number where it is left out.
    #[serde(rename = "type")]
    #[schema(example = "local")]
    sender_type: Option<String>,
}

/// One rental of a number.
#[derive(Debug, Serialize, ToSchema)]
pub struct Number {
    #[schema(example = "+14155550100")]
    number: String,
    #[serde(rename = "type")]
    #[schema(example = "local")]
    sender_type: &'static str,
    /// `active`, `past_due` (a fee is unpaid), `release_scheduled` or `released`.
    #[schema(example = "active")]
    status: &'static str,
    /// That of the last cycle.
    monthly_fee: Amount,
    bought_at: Instant,
    /// Null once it is released.
    #[schema(required)]
    next_due_at: Option<Instant>,
    /// The last one that fell due; 0 is the purchase.
    #[schema(example = 3)]
    cycle: u32,
    /// Fees that were due and are unpaid, oldest first.
    arrears: Vec<Arrear>,
    arrears_total: Amount,
    /// When it is released unless somebody pays; null where nothing is scheduled.
    #[schema(required)]
    release_at: Option<Instant>,
    #[schema(required)]
    released_at: Option<Instant>,
    /// `unpaid` or `by_hand`.
    #[schema(required, example = "unpaid")]
    release_reason: Option<&'static str>,
    /// When the owner of the numbers has confirmed the release; null where it has not or there is none.
    #[schema(required)]
    release_confirmed_at: Option<Instant>,
}

/// A monthly fee that was due and is unpaid.
#[derive(Debug, Serialize, ToSchema)]
pub struct Arrear {
    #[schema(example = 2)]
    cycle: u32,
    due_at: Instant,
    amount: Amount,
}

/// Rent a number
///
/// The first monthly fee is charged now, in full from what is available, or nothing is rented. Under one
/// idempotency key it is rented once.
#[utoipa::path(
    tag = "numbers",
    params(("Idempotency-Key" = String, Header, description = "1 to 128 visible ASCII characters", example = "order-1")),
    responses(
        (status = 200, description = "It was rented before, under the same key", body = Number,
            headers(("Idempotency-Replayed" = bool, description = "`true`"))),
        (status = 201, description = "It is rented", body = Number),
        (status = 402, description = "`insufficient_balance`: what is available does not cover the first fee"),
        (status = 409, description = "`number_rented`: the wallet rents it already; `conflict`: it has as many numbers as it may have"),
        (status = 422, description = "`idempotency_key_reused`: it was used for another request"),
    )
)]
#[post("/v1/wallets/{wallet}/numbers")]
pub async fn post_number(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    wallet: Path<String>,
    order: Json<NumberOrder>,
) -> Result<HttpResponse, Problem> {
    let cell = caller.wallet(Action::ManageNumbers, &wallet, &engine)?;
    let (number, sender_type) = checked(&order.0)?;
    let command = WalletCommand::BuyNumber { number, sender_type };
    let content = Content { call: "POST numbers", parts: &[&number.to_bytes(), &[sender_type as u8]] };
    let done = carry_out(&engine, &caller, cell.id, &request, command, content).await?;
    let rented = documents::made(&engine, cell.id, done.answer).await?;
    Ok(Carried::of(done).made(Number::of(rented.document)))
}

/// The rentals of a wallet, in the order in which they began
///
/// Released ones too: a number rented again is another rental.
#[utoipa::path(tag = "numbers", params(StatusQuery), responses((status = 200, description = "A page", body = Page<Number>)))]
#[get("/v1/wallets/{wallet}/numbers")]
pub async fn list_numbers(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    query: Query<StatusQuery>,
) -> Result<web::Json<Page<Number>>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let (status, query) = query.into_inner().split();
    let wanted = field::word("status", status.as_deref(), &NumberStatus::ALL, NumberStatus::as_str)?;
    let rental = |number: &number::Number| number.rental;
    let page = documents::page(&engine, cell.id, List::Numbers, &query, rental, |dated| {
        let number = dated.document;
        wanted.is_none_or(|wanted| number.status() == wanted).then(|| Number::of(number))
    });
    Ok(web::Json(page.await?))
}

/// A number, by its last rental
#[utoipa::path(tag = "numbers", responses((status = 200, description = "The number", body = Number)))]
#[get("/v1/wallets/{wallet}/numbers/{number}")]
pub async fn get_number(
    caller: Caller,
    engine: Data<Engine>,
    path: Path<(String, String)>,
) -> Result<web::Json<Number>, Problem> {
    let (wallet, number) = path.into_inner();
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let number = address(&number)?;
    Ok(web::Json(Number::of(last_rental(&engine, cell.id, number).await?)))
}

/// What a number is asked for as.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TypeQuery {
    /// `local`, `mobile`, `toll_free` or `short_code`; told from the number where it is left out.
    #[serde(rename = "type")]
    sender_type: Option<String>,
}

/// What renting a number would cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberQuote {
    #[schema(example = "+14155550100")]
    number: String,
    #[serde(rename = "type")]
    #[schema(example = "local")]
    sender_type: &'static str,
    /// Charged at once, and with each cycle after it at what the tariff says then.
    monthly_fee: Amount,
    #[schema(example = "USD")]
    currency: String,
    /// When the second fee would fall due.
    next_due_at: Instant,
    /// What may be spent now.
    available: Amount,
    /// Whether what is available covers the first fee.
    covered: bool,
}

/// What renting a number would cost
///
/// Nothing is set aside and nothing is promised: fees and balances change.
#[utoipa::path(
    tag = "numbers",
    params(TypeQuery),
    responses(
        (status = 200, description = "What it would cost", body = NumberQuote),
        (status = 400, description = "`no_rate`: the wallet's tariff rents no such number"),
    )
)]
#[get("/v1/wallets/{wallet}/numbers/{number}/quote")]
pub async fn get_number_quote(
    caller: Caller,
    engine: Data<Engine>,
    path: Path<(String, String)>,
    query: Query<TypeQuery>,
) -> Result<web::Json<NumberQuote>, Problem> {
    let (wallet, number) = path.into_inner();
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let order = NumberOrder { number, sender_type: query.into_inner().sender_type };
    let (number, sender_type) = checked(&order)?;
    let (now, wallet) = (engine.clock().now(), cell.read());
    let fee = engine.book().number_fee(wallet.tariff, &number, sender_type, now);
    let (_, _, fee) = fee.ok_or(Refusal::NoRate)?;
    let zone = Zone::of_wallet(&wallet.time_zone);
    let available = wallet.available();
    Ok(web::Json(NumberQuote {
        number: number.to_string(),
        sender_type: sender_type.as_str(),
        monthly_fee: Amount(fee),
        currency: wallet.currency.to_string(),
        next_due_at: Instant(zone.cycle_due(zone.day(now), 1)),
        available: Amount(available),
        covered: available >= fee || !fee.is_positive(),
    }))
}

/// Give a number back
///
/// No further fee falls due; what is owed for it stays owed. One that is released already stays as it is.
#[utoipa::path(tag = "numbers", responses((status = 200, description = "It is released", body = Number)))]
#[delete("/v1/wallets/{wallet}/numbers/{number}")]
pub async fn delete_number(
    caller: Caller,
    engine: Data<Engine>,
    path: Path<(String, String)>,
) -> Result<web::Json<Number>, Problem> {
    let (wallet, number) = path.into_inner();
    let cell = caller.wallet(Action::ManageNumbers, &wallet, &engine)?;
    let number = address(&number)?;
    let request = WalletRequest::of(WalletCommand::ReleaseNumber { number }).by(caller.actor());
    match engine.command(cell.id, request).await {
        Ok(_) | Err(CommandError::Refused(Refusal::Known)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(web::Json(Number::of(last_rental(&engine, cell.id, number).await?)))
}

fn checked(order: &NumberOrder) -> Result<(Address, SenderType), Problem> {
    let number =
        Address::parse(&order.number).map_err(|error| Problem::bad_field("number", error.to_string()))?;
    if number.kind() == AddressKind::Name {
        return Err(Problem::bad_field("number", "a name is not rented: an E.164 number or a short code"));
    }
    let sender_type = match order.sender_type.as_deref() {
        None => SenderType::of_channel(&number),
        Some(word) => SenderType::parse(word)
            .filter(|sender_type| *sender_type != SenderType::Alphanumeric)
            .ok_or_else(|| Problem::bad_field("type", "not one of local, mobile, toll_free, short_code"))?,
    };
    let short = number.kind() == AddressKind::ShortCode;
    if short != (sender_type == SenderType::ShortCode) {
        return Err(Problem::bad_field("type", "short codes are of the type short_code, and only they"));
    }
    Ok((number, sender_type))
}

/// A number of the path; what cannot be one, the wallet has not rented.
fn address(text: &str) -> Result<Address, Problem> {
    Address::parse(text).map_err(|_| unknown_number())
}

fn unknown_number() -> Problem {
    Problem::new(Code::UnknownNumber, "the wallet has never rented this number")
}

async fn last_rental(engine: &Engine, wallet: WalletId, number: Address) -> Result<number::Number, Problem> {
    engine.caught_up().await?;
    let mut before = u64::MAX;
    loop {
        let rentals = engine.views().read_before::<number::Number>(wallet, before, CHUNK);
        let rentals = rentals.map_err(Problem::internal)?;
        let Some(oldest) = rentals.last() else { return Err(unknown_number()) };
        before = oldest.document.rental;
        let mut rentals = rentals.into_iter().map(|dated| dated.document);
        if let Some(found) = rentals.find(|rental| rental.number == number) {
            return Ok(found);
        }
    }
}

impl Number {
    fn of(number: number::Number) -> Number {
        let owed = number.owed().map(|arrear| arrear.amount.nanos()).fold(0i64, i64::saturating_add);
        let arrears = number.owed().map(|arrear| Arrear {
            cycle: arrear.cycle,
            due_at: Instant(arrear.due_at),
            amount: Amount(arrear.amount),
        });
        let released = number.released.as_ref();
        let confirmed_at = released.map_or(Timestamp::NEVER, |released| released.confirmed_at);
        Number {
            number: number.number.to_string(),
            sender_type: number.sender_type.as_str(),
            status: number.status().as_str(),
            monthly_fee: Amount(number.fee),
            bought_at: Instant(number.bought_at),
            next_due_at: Instant::unless_never(number.next_due_at),
            cycle: number.cycle,
            arrears: arrears.collect(),
            arrears_total: Amount(Money::from_nanos(owed)),
            release_at: number.release.map(|release| Instant(release.at)),
            released_at: released.map(|released| Instant(released.at)),
            release_reason: released.map(|released| released.reason.as_str()),
            release_confirmed_at: Instant::unless_never(confirmed_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_rented_as_the_type_that_it_tells_or_is_said_to_be() {
        use SenderType::{Local, Mobile, ShortCode, TollFree};
        let table = [
            ("+14155550100", None, Ok(Local)),
            ("+18005550100", None, Ok(TollFree)),
            ("72345", None, Ok(ShortCode)),
            ("+447700900123", Some("mobile"), Ok(Mobile)),
            ("+18005550100", Some("local"), Ok(Local)),
            ("72345", Some("short_code"), Ok(ShortCode)),
            ("ACME", None, Err("number")),
            ("", None, Err("number")),
            ("14155550100", None, Err("number")),
            ("+14155550100", Some("alphanumeric"), Err("type")),
            ("+14155550100", Some("Local"), Err("type")),
            ("+14155550100", Some("short_code"), Err("type")),
            ("72345", Some("local"), Err("type")),
        ];
        for (number, sender_type, want) in table {
            let order =
                NumberOrder { number: number.to_owned(), sender_type: sender_type.map(str::to_owned) };
            let found = checked(&order).map(|(_, sender_type)| sender_type);
            let found = found.as_ref().map_err(|problem| problem.field().unwrap_or_default());
            assert_eq!(found.copied(), want, "{number:?} as {sender_type:?}");
        }
    }
}
