//! Automatic top-up: settings, and what keeps it from firing (RULES, section 10).

use crate::domain::calendar::{Day, Zone};
use crate::domain::money::Money;
use crate::domain::time::{Span, Timestamp};

/// Attempts of one local day where nothing else is set.
pub const ATTEMPTS_PER_DAY_DEFAULT: u32 = 5;
/// After so many declines in a row it is stopped.
pub const DECLINES_MAX: u8 = 4;
/// After so many successes in a row that did not lift the wallet above its minimum it is stopped.
pub const SUCCESSES_BELOW_MAX: u8 = 3;
/// How long after a decline the next attempt is made, by how many there were in a row.
const RETRY_AFTER: [Span; 3] = [Span::from_hours(1), Span::from_hours(6), Span::from_hours(24)];

/// The provider's word for a payment that its customer must confirm in person.
pub const AUTHENTICATION_REQUIRED: &str = "authentication_required";

/// The settings and the state of a wallet's automatic top-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoTopUp {
    pub switch: Switch,
    /// At or below so much available it fires.
    pub minimum: Money,
    /// What it adds each time.
    pub amount: Money,
    pub limits: Limits,
    pub stopped: Option<StopReason>,
    /// In a row.
    pub declines: u8,
    /// In a row, without rising above the minimum.
    pub successes_below: u8,
    /// When a decline is followed by the next attempt; [`Timestamp::NEVER`] where none is waited for.
    pub retry_at: Timestamp,
    /// When a limit's period turns that was reached; [`Timestamp::NEVER`] where none is reached.
    pub limited_until: Timestamp,
    /// The local day of the last attempt, and what was tried on it and in its month.
    pub day: Day,
    pub tried_of_day: Tried,
    pub tried_of_month: Tried,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Switch {
    Off = 1,
    On = 2,
}

/// What may be tried in a local day and a local month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub attempts_per_day: u32,
    /// `u32::MAX` and [`Money::MAX`] are no limit.
    pub attempts_per_month: u32,
    pub amount_per_day: Money,
    pub amount_per_month: Money,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    pub attempts: u32,
    pub amount: Money,
}

/// Why no attempt is made until somebody changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum StopReason {
    Declined = 1,
    AuthenticationRequired = 2,
    StillBelow = 3,
    Disputed = 4,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            attempts_per_day: ATTEMPTS_PER_DAY_DEFAULT,
            attempts_per_month: u32::MAX,
            amount_per_day: Money::MAX,
            amount_per_month: Money::MAX,
        }
    }
}

impl Default for AutoTopUp {
    fn default() -> AutoTopUp {
        AutoTopUp {
            switch: Switch::Off,
            minimum: Money::ZERO,
            amount: Money::ZERO,
            limits: Limits::default(),
            stopped: None,
            declines: 0,
            successes_below: 0,
            retry_at: Timestamp::NEVER,
            limited_until: Timestamp::NEVER,
            day: Day::default(),
            tried_of_day: Tried::default(),
            tried_of_month: Tried::default(),
        }
    }
}

impl AutoTopUp {
    /// Whether at `at` nothing of its own keeps it from firing: no stop, no back-off, no limit. A limit whose period turns
    /// at this very instant is reached no longer, though that may still have to be posted.
    pub fn is_ready(&self, at: Timestamp) -> bool {
        self.switch == Switch::On
            && self.stopped.is_none()
            && self.retry_at == Timestamp::NEVER
            && (self.limited_until == Timestamp::NEVER || self.limited_until <= at)
    }

    /// Counts an attempt made at `at`.
    pub fn tried(mut self, at: Timestamp, zone: &Zone) -> AutoTopUp {
        self.turn_to(zone.day(at));
        for tried in [&mut self.tried_of_day, &mut self.tried_of_month] {
            tried.attempts = tried.attempts.saturating_add(1);
            tried.amount = tried.amount.checked_add(self.amount).unwrap_or(Money::MAX);
        }
        self.limited(at, zone)
    }

    /// Looks at `at` whether a limit keeps the next attempt waiting, and until when.
    pub fn limited(mut self, at: Timestamp, zone: &Zone) -> AutoTopUp {
        self.turn_to(zone.day(at));
        let Limits { attempts_per_day, attempts_per_month, amount_per_day, amount_per_month } = self.limits;
        self.limited_until = if self.reached(self.tried_of_month, attempts_per_month, amount_per_month) {
            zone.next_month(at)
        } else if self.reached(self.tried_of_day, attempts_per_day, amount_per_day) {
            zone.next_day(at)
        } else {
            Timestamp::NEVER
        };
        self
    }

    fn reached(&self, tried: Tried, attempts: u32, amount: Money) -> bool {
        tried.attempts >= attempts || tried.amount.checked_add(self.amount).is_none_or(|sum| sum > amount)
    }

    /// How much its limits let it add still on the local day of `at`, in whole attempts.
    pub fn may_add_today(&self, at: Timestamp, zone: &Zone) -> Money {
        let mut today = self.clone();
        today.turn_to(zone.day(at));
        let Limits { attempts_per_day, attempts_per_month, amount_per_day, amount_per_month } = self.limits;
        let of_day = self.attempts_left(today.tried_of_day, attempts_per_day, amount_per_day);
        let of_month = self.attempts_left(today.tried_of_month, attempts_per_month, amount_per_month);
        self.amount.checked_times(of_day.min(of_month)).unwrap_or(Money::MAX)
    }

    fn attempts_left(&self, tried: Tried, attempts: u32, amount: Money) -> u32 {
        let left = amount.nanos().saturating_sub(tried.amount.nanos()).max(0);
        let by_amount = left.checked_div(self.amount.nanos()).unwrap_or(0);
        attempts.saturating_sub(tried.attempts).min(u32::try_from(by_amount).unwrap_or(u32::MAX))
    }

    fn turn_to(&mut self, day: Day) {
        if day != self.day {
            if day.month() != self.day.month() {
                self.tried_of_month = Tried::default();
            }
            self.tried_of_day = Tried::default();
            self.day = day;
        }
    }

    /// One more decline in a row, at `at`.
    pub fn declined(mut self, code: &str, at: Timestamp) -> AutoTopUp {
        self.declines = self.declines.saturating_add(1);
        match RETRY_AFTER.get(usize::from(self.declines) - 1) {
            Some(after) => self.retry_at = at.plus(*after),
            None if code == AUTHENTICATION_REQUIRED => {
                self.stopped = Some(StopReason::AuthenticationRequired)
            }
            None => self.stopped = Some(StopReason::Declined),
        }
        self
    }

    /// Begins anew: what stopped or delayed it no longer counts.
    pub fn anew(mut self) -> AutoTopUp {
        (self.stopped, self.declines, self.successes_below) = (None, 0, 0);
        self.retry_at = Timestamp::NEVER;
        self
    }
}

impl Switch {
    pub fn from_byte(byte: u8) -> Option<Switch> {
        [Switch::Off, Switch::On].into_iter().find(|switch| *switch as u8 == byte)
    }
}

impl StopReason {
    pub const ALL: [StopReason; 4] = [
        StopReason::Declined,
        StopReason::AuthenticationRequired,
        StopReason::StillBelow,
        StopReason::Disputed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            StopReason::Declined => "declined",
            StopReason::AuthenticationRequired => AUTHENTICATION_REQUIRED,
            StopReason::StillBelow => "still_below",
            StopReason::Disputed => "disputed",
        }
    }

    pub fn from_byte(byte: u8) -> Option<StopReason> {
        Self::ALL.into_iter().find(|reason| *reason as u8 == byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{NOW, money};

    fn set(attempts_per_day: u32, amount_per_month: &str) -> AutoTopUp {
        let limits =
            Limits { attempts_per_day, amount_per_month: money(amount_per_month), ..Limits::default() };
        AutoTopUp { switch: Switch::On, amount: money("20"), limits, ..AutoTopUp::default() }
    }

    #[test]
    fn a_limit_that_is_reached_holds_until_its_local_period_turns() {
        let zone = Zone::named("Asia/Kathmandu").unwrap();
        let table = [
            (set(2, "1000"), 1, Timestamp::NEVER),
            (set(2, "1000"), 2, zone.next_day(NOW)),
            (set(9, "60"), 2, Timestamp::NEVER),
            (set(9, "60"), 3, zone.next_month(NOW)),
            (set(3, "60"), 3, zone.next_month(NOW)),
        ];
        for (auto, attempts, want) in table {
            let limits = auto.limits;
            let tried = (0..attempts).fold(auto, |auto, _| auto.tried(NOW, &zone));
            assert_eq!(tried.limited_until, want, "{attempts} attempts under {limits:?}");
            let turned = tried.limited(zone.next_month(NOW), &zone);
            assert_eq!(turned.limited_until, Timestamp::NEVER, "{limits:?} in the month after");
        }
    }

    #[test]
    fn what_may_be_added_today_is_what_the_limits_leave_in_whole_attempts() {
        let zone = Zone::named("Asia/Kathmandu").unwrap();
        let table = [
            (set(5, "1000"), 0, "100"),
            (set(5, "1000"), 2, "60"),
            (set(5, "1000"), 5, "0"),
            (set(5, "70"), 0, "60"),
            (set(5, "70"), 2, "20"),
            (set(5, "70"), 3, "0"),
            (set(5, "10"), 0, "0"),
            (AutoTopUp { amount: Money::ZERO, ..set(5, "1000") }, 0, "0"),
            (
                AutoTopUp { limits: Limits { attempts_per_day: 3, ..Limits::default() }, ..set(5, "1") },
                1,
                "40",
            ),
        ];
        for (auto, attempts, want) in table {
            let limits = auto.limits;
            let tried = (0..attempts).fold(auto, |auto, _| auto.tried(NOW, &zone));
            assert_eq!(tried.may_add_today(NOW, &zone), money(want), "{attempts} attempts under {limits:?}");
        }
        let tried = set(1, "1000").tried(NOW, &zone);
        assert_eq!(tried.may_add_today(zone.next_day(NOW), &zone), money("20"), "on the day after");
    }

    #[test]
    fn declines_wait_1_6_and_24_hours_and_the_fourth_in_a_row_stops() {
        let mut auto = set(9, "1000");
        for hours in [1, 6, 24] {
            auto = AutoTopUp { retry_at: Timestamp::NEVER, ..auto }.declined("card_declined", NOW);
            assert_eq!(auto.retry_at, NOW.plus(Span::from_hours(hours)));
            assert!(!auto.is_ready(NOW));
        }
        let auto = AutoTopUp { retry_at: Timestamp::NEVER, ..auto };
        for (code, want) in [
            ("card_declined", StopReason::Declined),
            (AUTHENTICATION_REQUIRED, StopReason::AuthenticationRequired),
        ] {
            let stopped = auto.clone().declined(code, NOW);
            assert_eq!((stopped.stopped, stopped.retry_at), (Some(want), Timestamp::NEVER), "{code}");
            assert!(stopped.anew().is_ready(NOW), "switched on anew");
        }
    }
}
