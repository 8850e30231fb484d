//! A journal in memory that can fail on purpose.

use std::collections::VecDeque;

use super::*;
use crate::journal::samples::burnt_ids;
use crate::journal::{Append, Log};

/// What an append is made to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is written, and the answer says so.
    Fails,
    /// Nothing is written, and nobody knows.
    UnknownAndGone,
    /// Everything is written, and nobody knows.
    UnknownAndWritten,
}

#[derive(Default)]
pub struct FakeLog {
    /// One partition's frames, by their number from 1.
    pub frames: Vec<Bytes>,
    pub faults: VecDeque<Fault>,
    commits: u64,
}

impl Log for FakeLog {
    fn append(&mut self, frames: &[Sealed]) -> Append {
        let fault = self.faults.pop_front();
        match fault {
            Some(Fault::Fails) => return Append::Failed("on purpose".into()),
            Some(Fault::UnknownAndGone) => return Append::Unknown("on purpose".into()),
            Some(Fault::UnknownAndWritten) | None => {}
        }
        for sealed in frames {
            assert_eq!(sealed.partition, PARTITION);
            assert_eq!(*sealed.ids, burnt_ids(&SECRET, &sealed.bytes), "frame {}", sealed.number);
            let place = sealed.number as usize - 1;
            match self.frames.get(place) {
                // Appended again: what stands already is found standing.
                Some(standing) => {
                    assert!(*standing == sealed.bytes, "frame {} again, but not the same", sealed.number)
                }
                None => {
                    assert_eq!(place, self.frames.len(), "J3: frames come without a gap");
                    self.frames.push(sealed.bytes.clone());
                }
            }
        }
        self.commits += 1;
        if fault.is_some() { Append::Unknown("on purpose".into()) } else { Append::Durable }
    }

    fn commit(&self) -> u64 {
        self.commits
    }

    fn last_sync(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}
