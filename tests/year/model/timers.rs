//! What time alone brings about (RULES, section 12): everything due by now, in order, each at its own time.

use jiff::Timestamp;

use super::wallet::Wallet;

/// In the order in which timers of one instant are posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// By number.
    Fee(&'static str, usize),
    Warning(&'static str, usize),
    Release(&'static str, usize),
    Expiry(usize),
    BackOffEnds,
    LimitTurns,
}

impl Wallet {
    fn timers(&self) -> Vec<(Timestamp, What)> {
        let mut timers = Vec::new();
        for (rental, rented) in self.rentals.iter().enumerate().filter(|(_, rented)| !rented.is_released()) {
            timers.push((rented.next_due_at, What::Fee(rented.number, rental)));
            if let Some(release) = &rented.release {
                timers.push((release.at, What::Release(rented.number, rental)));
                timers.extend(release.warnings.iter().map(|at| (*at, What::Warning(rented.number, rental))));
            }
        }
        for (hold, held) in self.holds.iter().enumerate().filter(|(_, held)| held.is_open()) {
            timers.push((held.expires_at, What::Expiry(hold)));
        }
        timers.extend(self.auto.wait_until.map(|at| (at, What::BackOffEnds)));
        timers.extend(self.auto.limited_until.map(|at| (at, What::LimitTurns)));
        timers
    }

    /// Lets time pass until `now`: the timers of an instant one after the other, then the payments that they have set
    /// going, and only then the next instant.
    pub fn pass_time(&mut self, now: Timestamp) {
        loop {
            let due = self.timers().into_iter().filter(|(at, _)| *at <= now).min();
            let Some((at, what)) = due else { return };
            self.fired += 1;
            match what {
                What::Fee(_, rental) => self.fee_due(rental, at),
                What::Warning(_, rental) => self.warn(rental, at),
                What::Release(_, rental) => self.release_unpaid(rental, at),
                What::Expiry(hold) => self.expire_hold(hold, at),
                What::BackOffEnds => self.back_off_ends(at),
                What::LimitTurns => self.limit_turns(at),
            }
            if self.timers().iter().all(|(next, _)| *next != at) {
                self.finish_payments(at);
            }
        }
    }
}
