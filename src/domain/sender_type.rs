//! Sender types: what kind of channel a message is sent from or received on (RULES, section 4).

use super::address::{Address, AddressKind};

/// The type of a channel, which rates and carrier fees depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SenderType {
    Local = 1,
    Mobile = 2,
    TollFree = 3,
    ShortCode = 4,
    Alphanumeric = 5,
}

/// The toll-free area codes of the North American Numbering Plan.
const TOLL_FREE_AREA_CODES: [&[u8]; 7] = [b"800", b"833", b"844", b"855", b"866", b"877", b"888"];

impl SenderType {
    pub const ALL: [SenderType; 5] = [
        SenderType::Local,
        SenderType::Mobile,
        SenderType::TollFree,
        SenderType::ShortCode,
        SenderType::Alphanumeric,
    ];

    /// What the channel itself tells, where neither the event nor a rented number says.
    pub fn of_channel(channel: &Address) -> SenderType {
        match channel.kind() {
            AddressKind::ShortCode => SenderType::ShortCode,
            AddressKind::Name => SenderType::Alphanumeric,
            AddressKind::E164 => {
                let toll_free = matches!(
                    channel.characters(),
                    [b'1', area @ .., _, _, _, _, _, _, _] if TOLL_FREE_AREA_CODES.contains(&area)
                );
                if toll_free { SenderType::TollFree } else { SenderType::Local }
            }
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            SenderType::Local => "local",
            SenderType::Mobile => "mobile",
            SenderType::TollFree => "toll_free",
            SenderType::ShortCode => "short_code",
            SenderType::Alphanumeric => "alphanumeric",
        }
    }

    pub fn parse(text: &str) -> Option<SenderType> {
        Self::ALL.into_iter().find(|sender_type| sender_type.as_str() == text)
    }

    pub fn from_byte(byte: u8) -> Option<SenderType> {
        Self::ALL.into_iter().find(|sender_type| *sender_type as u8 == byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channel_tells_its_sender_type() {
        use SenderType::*;
        let table = [
            ("+14155550100", Local),
            ("+18005550100", TollFree),
            ("+18335550100", TollFree),
            ("+18445550100", TollFree),
            ("+18555550100", TollFree),
            ("+18665550100", TollFree),
            ("+18775550100", TollFree),
            ("+18885550100", TollFree),
            ("+18225550100", Local),
            ("+1800555010", Local),
            ("+448005550100", Local),
            ("12345", ShortCode),
            ("800", ShortCode),
            ("ACME", Alphanumeric),
            ("A1", Alphanumeric),
        ];
        for (channel, want) in table {
            let channel = Address::parse(channel).unwrap();
            assert_eq!(SenderType::of_channel(&channel), want, "{channel}");
        }
    }

    #[test]
    fn names_read_back() {
        for sender_type in SenderType::ALL {
            assert_eq!(SenderType::parse(sender_type.as_str()), Some(sender_type));
            assert_eq!(SenderType::from_byte(sender_type as u8), Some(sender_type));
        }
        assert_eq!(SenderType::parse("Local"), None);
    }
}
