//! What usage is asked for, and the answer read: its numbers are held to agree among themselves (R1).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::figures::Figures;
use crate::support::client::Client;
use crate::support::nanos;

/// In the order in which a row names them.
pub const GROUPS: [&str; 7] = ["day", "month", "channel", "campaign", "country", "kind", "direction"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    Occurred,
    Posted,
}

impl Axis {
    pub const BOTH: [Axis; 2] = [Axis::Occurred, Axis::Posted];

    pub fn word(self) -> &'static str {
        match self {
            Axis::Occurred => "occurred",
            Axis::Posted => "posted",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Question {
    pub axis: Axis,
    pub from: Date,
    pub to: Date,
    pub channels: Vec<String>,
    /// Empty: those of none.
    pub campaigns: Vec<String>,
    pub direction: Option<&'static str>,
    pub kind: Option<&'static str>,
    pub country: Option<String>,
    /// None: what nobody asked for, which is by day.
    pub group_by: Vec<&'static str>,
    pub as_of: Option<String>,
}

/// What a row stands for: a value for each of what the table is grouped by, in the order of [`GROUPS`].
pub type Group = Vec<Option<String>>;

/// A table and its summaries, as answered or as they should be. Types of entries that came to 0 are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    pub rows: BTreeMap<Group, Figures>,
    pub totals: Figures,
    pub used: BTreeMap<String, i128>,
    pub added: Option<BTreeMap<String, i128>>,
    pub opening: Option<i128>,
    pub closing: Option<i128>,
}

/// An answer, with what repeats it.
#[derive(Clone, Debug)]
pub struct Answered {
    pub as_of: String,
    pub usage: Usage,
    pub json: Value,
}

impl Question {
    pub fn new(axis: Axis, from: Date, to: Date) -> Question {
        Question {
            axis,
            from,
            to,
            channels: Vec::new(),
            campaigns: Vec::new(),
            direction: None,
            kind: None,
            country: None,
            group_by: Vec::new(),
            as_of: None,
        }
    }

    pub fn by(mut self, group_by: &[&'static str]) -> Question {
        self.group_by = group_by.to_vec();
        self
    }

    pub fn of_channel(mut self, channel: &str) -> Question {
        self.channels = vec![channel.to_owned()];
        self
    }

    pub fn at(mut self, as_of: &str) -> Question {
        self.as_of = Some(as_of.to_owned());
        self
    }

    pub fn is_filtered(&self) -> bool {
        let several = !self.channels.is_empty() || !self.campaigns.is_empty();
        several || self.direction.is_some() || self.kind.is_some() || self.country.is_some()
    }

    /// Only the last row is of interest where nothing is grouped by: the table is by day.
    pub fn groups(&self) -> Vec<&'static str> {
        match self.group_by.is_empty() {
            true => vec!["day"],
            false => GROUPS.into_iter().filter(|group| self.group_by.contains(group)).collect(),
        }
    }

    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("from", &self.from.to_string()).append_pair("to", &self.to.to_string());
        query.append_pair("axis", self.axis.word());
        let several = [("channel", &self.channels), ("campaign", &self.campaigns)];
        for (name, values) in several {
            query.extend_pairs(values.iter().map(|value| (name, value)));
        }
        let once = [("direction", self.direction), ("kind", self.kind), ("country", self.country.as_deref())];
        for (name, value) in once.into_iter().chain([("as_of", self.as_of.as_deref())]) {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.extend_pairs(self.group_by.iter().map(|group| ("group_by", group)));
        query.finish()
    }

    pub fn path(&self, wallet: &str) -> String {
        format!("/v1/wallets/{wallet}/usage?{}", self.query())
    }

    pub async fn ask(&self, client: &Client, wallet: &str) -> Answered {
        let path = self.path(wallet);
        let json = client.get(&path).await.wants(200);
        let answered = Answered::read(self, json);
        answered.agrees(self).unwrap_or_else(|fault| panic!("{path}: {fault}\n{}", answered.json));
        answered
    }
}

fn amounts(document: &Value, what: &str) -> (BTreeMap<String, i128>, i128) {
    let fields = document[what].as_object().unwrap_or_else(|| panic!("wanted `{what}` in {document}"));
    let amount = |value: &Value| nanos(value.as_str().unwrap_or_else(|| panic!("{what}: {document}")));
    let total = amount(&fields["total"]);
    let types = fields.iter().filter(|(name, _)| *name != "total");
    let types = types.map(|(name, value)| (name.clone(), amount(value))).filter(|(_, sum)| *sum != 0);
    (types.collect(), total)
}

impl Answered {
    fn read(question: &Question, json: Value) -> Answered {
        let mut rows = BTreeMap::new();
        for row in json["table"].as_array().unwrap_or_else(|| panic!("wanted a table: {json}")) {
            let group: Group = question
                .groups()
                .iter()
                .map(|name| {
                    let value = row.get(*name).unwrap_or_else(|| panic!("wanted `{name}` in {row}"));
                    value.as_str().map(str::to_owned)
                })
                .collect();
            let others = GROUPS.iter().filter(|name| !question.groups().contains(name));
            // `kind` and the others are there only where they were asked for.
            others.for_each(|name| assert!(row.get(*name).is_none(), "`{name}` was not asked for: {row}"));
            let twice = rows.insert(group.clone(), Figures::read(row));
            assert!(twice.is_none(), "two rows of {group:?}: {json}");
        }
        let summary = &json["summary"];
        let balance = |name: &str| summary[name].as_str().map(nanos);
        let usage = Usage {
            rows,
            totals: Figures::read(&json["totals"]),
            used: amounts(summary, "credit_used").0,
            added: (!summary["credit_added"].is_null()).then(|| amounts(summary, "credit_added").0),
            opening: balance("opening_balance"),
            closing: balance("closing_balance"),
        };
        let as_of = json["as_of"].as_str().unwrap_or_else(|| panic!("wanted `as_of` in {json}"));
        Answered { as_of: as_of.to_owned(), usage, json }
    }

    /// R1 within one answer.
    fn agrees(&self, question: &Question) -> Result<(), String> {
        let Usage { rows, totals, used, added, opening, closing } = &self.usage;
        let mut sum = Figures::default();
        for (group, figures) in rows {
            figures.hold_together().map_err(|fault| format!("row {group:?}: {fault}"))?;
            sum += figures;
        }
        if sum != *totals {
            return Err(format!("the rows add up to\n{sum}\nbut the totals are\n{totals}"));
        }
        let (summary, total) = (&self.json["summary"], totals.get("/total"));
        let (told, by_type) = (amounts(summary, "credit_used").1, used.values().sum::<i128>());
        if (told, by_type) != (total, total) {
            return Err(format!("the table says {total}, credit used {told}, its types {by_type}"));
        }
        match (question.axis == Axis::Posted && !question.is_filtered(), added, opening, closing) {
            (true, Some(added), Some(opening), Some(closing)) => {
                let told = amounts(summary, "credit_added").1;
                if told != added.values().sum::<i128>() || opening + told - total != *closing {
                    return Err(format!("{opening} + {told} - {total} is not {closing}"));
                }
            }
            (false, None, None, None) => {}
            _ => return Err("balances on the axis of posting without filters, and only there".to_owned()),
        }
        self.says_what_was_asked(question)
    }

    fn says_what_was_asked(&self, question: &Question) -> Result<(), String> {
        let json = &self.json;
        let asked = [question.from.to_string(), question.to.to_string(), question.axis.word().to_owned()];
        let said = ["from", "to", "axis"].map(|name| json[name].as_str().unwrap_or_default().to_owned());
        if asked != said {
            return Err(format!("asked for {asked:?}, answered for {said:?}"));
        }
        if question.as_of.as_ref().is_some_and(|asked| *asked != self.as_of) {
            return Err(format!("asked for the state {:?}", question.as_of));
        }
        let times = self.json["table"].as_array().into_iter().flatten().map(|row| {
            ["day", "month"].map(|name| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned())
        });
        let times: Vec<[String; 2]> = times.collect();
        match times.is_sorted() {
            true => Ok(()),
            false => Err("days and months are not in order".to_owned()),
        }
    }
}

impl Usage {
    /// The first thing that is not as it should be.
    pub fn differs_from(&self, wanted: &Usage) -> Option<String> {
        for group in self.rows.keys().chain(wanted.rows.keys()) {
            // That nothing has no row is a rule with a test of its own.
            let of = |usage: &Usage| usage.rows.get(group).filter(|row| !row.is_nothing()).cloned();
            let (found, wanted) = (of(self), of(wanted));
            if found != wanted {
                let told = |row: Option<Figures>| row.map_or("no row".to_owned(), |row| row.to_string());
                return Some(format!("row {group:?}: wanted\n{}\ngot\n{}", told(wanted), told(found)));
            }
        }
        let rest = |usage: &Usage| {
            (usage.totals.clone(), usage.used.clone(), usage.added.clone(), usage.opening, usage.closing)
        };
        (rest(self) != rest(wanted)).then(|| {
            let (wanted, found) = (rest(wanted), rest(self));
            format!("summaries: wanted\n{wanted:?}\ngot\n{found:?}")
        })
    }
}
