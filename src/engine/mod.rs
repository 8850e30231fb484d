//! One partition as a plain struct: who has seen an id, what is decided, which frame it goes into.
//!
//! Owns a request's events ([`batch`]) and outcomes ([`outcome`]), the recent ids ([`ids`]), the partition
//! ([`partition`]), what all wallets share ([`house`], [`keys`], [`book`]), and the directory that readers use
//! ([`directory`]). Called by `actors`, which give it threads; tested without them. Promises W2, W3, W4 and J3's
//! writing half. Deliberately not here: queues, waiting, disks, clocks.

pub mod batch;
pub mod book;
pub mod directory;
pub mod house;
pub mod ids;
pub mod keys;
pub mod outcome;
pub mod partition;
