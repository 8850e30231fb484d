//! R1 over random lives: table = totals = summaries = the sum of the entries, for every range, axis, filter and group;
//! on the axis of posting they bridge the balances, and months and days meet.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::figures::Figures;
use crate::fleet::{Fleet, Member};
use crate::ledger::Ledger;
use crate::question::{Axis, GROUPS, Question};
use crate::support::nanos;
use crate::support::random::Random;

const ROUNDS: usize = 220;
/// Random questions asked of each wallet.
const QUESTIONS: usize = 40;

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
    let length = if random.percent(30) { random.below(4) } else { random.below(365) };
    let axis = Axis::BOTH[random.below(2) as usize];
    let mut question = Question::new(axis, from, from + (length as i64).days());
    let mut some = |place: usize| -> Option<String> {
        let known = ledger.known(place);
        known[random.below(known.len() as u64) as usize].clone()
    };
    let (channels, campaigns, country) = ([some(0), some(0)], [some(1), some(1)], some(2));
    if random.percent(25) {
        question.channels = channels.into_iter().flatten().collect();
    }
    if random.percent(25) {
        // That one of two lines can be asked for too has a test of its own.
        let askable =
            campaigns.into_iter().map(Option::unwrap_or_default).filter(|text| !text.contains('\n'));
        question.campaigns = askable.collect();
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

/// Every month from the first day to the last.
fn months(first: Date, last: Date) -> Vec<(Date, Date)> {
    let starts = std::iter::successors(Some(first.first_of_month()), |month| Some(*month + 1.month()));
    starts.take_while(|month| *month <= last).map(|month| (month, month.last_of_month())).collect()
}

fn sum<'a>(figures: impl IntoIterator<Item = &'a Figures>) -> Figures {
    figures.into_iter().fold(Figures::default(), |mut sum, more| {
        sum += more;
        sum
    })
}

/// Closing of a month is opening of the next; its days, asked for one by one, are the month; and months the year.
async fn parts_meet(fleet: &Fleet, member: &Member, ledger: &Ledger) {
    let (first, last) = span(fleet, member);
    let (client, wallet) = (&fleet.world.client, member.wallet.as_str());
    for axis in Axis::BOTH {
        let months = months(first, last);
        let mut of_months = Vec::new();
        let mut closing = (axis == Axis::Posted).then_some(0);
        for (from, to) in &months {
            let month = ledger.holds(client, wallet, &Question::new(axis, *from, *to)).await;
            assert_eq!(
                month.opening, closing,
                "{wallet}: {from} opens with what the month before closed with"
            );
            closing = month.closing;
            of_months.push(month);
        }
        let whole = Question::new(axis, months[0].0, months[months.len() - 1].1).by(&["month"]);
        let whole = ledger.holds(client, wallet, &whole).await;
        assert_eq!(
            sum(of_months.iter().map(|month| &month.totals)),
            whole.totals,
            "{wallet}: months, the year"
        );
        let middle = months.len() / 2;
        let (from, to) = months[middle];
        let mut of_days = Vec::new();
        for day in from.series(1.day()).take_while(|day| *day <= to) {
            of_days.push(Question::new(axis, day, day).ask(client, wallet).await.usage);
        }
        let days = sum(of_days.iter().map(|day| &day.totals));
        assert_eq!(days, of_months[middle].totals, "{wallet}: the days of {from} to {to}");
        for pair in of_days.windows(2) {
            assert_eq!(pair[0].closing, pair[1].opening, "{wallet}: a day opens as the day before closed");
        }
    }
    let all = Question::new(Axis::Posted, first, last).ask(client, wallet).await.usage;
    let balance =
        ledger.entries.last().map_or(0, |entry| nanos(entry["balance_after"].as_str().expect("it")));
    assert_eq!((all.opening, all.closing), (Some(0), Some(balance)), "{wallet}: from nothing to the balance");
}

/// That there was something to add up, or the test has shown nothing.
fn saw_everything(fleet: &Fleet, ledgers: &[Ledger]) {
    let wanted = [
        "charge",
        "carrier_fee",
        "adjustment",
        "number_fee",
        "hold_settlement",
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
    let missing: Vec<_> = wanted.iter().filter(|name| count(name) == 0).collect();
    assert!(missing.is_empty(), "wanted a life with some of each: {missing:?}");
}

#[tokio::test]
async fn table_summaries_and_entries_agree_to_the_last_unit_for_any_range_axis_filter_and_group() {
    let random = Random::from_environment();
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
        for _ in 0..QUESTIONS {
            let question = random_question(&mut random, ledger, first, last);
            ledger.holds(client, wallet, &question).await;
        }
        parts_meet(&fleet, member, ledger).await;
    }
}
