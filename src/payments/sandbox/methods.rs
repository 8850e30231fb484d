//! Payment methods: cards, of Stripe's test numbers only.

use serde_json::{Value, json};

use super::cards;
use super::form::Parameters;
use super::reply::Refusal;
use super::state::{Change, Method};
use super::transaction::Transaction;

pub fn create(transaction: &mut Transaction<'_>, parameters: &Parameters) -> Result<Value, Refusal> {
    if parameters.needed("type")? != "card" {
        return Err(Refusal::invalid("type", "Only cards are known here"));
    }
    let number = parameters.needed("card[number]")?;
    for ignored in ["card[exp_month]", "card[exp_year]", "card[cvc]"] {
        parameters.text(ignored);
    }
    parameters.nothing_else()?;
    let card = cards::find(number).ok_or_else(|| Refusal::invalid("card[number]", "Not a test card"))?;
    Ok(render(&make(transaction, card.number, None, false)))
}

pub fn make(
    transaction: &mut Transaction<'_>,
    number: &str,
    customer: Option<String>,
    set_up: bool,
) -> Method {
    let id = transaction.new_id("pm");
    let created = transaction.now().seconds();
    let method = Method { id, created, customer, number: number.to_owned(), set_up };
    transaction.put(Change::Method(method.clone()));
    method
}

pub fn retrieve(
    transaction: &mut Transaction<'_>,
    id: &str,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    parameters.nothing_else()?;
    find(transaction, id).map(|method| render(&method))
}

pub fn attach(
    transaction: &mut Transaction<'_>,
    id: &str,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    let customer = parameters.needed("customer")?;
    parameters.nothing_else()?;
    if transaction.state().customer(customer).is_none() {
        return Err(Refusal::not_possible("resource_missing", "No such customer"));
    }
    belong(transaction, id, Some(customer.to_owned()))
}

pub fn detach(
    transaction: &mut Transaction<'_>,
    id: &str,
    parameters: &Parameters,
) -> Result<Value, Refusal> {
    parameters.nothing_else()?;
    belong(transaction, id, None)
}

fn belong(transaction: &mut Transaction<'_>, id: &str, customer: Option<String>) -> Result<Value, Refusal> {
    let method = Method { customer, ..find(transaction, id)? };
    transaction.put(Change::Method(method.clone()));
    Ok(render(&method))
}

fn find(transaction: &Transaction<'_>, id: &str) -> Result<Method, Refusal> {
    transaction.state().method(id).cloned().ok_or_else(|| Refusal::no_such("payment_method", id))
}

pub fn render(method: &Method) -> Value {
    json!({
        "id": method.id,
        "object": "payment_method",
        "created": method.created,
        "customer": method.customer,
        "livemode": false,
        "metadata": {},
        "type": "card",
        "card": render_card(&method.number),
    })
}

pub fn render_card(number: &str) -> Value {
    let card = cards::find(number);
    json!({
        "brand": card.map_or("unknown", |card| card.brand),
        "last4": card.map_or("0000", |card| card.last4()),
        "exp_month": 12,
        "exp_year": 2099,
        "funding": "credit",
    })
}
