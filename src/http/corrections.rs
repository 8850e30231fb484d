//! Corrections: messages of a range priced anew by another version of a tariff, first to be looked at, then posted.

use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, post};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::field;
use super::problem::{Code, Problem};
use super::usage_query::range;
use super::wire::Sum;
use crate::actors::Engine;
use crate::actors::command::{CorrectRequest, Repriced, WalletCommand, WalletRequest};
use crate::actors::pins::Pin;
use crate::domain::access::Action;
use crate::domain::calendar::{Day, Zone};
use crate::domain::decide::CORRECTIONS_MAX;
use crate::domain::event::REASON_BYTES_MAX;
use crate::domain::money::Total;
use crate::domain::record::VersionId;
use crate::domain::tariff::Version;
use crate::domain::usage::Axis;
use crate::engine::book::Book;
use crate::engine::directory::Cell;
use crate::store::StoreError;
use crate::usage::query::{Filter, Query};
use crate::usage::reprice::{Repricing, Tally, reprice};

/// Wallets named one by one in an answer; of more only the sums are told.
const WALLETS_TOLD_MAX: usize = 1_000;
/// Wallets that may be asked for by name.
const WALLETS_MAX: usize = 1_000;
/// Wallets looked up in one go.
const PAGE: usize = 1_000;
/// Corrections found ahead of those that are being posted.
const CHUNKS_AHEAD: usize = 4;

/// Which messages, and by what they are priced anew.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The wallets concerned, at most 1,000; left out: all, which needs a key that is bound to all wallets.
    #[schema(example = json!(["acme"]))]
    wallets: Option<Vec<String>>,
    /// The first local day of the messages, in each wallet's own time zone.
    #[schema(example = "2026-07-01")]
    from: String,
    /// The last, included; at most 366 days in all.
    #[schema(example = "2026-07-31")]
    to: String,
    /// `occurred` (default) or `posted`.
    axis: Option<String>,
    /// The tariff that is to price them. Wallets in another currency are an error.
    #[schema(example = "standard")]
    tariff: String,
    /// The label of its version, whatever it says of when it is in effect.
    #[schema(example = "2026-02")]
    version: String,
    /// Only messages that this version of the same tariff has priced.
    #[schema(example = "2026-01")]
    priced_by: Option<String>,
    /// Why, in 1 to 512 bytes; kept with every entry. A dry run needs none.
    reason: Option<String>,
    /// True (default): only tells what would change.
    #[serde(default = "dry")]
    dry_run: bool,
}

fn dry() -> bool {
    true
}

/// What is changed, or would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionReport {
    dry_run: bool,
    #[schema(example = "standard")]
    tariff: String,
    #[schema(example = "2026-02")]
    version: String,
    /// Those whose messages would cost something else, by their ids; at most 1,000 are told.
    wallets: Vec<WalletCorrection>,
    /// How many more there are.
    further_wallets: u64,
    totals: CorrectionTally,
}

/// What is changed of one wallet.
#[derive(Debug, Serialize, ToSchema)]
pub struct WalletCorrection {
    #[schema(example = "acme")]
    wallet: String,
    #[serde(flatten)]
    tally: CorrectionTally,
}

/// Messages and amounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionTally {
    /// Messages that should have cost something else.
    #[schema(example = 120)]
    changed: u64,
    /// Those that would have cost the same.
    unchanged: u64,
    /// Left alone: their charge stands returned.
    returned: u64,
    /// Left alone: the version has no rate for them.
    no_rate: u64,
    /// What the changed ones cost until now, carrier fees included.
    before: Sum,
    /// What they should have cost.
    after: Sum,
    /// What the wallet pays more (negative: gets back): `after - before`.
    difference: Sum,
    /// Entries posted. Fewer than `changed` where something happened to a message meanwhile: call again.
    posted: u64,
}

/// Price messages anew by another version of a tariff
///
/// A dry run (the default) tells who would pay how much more or less. With `dry_run: false` one linked entry is posted for
/// each message that changes, with the reason and the key that asked. The run is known by its `Idempotency-Key`. Called
/// again, after a crash or a lost connection too, it posts what is still missing and nothing twice.
#[utoipa::path(
    tag = "entries",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; a dry run needs none", example = "rerate-7")),
    request_body(content = Correction, content_type = "application/json"),
    responses(
        (status = 200, description = "What changes, or was changed", body = CorrectionReport),
        (status = 422, description = "`idempotency_key_reused`: another run was made under it"),
    )
)]
#[post("/v1/corrections")]
pub async fn post_correction(
    caller: Caller,
    engine: Data<Engine>,
    request: HttpRequest,
    correction: Json<Correction>,
) -> Result<web::Json<CorrectionReport>, Problem> {
    let asked = correction.0;
    let run = Run::read(&request, &asked, &caller)?;
    let book = engine.book();
    let by = By::read(&asked, &book)?;
    let cells = Cells::of(&caller, &engine, asked.wallets.as_deref())?;
    let mut report = CorrectionReport {
        dry_run: run.is_none(),
        tariff: asked.tariff.clone(),
        version: asked.version.clone(),
        wallets: Vec::new(),
        further_wallets: 0,
        totals: CorrectionTally::of(&Tally::default(), 0),
    };
    let pin = engine.pin().await?;
    let (mut all, mut all_posted) = (Tally::default(), 0);
    let mut after = String::new();
    while let Some(cells) = cells.next(&engine, &mut after)? {
        for cell in cells {
            if cell.read().currency != by.version.head().currency {
                if asked.wallets.is_some() {
                    let detail = format!("the wallet {} is in another currency", cell.wallet);
                    return Err(Problem::new(Code::CurrencyMismatch, detail));
                }
                continue;
            }
            let (tally, posted) = correct(&engine, &pin, &cell, &by, run.as_ref()).await?;
            all.add(&tally);
            all_posted += posted;
            if tally.changed == 0 {
                continue;
            }
            if report.wallets.len() == WALLETS_TOLD_MAX {
                report.further_wallets += 1;
            } else {
                let tally = CorrectionTally::of(&tally, posted);
                report.wallets.push(WalletCorrection { wallet: cell.wallet.to_string(), tally });
            }
        }
    }
    report.totals = CorrectionTally::of(&all, all_posted);
    Ok(web::Json(report))
}

/// Who posts, and why; there is none in a dry run.
struct Run {
    id: String,
    reason: String,
    actor: String,
}

impl Run {
    fn read(request: &HttpRequest, asked: &Correction, caller: &Caller) -> Result<Option<Run>, Problem> {
        if let Some(reason) = &asked.reason {
            field::some_text("reason", reason, REASON_BYTES_MAX)?;
        }
        if asked.dry_run {
            return Ok(None);
        }
        let id = field::idempotency_key(request.headers())?.to_owned();
        let reason = asked.reason.clone().ok_or_else(|| Problem::bad_field("reason", "missing"))?;
        Ok(Some(Run { id, reason, actor: caller.actor() }))
    }
}

/// What prices, and which messages.
struct By {
    query: Query,
    number: VersionId,
    version: Arc<Version>,
    priced_by: Option<VersionId>,
}

impl By {
    fn read(asked: &Correction, book: &Book) -> Result<By, Problem> {
        let day = |name: &'static str, text: &str| {
            Day::parse(text).ok_or_else(|| Problem::bad_field(name, "not a day such as 2026-07-15"))
        };
        let (from, to) = range(day("from", &asked.from)?, day("to", &asked.to)?)?;
        let axis = field::word("axis", asked.axis.as_deref(), Axis::ALL, Axis::as_str)?.unwrap_or_default();
        let find = |name: &'static str, label: &str| {
            book.find_version(&asked.tariff, label).ok_or_else(|| {
                let detail = format!("there is no version {label} of a tariff {}", asked.tariff);
                Problem::new(Code::UnknownTariff, detail).of_field(name)
            })
        };
        let (number, version) = find("version", &asked.version)?;
        let priced_by = asked.priced_by.as_deref().map(|label| find("priced_by", label)).transpose()?;
        Ok(By {
            query: Query { axis, from, to, filter: Filter::default() },
            number,
            version: Arc::clone(version),
            priced_by: priced_by.map(|(number, _)| number),
        })
    }
}

/// The wallets that are asked for.
enum Cells {
    Named(Vec<Arc<Cell>>),
    All,
}

impl Cells {
    fn of(caller: &Caller, engine: &Engine, wallets: Option<&[String]>) -> Result<Cells, Problem> {
        let Some(wallets) = wallets else {
            caller.may(Action::ManageTariffs)?;
            return Ok(Cells::All);
        };
        if wallets.is_empty() || wallets.len() > WALLETS_MAX {
            return Err(Problem::bad_field("wallets", format!("not 1 to {WALLETS_MAX} wallets")));
        }
        let mut named = wallets.to_vec();
        named.sort_unstable();
        named.dedup();
        let cells = named.iter().map(|wallet| caller.wallet(Action::Adjust, wallet, engine));
        Ok(Cells::Named(cells.collect::<Result<_, _>>()?))
    }

    /// The next of them, those after the id `after`; `None` when there are no more.
    fn next(&self, engine: &Engine, after: &mut String) -> Result<Option<Vec<Arc<Cell>>>, Problem> {
        match self {
            Cells::Named(cells) if after.is_empty() => {
                *after = cells.last().map(|cell| cell.wallet.to_string()).unwrap_or_default();
                Ok(Some(cells.clone()))
            }
            Cells::Named(_) => Ok(None),
            Cells::All => {
                let page = engine.views().wallets(after, PAGE).map_err(Problem::internal)?;
                let Some(last) = page.last() else { return Ok(None) };
                *after = last.wallet.to_string();
                Ok(Some(page.iter().filter_map(|named| engine.directory().find(&named.wallet)).collect()))
            }
        }
    }
}

/// What would change of one wallet; with a run it is posted. Answers how many entries were.
async fn correct(
    engine: &Engine,
    pin: &Pin,
    cell: &Cell,
    by: &By,
    run: Option<&Run>,
) -> Result<(Tally, u64), Problem> {
    let (chunks, mut found) = mpsc::channel::<Vec<Repriced>>(CHUNKS_AHEAD);
    let (pin, id, zone) = (pin.clone(), cell.id, Zone::of_wallet(&cell.read().time_zone));
    let (query, version, number, priced_by) =
        (by.query.clone(), Arc::clone(&by.version), by.number, by.priced_by);
    let chunks = run.map(|_| chunks);
    let posting = run.map(|run| (run.id.clone(), run.reason.clone()));
    let reading = tokio::task::spawn_blocking(move || {
        let run = posting.as_ref().map(|(id, reason)| (id.as_str(), reason.as_str()));
        let repricing = Repricing { query: &query, number, version: &version, priced_by, run };
        let mut chunk = Vec::new();
        let tally = reprice(&pin.views, id, &zone, &repricing, |message| {
            let Some(chunks) = &chunks else { return Ok(()) };
            chunk.push(Repriced { of: message.seq, seen: message.seen, price: message.price });
            if chunk.len() == CORRECTIONS_MAX {
                // Whoever asked may have gone: then there is nothing more to do.
                let _ = chunks.blocking_send(std::mem::take(&mut chunk));
            }
            Ok(())
        })?;
        if let Some(chunks) = chunks
            && !chunk.is_empty()
        {
            let _ = chunks.blocking_send(chunk);
        }
        Ok::<_, StoreError>(tally)
    });
    let mut posted = 0;
    if let Some(Run { id: run, reason, actor }) = run {
        while let Some(messages) = found.recv().await {
            let (run, reason, actor, by) = (run.clone(), reason.clone(), actor.clone(), actor.clone());
            let request =
                WalletRequest::of(WalletCommand::Correct(CorrectRequest { run, reason, actor, messages }))
                    .by(by);
            posted += engine.command(cell.id, request).await?.answer;
        }
    }
    let tally = reading.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    if tally.clashes > 0 {
        return Err(Problem::new(Code::IdempotencyKeyReused, "another run was made under this key"));
    }
    Ok((tally, posted))
}

impl CorrectionTally {
    fn of(tally: &Tally, posted: u64) -> CorrectionTally {
        let Tally { changed, unchanged, returned, without_rate, clashes: _, before, after } = *tally;
        CorrectionTally {
            changed,
            unchanged,
            returned,
            no_rate: without_rate,
            before: Sum(before),
            after: Sum(after),
            difference: Sum(Total(after.0 - before.0)),
            posted,
        }
    }
}
