//! A command that is one request: what is asked for, and how its answer is shown.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Client, Connection};
use super::failure::Failure;
use super::output::{Output, cell, field, show, show_fields, show_list, show_rows, write_out};
use crate::clock;

/// The arguments of a command whose subcommands are one request each.
#[derive(Args, Debug)]
pub struct Calls<C: Ask> {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    command: C,
}

/// Subcommands that are one request each.
pub trait Ask: Subcommand {
    /// Fails only where something of this machine that it names cannot be read.
    fn call(self) -> Result<Call, Failure>;
}

impl<C: Ask> Calls<C> {
    pub async fn run(self, output: Output) -> Result<(), Failure> {
        self.command.call()?.run(&Client::new(&self.connection)?, output).await
    }
}

/// One request, as data.
#[derive(Debug)]
pub struct Call {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    once: Option<Once>,
    shown: Shown,
}

/// How an answer is shown to people. Programs get it whole.
#[derive(Debug)]
enum Shown {
    /// All pages of a list as one table of these fields.
    List(&'static [&'static str]),
    /// A list inside a document as a table of these fields, and as its last line a document beside it: the sums.
    Rows { rows: &'static str, columns: &'static [&'static str], totals: &'static str },
    /// These fields of a document, by their names.
    Fields(&'static [&'static str]),
    /// The bare values of these fields, a line each: what is copied from the screen.
    Values(&'static [&'static str]),
    /// As it comes, byte by byte: a file.
    File,
    /// That it is done: the answer says nothing of use.
    Done { document: Value, text: String },
}

/// For calls that move or hold money: repeated under the same key, they are carried out once.
#[derive(Args, Clone, Debug)]
pub struct Once {
    /// Carries the call out once, however often it is repeated under this key [default: a random one]
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Call {
    fn new(method: Method, path: &[&str], shown: Shown) -> Call {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Call { method, path, query: Vec::new(), body: None, once: None, shown }
    }

    /// All of a list, as a table of some fields.
    pub fn list(path: &[&str], columns: &'static [&'static str]) -> Call {
        Call::new(Method::GET, path, Shown::List(columns))
    }

    /// A list inside a document, with its totals.
    pub fn rows(
        method: Method,
        path: &[&str],
        rows: &'static str,
        columns: &'static [&'static str],
        totals: &'static str,
    ) -> Call {
        Call::new(method, path, Shown::Rows { rows, columns, totals })
    }

    /// A document, with some of its fields shown.
    pub fn document(method: Method, path: &[&str], fields: &'static [&'static str]) -> Call {
        Call::new(method, path, Shown::Fields(fields))
    }

    /// A document of which the values of a few fields are all that is wanted.
    pub fn values(method: Method, path: &[&str], fields: &'static [&'static str]) -> Call {
        Call::new(method, path, Shown::Values(fields))
    }

    /// A file, written as it comes.
    pub fn file(path: &[&str]) -> Call {
        Call::new(Method::GET, path, Shown::File)
    }

    /// Makes an end of something: `{"id": id, done: true}` for programs.
    pub fn end(method: Method, path: &[&str], id: &str, done: &str) -> Call {
        let document = json!({"id": id, done: true});
        Call::new(method, path, Shown::Done { document, text: format!("{id} is {done}\n") })
    }

    pub fn query(mut self, name: &'static str, value: Option<String>) -> Call {
        self.query.extend(value.map(|value| (name, value)));
        self
    }

    pub fn body(mut self, body: Value) -> Call {
        self.body = Some(body);
        self
    }

    pub fn once(mut self, once: Once) -> Call {
        self.once = Some(once);
        self
    }

    pub async fn run(self, client: &Client, output: Output) -> Result<(), Failure> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let query: Vec<(&str, &str)> =
            self.query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if let Shown::List(columns) = self.shown {
            return show_list(output, &client.list_with(&path, &query).await?, columns);
        }
        let mut request = client.request_with(self.method, &path, &query);
        if let Shown::File = self.shown {
            return client.copy(request, write_out).await;
        }
        if let Some(body) = &self.body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = match self.once {
            None => client.answer(request).await?,
            Some(once) => {
                let key = once.key();
                let answer = client.answer(request.header("idempotency-key", &key)).await;
                answer.map_err(|failure| repeatable(&failure, &key))?
            }
        };
        match self.shown {
            // Lists and files were answered above.
            Shown::File => Ok(()),
            Shown::List(fields) | Shown::Fields(fields) => show_fields(output, &answer, fields),
            Shown::Rows { rows, columns, totals } => show_rows(output, &answer, (rows, totals), columns),
            Shown::Values(fields) => show(output, &answer, || {
                fields.iter().map(|name| format!("{}\n", cell(field(&answer, name)))).collect()
            }),
            Shown::Done { document, text } => show(output, &document, || text),
        }
    }
}

impl Once {
    pub fn key(self) -> String {
        self.idempotency_key.unwrap_or_else(|| {
            let hex: String = clock::random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
            format!("cli-{hex}")
        })
    }
}

/// Whether it was done may be unknown (no answer came): told so that it can be asked again, and done once.
pub fn repeatable(failure: &Failure, key: &str) -> Failure {
    Failure::new(format!("{failure}; to repeat it safely, add --idempotency-key {key}"))
}

#[cfg(test)]
pub mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line<C: Ask> {
        #[command(flatten)]
        calls: Calls<C>,
    }

    /// What the subcommand of a line asks the engine for: `POST /v1/...?query {body}`, with `once` behind it
    /// where the call is under an idempotency key.
    fn asked<C: Ask>(line: &str) -> String {
        let words = std::iter::once("farebox").chain(line.split(' '));
        let parsed = Line::<C>::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
        let call = parsed.calls.command.call().unwrap_or_else(|failure| panic!("{line}: {failure}"));
        let query: Vec<String> = call.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let body = call.body.map(|body| format!(" {body}")).unwrap_or_default();
        let once = if call.once.is_some() { " once" } else { "" };
        format!("{} /{}{query}{body}{once}", call.method, call.path.join("/"))
    }

    /// Each line and what it asks for.
    pub fn check<C: Ask>(table: &[(&str, &str)]) {
        for (line, want) in table {
            assert_eq!(asked::<C>(line), *want, "{line}");
        }
    }

    /// Lines that are wrong in themselves: the engine is not asked at all.
    pub fn check_refused<C: Ask>(lines: &[&str]) {
        for line in lines {
            let words = std::iter::once("farebox").chain(line.split(' '));
            assert!(Line::<C>::try_parse_from(words).is_err(), "{line} is understood");
        }
    }

    #[test]
    fn a_call_that_fails_says_how_to_repeat_it() {
        let failure = repeatable(&Failure::new("timed out"), "cli-1");
        assert_eq!(failure.to_string(), "timed out; to repeat it safely, add --idempotency-key cli-1");
    }

    #[test]
    fn a_key_is_the_given_one_or_one_that_nobody_used() {
        let given = Once { idempotency_key: Some("order-1".to_owned()) };
        assert_eq!(given.key(), "order-1");
        let random = || Once { idempotency_key: None }.key();
        assert_ne!(random(), random());
        assert_eq!(random().len(), "cli-".len() + 32);
    }
}
