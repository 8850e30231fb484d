//! ISO 4217 currency codes.

use std::fmt;

/// An active ISO 4217 code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The active codes of national currencies (ISO 4217 list one, without funds, metals and test codes).
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP \
BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP \
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT \
LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD \
OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC \
SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF \
YER ZAR ZMW ZWG";

impl Currency {
    pub const USD: Currency = Currency(*b"USD");

    /// `None` for anything that is not an active code in upper case.
    pub fn parse(code: &str) -> Option<Currency> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        CODES.split(' ').any(|known| known == code).then_some(Currency(bytes))
    }

    /// From the three bytes of a row, which were checked when they were written.
    pub fn from_bytes(bytes: [u8; 3]) -> Option<Currency> {
        std::str::from_utf8(&bytes).ok().and_then(Currency::parse)
    }

    pub fn to_bytes(self) -> [u8; 3] {
        self.0
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_active_upper_case_codes_are_currencies() {
        let table = [
            ("USD", true),
            ("EUR", true),
            ("usd", false),
            ("XXX", false),
            ("DEM", false),
            ("", false),
            ("US", false),
            ("D U", false),
        ];
        for (code, want) in table {
            assert_eq!(Currency::parse(code).is_some(), want, "{code:?}");
        }
    }
}
