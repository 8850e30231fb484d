//! Keys: who may call. A key that is bound to a wallet sees and makes keys of that wallet only.

use actix_web::web::{self, Data, Path, Query};
use actix_web::{HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::field;
use super::page::{List, Page, PageQuery};
use super::problem::{Code, Problem};
use super::wire::Instant;
use crate::actors::Engine;
use crate::actors::command::{CommandError, KeyRequest};
use crate::domain::access::{Action, Role};
use crate::engine::keys::KeyInfo;

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyOrder {
    /// `ingest`, `viewer`, `billing` or `operator`.
    #[schema(example = "ingest")]
    role: String,
    /// The wallet it is bound to; null or left out: all wallets.
    #[schema(example = "acme")]
    wallet: Option<String>,
    /// What people call it, at most 200 bytes.
    #[serde(default)]
    #[schema(example = "SMS gateway")]
    name: String,
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct Key {
    #[schema(example = "key_0123456789abcdef")]
    id: String,
    #[schema(example = "ingest")]
    role: &'static str,
    /// Null: all wallets.
    #[schema(required, example = "acme")]
    wallet: Option<String>,
    #[schema(example = "SMS gateway")]
    name: String,
    made_at: Instant,
    #[schema(required)]
    revoked_at: Option<Instant>,
}

/// A key just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewKey {
    #[serde(flatten)]
    info: Key,
    /// What is sent as `Authorization: Bearer ...`. It is shown this once and is not kept.
    #[schema(example = "fbx_...")]
    key: String,
}

/// Make a key
///
/// With a key that is bound to a wallet, for that wallet only.
#[utoipa::path(tag = "keys", responses((status = 201, description = "The key, shown this once", body = NewKey)))]
#[post("/v1/keys")]
pub async fn post_key(
    caller: Caller,
    engine: Data<Engine>,
    order: Json<KeyOrder>,
) -> Result<HttpResponse, Problem> {
    let order = order.0;
    match &order.wallet {
        Some(wallet) => drop(caller.wallet(Action::ManageKeys, wallet, &engine)?),
        None => {
            caller.may(Action::ManageKeys)?;
            if caller.bound_to().is_some() {
                return Err(Problem::new(
                    Code::Forbidden,
                    "a key of one wallet makes keys for that wallet only",
                ));
            }
        }
    }
    let role = Role::parse(&order.role)
        .ok_or_else(|| Problem::bad_field("role", "not one of ingest, viewer, billing, operator"))?;
    field::text("name", &order.name, field::NAME_BYTES_MAX)?;
    let request = KeyRequest { role, wallet: order.wallet, name: order.name, actor: caller.actor() };
    let made = engine.make_key(request).await?;
    Ok(HttpResponse::Created().json(NewKey { info: Key::of(&made.info), key: made.secret }))
}

/// The keys that the caller may manage, revoked ones too, by when they were made
#[utoipa::path(tag = "keys", params(PageQuery), responses((status = 200, description = "A page", body = Page<Key>)))]
#[get("/v1/keys")]
pub async fn list_keys(
    caller: Caller,
    engine: Data<Engine>,
    page: Query<PageQuery>,
) -> Result<web::Json<Page<Key>>, Problem> {
    caller.may(Action::ManageKeys)?;
    let keys = engine.keys().list().into_iter().filter(|key| manages(&caller, key));
    let page = Page::of_all(keys, &page, List::Keys, |key| key.id.as_bytes().to_vec())?;
    Ok(web::Json(page.filter_map(|key| Some(Key::of(&key)))))
}

/// Revoke a key
#[utoipa::path(tag = "keys", responses((status = 204, description = "It is revoked")))]
#[delete("/v1/keys/{id}")]
pub async fn delete_key(
    caller: Caller,
    engine: Data<Engine>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    caller.may(Action::ManageKeys)?;
    if !engine.keys().list().iter().any(|key| *key.id == **id && manages(&caller, key)) {
        return Err(CommandError::UnknownKey.into());
    }
    engine.revoke_key(&id, &caller.actor()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether the key is the caller's to see: another wallet's is not.
fn manages(caller: &Caller, key: &KeyInfo) -> bool {
    caller.bound_to().is_none_or(|own| key.wallet.as_deref() == Some(own))
}

impl Key {
    fn of(info: &KeyInfo) -> Key {
        Key {
            id: info.id.to_string(),
            role: info.role.as_str(),
            wallet: info.wallet.as_deref().map(str::to_owned),
            name: info.name.to_string(),
            made_at: Instant(info.made_at),
            revoked_at: info.revoked_at.map(Instant),
        }
    }
}
