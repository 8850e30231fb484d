//! The tariff that is there when none is given.

use super::{Fault, Faults, load};
use crate::domain::tariff::Version;

const FILE: &str = "standard.toml";
const TOML: &str = include_str!("../../config/tariffs/standard.toml");
const BESIDE: [(&str, &str); 3] = [
    ("standard.rates.csv", include_str!("../../config/tariffs/standard.rates.csv")),
    ("standard.carrier_fees.csv", include_str!("../../config/tariffs/standard.carrier_fees.csv")),
    ("standard.number_fees.csv", include_str!("../../config/tariffs/standard.number_fees.csv")),
];

/// The self-contained text of the tariff `standard`, which the program carries with it, and its version.
pub fn standard() -> (String, Version) {
    let beside = |name: &str| {
        let known = BESIDE.into_iter().find(|(known, _)| *known == name);
        known.map(|(name, text)| (name.to_owned(), text.to_owned())).ok_or_else(|| {
            let what = format!("{name} is not part of the program");
            Faults::one(Fault { file: FILE.to_owned(), line: None, what })
        })
    };
    load(TOML, FILE, &beside).expect("a test loads the standard tariff without faults")
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use crate::domain::address::Address;
    use crate::domain::event::{Carrier, Direction, FinalStatus, Kind, Message, Units};
    use crate::domain::rating::rate;
    use crate::domain::samples::money;
    use crate::domain::sender_type::SenderType;
    use crate::domain::tariff::FailurePolicy;

    /// `direction kind channel peer units carrier`, then unit price, price, carrier fee and country.
    const STANDARD: [(&str, &str); 22] = [
        ("outbound sms +14155550100 +12125550123 1 -", "0.0079 0.0079 0.005 US"),
        ("outbound sms +14155550100 +12125550123 3 310260", "0.0079 0.0237 0.0135 US"),
        ("outbound sms +14155550100 +12125550123 2 310410", "0.0079 0.0158 0.007 US"),
        ("outbound sms +18005550100 +12125550123 1 311480", "0.0079 0.0079 0.0035 US"),
        ("outbound sms 12345 +12125550123 1 -", "0.0085 0.0085 0.005 US"),
        ("outbound sms ACME +12125550123 1 -", "no_rate"),
        ("outbound mms +14155550100 +12125550123 1 311480", "0.02 0.02 0.006 US"),
        ("outbound sms +14155550100 +14165550123 2 -", "0.0079 0.0158 0.018 CA"),
        ("outbound sms 12345 +16045550123 1 310260", "0.012 0.012 0.009 CA"),
        ("outbound mms +18005550100 +15145550123 1 -", "0.024 0.024 0.012 CA"),
        ("outbound sms +14155550100 +18765550123 1 -", "0.0511 0.0511 0 JM"),
        ("outbound sms ACME +447700900123 2 -", "0.04 0.08 0 GB"),
        ("outbound sms +14155550100 +4915112345678 1 -", "0.085 0.085 0 DE"),
        ("outbound sms +14155550100 +79161234567 1 -", "0.045 0.045 0 RU"),
        ("outbound sms +14155550100 +77011234567 1 -", "0.05 0.05 0 KZ"),
        ("outbound mms +14155550100 +447700900123 1 -", "no_rate"),
        ("outbound sms +14155550100 +8501912345678 1 -", "no_rate"),
        ("inbound sms +14155550100 +12125550123 1 310260", "0.0079 0.0079 0.0025 US"),
        ("inbound mms +18005550100 +12125550123 1 -", "0.015 0.015 0 US"),
        ("inbound sms +16045550100 +12125550123 2 -", "0.0079 0.0158 0 CA"),
        ("inbound sms 12345 +12125550123 1 311480", "0.0079 0.0079 0.001 -"),
        ("inbound sms +447700900123 ACME 1 -", "0.0075 0.0075 0 GB"),
    ];

    #[test]
    fn the_standard_tariff_prices_messages_as_written_here() {
        let (_, version) = standard();
        for (text, want) in STANDARD {
            let words: [&str; 6] = text.split(' ').collect::<Vec<_>>().try_into().unwrap();
            let channel = Address::parse(words[2]).unwrap();
            let message = Message {
                direction: Direction::parse(words[0]).unwrap(),
                kind: Kind::parse(words[1]).unwrap(),
                channel,
                peer: Address::parse(words[3]).unwrap(),
                units: Units { billed: words[4].parse().unwrap(), counted: None, encoding: None },
                sender_type: SenderType::of_channel(&channel),
                carrier: Carrier::parse(words[5]),
            };
            let told = rate(&version, &message).map_or("no_rate".to_owned(), |rated| {
                let country =
                    rated.country.map_or("-".to_owned(), |code| String::from_utf8(code.to_vec()).unwrap());
                format!("{} {} {} {country}", rated.unit_price, rated.price, rated.carrier_fee)
            });
            assert_eq!(told, want, "{text}");
        }
    }

    #[test]
    fn the_standard_tariff_rents_numbers_for_what_is_written_here() {
        use SenderType::*;
        let (_, version) = standard();
        let table = [
            ("+14155550100", Local, "1.15"),
            ("+16045550100", Local, "1.15"),
            ("+18005550100", TollFree, "2.15"),
            ("12345", ShortCode, "500"),
            ("+447700900123", Mobile, "1.15"),
            ("+4915112345678", Mobile, "15"),
            ("+4930123456", Local, "6"),
            ("+254712345678", Mobile, "10"),
            ("+80012345678", TollFree, "25"),
        ];
        for (number, sender_type, want) in table {
            let found = version.number_fee(&Address::parse(number).unwrap(), sender_type);
            assert_eq!(found.map(|(_, fee)| fee), Some(money(want)), "{number} {sender_type:?}");
        }
    }

    #[test]
    fn the_standard_tariff_charges_a_failure_fee_and_what_is_undelivered_in_full() {
        let (_, version) = standard();
        let policy = |status| version.failure_policy(Direction::Outbound, Kind::Sms, status, "30007");
        assert_eq!(policy(FinalStatus::Failed), FailurePolicy::Fee(money("0.001")));
        assert_eq!(policy(FinalStatus::Undelivered), FailurePolicy::Full);
    }

    #[test]
    fn the_standard_tariff_is_whole_and_reads_back() {
        let (text, version) = standard();
        assert_eq!((version.head().name.as_str(), version.head().currency.as_str()), ("standard", "USD"));
        assert_eq!(version.head().effective_until, None);
        let again = parse(&text, "standard").unwrap();
        assert_eq!((again.rates(), again.fees()), (version.rates(), version.fees()));
        assert_eq!(again.number_fees(), version.number_fees());
        let line = text.lines().nth(version.rates()[0].line as usize - 1);
        assert_eq!(line, Some("outbound,sms,1,local,,0.0079,US"), "a row's line is the line of the text");
        let countries: std::collections::HashSet<_> =
            version.rates().iter().filter_map(|row| row.country).collect();
        assert!(countries.len() >= 60, "{} countries", countries.len());
    }
}
