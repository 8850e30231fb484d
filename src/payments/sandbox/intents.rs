//! Payment intents, and the charges that they succeed with.

use serde_json::{Value, json};

use super::cards::{self, Charging};
use super::customers;
use super::expand::expand;
use super::form::Parameters;
use super::outbox::emit;
use super::reply::{Refusal, list as list_of};
use super::state::{Change, Decline, Intent, IntentStatus, Method, State};
use super::switches::FaultKind;
use super::transaction::Transaction;
use crate::payments::minor::parse_currency;
use crate::payments::order::Metadata;

const PAGE_ITEMS_DEFAULT: i64 = 10;
const PAGE_ITEMS_MAX: i64 = 100;

pub fn create(
    transaction: &mut Transaction<'_>,
    parameters: &Parameters,
    fault: Option<FaultKind>,
) -> Result<Value, Refusal> {
    let (amount, currency) = read_amount(parameters, "amount", "currency")?;
    let customer = customers::named(transaction, parameters.text("customer"))?;
    let method = named_method(transaction, parameters.text("payment_method"), customer.as_deref())?;
    let (confirm, off_session) = (parameters.flag("confirm")?, parameters.flag("off_session")?);
    let metadata = parameters.map("metadata");
    let expanded = parameters.list("expand");
    if parameters.list("payment_method_types").iter().any(|kind| kind != "card") {
        return Err(Refusal::invalid("payment_method_types", "Only cards are known here"));
    }
    parameters.nothing_else()?;
    if off_session && !confirm {
        return Err(Refusal::invalid("off_session", "Can only be used with confirm=true"));
    }
    let mut intent = make(transaction, amount, currency, customer, metadata);
    let Some(method) = method else {
        return match confirm {
            true => Err(Refusal::missing("payment_method")),
            false => {
                transaction.put(Change::Intent(intent.clone()));
                expand(transaction.state(), render(&intent), &expanded)
            }
        };
    };
    intent.method = Some(method.id.clone());
    intent.status = IntentStatus::RequiresConfirmation;
    if confirm {
        let charging = match fault {
            Some(FaultKind::InsufficientFunds) => Charging::Declined { decline_code: "insufficient_funds" },
            _ => charging_of(&method, off_session),
        };
        settle(transaction, intent.clone(), charging, off_session)?;
    } else {
        transaction.put(Change::Intent(intent.clone()));
    }
    let settled = transaction.state().intent(&intent.id).unwrap_or(&intent);
    expand(transaction.state(), render(settled), &expanded)
}

pub fn make(
    transaction: &mut Transaction<'_>,
    amount: i64,
    currency: String,
    customer: Option<String>,
    metadata: Metadata,
) -> Intent {
    Intent {
        id: transaction.new_id("pi"),
        created: transaction.now().seconds(),
        amount,
        currency,
        customer,
        method: None,
        metadata,
        status: IntentStatus::RequiresPaymentMethod,
        error: None,
        amount_refunded: 0,
        disputed: false,
    }
}

fn charging_of(method: &Method, off_session: bool) -> Charging {
    match cards::find(&method.number) {
        Some(card) if off_session && method.set_up => card.off_session,
        Some(card) => card.off_session_not_set_up,
        None => Charging::Declined { decline_code: "generic_decline" },
    }
}

/// Ends a try of a payment, and tells.
pub fn settle(
    transaction: &mut Transaction<'_>,
    intent: Intent,
    charging: Charging,
    off_session: bool,
) -> Result<(), Refusal> {
    let (code, decline_code) = match charging {
        Charging::Paid => {
            let paid = Intent { status: IntentStatus::Succeeded, error: None, ..intent };
            transaction.put(Change::Intent(paid.clone()));
            emit(transaction, "payment_intent.succeeded", render(&paid));
            return Ok(());
        }
        Charging::NeedsAuthentication if !off_session => {
            transaction.put(Change::Intent(Intent { status: IntentStatus::RequiresAction, ..intent }));
            return Ok(());
        }
        Charging::NeedsAuthentication => ("authentication_required", "authentication_required"),
        Charging::Declined { decline_code } => ("card_declined", decline_code),
    };
    let declined = Intent {
        status: IntentStatus::RequiresPaymentMethod,
        error: Some(Decline { code: code.to_owned(), decline_code: Some(decline_code.to_owned()) }),
        method: None,
        ..intent
    };
    transaction.put(Change::Intent(declined.clone()));
    let rendered = render(&declined);
    emit(transaction, "payment_intent.payment_failed", rendered.clone());
    Err(Refusal::card(code, Some(decline_code), &rendered))
}

/// Gives a payment up that was not paid.
pub fn cancel(transaction: &mut Transaction<'_>, intent: Intent) {
    let canceled = Intent { status: IntentStatus::Canceled, ..intent };
    transaction.put(Change::Intent(canceled.clone()));
    emit(transaction, "payment_intent.canceled", render(&canceled));
}

pub fn retrieve(
    transaction: &mut Transaction<'_>,
    id: &str,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    let expanded = parameters.list("expand");
    parameters.nothing_else()?;
    let state = transaction.state();
    let intent = state.intent(id).ok_or_else(|| Refusal::no_such("payment_intent", id))?;
    expand(state, render(intent), &expanded)
}

pub fn list(transaction: &mut Transaction<'_>, parameters: &Parameters) -> Result<Value, Refusal> {
    let customer = parameters.needed("customer")?;
    let since = parameters.integer("created[gte]")?.unwrap_or(i64::MIN);
    let limit = parameters.integer("limit")?.unwrap_or(PAGE_ITEMS_DEFAULT);
    let after = parameters.text("starting_after");
    let expanded = parameters.list("expand");
    parameters.nothing_else()?;
    if !(1..=PAGE_ITEMS_MAX).contains(&limit) {
        return Err(Refusal::invalid("limit", "1 to 100"));
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let state = transaction.state();
    let fitting = state.intents_of(customer).filter(|intent| intent.created >= since);
    let mut rest = fitting.skip_while(|intent| after.is_some_and(|after| intent.id != after)).peekable();
    if after.is_some() && rest.next().is_none() {
        return Err(Refusal::no_such("payment_intent", after.unwrap_or_default()));
    }
    let data = rest.by_ref().take(limit).map(render).collect();
    let has_more = rest.peek().is_some();
    expand(state, list_of("/v1/payment_intents", data, has_more), &expanded)
}

/// An amount in minor units and a currency that Stripe knows.
pub fn read_amount(parameters: &Parameters, amount: &str, currency: &str) -> Result<(i64, String), Refusal> {
    parameters.needed(amount)?;
    let minor = parameters.integer(amount)?.filter(|minor| *minor > 0);
    let minor = minor.ok_or_else(|| Refusal::invalid(amount, "Invalid positive integer"))?;
    let code = parameters.needed(currency)?;
    let known = parse_currency(code).is_some() && code.bytes().all(|byte| byte.is_ascii_lowercase());
    known.then(|| (minor, code.to_owned())).ok_or_else(|| Refusal::invalid(currency, "Invalid currency"))
}

fn named_method(
    transaction: &Transaction<'_>,
    id: Option<&str>,
    customer: Option<&str>,
) -> Result<Option<Method>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    let method = transaction
        .state()
        .method(id)
        .ok_or_else(|| Refusal::not_possible("resource_missing", "No such PaymentMethod"))?;
    if method.customer.is_none() || method.customer.as_deref() != customer {
        let message = "The payment method does not belong to the customer.";
        return Err(Refusal::not_possible("payment_method_invalid_customer", message));
    }
    Ok(Some(method.clone()))
}

/// A payment has at most one charge that succeeded; their ids tell each other.
fn charge_of(intent: &Intent) -> Option<String> {
    let tail = intent.id.strip_prefix("pi_").unwrap_or(&intent.id);
    (intent.status == IntentStatus::Succeeded).then(|| format!("ch_{tail}"))
}

/// The payment of a charge's id.
pub fn of_charge(charge: &str) -> String {
    format!("pi_{}", charge.strip_prefix("ch_").unwrap_or(charge))
}

pub fn render(intent: &Intent) -> Value {
    let error = intent.error.as_ref();
    json!({
        "id": intent.id,
        "object": "payment_intent",
        "amount": intent.amount,
        "amount_received": if intent.status == IntentStatus::Succeeded { intent.amount } else { 0 },
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "last_payment_error": error.map(|error| json!({
            "type": "card_error", "code": error.code, "decline_code": error.decline_code,
        })),
        "latest_charge": charge_of(intent),
        "livemode": false,
        "metadata": intent.metadata,
        "payment_method": intent.method,
        "payment_method_types": ["card"],
        "status": intent.status,
    })
}

pub fn render_charge(state: &State, intent: &Intent) -> Value {
    let method = intent.method.as_ref().and_then(|id| state.method(id));
    json!({
        "id": charge_of(intent),
        "object": "charge",
        "amount": intent.amount,
        "amount_refunded": intent.amount_refunded,
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "disputed": intent.disputed,
        "livemode": false,
        "metadata": intent.metadata,
        "paid": true,
        "payment_intent": intent.id,
        "payment_method": intent.method,
        "payment_method_details": method.map(|method| {
            json!({ "type": "card", "card": super::methods::render_card(&method.number) })
        }),
        "refunded": intent.amount_refunded == intent.amount,
        "status": "succeeded",
    })
}
