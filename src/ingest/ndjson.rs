//! NDJSON: one event on each line.

use bytes::Bytes;
use memchr::memchr;

use super::desk::{Desk, TooManyEvents};
use super::fault::{self, Fault};
use super::field::Field;
use super::item::Item;
use super::quick::Layouts;
use super::raw::{Form, RawEvent};
use crate::engine::batch::Batch;
use crate::engine::directory::TOUCHED_AT_A_TIME;

/// Lines that are read before the first of them is checked.
const LINES_AT_A_TIME: usize = TOUCHED_AT_A_TIME;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a body. Lines end in LF or CRLF, the last one may end with the body; blank lines are no events but
/// are counted; a byte order mark may stand at the start.
pub fn read(body: Bytes, desk: &Desk<'_>) -> Result<Batch, TooManyEvents> {
    let mut batch = Batch::default();
    let mut rest = without_byte_order_mark(&body);
    // As many as there would be if all were about as long as the first.
    let first = memchr(b'\n', rest).unwrap_or(rest.len());
    let lines = rest.len() / (first + 1) + 1;
    desk.reserve(&mut batch, rest, lines + lines / 16);
    let mut number = 0;
    let (mut some, mut layouts) = (Vec::with_capacity(LINES_AT_A_TIME), Layouts::default());
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = without_carriage_return(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
        number += 1;
        if is_blank(line) {
            continue;
        }
        desk.admit(&batch, some.len())?;
        // Where it stays: an event has room for many fields, and is better not moved.
        some.push((number, RawEvent::new(Form::Plain), Ok(())));
        let (_, event, read) = some.last_mut().expect("one was pushed");
        *read = read_line(line, event, &mut layouts, desk);
        if some.len() == LINES_AT_A_TIME {
            take(&mut some, &mut batch, desk);
        }
    }
    take(&mut some, &mut batch, desk);
    Ok(batch)
}

/// Takes lines that were read. Their wallets are looked up in a row: they are far from each other, and memory answers
/// side by side.
fn take(some: &mut Vec<(u32, RawEvent<'_>, Result<(), Fault>)>, batch: &mut Batch, desk: &Desk<'_>) {
    desk.directory.touch(some.iter().filter_map(|(_, event, _)| event.text(Field::Wallet)));
    some.iter_mut().for_each(|(_, event, _)| event.find_wallet(desk));
    for (number, event, read) in some.iter_mut() {
        desk.take(batch, *number, event, std::mem::replace(read, Ok(())));
    }
    some.clear();
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

fn read_line<'a>(
    line: &'a [u8],
    event: &mut RawEvent<'a>,
    layouts: &mut Layouts<'a>,
    desk: &Desk<'_>,
) -> Result<(), Fault> {
    let (readable, unreadable) = match (desk.check_length(line.len()), std::str::from_utf8(line)) {
        (Ok(()), Ok(text)) if layouts.read(text, event) => return Ok(()),
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
