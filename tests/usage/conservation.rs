//! R1 over random lives: table = totals = summaries = usage.csv = entries.csv = entries.parquet = the sum of the entries, for
//! every range, axis, filter and group; on the axis of posting they bridge the balances, and months, days and any other
//! parts meet. `FAREBOX_USAGE_LIVES` says how many lives (1), `FAREBOX_SEED` which.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::exported::Files;
use crate::figures::Figures;
use crate::fleet::{Fleet, Member};
use crate::ledger::Ledger;
use crate::parts::{months, parts_meet, sum};
use crate::question::{Axis, GROUPS, Question};
use crate::support::nanos;
use crate::support::random::Random;

const ROUNDS: usize = 220;
/// Random questions asked of each wallet.
const QUESTIONS: usize = 40;
/// Ranges of each wallet that are cut in two.
const CUTS: usize = 10;

/// The first day that may have anything, and the last.
fn span(fleet: &Fleet, member: &Member) -> (Date, Date) {
    let zone = TimeZone::get(member.zone).expect("a zone");
    let day = |at: jiff::Timestamp| at.to_zoned(zone.clone()).date();
    (day(fleet.began) - 36.days(), day(fleet.world.now) + 1.day())
}

fn days_between(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}

fn random_question(random: &mut Random, ledger: &Ledger, first: Date, last: Date) -> Question {
    let days = days_between(first, last) as u64;
    let from = first + (random.below(days + 1) as i64).days();
    let (from, to) = match random.below(10) {
        0..2 => (from, from),
        2..4 => (from, from + (random.below(4) as i64).days()),
        4..6 => (from.first_of_month(), from.last_of_month()),
        6 => (from.first_of_year(), from.last_of_year()),
        7 => (from, from + 365.days()),
        _ => (from, from + (random.below(365) as i64).days()),
    };
    let axis = Axis::BOTH[random.below(2) as usize];
    let mut question = Question::new(axis, from, to);
    let mut some = |place: usize| -> Option<String> {
        let known = ledger.known(place);
        known[random.below(known.len() as u64) as usize].clone()
    };
    let (channels, campaigns, country) = ([some(0), some(0)], [some(1), some(1)], some(2));
    if random.percent(25) {
        question.channels = channels.into_iter().flatten().collect();
    }
    if random.percent(25) {
        question.campaigns = campaigns.into_iter().map(Option::unwrap_or_default).collect();
    }
    if random.percent(15) {
        question.country = country;
    }
    if random.percent(15) {
        question.kind = Some(["sms", "mms"][random.below(2) as usize]);
    }
    if random.percent(15) {
        question.direction = Some(["outbound", "inbound"][random.below(2) as usize]);
    }
    for _ in 0..random.below(4) {
        question.group_by.push(GROUPS[random.below(GROUPS.len() as u64) as usize]);
    }
    question
}

/// A range is what any two parts of it come to, and they meet where it is cut.
async fn any_two_parts_meet(fleet: &Fleet, member: &Member, random: &mut Random) {
    let (first, last) = span(fleet, member);
    let (client, wallet) = (&fleet.world.client, member.wallet.as_str());
    let days = days_between(first, last) as u64;
    for number in 0..CUTS {
        let from = first + (random.below(days) as i64).days();
        let to = from + (1 + random.below(days_between(from, last) as u64) as i64).days();
        let cut = from + (random.below(days_between(from, to) as u64) as i64).days();
        let axis = Axis::BOTH[number % 2];
        let mut parts = Vec::new();
        for (from, to) in [(from, to), (from, cut), (cut + 1.day(), to)] {
            parts.push(Question::new(axis, from, to).ask(client, wallet).await.usage);
        }
        let [whole, one, other] = parts.try_into().expect("three");
        let what = format!("{wallet}, {axis:?}: {from} to {to}, cut after {cut}");
        assert_eq!(sum([&one.totals, &other.totals]), whole.totals, "{what}");
        assert_eq!((one.opening, other.closing), (whole.opening, whole.closing), "{what}");
        assert_eq!(one.closing, other.opening, "{what}");
    }
}

/// A month's statement says what usage says of the same state.
async fn statements_agree(fleet: &Fleet, member: &Member) {
    let (first, last) = span(fleet, member);
    let (client, wallet) = (&fleet.world.client, member.wallet.as_str());
    for (from, to) in months(first, last) {
        let path = format!("/v1/wallets/{wallet}/statements/{}", &from.to_string()[..7]);
        let answer = client.get(&path).await;
        // The last day of the span may be of a month that has not begun.
        if answer.status == 400 {
            answer.wants_problem(400, "bad_range");
            continue;
        }
        let told = answer.wants(200);
        let as_of = told["as_of"].as_str().expect("a token");
        let usage = Question::new(Axis::Posted, from, to).at(as_of).ask(client, wallet).await.usage;
        assert_eq!(Figures::read(&told["totals"]), usage.totals, "{path}: {told}");
        for table in ["by_kind", "by_channel"] {
            let rows: Vec<Figures> =
                told[table].as_array().into_iter().flatten().map(Figures::read).collect();
            assert_eq!(sum(&rows), usage.totals, "{path}: {table}: {told}");
        }
        let balance = |name: &str| told[name].as_str().map(nanos);
        let found = (balance("opening_balance"), balance("closing_balance"));
        assert_eq!(found, (usage.opening, usage.closing), "{path}: {told}");
    }
}

/// That there was something to add up, or the test has shown nothing.
fn saw_everything(fleet: &Fleet, ledgers: &[Ledger]) {
    let wanted = [
        "charge",
        "carrier_fee",
        "adjustment",
        "number_fee",
        "hold_settlement",
        "correction",
        "refund",
        "failure_fee",
        "recharge",
        "failure_fee_return",
        "top_up",
        "payment_refund",
        "dispute",
        "dispute_reinstated",
    ];
    let types: Vec<&str> = ledgers
        .iter()
        .flat_map(|ledger| &ledger.entries)
        .filter_map(|entry| entry["type"].as_str())
        .collect();
    let count = |name: &str| types.iter().filter(|kind| **kind == name).count();
    for name in wanted {
        println!("{} {name}", count(name));
    }
    println!("from {} to {}", fleet.began, fleet.world.now);
    let all = || ledgers.iter().flat_map(|ledger| &ledger.entries);
    let set_right = |entry: &serde_json::Value| entry["type"] == "adjustment" && entry["of_seq"].is_u64();
    assert!(all().any(set_right), "wanted adjustments that set an entry right");
    let missing: Vec<_> = wanted.iter().filter(|name| count(name) == 0).collect();
    assert!(missing.is_empty(), "wanted a life with some of each: {missing:?}");
}

#[tokio::test]
async fn table_summaries_and_entries_agree_to_the_last_unit_for_any_range_axis_filter_and_group() {
    let lives =
        std::env::var("FAREBOX_USAGE_LIVES").map_or(1, |text| text.parse().expect("a number of lives"));
    let mut random = Random::from_environment();
    for life in 0..lives {
        println!("life {life}");
        one_life(Random::new(random.next())).await;
    }
}

async fn one_life(random: Random) {
    let mut fleet = Fleet::start("2025-11-20T07:31:07Z", random).await;
    for number in 0..fleet.members.len() {
        let wallet = fleet.members[number].wallet.clone();
        fleet.world.credit(&wallet, "60").await;
    }
    fleet.live(ROUNDS / 2).await;
    fleet.money_back(1).await;
    fleet.live(ROUNDS / 2).await;
    let mut ledgers = Vec::new();
    for member in &fleet.members {
        ledgers.push(fleet.ledger(member).await);
    }
    saw_everything(&fleet, &ledgers);
    let mut random = Random::new(fleet.random.next());
    for (member, ledger) in fleet.members.iter().zip(&ledgers) {
        let (first, last) = span(&fleet, member);
        let (client, wallet) = (&fleet.world.client, member.wallet.as_str());
        for axis in Axis::BOTH {
            for group in GROUPS {
                ledger.holds(client, wallet, &Question::new(axis, first, last).by(&[group])).await;
            }
            ledger.holds(client, wallet, &Question::new(axis, first, last).by(&GROUPS)).await;
        }
        for number in 0..QUESTIONS {
            let question = random_question(&mut random, ledger, first, last);
            let files = if number % 4 == 0 { Files::All } else { Files::Csv };
            ledger.holds_in_files(client, wallet, &question, files).await;
        }
        let months = months(first, last);
        let middle = months[months.len() / 2].0;
        parts_meet(client, wallet, ledger, &months, |month| month == middle).await;
        any_two_parts_meet(&fleet, member, &mut random).await;
        statements_agree(&fleet, member).await;
    }
}
