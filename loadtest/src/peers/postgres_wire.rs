//! As much of PostgreSQL's protocol (3.0) as is needed: plain queries, and prepared statements with binary values that
//! may be sent before the answers to earlier ones are there.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use bytes::{Buf, Bytes};

use super::socket::Socket;

const PROTOCOL: i32 = 196_608;
/// Of the server's catalogue.
const TEXT: i32 = 25;
const BIGINT: i32 = 20;
/// One result, or one parameter, and all others: binary.
const ALL_BINARY: [i16; 2] = [1, 1];

pub struct Wire(Socket);

/// A column of one row; `None` is null.
pub type Value = Option<Bytes>;

/// The parameters of one call, as they are put into its message.
pub struct Call<'w>(&'w mut Vec<u8>);

impl Wire {
    /// As a user whom the server trusts.
    pub async fn connect(path: &Path, user: &str) -> Result<Wire> {
        let mut socket = Socket::connect(path).await?;
        let start = socket.out.len();
        put_int(&mut socket.out, 0);
        put_int(&mut socket.out, PROTOCOL);
        for text in ["user", user, "database", "postgres", ""] {
            put_text(&mut socket.out, text);
        }
        put_length(&mut socket.out, start);
        let mut wire = Wire(socket);
        wire.0.send().await?;
        wire.rows().await.context("connecting")?;
        Ok(wire)
    }

    /// Statements as text; the rows of all of them, their values as text.
    pub async fn query(&mut self, text: &str) -> Result<Vec<Vec<Value>>> {
        self.message(b'Q', |out| put_text(out, text));
        self.0.send().await?;
        self.rows().await.with_context(|| text.chars().take(60).collect::<String>())
    }

    /// Prepares the one statement that [`Wire::call`] calls.
    pub async fn prepare(&mut self, text: &str) -> Result<()> {
        self.message(b'P', |out| {
            put_text(out, "s");
            put_text(out, text);
            put_short(out, 0);
        });
        self.message(b'S', |_| ());
        self.0.send().await?;
        self.rows().await.map(drop).with_context(|| text.to_owned())
    }

    /// Writes a call of the prepared statement, a transaction of its own; `parameters` puts so many values.
    pub fn call(&mut self, count: i16, parameters: impl FnOnce(&mut Call<'_>)) {
        self.message(b'B', |out| {
            put_text(out, "");
            put_text(out, "s");
            ALL_BINARY.into_iter().for_each(|short| put_short(out, short));
            put_short(out, count);
            parameters(&mut Call(out));
            ALL_BINARY.into_iter().for_each(|short| put_short(out, short));
        });
        self.message(b'E', |out| {
            put_text(out, "");
            put_int(out, 0);
        });
        self.message(b'S', |_| ());
    }

    /// Sends every call written so far.
    pub async fn send(&mut self) -> Result<()> {
        self.0.send().await
    }

    /// The one row that the next call answers.
    pub async fn answer(&mut self) -> Result<Vec<Value>> {
        let mut rows = self.rows().await?;
        ensure!(rows.len() == 1, "{} rows where one was expected", rows.len());
        Ok(rows.remove(0))
    }

    /// All rows until the server is ready for more; the error that it told on the way.
    async fn rows(&mut self) -> Result<Vec<Vec<Value>>> {
        let (mut rows, mut error) = (Vec::new(), None);
        loop {
            let mut head = self.0.peek(5).await?;
            let kind = head.get_u8();
            let length = usize::try_from(head.get_i32())?;
            let body = self.0.take(1 + length).await?.slice(5..);
            match kind {
                b'D' => rows.push(row(body).context("a row has another shape")?),
                b'E' => error = Some(told(&body)),
                b'R' => ensure!(body[..] == [0; 4], "the server wants a password"),
                b'Z' => break,
                _ => {}
            }
            // Before it has let anybody in it says no more after an error, and hangs up.
            if let Some(error) = error.as_ref().filter(|error| error.starts_with("FATAL")) {
                bail!("postgres says {error}");
            }
        }
        match error {
            None => Ok(rows),
            Some(error) => bail!("postgres says {error}"),
        }
    }

    fn message(&mut self, kind: u8, body: impl FnOnce(&mut Vec<u8>)) {
        let out = &mut self.0.out;
        out.push(kind);
        let start = out.len();
        put_int(out, 0);
        body(out);
        put_length(out, start);
    }
}

impl Call<'_> {
    pub fn text(&mut self, text: &[u8]) {
        put_int(self.0, length(text.len()));
        self.0.extend_from_slice(text);
    }

    pub fn bigint(&mut self, number: i64) {
        put_int(self.0, 8);
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    /// An array of texts: `put` appends each.
    pub fn texts<T>(&mut self, items: &[T], mut put: impl FnMut(&mut Vec<u8>, &T)) {
        self.array(TEXT, items.len(), |out| {
            for item in items {
                let start = out.len();
                put_int(out, 0);
                put(out, item);
                // Here the length does not count itself.
                let length = length(out.len() - start - 4);
                out[start..start + 4].copy_from_slice(&length.to_be_bytes());
            }
        });
    }

    pub fn bigints(&mut self, numbers: impl ExactSizeIterator<Item = i64>) {
        self.array(BIGINT, numbers.len(), |out| {
            for number in numbers {
                put_int(out, 8);
                out.extend_from_slice(&number.to_be_bytes());
            }
        });
    }

    fn array(&mut self, kind: i32, count: usize, elements: impl FnOnce(&mut Vec<u8>)) {
        let start = self.0.len();
        // Its length, one dimension, no nulls, of what, how many, counted from 1.
        for number in [0, 1, 0, kind, length(count), 1] {
            put_int(self.0, number);
        }
        elements(self.0);
        let length = length(self.0.len() - start - 4);
        self.0[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
}

/// The numbers of a binary array of integers.
pub fn integers(value: &Value) -> Result<Vec<i32>> {
    let Some(mut bytes) = value.clone() else { return Ok(Vec::new()) };
    let mut read = move || {
        let dimensions = bytes.try_get_i32().ok()?;
        bytes.try_get_i64().ok()?;
        if dimensions == 0 {
            return Some(Vec::new());
        }
        let count = bytes.try_get_i32().ok()?;
        bytes.try_get_i32().ok()?;
        (0..count).map(|_| (bytes.try_get_i32().ok()? == 4).then(|| bytes.try_get_i32().ok())?).collect()
    };
    read().context("an array of integers has another shape")
}

fn row(mut body: Bytes) -> Option<Vec<Value>> {
    let columns = body.try_get_i16().ok()?;
    let column = |_| match body.try_get_i32().ok()? {
        -1 => Some(None),
        length => {
            let length = usize::try_from(length).ok().filter(|length| *length <= body.len())?;
            Some(Some(body.split_to(length)))
        }
    };
    (0..columns).map(column).collect()
}

/// Severity and message of an error.
fn told(body: &[u8]) -> String {
    let fields: Vec<&[u8]> = body.split(|byte| *byte == 0).collect();
    let field = |kind: u8| fields.iter().find(|field| field.first() == Some(&kind));
    let text = |kind| {
        field(kind).map_or_else(String::new, |field| String::from_utf8_lossy(&field[1..]).into_owned())
    };
    format!("{}: {}", text(b'V'), text(b'M'))
}

fn put_int(out: &mut Vec<u8>, number: i32) {
    out.extend_from_slice(&number.to_be_bytes());
}

fn put_short(out: &mut Vec<u8>, number: i16) {
    out.extend_from_slice(&number.to_be_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.push(0);
}

/// Puts the length of everything from `start` on there, itself included.
fn put_length(out: &mut [u8], start: usize) {
    let length = length(out.len() - start);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

fn length(length: usize) -> i32 {
    i32::try_from(length).expect("a message is shorter than 2 GiB")
}

#[cfg(test)]
mod tests {
    use super::super::socket::scripted;
    use super::*;

    /// A row of a number and a null; an array of two integers; an error; ready.
    const SAID: &[u8] = b"2\0\0\0\x04D\0\0\0\x12\0\x02\0\0\0\x04\0\0\0\x07\xff\xff\xff\xffC\0\0\0\x04Z\0\0\0\x05I\
        D\0\0\0\x2e\0\x01\0\0\0\x24\0\0\0\x01\0\0\0\0\0\0\0\x17\0\0\0\x02\0\0\0\x01\0\0\0\x04\0\0\0\x05\0\0\0\x04\0\0\0\x09\
        Z\0\0\0\x05IE\0\0\0\x13VERROR\0Mwrong\0\0Z\0\0\0\x05I";

    #[tokio::test]
    async fn calls_are_written_together_and_answers_read_in_order() {
        let (socket, server) = scripted(SAID).await;
        let mut wire = Wire(socket);
        wire.call(2, |call| {
            call.text(b"w");
            call.texts(&[1, 22], |out, item: &u32| out.extend_from_slice(item.to_string().as_bytes()));
        });
        wire.call(1, |call| call.bigints([3].into_iter()));
        wire.send().await.expect("sent");
        let row = wire.answer().await.expect("a row");
        assert_eq!(row, [Some(Bytes::from_static(&[0, 0, 0, 7])), None]);
        let row = wire.answer().await.expect("a row");
        assert_eq!(integers(&row[0]).expect("an array"), [5, 9]);
        assert_eq!(integers(&None).expect("no array is an empty one"), [0; 0]);
        let error = wire.answer().await.expect_err("an error").to_string();
        assert_eq!(error, "postgres says ERROR: wrong");
        drop(wire);
        let sent = server.await.expect("it ends");
        let bind = b"B\0\0\0\x39\0s\0\0\x01\0\x01\0\x02\0\0\0\x01w\0\0\0\x1f\0\0\0\x01\0\0\0\0\0\0\0\x19\0\0\0\x02\0\0\0\x01\
            \0\0\0\x011\0\0\0\x0222\0\x01\0\x01E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04";
        assert_eq!(sent[..bind.len()], bind[..]);
        assert_eq!(sent[bind.len()], b'B', "the second call follows");
    }

    #[test]
    fn what_is_cut_off_is_no_row_and_no_array() {
        assert_eq!(row(Bytes::from_static(b"\0\x01\0\0\0\x09ab")), None);
        assert!(integers(&Some(Bytes::from_static(b"\0\0\0\x01\0\0"))).is_err());
        assert_eq!(told(b"SFATAL\0VFATAL\0Mno\0\0"), "FATAL: no");
    }
}
