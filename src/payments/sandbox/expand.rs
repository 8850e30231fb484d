//! `expand[]`: objects in the place of their ids, as Stripe puts them there.

use serde_json::Value;

use super::reply::Refusal;
use super::state::State;
use super::{customers, intents, methods};

/// Expands each of the paths, such as `payment_intent.latest_charge` or, in a list, `data.payment_method`.
pub fn expand(state: &State, mut object: Value, paths: &[String]) -> Result<Value, Refusal> {
    for path in paths {
        expand_one(state, &mut object, path).ok_or_else(|| {
            Refusal::invalid("expand", &format!("This property cannot be expanded ({path})"))
        })?;
    }
    Ok(object)
}

/// `None` where there is nothing of this name.
fn expand_one(state: &State, object: &mut Value, path: &str) -> Option<()> {
    if let Value::Array(items) = object {
        return items.iter_mut().try_for_each(|item| expand_one(state, item, path));
    }
    let (field, rest) = path.split_once('.').map_or((path, None), |(field, rest)| (field, Some(rest)));
    let place = object.get_mut(field)?;
    if let Some(id) = place.as_str() {
        *place = render(state, id)?;
    }
    match rest {
        Some(rest) if !place.is_null() => expand_one(state, place, rest),
        _ => Some(()),
    }
}

/// The object of an id, by the kind that its prefix tells.
fn render(state: &State, id: &str) -> Option<Value> {
    match id.split_once('_')?.0 {
        "cus" => state.customer(id).map(customers::render),
        "pm" => state.method(id).map(methods::render),
        "pi" => state.intent(id).map(intents::render),
        "ch" => state.intent(&intents::of_charge(id)).map(|intent| intents::render_charge(state, intent)),
        _ => None,
    }
}
