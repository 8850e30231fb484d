//! The program: reads the command line and wires the floors together.

#![forbid(unsafe_code)]

mod outside;
mod serve;
mod verify;

use std::process::ExitCode;

use clap::Parser;
use farebox::cli::{self, Cli, Command};

/// One allocator for Rust and RocksDB, so that the engine's memory is counted and given back in one place.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
