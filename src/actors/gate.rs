//! The admission gate: counts the events, requests and bytes in flight, and turns away what would be too much.
//!
//! A request is taken whole or not at all. While there is room everybody gets it; once more than half is taken, no
//! one key and no one wallet may hold more than half of what the gate has, so that a flooder does not earn
//! everybody a 429.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

use parking_lot::Mutex;
use smallvec::{SmallVec, smallvec};

use super::command::Busy;
use crate::domain::wallet::WalletId;
use crate::engine::batch::BatchEvent;
use crate::metrics::machine;

/// How much may be in flight at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub events: usize,
    pub requests: usize,
    pub bytes: usize,
}

pub struct Gate {
    room: Room,
    events: AtomicUsize,
    requests: AtomicUsize,
    bytes: AtomicUsize,
    /// Large requests whose events are being read, or wait to be.
    reading: AtomicUsize,
    /// Events in flight by whose they are.
    shares: Mutex<HashMap<Share, usize>>,
    /// The views have fallen behind: a tenth of the room is left until they have caught up.
    narrowed: AtomicBool,
    stopping: AtomicBool,
    /// By [`Reason`].
    turned_away: [AtomicU64; REASONS],
}

/// Why a request was turned away, in the order of [`machine::TURNED_AWAY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Requests,
    Events,
    Share,
    Bytes,
    ViewsBehind,
    Exports,
    Stopping,
}

const REASONS: usize = machine::TURNED_AWAY.len();

/// What is in flight at a moment, of how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InFlight {
    pub taken: Room,
    pub most: Room,
    pub narrowed: bool,
    /// Since the start, in the order of [`machine::TURNED_AWAY`].
    pub turned_away: [u64; REASONS],
}

/// Room for one request's events, given back when dropped.
pub struct EventsPermit {
    gate: Arc<Gate>,
    events: usize,
    claims: Claims,
}

/// Whose events are in flight: a caller's by its key, and a wallet's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Share {
    Caller(Box<str>),
    Wallet(WalletId),
}

/// What a request claims: of its caller's share all its events, of a wallet's those that concern it.
pub type Claims = SmallVec<[(Share, usize); 2]>;

/// Room for one request's body, given back when dropped.
pub struct BytesPermit {
    gate: Arc<Gate>,
    bytes: usize,
}

/// A large request whose events are being read, until it is dropped.
pub struct Reading {
    gate: Arc<Gate>,
}

const NARROWED_TO: usize = 10;

/// The claims of a request: its caller's, and those of the wallet that most of its events concern, if one does.
pub fn claims(caller: &str, events: &[BatchEvent]) -> Claims {
    let mut claims: Claims = smallvec![(Share::Caller(caller.into()), events.len())];
    // Majority vote (Boyer and Moore, 1981): whoever has more than half of the events is the one left over.
    let vote = |(leader, lead): (Option<WalletId>, usize), event: &BatchEvent| match leader {
        Some(wallet) if wallet == event.wallet => (leader, lead + 1),
        _ if lead == 0 => (Some(event.wallet), 1),
        _ => (leader, lead - 1),
    };
    if let (Some(wallet), _) = events.iter().fold((None, 0), vote) {
        let concerned = events.iter().filter(|event| event.wallet == wallet).count();
        if concerned * 2 > events.len() {
            claims.push((Share::Wallet(wallet), concerned));
        }
    }
    claims
}

/// In whose lane a request waits: that of the wallet that most of its events concern, else its caller's.
pub fn lane_of(claims: &Claims) -> Share {
    claims.last().map_or(Share::Caller("".into()), |(share, _)| share.clone())
}

fn take(counter: &AtomicUsize, more: usize, most: usize) -> bool {
    let taken = counter.fetch_update(Relaxed, Relaxed, |taken| {
        // A single request larger than all the room is let in alone: it is within its own limits.
        (taken == 0 || taken + more <= most).then_some(taken + more)
    });
    taken.is_ok()
}

impl Gate {
    pub fn new(room: Room) -> Arc<Gate> {
        Arc::new(Gate {
            room,
            events: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            reading: AtomicUsize::new(0),
            shares: Mutex::new(HashMap::new()),
            narrowed: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            turned_away: Default::default(),
        })
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Relaxed)
    }

    /// Counts one more that was turned away.
    pub fn turn_away(&self, reason: Reason) {
        self.turned_away[reason as usize].fetch_add(1, Relaxed);
    }

    fn busy(&self, reason: Reason) -> Busy {
        let stops = self.stopping.load(Relaxed);
        self.turn_away(if stops { Reason::Stopping } else { reason });
        Busy { retry_after_seconds: 1, stopping: self.stopping.load(Relaxed) }
    }

    fn events_max(&self) -> usize {
        if self.narrowed.load(Relaxed) { self.room.events / NARROWED_TO } else { self.room.events }
    }

    /// Room for a request of so many events. Its claims are counted against whoever makes them.
    pub fn events(self: &Arc<Gate>, events: usize, claims: Claims) -> Result<EventsPermit, Busy> {
        if self.stopping.load(Relaxed) || !take(&self.requests, 1, self.room.requests) {
            return Err(self.busy(Reason::Requests));
        }
        let most = self.events_max();
        let mut shares = self.shares.lock();
        let in_flight = self.events.load(Relaxed);
        let crowded = in_flight + events > most / 2;
        let over_its_share = |(share, claimed): &(Share, usize)| {
            let held = shares.get(share).copied().unwrap_or(0);
            let others = in_flight > held;
            others && held > 0 && held + claimed > most / 2
        };
        let shared_out = crowded && claims.iter().any(over_its_share);
        if shared_out || !take(&self.events, events, most) {
            self.requests.fetch_sub(1, Relaxed);
            return Err(self.busy(match shared_out {
                true => Reason::Share,
                false if most < self.room.events => Reason::ViewsBehind,
                false => Reason::Events,
            }));
        }
        for (share, claimed) in &claims {
            *shares.entry(share.clone()).or_default() += claimed;
        }
        Ok(EventsPermit { gate: Arc::clone(self), events, claims })
    }

    /// Room for a body of so many bytes.
    pub fn bytes(self: &Arc<Gate>, bytes: usize) -> Result<BytesPermit, Busy> {
        if self.stopping.load(Relaxed) || !take(&self.bytes, bytes, self.room.bytes) {
            return Err(self.busy(Reason::Bytes));
        }
        Ok(BytesPermit { gate: Arc::clone(self), bytes })
    }

    /// Says that the events of a large request are about to be read: they will come soon.
    pub fn reading(self: &Arc<Gate>) -> Reading {
        self.reading.fetch_add(1, Relaxed);
        Reading { gate: Arc::clone(self) }
    }

    /// Whether more events will come soon.
    pub fn is_reading(&self) -> bool {
        self.reading.load(Relaxed) > 0
    }

    pub fn narrow(&self, narrowed: bool) {
        self.narrowed.store(narrowed, Relaxed);
    }

    /// Lets nothing more in.
    pub fn stop(&self) {
        self.stopping.store(true, Relaxed);
    }

    pub fn in_flight(&self) -> InFlight {
        let taken = Room {
            events: self.events.load(Relaxed),
            requests: self.requests.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
        };
        InFlight {
            taken,
            most: Room { events: self.events_max(), ..self.room },
            narrowed: self.narrowed.load(Relaxed),
            turned_away: std::array::from_fn(|reason| self.turned_away[reason].load(Relaxed)),
        }
    }
}

impl Drop for EventsPermit {
    fn drop(&mut self) {
        let mut shares = self.gate.shares.lock();
        for (share, claimed) in &self.claims {
            if let Some(held) = shares.get_mut(share) {
                *held -= claimed;
                if *held == 0 {
                    shares.remove(share);
                }
            }
        }
        self.gate.events.fetch_sub(self.events, Relaxed);
        self.gate.requests.fetch_sub(1, Relaxed);
    }
}

impl BytesPermit {
    /// More of the same body has come than was foreseen.
    pub fn grow(&mut self, more: usize) -> Result<(), Busy> {
        if !take(&self.gate.bytes, more, self.gate.room.bytes) {
            return Err(self.gate.busy(Reason::Bytes));
        }
        self.bytes += more;
        Ok(())
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.gate.reading.fetch_sub(1, Relaxed);
    }
}

impl Drop for BytesPermit {
    fn drop(&mut self) {
        self.gate.bytes.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(caller: &str, events: usize) -> Claims {
        smallvec![(Share::Caller(caller.into()), events)]
    }

    fn gate() -> Arc<Gate> {
        Gate::new(Room { events: 100, requests: 10, bytes: 1_000 })
    }

    #[test]
    fn what_is_dropped_makes_room_again() {
        let gate = gate();
        let permit = gate.events(100, of("one", 100)).unwrap();
        assert!(gate.events(1, of("two", 1)).is_err(), "all 100 are taken");
        drop(permit);
        assert!(gate.events(1, of("two", 1)).is_ok());
        assert_eq!((gate.in_flight().taken.events, gate.shares.lock().len()), (0, 0));
    }

    #[test]
    fn it_reads_until_the_last_body_is_read() {
        let gate = gate();
        assert!(!gate.is_reading());
        let (one, other) = (gate.reading(), gate.reading());
        drop(one);
        assert!(gate.is_reading(), "the other goes on");
        drop(other);
        assert!(!gate.is_reading());
    }

    #[test]
    fn a_flooder_gets_half_once_others_are_there() {
        let gate = gate();
        let _others = gate.events(10, of("other", 10)).unwrap();
        let mut held = Vec::new();
        while let Ok(permit) = gate.events(10, of("flooder", 10)) {
            held.push(permit);
        }
        assert_eq!(held.len(), 5, "half of 100 in requests of 10");
        assert!(gate.events(10, of("third", 10)).is_ok(), "there is room left for everybody else");
    }

    #[test]
    fn a_flooding_wallet_gets_half_though_all_come_by_one_key() {
        let gate = gate();
        let wallet = |number, events| {
            let mut claims = of("platform", events);
            claims.push((Share::Wallet(WalletId { partition: 0, number }), events));
            claims
        };
        let _other = gate.events(10, wallet(1, 10)).unwrap();
        let held: Vec<_> = (0..10).map_while(|_| gate.events(10, wallet(2, 10)).ok()).collect();
        assert_eq!(held.len(), 5, "half of 100 in requests of 10");
        assert!(gate.events(10, wallet(1, 10)).is_ok(), "there is room left for the other wallets");
        drop((held, _other));
        assert!(gate.shares.lock().is_empty(), "what is given back is forgotten");
    }

    #[test]
    fn alone_a_caller_may_have_all_of_it() {
        let gate = gate();
        let permits: Vec<_> = (0..10).map_while(|_| gate.events(10, of("alone", 10)).ok()).collect();
        assert_eq!(permits.len(), 10);
    }

    #[test]
    fn requests_and_bytes_are_bounded_too() {
        let gate = gate();
        let permits: Vec<_> = (0..20).map_while(|_| gate.events(1, of("many", 1)).ok()).collect();
        assert_eq!(permits.len(), 10);
        let mut permit = gate.bytes(900).unwrap();
        assert!(permit.grow(50).is_ok());
        assert!(permit.grow(51).is_err());
        assert!(gate.bytes(51).is_err());
        drop(permit);
        assert_eq!(gate.bytes.load(Relaxed), 0);
    }

    #[test]
    fn behind_views_narrow_it_and_stopping_closes_it() {
        let gate = gate();
        gate.narrow(true);
        let _first = gate.events(10, of("one", 10)).unwrap();
        assert!(gate.events(1, of("one", 1)).is_err(), "a tenth is left");
        gate.stop();
        assert_eq!(gate.bytes(1).err(), Some(Busy { retry_after_seconds: 1, stopping: true }));
    }

    #[test]
    fn what_is_turned_away_is_counted_by_why() {
        let gate = gate();
        let _others = gate.events(40, of("other", 40)).unwrap();
        let _mine = gate.events(30, of("flooder", 30)).unwrap();
        assert!(gate.events(25, of("flooder", 25)).is_err(), "more than half");
        assert!(gate.events(31, of("third", 31)).is_err(), "more than is left");
        assert!(gate.bytes(900).and_then(|mut permit| permit.grow(101)).is_err());
        gate.narrow(true);
        assert!(gate.events(1, of("third", 1)).is_err());
        gate.stop();
        assert!(gate.events(1, of("third", 1)).is_err());
        let counted = gate.in_flight().turned_away;
        let counted: Vec<_> = machine::TURNED_AWAY.into_iter().zip(counted).collect();
        let want = [("events", 1), ("share", 1), ("bytes", 1), ("views_behind", 1), ("stopping", 1)];
        for (reason, count) in counted {
            let want = want.iter().find(|(wanted, _)| *wanted == reason).map_or(0, |(_, count)| *count);
            assert_eq!(count, want, "{reason}");
        }
    }
}
