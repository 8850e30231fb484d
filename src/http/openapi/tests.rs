//! Tests of the description: it names what answers, and says all there is to say about it.

use actix_web::App;
use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use serde_json::Value;

use super::super::configure;
use super::*;

fn document() -> Value {
    serde_json::from_str(&DOCUMENT).unwrap()
}

/// Every call that is described: method, path and operation.
fn calls() -> Vec<(Method, String, Value)> {
    let document = document();
    let mut calls = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            calls.push((method, path.clone(), operation.clone()));
        }
    }
    calls
}

fn filled(path: &str) -> String {
    let given = [("{seq}", "1"), ("{wallet}", "acme"), ("{number}", "+14155550100"), ("{hold}", "h_1")];
    let filled = given.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    filled.replace("{top_up}", "tu_1").replace("{id}", "x").replace("{name}", "x")
}

/// Calls that say all in their path.
const WITHOUT_BODY: [&str; 3] =
    ["/v1/wallets/{wallet}/holds/{hold}/void", "/v1/webhooks/{id}/rotate", "/v1/webhooks/{id}/test"];

#[actix_web::test]
async fn what_is_registered_and_what_is_described_is_the_same() {
    let calls = calls();
    assert_eq!(calls.len(), HANDLERS.len(), "one call for each handler");
    let app = init_service(App::new().configure(configure)).await;
    for (method, path, operation) in calls {
        let request = TestRequest::with_uri(&filled(&path)).method(method.clone()).to_request();
        let status = call_service(&app, request).await.status().as_u16();
        let open = operation.get("security").is_some();
        // There is no engine here: what needs none or a key only answers, the rest fails later than routing.
        assert!(status != 404 && status != 405, "{method} {path} is described but not registered");
        assert!(open || status == 401, "{method} {path} answered {status} without a key");
    }
}

#[actix_web::test]
async fn what_is_not_there_is_a_problem_document() {
    let app = init_service(App::new().configure(configure)).await;
    let table = [
        (Method::GET, "/v1/nothing", 404, None),
        (Method::GET, "/v1/wallets/", 404, None),
        (Method::DELETE, "/v1/wallets/acme", 405, Some("GET, PUT")),
        (Method::GET, "/v1/events", 405, Some("POST")),
        (Method::PATCH, "/v1/keys/x", 405, Some("DELETE")),
        (Method::GET, "/docs/nothing.js", 404, None),
    ];
    for (method, path, status, allow) in table {
        let request = TestRequest::with_uri(path).method(method.clone()).to_request();
        let response = call_service(&app, request).await;
        assert_eq!(response.status().as_u16(), status, "{method} {path}");
        let told = response.headers().get(ALLOW).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(told.as_deref(), allow, "Allow of {method} {path}");
        let body: Value = serde_json::from_slice(&read_body(response).await).unwrap();
        assert_eq!(body["status"], status, "the document of {method} {path}: {body}");
    }
}

#[actix_web::test]
async fn the_pages_answer_with_a_policy_and_without_a_key() {
    let app = init_service(App::new().configure(configure)).await;
    let files =
        ["/", "/docs/", "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/swagger-initializer.js"];
    for path in files {
        let response = call_service(&app, TestRequest::with_uri(path).to_request()).await;
        assert_eq!(response.status().as_u16(), 200, "{path}");
        let policy = response.headers().get("content-security-policy").unwrap().to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("http"), "{path}: {policy}");
    }
    let script = call_service(&app, TestRequest::with_uri("/docs/swagger-initializer.js").to_request()).await;
    let script = String::from_utf8(read_body(script).await.to_vec()).unwrap();
    for part in ["/openapi.json", "\"validatorUrl\": \"none\""] {
        assert!(script.contains(part), "wanted {part} in: {script}");
    }
}

#[test]
fn every_call_has_a_summary_a_tag_answers_and_problems() {
    for (method, path, operation) in calls() {
        let call = format!("{method} {path}");
        for field in ["summary", "operationId"] {
            assert!(operation[field].as_str().is_some_and(|text| !text.is_empty()), "{call} has no {field}");
        }
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{call} has one tag");
        let takes_body =
            [Method::PUT, Method::POST].contains(&method) && !WITHOUT_BODY.contains(&path.as_str());
        assert_eq!(operation.get("requestBody").is_some(), takes_body, "{call} describes its body");
        for (status, response) in operation["responses"].as_object().unwrap() {
            let described = status == "204"
                || response["content"].as_object().is_some_and(|content| {
                    content.iter().all(|(_, content)| content.get("schema").is_some())
                });
            assert!(described, "{call}: {status} has no schema");
            assert!(
                response["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{call}: {status}"
            );
        }
        let problems = operation["responses"].as_object().unwrap();
        if operation.get("security").is_none() {
            for status in ["401", "403", "500", "503"] {
                let schema = &problems[status]["content"][problem::MEDIA_TYPE]["schema"]["$ref"];
                assert_eq!(*schema, "#/components/schemas/Problem", "{call}: {status}");
            }
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{call}: {parameter} has no description");
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_described() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1) {
        let (target, _) = reference.split_once('"').unwrap();
        let name = target.strip_prefix("#/components/schemas/").expect("references are to schemas");
        assert!(schemas.contains_key(name), "{name} is referred to but not there");
    }
    for (name, schema) in schemas {
        assert!(schema["description"].is_string(), "the schema {name} has no description");
        // What is only listed is described in its page.
        let used = [format!("#/components/schemas/{name}\""), format!("#/components/schemas/Page_{name}\"")];
        assert!(used.iter().any(|used| text.contains(used)), "the schema {name} is used nowhere");
    }
    let scheme = &document["components"]["securitySchemes"][KEY];
    assert_eq!((&scheme["type"], &scheme["scheme"]), (&"http".into(), &"bearer".into()));
}
