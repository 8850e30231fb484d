//! Who did what, as the audit tells it: every act once with its actor, whatever became of the process since; to whom it
//! is shown, and that the file of it reads back.

use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client};
use crate::support::data_dir::assert_verifies;
use crate::support::engine::{Engine, OPERATOR_KEY, program};
use crate::support::event::Event;

/// A caller and the id of its key.
struct Caller {
    id: String,
    client: Client,
}

async fn caller(operator: &Client, role: &str, wallet: Option<&str>) -> Caller {
    let request = json!({"role": role, "wallet": wallet, "name": role});
    let made = operator.post("/v1/keys", &request).await.wants(201);
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    Caller { id: text("id"), client: operator.with_key(&text("key")) }
}

async fn put(client: &Client, path: &str, body: &Value) -> Answer {
    client.call(Method::PUT, path, &[("content-type", "application/json")], body.to_string()).await
}

fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    document[field].as_str().unwrap_or_else(|| panic!("wanted `{field}`: {document}"))
}

/// `actor action about`, the oldest first.
async fn told(client: &Client, filter: &str) -> Vec<String> {
    let page = client.get(&format!("/v1/audit?limit=1000{filter}")).await.wants(200);
    assert!(page["next_cursor"].is_null(), "wanted all on one page: {page}");
    let line = |act: &Value| format!("{} {} {}", text(act, "actor"), text(act, "action"), text(act, "about"));
    page["data"].as_array().unwrap().iter().rev().map(line).collect()
}

fn plan() -> Value {
    json!({"sender_type": "local", "kind": "sms", "segments": 1, "recipients": {"+1415": 1}, "campaign": "spring"})
}

/// A wallet to which everything has been done that somebody can do; who did it.
async fn lived(operator: &Client) -> (Caller, Caller, Caller) {
    put(operator, "/v1/wallets/acme", &json!({"name": "Acme"})).await.wants(201);
    let boss = caller(operator, "operator", Some("acme")).await;
    let payer = caller(operator, "billing", Some("acme")).await;
    let sender = caller(operator, "ingest", Some("acme")).await;
    put(&boss.client, "/v1/wallets/acme", &json!({"time_zone": "Europe/Berlin"})).await.wants(200);
    boss.client.adjust("acme", "a-1", "100", "=cmd|' /C calc'!A0").await.wants(201);
    boss.client.buy_number("acme", "n-1", "+14155550100").await.wants(201);
    boss.client.release_number("acme", "n-2", "+14155550100").await.wants(200);
    payer.client.set_alert_levels("acme", &["20", "5"]).await.wants(200);
    let auto = json!({"enabled": true, "minimum_balance": "20", "amount": "50"});
    payer.client.set_auto_top_up("acme", &auto).await.wants(200);
    payer.client.end_auto_top_up("acme").await.wants(200);
    payer.client.open_top_up("acme", "t-1", "50").await.wants(201);
    for key in ["h-1", "h-1", "h-2"] {
        let made = sender.client.make_hold("acme", key, &plan()).await;
        assert!([200, 201].contains(&made.status), "{}", made.text);
    }
    sender.client.settle_hold("acme", "h_1", "s-1", "0.5", true).await.wants(200);
    sender.client.void_hold("acme", "h_2", "v-1").await.wants(200);
    let hook = json!({"url": "https://hooks.example/acme", "wallet": "acme"});
    let hook = boss.client.post("/v1/webhooks", &hook).await.wants(201);
    let hook = format!("/v1/webhooks/{}", text(&hook, "id"));
    boss.client.post(&format!("{hook}/rotate"), &json!({})).await.wants(200);
    let again = json!({"wallet": "acme", "alert": "al_1"});
    boss.client.post(&format!("{hook}/replay"), &again).await.wants(200);
    assert_eq!(boss.client.delete(&hook).await.status, 204);
    let revoked = caller(&boss.client, "viewer", Some("acme")).await;
    assert_eq!(boss.client.delete(&format!("/v1/keys/{}", revoked.id)).await.status, 204);
    // What is refused is no act, nor is traffic.
    payer.client.adjust("acme", "a-2", "1", "x").await.wants_problem(403, "forbidden");
    sender.client.settle_hold("acme", "h_1", "s-2", "1", true).await.wants_problem(409, "hold_closed");
    sender.client.send_one(&Event::outbound("acme", "m-1")).await;
    (boss, payer, sender)
}

#[tokio::test]
async fn everything_that_somebody_does_is_told_once_with_its_actor_and_survives_a_kill() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let operator = engine.client();
    let (boss, payer, sender) = lived(&operator).await;
    let (boss, payer, sender) = (boss.id.as_str(), payer.id.as_str(), sender.id.as_str());
    let root = operator.get("/v1/keys").await.wants(200);
    let root = text(&root["data"][0], "id");
    let found = told(&operator, "&wallet=acme").await;
    let held = |hold: &str| format!("{sender} hold.made {hold} ");
    let want = [
        format!("{root} wallet.opened USD UTC standard Acme"),
        format!("{root} key.made {boss} operator operator"),
        format!("{root} key.made {payer} billing billing"),
        format!("{root} key.made {sender} ingest ingest"),
        format!("{boss} wallet.changed USD Europe/Berlin standard Acme"),
        format!("{boss} adjustment.posted entry 1 100"),
        format!("{boss} number.bought +14155550100 local"),
        format!("{boss} number.released +14155550100"),
        format!("{payer} alerts.set 20 5"),
        format!("{payer} auto_top_up.set minimum_balance 20 amount 50"),
        format!("{payer} auto_top_up.disabled "),
        format!("{payer} top_up.opened tu_1 50"),
        held("h_1"),
        held("h_2"),
        format!("{sender} hold.settled h_1 0.5 final"),
        format!("{sender} hold.voided h_2"),
        format!("{boss} webhook.added wh_1 https://hooks.example/acme"),
        format!("{boss} webhook.secret_rotated wh_1 https://hooks.example/acme"),
        format!("{boss} webhook.replayed wh_1 al_1"),
        format!("{boss} webhook.removed wh_1 https://hooks.example/acme"),
        format!("{boss} key.made "),
        format!("{boss} key.revoked "),
    ];
    for (found, want) in found.iter().zip(&want) {
        assert!(found.starts_with(want.as_str()), "wanted {want:?}, got {found:?}");
    }
    assert_eq!(found.len(), want.len(), "each act once, and nothing else: {found:#?}");
    let house = told(&operator, "&actor=serve").await;
    assert_eq!(house.len(), 2, "what a start does: {house:?}");
    assert!(house.iter().any(|act| act.starts_with("serve tariff.added standard ")), "{house:?}");
    assert!(house.contains(&format!("serve key.made {root} operator operator")), "{house:?}");

    let all = operator.list("/v1/audit", 3).await;
    assert_eq!(all.len(), found.len() + house.len(), "pages hold every act once");
    engine.kill();
    let engine = Engine::start(home.path(), &[]);
    assert_eq!(engine.client().list("/v1/audit", 1_000).await, all, "as it was before the kill");
    engine.stop();
    assert_verifies(home.path());
}

#[tokio::test]
async fn the_audit_is_for_operators_and_one_of_a_wallet_sees_what_concerns_it() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let operator = engine.client();
    operator.wallet_with("acme", "1").await;
    operator.wallet_with("other", "1").await;
    let bound = caller(&operator, "operator", Some("acme")).await;
    for path in ["/v1/audit", "/v1/audit.csv"] {
        for role in ["ingest", "viewer", "billing"] {
            for wallet in [Some("acme"), None] {
                let key = caller(&operator, role, wallet).await;
                key.client.get(path).await.wants_problem(403, "forbidden");
            }
        }
        let of = |wallet: &str| format!("{path}?wallet={wallet}");
        bound.client.get(&of("other")).await.wants_problem(404, "unknown_wallet");
        bound.client.get(&of("none")).await.wants_problem(404, "unknown_wallet");
        operator.get(&of("none")).await.wants_problem(404, "unknown_wallet");
    }
    let seen = bound.client.get("/v1/audit").await;
    let page = seen.wants(200);
    assert!(!seen.text.contains("other"), "nothing of another wallet: {page}");
    assert!(page["data"].as_array().unwrap().iter().all(|act| act["wallet"] == "acme"), "{page}");
    let all = operator.get("/v1/audit?limit=1000").await;
    assert!(all.text.contains("\"other\"") && !all.text.contains("audit.exported"), "{}", all.text);
}

#[tokio::test]
async fn acts_are_found_by_wallet_actor_kind_and_time_and_what_cannot_be_meant_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let operator = engine.client();
    let (boss, _, sender) = lived(&operator).await;
    let count = async |filter: &str| told(&operator, filter).await.len();
    let all = count("").await;
    assert_eq!(count(&format!("&actor={}", sender.id)).await, 4);
    assert_eq!(count("&action=hold.made").await, 2);
    assert_eq!(count(&format!("&action=hold.made&actor={}", boss.id)).await, 0);
    let listed = operator.get("/v1/audit?limit=1000").await.wants(200);
    let middle = text(&listed["data"][all / 2], "at").to_owned();
    let (before, after) = (count(&format!("&to={middle}")).await, count(&format!("&from={middle}")).await);
    assert_eq!(before + after, all, "an instant parts them");
    assert!(before > 0 && after > 0);
    let table = [
        ("action=holds", "action"),
        ("from=yesterday", "from"),
        ("to=2026-02-30T00:00:00Z", "to"),
        ("from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z", "to"),
        ("from=2026-02-02T00:00:00Z&to=2026-02-02T00:00:00Z", "to"),
        ("limit=0", "limit"),
        ("cursor=AQ", "cursor"),
    ];
    for (query, field) in table {
        let answer = operator.get(&format!("/v1/audit?{query}")).await;
        answer.wants_problem(400, "bad_field");
        assert_eq!(answer.json()["field"], field, "{query}: {}", answer.text);
    }
    operator.get("/v1/audit?since=x").await.wants_problem(400, "bad_request");
    operator.get("/v1/audit.csv?action=holds").await.wants_problem(400, "bad_field");
    assert_eq!(count("&action=audit.exported").await, 0, "what was refused is no act");
}

#[tokio::test]
async fn the_file_of_it_reads_back_and_is_an_act_itself() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let operator = engine.client();
    lived(&operator).await;
    let answer = operator.get("/v1/audit.csv?wallet=acme&from=2020-01-01T00:00:00Z").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"audit-acme.csv\"");
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    let mut reader = csv::Reader::from_reader(answer.text.as_bytes());
    let names = ["at", "actor", "action", "wallet", "about", "reason"];
    assert_eq!(reader.headers().unwrap(), names.as_slice());
    let bare = |cell: &str| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(bare).collect()).collect();
    let listed = operator.list("/v1/audit", 1_000).await;
    let listed: Vec<Vec<String>> = listed
        .iter()
        .filter(|act| act["wallet"] == "acme")
        .map(|act| names.map(|name| act[name].as_str().unwrap_or_default().to_owned()).to_vec())
        .collect();
    assert_eq!(rows, listed, "the same acts as in the list");
    let export = &rows[0];
    assert_eq!((export[2].as_str(), export[4].as_str()), ("audit.exported", "from=2020-01-01T00:00:00Z"));
    assert!(answer.text.contains(",'=cmd|' /C calc'!A0\r\n"), "a formula is harmless: {}", answer.text);
    assert!(answer.text.contains(",'+14155550100"), "{}", answer.text);

    let farebox = |arguments: &[&str]| {
        let mut command = Command::new(program());
        command.args(arguments).args(["--url", &engine.url, "--key", OPERATOR_KEY]);
        let output = command.output().expect("running farebox");
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (done, table) = farebox(&["audit", "list", "--wallet", "acme", "--action", "hold.voided"]);
    assert!(done && table.starts_with("AT ") && table.contains("h_2"), "{table}");
    let (done, file) = farebox(&["audit", "export", "--wallet", "acme", "--action", "hold.voided"]);
    assert!(done && file.starts_with("at,actor,action,wallet,about,reason\r\n"), "{file}");
    assert_eq!(file.lines().count(), 2, "{file}");
    let (done, _) = farebox(&["audit", "export", "--wallet", "none"]);
    assert!(!done, "an unknown wallet is a failure");
    engine.stop();
    assert_verifies(home.path());
}

/// More than one part of the stream, and others enough that a page is not quickly filled.
#[tokio::test]
async fn a_long_audit_is_listed_and_exported_whole() {
    const SET: usize = 10_600;
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &[]);
    let operator = engine.client();
    operator.wallet_with("acme", "100").await;
    operator.wallet_with("quiet", "1").await;
    let levels = json!({"low_balance": ["5"]});
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let (client, levels) = (operator.clone(), levels.clone());
        waiting.push(tokio::spawn(async move {
            for _ in 0..SET / 20 {
                put(&client, "/v1/wallets/acme/alert-settings", &levels).await.wants(200);
            }
        }));
    }
    for one in waiting {
        one.await.unwrap();
    }
    let listed = operator.get("/v1/audit?wallet=quiet").await.wants(200);
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2), "found behind the others: {listed}");
    assert!(listed["next_cursor"].is_null(), "and all that there is: {listed}");
    let full = operator.get("/v1/audit?wallet=quiet&limit=1").await.wants(200);
    assert_eq!(full["data"].as_array().map(Vec::len), Some(1), "a page is full while there is more: {full}");
    let file = operator.get("/v1/audit.csv?action=alerts.set").await;
    assert_eq!(file.text.lines().count(), SET + 1, "every line, and the names once");
    let page = operator.get("/v1/audit?action=alerts.set&limit=1000").await.wants(200);
    let cursor = page["next_cursor"].as_str().expect("the list goes on");
    let next =
        operator.get(&format!("/v1/audit?action=alerts.set&limit=1000&cursor={cursor}")).await.wants(200);
    assert_eq!(next["data"].as_array().map(Vec::len), Some(1_000));
}
