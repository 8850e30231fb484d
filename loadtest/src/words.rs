//! The words of the interface that both commands and the second implementation use.

macro_rules! words {
    ($(#[$note:meta])* $name:ident { $($variant:ident = $word:literal),+ }) => {
        $(#[$note])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    };
}

words!(
    /// Seen from the wallet.
    Direction { Outbound = "outbound", Inbound = "inbound" }
);
words!(Kind { Sms = "sms", Mms = "mms" });
words!(Encoding { Gsm7 = "GSM-7", Ucs2 = "UCS-2" });
words!(Mode { Admit = "admit", Report = "report" });
words!(SenderType {
    Local = "local",
    Mobile = "mobile",
    TollFree = "toll_free",
    ShortCode = "short_code",
    Alphanumeric = "alphanumeric"
});
words!(Outcome {
    Charged = "charged",
    Recorded = "recorded",
    Refused = "refused",
    Duplicate = "duplicate",
    Conflict = "conflict",
    Invalid = "invalid"
});
