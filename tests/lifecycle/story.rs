//! A story: one wallet, and what happens to it when, told in the wallet's own time. Stories that start at the same
//! moment are told side by side on one engine, and each that fails is named with its step.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use reqwest::Method;
use serde_json::{Value, json};

use crate::seen;
use crate::world::{World, dollars_held, message};

/// What is done, or what must be seen.
#[derive(Clone, Debug)]
pub enum Step {
    /// An adjustment of this amount.
    Credit(&'static str),
    /// A carrier's fee is reported.
    Spend(&'static str),
    /// A message of so many dollars, and what must become of it.
    Send(&'static str, u64, &'static str),
    Buy(&'static str),
    /// The purchase must be refused with this status and code.
    BuyRefused(&'static str, u16, &'static str),
    ReleaseByHand(&'static str),
    /// A hold of so many dollars; holds are told apart by order.
    Hold(u64),
    /// The n-th hold (from 1) is settled with this amount, for good or not.
    Settle(usize, &'static str, bool),
    Void(usize),
    /// A final status of a message.
    Status(&'static str, &'static str),
    /// What the number must look like (see [`seen::number`]).
    Number(&'static str, &'static str),
    /// The exact instant at which the number is due next.
    DueAt(&'static str, &'static str),
    /// See [`seen::wallet`].
    Wallet(&'static str),
    /// All entries so far (see [`seen::entry`]), after the first ones that the story does not care for.
    EntriesAfter(usize, &'static [&'static str]),
    /// All alerts so far of these types (see [`seen::alert`]).
    Alerts(&'static str, &'static [&'static str]),
}

pub struct Story {
    name: &'static str,
    zone: &'static str,
    steps: &'static [(&'static str, Step)],
}

/// One telling: a story with its wallet.
struct Telling<'a> {
    story: &'a Story,
    wallet: String,
    zone: TimeZone,
    holds: Vec<String>,
    failed: Option<String>,
}

pub const fn story(name: &'static str, zone: &'static str, steps: &'static [(&'static str, Step)]) -> Story {
    Story { name, zone, steps }
}

/// A moment of the wallet's own clock; of two alike the first, of one that is skipped the first after.
fn moment(text: &str, zone: &TimeZone) -> Timestamp {
    let with_seconds = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
    let civil: DateTime =
        with_seconds.replace(' ', "T").parse().unwrap_or_else(|_| panic!("{text:?} is no local time"));
    zone.to_ambiguous_zoned(civil).compatible().expect("a time within the calendar").timestamp()
}

/// Tells all stories at once, from `start` on.
pub async fn tell(start: &str, stories: &[Story]) {
    let mut world = World::start(start).await;
    let mut tellings: Vec<Telling> = Vec::new();
    for (number, story) in stories.iter().enumerate() {
        let zone = TimeZone::get(story.zone).unwrap_or_else(|error| panic!("{}: {error}", story.zone));
        let wallet = format!("w-{}", number + 1);
        world.open(&wallet, story.zone).await;
        tellings.push(Telling { story, wallet, zone, holds: Vec::new(), failed: None });
    }
    let mut agenda: Vec<(Timestamp, usize, usize)> = Vec::new();
    for (teller, telling) in tellings.iter().enumerate() {
        let moments = telling.story.steps.iter().map(|(at, _)| moment(at, &telling.zone));
        agenda.extend(moments.enumerate().map(|(step, at)| (at, teller, step)));
    }
    agenda.sort();
    for (at, teller, step) in agenda {
        if at != world.now {
            world.advance_to(at).await;
        }
        let telling = &mut tellings[teller];
        if telling.failed.is_some() {
            continue;
        }
        let (when, what) = &telling.story.steps[step];
        if let Err(found) = take(&mut world, telling, what).await {
            telling.failed = Some(format!("step {} ({when} {what:?}): {found}", step + 1));
        }
    }
    report(&world, &tellings).await;
}

/// Fails with every story that failed, each with the wallet's entries.
async fn report(world: &World, tellings: &[Telling<'_>]) {
    let mut failures = String::new();
    for telling in tellings {
        let Some(failed) = &telling.failed else { continue };
        write!(failures, "\n{} [{}], {failed}", telling.story.name, telling.story.zone).unwrap();
        for row in world.client.entries(&telling.wallet).await {
            write!(failures, "\n        {}", seen::entry(&row, &telling.zone)).unwrap();
        }
    }
    assert!(failures.is_empty(), "stories that went otherwise than the rules say:{failures}");
}

fn same(want: &str, got: &str) -> Result<(), String> {
    if want == got { Ok(()) } else { Err(format!("\n    wanted {want}\n    got    {got}")) }
}

fn same_lines(want: &[&str], got: &[String]) -> Result<(), String> {
    if want == got {
        return Ok(());
    }
    Err(format!("\n    wanted {}\n    got    {}", want.join("\n           "), got.join("\n           ")))
}

/// Does or looks at one thing; `Err` says what was wanted and what came.
async fn take(world: &mut World, telling: &mut Telling<'_>, step: &Step) -> Result<(), String> {
    let wallet = telling.wallet.as_str();
    match step {
        Step::Number(number, want) => {
            let path = format!("/v1/wallets/{wallet}/numbers/{number}");
            let document = answer(world, Method::GET, &path, None).await?;
            same(want, &seen::number(&document, &telling.zone))
        }
        Step::DueAt(number, want) => {
            let path = format!("/v1/wallets/{wallet}/numbers/{number}");
            let document = answer(world, Method::GET, &path, None).await?;
            let due = document["next_due_at"].as_str().unwrap_or("null");
            let parsed = due.parse::<Timestamp>().map(|at| at.to_string());
            same(want, &parsed.unwrap_or_else(|_| due.to_owned()))
        }
        Step::Wallet(want) => {
            let document = answer(world, Method::GET, &format!("/v1/wallets/{wallet}"), None).await?;
            same(want, &seen::wallet(&document))
        }
        Step::EntriesAfter(skipped, want) => {
            let rows = world.client.entries(wallet).await;
            let lines: Vec<String> =
                rows.iter().skip(*skipped).map(|row| seen::entry(row, &telling.zone)).collect();
            same_lines(want, &lines)
        }
        Step::Alerts(kinds, want) => {
            let rows = world.client.alerts(wallet).await;
            let wanted = rows.iter().filter(|row| kinds.contains(row["type"].as_str().unwrap_or("?")));
            let lines: Vec<String> = wanted.map(|row| seen::alert(row, &telling.zone)).collect();
            same_lines(want, &lines)
        }
        Step::Send(id, dollars, want) => {
            let outcome = world.client.send_one(&message(wallet, id, *dollars)).await;
            same(want, &outcome.said())
        }
        Step::Spend(amount) => {
            world.spend(wallet, amount).await;
            Ok(())
        }
        Step::Status(of, status) => {
            world.status(wallet, of, status).await;
            Ok(())
        }
        Step::BuyRefused(number, status, code) => {
            let key = world.key();
            let refused = world.client.buy_number(wallet, &key, number).await;
            let document: Value = serde_json::from_str(&refused.text).unwrap_or_default();
            let told = format!("{} {}", refused.status, document["code"].as_str().unwrap_or("?"));
            same(&format!("{status} {code}"), &told)
        }
        _ => {
            let (method, path, body) = request(telling, step)?;
            let made = answer(world, method, &path, Some(body)).await?;
            if let Step::Hold(_) = step {
                telling.holds.push(made["hold"].as_str().unwrap_or("?").to_owned());
            }
            Ok(())
        }
    }
}

/// The call of a step that must simply succeed.
fn request(telling: &Telling<'_>, step: &Step) -> Result<(Method, String, Value), String> {
    let hold = |number: &usize| &telling.holds[number - 1];
    let (path, body) = match step {
        Step::Credit(amount) => {
            ("adjustments".to_owned(), json!({"amount": amount, "reason": "by the story"}))
        }
        Step::Buy(number) => ("numbers".to_owned(), json!({"number": number})),
        Step::Hold(dollars) => ("holds".to_owned(), dollars_held(*dollars)),
        Step::Settle(number, amount, end) => {
            (format!("holds/{}/settle", hold(number)), json!({"amount": amount, "final": end}))
        }
        Step::Void(number) => (format!("holds/{}/void", hold(number)), json!({})),
        Step::ReleaseByHand(number) => {
            let path = format!("/v1/wallets/{}/numbers/{number}", telling.wallet);
            return Ok((Method::DELETE, path, Value::Null));
        }
        _ => return Err("is no call".to_owned()),
    };
    Ok((Method::POST, format!("/v1/wallets/{}/{path}", telling.wallet), body))
}

async fn answer(world: &mut World, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
    let key = world.key();
    let answer = world.client.keyed(method, path, &key, &body.unwrap_or_default()).await;
    match answer.status {
        200 | 201 => Ok(answer.json()),
        status => Err(format!("wanted {} to succeed, got {status} {}", answer.call, answer.text)),
    }
}
