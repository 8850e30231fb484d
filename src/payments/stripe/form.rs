//! A request's parameters in Stripe's form: `application/x-www-form-urlencoded`, nested by brackets.

/// Names and values in the order in which they are sent.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn new() -> Form {
        Form::default()
    }

    pub fn with(mut self, name: &str, value: impl ToString) -> Form {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn with_some(self, name: &str, value: Option<impl ToString>) -> Form {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// `name[key]=value` for each of the pairs.
    pub fn with_map<'a>(self, name: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Form {
        pairs.into_iter().fold(self, |form, (key, value)| form.with(&format!("{name}[{key}]"), value))
    }

    /// `name[0]=value`, `name[1]=value`, ...
    pub fn with_list(self, name: &str, values: &[&str]) -> Form {
        values.iter().enumerate().fold(self, |form, (at, value)| form.with(&format!("{name}[{at}]"), value))
    }

    pub fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_written_in_brackets_and_everything_is_escaped() {
        let form = Form::new()
            .with("amount", 1_250)
            .with_some("customer", None::<&str>)
            .with_map("metadata", [("farebox_wallet", "a&b=c é")])
            .with_list("expand", &["latest_charge"]);
        let want = "amount=1250&metadata%5Bfarebox_wallet%5D=a%26b%3Dc+%C3%A9&expand%5B0%5D=latest_charge";
        assert_eq!(form.encode(), want);
    }
}
