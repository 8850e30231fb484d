//! What the provider says became of a checkout or a payment, checked for nothing yet: whether amount, currency,
//! customer and mode are those of the attempt is for whoever knows the attempt.

use super::order::AttemptRef;
use crate::domain::currency::Currency;
use crate::domain::money::Money;

/// The code of a failure that only the card's holder can lift.
pub const AUTHENTICATION_REQUIRED: &str = "authentication_required";

/// A checkout page and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    pub session: String,
    /// Where to pay; only while it is open.
    pub url: Option<String>,
    pub customer: Option<String>,
    pub payment: Option<String>,
    pub attempt: Option<AttemptRef>,
    pub state: CheckoutState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckoutState {
    /// Nobody has paid yet. A declined card leaves it open.
    Open,
    /// Handed in, but the money takes days and may not come.
    Processing,
    Paid(PaymentFacts),
    /// Handed in, but the money did not come. Final.
    Failed {
        code: String,
    },
    /// Nobody paid in time. Final.
    Expired,
}

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentState {
    Succeeded(PaymentFacts),
    /// It took nothing and, left alone, takes nothing. A checkout's payment can still be tried again
    /// while its page is open.
    Failed {
        /// `None` where the provider did not even make one.
        payment: Option<String>,
        /// The provider's word, the most telling one that it gave.
        code: String,
    },
    Processing {
        payment: String,
    },
    /// It waits for somebody at a checkout page.
    Open {
        payment: String,
    },
}

/// A payment that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentFacts {
    pub payment: String,
    pub attempt: Option<AttemptRef>,
    /// What was received, refunds not taken off.
    pub amount: Money,
    pub currency: Currency,
    pub customer: Option<String>,
    /// Real money.
    pub livemode: bool,
    /// What it was paid with; `None` where the source of these facts does not say.
    pub method: Option<Method>,
    /// All refunds together; `None` where the source of these facts does not say.
    pub amount_refunded: Option<Money>,
}

/// A way to pay that can be charged again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    pub id: String,
    /// `None` where only the id was told (webhooks): ask for it.
    pub card: Option<Card>,
}

/// As much of a card as may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub brand: String,
    pub last4: String,
}
