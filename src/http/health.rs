//! Whether the server lives, whether it is ready, and its figures. Without a key: probes have none.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actors::Engine;
use crate::actors::engine::Health;

/// Whether requests are taken, and if not, why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    ready: bool,
    /// Empty when ready.
    reasons: Vec<String>,
    /// What somebody should look at although requests are taken.
    warnings: Vec<String>,
}

/// The process answers
///
/// Says nothing about whether requests are taken; for that ask `/readyz`.
#[utoipa::path(
    tag = "health",
    security(()),
    responses((status = 200, description = "It answers", body = String, content_type = "text/plain", example = "ok\n"))
)]
#[get("/livez")]
pub async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// Requests are taken
#[utoipa::path(
    tag = "health",
    security(()),
    responses(
        (status = 200, description = "Ready", body = Readiness),
        (status = 503, description = "Not ready; the reasons say why", body = Readiness),
    )
)]
#[get("/readyz")]
pub async fn readyz(engine: Data<Engine>) -> HttpResponse {
    let health = engine.health();
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let Health { ready, reasons, warnings } = health;
    HttpResponse::build(status).json(Readiness { ready, reasons, warnings })
}

/// The figures of the server, for Prometheus
#[utoipa::path(
    tag = "health",
    security(()),
    responses((status = 200, description = "In the text format", body = String, content_type = "text/plain"))
)]
#[get("/metrics")]
pub async fn metrics(engine: Data<Engine>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(engine.metrics_text())
}
