//! Top-ups: money that is paid in, by a checkout or by itself.

use std::time::Duration;

use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post, rt};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::documents;
use super::entries::some;
use super::field;
use super::once::{Carried, Content, carry_out};
use super::page::{List, Page, PageQuery};
use super::problem::{Code, Problem};
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::actors::command::WalletCommand;
use crate::config::PaymentSettings;
use crate::domain::access::Action;
use crate::domain::currency::Currency;
use crate::domain::life::attempt::{Attempt, AttemptState};
use crate::domain::money::{Money, NANOS_PER_UNIT};
use crate::domain::wallet::WalletId;
use crate::engine::directory::Cell;
use crate::payments::is_chargeable;

const RETURN_URL_BYTES_MAX: usize = 2_048;
/// How long an answer waits for the page to pay on, and how often it looks.
const OPENING_MAX: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What is going to be paid in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopUpOrder {
    /// In whole minor units of the wallet's currency: a decimal in a string.
    #[schema(example = "50")]
    amount: String,
    /// Where the payer is sent afterwards: http or https.
    #[schema(example = "https://app.example/billing")]
    return_url: String,
}

/// One try at taking a payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopUp {
    #[schema(example = "tu_1")]
    top_up: String,
    /// `checkout` (somebody pays on a page) or `auto` (a saved method is charged).
    #[schema(example = "checkout")]
    kind: &'static str,
    /// `opening` (the payment provider has not answered yet), `open` (not decided yet), `unknown` (its answer was not
    /// clear: it is asked again), `succeeded`, `failed` or `expired`.
    #[schema(example = "open")]
    status: &'static str,
    amount: Amount,
    #[schema(example = "USD")]
    currency: String,
    /// Where it is paid; null where there is no such page, or not yet.
    #[schema(required, example = "https://checkout.stripe.com/c/pay/cs_1")]
    checkout_url: Option<String>,
    /// Why it failed, in the payment provider's word.
    #[schema(required, example = "card_declined")]
    code: Option<String>,
    credited: Amount,
    /// What was given back in all.
    refunded: Amount,
    /// What the payer's bank keeps back now.
    disputed: Amount,
    /// The entry that credits it.
    #[schema(required, example = 12)]
    seq: Option<u64>,
    opened_at: Instant,
    #[schema(required)]
    closed_at: Option<Instant>,
}

/// Open a page to pay on
///
/// The answer waits up to 20 seconds for the payment provider; `checkout_url` is null where it has not answered
/// by then. The credit is posted once the provider says that it was paid, not before. Under one idempotency key one
/// page is opened.
#[utoipa::path(
    tag = "top-ups",
    params(("Idempotency-Key" = String, Header, description = "1 to 128 visible ASCII characters", example = "order-1")),
    responses(
        (status = 200, description = "It was opened before", body = TopUp,
            headers(("Idempotency-Replayed" = bool, description = "`true`"))),
        (status = 201, description = "It is opened", body = TopUp),
        (status = 409, description = "`in_flight`: the first request under this key waits for the payment provider; `conflict`: as many are open as may be"),
        (status = 422, description = "`idempotency_key_reused`: it was used for another request"),
    )
)]
#[post("/v1/wallets/{wallet}/top-ups")]
pub async fn post_top_up(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    wallet: Path<String>,
    order: Json<TopUpOrder>,
) -> Result<HttpResponse, Problem> {
    let cell = caller.wallet(Action::TopUp, &wallet, &engine)?;
    let payable = Payable::of(&cell, &engine.config().payments);
    let amount = payable.amount("amount", &order.0.amount)?;
    let return_url = order.0.return_url;
    check_return_url(&return_url)?;
    let nanos = amount.nanos().to_be_bytes();
    let content = Content { call: "POST top-ups", parts: &[&nanos, return_url.as_bytes()] };
    let command = WalletCommand::OpenCheckout { amount, return_url: return_url.clone() };
    let done = carry_out(&engine, &caller, cell.id, &request, command, content).await?;
    let attempt = match Carried::of(done) {
        Carried::Now => opened(&engine, cell.id, done.answer).await?,
        Carried::Before => documents::made::<Attempt>(&engine, cell.id, done.answer).await?.document,
    };
    if done.replayed && attempt.state == AttemptState::Opening {
        return Err(Problem::new(Code::InFlight, "it waits for the payment provider; ask again in a moment"));
    }
    Ok(Carried::of(done).made(TopUp::of(attempt, payable.currency)))
}

/// The top-ups of a wallet, by hand and automatic, in the order in which they were opened
#[utoipa::path(tag = "top-ups", params(PageQuery), responses((status = 200, description = "A page", body = Page<TopUp>)))]
#[get("/v1/wallets/{wallet}/top-ups")]
pub async fn list_top_ups(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    query: Query<PageQuery>,
) -> Result<web::Json<Page<TopUp>>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let currency = cell.read().currency;
    let number = |attempt: &Attempt| attempt.number;
    let page = documents::page(&engine, cell.id, List::TopUps, &query, number, |dated| {
        Some(TopUp::of(dated.document, currency))
    });
    Ok(web::Json(page.await?))
}

/// A top-up and what became of it
#[utoipa::path(tag = "top-ups", responses((status = 200, description = "The top-up", body = TopUp)))]
#[get("/v1/wallets/{wallet}/top-ups/{top_up}")]
pub async fn get_top_up(
    caller: Caller,
    engine: Data<Engine>,
    path: Path<(String, String)>,
) -> Result<web::Json<TopUp>, Problem> {
    let (wallet, top_up) = path.into_inner();
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    let unknown = || Problem::new(Code::UnknownTopUp, "the wallet has no top-up of this id");
    let number = Attempt::parse_id(&top_up).ok_or_else(unknown)?;
    let found = documents::find::<Attempt>(&engine, cell.id, number).await?.ok_or_else(unknown)?;
    Ok(web::Json(TopUp::of(found.document, cell.read().currency)))
}

/// The attempt once the provider has answered, or as it stands when that takes too long.
async fn opened(engine: &Engine, wallet: WalletId, number: u64) -> Result<Attempt, Problem> {
    for _ in 0..OPENING_MAX.as_millis() / LOOK_EVERY.as_millis() {
        let attempt = documents::made::<Attempt>(engine, wallet, number).await?.document;
        if attempt.state != AttemptState::Opening {
            return Ok(attempt);
        }
        rt::time::sleep(LOOK_EVERY).await;
    }
    Ok(documents::made(engine, wallet, number).await?.document)
}

/// What may be paid in at once, in a wallet's currency.
#[derive(Clone, Copy, Debug)]
pub struct Payable {
    pub min: Money,
    pub max: Money,
    pub currency: Currency,
}

impl Payable {
    pub fn of(cell: &Cell, settings: &PaymentSettings) -> Payable {
        let units = |units: u32| Money::from_nanos(i64::from(units) * NANOS_PER_UNIT);
        let (min, max) = (units(settings.top_up_min), units(settings.top_up_max));
        Payable { min, max, currency: cell.read().currency }
    }

    pub fn amount(&self, field: &'static str, text: &str) -> Result<Money, Problem> {
        let Payable { min, max, currency } = self;
        let amount = field::amount(field, text)?;
        if !(*min..=*max).contains(&amount) {
            return Err(Problem::bad_field(field, format!("not {min} to {max} {currency}")));
        }
        if !is_chargeable(amount, *currency) {
            return Err(Problem::bad_field(field, format!("not an amount that can be paid in {currency}")));
        }
        Ok(amount)
    }
}

fn check_return_url(url: &str) -> Result<(), Problem> {
    let field = "return_url";
    field::some_text(field, url, RETURN_URL_BYTES_MAX)?;
    let web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if web { Ok(()) } else { Err(Problem::bad_field(field, "not an http:// or https:// address")) }
}

impl TopUp {
    pub fn of(attempt: Attempt, currency: Currency) -> TopUp {
        TopUp {
            top_up: Attempt::id(attempt.number),
            kind: attempt.kind.as_str(),
            status: attempt.state.as_str(),
            amount: Amount(attempt.amount),
            currency: currency.to_string(),
            checkout_url: some(&attempt.url),
            code: some(&attempt.code),
            credited: Amount(attempt.credited),
            refunded: Amount(attempt.refunded),
            disputed: Amount(attempt.disputed()),
            seq: (attempt.seq > 0).then_some(attempt.seq),
            opened_at: Instant(attempt.opened_at),
            closed_at: Instant::unless_never(attempt.closed_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::money;

    #[test]
    fn what_is_paid_in_is_within_the_limits_and_whole_minor_units() {
        let table = [
            ("20", "USD", true),
            ("2000", "USD", true),
            ("20.01", "USD", true),
            ("19.99", "USD", false),
            ("2000.01", "USD", false),
            ("20.001", "USD", false),
            ("-20", "USD", false),
            ("0", "USD", false),
            ("500", "JPY", true),
            ("500.5", "JPY", false),
            ("20.00", "EUR", true),
            ("many", "EUR", false),
        ];
        for (text, currency, want) in table {
            let currency = Currency::parse(currency).unwrap();
            let payable = Payable { min: money("20"), max: money("2000"), currency };
            assert_eq!(payable.amount("amount", text).is_ok(), want, "{text} {currency}");
        }
    }

    #[test]
    fn the_payer_comes_back_to_an_address_of_the_web() {
        let long = format!("https://app.example/{}", "x".repeat(RETURN_URL_BYTES_MAX));
        let table = [
            ("https://app.example/billing?paid=1", true),
            ("http://localhost:3000/", true),
            ("", false),
            ("app.example", false),
            ("javascript:alert(1)", false),
            ("https://", false),
            ("https://app.example/\n", false),
            (&long, false),
        ];
        for (url, want) in table {
            assert_eq!(check_return_url(url).is_ok(), want, "{url:?}");
        }
    }
}
