//! `farebox tariff rate`: what a message would cost, and by which rows.

use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::{instant, timestamp};
use crate::cli::failure::Failure;
use crate::cli::output::{Output, cell, show};
use crate::cli::segments::{address, sender_type};
use crate::clock::Clock;
use crate::domain::address::Address;
use crate::domain::event::{
    Carrier, Direction, Encoding, Kind, Message, UNITS_MAX, Units, channel_fits, peer_fits,
};
use crate::domain::rating;
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::{Prefix, Tariff, Version};
use crate::domain::time::Timestamp;

#[derive(Args, Debug)]
pub struct RateArgs {
    /// A tariff of the engine, or a tariff file
    #[arg(value_name = "NAME|FILE")]
    pub tariff: String,
    /// The other side
    #[arg(long, value_parser = address)]
    peer: Address,
    /// The wallet's own side
    #[arg(long, value_parser = address)]
    channel: Address,
    /// sms or mms
    #[arg(long, default_value = "sms", value_parser = kind)]
    kind: Kind,
    /// outbound or inbound
    #[arg(long, default_value = "outbound", value_parser = direction)]
    direction: Direction,
    /// Type of the channel [default: told from the channel]
    #[arg(long, value_parser = sender_type)]
    sender_type: Option<SenderType>,
    /// MCC and MNC of the other side's network
    #[arg(long, value_parser = carrier)]
    carrier: Option<Carrier>,
    /// Billed segments of an SMS
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=i64::from(UNITS_MAX)))]
    segments: u8,
    /// When it happens, as RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    at: Option<Timestamp>,
}

fn kind(word: &str) -> Result<Kind, &'static str> {
    Kind::parse(word).ok_or("it is sms or mms")
}

fn direction(word: &str) -> Result<Direction, &'static str> {
    Direction::parse(word).ok_or("it is outbound or inbound")
}

fn carrier(text: &str) -> Result<Carrier, &'static str> {
    Carrier::parse(text).ok_or("it is five or six digits, MCC and MNC")
}

impl RateArgs {
    pub fn at(&self) -> Timestamp {
        self.at.unwrap_or_else(|| Clock::system().now())
    }
}

pub fn run(args: &RateArgs, version: Version, at: Timestamp, output: Output) -> Result<(), Failure> {
    let message = message(args)?;
    let tariff = Tariff::new(Arc::new(version));
    let Some(version) = tariff.version_at(at) else {
        return Err(Failure::new(format!("{} is not in effect at {}", args.tariff, instant(at))));
    };
    let Some(document) = rated(version, &message) else {
        let head = version.head();
        let what = format!("{} version {} has no rate for it (no_rate)", head.name, head.label);
        return Err(Failure::new(what));
    };
    show(output, &document, || text(&document))
}

fn message(args: &RateArgs) -> Result<Message, Failure> {
    if !channel_fits(args.direction, args.channel.kind()) {
        return Err(Failure::new(format!("nothing can be received on {}", args.channel)));
    }
    if !peer_fits(args.direction, args.peer.kind()) {
        return Err(Failure::new(format!("nothing can be sent to {}: it is no E.164 number", args.peer)));
    }
    let units = match args.kind {
        Kind::Sms => Units { billed: args.segments, counted: None, encoding: Some(Encoding::Gsm7) },
        Kind::Mms => Units { billed: 1, counted: None, encoding: None },
    };
    Ok(Message {
        direction: args.direction,
        kind: args.kind,
        channel: args.channel,
        peer: args.peer,
        units,
        sender_type: args.sender_type.unwrap_or_else(|| SenderType::of_channel(&args.channel)),
        carrier: args.carrier,
    })
}

fn rated(version: &Version, message: &Message) -> Option<Value> {
    let rated = rating::rate(version, message)?;
    let head = version.head();
    let rate = &version.rates()[rated.rate_row as usize];
    let fee = rated.fee_row.map(|index| (index, &version.fees()[index as usize]));
    let row = |index: u32, line: u32, prefix: Prefix, amount: String| json!({"row": index, "line": line, "prefix": prefix.to_string(), "amount": amount});
    let country = rated.country.map(|country| String::from_utf8_lossy(&country).into_owned());
    Some(json!({
        "tariff": head.name,
        "version": head.label,
        "currency": head.currency.as_str(),
        "sender_type": message.sender_type.as_str(),
        "country": country,
        "units": message.units.billed,
        "rate": row(rated.rate_row, rate.line, rate.prefix, rate.price.to_string()),
        "fee": fee.map(|(index, fee)| row(index, fee.line, fee.prefix, fee.fee.to_string())),
        "price": rated.price.to_string(),
        "carrier_fee": rated.carrier_fee.to_string(),
        "total": rated.total().to_string(),
    }))
}

fn text(document: &Value) -> String {
    let field = |name: &str| cell(&document[name]);
    let row = |name: &str| match &document[name] {
        Value::Null => "no row applies".to_owned(),
        row => format!(
            "{} a unit, row {} (line {}), prefix {}",
            cell(&row["amount"]),
            row["row"],
            row["line"],
            cell(&row["prefix"])
        ),
    };
    let (total, currency) = (field("total"), field("currency"));
    let lines = [
        ("total", format!("{total} {currency}")),
        ("price", format!("{}: {}", field("price"), row("rate"))),
        ("carrier fee", format!("{}: {}", field("carrier_fee"), row("fee"))),
        ("units", field("units")),
        ("sender type", field("sender_type")),
        ("country", field("country")),
        ("tariff", format!("{} version {}", field("tariff"), field("version"))),
    ];
    lines.into_iter().map(|(label, value)| format!("{label:<13}{value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff_file;
    use clap::Parser;

    const TARIFF: &str = r#"
name = "gold"
version = "1"
currency = "USD"
effective_from = "2024-01-01T00:00:00Z"
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,1,,,0.0079,US
inbound,sms,1,,,0.005,US
outbound,mms,1,,,0.02,US
'''
carrier_fees_csv = '''
direction,kind,prefix,sender_type,carrier,fee
outbound,sms,1,,,0.003
outbound,sms,1,,310260,0.004
'''
"#;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: RateArgs,
    }

    fn rate(options: &str) -> Result<(String, String, String), String> {
        let tariff = Tariff::new(Arc::new(tariff_file::parse(TARIFF, "gold.toml").unwrap()));
        let words = ["rate", "gold"].into_iter().chain(options.split(' '));
        let args = Line::try_parse_from(words).map_err(|error| error.to_string())?.args;
        let message = message(&args).map_err(|failure| failure.to_string())?;
        let at = args.at.ok_or("the test gives no time")?;
        let version = tariff.version_at(at).ok_or("not in effect")?;
        let document = rated(version, &message).ok_or("no_rate")?;
        Ok((cell(&document["price"]), cell(&document["carrier_fee"]), cell(&document["total"])))
    }

    #[test]
    fn a_message_costs_price_and_carrier_fee_of_its_units() {
        let us = "--channel +14155550100 --peer +12125550100 --at 2026-01-01T00:00:00Z";
        let table = [
            (us.to_owned(), Ok(("0.0079", "0.003", "0.0109"))),
            (format!("{us} --segments 3"), Ok(("0.0237", "0.009", "0.0327"))),
            (format!("{us} --carrier 310260"), Ok(("0.0079", "0.004", "0.0119"))),
            (format!("{us} --kind mms --segments 3"), Ok(("0.02", "0", "0.02"))),
            (format!("{us} --direction inbound"), Ok(("0.005", "0", "0.005"))),
            (us.replace("+12125550100", "+447700900123"), Err("no_rate")),
            (us.replace("2026", "2023"), Err("not in effect")),
            (us.replace("+12125550100", "ACME"), Err("nothing can be sent to ACME")),
            (format!("{us} --segments 256"), Err("256")),
            (format!("{us} --carrier 3102"), Err("five or six digits")),
        ];
        for (options, want) in table {
            match (rate(&options), want) {
                (Ok((price, fee, total)), Ok(want)) => {
                    assert_eq!((price.as_str(), fee.as_str(), total.as_str()), want, "{options}");
                }
                (Err(found), Err(want)) => assert!(found.contains(want), "{options}: {found}"),
                (found, want) => panic!("{options}: wanted {want:?}, found {found:?}"),
            }
        }
    }
}
