//! The ends that are not in order: what cannot be gone on from ends the process at once, and is recovered from
//! when it is started again. Nothing is flushed or answered on the way: whatever was not acknowledged stays so.

use crate::store::StoreError;

/// The disk refuses (`EX_IOERR` of sysexits.h).
const EXIT_DISK: i32 = 74;
/// The data cannot be read (`EX_DATAERR`).
const EXIT_DATA: i32 = 65;

/// An append has failed: on the embedded journal that is final, because nobody knows what the disk still holds.
pub fn on_failed_append(why: &str) -> ! {
    tracing::error!(
        why,
        "the journal's disk refused a write: stopping; nothing after the last acknowledgement was taken. \
         Make room or mend the disk, then start again"
    );
    end(EXIT_DISK)
}

/// What decisions need cannot be read: deciding without it could charge twice.
pub fn on_unreadable(error: &StoreError) -> ! {
    tracing::error!(%error, "what decisions need cannot be read: stopping");
    end(EXIT_DATA)
}

#[allow(clippy::disallowed_methods, reason = "destructors would wait for the disk that has just failed")]
fn end(status: i32) -> ! {
    std::process::exit(status)
}
