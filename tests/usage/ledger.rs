//! A naive model of usage (RULES, section 13): everything is added up anew from the wallet's entries and the statuses
//! that were sent, with day arithmetic of its own.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::exported::{self, Files, Row};
use crate::figures::{CARRIER_FEES, Fate, Figures, MESSAGE_COST, column_of};
use crate::question::{Answered, Axis, Group, Question, Usage};
use crate::support::client::{Client, Outcome};
use crate::support::event::Event;
use crate::support::{audit, nanos};

/// How long a status waits for its message, and a message can be told of after it was posted. (Those of these tests
/// happened before that.)
const KEPT: SignedDuration = SignedDuration::from_hours(35 * 24);

/// A message's source and id.
type Key = (String, String);

/// What became of one wallet's messages, told in the order in which the engine was told.
#[derive(Clone, Default)]
pub struct Fates {
    /// With when it was posted.
    charged: HashMap<Key, (Fate, Timestamp)>,
    early: HashMap<Key, Vec<(Timestamp, Fate)>>,
}

impl Fates {
    /// An event that was sent at this moment, and its outcome.
    pub fn hear(&mut self, event: &Event, outcome: &Outcome, now: Timestamp) {
        let field = |name: &str| event.0[name].as_str().unwrap_or_default().to_owned();
        let taken = ["charged", "recorded"].contains(&outcome.outcome.as_str());
        let source = field("source");
        match field("type").as_str() {
            "message.status" if taken => {
                let of = if event.0["message_source"].is_null() { source } else { field("message_source") };
                let fate = if field("status") == "delivered" { Fate::Delivered } else { Fate::Failed };
                self.apply((of, field("message")), fate, now);
            }
            "message.outbound" | "message.inbound" if outcome.outcome == "charged" => {
                let key = (source, field("id"));
                self.charged.insert(key.clone(), (Fate::Other, now));
                for (told_at, fate) in self.early.remove(&key).unwrap_or_default() {
                    if told_at + KEPT > now {
                        self.apply(key.clone(), fate, now);
                    }
                }
            }
            _ => {}
        }
    }

    /// The first final status counts; after a failure, delivered counts once more.
    fn apply(&mut self, key: Key, fate: Fate, now: Timestamp) {
        match self.charged.get_mut(&key) {
            None => {
                // A status that changes nothing when it comes is of no effect later either, even where the one that
                // stood before it is forgotten before the message comes.
                let waiting = self.early.entry(key).or_default();
                waiting.retain(|(told_at, _)| *told_at + KEPT > now);
                match waiting.last() {
                    Some((_, stands)) if *stands == fate || *stands == Fate::Delivered => {}
                    _ => waiting.push((now, fate)),
                }
            }
            Some((_, posted_at)) if *posted_at + KEPT < now => {}
            Some((stands @ Fate::Other, _)) => *stands = fate,
            Some((stands @ Fate::Failed, _)) if fate == Fate::Delivered => *stands = fate,
            Some(_) => {}
        }
    }

    /// How many messages count as delivered, and as failed.
    pub fn counts(&self) -> (i128, i128) {
        let of = |wanted| self.charged.values().filter(|(fate, _)| *fate == wanted).count() as i128;
        (of(Fate::Delivered), of(Fate::Failed))
    }

    /// With what was heard elsewhere of other messages.
    pub fn merge(&mut self, others: Fates) {
        self.charged.extend(others.charged);
        self.early.extend(others.early);
    }

    fn of(&self, entry: &Value) -> Fate {
        let field = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        self.charged.get(&(field("source"), field("id"))).map_or(Fate::Other, |(fate, _)| *fate)
    }
}

/// What one entry adds to usage or to credit.
struct Line {
    /// By [`Axis`].
    days: [Date; 2],
    /// In the order of [`crate::question::GROUPS`], without the two of time.
    counted_under: [Option<String>; 5],
    entry_type: String,
    amount: i128,
    /// None: it is no usage.
    figures: Option<Figures>,
}

/// The entries of a wallet.
pub struct Ledger {
    pub entries: Vec<Value>,
    lines: Vec<Line>,
}

fn text(entry: &Value, field: &str) -> Option<String> {
    entry[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn amount(entry: &Value, field: &str) -> i128 {
    nanos(entry[field].as_str().unwrap_or_else(|| panic!("wanted `{field}` in {entry}")))
}

impl Ledger {
    /// Reads and audits the entries.
    pub async fn read(client: &Client, wallet: &str, zone: &str, fates: &Fates) -> Ledger {
        Ledger::of(audit::wallet(client, wallet).await.entries, zone, fates)
    }

    pub fn of(entries: Vec<Value>, zone: &str, fates: &Fates) -> Ledger {
        let zone = TimeZone::get(zone).expect("a zone that jiff knows");
        let lines = entries.iter().map(|entry| line(&entries, entry, &zone, fates)).collect();
        Ledger { entries, lines }
    }

    /// Everything that entries are counted under, to choose filters from: by place in `counted_under`.
    pub fn known(&self, place: usize) -> Vec<Option<String>> {
        let all: std::collections::BTreeSet<_> =
            self.lines.iter().map(|line| line.counted_under[place].clone()).collect();
        all.into_iter().collect()
    }

    pub fn answer(&self, question: &Question) -> Usage {
        let axis = question.axis as usize;
        let mut usage = Usage {
            rows: BTreeMap::new(),
            totals: Figures::default(),
            used: BTreeMap::new(),
            added: None,
            opening: None,
            closing: None,
        };
        let mut added = BTreeMap::new();
        let (mut opening, mut closing) = (0, 0);
        for line in &self.lines {
            let day = line.days[axis];
            opening += if day < question.from { line.amount } else { 0 };
            closing += if day <= question.to { line.amount } else { 0 };
            if day < question.from || day > question.to {
                continue;
            }
            let Some(figures) = &line.figures else {
                *added.entry(line.entry_type.clone()).or_default() += line.amount;
                continue;
            };
            if !line.is_asked_for(question) {
                continue;
            }
            *usage.rows.entry(line.group(question, day)).or_default() += figures;
            usage.totals += figures;
            *usage.used.entry(line.entry_type.clone()).or_default() -= line.amount;
        }
        usage.rows.retain(|_, figures| !figures.is_nothing());
        usage.used.retain(|_, used| *used != 0);
        added.retain(|_, added| *added != 0);
        if question.axis == Axis::Posted && !question.is_filtered() {
            usage.added = Some(added);
            (usage.opening, usage.closing) = (Some(opening), Some(closing));
        }
        usage
    }

    /// Asks the engine, and wants exactly what the entries come to.
    pub async fn holds(&self, client: &Client, wallet: &str, question: &Question) -> Usage {
        self.asked(client, wallet, question).await.usage
    }

    async fn asked(&self, client: &Client, wallet: &str, question: &Question) -> Answered {
        let found = question.ask(client, wallet).await;
        if let Some(fault) = found.usage.differs_from(&self.answer(question)) {
            panic!("{}: {fault}", question.path(wallet));
        }
        found
    }

    /// The same, and of the files of the same state too.
    pub async fn holds_in_files(&self, client: &Client, wallet: &str, question: &Question, files: Files) {
        let answered = self.asked(client, wallet, question).await;
        let rows = exported::agree(client, wallet, question, &answered, files).await;
        self.lists(&rows, question, wallet);
    }

    /// The rows of a file are the entries that are asked for, each with what it says of itself.
    fn lists(&self, rows: &[Row], question: &Question, wallet: &str) {
        let axis = question.axis as usize;
        let days = question.from..=question.to;
        let wanted = self.lines.iter().zip(&self.entries);
        let wanted =
            wanted.filter(|(line, _)| days.contains(&line.days[axis]) && line.is_asked_for(question));
        let wanted: Vec<_> = wanted.collect();
        let seqs: Vec<&str> = rows.iter().map(|row| row["seq"].as_str()).collect();
        let seqs_wanted: Vec<String> = wanted.iter().map(|(_, entry)| entry["seq"].to_string()).collect();
        assert_eq!(seqs, seqs_wanted, "{}: the rows of entries.csv", question.path(wallet));
        for (row, (line, entry)) in rows.iter().zip(wanted) {
            assert_eq!(row["day"], line.days[axis].to_string(), "the day of {entry}");
            for field in ["type", "occurred_at", "posted_at", "amount", "balance_after"] {
                assert_eq!(row[field], text(entry, field).unwrap_or_default(), "`{field}` of {entry}");
            }
            let columns = ["channel", "campaign", "country", "kind", "direction"];
            for (column, under) in columns.into_iter().zip(&line.counted_under) {
                assert_eq!(row[column], under.clone().unwrap_or_default(), "`{column}` of {entry}");
            }
            let tags = if row["tags"].is_empty() { "{}" } else { &row["tags"] };
            let tags: Value = serde_json::from_str(tags).expect("tags are JSON");
            assert_eq!(tags, entry["tags"], "the tags of {entry}");
        }
    }
}

impl Line {
    fn is_asked_for(&self, question: &Question) -> bool {
        let [channel, campaign, country, kind, direction] = &self.counted_under;
        let among = |asked: &[String], value: &Option<String>| {
            asked.is_empty() || asked.iter().any(|asked| *asked == value.clone().unwrap_or_default())
        };
        let is = |asked: Option<&str>, value: &Option<String>| asked.is_none() || asked == value.as_deref();
        among(&question.channels, channel)
            && among(&question.campaigns, campaign)
            && is(question.country.as_deref(), country)
            && is(question.kind, kind)
            && is(question.direction, direction)
    }

    fn group(&self, question: &Question, day: Date) -> Group {
        let [channel, campaign, country, kind, direction] = &self.counted_under;
        let value = |group: &str| match group {
            "day" => Some(day.to_string()),
            "month" => Some(format!("{:04}-{:02}", day.year(), day.month())),
            "channel" => channel.clone(),
            "campaign" => campaign.clone(),
            "country" => country.clone(),
            "kind" => kind.clone(),
            "direction" => direction.clone(),
            other => panic!("nothing is grouped by {other}"),
        };
        question.groups().into_iter().map(value).collect()
    }
}

fn line(entries: &[Value], entry: &Value, zone: &TimeZone, fates: &Fates) -> Line {
    let day = |field: &str| {
        let at: Timestamp = entry[field].as_str().and_then(|at| at.parse().ok()).expect("an instant");
        at.to_zoned(zone.clone()).date()
    };
    let entry_type = text(entry, "type").expect("an entry has a type");
    let change = amount(entry, "amount");
    let figures = match entry_type.as_str() {
        "charge" => {
            let (price, fee) = (amount(entry, "price"), amount(entry, "carrier_fee"));
            assert_eq!(price + fee, -change, "wanted price and carrier fee to make the amount: {entry}");
            let units = i128::from(entry["units"].as_u64().expect("a message has units"));
            let word = |field| text(entry, field).expect("a message has kind and direction");
            let message = Figures::message(&word("kind"), &word("direction"), units, fates.of(entry));
            Some(message.charge(MESSAGE_COST, price).charge(CARRIER_FEES, fee))
        }
        other => column_of(other).map(|column| Figures::default().charge(column, -change)),
    };
    // What follows a message is counted under what the message is; an adjustment that sets an entry right is money.
    let of = entry["of_seq"].as_u64().filter(|_| figures.is_some());
    let of = of.map_or(entry, |seq| &entries[seq as usize - 1]);
    let [campaign, country, kind, direction] =
        ["campaign", "country", "kind", "direction"].map(|field| text(of, field));
    let channel = text(of, "channel").or_else(|| text(of, "number"));
    Line {
        days: [day("occurred_at"), day("posted_at")],
        counted_under: [channel, campaign, country, kind, direction],
        entry_type,
        amount: change,
        figures,
    }
}
