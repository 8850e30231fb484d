//! The price list of the year: two versions, the dearer one from the middle on (RULES, sections 4 and 8).

use std::fmt::Write;

use jiff::Timestamp;

use super::Nanos;
use crate::support::decimal;

const MILLI: Nanos = 1_000_000;

pub const TARIFF: &str = "year";

/// One version. Prices are per unit; the fee of a named carrier replaces the default one.
pub struct Version {
    pub name: &'static str,
    pub from: &'static str,
    pub outbound_sms: Nanos,
    pub outbound_mms: Nanos,
    pub inbound_sms: Nanos,
    pub carrier_fee: Nanos,
    pub carrier_fee_310260: Nanos,
    pub local_number: Nanos,
    /// `None`: no row, so that the last fee stands.
    pub toll_free_number: Option<Nanos>,
    pub failure_fee: Nanos,
}

pub const VERSIONS: [Version; 2] = [
    Version {
        name: "one",
        from: "2020-01-01T00:00:00Z",
        outbound_sms: 500 * MILLI,
        outbound_mms: 1_250 * MILLI,
        inbound_sms: 250 * MILLI,
        carrier_fee: 50 * MILLI,
        carrier_fee_310260: 75 * MILLI,
        local_number: 5_000 * MILLI,
        toll_free_number: Some(9_000 * MILLI),
        failure_fee: 100 * MILLI,
    },
    Version {
        name: "two",
        from: "2027-12-10T12:00:00Z",
        outbound_sms: 625 * MILLI,
        outbound_mms: 1_500 * MILLI,
        inbound_sms: 250 * MILLI,
        carrier_fee: 60 * MILLI,
        carrier_fee_310260: 80 * MILLI,
        local_number: 6_000 * MILLI,
        toll_free_number: None,
        failure_fee: 200 * MILLI,
    },
];

/// Error codes of classes that a tariff has a policy for: nothing stays charged, or a fee of 0.3 does.
pub const CODE_CARRIER: &str = "30007";
pub const CODE_SPAM: &str = "30008";
const SPAM_FEE: Nanos = 300 * MILLI;
pub const CARRIER: &str = "310260";

/// The version in effect at an instant.
pub fn version_at(at: Timestamp) -> &'static Version {
    let in_effect = |version: &&Version| version.from.parse::<Timestamp>().expect("a date") <= at;
    VERSIONS.iter().rfind(in_effect).expect("the first version is old")
}

/// What is sent or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    OutboundSms,
    OutboundMms,
    InboundSms,
}

impl Version {
    /// What so many units cost, with the carrier's fee for each.
    pub fn message(&self, kind: Kind, units: u32, carrier: &str) -> Nanos {
        let (price, fee) = match kind {
            Kind::OutboundSms if carrier == CARRIER => (self.outbound_sms, self.carrier_fee_310260),
            Kind::OutboundSms => (self.outbound_sms, self.carrier_fee),
            Kind::OutboundMms => (self.outbound_mms, 0),
            Kind::InboundSms => (self.inbound_sms, 0),
        };
        (price + fee) * Nanos::from(units)
    }

    /// The most that so many segments may cost: whatever the carrier.
    pub fn worst_case(&self, segments: u32) -> Nanos {
        (self.outbound_sms + self.carrier_fee.max(self.carrier_fee_310260)) * Nanos::from(segments)
    }

    /// A number's monthly fee, if there is a row for it.
    pub fn number(&self, number: &str) -> Option<Nanos> {
        if number.starts_with("+1800") { self.toll_free_number } else { Some(self.local_number) }
    }

    /// What stays charged of a message after this final status (section 8); all of `charged` where nothing changes.
    pub fn stays(&self, charged: Nanos, status: &str, error_code: &str) -> Nanos {
        match (status, error_code) {
            ("failed", _) => self.failure_fee.min(charged),
            ("undelivered", CODE_CARRIER) => 0,
            ("undelivered", CODE_SPAM) => SPAM_FEE.min(charged),
            _ => charged,
        }
    }

    /// As a tariff file.
    pub fn file(&self) -> String {
        let mut numbers = format!("1,local,{}\n", decimal(self.local_number));
        if let Some(fee) = self.toll_free_number {
            writeln!(numbers, "1,toll_free,{}", decimal(fee)).expect("writing to a string");
        }
        format!(
            r#"name = "{TARIFF}"
version = "{}"
currency = "USD"
effective_from = {}
failure_fee = "{}"
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,1,,,{},US
outbound,mms,1,,,{},US
inbound,sms,1,,,{},US
'''
carrier_fees_csv = '''
direction,kind,prefix,sender_type,carrier,fee
outbound,sms,1,,,{}
outbound,sms,1,,{CARRIER},{}
'''
number_fees_csv = '''
prefix,type,fee
{numbers}'''
failures_csv = '''
direction,kind,status,error_class,charge,fee
outbound,sms,undelivered,carrier,nothing,
outbound,sms,undelivered,spam,fee,{}
outbound,mms,undelivered,carrier,nothing,
outbound,mms,undelivered,spam,fee,{}
'''
error_classes_csv = '''
error_code,class
{CODE_CARRIER},carrier
{CODE_SPAM},spam
'''
"#,
            self.name,
            self.from,
            decimal(self.failure_fee),
            decimal(self.outbound_sms),
            decimal(self.outbound_mms),
            decimal(self.inbound_sms),
            decimal(self.carrier_fee),
            decimal(self.carrier_fee_310260),
            decimal(SPAM_FEE),
            decimal(SPAM_FEE),
        )
    }
}
