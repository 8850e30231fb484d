//! Corrections: messages that should have cost something else (docs/rules.md, "Corrections").
//!
//! What is corrected was found by reading entries, and may have changed since. So a correction says which one it
//! follows: a message that was corrected meanwhile, or whose charge was returned, is left alone, and a run may be called
//! again until nothing is left.

use super::statuses::{policy_of, set_course};
use super::step::Step;
use super::{Ground, Refusal};
use crate::domain::event::Name;
use crate::domain::identity::{Remembered, kept_until};
use crate::domain::money::Money;
use crate::domain::record::{Cause, Correction, Price, Records, Run};
use crate::domain::status::{Charged, Corrected, Course};
use crate::domain::time::Span;
use crate::domain::wallet::Wallet;

/// Most corrections of one step.
pub const CORRECTIONS_MAX: usize = 256;

/// How long a message must have been forgotten to be corrected on the word of whoever has read its entries: by then
/// they tell all that its statuses have changed.
const FORGOTTEN_FOR: Span = Span::from_days(1);

/// A message and what it should have cost. Whoever asks leaves out what its entries say stands returned: of a message
/// that is forgotten nothing else tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Mispriced<'a> {
    /// Of its event.
    pub name: Name<'a>,
    /// As it was charged first.
    pub charged: Charged<'a>,
    /// What is remembered under its name.
    pub message: Option<Remembered>,
    /// Its last correction.
    pub corrected: Option<Corrected>,
    /// The entry of the last correction of it that was seen when its price was looked at; 0 where there was none.
    pub seen: u64,
    pub price: Price,
}

/// Posts the corrections that still hold, in one step; those that do not are left out. As a report it overrides balance
/// and suspension.
pub fn correct<'a>(
    wallet: &mut Wallet,
    run: &Run<'a>,
    messages: &[Mispriced<'a>],
    ground: Ground<'_>,
) -> Result<Records<'a>, Refusal> {
    if messages.len() > CORRECTIONS_MAX {
        return Err(Refusal::TooMany);
    }
    let (mut due, mut balance, mut last) = (Vec::new(), wallet.balance, 0);
    for message in messages {
        // In order: so none is corrected twice in one step.
        if message.charged.seq <= last || !message.may_be_corrected(ground) {
            continue;
        }
        last = message.charged.seq;
        let amount = message.before().checked_sub(message.price.rated.total()).ok_or(Refusal::OutOfRange)?;
        if amount != Money::ZERO {
            balance = balance.checked_add(amount).ok_or(Refusal::OutOfRange)?;
            due.push((message, amount));
        }
    }
    let now = ground.moment.now;
    let mut step = Step::new(wallet, now, ground);
    for (message, amount) in due {
        let Mispriced { charged, price, .. } = *message;
        let (of, origin, before) = (charged.seq, charged.origin, message.before());
        let correction = Correction { of, price, before, origin, run: *run };
        let seq = step.post(amount, now, Cause::Correction(correction));
        if let Some(remembered) = message.remembered().filter(|remembered| remembered.kept_until >= now) {
            let course = remembered.course.as_deref().cloned().unwrap_or_else(Course::fresh);
            let corrected = Corrected { seq, version: price.version, total: price.rated.total() };
            let course = Some(Box::new(course.at(corrected)));
            set_course(&mut step, message.name, Remembered { course, ..remembered.clone() }, None);
        }
    }
    Ok(step.finish())
}

impl Mispriced<'_> {
    /// What it costs until now.
    fn before(&self) -> Money {
        self.charged.at(self.corrected).total
    }

    /// What is remembered of it, and not of another message under the same name.
    fn remembered(&self) -> Option<&Remembered> {
        self.message.as_ref().filter(|message| message.verdict.seq == self.charged.seq)
    }

    fn may_be_corrected(&self, ground: Ground<'_>) -> bool {
        if self.corrected.map_or(0, |corrected| corrected.seq) != self.seen {
            return false;
        }
        let Some(remembered) = self.remembered() else {
            let origin = self.charged.origin;
            let kept_until = kept_until(origin.occurred_at, origin.posted_at);
            return kept_until.plus(FORGOTTEN_FOR) < ground.moment.now;
        };
        let charged = self.charged.at(self.corrected);
        let returned =
            |course: &Course| course.stands_returned(|counted| policy_of(ground, &charged, counted));
        !remembered.course.as_deref().is_some_and(returned)
    }
}
