//! Calls that move or hold money: each is carried out once under its idempotency key.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::auth::Caller;
use super::field;
use super::problem::Problem;
use crate::actors::Engine;
use crate::actors::command::{Done, WalletCommand, WalletRequest};
use crate::domain::wallet::WalletId;

const IDEMPOTENCY_REPLAYED: &str = "Idempotency-Replayed";

/// What a call asks for under its key: its name, and the parts of what was sent, in one form however they were written.
pub struct Content<'a> {
    pub call: &'static str,
    pub parts: &'a [&'a [u8]],
}

/// Carries the command out, or finds that it was carried out before under the same key.
pub async fn carry_out(
    engine: &Engine,
    caller: &Caller,
    wallet: WalletId,
    request: &HttpRequest,
    command: WalletCommand,
    content: Content<'_>,
) -> Result<Done, Problem> {
    let key = field::idempotency_key(request.headers())?;
    let fingerprint = engine.secret().request_fingerprint(content.call, content.parts);
    let asked = WalletRequest::once(command, key, fingerprint).by(caller.actor());
    Ok(engine.command(wallet, asked).await?)
}

/// Whether a request was carried out now or before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    Now,
    Before,
}

impl Carried {
    pub fn of(done: Done) -> Carried {
        if done.replayed { Carried::Before } else { Carried::Now }
    }

    /// The answer to a call that makes something.
    pub fn made(self, body: impl Serialize) -> HttpResponse {
        self.answer(StatusCode::CREATED, body)
    }

    /// The answer to a call that changes what is there.
    pub fn changed(self, body: impl Serialize) -> HttpResponse {
        self.answer(StatusCode::OK, body)
    }

    fn answer(self, now: StatusCode, body: impl Serialize) -> HttpResponse {
        match self {
            Carried::Now => HttpResponse::build(now).json(body),
            Carried::Before => HttpResponse::Ok().insert_header((IDEMPOTENCY_REPLAYED, "true")).json(body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_carried_out_before_is_told_with_200_and_a_header() {
        let table = [
            (Carried::Now.made("x"), 201, false),
            (Carried::Before.made("x"), 200, true),
            (Carried::Now.changed("x"), 200, false),
            (Carried::Before.changed("x"), 200, true),
        ];
        for (response, status, header) in table {
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers().contains_key(IDEMPOTENCY_REPLAYED), header, "{status}");
        }
    }
}
