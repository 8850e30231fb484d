//! The wallet page: its files, embedded when the program was built, and the policy that it is shown under.

use std::io::Read as _;
use std::sync::LazyLock;

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY,
};
use actix_web::web::{Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, get};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;

use crate::clock::random_bytes;
use crate::config::PageSettings;
use crate::http::problem::{Code, Problem};

/// Each file's path and its packed bytes; empty where the page was not built.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page_files.rs"));
const UNBUILT: &str = include_str!("unbuilt.html");
const UNBUILT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const INDEX: &str = "index.html";
/// What stands in the page for the nonce of its styles, which are made as it is shown.
const NONCE_MARK: &str = "STYLE_NONCE";

/// The page, unpacked: a nonce is put in each time it is sent.
static PAGE: LazyLock<Option<String>> = LazyLock::new(|| {
    let packed = file(INDEX)?;
    let mut html = String::new();
    GzDecoder::new(packed).read_to_string(&mut html).expect("the build has packed a page of text");
    Some(html)
});

/// Who may show the page in a frame.
#[derive(Debug, Default)]
pub struct Policy {
    frame_ancestors: String,
}

impl Policy {
    pub fn of(settings: &PageSettings) -> Policy {
        Policy { frame_ancestors: settings.frame_ancestors.join(" ") }
    }

    /// Scripts in files only, styles in files or with the nonce, nothing from elsewhere.
    fn with_nonce(&self, nonce: &str) -> String {
        let ancestors = if self.frame_ancestors.is_empty() { "'none'" } else { &self.frame_ancestors };
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
             connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
        )
    }
}

pub fn register(config: &mut ServiceConfig) {
    config.service(get_index).service(get_place).service(get_file);
}

#[get("/")]
async fn get_index(policy: Option<Data<Policy>>) -> HttpResponse {
    page(policy)
}

/// Every place of the page has an address of its own; which it is, the page itself finds out.
#[get("/{place:(?:sign-in|wallets|tariffs|engine)(?:/.*)?}")]
async fn get_place(policy: Option<Data<Policy>>) -> HttpResponse {
    page(policy)
}

/// The name of a file changes with what is in it: it may be kept for ever.
#[get("/assets/{file:.*}")]
async fn get_file(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let name = format!("assets/{name}");
    let packed = file(&name).ok_or_else(|| Problem::new(Code::NotFound, "no such file"))?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((VARY, "Accept-Encoding"))
        .content_type(media_type(&name));
    let taken = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    if taken.is_some_and(|taken| taken.contains("gzip")) {
        return Ok(response.insert_header((CONTENT_ENCODING, "gzip")).body(packed));
    }
    let mut plain = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut plain).map_err(Problem::internal)?;
    Ok(response.body(plain))
}

fn page(policy: Option<Data<Policy>>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .content_type("text/html; charset=utf-8");
    let Some(html) = &*PAGE else {
        return response.insert_header((CONTENT_SECURITY_POLICY, UNBUILT_POLICY)).body(UNBUILT);
    };
    let nonce = STANDARD.encode(random_bytes::<16>());
    let policy = policy.map(|policy| policy.with_nonce(&nonce));
    let policy = policy.unwrap_or_else(|| Policy::default().with_nonce(&nonce));
    response.insert_header((CONTENT_SECURITY_POLICY, policy)).body(html.replace(NONCE_MARK, &nonce))
}

fn file(name: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_lets_nothing_in_from_elsewhere_and_frames_only_where_it_is_said() {
        let said = Policy::default().with_nonce("x");
        assert!(said.ends_with("frame-ancestors 'none'") && said.contains("script-src 'self';"), "{said}");
        let frame_ancestors = vec!["https://a.example".to_owned(), "https://b.example".to_owned()];
        let settings = PageSettings { frame_ancestors, ..PageSettings::default() };
        let said = Policy::of(&settings).with_nonce("x");
        assert!(said.ends_with("frame-ancestors https://a.example https://b.example"), "{said}");
    }

    #[test]
    fn what_was_embedded_can_be_sent() {
        for (name, packed) in FILES {
            let mut plain = Vec::new();
            GzDecoder::new(*packed).read_to_end(&mut plain).unwrap();
            assert!(!plain.is_empty(), "{name}");
        }
        assert_eq!(FILES.is_empty(), PAGE.is_none(), "a page that was built has an {INDEX}");
    }
}
