//! The price list that the load test uploads and charges are recounted by: small, but with every kind
//! of row (longer prefixes, carriers, sender types, `*`), in two versions.

use jiff::Timestamp;

use crate::money;

/// direction, kind, prefix, sender type, carrier, price, country. Calling code 979 is left out on
/// purpose, and so are most countries' MMS: what has no rate must be told so.
const RATES: &str = "\
outbound,sms,1,,,0.0079,US
outbound,sms,1,toll_free,,0.0075,US
outbound,sms,1,short_code,,0.0083,US
outbound,sms,1,,310260,0.0081,US
outbound,sms,1,toll_free,310260,0.0077,US
outbound,sms,1416,,,0.0089,CA
outbound,sms,1514,,,0.0091,CA
outbound,sms,1514,short_code,,0.0093,CA
outbound,sms,1514,,302720,0.00905,CA
outbound,sms,1868,,,0.2205,TT
outbound,sms,65,,,0.0415,SG
outbound,sms,65,,52501,0.0401,SG
outbound,sms,65,alphanumeric,,0.0455,SG
outbound,sms,91,,,0.0832,IN
outbound,sms,91,alphanumeric,,0.003125,IN
outbound,sms,94,,,0.1345,LK
outbound,sms,92,,,0.0955001,PK
outbound,sms,60,,,0.0712,MY
outbound,sms,44,,,0.0463,GB
outbound,sms,447,,,0.0401,GB
outbound,sms,4479,alphanumeric,,0.0387,GB
outbound,sms,447,,23410,0.0399,GB
outbound,sms,447,mobile,23410,0.0333,GB
outbound,sms,36,,,0.105,HU
outbound,sms,254,,,0.0231,KE
outbound,sms,86,,,0.0339,CN
outbound,sms,880,,,0.1666,BD
outbound,mms,1,,,0.02,US
outbound,mms,1,toll_free,,0.021,US
outbound,mms,1416,,,0.0235,CA
outbound,mms,65,,,0.33,SG
inbound,sms,1,,,0.0079,US
inbound,sms,1,toll_free,,0.0074,US
inbound,sms,1,,310410,0.0078,US
inbound,sms,1416,,,0.0085,CA
inbound,sms,44,,,0.0075,GB
inbound,sms,447,mobile,,0.0071,GB
inbound,sms,65,,,0.0099,SG
inbound,sms,*,short_code,,0.0062,US
inbound,mms,1,,,0.0165,US
";

/// direction, kind, prefix, sender type, carrier, fee; every table has a row with no carrier.
const FEES: &str = "\
outbound,sms,1,,,0.003
outbound,sms,1,,310260,0.0045
outbound,sms,1,,311480,0.004
outbound,sms,1,toll_free,,0.0025
outbound,sms,1,toll_free,310260,0.00325
outbound,sms,1,short_code,,0.0035
outbound,sms,1416,,,0.0055
outbound,sms,1416,,302720,0.00585
outbound,sms,1514,short_code,,0.0061
outbound,sms,65,,,0.0005
outbound,sms,447,,,0
outbound,sms,447,,23430,0.000000001
outbound,mms,1,,,0.01
outbound,mms,1,,310260,0.0125
outbound,mms,1,toll_free,,0.008
inbound,sms,1,,,0
inbound,sms,1,,310410,0.001
inbound,sms,1,toll_free,,0.0002
inbound,sms,1,toll_free,311480,0.0015
inbound,sms,*,short_code,,0.0004
inbound,sms,*,short_code,310260,0.0009
inbound,mms,1,,,0.005
";

/// What the second version adds to every price.
const RISE: i128 = 300_000;

/// Whom a row is for; an empty sender type or carrier is any.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    pub direction: &'static str,
    pub kind: &'static str,
    /// Leading digits, or `*`.
    pub prefix: &'static str,
    pub sender_type: &'static str,
    pub carrier: &'static str,
}

#[derive(Clone, Debug)]
pub struct Rate {
    pub scope: Scope,
    pub price: i128,
    pub country: &'static str,
}

#[derive(Clone, Debug)]
pub struct Fee {
    pub scope: Scope,
    pub fee: i128,
}

#[derive(Clone, Debug)]
pub struct Version {
    pub label: &'static str,
    pub effective_from: Timestamp,
    pub rates: Vec<Rate>,
    pub fees: Vec<Fee>,
}

/// Both versions, the older first; the second has been in effect since `rise_at`.
pub fn versions(rise_at: Timestamp) -> [Version; 2] {
    let long_ago = Timestamp::from_second(1_577_836_800).expect("2020-01-01 is an instant");
    let first = Version { label: "one", effective_from: long_ago, rates: rates(), fees: fees() };
    let mut second = Version { label: "two", effective_from: rise_at, ..first.clone() };
    for rate in &mut second.rates {
        rate.price += RISE;
    }
    [first, second]
}

impl Version {
    /// The file that `POST /v1/tariffs` takes.
    pub fn document(&self, name: &str) -> String {
        let mut text = format!(
            "name = \"{name}\"\ncurrency = \"USD\"\nversion = \"{}\"\neffective_from = {}\n",
            self.label, self.effective_from
        );
        text += "rates_csv = '''\ndirection,kind,prefix,sender_type,carrier,price,country\n";
        for Rate { scope, price, country } in &self.rates {
            text += &format!("{},{},{country}\n", scope.columns(), money::write(*price));
        }
        text += "'''\ncarrier_fees_csv = '''\ndirection,kind,prefix,sender_type,carrier,fee\n";
        for Fee { scope, fee } in &self.fees {
            text += &format!("{},{}\n", scope.columns(), money::write(*fee));
        }
        text + "'''\n"
    }
}

impl Scope {
    fn columns(&self) -> String {
        [self.direction, self.kind, self.prefix, self.sender_type, self.carrier].join(",")
    }
}

fn rates() -> Vec<Rate> {
    rows(RATES).map(|(scope, price, country)| Rate { scope, price, country }).collect()
}

fn fees() -> Vec<Fee> {
    rows(FEES).map(|(scope, fee, _)| Fee { scope, fee }).collect()
}

fn rows(table: &'static str) -> impl Iterator<Item = (Scope, i128, &'static str)> {
    table.lines().map(|line| {
        let mut cells = line.split(',');
        let mut next = || cells.next().unwrap_or("");
        let scope =
            Scope { direction: next(), kind: next(), prefix: next(), sender_type: next(), carrier: next() };
        (scope, money::read(next()).expect("the tables above hold decimals"), next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_fee_table_has_a_default_row_and_no_row_stands_twice() {
        let fees = fees();
        let table = |scope: &Scope| [scope.direction, scope.kind, scope.prefix, scope.sender_type];
        for fee in &fees {
            let default = fees
                .iter()
                .any(|other| table(&other.scope) == table(&fee.scope) && other.scope.carrier.is_empty());
            assert!(default, "no default carrier in the table of {:?}", fee.scope);
        }
        let (rates, scopes) = (rates(), |scope: &Scope| scope.columns());
        assert_eq!(fees.iter().map(|fee| scopes(&fee.scope)).collect::<HashSet<_>>().len(), fees.len());
        assert_eq!(rates.iter().map(|rate| scopes(&rate.scope)).collect::<HashSet<_>>().len(), rates.len());
    }

    #[test]
    fn the_document_carries_head_and_rows() {
        let [first, second] = versions("2026-11-12T00:00:00Z".parse().unwrap());
        let document = second.document("lt-x");
        for want in [
            "name = \"lt-x\"\n",
            "version = \"two\"\n",
            "effective_from = 2026-11-12T00:00:00Z\n",
            "outbound,sms,1,,,0.0082,US\n",
            "outbound,sms,447,,23430,0.000000001\n",
        ] {
            assert!(document.contains(want), "{want:?} is not in\n{document}");
        }
        assert!(first.document("lt-x").contains("outbound,sms,1,,,0.0079,US\n"));
    }
}
