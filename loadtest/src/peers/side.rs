//! The sides of the comparison: what each is called, what it needs, and the ways of calling it that are tried.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ValueEnum;
use serde::Serialize;

use super::farebox::Farebox;
use super::ledger::Shape;
use super::postgres::{self, Postgres};
use super::process::Folder;
use super::redis::{self, Redis};
use super::session::{Job, Told};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Farebox,
    PostgresSingle,
    PostgresBatched,
    RedisPipelined,
    RedisBatched,
}

/// Where the servers' programs are; `None` where they are not installed.
pub struct Programs {
    pub farebox: PathBuf,
    pub postgres: Option<PathBuf>,
    pub redis: Option<PathBuf>,
}

impl Side {
    pub const ALL: [Side; 5] = [
        Side::Farebox,
        Side::PostgresSingle,
        Side::PostgresBatched,
        Side::RedisPipelined,
        Side::RedisBatched,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Side::Farebox => "farebox",
            Side::PostgresSingle => "postgres-single",
            Side::PostgresBatched => "postgres-batched",
            Side::RedisPipelined => "redis-pipelined",
            Side::RedisBatched => "redis-batched",
        }
    }

    /// How it may be called, the best guess first: the fastest of them in a short trial is taken.
    pub fn shapes(self, batch: u16) -> Vec<Shape> {
        match self {
            Side::PostgresSingle => vec![
                Shape::singles(64, 1, 0),
                Shape::singles(32, 1, 0),
                Shape::singles(16, 1, 0),
                Shape::singles(8, 1, 0),
                Shape::singles(16, 4, 0),
                Shape::singles(32, 4, 0),
                Shape::singles(64, 1, 1_000),
            ],
            _ => [4, 2, 1, 8, 16].map(|connections| Shape::batches(connections, batch)).to_vec(),
        }
    }

    /// Plays one job on a fresh server, whose folder goes away with it.
    pub async fn play(self, programs: &Programs, parent: Option<&Path>, job: &Job<'_>) -> Result<Told> {
        let folder = Folder::make(parent, self.name())?;
        let (postgres, redis) = (programs.postgres.clone(), programs.redis.clone());
        match (self, postgres, redis) {
            (Side::Farebox, ..) => job.play(Farebox::new(programs.farebox.clone(), folder)).await,
            (Side::PostgresSingle, Some(programs), _) => {
                job.play(Postgres::new(programs, folder, postgres::Way::Single)).await
            }
            (Side::PostgresBatched, Some(programs), _) => {
                job.play(Postgres::new(programs, folder, postgres::Way::Batched)).await
            }
            (Side::RedisPipelined, _, Some(program)) => {
                job.play(Redis::new(program, folder, redis::Way::Pipelined)).await
            }
            (Side::RedisBatched, _, Some(program)) => {
                job.play(Redis::new(program, folder, redis::Way::Batched)).await
            }
            _ => bail!("{} is not installed", self.name()),
        }
    }
}

impl Programs {
    /// The named ones, else those that are installed; Farebox beside this program.
    pub fn find(farebox: Option<&Path>, postgres: Option<&Path>, redis: Option<&Path>) -> Result<Programs> {
        let farebox = match farebox {
            Some(program) => program.to_owned(),
            None => std::env::current_exe()?.with_file_name("farebox"),
        };
        let postgres = match postgres {
            Some(folder) => Some(folder.to_owned()).filter(|folder| postgres::has_programs(folder)),
            None => postgres::installed(),
        };
        let redis = match redis {
            Some(program) => Some(program.to_owned()).filter(|program| program.is_file()),
            None => on_path("redis-server"),
        };
        Ok(Programs { farebox, postgres, redis })
    }

    /// Why a side cannot take part.
    pub fn lack(&self, side: Side) -> Option<&'static str> {
        match side {
            Side::Farebox => None,
            Side::PostgresSingle | Side::PostgresBatched => {
                self.postgres.is_none().then_some("PostgreSQL is not installed (Debian: postgresql)")
            }
            Side::RedisPipelined | Side::RedisBatched => {
                self.redis.is_none().then_some("Redis is not installed (Debian: redis-server)")
            }
        }
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join(program)).find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::stream::LANES;

    #[test]
    fn every_way_of_calling_divides_the_lanes_and_has_a_name() {
        for side in Side::ALL {
            assert_eq!(Side::from_str(side.name(), false), Ok(side), "its name on the command line");
            let shapes = side.shapes(2_000);
            let connections: Vec<u64> = shapes.iter().map(|shape| u64::from(shape.connections)).collect();
            assert!(
                connections.iter().all(|count| LANES.is_multiple_of(*count)),
                "{side:?}: {connections:?}"
            );
            assert!(
                shapes
                    .iter()
                    .all(|shape| shape.events == if side == Side::PostgresSingle { 1 } else { 2_000 })
            );
        }
    }

    #[test]
    fn what_is_not_installed_is_said_by_name() {
        let nowhere = Path::new("/nonexistent");
        let programs =
            Programs::find(Some(nowhere), Some(nowhere), Some(nowhere)).expect("nothing is started");
        let lacks: Vec<bool> = Side::ALL.iter().map(|side| programs.lack(*side).is_some()).collect();
        assert_eq!(lacks, [false, true, true, true, true]);
        assert!(programs.lack(Side::RedisBatched).is_some_and(|lack| lack.contains("redis-server")));
    }
}
