//! Tariff files that are right, and every way in which one can be wrong.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::domain::event::{Carrier, Direction, Kind};
use crate::domain::sender_type::SenderType;
use crate::domain::tariff::ROWS_MAX;
use crate::domain::time::Timestamp;

mod optional;

const HEAD: &str =
    "name = \"t\"\nversion = \"1\"\ncurrency = \"USD\"\neffective_from = 2024-01-01T00:00:00Z\n";
const RATES: &str = "direction,kind,prefix,sender_type,carrier,price,country\n";
const FEES: &str = "direction,kind,prefix,sender_type,carrier,fee\n";

/// The first rate row is line 7, the first carrier fee row after one rate row line 11.
fn with(rates: &str, fees: &str) -> String {
    format!("{HEAD}rates_csv = '''\n{RATES}{rates}'''\ncarrier_fees_csv = '''\n{FEES}{fees}'''\n")
}

fn told(text: &str) -> Vec<String> {
    match parse(text, "t.toml") {
        Ok(_) => Vec::new(),
        Err(faults) => faults.to_string().lines().map(str::to_owned).collect(),
    }
}

#[test]
fn a_file_is_read_as_it_is_written() {
    let text = with(
        "outbound,sms,1,toll_free,310260,0.0079,US\ninbound,mms,*,,,2,\n",
        "outbound,sms,1204,,,0.003\noutbound,sms,1204,,302720,0\n",
    );
    let text = format!("effective_until = \"2025-01-01T01:00:00+01:00\"\n{text}");
    let version = parse(&text, "t.toml").unwrap();
    let head = version.head();
    assert_eq!((head.name.as_str(), head.label.as_str(), head.currency.as_str()), ("t", "1", "USD"));
    assert_eq!(head.effective_from, Timestamp::from_nanos(1_704_067_200_000_000_000));
    assert_eq!(head.effective_until, Some(Timestamp::from_nanos(1_735_689_600_000_000_000)));
    let [first, second] = version.rates() else { panic!("two rates: {version:?}") };
    assert_eq!((first.sender_type, first.carrier), (Some(SenderType::TollFree), Carrier::parse("310260")));
    assert_eq!((first.prefix.to_string().as_str(), first.country, first.line), ("1", Some(*b"US"), 8));
    assert_eq!((second.direction, second.kind, second.line), (Direction::Inbound, Kind::Mms, 9));
    assert_eq!((second.prefix.to_string().as_str(), second.sender_type, second.country), ("*", None, None));
    let lines: Vec<u32> = version.fees().iter().map(|row| row.line).collect();
    assert_eq!(lines, [13, 14]);
}

#[test]
fn a_bad_row_is_named_by_file_and_line_and_told_what_is_wrong() {
    let table = [
        ("up,sms,1,,,1,", "t.toml:7: unknown direction `up`: outbound or inbound"),
        ("outbound,fax,1,,,1,", "t.toml:7: unknown kind `fax`: sms or mms"),
        (
            "outbound,sms,,,,1,",
            "t.toml:7: bad prefix ``: 1 to 15 digits of which the first is not 0, or `*` for any",
        ),
        (
            "outbound,sms,044,,,1,",
            "t.toml:7: bad prefix `044`: 1 to 15 digits of which the first is not 0, or `*` for any",
        ),
        (
            "outbound,sms,+44,,,1,",
            "t.toml:7: bad prefix `+44`: 1 to 15 digits of which the first is not 0, or `*` for any",
        ),
        (
            "outbound,sms,1234567890123456,,,1,",
            "t.toml:7: bad prefix `1234567890123456`: 1 to 15 digits of which the first is not 0, or `*` for any",
        ),
        (
            "outbound,sms,1,Local,,1,",
            "t.toml:7: unknown sender type `Local`: local, mobile, toll_free, short_code, alphanumeric, or empty for any",
        ),
        (
            "outbound,sms,1,,3102,1,",
            "t.toml:7: unknown carrier `3102`: MCC and MNC, 5 or 6 digits, or empty for any",
        ),
        ("outbound,sms,1,,,-0.01,", "t.toml:7: -0.01 is negative"),
        ("outbound,sms,1,,,0.0000000001,", "t.toml:7: bad price `0.0000000001`: more than 9 decimal places"),
        ("outbound,sms,1,,,1000000.5,", "t.toml:7: 1000000.5 is more than 1000000"),
        ("outbound,sms,1,,,99999999999,", "t.toml:7: bad price `99999999999`: out of range"),
        ("outbound,sms,1,,,1e3,", "t.toml:7: bad price `1e3`: not a decimal number such as 12.5"),
        ("outbound,sms,1,,,,", "t.toml:7: bad price ``: not a decimal number such as 12.5"),
        ("outbound,sms,1,,,1,us", "t.toml:7: unknown country `us`: an ISO 3166 code such as US, or empty"),
        ("outbound,sms,1,,,1,ZZ", "t.toml:7: unknown country `ZZ`: an ISO 3166 code such as US, or empty"),
        ("outbound,sms,1,,,1", "t.toml:7: 6 fields, the header has 7"),
        ("outbound,sms,1,,,1,US,", "t.toml:7: 8 fields, the header has 7"),
        (
            "\n\nout\u{7}bound,sms,1,,,1,US",
            "t.toml:9: unknown direction `out\\u{7}bound`: outbound or inbound",
        ),
    ];
    for (row, want) in table {
        // A basic string can hold the control character that a literal one cannot.
        let text = with(&format!("{row}\noutbound,sms,9,,,1,\n"), "outbound,sms,1,,,1\n");
        let text = text.replace('\u{7}', "\\u0007").replacen("'''", "\"\"\"", 2);
        assert_eq!(told(&text), [want], "{row:?}");
    }
}

#[test]
fn rows_that_clash_and_tables_without_a_default_carrier_name_their_lines() {
    let rates = "outbound,sms,1,,,1,\noutbound,sms,2,,,1,\noutbound,sms,1,,,2,\n";
    let fees = "outbound,sms,1,,310260,1\noutbound,mms,1,local,,1\noutbound,mms,1,local,,1\n";
    assert_eq!(
        told(&with(rates, fees)),
        [
            "t.toml:9: repeats line 7: outbound sms 1 any sender type any carrier",
            "t.toml:15: repeats line 14: outbound mms 1 local any carrier",
            "t.toml:13: no default-carrier row (a row without a carrier) for outbound sms 1 any sender type",
        ]
    );
}

#[test]
fn all_faults_are_told_at_once_and_none_that_another_explains() {
    let head = "name = \"a b\"\nversion = \"\"\ncurrency = \"usd\"\neffective_from = \"yesterday\"\n";
    let text = with("up,fax,x,y,z,w,q\n", "outbound,sms,1,lokal,,0.1\noutbound,sms,1,local,310260,-1\n");
    let text = text.replace(HEAD, head);
    assert_eq!(
        told(&text),
        [
            "t.toml:3: unknown currency `usd`: an ISO 4217 code such as USD",
            "t.toml:4: effective_from: `yesterday` is not an instant such as 2024-01-01T00:00:00Z",
            "t.toml:7: unknown direction `up`: outbound or inbound",
            "t.toml:7: unknown kind `fax`: sms or mms",
            "t.toml:7: bad prefix `x`: 1 to 15 digits of which the first is not 0, or `*` for any",
            "t.toml:7: unknown sender type `y`: local, mobile, toll_free, short_code, alphanumeric, or empty for any",
            "t.toml:7: unknown carrier `z`: MCC and MNC, 5 or 6 digits, or empty for any",
            "t.toml:7: bad price `w`: not a decimal number such as 12.5",
            "t.toml:7: unknown country `q`: an ISO 3166 code such as US, or empty",
            "t.toml:11: unknown sender type `lokal`: local, mobile, toll_free, short_code, alphanumeric, or empty for any",
            "t.toml:1: the name of a tariff is 1 to 64 of A-Z a-z 0-9 . _ : -",
            "t.toml:2: the label of a version is 1 to 64 of A-Z a-z 0-9 . _ : -",
            "t.toml:12: -1 is negative",
        ]
    );
}

#[test]
fn a_bad_head_is_named_by_line() {
    let row = "outbound,sms,1,,,1,\n";
    let fee = "outbound,sms,1,,,1\n";
    let table = [
        (
            "name = \"t\"",
            "name = \"a b\"",
            "t.toml:1: the name of a tariff is 1 to 64 of A-Z a-z 0-9 . _ : -",
        ),
        (
            "version = \"1\"",
            "version = \"\"",
            "t.toml:2: the label of a version is 1 to 64 of A-Z a-z 0-9 . _ : -",
        ),
        ("\"USD\"", "\"XXX\"", "t.toml:3: unknown currency `XXX`: an ISO 4217 code such as USD"),
        (
            "2024-01-01T00:00:00Z",
            "2024-01-01",
            "t.toml:4: effective_from: `2024-01-01` is not an instant such as 2024-01-01T00:00:00Z",
        ),
        (
            "2024-01-01T00:00:00Z",
            "\"1500-01-01T00:00:00Z\"",
            "t.toml:4: effective_from: `1500-01-01T00:00:00Z` is not between the years 1678 and 2261",
        ),
        (
            "00Z\n",
            "00Z\neffective_until = 2024-01-01T00:00:00Z\n",
            "t.toml:5: effective_until is not later than effective_from",
        ),
        (
            "00Z\n",
            "00Z\neffective_until = \"never\"\n",
            "t.toml:5: effective_until: `never` is not an instant such as 2024-01-01T00:00:00Z",
        ),
        (
            "00Z\n",
            "00Z\nrates = \"x\"\n",
            "t.toml:5: unknown field `rates`, expected one of `name`, `version`, `currency`, `effective_from`, `effective_until`, `failure_fee`, `rates_csv`, `rates_file`, `carrier_fees_csv`, `carrier_fees_file`, `number_fees_csv`, `number_fees_file`, `failures_csv`, `failures_file`, `error_classes_csv`, `error_classes_file`",
        ),
        ("00Z\n", "00Z\nrates_file = \"r.csv\"\n", "t.toml:5: both rates_csv and rates_file: one of them"),
        (
            "rates_csv = '''",
            "rates_file = \"r.csv\"\nx = '''",
            "t.toml:6: unknown field `x`, expected one of `name`, `version`, `currency`, `effective_from`, `effective_until`, `failure_fee`, `rates_csv`, `rates_file`, `carrier_fees_csv`, `carrier_fees_file`, `number_fees_csv`, `number_fees_file`, `failures_csv`, `failures_file`, `error_classes_csv`, `error_classes_file`",
        ),
    ];
    for (from, to, want) in table {
        assert_eq!(told(&with(row, fee).replacen(from, to, 1)), [want], "{to:?}");
    }
    assert_eq!(told(HEAD), ["t.toml: neither rates_csv nor rates_file"]);
    assert_eq!(
        told(&format!("{HEAD}rates_file = \"r.csv\"\ncarrier_fees_file = \"f.csv\"\n")),
        [
            "t.toml:5: `r.csv` is another file; here the table has to stand in the text itself",
            "t.toml:6: `f.csv` is another file; here the table has to stand in the text itself",
        ]
    );
    let missing = told(&with(row, fee).replace("currency = \"USD\"\n", ""));
    assert_eq!(missing, ["t.toml:1: missing field `currency`"]);
    assert!(
        told("name = ").iter().all(|fault| fault.starts_with("t.toml:1: ")),
        "broken TOML names its line"
    );
}

#[test]
fn tables_need_their_header_and_a_row() {
    let good = with("outbound,sms,1,,,1,\n", "outbound,sms,1,,,1\n");
    let table = [
        (
            good.replacen(RATES, "direction,kind,prefix,price\n", 1),
            "t.toml:6: the header is `direction,kind,prefix,price`, it has to be `direction,kind,prefix,sender_type,carrier,price,country`",
        ),
        (
            good.replacen(FEES, "fee\n", 1),
            "t.toml:10: the header is `fee`, it has to be `direction,kind,prefix,sender_type,carrier,fee`",
        ),
        (with("", "outbound,sms,1,,,1\n"), "t.toml:6: an empty table"),
        (with("outbound,sms,1,,,1,\n", ""), "t.toml:10: an empty table"),
        (format!("{HEAD}rates_csv = ''"), "t.toml:5: an empty table, without a header"),
    ];
    for (text, want) in table {
        assert_eq!(told(&text), [want], "{text}");
    }
    assert_eq!(
        told(&format!("{HEAD}rates_csv = '''{RATES}outbound,sms,1,,,1,'''")),
        [""; 0],
        "fees may be left out"
    );
}

#[test]
fn lines_are_right_however_a_table_is_written() {
    let table = [
        (format!("rates_csv = '''\n{RATES}\n\n\nup,sms,1,,,1,\n'''"), 10),
        (format!("rates_csv = '''\r\n{RATES}\r\n\r\nup,sms,1,,,1,\r\n'''"), 9),
        (format!("rates_csv = '''\n{}up,sms,1,,,1,\r\n'''", RATES.replace('\n', "\r\n")), 7),
        (format!("rates_csv = '''{RATES}up,sms,1,,,1,'''"), 6),
        (format!("rates_csv = \"\"\"\n{RATES}up,sms,1,,,1,\"\"\""), 7),
        (format!("rates_csv = \"{}\\n\\nup,sms,1,,,1,\"", RATES.trim_end()), 5),
        (format!("\n\n# more\nrates_csv = '''\n{RATES}\"up\",\"sms\",1,,,1,'''"), 10),
    ];
    for (text, line) in table {
        let want = format!("t.toml:{line}: unknown direction `up`: outbound or inbound");
        assert_eq!(told(&format!("{HEAD}{text}")), [want], "{text:?}");
    }
}

#[test]
fn many_faults_are_counted_and_not_all_told() {
    let rows = "up,sms,1,,,1,\n".repeat(FAULTS_MAX + 7);
    let told = told(&with(&rows, "outbound,sms,1,,,1\n"));
    assert_eq!(told.len(), FAULTS_MAX + 1);
    assert_eq!(told[FAULTS_MAX], "and 7 more");
}

#[test]
fn what_is_too_large_is_refused() {
    let rows = "outbound,sms,1,,,1,\n".repeat(ROWS_MAX + 1);
    let told_last = told(&with(&rows, "outbound,sms,1,,,1\n")).pop();
    assert_eq!(told_last.as_deref(), Some("and 199901 more"));
    assert_eq!(told(&" ".repeat(TEXT_BYTES_MAX + 1)), ["t.toml: longer than 16 MiB"]);
}

/// Writes files into a new folder and reads the first.
fn read_files(files: &[(&str, &[u8])]) -> Result<(String, Version), String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let read = read(&folder.path().join(files[0].0));
    let folder = format!("{}/", folder.path().display());
    read.map_err(|faults| faults.to_string().replace(&folder, ""))
}

#[test]
fn tables_beside_the_file_are_put_inside() {
    let toml = format!(
        "# Ours.\n{HEAD}rates_file = 'r.csv' # the rates\n\n  carrier_fees_file=\"f.csv\"\n# The end.\n"
    );
    let rates = format!("\u{feff}{RATES}outbound,sms,1,,,1,US");
    let fees = format!("{FEES}outbound,sms,1,,,2\n");
    let files: [(&str, &[u8]); 3] =
        [("t.toml", toml.as_bytes()), ("r.csv", rates.as_bytes()), ("f.csv", fees.as_bytes())];
    let (text, version) = read_files(&files).unwrap();
    let rates = rates.trim_start_matches('\u{feff}');
    let want = format!(
        "# Ours.\n{HEAD}rates_csv = '''\n{rates}\n''' # the rates\n\ncarrier_fees_csv = '''\n{fees}'''\n# The end.\n"
    );
    assert_eq!(text, want);
    assert_eq!(
        (version.rates()[0].line, version.fees()[0].line),
        (8, 13),
        "lines of the self-contained text"
    );
    let again = parse(&text, "t.toml").unwrap();
    assert_eq!(
        (again.head(), again.rates(), again.fees()),
        (version.head(), version.rates(), version.fees())
    );
    let alone = read_files(&[("t.toml", text.as_bytes())]).unwrap().0;
    assert_eq!(alone, text, "a self-contained text is taken as it is");
}

#[test]
fn faults_of_files_name_the_file_they_are_in() {
    let toml = format!("{HEAD}rates_file = \"r.csv\"\n");
    let good = format!("{RATES}outbound,sms,1,,,1,US\n");
    let bad_row = format!("{good}\nup,sms,1,,,1,US\n");
    let not_utf8 = [good.as_bytes(), b"outbound,sms,\xff"].concat();
    let quotes = format!("{good}'''\n");
    let control = format!("{good}outbound\x01\n");
    let table: &[(&str, &[u8], &str)] = &[
        (&toml, bad_row.as_bytes(), "r.csv:4: unknown direction `up`: outbound or inbound"),
        (&toml, &not_utf8, "r.csv:3: not UTF-8"),
        (&toml, quotes.as_bytes(), "r.csv:3: three single quotes cannot stand in a table"),
        (&toml, control.as_bytes(), "r.csv:3: control characters cannot stand in a table"),
        (&toml, RATES.as_bytes(), "r.csv:1: an empty table"),
        (&toml, b"", "r.csv:1: an empty table, without a header"),
        (&toml.replace("r.csv", "none.csv"), b"", "none.csv: cannot be read: there is no such file"),
        (
            &toml.replace("r.csv", "../r.csv"),
            b"",
            "t.toml:5: `../r.csv` is not the plain name of a file in the same folder",
        ),
        (
            &toml.replace("r.csv", ".."),
            b"",
            "t.toml:5: `..` is not the plain name of a file in the same folder",
        ),
        (
            &toml.replace("r.csv", "/etc/passwd"),
            b"",
            "t.toml:5: `/etc/passwd` is not the plain name of a file in the same folder",
        ),
        (
            &toml.replace("r.csv", "a/r.csv"),
            b"",
            "t.toml:5: `a/r.csv` is not the plain name of a file in the same folder",
        ),
        (&toml.replace("r.csv", ""), b"", "t.toml:5: `` is not the plain name of a file in the same folder"),
        ("\n\u{0}", b"", "t.toml:2: "),
    ];
    for (toml, csv, want) in table {
        let told = read_files(&[("t.toml", toml.as_bytes()), ("r.csv", csv)]).unwrap_err();
        assert!(told.starts_with(want) && !told.contains('\n'), "{told:?}, wanted {want:?}");
    }
    let missing = read(Path::new("nowhere/t.toml")).unwrap_err().to_string();
    assert_eq!(missing, "nowhere/t.toml: cannot be read: there is no such file");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        _ = parse(&text, "t.toml");
        _ = parse(&String::from_utf8_lossy(&bytes), "t.toml");
        _ = parse(&format!("{HEAD}rates_csv = '''\n{RATES}{text}'''"), "t.toml");
    }

    #[test]
    fn no_change_to_a_good_file_makes_it_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..3usize, any::<prop::sample::Index>()), 1..6),
    ) {
        let pieces = ["'''", "\"", "\n", "\r", ",", "\\", "*", "-", "é", "\u{0}", "0", "[", "=", "#", "\u{feff}"];
        let mut text: Vec<char> = with(
            "outbound,sms,1,toll_free,310260,0.0079,US\ninbound,mms,*,,,2,\n",
            "outbound,sms,1204,,,0.003\noutbound,sms,1204,,302720,0\n",
        )
        .chars()
        .collect();
        for (place, what, piece) in changes {
            if text.is_empty() {
                break;
            }
            let place = place.index(text.len());
            match what {
                0 => _ = text.remove(place),
                1 => _ = text.splice(place..place, pieces[piece.index(pieces.len())].chars()),
                _ => text.truncate(place.max(1)),
            }
        }
        let text: String = text.into_iter().collect();
        if let Err(faults) = parse(&text, "t.toml") {
            prop_assert!(faults.told().iter().all(|fault| fault.file == "t.toml"), "{}", faults);
        }
        let beside = |name: &str| Ok((name.to_owned(), text.clone()));
        _ = load(&text, "t.toml", &beside);
    }
}
