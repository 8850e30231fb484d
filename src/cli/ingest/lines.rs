//! From a stream of lines to batches, one stream of batches for each connection.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, Read};

use bytes::Bytes;
use serde::Deserialize;
use tokio::sync::mpsc::Sender;

/// Most bytes of a line that are looked at: more than any engine takes, so that it is the engine that says
/// `line_too_long`, and little enough for a file that is one endless line.
const LINE_BYTES_MAX: u64 = (1 << 20) + 1;
/// A batch is sent when it has grown to this, however few lines it has.
const BATCH_BYTES_MAX: usize = 8 << 20;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Lines that are sent in one request, and where they stood in the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    body: Vec<u8>,
    /// For each line its number in the input, from 1, and where it ends in the body, its line break included.
    lines: Vec<(u64, usize)>,
}

impl Batch {
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    fn is_full(&self, lines_max: usize) -> bool {
        self.lines.len() >= lines_max || self.body.len() >= BATCH_BYTES_MAX
    }

    pub fn push(&mut self, number: u64, line: &[u8]) {
        self.body.extend_from_slice(line);
        self.body.push(b'\n');
        self.lines.push((number, self.body.len()));
    }

    /// A line without its break, and its number in the input.
    pub fn line(&self, index: usize) -> (u64, &[u8]) {
        let (number, end) = self.lines[index];
        let start = if index == 0 { 0 } else { self.lines[index - 1].1 };
        (number, &self.body[start..end - 1])
    }

    pub fn first_line_number(&self) -> u64 {
        self.lines.first().map_or(0, |(number, _)| *number)
    }

    /// Some of the lines, in order.
    pub fn select(&self, indexes: &[usize]) -> Batch {
        let mut selected = Batch::default();
        for index in indexes {
            let (number, line) = self.line(*index);
            selected.push(number, line);
        }
        selected
    }

    pub fn bytes(&self) -> Bytes {
        Bytes::copy_from_slice(&self.body)
    }

    pub fn bytes_len(&self) -> usize {
        self.body.len()
    }
}

/// Reads to the end and hands out full batches; all lines of a wallet go to the same sender.
/// Stops early, and without an error, where nobody receives any more.
pub fn split(mut input: impl BufRead, lines_max: usize, senders: &[Sender<Batch>]) -> io::Result<()> {
    let mut batches: Vec<Batch> = senders.iter().map(|_| Batch::default()).collect();
    let mut line = Vec::new();
    let mut number = 0;
    while read_line(&mut input, &mut line)? {
        number += 1;
        if number == 1 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let lane = lane_of(&line, senders.len());
        batches[lane].push(number, &line);
        let full = batches[lane].is_full(lines_max);
        if full && senders[lane].blocking_send(std::mem::take(&mut batches[lane])).is_err() {
            return Ok(());
        }
    }
    for (batch, sender) in batches.into_iter().zip(senders) {
        // A receiver that is gone has told why itself.
        if batch.len() > 0 && sender.blocking_send(batch).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Reads a line without its break; false at the end of the input. Of an overlong line the start.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    if input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() as u64 == LINE_BYTES_MAX {
        input.skip_until(b'\n')?;
    }
    Ok(true)
}

/// The one field that decides where a line goes; the others are skipped without being kept.
#[derive(Deserialize)]
struct Owner<'a> {
    #[serde(borrow)]
    wallet: Cow<'a, str>,
}

/// Lines without a readable wallet go anywhere: the engine will say what is wrong with them.
fn lane_of(line: &[u8], lanes: usize) -> usize {
    let Ok(owner) = serde_json::from_slice::<Owner<'_>>(line) else { return 0 };
    let mut hasher = DefaultHasher::new();
    owner.wallet.hash(&mut hasher);
    (hasher.finish() % lanes as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc::channel;

    /// What each of `lanes` connections is sent: for every batch the line numbers.
    fn split_text(text: &[u8], lines_max: usize, lanes: usize) -> Vec<Vec<Batch>> {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..lanes).map(|_| channel(1_000)).unzip();
        split(text, lines_max, &senders).unwrap();
        drop(senders);
        let drain = |mut receiver: tokio::sync::mpsc::Receiver<Batch>| {
            std::iter::from_fn(|| receiver.try_recv().ok()).collect()
        };
        receivers.into_iter().map(drain).collect()
    }

    fn lines(batch: &Batch) -> Vec<(u64, String)> {
        let text = |(number, line): (u64, &[u8])| (number, String::from_utf8_lossy(line).into_owned());
        (0..batch.len()).map(|index| text(batch.line(index))).collect()
    }

    #[test]
    fn lines_keep_their_numbers_and_blank_ones_are_left_out() {
        let batches = split_text(b"\xef\xbb\xbfa\n\n  \t\r\nb\r\nc", 2, 1);
        let found: Vec<Vec<(u64, String)>> = batches[0].iter().map(lines).collect();
        let want = vec![vec![(1, "a".to_owned()), (4, "b\r".to_owned())], vec![(5, "c".to_owned())]];
        assert_eq!(found, want);
        assert!(split_text(b"", 2, 1)[0].is_empty(), "an empty file is no batch");
    }

    #[test]
    fn the_lines_of_a_wallet_share_a_connection_in_order() {
        let line = |event: usize| match event % 3 {
            0 => format!("{{\"id\":\"{event}\",\"wallet\":\"w{}\"}}\n", event % 7),
            1 => format!("{{\"wallet\":\"\\u0077{}\",\"tags\":{{\"wallet\":\"x\"}}}}\n", event % 7),
            _ => format!("{{\"text\":[1,{{\"a\":null}}],\"wallet\":\"w{}\"}}\n", event % 7),
        };
        let text: String = (0..2_000).map(line).collect();
        let lanes = split_text(text.as_bytes(), 10, 4);
        let mut owners = std::collections::HashMap::new();
        for (lane, batches) in lanes.iter().enumerate() {
            let all: Vec<(u64, String)> = batches.iter().flat_map(lines).collect();
            assert!(all.is_sorted_by_key(|(number, _)| *number), "connection {lane} is sent lines in order");
            for (number, _) in all {
                let wallet = (number - 1) % 7;
                assert_eq!(*owners.entry(wallet).or_insert(lane), lane, "wallet w{wallet}");
            }
        }
        assert_eq!(owners.len(), 7);
        assert_eq!(lanes.iter().flatten().map(Batch::len).sum::<usize>(), 2_000, "every line once");
    }

    #[test]
    fn what_has_no_readable_wallet_is_sent_all_the_same() {
        let text = b"{\n[]\n{\"wallet\":1}\n{\"wallet\":\"a\",\"wallet\":\"b\"}\n\xff\n\0\n";
        let batches = split_text(text, 100, 4);
        assert_eq!(batches[0].iter().map(Batch::len).sum::<usize>(), 6);
    }

    #[test]
    fn an_overlong_line_is_cut_and_the_next_one_is_whole() {
        let mut text = vec![b'x'; LINE_BYTES_MAX as usize + 5];
        text.extend_from_slice(b"\nnext\n");
        let batch = &split_text(&text, 100, 1)[0][0];
        assert_eq!(batch.line(0).1.len() as u64, LINE_BYTES_MAX);
        assert_eq!(batch.line(1), (2, &b"next"[..]));
    }

    #[test]
    fn a_batch_is_sent_when_it_is_large_however_few_its_lines() {
        let line = [vec![b'x'; 1 << 20], b"\n".to_vec()].concat();
        let batches = split_text(&line.repeat(12), 1_000, 1);
        assert_eq!(batches[0].iter().map(Batch::len).collect::<Vec<_>>(), [8, 4]);
    }

    #[test]
    fn a_selection_keeps_numbers_and_order() {
        let mut batch = Batch::default();
        for (number, line) in [(3, "a"), (5, ""), (9, "ccc")] {
            batch.push(number, line.as_bytes());
        }
        assert_eq!(lines(&batch.select(&[0, 2])), [(3, "a".to_owned()), (9, "ccc".to_owned())]);
        assert_eq!(&batch.bytes()[..], b"a\n\nccc\n");
    }
}
