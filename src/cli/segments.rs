//! `farebox segments`: how many units a text is billed as, and where it is cut.

use std::io::Read;

use clap::Args;
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::{Output, show};
use crate::domain::address::Address;
use crate::domain::event::Encoding;
use crate::domain::segments::{Header, count, parts};
use crate::domain::sender_type::SenderType;

/// What stands on one line of a part's text before it is cut short.
const PART_CHARACTERS_SHOWN: usize = 60;

#[derive(Args, Debug)]
pub struct SegmentsArgs {
    /// The text; standard input where it is left out (one line break at its end is not counted)
    text: Option<String>,
    /// What it is sent from: with the peer it tells which header the parts have
    #[arg(long, requires = "peer", value_parser = address)]
    channel: Option<Address>,
    /// Who it is sent to
    #[arg(long, value_parser = address)]
    peer: Option<Address>,
    /// Type of the channel, where the channel itself is not given
    #[arg(long, conflicts_with = "channel", value_parser = sender_type)]
    sender_type: Option<SenderType>,
}

pub(super) fn address(text: &str) -> Result<Address, String> {
    Address::parse(text).map_err(|error| error.to_string())
}

pub(super) fn sender_type(text: &str) -> Result<SenderType, String> {
    let words = || SenderType::ALL.map(SenderType::as_str).join(", ");
    SenderType::parse(text).ok_or_else(|| format!("it is one of {}", words()))
}

pub fn run(args: SegmentsArgs, output: Output) -> Result<(), Failure> {
    let header = header(&args);
    let text = match args.text {
        Some(text) => text,
        None => read_in()?,
    };
    let counted = count(&text, header);
    let cut: Vec<Value> =
        parts(&text, header).map(|part| json!({"text": &text[part.bytes], "length": part.length})).collect();
    let document = json!({
        "encoding": counted.encoding.as_str(),
        "units": counted.units,
        "segments": counted.units,
        "length": counted.length,
        "parts": cut,
    });
    let unit = match counted.encoding {
        Encoding::Gsm7 => "septets",
        Encoding::Ucs2 => "code units",
    };
    show(output, &document, || {
        let segments = if counted.units == 1 { "segment" } else { "segments" };
        let (encoding, units) = (counted.encoding.as_str(), counted.units);
        let mut lines = format!("{units} {segments}, {encoding}, {} {unit}\n", counted.length);
        for (part, number) in cut.iter().zip(1..) {
            let shown = shortened(part["text"].as_str().unwrap_or_default());
            lines += &format!("{number:>4}  {:>4}  {shown}\n", part["length"].to_string());
        }
        lines
    })
}

/// A toll-free channel whose peer is not told is taken to send to where toll-free numbers are: to `+1`.
fn header(args: &SegmentsArgs) -> Header {
    let sender_type = args.sender_type.or_else(|| args.channel.as_ref().map(SenderType::of_channel));
    match (sender_type, &args.peer) {
        (Some(SenderType::TollFree), None) => Header::SevenOctets,
        (Some(sender_type), Some(peer)) => Header::for_message(sender_type, peer),
        _ => Header::SixOctets,
    }
}

fn read_in() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::of("standard input", error))?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

fn shortened(text: &str) -> String {
    let start: String = text.chars().take(PART_CHARACTERS_SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(PART_CHARACTERS_SHOWN).is_some() { format!("{start}...") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_toll_free_to_north_america_has_the_longer_header() {
        let table = [
            (None, None, None, Header::SixOctets),
            (Some("+18005550100"), Some("+14155550100"), None, Header::SevenOctets),
            (Some("+18005550100"), Some("+447700900123"), None, Header::SixOctets),
            (Some("+14155550100"), Some("+14155550101"), None, Header::SixOctets),
            (None, None, Some(SenderType::TollFree), Header::SevenOctets),
            (None, Some("+447700900123"), Some(SenderType::TollFree), Header::SixOctets),
            (None, Some("+14155550101"), Some(SenderType::Local), Header::SixOctets),
        ];
        for (channel, peer, sender_type, want) in table {
            let read = |text: Option<&str>| text.map(|text| address(text).unwrap());
            let args = SegmentsArgs { text: None, channel: read(channel), peer: read(peer), sender_type };
            assert_eq!(header(&args), want, "{args:?}");
        }
    }
}
