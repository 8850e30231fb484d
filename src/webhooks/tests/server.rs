//! A small HTTP server on loopback that answers every request in the same way and keeps what it was sent.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How the server answers.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// These bytes.
    Text(&'static str),
    /// Not at all, with the connection open.
    Never,
    /// By closing the connection.
    Close,
    /// 200 and a body that goes on for ever.
    Huge,
    /// 200 and a body that stops in the middle, with the connection open.
    HalfABody,
}

/// Stops when it is dropped.
pub struct Server {
    address: SocketAddr,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
    sent: AtomicUsize,
}

impl Server {
    pub async fn start(answer: Answer) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let shared = seen.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, answer, shared.clone()));
            }
        });
        Server { address, seen, task }
    }

    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/hook", self.address.port())
    }

    /// Heads and bodies as they arrived.
    pub fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }

    /// Bytes of endless bodies that were taken.
    pub fn sent(&self) -> usize {
        self.seen.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, answer: Answer, seen: Arc<Seen>) {
    while let Some(request) = read_request(&mut stream).await {
        seen.requests.lock().unwrap().push(request);
        match answer {
            Answer::Text(text) if stream.write_all(text.as_bytes()).await.is_err() => return,
            Answer::Text(text) if text.contains("connection: close") => return,
            Answer::Text(_) => {}
            Answer::Never => std::future::pending().await,
            Answer::Close => return,
            Answer::Huge => return go_on(stream, &seen).await,
            Answer::HalfABody => {
                let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
                stream.write_all(half).await.unwrap();
                std::future::pending().await
            }
        }
    }
}

async fn go_on(mut stream: TcpStream, seen: &Seen) {
    let mut part: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n";
    while stream.write_all(part).await.is_ok() {
        seen.sent.fetch_add(part.len(), Ordering::Relaxed);
        part = &[b'.'; 4_096];
    }
}

/// One request, head and body; `None` where the connection has ended.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    let mut part = [0; 4_096];
    loop {
        if let Some(head_bytes) = read.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4) {
            let head = String::from_utf8_lossy(&read[..head_bytes]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            if read.len() >= head_bytes + length {
                return Some(String::from_utf8(read).unwrap());
            }
        }
        match stream.read(&mut part).await {
            Ok(count) if count > 0 => read.extend_from_slice(&part[..count]),
            _ => return None,
        }
    }
}
