//! The audit: who did what, as a list and as a file of CSV.

use std::io;

use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{self, Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use csv::{Terminator, WriterBuilder};
use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::download::is_only_head;
use super::field;
use super::page::{LIMIT_MAX, List, Page, PageQuery};
use super::problem::Problem;
use super::wire::Instant;
use crate::actors::Engine;
use crate::actors::command::HouseDeed;
use crate::domain::access::Action;
use crate::domain::deed::Act;
use crate::store::keys::ActKey;
use crate::usage::audit::{Done, Part, Sources, Wanted, part};
use crate::usage::cells::harmless;

const COLUMNS: [&str; 6] = ["at", "actor", "action", "wallet", "about", "reason"];

/// Something that somebody did.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditedAct {
    at: Instant,
    /// The id of the key that asked for it; `serve` for what a start does, `endpoint` for a webhook that is gone.
    #[schema(example = "key_0123456789abcdef")]
    actor: String,
    /// A stable word, such as `wallet.opened`, `adjustment.posted`, `hold.made`, `key.revoked` or `tariff.added`.
    #[schema(example = "number.bought")]
    action: &'static str,
    /// Null where it concerns no wallet, or all of them.
    #[schema(required, example = "acme")]
    wallet: Option<String>,
    /// What it was done to, for people.
    #[schema(example = "+14155550100 local")]
    about: String,
    /// Of an adjustment.
    #[schema(required)]
    reason: Option<String>,
}

/// Which acts are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActsQuery {
    /// Only those that concern this wallet.
    wallet: Option<String>,
    /// Only those of this key, by its id.
    actor: Option<String>,
    /// Only those of this kind.
    action: Option<String>,
    /// From this instant on, RFC 3339.
    from: Option<String>,
    /// Before this instant, RFC 3339.
    to: Option<String>,
}

/// Which acts are wanted, a page at a time.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ActsPageQuery {
    /// Only those that concern this wallet.
    wallet: Option<String>,
    /// Only those of this key, by its id.
    actor: Option<String>,
    /// Only those of this kind.
    action: Option<String>,
    /// From this instant on, RFC 3339.
    from: Option<String>,
    /// Before this instant, RFC 3339.
    to: Option<String>,
    /// How many items at most, 1 to 1000; 100 where it is left out. A page may have fewer although the list goes on: where
    /// a million acts of others were passed over for it.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next_cursor` of the page before; left out for the first page.
    cursor: Option<String>,
}

impl ActsPageQuery {
    fn split(self) -> (ActsQuery, PageQuery) {
        let ActsPageQuery { wallet, actor, action, from, to, limit, cursor } = self;
        (ActsQuery { wallet, actor, action, from, to }, PageQuery::new(limit, cursor))
    }
}

/// Who did what, the newest first
///
/// Everything that the holder of a key has changed or exported: wallets, settings, adjustments, numbers, holds, top-ups,
/// webhooks, keys, tariffs. Traffic is not among it, nor what the engine does by itself. With a key that is bound to a
/// wallet, what concerns that wallet.
#[utoipa::path(tag = "audit", params(ActsPageQuery), responses(
    (status = 200, description = "A page", body = Page<AuditedAct>),
    (status = 404, description = "`unknown_wallet`: no wallet of this id, or none that this key reaches"),
))]
#[get("/v1/audit")]
pub async fn list_acts(
    caller: Caller,
    engine: Data<Engine>,
    query: Query<ActsPageQuery>,
) -> Result<web::Json<Page<AuditedAct>>, Problem> {
    let (query, page) = query.into_inner().split();
    let wanted = wanted(&caller, &engine, query)?;
    let limit = page.limit()?;
    let after = match &page.after(List::Audit)?[..] {
        [] => None,
        position => {
            let key = ActKey::try_from(position);
            Some(key.map_err(|_| Problem::bad_field("cursor", "not a cursor of this list"))?)
        }
    };
    engine.caught_up().await?;
    let part = read(engine.get_ref().clone(), wanted, after, limit).await?;
    let acts = part.done.into_iter().map(AuditedAct::of).collect();
    Ok(web::Json(Page::until(acts, List::Audit, part.goes_on_after)))
}

/// Who did what as a file of CSV, the newest first
///
/// The same as the list, whole: a line each. A cell that a spreadsheet would run as a formula stands behind an
/// apostrophe. The export is an act itself and is the first of its lines, where it is among what is wanted. An answer
/// that is cut off in its middle is not complete.
#[utoipa::path(tag = "audit", params(ActsQuery), responses(
    (status = 200, description = "The columns `at`, `actor`, `action`, `wallet`, `about`, `reason`", body = String,
        content_type = "text/csv"),
    (status = 404, description = "`unknown_wallet`: no wallet of this id, or none that this key reaches"),
))]
#[get("/v1/audit.csv")]
pub async fn export_acts(
    caller: Caller,
    engine: Data<Engine>,
    query: Query<ActsQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let wanted = wanted(&caller, &engine, query.into_inner())?;
    let begins_at = match is_only_head(&request) {
        true => Place::End,
        false => {
            engine.record_house_deed(deed_of(&caller, &wanted)).await?;
            engine.caught_up().await?;
            Place::Start
        }
    };
    let of_wallet = wanted.wallet.as_ref().map(|wallet| format!("-{wallet}")).unwrap_or_default();
    let disposition = format!("attachment; filename=\"audit{of_wallet}.csv\"");
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, disposition))
        .streaming(lines(engine.get_ref().clone(), wanted, begins_at)))
}

/// What is asked for, where the caller may see it: a key that is bound to a wallet asks for that one.
fn wanted(caller: &Caller, engine: &Engine, query: ActsQuery) -> Result<Wanted, Problem> {
    let wallet = query.wallet.or_else(|| caller.bound_to().map(str::to_owned));
    match &wallet {
        Some(wallet) => drop(caller.wallet(Action::SeeAudit, wallet, engine)?),
        None => caller.may(Action::SeeAudit)?,
    }
    let action = field::word("action", query.action.as_deref(), Act::ALL, Act::as_str)?;
    let instant = |name, text: Option<String>| text.map(|text| field::instant(name, &text)).transpose();
    let (from, to) = (instant("from", query.from)?, instant("to", query.to)?);
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        return Err(Problem::bad_field("to", "not after `from`"));
    }
    Ok(Wanted { wallet, actor: query.actor, action, from, to })
}

/// The export as an act itself, with what was asked for.
fn deed_of(caller: &Caller, wanted: &Wanted) -> HouseDeed {
    let Wanted { wallet, actor, action, from, to } = wanted;
    let said = [
        ("from", from.map(|at| at.to_string())),
        ("to", to.map(|at| at.to_string())),
        ("actor", actor.clone()),
        ("action", action.map(|act| act.as_str().to_owned())),
    ];
    let said = said.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    let about = said.collect::<Vec<_>>().join(" ");
    HouseDeed { wallet: wallet.clone(), actor: caller.actor(), action: Act::AuditExported, about }
}

/// Read where it holds up nobody: it may take looking at many acts of others.
async fn read(engine: Engine, wanted: Wanted, after: Option<ActKey>, limit: usize) -> Result<Part, Problem> {
    let work = move || {
        let book = engine.book();
        let (views, directory, keys) = (engine.views(), engine.directory(), engine.keys());
        part(Sources { views, directory, book: &book, keys }, &wanted, after, limit)
    };
    web::block(work).await.map_err(Problem::internal)?.map_err(Problem::internal)
}

/// How far an export has come.
enum Place {
    Start,
    After(ActKey),
    End,
}

/// The lines of an export, a part at a time: it is as large in memory as one. A failure cuts the answer off.
fn lines(engine: Engine, wanted: Wanted, begins_at: Place) -> impl Stream<Item = io::Result<Bytes>> {
    try_unfold(begins_at, move |place| {
        let (engine, wanted) = (engine.clone(), wanted.clone());
        async move {
            let after = match place {
                Place::Start => None,
                Place::After(key) => Some(key),
                Place::End => return Ok(None),
            };
            let part = read(engine, wanted, after, LIMIT_MAX).await;
            let part = part.map_err(|problem| io::Error::other(problem.to_string()))?;
            let bytes = csv_of(after.is_none(), &part.done)?;
            Ok(Some((bytes, part.goes_on_after.map_or(Place::End, Place::After))))
        }
    })
}

/// Lines as RFC 4180 wants them, the first of them with the names of the columns.
fn csv_of(with_names: bool, acts: &[Done]) -> io::Result<Bytes> {
    let mut out = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    if with_names {
        out.write_record(COLUMNS)?;
    }
    for act in acts {
        let Done { at, actor, action, wallet, about, reason } = act;
        let at = at.to_string();
        let texts = [
            at.as_str(),
            actor,
            action.as_str(),
            wallet.as_deref().unwrap_or_default(),
            about,
            reason.as_deref().unwrap_or_default(),
        ];
        out.write_record(texts.map(|text| harmless(text).into_owned()))?;
    }
    let bytes = out.into_inner().map_err(|error| error.into_error())?;
    Ok(bytes.into())
}

impl AuditedAct {
    fn of(done: Done) -> AuditedAct {
        let Done { at, actor, action, wallet, about, reason } = done;
        AuditedAct { at: Instant(at), actor, action: action.as_str(), wallet, about, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    fn done(about: &str, reason: Option<&str>) -> Done {
        Done {
            at: Timestamp::from_nanos(1_500_000_000),
            actor: "key_1".to_owned(),
            action: Act::AdjustmentPosted,
            wallet: Some("acme".to_owned()),
            about: about.to_owned(),
            reason: reason.map(str::to_owned),
        }
    }

    #[test]
    fn an_export_is_csv_that_reads_back_with_formulas_made_harmless() {
        let acts = [done("+14155550100", Some("=HYPERLINK(\"x\")")), done("a,\"b\"\r\n\u{1f980}", None)];
        let bytes = csv_of(true, &acts).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(text.starts_with("at,actor,action,wallet,about,reason\r\n1970-01-01T00:00:01.5Z,key_1,"));
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        let told = |row: usize| (&rows[row][3], &rows[row][4], &rows[row][5]);
        assert_eq!(told(0), ("acme", "'+14155550100", "'=HYPERLINK(\"x\")"));
        assert_eq!(told(1), ("acme", "a,\"b\"\r\n\u{1f980}", ""));
        assert!(csv_of(false, &[]).unwrap().is_empty(), "the names stand at the top only");
    }
}
