//! Refunds of payments, whole or in parts.

use serde_json::{Value, json};

use super::form::Parameters;
use super::intents;
use super::outbox::emit;
use super::reply::Refusal;
use super::state::{Change, Intent, IntentStatus};
use super::transaction::Transaction;

pub fn create(transaction: &mut Transaction<'_>, parameters: &Parameters) -> Result<Value, Refusal> {
    let intent = paid(transaction, parameters.needed("payment_intent")?)?;
    let asked = parameters.integer("amount")?;
    let reason = parameters.text("reason").map(str::to_owned);
    let metadata = parameters.map("metadata");
    parameters.nothing_else()?;
    let left = intent.amount - intent.amount_refunded;
    let amount = asked.unwrap_or(left);
    if left == 0 {
        return Err(Refusal::not_possible(
            "charge_already_refunded",
            "The charge has already been refunded.",
        ));
    }
    if !(1..=left).contains(&amount) {
        return Err(Refusal::invalid("amount", "Not between 1 and what is left of the charge"));
    }
    let refunded = Intent { amount_refunded: intent.amount_refunded + amount, ..intent };
    transaction.put(Change::Intent(refunded.clone()));
    let charge = intents::render_charge(transaction.state(), &refunded);
    let refund = json!({
        "id": transaction.new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": transaction.now().seconds(),
        "currency": refunded.currency,
        "metadata": metadata,
        "payment_intent": refunded.id,
        "reason": reason,
        "status": "succeeded",
    });
    emit(transaction, "charge.refunded", charge);
    Ok(refund)
}

/// A payment that was paid.
pub fn paid(transaction: &Transaction<'_>, id: &str) -> Result<Intent, Refusal> {
    let intent = transaction.state().intent(id).cloned();
    let intent = intent.ok_or_else(|| Refusal::not_possible("resource_missing", "No such payment_intent"))?;
    match intent.status {
        IntentStatus::Succeeded => Ok(intent),
        _ => Err(Refusal::not_possible(
            "payment_intent_unexpected_state",
            "This PaymentIntent has no successful charge.",
        )),
    }
}
