//! Holds: amounts set aside before a send (RULES, section 7).

use crate::domain::money::Money;
use crate::domain::time::{Span, Timestamp};

/// How long a hold stands where nothing else was asked.
pub const HOLD_EXPIRES_AFTER: Span = Span::from_hours(72);
/// Longest time a hold may be asked to stand.
pub const HOLD_EXPIRES_MAX: Span = Span::from_days(90);
/// Most holds of one wallet that stand at once: they are part of its state in memory.
pub const HOLDS_OPEN_MAX: usize = 10_000;
const ID_PREFIX: &str = "h_";

/// A hold as its last change left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Counts the wallet's holds from 1.
    pub number: u64,
    pub state: HoldState,
    /// What was set aside at first.
    pub amount: Money,
    /// What is set aside still; nothing once it is closed.
    pub remaining: Money,
    /// What was posted against it, what exceeded it included.
    pub settled: Money,
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
    /// [`Timestamp::NEVER`] while it is open.
    pub closed_at: Timestamp,
    /// Empty where none was given.
    pub campaign: Box<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum HoldState {
    Open = 1,
    Settled = 2,
    Voided = 3,
    Expired = 4,
}

impl Hold {
    pub fn is_open(&self) -> bool {
        self.state == HoldState::Open
    }

    /// The hold closed as `state`: nothing of it is set aside any more.
    pub fn closed(self, state: HoldState, at: Timestamp) -> Hold {
        Hold { state, remaining: Money::ZERO, closed_at: at, ..self }
    }

    /// The hold after `amount` was posted against it; `None` where amounts leave their range.
    pub fn used(self, amount: Money) -> Option<Hold> {
        let remaining = self.remaining.checked_sub(self.remaining.min(amount))?;
        Some(Hold { settled: self.settled.checked_add(amount)?, remaining, ..self })
    }

    /// The id in the interface.
    pub fn id(number: u64) -> String {
        format!("{ID_PREFIX}{number}")
    }

    pub fn parse_id(id: &str) -> Option<u64> {
        super::parse_id(ID_PREFIX, id)
    }
}

impl HoldState {
    pub const ALL: [HoldState; 4] =
        [HoldState::Open, HoldState::Settled, HoldState::Voided, HoldState::Expired];

    /// The word used in the interface.
    pub fn as_str(self) -> &'static str {
        match self {
            HoldState::Open => "open",
            HoldState::Settled => "settled",
            HoldState::Voided => "voided",
            HoldState::Expired => "expired",
        }
    }

    pub fn from_byte(byte: u8) -> Option<HoldState> {
        Self::ALL.into_iter().find(|state| *state as u8 == byte)
    }
}
