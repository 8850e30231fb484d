//! Exports over HTTP: the rows that the entries are, harmless and readable back, whole or seen to be cut.

use std::collections::HashMap;
use std::io::Read as _;
use std::time::Duration;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::engine::Engine;
use crate::support::event::Event;
use crate::support::nanos;

/// Texts that harm whoever believes them, as ids, campaigns and tags.
const HOSTILE: [&str; 11] = [
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+1",
    "-1",
    "@SUM(1)",
    "'already",
    "comma, and \"quotes\"",
    "two\r\nlines",
    "\ttab",
    "🌷 emoji",
    "אביב \u{202e}txt.exe",
    "\u{ff1d}1+1",
];

/// Rows by the names of their columns, without the apostrophes.
fn rows(bytes: &[u8]) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(bytes);
    let names = reader.headers().expect("a header").clone();
    let rows = reader.records().map(|row| {
        let row = row.expect("a row as wide as its header");
        let unmarked = |cell: &str| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
        names.iter().zip(row.iter()).map(|(name, cell)| (name.to_owned(), unmarked(cell))).collect()
    });
    rows.collect()
}

async fn read(response: Response) -> Vec<u8> {
    assert_eq!(response.status().as_u16(), 200, "wanted a file from {}", response.url());
    response.bytes().await.expect("the whole file").to_vec()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name).unwrap_or_else(|| panic!("wanted the header {name}"));
    value.to_str().expect("a header of ASCII")
}

/// A wallet with an entry for each of the texts, and what comes beside messages.
async fn hostile_wallet(client: &Client) {
    client.wallet_with("acme", "100").await;
    for (place, text) in HOSTILE.iter().enumerate() {
        let event = Event::outbound("acme", text)
            .with("source", HOSTILE[(place + 1) % HOSTILE.len()])
            .with("tags", json!({"of": HOSTILE[(place + 2) % HOSTILE.len()]}));
        // Campaigns and ids have no control characters.
        let outcome = client.send_one(&event.clone().with("campaign", *text)).await;
        if outcome.said() != "charged" {
            let id: String = text.chars().filter(|one| !one.is_control()).collect();
            let plain = event.with("id", id.as_str()).with("source", "web").with("campaign", id.as_str());
            assert_eq!(client.send_one(&plain).await.said(), "charged", "{text:?}");
        }
    }
    let fee = Event::carrier_fee("acme", "fee-1", "1.5").with("reason", "=cmd|'/c calc'!A0");
    assert_eq!(client.send_one(&fee).await.said(), "charged");
}

#[tokio::test]
async fn every_entry_is_a_row_and_every_text_reads_back() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    hostile_wallet(&client).await;
    let entries = client.entries("acme").await;
    for query in ["", "?axis=posted", "?cells=spreadsheet"] {
        let response = client.open(&format!("/v1/wallets/acme/entries.csv{query}"), &[]).await;
        assert_eq!(header(&response, "farebox-rows"), entries.len().to_string());
        let bytes = read(response).await;
        let raw = String::from_utf8(bytes.clone()).expect("UTF-8");
        assert!(raw.starts_with("seq,day,occurred_at,posted_at,channel,type,message_id,"), "{raw}");
        let (marked, plain) = (raw.contains(",'+14155550100,"), raw.contains(",+14155550100,"));
        assert_eq!(
            (marked, plain),
            (query == "?cells=spreadsheet", query != "?cells=spreadsheet"),
            "{query}"
        );
        let rows = rows(&bytes);
        assert_eq!(rows.len(), entries.len(), "{query}");
        for (row, entry) in rows.iter().zip(&entries) {
            is_that_of(row, entry);
        }
    }
}

/// Whether a row says what the entry of the interface says.
fn is_that_of(row: &HashMap<String, String>, entry: &Value) {
    let text = |field: &str| match &entry[field] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let same = [
        ("seq", "seq"),
        ("occurred_at", "occurred_at"),
        ("posted_at", "posted_at"),
        ("channel", "channel"),
        ("type", "type"),
        ("message_id", "id"),
        ("source", "source"),
        ("direction", "direction"),
        ("kind", "kind"),
        ("peer", "peer"),
        ("country", "country"),
        ("carrier", "carrier"),
        ("encoding", "encoding"),
        ("units", "units"),
        ("unit_price", "unit_price"),
        ("message_cost", "price"),
        ("carrier_fee", "carrier_fee"),
        ("amount", "amount"),
        ("tariff", "tariff"),
        ("tariff_version", "tariff_version"),
        ("campaign", "campaign"),
        ("balance_after", "balance_after"),
    ];
    for (column, field) in same {
        assert_eq!(row[column], text(field), "`{column}` of entry {}", entry["seq"]);
    }
    let tags =
        if row["tags"].is_empty() { json!({}) } else { serde_json::from_str(&row["tags"]).expect("JSON") };
    assert_eq!(tags, entry["tags"], "the tags of entry {}", entry["seq"]);
    assert_eq!(row["other_fee_description"], text("reason"), "the reason of entry {}", entry["seq"]);
    let part = |column: &str| if row[column].is_empty() { 0 } else { nanos(&row[column]) };
    let parts = part("message_cost") + part("carrier_fee") + part("other_fee");
    assert_eq!(
        (parts, -part("amount")),
        (part("total"), part("total")),
        "the sums of entry {}",
        entry["seq"]
    );
    assert_eq!(row["currency"], "USD");
}

#[tokio::test]
async fn a_file_is_named_packed_as_asked_and_of_one_state() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &["--test-clock", "2026-07-15T10:00:00Z"]);
    let client = engine.client();
    client.wallet_with("a:cme", "100").await;
    client.send_one(&Event::outbound("a:cme", "m-1")).await;
    let path = "/v1/wallets/a:cme/entries.csv";
    let response = client.open(path, &[]).await;
    let want = [
        ("content-type", "text/csv; charset=utf-8; header=present"),
        ("content-disposition", "attachment; filename=\"a-cme_entries_2026-07-01_2026-07-31.csv\""),
        ("farebox-rows", "2"),
        ("vary", "Accept-Encoding"),
        ("cache-control", "no-store"),
    ];
    for (name, value) in want {
        assert_eq!(header(&response, name), value, "{name}");
    }
    let as_of = header(&response, "farebox-as-of").to_owned();
    let plain = read(response).await;
    client.send_one(&Event::outbound("a:cme", "m-2")).await;
    for coding in ["gzip", "zstd"] {
        let path = format!("{path}?as_of={as_of}");
        let response = client.open(&path, &[("accept-encoding", coding)]).await;
        assert_eq!(header(&response, "content-encoding"), coding);
        let packed = read(response).await;
        let mut found = Vec::new();
        match coding {
            "gzip" => drop(flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut found).expect("gzip")),
            _ => found = zstd::decode_all(&packed[..]).expect("zstd"),
        }
        assert!(found == plain, "{coding}: the same state again, packed");
    }
    let newest = read(client.open(path, &[]).await).await;
    assert_eq!((rows(&plain).len(), rows(&newest).len()), (2, 3), "without as_of it is the newest state");
    let parquet = client.open("/v1/wallets/a:cme/entries.parquet?from=2026-07-15&to=2026-07-15", &[]).await;
    assert_eq!(header(&parquet, "content-type"), "application/vnd.apache.parquet");
    let name = "attachment; filename=\"a-cme_entries_2026-07-15_2026-07-15.parquet\"";
    assert_eq!(header(&parquet, "content-disposition"), name);
    let read_back = parquet_cells(read(parquet).await, "message_id");
    assert_eq!(read_back, ["", "m-1", "m-2"]);
}

/// The texts of a column.
fn parquet_cells(bytes: Vec<u8>, column: &str) -> Vec<String> {
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).expect("a Parquet file");
    let rows = reader.get_row_iter(None).expect("rows");
    let cell = |row: parquet::record::Row| {
        let cell = row.get_column_iter().find(|(name, _)| *name == column).map(|(_, cell)| cell.clone());
        match cell.expect("the column") {
            Field::Null => String::new(),
            Field::Str(text) => text,
            other => other.to_string(),
        }
    };
    rows.map(|row| cell(row.expect("a row"))).collect()
}

#[tokio::test]
async fn what_cannot_be_exported_is_a_problem_document() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "100").await;
    let table = [
        ("from=2026-07-02&to=2026-07-01", 400, "bad_range"),
        ("from=2024-01-01&to=2025-01-01", 400, "bad_range"),
        ("from=yesterday", 400, "bad_field"),
        ("axis=both", 400, "bad_field"),
        ("channel=not%20a%20channel%20at%20all", 400, "bad_field"),
        ("form=2026-07-01", 400, "bad_field"),
        ("as_of=expired", 410, "as_of_expired"),
    ];
    for file in ["entries.csv", "entries.parquet"] {
        for (query, status, code) in table {
            let answer = client.get(&format!("/v1/wallets/acme/{file}?{query}")).await;
            answer.wants_problem(status, code);
        }
        client.get(&format!("/v1/wallets/nobody/{file}")).await.wants_problem(404, "unknown_wallet");
    }
    client.get("/v1/wallets/acme/entries.csv?cells=html").await.wants_problem(400, "bad_field");
    client.get("/v1/wallets/acme/entries.parquet?cells=plain").await.wants_problem(400, "bad_field");
    let empty =
        read(client.open("/v1/wallets/acme/entries.csv?from=2020-01-01&to=2020-01-31", &[]).await).await;
    assert_eq!(rows(&empty).len(), 0, "a range without entries is a header");
}

/// Whoever asks for the head of a file is told what would come, and takes nothing away.
#[tokio::test]
async fn the_head_of_a_file_says_what_would_come_and_is_no_export() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    client.wallet_with("acme", "100").await;
    client.send_one(&Event::outbound("acme", "m-1")).await;
    let exported = async |action: &str| {
        let page = client.get(&format!("/v1/audit?action={action}")).await.wants(200);
        page["data"].as_array().expect("a list").len()
    };
    let files =
        ["wallets/acme/entries.csv", "wallets/acme/entries.parquet", "wallets/acme/usage.csv", "audit.csv"];
    for file in files.map(|file| format!("/v1/{file}")) {
        // Until as many exports as may be under way would have been, had they begun.
        for _ in 0..6 {
            let head = client.call(Method::HEAD, &file, &[], "").await;
            assert_eq!((head.status, head.text.as_str()), (200, ""), "{file}");
            let whole = client.call(Method::HEAD, &format!("{file}?from=nonsense"), &[], "").await;
            assert_eq!((whole.status, whole.text.as_str()), (400, ""), "{file}: what is no question");
        }
    }
    let made = (exported("export.made").await, exported("audit.exported").await);
    assert_eq!(made, (0, 0), "nothing was taken away");
    for file in files.map(|file| format!("/v1/{file}")) {
        let (head, whole) = (client.call(Method::HEAD, &file, &[], "").await, client.open(&file, &[]).await);
        for name in ["content-type", "content-disposition", "farebox-rows", "vary"] {
            assert_eq!(head.headers.get(name), whole.headers().get(name), "{file}: {name}");
        }
        whole.bytes().await.expect("the whole file");
    }
    let made = (exported("export.made").await, exported("audit.exported").await);
    assert_eq!(made, (3, 1), "whoever takes a file is told of");
}

/// More than what the buffers between engine and client hold.
async fn long_wallet(client: &Client) -> usize {
    const EVENTS: usize = 24_000;
    client.wallet_with("acme", "100000").await;
    let tags = json!({"padding": "p".repeat(900)});
    let ids: Vec<usize> = (0..EVENTS).collect();
    for some in ids.chunks(2_000) {
        let event = |id: &usize| Event::outbound("acme", &format!("m-{id}")).with("tags", tags.clone());
        let events: Vec<Event> = some.iter().map(event).collect();
        let outcomes = client.send(&events).await;
        assert!(outcomes.iter().all(|outcome| outcome.said() == "charged"), "{:?}", outcomes.first());
    }
    EVENTS + 1
}

const CSV: &str = "/v1/wallets/acme/entries.csv";

#[tokio::test]
async fn as_many_exports_as_there_is_room_for_and_a_stop_cuts_them_so_that_it_is_seen() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let client = engine.client();
    let entries = long_wallet(&client).await;
    let whole = read(client.open(CSV, &[]).await).await;
    assert_eq!(rows(&whole).len(), entries);
    let mut stalled = Vec::new();
    for _ in 0..4 {
        stalled.push(client.open(CSV, &[]).await);
    }
    let busy = client.get(CSV).await;
    busy.wants_problem(429, "too_busy");
    assert!(busy.headers.contains_key("retry-after"), "it says when to ask again");
    client.send_one(&Event::outbound("acme", "meanwhile")).await;
    // A client that goes away makes room.
    stalled.pop();
    let again = loop {
        let response = client.open(CSV, &[]).await;
        if response.status().as_u16() == 200 {
            break response;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(rows(&read(again).await).len(), entries + 1);
    engine.stop();
    for response in stalled {
        assert!(response.bytes().await.is_err(), "a short file is not taken for a whole one");
    }
}

/// `farebox export`, its exit status and what it said.
fn command_line(url: &str, home: &std::path::Path, more: &[&str]) -> std::process::Output {
    let key = crate::support::engine::OPERATOR_KEY;
    let mut command = std::process::Command::new(crate::support::engine::program());
    command.args(["export", "entries", "--wallet", "acme", "--url", url, "--key", key]).args(more);
    command.current_dir(home).output().expect("the program starts")
}

#[tokio::test]
async fn the_command_line_fetches_a_whole_file_or_says_that_it_is_cut() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    hostile_wallet(&engine.client()).await;
    let whole = read(engine.client().open(CSV, &[]).await).await;
    let fetched = command_line(&engine.url, home.path(), &["--file", "e.csv", "--output", "json"]);
    assert!(fetched.status.success(), "{fetched:?}");
    let told: Value = serde_json::from_slice(&fetched.stdout).expect("JSON");
    assert_eq!(told, json!({"file": "e.csv", "rows": rows(&whole).len(), "bytes": whole.len()}));
    assert!(
        std::fs::read(home.path().join("e.csv")).unwrap() == whole
            && !home.path().join("e.csv.part").exists()
    );
    let printed = command_line(&engine.url, home.path(), &["--axis", "posted"]);
    assert_eq!(rows(&printed.stdout).len(), rows(&whole).len());
    let parquet = command_line(&engine.url, home.path(), &["--format", "parquet", "--file", "e.parquet"]);
    assert!(parquet.status.success(), "{parquet:?}");
    let ids = parquet_cells(std::fs::read(home.path().join("e.parquet")).unwrap(), "message_id");
    assert_eq!(ids, rows(&whole).iter().map(|row| row["message_id"].clone()).collect::<Vec<_>>());
    let refused = command_line(&engine.url, home.path(), &["--from", "2026-07-02", "--to", "2026-07-01"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("bad_range"), "{refused:?}");
}

#[test]
fn a_file_that_was_cut_keeps_its_part_and_no_name() {
    let head = "HTTP/1.1 200 OK\r\nfarebox-rows: 2\r\ntransfer-encoding: chunked\r\n\r\n";
    let table = [
        ("the connection ends within", "5\r\nseq\r\n\r\n", "seq\r\n", false),
        ("a row is missing", "8\r\nseq\r\n1\r\n\r\n0\r\n\r\n", "seq\r\n1\r\n", false),
        ("all is there", "b\r\nseq\r\n1\r\n2\r\n\r\n0\r\n\r\n", "", true),
    ];
    for (name, body, kept, whole) in table {
        let home = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answer = format!("{head}{body}");
        let server = std::thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let mut asked = [0; 4_096];
            assert!(client.read(&mut asked).unwrap() > 0);
            std::io::Write::write_all(&mut client, answer.as_bytes()).unwrap();
        });
        let fetched = command_line(&url, home.path(), &["--file", "e.csv"]);
        server.join().unwrap();
        let exit = if whole { 0 } else { 1 };
        assert_eq!(fetched.status.code(), Some(exit), "{name}: {fetched:?}");
        assert_eq!(home.path().join("e.csv").exists(), whole, "{name}");
        let part = std::fs::read_to_string(home.path().join("e.csv.part")).unwrap_or_default();
        assert_eq!(part, kept, "{name}: what came");
        let told = String::from_utf8_lossy(&fetched.stderr).into_owned();
        assert_eq!(told.contains("e.csv.part"), !whole, "{name}: it says where: {told}");
    }
}
