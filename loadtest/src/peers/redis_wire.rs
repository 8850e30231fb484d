//! As much of Redis' protocol (RESP 2) as is needed: commands as lists of texts, and answers.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bytes::Bytes;

use super::socket::Socket;

pub struct Wire(Socket);

#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    Number(i64),
    Text(Bytes),
    /// So many answers follow.
    List(usize),
}

impl Wire {
    pub async fn connect(path: &Path) -> Result<Wire> {
        Ok(Wire(Socket::connect(path).await?))
    }

    /// Begins a command of so many parts; [`Wire::part`] adds them.
    pub fn command(&mut self, parts: usize) {
        put_head(&mut self.0.out, b'*', parts);
    }

    pub fn part(&mut self, part: &[u8]) {
        put_head(&mut self.0.out, b'$', part.len());
        self.0.out.extend_from_slice(part);
        self.0.out.extend_from_slice(b"\r\n");
    }

    /// A whole number as a part.
    pub fn number(&mut self, number: i64) {
        let (mut digits, mut rest, mut at) = ([0; 20], number.unsigned_abs(), 20);
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            at -= 1;
            digits[at] = b'-';
        }
        self.part(&digits[at..]);
    }

    /// Sends every command written so far.
    pub async fn send(&mut self) -> Result<()> {
        self.0.send().await
    }

    /// One command and its answer.
    pub async fn ask(&mut self, parts: &[&[u8]]) -> Result<Reply> {
        self.command(parts.len());
        parts.iter().for_each(|part| self.part(part));
        self.send().await?;
        self.reply().await
    }

    /// The next answer.
    pub async fn reply(&mut self) -> Result<Reply> {
        let line = self.0.line().await?;
        let (kind, rest) = line.split_first().context("an answer without a kind")?;
        match kind {
            b'+' => Ok(Reply::Text(line.slice(1..))),
            b':' => Ok(Reply::Number(number(rest)?)),
            b'*' => Ok(Reply::List(usize::try_from(number(rest)?)?)),
            b'$' => {
                let length = usize::try_from(number(rest)?).context("an answer that is not there")?;
                let text = self.0.take(length + 2).await?;
                Ok(Reply::Text(text.slice(..length)))
            }
            _ => bail!("redis says {}", String::from_utf8_lossy(&line)),
        }
    }
}

fn put_head(out: &mut Vec<u8>, kind: u8, count: usize) {
    out.push(kind);
    let digits = count.checked_ilog10().unwrap_or(0) as usize + 1;
    super::stream::put_digits(out, count as u64, digits);
    out.extend_from_slice(b"\r\n");
}

fn number(digits: &[u8]) -> Result<i64> {
    std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).context("a number was expected")
}

#[cfg(test)]
mod tests {
    use super::super::socket::scripted;
    use super::*;

    #[tokio::test]
    async fn commands_are_lists_and_answers_of_every_kind_are_read() {
        let said = b"+OK\r\n:-12\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n*2\r\n:1\r\n$1\r\nx\r\n-ERR no\r\n$-1\r\n";
        let (socket, server) = scripted(said).await;
        let mut wire = Wire(socket);
        let text = |text: &'static str| Reply::Text(Bytes::from_static(text.as_bytes()));
        assert_eq!(wire.ask(&[b"SET", b"k", b""]).await.expect("an answer"), text("OK"));
        wire.command(4);
        wire.part(b"DECRBY");
        for number in [0, -7, 1_230] {
            wire.number(number);
        }
        wire.send().await.expect("sent");
        let wants =
            [Reply::Number(-12), text("a\r\nbc"), text(""), Reply::List(2), Reply::Number(1), text("x")];
        for want in wants {
            assert_eq!(wire.reply().await.expect("an answer"), want);
        }
        assert!(wire.reply().await.expect_err("an error").to_string().contains("ERR no"));
        assert!(wire.reply().await.is_err(), "what is not there is no text");
        drop(wire);
        let sent = server.await.expect("it ends");
        let want = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n\
                    *4\r\n$6\r\nDECRBY\r\n$1\r\n0\r\n$2\r\n-7\r\n$4\r\n1230\r\n";
        assert_eq!(String::from_utf8_lossy(&sent), want);
    }
}
