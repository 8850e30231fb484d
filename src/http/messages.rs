//! What became of an event, without sending it again.

use actix_web::get;
use actix_web::web::{self, Data, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::problem::{Code, Problem};
use super::wire::Amount;
use super::words;
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::domain::event::Name;
use crate::domain::identity::{Named, Taken};

/// Whose id it is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SourceQuery {
    /// The event's `source`; left out where it had none.
    #[serde(default)]
    source: String,
}

/// What became of an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    #[schema(example = "m-1")]
    id: String,
    #[schema(required)]
    source: Option<String>,
    /// `charged` or `recorded`.
    #[schema(example = "charged")]
    outcome: &'static str,
    /// Why it was recorded only: `suspended` or `insufficient_balance`.
    #[schema(required)]
    code: Option<&'static str>,
    /// What was charged.
    amount: Amount,
    /// The entry, where one was posted.
    #[schema(required, example = 12)]
    seq: Option<u64>,
}

/// What became of an event
///
/// Of events whose ids are remembered: those that were charged or recorded, 35 days long. A refused event
/// is not: sent again, it is decided afresh.
#[utoipa::path(tag = "events", params(SourceQuery), responses((status = 200, description = "What became of it", body = Message)))]
#[get("/v1/wallets/{wallet}/messages/{id}")]
pub async fn get_message(
    caller: Caller,
    engine: Data<Engine>,
    path: Path<(String, String)>,
    query: Query<SourceQuery>,
) -> Result<web::Json<Message>, Problem> {
    let (wallet, id) = path.into_inner();
    let source = query.into_inner().source;
    let cell = caller.wallet(Action::SeeMessages, &wallet, &engine)?;
    engine.caught_up().await?;
    let key = engine.secret().key(cell.id, Named::Event(Name { source: &source, id: &id }));
    let remembered = engine.views().remembered(key).map_err(Problem::internal)?;
    let now = engine.clock().now();
    let Some(remembered) = remembered
        .filter(|remembered| now <= remembered.kept_until && remembered.verdict.outcome != Taken::Early)
    else {
        return Err(Problem::new(Code::UnknownMessage, "no event of this source and id is remembered"));
    };
    let verdict = remembered.verdict;
    Ok(web::Json(Message {
        id,
        source: Some(source).filter(|source| !source.is_empty()),
        outcome: if verdict.outcome == Taken::Posted { words::CHARGED } else { words::RECORDED },
        code: words::of_taken(verdict.outcome),
        amount: Amount(verdict.amount),
        seq: words::seq(verdict.seq),
    }))
}
