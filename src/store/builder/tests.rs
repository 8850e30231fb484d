//! The views against a naive fold of the same journal: J2, whatever the passes were and wherever a crash was.

mod checkpoints;
mod forgetting;
mod usage;
mod world;

use super::*;
use crate::domain::identity::Key;
use crate::domain::samples::{NOW, Random, later, seeds};
use crate::journal::JournalError;
use crate::journal::frame::Head;
use crate::journal::samples::copy_folder;
use crate::store::views::Settings;
use world::{PARTITIONS, SECRET, Told, World, told};

const SECOND: i64 = 1_000_000_000;

/// Views in a folder of their own, and the builder that fills them.
struct Built {
    builder: Builder,
    folder: tempfile::TempDir,
}

fn settings(folder: &std::path::Path) -> Settings {
    Settings { folder: folder.to_owned(), block_cache_bytes: 4 << 20 }
}

fn builder_in(folder: &std::path::Path, world: &World) -> Builder {
    let views = Arc::new(Views::open(&settings(folder)).unwrap());
    Builder::new(views, world.journal.frames(), SECRET, PARTITIONS).unwrap()
}

impl Built {
    fn empty(world: &World) -> Built {
        let folder = tempfile::tempdir().unwrap();
        Built { builder: builder_in(folder.path(), world), folder }
    }

    /// As a start after a crash finds it: what is on disk now, and nothing else.
    fn crash(&self, world: &World) -> Built {
        let busy = ["rocksdb.num-running-compactions", "rocksdb.compaction-pending"];
        while busy.iter().any(|name| self.builder.views.property(name) > 0) {
            std::thread::yield_now();
        }
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        Built { builder: builder_in(folder.path(), world), folder }
    }

    /// As a start after a stop without a checkpoint finds it.
    fn reopen(self, world: &World) -> Built {
        let Built { folder, builder } = self;
        drop(builder);
        Built { builder: builder_in(folder.path(), world), folder }
    }

    /// Passes of so many rows to the end of the journal.
    fn build(&mut self, rows_max: u64) {
        while self.builder.pass(rows_max, |_| ()).unwrap().rows > 0 {}
    }

    fn build_and_checkpoint(&mut self, rows_max: u64) {
        self.build(rows_max);
        self.builder.checkpoint().unwrap();
    }

    #[track_caller]
    fn equals(&self, world: &World, name: &str) {
        let (got, want) = (told(&self.builder.views), &world.told);
        let Told {
            snapshots,
            names,
            entries,
            ids,
            house,
            documents,
            deliveries,
            payments: _,
            usage: _,
            audit,
        } = &got;
        assert_eq!(snapshots, &want.snapshots, "{name}: snapshots of wallets");
        assert_eq!(names, &want.names, "{name}: names of wallets");
        assert!(*entries == want.entries, "{name}: entries");
        assert!(*ids == want.ids, "{name}: ids");
        assert!(*house == want.house, "{name}: records of the house");
        assert!(*documents == want.documents, "{name}: documents");
        assert!(*deliveries == want.deliveries, "{name}: deliveries");
        want.usage.equals(&self.builder.views, want, name);
        assert!(*audit == want.audit, "{name}: the audit");
        for (payment, attempt) in &want.payments {
            let found = self.builder.views.attempt_of_payment(payment).unwrap();
            assert_eq!(found, Some(*attempt), "{name}: the attempt of {payment}");
        }
        assert_eq!(self.builder.position(), &world.end(), "{name}: the position");
        let (stored, house_records) = self.builder.views.position().unwrap().expect("a checkpoint was made");
        assert_eq!(
            (stored, house_records),
            (world.end(), want.house.len() as u64),
            "{name}: the stored position"
        );
    }
}

#[test]
fn j2_the_views_equal_a_naive_fold_whatever_the_passes_and_the_crashes() {
    for seed in seeds(1, 6) {
        println!("seed: FAREBOX_SEED={seed}");
        let mut random = Random::new(seed);
        let mut world = World::new();
        let mut built = Built::empty(&world);
        for round in 0..5 {
            for _ in 0..1 + random.below(6) {
                let commands = 1 + random.below(60);
                world.commit(&mut random, commands);
            }
            built.build(1 + random.below(150));
            match random.below(4) {
                0 => built.builder.checkpoint().unwrap(),
                1 => built = built.crash(&world),
                2 => built = built.reopen(&world),
                _ => {}
            }
            built.build_and_checkpoint(1 + random.below(150));
            built.equals(&world, &format!("round {round}"));
        }
        let mut anew = Built::empty(&world);
        anew.build_and_checkpoint(u64::MAX);
        anew.equals(&world, "built anew from the whole journal");
    }
}

/// Views that an earlier version has built know nothing of what came into them since.
#[test]
fn j2_views_of_another_format_are_thrown_away_and_built_anew() {
    let mut random = Random::new(13);
    let mut world = World::new();
    let mut built = Built::empty(&world);
    (0..6).for_each(|_| world.commit(&mut random, 60));
    built.build_and_checkpoint(u64::MAX);
    for format in [None, Some(keys::FORMAT + 1)] {
        let views = Arc::clone(&built.builder.views);
        let meta = views.family(keys::META);
        match format {
            // As the first version left them: without a family, and not saying what they are.
            None => {
                views.database.delete_cf(&meta, keys::FORMAT_KEY).unwrap();
                views.database.drop_cf(keys::AUDIT).unwrap();
            }
            Some(format) => {
                views.database.put_cf(&meta, keys::FORMAT_KEY, format.to_le_bytes()).unwrap();
            }
        }
        drop(meta);
        drop(views);
        let Built { builder, folder } = built;
        drop(builder);
        let beside = Views::open_read_only(&settings(folder.path())).err();
        assert!(matches!(beside, Some(StoreError::Format { .. })), "{format:?}: {beside:?}");
        built = Built { builder: builder_in(folder.path(), &world), folder };
        assert_eq!(built.builder.position().commit, 0, "{format:?}: nothing is left of them");
        built.build_and_checkpoint(u64::MAX);
        built.equals(&world, &format!("built anew from {format:?}"));
        assert!(!world.told.audit.is_empty());
        built = built.reopen(&world);
        assert_eq!(built.builder.position(), &world.end(), "{format:?}: built anew once");
    }
}

#[test]
fn w3_every_id_is_found_with_its_verdict_and_others_are_not() {
    let mut random = Random::new(7);
    let mut world = World::new();
    let mut built = Built::empty(&world);
    (0..20).for_each(|_| world.commit(&mut random, 40));
    built.build(100);
    let views = Arc::clone(&built.builder.views);
    let expected: Vec<_> = world.told.ids.values().flatten().collect();
    assert!(expected.len() > 200, "enough to look for");
    for (key, remembered) in &expected {
        assert_eq!(views.remembered(**key).unwrap(), Some((*remembered).clone()));
        assert_eq!(views.remembered(Key(key.0 ^ 1)).unwrap(), None, "no other id is known");
    }
    let asked: Vec<_> = (0..).zip(&expected).map(|(place, (key, _))| (**key, place)).collect();
    let mut found = views.remembered_many(&asked).unwrap();
    found.sort_by_key(|(place, _)| *place);
    assert!(found.into_iter().eq((0..).zip(expected.iter().map(|(_, remembered)| (*remembered).clone()))));
}

#[test]
fn j2_large_passes_and_small_ones_give_the_same_rows() {
    let mut random = Random::new(8);
    let mut world = World::new();
    (0..12).for_each(|_| world.commit(&mut random, 500));
    let (mut large, mut small) = (Built::empty(&world), Built::empty(&world));
    large.build_and_checkpoint(u64::MAX);
    small.build_and_checkpoint(300);
    assert!(large.builder.files_made > 0, "a large pass goes in as sorted files");
    assert_eq!(small.builder.files_made, 0, "small ones go in as batches");
    large.equals(&world, "one large pass");
    small.equals(&world, "many small passes");
    // Files that were taken over before a crash are made and taken over again.
    (0..12).for_each(|_| world.commit(&mut random, 500));
    large.build(u64::MAX);
    assert!(large.builder.files_made > 2);
    let owed = large.builder.views.figures().pending_compaction_bytes;
    assert!(owed > 1_000, "what came second is yet to be merged with what came first: {owed} bytes");
    for (name, mut again) in [("a crash", large.crash(&world)), ("a stop", large.reopen(&world))] {
        again.build_and_checkpoint(u64::MAX);
        again.equals(&world, name);
    }
}

#[test]
fn a_wallets_entries_are_read_in_pages_of_its_own() {
    let mut random = Random::new(9);
    let mut world = World::new();
    (0..6).for_each(|_| world.commit(&mut random, 60));
    let mut built = Built::empty(&world);
    built.build(u64::MAX);
    for id in world.told.snapshots.keys() {
        let mine: Vec<_> =
            world.told.entries.range((*id, 0)..=(*id, u64::MAX)).map(|(_, row)| row.clone()).collect();
        let (mut pages, mut after) = (Vec::new(), 0);
        loop {
            let page = built.builder.views.entries(*id, after, 7).unwrap();
            if page.is_empty() {
                break;
            }
            after += page.len() as u64;
            pages.extend(page.into_iter().map(|row| row.0));
        }
        assert_eq!(pages, mine, "entries of {id:?}");
        assert!(built.builder.views.entries(*id, u64::MAX, 7).unwrap().is_empty());
    }
}

#[test]
fn a_pass_takes_whole_commits_and_tells_each_with_its_heads() {
    let mut random = Random::new(10);
    let mut world = World::new();
    for _ in 0..8 {
        world.commit(&mut random, 20);
    }
    let mut built = Built::empty(&world);
    let mut told: Vec<Mark> = Vec::new();
    let mut passes = 0;
    while built.builder.pass(1, |mark| told.push(mark.clone())).unwrap().rows > 0 {
        passes += 1;
        assert_eq!(built.builder.position().commit, passes, "one row asks for its whole commit");
    }
    built = Built::empty(&world);
    built.builder.pass(u64::MAX, |mark| told.push(mark.clone())).unwrap();
    for commit in 0..=world.end().commit {
        let heads: Vec<_> =
            told.iter().filter(|mark| mark.commit == commit).map(|mark| &mark.heads).collect();
        assert!(heads.len() >= 2, "commit {commit} is told in small passes and in a large one");
        assert!(
            heads.into_iter().all(|heads| *heads == world.heads_after[commit as usize]),
            "commit {commit}"
        );
    }
}

/// A fuzzy snapshot: it holds more than the position says, and what it holds is skipped.
#[test]
fn j2_a_snapshot_ahead_of_the_position_is_not_folded_twice() {
    let mut random = Random::new(11);
    let mut world = World::new();
    let mut built = Built::empty(&world);
    world.commit(&mut random, 50);
    built.build_and_checkpoint(u64::MAX);
    let views = Arc::clone(&built.builder.views);
    let behind = rows::encode_position(built.builder.position(), built.builder.house_records);
    (0..3).for_each(|_| world.commit(&mut random, 50));
    built.build_and_checkpoint(u64::MAX);
    views.database.put_cf(&views.family(keys::META), keys::POSITION, behind).unwrap();
    drop(views);
    let mut again = built.reopen(&world);
    assert_eq!(again.builder.position().commit, 1);
    world.commit(&mut random, 50);
    again.build_and_checkpoint(40);
    again.equals(&world, "folded from behind its snapshots");
}

#[test]
fn j3_records_that_do_not_fold_are_named_and_move_nothing() {
    let mut random = Random::new(12);
    let mut world = World::new();
    (0..2).for_each(|_| world.commit(&mut random, 30));
    let mut built = Built::empty(&world);
    built.build_and_checkpoint(u64::MAX);
    let end = world.end();
    let (id, snapshot) =
        world.told.snapshots.iter().find(|(id, _)| id.partition == 1).expect("a wallet in partition 1");
    let number = snapshot.wallet.records + 2;
    let skipping = Record { number, occurred_at: NOW, change: Change::Suspended };
    let mut row = Vec::new();
    crate::journal::rows::put_record(&mut row, id.number, &skipping);
    world.append_row(1, &row);
    for _ in 0..2 {
        let ended = built.builder.pass(u64::MAX, |_| ()).map(|pass| pass.rows);
        assert!(matches!(ended, Err(StoreError::Misfit { commit: 3, partition: 1, .. })), "{ended:?}");
        assert_eq!(built.builder.position(), &end);
    }

    let mut world = World::new();
    world.append_row(2, b"no row");
    let ended = Built::empty(&world).builder.pass(u64::MAX, |_| ()).map(|pass| pass.rows);
    assert!(
        matches!(
            &ended,
            Err(StoreError::Journal(JournalError::Damaged { partition: 2, number: 1, commit: 1, .. }))
        ),
        "{ended:?}"
    );
}
