//! The embedded journal on a real disk: what was appended is found again, whatever is missing is named (J3).

mod damage;

use std::collections::BTreeMap;
use std::fs;

use tempfile::TempDir;

use super::*;
use crate::domain::samples::{NOW, Random, seeds};
use crate::journal::frame::FrameBuilder;
use crate::journal::samples::copy_folder;

const PARTITIONS: u8 = 4;

/// A journal in a folder of its own, and everything that was appended to it.
struct World {
    folder: TempDir,
    heads: Vec<Head>,
    /// By commit and partition.
    appended: BTreeMap<(u64, u8), Vec<u8>>,
}

fn start() -> Mark {
    Mark { commit: 0, heads: vec![Head::default(); PARTITIONS.into()] }
}

fn open_in(folder: &Path) -> Result<(Embedded, Option<String>), JournalError> {
    Embedded::open(&Settings {
        folder: folder.to_owned(),
        partitions: PARTITIONS,
        write_buffer_bytes: 1 << 20,
    })
}

/// Everything after `position`, in order.
fn walked(frames: &Frames, position: &mut Mark) -> Result<Vec<(u64, u8, Vec<u8>)>, JournalError> {
    let mut found = Vec::new();
    frames.walk(position, |commit, frame, bytes| {
        found.push((commit, frame.partition, bytes.to_vec()));
        Ok(true)
    })?;
    Ok(found)
}

/// What starting does: opens, walks the whole chain, accepts its end.
fn recover(folder: &Path) -> Result<Embedded, JournalError> {
    let (mut journal, _) = open_in(folder)?;
    let (mut tip, marked) = (start(), journal.mark().commit);
    let mut at_mark = (marked == 0).then(|| tip.heads.clone());
    let mut at = tip.clone();
    journal.frames().walk(&mut tip, |commit, frame, _| {
        at.commit = commit;
        at.heads[usize::from(frame.partition)] = Head { number: frame.number, link: frame.link };
        if commit == marked {
            at_mark = Some(at.heads.clone());
        }
        Ok(true)
    })?;
    journal.accept(tip, at_mark.as_deref())?;
    Ok(journal)
}

impl World {
    fn new() -> World {
        World {
            folder: tempfile::tempdir().unwrap(),
            heads: vec![Head::default(); PARTITIONS.into()],
            appended: BTreeMap::new(),
        }
    }

    fn recover(&self) -> Result<Embedded, JournalError> {
        recover(self.folder.path())
    }

    fn seal(&mut self, partition: u8, content: &[u8]) -> Sealed {
        let mut frame = FrameBuilder::default();
        frame.push(|out| out.extend_from_slice(content));
        let head = &mut self.heads[usize::from(partition)];
        let bytes = frame.seal(partition, head, NOW).into();
        Sealed { partition, number: head.number, rows: 1, bytes, ids: Default::default() }
    }

    /// Appends a frame for each of these partitions, all in one go.
    fn append(&mut self, journal: &mut Embedded, partitions: &[u8]) {
        let content = [self.appended.len() as u8; 40];
        let frames: Vec<_> = partitions.iter().map(|partition| self.seal(*partition, &content)).collect();
        let mut commit = journal.commit() + 1;
        assert_eq!(journal.append(&frames), Append::Durable);
        for frame in frames {
            if self.appended.keys().any(|key| *key == (commit, frame.partition)) {
                commit += 1;
            }
            self.appended.insert((commit, frame.partition), frame.bytes.to_vec());
        }
        assert_eq!(journal.commit(), commit, "appending {partitions:?}");
    }

    #[track_caller]
    fn holds_all(&self, journal: &Embedded) {
        let mut position = start();
        let found = walked(&journal.frames(), &mut position).unwrap();
        let expected =
            self.appended.iter().map(|((commit, partition), bytes)| (*commit, *partition, bytes.clone()));
        assert!(found.into_iter().eq(expected), "the journal holds what was appended, in order");
        assert_eq!(position, Mark { commit: journal.commit(), heads: self.heads.clone() });
    }
}

#[test]
fn j3_what_was_appended_is_found_again_after_any_number_of_starts() {
    for seed in seeds(1, 6) {
        println!("seed: FAREBOX_SEED={seed}");
        let mut random = Random::new(seed);
        let mut world = World::new();
        for _ in 0..3 {
            let mut journal = world.recover().unwrap();
            world.holds_all(&journal);
            for _ in 0..random.below(6) {
                let partitions: Vec<_> =
                    (0..1 + random.below(7)).map(|_| random.below(PARTITIONS.into()) as u8).collect();
                world.append(&mut journal, &partitions);
            }
            world.holds_all(&journal);
        }
        world.holds_all(&world.recover().unwrap());
    }
}

#[test]
fn frames_of_one_partition_appended_together_go_to_commits_that_follow_one_another() {
    /// Partitions in the order of their frames; (commit, partition) where each then stands.
    type Row<'a> = (&'a [u8], &'a [(u64, u8)]);
    let table: [Row<'_>; 6] = [
        (&[0], &[(1, 0)]),
        (&[0, 1, 2], &[(2, 0), (2, 1), (2, 2)]),
        (&[0, 0, 0], &[(3, 0), (4, 0), (5, 0)]),
        (&[0, 1, 0, 1], &[(6, 0), (6, 1), (7, 0), (7, 1)]),
        (&[0, 0, 1, 1], &[(8, 0), (9, 0), (9, 1), (10, 1)]),
        (&[3, 2, 1, 3], &[(11, 1), (11, 2), (11, 3), (12, 3)]),
    ];
    let mut world = World::new();
    let mut journal = world.recover().unwrap();
    for (partitions, want) in table {
        let mut position = Mark { commit: journal.commit(), heads: world.heads.clone() };
        world.append(&mut journal, partitions);
        let found = walked(&journal.frames(), &mut position).unwrap();
        let places: Vec<_> = found.iter().map(|(commit, partition, _)| (*commit, *partition)).collect();
        assert_eq!(places, want, "frames of partitions {partitions:?} in one append");
    }
}

#[test]
fn a_walk_stops_at_the_end_of_a_commit_and_goes_on_from_there() {
    let mut world = World::new();
    let mut journal = world.recover().unwrap();
    for partitions in [&[0, 1, 2][..], &[1, 3], &[0], &[0, 2]] {
        world.append(&mut journal, partitions);
    }
    let mut position = start();
    for (commit, frames) in [(1, 3), (2, 2), (3, 1), (4, 2), (4, 0)] {
        let mut seen = 0;
        let stop_at_once = |_: u64, _: &Frame<'_>, _: &[u8]| {
            seen += 1;
            Ok(false)
        };
        journal.frames().walk(&mut position, stop_at_once).unwrap();
        assert_eq!((position.commit, seen), (commit, frames), "whole commits only");
    }
    assert_eq!(position.heads, world.heads);
    // A visitor's own error comes out, and the commit it stopped in is not behind the reader.
    let mut position = start();
    let fail_in_commit_2 = |commit, _: &Frame<'_>, _: &[u8]| match commit {
        2 => Err(JournalError::Read("stop".into())),
        _ => Ok(true),
    };
    let failed = journal.frames().walk(&mut position, fail_in_commit_2);
    assert!(matches!(failed, Err(JournalError::Read(_))));
    assert_eq!(position.commit, 1);
}

#[test]
fn a_failed_append_is_final() {
    let mut world = World::new();
    let mut journal = world.recover().unwrap();
    world.append(&mut journal, &[0]);
    // From here on the disk of the high-water mark is full. It is one commit behind, so one append still goes through.
    journal.keeper = Keeper::start(Path::new("/dev/full")).unwrap();
    world.append(&mut journal, &[1]);
    let [unmarked, later] = [2, 3].map(|partition| world.seal(partition, b"content of a frame"));
    let failed = journal.append(&[unmarked]);
    assert!(matches!(&failed, Append::Failed(why) if why.contains("high-water")), "{failed:?}");
    let commit = journal.commit();
    let failed = journal.append(&[later]);
    assert!(matches!(&failed, Append::Failed(why) if why.contains("before")), "{failed:?}");
    assert_eq!(journal.commit(), commit, "nothing was taken after the failure");
}

#[test]
fn writers_wait_for_no_file_to_be_moved_down() {
    let mut world = World::new();
    let mut journal = world.recover().unwrap();
    let frames = journal.frames();
    // Nobody moves any, as where the threads for it are busy with something else.
    frames.database.set_options(&[("level0_file_num_compaction_trigger", "1000000")]).unwrap();
    // Beyond RocksDB's own limit of 20.
    for _ in 0..30 {
        world.append(&mut journal, &[0, 1]);
        frames.database.flush().unwrap();
    }
    let of = |property: &str| frames.database.property_int_value(property).unwrap();
    assert_eq!(of("rocksdb.num-files-at-level0"), Some(30));
    let figures = frames.figures();
    assert_eq!((figures.delayed_write_bytes_per_second, figures.write_stopped), (0, 0));
    world.append(&mut journal, &[0, 1]);
    world.holds_all(&journal);
}

#[test]
fn a_reader_without_the_writer_finds_the_same() {
    let mut world = World::new();
    let mut journal = world.recover().unwrap();
    world.append(&mut journal, &[0, 1, 1]);
    drop(journal);
    let frames = Frames::open_read_only(world.folder.path()).unwrap();
    let mut position = start();
    assert_eq!(walked(&frames, &mut position).unwrap().len(), 3);
    assert_eq!(position.heads, world.heads);
}
