//! Money in: by hand and by itself (RULES, section 10).

use jiff::{SignedDuration, Timestamp};

use super::Nanos;
use super::calendar::{local_day, next_day};
use super::wallet::Wallet;
use crate::support::sandbox;

const DECLINES_MAX: usize = 4;
const SUCCESSES_BELOW_MAX: u32 = 3;

/// How a kept card takes a charge that nobody is there to confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    Good,
    Declined,
    NeedsAuthentication,
}

impl Card {
    pub fn digits(self) -> &'static str {
        match self {
            Card::Good => sandbox::GOOD,
            Card::Declined => sandbox::DECLINED_LATER,
            Card::NeedsAuthentication => sandbox::AUTHENTICATION,
        }
    }
}

/// One try of auto top-up.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub amount: Nanos,
    pub opened_at: Timestamp,
    pub status: &'static str,
    pub code: Option<&'static str>,
}

pub struct AutoTopUp {
    pub enabled: bool,
    pub minimum: Nanos,
    pub amount: Nanos,
    pub attempts_per_day: usize,
    pub attempts_per_month: Option<usize>,
    pub card: Option<Card>,
    pub attempts: Vec<Attempt>,
    pub declines_in_a_row: usize,
    successes_below: u32,
    /// The end of the back-off.
    pub wait_until: Option<Timestamp>,
    /// When a limit's period turns, after it has stood in the way.
    pub limited_until: Option<Timestamp>,
    pub stopped: Option<&'static str>,
    /// A success whose step is under way.
    succeeded_now: bool,
}

impl AutoTopUp {
    pub fn new() -> AutoTopUp {
        AutoTopUp {
            enabled: false,
            minimum: 0,
            amount: 0,
            attempts_per_day: 5,
            attempts_per_month: None,
            card: None,
            attempts: Vec::new(),
            declines_in_a_row: 0,
            successes_below: 0,
            wait_until: None,
            limited_until: None,
            stopped: None,
            succeeded_now: false,
        }
    }

    /// Another method, a top-up by hand, or switched on anew: what went wrong before counts no more.
    fn begin_afresh(&mut self) {
        self.declines_in_a_row = 0;
        self.successes_below = 0;
        self.wait_until = None;
        self.stopped = None;
    }

    fn is_under_way(&self) -> bool {
        self.attempts.last().is_some_and(|attempt| attempt.status == "open")
    }
}

impl Wallet {
    /// A checkout was paid: credited, and its card is the one from now on.
    pub fn top_up_by_hand(&mut self, amount: Nanos, card: Card, at: Timestamp) {
        self.step(at, |wallet| {
            wallet.post("top_up", amount, at);
            wallet.tell("top_up.succeeded", at);
            wallet.auto.card = Some(card);
            wallet.auto.begin_afresh();
        });
    }

    pub fn set_auto_top_up(
        &mut self,
        minimum: Nanos,
        amount: Nanos,
        per_day: usize,
        per_month: Option<usize>,
        at: Timestamp,
    ) {
        self.step(at, |wallet| {
            if !wallet.auto.enabled {
                wallet.auto.begin_afresh();
            }
            wallet.auto.enabled = true;
            (wallet.auto.minimum, wallet.auto.amount) = (minimum, amount);
            (wallet.auto.attempts_per_day, wallet.auto.attempts_per_month) = (per_day, per_month);
        });
    }

    pub fn end_auto_top_up(&mut self, at: Timestamp) {
        self.step(at, |wallet| wallet.auto.enabled = false);
    }

    /// The end of every step: fires when enabled, a method is kept, nothing is unresolved, limits are not reached, and
    /// available is at or below the minimum, or something was just refused for lack of it.
    pub fn look_at_auto_top_up(&mut self, at: Timestamp) {
        let available = self.available();
        let auto = &mut self.auto;
        if available > auto.minimum {
            auto.successes_below = 0;
        } else if std::mem::take(&mut auto.succeeded_now) {
            auto.successes_below += 1;
            if auto.successes_below == SUCCESSES_BELOW_MAX {
                auto.stopped = Some("still_below");
                self.tell("auto_top_up.still_below", at);
                return;
            }
        }
        self.auto.succeeded_now = false;
        let auto = &self.auto;
        let may = auto.enabled && auto.card.is_some() && auto.stopped.is_none() && auto.wait_until.is_none();
        if !may || auto.is_under_way() || !(available <= auto.minimum || self.refused) {
            return;
        }
        if self.limit_is_reached(at) {
            self.auto.limited_until = Some(next_day(at, &self.zone));
            return;
        }
        let amount = self.auto.amount;
        self.auto.attempts.push(Attempt { amount, opened_at: at, status: "open", code: None });
    }

    /// Limits count attempts of the wallet's day and month.
    pub fn limit_is_reached(&self, at: Timestamp) -> bool {
        let today = local_day(at, &self.zone);
        let days: Vec<_> =
            self.auto.attempts.iter().map(|attempt| local_day(attempt.opened_at, &self.zone)).collect();
        let of_today = days.iter().filter(|day| **day == today).count();
        let of_month =
            days.iter().filter(|day| (day.year(), day.month()) == (today.year(), today.month())).count();
        of_today >= self.auto.attempts_per_day
            || self.auto.attempts_per_month.is_some_and(|most| of_month >= most)
    }

    /// The answers of the provider, at the instant at which it was asked; each may open the next attempt.
    pub fn finish_payments(&mut self, at: Timestamp) {
        while self.auto.is_under_way() {
            let card = self.auto.card.expect("an attempt has a card");
            self.step(at, |wallet| match card {
                Card::Good => wallet.auto_succeeded(at),
                Card::Declined => wallet.auto_failed("declined", at),
                Card::NeedsAuthentication => wallet.auto_failed("authentication_required", at),
            });
        }
    }

    fn auto_succeeded(&mut self, at: Timestamp) {
        let attempt = self.auto.attempts.last_mut().expect("an attempt under way");
        attempt.status = "succeeded";
        let amount = attempt.amount;
        self.post("top_up", amount, at);
        self.tell("top_up.succeeded", at);
        self.auto.declines_in_a_row = 0;
        self.auto.succeeded_now = true;
    }

    /// No credit; again after 1, 6 and 24 hours; after the fourth in a row it is stopped.
    fn auto_failed(&mut self, reason: &'static str, at: Timestamp) {
        let attempt = self.auto.attempts.last_mut().expect("an attempt under way");
        (attempt.status, attempt.code) = ("failed", Some(reason));
        self.tell("top_up.failed", at);
        self.auto.declines_in_a_row += 1;
        match self.auto.declines_in_a_row {
            DECLINES_MAX => {
                self.auto.stopped = Some(reason);
                self.tell("auto_top_up.stopped", at);
            }
            declines => {
                self.auto.wait_until = Some(at + SignedDuration::from_hours([1, 6, 24][declines - 1]));
            }
        }
    }

    /// The back-off is over: a further attempt, if it is still needed.
    pub fn back_off_ends(&mut self, at: Timestamp) {
        self.step(at, |wallet| wallet.auto.wait_until = None);
    }

    /// The period of a limit turns.
    pub fn limit_turns(&mut self, at: Timestamp) {
        self.step(at, |wallet| wallet.auto.limited_until = None);
    }
}
