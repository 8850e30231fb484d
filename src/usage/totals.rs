//! What usage comes to: messages and units by kind and direction, how they ended, and every amount by its entries.

use crate::domain::event::{Direction, Kind};
use crate::domain::money::Total;
use crate::domain::usage::EntryType;
use crate::store::cells::{Cell, Count};

/// Messages of one kind and direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub messages: i64,
    pub units: i64,
    pub delivered: i64,
    /// Undelivered ones too.
    pub failed: i64,
}

impl Traffic {
    /// Those that nothing final is known of.
    pub fn other(&self) -> i64 {
        self.messages - self.delivered - self.failed
    }

    pub fn add(&mut self, other: &Traffic) {
        let Traffic { messages, units, delivered, failed } = other;
        self.messages += messages;
        self.units += units;
        self.delivered += delivered;
        self.failed += failed;
    }
}

/// The highest byte of an entry type, and one.
const TYPES: usize = EntryType::Adjustment as usize + 1;
const _: () = {
    let mut place = 0;
    while place < EntryType::ALL.len() {
        assert!((EntryType::ALL[place] as usize) < TYPES);
        place += 1;
    }
};

/// The sum of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// By kind, then direction, as their bytes say.
    traffic: [[Traffic; 2]; 2],
    /// Entries of all types.
    pub entries: i64,
    /// What was used, by type of entry: the opposite of what was added to the balance.
    used: [i128; TYPES],
    /// The part of the messages' charges that is carrier fees.
    carrier_fees_of_messages: i128,
}

impl Totals {
    pub fn add(&mut self, cell: &Cell<'_>) {
        let sums = &cell.sums;
        let (kind, direction) = (cell.dimensions.kind, cell.dimensions.direction);
        match cell.count {
            Count::Entries(entry_type) => {
                self.entries += sums.number;
                self.used[entry_type as usize] += sums.amount + sums.carrier_fee;
                if entry_type == EntryType::Charge {
                    self.carrier_fees_of_messages += sums.carrier_fee;
                    let traffic = self.traffic_mut(kind, direction);
                    traffic.messages += sums.number;
                    traffic.units += sums.units;
                }
            }
            Count::Delivered => self.traffic_mut(kind, direction).delivered += sums.number,
            Count::Failed => self.traffic_mut(kind, direction).failed += sums.number,
        }
    }

    pub fn merge(&mut self, other: &Totals) {
        let Totals { traffic, entries, used, carrier_fees_of_messages } = other;
        for (one, other) in self.traffic.iter_mut().flatten().zip(traffic.iter().flatten()) {
            one.add(other);
        }
        self.entries += entries;
        self.used.iter_mut().zip(used).for_each(|(one, other)| *one += other);
        self.carrier_fees_of_messages += carrier_fees_of_messages;
    }

    fn traffic_mut(&mut self, kind: Option<Kind>, direction: Option<Direction>) -> &mut Traffic {
        // Messages have both.
        let (kind, direction) = (kind.unwrap_or(Kind::Sms), direction.unwrap_or(Direction::Outbound));
        &mut self.traffic[kind as usize - 1][direction as usize - 1]
    }

    pub fn traffic(&self, kind: Kind, direction: Direction) -> &Traffic {
        &self.traffic[kind as usize - 1][direction as usize - 1]
    }

    /// All kinds and directions together.
    pub fn all_traffic(&self) -> Traffic {
        let mut all = Traffic::default();
        self.traffic.iter().flatten().for_each(|traffic| all.add(traffic));
        all
    }

    /// What was used by entries of a type; negative where they gave back.
    pub fn used(&self, entry_type: EntryType) -> Total {
        Total(self.used[entry_type as usize])
    }

    fn sum(&self, types: &[EntryType]) -> i128 {
        types.iter().map(|entry_type| self.used[*entry_type as usize]).sum()
    }

    /// Of messages, without carrier fees.
    pub fn message_cost(&self) -> Total {
        Total(self.sum(&[EntryType::Charge]) - self.carrier_fees_of_messages)
    }

    /// Of messages, and those that no rate foresees.
    pub fn carrier_fees(&self) -> Total {
        Total(self.carrier_fees_of_messages + self.sum(&[EntryType::CarrierFee]))
    }

    /// Less those that were given back.
    pub fn failure_fees(&self) -> Total {
        Total(self.sum(&[EntryType::FailureFee, EntryType::FailureFeeReturn]))
    }

    /// What was returned of charges, negative; less what was charged again.
    pub fn refunds(&self) -> Total {
        Total(self.sum(&[EntryType::Refund, EntryType::Recharge]))
    }

    pub fn number_fees(&self) -> Total {
        Total(self.sum(&[EntryType::NumberFee]))
    }

    /// Everything else that is usage.
    pub fn other_charges(&self) -> Total {
        Total(self.sum(&[EntryType::HoldSettlement, EntryType::Correction]))
    }

    /// Credit used: the columns above together.
    pub fn total(&self) -> Total {
        Total(EntryType::ALL.iter().filter(|kind| kind.is_usage()).map(|kind| self.used(*kind).0).sum())
    }

    /// Credit added, less what was taken back.
    pub fn added(&self) -> Total {
        Total(
            -EntryType::ALL
                .iter()
                .filter(|kind| !kind.is_usage())
                .map(|kind| self.used(*kind).0)
                .sum::<i128>(),
        )
    }

    /// Whether nothing is left to show: what came and what went cancel out.
    pub fn is_nothing(&self) -> bool {
        let amounts = [
            self.message_cost(),
            self.carrier_fees(),
            self.failure_fees(),
            self.refunds(),
            self.number_fees(),
            self.other_charges(),
        ];
        self.traffic.iter().flatten().all(|traffic| *traffic == Traffic::default())
            && amounts.iter().all(|amount| *amount == Total(0))
    }
}
