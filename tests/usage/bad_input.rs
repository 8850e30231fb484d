//! What cannot be answered gets a problem document that says which parameter and why, and shows nothing of anybody
//! else's.

use serde_json::json;

use crate::fleet::TARIFF;
use crate::support::client::Client;
use crate::support::world::World;

async fn world() -> World {
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    for wallet in ["acme", "other"] {
        world.open_with(wallet, "100").await;
        world.send(wallet, "m", 1).await;
    }
    world
        .client
        .send_one(&crate::support::event::Event::inbound("other", "in").with("channel", "12345"))
        .await;
    world
}

async fn key(world: &World, role: &str, wallet: Option<&str>) -> Client {
    let order = json!({"role": role, "wallet": wallet, "name": "of the usage tests"});
    let made = world.client.post("/v1/keys", &order).await.wants(201);
    world.client.with_key(made["key"].as_str().expect("a key"))
}

#[tokio::test]
async fn what_cannot_be_a_question_is_a_problem_that_names_the_parameter() {
    let world = world().await;
    let long = format!("campaign={}", "x".repeat(129));
    let many = "channel=Acme&".repeat(200);
    let table = [
        // Ranges.
        ("from=2026-07-02&to=2026-07-01", "bad_range", "to"),
        ("from=2026-01-01&to=2027-01-02", "bad_range", "from"),
        ("from=2020-01-01&to=2026-12-31", "bad_range", "from"),
        ("from=2025-01-01", "bad_range", "from"),
        // What is no day.
        ("from=2026-02-29", "bad_field", "from"),
        ("to=2026-06-31", "bad_field", "to"),
        ("from=2026-13-01", "bad_field", "from"),
        ("from=2026-00-10", "bad_field", "from"),
        ("from=", "bad_field", "from"),
        ("to=", "bad_field", "to"),
        ("from=yesterday", "bad_field", "from"),
        ("from=2026-07", "bad_field", "from"),
        ("from=2026-7-1", "bad_field", "from"),
        ("from=20260701", "bad_field", "from"),
        ("from=01.07.2026", "bad_field", "from"),
        ("from=2026-07-01T00:00:00Z", "bad_field", "from"),
        ("from=1751328000", "bad_field", "from"),
        ("from=+2026-07-01", "bad_field", "from"),
        ("from=-2026-07-01", "bad_field", "from"),
        ("to=99999999999999-01-01", "bad_field", "to"),
        ("from=2026-07-01%00", "bad_field", "from"),
        ("from=%D9%A2%D9%A0%D9%A2%D9%A6-07-01", "bad_field", "from"),
        // Words.
        ("axis=both", "bad_field", "axis"),
        ("axis=", "bad_field", "axis"),
        ("axis=Posted", "bad_field", "axis"),
        ("direction=sideways", "bad_field", "direction"),
        ("kind=SMS", "bad_field", "kind"),
        ("kind=rcs", "bad_field", "kind"),
        ("country=de", "bad_field", "country"),
        ("country=DEU", "bad_field", "country"),
        ("country=", "bad_field", "country"),
        ("country=%F0%9F%87%A9%F0%9F%87%AA", "bad_field", "country"),
        ("group_by=hour", "bad_field", "group_by"),
        ("group_by=", "bad_field", "group_by"),
        ("group_by=day,channel", "bad_field", "group_by"),
        // Channels.
        ("channel=%2B14155550999", "unknown_channel", "channel"),
        ("channel=12345", "unknown_channel", "channel"),
        ("channel=Nobody", "unknown_channel", "channel"),
        ("channel=", "bad_field", "channel"),
        ("channel=%2B1", "bad_field", "channel"),
        ("channel=a+name+that+is+too+long", "bad_field", "channel"),
        ("channel=%2B14155559999%00", "bad_field", "channel"),
        ("channel=%2B14155559999'%20OR%20'1'='1", "bad_field", "channel"),
        (many.as_str(), "bad_field", "channel"),
        (long.as_str(), "bad_field", "campaign"),
        // Parameters.
        ("form=2026-07-01", "bad_field", "form"),
        ("From=2026-07-01", "bad_field", "From"),
        ("from[]=2026-07-01", "bad_field", "from[]"),
        ("limit=10", "bad_field", "limit"),
        ("=", "bad_field", ""),
        ("from=2026-07-01&from=2026-07-01", "bad_field", "from"),
        ("to=2026-07-01&to=2026-07-02", "bad_field", "to"),
        ("axis=posted&axis=occurred", "bad_field", "axis"),
        ("kind=sms&kind=mms", "bad_field", "kind"),
        ("direction=inbound&direction=outbound", "bad_field", "direction"),
        ("country=DE&country=US", "bad_field", "country"),
        ("as_of=a&as_of=b", "bad_field", "as_of"),
    ];
    for (query, code, field) in table {
        let answer = world.client.get(&format!("/v1/wallets/acme/usage?{query}")).await;
        let detail = answer.wants_problem(400, code);
        assert_eq!(
            answer.json()["field"],
            field,
            "{query}: wanted it to name the parameter: {}",
            answer.text
        );
        assert!(detail.len() > 10, "{query}: wanted a detail that helps: {detail:?}");
    }
}

/// Whoever gives every message a campaign of its own gets no table of them, neither here nor as a file, but still every entry.
#[tokio::test]
async fn a_table_of_too_many_rows_is_refused_and_not_cut() {
    const MOST: u64 = 50_000;
    let mut world = World::start_with("2026-07-15T10:00:00Z", TARIFF).await;
    world.open_with("acme", "1000000").await;
    let send = async |numbers: std::ops::Range<u64>| {
        for some in numbers.clone().collect::<Vec<_>>().chunks(5_000) {
            let event = |number: &u64| {
                let id = format!("m-{number}");
                crate::support::world::message("acme", &id, 1).with("campaign", id.as_str())
            };
            let outcomes = world.client.send(&some.iter().map(event).collect::<Vec<_>>()).await;
            assert!(outcomes.iter().all(|outcome| outcome.said() == "charged"), "{:?}", outcomes.first());
        }
    };
    let asked =
        async |file: &str| world.client.get(&format!("/v1/wallets/acme/{file}group_by=campaign")).await;
    send(0..MOST).await;
    let usage = asked("usage?").await.wants(200);
    assert_eq!(usage["table"].as_array().map(Vec::len), Some(MOST as usize));
    assert_eq!(asked("usage.csv?").await.headers["farebox-rows"], MOST.to_string());
    send(MOST..MOST + 1).await;
    for file in ["usage?", "usage.csv?"] {
        let answer = asked(file).await;
        let detail = answer.wants_problem(400, "bad_range");
        assert!(detail.contains("50000 rows"), "{file}: {detail}");
        assert_eq!(answer.json()["field"], "group_by", "{file}");
    }
    assert_eq!(asked("entries.csv?").await.headers["farebox-rows"], (MOST + 2).to_string());
    let usage = world.client.get("/v1/wallets/acme/usage?group_by=kind").await.wants(200);
    assert_eq!(usage["totals"]["messages"], MOST + 1, "grouped by less it is told");
}

/// Days that are days, at the ends of what a calendar has: asked for or told clearly, never an error inside.
#[tokio::test]
async fn days_at_the_ends_of_the_calendar_are_answered_or_told_apart() {
    let world = world().await;
    for day in
        ["9999-12-31", "9999-01-01", "0001-01-01", "0000-01-01", "-000001-01-01", "1582-10-10", "2038-01-19"]
    {
        for axis in ["occurred", "posted"] {
            let path = format!("/v1/wallets/acme/usage?from={day}&to={day}&axis={axis}");
            let answer = world.client.get(&path).await;
            match answer.status {
                200 => assert_eq!(answer.json()["totals"]["messages"], 0, "{path}"),
                _ => drop(answer.wants_problem(400, "bad_field")),
            }
        }
    }
}

/// A campaign that is not UTF-8 is none that an event can have named: it is not quietly taken for another.
#[tokio::test]
async fn text_that_is_not_utf8_is_a_problem_and_not_another_text() {
    let mut world = world().await;
    let mark = crate::support::world::message("acme", "m-mark", 4).with("campaign", "\u{fffd}");
    assert_eq!(world.client.send_one(&mark).await.said(), "charged");
    world.settle().await;
    for query in ["campaign=%FF", "campaign=%C3%28", "campaign=%ED%A0%80", "campaign=%EF%BF%BD&campaign=%FF"]
    {
        let answer = world.client.get(&format!("/v1/wallets/acme/usage?{query}")).await;
        answer.wants_problem(400, "bad_field");
    }
}

#[tokio::test]
async fn tokens_that_were_never_given_out_are_gone() {
    let world = world().await;
    let long = "A".repeat(4_000);
    for token in
        ["", "nonsense", "0", "AAAAAAAAAAAAAAAA", "%00", "%F0%9F%8E%89", "../../etc/passwd", long.as_str()]
    {
        let answer = world.client.get(&format!("/v1/wallets/acme/usage?as_of={token}")).await;
        answer.wants_problem(410, "as_of_expired");
    }
}

#[tokio::test]
async fn only_who_may_see_the_wallet_sees_its_usage_and_another_wallet_does_not_exist() {
    let world = world().await;
    let path = |wallet: &str| format!("/v1/wallets/{wallet}/usage");
    let table = [
        // What its role may not do tells nothing of what there is.
        ("ingest", Some("acme"), 403, 403),
        ("viewer", Some("acme"), 200, 404),
        ("billing", Some("acme"), 200, 404),
        ("operator", Some("acme"), 200, 404),
        ("ingest", None, 403, 403),
        ("viewer", None, 200, 200),
        ("billing", None, 200, 200),
        ("operator", None, 200, 200),
    ];
    for (role, bound, of_own, of_other) in table {
        let caller = key(&world, role, bound).await;
        for (wallet, wanted) in [("acme", of_own), ("other", of_other)] {
            let answer = caller.get(&path(wallet)).await;
            match wanted {
                200 => drop(answer.wants(200)),
                403 => drop(answer.wants_problem(403, "forbidden")),
                _ => drop(answer.wants_problem(404, "unknown_wallet")),
            }
        }
        if bound.is_some() {
            // Word for word as a wallet that there is not, whatever else is wrong with the question.
            for query in ["", "?from=nonsense", "?as_of=nonsense", "?channel=12345"] {
                let other = caller.get(&format!("{}{query}", path("other"))).await;
                let nobody = caller.get(&format!("{}{query}", path("nobody"))).await;
                assert_eq!(other.text.replace("other", "nobody"), nobody.text, "{role}: {query}");
            }
        }
    }
    world.client.with_key("").get(&path("acme")).await.wants_problem(401, "unauthorized");
    world.client.with_key("fb_nonsense").get(&path("acme")).await.wants_problem(401, "unauthorized");
    for nobody in ["nobody", "ACME", "%F0%9F%8E%89", "acme%00", "a%2Fb"] {
        let answer = world.client.get(&path(nobody)).await;
        assert_eq!(answer.status, 404, "{nobody}: {}", answer.text);
        assert_eq!(answer.json()["status"], 404, "{nobody}: wanted a problem document: {}", answer.text);
    }
}

/// A token is no way around a key: the state it names is of all wallets, the answer is of one that the key may see.
#[tokio::test]
async fn anothers_token_shows_nothing_of_another_wallet() {
    let world = world().await;
    let (ours, others) =
        (key(&world, "viewer", Some("acme")).await, key(&world, "viewer", Some("other")).await);
    let theirs = others.get("/v1/wallets/other/usage").await.wants(200);
    let token = theirs["as_of"].as_str().expect("a token");
    ours.get(&format!("/v1/wallets/other/usage?as_of={token}")).await.wants_problem(404, "unknown_wallet");
    let answer = ours.get(&format!("/v1/wallets/acme/usage?as_of={token}")).await;
    if answer.status == 200 {
        assert_eq!(answer.json()["totals"]["messages"], 1, "its own usage alone: {}", answer.text);
    } else {
        answer.wants_problem(410, "as_of_expired");
    }
}

#[tokio::test]
async fn other_methods_are_not_allowed_and_head_has_no_body() {
    let world = world().await;
    for method in [reqwest::Method::POST, reqwest::Method::PUT, reqwest::Method::DELETE] {
        let answer = world.client.call(method, "/v1/wallets/acme/usage", &[], "").await;
        answer.wants_problem(405, "method_not_allowed");
    }
}
