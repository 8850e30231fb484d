//! Alerts: what somebody is told of a wallet (RULES, section 11), and how far the telling has come.

use smallvec::SmallVec;

use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// Most levels of low balance of one wallet.
pub const LEVELS_MAX: usize = 10;
/// Most deliveries of one wallet that are under way at once: what comes on top is kept, and sent only by hand.
pub const DELIVERIES_OPEN_MAX: usize = 1_000;
const ID_PREFIX: &str = "al_";

/// Something worth telling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Counts the wallet's alerts from 1.
    pub number: u64,
    pub kind: AlertKind,
    /// The number or the top-up that it is about; empty where it is about the wallet.
    pub about: Box<str>,
    /// The level, fee or payment concerned.
    pub amount: Money,
    /// The balance after the step that raised it.
    pub balance: Money,
    /// The due instant of a fee, or when a number is or was released; [`Timestamp::NEVER`] elsewhere.
    pub when: Timestamp,
    /// Why: the provider's code of a failure, the reason of a stop or a release; empty elsewhere.
    pub code: Box<str>,
    /// The endpoints that are to hear of it.
    pub endpoints: Endpoints,
}

/// Endpoints by their numbers.
pub type Endpoints = SmallVec<[u32; 4]>;

macro_rules! kinds {
    ($($variant:ident = $byte:literal $word:literal)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum AlertKind { $($variant = $byte),+ }

        impl AlertKind {
            pub const ALL: &'static [AlertKind] = &[$(AlertKind::$variant),+];

            /// The word used in the interface.
            pub fn as_str(self) -> &'static str {
                match self { $(AlertKind::$variant => $word),+ }
            }
        }
    };
}

kinds! {
    LowBalance = 1 "wallet.low_balance"
    Suspended = 2 "wallet.suspended"
    Resumed = 3 "wallet.resumed"
    TopUpSucceeded = 4 "top_up.succeeded"
    TopUpFailed = 5 "top_up.failed"
    AutoTopUpStopped = 6 "auto_top_up.stopped"
    AutoTopUpStillBelow = 7 "auto_top_up.still_below"
    FeeUnpaid = 8 "number.fee_unpaid"
    ReleaseScheduled = 9 "number.release_scheduled"
    ReleaseWarned = 10 "number.release_warned"
    ReleaseCancelled = 11 "number.release_cancelled"
    Released = 12 "number.released"
}

/// A level of low balance: told once per crossing, armed again when the balance has risen above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    pub amount: Money,
    pub arming: Arming,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Arming {
    Armed = 1,
    Told = 2,
}

/// One alert on its way to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub endpoint: u32,
    pub alert: u64,
    pub state: DeliveryState,
    pub tries: u32,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// When it is tried next; [`Timestamp::NEVER`] once it is closed.
    pub next_at: Timestamp,
    /// What the endpoint last answered; 0 where it did not.
    pub http_status: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum DeliveryState {
    Pending = 1,
    Delivered = 2,
    /// Given up after a day.
    Failed = 3,
    /// The endpoint was removed, or asked to hear nothing more.
    Dropped = 4,
}

impl Alert {
    /// The id in the interface.
    pub fn id(number: u64) -> String {
        format!("{ID_PREFIX}{number}")
    }

    pub fn parse_id(id: &str) -> Option<u64> {
        super::parse_id(ID_PREFIX, id)
    }
}

impl AlertKind {
    pub fn parse(word: &str) -> Option<AlertKind> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    pub fn from_byte(byte: u8) -> Option<AlertKind> {
        Self::ALL.iter().copied().find(|kind| *kind as u8 == byte)
    }
}

impl Level {
    /// The level after a step that left `balance`.
    pub fn after(self, balance: Money) -> Level {
        let arming = if balance > self.amount { Arming::Armed } else { Arming::Told };
        Level { arming, ..self }
    }
}

impl Arming {
    pub fn from_byte(byte: u8) -> Option<Arming> {
        [Arming::Armed, Arming::Told].into_iter().find(|arming| *arming as u8 == byte)
    }
}

impl Delivery {
    /// An alert that has not been sent yet.
    pub fn new(endpoint: u32, alert: u64, at: Timestamp) -> Delivery {
        Delivery {
            endpoint,
            alert,
            state: DeliveryState::Pending,
            tries: 0,
            first_at: at,
            last_at: at,
            next_at: at,
            http_status: 0,
        }
    }
}

impl DeliveryState {
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Pending => "pending",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
            DeliveryState::Dropped => "dropped",
        }
    }

    pub fn from_byte(byte: u8) -> Option<DeliveryState> {
        use DeliveryState::{Delivered, Dropped, Failed, Pending};
        [Pending, Delivered, Failed, Dropped].into_iter().find(|state| *state as u8 == byte)
    }
}
