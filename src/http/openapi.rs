//! The description of the interface, made from the handlers that answer it.
//!
//! [`routes!`] is the one list of calls: from it they are registered and described, so that neither can be
//! forgotten. What is the same for many calls (the key, the parameters of paths, the problems) is added here.

use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use actix_web::web::ServiceConfig;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi, openapi};

use super::problem::{self, Code};
use super::reconcile::apply;
use super::{
    adjustments, alerts, audit, auto_top_up, corrections, deliveries, entries, events, explain, exports,
    health, holds, keys, live, messages, numbers, pace, pages, payments, quotes, reconcile, segments,
    session, statements, tariffs, test_clock, top_ups, usage, wallets, webhooks,
};

const KEY: &str = "key";

macro_rules! routes {
    ($($module:ident::$handler:ident),+ $(,)?) => {
        pub fn register(config: &mut ServiceConfig) {
            $(config.service($module::$handler);)+
        }

        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "Farebox",
                description = "The prepaid meter for text messages. Amounts are decimals in strings, instants \
are RFC 3339 in UTC, lists have cursors, errors are problem documents (RFC 9457) with a stable `code`.",
                contact(),
            ),
            paths($($module::$handler),+),
            components(schemas(problem::Document)),
            security(("key" = [])),
            modifiers(&Common),
            tags(
                (name = "wallets", description = "Balances and their terms"),
                (name = "events", description = "What happened to messages, and what carriers charged"),
                (name = "entries", description = "What was posted, and why"),
                (name = "usage", description = "Where the credit went"),
                (name = "numbers", description = "What wallets rent"),
                (name = "holds", description = "What is set aside before a send, and what it would cost"),
                (name = "top-ups", description = "Money that is paid in, by hand and by itself"),
                (name = "alerts", description = "What is worth telling"),
                (name = "webhooks", description = "Who is told"),
                (name = "tariffs", description = "Named price lists"),
                (name = "keys", description = "Who may call"),
                (name = "session", description = "Who is signed in to the page"),
                (name = "audit", description = "Who did what"),
                (name = "payments", description = "What the payment provider says by itself"),
                (name = "test clock", description = "Only with `--test-clock` and the sandbox in the provider's place"),
                (name = "health", description = "For probes and monitoring, without a key"),
            ),
        )]
        struct Description;

        #[cfg(test)]
        const HANDLERS: &[&str] = &[$(stringify!($handler)),+];
    };
}

routes![
    // First: a request is held against the routes in this order, and those with parameters cost a regular expression each.
    events::post_events,
    wallets::get_wallet,
    wallets::put_wallet,
    wallets::list_wallets,
    pace::get_pace,
    live::get_live,
    adjustments::post_adjustment,
    entries::list_entries,
    explain::get_explanation,
    corrections::post_correction,
    usage::get_usage,
    statements::list_statements,
    statements::get_statement,
    exports::get_usage_csv,
    exports::get_entries_csv,
    exports::get_entries_parquet,
    reconcile::post_reconciliation,
    apply::apply_reconciliation,
    messages::get_message,
    segments::post_segments,
    numbers::post_number,
    numbers::list_numbers,
    numbers::get_number,
    numbers::get_number_quote,
    numbers::delete_number,
    holds::post_hold,
    holds::list_holds,
    holds::get_hold,
    holds::settle_hold,
    holds::void_hold,
    quotes::post_quote,
    top_ups::post_top_up,
    top_ups::list_top_ups,
    top_ups::get_top_up,
    auto_top_up::get_auto_top_up,
    auto_top_up::put_auto_top_up,
    auto_top_up::delete_auto_top_up,
    alerts::get_alert_settings,
    alerts::put_alert_settings,
    alerts::list_alerts,
    webhooks::post_webhook,
    webhooks::list_webhooks,
    webhooks::delete_webhook,
    webhooks::rotate_secret,
    webhooks::test_webhook,
    deliveries::list_deliveries,
    deliveries::replay_alert,
    tariffs::post_tariff,
    tariffs::list_tariffs,
    tariffs::get_tariff,
    session::post_session,
    session::get_session,
    session::delete_session,
    keys::post_key,
    keys::list_keys,
    keys::delete_key,
    audit::list_acts,
    audit::export_acts,
    payments::post_stripe_webhook,
    test_clock::get_test_clock,
    test_clock::post_advance,
    health::livez,
    health::readyz,
    health::metrics,
    pages::get_description,
];

/// The description as JSON.
pub static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| Description::openapi().to_json().expect("a description is serialisable"));

static METHODS: LazyLock<Vec<(ResourceDef, String)>> = LazyLock::new(|| {
    let paths = Description::openapi().paths.paths;
    let methods =
        |item: &mut PathItem| operations(item).map(|(method, _)| method).collect::<Vec<_>>().join(", ");
    paths.into_iter().map(|(path, mut item)| (ResourceDef::new(path.as_str()), methods(&mut item))).collect()
});

/// Every call, by method and pattern of its path.
pub fn calls() -> impl Iterator<Item = (&'static str, &'static str)> {
    let patterns = METHODS.iter().filter_map(|(definition, methods)| Some((definition.pattern()?, methods)));
    patterns.flat_map(|(pattern, methods)| methods.split(", ").map(move |method| (method, pattern)))
}

/// The methods of a path that exists, as `Allow` lists them.
pub fn methods_of(path: &str) -> Option<String> {
    METHODS.iter().find(|(definition, _)| definition.is_match(path)).map(|(_, methods)| methods.clone())
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, .. } = item;
    [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete)]
        .into_iter()
        .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// What the calls have in common.
struct Common;

impl Modify for Common {
    fn modify(&self, description: &mut openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A key: `Authorization: Bearer fbx_...`"))
            .build();
        let components = description.components.get_or_insert_default();
        components.add_security_scheme(KEY, SecurityScheme::Http(scheme));
        for item in description.paths.paths.values_mut() {
            for (method, operation) in operations(item) {
                describe_path(operation);
                add_problems(method, operation);
            }
        }
    }
}

fn describe_path(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if parameter.parameter_in == ParameterIn::Path {
            let told = match parameter.name.as_str() {
                "wallet" => "The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : -",
                "seq" => "The entry's number",
                "id" => "The id of the event, key or webhook",
                "month" => "The month in the wallet's zone, such as 2026-07",
                "number" => "The number: E.164 with its plus, or a short code",
                "hold" => "The hold's id, such as h_1",
                "top_up" => "The top-up's id, such as tu_1",
                "name" => "The tariff's name",
                name => unreachable!("the path parameter {name} has no description"),
            };
            parameter.description = Some(told.to_owned());
        }
    }
}

/// Adds the problems that a call of this kind may end with, and what those look like that it names itself.
fn add_problems(method: &str, operation: &mut Operation) {
    let open = operation.security.is_some();
    let has_body = operation.request_body.is_some();
    let has_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let names_one = operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Path,
        RefOr::Ref(_) => false,
    });
    let statuses: [(bool, &[u16]); 5] = [
        (!open, &[401, 403, 500, 503]),
        (has_body || has_parameters, &[400]),
        (names_one, &[404]),
        (has_body, &[408, 413, 415]),
        (method != "GET", &[429]),
    ];
    let responses = &mut operation.responses.responses;
    for status in statuses.iter().filter(|(applies, _)| *applies).flat_map(|(_, statuses)| *statuses) {
        responses.entry(status.to_string()).or_insert_with(|| RefOr::T(Response::new(meaning(*status))));
    }
    for (status, response) in responses.iter_mut() {
        let RefOr::T(response) = response else { continue };
        if status.as_str() >= "400" && response.content.is_empty() {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            *response = ResponseBuilder::new()
                .description(std::mem::take(&mut response.description))
                .content(problem::MEDIA_TYPE, content)
                .build();
        }
    }
}

/// The codes of a status, with what they mean.
fn meaning(status: u16) -> String {
    let codes = Code::ALL.iter().filter(|code| code.status() == status);
    codes.map(|code| format!("`{}`: {}", code.word(), code.title())).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests;
