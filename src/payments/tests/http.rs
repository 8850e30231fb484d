//! The client over HTTP against servers of the test's own: what is sent, and every way to get no good answer.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

/// What a server does with its one connection.
#[derive(Clone, Copy)]
enum Server {
    Answers(&'static str),
    /// Reads the request and closes.
    Closes,
    /// Reads the request and says nothing more.
    IsSilent,
}

/// Serves one request and gives back what it was.
async fn serve(server: Server) -> (Payments, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/sandbox/stripe/", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        let mut chunk = [0; 4_096];
        while !is_whole(&request) {
            let read = connection.read(&mut chunk).await.unwrap();
            request.extend_from_slice(&chunk[..read]);
            if read == 0 {
                break;
            }
        }
        match server {
            Server::Answers(answer) => connection.write_all(answer.as_bytes()).await.unwrap(),
            Server::Closes => {}
            Server::IsSilent => tokio::time::sleep(Duration::from_secs(60)).await,
        }
        String::from_utf8(request).unwrap()
    });
    (client(base_url), served)
}

fn client(base_url: String) -> Payments {
    let settings = Settings {
        base_url,
        secret_key: "sk_test_1".to_owned(),
        connect_milliseconds: 1_000,
        answer_milliseconds: 500,
        ..Settings::default()
    };
    Payments::stripe(&settings).unwrap()
}

/// Whether a request's head and as much of its body as it announces are there.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).into_owned();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |length| length.parse().unwrap())
}

#[tokio::test]
async fn a_charge_is_sent_in_stripes_form_with_key_version_and_secret() {
    let (payments, served) = serve(Server::Closes).await;
    let error = payments.charge_saved(&charge_order("tu_2", "cus_1", "pm_1")).await;
    assert_eq!(end(error), "unclear");
    let request = served.await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head: Vec<&str> = head.lines().collect();
    assert_eq!(head[0], "POST /sandbox/stripe/v1/payment_intents HTTP/1.1");
    for line in [
        "authorization: Bearer sk_test_1",
        "content-type: application/x-www-form-urlencoded",
        "idempotency-key: charge-tu_2",
        "stripe-version: 2026-06-24.dahlia",
    ] {
        assert!(head.contains(&line), "{line} is not in {head:?}");
    }
    let want = "amount=5000&currency=usd&customer=cus_1&payment_method=pm_1&payment_method_types%5B0%5D=card\
&off_session=true&confirm=true&metadata%5Bfarebox_wallet%5D=acme&metadata%5Bfarebox_attempt%5D=tu_2\
&metadata%5Bfarebox_instance%5D=00ff&expand%5B0%5D=latest_charge&expand%5B1%5D=payment_method";
    assert_eq!(body, want);
}

#[tokio::test]
async fn a_look_up_is_sent_in_the_query() {
    let (payments, served) = serve(Server::Closes).await;
    assert_eq!(end(payments.look_up_payment("pi_1").await), "unclear");
    let request = served.await.unwrap();
    let want = "GET /sandbox/stripe/v1/payment_intents/pi_1?expand%5B0%5D=latest_charge&expand%5B1%5D=payment_method HTTP/1.1";
    assert_eq!(request.lines().next(), Some(want));
    assert!(!request.contains("idempotency-key"), "{request}");
}

#[tokio::test]
async fn every_broken_answer_is_unclear() {
    let table = [
        ("closes", Server::Closes),
        ("is silent", Server::IsSilent),
        ("is cut off", Server::Answers("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":")),
        ("is no JSON", Server::Answers("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")),
        ("is no HTTP", Server::Answers("220 mail.example ESMTP\r\n")),
        (
            "points elsewhere",
            Server::Answers("HTTP/1.1 307 X\r\nlocation: /v1/x\r\ncontent-length: 0\r\n\r\n"),
        ),
        ("is a proxy's", Server::Answers("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")),
    ];
    for (name, server) in table {
        let (payments, served) = serve(server).await;
        let state = payments.charge_saved(&charge_order("tu_2", "cus_1", "pm_1")).await;
        assert_eq!(end(state), "unclear", "an answer that {name}");
        served.abort();
    }
}

#[tokio::test]
async fn an_answer_about_another_attempt_is_unclear() {
    const BODY: &str = r#"{"id":"pi_1","status":"succeeded","amount":5000,"currency":"usd","livemode":false,"metadata":{"farebox_wallet":"acme","farebox_attempt":"tu_3","farebox_instance":"00ff"}}"#;
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{BODY}", BODY.len());
    let (payments, served) = serve(Server::Answers(answer.leak())).await;
    assert_eq!(end(payments.charge_saved(&charge_order("tu_2", "cus_1", "pm_1")).await), "unclear");
    served.await.unwrap();
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let payments = client(format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    assert_eq!(end(payments.charge_saved(&charge_order("tu_2", "cus_1", "pm_1")).await), "busy");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let settings = |base_url: &str, secret_key: &str| Settings {
        base_url: base_url.to_owned(),
        secret_key: secret_key.to_owned(),
        ..Settings::default()
    };
    let table = [
        (settings("https://api.stripe.com", "sk_test_1"), None),
        (settings("http://127.0.0.1:1/sandbox/stripe", "sk_test_1"), None),
        (settings("https://api.stripe.com", ""), Some(SettingsError::SecretKey)),
        (settings("https://api.stripe.com", "sk_test\n1"), Some(SettingsError::SecretKey)),
        (settings("api.stripe.com", "sk_test_1"), Some(SettingsError::BaseUrl)),
        (settings("ftp://api.stripe.com", "sk_test_1"), Some(SettingsError::BaseUrl)),
        (settings("https://api.stripe.com?x=1", "sk_test_1"), Some(SettingsError::BaseUrl)),
    ];
    for (settings, want) in table {
        assert_eq!(Payments::stripe(&settings).err(), want, "{settings:?}");
    }
}
