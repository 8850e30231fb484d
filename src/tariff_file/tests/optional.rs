//! What a tariff file need not have: number fees, the failure policy and its classes, the failure fee.

use super::*;
use crate::domain::event::FinalStatus;
use crate::domain::samples::money;
use crate::domain::tariff::FailurePolicy;

const NUMBER_FEES: &str = "prefix,type,fee\n";
const FAILURES: &str = "direction,kind,status,error_class,charge,fee\n";
const CLASSES: &str = "error_code,class\n";

/// The first row of the table is line 11.
fn with_table(name: &str, header: &str, rows: &str) -> String {
    format!("{HEAD}rates_csv = '''\n{RATES}outbound,sms,1,,,1,\n'''\n{name}_csv = '''\n{header}{rows}'''\n")
}

#[test]
fn a_file_without_them_has_none() {
    let version = parse(&with("outbound,sms,1,,,1,\n", "outbound,sms,1,,,1\n"), "t.toml").unwrap();
    assert!(version.number_fees().is_empty() && version.failures().is_empty());
    assert!(version.error_classes().is_empty());
    assert_eq!(version.head().failure_fee, money("0"));
}

#[test]
fn they_are_read_as_they_are_written() {
    let text = format!(
        "{}failures_csv = '''\n{FAILURES},mms,failed,blocked,full,\ninbound,,undelivered,,fee,0.002\n,,failed,,nothing,\n'''\n\
         error_classes_csv = '''\n{CLASSES}30007,blocked\n\"a, \"\"b\"\"\",other\n'''\nfailure_fee = \"0.001\"\n",
        with_table("number_fees", NUMBER_FEES, "1,local,1.15\n*,,6\n")
    );
    let version = parse(&text, "t.toml").unwrap();
    assert_eq!(version.head().failure_fee, money("0.001"));
    let [local, any] = version.number_fees() else { panic!("two number fees: {version:?}") };
    assert_eq!((local.prefix.to_string().as_str(), local.sender_type), ("1", Some(SenderType::Local)));
    assert_eq!((local.fee, local.line), (money("1.15"), 11));
    assert_eq!((any.prefix.to_string().as_str(), any.sender_type, any.line), ("*", None, 12));
    let [full, fee, nothing] = version.failures() else { panic!("three rows: {version:?}") };
    assert_eq!((full.direction, full.kind, full.status), (None, Some(Kind::Mms), FinalStatus::Failed));
    assert_eq!((&*full.error_class, full.charge, full.line), ("blocked", FailurePolicy::Full, 16));
    assert_eq!((fee.direction, fee.status), (Some(Direction::Inbound), FinalStatus::Undelivered));
    assert_eq!((&*fee.error_class, fee.charge), ("", FailurePolicy::Fee(money("0.002"))));
    assert_eq!((nothing.charge, nothing.line), (FailurePolicy::Nothing, 18));
    let [first, second] = version.error_classes() else { panic!("two classes: {version:?}") };
    assert_eq!((&*first.error_code, &*first.class, first.line), ("30007", "blocked", 22));
    assert_eq!((&*second.error_code, &*second.class), ("a, \"b\"", "other"));
    let policy = version.failure_policy(Direction::Outbound, Kind::Mms, FinalStatus::Failed, "30007");
    assert_eq!(policy, FailurePolicy::Full);
}

#[test]
fn a_bad_row_is_named_by_line_and_told_what_is_wrong() {
    let long = "x".repeat(65);
    let bad_code =
        format!("t.toml:11: bad error code `{}...`: 1 to 64 bytes without control characters", &long[..40]);
    let bad_class =
        format!("t.toml:11: bad error class `{}...`: 1 to 64 of A-Z a-z 0-9 . _ : -", &long[..40]);
    let fees: [(&str, &[&str]); 7] = [
        (
            "1,alphanumeric,1",
            &[
                "t.toml:11: unknown type `alphanumeric`: local, mobile, toll_free, short_code, or empty for any",
            ],
        ),
        (
            "1,Local,1",
            &["t.toml:11: unknown type `Local`: local, mobile, toll_free, short_code, or empty for any"],
        ),
        (
            "+1,,1",
            &["t.toml:11: bad prefix `+1`: 1 to 15 digits of which the first is not 0, or `*` for any"],
        ),
        ("1,,free", &["t.toml:11: bad fee `free`: not a decimal number such as 12.5"]),
        ("1,,-1", &["t.toml:11: -1 is negative"]),
        ("1,,1\n1,,1", &["t.toml:12: repeats line 11: 1 any type"]),
        ("1,1", &["t.toml:11: 2 fields, the header has 3"]),
    ];
    let failures: [(&str, &[&str]); 10] = [
        ("up,,failed,,full,", &["t.toml:11: unknown direction `up`: outbound or inbound, or empty for any"]),
        (",fax,failed,,full,", &["t.toml:11: unknown kind `fax`: sms or mms, or empty for any"]),
        (",,delivered,,full,", &["t.toml:11: unknown status `delivered`: failed or undelivered"]),
        (",,,,full,", &["t.toml:11: unknown status ``: failed or undelivered"]),
        (",,failed,,half,", &["t.toml:11: unknown charge `half`: full, nothing or fee"]),
        (",,failed,,fee,", &["t.toml:11: bad fee ``: not a decimal number such as 12.5"]),
        (
            ",,failed,,nothing,0.1",
            &["t.toml:11: a fee `0.1` where the charge is `nothing`: only `fee` has one"],
        ),
        (",,failed,,fee,-0.1", &["t.toml:11: -0.1 is negative"]),
        (",,failed,blocked,full,", &["t.toml:11: no error code has the class blocked"]),
        (
            ",,failed,a b,full,",
            &["t.toml:11: bad error class `a b`: 1 to 64 of A-Z a-z 0-9 . _ : -, or empty for any"],
        ),
    ];
    let classes: [(&str, &[&str]); 5] = [
        (",blocked", &["t.toml:11: bad error code ``: 1 to 64 bytes without control characters"]),
        ("30007,", &["t.toml:11: bad error class ``: 1 to 64 of A-Z a-z 0-9 . _ : -"]),
        (&format!("{long},blocked"), &[&bad_code]),
        (&format!("30007,{long}"), &[&bad_class]),
        ("1,a\n1,b", &["t.toml:12: repeats line 11: 1"]),
    ];
    let tables = [
        ("number_fees", NUMBER_FEES, &fees[..]),
        ("failures", FAILURES, &failures[..]),
        ("error_classes", CLASSES, &classes[..]),
    ];
    for (name, header, rows) in tables {
        for (row, want) in rows {
            assert_eq!(told(&with_table(name, header, &format!("{row}\n"))), *want, "{name}: {row:?}");
        }
        assert_eq!(told(&with_table(name, header, "")), ["t.toml:10: an empty table"], "{name}");
        let wrong = with_table(name, "wrong\n", "1\n");
        let want = format!("t.toml:10: the header is `wrong`, it has to be `{}`", header.trim_end());
        assert_eq!(told(&wrong), [want], "{name}");
        let both = format!("{}{name}_file = \"x.csv\"\n", with_table(name, header, ""));
        assert_eq!(told(&both), [format!("t.toml:12: both {name}_csv and {name}_file: one of them")]);
    }
}

#[test]
fn a_class_that_a_bad_row_may_have_had_is_not_missed() {
    let failures = with_table("failures", FAILURES, ",,failed,blocked,full,\n");
    let text = format!("{failures}error_classes_csv = '''\n{CLASSES},blocked\n'''\n");
    assert_eq!(told(&text), ["t.toml:15: bad error code ``: 1 to 64 bytes without control characters"]);
}

#[test]
fn the_failure_fee_is_a_decimal_in_a_string() {
    let table = [
        ("\"0\"", None),
        ("\"0.001\"", None),
        ("\"-1\"", Some("t.toml:5: -1 is negative")),
        ("\"1000001\"", Some("t.toml:5: 1000001 is more than 1000000")),
        ("\"little\"", Some("t.toml:5: bad failure_fee `little`: not a decimal number such as 12.5")),
        ("0.001", Some("t.toml:5: invalid type: floating point `0.001`, expected a string")),
        ("1", Some("t.toml:5: invalid type: integer `1`, expected a string")),
    ];
    for (fee, want) in table {
        let head = format!("{HEAD}failure_fee = {fee}\n");
        let text = with("outbound,sms,1,,,1,\n", "outbound,sms,1,,,1\n").replacen(HEAD, &head, 1);
        assert_eq!(told(&text), want.into_iter().collect::<Vec<_>>(), "{fee}");
    }
}

#[test]
fn tables_beside_the_file_are_put_inside_wherever_they_are_named() {
    let toml = format!(
        "error_classes_file = 'c.csv'\n{HEAD}number_fees_file = 'n.csv'\nrates_file = 'r.csv'\nfailures_csv = '''\n{FAILURES},,failed,a,full,\n'''\n"
    );
    let (rates, fees) = (format!("{RATES}outbound,sms,1,,,1,US\n"), format!("{NUMBER_FEES}1,local,1.15"));
    let classes = format!("{CLASSES}1,a\n");
    let files: [(&str, &[u8]); 4] = [
        ("t.toml", toml.as_bytes()),
        ("r.csv", rates.as_bytes()),
        ("n.csv", fees.as_bytes()),
        ("c.csv", classes.as_bytes()),
    ];
    let (text, version) = read_files(&files).unwrap();
    let want = format!(
        "error_classes_csv = '''\n{classes}'''\n{HEAD}number_fees_csv = '''\n{fees}\n'''\nrates_csv = '''\n{rates}'''\nfailures_csv = '''\n{FAILURES},,failed,a,full,\n'''\n"
    );
    assert_eq!(text, want);
    let lines = |text: &str| text.lines().zip(1..).find(|(line, _)| line == &"1,local,1.15").unwrap().1;
    assert_eq!(version.number_fees()[0].line, lines(&text), "lines of the self-contained text");
    let again = parse(&text, "t.toml").unwrap();
    assert_eq!(
        (again.number_fees(), again.failures(), again.error_classes()),
        (version.number_fees(), version.failures(), version.error_classes())
    );
    let bad = [files[0], files[1], ("n.csv", &b"prefix,type,fee\n\n1,pigeon,1\n"[..]), files[3]];
    let told = read_files(&bad).unwrap_err();
    assert!(told.starts_with("n.csv:3: unknown type `pigeon`"), "{told}");
}

proptest! {
    #[test]
    fn no_change_to_them_makes_it_panic(
        place in any::<prop::sample::Index>(), piece in prop::sample::select(vec!["'''", "\"", "\n", ",", "\u{0}", "é", "x"])
    ) {
        let mut text = format!(
            "{}failures_csv = '''\n{FAILURES}outbound,sms,failed,a,fee,1\n'''\nerror_classes_csv = '''\n{CLASSES}1,a\n'''\n",
            with_table("number_fees", NUMBER_FEES, "1,local,1\n")
        );
        let at = place.index(text.len());
        text.insert_str(at, piece);
        if let Err(faults) = parse(&text, "t.toml") {
            prop_assert!(faults.told().iter().all(|fault| fault.file == "t.toml"), "{}", faults);
        }
    }
}
