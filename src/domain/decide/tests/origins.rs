//! What follows a message is counted where the message is: its origin, and the moves of its final status.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::statuses::Told;
use super::*;
use crate::domain::event::FinalStatus::{self, Delivered, Failed, Undelivered};
use crate::domain::event::Message;
use crate::domain::event::Name;
use crate::domain::identity::Named;
use crate::domain::record::{Moved, Origin};
use crate::domain::samples::lives::{Lived, SECRET};
use crate::domain::status::Course;

/// Of the story's message, without its times.
fn of_the_message() -> Origin<'static> {
    let Message { channel, direction, kind, .. } = message(Inbound, 1);
    let (country, campaign) = (Some(*b"HK"), "autumn");
    Origin { occurred_at: NOW, posted_at: NOW, channel, direction, kind, country, campaign }
}

/// The moves of a story in words, each from what to what and of which entry.
fn moves(told: &Told, origin: Origin<'_>) -> Vec<String> {
    let word = |status: Option<FinalStatus>| status.map_or("none", FinalStatus::as_str);
    let moved = told.story.records.iter().filter_map(|record| match &record.change {
        Change::Course(set) => set.moved.as_ref(),
        _ => None,
    });
    let in_words = |moved: &Moved<'_>| {
        assert_eq!(moved.origin, origin);
        format!("{} > {} of {}", word(moved.from), moved.to.as_str(), moved.seq)
    };
    moved.map(in_words).collect()
}

/// The entries that follow the message's, all of them under its origin.
fn followers(told: &Told, origin: Origin<'_>) -> usize {
    let origins = told.story.records.iter().filter_map(|record| match &record.change {
        Change::Entry(entry) => match &entry.cause {
            Cause::Refund { of, origin }
            | Cause::FailureFee { of, origin }
            | Cause::Recharge { of, origin }
            | Cause::FailureFeeReturn { of, origin } => Some((*of, *origin)),
            _ => None,
        },
        _ => None,
    });
    origins.inspect(|follower| assert_eq!(*follower, (2, Some(origin)))).count()
}

#[test]
fn each_change_of_what_a_charged_message_counts_as_is_in_one_course_under_the_messages_origin() {
    const NOTHING: [&str; 0] = [];
    // Statuses before the message, the message's own mode, statuses after it, the moves, the entries that follow it.
    type Row<'t> = (&'t [FinalStatus], Mode, &'t [FinalStatus], &'t [&'t str], usize);
    let table: [Row<'_>; 14] = [
        (&[], Report, &[], &NOTHING, 0),
        (&[], Report, &[Delivered, Failed, Delivered], &["none > delivered of 2"], 0),
        (&[], Report, &[Failed, Undelivered, Failed], &["none > failed of 2"], 2),
        (&[], Report, &[Undelivered, Failed], &["none > undelivered of 2"], 0),
        (
            &[],
            Report,
            &[Failed, Delivered, Failed, Delivered],
            &["none > failed of 2", "failed > delivered of 2"],
            4,
        ),
        (
            &[],
            Report,
            &[Undelivered, Delivered],
            &["none > undelivered of 2", "undelivered > delivered of 2"],
            0,
        ),
        // Those that waited move it once, to the last that counted.
        (&[Delivered], Report, &[Failed], &["none > delivered of 2"], 0),
        (&[Failed, Undelivered], Report, &[], &["none > failed of 2"], 2),
        (&[Failed, Delivered, Failed], Report, &[Failed], &["none > delivered of 2"], 4),
        (&[Failed], Report, &[Delivered], &["none > failed of 2", "failed > delivered of 2"], 4),
        // Blocked: it was never charged.
        (&[], Admit, &[Failed, Delivered], &NOTHING, 0),
        (&[Failed, Delivered], Admit, &[Failed], &NOTHING, 0),
        (&[Undelivered], Admit, &[], &NOTHING, 0),
        (&[Delivered], Admit, &[Delivered], &NOTHING, 0),
    ];
    for (before, mode, after, want, entries) in table {
        let mut told = Told::of("0");
        let occurred_at = told.story.now;
        let time_goes_on = |told: &mut Told| told.story.now = told.story.now.plus(Span::from_hours(1));
        for status in before {
            told.status(*status);
            time_goes_on(&mut told);
        }
        assert_eq!(moves(&told, of_the_message()), NOTHING, "{before:?}: statuses that wait move nothing");
        let posted_at = told.story.now;
        told.message_at(Inbound, mode, "0.02", occurred_at);
        for status in after {
            time_goes_on(&mut told);
            told.status(*status);
        }
        let origin = Origin { occurred_at, posted_at, ..of_the_message() };
        assert_eq!(moves(&told, origin), want, "{before:?} {mode:?} {after:?}");
        assert_eq!(followers(&told, origin), entries, "{before:?} {mode:?} {after:?}");
    }
}

#[test]
fn statuses_of_a_message_that_never_comes_move_nothing() {
    let mut told = Told::of("10");
    for status in [Failed, Delivered, Undelivered] {
        told.status(status);
    }
    assert_eq!((moves(&told, of_the_message()).len(), followers(&told, of_the_message())), (0, 0));
}

#[test]
fn a_message_that_costs_nothing_is_moved_too() {
    let mut told = Told::of("10");
    let now = told.story.now;
    told.message_at(Inbound, Admit, "0", now);
    told.status(Failed);
    let origin = Origin { occurred_at: now, posted_at: now, ..of_the_message() };
    assert_eq!(moves(&told, origin), ["none > failed of 2"]);
    assert_eq!(followers(&told, origin), 0);
}

/// A message as whoever reads nothing but the records counts it.
struct Counted<'a> {
    name: Name<'a>,
    origin: Origin<'a>,
    status: Option<FinalStatus>,
}

/// Reads one record of a life, and holds it against what was read before.
fn count<'a>(counted: &mut BTreeMap<u64, Counted<'a>>, record: &Record<'a>, posted_at: Timestamp) {
    match &record.change {
        Change::Entry(Entry { seq, cause: Cause::Message { event, .. }, .. }) => {
            let origin = Charged::of(record, posted_at).expect("the entry of a message").origin;
            counted.insert(*seq, Counted { name: event.name, origin, status: None });
        }
        Change::Entry(Entry {
            cause:
                Cause::Refund { of, origin }
                | Cause::FailureFee { of, origin }
                | Cause::Recharge { of, origin }
                | Cause::FailureFeeReturn { of, origin },
            ..
        }) => assert_eq!(*origin, Some(counted[of].origin), "{record:?}"),
        Change::Entry(Entry { cause: Cause::Correction(correction), .. }) => {
            assert_eq!(correction.origin, counted[&correction.of].origin, "{record:?}");
        }
        Change::Course(set) => {
            let Some(moved) = &set.moved else { return };
            let counted = counted.get_mut(&moved.seq).expect("what is moved was charged");
            assert_eq!((counted.status, counted.origin), (moved.from, moved.origin), "{moved:?}");
            counted.status = Some(moved.to);
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn courses_alone_count_every_charged_message_as_it_is_remembered(seed in any::<u64>(), steps in 1usize..200) {
        let mut lived = Lived::new(WALLET, &TERMS, seed, NOW);
        let mut counted = BTreeMap::new();
        for _ in 0..steps {
            let records = lived.go_on().into_iter().flat_map(|step| step.records);
            records.for_each(|record| count(&mut counted, &record, lived.now));
        }
        for Counted { name, status, .. } in counted.values() {
            let remembered = &lived.remembered[&SECRET.key(WALLET, Named::Event(*name))];
            match remembered.course.as_deref() {
                // It was forgotten, and a status of it waits for another.
                Some(Course::Early(_)) => {}
                course => prop_assert_eq!(course.and_then(Course::counts_as), *status, "{:?}", name),
            }
        }
    }
}
