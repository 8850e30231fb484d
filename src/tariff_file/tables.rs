//! The tables of a tariff file: what they are called, where they stand, and all of them read.

use super::fault::Faults;
use super::rows;
use super::source::Source;
use crate::domain::tariff::{Table, Tables};

/// Every table, in the order in which their faults are told.
pub(super) const ALL: [Table; 5] =
    [Table::Rates, Table::Fees, Table::NumberFees, Table::Failures, Table::ErrorClasses];

/// What the fields of a table begin with.
pub(super) fn name(table: Table) -> &'static str {
    match table {
        Table::Head => "head",
        Table::Rates => "rates",
        Table::Fees => "carrier_fees",
        Table::NumberFees => "number_fees",
        Table::Failures => "failures",
        Table::ErrorClasses => "error_classes",
    }
}

/// Where the tables of a file stand. Only the rates are always there.
#[derive(Default)]
pub(super) struct Sources([Option<Source>; ALL.len()]);

impl Sources {
    pub(super) fn get(&self, table: Table) -> Option<&Source> {
        self.iter().find(|(known, _)| *known == table).map(|(_, source)| source)
    }

    pub(super) fn set(&mut self, table: Table, source: Option<Source>) {
        if let Some(place) = ALL.iter().position(|known| *known == table) {
            self.0[place] = source;
        }
    }

    /// The tables that are there.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Table, &Source)> {
        ALL.into_iter().zip(&self.0).filter_map(|(table, source)| Some((table, source.as_ref()?)))
    }

    /// Every row that can be read, and the tables that have others.
    pub(super) fn read(&self, faults: &mut Faults) -> (Tables, Vec<Table>) {
        let mut torn = Vec::new();
        let tables = Tables {
            rates: self.rows(Table::Rates, rows::rates, faults, &mut torn),
            fees: self.rows(Table::Fees, rows::fees, faults, &mut torn),
            number_fees: self.rows(Table::NumberFees, rows::number_fees, faults, &mut torn),
            failures: self.rows(Table::Failures, rows::failures, faults, &mut torn),
            error_classes: self.rows(Table::ErrorClasses, rows::error_classes, faults, &mut torn),
        };
        (tables, torn)
    }

    fn rows<R>(
        &self,
        table: Table,
        read: impl FnOnce(&Source, &mut Faults) -> (Vec<R>, bool),
        faults: &mut Faults,
        torn: &mut Vec<Table>,
    ) -> Vec<R> {
        let Some(source) = self.get(table) else { return Vec::new() };
        let (rows, all) = read(source, faults);
        if !all {
            torn.push(table);
        }
        rows
    }
}
