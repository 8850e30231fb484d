//! Whether a request that brings a cookie comes from the page itself: a browser sends cookies on anybody's behalf.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::ORIGIN;

/// What the page sends along; no other site can have a browser send it here without asking us first.
pub const PAGE_HEADER: &str = "Farebox-Page";
const FETCH_SITE: &str = "Sec-Fetch-Site";

/// Whether what is asked for may be done for somebody known by a cookie alone.
pub fn is_from_page(request: &HttpRequest) -> bool {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    is_from_here(request) && (safe || request.headers().contains_key(PAGE_HEADER))
}

/// Not from another site, as far as the browser says where it comes from.
fn is_from_here(request: &HttpRequest) -> bool {
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let site_fits = text(FETCH_SITE).is_none_or(|site| matches!(site, "same-origin" | "none"));
    let connection = request.connection_info();
    let origin_fits = text(ORIGIN.as_str()).is_none_or(|origin| {
        // The scheme is a proxy's to know; the host is what the browser has asked for.
        origin.split_once("://").is_some_and(|(_, host)| host.eq_ignore_ascii_case(connection.host()))
    });
    site_fits && origin_fits
}

/// Whether the browser reached us over TLS, which a proxy in front brings.
pub fn is_over_tls(request: &HttpRequest) -> bool {
    let origin = request.headers().get(ORIGIN).and_then(|value| value.to_str().ok());
    origin.is_some_and(|origin| origin.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_the_page_itself_may_act_with_a_cookie() {
        let page = (PAGE_HEADER, "1");
        let ours = ("Origin", "http://meter.example:8080");
        type Headers<'t> = &'t [(&'t str, &'t str)];
        let table: [(&str, Headers<'_>, bool); 12] = [
            ("GET", &[], true),
            ("GET", &[(FETCH_SITE, "same-origin")], true),
            ("GET", &[(FETCH_SITE, "none")], true),
            ("GET", &[(FETCH_SITE, "cross-site")], false),
            ("GET", &[(FETCH_SITE, "same-site")], false),
            ("POST", &[ours], false),
            ("POST", &[page], true),
            ("POST", &[page, ours, (FETCH_SITE, "same-origin")], true),
            ("POST", &[page, ("Origin", "http://evil.example")], false),
            ("POST", &[page, ("Origin", "http://meter.example")], false),
            ("POST", &[page, ("Origin", "null")], false),
            ("DELETE", &[page, ours, (FETCH_SITE, "cross-site")], false),
        ];
        for (method, headers, want) in table {
            let mut request = TestRequest::default()
                .method(Method::from_bytes(method.as_bytes()).unwrap())
                .insert_header(("Host", "meter.example:8080"));
            for header in headers {
                request = request.insert_header(*header);
            }
            assert_eq!(is_from_page(&request.to_http_request()), want, "{method} {headers:?}");
        }
    }
}
