//! Writing what a pass has gathered: large passes as sorted files that the database takes over, small ones as a batch.

use std::path::PathBuf;
use std::sync::Arc;

use rocksdb::{DBCompressionType, IngestExternalFileOptions, Options, SstFileWriter, WriteBatch};

use super::gathered::{Counted, Gathered, IdPlace, IdRow};
use super::{Builder, WALLETS_AT_A_TIME, without_log};
use crate::domain::identity::Key;
use crate::store::together::bring;
use crate::store::views::Family;
use crate::store::{StoreError, cells, keys};

/// Passes of fewer rows go in as a batch: a sorted file of a handful of rows costs more than it saves.
const FILE_ROWS_MIN: u64 = 4_096;
/// Parts of packs with fewer entries, on average, are compressed: most of them is the first entry, which is written in full.
const LONG_PART_ENTRIES: usize = 16;

/// Keys that the filter is told at once.
const KEYS_AT_A_TIME: usize = 4_096;

/// A row that is about to be written.
enum Row<'r, K> {
    Whole(K, &'r [u8]),
    /// To be merged with what is there under its key.
    Part(K, &'r [u8]),
}

/// A file of rows that is being written beside the database.
struct SortedFile<'o> {
    writer: SstFileWriter<'o>,
    path: PathBuf,
}

impl Builder {
    /// Writes what a pass up to `commit` has gathered. Nobody takes a state of the views meanwhile.
    pub(super) fn write(&mut self, gathered: &mut Gathered, commit: u64) -> Result<(), StoreError> {
        let views = Arc::clone(&self.views);
        let mut written = views.written.lock();
        let mut batch = WriteBatch::default();
        self.write_usage(gathered, commit, &mut batch)?;
        let names = views.family(keys::NAMES);
        gathered.names.iter().for_each(|(wallet, value)| batch.put_cf(&names, wallet.as_bytes(), value));
        let house = views.family(keys::HOUSE);
        gathered.house.iter().for_each(|(ordinal, value)| batch.put_cf(&house, keys::house(*ordinal), value));
        for (family, key, value) in &gathered.documents {
            batch.put_cf(&views.family(family), key, value);
        }
        gathered.order_ids();
        let as_file = gathered.rows >= FILE_ROWS_MIN;
        let entries = views.family(keys::ENTRIES);
        let of_parts = match gathered.entries.entries_a_part() < LONG_PART_ENTRIES {
            true => DBCompressionType::Lz4,
            false => DBCompressionType::None,
        };
        let parts = gathered.entries.parts().map(|(part, bytes)| match part.begins {
            true => Row::Whole(part.pack, bytes),
            false => Row::Part(part.pack, bytes),
        });
        self.put_rows(keys::ENTRIES, &entries, parts, as_file.then_some(of_parts), &mut batch)?;
        // Stable: of one message the later status stays behind the earlier.
        gathered.statuses.sort_by_key(|status| status.0);
        let last_of_each = gathered.statuses.chunk_by(|one, other| one.0 == other.0).filter_map(<[_]>::last);
        let status_rows = last_of_each.map(|(key, status)| Row::Whole(key, &status[..]));
        let compressed = as_file.then_some(DBCompressionType::Lz4);
        self.put_rows(keys::STATUSES, &views.family(keys::STATUSES), status_rows, compressed, &mut batch)?;
        for group in gathered.ids_in_order.chunk_by(|one, other| one.generation == other.generation) {
            let generation = group[0].generation;
            // The filter learns of an id before the shards can forget it.
            for some in group.chunks(KEYS_AT_A_TIME) {
                let keys: Vec<_> = some.iter().map(|id| Key(u128::from_be_bytes(id.key))).collect();
                views.filter.insert(generation, &keys);
            }
            let family = views.ids_family(generation)?;
            let last_of_its_key =
                |(index, id): &(usize, &IdRow)| group.get(index + 1).is_none_or(|next| next.key != id.key);
            let id_rows = group
                .iter()
                .enumerate()
                .filter(last_of_its_key)
                .map(|(_, id)| Row::Whole(id.key, id.value(&gathered.courses)));
            // Ids are hashes.
            let as_they_are = as_file.then_some(DBCompressionType::None);
            self.put_rows(&generation.family(), &family, id_rows, as_they_are, &mut batch)?;
        }
        views.database.write_opt(batch, &without_log())?;
        *written += 1;
        if as_file {
            views.left_runs();
        }
        Ok(())
    }

    /// Adds what was counted, and up to where, as one: a file that the database takes over whole, or a batch.
    fn write_usage(
        &mut self,
        gathered: &mut Gathered,
        commit: u64,
        batch: &mut WriteBatch,
    ) -> Result<(), StoreError> {
        if commit <= self.usage_commit {
            return Ok(());
        }
        let as_file = gathered.rows >= FILE_ROWS_MIN;
        let views = Arc::clone(&self.views);
        let family = views.family(keys::USAGE);
        let options = self.views.file_options(keys::USAGE, DBCompressionType::Lz4);
        let mut file = as_file.then(|| self.start_file(&options)).transpose()?;
        let mut row = Vec::new();
        for Counted { wallet: id, tally, channels } in gathered.counted.drain(..) {
            tally.write(&gathered.campaigns, &mut row, |days, day, operand| {
                let key = cells::key(id, days, day);
                match &mut file {
                    Some(file) => file.writer.merge(key, operand)?,
                    None => batch.merge_cf(&family, key, operand),
                }
                Ok(())
            })?;
            for channel in channels {
                let key = keys::channel(id, &channel);
                match &mut file {
                    Some(file) => file.writer.put(key, [])?,
                    None => batch.put_cf(&family, key, []),
                }
            }
            self.pieces.done(1, || self.rests.hundredths());
        }
        let at = commit.to_be_bytes();
        match file {
            Some(mut file) => {
                file.writer.put(keys::USAGE_COMMIT, at)?;
                self.take_over(file, &family)?;
            }
            None => batch.put_cf(&family, keys::USAGE_COMMIT, at),
        }
        self.usage_commit = commit;
        Ok(())
    }

    /// Writes the snapshots that have changed since the last checkpoint. They may be found ahead of the position: whoever folds
    /// on passes the records over that they hold already.
    pub(super) fn write_snapshots(&mut self, batch: &mut WriteBatch) -> Result<(), StoreError> {
        let views = Arc::clone(&self.views);
        let family = views.family(keys::WALLETS);
        self.changed.sort_unstable();
        let as_file = self.changed.len() as u64 >= FILE_ROWS_MIN;
        let options = views.file_options(keys::WALLETS, DBCompressionType::Lz4);
        let mut file = as_file.then(|| self.start_file(&options)).transpose()?;
        for some in self.changed.chunks(WALLETS_AT_A_TIME) {
            let some = some.iter().filter_map(|id| self.wallets.get(*id).map(|folded| (*id, folded)));
            bring(some.clone().map(|(_, folded)| folded.look()));
            for (id, folded) in some {
                let (key, value) = (keys::wallet(id), folded.snapshot.encode());
                match &mut file {
                    Some(file) => file.writer.put(key, value)?,
                    None => batch.put_cf(&family, key, value),
                }
            }
        }
        file.map_or(Ok(()), |file| self.take_over(file, &family))
    }

    /// Writes rows as a file with this compression, or where there is none into the batch.
    fn put_rows<'r, K: AsRef<[u8]>>(
        &mut self,
        name: &str,
        family: &Family<'_>,
        sorted: impl Iterator<Item = Row<'r, K>>,
        file: Option<DBCompressionType>,
        batch: &mut WriteBatch,
    ) -> Result<(), StoreError> {
        let mut sorted = sorted.peekable();
        if sorted.peek().is_none() {
            return Ok(());
        }
        let Some(compression) = file else {
            sorted.for_each(|row| match row {
                Row::Whole(key, value) => batch.put_cf(family, key, value),
                Row::Part(key, part) => batch.merge_cf(family, key, part),
            });
            return Ok(());
        };
        let options = self.views.file_options(name, compression);
        let mut file = self.start_file(&options)?;
        for row in sorted {
            let (Row::Whole(_, value) | Row::Part(_, value)) = &row;
            let bytes = value.len();
            match row {
                Row::Whole(key, value) => file.writer.put(key, value)?,
                Row::Part(key, part) => file.writer.merge(key, part)?,
            }
            self.pieces.done_row(bytes, || self.rests.hundredths());
        }
        self.take_over(file, family)
    }

    fn start_file<'o>(&mut self, options: &'o Options) -> Result<SortedFile<'o>, StoreError> {
        let path = self.views.incoming.join(format!("{}.sst", self.files_made));
        self.files_made += 1;
        let writer = SstFileWriter::create(options);
        writer.open(&path)?;
        Ok(SortedFile { writer, path })
    }

    /// Has the database take a sorted file over, whole or not at all.
    fn take_over(&self, mut file: SortedFile<'_>, family: &Family<'_>) -> Result<(), StoreError> {
        file.writer.finish()?;
        let mut ingest = IngestExternalFileOptions::default();
        ingest.set_move_files(true);
        Ok(self.views.database.ingest_external_file_cf_opts(family, &ingest, vec![file.path])?)
    }
}

impl Gathered {
    /// Puts the ids in order: by generation and key, and of one id decided twice (forgotten in between) the later behind
    /// the earlier. They are moved once, when their order is known: whoever goes through them then reads memory in a line.
    fn order_ids(&mut self) {
        let Gathered { ids, ids_order, ids_in_order, .. } = self;
        let places = ids.iter().enumerate().map(|(row, id)| {
            let half_key = id.key.first_chunk().map_or(0, |half| u64::from_be_bytes(*half));
            IdPlace { half_key, row: u32::try_from(row).expect("a pass has fewer than 2^32 rows") }
        });
        ids_order.extend(places);
        let row = |place: &IdPlace| &ids[place.row as usize];
        ids_order.sort_unstable_by(|one, other| {
            let by_rows = || (row(one).key, one.row).cmp(&(row(other).key, other.row));
            one.half_key.cmp(&other.half_key).then_with(by_rows)
        });
        if ids.iter().any(|id| id.generation != ids[0].generation) {
            ids_order.sort_by_key(|place| row(place).generation);
        }
        ids_in_order.extend(ids_order.iter().map(|place| *row(place)));
    }
}
