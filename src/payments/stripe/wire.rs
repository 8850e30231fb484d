//! Stripe's objects, as much of them as is needed, and what they say.
//!
//! Whatever cannot be said of them is an error: nothing of a payment is guessed.

use serde::Deserialize;

use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::payments::facts::{
    AUTHENTICATION_REQUIRED, Card, Checkout, CheckoutState, Method, PaymentFacts, PaymentState,
};
use crate::payments::minor;
use crate::payments::order::{AttemptRef, Metadata};

/// Why an object cannot be understood.
pub type Unreadable = String;

/// Told by its id or, where it was asked to be expanded, whole.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Expandable<T> {
    Id(String),
    Whole(Box<T>),
}

impl<T> Expandable<T> {
    fn whole(&self) -> Option<&T> {
        match self {
            Expandable::Id(_) => None,
            Expandable::Whole(whole) => Some(whole),
        }
    }
}

/// Any object, by its id alone.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    pub id: String,
}

fn id_of(customer: Option<&Expandable<Named>>) -> Option<String> {
    customer.map(|customer| match customer {
        Expandable::Id(id) => id.clone(),
        Expandable::Whole(whole) => whole.id.clone(),
    })
}

#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    pub data: Vec<T>,
    pub has_more: bool,
}

/// Why a payment failed.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Failure {
    #[serde(default)]
    pub code: Option<String>,
    /// The card issuer's own reason, which says more.
    #[serde(default)]
    pub decline_code: Option<String>,
}

impl Failure {
    pub fn code(&self) -> String {
        let codes = [&self.code, &self.decline_code];
        if codes.iter().any(|code| code.as_deref() == Some(AUTHENTICATION_REQUIRED)) {
            return AUTHENTICATION_REQUIRED.to_owned();
        }
        self.decline_code.as_ref().or(self.code.as_ref()).map_or("declined", String::as_str).to_owned()
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct PaymentMethod {
    pub id: String,
    #[serde(default)]
    card: Option<CardDetails>,
}

#[derive(Clone, Debug, Deserialize)]
struct CardDetails {
    brand: String,
    last4: String,
}

impl PaymentMethod {
    pub fn read(&self) -> Method {
        let card = self.card.as_ref();
        let card = card.map(|card| Card { brand: card.brand.clone(), last4: card.last4.clone() });
        Method { id: self.id.clone(), card }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Charge {
    #[serde(default)]
    pub amount_refunded: i64,
    #[serde(default)]
    pub currency: String,
    #[serde(default)]
    pub payment_intent: Option<Expandable<Named>>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl Charge {
    /// The payment it belongs to; a charge may have none, but then it is not one of ours.
    pub fn payment(&self) -> Option<String> {
        id_of(self.payment_intent.as_ref())
    }

    /// Copied from the payment when the charge was made.
    pub fn attempt(&self) -> Option<AttemptRef> {
        self.metadata.as_ref().and_then(AttemptRef::from_metadata)
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    #[serde(default)]
    pub payment_intent: Option<Expandable<Named>>,
}

impl Refund {
    pub fn payment(&self) -> Option<String> {
        id_of(self.payment_intent.as_ref())
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    #[serde(default)]
    pub payment_intent: Option<Expandable<Named>>,
}

impl Dispute {
    pub fn payment(&self) -> Option<String> {
        id_of(self.payment_intent.as_ref())
    }
}

/// A payment intent.
#[derive(Clone, Debug, Deserialize)]
pub struct Intent {
    pub id: String,
    status: String,
    #[serde(default)]
    amount_received: Option<i64>,
    amount: i64,
    currency: String,
    livemode: bool,
    #[serde(default)]
    customer: Option<Expandable<Named>>,
    #[serde(default)]
    payment_method: Option<Expandable<PaymentMethod>>,
    #[serde(default)]
    latest_charge: Option<Expandable<Charge>>,
    #[serde(default)]
    last_payment_error: Option<Failure>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl Intent {
    pub fn attempt(&self) -> Option<AttemptRef> {
        self.metadata.as_ref().and_then(AttemptRef::from_metadata)
    }

    pub fn state(&self) -> Result<PaymentState, Unreadable> {
        let payment = self.id.clone();
        let failed = |code: String| PaymentState::Failed { payment: Some(payment.clone()), code };
        Ok(match (self.status.as_str(), &self.last_payment_error) {
            ("succeeded", _) => PaymentState::Succeeded(self.facts()?),
            ("processing", _) => PaymentState::Processing { payment },
            ("canceled", _) => failed("canceled".to_owned()),
            ("requires_payment_method", Some(failure)) => failed(failure.code()),
            ("requires_payment_method" | "requires_action" | "requires_confirmation", _) => {
                PaymentState::Open { payment }
            }
            (status, _) => return Err(format!("a payment that is {status:?}")),
        })
    }

    pub fn failure(&self) -> String {
        self.last_payment_error.clone().unwrap_or_default().code()
    }

    fn facts(&self) -> Result<PaymentFacts, Unreadable> {
        let (amount, currency) = read_amount(self.amount_received.unwrap_or(self.amount), &self.currency)?;
        let method = self.payment_method.as_ref().map(|method| match method {
            Expandable::Id(id) => Method { id: id.clone(), card: None },
            Expandable::Whole(whole) => whole.read(),
        });
        let charge = self.latest_charge.as_ref().and_then(Expandable::whole);
        let refunded =
            charge.map(|charge| read_amount(charge.amount_refunded, &self.currency)).transpose()?;
        Ok(PaymentFacts {
            payment: self.id.clone(),
            attempt: self.attempt(),
            amount,
            currency,
            customer: id_of(self.customer.as_ref()),
            livemode: self.livemode,
            method,
            amount_refunded: refunded.map(|(amount, _)| amount),
        })
    }
}

/// A checkout session.
#[derive(Clone, Debug, Deserialize)]
pub struct Session {
    pub id: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    status: Option<String>,
    payment_status: String,
    #[serde(default)]
    amount_total: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
    livemode: bool,
    #[serde(default)]
    customer: Option<Expandable<Named>>,
    #[serde(default)]
    payment_intent: Option<Expandable<Intent>>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl Session {
    pub fn attempt(&self) -> Option<AttemptRef> {
        self.metadata.as_ref().and_then(AttemptRef::from_metadata)
    }

    pub fn payment(&self) -> Option<String> {
        self.payment_intent.as_ref().map(|intent| match intent {
            Expandable::Id(id) => id.clone(),
            Expandable::Whole(whole) => whole.id.clone(),
        })
    }

    pub fn read(&self) -> Result<Checkout, Unreadable> {
        Ok(Checkout {
            session: self.id.clone(),
            url: self.url.clone(),
            customer: id_of(self.customer.as_ref()),
            payment: self.payment(),
            attempt: self.attempt(),
            state: self.state()?,
        })
    }

    fn state(&self) -> Result<CheckoutState, Unreadable> {
        Ok(match (self.status.as_deref(), self.payment_status.as_str()) {
            (_, "paid") => CheckoutState::Paid(self.facts()?),
            (Some("open"), "unpaid") => CheckoutState::Open,
            (Some("expired"), "unpaid") => CheckoutState::Expired,
            (Some("complete"), "unpaid") => self.handed_in()?,
            (status, payment) => return Err(format!("a checkout that is {status:?} and {payment:?}")),
        })
    }

    fn handed_in(&self) -> Result<CheckoutState, Unreadable> {
        let payment = self.payment_intent.as_ref().and_then(Expandable::whole);
        Ok(match payment.map(Intent::state).transpose()? {
            Some(PaymentState::Failed { code, .. }) => CheckoutState::Failed { code },
            _ => CheckoutState::Processing,
        })
    }

    fn facts(&self) -> Result<PaymentFacts, Unreadable> {
        let payment = self.payment_intent.as_ref().ok_or("a paid checkout without a payment")?;
        if let Some(whole) = payment.whole() {
            let PaymentState::Succeeded(facts) = whole.state()? else {
                return Err("a paid checkout of a payment that did not succeed".to_owned());
            };
            // The payment has no metadata where its checkout was made by hand at the provider.
            return Ok(PaymentFacts { attempt: facts.attempt.clone().or_else(|| self.attempt()), ..facts });
        }
        let (amount, currency) = read_amount(
            self.amount_total.ok_or("a paid checkout without an amount")?,
            self.currency.as_deref().unwrap_or_default(),
        )?;
        Ok(PaymentFacts {
            payment: self.payment().ok_or("a paid checkout without a payment")?,
            attempt: self.attempt(),
            amount,
            currency,
            customer: id_of(self.customer.as_ref()),
            livemode: self.livemode,
            method: None,
            amount_refunded: None,
        })
    }
}

pub fn read_amount(amount: i64, currency: &str) -> Result<(Money, Currency), Unreadable> {
    let known = minor::parse_currency(currency).ok_or_else(|| format!("the currency {currency:?}"))?;
    let read = minor::from_minor(amount, known).ok_or_else(|| format!("the amount {amount} {known}"))?;
    Ok((read, known))
}
