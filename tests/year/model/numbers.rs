//! Numbers: monthly fees, arrears and release (RULES, section 9).

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Nanos;
use super::calendar::{days_before, first_instant, local_day, months_after};
use super::prices::version_at;
use super::wallet::Wallet;

/// A fee that was due and is unpaid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    pub cycle: u32,
    pub due_at: Timestamp,
    pub amount: Nanos,
}

/// One number from its purchase to its release.
#[derive(Clone, Debug)]
pub struct Rental {
    pub number: &'static str,
    /// The local day of the purchase.
    pub anchor: Date,
    pub fee: Nanos,
    /// Of the last due fee; 0 is the purchase.
    pub cycle: u32,
    pub next_due_at: Timestamp,
    pub arrears: Vec<Owed>,
    pub release: Option<Release>,
    pub released: Option<(Timestamp, &'static str)>,
}

/// A release that is scheduled, and the warnings still to be given.
#[derive(Clone, Debug)]
pub struct Release {
    pub at: Timestamp,
    pub warnings: Vec<Timestamp>,
}

impl Rental {
    pub fn is_released(&self) -> bool {
        self.released.is_some()
    }

    pub fn status(&self) -> &'static str {
        match () {
            () if self.released.is_some() => "released",
            () if self.release.is_some() => "release_scheduled",
            () if !self.arrears.is_empty() => "past_due",
            () => "active",
        }
    }

    fn is_owed(&self, cycle: u32) -> bool {
        self.arrears.iter().any(|owed| owed.cycle == cycle)
    }

    fn two_in_a_row_are_owed(&self) -> bool {
        self.arrears.iter().any(|owed| self.is_owed(owed.cycle + 1))
    }
}

impl Wallet {
    /// The rental that the number has now, or had last.
    pub fn rental(&self, number: &str) -> Option<usize> {
        self.rentals.iter().rposition(|rental| rental.number == number)
    }

    pub fn is_rented(&self, number: &str) -> bool {
        self.rental(number).is_some_and(|rental| !self.rentals[rental].is_released())
    }

    /// The first fee in full from available, or it is refused.
    pub fn buy_number(&mut self, number: &'static str, at: Timestamp) -> Result<(), &'static str> {
        if self.is_rented(number) {
            return Err("number_rented");
        }
        let Some(fee) = version_at(at).number(number) else { return Err("no_rate") };
        self.step(at, |wallet| {
            if wallet.available() < fee {
                wallet.refused = true;
                return Err("insufficient_balance");
            }
            wallet.post("number_fee", -fee, at);
            let anchor = local_day(at, &wallet.zone);
            wallet.rentals.push(Rental {
                number,
                anchor,
                fee,
                cycle: 0,
                next_due_at: first_instant(months_after(anchor, 1), &wallet.zone),
                arrears: Vec::new(),
                release: None,
                released: None,
            });
            Ok(())
        })
    }

    /// A month's fee is due: it is paid whole from available, or stands as arrears.
    pub fn fee_due(&mut self, rental: usize, at: Timestamp) {
        self.step(at, |wallet| {
            let available = wallet.available();
            let zone = wallet.zone.clone();
            let rented = &mut wallet.rentals[rental];
            rented.cycle += 1;
            rented.next_due_at = first_instant(months_after(rented.anchor, rented.cycle + 1), &zone);
            // Where there is no row any more, the last fee stands.
            rented.fee = version_at(at).number(rented.number).unwrap_or(rented.fee);
            if available >= rented.fee {
                let fee = rented.fee;
                wallet.post("number_fee", -fee, at);
                return;
            }
            rented.arrears.push(Owed { cycle: rented.cycle, due_at: at, amount: rented.fee });
            wallet.refused = true;
            wallet.tell("number.fee_unpaid", at);
            wallet.schedule_release(rental, at);
        });
    }

    /// Two cycles in a row unpaid schedule the release for one second before the next due instant.
    fn schedule_release(&mut self, rental: usize, at: Timestamp) {
        let rented = &mut self.rentals[rental];
        if rented.release.is_some() || !rented.two_in_a_row_are_owed() {
            return;
        }
        let release_at = rented.next_due_at - SignedDuration::from_secs(1);
        let warnings = [7, 1].map(|days| days_before(release_at, days, &self.zone)).to_vec();
        rented.release = Some(Release { at: release_at, warnings });
        self.tell("number.release_scheduled", at);
    }

    pub fn warn(&mut self, rental: usize, at: Timestamp) {
        self.step(at, |wallet| {
            let release =
                wallet.rentals[rental].release.as_mut().expect("only a scheduled release is warned of");
            release.warnings.retain(|warning| *warning != at);
            wallet.tell("number.release_warned", at);
        });
    }

    /// Arrears are written off.
    pub fn release_unpaid(&mut self, rental: usize, at: Timestamp) {
        self.step(at, |wallet| {
            let rented = &mut wallet.rentals[rental];
            rented.released = Some((at, "unpaid"));
            rented.release = None;
            rented.arrears.clear();
            wallet.tell("number.released", at);
        });
    }

    /// Arrears stay owed.
    pub fn release_by_hand(&mut self, rental: usize, at: Timestamp) {
        self.step(at, |wallet| {
            let rented = &mut wallet.rentals[rental];
            rented.released = Some((at, "by_hand"));
            rented.release = None;
            wallet.tell("number.released", at);
        });
    }

    /// Oldest first, by due time, then number; whole fees; stopping at the first that does not fit.
    pub fn pay_arrears(&mut self, at: Timestamp) {
        loop {
            let mut all = Vec::new();
            for (rental, rented) in self.rentals.iter().enumerate() {
                for owed in &rented.arrears {
                    all.push((owed.due_at, rented.number, rental, owed.clone()));
                }
            }
            all.sort_by_key(|(due_at, number, rental, _)| (*due_at, *number, *rental));
            let Some((_, _, rental, oldest)) = all.into_iter().next() else { return };
            if self.available() < oldest.amount {
                return;
            }
            self.rentals[rental].arrears.retain(|owed| *owed != oldest);
            self.post("number_fee", -oldest.amount, at);
        }
    }

    /// A release is cancelled once no two cycles in a row are unpaid.
    pub fn cancel_releases(&mut self, at: Timestamp) {
        for rental in 0..self.rentals.len() {
            let rented = &mut self.rentals[rental];
            if rented.release.is_some() && !rented.two_in_a_row_are_owed() {
                rented.release = None;
                self.tell("number.release_cancelled", at);
            }
        }
    }
}
