//! Files as people have them: packed, in other currencies, cut, of other providers; and calls that cannot be carried out.

use std::io::Write as _;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("packing");
    encoder.finish().expect("packing")
}

#[tokio::test]
async fn a_file_comes_packed_with_a_byte_order_mark_and_semicolons() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    let rows = ["m-1", "m-2", "m-3", "m-5"].map(|id| row(id, 2, "sent"));
    let text = format!("\u{feff}{}", file(&rows).replace("Mon, ", "").replace(',', ";"));
    let packed = gzip(text.as_bytes());
    let path = format!("/v1/wallets/acme/reconciliations?mapping=twilio&{JULY}");
    let headers = [("content-type", "text/csv"), ("content-encoding", "gzip")];
    let report = client.call(Method::POST, &path, &headers, packed.clone()).await.wants(200);
    wants(&report, &[("matched", 4, 4), ("missing_there", 0, 1)]);
    let problem = held(&client, &format!("mapping=twilio&{JULY}"), packed).await;
    assert!(problem.wants_problem(400, "bad_request").contains("Content-Encoding: gzip"));
}

#[tokio::test]
async fn what_a_file_leaves_open_is_told() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    let unpriced = format!("m-2,+14155550100,+14155550123,outbound-api,2,,sent,{DATE}");
    let grouped = format!("m-3,+14155550100,+14155550123,outbound-api,2,\"-1,234.5\",sent,{DATE}");
    let report = july(&client, &[row("m-1", 2, "vanished"), unpriced, grouped]).await;
    assert_eq!(report["unknown_statuses"], json!([{"status": "vanished", "rows": 1}]), "{report}");
    assert_eq!(report["rows_without_price"], 1, "{report}");
    assert_eq!(report["file_currency"], Value::Null, "{report}");
    assert_eq!(
        (&report["file_from"], &report["file_to"]),
        (&json!("2026-07-20"), &json!("2026-07-20")),
        "{report}"
    );
    let why = report["bad_rows"][0]["why"].as_str().unwrap();
    assert!(report["bad_rows"][0]["line"] == 4 && why.contains("add `decimal`"), "{report}");
}

#[tokio::test]
async fn all_differences_come_as_csv_too() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    let rows = [row("m-1", 3, "sent"), row("=m-9", 1, "sent"), row("", 1, "sent")];
    let headers = [("content-type", "text/csv"), ("accept", "text/csv")];
    let path = format!("/v1/wallets/acme/reconciliations?mapping=twilio&{JULY}");
    let answer = client.call(Method::POST, &path, &headers, file(&rows)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut reader = csv::Reader::from_reader(answer.text.as_bytes());
    let headings = reader.headers().unwrap().clone();
    let place = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
    let (class, id, line) = (place("class"), place("message_id"), place("line"));
    let lines: Vec<_> = reader
        .records()
        .map(|record| record.unwrap())
        .map(|record| [class, id, line].map(|place| record[place].to_owned()))
        .collect();
    let there = ["m-2", "m-3", "m-4", "m-5"].map(|id| ["missing_there", id, ""]);
    let wanted = [["other_segments", "m-1", "2"], ["missing_here", "'=m-9", "3"], ["unreadable", "", "4"]];
    let mut wanted = Vec::from_iter(wanted.iter().chain(&there).map(|cells| cells.map(str::to_owned)));
    let mut lines = lines;
    wanted.sort_unstable();
    lines.sort_unstable();
    assert_eq!(lines, wanted);
}

#[tokio::test]
async fn what_cannot_be_held_against_anything_says_why() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    let good = || file(&[row("m-1", 2, "sent")]);
    held(&client, "", good()).await.wants_problem(400, "bad_field");
    held(&client, "mapping=nobody", good()).await.wants_problem(400, "bad_field");
    held(&client, "mapping_toml=name%3D1", good()).await.wants_problem(400, "bad_field");
    held(&client, "mapping=twilio&mapping_toml=name%3D1", good()).await.wants_problem(400, "bad_field");
    held(&client, "mapping=telnyx", good()).await.wants_problem(400, "bad_request");
    held(&client, "mapping=twilio&account=AC1", good()).await.wants_problem(400, "bad_request");
    held(&client, "mapping=twilio&from=2026-12-01&to=2026-11-01", good())
        .await
        .wants_problem(400, "bad_range");
    for body in [Vec::new(), b"\x00\xff\xfe".to_vec(), b"{}".to_vec()] {
        held(&client, "mapping=twilio", body).await.wants_problem(400, "bad_request");
    }
    let not_utf_8 = [HEAD.as_bytes(), b"\r\n\xff,a,b,inbound,1,,,\r\n"].concat();
    let problem = held(&client, "mapping=twilio", not_utf_8).await;
    assert!(problem.wants_problem(400, "bad_request").contains("line 2"));
    let unclosed = file(&[row("m-1", 2, "sent"), row("\"m-2", 2, "sent"), row("m-3", 2, "sent")]);
    let problem = held(&client, "mapping=twilio", unclosed.replace(DATE, "2026-07-20T10:00:00Z")).await;
    assert!(problem.wants_problem(400, "bad_request").contains("opened in line 3"));
    let in_euro = format!("{HEAD},Price Unit\r\n{},EUR\r\n", row("m-1", 2, "sent"));
    let problem = held(&client, "mapping=twilio", in_euro).await;
    assert!(problem.wants_problem(400, "currency_mismatch").contains("EUR (so line 2 says)"));
    let json = [("content-type", "application/json")];
    let path = "/v1/wallets/acme/reconciliations?mapping=twilio";
    client.call(Method::POST, path, &json, "{}").await.wants_problem(415, "unsupported_media_type");
    let nobody = "/v1/wallets/nobody/reconciliations?mapping=twilio";
    let csv = [("content-type", "text/csv")];
    client.call(Method::POST, nobody, &csv, good()).await.wants_problem(404, "unknown_wallet");
}

#[tokio::test]
async fn what_cannot_be_applied_says_why() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    let with = |field: &str, value: Value| {
        let mut picked = json!({"message_id": "m-99", "comes_to": "0", "amount": "1", "reason": "x"});
        picked[field] = value;
        picked
    };
    let good = || with("reason", json!("x"));
    for proposals in [
        json!([]),
        json!([with("amount", json!("0"))]),
        json!([with("amount", json!("much"))]),
        json!([with("message_id", json!(""))]),
        json!([with("comes_to", Value::Null)]),
        json!([with("seq", json!(0))]),
        json!([with("seq", json!(1_000))]),
        // The opening credit, and another message's entry.
        json!([with("seq", json!(1))]),
        json!([with("seq", json!(2))]),
        json!([with("colour", json!("red"))]),
        json!([good(), good()]),
    ] {
        apply(&client, "bad", &proposals).await.wants_problem(400, "bad_field");
    }
    apply(&client, "stale", &json!([with("comes_to", json!("0.5"))])).await.wants_problem(409, "conflict");
    apply(&client, &"k".repeat(91), &json!([good()])).await.wants_problem(400, "idempotency_key_required");
    apply(&client, &"k".repeat(90), &json!([good()])).await.wants(200);
    let headers = [("content-type", "application/json")];
    let body = json!({"proposals": [good()]}).to_string();
    let path = "/v1/wallets/acme/reconciliations/apply";
    client.call(Method::POST, path, &headers, body).await.wants_problem(400, "idempotency_key_required");
}
