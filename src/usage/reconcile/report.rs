//! What a reconciliation tells: classes, their sums, and the differences one by one.

use super::file::{Read, Theirs};
use super::ours::{Lies, Ours};
use crate::domain::calendar::Day;
use crate::domain::event::words;
use crate::domain::money::{Money, Total};

/// What a row of theirs, a message of ours or a pair of them is; of several differences the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// On both sides, and alike in all that both tell.
    Matched = 1,
    /// In the file, not with us.
    MissingHere = 2,
    /// With us, not in the file.
    MissingThere = 3,
    OtherSegments = 4,
    OtherPrice = 5,
    OtherStatus = 6,
    /// Alike, but what an adjustment has made of it is not.
    Adjusted = 7,
    /// In the file; it came to us and was blocked.
    RefusedHere = 8,
    /// The file is of another source than the event.
    OtherSource = 9,
    /// In the file again: the first was taken.
    Repeated = 10,
    /// In the file, of other days, channels or accounts than were asked for.
    Outside = 11,
    /// In the file, and no message.
    NoMessage = 12,
    /// In the file, and cannot be read.
    Unreadable = 13,
}

const CLASSES: usize = 13;

words!(Class {
    Matched = "matched",
    MissingHere = "missing_here",
    MissingThere = "missing_there",
    OtherSegments = "other_segments",
    OtherPrice = "other_price",
    OtherStatus = "other_status",
    Adjusted = "adjusted",
    RefusedHere = "refused_here",
    OtherSource = "other_source",
    Repeated = "repeated",
    Outside = "outside",
    NoMessage = "no_message",
    Unreadable = "unreadable"
});

/// How many there are of a class, and what they come to on either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Rows of the file.
    pub rows: u64,
    /// Messages of ours.
    pub messages: u64,
    pub theirs: Total,
    pub ours: Total,
}

/// A pair, or one half of one, that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub class: Class,
    pub theirs: Option<Theirs>,
    pub ours: Option<Ours>,
    /// What the message has come to by now; `None` where nothing depends on it.
    pub by_now: Option<Total>,
    /// An adjustment that would set it right; positive gives money back.
    pub proposed: Option<Money>,
    /// For a person.
    pub reason: String,
}

/// All that was found, by class: every row of the file and every message of the range is in exactly one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    sums: [Sums; CLASSES],
    /// Of the file, its headings left out.
    pub rows: u64,
    /// Messages of the range.
    pub messages: u64,
    /// Messages elsewhere that rows of the file are about.
    pub messages_beyond: u64,
    /// The first and the last day that the file has rows of.
    pub days: Option<(Day, Day)>,
}

impl Report {
    /// With what reading the file alone has told.
    pub(super) fn of_file(file: &Read) -> Report {
        let mut report = Report { rows: file.all_rows(), ..Report::default() };
        report.at(Class::NoMessage).rows = file.no_message;
        report.at(Class::Unreadable).rows = file.unreadable();
        report
    }

    pub fn of(&self, class: Class) -> &Sums {
        &self.sums[class as usize - 1]
    }

    fn at(&mut self, class: Class) -> &mut Sums {
        &mut self.sums[class as usize - 1]
    }

    pub(super) fn add(&mut self, class: Class, theirs: Option<&Theirs>, ours: Option<&(Ours, Lies)>) {
        let sums = self.at(class);
        if let Some(theirs) = theirs {
            sums.rows += 1;
            sums.theirs.0 += theirs.price.map_or(0, |amount| i128::from(amount.nanos()));
        }
        if let Some((ours, lies)) = ours {
            sums.messages += 1;
            sums.ours.0 += i128::from(ours.total.nanos());
            match lies {
                Lies::Inside => self.messages += 1,
                Lies::Around | Lies::Filtered => self.messages_beyond += 1,
            }
        }
    }

    /// What all rows of the file come to, and all messages of ours.
    pub fn totals(&self) -> Sums {
        self.sums.iter().fold(Sums::default(), |sum, one| Sums {
            rows: sum.rows + one.rows,
            messages: sum.messages + one.messages,
            theirs: Total(sum.theirs.0 + one.theirs.0),
            ours: Total(sum.ours.0 + one.ours.0),
        })
    }
}
