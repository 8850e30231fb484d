//! Events, prices and wallets for the tests of every floor, and choices that a seed repeats.

pub mod lives;

use super::address::Address;
use super::currency::Currency;
use super::decide::{Context, Ground, Moment};
use super::event::{Direction, Encoding, Event, FinalStatus, Happening, Kind, Message, Mode, Name, Units};
use super::life::alert::{AlertKind, Endpoints};
use super::money::Money;
use super::rating::Rated;
use super::record::{Adjustment, Price, TariffId, Terms, VersionId};
use super::sender_type::SenderType;
use super::tariff::FailurePolicy;
use super::time::{Span, Timestamp};
use super::wallet::{Status, Wallet, WalletId};

/// When the samples are decided: some instant long after 1970.
pub const NOW: Timestamp = Timestamp::from_nanos(1_800_000_000_000_000_000);
pub const WALLET: WalletId = WalletId { partition: 3, number: 7 };
pub const TERMS: Terms<'_> =
    Terms { wallet: "acme", name: "Acme", currency: Currency::USD, time_zone: "UTC", tariff: TariffId(0) };

/// A world of few choices, for decisions: a fee for each sender type, a failure policy for each status.
#[derive(Clone, Debug)]
pub struct SampleWorld {
    /// Monthly fees in their order in the tariff; a sender type that is missing has no row.
    pub fees: Vec<(SenderType, Money)>,
    pub failed: FailurePolicy,
    pub undelivered: FailurePolicy,
    /// Who hears of every alert.
    pub endpoints: Vec<u32>,
    pub number_owner: bool,
}

impl Default for SampleWorld {
    fn default() -> SampleWorld {
        SampleWorld {
            fees: vec![
                (SenderType::Local, money("1")),
                (SenderType::TollFree, money("2")),
                (SenderType::ShortCode, money("500")),
            ],
            failed: FailurePolicy::Fee(money("0.001")),
            undelivered: FailurePolicy::Full,
            endpoints: Vec::new(),
            number_owner: false,
        }
    }
}

impl SampleWorld {
    /// What is decided at `now`, with events that may be 35 days old.
    pub fn ground(&self, now: Timestamp) -> Ground<'_> {
        Ground { moment: Moment { now, too_old_after: Span::from_days(35) }, context: self }
    }
}

impl Context for SampleWorld {
    fn number_fee(
        &self,
        _: TariffId,
        _: &Address,
        sender_type: SenderType,
        _: Timestamp,
    ) -> Option<(VersionId, u32, Money)> {
        let row = self.fees.iter().position(|(priced, _)| *priced == sender_type)?;
        Some((VersionId(1), row as u32, self.fees[row].1))
    }

    fn failure_policy(
        &self,
        _: VersionId,
        _: Direction,
        _: Kind,
        status: FinalStatus,
        _: &str,
    ) -> FailurePolicy {
        match status {
            FinalStatus::Delivered => FailurePolicy::Full,
            FinalStatus::Undelivered => self.undelivered,
            FinalStatus::Failed => self.failed,
        }
    }

    fn audience(&self, _: &Wallet, _: AlertKind) -> Endpoints {
        self.endpoints.iter().copied().collect()
    }

    fn has_number_owner(&self) -> bool {
        self.number_owner
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 up to, and without, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// The seed of `FAREBOX_SEED` alone, or else so many that follow `first`.
pub fn seeds(first: u64, count: u64) -> impl Iterator<Item = u64> {
    let asked = std::env::var("FAREBOX_SEED").ok();
    let asked = asked
        .map(|seed| seed.parse().unwrap_or_else(|_| panic!("FAREBOX_SEED: wanted a number, got {seed:?}")));
    let (first, count) = asked.map_or((first, count), |seed: u64| (seed, 1));
    (0..count).map(move |number| first.wrapping_add(number))
}

pub fn money(text: &str) -> Money {
    Money::parse(text).unwrap_or_else(|error| panic!("{text:?} is no amount: {error}"))
}

pub fn later(at: Timestamp, nanos: i64) -> Timestamp {
    Timestamp::from_nanos(at.nanos() + nanos)
}

/// An SMS of so many segments.
pub fn message(direction: Direction, segments: u8) -> Message {
    Message {
        direction,
        kind: Kind::Sms,
        channel: Address::parse("+14155550100").unwrap(),
        peer: Address::parse("+85291234567").unwrap(),
        units: Units { billed: segments, counted: None, encoding: Some(Encoding::Gsm7) },
        sender_type: SenderType::Local,
        carrier: None,
    }
}

/// An event that happened at [`NOW`].
pub fn event<'a>(id: &'a str, happening: Happening<'a>, mode: Mode) -> Event<'a> {
    Event {
        name: Name { source: "", id },
        happening,
        mode,
        occurred_at: NOW,
        campaign: "",
        tags: "",
        hold: "",
    }
}

pub fn carrier_fee(amount: Money) -> Happening<'static> {
    Happening::CarrierFee { amount, channel: None, reason: "surcharge" }
}

/// The price of a message of one unit.
pub fn price(unit_price: Money, carrier_fee: Money) -> Price {
    let rated = Rated {
        rate_row: 4,
        fee_row: Some(2),
        unit_price,
        price: unit_price,
        carrier_fee,
        country: Some(*b"HK"),
    };
    Price { version: VersionId(1), rated }
}

pub fn adjustment(amount: Money) -> Adjustment<'static> {
    Adjustment { idempotency_key: "credit-1", amount, reason: "opening credit", actor: "key_1", of: 0 }
}

/// A wallet that came to its balance by one entry: active above 0, suspended at 0 or below.
pub fn wallet(balance: Money) -> Wallet {
    let opened = Wallet::opened(WALLET, &TERMS);
    let status = Status::of_balance(balance);
    Wallet { status, balance, seq: 1, records: if status == Status::Active { 3 } else { 2 }, ..opened }
}
