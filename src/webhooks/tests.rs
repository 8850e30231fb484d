//! Attempts against a small server on loopback, and names that resolve to what they should not.

mod server;

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;

use super::sign::signatures;
use super::target::Lookup;
use super::{Delivered, Deliverer, Endpoint, Message, Secret, Settings};
use crate::domain::time::Span;
use server::{Answer, Server};

const BODY: &str =
    r#"{"type":"wallet.low_balance","timestamp":"2026-07-15T10:00:00Z","data":{"wallet":"acme"}}"#;

fn settings() -> Settings {
    Settings {
        timeout: Duration::from_millis(500),
        allowed_networks: vec!["127.0.0.1/32".parse().unwrap()],
        user_agent: "Farebox/test".to_owned(),
    }
}

fn message() -> Message {
    Message { id: "al_7".to_owned(), timestamp: 1_784_109_600, body: Bytes::from(BODY) }
}

fn endpoint(url: &str) -> Endpoint {
    Endpoint { url: url.to_owned(), secrets: vec![Secret::new([1; 32]), Secret::new([2; 32])] }
}

/// What comes of an attempt at a server that answers so, and what reached it.
async fn attempt(answer: Answer) -> (Delivered, Server) {
    let server = Server::start(answer).await;
    let deliverer = Deliverer::new(settings()).unwrap();
    (deliverer.deliver(&message(), &endpoint(&server.url("127.0.0.1"))).await, server)
}

#[tokio::test]
async fn a_message_arrives_as_standard_webhooks_wants_it() {
    let (delivered, server) = attempt(Answer::Text("HTTP/1.1 204 No Content\r\n\r\n")).await;
    assert_eq!(delivered, Delivered::Accepted { status: 204 });
    let requests = server.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(body, BODY, "the body is sent as it was signed");
    let secrets = endpoint("").secrets;
    let signature = signatures(&secrets, "al_7", 1_784_109_600, BODY.as_bytes());
    let want = [
        "POST /hook HTTP/1.1".to_owned(),
        "content-type: application/json".to_owned(),
        "user-agent: Farebox/test".to_owned(),
        "webhook-id: al_7".to_owned(),
        "webhook-timestamp: 1784109600".to_owned(),
        format!("webhook-signature: {signature}"),
    ];
    for line in want {
        assert!(head.lines().any(|found| found == line), "{line} is not in\n{head}");
    }
}

#[tokio::test]
async fn what_the_endpoint_answers_decides_what_becomes_of_the_message() {
    let retry = |status: u16, pause: Option<u32>| (Some(status), pause.map(Span::from_seconds));
    let table = [
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", Ok(200)),
        ("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n", Ok(202)),
        ("HTTP/1.1 500 Oops\r\ncontent-length: 4\r\n\r\noops", Err(retry(500, None))),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", Err(retry(404, None))),
        ("HTTP/1.1 429 Too Many\r\nretry-after: 30\r\ncontent-length: 0\r\n\r\n", Err(retry(429, Some(30)))),
        (
            "HTTP/1.1 503 Unavailable\r\ndate: Wed, 21 Oct 2026 07:28:00 GMT\r\nretry-after: Wed, 21 Oct 2026 \
             07:29:00 GMT\r\ncontent-length: 0\r\n\r\n",
            Err(retry(503, Some(60))),
        ),
        // Where a redirect leads is not even looked at: here to the same server.
        ("HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n", Err(retry(302, None))),
        (
            "HTTP/1.1 307 Elsewhere\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n",
            Err(retry(307, None)),
        ),
    ];
    for (answer, want) in table {
        let (delivered, server) = attempt(Answer::Text(answer)).await;
        let found = match &delivered {
            Delivered::Accepted { status } => Ok(*status),
            Delivered::Retry { status, retry_after, .. } => Err((*status, *retry_after)),
            other => panic!("{answer:?}: {other:?}"),
        };
        assert_eq!(found, want, "{answer:?}: {delivered:?}");
        assert_eq!(server.requests().len(), 1, "{answer:?}: one attempt is one request");
    }
    let (delivered, _) = attempt(Answer::Text("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")).await;
    assert_eq!(delivered, Delivered::Gone);
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_tried_again() {
    let table = [
        (Answer::Never, "no answer within 500 ms"),
        (Answer::Close, ""),
        (Answer::Text("SSH-2.0-OpenSSH_9.6\r\n\r\n"), ""),
    ];
    for (answer, want) in table {
        let (delivered, _) = attempt(answer).await;
        match &delivered {
            Delivered::Retry { status: None, why, retry_after: None } => {
                assert!(!why.is_empty() && why.contains(want), "{answer:?}: {why:?}");
            }
            other => panic!("{answer:?}: {other:?}"),
        }
    }
    let nobody = Server::start(Answer::Never).await.url("127.0.0.1");
    let delivered = Deliverer::new(settings()).unwrap().deliver(&message(), &endpoint(&nobody)).await;
    let retried = matches!(delivered, Delivered::Retry { status: None, .. });
    assert!(retried, "nobody listens any more: {delivered:?}");
}

#[tokio::test]
async fn an_answer_without_end_is_not_waited_for_and_its_status_counts() {
    for answer in [Answer::Huge, Answer::HalfABody] {
        let (delivered, server) = attempt(answer).await;
        assert_eq!(delivered, Delivered::Accepted { status: 200 }, "{answer:?}");
        // 16 KiB are read; the rest is what fits into the buffers in between.
        assert!(server.sent() < 64 * 1_024 * 1_024, "{answer:?}: {} bytes were taken", server.sent());
    }
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::start(Answer::Text("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")).await;
    let deliverer = Deliverer::new(settings()).unwrap();
    for _ in 0..3 {
        let delivered = deliverer.deliver(&message(), &endpoint(&server.url("127.0.0.1"))).await;
        assert_eq!(delivered, Delivered::Accepted { status: 200 });
    }
    assert_eq!((server.requests().len(), server.connections()), (3, 1), "requests and connections");
}

#[tokio::test]
async fn what_may_not_be_called_or_cannot_be_signed_is_not_called() {
    let server = Server::start(Answer::Text("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let url = server.url("127.0.0.1");
    let strict = Settings { allowed_networks: Vec::new(), ..settings() };
    let unsigned = Endpoint { secrets: Vec::new(), ..endpoint(&url) };
    let named = |id: &str| Message { id: id.to_owned(), ..message() };
    let table = [
        (strict.clone(), message(), endpoint(&url), "loopback"),
        (strict, message(), endpoint(&server.url("localhost")), "loopback"),
        (settings(), message(), endpoint("http://10.0.0.1/"), "private"),
        (settings(), message(), endpoint("ftp://127.0.0.1/"), "not an http"),
        (settings(), message(), unsigned, "no secret"),
        (settings(), named("acme.7"), endpoint(&url), "the id"),
        (settings(), named(""), endpoint(&url), "the id"),
        (settings(), named("al_7\r\nx: y"), endpoint(&url), "the id"),
    ];
    for (settings, message, endpoint, want) in table {
        let delivered = Deliverer::new(settings).unwrap().deliver(&message, &endpoint).await;
        let refused = matches!(&delivered, Delivered::Refused { why } if why.contains(want));
        assert!(refused, "{:?} to {}: wanted {want:?}, found {delivered:?}", message.id, endpoint.url);
    }
    assert_eq!(server.connections(), 0, "nothing reached the server");
}

/// A name that resolves to the first addresses once, and to the second from then on.
struct Rebinding {
    asked: AtomicUsize,
    first: &'static [&'static str],
    then: &'static [&'static str],
}

impl Lookup for Rebinding {
    async fn lookup(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let addresses = if asked == 0 { self.first } else { self.then };
        Ok(addresses.iter().map(|address| address.parse().unwrap()).collect())
    }
}

#[tokio::test]
async fn a_name_that_comes_to_mean_a_private_address_is_not_called_there() {
    let server = Server::start(Answer::Text("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")).await;
    let rebinding = Rebinding {
        asked: AtomicUsize::new(0),
        first: &["169.254.169.254", "127.0.0.1"],
        then: &["169.254.169.254", "::ffff:10.0.0.1"],
    };
    let deliverer = Deliverer::with_lookup(settings(), rebinding).unwrap();
    let endpoint = endpoint(&server.url("hooks.example"));
    let first = deliverer.deliver(&message(), &endpoint).await;
    assert_eq!(first, Delivered::Accepted { status: 200 }, "only the allowed one of its addresses is called");
    let then = deliverer.deliver(&message(), &endpoint).await;
    assert!(matches!(&then, Delivered::Refused { why } if why.contains("10.0.0.1 is private")), "{then:?}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_for_now_is_tried_again() {
    struct Broken;
    impl Lookup for Broken {
        async fn lookup(&self, _host: &str) -> io::Result<Vec<IpAddr>> {
            Err(io::Error::other("no resolver answers"))
        }
    }
    let deliverer = Deliverer::with_lookup(settings(), Broken).unwrap();
    let delivered = deliverer.deliver(&message(), &endpoint("http://hooks.example/")).await;
    let told =
        matches!(&delivered, Delivered::Retry { status: None, why, .. } if why == "no resolver answers");
    assert!(told, "{delivered:?}");
}
