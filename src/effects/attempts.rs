//! Attempts: the provider is called once under the attempt's own key, then asked (RULES, section 10).
//!
//! What a call came to may be unknown: then it is asked about, and called again only under the same key and only as long
//! as the provider still knows that key. So nothing is ever charged twice.

use super::Outside;
use crate::domain::decide::{Payment, PaymentFact};
use crate::domain::life::attempt::{Attempt, AttemptKind, CHECKOUT_EXPIRES_AFTER, Method};
use crate::engine::directory::Cell;
use crate::payments::{
    AttemptRef, CallError, ChargeOrder, Checkout, CheckoutOrder, CheckoutState, CustomerOrder, PaymentFacts,
    PaymentState,
};

/// The provider's word for something that does not exist.
const NOT_FOUND: u16 = 404;

impl Outside {
    /// Calls or asks the provider, and says what it came to.
    pub async fn attempt(&self, cell: &Cell, attempt: Attempt, method: Option<Method>) -> PaymentFact {
        let told = match attempt.kind {
            AttemptKind::Checkout => self.checkout(cell, &attempt, method).await,
            AttemptKind::Auto => self.charge(cell, &attempt, method).await,
        };
        told.unwrap_or_else(|error| {
            tracing::warn!(wallet = &*cell.wallet, attempt = attempt.number, %error, "the payment provider");
            fact_of_error(&error)
        })
    }

    async fn checkout(
        &self,
        cell: &Cell,
        attempt: &Attempt,
        method: Option<Method>,
    ) -> Result<PaymentFact, CallError> {
        let now = self.engine.clock().now();
        if !attempt.session.is_empty() {
            let checkout = self.payments.look_up_checkout(&attempt.session).await?;
            return Ok(self.fact_of_checkout(checkout, "").await);
        }
        if !attempt.may_call(now) {
            // Nobody was ever told where to pay.
            return Ok(PaymentFact::NotFound);
        }
        let customer = match method {
            Some(method) => method.customer.into(),
            None => self.payments.create_customer(&self.customer_order(cell)).await?,
        };
        let order = CheckoutOrder {
            attempt: self.attempt_ref(cell, attempt),
            idempotency_key: self.idempotency_key(cell, attempt),
            customer: Some(customer.clone()),
            amount: attempt.amount,
            currency: cell.read().currency,
            return_url: attempt.return_url.to_string(),
            expires_at: attempt.opened_at.plus(CHECKOUT_EXPIRES_AFTER),
        };
        let checkout = self.payments.create_checkout(&order).await?;
        Ok(self.fact_of_checkout(checkout, &customer).await)
    }

    async fn charge(
        &self,
        cell: &Cell,
        attempt: &Attempt,
        method: Option<Method>,
    ) -> Result<PaymentFact, CallError> {
        if !attempt.payment.is_empty() {
            let state = self.payments.look_up_payment(&attempt.payment).await?;
            return Ok(self.fact_of_payment(state).await);
        }
        let customer = method.map(|method| String::from(method.customer)).unwrap_or_default();
        let now = self.engine.clock().now();
        // After an unclear end, and after a restart at which the key may be forgotten, it is asked about first.
        if attempt.asked > 0 || !attempt.may_call(now) {
            let known = self.attempt_ref(cell, attempt);
            match self.payments.find_payment(&known, &customer, attempt.opened_at).await? {
                Some(state) => return Ok(self.fact_of_payment(state).await),
                None if !attempt.may_call(now) => return Ok(PaymentFact::NotFound),
                None => {}
            }
        }
        let order = ChargeOrder {
            attempt: self.attempt_ref(cell, attempt),
            idempotency_key: self.idempotency_key(cell, attempt),
            customer,
            method: attempt.method.to_string(),
            amount: attempt.amount,
            currency: cell.read().currency,
        };
        let state = self.payments.charge_saved(&order).await?;
        Ok(self.fact_of_payment(state).await)
    }

    fn attempt_ref(&self, cell: &Cell, attempt: &Attempt) -> AttemptRef {
        AttemptRef {
            wallet: cell.wallet.to_string(),
            attempt: Attempt::id(attempt.number),
            instance: self.engine.instance().to_owned(),
        }
    }

    /// Derived from the attempt: the same whenever the same attempt is called about.
    fn idempotency_key(&self, cell: &Cell, attempt: &Attempt) -> String {
        let id = cell.id;
        format!(
            "farebox-{}-{}-{}-{}",
            self.engine.instance(),
            id.partition,
            id.number,
            Attempt::id(attempt.number)
        )
    }

    fn customer_order(&self, cell: &Cell) -> CustomerOrder {
        let (instance, id) = (self.engine.instance(), cell.id);
        CustomerOrder {
            wallet: cell.wallet.to_string(),
            instance: instance.to_owned(),
            idempotency_key: format!("farebox-{instance}-{}-{}-customer", id.partition, id.number),
        }
    }

    async fn fact_of_checkout(&self, checkout: Checkout, customer: &str) -> PaymentFact {
        let Checkout { session, url, payment, state, .. } = checkout;
        match state {
            CheckoutState::Open | CheckoutState::Processing => PaymentFact::Pending {
                session: session.into(),
                url: url.unwrap_or_default().into(),
                payment: payment.unwrap_or_default().into(),
                customer: customer.into(),
            },
            CheckoutState::Paid(facts) => self.fact_of_facts(facts).await,
            CheckoutState::Failed { code } => {
                PaymentFact::Failed { payment: payment.unwrap_or_default().into(), code: code.into() }
            }
            CheckoutState::Expired => PaymentFact::Expired,
        }
    }

    pub async fn fact_of_payment(&self, state: PaymentState) -> PaymentFact {
        match state {
            PaymentState::Succeeded(facts) => self.fact_of_facts(facts).await,
            PaymentState::Failed { payment, code } => {
                PaymentFact::Declined { payment: payment.unwrap_or_default().into(), code: code.into() }
            }
            PaymentState::Processing { payment } | PaymentState::Open { payment } => PaymentFact::Pending {
                session: "".into(),
                url: "".into(),
                payment: payment.into(),
                customer: "".into(),
            },
        }
    }

    /// Money that is not of our kind is none: play money must never credit a wallet that pays for real, nor the reverse.
    pub async fn fact_of_facts(&self, facts: PaymentFacts) -> PaymentFact {
        if facts.livemode != self.payments.livemode() {
            tracing::error!(
                payment = facts.payment,
                "a payment of the other mode (live or test) is not credited"
            );
            return PaymentFact::Failed { payment: facts.payment.into(), code: "wrong_mode".into() };
        }
        let customer = facts.customer.unwrap_or_default();
        let method = match facts.method {
            // A checkout's webhook does not say what it was paid with.
            None => match self.payments.look_up_payment(&facts.payment).await {
                Ok(PaymentState::Succeeded(asked)) => asked.method,
                _ => None,
            },
            Some(method) => Some(match method.card {
                Some(_) => method,
                // What may be shown of the card is worth a call, but not the credit.
                None => self.payments.saved_method(&method.id).await.unwrap_or(method),
            }),
        };
        let method = method.filter(|_| !customer.is_empty()).map(|method| {
            let (brand, last4) = method.card.map(|card| (card.brand, card.last4)).unwrap_or_default();
            let customer = customer.as_str().into();
            Method { customer, id: method.id.into(), brand: brand.into(), last4: last4.into() }
        });
        PaymentFact::Succeeded(Payment {
            payment: facts.payment.into(),
            amount: facts.amount,
            currency: facts.currency,
            customer: customer.into(),
            method,
        })
    }
}

fn fact_of_error(error: &CallError) -> PaymentFact {
    match error {
        CallError::Refused { status: NOT_FOUND, .. } => PaymentFact::NotFound,
        // A key that is not accepted says nothing of the attempt: it is mended and asked again.
        CallError::Refused { status: 401 | 403, .. } | CallError::Busy(_) | CallError::Unclear(_) => {
            PaymentFact::Unclear
        }
        CallError::Refused { code, .. } => {
            PaymentFact::Failed { payment: "".into(), code: code.as_str().into() }
        }
    }
}
