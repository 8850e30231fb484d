//! The jobs that a shard has taken out of its queue and not yet decided, in lanes: one for each caller, for each
//! wallet that requests are mostly about, and one for everything that is no traffic.
//!
//! A drain takes from all lanes in turn, so that whoever floods waits behind itself and not before everybody else. Within
//! a lane the order is that of coming.
//!
//! Whoever is alone has drains as large as there may be, which cost least an event. While others are there too drains
//! are small: what is under way when somebody comes is what he waits for whatever his turn.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::drain::{Job, PIECE_EVENTS_MAX};
use super::gate::Share;
use super::queue::Queue;
use crate::clock::Stopwatch;

/// A lane has this part of a drain when it is its turn. A wallet's own lane has one turn in each drain: its events are
/// decided one after the other whatever their number, and a drain of nothing else would only keep the others waiting.
const PART_OF_A_LANE: usize = 4;

/// While the line is shared a drain is at most this part of what it may be.
const PART_WHILE_SHARED: usize = 32;

/// The line counts as shared for so long after a lane was used that is not the one used before it.
const SHARED_FOR: Duration = Duration::from_secs(1);

/// Whose jobs a lane holds; `None`: everything but events.
type Owner = Option<Share>;

/// Bounded by the queue that it is filled from: see [`Line::fill`].
#[derive(Default)]
pub struct Line {
    /// Each job with since when it has waited.
    lanes: HashMap<Owner, VecDeque<(Stopwatch, Job)>, ahash::RandomState>,
    /// The lanes that are not empty, in the order in which they are served next.
    turns: VecDeque<Owner>,
    jobs: usize,
    /// Of all jobs.
    weight: usize,
    /// Since when the job of the last drain had waited that came first.
    first_came: Option<Stopwatch>,
    /// Whose events came last, and when last those of two came one after the other.
    last: Owner,
    shared_at: Option<Stopwatch>,
}

impl Line {
    /// Takes over what waits in the queue, up to `jobs_max` in all.
    pub fn fill(&mut self, queue: &Queue<Job>, jobs_max: usize) {
        while self.jobs < jobs_max {
            let Some((since, job)) = queue.pop() else { return };
            self.push_since(since, job);
        }
    }

    /// Takes over a job that has waited since then.
    pub fn push_since(&mut self, since: Stopwatch, job: Job) {
        let owner = match &job {
            Job::Events { lane, .. } => Some(lane.clone()),
            _ => None,
        };
        if owner.is_some() && owner != self.last {
            if self.last.is_some() {
                self.shared_at = Some(since);
            }
            self.last = owner.clone();
        }
        let lane = self.lanes.entry(owner).or_insert_with_key(|owner| {
            self.turns.push_back(owner.clone());
            VecDeque::new()
        });
        self.weight += job.weight();
        lane.push_back((since, job));
        self.jobs += 1;
    }

    pub fn is_empty(&self) -> bool {
        self.jobs == 0
    }

    /// How long the job of the last drain has waited by now that came first.
    pub fn longest_wait(&self) -> Duration {
        self.first_came.map_or(Duration::ZERO, |since| since.elapsed())
    }

    pub fn len(&self) -> usize {
        self.jobs
    }

    /// Whether several lanes are in use.
    fn is_shared(&self) -> bool {
        self.shared_at.is_some_and(|since| since.elapsed() < SHARED_FOR)
    }

    /// Whether a drain may wait until there are `enough` events: where somebody sends many, and nobody else waits for it.
    pub fn may_wait(&self, enough: usize) -> bool {
        (PIECE_EVENTS_MAX..enough).contains(&self.weight) && !self.is_shared()
    }

    /// What a drain may weigh now of the most that it may weigh at all.
    pub fn weight_max(&self, most: usize) -> usize {
        if self.is_shared() { (most / PART_WHILE_SHARED).max(1) } else { most }
    }

    /// The next drain: of each lane in turn its part, until they weigh `weight_max` or more; with it their weight. At least
    /// one job, however large. Parts are counted in events, so that whoever sends few at a time does not wait for whoever
    /// sends many.
    pub fn take(&mut self, weight_max: usize) -> (Vec<Job>, usize) {
        let (mut taken, mut weight) = (Vec::new(), 0);
        self.first_came = None;
        let part_max = weight_max / PART_OF_A_LANE;
        let mut served = Vec::new();
        while weight < weight_max
            && let Some(owner) = self.turns.pop_front()
        {
            let lane = self.lanes.get_mut(&owner).expect("a lane that has a turn");
            let (taken_before, mut part) = (taken.len(), 0);
            while (part < part_max || taken.len() == taken_before)
                && let Some((since, job)) = lane.pop_front()
            {
                self.first_came = Some(self.first_came.map_or(since, |first| first.min(since)));
                part += job.weight();
                taken.push(job);
            }
            weight += part;
            self.weight -= part;
            self.jobs -= taken.len() - taken_before;
            if lane.is_empty() {
                self.lanes.remove(&owner);
            } else if matches!(owner, Some(Share::Wallet(_))) {
                // One part of a drain is all that it has.
                served.push(owner);
            } else {
                self.turns.push_back(owner);
            }
        }
        self.turns.extend(served);
        (taken, weight)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use tokio::sync::oneshot;

    use super::*;
    use crate::actors::drain::{Events, Mine};
    use crate::domain::identity::Key;
    use crate::domain::wallet::WalletId;
    use crate::engine::batch::Batch;

    impl Line {
        fn push(&mut self, job: Job) {
            self.push_since(Stopwatch::start(), job);
        }
    }

    fn caller(name: &str) -> Share {
        Share::Caller(name.into())
    }

    fn wallet(number: u32) -> Share {
        Share::Wallet(WalletId { partition: 0, number })
    }

    /// A job that is told by the places of its events, of which there are `weight`.
    fn events(lane: Share, first: u32, weight: u32) -> Job {
        let batch = Arc::new(Batch::default());
        let mine = |event| Mine { key: Key(0), wallet: WalletId { partition: 0, number: 0 }, event };
        let share = Events { mine: (first..first + weight).map(mine).collect(), named: Vec::new() };
        Job::Events { batch, share, lane, answer: oneshot::channel().0 }
    }

    fn told(job: &Job) -> (Owner, u32) {
        match job {
            Job::Events { lane, share, .. } => (Some(lane.clone()), share.mine[0].event),
            _ => (None, 0),
        }
    }

    #[test]
    fn whoever_comes_after_a_flood_is_in_the_next_drain() {
        let mut line = Line::default();
        (0..100).for_each(|number| line.push(events(caller("flood"), number * 10, 10)));
        line.push(events(caller("other"), 7, 1));
        line.push(Job::PutAway);
        let (drain, weight) = line.take(30);
        let owners: Vec<_> = drain.iter().map(|job| told(job).0).collect();
        let flood = Some(caller("flood"));
        assert_eq!(owners, [flood.clone(), Some(caller("other")), None, flood.clone(), flood], "in turn");
        assert_eq!((weight, line.jobs), (32, 97));
    }

    #[test]
    fn a_drain_waits_for_more_of_one_who_sends_many() {
        let mut line = Line::default();
        (0..3).for_each(|number| line.push(events(caller("flood"), number * 400, 400)));
        assert!(line.may_wait(1_201) && !line.may_wait(1_200), "1,200 are there");
        line.push(Job::PutAway);
        assert!(line.may_wait(1_202), "what is no traffic is nobody's lane");
        assert_eq!(line.take(600).1, 801);
        assert!(!line.may_wait(1_201), "fewer than a piece may be all that somebody sends");
        line.push(events(caller("flood"), 0, 400));
        assert!(line.may_wait(801) && !line.may_wait(800), "800 are left");
        line.push(events(caller("other"), 7, 1));
        assert!(!line.may_wait(1_000), "the other is not to wait");
    }

    #[test]
    fn one_wallet_fills_a_quarter_of_a_drain_at_the_most() {
        let mut line = Line::default();
        (0..20).for_each(|number| line.push(events(wallet(1), number * 10, 10)));
        assert_eq!(line.take(80).1, 20);
        line.push(events(caller("other"), 7, 50));
        line.push(events(caller("other"), 8, 50));
        let (drain, weight) = line.take(80);
        assert_eq!((drain.len(), weight), (4, 120), "its part and what the other has");
        let (drain, weight) = line.take(5);
        assert_eq!((drain.len(), weight), (1, 10), "one job at the least");
        while !line.is_empty() {
            assert!(line.take(80).1 > 0);
        }
    }

    #[test]
    fn drains_are_small_while_others_are_there() {
        let most = 100 * PART_WHILE_SHARED;
        let mut line = Line::default();
        assert_eq!(line.weight_max(most), most);
        (0..3).for_each(|number| line.push(events(caller("flood"), number * 10, 10)));
        line.push(Job::PutAway);
        line.push(events(caller("flood"), 30, 10));
        assert_eq!(line.weight_max(most), most, "what is no traffic is nobody who waits for his answer");
        line.push(events(caller("other"), 7, 1));
        assert_eq!((line.weight_max(most), line.weight_max(1)), (100, 1));
        line.shared_at = line.shared_at.map(|_| Stopwatch::started_before(SHARED_FOR));
        assert_eq!(line.weight_max(most), most, "whoever came has gone again");
    }

    #[test]
    fn whoever_sends_few_at_a_time_has_as_many_as_whoever_sends_many() {
        let mut line = Line::default();
        (0..10).for_each(|number| line.push(events(caller("many"), number * 100, 100)));
        (0..100).for_each(|number| line.push(events(caller("few"), number, 1)));
        let (drain, weight) = line.take(400);
        let of_few = drain.iter().filter(|job| told(job).0 == Some(caller("few"))).count();
        assert_eq!((of_few, weight), (100, 400));
    }

    #[test]
    fn it_takes_over_no_more_than_it_may_hold() {
        let queue = Queue::new(8);
        (0..8).for_each(|_| assert!(queue.push(Job::PutAway).is_ok()));
        let mut line = Line::default();
        line.fill(&queue, 5);
        assert_eq!((line.jobs, queue.len()), (5, 3));
        line.take(2);
        line.fill(&queue, 5);
        assert_eq!((line.jobs, queue.len()), (5, 1));
    }

    proptest! {
        /// Whatever comes in whatever drains: nothing is lost or doubled, each lane keeps its order, and no lane that has
        /// something waits longer than a drain for each of the others.
        #[test]
        fn all_is_served_in_its_lanes_order(
            jobs in prop::collection::vec((0u32..4, 1u32..40), 1..60),
            weight_max in 1usize..120,
            every in 1usize..5,
        ) {
            let mut line = Line::default();
            let lane = |number: u32| if number < 2 { wallet(number) } else { caller(&number.to_string()) };
            let (mut got, mut want) = (Vec::new(), Vec::new());
            for (place, (number, weight)) in jobs.iter().enumerate() {
                let first = 1_000 * place as u32;
                line.push(events(lane(*number), first, *weight));
                want.push((Some(lane(*number)), first));
                if place % every == 0 {
                    got.extend(line.take(weight_max).0.iter().map(told));
                }
            }
            while !line.is_empty() {
                let (drain, weight) = line.take(weight_max);
                prop_assert!(!drain.is_empty());
                prop_assert_eq!(weight, drain.iter().map(Job::weight).sum::<usize>());
                got.extend(drain.iter().map(told));
            }
            for number in 0..4 {
                let of = |told: &[(Owner, u32)]| {
                    let mine = told.iter().filter(|(owner, _)| *owner == Some(lane(number)));
                    mine.map(|(_, first)| *first).collect::<Vec<_>>()
                };
                prop_assert_eq!(of(&got), of(&want));
            }
        }
    }
}
