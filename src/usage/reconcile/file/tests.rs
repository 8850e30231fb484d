//! Files as they come, good and bad: a table a rule.

use super::*;
use crate::domain::samples::money;

const HEAD: &str = "From,To,Num Segments,Price,SID,Status,Direction,Date Sent";
const USD: Currency = Currency::USD;

fn twilio(text: &str) -> Result<Read, FileError> {
    read(text.as_bytes(), &Mapping::named("twilio").unwrap(), None, USD)
}

/// The mapping with lines of its own before the columns.
fn own(lines: &str) -> Mapping {
    let columns = "id = [\"id\"]\nprice = [\"price\"]\ndate = [\"date\"]\nstatus = [\"status\"]";
    Mapping::read(&format!("name = \"x\"\n{lines}\n[columns]\n{columns}\n")).unwrap()
}

#[test]
fn a_file_is_read_as_its_mapping_says_and_bad_rows_are_named() {
    let text = "\u{feff}From,To,Num Segments,Price,SID,Status,Direction,Date_Sent\r\n\
                +14155550100,+85291234567,2,-0.0158,SM1,delivered,outbound-api,2026-07-15T10:00:00Z\r\n\
                85291234567,+14155550100,0,,SM2,received,inbound,\"Wed, 15 Jul 2026 10:00:00 +0000\"\r\n\
                +14155550100,+1,300,-1,SM3,sent,outbound-api,\r\n\
                ,,,,,,,\r\n\
                a,b,1,cheap,SM4,sent,outbound-api,\r\n\
                a,b,1,,SM5,sent,sideways,\r\n\
                a,b,1,,SM6,sent,inbound,yesterday\r\n\
                a,b,1,,SM7,sent\r\n\
                a,b,1,,\"S\nM8\",sent,inbound,\r\n\
                a,b,1,,SM9,vanished,inbound,\r\n";
    let read = twilio(text).unwrap();
    assert_eq!(read.all_rows(), 10);
    let ids: Vec<_> = read.rows.iter().map(|row| (row.line, &*row.id)).collect();
    assert_eq!(ids, [(2, "SM1"), (3, "SM2"), (12, "SM9")]);
    let Theirs { channel, peer, segments, price, status, direction, at, .. } = &read.rows[0];
    assert_eq!((*segments, *price), (Some(2), Some(money("0.0158"))));
    assert_eq!((*status, *direction), (Some(FinalStatus::Delivered), Some(Direction::Outbound)));
    assert_eq!(channel.map(|one| one.to_string()).as_deref(), Some("+14155550100"));
    assert_eq!(peer.map(|one| one.to_string()).as_deref(), Some("+85291234567"));
    let second = &read.rows[1];
    assert_eq!((second.segments, second.price, second.status, second.at), (None, None, None, *at));
    assert_eq!(second.peer.map(|one| one.to_string()).as_deref(), Some("+85291234567"));
    let wanted = [
        (4, "no count of segments"),
        (5, "no id"),
        (6, "not a decimal"),
        (7, "sideways"),
        (8, "not written as rfc2822 or rfc3339"),
        (9, "it has 6 cells, the headings are 8"),
        (10, "line break"),
    ];
    for ((line, why), (want_line, want)) in read.bad.iter().zip(wanted) {
        assert_eq!(*line, want_line, "{why}");
        assert!(why.contains(want), "{line}: {why}");
    }
    assert_eq!(read.bad.len(), wanted.len());
    assert_eq!(read.unpriced, 2);
    assert_eq!(read.unknown_statuses.iter().collect::<Vec<_>>(), [(&"vanished".to_owned(), &1)]);
}

#[test]
fn what_is_no_file_of_the_mapping_is_an_error() {
    let mapping = Mapping::named("telnyx").unwrap();
    const TELNYX: &[u8] = b"uuid,cli,cld,direction,message_type,parts,cost,status,sent_at\r\n";
    let line = |row: &[u8]| [TELNYX, row].concat();
    let table: [(Vec<u8>, &str); 10] = [
        (vec![], "no column uuid"),
        (b"sid,from\r\n1,2\r\n".to_vec(), "no column uuid"),
        (line(b"\r\na,,,,,,,,\r\n\xff,,,,,,,,\r\n"), "line 4 is not UTF-8"),
        (line(b"a,\"b,,,,,,,\r\nc,,,,,,,,\r\n"), "opened in line 2 is not closed"),
        (line(format!("a,\"{}\",,,,,,,\r\n", "x".repeat(1 << 17)).as_bytes()), "row in line 2 is longer"),
        (b"\x00\x01\x02".to_vec(), "no column uuid"),
        (b"\x1f\x8b\x08\x00".to_vec(), "gzip"),
        (b"\x28\xb5\x2f\xfd".to_vec(), "zstd"),
        (b"PK\x03\x04".to_vec(), "workbook"),
        (b"\xff\xfeu\x00u\x00".to_vec(), "UTF-16"),
    ];
    for (bytes, want) in table {
        let error = read(&bytes, &mapping, None, USD).unwrap_err().to_string();
        assert!(error.contains(want), "{want}: {error}");
    }
}

#[test]
fn ids_are_as_events_may_have_them() {
    let longest = "x".repeat(128);
    let text = format!("{HEAD}\n,,,,{longest},,,\n,,,,{longest}x,,,\n,,,,'=1+1,,,\n");
    let read = twilio(&text).unwrap();
    let ids: Vec<_> = read.rows.iter().map(|row| &*row.id).collect();
    assert_eq!(ids, [&longest, "=1+1"]);
    assert_eq!(read.bad, [(3, "its id is longer than 128 bytes".to_owned())]);
}

#[test]
fn delimiters_decimals_and_dates_are_those_of_the_mapping() {
    let table = [
        ("", "id,price,date,status\na,1.5,2026-07-15T10:00:00Z,\n"),
        ("", "id;price;date;status;\r\na;1.5;2026-07-15T10:00:00Z;;\r\n"),
        ("decimal = \",\"", "id\tprice\tdate\tstatus\na\t1,5\t2026-07-15T10:00:00Z\t\n"),
        (
            "decimal = \".\"\ndelimiter = \",\"",
            "id,price,date,\"st;at;u;s\"\na,\"1.5\",2026-07-15T10:00:00Z,\n",
        ),
        (
            "price_is_negative = true\ndates = [\"%d.%m.%Y %H:%M\"]\nzone = \"Europe/Berlin\"",
            "id,price,date,status\na,-1.5,15.07.2026 12:00,\n",
        ),
    ];
    let wanted = own("").reads.read("2026-07-15T10:00:00Z");
    for (lines, text) in table {
        let read = read(text.as_bytes(), &own(lines), None, USD).unwrap();
        let [row] = &read.rows[..] else { panic!("{lines}: {read:?}") };
        assert_eq!((&*row.id, row.price, row.at), ("a", Some(money("1.5")), wanted), "{lines}");
    }
}

#[test]
fn prices_in_another_currency_are_refused_and_named() {
    let head = "sid,from,to,direction,num segments,price,price unit,status,date sent\n";
    let row = |price: &str, unit: &str| format!("{head}SM1,,,,1,{price},{unit},,\n");
    let read_by = |mapping: &Mapping, text: &str, ours| read(text.as_bytes(), mapping, None, ours);
    let twilio = Mapping::named("twilio").unwrap();
    let eur = Currency::parse("EUR").unwrap();
    assert_eq!(read_by(&twilio, &row("-0.01", "usd"), USD).unwrap().currency, Some(USD));
    assert_eq!(read_by(&twilio, &row("-0.01", ""), eur).unwrap().currency, None, "the file does not say");
    assert_eq!(read_by(&twilio, &row("", "USD"), eur).unwrap().currency, None, "it has no price");
    let error = read_by(&twilio, &row("-0.01", "USD"), eur).unwrap_err().to_string();
    assert!(error.contains("USD (so line 2 says)") && error.contains("EUR"), "{error}");
    let error = read_by(&own("currency = \"USD\""), "id,price,date,status\n", eur).unwrap_err().to_string();
    assert!(error.contains("USD (so the mapping says)"), "{error}");
    let without_price = Mapping {
        columns: crate::usage::reconcile::mapping::Columns { price: vec![], ..twilio.columns.clone() },
        ..twilio
    };
    assert!(read_by(&without_price, &row("-0.01", "USD"), eur).is_ok(), "nothing is compared");
}

#[test]
fn rows_of_another_account_are_told_where_one_is_asked_for() {
    let text = "sid,account sid,from,to,direction,num segments,price,status,date sent\n\
                SM1,AC1,,,,1,,,\nSM2,AC2,,,,1,,,\n";
    let twilio = Mapping::named("twilio").unwrap();
    let of = |account| {
        let read = read(text.as_bytes(), &twilio, account, USD).unwrap();
        read.rows.iter().map(|row| row.other_account.as_deref().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(of(None), [None, None]);
    assert_eq!(of(Some("AC1")), [None, Some("AC2".to_owned())]);
    let missing = read(format!("{HEAD}\n").as_bytes(), &twilio, Some("AC1"), USD).unwrap_err();
    assert_eq!(missing, FileError::Missing("account sid".into()));
    let missing = read(b"id,price,date,status\n", &own(""), Some("AC1"), USD).unwrap_err();
    assert!(missing.to_string().contains("account"), "{missing}");
}

#[test]
fn what_a_status_of_an_inbound_message_means_is_said_by_the_mapping() {
    let text = "Message UUID,From,To,Direction,Message Time,Status,Units,Total Charge (USD)\n\
                u-1,14155550100,14155550123,outbound,2026-07-15 10:00:00.25+00:00,failed,1,0.005\n\
                u-2,14155550123,14155550100,inbound,2026-07-15 10:00:00,undelivered,1,0.005\n";
    let read = read(text.as_bytes(), &Mapping::named("plivo").unwrap(), None, USD).unwrap();
    assert_eq!(read.bad, []);
    let statuses: Vec<_> = read.rows.iter().map(|row| (row.status, row.at.is_some())).collect();
    assert_eq!(statuses, [(Some(FinalStatus::Failed), true), (None, true)]);
}
