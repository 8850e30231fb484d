//! Where an entry comes from, in one document: the event, the prices, the payment, and what belongs with it.

mod origin;

use actix_web::get;
use actix_web::web::{self, Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use self::origin::{ExplainedHold, ExplainedMessage, ExplainedNumberFee, ExplainedTopUp, RelatedEntry};
use super::auth::Caller;
use super::entries::{self, Entry};
use super::problem::{Code, Problem};
use super::tariffs::{CarrierFee, Rate};
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::domain::calendar::Zone;
use crate::domain::currency::Currency;
use crate::domain::record::{self, Cause, Price};
use crate::engine::book::Book;
use crate::store::rows::EntryRow;
use crate::usage::explain::{Rows, corrected, explain};
use crate::usage::origins::{Origins, charge, origins};
use crate::usage::sentence::Teller;

/// Why an entry has its amount, back to where it comes from. All of it is read from one state.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    #[schema(example = "acme")]
    wallet: String,
    #[schema(example = "USD")]
    currency: String,
    /// The whole story in a few sentences. Its words may change; what is to be relied on is in the other fields.
    #[schema(
        example = "On 15 July 2026, 10:00 (Europe/Berlin), an outbound SMS of 2 segments (GSM-7) from +14155550100 to +85291234567 was charged 0.0218 USD: ..."
    )]
    text: String,
    balance_before: Amount,
    balance_after: Amount,
    /// How the amount came about, in one line.
    #[schema(example = "2 segments x 0.0079 + carrier fee 0.006 = 0.0218 USD")]
    arithmetic: String,
    /// What priced the message that the entry charges, returns, charges again or corrects; null for what is of no message.
    #[schema(required)]
    tariff: Option<ExplainedTariff>,
    /// Of a correction, what it prices the message by instead.
    #[schema(required)]
    corrected_tariff: Option<ExplainedTariff>,
    /// That message.
    #[schema(required)]
    message: Option<ExplainedMessage>,
    /// The payment that was credited, refunded or disputed.
    #[schema(required)]
    top_up: Option<ExplainedTopUp>,
    /// The number and cycle that a fee is of.
    #[schema(required)]
    number_fee: Option<ExplainedNumberFee>,
    /// The hold that was settled.
    #[schema(required)]
    hold: Option<ExplainedHold>,
    /// The entries that belong to the same message, payment or hold, in order, at most 1000: of a message its refund and
    /// what followed, and of those the message's own entry.
    related: Vec<RelatedEntry>,
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
    let pin = engine.pin().await?;
    let (book, secret, id) = (engine.book(), *engine.secret(), cell.id);
    let found = web::block(move || origins(&pin.views, (&book, &secret), id, seq));
    let told = found.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let told = told.ok_or_else(|| Problem::new(Code::NotFound, "the wallet has no entry of this number"))?;
    let published = cell.read();
    let zone = Zone::of_wallet(&published.time_zone);
    Ok(web::Json(Explanation::of(wallet, published.currency, &zone, &engine.book(), &told)?))
}

impl Explanation {
    fn of(
        wallet: String,
        currency: Currency,
        zone: &Zone,
        book: &Book,
        told: &Origins,
    ) -> Result<Explanation, Problem> {
        let text = Teller { zone, currency, book }.text(told).map_err(Problem::internal)?;
        let (record, entry) = entries::decoded(&told.row)?;
        let version = |price: &Price| book.version(price.version).map(AsRef::as_ref);
        let price = match &entry.cause {
            Cause::Message { price, .. } => Some(price),
            _ => None,
        };
        let explained = explain(&entry, currency, price.and_then(version)).map_err(Problem::internal)?;
        Ok(Explanation {
            currency: currency.to_string(),
            text,
            balance_before: Amount(explained.balance_before),
            balance_after: Amount(entry.balance_after),
            arithmetic: explained.arithmetic,
            tariff: told
                .message
                .as_ref()
                .map(|of| ExplainedTariff::of_message(&of.row, currency, book))
                .transpose()?,
            corrected_tariff: told
                .message
                .as_ref()
                .and_then(|of| ExplainedTariff::of_correction(&entry, &of.row, book).transpose())
                .transpose()?,
            message: told.message.as_ref().map(ExplainedMessage::of).transpose()?,
            top_up: told.attempt.as_ref().map(ExplainedTopUp::of),
            number_fee: match (&entry.cause, &told.rental) {
                (Cause::NumberFee(fee), Some(rental)) => {
                    Some(ExplainedNumberFee::of(fee, rental, record.occurred_at, book))
                }
                _ => None,
            },
            hold: told.hold.as_ref().map(ExplainedHold::of),
            related: told.related.iter().map(RelatedEntry::of).collect::<Result<_, _>>()?,
            entry: Entry::of_row(&told.row, book)?,
            wallet,
        })
    }
}

impl ExplainedTariff {
    /// The rows of the message in a row of the entries, which are held to give its amount.
    fn of_message(row: &EntryRow, currency: Currency, book: &Book) -> Result<ExplainedTariff, Problem> {
        let (_, entry) = entries::decoded(row)?;
        let (_, _, price) = charge(&entry).ok_or_else(|| Problem::internal("the entry is of no message"))?;
        let version = book.version(price.version).map(AsRef::as_ref);
        let rows = explain(&entry, currency, version).map_err(Problem::internal)?.rows;
        let rows = rows.ok_or_else(|| Problem::internal("a message without rows"))?;
        Ok(ExplainedTariff::of(&price, &rows))
    }

    /// The rows of a correction of the message in a row of the entries; `None` for any other entry.
    fn of_correction(
        entry: &record::Entry<'_>,
        message: &EntryRow,
        book: &Book,
    ) -> Result<Option<ExplainedTariff>, Problem> {
        let Cause::Correction(correction) = &entry.cause else { return Ok(None) };
        let (_, charged) = entries::decoded(message)?;
        let (_, message, _) =
            charge(&charged).ok_or_else(|| Problem::internal("the entry is of no message"))?;
        let version = book.version(correction.price.version).map(AsRef::as_ref);
        let rows = corrected(entry, correction, &message, version).map_err(Problem::internal)?;
        Ok(Some(ExplainedTariff::of(&correction.price, &rows)))
    }

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
