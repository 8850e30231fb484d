//! Reconciliation: a provider's usage file held against a wallet's messages. What a person picks from it is posted by
//! [`apply`].

pub mod apply;

use std::sync::Arc;

use actix_web::http::header::{ACCEPT, CONTENT_DISPOSITION};
use actix_web::web::{self, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::body;
use super::problem::{Code, Problem};
use super::usage_query::{Asked, UsageQuery, asked_besides};
use super::wire::{Amount, Sum};
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::domain::calendar::Zone;
use crate::domain::event::{Direction, FinalStatus, Kind};
use crate::domain::identity::Secret;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;
use crate::engine::book::Book;
use crate::engine::directory::Published;
use crate::store::pinned::Pinned;
use crate::usage::cells::harmless;
use crate::usage::query::Query;
use crate::usage::reconcile::file::{FileError, Read, Theirs, read};
use crate::usage::reconcile::mapping::{Mapping, MappingError};
use crate::usage::reconcile::matching::{Side, reconcile};
use crate::usage::reconcile::ours::Ours;
use crate::usage::reconcile::report::{Class, Difference, Report, Sums};

/// Differences that are told one by one; of more only the sums.
const TOLD_MAX: usize = 1_000;
const OWN: [&str; 3] = ["mapping", "mapping_toml", "account"];

/// By which mapping the file is read: `mapping` or `mapping_toml` is needed.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what is read from the query string")]
pub struct MappingQuery {
    /// `twilio`, `telnyx`, `plivo` or `farebox`.
    #[param(example = "twilio")]
    mapping: Option<String>,
    /// A mapping of one's own, in TOML: see docs/reconcile.md.
    mapping_toml: Option<String>,
    /// Rows of other accounts of the provider are `outside`; the mapping has to name the column.
    account: Option<String>,
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
    /// Of the file's prices, as file or mapping say; null where neither does: then it is taken to be the wallet's.
    #[schema(required)]
    file_currency: Option<String>,
    /// The first and the last local day that the file has rows of.
    #[schema(required, example = "2026-07-01")]
    file_from: Option<String>,
    #[schema(required, example = "2026-07-31")]
    file_to: Option<String>,
    /// Rows of the file, its headings left out: the sum over all classes.
    rows: u64,
    /// Messages of the range. With `messages_beyond` the sum over all classes.
    messages: u64,
    /// Messages of other days, or that the filters leave out, which rows of the file are about.
    messages_beyond: u64,
    /// Every row and every message of the range is in exactly one class.
    classes: Vec<ClassSums>,
    totals: ClassSums,
    /// Messages of a file with prices that have none yet.
    rows_without_price: u64,
    /// Statuses that the mapping does not know, taken as not final; at most 20.
    unknown_statuses: Vec<UnknownStatus>,
    /// Rows with still others.
    further_unknown_statuses: u64,
    /// Rows that could not be read, at most 100.
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
    /// `matched`, `missing_here`, `missing_there`, `other_segments`, `other_price`, `other_status`, `adjusted`,
    /// `refused_here`, `other_source`, `repeated`, `outside`, `no_message` or `unreadable`; `all` for the totals.
    #[schema(example = "other_segments")]
    class: &'static str,
    /// Of the file.
    rows: u64,
    /// Of ours.
    messages: u64,
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

/// A status that the mapping does not know.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnknownStatus {
    #[schema(example = "expired")]
    status: String,
    rows: u64,
}

/// A difference, and what would set it right.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationDifference)]
pub struct Found {
    class: &'static str,
    message_id: String,
    /// The `source` of its event; null where it has none.
    #[schema(required)]
    source: Option<String>,
    /// The line of the file in which the row begins.
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
    /// What the message has come to by now, with refunds, corrections and adjustments of it; null where nothing depends
    /// on it.
    #[schema(required)]
    comes_to: Option<Sum>,
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
/// The body is the file as CSV, packed or not. A row and a message belong together by the id and source of the message's
/// event. Nothing is posted: differences come with adjustments that a person may pick and post. With `Accept: text/csv` all
/// differences come as CSV.
#[utoipa::path(
    tag = "usage",
    params(MappingQuery, UsageQuery),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = 200, description = "What was found", body = Reconciliation),
        (status = 400, description = "`currency_mismatch`: the file's prices are in another currency than the wallet"),
    ),
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
    let asked = Arc::new(asked);
    let (reading, by) = (Arc::clone(&asked), mapping.clone());
    let ground = Ground::of(&engine, asked.cell.read());
    let worked = web::block(move || {
        let found = held(&bytes, &by, &reading, &ground);
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
            .body(as_csv(&differences, &file.bad)?);
        return Ok(response);
    }
    Ok(HttpResponse::Ok().json(Reconciliation::of(&wallet, &asked, &mapping, &file, &report, &differences)))
}

/// A parameter of this call's own.
fn own<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.others.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The mapping that is asked for.
fn mapping(asked: &Asked) -> Result<Mapping, Problem> {
    let unfit = |field: &'static str| move |error: MappingError| Problem::bad_field(field, error.to_string());
    match (own(asked, "mapping"), own(asked, "mapping_toml")) {
        (Some(name), None) => Mapping::named(name).map_err(unfit("mapping")),
        (None, Some(text)) => Mapping::read(text).map_err(unfit("mapping_toml")),
        _ => Err(Problem::bad_field("mapping", "needed, or mapping_toml in its place")),
    }
}

/// What of the engine and the wallet is needed on another thread.
struct Ground {
    book: Arc<Book>,
    secret: Secret,
    now: Timestamp,
    wallet: Published,
}

impl Ground {
    fn of(engine: &Engine, wallet: Published) -> Ground {
        Ground { book: engine.book(), secret: *engine.secret(), now: engine.clock().now(), wallet }
    }

    fn side<'a>(&'a self, views: &'a Pinned, id: WalletId, zone: &'a Zone, query: &'a Query) -> Side<'a> {
        let Ground { book, secret, now, wallet } = self;
        let rented = wallet.rented.as_deref();
        Side { views, wallet: id, zone, query, tariff: wallet.tariff, book, secret, rented, now: *now }
    }
}

type Held = (Read, Report, Vec<Difference>);

fn held(bytes: &[u8], mapping: &Mapping, asked: &Asked, ground: &Ground) -> Result<Held, Problem> {
    let mut file = read(bytes, mapping, own(asked, "account"), ground.wallet.currency).map_err(unreadable)?;
    let mut differences = Vec::new();
    let side = ground.side(&asked.pin.views, asked.cell.id, &asked.zone, &asked.query);
    let report = reconcile(&mut file, mapping, &side, |difference| differences.push(difference));
    Ok((file, report.map_err(Problem::internal)?, differences))
}

fn unreadable(error: FileError) -> Problem {
    let code = match error {
        FileError::TooLong => Code::BodyTooLarge,
        FileError::Currency { .. } => Code::CurrencyMismatch,
        _ => Code::BadRequest,
    };
    Problem::new(code, format!("the file cannot be taken: {error}"))
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
        let sums = |class: &'static str, sums: &Sums| ClassSums {
            class,
            rows: sums.rows,
            messages: sums.messages,
            theirs: Sum(sums.theirs),
            ours: Sum(sums.ours),
        };
        let bad_row = |(line, why): &(u64, String)| BadRow { line: *line, why: why.clone() };
        let unknown = |(status, rows): (&String, &u64)| UnknownStatus { status: status.clone(), rows: *rows };
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
            file_currency: file.currency.map(|currency| currency.to_string()),
            file_from: report.days.map(|(first, _)| first.to_string()),
            file_to: report.days.map(|(_, last)| last.to_string()),
            rows: report.rows,
            messages: report.messages,
            messages_beyond: report.messages_beyond,
            classes: Class::ALL.iter().map(|class| sums(class.as_str(), report.of(*class))).collect(),
            totals: sums("all", &report.totals()),
            rows_without_price: file.unpriced,
            unknown_statuses: file.unknown_statuses.iter().map(unknown).collect(),
            further_unknown_statuses: file.further_unknown_statuses,
            bad_rows: file.bad.iter().map(bad_row).collect(),
            further_bad_rows: file.further_bad,
            differences: differences.iter().take(TOLD_MAX).map(Found::of).collect(),
            further_differences: differences.len().saturating_sub(TOLD_MAX) as u64,
        }
    }
}

impl Found {
    fn of(difference: &Difference) -> Found {
        let Difference { class, theirs, ours, by_now, proposed, reason } = difference;
        // Of a pair both are the same.
        let name = theirs.as_ref().map(Theirs::name).or(ours.as_ref().map(Ours::name));
        let theirs_of = |get: fn(&Theirs) -> Option<Money>| theirs.as_ref().and_then(get).map(Amount);
        Found {
            class: class.as_str(),
            message_id: name.map(|name| name.id.to_owned()).unwrap_or_default(),
            source: name.map(|name| name.source.to_owned()).filter(|source| !source.is_empty()),
            line: theirs.as_ref().map(|theirs| theirs.line),
            seq: ours.as_ref().map(|ours| ours.seq),
            their_segments: theirs.as_ref().and_then(|theirs| theirs.segments),
            our_segments: ours.as_ref().filter(|ours| ours.kind == Kind::Sms).map(|ours| ours.units),
            their_price: theirs_of(|theirs| theirs.price),
            our_price: ours.as_ref().map(|ours| Amount(ours.total)),
            comes_to: by_now.map(Sum),
            their_status: theirs.as_ref().and_then(|theirs| theirs.status).map(FinalStatus::as_str),
            our_status: ours.as_ref().and_then(|ours| ours.status).map(FinalStatus::as_str),
            proposed_amount: proposed.map(Amount),
            reason: reason.clone(),
        }
    }
}

const COLUMNS: [&str; 18] = [
    "class",
    "message_id",
    "source",
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
    "comes_to",
    "their_status",
    "our_status",
    "proposed_amount",
    "reason",
];

/// All differences as CSV, harmless in spreadsheets, and after them the rows that could not be read.
fn as_csv(differences: &[Difference], bad: &[(u64, String)]) -> Result<Vec<u8>, Problem> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(Problem::internal)?;
    for difference in differences {
        writer.write_record(cells(difference)).map_err(Problem::internal)?;
    }
    for (line, why) in bad {
        let mut cells: [String; COLUMNS.len()] = Default::default();
        cells[0] = Class::Unreadable.as_str().to_owned();
        cells[3] = line.to_string();
        cells[COLUMNS.len() - 1] = harmless(why).into_owned();
        writer.write_record(&cells).map_err(Problem::internal)?;
    }
    writer.into_inner().map_err(Problem::internal)
}

fn cells(difference: &Difference) -> [String; COLUMNS.len()] {
    let found = Found::of(difference);
    let (theirs, ours) = (difference.theirs.as_ref(), difference.ours.as_ref());
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let amount = |amount: Option<Amount>| amount.map(|amount| amount.0.to_string()).unwrap_or_default();
    let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
    let direction = theirs.and_then(|theirs| theirs.direction).or(ours.map(|ours| ours.direction));
    let kind = theirs.and_then(|theirs| theirs.kind).or(ours.map(|ours| ours.kind));
    let channel = theirs.and_then(|theirs| theirs.channel).or(ours.map(|ours| ours.channel));
    let peer = theirs.and_then(|theirs| theirs.peer);
    [
        found.class.to_owned(),
        harmless(&found.message_id).into_owned(),
        harmless(found.source.as_deref().unwrap_or_default()).into_owned(),
        number(found.line),
        number(found.seq),
        word(direction.map(Direction::as_str)),
        word(kind.map(Kind::as_str)),
        channel.map(|channel| channel.to_string()).unwrap_or_default(),
        peer.map(|peer| peer.to_string()).unwrap_or_default(),
        number(found.their_segments.map(u64::from)),
        number(found.our_segments.map(u64::from)),
        amount(found.their_price),
        amount(found.our_price),
        found.comes_to.map(|sum| sum.0.to_string()).unwrap_or_default(),
        word(found.their_status),
        word(found.our_status),
        amount(found.proposed_amount),
        harmless(&found.reason).into_owned(),
    ]
}
