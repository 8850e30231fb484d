//! ISO 4217 currency codes.

use std::fmt;

/// An active ISO 4217 code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The active codes of national currencies (ISO 4217 list one, without funds, metals and test codes), in order,
/// each with a blank behind it.
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP \
BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP \
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT \
LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD \
OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC \
SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF \
YER ZAR ZMW ZWG ";

impl Currency {
    pub const USD: Currency = Currency(*b"USD");

    /// `None` for anything that is not an active code in upper case.
    pub fn parse(code: &str) -> Option<Currency> {
        code.as_bytes().try_into().ok().and_then(Currency::from_bytes)
    }

    /// From the three bytes of a row: as from text.
    pub fn from_bytes(bytes: [u8; 3]) -> Option<Currency> {
        // With the blanks behind them: a row is read for every wallet that is loaded.
        CODES.as_bytes().as_chunks::<4>().0.binary_search_by_key(&&bytes[..], |known| &known[..3]).ok()?;
        Some(Currency(bytes))
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

    #[test]
    fn every_code_is_found_where_it_is_looked_for() {
        let codes: Vec<_> = CODES.split_terminator(' ').collect();
        assert!(codes.is_sorted() && codes.iter().all(|code| code.len() == 3), "{codes:?}");
        for code in codes {
            assert_eq!(Currency::parse(code).unwrap().as_str(), code);
        }
    }
}
