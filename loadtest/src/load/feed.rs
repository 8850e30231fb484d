//! Which events a connection sends, one request after the other.

use fastrand::Rng;

use super::draw::Draw;
use super::event::{Event, PEERS, SHAPES, What};
use super::lines::MOMENTS;

/// Events that a repeat may be of: all of them have been answered or are in the same request.
const RECENT: usize = 4_096;
const DUPLICATES_PERCENT: u32 = 10;
const FAILED_PERCENT: u32 = 5;

/// What is special about the events of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spice {
    Plain,
    /// One in ten is sent for a second time.
    Duplicates,
    /// Times out of order, minutes to weeks late.
    Disorder,
    /// Every message gets its final status with the next request.
    Statuses,
}

/// The events of one connection.
#[derive(Debug)]
pub struct Feed {
    rng: Rng,
    draw: Draw,
    spice: Spice,
    /// Number of the next message.
    next: u64,
    /// For repeats the last events; for statuses the messages that still wait for theirs.
    recent: Vec<Event>,
}

impl Feed {
    pub fn new(seed: u64, draw: Draw, spice: Spice) -> Feed {
        Feed { rng: Rng::with_seed(seed), draw, spice, next: 0, recent: Vec::new() }
    }

    /// Replaces `events` by so many new ones.
    pub fn fill(&mut self, count: u32, events: &mut Vec<Event>) {
        events.clear();
        match self.spice {
            Spice::Plain => (0..count).for_each(|_| events.push(self.message(0))),
            Spice::Duplicates => (0..count).for_each(|_| {
                let event = self.message_or_repeat();
                events.push(event);
            }),
            Spice::Disorder => (0..count).for_each(|_| {
                let moment = self.rng.u8(0..MOMENTS as u8);
                events.push(self.message(moment));
            }),
            Spice::Statuses => self.with_statuses(count, events),
        }
    }

    fn message(&mut self, moment: u8) -> Event {
        let wallet = self.draw.next(&mut self.rng);
        let peer = self.rng.u32(0..PEERS);
        let shape = self.rng.u8(0..SHAPES as u8);
        let number = self.next;
        self.next += 1;
        Event { number, wallet, peer, what: What::Message, shape, moment }
    }

    fn message_or_repeat(&mut self) -> Event {
        if !self.recent.is_empty() && self.rng.u32(0..100) < DUPLICATES_PERCENT {
            return self.recent[self.rng.usize(0..self.recent.len())];
        }
        let event = self.message(0);
        if self.recent.len() < RECENT {
            self.recent.push(event);
        } else {
            self.recent[event.number as usize % RECENT] = event;
        }
        event
    }

    /// First the statuses of what was sent before, then new messages.
    fn with_statuses(&mut self, count: u32, events: &mut Vec<Event>) {
        let half = (count as usize).div_ceil(2).min(self.recent.len());
        for message in self.recent.drain(..half) {
            let failed = self.rng.u32(0..100) < FAILED_PERCENT;
            events.push(Event { what: if failed { What::Failed } else { What::Delivered }, ..message });
        }
        while events.len() < count as usize {
            let message = self.message(0);
            self.recent.push(message);
            events.push(message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};

    fn requests(spice: Spice, requests: usize, count: u32) -> Vec<Vec<Event>> {
        let mut feed = Feed::new(1, Draw::Uniform(100), spice);
        let mut events = Vec::new();
        (0..requests)
            .map(|_| {
                feed.fill(count, &mut events);
                events.clone()
            })
            .collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_events_and_every_message_a_number() {
        let (once, again) = (requests(Spice::Plain, 3, 50), requests(Spice::Plain, 3, 50));
        assert_eq!(once, again);
        let numbers: Vec<u64> = once.concat().iter().map(|event| event.number).collect();
        assert_eq!(numbers, (0..150).collect::<Vec<_>>());
    }

    #[test]
    fn a_tenth_are_repeats_of_the_very_same_event() {
        let all = requests(Spice::Duplicates, 20, 1_000).concat();
        let mut seen = HashMap::new();
        let mut repeats = 0;
        for event in &all {
            if let Some(before) = seen.insert(event.number, *event) {
                assert_eq!(before, *event);
                repeats += 1;
            }
        }
        assert!((1_800..2_200).contains(&repeats), "{repeats} of 20,000 are repeats");
    }

    #[test]
    fn every_message_gets_one_status_after_it() {
        let requests = requests(Spice::Statuses, 10, 100);
        let (mut sent, mut closed) = (HashSet::new(), HashSet::new());
        for request in &requests {
            let before = sent.clone();
            for event in request {
                match event.what {
                    What::Message => assert!(sent.insert(event.number)),
                    What::Delivered | What::Failed => {
                        assert!(before.contains(&event.number), "{event:?} comes with or before its message");
                        assert!(closed.insert(event.number), "{event:?} is the second status");
                    }
                }
            }
            assert_eq!(request.len(), 100);
        }
        assert!(sent.len() - closed.len() <= 100, "{} sent, {} closed", sent.len(), closed.len());
    }

    #[test]
    fn times_out_of_order_use_every_moment() {
        let moments: HashSet<u8> =
            requests(Spice::Disorder, 4, 5_000).concat().iter().map(|event| event.moment).collect();
        assert_eq!(moments.len(), MOMENTS);
    }
}
