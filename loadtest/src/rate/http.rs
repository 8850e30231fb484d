//! A keep-alive HTTP/1.1 connection that does as little as it can: the client shares the machine with
//! the server, and what it spends is not measured of the server.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The counters stand at the head of an answer; what follows is only counted off.
const HEAD_BYTES: usize = 512;
const READ_BYTES: usize = 256 * 1_024;
const HEADERS_MAX: usize = 64;

pub struct Connection {
    stream: TcpStream,
    /// The request up to its content length, the same every time.
    start: String,
    request_head: Vec<u8>,
    received: BytesMut,
}

/// What is kept of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    /// The first bytes of the body.
    pub head: Vec<u8>,
}

/// The head of an answer, read.
struct Head {
    answer: Answer,
    bytes: usize,
    length: Length,
}

enum Length {
    Known(usize),
    Chunked,
}

impl Connection {
    /// `url` is `http://host:port`; every request of this connection posts events there.
    pub async fn open(url: &str, key: &str) -> Result<Connection> {
        let address = url.trim_end_matches('/').strip_prefix("http://");
        let address = address.ok_or_else(|| anyhow!("`rate` speaks plain http:// only, not {url}"))?;
        let authority = if address.contains(':') { address.to_string() } else { format!("{address}:80") };
        let stream =
            TcpStream::connect(&authority).await.with_context(|| format!("no engine answers at {url}"))?;
        stream.set_nodelay(true)?;
        let start = format!(
            "POST /v1/events HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
             content-type: application/x-ndjson\r\ncontent-length: "
        );
        Ok(Connection {
            stream,
            start,
            request_head: Vec::new(),
            received: BytesMut::with_capacity(READ_BYTES),
        })
    }

    /// Posts one body of events and waits for the whole answer.
    pub async fn post(&mut self, body: &[u8]) -> Result<Answer> {
        self.request_head.clear();
        self.request_head.extend_from_slice(self.start.as_bytes());
        self.request_head.extend_from_slice(body.len().to_string().as_bytes());
        self.request_head.extend_from_slice(b"\r\n\r\n");
        // Chained, so that both leave in one system call.
        let mut request = Buf::chain(self.request_head.as_slice(), body);
        self.stream.write_all_buf(&mut request).await.context("sending a request")?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<Answer> {
        let head = loop {
            if let Some(head) = read_head(&self.received)? {
                break head;
            }
            self.more().await?;
        };
        self.received.advance(head.bytes);
        let mut answer = head.answer;
        match head.length {
            Length::Known(length) => self.take(length, &mut answer.head).await?,
            Length::Chunked => {
                while let length @ 1.. = self.chunk_length().await? {
                    self.take(length, &mut answer.head).await?;
                    self.line().await?;
                }
                while !self.line().await?.is_empty() {}
            }
        }
        Ok(answer)
    }

    /// Takes so many bytes off; the first ones are kept.
    async fn take(&mut self, mut length: usize, kept: &mut Vec<u8>) -> Result<()> {
        while length > 0 {
            if self.received.is_empty() {
                self.more().await?;
            }
            let here = length.min(self.received.len());
            let wanted = here.min(HEAD_BYTES - kept.len());
            kept.extend_from_slice(&self.received[..wanted]);
            self.received.advance(here);
            length -= here;
        }
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
    Ok(Some(Head { answer: Answer { status, retry_after, head: Vec::new() }, bytes, length }))
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
        let mut connection = Connection::open(&url, "key").await.expect("connected");
        let wants = [
            (200, None, "{\"charged\":1}"),
            (200, None, "{\"charged\":2}"),
            (429, Some(Duration::from_secs(2)), ""),
        ];
        for (status, retry_after, body) in wants {
            let want = Answer { status, retry_after, head: body.as_bytes().to_vec() };
            assert_eq!(connection.post(b"{}\n").await.expect("an answer"), want);
        }
        let error = connection.post(b"{}\n").await.expect_err("the server is gone");
        assert!(!error.to_string().is_empty());
    }

    #[tokio::test]
    async fn only_plain_http_is_spoken() {
        let error = Connection::open("https://example.test", "key").await.err().expect("refused");
        assert!(error.to_string().contains("http://"), "{error}");
    }
}
