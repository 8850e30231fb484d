//! Entries read ahead of whoever writes them: a thread reads the views while another makes cells of what it has read.
//!
//! Rows go over in batches that come back to be filled again, so that memory does not grow with what is read. The thread
//! ends with the call that started it, and gives way to other work as much as the one that started it does.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use super::StoreError;
use super::laid::Laid;
use super::pinned::Pinned;
use crate::domain::event::FinalStatus;
use crate::domain::wallet::WalletId;

/// Entries of a batch: enough that handing one over costs nothing beside reading it.
const BATCH_ENTRIES: usize = 512;
/// Batches there are, read, being read and being written.
const BATCHES: usize = 4;

/// An entry as it lies in the views.
#[derive(Clone, Copy, Debug)]
pub struct Read<'b> {
    pub seq: u64,
    /// The final one, where it is a message that has one.
    pub status: Option<FinalStatus>,
    pub row: &'b [u8],
}

type Batch = Laid<(u64, Option<FinalStatus>)>;

impl Pinned {
    /// Calls `visit` with a wallet's entries after `after_seq`, in order, until it answers false or fails. They are read
    /// ahead, on a thread that ends before this returns.
    pub fn entries_ahead<E: From<StoreError> + From<io::Error>>(
        &self,
        wallet: WalletId,
        after_seq: u64,
        mut visit: impl FnMut(Read<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        std::thread::scope(|scope| {
            let (filled, batches) = sync_channel(BATCHES);
            let (emptied, to_fill) = channel();
            (0..BATCHES).for_each(|_| emptied.send(Batch::default()).expect("its other end is here"));
            let reader = move || {
                if let Err(error) = read(self, wallet, after_seq, &to_fill, &filled) {
                    // Nobody hears it only where nobody waits for it.
                    let _ = filled.send(Err(error));
                }
            };
            let thread = std::thread::Builder::new().name("read-ahead".to_owned());
            thread.spawn_scoped(scope, reader)?;
            // They end when the reader has let go of its end; to let go of this one ends the reader.
            for batch in batches {
                let mut batch = batch?;
                for ((seq, status), row) in batch.each() {
                    if !visit(Read { seq, status, row })? {
                        return Ok(());
                    }
                }
                batch.clear();
                // The reader has ended where it takes no more.
                let _ = emptied.send(batch);
            }
            Ok(())
        })
    }
}

fn read(
    views: &Pinned,
    wallet: WalletId,
    after_seq: u64,
    to_fill: &Receiver<Batch>,
    filled: &SyncSender<Result<Batch, StoreError>>,
) -> Result<(), StoreError> {
    let mut statuses = views.statuses_from(wallet, after_seq.saturating_add(1));
    let Ok(mut batch) = to_fill.recv() else { return Ok(()) };
    views.entries(wallet, after_seq, |seq, row| {
        batch.push((seq, statuses.of(seq)?), |rows| rows.extend_from_slice(row));
        if batch.len() < BATCH_ENTRIES {
            return Ok(true);
        }
        match (filled.send(Ok(std::mem::take(&mut batch))), to_fill.recv()) {
            (Ok(()), Ok(next)) => batch = next,
            // Nobody waits for more.
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let _ = filled.send(Ok(batch));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::keys;
    use crate::store::packs::Packing;
    use crate::store::views::{Settings, Views};

    #[derive(Debug, thiserror::Error)]
    enum Failure {
        #[error(transparent)]
        Store(#[from] StoreError),
        #[error(transparent)]
        Io(#[from] io::Error),
        #[error("the visit")]
        Visit,
    }

    const WALLET: WalletId = WalletId { partition: 1, number: 2 };

    /// Views with so many entries of one wallet, each as long as its number modulo 7, and of its neighbours.
    fn views(entries: u64) -> (tempfile::TempDir, Arc<Views>) {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { folder: folder.path().to_owned(), block_cache_bytes: 1 << 20 };
        let views = Arc::new(Views::open(&settings).unwrap());
        let mut packing = Packing::default();
        for number in [1, 3] {
            packing.push(WalletId { number, ..WALLET }, 1, |out| out.extend_from_slice(b"a neighbour's"));
        }
        for seq in 1..=entries {
            packing.push(WALLET, seq, |out| out.extend_from_slice(&row(seq)));
            if seq % 3 == 0 {
                let key = keys::entry(WALLET, seq);
                let status = [FinalStatus::Delivered as u8];
                views.database.put_cf(&views.family(keys::STATUSES), key, status).unwrap();
            }
        }
        for (part, bytes) in packing.parts() {
            views.database.merge_cf(&views.family(keys::ENTRIES), part.pack, bytes).unwrap();
        }
        (folder, views)
    }

    fn row(seq: u64) -> Vec<u8> {
        vec![seq as u8; (seq % 7) as usize]
    }

    #[test]
    fn every_entry_comes_once_in_order_with_its_status_whatever_the_batches_hold() {
        let batch = BATCH_ENTRIES as u64;
        for entries in [0, 1, batch - 1, batch, batch + 1, 10 * batch + 5] {
            let (_folder, views) = views(entries);
            let pinned = views.pin();
            for after in [0, 1, entries / 2, entries, u64::MAX] {
                let mut next = after.wrapping_add(1);
                let visit = |entry: Read<'_>| {
                    assert_eq!((entry.seq, entry.row), (next, &row(next)[..]));
                    assert_eq!(entry.status, (next % 3 == 0).then_some(FinalStatus::Delivered));
                    next += 1;
                    Ok::<_, Failure>(true)
                };
                pinned.entries_ahead(WALLET, after, visit).unwrap();
                assert_eq!(next, after.max(entries).wrapping_add(1), "after {after} of {entries}");
            }
        }
    }

    #[test]
    fn it_ends_where_it_is_told_to() {
        let (_folder, views) = views(20 * BATCH_ENTRIES as u64);
        let pinned = views.pin();
        for last in [1, BATCH_ENTRIES as u64, 3 * BATCH_ENTRIES as u64 + 7] {
            let mut visited = 0;
            let visit = |entry: Read<'_>| {
                visited += 1;
                Ok::<_, Failure>(entry.seq < last)
            };
            pinned.entries_ahead(WALLET, 0, visit).unwrap();
            assert_eq!(visited, last);
        }
    }

    #[test]
    fn what_a_visit_and_what_reading_fails_with_is_told() {
        let (_folder, views) = views(3 * BATCH_ENTRIES as u64);
        let failed = views.pin().entries_ahead(WALLET, 0, |_| Err(Failure::Visit));
        assert!(matches!(failed, Err(Failure::Visit)), "{failed:?}");
        let key = keys::entry(WALLET, 2 * BATCH_ENTRIES as u64);
        views.database.put_cf(&views.family(keys::STATUSES), key, [99]).unwrap();
        let mut visited = 0;
        let visit = |_: Read<'_>| {
            visited += 1;
            Ok(true)
        };
        let failed = views.pin().entries_ahead(WALLET, 0, visit);
        assert!(matches!(failed, Err(Failure::Store(_))), "{failed:?}");
        assert_eq!(visited, BATCH_ENTRIES);
    }
}
