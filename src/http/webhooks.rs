//! Webhooks: who is told what happens to wallets, and what became of the telling.
//!
//! A key that is bound to a wallet sees, adds and changes webhooks of that wallet only.

use std::sync::Arc;

use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpResponse, delete, get, post};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::field;
use super::page::{List, Page, PageQuery};
use super::problem::{Code, Problem};
use super::wire::Instant;
use crate::actors::Engine;
use crate::actors::command::{CommandError, EndpointChange, EndpointRequest};
use crate::clock::random_bytes;
use crate::domain::access::Action;
use crate::domain::endpoint::{Endpoint, EndpointState, Secret};
use crate::domain::life::alert::AlertKind;
use crate::domain::time::{Span, Timestamp};
use crate::domain::wallet::WalletId;
use crate::effects::Outside;
use crate::webhooks::body::test_body;
use crate::webhooks::{self, Delivered};

const URL_BYTES_MAX: usize = 2_048;
/// Most webhooks of one wallet, and most of all wallets: each alert is sent to every one that hears it.
const WEBHOOKS_MAX: usize = 100;
/// Most secrets that sign at once: each makes every message longer.
const SECRETS_MAX: usize = 5;
/// How long a secret goes on signing after it was replaced.
const OLD_SECRET_SIGNS: Span = Span::from_hours(24);

/// A webhook to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookOrder {
    /// http or https, with a public host unless the settings allow others.
    #[schema(example = "https://app.example/hooks")]
    url: String,
    /// The one wallet to tell of; null or left out: all wallets.
    #[schema(example = "acme")]
    wallet: Option<String>,
    /// The types of alerts to tell of; null or left out: all types.
    #[schema(example = json!(["wallet.low_balance", "number.released"]))]
    types: Option<Vec<String>>,
}

/// A webhook, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    #[schema(example = "wh_1")]
    id: String,
    #[schema(example = "https://app.example/hooks")]
    url: String,
    /// Null: all wallets.
    #[schema(required, example = "acme")]
    wallet: Option<String>,
    /// Null: all types.
    #[schema(required, example = json!(["wallet.low_balance"]))]
    types: Option<Vec<&'static str>>,
    /// `active`, or `disabled` since it answered that it is gone (410).
    #[schema(example = "active")]
    status: &'static str,
    made_at: Instant,
}

/// A webhook with a new secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewWebhook {
    #[serde(flatten)]
    webhook: Webhook,
    /// What messages are signed with (Standard Webhooks). It is shown this once.
    #[schema(example = "whsec_...")]
    secret: String,
}

/// What became of a test message.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookTest {
    delivered: bool,
    /// What the endpoint answered; null where it did not.
    #[schema(required, example = 200)]
    status: Option<u16>,
    /// Why it was not delivered, for a person.
    #[schema(required)]
    why: Option<String>,
}

/// Add a webhook
///
/// With a key that is bound to a wallet, for that wallet only.
#[utoipa::path(
    tag = "webhooks",
    responses(
        (status = 201, description = "The webhook with its secret, shown this once", body = NewWebhook),
        (status = 409, description = "`conflict`: there are as many as there may be"),
    )
)]
#[post("/v1/webhooks")]
pub async fn post_webhook(
    caller: Caller,
    engine: Data<Engine>,
    outside: Data<Arc<Outside>>,
    order: Json<WebhookOrder>,
) -> Result<HttpResponse, Problem> {
    let order = order.0;
    let wallet = whose(&caller, &engine, order.wallet.as_deref())?;
    field::some_text("url", &order.url, URL_BYTES_MAX)?;
    let allowed = outside.deliverer.check_url(&order.url);
    allowed.map_err(|error| Problem::bad_field("url", error.to_string()))?;
    let kinds = kinds(order.types.as_deref())?;
    let of_wallet = wallet.as_ref().map(|(id, _)| *id);
    let same = |endpoint: &&Arc<Endpoint>| endpoint.wallet.as_ref().map(|(id, _)| *id) == of_wallet;
    if engine.endpoints().list().filter(same).count() >= WEBHOOKS_MAX {
        let detail = format!("there are {WEBHOOKS_MAX}: remove one first");
        return Err(Problem::new(Code::Conflict, detail));
    }
    let secret = new_secret();
    let endpoint = Endpoint {
        number: 0,
        url: order.url.into(),
        wallet,
        kinds,
        secrets: vec![Secret { text: secret.as_str().into(), until: Timestamp::NEVER }],
        state: EndpointState::Active,
        made_at: engine.clock().now(),
    };
    let added = change(&engine, &caller, EndpointChange::Add(endpoint)).await?;
    Ok(HttpResponse::Created().json(NewWebhook { webhook: Webhook::of(&added), secret }))
}

/// The webhooks that the caller may manage, in the order in which they were added
#[utoipa::path(tag = "webhooks", params(PageQuery), responses((status = 200, description = "A page", body = Page<Webhook>)))]
#[get("/v1/webhooks")]
pub async fn list_webhooks(
    caller: Caller,
    engine: Data<Engine>,
    page: Query<PageQuery>,
) -> Result<web::Json<Page<Webhook>>, Problem> {
    caller.may(Action::ManageWebhooks)?;
    let endpoints = engine.endpoints();
    let seen = endpoints.list().filter(|endpoint| manages(&caller, endpoint));
    let position = |endpoint: &&Arc<Endpoint>| endpoint.number.to_be_bytes().to_vec();
    let page = Page::of_all(seen, &page, List::Webhooks, position)?;
    Ok(web::Json(page.filter_map(|endpoint| Some(Webhook::of(endpoint)))))
}

/// Remove a webhook
///
/// Nothing more is sent to it, what is on its way included.
#[utoipa::path(tag = "webhooks", responses((status = 204, description = "It is removed")))]
#[delete("/v1/webhooks/{id}")]
pub async fn delete_webhook(
    caller: Caller,
    engine: Data<Engine>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let number = find(&caller, &engine, &id)?.number;
    change(&engine, &caller, EndpointChange::Remove { number }).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Make a new secret
///
/// For 24 hours the former one signs as well, so that messages can be checked by either.
#[utoipa::path(
    tag = "webhooks",
    responses(
        (status = 200, description = "The webhook with its new secret, shown this once", body = NewWebhook),
        (status = 409, description = "`conflict`: it was done too often in 24 hours"),
    )
)]
#[post("/v1/webhooks/{id}/rotate")]
pub async fn rotate_secret(
    caller: Caller,
    engine: Data<Engine>,
    id: Path<String>,
) -> Result<web::Json<NewWebhook>, Problem> {
    let endpoint = find(&caller, &engine, &id)?;
    let now = engine.clock().now();
    if endpoint.secrets_at(now).count() >= SECRETS_MAX {
        let detail = format!("{SECRETS_MAX} secrets sign already: wait until the oldest does no more");
        return Err(Problem::new(Code::Conflict, detail));
    }
    let secret = new_secret();
    let (number, old_until) = (endpoint.number, now.plus(OLD_SECRET_SIGNS));
    let rotate = EndpointChange::Rotate { number, secret: secret.as_str().into(), old_until };
    let changed = change(&engine, &caller, rotate).await?;
    Ok(web::Json(NewWebhook { webhook: Webhook::of(&changed), secret }))
}

/// Send a test message now
///
/// Of the type `webhook.test`, signed as any other, once. Nothing is kept of it.
#[utoipa::path(tag = "webhooks", responses((status = 200, description = "What became of it", body = WebhookTest)))]
#[post("/v1/webhooks/{id}/test")]
pub async fn test_webhook(
    caller: Caller,
    engine: Data<Engine>,
    outside: Data<Arc<Outside>>,
    id: Path<String>,
) -> Result<web::Json<WebhookTest>, Problem> {
    let endpoint = find(&caller, &engine, &id)?;
    let now = engine.clock().now();
    let secrets = endpoint.secrets_at(now).map(webhooks::Secret::parse).collect::<Result<Vec<_>, _>>();
    let unique: String = random_bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect();
    let message = webhooks::Message {
        id: format!("test_{unique}"),
        timestamp: now.seconds(),
        body: Bytes::from(test_body(&endpoint.id(), now).to_string()),
    };
    let secrets = secrets.map_err(Problem::internal)?;
    let target = webhooks::Endpoint { url: endpoint.url.to_string(), secrets };
    Ok(web::Json(WebhookTest::of(outside.deliverer.deliver(&message, &target).await)))
}

/// Whose alerts a new webhook hears, where the caller may have that told.
fn whose(
    caller: &Caller,
    engine: &Engine,
    wallet: Option<&str>,
) -> Result<Option<(WalletId, Box<str>)>, Problem> {
    if let Some(wallet) = wallet {
        let cell = caller.wallet(Action::ManageWebhooks, wallet, engine)?;
        return Ok(Some((cell.id, cell.wallet.as_str().into())));
    }
    caller.may(Action::ManageWebhooks)?;
    match caller.bound_to() {
        Some(_) => {
            Err(Problem::new(Code::Forbidden, "a key of one wallet adds webhooks of that wallet only"))
        }
        None => Ok(None),
    }
}

/// The kinds of alerts in the order of their list, each once; none: all.
fn kinds(types: Option<&[String]>) -> Result<Vec<AlertKind>, Problem> {
    let Some(types) = types else { return Ok(Vec::new()) };
    if types.is_empty() {
        return Err(Problem::bad_field("types", "empty: leave it out to hear of all types"));
    }
    let kind = |(place, word): (usize, &String)| {
        AlertKind::parse(word)
            .ok_or_else(|| Problem::bad_field(format!("types[{place}]"), "no such type of alert"))
    };
    let mut kinds = types.iter().enumerate().map(kind).collect::<Result<Vec<_>, _>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

fn new_secret() -> String {
    webhooks::Secret::new(random_bytes()).to_text()
}

/// Whether the webhook is the caller's to see: another wallet's is not, nor is one of all wallets for a bound key.
fn manages(caller: &Caller, endpoint: &Endpoint) -> bool {
    let of_wallet = endpoint.wallet.as_ref().map(|(_, name)| &**name);
    caller.bound_to().is_none_or(|own| of_wallet == Some(own))
}

/// The webhook, where the caller may manage it; any other is as if it did not exist.
pub fn find(caller: &Caller, engine: &Engine, id: &str) -> Result<Arc<Endpoint>, Problem> {
    caller.may(Action::ManageWebhooks)?;
    let endpoints = engine.endpoints();
    let found = Endpoint::parse_id(id).and_then(|number| endpoints.get(number));
    let found =
        found.filter(|found| found.state != EndpointState::Removed && manages(caller, found)).map(Arc::clone);
    found.ok_or_else(|| CommandError::UnknownEndpoint.into())
}

async fn change(engine: &Engine, caller: &Caller, change: EndpointChange) -> Result<Arc<Endpoint>, Problem> {
    Ok(engine.set_endpoint(EndpointRequest { change, actor: caller.actor() }).await?)
}

impl Webhook {
    fn of(endpoint: &Endpoint) -> Webhook {
        let types: Vec<&'static str> = endpoint.kinds.iter().map(|kind| kind.as_str()).collect();
        Webhook {
            id: endpoint.id(),
            url: endpoint.url.to_string(),
            wallet: endpoint.wallet.as_ref().map(|(_, name)| name.to_string()),
            types: (!types.is_empty()).then_some(types),
            status: endpoint.state.as_str(),
            made_at: Instant(endpoint.made_at),
        }
    }
}

impl WebhookTest {
    fn of(delivered: Delivered) -> WebhookTest {
        let failed = |status, why: String| WebhookTest { delivered: false, status, why: Some(why) };
        match delivered {
            Delivered::Accepted { status } => {
                WebhookTest { delivered: true, status: Some(status), why: None }
            }
            Delivered::Gone => {
                failed(Some(410), "the endpoint answered that it wants nothing more".to_owned())
            }
            Delivered::Retry { status, why, .. } => failed(status, why),
            Delivered::Refused { why } => failed(None, why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_hears_all_types_or_those_that_are_named_each_once() {
        let table: [(Option<&[&str]>, &str); 6] = [
            (None, "all"),
            (Some(&["number.released"]), "number.released"),
            (
                Some(&["number.released", "wallet.low_balance", "number.released"]),
                "wallet.low_balance number.released",
            ),
            (Some(&[]), "bad types"),
            (Some(&["number.released", "number.lost"]), "bad types[1]"),
            (Some(&["webhook.test"]), "bad types[0]"),
        ];
        for (types, want) in table {
            let owned: Option<Vec<String>> =
                types.map(|types| types.iter().map(|word| (*word).to_owned()).collect());
            let found = match kinds(owned.as_deref()) {
                Ok(kinds) if kinds.is_empty() => "all".to_owned(),
                Ok(kinds) => kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" "),
                Err(problem) => format!("bad {}", problem.field().unwrap_or("no field")),
            };
            assert_eq!(found, want, "{types:?}");
        }
    }

    #[test]
    fn what_became_of_a_test_is_told() {
        let retry = |status| Delivered::Retry { status, why: "x".to_owned(), retry_after: None };
        let table = [
            (Delivered::Accepted { status: 204 }, true, Some(204)),
            (Delivered::Gone, false, Some(410)),
            (retry(Some(500)), false, Some(500)),
            (retry(None), false, None),
            (Delivered::Refused { why: "x".to_owned() }, false, None),
        ];
        for (delivered, want, status) in table {
            let told = WebhookTest::of(delivered.clone());
            assert_eq!((told.delivered, told.status), (want, status), "{delivered:?}");
            assert_eq!(told.why.is_some(), !want, "{delivered:?}: why not");
        }
    }
}
