//! An endpoint of the test's own: it hears webhooks, answers as it is told to, and keeps what it has heard.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    Status(u16),
    /// 302, to this address.
    Redirect(String),
    /// 503, and the pause that is asked for in seconds.
    Later(u32),
    /// The connection is kept and nothing is said.
    Silence,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("wanted the header {name}: {self:?}"))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// The type and, where it is about one, the alert: `wallet.resumed al_1`.
    pub fn said(&self) -> String {
        let body = self.json();
        let kind = body["type"].as_str().unwrap_or_default().to_owned();
        match body["data"]["alert"].as_str() {
            None => kind,
            Some(alert) => format!("{kind} {alert}"),
        }
    }

    /// How many of its signatures are good under this secret (Standard Webhooks: `v1`, HMAC-SHA256 of
    /// `id.timestamp.body` under the bytes that the secret is the base64 of).
    pub fn signatures_of(&self, secret: &str) -> usize {
        let bytes = STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
        let key = Key::new(HMAC_SHA256, &bytes);
        let signed =
            format!("{}.{}.{}", self.header("webhook-id"), self.header("webhook-timestamp"), self.body);
        let each = self.header("webhook-signature").split(' ').filter_map(|one| one.strip_prefix("v1,"));
        let good = each.filter(|one| {
            STANDARD.decode(one).is_ok_and(|tag| verify(&key, signed.as_bytes(), &tag).is_ok())
        });
        good.count()
    }
}

/// Answers 204 unless a path is told otherwise.
#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    heard: Vec<Heard>,
    /// The next answers by path; the last one stays.
    replies: HashMap<String, VecDeque<Reply>>,
}

impl Receiver {
    pub async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let receiver = Receiver { url, inner: Arc::default() };
        let answering = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answering.clone().answer(stream));
            }
        });
        receiver
    }

    /// What the next requests to this path are answered; the last of them goes for all that follow.
    pub fn replies(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        self.inner.lock().unwrap().replies.insert(path.to_owned(), replies.into_iter().collect());
    }

    /// What has come to this path so far, in order.
    pub fn heard(&self, path: &str) -> Vec<Heard> {
        let inner = self.inner.lock().unwrap();
        inner.heard.iter().filter(|heard| heard.path == path).cloned().collect()
    }

    /// The same, each in a word.
    pub fn said(&self, path: &str) -> Vec<String> {
        self.heard(path).iter().map(Heard::said).collect()
    }

    /// One request a connection.
    async fn answer(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let Some(heard) = read(&mut stream).await else { return };
        let reply = {
            let mut inner = self.inner.lock().unwrap();
            let replies = inner.replies.entry(heard.path.clone()).or_default();
            let reply = if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() };
            inner.heard.push(heard);
            reply.unwrap_or(Reply::Status(204))
        };
        let head = match reply {
            Reply::Status(status) => format!("{status} Told"),
            Reply::Redirect(place) => format!("302 Elsewhere\r\nlocation: {place}"),
            Reply::Later(seconds) => format!("503 Later\r\nretry-after: {seconds}"),
            Reply::Silence => {
                // Until the other side gives up.
                let _ = stream.read(&mut [0]).await;
                return;
            }
        };
        let answer = format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Heard> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Heard { path, headers, body: String::from_utf8(body).ok()? })
}
