//! Rented numbers: cycles, arrears, and the release that two unpaid cycles in a row bring (RULES, section 9).

use smallvec::SmallVec;

use crate::domain::address::Address;
use crate::domain::calendar::{Day, Zone, second_before};
use crate::domain::money::Money;
use crate::domain::sender_type::SenderType;
use crate::domain::time::{Span, Timestamp};

/// Most numbers of one wallet that are rented or owe something at once.
pub const NUMBERS_MAX: usize = 10_000;
/// A last warning posted later than this makes the release wait.
pub const WARNING_LATE_AFTER: Span = Span::from_hours(1);
/// ... for so long after that posting.
pub const RELEASE_WAITS: Span = Span::from_hours(24);

/// One rental of a number, as its last change left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Counts the wallet's rentals from 1; a number rented again is a new rental.
    pub rental: u64,
    pub number: Address,
    pub sender_type: SenderType,
    pub bought_at: Timestamp,
    /// The local day it was bought on, which every cycle is counted from.
    pub anchor: Day,
    /// The last cycle that fell due; 0 is the purchase.
    pub cycle: u32,
    /// When the next one falls due; [`Timestamp::NEVER`] once it is released.
    pub next_due_at: Timestamp,
    /// The fee of the last cycle, which stands where the tariff has no row any more.
    pub fee: Money,
    pub arrears: Arrears,
    pub release: Option<Release>,
    pub released: Option<Released>,
}

/// Fees that were due and are unpaid, oldest first.
pub type Arrears = SmallVec<[Arrear; 1]>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrear {
    pub cycle: u32,
    pub due_at: Timestamp,
    pub amount: Money,
}

/// A release that will happen unless somebody pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    pub at: Timestamp,
    /// When the next warning is due; [`Timestamp::NEVER`] after the last.
    pub warn_at: Timestamp,
    pub warnings: Warnings,
}

/// Which warnings are still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Warnings {
    SevenDays = 1,
    OneDay = 2,
    None = 3,
}

/// A release that has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    pub at: Timestamp,
    pub reason: ReleaseReason,
    /// When the owner of the number inventory has confirmed it; [`Timestamp::NEVER`] until then.
    pub confirmed_at: Timestamp,
    /// When the owner is told next; [`Timestamp::NEVER`] where nobody waits for it.
    pub tell_at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ReleaseReason {
    Unpaid = 1,
    ByHand = 2,
}

/// The word used in the interface for how a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberStatus {
    Active,
    PastDue,
    ReleaseScheduled,
    Released,
}

impl Number {
    pub fn status(&self) -> NumberStatus {
        if self.released.is_some() {
            NumberStatus::Released
        } else if self.release.is_some() {
            NumberStatus::ReleaseScheduled
        } else if !self.arrears.is_empty() {
            NumberStatus::PastDue
        } else {
            NumberStatus::Active
        }
    }

    pub fn is_rented(&self) -> bool {
        self.released.is_none()
    }

    /// Whether it owes something still, or its owner has not confirmed its release.
    pub fn is_unfinished(&self) -> bool {
        let waits = |released: Released| released.tell_at != Timestamp::NEVER;
        !self.arrears.is_empty() || self.released.is_some_and(waits)
    }

    /// What is owed for it.
    pub fn owed(&self) -> impl Iterator<Item = &Arrear> {
        self.arrears.iter()
    }

    /// Whether the fees of two cycles in a row are unpaid.
    pub fn two_in_a_row_unpaid(&self) -> bool {
        self.arrears.windows(2).any(|pair| pair[1].cycle == pair[0].cycle + 1)
    }

    /// The number one cycle on, its fee paid or not yet counted as owed.
    pub fn next_cycle(mut self, fee: Money, zone: &Zone) -> Number {
        self.cycle += 1;
        self.fee = fee;
        self.next_due_at = zone.cycle_due(self.anchor, self.cycle + 1);
        self
    }

    /// The release for one second before the next due instant, with its warnings.
    pub fn release_before_next_due(&self, zone: &Zone) -> Release {
        let at = second_before(self.next_due_at);
        Release { at, warn_at: zone.days_before(at, 7), warnings: Warnings::SevenDays }
    }

    /// The number released: it is never billed again. What is owed is written off, or stays owed.
    pub fn released(mut self, released: Released) -> Number {
        if released.reason == ReleaseReason::Unpaid {
            self.arrears.clear();
        }
        self.next_due_at = Timestamp::NEVER;
        self.release = None;
        self.released = Some(released);
        self
    }

    /// What orders numbers that are due at one instant: their text.
    pub fn order(&self) -> [u8; 16] {
        order_of(&self.number)
    }
}

/// An address as bytes that sort as its text.
pub fn order_of(number: &Address) -> [u8; 16] {
    let mut order = [0; 16];
    let characters = number.characters();
    order[..characters.len()].copy_from_slice(characters);
    order
}

impl Release {
    /// The release after its due warning was posted at `posted_at`.
    pub fn warned(self, posted_at: Timestamp, zone: &Zone) -> Release {
        match self.warnings {
            Warnings::SevenDays => {
                Release { warn_at: zone.days_before(self.at, 1), warnings: Warnings::OneDay, ..self }
            }
            Warnings::OneDay | Warnings::None => {
                let late = posted_at.since(self.warn_at) > WARNING_LATE_AFTER;
                let at = if late { self.at.max(posted_at.plus(RELEASE_WAITS)) } else { self.at };
                Release { at, warn_at: Timestamp::NEVER, warnings: Warnings::None }
            }
        }
    }
}

impl Warnings {
    pub fn from_byte(byte: u8) -> Option<Warnings> {
        [Warnings::SevenDays, Warnings::OneDay, Warnings::None].into_iter().find(|left| *left as u8 == byte)
    }
}

impl ReleaseReason {
    pub fn as_str(self) -> &'static str {
        match self {
            ReleaseReason::Unpaid => "unpaid",
            ReleaseReason::ByHand => "by_hand",
        }
    }

    pub fn from_byte(byte: u8) -> Option<ReleaseReason> {
        [ReleaseReason::Unpaid, ReleaseReason::ByHand].into_iter().find(|reason| *reason as u8 == byte)
    }
}

impl NumberStatus {
    pub const ALL: [NumberStatus; 4] =
        [NumberStatus::Active, NumberStatus::PastDue, NumberStatus::ReleaseScheduled, NumberStatus::Released];

    pub fn as_str(self) -> &'static str {
        match self {
            NumberStatus::Active => "active",
            NumberStatus::PastDue => "past_due",
            NumberStatus::ReleaseScheduled => "release_scheduled",
            NumberStatus::Released => "released",
        }
    }
}
