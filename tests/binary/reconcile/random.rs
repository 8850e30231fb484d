//! Random files against random messages: nothing of either side is dropped, and what is applied is not proposed again.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::support::random::Random;

const ZONE: &str = "America/New_York";
const CHANNELS: [&str; 3] = ["+14155550100", "+14155550111", "+14155550199"];
const SOURCES: [&str; 2] = ["", "b"];
const MESSAGES: u64 = 60;
const FILES: u64 = 40;
const DAYS: u64 = 34;
const HEAD: &str = "id,from whom,channel,peer,direction,kind,parts,price,unit,status,at,is message";
const COLUMNS: &str = r#"
[columns]
id = ["id"]
channel = ["channel"]
peer = ["peer"]
direction = ["direction"]
kind = ["kind"]
segments = ["parts"]
price = ["price"]
currency = ["unit"]
status = ["status"]
date = ["at"]
only_with = ["is message"]
"#;
const WORDS: &str = r#"
[directions]
MT = "outbound"
MO = "inbound"
[kinds]
SMS = "sms"
[statuses]
delivered = "delivered"
failed = "failed"
"#;

struct Sent {
    at: Timestamp,
    channel: &'static str,
    amount: i128,
}

fn pick<T: Copy>(random: &mut Random, choices: &[T]) -> T {
    choices[random.below(choices.len() as u64) as usize]
}

/// An instant of the days before now.
fn instant(random: &mut Random) -> Timestamp {
    let now: Timestamp = NOW.parse().unwrap();
    now - SignedDuration::from_mins(random.below(DAYS * 24 * 60) as i64)
}

fn day(at: Timestamp) -> String {
    at.in_tz(ZONE).unwrap().date().to_string()
}

async fn traffic(client: &Client, random: &mut Random) -> Vec<Sent> {
    let mut all = Vec::new();
    for number in 0..MESSAGES {
        let (at, channel) = (instant(random), pick(random, &CHANNELS[..2]));
        let id = format!("m-{number}");
        let event =
            if random.percent(70) { Event::outbound("acme", &id) } else { Event::inbound("acme", &id) };
        let source = pick(random, &SOURCES);
        let event = event.without("text").with("segments", 1 + random.below(3)).with("encoding", "GSM-7");
        let event =
            event.with("time", at.to_string()).with("channel", channel).with("source", source).report();
        let outcome = client.send_one(&event).await;
        assert_eq!(outcome.said(), "charged", "{event:?}");
        all.push(Sent { at, channel, amount: nanos(&outcome.amount.unwrap()) });
        if random.percent(30) {
            let status = json!({
                "id": format!("s-{number}"), "type": "message.status", "wallet": "acme", "message": id,
                "message_source": source, "status": pick(random, &["failed", "undelivered", "delivered"]),
            });
            client.send_one(&Event(status)).await;
        }
    }
    all
}

/// A file, how many rows it has, and what its readable messages come to.
fn file(random: &mut Random) -> (String, u64, i128) {
    let (mut text, rows, mut sum) = (format!("{HEAD}\n"), random.below(80), 0);
    for _ in 0..rows {
        let id = format!("m-{}", random.below(MESSAGES * 5 / 4));
        let mut cells = vec![
            id,
            pick(random, &SOURCES).to_owned(),
            pick(random, &CHANNELS).to_owned(),
            "+14155550123".to_owned(),
            pick(random, &["MT", "MT", "mo"]).to_owned(),
            pick(random, &["SMS", ""]).to_owned(),
            random.below(4).to_string(),
            pick(random, &["0.0040", "-1", "12.5", ""]).to_owned(),
            pick(random, &["USD", "usd", ""]).to_owned(),
            pick(random, &["delivered", "failed", "lost", ""]).to_owned(),
            if random.percent(95) { instant(random).to_string() } else { String::new() },
            "yes".to_owned(),
        ];
        match random.below(20) {
            0 => cells[11].clear(),
            1 => cells[0].clear(),
            2 => cells[0] = "\"two\nlines\"".to_owned(),
            3 => cells[7] = "\"1.000,5\"".to_owned(),
            4 => cells[10] = "yesterday".to_owned(),
            5 => cells.truncate(5),
            6 => cells[6] = "many".to_owned(),
            _ => {
                sum += if cells[7].is_empty() { 0 } else { nanos(&cells[7]) };
            }
        }
        text.push_str(&cells.join(","));
        text.push_str(pick(random, &["\n", "\r\n", "\n\n"]));
    }
    (text, rows, sum)
}

/// A question about some of the days and, at times, one channel.
struct Asked {
    query: String,
    from: String,
    to: String,
    channel: Option<&'static str>,
}

fn asked(random: &mut Random) -> Asked {
    let mut days = [day(instant(random)), day(instant(random))];
    days.sort_unstable();
    let [from, to] = days;
    let channel = random.percent(30).then(|| pick(random, &CHANNELS[..2]));
    let source = if random.percent(50) { "source = [\"from whom\"]\n" } else { "" };
    let mapping = format!("name = \"x\"\n{COLUMNS}{source}{WORDS}");
    let mut pairs = vec![("mapping_toml", mapping.as_str()), ("from", &from), ("to", &to)];
    pairs.extend(channel.map(|channel| ("channel", channel)));
    pairs.push(("axis", pick(random, &["occurred", "occurred", "occurred", "posted"])));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
    Asked { query, from, to, channel }
}

fn sum_of(report: &Value, field: &str) -> i128 {
    let classes = report["classes"].as_array().expect("classes");
    classes.iter().map(|class| nanos(class[field].as_str().expect("a sum"))).sum()
}

fn count_of(report: &Value, field: &str) -> u64 {
    let classes = report["classes"].as_array().expect("classes");
    classes.iter().map(|class| class[field].as_u64().expect("a count")).sum()
}

#[tokio::test]
async fn every_row_and_message_is_in_one_class_and_what_is_applied_is_not_proposed_again() {
    let home = tempfile::tempdir().unwrap();
    let mut random = Random::from_environment();
    let running = Engine::start(home.path(), &["--test-clock", NOW]);
    let client = running.client();
    client.put_wallet("acme", &json!({"currency": "USD", "time_zone": ZONE})).await.wants(201);
    let sent = traffic(&client, &mut random).await;
    let mut applied = 0;
    for number in 0..FILES {
        let ((text, rows, theirs), asked) = (file(&mut random), asked(&mut random));
        let report = held(&client, &asked.query, text.clone()).await.wants(200);
        let shown = format!("{}\n{text}\n{report}", asked.query);
        assert_eq!(report["rows"], rows, "{shown}");
        assert_eq!(count_of(&report, "rows"), rows, "{shown}");
        assert_eq!(sum_of(&report, "theirs"), theirs, "{shown}");
        assert_eq!(report["totals"]["rows"], rows, "{shown}");
        let messages = count_of(&report, "messages");
        let of_range = report["messages"].as_u64().unwrap();
        assert_eq!(messages, of_range + report["messages_beyond"].as_u64().unwrap(), "{shown}");
        if !asked.query.contains("axis=posted") {
            let of_them = sent.iter().filter(|sent| {
                (asked.from.clone()..=asked.to.clone()).contains(&day(sent.at))
                    && asked.channel.is_none_or(|channel| channel == sent.channel)
            });
            let amounts: Vec<i128> = of_them.map(|sent| sent.amount).collect();
            assert_eq!(of_range, amounts.len() as u64, "{shown}");
            assert!(sum_of(&report, "ours") >= amounts.iter().sum(), "{shown}");
        }
        let seqs: Vec<u64> =
            report["differences"].as_array().unwrap().iter().filter_map(|one| one["seq"].as_u64()).collect();
        assert_eq!(seqs.iter().collect::<HashSet<_>>().len(), seqs.len(), "no message twice: {shown}");
        let picked = proposals(&report);
        if picked == json!([]) {
            continue;
        }
        applied += 1;
        apply(&client, &format!("file-{number}"), &picked).await.wants(200);
        let again = held(&client, &asked.query, text.clone()).await.wants(200);
        assert_eq!(proposals(&again), json!([]), "{shown}\n{again}");
    }
    assert!(applied > FILES / 4, "wanted files that something is proposed for, got {applied} of {FILES}");
}
