//! The calls: an order becomes a form, an answer becomes facts.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::form::Form;
use super::outcome::{self, Answer};
use super::transport::{Http, InProcess, Method, Request, Transport};
use super::wire::{Intent, List, Named, PaymentMethod, Session, Unreadable};
use crate::clock::Clock;
use crate::domain::currency::Currency;
use crate::domain::money::Money;
use crate::domain::time::{Span, Timestamp};
use crate::payments::facts::{self, AUTHENTICATION_REQUIRED, Checkout, PaymentState};
use crate::payments::minor;
use crate::payments::order::{AttemptRef, ChargeOrder, CheckoutOrder, CustomerOrder};
use crate::payments::sandbox::Sandbox;
use crate::payments::{CallError, Settings, SettingsError};

/// What a payment's facts are read from, besides the payment itself.
const EXPANDED: [&str; 2] = ["latest_charge", "payment_method"];
/// What the payer sees on the page and, if the bank shows it, on the statement.
const PRODUCT: &str = "Prepaid balance";
const PAGE_ITEMS: usize = 100;
/// No customer has this many payments since an attempt began.
const PAGES_MAX: usize = 100;
/// How far the provider's clock may be behind ours.
const CLOCK_SKEW_MAX: Span = Span::from_seconds(3_600);

/// The payment provider. Cheap to clone; clones share their connections.
///
/// Every call is made once. A call with an idempotency key may be made again with the same order.
#[derive(Clone)]
pub struct Payments {
    transport: Transport,
    livemode: bool,
}

impl Payments {
    /// Stripe, or whatever speaks like it at the base URL.
    pub fn stripe(settings: &Settings) -> Result<Payments, SettingsError> {
        Ok(Payments { transport: Transport::Http(Http::new(settings)?), livemode: settings.livemode() })
    }

    /// The sandbox of this process.
    pub fn sandbox(sandbox: Arc<Sandbox>, clock: Arc<Clock>) -> Payments {
        Payments { transport: Transport::InProcess(InProcess { sandbox, clock }), livemode: false }
    }

    /// Whether payments made here take real money. Facts that say otherwise are not of these payments.
    pub fn livemode(&self) -> bool {
        self.livemode
    }

    /// Makes a customer and answers its id.
    pub async fn create_customer(&self, order: &CustomerOrder) -> Result<String, CallError> {
        let form = Form::new().with("description", &order.wallet).with_map("metadata", order.to_metadata());
        let made: Answer<Named> = self.post("/v1/customers", form, &order.idempotency_key).await?;
        made.done().map(|customer| customer.id)
    }

    /// Makes a page where somebody pays by card; the card is saved for later charges.
    pub async fn create_checkout(&self, order: &CheckoutOrder) -> Result<Checkout, CallError> {
        let amount = minor_units(order.amount, order.currency)?;
        let metadata = order.attempt.to_metadata();
        let form = Form::new()
            .with("mode", "payment")
            // Only what can be charged again without a payer, and settles at once.
            .with_list("payment_method_types", &["card"])
            .with("line_items[0][quantity]", 1)
            .with("line_items[0][price_data][currency]", minor::lower_case(order.currency))
            .with("line_items[0][price_data][unit_amount]", amount)
            .with("line_items[0][price_data][product_data][name]", PRODUCT)
            // The payer's own currency would not be the wallet's.
            .with("adaptive_pricing[enabled]", false)
            .with("client_reference_id", &order.attempt.attempt)
            .with("success_url", &order.return_url)
            .with("cancel_url", &order.return_url)
            .with("expires_at", order.expires_at.seconds())
            .with("payment_intent_data[setup_future_usage]", "off_session")
            .with_map("metadata", metadata)
            .with_map("payment_intent_data[metadata]", metadata);
        let form = match &order.customer {
            Some(customer) => form.with("customer", customer),
            None => form.with("customer_creation", "always"),
        };
        let made: Answer<Session> = self.post("/v1/checkout/sessions", form, &order.idempotency_key).await?;
        let checkout = made.done()?.read().map_err(unclear)?;
        is_of(&order.attempt, checkout.attempt.as_ref()).map(|()| checkout)
    }

    /// Charges a saved card. What comes back as open or failed takes nothing any more.
    pub async fn charge_saved(&self, order: &ChargeOrder) -> Result<PaymentState, CallError> {
        let form = Form::new()
            .with("amount", minor_units(order.amount, order.currency)?)
            .with("currency", minor::lower_case(order.currency))
            .with("customer", &order.customer)
            .with("payment_method", &order.method)
            .with_list("payment_method_types", &["card"])
            .with("off_session", true)
            .with("confirm", true)
            .with_map("metadata", order.attempt.to_metadata())
            .with_list("expand", &EXPANDED);
        let answer: Answer<Intent> = self.post("/v1/payment_intents", form, &order.idempotency_key).await?;
        match answer {
            Answer::Done(intent) => {
                is_of(&order.attempt, intent.attempt().as_ref())?;
                intent.state().map(unattended).map_err(unclear)
            }
            Answer::Declined { payment, code } => Ok(PaymentState::Failed { payment, code }),
        }
    }

    /// What became of a checkout.
    pub async fn look_up_checkout(&self, session: &str) -> Result<Checkout, CallError> {
        let expanded = EXPANDED.map(|field| format!("payment_intent.{field}"));
        let form = Form::new().with_list("expand", &expanded.each_ref().map(String::as_str));
        let session: Session = self.get(&["/v1/checkout/sessions/", path_id(session)?], form).await?;
        session.read().map_err(unclear)
    }

    /// What became of a payment.
    pub async fn look_up_payment(&self, payment: &str) -> Result<PaymentState, CallError> {
        let form = Form::new().with_list("expand", &EXPANDED);
        let intent: Intent = self.get(&["/v1/payment_intents/", path_id(payment)?], form).await?;
        intent.state().map_err(unclear)
    }

    /// The charge that [`Payments::charge_saved`] made for an attempt, where its answer is not known. `None`:
    /// there is none so far. Lists (lists are up to date, the provider's search is a minute behind) what the
    /// customer has paid since the attempt began.
    pub async fn find_payment(
        &self,
        attempt: &AttemptRef,
        customer: &str,
        since: Timestamp,
    ) -> Result<Option<PaymentState>, CallError> {
        let expanded = EXPANDED.map(|field| format!("data.{field}"));
        let first = Form::new()
            .with("customer", customer)
            .with("created[gte]", since.minus(CLOCK_SKEW_MAX).seconds())
            .with("limit", PAGE_ITEMS)
            .with_list("expand", &expanded.each_ref().map(String::as_str));
        let mut found: Option<PaymentState> = None;
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let form = first.clone().with_some("starting_after", after.as_ref());
            let page: List<Intent> = self.get(&["/v1/payment_intents"], form).await?;
            for intent in page.data.iter().filter(|intent| intent.attempt().as_ref() == Some(attempt)) {
                let state = unattended(intent.state().map_err(unclear)?);
                found = Some(found.map_or(state.clone(), |before| more_telling(before, state)));
            }
            match page.data.last() {
                Some(last) if page.has_more => after = Some(last.id.clone()),
                _ => return Ok(found),
            }
        }
        Err(CallError::Unclear("too many payments to look through".to_owned()))
    }

    /// A saved method, with what of its card may be shown.
    pub async fn saved_method(&self, method: &str) -> Result<facts::Method, CallError> {
        let path = ["/v1/payment_methods/", path_id(method)?];
        self.get::<PaymentMethod>(&path, Form::new()).await.map(|method| method.read())
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: Form,
        idempotency_key: &str,
    ) -> Result<Answer<T>, CallError> {
        let request = Request {
            method: Method::Post,
            path: path.to_owned(),
            form,
            idempotency_key: Some(idempotency_key),
        };
        outcome::read(&self.transport.send(request).await?)
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], form: Form) -> Result<T, CallError> {
        let request = Request { method: Method::Get, path: path.concat(), form, idempotency_key: None };
        outcome::read(&self.transport.send(request).await?)?.done()
    }
}

fn unclear(why: Unreadable) -> CallError {
    CallError::Unclear(format!("an answer that cannot be understood: {why}"))
}

fn minor_units(amount: Money, currency: Currency) -> Result<i64, CallError> {
    minor::to_minor(amount, currency).ok_or_else(|| CallError::Refused {
        status: 0,
        code: "not_chargeable".to_owned(),
        detail: format!("{amount} {currency} is not a whole number of minor units"),
    })
}

/// Ids go into paths, and come from outside.
fn path_id(id: &str) -> Result<&str, CallError> {
    let fits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    fits.then_some(id).ok_or_else(|| CallError::Refused {
        status: 0,
        code: "no_id".to_owned(),
        detail: "not an id of the provider".to_owned(),
    })
}

/// An answer about another attempt: somebody else has used our idempotency key, and may have been paid.
fn is_of(wanted: &AttemptRef, found: Option<&AttemptRef>) -> Result<(), CallError> {
    let same = found == Some(wanted);
    same.then_some(()).ok_or_else(|| CallError::Unclear("the answer is about another attempt".to_owned()))
}

/// Of a charge that nobody is there for: what waits for somebody has failed.
fn unattended(state: PaymentState) -> PaymentState {
    match state {
        PaymentState::Open { payment } => {
            PaymentState::Failed { payment: Some(payment), code: AUTHENTICATION_REQUIRED.to_owned() }
        }
        state => state,
    }
}

/// Of two payments of one attempt, the one that took or may take money.
fn more_telling(one: PaymentState, other: PaymentState) -> PaymentState {
    let weight = |state: &PaymentState| match state {
        PaymentState::Succeeded(_) => 3,
        PaymentState::Processing { .. } => 2,
        PaymentState::Open { .. } => 1,
        PaymentState::Failed { .. } => 0,
    };
    if weight(&other) > weight(&one) { other } else { one }
}
