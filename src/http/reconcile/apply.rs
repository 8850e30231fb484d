//! What a person has picked from a reconciliation, posted as adjustments.
//!
//! A proposal says what its message had come to when it was made. Where it has come to something else meanwhile, because
//! somebody has applied the same report, say, nothing is posted.

use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, post};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::Ground;
use crate::actors::Engine;
use crate::actors::command::{AdjustRequest, WalletCommand, WalletRequest};
use crate::actors::pins::Pin;
use crate::domain::access::Action;
use crate::domain::calendar::Zone;
use crate::domain::deed::Act;
use crate::domain::event::{ID_BYTES_MAX, Name, REASON_BYTES_MAX};
use crate::domain::identity::{Fingerprint, Named};
use crate::domain::money::{Money, Total};
use crate::domain::usage::Axis;
use crate::domain::wallet::WalletId;
use crate::http::auth::Caller;
use crate::http::body::Json;
use crate::http::entries::{self, Entry};
use crate::http::field;
use crate::http::problem::{Code, Problem};
use crate::usage::query::{Filter, Query};
use crate::usage::reconcile::standing::{Adjustments, mark};

/// Proposals that one call posts.
const APPLIED_MAX: usize = 1_000;
/// What is appended to it, place and mark, fits as well.
const KEY_CHARACTERS_MAX: usize = 90;
const CALL: &str = "reconciliations/apply";

/// Calls that apply go one by one: between looking at what a message has come to and posting there is no other.
#[derive(Default)]
pub struct Applying(Mutex<()>);

/// What a person has picked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Applied {
    /// 1 to 1,000, each of another message.
    proposals: Vec<Picked>,
}

/// One adjustment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReconciliationProposal)]
pub struct Picked {
    /// The message's entry; left out for a message that was never charged.
    seq: Option<u64>,
    #[schema(example = "m-1")]
    message_id: String,
    /// The `source` of its event; left out where it has none.
    source: Option<String>,
    /// What the message had come to, as the reconciliation told.
    #[schema(example = "0.026")]
    comes_to: String,
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
/// Each is posted once under the call's key. Called again under the same key, after a crash too, what is missing is posted
/// and nothing twice. Where a message has come to something else since, nothing is posted: reconcile again.
#[utoipa::path(
    tag = "usage",
    params(("Idempotency-Key" = String, Header, description = "1 to 90 visible ASCII characters", example = "july-1")),
    responses(
        (status = 200, description = "All of them stand", body = AppliedEntries),
        (status = 409, description = "`conflict`: a message has come to something else meanwhile; nothing was posted"),
        (status = 422, description = "`idempotency_key_reused`: it was used with other proposals"),
    )
)]
#[post("/v1/wallets/{wallet}/reconciliations/apply")]
pub async fn apply_reconciliation(
    caller: Caller,
    engine: Data<Engine>,
    applying: Data<Applying>,
    request: HttpRequest,
    wallet: Path<String>,
    applied: Json<Applied>,
) -> Result<web::Json<AppliedEntries>, Problem> {
    let cell = caller.wallet(Action::Reconcile, &wallet, &engine)?;
    let key = key(&request)?;
    let picked = checked(&applied.0.proposals)?;
    let fingerprint = fingerprint(&engine, &picked);
    let alone = applying.0.lock().await;
    let (pin, published) = (engine.pin().await?, cell.read());
    let zone = Zone::of_wallet(&published.time_zone);
    let ground = Ground::of(&engine, published);
    let call = Call { key: key.clone(), fingerprint, actor: caller.actor(), picked };
    let id = cell.id;
    let asked =
        web::block(move || call.adjustments(&pin, &ground, id, &zone)).await.map_err(Problem::internal)??;
    // The key of the call stands for all of its proposals; each is an act of its own.
    let burn = WalletCommand::Keep { action: Act::AdjustmentPosted, about: String::new() };
    engine.command(cell.id, WalletRequest::once(burn, &key, fingerprint)).await?;
    let mut seqs = Vec::with_capacity(asked.len());
    for adjustment in asked {
        seqs.push(engine.adjust(&wallet, adjustment).await?.seq);
    }
    drop(alone);
    let book = engine.book();
    let mut told = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let row = entries::find(&engine, cell.id, seq).await?;
        let row = row.ok_or_else(|| Problem::internal("an entry just posted is not among the entries"))?;
        told.push(Entry::of_row(&row, &book)?);
    }
    Ok(web::Json(AppliedEntries { entries: told }))
}

fn key(request: &HttpRequest) -> Result<String, Problem> {
    let key = field::idempotency_key(request.headers())?;
    if key.len() > KEY_CHARACTERS_MAX {
        let detail = format!("at most {KEY_CHARACTERS_MAX} characters for this call");
        return Err(Problem::new(Code::IdempotencyKeyRequired, detail));
    }
    Ok(key.to_owned())
}

/// A proposal whose fields are what they must be.
struct Checked {
    seq: Option<u64>,
    source: String,
    id: String,
    comes_to: Total,
    amount: Money,
    reason: String,
}

/// All of them, before any is looked up.
fn checked(proposals: &[Picked]) -> Result<Vec<Checked>, Problem> {
    if proposals.is_empty() || proposals.len() > APPLIED_MAX {
        return Err(Problem::bad_field("proposals", format!("not 1 to {APPLIED_MAX}")));
    }
    let each = proposals.iter().enumerate();
    let checked = each.map(|(place, picked)| picked.checked().map_err(|problem| of_place(problem, place)));
    let checked: Vec<Checked> = checked.collect::<Result<_, _>>()?;
    let mut names: Vec<Name<'_>> = checked.iter().map(Checked::name).collect();
    names.sort_unstable_by_key(|name| (name.id, name.source));
    match names.windows(2).find(|two| two[0] == two[1]) {
        Some(two) => {
            Err(Problem::bad_field("proposals", format!("two of them are of the message {}", two[0].id)))
        }
        None => Ok(checked),
    }
}

fn of_place(problem: Problem, place: usize) -> Problem {
    problem.within(&format!("proposals.{place}"))
}

impl Picked {
    fn checked(&self) -> Result<Checked, Problem> {
        let amount = field::amount("amount", &self.amount)?;
        if amount == Money::ZERO {
            return Err(Problem::bad_field("amount", "zero"));
        }
        field::some_text("message_id", &self.message_id, ID_BYTES_MAX)?;
        let source = self.source.clone().unwrap_or_default();
        field::text("source", &source, ID_BYTES_MAX)?;
        let reason = format!("{}: {}", self.message_id, self.reason);
        field::some_text("reason", &reason, REASON_BYTES_MAX)?;
        let comes_to = field::amount("comes_to", &self.comes_to)?.into();
        let seq = self.seq;
        if seq == Some(0) {
            return Err(Problem::bad_field("seq", "entries are counted from 1"));
        }
        Ok(Checked { seq, source, id: self.message_id.clone(), comes_to, amount, reason })
    }
}

impl Checked {
    fn name(&self) -> Name<'_> {
        Name { source: &self.source, id: &self.id }
    }
}

/// Of the proposals, in their order.
fn fingerprint(engine: &Engine, picked: &[Checked]) -> Fingerprint {
    let parts: Vec<Vec<u8>> = picked
        .iter()
        .flat_map(|one| {
            let Checked { seq, source, id, comes_to, amount, reason } = one;
            let numbers = [seq.unwrap_or(0).to_be_bytes(), amount.nanos().to_be_bytes()].concat();
            [
                numbers,
                comes_to.0.to_be_bytes().into(),
                source.clone().into(),
                id.clone().into(),
                reason.clone().into(),
            ]
        })
        .collect();
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    engine.secret().request_fingerprint(CALL, &parts)
}

struct Call {
    key: String,
    fingerprint: Fingerprint,
    actor: String,
    picked: Vec<Checked>,
}

impl Call {
    /// What is to be posted, once it is known that every message still is what its proposal was made for.
    fn adjustments(
        self,
        pin: &Pin,
        ground: &Ground,
        wallet: WalletId,
        zone: &Zone,
    ) -> Result<Vec<AdjustRequest>, Problem> {
        let remembered = |key: &str| -> Result<Option<Fingerprint>, Problem> {
            let key = ground.secret.key(wallet, Named::Idempotency(key));
            let found = pin.views.remembered(key).map_err(Problem::internal)?;
            Ok(found.filter(|found| ground.now <= found.kept_until).map(|found| found.fingerprint))
        };
        if remembered(&self.key)?.is_some_and(|known| known != self.fingerprint) {
            return Err(Problem::new(
                Code::IdempotencyKeyReused,
                "other proposals were applied under this key",
            ));
        }
        let today = zone.day(ground.now);
        let query = Query { axis: Axis::default(), from: today, to: today, filter: Filter::default() };
        let side = ground.side(&pin.views, wallet, zone, &query);
        let all = Adjustments::of(&side).map_err(Problem::internal)?;
        let mut asked = Vec::with_capacity(self.picked.len());
        for (place, one) in self.picked.into_iter().enumerate() {
            let mark = one.seq.map_or_else(|| mark(side.key(one.name())), |_| String::new());
            let idempotency_key = format!("{}/{}{mark}", self.key, place + 1);
            if remembered(&idempotency_key)?.is_none() {
                let by_now = side.comes_to(&all, one.name(), one.seq).map_err(Problem::internal)?;
                still(&one, by_now).map_err(|problem| of_place(problem, place))?;
            }
            let Checked { seq, amount, reason, .. } = one;
            let (actor, of) = (self.actor.clone(), seq.unwrap_or(0));
            asked.push(AdjustRequest { idempotency_key, amount, reason, actor, of });
        }
        Ok(asked)
    }
}

/// Whether the message has come to what the proposal says.
fn still(picked: &Checked, by_now: Option<Total>) -> Result<(), Problem> {
    let by_now = by_now
        .ok_or_else(|| Problem::bad_field("seq", "the wallet has no entry of this number and message"))?;
    if by_now == picked.comes_to {
        return Ok(());
    }
    let detail = format!("it has come to {by_now} by now, not {}: reconcile again", picked.comes_to);
    Err(Problem::new(Code::Conflict, detail).of_field("comes_to"))
}
