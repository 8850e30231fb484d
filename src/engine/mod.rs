//! One partition as a plain struct: who has seen an id, what is decided, which frame it goes into.
//!
//! Owns a request's events ([`batch`]) and outcomes ([`outcome`]), the recent ids ([`ids`]), the partition
//! ([`partition`]), what all wallets share ([`house`], [`keys`], [`book`], [`endpoints`]; [`world`] is what decisions see
//! of it), the directory that readers use ([`directory`]), what is to be done when ([`agenda`]), and what is counted
//! for the metrics ([`tally`]). Called by `actors`, which give it threads; tested without them. Promises W2, W3, W4 and J3's
//! writing half. Deliberately not here: queues, waiting, disks, clocks.

pub mod agenda;
pub mod batch;
pub mod book;
pub mod charge;
pub mod directory;
pub mod endpoints;
pub mod house;
pub mod ids;
pub mod keys;
pub mod outcome;
pub mod partition;
mod recent;
pub mod tally;
pub mod world;
