//! Stripe's test cards, and how each behaves (Stripe's page «Testing»).

/// How a try to charge a card ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charging {
    Paid,
    Declined { decline_code: &'static str },
    NeedsAuthentication,
}

/// A card with a known behaviour.
#[derive(Clone, Copy, Debug)]
pub struct TestCard {
    pub number: &'static str,
    pub brand: &'static str,
    pub what: &'static str,
    /// With the payer there, who authenticates whatever is asked.
    pub at_checkout: Charging,
    /// Saved by a checkout that set it up for this.
    pub off_session: Charging,
    /// Saved without being set up for this.
    pub off_session_not_set_up: Charging,
}

const fn card(number: &'static str, what: &'static str, charging: Charging) -> TestCard {
    TestCard {
        number,
        brand: "visa",
        what,
        at_checkout: charging,
        off_session: charging,
        off_session_not_set_up: charging,
    }
}

const GENERIC: Charging = Charging::Declined { decline_code: "generic_decline" };
const INSUFFICIENT: Charging = Charging::Declined { decline_code: "insufficient_funds" };

pub const CARDS: [TestCard; 7] = [
    card("4242424242424242", "pays", Charging::Paid),
    TestCard { brand: "mastercard", ..card("5555555555554444", "pays", Charging::Paid) },
    card("4000000000000002", "is declined", GENERIC),
    card("4000000000009995", "is declined for insufficient funds", INSUFFICIENT),
    TestCard {
        off_session_not_set_up: Charging::NeedsAuthentication,
        ..card("4000002500003155", "pays here; later charges need no authentication", Charging::Paid)
    },
    TestCard {
        off_session: Charging::NeedsAuthentication,
        off_session_not_set_up: Charging::NeedsAuthentication,
        ..card("4000002760003184", "pays here; later charges need authentication", Charging::Paid)
    },
    // Stripe declines this one here too. So that it can be saved by a checkout, the sandbox does not.
    TestCard {
        at_checkout: Charging::Paid,
        ..card("4000000000000341", "pays here; later charges are declined", GENERIC)
    },
];

/// The card of a number; blanks between its digits are allowed.
pub fn find(number: &str) -> Option<&'static TestCard> {
    let digits: String = number.chars().filter(|character| !character.is_whitespace()).collect();
    CARDS.iter().find(|card| card.number == digits)
}

impl TestCard {
    pub fn last4(&self) -> &'static str {
        &self.number[self.number.len() - 4..]
    }
}
