//! What is going on, for whoever waits: a line that moves on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

const TICK: Duration = Duration::from_millis(100);

/// One step at a time.
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub fn new() -> Progress {
        Progress { bar: std::io::stderr().is_terminal().then(ProgressBar::new_spinner) }
    }

    /// Begins a step of so many units; 0 where nobody knows.
    pub fn step(&self, what: &str, length: u64) {
        let Some(bar) = &self.bar else { return eprintln!("{what}") };
        let style = if length == 0 {
            "{spinner} {elapsed_precise} {msg}"
        } else {
            "{spinner} {elapsed_precise} {wide_bar} {pos}/{len} {msg}"
        };
        bar.reset();
        bar.set_style(ProgressStyle::with_template(style).expect("the template is a constant"));
        bar.set_length(length);
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(TICK);
    }

    pub fn at(&self, position: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(position);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
