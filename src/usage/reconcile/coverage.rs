//! What a file is about: its days, channels, directions and sources. A message that lies outside all of it is not missing
//! there: the file may be of a part only.

use std::collections::HashSet;

use super::file::Theirs;
use super::mapping::Mapping;
use super::ours::Ours;
use crate::domain::address::Address;
use crate::domain::calendar::{Day, Zone};
use crate::domain::event::Direction;

/// A channel and a direction; what a row does not tell is absent.
type Lane = (Option<Address>, Option<Direction>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// From the first day to the last of the wallet's zone; `None` where the file tells no dates.
    pub days: Option<(Day, Day)>,
    lanes: HashSet<Lane>,
    sources: HashSet<Box<str>>,
}

impl Coverage {
    pub fn of(rows: &[Theirs], mapping: &Mapping, zone: &Zone) -> Coverage {
        let rows: Vec<&Theirs> = rows.iter().filter(|row| row.other_account.is_none()).collect();
        let days = rows.iter().filter_map(|row| row.at).fold(None, |found: Option<_>, at| {
            let (first, last) = found.unwrap_or((at, at));
            Some((at.min(first), at.max(last)))
        });
        let sources: HashSet<Box<str>> = match mapping.columns.source.is_empty() {
            true => HashSet::from([mapping.source.as_str().into()]),
            false => rows.iter().map(|row| row.source.clone()).collect(),
        };
        Coverage {
            days: days.map(|(first, last)| (zone.day(first), zone.day(last))),
            lanes: rows.iter().map(|row| (row.channel, row.direction)).collect(),
            sources,
        }
    }

    /// Whether the file tells of messages of this source at all.
    pub fn has_source(&self, source: &str) -> bool {
        self.sources.contains(source)
    }

    /// Why a message that the file does not have may lie outside of what it is about; `None` where it does not.
    pub fn why_not(&self, ours: &Ours, zone: &Zone) -> Option<String> {
        let day = zone.day(ours.occurred_at);
        match self.days {
            None => return Some("the file tells no dates, so it may be of other days".to_owned()),
            Some((first, last)) if !(first..=last).contains(&day) => {
                return Some(format!("the file has rows of {first} to {last} only"));
            }
            Some(_) => {}
        }
        let (channel, direction) = (Some(ours.channel), Some(ours.direction));
        let lanes = [(channel, direction), (None, direction), (channel, None), (None, None)];
        if lanes.iter().any(|lane| self.lanes.contains(lane)) {
            return None;
        }
        Some(format!("the file has no {} rows of {}", ours.direction.as_str(), ours.channel))
    }
}
