//! Checkout sessions: made by a call, paid on the page, expired by time.

use serde_json::{Value, json};

use super::cards::{Charging, TestCard};
use super::expand::expand;
use super::form::Parameters;
use super::outbox::emit;
use super::reply::Refusal;
use super::state::{Change, Session, SessionStatus};
use super::transaction::Transaction;
use super::{customers, intents, methods};

const OPEN_SECONDS_MIN: i64 = 30 * 60;
const OPEN_SECONDS_MAX: i64 = 24 * 60 * 60;
/// Stripe puts the session's id where a URL says this.
const PLACE_OF_ID: &str = "{CHECKOUT_SESSION_ID}";

pub fn create(transaction: &mut Transaction<'_>, parameters: &Parameters) -> Result<Value, Refusal> {
    if parameters.needed("mode")? != "payment" {
        return Err(Refusal::invalid("mode", "Only payment is known here"));
    }
    let line = "line_items[0][price_data]";
    let (unit_amount, currency) =
        intents::read_amount(parameters, &format!("{line}[unit_amount]"), &format!("{line}[currency]"))?;
    let quantity = parameters.integer("line_items[0][quantity]")?.filter(|quantity| *quantity > 0);
    let quantity = quantity.ok_or_else(|| Refusal::missing("line_items[0][quantity]"))?;
    let amount = unit_amount.checked_mul(quantity).ok_or_else(|| Refusal::invalid(line, "Too much"))?;
    let product = parameters.needed(&format!("{line}[product_data][name]"))?.to_owned();
    let created = transaction.now().seconds();
    let expires_at = parameters.integer("expires_at")?.unwrap_or(created + OPEN_SECONDS_MAX);
    if !(OPEN_SECONDS_MIN..=OPEN_SECONDS_MAX).contains(&(expires_at.saturating_sub(created))) {
        return Err(Refusal::invalid("expires_at", "30 minutes to 24 hours from now"));
    }
    let customer = customers::named(transaction, parameters.text("customer"))?;
    let makes_customer = parameters.text("customer_creation") == Some("always");
    if customer.is_some() && makes_customer {
        return Err(Refusal::invalid("customer_creation", "Not together with a customer"));
    }
    if parameters.list("payment_method_types").iter().any(|kind| kind != "card") {
        return Err(Refusal::invalid("payment_method_types", "Only cards are known here"));
    }
    parameters.flag("adaptive_pricing[enabled]")?;
    let session = Session {
        id: String::new(),
        created,
        expires_at,
        status: SessionStatus::Open,
        amount,
        currency,
        product,
        customer,
        makes_customer,
        saves_method: parameters.text("payment_intent_data[setup_future_usage]") == Some("off_session"),
        payment: None,
        metadata: parameters.map("metadata"),
        payment_metadata: parameters.map("payment_intent_data[metadata]"),
        client_reference_id: parameters.text("client_reference_id").map(str::to_owned),
        success_url: url(parameters.needed("success_url")?, "success_url")?,
        cancel_url: parameters.text("cancel_url").map(|given| url(given, "cancel_url")).transpose()?,
    };
    let expanded = parameters.list("expand");
    parameters.nothing_else()?;
    let session = Session { id: transaction.new_id("cs_test"), ..session };
    transaction.put(Change::Session(session.clone()));
    expand(transaction.state(), render(transaction, &session), &expanded)
}

fn url(given: &str, name: &str) -> Result<String, Refusal> {
    let known = ["http://", "https://"].iter().any(|scheme| given.starts_with(scheme));
    let clean = given.bytes().all(|byte| byte.is_ascii_graphic());
    (known && clean).then(|| given.to_owned()).ok_or_else(|| Refusal::invalid(name, "Not a valid URL"))
}

pub fn retrieve(
    transaction: &mut Transaction<'_>,
    id: &str,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    let expanded = parameters.list("expand");
    parameters.nothing_else()?;
    let session = find(transaction, id)?;
    expand(transaction.state(), render(transaction, &session), &expanded)
}

pub fn expire(
    transaction: &mut Transaction<'_>,
    id: &str,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    parameters.nothing_else()?;
    let session = find(transaction, id)?;
    if session.status != SessionStatus::Open {
        return Err(Refusal::not_possible("", "Only open Checkout Sessions can be expired."));
    }
    Ok(end(transaction, session))
}

/// Expires what should have been by now.
pub fn expire_due(transaction: &mut Transaction<'_>) {
    while let Some(session) = transaction.state().expired_session(transaction.now()).cloned() {
        end(transaction, session);
    }
}

fn end(transaction: &mut Transaction<'_>, session: Session) -> Value {
    let tried = session.payment.as_ref().and_then(|id| transaction.state().intent(id)).cloned();
    if let Some(intent) = tried {
        intents::cancel(transaction, intent);
    }
    close(transaction, session, SessionStatus::Expired, "checkout.session.expired")
}

/// The payer hands in a card. A card that does not pay leaves the session open.
pub fn pay(transaction: &mut Transaction<'_>, session: Session, card: &TestCard) -> Result<(), Refusal> {
    let mut session = session;
    if session.customer.is_none() && session.makes_customer {
        session.customer = Some(customers::make(transaction, None, Default::default()).id);
    }
    let before = session.payment.as_ref().and_then(|id| transaction.state().intent(id)).cloned();
    let intent = before.unwrap_or_else(|| {
        let (currency, metadata) = (session.currency.clone(), session.payment_metadata.clone());
        intents::make(transaction, session.amount, currency, session.customer.clone(), metadata)
    });
    session.payment = Some(intent.id.clone());
    transaction.put(Change::Session(session.clone()));
    let mut intent = intent;
    if card.at_checkout == Charging::Paid {
        let owner = session.customer.clone().filter(|_| session.saves_method);
        intent.method = Some(methods::make(transaction, card.number, owner, session.saves_method).id);
    }
    intents::settle(transaction, intent, card.at_checkout, false)?;
    close(transaction, session, SessionStatus::Complete, "checkout.session.completed");
    Ok(())
}

fn close(transaction: &mut Transaction<'_>, session: Session, status: SessionStatus, event: &str) -> Value {
    let closed = Session { status, ..session };
    transaction.put(Change::Session(closed.clone()));
    let rendered = render(transaction, &closed);
    emit(transaction, event, rendered.clone());
    rendered
}

fn find(transaction: &Transaction<'_>, id: &str) -> Result<Session, Refusal> {
    transaction.state().session(id).cloned().ok_or_else(|| Refusal::no_such("checkout.session", id))
}

/// Where the payer goes after paying.
pub fn success_url(session: &Session) -> String {
    session.success_url.replace(PLACE_OF_ID, &session.id)
}

fn render(transaction: &Transaction<'_>, session: &Session) -> Value {
    let open = session.status == SessionStatus::Open;
    json!({
        "id": session.id,
        "object": "checkout.session",
        "amount_subtotal": session.amount,
        "amount_total": session.amount,
        "cancel_url": session.cancel_url,
        "client_reference_id": session.client_reference_id,
        "created": session.created,
        "currency": session.currency,
        "customer": session.customer,
        "expires_at": session.expires_at,
        "livemode": false,
        "metadata": session.metadata,
        "mode": "payment",
        // Stripe has one from the first try to pay on.
        "payment_intent": session.payment,
        "payment_method_types": ["card"],
        "payment_status": if session.status == SessionStatus::Complete { "paid" } else { "unpaid" },
        "status": session.status,
        "success_url": session.success_url,
        "url": open.then(|| transaction.page_url(&session.id)),
    })
}
