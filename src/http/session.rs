//! Signing in to the wallet page: with a key, or with a token of a host product, for a cookie that scripts cannot read.

mod ended;
mod origin;
mod seal;
mod token;

use std::io;
use std::path::Path;
use std::sync::Arc;

use actix_web::http::header::{COOKIE, HeaderMap, SET_COOKIE};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::ended::Ended;
pub use self::seal::Session;
use self::seal::{Seal, SignedInBy};
use self::token::TokenKeys;
use super::auth::Caller;
use super::body::Json;
use super::problem::{Code, Problem};
use super::wire::Instant;
use crate::actors::Engine;
use crate::clock::Clock;
use crate::config::PageSettings;
use crate::domain::access::{Action, Role};
use crate::domain::time::Timestamp;
use crate::engine::keys::{KeyInfo, Keys};

const NAME: &str = "farebox_session";
/// In the data directory.
const ENDED_FILE: &str = "signed-out";
const SECONDS_PER_HOUR: i64 = 3_600;
const SECONDS_PER_MINUTE: i64 = 60;
const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// What the page may offer, in the words of [`SessionInfo::may`].
const OFFERED: [(Action, &str); 13] = [
    (Action::SeeWallet, "see_wallet"),
    (Action::Export, "export"),
    (Action::TopUp, "top_up"),
    (Action::SetAlerts, "set_alerts"),
    (Action::ManageNumbers, "manage_numbers"),
    (Action::ManageWebhooks, "manage_webhooks"),
    (Action::ManageKeys, "manage_keys"),
    (Action::Adjust, "adjust"),
    (Action::SetTerms, "set_terms"),
    (Action::SeeAudit, "see_audit"),
    (Action::OpenWallet, "open_wallet"),
    (Action::ManageTariffs, "manage_tariffs"),
    (Action::MoveClock, "move_clock"),
];

/// Everybody who is signed in, as far as this side knows.
pub struct Sessions {
    /// The machine's, whatever clock the engine lives on: people and host products live in real time, and moving a test
    /// clock signs nobody out.
    clock: Clock,
    seal: Seal,
    ended: Ended,
    tokens: TokenKeys,
    key_seconds: i64,
    token_seconds: i64,
}

/// What somebody signs in with: a key or a token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    #[schema(example = "fbx_...")]
    key: Option<String>,
    /// A JWT (HS256 or EdDSA) of a host product, with `kid`, `aud`, `exp`, `wallet` and `role`; `sub` names for the
    /// audit whom it lets in.
    token: Option<String>,
    /// Whether the page stands in a frame of another site, with a token: the cookie is then sent there too, and
    /// nowhere else.
    #[serde(default)]
    framed: bool,
}

/// Who is signed in, and what for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionInfo {
    /// The id of the key, or `token:` with the name of the key that signed it and whom it names.
    #[schema(example = "key_0123456789abcdef")]
    actor: String,
    #[schema(example = "billing")]
    role: &'static str,
    /// Null: all wallets.
    #[schema(required, example = "acme")]
    wallet: Option<String>,
    /// What the role and its reach allow, in words such as `top_up`.
    #[schema(example = json!(["see_wallet", "export", "top_up"]))]
    may: Vec<&'static str>,
    /// By real time, also where the engine lives on a test clock; null with a key that is sent along each time.
    #[schema(required)]
    expires_at: Option<Instant>,
    /// What the engine's clock shows.
    now: Instant,
    /// Whether that clock is a test clock, which stands until it is moved.
    test_clock: bool,
    /// Whether payments are made in the sandbox, which moves no money.
    sandbox: bool,
    /// The least and the most of one top-up, in units of the wallet's currency.
    top_up_min: u32,
    top_up_max: u32,
}

impl Sessions {
    /// Sealed with the data directory's secret; who was signed out stands in a file of it.
    pub fn open(data_dir: &Path, secret: &[u8], settings: &PageSettings) -> io::Result<Sessions> {
        let clock = Clock::system();
        let ended = Ended::open(data_dir.join(ENDED_FILE), clock.now())?;
        Ok(Sessions {
            clock,
            seal: Seal::new(secret),
            ended,
            tokens: TokenKeys::new(settings),
            key_seconds: i64::from(settings.session_hours) * SECONDS_PER_HOUR,
            token_seconds: i64::from(settings.token_session_minutes) * SECONDS_PER_MINUTE,
        })
    }

    /// Who sends the request, by its cookie; `None` where it has none.
    pub fn caller(&self, request: &HttpRequest, engine: &Engine) -> Option<Result<Caller, Problem>> {
        let sealed = sealed(request.headers())?;
        if !origin::is_from_page(request) {
            let detail = "a session acts only for the page itself: send the header Farebox-Page";
            return Some(Err(Problem::new(Code::Forbidden, detail)));
        }
        let session = self.seal.open(sealed, self.clock.now()).filter(|session| !self.ended.has(&session.id));
        let caller = session.and_then(|session| {
            let key = key_of(&session.by, engine.keys())?;
            Some(Caller { key, session: Some(Arc::new(session)) })
        });
        Some(caller.ok_or_else(|| Problem::new(Code::Unauthorized, "the session has ended: sign in again")))
    }

    /// Whether somebody may go on who was let in before.
    pub fn stands(&self, caller: &Caller, engine: &Engine) -> bool {
        match &caller.session {
            None => engine.keys().with_id(&caller.key.id).is_some(),
            Some(session) => {
                let over = session.expires_at <= self.clock.now().seconds() || self.ended.has(&session.id);
                !over && key_of(&session.by, engine.keys()).is_some()
            }
        }
    }
}

/// What a session may do: what its key may now, or what its token said.
fn key_of(by: &SignedInBy, keys: &Keys) -> Option<Arc<KeyInfo>> {
    match by {
        SignedInBy::Key(id) => keys.with_id(id),
        SignedInBy::Token { kid, subject, role, wallet } => {
            let who = [kid.as_str(), subject].into_iter().filter(|part| !part.is_empty());
            let id = format!("token:{}", who.collect::<Vec<_>>().join(":"));
            Some(Arc::new(KeyInfo {
                id: id.into(),
                role: Role::parse(role)?,
                wallet: Some(wallet.as_str().into()),
                name: subject.as_str().into(),
                made_at: Timestamp::default(),
                revoked_at: None,
            }))
        }
    }
}

/// Sign in to the page
///
/// For a cookie that scripts cannot read and that ends with its key. Calls that come with it and change something need
/// the header `Farebox-Page`, as this one does.
#[utoipa::path(
    tag = "session",
    security(()),
    params(("Farebox-Page" = String, Header, description = "Anything: no other site can have it sent", example = "1")),
    responses(
        (status = 200, description = "Signed in", body = SessionInfo,
            headers(("Set-Cookie" = String, description = "`farebox_session`"))),
        (status = 401, description = "`unauthorized`: no such key, or a token that lets nobody in"),
        (status = 403, description = "`forbidden`: asked by another site, or with a key that sees no wallet"),
    )
)]
#[post("/v1/session")]
pub async fn post_session(
    engine: Data<Engine>,
    sessions: Data<Sessions>,
    request: HttpRequest,
    order: Json<SignIn>,
) -> Result<HttpResponse, Problem> {
    if !origin::is_from_page(&request) {
        return Err(Problem::new(Code::Forbidden, "only the page itself signs people in"));
    }
    let now = sessions.clock.now();
    let (by, seconds) = match (&order.0.key, &order.0.token) {
        (Some(key), None) => {
            let key = engine.keys().find(key);
            let key = key.ok_or_else(|| Problem::new(Code::Unauthorized, "no such key, or revoked"))?;
            (SignedInBy::Key(key.id.to_string()), sessions.key_seconds)
        }
        (None, Some(token)) => {
            let by = sessions.tokens.read(token, now);
            (by.map_err(|why| Problem::new(Code::Unauthorized, why.to_string()))?, sessions.token_seconds)
        }
        _ => return Err(Problem::bad_field("key", "send a key or a token, and not both")),
    };
    let framed = order.0.framed && matches!(by, SignedInBy::Token { .. });
    let key = key_of(&by, engine.keys())
        .ok_or_else(|| Problem::new(Code::Unauthorized, "no such key, or revoked"))?;
    if !key.role.may(Action::SeeWallet) {
        return Err(Problem::new(Code::Forbidden, format!("the role {} sees no wallet", key.role.as_str())));
    }
    let (session, sealed) = sessions.seal.begin(by, now.seconds().saturating_add(seconds));
    let caller = Caller { key, session: Some(Arc::new(session)) };
    let cookie = cookie(&sealed, seconds, framed, origin::is_over_tls(&request));
    Ok(HttpResponse::Ok().insert_header((SET_COOKIE, cookie)).json(SessionInfo::of(&caller, &engine)))
}

/// Who is calling, and what for
#[utoipa::path(tag = "session", responses((status = 200, description = "The caller", body = SessionInfo)))]
#[get("/v1/session")]
pub async fn get_session(caller: Caller, engine: Data<Engine>) -> web::Json<SessionInfo> {
    web::Json(SessionInfo::of(&caller, &engine))
}

/// Sign out
#[utoipa::path(tag = "session", responses((status = 204, description = "The session has ended")))]
#[delete("/v1/session")]
pub async fn delete_session(
    caller: Caller,
    sessions: Data<Sessions>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let session = caller.session.ok_or_else(|| {
        Problem::new(Code::Conflict, "there is no session: a key is revoked, not signed out")
    })?;
    let (over_tls, now) = (origin::is_over_tls(&request), sessions.clock.now());
    let ended = web::block(move || sessions.ended.add(&session.id, session.expires_at, now)).await;
    ended.map_err(Problem::internal)?.map_err(Problem::internal)?;
    // A browser keeps the cookie of a frame apart: it forgets whichever of the two it has.
    let mut response = HttpResponse::NoContent();
    for framed in [false, true] {
        response.append_header((SET_COOKIE, cookie("", 0, framed, over_tls)));
    }
    Ok(response.finish())
}

/// The value of our cookie among those that came.
fn sealed(headers: &HeaderMap) -> Option<&str> {
    let mut cookies =
        headers.get_all(COOKIE).filter_map(|value| value.to_str().ok()).flat_map(|all| all.split(';'));
    cookies.find_map(|cookie| cookie.trim().strip_prefix(NAME)?.strip_prefix('='))
}

/// In a frame of another site a browser sends a cookie only over TLS, and only where it may keep it apart by that site.
fn cookie(sealed: &str, seconds: i64, framed: bool, over_tls: bool) -> String {
    let scope = match (framed, over_tls) {
        (true, _) => "SameSite=None; Secure; Partitioned",
        (false, true) => "SameSite=Strict; Secure",
        (false, false) => "SameSite=Strict",
    };
    format!("{NAME}={sealed}; Path=/; Max-Age={seconds}; HttpOnly; {scope}")
}

impl SessionInfo {
    fn of(caller: &Caller, engine: &Engine) -> SessionInfo {
        let payments = &engine.config().payments;
        let may = OFFERED.iter().filter(|(action, _)| caller.may(*action).is_ok());
        let expires_at = caller.session.as_ref().map(|session| session.expires_at);
        SessionInfo {
            actor: caller.actor(),
            role: caller.key.role.as_str(),
            wallet: caller.bound_to().map(str::to_owned),
            may: may.map(|(_, word)| *word).collect(),
            expires_at: expires_at
                .map(|seconds| Instant(Timestamp::from_nanos(seconds.saturating_mul(NANOS_PER_SECOND)))),
            now: Instant(engine.clock().now()),
            test_clock: engine.clock().is_test(),
            sandbox: payments.stripe_secret_key.is_empty(),
            top_up_min: payments.top_up_min,
            top_up_max: payments.top_up_max,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_for_this_site_alone_unless_the_page_stands_in_a_frame() {
        let table = [
            (false, false, "SameSite=Strict"),
            (false, true, "SameSite=Strict; Secure"),
            (true, false, "SameSite=None; Secure; Partitioned"),
            (true, true, "SameSite=None; Secure; Partitioned"),
        ];
        for (framed, over_tls, want) in table {
            let want = format!("farebox_session=x; Path=/; Max-Age=60; HttpOnly; {want}");
            assert_eq!(cookie("x", 60, framed, over_tls), want);
        }
    }

    #[test]
    fn our_cookie_is_found_among_others() {
        let table = [
            (&["farebox_session=a.b"][..], Some("a.b")),
            (&["x=1; farebox_session=a.b; y=2"], Some("a.b")),
            (&["x=1", "farebox_session=a.b"], Some("a.b")),
            (&["farebox_session="], Some("")),
            (&["farebox_session2=a", "my_farebox_session=b"], None),
            (&[], None),
        ];
        for (values, want) in table {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(COOKIE, value.parse().unwrap());
            }
            assert_eq!(sealed(&headers), want, "{values:?}");
        }
    }
}
