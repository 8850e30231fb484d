//! Why an item is no event: one function for each code of the interface.
//!
//! A detail never repeats what was sent: it may be long, and it may be a text that is not to be stored.

use crate::engine::batch::Invalid;

/// Boxed, because nearly every event has none.
pub(super) type Fault = Box<Invalid>;

/// Most characters of a field's name that are told back.
const NAME_CHARACTERS_MAX: usize = 64;

fn fault(code: &'static str, field: Option<&str>, detail: impl Into<Box<str>>) -> Fault {
    Box::new(Invalid { code, field: field.map(Box::from), detail: detail.into() })
}

pub(super) fn malformed(detail: impl Into<Box<str>>) -> Fault {
    fault("malformed", None, detail)
}

pub(super) fn line_too_long(bytes_max: usize) -> Fault {
    fault("line_too_long", None, format!("an event has at most {bytes_max} bytes"))
}

pub(super) fn unknown_field(name: &str) -> Fault {
    let name: String = name.chars().take(NAME_CHARACTERS_MAX).collect();
    fault("unknown_field", Some(&name), "an event has no such field")
}

pub(super) fn missing_field(name: &str, detail: impl Into<Box<str>>) -> Fault {
    fault("missing_field", Some(name), detail)
}

pub(super) fn duplicate_field(name: &str) -> Fault {
    fault("duplicate_field", Some(name), "it is there twice")
}

pub(super) fn bad_field(name: &str, detail: impl Into<Box<str>>) -> Fault {
    fault("bad_field", Some(name), detail)
}

pub(super) fn unknown_type() -> Fault {
    fault(
        "unknown_type",
        Some("type"),
        "not message.outbound, message.inbound, message.status or carrier.fee",
    )
}

pub(super) fn unknown_wallet(name: &str) -> Fault {
    fault("unknown_wallet", Some(name), "there is no such wallet")
}

pub(super) fn too_many_units(max: u8) -> Fault {
    fault("too_many_units", Some("text"), format!("the text comes to more than {max} segments"))
}
