//! What is for people: the wallet page, the description of the interface, and Swagger UI, which is built in and works
//! without the internet.

mod wallet_page;

use std::sync::{Arc, LazyLock};

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY,
};
use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder, get};
use utoipa_swagger_ui::Config;

pub use self::wallet_page::Policy;
use super::openapi;
use super::problem::{Code, Problem};

/// Swagger UI has its scripts and styles in files; its icons are data in the style sheet.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The online validator is switched off: nothing of the description leaves the machine.
static SWAGGER: LazyLock<Arc<Config<'static>>> =
    LazyLock::new(|| Arc::new(Config::from("/openapi.json").validator_url("none").try_it_out_enabled(true)));

pub fn register(config: &mut ServiceConfig) {
    config.configure(wallet_page::register).service(get_docs).service(get_docs_file);
}

/// This description
#[utoipa::path(
    tag = "health",
    security(()),
    responses((status = 200, description = "The interface in OpenAPI 3.1", body = Object))
)]
#[get("/openapi.json")]
pub async fn get_description() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(openapi::DOCUMENT.as_str())
}

/// Swagger UI names its files relative to where it is.
#[get("/docs")]
async fn get_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

#[get("/docs/{file:.*}")]
async fn get_docs_file(file: Path<String>) -> Result<HttpResponse, Problem> {
    let found = utoipa_swagger_ui::serve(&file, Arc::clone(&SWAGGER)).map_err(Problem::internal)?;
    let found = found.ok_or_else(|| Problem::new(Code::NotFound, "no such page"))?;
    let mut response = page(DOCS_POLICY);
    if found.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.content_type(found.content_type).body(found.bytes.into_owned()))
}

fn page(policy: &'static str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_SECURITY_POLICY, policy));
    response.insert_header((REFERRER_POLICY, "no-referrer"));
    response.insert_header((CACHE_CONTROL, "no-cache"));
    response
}
