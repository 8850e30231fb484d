//! The CSV tables of a tariff file.

use csv::{ReaderBuilder, StringRecord};

use super::fault::{Fault, Faults, shown};
use super::source::Source;
use crate::domain::event::{Carrier, Direction, ERROR_CODE_BYTES_MAX, FinalStatus, Kind};
use crate::domain::money::Money;
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::{
    self, ErrorClassRow, FailurePolicy, FailureRow, FeeRow, NumberFeeRow, Prefix, ROWS_MAX, RateRow,
};

const RATES_HEADER: [&str; 7] = ["direction", "kind", "prefix", "sender_type", "carrier", "price", "country"];
const FEES_HEADER: [&str; 6] = ["direction", "kind", "prefix", "sender_type", "carrier", "fee"];
const NUMBER_FEES_HEADER: [&str; 3] = ["prefix", "type", "fee"];
const FAILURES_HEADER: [&str; 6] = ["direction", "kind", "status", "error_class", "charge", "fee"];
const ERROR_CLASSES_HEADER: [&str; 2] = ["error_code", "class"];

/// What a rented number can be.
const NUMBER_TYPES: [SenderType; 4] =
    [SenderType::Local, SenderType::Mobile, SenderType::TollFree, SenderType::ShortCode];
const CLASS: &str = "1 to 64 of A-Z a-z 0-9 . _ : -";

/// ISO 3166-1 alpha-2, and XK, which it leaves to its users and which they use for Kosovo.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM \
BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC \
EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT \
HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV \
LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ \
OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR \
SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF \
WS XK YE YT ZA ZM ZW";

/// The rates that could be read, and whether that is all of them.
pub(super) fn rates(source: &Source, faults: &mut Faults) -> (Vec<RateRow>, bool) {
    let row = |fields: &StringRecord, line, told: &mut Told<'_>| {
        let (terms, price) = terms_and_amount(fields, "price", told);
        let country = match &fields[6] {
            "" => None,
            code => told.known(country(code), || {
                format!("unknown country {}: an ISO 3166 code such as US, or empty", shown(code))
            }),
        };
        let (direction, kind, prefix, sender_type, carrier) = terms?;
        Some(RateRow { direction, kind, prefix, sender_type, carrier, price, country, line })
    };
    table(source, &RATES_HEADER, faults, row)
}

/// The carrier fees that could be read, and whether that is all of them.
pub(super) fn fees(source: &Source, faults: &mut Faults) -> (Vec<FeeRow>, bool) {
    let row = |fields: &StringRecord, line, told: &mut Told<'_>| {
        let (terms, fee) = terms_and_amount(fields, "fee", told);
        let (direction, kind, prefix, sender_type, carrier) = terms?;
        Some(FeeRow { direction, kind, prefix, sender_type, carrier, fee, line })
    };
    table(source, &FEES_HEADER, faults, row)
}

/// The number fees that could be read, and whether that is all of them.
pub(super) fn number_fees(source: &Source, faults: &mut Faults) -> (Vec<NumberFeeRow>, bool) {
    let row = |fields: &StringRecord, line, told: &mut Told<'_>| {
        let prefix = prefix(&fields[0], told);
        let sender_type = or_any(&fields[1], number_type, told, |text| {
            format!(
                "unknown type {text}: {}, or empty for any",
                NUMBER_TYPES.map(SenderType::as_str).join(", ")
            )
        });
        let fee = amount("fee", &fields[2], told);
        Some(NumberFeeRow { prefix: prefix?, sender_type: sender_type?, fee, line })
    };
    table(source, &NUMBER_FEES_HEADER, faults, row)
}

/// The rows of the failure policy that could be read, and whether that is all of them.
pub(super) fn failures(source: &Source, faults: &mut Faults) -> (Vec<FailureRow>, bool) {
    let row = |fields: &StringRecord, line, told: &mut Told<'_>| {
        let direction = or_any(&fields[0], Direction::parse, told, |text| {
            format!("unknown direction {text}: outbound or inbound, or empty for any")
        });
        let kind = or_any(&fields[1], Kind::parse, told, |text| {
            format!("unknown kind {text}: sms or mms, or empty for any")
        });
        let status = FinalStatus::parse(&fields[2]).filter(|status| *status != FinalStatus::Delivered);
        let status =
            told.known(status, || format!("unknown status {}: failed or undelivered", shown(&fields[2])));
        let error_class = or_any(&fields[3], class, told, |text| {
            format!("bad error class {text}: {CLASS}, or empty for any")
        });
        let charge = charge(&fields[4], &fields[5], told);
        Some(FailureRow {
            direction: direction?,
            kind: kind?,
            status: status?,
            error_class: error_class?.unwrap_or_default(),
            charge: charge?,
            line,
        })
    };
    table(source, &FAILURES_HEADER, faults, row)
}

/// The error classes that could be read, and whether that is all of them.
pub(super) fn error_classes(source: &Source, faults: &mut Faults) -> (Vec<ErrorClassRow>, bool) {
    let row = |fields: &StringRecord, line, told: &mut Told<'_>| {
        let code = &fields[0];
        let fits = (1..=ERROR_CODE_BYTES_MAX).contains(&code.len()) && !code.contains(char::is_control);
        let error_code = told.known(fits.then(|| code.into()), || {
            let code = shown(code);
            format!("bad error code {code}: 1 to {ERROR_CODE_BYTES_MAX} bytes without control characters")
        });
        let class =
            told.known(class(&fields[1]), || format!("bad error class {}: {CLASS}", shown(&fields[1])));
        Some(ErrorClassRow { error_code: error_code?, class: class?, line })
    };
    table(source, &ERROR_CLASSES_HEADER, faults, row)
}

fn number_type(word: &str) -> Option<SenderType> {
    SenderType::parse(word).filter(|known| NUMBER_TYPES.contains(known))
}

fn class(word: &str) -> Option<Box<str>> {
    tariff::is_name(word).then(|| word.into())
}

/// What stays charged. A fee stands where there is one and nowhere else, so that none is overlooked.
fn charge(word: &str, fee: &str, told: &mut Told<'_>) -> Option<FailurePolicy> {
    let policy = match word {
        "full" => FailurePolicy::Full,
        "nothing" => FailurePolicy::Nothing,
        "fee" => return Some(FailurePolicy::Fee(amount("fee", fee, told))),
        _ => return told.known(None, || format!("unknown charge {}: full, nothing or fee", shown(word))),
    };
    told.known(fee.is_empty().then_some(policy), || {
        format!("a fee {} where the charge is `{word}`: only `fee` has one", shown(fee))
    })
}

/// Adds faults that belong to one line.
struct Told<'a> {
    source: &'a Source,
    line: u32,
    faults: &'a mut Faults,
}

impl Told<'_> {
    fn fault(&mut self, what: String) {
        self.faults.add(Fault { file: self.source.file.clone(), line: Some(self.line), what });
    }

    fn known<T>(&mut self, value: Option<T>, what: impl FnOnce() -> String) -> Option<T> {
        if value.is_none() {
            self.fault(what());
        }
        value
    }
}

fn table<R>(
    source: &Source,
    header: &[&str],
    faults: &mut Faults,
    row: impl Fn(&StringRecord, u32, &mut Told<'_>) -> Option<R>,
) -> (Vec<R>, bool) {
    // Records of another length are told in our own words.
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).from_reader(source.text.as_bytes());
    let (mut rows, mut all, mut records) = (Vec::new(), true, 0);
    let mut lines = LineCounter { text: source.text.as_bytes(), at: 0, line: 0 };
    let mut record = StringRecord::new();
    // Reading cannot fail: the text is in memory, UTF-8, and any length goes.
    while reader.read_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, |position| position.byte());
        let line = source.line(lines.of_record_at(start as usize));
        let mut told = Told { source, line, faults };
        records += 1;
        if records == 1 {
            if record != *header {
                let found = record.iter().collect::<Vec<_>>().join(",");
                told.fault(format!("the header is {}, it has to be `{}`", shown(&found), header.join(",")));
                return (Vec::new(), false);
            }
            continue;
        }
        if records > ROWS_MAX + 1 {
            told.fault(format!("more than {ROWS_MAX} rows"));
            return (rows, false);
        }
        if record.len() != header.len() {
            told.fault(format!("{} fields, the header has {}", record.len(), header.len()));
            all = false;
            continue;
        }
        match row(&record, line, &mut told) {
            Some(row) => rows.push(row),
            None => all = false,
        }
    }
    if records < 2 {
        let line = source.line(lines.line);
        let what = if records == 0 { "an empty table, without a header" } else { "an empty table" };
        Told { source, line, faults }.fault(what.to_owned());
        all = false;
    }
    (rows, all)
}

type TermsRead = (Direction, Kind, Prefix, Option<SenderType>, Option<Carrier>);

/// The first six fields, the same for rates and carrier fees. All are looked at before one is given up.
fn terms_and_amount(
    fields: &StringRecord,
    amount_name: &str,
    told: &mut Told<'_>,
) -> (Option<TermsRead>, Money) {
    let direction = told.known(Direction::parse(&fields[0]), || {
        format!("unknown direction {}: outbound or inbound", shown(&fields[0]))
    });
    let kind =
        told.known(Kind::parse(&fields[1]), || format!("unknown kind {}: sms or mms", shown(&fields[1])));
    let prefix = prefix(&fields[2], told);
    let sender_type = or_any(&fields[3], SenderType::parse, told, |text| {
        let known = SenderType::ALL.map(SenderType::as_str).join(", ");
        format!("unknown sender type {text}: {known}, or empty for any")
    });
    let carrier = or_any(&fields[4], Carrier::parse, told, |text| {
        format!("unknown carrier {text}: MCC and MNC, 5 or 6 digits, or empty for any")
    });
    let amount = amount(amount_name, &fields[5], told);
    let terms = || Some((direction?, kind?, prefix?, sender_type?, carrier?));
    (terms(), amount)
}

fn prefix(text: &str, told: &mut Told<'_>) -> Option<Prefix> {
    told.known(Prefix::parse(text), || {
        format!("bad prefix {}: 1 to 15 digits of which the first is not 0, or `*` for any", shown(text))
    })
}

/// One that cannot be read is zero, so that its row is still checked against the others.
fn amount(name: &str, text: &str, told: &mut Told<'_>) -> Money {
    Money::parse(text).unwrap_or_else(|error| {
        told.fault(format!("bad {name} {}: {error}", shown(text)));
        Money::ZERO
    })
}

/// A field that may be empty, which is any.
fn or_any<T>(
    text: &str,
    parse: impl FnOnce(&str) -> Option<T>,
    told: &mut Told<'_>,
    what: impl FnOnce(String) -> String,
) -> Option<Option<T>> {
    if text.is_empty() {
        return Some(None);
    }
    told.known(parse(text), || what(shown(text))).map(Some)
}

fn country(code: &str) -> Option<[u8; 2]> {
    let bytes = code.as_bytes().try_into().ok()?;
    COUNTRIES.split(' ').any(|known| known == code).then_some(bytes)
}

/// Tells lines by bytes: the reader's own count is off by the blank lines in front of a record.
struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl LineCounter<'_> {
    /// The line, from 0, of the record that begins behind the line breaks at a byte; bytes come in order.
    fn of_record_at(&mut self, start: usize) -> u32 {
        while let Some(byte) = self.text.get(self.at)
            && (self.at < start || matches!(byte, b'\r' | b'\n'))
        {
            self.line += u32::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}
