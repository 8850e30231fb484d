//! A keep-alive HTTP/1.1 connection that does as little as it can: the client shares the machine with
//! the server, and what it spends is not measured of the server.

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const READ_BYTES: usize = 256 * 1_024;
const HEADERS_MAX: usize = 64;

/// What every request to one place begins with, up to its content length.
#[derive(Clone, Debug)]
pub struct Start(String);

impl Start {
    /// `url` is `http://host:port`; `call` is a method and a path.
    pub fn new(url: &str, key: &str, call: &str, content_type: &str) -> Start {
        let host = url.trim_end_matches('/').trim_start_matches("http://");
        Start(format!(
            "{call} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\ncontent-type: {content_type}\r\n"
        ))
    }

    /// With one header more.
    pub fn with(&self, name: &str, value: &str) -> Start {
        Start(format!("{}{name}: {value}\r\n", self.0))
    }
}

pub struct Connection {
    stream: TcpStream,
    request_head: Vec<u8>,
    received: BytesMut,
    /// The body of the last answer where it came in chunks.
    joined: Vec<u8>,
    /// Where the last answer ends in what was received.
    answered: usize,
}

/// An answer; its body stands until the next request.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer<'c> {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub body: &'c [u8],
}

/// The head of an answer, read.
struct Head {
    status: u16,
    retry_after: Option<Duration>,
    bytes: usize,
    length: Length,
}

enum Length {
    Known(usize),
    Chunked,
}

impl Connection {
    /// `url` is `http://host:port`.
    pub async fn open(url: &str) -> Result<Connection> {
        let address = url.trim_end_matches('/').strip_prefix("http://");
        let address = address.ok_or_else(|| anyhow!("only plain http:// is spoken here, not {url}"))?;
        let authority = if address.contains(':') { address.to_string() } else { format!("{address}:80") };
        let stream =
            TcpStream::connect(&authority).await.with_context(|| format!("no engine answers at {url}"))?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            request_head: Vec::new(),
            received: BytesMut::with_capacity(READ_BYTES),
            joined: Vec::new(),
            answered: 0,
        })
    }

    /// Sends one request and waits for the whole answer.
    pub async fn call(&mut self, start: &Start, body: &[u8]) -> Result<Answer<'_>> {
        self.received.advance(self.answered);
        self.answered = 0;
        self.request_head.clear();
        write!(self.request_head, "{}content-length: {}\r\n\r\n", start.0, body.len())?;
        // Chained, so that both leave in one system call.
        let mut request = Buf::chain(self.request_head.as_slice(), body);
        self.stream.write_all_buf(&mut request).await.context("sending a request")?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<Answer<'_>> {
        let head = loop {
            if let Some(head) = read_head(&self.received)? {
                break head;
            }
            self.more().await?;
        };
        let Head { status, retry_after, bytes, length } = head;
        let body = match length {
            Length::Known(length) => {
                self.received.reserve((bytes + length).saturating_sub(self.received.len()));
                while self.received.len() < bytes + length {
                    self.more().await?;
                }
                self.answered = bytes + length;
                &self.received[bytes..bytes + length]
            }
            Length::Chunked => {
                self.received.advance(bytes);
                self.join().await?;
                self.joined.as_slice()
            }
        };
        Ok(Answer { status, retry_after, body })
    }

    /// Puts the chunks of a body together.
    async fn join(&mut self) -> Result<()> {
        self.joined.clear();
        while let mut length @ 1.. = self.chunk_length().await? {
            while length > 0 {
                if self.received.is_empty() {
                    self.more().await?;
                }
                let here = length.min(self.received.len());
                self.joined.extend_from_slice(&self.received[..here]);
                self.received.advance(here);
                length -= here;
            }
            self.line().await?;
        }
        while !self.line().await?.is_empty() {}
        Ok(())
    }

    async fn chunk_length(&mut self) -> Result<usize> {
        let line = self.line().await?;
        let digits = line.split(';').next().unwrap_or("").trim();
        usize::from_str_radix(digits, 16).with_context(|| format!("no chunk length: {line:?}"))
    }

    /// The text up to the next line end.
    async fn line(&mut self) -> Result<String> {
        loop {
            if let Some(end) = self.received.iter().position(|byte| *byte == b'\n') {
                let line = self.received.split_to(end + 1);
                return Ok(String::from_utf8_lossy(&line).trim_end().to_string());
            }
            ensure!(self.received.len() < READ_BYTES, "an endless line where a chunk should start");
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        self.received.reserve(READ_BYTES / 4);
        let count = self.stream.read_buf(&mut self.received).await.context("reading an answer")?;
        ensure!(count > 0, "the engine closed the connection in the middle of a request");
        Ok(())
    }
}

/// `None` while it is not there in full.
fn read_head(received: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(bytes) = response.parse(received).context("this is not HTTP")? else {
        return Ok(None);
    };
    let text = |name: &str| {
        let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    let status = response.code.unwrap_or(0);
    let length = match (text("content-length"), text("transfer-encoding")) {
        (_, Some(coding)) if coding.eq_ignore_ascii_case("chunked") => Length::Chunked,
        (Some(length), None) => Length::Known(length.trim().parse().context("content-length")?),
        _ => bail!("an answer ({status}) whose length is not told"),
    };
    let retry_after = text("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs);
    Ok(Some(Head { status, retry_after, bytes, length }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Answers every request of one connection with the next of the texts, in two pieces.
    async fn serve(answers: &'static [&'static str]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            for answer in answers {
                let mut request = vec![0; 4_096];
                let mut length = 0;
                while !request[..length].ends_with(b"{}\n") {
                    length += stream.read(&mut request[length..]).await.expect("a request");
                }
                let (first, rest) = answer.split_at(answer.len() / 2);
                for piece in [first, rest] {
                    stream.write_all(piece.as_bytes()).await.expect("written");
                    tokio::task::yield_now().await;
                }
            }
        });
        url
    }

    #[tokio::test]
    async fn answers_of_both_kinds_are_read_and_the_connection_stays_in_step() {
        let url = serve(&[
            "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"charged\":1}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"cha\r\n8\r\nrged\":2}\r\n0\r\n\r\n",
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n",
        ])
        .await;
        let mut connection = Connection::open(&url).await.expect("connected");
        let start = Start::new(&url, "key", "POST /v1/events", "application/x-ndjson");
        let wants = [
            (200, None, "{\"charged\":1}"),
            (200, None, "{\"charged\":2}"),
            (429, Some(Duration::from_secs(2)), ""),
        ];
        for (status, retry_after, body) in wants {
            let want = Answer { status, retry_after, body: body.as_bytes() };
            assert_eq!(connection.call(&start, b"{}\n").await.expect("an answer"), want);
        }
        let error = connection.call(&start, b"{}\n").await.expect_err("the server is gone");
        assert!(!error.to_string().is_empty());
    }

    #[test]
    fn a_request_begins_with_what_it_asks_for() {
        let start =
            Start::new("http://127.0.0.1:8080/", "secret", "PUT /v1/wallets/acme", "application/json");
        let with = start.with("idempotency-key", "one");
        assert_eq!(
            with.0,
            "PUT /v1/wallets/acme HTTP/1.1\r\nhost: 127.0.0.1:8080\r\nauthorization: Bearer secret\r\n\
             content-type: application/json\r\nidempotency-key: one\r\n"
        );
    }

    #[tokio::test]
    async fn only_plain_http_is_spoken() {
        let error = Connection::open("https://example.test").await.err().expect("refused");
        assert!(error.to_string().contains("http://"), "{error}");
    }
}
