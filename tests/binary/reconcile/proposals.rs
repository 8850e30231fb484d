//! That nothing is proposed for what the file cannot know: other days, channels, sources, what was refused, refunded,
//! adjusted before, or lies where nobody has looked yet.

use super::*;

/// An outbound row of a day of 2026, on a channel.
fn row_of(id: &str, channel: &str, day: &str) -> String {
    format!("{id},{channel},+14155550123,outbound-api,2,-0.004,sent,{day}T10:00:00Z")
}

#[tokio::test]
async fn rows_of_other_days_channels_and_filters_are_outside() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    send(&client, &two_segments("m-6").with("channel", "+14155550111")).await;
    let rows = [
        row("m-1", 2, "sent"),
        row_of("x-1", "+14155550100", "2026-06-30"),
        row_of("x-2", "+14155550100", "2026-08-01"),
        row_of("x-3", "+14155550199", "2026-07-10"),
        row_of("m-6", "+14155550111", "2026-07-20"),
        row_of("x-4", "+14155550111", "2026-07-20"),
        row_of("x-5", "+14155550100", "2026-07-31"),
    ];
    let report = july(&client, &rows).await;
    wants(&report, &[("matched", 2, 2), ("missing_here", 2, 0), ("missing_there", 0, 4), ("outside", 3, 0)]);
    let reason = |id: &str| found(&report, id)["reason"].as_str().unwrap().to_owned();
    assert!(reason("x-1").contains("2026-06-30") && reason("x-2").contains("2026-08-01"), "{report}");
    assert!(reason("x-3").contains("+14155550199"), "{report}");
    let query = format!("mapping=twilio&{JULY}&channel=%2B14155550100");
    let report = held(&client, &query, file(&rows)).await.wants(200);
    wants(&report, &[("matched", 1, 1), ("missing_here", 1, 0), ("missing_there", 0, 4), ("outside", 5, 0)]);
    let query = format!("mapping=twilio&{JULY}&campaign=spring");
    let report = held(&client, &query, file(&rows)).await.wants(200);
    wants(&report, &[("outside", 7, 0)]);
}

#[tokio::test]
async fn of_a_message_outside_of_what_the_file_is_about_nothing_is_given_back() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    send(&client, &two_segments("early").with("time", "2026-07-03T00:00:00Z").report()).await;
    send(&client, &two_segments("other").with("channel", "+14155550111")).await;
    send(&client, &Event::inbound("acme", "in")).await;
    let report = july(&client, &[row("m-1", 2, "sent")]).await;
    wants(&report, &[("matched", 1, 1), ("missing_there", 0, 7)]);
    for (id, want) in [("early", "2026-07-20 to 2026-07-20"), ("other", "+14155550111"), ("in", "inbound")] {
        let of = found(&report, id);
        assert!(
            of["proposed_amount"].is_null() && of["reason"].as_str().unwrap().contains(want),
            "{want}: {of}"
        );
    }
    assert_eq!(proposals(&report).as_array().unwrap().len(), 4, "m-2 to m-5: {report}");
    let empty = july(&client, &[]).await;
    wants(&empty, &[("missing_there", 0, 8)]);
    assert_eq!(proposals(&empty), json!([]), "an empty file knows nothing: {empty}");
}

#[tokio::test]
async fn a_message_of_a_month_before_is_not_missing() {
    let home = tempfile::tempdir().unwrap();
    let running = funded(home.path()).await;
    let client = running.client();
    send(&client, &two_segments("m-1").with("time", "2026-06-20T00:00:00Z").report()).await;
    let rows = [row("m-1", 2, "sent")];
    let look = async || {
        let report = july(&client, &rows).await;
        wants(&report, &[("matched", 1, 1)]);
        assert_eq!((&report["messages"], &report["messages_beyond"]), (&json!(0), &json!(1)), "{report}");
    };
    look().await;
    // Its id is forgotten by then.
    client.advance("2026-09-20T10:00:00Z").await.wants(200);
    look().await;
}

#[tokio::test]
async fn a_file_is_of_the_source_that_its_mapping_says() {
    let home = tempfile::tempdir().unwrap();
    let running = funded(home.path()).await;
    let client = running.client();
    send(&client, &two_segments("m-1").with("source", "twilio/eu")).await;
    send(&client, &two_segments("m-2").with("source", "another")).await;
    let rows = [row("m-1", 2, "sent")];
    let report = july(&client, &rows).await;
    wants(&report, &[("other_source", 1, 2)]);
    assert_eq!(proposals(&report), json!([]), "{report}");
    let own = |lines: &str, column: &str| {
        let text = format!(
            "name = \"x\"\ndates = [\"rfc2822\"]\nprice_is_negative = true\nother_statuses = [\"sent\"]\n{lines}\n[columns]\n\
             id = [\"sid\"]\nfrom = [\"from\"]\nto = [\"to\"]\ndirection = [\"direction\"]\nsegments = [\"num segments\"]\n\
             price = [\"price\"]\nstatus = [\"status\"]\ndate = [\"date sent\"]\n{column}\n[directions]\n\"outbound-api\" = \"outbound\"\n"
        );
        let pairs = [("mapping_toml", text.as_str()), ("from", "2026-07-01"), ("to", "2026-07-31")];
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    };
    let report = held(&client, &own("source = \"twilio/eu\"", ""), file(&rows)).await.wants(200);
    wants(&report, &[("matched", 1, 1), ("other_source", 0, 1)]);
    let with_column =
        format!("{HEAD},Carrier\n{},another\n{},another\n", row("m-2", 3, "sent"), row("m-3", 1, "sent"));
    let query = own("", "source = [\"carrier\"]");
    let report = held(&client, &query, with_column.clone()).await.wants(200);
    wants(&report, &[("missing_here", 1, 0), ("other_segments", 1, 1), ("other_source", 0, 1)]);
    apply(&client, "sources", &proposals(&report)).await.wants(200);
    let again = held(&client, &query, with_column).await.wants(200);
    assert_eq!(proposals(&again), json!([]), "{again}");
}

#[tokio::test]
async fn what_was_blocked_is_refused_here_and_never_charged() {
    let home = tempfile::tempdir().unwrap();
    let running = Engine::start(home.path(), &["--test-clock", NOW]);
    let client = running.client();
    client.put_wallet("acme", &json!({"currency": "USD"})).await.wants(201);
    client.adjust("acme", "credit", "0.1", "a little").await.wants(201);
    send(&client, &two_segments("m-1")).await;
    let dear = Event::outbound("acme", "o-1").without("text").with("segments", 200).with("encoding", "GSM-7");
    assert_eq!(client.send_one(&dear).await.said(), "refused insufficient_balance");
    let inbound =
        Event::inbound("acme", "i-1").without("text").with("segments", 200).with("encoding", "GSM-7");
    assert_eq!(client.send_one(&inbound).await.said(), "recorded insufficient_balance");
    client.adjust("acme", "debit", "-10", "all of it").await.wants(201);
    assert_eq!(client.send_one(&Event::inbound("acme", "i-2")).await.said(), "recorded suspended");
    ends(&client, "o-2", "delivered").await;
    let inbound = |id: &str| format!("{id},+14155550123,+14155550100,inbound,1,-0.004,received,{DATE}");
    let rows =
        [row("m-1", 2, "sent"), inbound("i-1"), inbound("i-2"), row("o-1", 2, "sent"), row("o-2", 2, "sent")];
    let report = july(&client, &rows).await;
    wants(&report, &[("matched", 1, 1), ("missing_here", 2, 0), ("refused_here", 2, 0)]);
    for (id, code) in [("i-1", "insufficient_balance"), ("i-2", "suspended")] {
        let of = found(&report, id);
        assert!(of["proposed_amount"].is_null() && of["reason"].as_str().unwrap().contains(code), "{of}");
    }
    // A refusal is not remembered: whoever carried it all the same has it charged.
    assert_eq!(found(&report, "o-1")["proposed_amount"], each(&client, 2).await, "{report}");
    assert!(found(&report, "o-2")["proposed_amount"].is_null(), "its statuses wait for it: {report}");
    client.advance("2026-09-20T10:00:00Z").await.wants(200);
    let report = july(&client, &rows).await;
    wants(&report, &[("matched", 1, 1), ("missing_here", 4, 0)]);
    for id in ["i-1", "i-2"] {
        assert!(found(&report, id)["proposed_amount"].is_null(), "it may have been blocked: {report}");
    }
}

#[tokio::test]
async fn a_proposal_starts_from_what_the_message_has_come_to() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    ends(&client, "m-2", "failed").await;
    ends(&client, "m-3", "failed").await;
    let rows =
        [row("m-1", 3, "sent"), row("m-2", 3, "failed"), row("m-4", 2, "delivered"), row("m-5", 2, "sent")];
    let report = july(&client, &rows).await;
    wants(&report, &[("matched", 2, 2), ("missing_there", 0, 1), ("other_segments", 2, 2)]);
    for id in ["m-2", "m-3"] {
        let of = found(&report, id);
        assert_eq!(
            (&of["comes_to"], &of["proposed_amount"]),
            (&json!("0.001"), &Value::Null),
            "failed: {of}"
        );
    }
    let picked = proposals(&report);
    assert_eq!(picked.as_array().unwrap().len(), 1, "m-1: {report}");
    apply(&client, "first", &picked).await.wants(200);
    let problem = apply(&client, "second", &picked).await;
    assert!(problem.wants_problem(409, "conflict").contains("reconcile again"));
    // It fails after it was adjusted: the adjustment is undone, and no more.
    ends(&client, "m-1", "failed").await;
    let report = july(&client, &rows).await;
    let of = found(&report, "m-1");
    assert_eq!(of["proposed_amount"], decimal(-nanos(&each(&client, 1).await)), "{of}");
    apply(&client, "third", &json!([super::picked(of)])).await.wants(200);
    assert_eq!(proposals(&july(&client, &rows).await), json!([]));
}

#[tokio::test]
async fn what_was_adjusted_as_missing_and_comes_after_all_is_set_right_again() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    let before = client.balance("acme").await;
    // A file that lacks m-5 and has m-9, applied; then m-9 is told and m-5 stands in the file.
    let rows = ["m-1", "m-2", "m-3", "m-9"].map(|id| row(id, 2, "sent"));
    let mut rows = Vec::from(rows);
    rows.push(row("m-4", 2, "delivered"));
    let report = july(&client, &rows).await;
    apply(&client, "first", &proposals(&report)).await.wants(200);
    assert_eq!(client.balance("acme").await, before, "one given back, one charged");
    send(&client, &two_segments("m-9")).await;
    rows.push(row("m-5", 2, "sent"));
    let report = july(&client, &rows).await;
    wants(&report, &[("matched", 4, 4), ("adjusted", 2, 2)]);
    assert_eq!(found(&report, "m-5")["proposed_amount"], each(&client, 2).await, "{report}");
    assert_eq!(found(&report, "m-9")["proposed_amount"], each(&client, -2).await, "{report}");
    apply(&client, "second", &proposals(&report)).await.wants(200);
    let report = july(&client, &rows).await;
    wants(&report, &[("matched", 6, 6)]);
    assert_eq!(client.balance("acme").await, before + nanos(&each(&client, 2).await), "m-9 is charged once");
}

#[tokio::test]
async fn a_message_told_after_the_report_was_made_is_not_charged_again() {
    let home = tempfile::tempdir().unwrap();
    let running = engine(home.path()).await;
    let client = running.client();
    let report = july(&client, &[row("m-9", 2, "sent")]).await;
    let of = json!([picked(found(&report, "m-9"))]);
    send(&client, &two_segments("m-9")).await;
    apply(&client, "late", &of).await.wants_problem(409, "conflict");
    // Of two people at once one is let through.
    let report = july(&client, &[row("m-8", 2, "sent")]).await;
    let of = json!([picked(found(&report, "m-8"))]);
    let both = tokio::join!(apply(&client, "one", &of), apply(&client, "other", &of));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

/// A version of `gold`: what a segment costs.
fn version(label: &str, from: &str, price: &str) -> String {
    format!(
        "name = \"gold\"\nversion = \"{label}\"\ncurrency = \"USD\"\neffective_from = {from}\n\
         rates_csv = '''\ndirection,kind,prefix,sender_type,carrier,price,country\noutbound,sms,1,,,{price},US\n'''\n"
    )
}

#[tokio::test]
async fn a_corrected_message_is_held_at_what_it_was_corrected_to() {
    let home = tempfile::tempdir().unwrap();
    let running = Engine::start(home.path(), &["--test-clock", NOW]);
    let client = running.client();
    for text in [version("one", "2020-01-01T00:00:00Z", "1"), version("two", "2030-01-01T00:00:00Z", "3")] {
        let headers = [("content-type", "application/toml")];
        client.call(Method::POST, "/v1/tariffs", &headers, text).await.wants(201);
    }
    client.put_wallet("acme", &json!({"currency": "USD", "tariff": "gold"})).await.wants(201);
    client.adjust("acme", "credit", "100", "to begin with").await.wants(201);
    for id in ["m-1", "m-2", "m-3"] {
        send(&client, &two_segments(id)).await;
    }
    let body = json!({
        "wallets": ["acme"], "from": "2026-07-01", "to": "2026-07-31", "tariff": "gold", "version": "two",
        "reason": "a typo", "dry_run": false,
    });
    let headers = [("content-type", "application/json"), ("idempotency-key", "run")];
    let run = client.call(Method::POST, "/v1/corrections", &headers, body.to_string()).await.wants(200);
    assert_eq!(run["totals"]["posted"], 3, "{run}");
    let rows = [row("m-1", 3, "sent"), row("m-2", 2, "sent")];
    let report = july(&client, &rows).await;
    wants(&report, &[("matched", 1, 1), ("missing_there", 0, 1), ("other_segments", 1, 1)]);
    let told = |id: &str| {
        let of = found(&report, id);
        ["our_price", "comes_to", "proposed_amount"]
            .map(|field| of[field].as_str().unwrap_or("none").to_owned())
    };
    assert_eq!(told("m-1"), ["2", "6", "-3"], "{report}");
    assert_eq!(told("m-3"), ["2", "6", "6"], "{report}");
    apply(&client, "all", &proposals(&report)).await.wants(200);
    assert_eq!(proposals(&july(&client, &rows).await), json!([]));
}
