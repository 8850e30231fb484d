//! Reconciliation: a provider's usage file held against a wallet's messages, and what a person picks from it posted.

use std::sync::Arc;

use actix_web::http::header::{ACCEPT, CONTENT_DISPOSITION};
use actix_web::web::{self, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::body::{self, Json};
use super::entries::{self, Entry};
use super::field;
use super::problem::{Code, Problem};
use super::usage_query::{Asked, UsageQuery, asked_besides};
use super::wire::{Amount, Sum};
use crate::actors::Engine;
use crate::actors::command::AdjustRequest;
use crate::domain::access::Action;
use crate::domain::event::{Direction, FinalStatus, ID_BYTES_MAX, Kind, REASON_BYTES_MAX};
use crate::domain::money::Money;
use crate::store::StoreError;
use crate::usage::cells::harmless;
use crate::usage::reconcile::file::{FileError, Read, Theirs, read};
use crate::usage::reconcile::mapping::{Mapping, MappingError};
use crate::usage::reconcile::matching::{Class, Difference, Report, Side, reconcile};

/// Differences that are told one by one; of more only the sums.
const TOLD_MAX: usize = 1_000;
/// Proposals that one call posts.
const APPLIED_MAX: usize = 1_000;
const OWN: [&str; 2] = ["mapping", "mapping_toml"];

/// By which mapping the file is read: one of the two is needed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what is read from the query string")]
pub struct MappingQuery {
    /// `twilio`, `telnyx` or `farebox`.
    #[param(example = "twilio")]
    mapping: Option<String>,
    /// A mapping of one's own, in TOML: see docs/reconcile.md.
    mapping_toml: Option<String>,
}

/// What was found. Nothing was posted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reconciliation {
    #[schema(example = "acme")]
    wallet: String,
    #[schema(example = "2026-07-01")]
    from: String,
    #[schema(example = "2026-07-31")]
    to: String,
    #[schema(example = "USD")]
    currency: String,
    /// The state that the wallet's side was read from.
    as_of: String,
    mapping: UsedMapping,
    /// `their total - our total` is the sum of the differences of the classes: every row and message is in one.
    classes: Vec<ClassSums>,
    totals: ClassSums,
    /// Rows that could not be read, at most 100: they are in no class.
    bad_rows: Vec<BadRow>,
    further_bad_rows: u64,
    /// At most 1,000; `Accept: text/csv` gets all of them.
    differences: Vec<Found>,
    further_differences: u64,
}

/// What the file was read by.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsedMapping {
    #[schema(example = "twilio")]
    name: String,
    /// The page that it was made from.
    documentation: String,
    /// Whether it has ever read a real file of that provider.
    checked_against_a_sample: bool,
}

/// How many there are of a class, and what they come to on either side.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClassSums {
    /// `matched`, `missing_here`, `missing_there`, `other_segments`, `other_price`, `other_status` or `repeated`; `all` for
    /// the totals.
    #[schema(example = "other_segments")]
    class: &'static str,
    count: u64,
    /// By the file.
    theirs: Sum,
    /// By the messages' own entries, before refunds and corrections.
    ours: Sum,
}

/// A row that could not be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct BadRow {
    line: u64,
    why: String,
}

/// A difference, and what would set it right.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationDifference)]
pub struct Found {
    class: &'static str,
    message_id: String,
    /// The line of the file.
    #[schema(required)]
    line: Option<u64>,
    /// Our entry.
    #[schema(required)]
    seq: Option<u64>,
    #[schema(required)]
    their_segments: Option<u8>,
    #[schema(required)]
    our_segments: Option<u8>,
    #[schema(required)]
    their_price: Option<Amount>,
    #[schema(required)]
    our_price: Option<Amount>,
    #[schema(required)]
    their_status: Option<&'static str>,
    #[schema(required)]
    our_status: Option<&'static str>,
    /// An adjustment that a person may post with `.../reconciliations/apply`; null where none is proposed.
    #[schema(required)]
    proposed_amount: Option<Amount>,
    /// Why, for a person and for the adjustment.
    reason: String,
}

/// Hold a provider's usage file against the wallet's messages
///
/// The body is the file as CSV, packed or not. A row and a message belong together by the message's id. Nothing is posted:
/// differences come with adjustments that a person may pick and post. With `Accept: text/csv` all differences come as CSV.
#[utoipa::path(
    tag = "usage",
    params(MappingQuery, UsageQuery),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, description = "What was found", body = Reconciliation)),
)]
#[post("/v1/wallets/{wallet}/reconciliations")]
pub async fn post_reconciliation(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let query = request.query_string();
    let asked = asked_besides(&caller, Action::Reconcile, &engine, &wallet, query, &OWN).await?;
    let mapping = mapping(&asked)?;
    body::expect_media_type(&request, "text/csv")?;
    let bytes_max = engine.config().http.body_bytes_max;
    let body::Body { bytes, permit } = body::read(&request, payload.into_inner(), &engine, bytes_max).await?;
    let (asked, book) = (Arc::new(asked), engine.book());
    let (reading, by) = (Arc::clone(&asked), mapping.clone());
    let worked = web::block(move || {
        let found = held(&bytes, &by, &reading, &book);
        drop(permit);
        found
    });
    let (file, report, differences) = worked.await.map_err(Problem::internal)??;
    let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.starts_with("text/csv") {
        let name =
            format!("attachment; filename=\"reconciliation_{}_{}.csv\"", asked.query.from, asked.query.to);
        let response = HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8")
            .insert_header((CONTENT_DISPOSITION, name))
            .body(as_csv(&differences)?);
        return Ok(response);
    }
    Ok(HttpResponse::Ok().json(Reconciliation::of(&wallet, &asked, &mapping, &file, &report, &differences)))
}

/// The mapping that is asked for.
fn mapping(asked: &Asked) -> Result<Mapping, Problem> {
    let unfit = |field: &'static str| move |error: MappingError| Problem::bad_field(field, error.to_string());
    match &asked.others[..] {
        [(name, value)] if name == "mapping" => Mapping::named(value).map_err(unfit("mapping")),
        [(_, value)] => Mapping::read(value).map_err(unfit("mapping_toml")),
        _ => Err(Problem::bad_field("mapping", "needed, or mapping_toml in its place")),
    }
}

type Held = (Read, Report, Vec<Difference>);

fn held(
    bytes: &[u8],
    mapping: &Mapping,
    asked: &Asked,
    book: &crate::engine::book::Book,
) -> Result<Held, Problem> {
    let mut file = read(bytes, mapping).map_err(|error| match error {
        FileError::TooLong => Problem::new(Code::BodyTooLarge, error.to_string()),
        _ => Problem::new(Code::BadRequest, format!("the file cannot be read: {error}")),
    })?;
    let side = Side {
        views: &asked.pin.views,
        wallet: asked.cell.id,
        zone: &asked.zone,
        query: &asked.query,
        tariff: asked.cell.read().tariff,
        book,
    };
    let mut differences = Vec::new();
    let rows = std::mem::take(&mut file.rows);
    let report = reconcile(rows, mapping, &side, |difference| differences.push(difference));
    let report = report.map_err(|error: StoreError| Problem::internal(error))?;
    Ok((file, report, differences))
}

impl Reconciliation {
    fn of(
        wallet: &str,
        asked: &Asked,
        mapping: &Mapping,
        file: &Read,
        report: &Report,
        differences: &[Difference],
    ) -> Reconciliation {
        let sums = |class: &'static str, sums: &crate::usage::reconcile::matching::Sums| ClassSums {
            class,
            count: sums.count,
            theirs: Sum(sums.theirs),
            ours: Sum(sums.ours),
        };
        let bad_row = |(line, why): &(u64, String)| BadRow { line: *line, why: why.clone() };
        Reconciliation {
            wallet: wallet.to_owned(),
            from: asked.query.from.to_string(),
            to: asked.query.to.to_string(),
            currency: asked.cell.read().currency.to_string(),
            as_of: asked.pin.token.clone(),
            mapping: UsedMapping {
                name: mapping.name.clone(),
                documentation: mapping.documentation.clone(),
                checked_against_a_sample: mapping.checked_against_a_sample,
            },
            classes: Class::ALL.iter().map(|class| sums(class.as_str(), report.of(*class))).collect(),
            totals: sums("all", &report.totals()),
            bad_rows: file.bad.iter().map(bad_row).collect(),
            further_bad_rows: file.further_bad,
            differences: differences.iter().take(TOLD_MAX).map(Found::of).collect(),
            further_differences: differences.len().saturating_sub(TOLD_MAX) as u64,
        }
    }
}

impl Found {
    fn of(difference: &Difference) -> Found {
        let Difference { class, theirs, ours, proposed, reason } = difference;
        let id = theirs.as_ref().map(|theirs| &theirs.id).or(ours.as_ref().map(|ours| &ours.id));
        let theirs_of = |get: fn(&Theirs) -> Option<Money>| theirs.as_ref().and_then(get).map(Amount);
        Found {
            class: class.as_str(),
            message_id: id.map(ToString::to_string).unwrap_or_default(),
            line: theirs.as_ref().map(|theirs| theirs.line),
            seq: ours.as_ref().map(|ours| ours.seq),
            their_segments: theirs.as_ref().and_then(|theirs| theirs.segments),
            our_segments: ours.as_ref().filter(|ours| ours.kind == Kind::Sms).map(|ours| ours.units),
            their_price: theirs_of(|theirs| theirs.price),
            our_price: ours.as_ref().map(|ours| Amount(ours.total)),
            their_status: theirs.as_ref().and_then(|theirs| theirs.status).map(FinalStatus::as_str),
            our_status: ours.as_ref().and_then(|ours| ours.status).map(FinalStatus::as_str),
            proposed_amount: proposed.map(Amount),
            reason: reason.clone(),
        }
    }
}

const COLUMNS: [&str; 16] = [
    "class",
    "message_id",
    "line",
    "seq",
    "direction",
    "kind",
    "channel",
    "peer",
    "their_segments",
    "our_segments",
    "their_price",
    "our_price",
    "their_status",
    "our_status",
    "proposed_amount",
    "reason",
];

/// All differences as CSV, harmless in spreadsheets.
fn as_csv(differences: &[Difference]) -> Result<Vec<u8>, Problem> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(Problem::internal)?;
    for difference in differences {
        let found = Found::of(difference);
        let theirs = difference.theirs.as_ref();
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let amount = |amount: &Option<Amount>| amount.map(|amount| amount.0.to_string()).unwrap_or_default();
        let address = |address: Option<crate::domain::address::Address>| {
            address.map(|address| address.to_string()).unwrap_or_default()
        };
        let kind = theirs.and_then(|theirs| theirs.kind).or(difference.ours.as_ref().map(|ours| ours.kind));
        writer
            .write_record([
                found.class,
                &harmless(&found.message_id),
                &number(found.line),
                &number(found.seq),
                theirs.and_then(|theirs| theirs.direction).map_or("", Direction::as_str),
                kind.map_or("", Kind::as_str),
                &address(theirs.and_then(|theirs| theirs.channel)),
                &address(theirs.and_then(|theirs| theirs.peer)),
                &number(found.their_segments.map(u64::from)),
                &number(found.our_segments.map(u64::from)),
                &amount(&found.their_price),
                &amount(&found.our_price),
                found.their_status.unwrap_or_default(),
                found.our_status.unwrap_or_default(),
                &amount(&found.proposed_amount),
                &harmless(&found.reason),
            ])
            .map_err(Problem::internal)?;
    }
    writer.into_inner().map_err(Problem::internal)
}

/// What a person has picked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Applied {
    /// 1 to 1,000.
    proposals: Vec<Picked>,
}

/// One adjustment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReconciliationProposal)]
pub struct Picked {
    /// The entry that it sets right; left out for a message that was never charged.
    seq: Option<u64>,
    #[schema(example = "m-1")]
    message_id: String,
    /// Positive gives money back.
    #[schema(example = "-0.013")]
    amount: String,
    #[schema(example = "2 segments were charged, they count 3")]
    reason: String,
}

/// The entries that stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppliedEntries {
    /// One for each proposal, in their order.
    entries: Vec<Entry>,
}

/// Post adjustments that a reconciliation has proposed
///
/// Each is posted once under the call's key and its place. Called again under the same key, after a crash too, what is
/// missing is posted and nothing twice.
#[utoipa::path(
    tag = "usage",
    params(("Idempotency-Key" = String, Header, description = "1 to 120 visible ASCII characters", example = "july-1")),
    responses(
        (status = 200, description = "All of them stand", body = AppliedEntries),
        (status = 422, description = "`idempotency_key_reused`: it was used with other proposals"),
    )
)]
#[post("/v1/wallets/{wallet}/reconciliations/apply")]
pub async fn apply_reconciliation(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    wallet: Path<String>,
    applied: Json<Applied>,
) -> Result<web::Json<AppliedEntries>, Problem> {
    let cell = caller.wallet(Action::Reconcile, &wallet, &engine)?;
    let key = field::idempotency_key(request.headers())?;
    let proposals = applied.0.proposals;
    if proposals.is_empty() || proposals.len() > APPLIED_MAX {
        return Err(Problem::bad_field("proposals", format!("not 1 to {APPLIED_MAX}")));
    }
    // All are looked at before any is posted.
    let asked = proposals.iter().enumerate().map(|(place, picked)| {
        let of = |problem: Problem| problem.within(&format!("proposals.{place}"));
        picked.checked(key, place, caller.actor()).map_err(of)
    });
    let asked: Vec<AdjustRequest> = asked.collect::<Result<_, _>>()?;
    let last = cell.read().seq;
    if let Some(place) = asked.iter().position(|adjustment| adjustment.of > last) {
        let unknown = Problem::bad_field("seq", "the wallet has no entry of this number");
        return Err(unknown.within(&format!("proposals.{place}")));
    }
    let mut seqs = Vec::with_capacity(asked.len());
    for adjustment in asked {
        seqs.push(engine.adjust(&wallet, adjustment).await?.seq);
    }
    let book = engine.book();
    let mut told = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let row = entries::find(&engine, cell.id, seq).await?;
        let row = row.ok_or_else(|| Problem::internal("an entry just posted is not among the entries"))?;
        told.push(Entry::of_row(&row, &book)?);
    }
    Ok(web::Json(AppliedEntries { entries: told }))
}

impl Picked {
    fn checked(&self, key: &str, place: usize, actor: String) -> Result<AdjustRequest, Problem> {
        let idempotency_key = format!("{key}/{}", place + 1);
        if idempotency_key.len() > ID_BYTES_MAX {
            return Err(Problem::new(Code::IdempotencyKeyRequired, "at most 120 characters for this call"));
        }
        let amount = field::amount("amount", &self.amount)?;
        if amount == Money::ZERO {
            return Err(Problem::bad_field("amount", "zero"));
        }
        field::some_text("message_id", &self.message_id, ID_BYTES_MAX)?;
        let reason = format!("{}: {}", self.message_id, self.reason);
        field::some_text("reason", &reason, REASON_BYTES_MAX)?;
        Ok(AdjustRequest { idempotency_key, amount, reason, actor, of: self.seq.unwrap_or(0) })
    }
}
