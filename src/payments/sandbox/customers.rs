//! Customers.

use serde_json::{Value, json};

use super::form::Parameters;
use super::reply::Refusal;
use super::state::{Change, Customer};
use super::transaction::Transaction;
use crate::payments::order::Metadata;

pub fn create(transaction: &mut Transaction<'_>, parameters: &Parameters) -> Result<Value, Refusal> {
    let description = parameters.text("description").map(str::to_owned);
    let metadata = parameters.map("metadata");
    parameters.nothing_else()?;
    Ok(render(&make(transaction, description, metadata)))
}

pub fn make(transaction: &mut Transaction<'_>, description: Option<String>, metadata: Metadata) -> Customer {
    let id = transaction.new_id("cus");
    let customer = Customer { id, created: transaction.now().seconds(), description, metadata };
    transaction.put(Change::Customer(customer.clone()));
    customer
}

pub fn retrieve(
    transaction: &mut Transaction<'_>,
    id: &str,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    parameters.nothing_else()?;
    transaction.state().customer(id).map(render).ok_or_else(|| Refusal::no_such("customer", id))
}

/// Checks that a customer who is named exists.
pub fn named(transaction: &Transaction<'_>, id: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    let known = transaction.state().customer(id).is_some();
    known
        .then(|| Some(id.to_owned()))
        .ok_or_else(|| Refusal::not_possible("resource_missing", "No such customer"))
}

pub fn render(customer: &Customer) -> Value {
    json!({
        "id": customer.id,
        "object": "customer",
        "created": customer.created,
        "description": customer.description,
        "email": null,
        "livemode": false,
        "metadata": customer.metadata,
    })
}
