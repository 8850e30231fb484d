//! The interface over HTTP: the only place that names actix_web.
//!
//! One file per resource, each with its calls and what they look like in JSON; [`openapi`] lists them all.
//! Shared by them: who is calling ([`auth`], [`session`]), how bodies are read ([`body`], [`readers`]), what is carried out once ([`once`]),
//! lists ([`page`], [`documents`]), files of any length ([`download`], [`packing`]), single fields ([`field`]), amounts and instants ([`wire`]), and every error
//! ([`problem`]), and what is counted of every request ([`watching`]). Called by the command line with
//! an engine and a listener; calls the engine, `ingest` and `usage`.
//!
//! Promises: no body takes memory beyond its permit and its limit; a request of which anything was taken is
//! answered with its outcomes (J1); another wallet than the key's is as if it did not exist.
//! Deliberately not here: TLS, which a proxy in front brings, and any rule of the product.

mod adjustments;
mod alerts;
pub mod answer;
mod audit;
mod auth;
mod auto_top_up;
mod body;
mod corrections;
mod deliveries;
mod documents;
mod download;
mod entries;
mod events;
mod explain;
mod exports;
mod field;
mod health;
mod holds;
mod keys;
mod live;
mod messages;
mod numbers;
mod once;
mod openapi;
mod pace;
mod packing;
mod page;
mod pages;
mod payments;
mod plan;
mod problem;
mod quotes;
mod readers;
mod reconcile;
pub mod sandbox;
mod schema;
mod segments;
mod session;
mod statements;
mod tariffs;
mod test_clock;
mod top_ups;
mod usage;
mod usage_query;
mod wallets;
mod watching;
mod webhooks;
mod wire;
mod words;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Service as _;
pub use actix_web::dev::{Server, ServerHandle};
use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{self, Data, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, HttpServer, ResponseError as _};

use self::live::Streams;
use self::problem::{Code, Problem};
use self::readers::Readers;
use self::session::Sessions;
use crate::actors::Engine;
use crate::clock::Stopwatch;
use crate::effects::Outside;

/// Most connections that wait to be accepted; a listener from the standard library lets only 128 wait.
const BACKLOG: i32 = 1_024;
/// How long requests under way may take once the server stops.
const SHUTDOWN_SECONDS: u64 = 5;
/// How long a client may take to close a connection that we have ended.
const DISCONNECT: Duration = Duration::from_secs(1);

/// Serves the interface on `listener`, over HTTP/1.1 and HTTP/2 without TLS. The server runs once it is
/// awaited, in the system of the thread that awaits it; it stops by its handle and listens to no signals.
pub fn serve(engine: Engine, outside: Arc<Outside>, listener: TcpListener) -> io::Result<Server> {
    rustix::net::listen(&listener, BACKLOG)?;
    let settings = engine.config().http.clone();
    let clock = engine.shared_clock();
    let desk = outside.sandbox.clone().map(|sandbox| Data::new(sandbox::Desk { sandbox, clock }));
    for (method, path) in openapi::calls() {
        engine.meters().requests.expect(method, path);
    }
    let config = engine.config();
    let sessions = Data::new(Sessions::open(&config.data_dir, &engine.secret().0, &config.page)?);
    let (streams, policy) = (Data::new(Streams::new()), Data::new(pages::Policy::of(&config.page)));
    let (engine, outside) = (Data::new(engine), Data::new(outside));
    let ids = Data::new(watching::RequestIds::default());
    let (applying, readers) = (Data::new(reconcile::apply::Applying::default()), Data::new(Readers::new()?));
    let server = HttpServer::new(move || {
        let desk = desk.clone();
        App::new()
            .app_data(engine.clone())
            .app_data(outside.clone())
            .app_data(ids.clone())
            .app_data(applying.clone())
            .app_data(readers.clone())
            .app_data(sessions.clone())
            .app_data(streams.clone())
            .app_data(policy.clone())
            .wrap(
                DefaultHeaders::new()
                    .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
                    .add((CACHE_CONTROL, HeaderValue::from_static("no-store"))),
            )
            .wrap_fn(|mut request, service| {
                // Whatever can be got can be asked for its head; the body of the answer is left out below us.
                if request.method() == Method::HEAD {
                    request.head_mut().method = Method::GET;
                    request.extensions_mut().insert(download::OnlyHead);
                }
                let watch = Stopwatch::start();
                let answer = service.call(request);
                async move {
                    let answer = answer.await?;
                    watching::count(&engine_of(answer.request()).meters().requests, &answer, watch);
                    Ok(answer)
                }
            })
            .configure(configure)
            // Last: a request is held against the routes in their order.
            .configure(move |config| {
                if let Some(desk) = desk {
                    config.app_data(desk);
                    sandbox::register(config);
                }
            })
    });
    let server = if settings.workers == 0 { server } else { server.workers(settings.workers) };
    let server = server
        .keep_alive(seconds(settings.keep_alive_seconds))
        .client_request_timeout(seconds(settings.client_timeout_seconds))
        .client_disconnect_timeout(DISCONNECT)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .disable_signals()
        .listen_auto_h2c(listener)?;
    Ok(server.run())
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds))
}

/// All calls and pages, and problem documents for everything else.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(PathConfig::default().error_handler(|error, _| Problem::from(error).into()))
        .app_data(QueryConfig::default().error_handler(|error, _| Problem::from(error).into()))
        .configure(openapi::register)
        .configure(pages::register)
        .default_service(web::to(missing));
}

async fn missing(request: HttpRequest) -> HttpResponse {
    let problem = match openapi::methods_of(request.path()) {
        Some(methods) => Problem::method_not_allowed(methods),
        None => Problem::new(Code::NotFound, "no such path"),
    };
    problem.error_response()
}

fn engine_of(request: &HttpRequest) -> &Engine {
    request.app_data::<Data<Engine>>().expect("serve gives every request the engine")
}
