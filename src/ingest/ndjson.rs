//! NDJSON: one event on each line.

use bytes::Bytes;
use memchr::{memchr, memchr_iter};

use super::desk::{Desk, TooManyEvents};
use super::fault::{self, Fault};
use super::quick;
use super::raw::{Form, RawEvent};
use crate::engine::batch::Batch;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a body. Lines end in LF or CRLF, the last one may end with the body; blank lines are no events but
/// are counted; a byte order mark may stand at the start.
pub fn read(body: Bytes, desk: &Desk<'_>) -> Result<Batch, TooManyEvents> {
    let mut batch = Batch::new(body.clone());
    let mut rest = without_byte_order_mark(&body);
    desk.reserve(&mut batch, memchr_iter(b'\n', rest).count() + 1);
    let mut number = 0;
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = without_carriage_return(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
        number += 1;
        if is_blank(line) {
            continue;
        }
        desk.admit_one(&batch)?;
        let mut event = RawEvent::new(Form::Plain);
        let read = read_line(line, &mut event, desk);
        desk.take(&mut batch, number, event, read);
    }
    Ok(batch)
}

pub(super) fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

fn without_carriage_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

fn read_line<'a>(line: &'a [u8], event: &mut RawEvent<'a>, desk: &Desk<'_>) -> Result<(), Fault> {
    let (readable, unreadable) = match (desk.check_length(line.len()), std::str::from_utf8(line)) {
        (Ok(()), Ok(text)) if quick::read(text, event) => return Ok(()),
        (Ok(()), Ok(text)) => {
            *event = RawEvent::new(Form::Plain);
            return event.read(text);
        }
        (Ok(()), Err(_)) => (line, fault::malformed("not UTF-8")),
        (Err(too_long), _) => (&line[..desk.limits.line_bytes_max], too_long),
    };
    // The id may stand in the part that can be read.
    let _ = event.read(readable.utf8_chunks().next().map_or("", |chunk| chunk.valid()));
    Err(unreadable)
}

#[cfg(test)]
mod tests;
