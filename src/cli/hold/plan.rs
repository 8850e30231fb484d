//! What is going to be sent: messages one by one, or a campaign by the prefixes of its recipients.

use std::io::Read;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use serde_json::{Map, Value};

use crate::cli::failure::Failure;
use crate::cli::segments::{address, sender_type};
use crate::domain::address::Address;
use crate::domain::sender_type::SenderType;

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).args(["messages", "recipients"]))]
#[command(group = ArgGroup::new("from").args(["channel", "sender_type"]).conflicts_with("messages"))]
pub struct Plan {
    /// A JSON array of messages, each with channel, peer, kind and text or segments; - is standard input
    #[arg(long, value_name = "FILE")]
    messages: Option<PathBuf>,
    /// How many go to numbers that begin so, such as +1=1000; may be given several times
    #[arg(long, value_name = "PREFIX=COUNT", value_parser = recipients, requires_all = ["from", "segments"])]
    recipients: Vec<(String, u32)>,
    /// What they are sent from
    #[arg(long, value_parser = address)]
    channel: Option<Address>,
    /// Type of what they are sent from, where the channel itself is not given
    #[arg(long, value_parser = sender_type)]
    sender_type: Option<SenderType>,
    /// sms or mms
    #[arg(long, default_value = "sms", value_parser = ["sms", "mms"])]
    kind: String,
    /// Of each message
    #[arg(long, value_name = "COUNT", conflicts_with = "messages")]
    segments: Option<u32>,
}

fn recipients(text: &str) -> Result<(String, u32), String> {
    let parts = text.split_once('=').and_then(|(prefix, count)| Some((prefix, count.parse().ok()?)));
    let (prefix, count) = parts.ok_or("it is a prefix and how many, such as +1=1000")?;
    Ok((prefix.to_owned(), count))
}

impl Plan {
    /// The fields of a request that say what is going to be sent.
    pub fn body(self) -> Result<Map<String, Value>, Failure> {
        let mut body = Map::new();
        if let Some(file) = self.messages {
            body.insert("messages".to_owned(), read(&file)?);
            return Ok(body);
        }
        let recipients = self.recipients.into_iter().map(|(prefix, count)| (prefix, count.into()));
        let fields = [
            ("channel", self.channel.map(|channel| channel.to_string().into())),
            ("sender_type", self.sender_type.map(|given| given.as_str().into())),
            ("kind", Some(self.kind.into())),
            ("segments", self.segments.map(Value::from)),
            ("recipients", Some(Value::Object(recipients.collect()))),
        ];
        body.extend(fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        Ok(body)
    }
}

fn read(file: &PathBuf) -> Result<Value, Failure> {
    let text = match file.as_os_str() == "-" {
        true => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        }
        false => std::fs::read_to_string(file),
    };
    let text = text.map_err(|error| Failure::of(file.display(), error))?;
    serde_json::from_str(&text).map_err(|error| Failure::of(file.display(), error))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        plan: Plan,
    }

    #[test]
    fn messages_are_sent_as_they_stand_in_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let of_file = |text: &str| {
            let file = directory.path().join("messages.json");
            std::fs::write(&file, text).unwrap();
            Line::parse_from(["farebox", "--messages", file.to_str().unwrap()]).plan.body()
        };
        let body = of_file(r#"[{"channel": "72345", "peer": "+14155550101", "kind": "sms", "text": "hi"}]"#);
        let want = r#"{"messages":[{"channel":"72345","kind":"sms","peer":"+14155550101","text":"hi"}]}"#;
        assert_eq!(Value::from(body.unwrap()).to_string(), want);
        assert!(of_file("[{").unwrap_err().to_string().contains("messages.json"));
        let missing = Line::parse_from(["farebox", "--messages", "/none.json"]).plan.body();
        assert!(missing.unwrap_err().to_string().starts_with("/none.json"));
    }
}
