//! A unix socket with what is to be sent and what has come: the one thing that the peers' protocols share.
//!
//! Both are spoken by hand in a few lines. The usual crates bring features to crates that the server shares with this
//! program (all of it would be compiled anew for them), and cost the client more than the few messages that are needed.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

const READ_BYTES: usize = 64 * 1_024;

pub struct Socket {
    stream: UnixStream,
    /// What is sent by the next [`Socket::send`].
    pub out: Vec<u8>,
    received: BytesMut,
}

impl Socket {
    pub async fn connect(path: &Path) -> Result<Socket> {
        let stream = UnixStream::connect(path).await;
        let stream = stream.with_context(|| format!("nobody answers at {}", path.display()))?;
        Ok(Socket { stream, out: Vec::new(), received: BytesMut::with_capacity(READ_BYTES) })
    }

    pub async fn send(&mut self) -> Result<()> {
        self.stream.write_all(&self.out).await.context("sending")?;
        self.out.clear();
        Ok(())
    }

    /// The next bytes, so many.
    pub async fn take(&mut self, count: usize) -> Result<Bytes> {
        self.wait_for(count).await?;
        Ok(self.received.split_to(count).freeze())
    }

    /// The first bytes of what comes next, without taking them.
    pub async fn peek(&mut self, count: usize) -> Result<&[u8]> {
        self.wait_for(count).await?;
        Ok(&self.received[..count])
    }

    /// The next line, without its line end (CR LF).
    pub async fn line(&mut self) -> Result<Bytes> {
        let mut from = 0;
        loop {
            if let Some(at) = self.received[from..].windows(2).position(|pair| pair == b"\r\n") {
                let line = self.received.split_to(from + at).freeze();
                let _end = self.received.split_to(2);
                return Ok(line);
            }
            from = self.received.len().saturating_sub(1);
            self.more().await?;
        }
    }

    async fn wait_for(&mut self, count: usize) -> Result<()> {
        while self.received.len() < count {
            self.more().await?;
        }
        Ok(())
    }

    async fn more(&mut self) -> Result<()> {
        self.received.reserve(READ_BYTES);
        let count = self.stream.read_buf(&mut self.received).await.context("reading")?;
        ensure!(count > 0, "the connection was closed in the middle of an answer");
        Ok(())
    }
}

/// A server of one connection for the protocols' tests: it says this, in pieces, and answers what it was sent.
#[cfg(test)]
pub async fn scripted(says: &'static [u8]) -> (Socket, tokio::task::JoinHandle<Vec<u8>>) {
    let folder = crate::peers::process::Folder::make(None, "test-socket").expect("a temporary folder");
    let path = folder.path().join(format!("{:p}", says.as_ptr()));
    let listener = tokio::net::UnixListener::bind(&path).expect("a socket");
    let server = tokio::spawn(async move {
        let _folder = folder;
        let (mut stream, _) = listener.accept().await.expect("a connection");
        for piece in says.chunks(3) {
            stream.write_all(piece).await.expect("written");
            tokio::task::yield_now().await;
        }
        stream.shutdown().await.expect("no more is said");
        let mut sent = Vec::new();
        stream.read_to_end(&mut sent).await.expect("read");
        sent
    });
    (Socket::connect(&path).await.expect("connected"), server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_and_lines_are_taken_however_they_come() {
        let (mut socket, server) = scripted(b"abcdefg12\r\n\r\nrest").await;
        assert_eq!(socket.peek(2).await.expect("bytes"), b"ab");
        assert_eq!(&socket.take(7).await.expect("bytes")[..], b"abcdefg");
        assert_eq!(&socket.line().await.expect("a line")[..], b"12");
        assert_eq!(&socket.line().await.expect("an empty line")[..], b"");
        assert_eq!(&socket.take(4).await.expect("bytes")[..], b"rest");
        socket.out.extend_from_slice(b"hello");
        socket.send().await.expect("sent");
        assert!(socket.take(1).await.is_err(), "the server says no more");
        drop(socket);
        assert_eq!(server.await.expect("it ends"), b"hello");
    }
}
