//! Disputes: a bank takes a payment back and may give it back again. At Stripe banks do this; here there are calls.

use serde_json::{Value, json};

use super::form::Parameters;
use super::intents;
use super::outbox::emit;
use super::refunds;
use super::reply::Refusal;
use super::state::{Change, Dispute, Intent};
use super::transaction::Transaction;

pub fn withdraw(transaction: &mut Transaction<'_>, parameters: &Parameters) -> Result<Value, Refusal> {
    let intent = refunds::paid(transaction, parameters.needed("payment_intent")?)?;
    let amount = parameters.integer("amount")?.unwrap_or(intent.amount);
    parameters.nothing_else()?;
    if !(1..=intent.amount).contains(&amount) {
        return Err(Refusal::invalid("amount", "Not between 1 and the amount of the charge"));
    }
    let dispute = Dispute {
        id: transaction.new_id("dp"),
        created: transaction.now().seconds(),
        payment: intent.id.clone(),
        amount,
        currency: intent.currency.clone(),
        reinstated: false,
    };
    transaction.put(Change::Intent(Intent { disputed: true, ..intent }));
    Ok(tell(transaction, dispute, "charge.dispute.funds_withdrawn"))
}

pub fn reinstate(
    transaction: &mut Transaction<'_>,
    id: &str,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    parameters.nothing_else()?;
    let dispute = transaction.state().dispute(id).cloned();
    let dispute = dispute.ok_or_else(|| Refusal::no_such("dispute", id))?;
    if dispute.reinstated {
        return Err(Refusal::not_possible("", "The funds were reinstated before."));
    }
    Ok(tell(transaction, Dispute { reinstated: true, ..dispute }, "charge.dispute.funds_reinstated"))
}

fn tell(transaction: &mut Transaction<'_>, dispute: Dispute, event: &str) -> Value {
    transaction.put(Change::Dispute(dispute.clone()));
    let charge = transaction
        .state()
        .intent(&dispute.payment)
        .map(|intent| intents::render_charge(transaction.state(), intent)["id"].clone());
    let rendered = json!({
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "charge": charge,
        "created": dispute.created,
        "currency": dispute.currency,
        "livemode": false,
        "metadata": {},
        "payment_intent": dispute.payment,
        "reason": "general",
        "status": if dispute.reinstated { "won" } else { "needs_response" },
    });
    emit(transaction, event, rendered.clone());
    rendered
}
