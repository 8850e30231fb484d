//! Who is calling: `Authorization: Bearer KEY` or the cookie of a session, and what they may do and see (RULES, section 14).

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::problem::{Code, Problem};
use super::session::{Session, Sessions};
use crate::actors::Engine;
use crate::domain::access::{Action, Reach};
use crate::engine::directory::Cell;
use crate::engine::keys::KeyInfo;

/// The longest key that is looked at.
const SECRET_BYTES_MAX: usize = 256;

/// Whoever sent a request, known by a key that is not revoked or by a session.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Of a session that began with a token, what the token said.
    pub key: Arc<KeyInfo>,
    /// `None` where the key itself was sent.
    pub session: Option<Arc<Session>>,
}

impl Caller {
    /// The one wallet the key is bound to.
    pub fn bound_to(&self) -> Option<&str> {
        self.key.wallet.as_deref()
    }

    /// The id of the key, for the audit.
    pub fn actor(&self) -> String {
        self.key.id.to_string()
    }

    /// For what concerns no particular wallet.
    pub fn may(&self, action: Action) -> Result<(), Problem> {
        self.has_role(action)?;
        match (action.reach(), self.bound_to()) {
            (Reach::AllWallets, Some(_)) => {
                Err(Problem::new(Code::Forbidden, "this needs a key that is bound to all wallets"))
            }
            (Reach::AllWallets, None) | (Reach::OneWallet, _) => Ok(()),
        }
    }

    /// For what concerns one wallet. Another wallet than the key's is unknown, whether or not it
    /// exists: it is not even looked up, so that the time taken tells nothing either.
    pub fn may_on(&self, action: Action, wallet: &str) -> Result<(), Problem> {
        self.has_role(action)?;
        match self.bound_to() {
            Some(own) if own != wallet => Err(Problem::unknown_wallet()),
            _ => self.may(action),
        }
    }

    /// The wallet itself, where the caller may do this to it.
    pub fn wallet(&self, action: Action, wallet: &str, engine: &Engine) -> Result<Arc<Cell>, Problem> {
        self.may_on(action, wallet)?;
        engine.directory().find(wallet).ok_or_else(Problem::unknown_wallet)
    }

    fn has_role(&self, action: Action) -> Result<(), Problem> {
        if self.key.role.may(action) {
            return Ok(());
        }
        let role = self.key.role.as_str();
        Err(Problem::new(Code::Forbidden, format!("the role {role} does not suffice for this")))
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Caller, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(caller(request))
    }
}

fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    let sessions = request.app_data::<Data<Sessions>>();
    if let Some(sessions) = sessions.filter(|_| !request.headers().contains_key(AUTHORIZATION))
        && let Some(caller) = sessions.caller(request, super::engine_of(request))
    {
        return caller;
    }
    let secret = bearer(request.headers())
        .ok_or_else(|| Problem::new(Code::Unauthorized, "send the header Authorization: Bearer KEY"))?;
    // The look-up is by a hash of the secret, so its time tells nothing of how much of it was right.
    let key = super::engine_of(request).keys().find(secret);
    key.map(|key| Caller { key, session: None })
        .ok_or_else(|| Problem::new(Code::Unauthorized, "no such key, or revoked"))
}

/// The secret of the only `Authorization` header, where it is well-formed (RFC 6750).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    let secret = secret.trim_matches(' ');
    let whole =
        (1..=SECRET_BYTES_MAX).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("Bearer") && whole).then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Role;
    use crate::domain::time::Timestamp;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn only_one_well_formed_bearer_header_is_read() {
        let long = format!("Bearer {}", "k".repeat(SECRET_BYTES_MAX + 1));
        let table: [(&[&str], Option<&str>); 11] = [
            (&["Bearer fb_1"], Some("fb_1")),
            (&["bearer fb_1"], Some("fb_1")),
            (&["Bearer   fb_1 "], Some("fb_1")),
            (&[], None),
            (&["Bearer"], None),
            (&["Bearer "], None),
            (&["Basic fb_1"], None),
            (&["fb_1"], None),
            (&["Bearer fb 1"], None),
            (&["Bearer fb_1", "Bearer fb_2"], None),
            (&[&long], None),
        ];
        for (values, want) in table {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
            }
            assert_eq!(bearer(&headers), want, "{values:?}");
        }
    }

    fn key(role: Role, wallet: Option<&str>) -> Caller {
        let key = KeyInfo {
            id: "key_0".into(),
            role,
            wallet: wallet.map(Into::into),
            name: "".into(),
            made_at: Timestamp::default(),
            revoked_at: None,
        };
        Caller { key: Arc::new(key), session: None }
    }

    #[test]
    fn a_bound_key_does_not_see_other_wallets_and_a_role_does_not_reach_further_than_it_may() {
        let (bound, free) = (key(Role::Operator, Some("acme")), key(Role::Operator, None));
        let viewer = key(Role::Viewer, Some("acme"));
        let table = [
            (&free, Action::OpenWallet, "other", None),
            (&free, Action::Adjust, "other", None),
            (&bound, Action::Adjust, "acme", None),
            (&bound, Action::Adjust, "other", Some(Code::UnknownWallet)),
            (&bound, Action::OpenWallet, "other", Some(Code::UnknownWallet)),
            (&bound, Action::OpenWallet, "acme", Some(Code::Forbidden)),
            (&viewer, Action::SeeWallet, "acme", None),
            (&viewer, Action::SeeWallet, "other", Some(Code::UnknownWallet)),
            (&viewer, Action::Adjust, "acme", Some(Code::Forbidden)),
            (&viewer, Action::Adjust, "other", Some(Code::Forbidden)),
        ];
        for (caller, action, wallet, want) in table {
            let found = caller.may_on(action, wallet).err();
            let found = found.map(|problem| problem.code());
            assert_eq!(
                found,
                want,
                "{action:?} on {wallet} by {:?} of {:?}",
                caller.key.role,
                caller.bound_to()
            );
        }
        assert!(bound.may(Action::ManageTariffs).is_err(), "tariffs are for keys bound to all wallets");
        assert!(free.may(Action::ManageTariffs).is_ok());
    }
}
