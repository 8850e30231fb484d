//! Files of any length: written by an export's thread, sent as they come, and cut where they cannot be finished.

use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, VARY,
};
use actix_web::web::{self, Bytes};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use futures_util::stream::empty;

use super::packing::{Packed, Packing};
use super::problem::Problem;
use crate::actors::Engine;
use crate::actors::exports::{Cut, NotBegun, Outlet, Wanted};
use crate::domain::calendar::Day;
use crate::usage::export::ExportError;

/// How many rows are to come: for whoever shows how far it is.
const ROWS: HeaderName = HeaderName::from_static("farebox-rows");
/// Which state of the views the file was made from.
const AS_OF: HeaderName = HeaderName::from_static("farebox-as-of");

/// Marks a request for the head of an answer: nothing is written for it, and nobody takes anything away.
#[derive(Clone, Copy, Debug)]
pub struct OnlyHead;

/// Whether only the head of the answer is asked for.
pub fn is_only_head(request: &HttpRequest) -> bool {
    request.extensions().get::<OnlyHead>().is_some()
}

/// What a file is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    /// Packed in itself.
    Parquet,
}

/// A file to be sent.
pub struct File<'f> {
    pub wallet: &'f str,
    /// What of the wallet, as a part of the file's name.
    pub of: &'static str,
    pub from: Day,
    pub to: Day,
    pub format: Format,
    /// The token of the state that it is made from.
    pub as_of: &'f str,
}

/// What the thread writes to.
pub type Out = Packed<Outlet>;

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        }
    }

    /// Of CSV by RFC 7111, of Parquet as it is registered.
    fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8; header=present",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }
}

impl File<'_> {
    /// Wallet and range, of characters that every file system and header takes: those of a wallet's id are ASCII, and
    /// of them only the colon is none.
    fn name(&self) -> String {
        let safe = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
        let wallet: String = self.wallet.chars().map(|one| if safe(one) { one } else { '-' }).collect();
        // A name that begins with a dot is hidden.
        let wallet = wallet.trim_start_matches('.');
        let File { of, from, to, format, .. } = self;
        format!("{wallet}_{of}_{from}_{to}.{}", format.ending())
    }

    /// Has `write` write the file on a thread of its own and answers with it. `begin` says what is to come, and `rows` how
    /// many rows that are; what fails there is a problem document, what fails later cuts the connection. Where only the head
    /// is asked for nothing is written.
    pub async fn send<T: Clone + Send + 'static>(
        self,
        request: &HttpRequest,
        engine: &Engine,
        begin: impl FnOnce() -> Result<T, ExportError> + Send + 'static,
        rows: fn(&T) -> u64,
        write: impl FnOnce(T, Out, Wanted) -> Result<Out, ExportError> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        let packing = match self.format {
            Format::Csv => Packing::asked(request),
            Format::Parquet => Packing::None,
        };
        let (begun, download) = if is_only_head(request) {
            let begun = web::block(begin).await.map_err(Problem::internal)?.map_err(of_export)?;
            (begun, None)
        } else {
            let counting = engine.clone();
            let write = move |begun: T, outlet: Outlet| {
                let (wanted, rows) = (outlet.wanted(), rows(&begun));
                let outlet = write(begun, packing.pack(outlet)?, wanted)?.finish()?;
                counting.meters().outside.export_rows.increment(rows);
                Ok(outlet)
            };
            let (begun, download) = engine.export(begin, write).await?;
            (begun, Some(download))
        };
        let mut response = HttpResponse::Ok();
        let attachment = format!("attachment; filename=\"{}\"", self.name());
        response
            .insert_header((CONTENT_TYPE, self.format.media_type()))
            .insert_header((CONTENT_DISPOSITION, attachment))
            .insert_header((ROWS, HeaderValue::from(rows(&begun))))
            .insert_header((AS_OF, self.as_of));
        if self.format == Format::Csv {
            response.insert_header((VARY, "Accept-Encoding"));
        }
        if let Some(coding) = packing.as_str() {
            response.insert_header((CONTENT_ENCODING, coding));
        }
        Ok(match download {
            Some(download) => response.streaming(download),
            None => response.streaming(empty::<Result<Bytes, Cut>>()),
        })
    }
}

impl From<NotBegun<ExportError>> for Problem {
    fn from(why: NotBegun<ExportError>) -> Problem {
        match why {
            NotBegun::Busy(busy) => busy.into(),
            NotBegun::Failed(error) => of_export(error),
            NotBegun::Ended(error) => Problem::internal(error),
        }
    }
}

fn of_export(error: ExportError) -> Problem {
    match error {
        ExportError::NoTable(why) => why.into(),
        other => Problem::internal(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_wallet_and_range_and_is_safe_everywhere() {
        let table = [
            ("acme", Format::Csv, "acme_entries_2026-07-01_2026-07-31.csv"),
            ("a:b-1.c_D", Format::Parquet, "a-b-1.c_D_entries_2026-07-01_2026-07-31.parquet"),
            ("..", Format::Csv, "_entries_2026-07-01_2026-07-31.csv"),
        ];
        for (wallet, format, want) in table {
            let day = |text| Day::parse(text).unwrap();
            let (from, to) = (day("2026-07-01"), day("2026-07-31"));
            let file = File { wallet, of: "entries", from, to, format, as_of: "" };
            assert_eq!(file.name(), want);
        }
    }
}
