//! A call's parameters, read strictly: what nobody asks for is refused, as Stripe does.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::reply::Refusal;

/// Names, brackets included, and their values. Remembers which were asked for.
pub struct Parameters {
    values: BTreeMap<String, String>,
    asked: RefCell<BTreeSet<String>>,
}

impl Parameters {
    pub fn parse(form: &str) -> Parameters {
        let values = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        Parameters { values, asked: RefCell::default() }
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.asked.borrow_mut().insert(name.to_owned());
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing(name))
    }

    pub fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Refusal::invalid(name, "Invalid integer"))
    }

    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Refusal::invalid(name, "Invalid boolean")),
        }
    }

    /// `name[key]=value` as a map.
    pub fn map(&self, name: &str) -> BTreeMap<String, String> {
        let prefix = format!("{name}[");
        let pairs = self.values.iter().filter_map(|(full, value)| {
            let key = full.strip_prefix(&prefix)?.strip_suffix(']')?;
            (!key.contains('[')).then(|| (full.clone(), key.to_owned(), value.clone()))
        });
        let mut map = BTreeMap::new();
        for (full, key, value) in pairs {
            self.asked.borrow_mut().insert(full);
            map.insert(key, value);
        }
        map
    }

    /// `name[0]=value` or `name[]=value` as a list.
    pub fn list(&self, name: &str) -> Vec<String> {
        self.map(name).into_values().collect()
    }

    /// To be called when everything known has been asked for.
    pub fn nothing_else(&self) -> Result<(), Refusal> {
        let asked = self.asked.borrow();
        match self.values.keys().find(|name| !asked.contains(*name)) {
            Some(name) => Err(Refusal::unknown_parameter(name)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_by_name_and_what_is_unknown_is_found() {
        let form = "amount=12&confirm=true&metadata%5Ba%5D=1&metadata%5Bb%5D=x+y&expand%5B0%5D=e&empty=";
        let parameters = Parameters::parse(form);
        assert_eq!(parameters.integer("amount"), Ok(Some(12)));
        assert_eq!(parameters.flag("confirm"), Ok(true));
        assert_eq!(parameters.flag("off_session"), Ok(false));
        assert_eq!(parameters.text("empty"), None);
        let map = parameters.map("metadata");
        assert_eq!(map.get("b").map(String::as_str), Some("x y"));
        assert!(parameters.nothing_else().is_err(), "expand was not asked for");
        assert_eq!(parameters.list("expand"), ["e"]);
        assert_eq!(parameters.nothing_else(), Ok(()));
        assert!(Parameters::parse("amount=x").integer("amount").is_err());
        assert!(Parameters::parse("confirm=1").flag("confirm").is_err());
    }
}
