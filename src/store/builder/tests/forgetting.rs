//! Ids are kept as long as they count, and then let go of by the generation (RULES, section 5; W3).

use super::*;
use crate::store::keys::GENERATION_SECONDS;
use crate::store::keys::Generation;

const DAY: i64 = 86_400 * SECOND;

/// The first instant of the generation that many after that of [`NOW`].
fn generation_start(after: i64) -> Timestamp {
    let first = Generation::of(NOW).end_seconds() - GENERATION_SECONDS;
    Timestamp::from_nanos((first + after * GENERATION_SECONDS) * SECOND)
}

#[test]
fn w3_a_generation_is_dropped_once_none_of_its_ids_can_count_any_more() {
    let mut world = World::new();
    let mut built = Built::empty(&world);
    let (early, early_remembered) = world.charge("early", generation_start(0));
    // The last of its generation: had it said that it happened 5 minutes later, it would count for as much longer.
    let (last, _) = world.charge("last", later(generation_start(1), -1));
    let (next, next_remembered) = world.charge("next", generation_start(1));
    built.build_and_checkpoint(u64::MAX);
    let views = Arc::clone(&built.builder.views);
    assert_eq!(views.remembered(early).unwrap(), Some(early_remembered.clone()));

    let still_counts = later(generation_start(1), 35 * DAY + 300 * SECOND - 1);
    let (seen, seen_remembered) = world.charge("seen", still_counts);
    built.build_and_checkpoint(u64::MAX);
    assert_eq!(views.generations().len(), 3, "the last of its ids counted a moment ago");
    assert!(views.remembered(last).unwrap().is_some());

    world.charge("now", later(still_counts, 1));
    built.build_and_checkpoint(u64::MAX);
    drop(views);
    for name in ["at once", "after a crash", "after a stop"] {
        built = match name {
            "after a crash" => built.crash(&world),
            "after a stop" => built.reopen(&world),
            _ => built,
        };
        let views = &built.builder.views;
        assert_eq!(views.remembered(early).unwrap(), None, "{name}: forgotten");
        assert_eq!(views.remembered(last).unwrap(), None, "{name}: forgotten");
        assert_eq!(
            views.remembered(next).unwrap(),
            Some(next_remembered.clone()),
            "{name}: the next generation stands"
        );
        assert_eq!(
            views.remembered(seen).unwrap(),
            Some(seen_remembered.clone()),
            "{name}: and the later ones"
        );
        let generations: Vec<_> = views.filter.taken().into_keys().collect();
        assert_eq!(generations, views.generations(), "{name}: the filter knows the same generations");
        assert!(views.sight().candidates(early).next().is_none(), "{name}: nothing is asked for it");
    }
    world.charge("later", later(still_counts, 2));
    built.build_and_checkpoint(u64::MAX);
    let (early_again, anew) = world.charge("early", later(still_counts, 3));
    built.build(u64::MAX);
    assert_eq!(early_again, early);
    assert_eq!(built.builder.views.remembered(early).unwrap(), Some(anew), "decided afresh, kept afresh");
}

#[test]
fn an_id_decided_again_after_it_was_forgotten_is_remembered_as_it_ended_last() {
    let mut world = World::new();
    let mut built = Built::empty(&world);
    let (key, first) = world.charge("again", NOW);
    built.build_and_checkpoint(u64::MAX);
    assert_eq!(built.builder.views.remembered(key).unwrap(), Some(first.clone()));
    // The generation of the first still stands: others in it count for longer.
    let (_, second) = world.charge("again", later(NOW, 35 * DAY + 1));
    assert_ne!(first, second);
    for rows_max in [1, u64::MAX] {
        built.build_and_checkpoint(rows_max);
        assert_eq!(built.builder.views.generations().len(), 2, "both generations are kept");
        assert_eq!(
            built.builder.views.remembered(key).unwrap(),
            Some(second.clone()),
            "the later one counts"
        );
        built = Built::empty(&world);
    }
}
