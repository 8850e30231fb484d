//! Bodies that cannot be read as a whole: refused with their own code, and nothing of them is taken.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::client::{Answer, Client, NDJSON};
use crate::support::engine::{Engine, OPERATOR_KEY};
use crate::support::event::Event;

const WALLET: &str = "acme";
const MEMORY_BYTES_MAX: u64 = 1 << 30;
const BOMB_BYTES: usize = 200 << 20;

/// A body that begins with an event that would be charged, were any of it taken.
fn first_line() -> String {
    Event::outbound(WALLET, "first").line() + "\n"
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn zstd(body: &[u8]) -> Vec<u8> {
    zstd::encode_all(body, 3).unwrap()
}

async fn post_encoded(client: &Client, encoding: &str, body: Vec<u8>) -> Answer {
    client
        .call(Method::POST, "/v1/events", &[("content-type", NDJSON), ("content-encoding", encoding)], body)
        .await
}

async fn assert_nothing_taken(engine: &Engine, after: &str) {
    let client = engine.client();
    let entries = client.entries(WALLET).await.len();
    assert_eq!(entries, 1, "nothing of a refused body may be posted, after {after}");
    let first = client.get(&format!("/v1/wallets/{WALLET}/messages/first")).await;
    assert_eq!(first.status, 404, "nothing of a refused body may be kept, after {after}: {}", first.text);
    let alive = client.send_one(&Event::outbound("alive", &format!("alive after {after}"))).await;
    assert_eq!(alive.said(), "charged", "wanted the engine to go on after {after}");
}

async fn start(home: &std::path::Path) -> Engine {
    let engine = Engine::start(home, &[]);
    engine.client().wallet_with(WALLET, "100").await;
    engine.client().wallet_with("alive", "100").await;
    engine
}

#[tokio::test]
async fn a_compressed_bomb_is_413_and_memory_stays_bounded() {
    let home = tempfile::tempdir().unwrap();
    let engine = start(home.path()).await;
    let client = engine.client();
    for (name, filler) in [("blank lines", b'\n'), ("one endless line", b'x')] {
        let mut bomb = first_line().into_bytes();
        bomb.resize(BOMB_BYTES, filler);
        for (encoding, body) in [("gzip", gzip(&bomb)), ("zstd", zstd(&bomb))] {
            assert!(
                body.len() < BOMB_BYTES / 500,
                "wanted a small {encoding} bomb, got {} bytes",
                body.len()
            );
            post_encoded(&client, encoding, body).await.wants_problem(413, "body_too_large");
            assert_nothing_taken(&engine, &format!("a {encoding} bomb of {name}")).await;
        }
    }
    let peak = engine.memory_peak_bytes();
    assert!(
        peak < MEMORY_BYTES_MAX,
        "wanted at most {MEMORY_BYTES_MAX} bytes of memory, the peak was {peak}"
    );
}

#[tokio::test]
async fn a_million_lines_are_413_with_the_limit_named_and_memory_stays_bounded() {
    let home = tempfile::tempdir().unwrap();
    let engine = start(home.path()).await;
    let mut body = first_line();
    for number in 1..1_000_000 {
        body.push_str("{\"id\":\"");
        body.push_str(&number.to_string());
        body.push_str("\"}\n");
    }
    for (encoding, body) in [("identity", body.clone().into_bytes()), ("gzip", gzip(body.as_bytes()))] {
        let detail =
            post_encoded(&engine.client(), encoding, body).await.wants_problem(413, "too_many_events");
        let digits = detail.replace([',', '_', ' '], "");
        assert!(digits.contains("100000"), "wanted the limit of 100,000 named: {detail}");
        assert_nothing_taken(&engine, &format!("a million lines, {encoding}")).await;
    }
    let peak = engine.memory_peak_bytes();
    assert!(
        peak < MEMORY_BYTES_MAX,
        "wanted at most {MEMORY_BYTES_MAX} bytes of memory, the peak was {peak}"
    );
}

#[tokio::test]
async fn a_body_that_cannot_be_unpacked_is_400_and_nothing_of_it_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let engine = start(home.path()).await;
    let client = engine.client();
    let events: Vec<Event> =
        (0..2_000).map(|number| Event::outbound(WALLET, &format!("m-{number}"))).collect();
    let lines = first_line() + &crate::support::event::ndjson(&events);
    let (gzip, zstd) = (gzip(lines.as_bytes()), zstd(lines.as_bytes()));
    let mut gzip_damaged = gzip.clone();
    let checksum_at = gzip.len() - 8;
    gzip_damaged[checksum_at] ^= 1;
    let table: Vec<(&str, &str, Vec<u8>)> = vec![
        ("gzip cut in the middle", "gzip", gzip[..gzip.len() / 2].to_vec()),
        ("gzip cut before its checksum", "gzip", gzip[..checksum_at].to_vec()),
        ("gzip with a wrong checksum", "gzip", gzip_damaged),
        ("not gzip", "gzip", lines.clone().into_bytes()),
        ("zstd cut in the middle", "zstd", zstd[..zstd.len() / 2].to_vec()),
        ("zstd cut at its end", "zstd", zstd[..zstd.len() - 1].to_vec()),
        ("not zstd", "zstd", lines.clone().into_bytes()),
        ("empty gzip", "gzip", self::gzip(b"")),
        ("empty", "identity", Vec::new()),
        ("empty, said to be gzip", "gzip", Vec::new()),
    ];
    for (name, encoding, body) in table {
        println!("{name}");
        post_encoded(&client, encoding, body).await.wants_problem(400, "bad_request");
        assert_nothing_taken(&engine, name).await;
    }
}

/// Sends these bytes on a connection of their own and closes the sending side; what came back.
async fn raw(engine: &Engine, head: &str, body: &[u8]) -> String {
    let mut connection = TcpStream::connect(engine.address()).await.unwrap();
    let request = format!(
        "POST /v1/events HTTP/1.1\r\nhost: farebox\r\nauthorization: Bearer {OPERATOR_KEY}\r\ncontent-type: {NDJSON}\r\n{head}\r\n\r\n"
    );
    // The engine may close first; what it has answered is what counts.
    let _ = connection.write_all(request.as_bytes()).await;
    let _ = connection.write_all(body).await;
    let _ = connection.shutdown().await;
    let mut answer = Vec::new();
    let reading = connection.read_to_end(&mut answer);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(30), reading).await;
    assert!(ended.is_ok(), "wanted the connection closed after: {head}");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_body_that_ends_before_its_told_length_is_not_taken() {
    let home = tempfile::tempdir().unwrap();
    let engine = start(home.path()).await;
    let line = first_line();
    let half_a_chunk = format!("{:x}\r\n{line}", line.len() * 2);
    let one_chunk = format!("{:x}\r\n{line}\r\n", line.len());
    let table: [(&str, String, &str); 5] = [
        ("a length past the end", format!("content-length: {}", line.len() * 10), &line),
        ("a length by one", format!("content-length: {}", line.len() + 1), &line),
        ("a chunk past the end", "transfer-encoding: chunked".to_owned(), &half_a_chunk),
        ("no last chunk", "transfer-encoding: chunked".to_owned(), &one_chunk),
        ("a length that is none", "content-length: ten".to_owned(), &line),
    ];
    for (name, head, body) in table {
        let answer = raw(&engine, &head, body.as_bytes()).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{name}: wanted no acknowledgement, got {answer}");
        assert_nothing_taken(&engine, name).await;
    }
    let told = raw(&engine, "content-length: 99999999999", b"").await;
    assert!(
        told.is_empty() || told.contains(" 413 ") || told.contains(" 400 "),
        "wanted a told 100 GB refused: {told}"
    );
}
