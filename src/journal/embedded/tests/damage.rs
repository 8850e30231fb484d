//! Damage, holes, lost tails and other journals in its place: each is named and nothing is believed (J3).

use super::*;

/// Partition, frame and commit of what was found damaged.
#[track_caller]
fn damaged_at<T>(ended: Result<T, JournalError>) -> (u8, u64, u64) {
    match ended.map(|_| ()) {
        Err(JournalError::Damaged { partition, number, commit, .. }) => (partition, number, commit),
        other => panic!("wanted damage that names its place, got {other:?}"),
    }
}

/// Three commits: partition 0 in all of them, 1 in the first two, 2 in the second.
fn written() -> World {
    let mut world = World::new();
    let mut journal = world.recover().unwrap();
    for partitions in [&[0, 1][..], &[0, 1, 2], &[0]] {
        world.append(&mut journal, partitions);
    }
    world
}

fn spoil(world: &World, spoil: impl FnOnce(&DB)) {
    let (frames, _) = Frames::open(world.folder.path(), 1 << 20).unwrap();
    spoil(&frames.database);
}

#[test]
fn j3_a_changed_frame_is_named_wherever_a_byte_of_it_was_changed() {
    let world = written();
    let length = world.appended[&(2, 1)].len();
    for place in (0..length).step_by(17).chain([length - 1]) {
        spoil(&world, |database| {
            let mut bytes = world.appended[&(2, 1)].clone();
            bytes[place] ^= 0x20;
            database.put(key(2, 1), bytes).unwrap();
        });
        assert_eq!(damaged_at(world.recover()), (1, 2, 2), "byte {place} of {length}");
    }
    spoil(&world, |database| database.put(key(2, 1), &world.appended[&(2, 1)]).unwrap());
    world.holds_all(&world.recover().expect("the frame is itself again"));
}

type Spoil = fn(&DB, &BTreeMap<(u64, u8), Vec<u8>>);

#[test]
fn j3_missing_and_misplaced_frames_are_named() {
    let first_commit_missing: Spoil = |database, _| {
        database.delete(key(1, 0)).unwrap();
        database.delete(key(1, 1)).unwrap();
    };
    let table: [(&str, Spoil, (u8, u64, u64)); 6] = [
        ("the whole first commit is missing", first_commit_missing, (0, 1, 1)),
        (
            "a frame inside a commit is missing, and its partition goes on",
            |database, _| database.delete(key(2, 0)).unwrap(),
            (0, 2, 3),
        ),
        (
            "the last frame of a partition is missing",
            |database, _| database.delete(key(2, 2)).unwrap(),
            (2, 1, 3),
        ),
        (
            "an older frame stands in the place of a later one",
            |database, frames| database.put(key(3, 0), &frames[&(1, 0)]).unwrap(),
            (0, 3, 3),
        ),
        (
            "a frame stands in another partition's place",
            |database, frames| database.put(key(2, 2), &frames[&(2, 1)]).unwrap(),
            (2, 1, 2),
        ),
        ("a frame is empty", |database, _| database.put(key(3, 0), []).unwrap(), (0, 3, 3)),
    ];
    for (name, spoil_it, want) in table {
        let world = written();
        spoil(&world, |database| spoil_it(database, &world.appended));
        assert_eq!(damaged_at(world.recover()), want, "{name}");
    }
}

#[test]
fn j3_a_place_that_there_is_not_is_no_place_for_a_frame() {
    for stray in [&key(3, PARTITIONS)[..], b"stray"] {
        let world = written();
        spoil(&world, |database| database.put(stray, &world.appended[&(3, 0)]).unwrap());
        let ended = world.recover().map(|_| ());
        assert!(matches!(ended, Err(JournalError::Read(_))), "a frame under {stray:?}: {ended:?}");
    }
}

#[test]
fn j3_a_tail_lost_below_the_high_water_mark_is_named() {
    let mut world = written();
    let older = tempfile::tempdir().unwrap();
    copy_folder(&world.folder.path().join("journal"), older.path());
    let mut journal = world.recover().unwrap();
    world.append(&mut journal, &[3, 1]);
    drop(journal);
    copy_folder(older.path(), &world.folder.path().join("journal"));
    let lost = world.recover().map(|_| ());
    assert!(
        matches!(lost, Err(JournalError::TailLost { partition: 1, found: 2, wanted: 3, commit: 4 })),
        "the first partition that lost something is named: {lost:?}"
    );
    fs::remove_dir_all(world.folder.path().join("journal")).unwrap();
    let lost = open_in(world.folder.path()).map(|_| ());
    assert!(
        matches!(lost, Err(JournalError::TailLost { partition: 0, found: 0, wanted: 3, commit: 4 })),
        "no journal where there was one: {lost:?}"
    );
}

#[test]
fn j3_a_torn_end_is_cut_above_the_mark_and_refused_below_it() {
    let mut world = World::new();
    let mut journal = world.recover().unwrap();
    world.append(&mut journal, &[0, 1]);
    world.append(&mut journal, &[0]);
    journal.keeper.settle().unwrap();
    let mark_of_2 = fs::read(world.folder.path().join("high-water")).unwrap();
    world.append(&mut journal, &[0, 2]);
    journal.keeper.settle().unwrap();
    // As a crash leaves it: the log as it stands, its last record torn.
    let crashed = tempfile::tempdir().unwrap();
    copy_folder(world.folder.path(), crashed.path());
    drop(journal);
    let logs = fs::read_dir(crashed.path().join("journal")).unwrap().map(|entry| entry.unwrap().path());
    let log = logs.filter(|path| path.extension().is_some_and(|end| end == "log")).max().unwrap();
    let length = fs::metadata(&log).unwrap().len();
    fs::OpenOptions::new().write(true).open(&log).unwrap().set_len(length - 5).unwrap();

    let below = tempfile::tempdir().unwrap();
    copy_folder(crashed.path(), below.path());
    let lost = recover(below.path()).map(|_| ());
    assert!(
        matches!(lost, Err(JournalError::TailLost { partition: 0, found: 2, wanted: 3, commit: 3 })),
        "what was acknowledged is gone: {lost:?}"
    );

    fs::write(crashed.path().join("high-water"), mark_of_2).unwrap();
    let (journal, torn) = open_in(crashed.path()).unwrap();
    assert!(torn.is_some(), "the torn record is told of");
    drop(journal);
    let journal = recover(crashed.path()).unwrap();
    assert_eq!(journal.commit(), 2, "the commit that nobody was told of is cut");
    assert_eq!(walked(&journal.frames(), &mut start()).unwrap().len(), 3, "and the commits before it stand");
}

/// Two journals of the same shape and other content: one does not pass for the other.
#[test]
fn j3_another_chain_in_its_place_is_refused() {
    let (world, mut other) = (written(), World::new());
    let mut journal = other.recover().unwrap();
    for partitions in [&[0, 1][..], &[0, 1, 2], &[0]] {
        let frames: Vec<_> = partitions.iter().map(|partition| other.seal(*partition, &[0xee; 40])).collect();
        assert_eq!(journal.append(&frames), Append::Durable);
    }
    let position_of_the_other = Mark { commit: 3, heads: other.heads.clone() };
    journal.frames().confirm(&position_of_the_other).expect("its own position");
    journal.frames().confirm(&start()).expect("a reader that has read nothing yet");
    drop(journal);

    let journal = world.recover().unwrap();
    let confirmed = journal.frames().confirm(&position_of_the_other);
    assert_eq!(damaged_at(confirmed), (0, 3, 3), "views of another journal");
    let ahead = Mark { commit: 9, heads: position_of_the_other.heads };
    let lost = journal.frames().confirm(&ahead);
    assert!(
        matches!(lost, Err(JournalError::TailLost { commit: 9, .. })),
        "views ahead of the journal: {lost:?}"
    );
    drop(journal);

    copy_folder(&other.folder.path().join("journal"), &world.folder.path().join("journal"));
    assert_eq!(damaged_at(world.recover()), (0, 3, 3), "the mark is of another chain");
}

#[test]
fn a_journal_is_not_opened_without_its_mark_or_for_other_partitions() {
    let world = written();
    let settings =
        Settings { folder: world.folder.path().to_owned(), partitions: 5, write_buffer_bytes: 1 << 20 };
    let ended = Embedded::open(&settings).map(|_| ());
    assert!(matches!(ended, Err(JournalError::Mark(_))), "{ended:?}");
    fs::remove_file(world.folder.path().join("high-water")).unwrap();
    let ended = open_in(world.folder.path()).map(|_| ());
    assert!(matches!(ended, Err(JournalError::Mark(_))), "{ended:?}");
}
