//! The program: reads the command line and wires the floors together.

#![deny(unsafe_code)]

mod logging;
mod outside;
mod serve;
mod verify;

use std::process::ExitCode;

use clap::Parser;
use farebox::cli::{self, Cli, Command};

/// One allocator for Rust and RocksDB, so that the engine's memory is counted and given back in one place.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What the allocator is told before `main`: to ask for large pages. Wallets, ids and filters are looked up all over
/// memory, and with pages of 4 KiB the way to a page takes as long as what stands there. And to give back only what has been
/// free for a minute (ten seconds by default): each pass of the views frees what the next takes again, and what is given back
/// in between comes again page by page, in small pages.
// The name is the one that jemalloc reads (its manual, "tuning"); the environment's `MALLOC_CONF` goes before it.
#[allow(unsafe_code)]
#[unsafe(export_name = "malloc_conf")]
static ALLOCATOR_SETTINGS: &[u8; 52] = b"thp:always,metadata_thp:always,dirty_decay_ms:60000\0";

fn main() -> ExitCode {
    let Cli { output, command } = Cli::parse();
    let ended = match command {
        Command::Serve(args) => serve::run(args),
        Command::Verify(args) => verify::run(&args, output),
        Command::Other(other) => return cli::run(other, output),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("farebox: {error:#}");
        ExitCode::FAILURE
    })
}
