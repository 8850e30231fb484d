//! Recovery: what the journal and the views bring back, before anything is served.

use std::sync::Arc;

use super::shard::Place;
use super::viewer::PASS_ROWS_MAX;
use crate::config::Config;
use crate::domain::time::Timestamp;
use crate::engine::agenda::{Agenda, Plan};
use crate::engine::directory::{Cell, Directory, Published};
use crate::engine::house::House;
use crate::journal::JournalError;
use crate::journal::embedded::{self, Embedded};
use crate::journal::mark::Mark;
use crate::journal::rows::Row;
use crate::store::StoreError;
use crate::store::builder::Builder;
use crate::store::data_dir::{DataDir, DataDirError};
use crate::store::rows::Snapshot;
use crate::store::views::{self, Named, Views};

/// Names read in one go.
const NAMES_AT_ONCE: usize = 10_000;

/// Why the engine does not start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the journal's records of tariffs and keys do not fold: {0}")]
    House(String),
    #[error("a thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// What recovery brings back.
pub struct Recovered {
    pub journal: Embedded,
    pub views: Arc<Views>,
    pub builder: Builder,
    pub tip: Mark,
}

/// What the views know of all wallets.
pub struct Wallets {
    pub directory: Directory,
    /// By partition and number.
    pub places: Vec<Vec<Place>>,
    /// When the last of them was posted to.
    pub posted_at: Timestamp,
    pub agenda: Agenda,
}

/// Opens journal and views, folds the journal's tail into the views, and believes the journal only if its chain
/// reaches the high-water mark.
pub fn recover(config: &Config, data_dir: &DataDir) -> Result<Recovered, StartError> {
    let (mut journal, torn) = Embedded::open(&embedded::Settings {
        folder: data_dir.path.clone(),
        partitions: data_dir.partitions,
        write_buffer_bytes: config.journal.write_buffer_bytes,
    })?;
    let views = Arc::new(Views::open(&views::Settings {
        folder: data_dir.path.clone(),
        block_cache_bytes: config.views.block_cache_bytes,
    })?);
    let mut builder =
        Builder::new(Arc::clone(&views), journal.frames(), data_dir.secret, data_dir.partitions)?;
    journal.frames().confirm(builder.position())?;
    let marked = journal.mark().commit;
    let mut at_mark = None;
    loop {
        let pass = builder.pass(PASS_ROWS_MAX, |mark| {
            if mark.commit == marked {
                at_mark = Some(mark.heads.clone());
            }
        })?;
        if pass.rows == 0 {
            break;
        }
    }
    let tip = builder.position().clone();
    journal.accept(tip.clone(), at_mark.as_deref())?;
    if let Some(torn) = torn {
        tracing::warn!(
            torn,
            commit = tip.commit,
            "the journal's log was torn above the high-water mark; the torn tail was cut"
        );
    }
    if builder.rows_since_checkpoint() > 0 {
        builder.checkpoint()?;
    }
    journal.frames().list_files(&data_dir.path)?;
    Ok(Recovered { journal, views, builder, tip })
}

/// The directory, and every wallet's place in its partition, from their snapshots and names.
pub fn load_wallets(views: &Views, partitions: u8) -> Result<Wallets, StoreError> {
    let mut snapshots: Vec<Vec<Option<Snapshot>>> = vec![Vec::new(); usize::from(partitions)];
    let mut posted_at = Timestamp::default();
    let mut agenda = Agenda::default();
    views.each_snapshot(|snapshot| {
        posted_at = posted_at.max(snapshot.as_of);
        let id = snapshot.wallet.id;
        let in_partition = snapshots.get_mut(usize::from(id.partition));
        let in_partition = in_partition.filter(|wallets| wallets.len() == id.number as usize);
        let in_partition =
            in_partition.ok_or_else(|| out_of_place(format!("a snapshot before {id:?} is missing")))?;
        in_partition.push(Some(snapshot));
        Ok(())
    })?;
    let directory = Directory::default();
    let mut cells: Vec<Vec<Option<Arc<Cell>>>> =
        snapshots.iter().map(|wallets| vec![None; wallets.len()]).collect();
    let mut after = String::new();
    loop {
        let names = views.wallets(&after, NAMES_AT_ONCE)?;
        let Some(last) = names.last() else { break };
        after = last.wallet.to_string();
        for named in names {
            let (partition, number) = (usize::from(named.id.partition), named.id.number as usize);
            let snapshot = snapshots.get_mut(partition).and_then(|wallets| wallets.get_mut(number));
            let snapshot = snapshot
                .and_then(Option::take)
                .ok_or_else(|| out_of_place(format!("wallet {} has no snapshot", named.wallet)))?;
            let plan = Plan::of(&snapshot.wallet);
            let cell = Arc::new(cell_of(named, snapshot));
            agenda.put(&cell, plan);
            directory.insert(Arc::clone(&cell));
            cells[partition][number] = Some(cell);
        }
    }
    let place = |cell: Option<Arc<Cell>>| {
        let cell = cell.ok_or_else(|| out_of_place("a wallet has no name".into()))?;
        Ok(Place { cell, slot: None })
    };
    let places = cells.into_iter().map(|cells| cells.into_iter().map(place).collect());
    Ok(Wallets { directory, places: places.collect::<Result<_, StoreError>>()?, posted_at, agenda })
}

fn out_of_place(what: String) -> StoreError {
    StoreError::File { path: "views".into(), error: what }
}

fn cell_of(named: Named, snapshot: Snapshot) -> Cell {
    let Snapshot { wallet, as_of } = snapshot;
    let published = Published::of(&wallet, named.display, as_of);
    Cell::new(&named.wallet, named.id, published)
}

/// Tariffs and keys, folded anew from their few records.
pub fn load_house(views: &Views) -> Result<House, StartError> {
    let mut house = House::default();
    for row in views.house()? {
        match row.row().map_err(|error| StartError::House(error.to_string()))? {
            Row::House { record } => house.apply(&record, row.posted_at()).map_err(StartError::House)?,
            Row::Wallet { .. } => return Err(StartError::House("a wallet's record among them".into())),
        }
    }
    Ok(house)
}
