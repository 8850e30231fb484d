//! From a number, a sender type and a carrier to the row that applies (RULES, section 4).
//!
//! One book for each direction and kind: its prefixes, and at each prefix its rows in the order in
//! which they are asked, so that a look-up reads a few neighbouring bytes and stops.

use std::collections::HashMap;

use super::prefix::Prefix;
use super::trie::{Digits, Trie, Value};
use crate::domain::event::{Carrier, Direction, Kind};
use crate::domain::sender_type::SenderType;

/// What a row asks of a message: direction, kind, prefix, sender type and carrier (`None`: any).
/// Ordered as a book holds them: by prefix, rows of a carrier first, an exact sender type first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Terms {
    pub direction: Direction,
    pub kind: Kind,
    pub prefix: Prefix,
    pub sender_type: Option<SenderType>,
    pub carrier: Option<Carrier>,
}

impl Terms {
    fn order(&self) -> impl Ord + use<> {
        let carrier = (self.carrier.is_none(), self.carrier);
        (self.direction, self.kind, self.prefix, carrier, self.sender_type.is_none(), self.sender_type)
    }
}

/// What rows are chosen by.
#[derive(Clone, Copy)]
pub(in crate::domain) struct Asked {
    pub direction: Direction,
    pub kind: Kind,
    /// None for a short code or a name.
    pub digits: Digits,
    pub sender_type: SenderType,
    pub carrier: Option<Carrier>,
}

/// A row of some prefix, as an offset to that prefix's base row.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Choice {
    sender_type: Option<SenderType>,
    carrier: Option<Carrier>,
    offset: u32,
}

/// The choices at a prefix. Prefixes with the same choices share one plan: most tariffs have few
/// plans, so that choosing reads only what stays in the nearest cache.
#[derive(Clone, Copy)]
struct Plan {
    of_a_carrier: u32,
    of_any_carrier: u32,
    end: u32,
    /// Where to go on if none of the choices fits: the next shorter prefix.
    shorter: Option<Value>,
}

pub(super) struct Book {
    prefixes: Trie,
    plans: Vec<Plan>,
    /// The choices of the plans, each in the order of [`Terms::order`].
    choices: Vec<Choice>,
}

/// The books of one table of a tariff.
pub(super) struct Index {
    books: [Book; 4],
}

impl Index {
    /// From the terms of all rows in the order of the table, no two the same.
    pub(super) fn new(rows: impl Iterator<Item = Terms>) -> Index {
        let mut rows: Vec<(Terms, u32)> = rows.zip(0..).collect();
        rows.sort_unstable_by_key(|(terms, _)| terms.order());
        let book = |direction, kind| {
            let start = rows.partition_point(|(terms, _)| (terms.direction, terms.kind) < (direction, kind));
            let end = rows.partition_point(|(terms, _)| (terms.direction, terms.kind) <= (direction, kind));
            Book::new(&rows[start..end])
        };
        let books = [
            book(Direction::Outbound, Kind::Sms),
            book(Direction::Outbound, Kind::Mms),
            book(Direction::Inbound, Kind::Sms),
            book(Direction::Inbound, Kind::Mms),
        ];
        Index { books }
    }

    #[inline]
    pub(super) fn book(&self, direction: Direction, kind: Kind) -> &Book {
        match (direction, kind) {
            (Direction::Outbound, Kind::Sms) => &self.books[0],
            (Direction::Outbound, Kind::Mms) => &self.books[1],
            (Direction::Inbound, Kind::Sms) => &self.books[2],
            (Direction::Inbound, Kind::Mms) => &self.books[3],
        }
    }
}

impl Book {
    fn new(rows: &[(Terms, u32)]) -> Book {
        let mut book = Book { prefixes: Trie::new(&[]), plans: Vec::new(), choices: Vec::new() };
        let mut known: HashMap<(Vec<Choice>, Option<Value>), u32> = HashMap::new();
        let mut prefixes: Vec<(Prefix, Value)> = Vec::new();
        // The prefixes that the current one goes on from, shortest first.
        let mut open: Vec<(Prefix, Value)> = Vec::new();
        for rows in rows.chunk_by(|(one, _), (other, _)| one.prefix == other.prefix) {
            let prefix = rows[0].0.prefix;
            while open.pop_if(|(shorter, _)| !prefix.digits().starts_with(shorter.digits())).is_some() {}
            let base = rows.iter().map(|(_, row)| *row).min().unwrap_or(0);
            let choice = |(terms, row): &(Terms, u32)| Choice {
                sender_type: terms.sender_type,
                carrier: terms.carrier,
                offset: row - base,
            };
            let choices: Vec<Choice> = rows.iter().map(choice).collect();
            let fits_all =
                choices.iter().any(|choice| choice.sender_type.is_none() && choice.carrier.is_none());
            let shorter = open.last().map(|(_, value)| *value).filter(|_| !fits_all);
            let plan = *known
                .entry((choices, shorter))
                .or_insert_with_key(|(choices, _)| book.add(choices, shorter));
            let value = Value { plan, base };
            prefixes.push((prefix, value));
            open.push((prefix, value));
        }
        book.prefixes = Trie::new(&prefixes);
        book
    }

    fn add(&mut self, choices: &[Choice], shorter: Option<Value>) -> u32 {
        let start = self.choices.len();
        self.choices.extend(choices);
        let of_a_carrier = choices.iter().filter(|choice| choice.carrier.is_some()).count();
        self.plans.push(Plan {
            of_a_carrier: start as u32,
            of_any_carrier: (start + of_a_carrier) as u32,
            end: self.choices.len() as u32,
            shorter,
        });
        self.plans.len() as u32 - 1
    }

    /// What is known at the longest prefix.
    #[inline]
    pub(super) fn longest(&self, asked: &Asked) -> Option<Value> {
        self.prefixes.longest(asked.digits)
    }

    /// The row of the longest prefix that applies; at one prefix that of the carrier before any
    /// carrier's, then that of the sender type before any sender type's.
    #[inline]
    pub(super) fn by_carrier_first(&self, longest: Option<Value>, asked: &Asked) -> Option<u32> {
        self.at_each_prefix(longest, |plan| {
            let of_carrier = asked
                .carrier
                .and_then(|carrier| for_sender(self.of_carrier(plan, carrier), asked.sender_type));
            of_carrier.or_else(|| for_sender(self.of_any_carrier(plan), asked.sender_type))
        })
    }

    /// The table of the longest prefix, at one prefix that of the sender type before any sender
    /// type's; in it the row of the carrier, else that of any carrier, which every table has.
    #[inline]
    pub(super) fn by_sender_first(&self, longest: Option<Value>, asked: &Asked) -> Option<u32> {
        self.at_each_prefix(longest, |plan| {
            let default = for_sender(self.of_any_carrier(plan), asked.sender_type)?;
            let of_carrier = asked.carrier.and_then(|carrier| {
                let choices = self.of_carrier(plan, carrier);
                choices.iter().find(|choice| choice.sender_type == default.sender_type)
            });
            Some(of_carrier.unwrap_or(default))
        })
    }

    /// The carriers that are named where a look-up may come by.
    pub(super) fn carriers(&self, longest: Option<Value>) -> impl Iterator<Item = Carrier> {
        let plan = |value: Value| &self.plans[value.plan as usize];
        let plans = std::iter::successors(longest.map(plan), move |plan| {
            plan.shorter.map(|value| &self.plans[value.plan as usize])
        });
        let of_carriers =
            |plan: &Plan| &self.choices[plan.of_a_carrier as usize..plan.of_any_carrier as usize];
        plans.flat_map(of_carriers).filter_map(|choice| choice.carrier)
    }

    /// The row chosen at the longest prefix at which one is.
    #[inline]
    fn at_each_prefix<'a>(
        &'a self,
        longest: Option<Value>,
        choose: impl Fn(&Plan) -> Option<&'a Choice>,
    ) -> Option<u32> {
        let mut next = longest;
        while let Some(Value { plan, base }) = next {
            let plan = &self.plans[plan as usize];
            if let Some(choice) = choose(plan) {
                return Some(base + choice.offset);
            }
            next = plan.shorter;
        }
        None
    }

    #[inline]
    fn of_any_carrier(&self, plan: &Plan) -> &[Choice] {
        &self.choices[plan.of_any_carrier as usize..plan.end as usize]
    }

    #[inline]
    fn of_carrier(&self, plan: &Plan, carrier: Carrier) -> &[Choice] {
        let choices = &self.choices[plan.of_a_carrier as usize..plan.of_any_carrier as usize];
        let start = choices.partition_point(|choice| choice.carrier < Some(carrier));
        let length = choices[start..].iter().take_while(|choice| choice.carrier == Some(carrier)).count();
        &choices[start..start + length]
    }
}

/// Of choices that differ in the sender type alone, the one that fits; an exact one comes first.
#[inline]
fn for_sender(choices: &[Choice], sender: SenderType) -> Option<&Choice> {
    choices.iter().find(|choice| choice.sender_type.is_none_or(|own| own == sender))
}
