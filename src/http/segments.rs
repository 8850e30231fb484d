//! Segments: how many billed units a text is, and where it is cut.

use actix_web::post;
use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::problem::Problem;
use crate::domain::access::Action;
use crate::domain::address::Address;
use crate::domain::segments::{self, Header};
use crate::domain::sender_type::SenderType;

/// A text to be counted. The channel or its type matters for toll-free senders only.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentsRequest {
    #[schema(example = "hi")]
    text: String,
    #[schema(example = "+14155550100")]
    channel: Option<String>,
    #[schema(example = "+85291234567")]
    peer: Option<String>,
    /// `local`, `mobile`, `toll_free`, `short_code` or `alphanumeric`; by default told from the channel.
    sender_type: Option<String>,
}

/// What a text comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Segments {
    /// `GSM-7` or `UCS-2`.
    #[schema(example = "GSM-7")]
    encoding: &'static str,
    /// What is billed: as many as there are segments.
    #[schema(example = 1)]
    units: u32,
    /// How many segments: what an event may give as its `segments`.
    #[schema(example = 1)]
    segments: u32,
    /// Septets in GSM-7, 16-bit code units in UCS-2.
    #[schema(example = 2)]
    length: u32,
    /// Where the text is cut.
    parts: Vec<Part>,
}

/// One part of a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Part {
    #[schema(example = "hi")]
    text: String,
    /// Septets or code units.
    #[schema(example = 2)]
    length: u32,
}

/// Count the segments of a text
#[utoipa::path(tag = "events", responses((status = 200, description = "What it comes to", body = Segments)))]
#[post("/v1/segments")]
pub async fn post_segments(
    caller: Caller,
    request: Json<SegmentsRequest>,
) -> Result<web::Json<Segments>, Problem> {
    caller.may(Action::CountSegments)?;
    let header = header(&request.0)?;
    Ok(web::Json(Segments::of(&request.0.text, header)))
}

fn header(request: &SegmentsRequest) -> Result<Header, Problem> {
    let channel = address("channel", request.channel.as_deref())?;
    let peer = address("peer", request.peer.as_deref())?;
    let given = request.sender_type.as_deref().map(|word| {
        SenderType::parse(word).ok_or_else(|| Problem::bad_field("sender_type", "no such type of sender"))
    });
    let told = given.transpose()?.or_else(|| channel.map(|channel| SenderType::of_channel(&channel)));
    let sender_type = told.unwrap_or(SenderType::Local);
    Ok(match peer {
        Some(peer) => Header::for_message(sender_type, &peer),
        // A toll-free number sends to +1 unless it is said otherwise.
        None if sender_type == SenderType::TollFree => Header::SevenOctets,
        None => Header::SixOctets,
    })
}

fn address(field: &'static str, text: Option<&str>) -> Result<Option<Address>, Problem> {
    let address = text.map(Address::parse).transpose();
    address.map_err(|error| Problem::bad_field(field, error.to_string()))
}

impl Segments {
    fn of(text: &str, header: Header) -> Segments {
        let count = segments::count(text, header);
        let parts = segments::parts(text, header)
            .map(|part| Part { text: text[part.bytes].to_owned(), length: part.length })
            .collect();
        Segments {
            encoding: count.encoding.as_str(),
            units: count.units,
            segments: count.units,
            length: count.length,
            parts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sender_and_the_peer_decide_the_header() {
        use Header::*;
        let table = [
            (None, None, None, Some(SixOctets)),
            (Some("+18005550100"), Some("+14155550100"), None, Some(SevenOctets)),
            (Some("+18005550100"), Some("+85291234567"), None, Some(SixOctets)),
            (Some("+18005550100"), None, None, Some(SevenOctets)),
            (Some("+18005550100"), Some("+14155550100"), Some("local"), Some(SixOctets)),
            (None, Some("+14155550100"), Some("toll_free"), Some(SevenOctets)),
            (None, None, Some("toll_free"), Some(SevenOctets)),
            (None, None, Some("free"), None),
            (Some("?"), None, None, None),
            (None, Some("1"), None, None),
        ];
        for (channel, peer, sender_type, want) in table {
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let request = SegmentsRequest {
                text: String::new(),
                channel: owned(channel),
                peer: owned(peer),
                sender_type: owned(sender_type),
            };
            assert_eq!(header(&request).ok(), want, "{request:?}");
        }
    }

    #[test]
    fn the_segments_together_are_the_text() {
        let text = "]".repeat(153);
        let told = Segments::of(&text, Header::SixOctets);
        assert_eq!((told.encoding, told.units, told.segments, told.length), ("GSM-7", 3, 3, 306));
        assert_eq!(told.parts.iter().map(|part| part.text.as_str()).collect::<String>(), text);
        assert_eq!(told.parts.iter().map(|part| part.length).sum::<u32>(), told.length);
    }
}
