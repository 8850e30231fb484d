//! The form that events take on the wire: one of two text forms, or columns.

use clap::ValueEnum;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::arrow::{CONTENT_TYPE, Columns};
use super::event::Event;
use super::http::Start;
use super::lines::{Form, Lines, Moments, Telling};
use crate::clock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Ndjson,
    /// A JSON batch
    #[value(name = "cloudevents")]
    CloudEvents,
    /// An IPC stream with dictionaries
    Arrow,
}

/// Writes the requests of one connection.
pub struct Encoder {
    form: Written,
    moments: Moments,
    now: Timestamp,
    /// An engine on a test clock lives at one instant.
    fixed: Option<Timestamp>,
    body: Vec<u8>,
}

enum Written {
    Lines(Box<Lines>),
    Columns(Box<Columns>),
}

impl Encoder {
    pub fn new(format: Format, telling: Telling, run: &str, connection: u32) -> Encoder {
        let lines = |form| Written::Lines(Box::new(Lines::new(form, telling, run, connection)));
        let now = clock::now();
        Encoder {
            form: match format {
                Format::Ndjson => lines(Form::Ndjson),
                Format::CloudEvents => lines(Form::CloudEvents),
                Format::Arrow => Written::Columns(Box::new(Columns::new(telling, run, connection))),
            },
            moments: Moments::at(now),
            now,
            fixed: None,
            body: Vec::new(),
        }
    }

    /// For an engine on a test clock.
    pub fn fixed_at(mut self, instant: Timestamp) -> Encoder {
        self.moments = Moments::at(instant);
        self.fixed = Some(instant);
        self
    }

    /// What every request with these events begins with: whoever writes columns reads columns.
    pub fn start(&self, url: &str, key: &str) -> Start {
        let start = |content_type| Start::new(url, key, "POST /v1/events", content_type);
        match &self.form {
            Written::Lines(lines) => start(lines.content_type()),
            Written::Columns(_) => start(CONTENT_TYPE).with("accept", CONTENT_TYPE),
        }
    }

    pub fn encode(&mut self, events: &[Event]) {
        let now = self.fixed.unwrap_or_else(clock::now);
        if now != self.now {
            self.now = now;
            self.moments.advance(now);
        }
        match &mut self.form {
            Written::Lines(lines) => lines.encode(events, &self.moments, &mut self.body),
            Written::Columns(columns) => columns.encode(events, &self.moments, &mut self.body),
        }
    }

    /// What was written last: sent again unchanged where it was not taken.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}
