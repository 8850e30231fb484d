//! The payment sandbox over HTTP: Stripe's API under `/sandbox/stripe/v1`, the checkout page, and the switches.
//!
//! No part of the interface: registered only where the sandbox takes the place of the payment provider. The API
//! answers to the sandbox's own secret key, as Stripe would; the page to whoever knows a session's address.

use std::io;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY};
use actix_web::web::{self, Bytes, Data, Form, Path, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, post, put};
use futures_util::stream;
use serde::Deserialize;

use super::auth::Caller;
use super::body::Json;
use super::problem::{Code, Problem};
use crate::clock::Clock;
use crate::domain::access::Action as Right;
use crate::payments::sandbox::{Action, Answer, Call, PageAnswer, Sandbox, Switches};

/// Where the API is: the base URL of a client that speaks to the sandbox over HTTP.
pub const BASE_PATH: &str = "/sandbox/stripe";
/// Where checkout pages are, followed by the session's id.
pub const PAGE_PATH: &str = "/sandbox/stripe/pay/";
/// No call of the API is longer.
const FORM_BYTES_MAX: usize = 64 << 10;
/// The page has its styles inside. It may be left for anywhere: browsers count a redirect after a form as the
/// form's action, so `form-action` would keep the payer from going back.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
/// The switches are for whoever may do everything.
const OPERATE: Right = Right::MoveClock;

/// What these routes need: `Data<Desk>` of the application.
#[derive(Clone)]
pub struct Desk {
    pub sandbox: Arc<Sandbox>,
    /// The engine's, so that the sandbox lives at the same time.
    pub clock: Arc<Clock>,
}

pub fn register(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/sandbox/stripe/v1/{tail:.*}")
                .app_data(PayloadConfig::new(FORM_BYTES_MAX))
                .route(web::route().to(answer_call)),
        )
        .service(get_page)
        .service(post_page)
        .service(get_switches)
        .service(put_switches);
}

async fn answer_call(desk: Data<Desk>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    // A body that is no text is no form; its parameters are missing.
    let body = std::str::from_utf8(&body).unwrap_or_default();
    let method = request.method().as_str();
    let call = Call {
        method,
        path: request.path().strip_prefix(BASE_PATH).unwrap_or_default(),
        authorization: header(AUTHORIZATION.as_str()),
        idempotency_key: header("Idempotency-Key"),
        form: if method == "GET" { request.query_string() } else { body },
    };
    match desk.sandbox.handle(&call, desk.clock.now()) {
        Answer::Lost => cut_off(),
        Answer::Reply(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = HttpResponse::build(status);
            if reply.replayed {
                response.insert_header(("Idempotent-Replayed", "true"));
            }
            response.content_type("application/json").body(reply.body)
        }
    }
}

/// An answer that breaks off: the connection ends before there is anything to read.
fn cut_off() -> HttpResponse {
    let broken = io::Error::from(io::ErrorKind::ConnectionAborted);
    HttpResponse::Ok().streaming(stream::iter([Err::<Bytes, io::Error>(broken)]))
}

#[get("/sandbox/stripe/pay/{session}")]
async fn get_page(desk: Data<Desk>, session: Path<String>) -> Result<HttpResponse, Problem> {
    let html = desk.sandbox.page(&session, desk.clock.now()).ok_or_else(no_session)?;
    Ok(page().body(html))
}

/// What the form of the page sends.
#[derive(Deserialize)]
struct Handed {
    action: String,
    #[serde(default)]
    card: String,
}

#[post("/sandbox/stripe/pay/{session}")]
async fn post_page(
    desk: Data<Desk>,
    session: Path<String>,
    handed: Form<Handed>,
) -> Result<HttpResponse, Problem> {
    let action = Action::parse(&handed.action)
        .ok_or_else(|| Problem::bad_field("action", "pay, decline or abandon"))?;
    let answer = desk.sandbox.act(&session, action, &handed.card, desk.clock.now());
    Ok(match answer.ok_or_else(no_session)? {
        PageAnswer::Page(html) => page().body(html),
        PageAnswer::Redirect(place) => HttpResponse::SeeOther().insert_header((LOCATION, place)).finish(),
    })
}

fn page() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY));
    response.insert_header((REFERRER_POLICY, "no-referrer"));
    response.content_type("text/html; charset=utf-8");
    response
}

fn no_session() -> Problem {
    Problem::new(Code::NotFound, "no such checkout")
}

#[get("/sandbox/stripe/switches")]
async fn get_switches(caller: Caller, desk: Data<Desk>) -> Result<HttpResponse, Problem> {
    caller.may(OPERATE)?;
    Ok(HttpResponse::Ok().json(desk.sandbox.switches()))
}

/// Replaces all of them; what is left out goes back to its default.
#[put("/sandbox/stripe/switches")]
async fn put_switches(
    caller: Caller,
    desk: Data<Desk>,
    switches: Json<Switches>,
) -> Result<HttpResponse, Problem> {
    caller.may(OPERATE)?;
    if let Some((field, why)) = switches.0.fault() {
        return Err(Problem::bad_field(field, why));
    }
    desk.sandbox.switch(switches.0, desk.clock.now());
    Ok(HttpResponse::Ok().json(desk.sandbox.switches()))
}

#[cfg(test)]
mod tests;
