//! Exports opened by LibreOffice: the same rows and sums, every text whole, and nothing of it run as a formula.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::support::engine::Engine;
use super::support::event::Event;
use super::support::{decimal, nanos};

/// What harms whoever runs it, or is not to be taken for something else.
const TEXTS: [&str; 12] = [
    "=1+1",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\u{ff1d}1+1",
    "'already",
    "''twice",
    "comma, and \"quotes\"",
    "🌷 👩‍👩‍👧",
    "אביב \u{202e}txt.exe",
    "ends with a blank ",
];

/// Reads a file as somebody who opens it, and writes it again.
fn opened(soffice: &Path, home: &Path, file: &str) -> Vec<Vec<String>> {
    let out = home.join("opened");
    let output = Command::new(soffice)
        // A profile of its own, so that nothing of the machine's is changed or waited for.
        .arg(format!("-env:UserInstallation=file://{}", home.join("profile").display()))
        // Commas, double quotes, UTF-8; as it stands there, without asking what a cell may be. Written in the same way.
        .args(["--headless", "--infilter=CSV:44,34,76,1", "--convert-to"])
        .arg("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false")
        .arg("--outdir")
        .args([&out, &home.join(file)])
        .output()
        .expect("LibreOffice starts");
    assert!(output.status.success(), "{output:?}");
    read(&std::fs::read(out.join(file)).unwrap_or_else(|error| panic!("{error}: {output:?}")))
}

fn read(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

/// Where it is on this machine.
fn soffice() -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join("soffice"))
        .find(|file| file.exists())
}

#[tokio::test]
async fn libreoffice_opens_the_same_rows_and_runs_none_of_them() {
    let Some(soffice) = soffice() else {
        println!(
            "skipped: libreoffice_opens_the_same_rows_and_runs_none_of_them needs LibreOffice Calc (soffice), such as \
             Debian's libreoffice-calc-nogui"
        );
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &["--test-clock", "2026-07-15T10:00:00Z"]);
    let client = engine.client();
    client.wallet_with("acme", "100").await;
    let event = |(number, text): (usize, &&str)| {
        // Line breaks are allowed in what tags say.
        let tags = json!({"of": text, "lines": "one\r\n=1+1\ntwo"});
        let event = Event::outbound("acme", &format!("{text}{number}")).with("source", *text);
        event
            .with("campaign", *text)
            .with("tags", tags)
            .with("segments", 1 + number)
            .without("text")
            .with("encoding", "GSM-7")
    };
    for outcome in client.send(&TEXTS.iter().enumerate().map(event).collect::<Vec<_>>()).await {
        assert_eq!(outcome.said(), "charged", "{outcome:?}");
    }
    let fee = Event::carrier_fee("acme", "fee", "1.5").with("reason", "=cmd|'/c calc'!A0");
    assert_eq!(client.send_one(&fee).await.said(), "charged");

    // A reader that runs nothing would prove nothing.
    std::fs::write(home.path().join("control.csv"), "a,b\r\n=1+1,+14155550100\r\n").unwrap();
    let control = opened(&soffice, home.path(), "control.csv");
    assert_eq!(control[1], ["2", "14155550100"], "it runs formulas, and takes numbers for numbers");

    let path = "/v1/wallets/acme/entries.csv?cells=spreadsheet";
    let file = client.open(path, &[]).await.bytes().await.unwrap();
    std::fs::write(home.path().join("entries.csv"), &file).unwrap();
    let (found, wanted) = (opened(&soffice, home.path(), "entries.csv"), read(&file));
    assert_eq!(found.len(), 1 + TEXTS.len() + 2, "a row for each entry, and the header");
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(&wanted) {
        // It breaks lines within cells in its own way.
        let wanted: Vec<String> = wanted.iter().map(|cell| cell.replace("\r\n", "\n")).collect();
        assert_eq!(found, &wanted, "every cell as it was");
    }
    let total = |rows: &[Vec<String>]| {
        let column = rows[0].iter().position(|name| name == "total").expect("the column");
        rows[1..].iter().map(|row| nanos(&row[column])).sum::<i128>()
    };
    let entries = client.entries("acme").await;
    let used: i128 = entries.iter().map(|entry| -nanos(entry["amount"].as_str().unwrap())).sum();
    assert_eq!((decimal(total(&found)), decimal(total(&wanted))), (decimal(used), decimal(used)), "the sum");
}
