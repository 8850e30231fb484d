//! Tariffs: named price lists, each a series of immutable versions.

use actix_web::web::{self, Data, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::body;
use super::entries::{country, some};
use super::page::{List, Page, PageQuery};
use super::problem::{Code, Problem};
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::actors::command::Placed;
use crate::domain::access::Action;
use crate::domain::event::{Carrier, Direction, Kind};
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::{self, Prefix, Version};
use crate::tariff_file::{self, TEXT_BYTES_MAX};

/// What faults in a file that was sent call it.
const SENT_FILE: &str = "tariff.toml";
const MEDIA_TYPE: &str = "application/toml";

/// A named price list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tariff {
    #[schema(example = "standard")]
    name: String,
    #[schema(example = "USD")]
    currency: String,
    /// In the order in which they come into effect.
    versions: Vec<TariffVersion>,
}

/// What a version says about itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct TariffVersion {
    #[schema(example = "2026-01")]
    version: String,
    effective_from: Instant,
    /// Null: until further notice.
    #[schema(required)]
    effective_until: Option<Instant>,
    /// How many rates it has.
    #[schema(example = 240)]
    rates: usize,
    /// How many rows of carrier fees it has.
    #[schema(example = 40)]
    carrier_fees: usize,
    /// How many rows of number fees it has.
    #[schema(example = 30)]
    number_fees: usize,
    /// How many rows its failure policy has.
    #[schema(example = 2)]
    failures: usize,
    /// How many error codes it puts into classes.
    #[schema(example = 12)]
    error_classes: usize,
    /// What a failed message costs where no row of the failure policy applies.
    failure_fee: Amount,
}

/// A tariff with the rows of one of its versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct TariffDetail {
    #[serde(flatten)]
    tariff: Tariff,
    /// Whose rows these are.
    #[schema(example = "2026-01")]
    version: String,
    rates: Vec<Rate>,
    carrier_fees: Vec<CarrierFee>,
    number_fees: Vec<NumberFee>,
    failures: Vec<Failure>,
    error_classes: Vec<ErrorClass>,
}

/// What a message costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rate {
    #[serde(flatten)]
    applies: Applies,
    /// Of a segment of an SMS; of a whole MMS.
    price: Amount,
    /// ISO 3166, where the prefix belongs to one country.
    #[schema(required, example = "HK")]
    country: Option<String>,
}

/// What a carrier charges on top.
#[derive(Debug, Serialize, ToSchema)]
pub struct CarrierFee {
    #[serde(flatten)]
    applies: Applies,
    /// Of a segment of an SMS; of a whole MMS.
    fee: Amount,
}

/// What a rented number costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberFee {
    /// Its place in the table, from 0.
    #[schema(example = 3)]
    row: usize,
    /// Of the tariff's file, from 1.
    #[schema(example = 300)]
    line: u32,
    /// Leading digits of the number; `*`: any, and short codes.
    #[schema(example = "1")]
    prefix: String,
    /// `local`, `mobile`, `toll_free` or `short_code`; null: any.
    #[schema(required, example = "local")]
    r#type: Option<&'static str>,
    /// Of a month.
    #[schema(example = "1.15")]
    fee: Amount,
}

/// What stays charged of messages that were not delivered. The most specific row applies.
#[derive(Debug, Serialize, ToSchema)]
pub struct Failure {
    /// Its place in the table, from 0.
    #[schema(example = 1)]
    row: usize,
    /// Of the tariff's file, from 1.
    #[schema(example = 320)]
    line: u32,
    /// Null: any.
    #[schema(required)]
    direction: Option<&'static str>,
    /// Null: any.
    #[schema(required)]
    kind: Option<&'static str>,
    /// `failed` or `undelivered`.
    #[schema(example = "failed")]
    status: &'static str,
    /// Null: any, and none.
    #[schema(required, example = "blocked")]
    error_class: Option<String>,
    /// `full` (all stays charged), `nothing` (all is returned) or `fee` (all is returned, and a fee is charged).
    #[schema(example = "nothing")]
    charge: &'static str,
    /// Of a message, never more than what is returned; null where `charge` is not `fee`.
    #[schema(required)]
    fee: Option<Amount>,
}

/// The class of an error code, which the failure policy may name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorClass {
    /// Its place in the table, from 0.
    #[schema(example = 0)]
    row: usize,
    /// Of the tariff's file, from 1.
    #[schema(example = 330)]
    line: u32,
    #[schema(example = "30007")]
    error_code: String,
    #[schema(example = "blocked")]
    class: String,
}

/// Which messages a row applies to.
#[derive(Debug, Serialize, ToSchema)]
struct Applies {
    /// Its place in the table, from 0.
    #[schema(example = 12)]
    row: usize,
    /// Of the tariff's file, from 1.
    #[schema(example = 20)]
    line: u32,
    #[schema(example = "outbound")]
    direction: &'static str,
    #[schema(example = "sms")]
    kind: &'static str,
    /// Leading digits of the peer (outbound) or of the channel (inbound); `*`: any.
    #[schema(example = "852")]
    prefix: String,
    /// Null: any.
    #[schema(required)]
    sender_type: Option<&'static str>,
    /// MCC and MNC; null: any, and unknown.
    #[schema(required)]
    carrier: Option<String>,
}

/// Which version's rows are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    /// By default the one in effect now, or else the last.
    version: Option<String>,
}

/// Add a version of a tariff
///
/// The body is a tariff file, its tables inside. Versions never change: the same file sent again changes
/// nothing, and another one for the same time is a conflict.
#[utoipa::path(
    tag = "tariffs",
    request_body(content = String, content_type = "application/toml", description = "A tariff file of at most 16 MiB"),
    responses(
        (status = 200, description = "It was there", body = Tariff),
        (status = 201, description = "It was added", body = Tariff),
        (status = 409, description = "`conflict`: it does not follow the versions that are there"),
    )
)]
#[post("/v1/tariffs")]
pub async fn post_tariff(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    caller.may(Action::ManageTariffs)?;
    body::expect_media_type(&request, MEDIA_TYPE)?;
    let body = body::read(&request, payload.into_inner(), &engine, TEXT_BYTES_MAX).await?;
    let (text, version) = body::work(&request, body.bytes.len(), move || parse(&body.bytes)).await??;
    let name = version.head().name.clone();
    let placed = engine.add_tariff(text, version, &caller.actor()).await?;
    let book = engine.book();
    let (_, tariff) = book.find(&name).ok_or_else(|| Problem::internal("a tariff just added is unknown"))?;
    Ok(match placed {
        Placed::New => HttpResponse::Created().json(Tariff::of(tariff)),
        Placed::Existing => HttpResponse::Ok().json(Tariff::of(tariff)),
    })
}

/// All tariffs with their versions
#[utoipa::path(tag = "tariffs", params(PageQuery), responses((status = 200, description = "A page", body = Page<Tariff>)))]
#[get("/v1/tariffs")]
pub async fn list_tariffs(
    caller: Caller,
    engine: Data<Engine>,
    page: Query<PageQuery>,
) -> Result<web::Json<Page<Tariff>>, Problem> {
    caller.may(Action::ManageTariffs)?;
    let book = engine.book();
    let page =
        Page::of_all(book.tariffs(), &page, List::Tariffs, |tariff| tariff.name().as_bytes().to_vec())?;
    Ok(web::Json(page.filter_map(|tariff| Some(Tariff::of(tariff)))))
}

/// A tariff with the rows of one version
#[utoipa::path(tag = "tariffs", params(VersionQuery), responses((status = 200, description = "The tariff", body = TariffDetail)))]
#[get("/v1/tariffs/{name}")]
pub async fn get_tariff(
    caller: Caller,
    engine: Data<Engine>,
    name: Path<String>,
    query: Query<VersionQuery>,
) -> Result<web::Json<TariffDetail>, Problem> {
    caller.may(Action::ManageTariffs)?;
    let book = engine.book();
    let (_, tariff) =
        book.find(&name).ok_or_else(|| Problem::new(Code::NotFound, "no tariff of this name"))?;
    let version = match &query.version {
        Some(label) => tariff.versions().iter().find(|version| version.head().label == *label),
        None => tariff.version_at(engine.clock().now()).or(tariff.versions().last()),
    };
    let version = version.ok_or_else(|| Problem::new(Code::NotFound, "the tariff has no such version"))?;
    Ok(web::Json(TariffDetail::of(tariff, version)))
}

fn parse(body: &[u8]) -> Result<(String, Version), Problem> {
    let invalid = |detail: String| Problem::new(Code::InvalidTariff, detail);
    let text = std::str::from_utf8(body).map_err(|error| invalid(format!("not UTF-8: {error}")))?;
    let version = tariff_file::parse(text, SENT_FILE).map_err(|faults| invalid(faults.to_string()))?;
    Ok((text.to_owned(), version))
}

impl Tariff {
    fn of(tariff: &tariff::Tariff) -> Tariff {
        let versions = tariff.versions();
        // A version without an end of its own ends where the next begins.
        let next = versions.iter().skip(1).map(|next| Some(next.head().effective_from)).chain([None]);
        let told = versions.iter().zip(next).map(|(version, next)| TariffVersion {
            version: version.head().label.clone(),
            effective_from: Instant(version.head().effective_from),
            effective_until: version.head().effective_until.or(next).map(Instant),
            rates: version.rates().len(),
            carrier_fees: version.fees().len(),
            number_fees: version.number_fees().len(),
            failures: version.failures().len(),
            error_classes: version.error_classes().len(),
            failure_fee: Amount(version.head().failure_fee),
        });
        Tariff {
            name: tariff.name().to_owned(),
            currency: tariff.currency().to_string(),
            versions: told.collect(),
        }
    }
}

impl TariffDetail {
    fn of(tariff: &tariff::Tariff, version: &Version) -> TariffDetail {
        TariffDetail {
            tariff: Tariff::of(tariff),
            version: version.head().label.clone(),
            rates: rows(version.rates(), Rate::of),
            carrier_fees: rows(version.fees(), CarrierFee::of),
            number_fees: rows(version.number_fees(), NumberFee::of),
            failures: rows(version.failures(), Failure::of),
            error_classes: rows(version.error_classes(), ErrorClass::of),
        }
    }
}

/// A table, each row with its place.
fn rows<R, D>(rows: &[R], of: fn(usize, &R) -> D) -> Vec<D> {
    rows.iter().enumerate().map(|(row, content)| of(row, content)).collect()
}

impl Rate {
    pub fn of(row: usize, rate: &tariff::RateRow) -> Rate {
        let tariff::RateRow {
            direction,
            kind,
            prefix,
            sender_type,
            carrier,
            price,
            country: of_country,
            line,
        } = *rate;
        let applies = Applies::of((row, line), (direction, kind), prefix, sender_type, carrier);
        Rate { applies, price: Amount(price), country: of_country.map(country) }
    }
}

impl CarrierFee {
    pub fn of(row: usize, fee: &tariff::FeeRow) -> CarrierFee {
        let tariff::FeeRow { direction, kind, prefix, sender_type, carrier, fee, line } = *fee;
        let applies = Applies::of((row, line), (direction, kind), prefix, sender_type, carrier);
        CarrierFee { applies, fee: Amount(fee) }
    }
}

impl NumberFee {
    fn of(row: usize, fee: &tariff::NumberFeeRow) -> NumberFee {
        let tariff::NumberFeeRow { prefix, sender_type, fee, line } = *fee;
        NumberFee {
            row,
            line,
            prefix: prefix.to_string(),
            r#type: sender_type.map(SenderType::as_str),
            fee: Amount(fee),
        }
    }
}

impl Failure {
    fn of(row: usize, failure: &tariff::FailureRow) -> Failure {
        let tariff::FailureRow { direction, kind, status, error_class, charge, line } = failure;
        Failure {
            row,
            line: *line,
            direction: direction.map(Direction::as_str),
            kind: kind.map(Kind::as_str),
            status: status.as_str(),
            error_class: some(error_class),
            charge: charge.as_str(),
            fee: charge.fee().map(Amount),
        }
    }
}

impl ErrorClass {
    fn of(row: usize, class: &tariff::ErrorClassRow) -> ErrorClass {
        let tariff::ErrorClassRow { error_code, class, line } = class;
        ErrorClass { row, line: *line, error_code: error_code.to_string(), class: class.to_string() }
    }
}

impl Applies {
    fn of(
        (row, line): (usize, u32),
        (direction, kind): (Direction, Kind),
        prefix: Prefix,
        sender_type: Option<SenderType>,
        carrier: Option<Carrier>,
    ) -> Applies {
        Applies {
            row,
            line,
            direction: direction.as_str(),
            kind: kind.as_str(),
            prefix: prefix.to_string(),
            sender_type: sender_type.map(SenderType::as_str),
            carrier: carrier.map(|carrier| carrier.to_string()),
        }
    }
}
